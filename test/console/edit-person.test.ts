// One person, changed in one save: name, roles in the organization and in brands, and status, in one transaction.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { previewChange } from '#access/previews/preview.ts'
import { type AccessStage, type Client, roleId, startStage } from '../support/access.ts'
import { type ConsoleClient, carriedFields, consoleClient, createManager, createTestBrand } from '../support/console.ts'
import { createPerson, giveRole } from '../support/people.ts'

let stage: AccessStage
let client: Client
let page: ConsoleClient
let userId: string
let aurora: string
let boreal: string
let role: Record<'editor' | 'viewer' | 'administrator', string>
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
  const keys = ['editor', 'viewer', 'administrator'] as const
  role = Object.fromEntries(await Promise.all(keys.map(async (key) => [key, await roleId(client, key)])))
  await giveRole(organization(), { userId, role: 'viewer' })
  await giveRole(organization(), { userId, role: 'editor', brandId: aurora })
})

const organization = () => ({ id: client.organizationId, slug: client.slug, ctx: client.ctx })
const edit = () => `/console/users/${userId}/edit`
/** The form as the page has it, untouched. */
const untouched = () => ({
  ...{ displayName: 'Amara Diallo', givenName: '', familyName: '', email: '', userName: 'amara@example.com' },
  ...{ title: '', department: '', reason: '', newBrand: '', newRole: '' },
  ...{ 'was.organization': role.viewer, 'role.organization': role.viewer },
  ...{ [`was.${aurora}`]: role.editor, [`role.${aurora}`]: role.editor },
  ...{ 'was.status': 'active', status: 'active' },
})
const held = async () => {
  const { items } = (await client.get(`assignments?userId=${userId}`)).body
  return items
    .map(
      (each: { brand: { slug: string } | null; role: { key: string } }) => `${each.brand?.slug ?? ''}:${each.role.key}`,
    )
    .sort()
}
const user = async () => (await client.get(`users/${userId}`)).body
const confirmed = (text: string, more: Record<string, string> = {}) => ({ ...carriedFields(text), ...more })

