// Roles, mappings and policies in the console: what is about to change is shown first, and nobody gives more than they hold.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { listMappings } from '#access/grants/mappings/mappings.ts'
import { createRole } from '#access/grants/roles/create-role.ts'
import { listRoles } from '#access/grants/roles/roles.ts'
import { createGroup } from '#directory/create-group.ts'
import { updateGroup } from '#directory/update-group.ts'
import type { TestApp, TestOrganization } from '../support/app.ts'
import { collectPageErrors, launchBrowser } from '../support/browser.ts'
import {
  type ConsolePerson,
  consoleClient,
  createManager,
  createTestBrand,
  openAs,
  savingForm,
} from '../support/console.ts'
import { startListeningApp } from '../support/listening.ts'
import { createPerson } from '../support/people.ts'

let app: TestApp & { origin: string }
let browser: Browser
let organization: TestOrganization
let administrator: ConsolePerson

beforeAll(async () => {
  app = await startListeningApp()
  browser = await launchBrowser()
})

afterAll(async () => {
  await browser?.close()
  await app?.close()
})

beforeEach(async () => {
  organization = await app.createOrganization()
  administrator = await createManager(organization)
})

const group = async (displayName: string, memberIds: string[] = []): Promise<string> => {
  const content = { displayName, externalId: null, attributes: {} }
  return (await createGroup(organization.ctx, { directoryId: null, content, memberIds })).id
}

const roleId = async (key: string): Promise<string> =>
  (await listRoles(organization.ctx)).find((role) => role.key === key)?.id ?? ''

test('an administrator maps a suggested group, seeing first who gains what', async () => {
  const ada = await createPerson(organization, 'zoe@example.com', 'Zoë Łukasz')
  await group('Aurora Editors', [ada])
  await createTestBrand(organization, 'aurora', 'Aurora')
  const page = await openAs(browser, app, administrator)
  const errors = collectPageErrors(page)
  await page.goto(`${app.origin}/console/mappings`)
  await page.getByRole('link', { name: 'Suggestions (1)' }).click()
  await page.getByRole('button', { name: 'See who gains what' }).click()
  await page.getByRole('heading', { name: '1 person in Aurora' }).waitFor()
  expect(await page.getByRole('main').textContent()).toContain('Zoë Łukasz')
  expect(await listMappings(organization.ctx)).toEqual([])
  await page.getByRole('button', { name: 'Save this change' }).click()
  await page.getByRole('status').getByText('Saved').waitFor()
  expect(await listMappings(organization.ctx)).toMatchObject([
    { group: { displayName: 'Aurora Editors' }, role: { key: 'editor' }, brand: { slug: 'aurora' } },
  ])
  await page.getByRole('link', { name: 'History' }).click()
  await page.getByRole('link', { name: 'Mapping created' }).first().waitFor()
  expect(errors).toEqual([])
})

test('a preview that is out of date is shown anew, and saves nothing', async () => {
  const groupId = await group('Press')
  const client = consoleClient(app, administrator)
  const fields = { kind: 'group', groupId, roleId: await roleId('editor'), brandId: '' }
  const preview = await client.post('/console/mappings/preview', fields)
  expect(preview.text).toContain('Nobody&#39;s access changes now')
  const late = await createPerson(organization, 'late@example.com', 'Late Comer')
  await updateGroup(organization.ctx, { groupId, directoryId: null, members: [{ kind: 'add', ids: [late] }] })
  const stale = await client.post('/console/changes', savingForm(preview.text))
  expect(stale.status).toBe(412)
  expect(stale.text).toContain('Something has changed since you looked')
  expect(stale.text).toContain('Late Comer')
  expect(await listMappings(organization.ctx)).toEqual([])
  expect(await client.post('/console/changes', savingForm(stale.text))).toMatchObject({
    status: 303,
    location: '/console/mappings?done=saved',
  })
})

test('a filter that is wrong comes back with what was typed', async () => {
  const client = consoleClient(app, administrator)
  const fields = { kind: 'filter', filter: 'colour eq "red"', roleId: await roleId('viewer'), brandId: '' }
  const refused = await client.post('/console/mappings/preview', fields)
  expect(refused.status).toBe(400)
  expect(refused.text).toContain('value="colour eq &quot;red&quot;"')
})

