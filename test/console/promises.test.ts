// Promises of the guides, each asserted whole, by the pages and the API that people have.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type AccessStage, type Client, roleId, startStage } from '../support/access.ts'
import {
  type ConsoleClient,
  type ConsolePerson,
  carriedFields,
  consoleClient,
  createManager,
  createTestBrand,
} from '../support/console.ts'
import { createPerson, giveRole } from '../support/people.ts'

let stage: AccessStage
let client: Client
let page: ConsoleClient
let userId: string
let aurora: string
let boreal: string
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.close())
beforeEach(async () => {
  client = await stage.createClient()
  page = consoleClient(stage.app, await createManager(organization()))
  userId = await createPerson(organization(), 'amara@example.com', 'Amara Diallo')
  aurora = await createTestBrand(organization(), 'aurora', 'Aurora')
  boreal = await createTestBrand(organization(), 'boreal', 'Boreal')
})

const organization = () => ({ id: client.organizationId, slug: client.slug, ctx: client.ctx })
const may = async (permission: string, brand?: string): Promise<boolean> =>
  (await client.get(`users/${userId}/explain?permission=${permission}${brand === undefined ? '' : `&brand=${brand}`}`))
    .body.allowed
const scribe = { key: 'scribe', name: 'Scribe', allows: ['content.view'] }

test('000-23: a custom role wants a purpose, may have owner and review date, and shows it wherever it is chosen', async () => {
  const aimless = await client.post('roles', scribe)
  expect(aimless).toMatchObject({ status: 400, body: { errors: [{ path: 'purpose' }] } })
  const purpose = 'Writes the minutes of meetings'
  const more = { owner: 'Ada Okafor', reviewAt: '2098-01-01T00:00:00.000Z' }
  const { status, body } = await client.post('roles', { ...scribe, purpose, ...more })
  expect([status, body]).toMatchObject([201, { purpose, ...more }])
  await giveRole(organization(), { userId, role: 'viewer' })
  const [assignment] = (await client.get(`assignments?userId=${userId}`)).body.items
  const team = (await client.post('teams', { name: 'Press' })).body.id
  for (const path of [
    ...[`users/${userId}/give`, `users/${userId}/edit`, `users/${userId}/assignments/${assignment.id}`, 'users/new'],
    ...['users/bulk/assign?all=1', 'invitations/new', 'invitations/bulk', 'mappings/new', `teams/${team}/give`],
    ...['roles', `roles/${body.id}`],
  ])
    expect([path, (await page.get(`/console/${path}`)).text.includes(purpose)]).toEqual([path, true])
})

test('000-27: a brand role reaches content, workflows and assets of the brand without more; the brand’s administrator has all there and nothing elsewhere', async () => {
  await giveRole(organization(), { userId, role: 'administrator', brandId: aurora })
  for (const permission of [
    'content.publish',
    'workflow.manage',
    'workflow.approve:legal',
    'assets.manage',
    'users.manage',
  ])
    expect([permission, await may(permission, aurora), await may(permission, boreal), await may(permission)]).toEqual([
      ...[permission, true, false, false],
    ])
  await client.send('PUT', 'asset-types/library', { label: 'Library' })
  for (const brandId of [aurora, boreal])
    await client.send('PUT', `assets/library/${brandId}`, { name: 'Logos', brandId })
  const { items } = (await client.get(`assets?user=${userId}&permission=assets.view`)).body
  expect(items.map(({ id }: { id: string }) => id)).toEqual([aurora])
})

test('000-39: what each role can do, by API and as a matrix to print', async () => {
  const editor = (await client.get(`roles/${await roleId(client, 'editor')}`)).body
  expect(editor).toMatchObject({ key: 'editor', name: 'Editor' })
  expect(editor.allows).toContain('content.edit')
  const { text } = await page.get('/console/roles')
  for (const words of ['matrix', 'Administrator', 'Editor', 'Viewer', 'content.edit'])
    expect([words, text.includes(words)]).toEqual([words, true])
  const styles = [...text.matchAll(/<link[^>]*href="([^"]+\.css[^"]*)"/g)].map(([, href]) => href ?? '')
  const sheets = await Promise.all(styles.map(async (href) => (await stage.request(href)).text()))
  expect(sheets.join('\n')).toContain('@media print')
})

test('001-08: changing a role changes all who hold it at once, and the audit trail says how many it concerns', async () => {
  const role = (await client.post('roles', { ...scribe, purpose: 'Writes' })).body
  const others = await Promise.all(['ben', 'cleo'].map((name) => createPerson(organization(), `${name}@example.com`)))
  for (const id of [userId, ...others]) await giveRole(organization(), { userId: id, role: 'scribe' })
  const asked = (id: string) => client.get(`users/${id}/explain?permission=content.edit`)
  for (const id of [userId, ...others]) expect((await asked(id)).body.allowed).toBe(false)
  const changed = await client.confirm('PATCH', `roles/${role.id}`, { allows: ['content.view', 'content.edit'] })
  expect(changed.status).toBe(200)
  for (const id of [userId, ...others]) expect((await asked(id)).body.allowed).toBe(true)
  const [event] = (await client.get(`audit-events?targetId=${role.id}`)).body.items
  expect(event).toMatchObject({ action: 'role.update', detail: { assignments: 3, mappings: 0, teams: 0 } })
})