describe('004-05: user name, role, active or inactive and brands, edited in one save', () => {
  test('what takes nothing away is saved at once, all of it', async () => {
    const { text } = await page.get(edit())
    for (const words of [
      'value="amara@example.com"',
      'name="role.organization"',
      `name="role.${aurora}"`,
      'name="status"',
    ])
      expect(text).toContain(words)
    const saved = await page.post(edit(), {
      ...untouched(),
      ...{ userName: 'amara.diallo@example.com', displayName: 'Amara D.' },
      ...{ 'role.organization': role.editor, newBrand: boreal, newRole: role.viewer, reason: 'Helps out' },
    })
    expect(saved).toMatchObject({ status: 303, location: `/console/users/${userId}?done=saved` })
    expect(await user()).toMatchObject({
      userName: 'amara.diallo@example.com',
      displayName: 'Amara D.',
      status: 'active',
    })
    expect(await held()).toEqual([':editor', 'aurora:editor', 'boreal:viewer'])
    expect(await client.auditOf(userId)).toContain('user.update')
  })

  test('what takes something away is shown first, as one, and saved as one', async () => {
    const shown = await page.post(edit(), {
      ...untouched(),
      ...{ displayName: 'Amara D.', [`role.${aurora}`]: '', status: 'inactive' },
    })
    expect(shown.status).toBe(200)
    expect(shown.text).toContain('Nothing is changed yet')
    expect(shown.text).toContain('Type amara@example.com to confirm')
    expect([await held(), (await user()).displayName, (await user()).status]).toEqual([
      ...[[':viewer', 'aurora:editor'], 'Amara Diallo', 'active'],
    ])
    const fields = confirmed(shown.text, { word: 'amara@example.com' })
    expect((await page.post('/console/changes', { ...fields, proof: 'somebody' })).status).toBe(400)
    expect((await user()).status).toBe('active')
    const saved = await page.post('/console/changes', { ...fields, proof: 'amara@example.com' })
    expect(saved).toMatchObject({ status: 303, location: `/console/users/${userId}?done=saved` })
    expect([await held(), (await user()).displayName, (await user()).status]).toEqual([
      ...[[':viewer'], 'Amara D.', 'inactive'],
    ])
    const back = await page.post(edit(), {
      ...{ ...untouched(), displayName: 'Amara D.', [`was.${aurora}`]: '', [`role.${aurora}`]: '' },
      ...{ 'was.status': 'inactive', status: 'active' },
    })
    expect(back.status).toBe(303)
    expect((await user()).status).toBe('active')
  })

  test('where one part is refused, none is saved, and what was typed stays', async () => {
    await createPerson(organization(), 'taken@example.com')
    const refused = await page.post(edit(), {
      ...untouched(),
      ...{ displayName: 'Amara D.', userName: 'taken@example.com', 'role.organization': role.editor },
    })
    expect([refused.status, refused.text.includes('value="Amara D."')]).toEqual([400, true])
    const aimless = await page.post(edit(), {
      ...untouched(),
      displayName: 'A',
      newBrand: boreal,
      newRole: role.viewer,
    })
    expect([aimless.status, aimless.text.includes('a direct assignment needs a reason')]).toEqual([400, true])
    expect([await held(), (await user()).displayName]).toEqual([[':viewer', 'aurora:editor'], 'Amara Diallo'])
  })

  test('what a directory manages is shown and not changed, with the reason', async () => {
    const { directoryId, scim } = await withDirectory()
    const person = await scim('POST', 'Users', { userName: 'dora@example.com', active: true })
    const path = `/console/users/${person.id}/edit`
    const { text } = await page.get(path)
    expect(text).toContain('Not changed here: it comes from')
    expect(/<input[^>]*name="userName"[^>]*readonly/.test(text)).toBe(true)
    expect(directoryId).toMatch(/^dir_/)
    const forged = await page.post(path, { displayName: 'Somebody else', userName: 'other@example.com' })
    expect([forged.status, forged.text.includes('change it at the identity provider')]).toEqual([400, true])
    const saved = await page.post(path, {
      ...{ displayName: '', userName: 'dora@example.com', reason: 'Reads' },
      ...{ 'was.organization': '', 'role.organization': role.viewer, 'was.status': 'active', status: 'active' },
    })
    expect(saved.status).toBe(303)
    expect((await client.get(`users/${person.id}`)).body.userName).toBe('dora@example.com')
    await scim('PATCH', `Users/${person.id}`, {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'replace', path: 'active', value: false }],
    })
    const off = (await page.get(path)).text
    expect(off).toContain('switched them off, and reactivates them; it is not changed here')
    expect(off).not.toContain('name="status"')
    const change = { kind: 'edit_user', userId: person.id, profile: { userName: 'other@example.com' } } as const
    await expect(previewChange(client.ctx, change)).rejects.toMatchObject({ reason: 'managed_by_directory' })
  })

  test('by API and by command, with the same preview; several roles in one place are left to their own pages', async () => {
    const change = { kind: 'edit_user', userId, roles: [{ brandId: aurora, roleId: role.viewer }], status: 'inactive' }
    const preview = (await client.post('access-changes/preview', change)).body
    expect(preview).toMatchObject({ losing: 1 })
    expect((await client.post('access-changes', { change, hash: preview.hash })).status).toBe(200)
    expect([await held(), (await user()).status]).toEqual([[':viewer', 'aurora:viewer'], 'inactive'])
    const options = ['user', 'edit', '--organization', client.slug, '--user', 'amara@example.com']
    const on = await stage.rolecall(
      ...options,
      '--status',
      'active',
      '--name',
      'Amara',
      '--brand-role',
      'aurora=editor',
    )
    expect([on.errors, await held(), (await user()).displayName]).toEqual([[], [':viewer', 'aurora:editor'], 'Amara'])
    expect((await stage.rolecall(...options, '--role', '')).exitCode).toBe(1)
    expect((await stage.rolecall(...options, '--role', '', '--yes')).errors).toEqual([])
    expect(await held()).toEqual(['aurora:editor'])
    await giveRole(organization(), { userId, role: 'viewer', brandId: aurora })
    const several = await client.post('access-changes/preview', { ...change, status: 'active' })
    expect(several).toMatchObject({ status: 409, body: { reason: 'several_roles' } })
    expect((await page.get(edit())).text).toContain('They were given several here')
  })

  test('not without the permission, and nobody of another organization', async () => {
    const change = { kind: 'edit_user', userId, status: 'inactive' } as const
    const without = { ...client.ctx, permissions: new Set<never>() }
    await expect(previewChange(without, change)).rejects.toMatchObject({ code: 'forbidden' })
    const stranger = await stage.createClient()
    await expect(previewChange(stranger.ctx, change)).rejects.toMatchObject({ code: 'not_found' })
  })
})

async function withDirectory() {
  const { directoryId, token } = await stage.app.createDirectory(organization())
  const scim = async (method: string, path: string, body: Record<string, unknown>) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' }
    const schemas = ['urn:ietf:params:scim:schemas:core:2.0:User']
    const init = { method, headers, body: JSON.stringify({ schemas, ...body }) }
    const answer = await stage.request(`/scim/v2/${directoryId}/${path}`, init)
    return (answer.status === 204 ? {} : await answer.json()) as { id: string }
  }
  return { directoryId, scim }
}