test('a custom role is made with a purpose, changed by way of a preview, and deleted once nothing gives it', async () => {
  const client = consoleClient(app, administrator)
  const role = { name: 'Reviewer', key: 'reviewer', purpose: '', rank: '20', 'permission.content.comment': 'allow' }
  const missing = await client.post('/console/roles', role)
  expect(missing.status).toBe(400)
  expect(missing.text).toContain('a role needs a purpose')
  const made = await client.post('/console/roles', { ...role, purpose: 'Comments', owner: 'Ada' })
  expect(made).toMatchObject({ status: 303 })
  const path = (made.location ?? '').replace('?done=created', '')
  const shown = await client.get(path)
  expect(shown.text).toContain('Comments')
  const preview = await client.post(path, { ...role, purpose: 'Comments', 'permission.content.approve': 'allow' })
  expect(preview.status).toBe(200)
  const saved = await client.post('/console/changes', savingForm(preview.text))
  expect(saved.location).toBe(`${path}?done=saved`)
  const roles = await listRoles(organization.ctx)
  expect(roles.find(({ key }) => key === 'reviewer')?.allows).toEqual(['content.approve', 'content.comment'])
  expect((await client.post(`${path}/delete`)).location).toBe('/console/roles?done=deleted')
})

test('cloning keeps wildcards, and a pack is installed once', async () => {
  const client = consoleClient(app, administrator)
  const form = await client.get(`/console/roles/new?from=${await roleId('administrator')}`)
  expect(form.text).toMatch(/<textarea[^>]*name="special"[^>]*>\s*\*\s*<\/textarea>/)
  expect((await client.post('/console/roles/packs', { pack: 'owner5' })).location).toBe('/console/roles?done=installed')
  expect((await client.get('/console/roles')).text).toContain('Owner')
})

test('a policy takes a permission away from all but its exceptions (000-28)', async () => {
  const client = consoleClient(app, administrator)
  const editor = await createPerson(organization, 'ed@example.com', 'Ed Itor')
  const groupId = await group('Editors', [editor])
  const mapping = { kind: 'group', groupId, roleId: await roleId('editor'), brandId: '' }
  await client.post('/console/changes', savingForm((await client.post('/console/mappings/preview', mapping)).text))
  const policy = { name: 'Only administrators approve', permission: 'content.approve', brandId: '' }
  const except = { [`except.${await roleId('administrator')}`]: 'on' }
  const preview = await client.post('/console/policies', { ...policy, ...except })
  expect(preview.text).toContain('May no longer')
  expect(preview.text).toContain('Ed Itor')
  await client.post('/console/changes', savingForm(preview.text))
  const { body } = await app
    .request(`/api/v1/users/${editor}/explain?permission=content.approve`, {
      headers: { authorization: `Bearer ${await app.createApiKey(organization)}` },
    })
    .then(async (response) => ({ body: await response.json() }))
  expect(body).toMatchObject({
    ...{ allowed: false, step: 'deny', reason: 'denied' },
    chain: [{ effect: 'deny', source: { type: 'policy', name: 'Only administrators approve' } }],
  })
})

describe('nobody gives more than they hold', () => {
  let lead: ConsolePerson

  beforeEach(async () => {
    const { ctx } = organization
    const fields = { key: 'lead', name: 'Lead', purpose: 'Runs the team', rank: 60 }
    await createRole(ctx, { ...fields, allows: ['users.*', 'roles.*', 'content.view', 'settings.*'] })
    lead = await createManager(organization, { name: 'Lee Ader', role: 'lead' })
  })

  test('a mapping to a role beyond their own is refused, and one within is not', async () => {
    const client = consoleClient(app, lead)
    const groupId = await group('Anybody')
    const fields = { kind: 'group', groupId, brandId: '' }
    const beyond = await client.post('/console/mappings/preview', { ...fields, roleId: await roleId('editor') })
    expect(beyond.status).toBe(400)
    expect(beyond.text).toContain('allows what you do not hold yourself')
    const { id } = await createRole(organization.ctx, {
      key: 'see',
      name: 'See',
      purpose: 'Sees',
      allows: ['content.view'],
    })
    expect((await client.post('/console/mappings/preview', { ...fields, roleId: id })).status).toBe(200)
  })

  test('nor make a role, nor issue an API key, nor an emergency account', async () => {
    const client = consoleClient(app, lead)
    const role = { name: 'Big', key: 'big', purpose: 'Big', rank: '1', 'permission.billing.manage': 'allow' }
    expect((await client.post('/console/roles', role)).text).toContain('billing.manage')
    expect((await client.post('/console/settings/api-keys', { name: 'Mine', access: 'everything' })).text).toContain(
      'do not hold yourself',
    )
    expect((await client.post('/console/emergency', { name: 'Mine' })).text).toContain('do not hold yourself')
  })

  test('nor put anybody into a group that gives more', async () => {
    const groupId = await group('Admins')
    const client = consoleClient(app, administrator)
    const fields = { kind: 'group', groupId, brandId: '', roleId: await roleId('administrator') }
    await client.post('/console/changes', savingForm((await client.post('/console/mappings/preview', fields)).text))
    const { updateLocalGroup } = await import('#access/people/local.ts')
    const { asManager } = await import('#access/grants/managers/manager.ts')
    const { userContext } = await import('#http/session.ts')
    const { resolveSession } = await import('#access/sign-in/sessions/resolve-session.ts')
    const live = await resolveSession(app.services.database, lead.session.tokenHash)
    if (live === undefined) throw new Error('The lead is signed in')
    const person = userContext(app.services, { ...live, tokenHash: lead.session.tokenHash }, 'req_test')
    const { ctx } = await asManager(person)
    const change = { groupId, members: [{ kind: 'add' as const, ids: [lead.userId] }] }
    await expect(updateLocalGroup(ctx, change)).rejects.toMatchObject({ code: 'forbidden', reason: 'ceiling' })
    await expect(updateLocalGroup(organization.ctx, change)).resolves.toBeUndefined()
  })
})