test('002-05, 004-12: one page shows details, roles, workspaces and activity of a person; it offers to deactivate, and erasing is apart', async () => {
  await giveRole(organization(), { userId, role: 'viewer' })
  await giveRole(organization(), { userId, role: 'editor', brandId: aurora })
  const { text } = await page.get(`/console/users/${userId}`)
  const shown = ['Amara Diallo', 'amara@example.com', 'Active', 'Last activity', 'Viewer', 'Editor', 'Aurora']
  for (const words of shown) expect([words, text.includes(words)]).toEqual([words, true])
  for (const tab of ['sessions', 'sign-ins', 'audit']) {
    expect([tab, text.includes(`/console/users/${userId}/${tab}`)]).toEqual([tab, true])
    expect((await page.get(`/console/users/${userId}/${tab}`)).status).toBe(200)
  }
  expect((await page.get(`/console/users/${userId}/audit`)).text).toContain('Ass')
  expect(text).toContain(`href="/console/users/${userId}/deactivate"`)
  expect(text).not.toContain('/erase')
  expect((await page.get(`/console/users/${userId}/delete`)).text).toContain(
    'Deactivating is enough to shut somebody out',
  )
})

test('003-04: taken out of a workspace after a confirmation, the account, other workspaces, content and history stay', async () => {
  await giveRole(organization(), { userId, role: 'editor', brandId: aurora })
  await giveRole(organization(), { userId, role: 'editor', brandId: boreal })
  const work = { type: 'campaign', id: '1', name: 'Spring', user: 'amara@example.com', brandId: aurora }
  expect((await client.send('PUT', 'ownerships', { ownerships: [work] })).status).toBe(200)
  const { items } = (await client.get(`assignments?userId=${userId}`)).body
  const inAurora = items.find(({ brand }: { brand: { id: string } }) => brand.id === aurora).id
  const shown = await page.post(`/console/users/${userId}/assignments/${inAurora}/delete`)
  expect(shown.text).toContain('Nothing is changed yet')
  expect(await may('content.edit', aurora)).toBe(true)
  expect((await page.post('/console/changes', carriedFields(shown.text))).status).toBe(303)
  expect([await may('content.edit', aurora), await may('content.edit', boreal)]).toEqual([false, true])
  expect((await client.get(`users/${userId}`)).body.status).toBe('active')
  expect(JSON.stringify((await client.get('ownerships?type=campaign')).body)).toContain('Spring')
  expect(await client.auditOf(inAurora)).toEqual(['assignment.create', 'assignment.delete'])
})

test('003-05: a custom role from all categories can be chosen at once in an invitation and on the page to edit', async () => {
  const allows = [
    ...['content.create', 'content.edit', 'content.publish', 'content.delete'],
    ...['campaigns.create', 'campaigns.edit', 'campaigns.activate', 'campaigns.pause', 'campaigns.delete'],
    ...['analytics.view', 'analytics.export', 'analytics.dashboards'],
    ...['settings.integrations', 'settings.manage', 'users.manage', 'billing.manage'],
  ]
  const form = Object.fromEntries(allows.map((name) => [`permission.${name}`, 'allow']))
  const offered = (await page.get('/console/roles/new')).text
  for (const name of allows) expect([name, offered.includes(`permission.${name}`)]).toEqual([name, true])
  const made = await page.post('/console/roles', {
    ...form,
    name: 'Mixed',
    key: 'mixed',
    purpose: 'A bit of all',
    rank: '20',
  })
  expect(made.status).toBe(303)
  const id = await roleId(client, 'mixed')
  expect((await client.get(`roles/${id}`)).body.allows.toSorted()).toEqual(allows.toSorted())
  for (const path of ['invitations/new', `users/${userId}/edit`, `users/${userId}/give`])
    expect((await page.get(`/console/${path}`)).text).toContain(`value="${id}"`)
})

test('004-07: switched off, nobody gets in; switched on again, they do; and the status is a shape and a word', async () => {
  const person: ConsolePerson = await createManager(organization(), { name: 'Ben Ito', role: 'viewer' })
  const own = consoleClient(stage.app, person)
  expect((await own.get('/account')).status).toBe(200)
  const path = `/console/users/${person.userId}`
  expect((await page.get(path)).text).toMatch(/class="badge-word badge-good">Active</)
  const word = 'ben.ito@example.com'
  expect((await page.post(`${path}/deactivate`, { proof: word, word })).status).toBe(303)
  expect([302, 303]).toContain((await own.get('/account')).status)
  expect((await page.get(path)).text).toMatch(/class="badge-word badge-quiet">Inactive</)
  expect((await page.post(`${path}/reactivate`, { restore: 'all' })).status).toBe(303)
  expect((await page.get(path)).text).toMatch(/class="badge-word badge-good">Active</)
  expect((await client.get(`users/${person.userId}/explain?permission=content.view`)).body.allowed).toBe(true)
})

test('004-09: a package that is made after somebody was assigned others is invisible to them until it is assigned', async () => {
  await giveRole(organization(), { userId, role: 'editor', brandId: aurora })
  const late = await createTestBrand(organization(), 'coral', 'Coral')
  const seen = async () => {
    const { body } = await client.get(`users/${userId}/access`)
    return ['aurora', 'boreal', 'coral'].filter((slug) => JSON.stringify(body).includes(`"${slug}"`))
  }
  expect([await may('content.view', late), await seen()]).toEqual([false, ['aurora']])
  await giveRole(organization(), { userId, role: 'viewer', brandId: late })
  expect([await may('content.view', late), await seen()]).toEqual([true, ['aurora', 'coral']])
})