describe('who gets in', () => {
  test('somebody without a managing role gets a page that says whom to ask', async () => {
    const viewer = await createManager(organization, { name: 'Vi Ewer', role: 'viewer' })
    const client = consoleClient(app, viewer)
    for (const path of ['/console', '/console/roles', '/console/settings']) {
      const refused = await client.get(path)
      expect(refused.status).toBe(403)
      expect(refused.text).toContain('The console is for managers')
    }
    const account = await client.get('/account')
    expect(account.text).not.toContain('href="/console"')
    expect((await consoleClient(app, administrator).get('/account')).text).toContain('href="/console"')
  })

  test('a brand manager sees their sections and no other', async () => {
    const brandId = await createTestBrand(organization, 'aurora', 'Aurora')
    const manager = await createManager(organization, { name: 'Bran Dee', role: 'administrator', brandId })
    const client = consoleClient(app, manager)
    expect((await client.get('/console')).location).toBe('/console/brands')
    for (const path of ['/console/mappings', '/console/settings', '/console/emergency', '/console/policies']) {
      expect((await client.get(path)).status, path).toBe(403)
    }
    expect((await client.post('/console/roles/packs', { pack: 'owner5' })).status).toBe(403)
    const roles = await client.get('/console/roles')
    expect(roles.status).toBe(200)
    expect(roles.text).not.toContain('href="/console/settings"')
  })

  test('without a session the way leads to the sign-in and back', async () => {
    const response = await app.request('/console/roles', { headers: { accept: 'text/html' } })
    expect(response.headers.get('location')).toBe('/login?return_to=%2Fconsole%2Froles')
  })

  test('a change of roles counts at the next request of the same session', async () => {
    const client = consoleClient(app, administrator)
    expect((await client.get('/console/mappings')).status).toBe(200)
    await createManager(organization, { name: 'Other Admin' })
    await app.owner`delete from assignments where user_id = ${administrator.userId}`
    expect((await client.get('/console/mappings')).status).toBe(403)
  })

  test('a form from elsewhere is refused', async () => {
    const response = await app.request('/console/roles/packs', {
      ...{ method: 'POST', body: 'pack=owner5' },
      headers: {
        ...{ cookie: administrator.session.cookie, 'content-type': 'application/x-www-form-urlencoded' },
        ...{ origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      },
    })
    expect(response.status).toBe(403)
    expect(await listRoles(organization.ctx)).toHaveLength(3)
  })
})

test.each([
  '',
  'null',
  '{',
  '{"kind":"everything"}',
  '{"kind":"delete_mappings"}',
  '{"kind":"delete_mappings","mappingIds":"x"}',
  '{"kind":"create_mappings","mappings":[{"filter":5}]}',
  '{"kind":"create_mappings","mappings":[{}]}',
  '{"kind":"update_role","role":{"roleId":"rol_nobody","allows":5}}',
  '{"kind":"create_policy","policy":{}}',
  '{"kind":"update_organization","organization":{"roleStrategy":"none"}}',
  '{"kind":"remove_members","groupId":"grp_nobody","memberIds":[5]}',
  '{"kind":"delete_group","groupId":"\\u0000"}',
  '{"kind":"admit_arrivals","directoryId":"x"}',
])('what is no change is refused in words: %s', async (change) => {
  const client = consoleClient(app, administrator)
  const { status, text } = await client.post('/console/changes', {
    change,
    hash: 'x',
    next: '/console',
    back: '/console',
  })
  expect([400, 404]).toContain(status)
  expect(text).toContain('<h1')
})
