// Birthright roles by filter: whoever fits a filter holds the role, in the organization or in one brand, from the moment they come to be,
// however they come, and for as long as they fit.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AccessStage, type Client, createUser, roleId, startStage } from '../support/access.ts'
import { arriveBySaml } from '../support/arrivals.ts'
import { carriedFields, consoleClient, createManager } from '../support/console.ts'
import { enterprise, type ScimClient, scimClient } from '../support/scim.ts'
import { createSamlConnection, verifyDomain } from '../support/sign-in.ts'

let stage: AccessStage
let client: Client
let scim: ScimClient
const ids: Record<string, string> = {}

beforeAll(async () => {
  stage = await startStage()
  client = await stage.createClient()
  const organization = { id: client.organizationId, slug: client.slug, ctx: client.ctx }
  scim = scimClient((path, init) => stage.request(path, init), await stage.app.createDirectory(organization))
  for (const role of ['editor', 'viewer']) ids[role] = await roleId(client, role)
  ids['aurora'] = (await client.post('brands', { slug: 'aurora', name: 'Aurora' })).body.id
  const made = async (path: string, body: unknown) => {
    const answer = await client.confirm('POST', path, body)
    expect([path, answer.status]).toEqual([path, 201])
    return answer.body
  }
  // Everybody with an address of the organization views, whoever is of the press edits in Aurora, counsels view there by a team.
  await made('mappings', { filter: 'userName ew "@example.com"', roleId: ids['viewer'] })
  await made('mappings', {
    filter: `${enterprise}:department eq "Press"`,
    roleId: ids['editor'],
    brandId: ids['aurora'],
  })
  const team = await made('teams', { name: 'Counsels' })
  await made(`teams/${team.id}/roles`, { roleId: ids['viewer'], brandId: ids['aurora'], reason: 'Counsels read all' })
  await made(`teams/${team.id}/sources`, { filter: 'title eq "Counsel"' })
})
afterAll(() => stage?.close())

const heldBy = async (userId: string): Promise<string[]> => {
  const { body } = await client.get(`users/${userId}/access`)
  const held = body.assignments as { role: { key: string }; brand: { slug: string } | null }[]
  return held.map(({ role, brand }) => `${role.key} ${brand?.slug ?? 'organization'}`).sort()
}
const press = { [enterprise]: { department: 'Press' } }

describe('birthright roles by filter', () => {
  test('are held by whoever a directory brings, and follow what it says of them', async () => {
    const userId = await scim.user('dee@example.com', press)
    expect(await heldBy(userId)).toEqual(['editor aurora', 'viewer organization'])
    await scim.patch(`/Users/${userId}`, { op: 'replace', path: `${enterprise}:department`, value: 'Sales' })
    expect(await heldBy(userId)).toEqual(['viewer organization'])
    await scim.patch(`/Users/${userId}`, { op: 'replace', path: 'title', value: 'Counsel' })
    expect(await heldBy(userId)).toEqual(['viewer aurora', 'viewer organization'])
    await scim.patch(`/Users/${userId}`, { op: 'remove', path: 'title' })
    await scim.patch(`/Users/${userId}`, { op: 'replace', path: 'userName', value: 'dee@elsewhere.example' })
    expect(await heldBy(userId)).toEqual([])
    const outside = await scim.user('dot@elsewhere.example', press)
    expect(await heldBy(outside)).toEqual(['editor aurora'])
  })
  test('are held by whoever comes by a first sign-in', async () => {
    const organization = { id: client.organizationId, slug: client.slug, ctx: client.ctx }
    await verifyDomain(organization, 'example.com')
    const connection = await createSamlConnection(organization, { jit: 'verified_domains' })
    const { browser } = await arriveBySaml(stage.app, organization, connection, { nameId: 'new@example.com' })
    const session = await browser.session()
    expect(await heldBy(session?.user.id ?? '')).toContain('viewer organization')
  })
  test('are held by whoever is made in the console, and follow what is written there', async () => {
    const manager = await createManager({ id: client.organizationId, slug: client.slug, ctx: client.ctx })
    const pages = consoleClient(stage.app, manager)
    const password = 'correct horse battery staple'
    const made = await pages.post('/console/users/new', { userName: 'cas@example.com', password, repeat: password })
    expect(made.status).toBe(303)
    const [row] = await stage.app.owner`select id from users where user_name = 'cas@example.com'`
    const userId = String(row?.['id'])
    expect(await heldBy(userId)).toEqual(['viewer organization'])
    const edit = (more: Record<string, string>) =>
      pages.post(`/console/users/${userId}/edit`, { userName: 'cas@example.com', displayName: 'Cas', ...more })
    expect((await edit({ title: 'Counsel', department: 'Press' })).status).toBe(303)
    expect(await heldBy(userId)).toEqual(['editor aurora', 'viewer aurora', 'viewer organization'])
    expect((await pages.get(`/console/users/${userId}/edit`)).text).toContain('value="Press"')
    // Where a form does not have them, they stay.
    expect((await edit({})).status).toBe(303)
    expect(await heldBy(userId)).toContain('editor aurora')
    // What is lost by it is shown first.
    const shown = await edit({ title: '', department: '' })
    expect([shown.status, shown.text.includes('Nothing is changed yet')]).toEqual([200, true])
    expect((await pages.post('/console/changes', carriedFields(shown.text))).status).toBe(303)
    expect(await heldBy(userId)).toEqual(['viewer organization'])
  })
  test('decide at once, and count for nobody who is inactive', async () => {
    const userId = await createUser(client, 'pat@example.com')
    const decide = async () =>
      (await client.get(`users/${userId}/explain?permission=content.view`)).body.allowed as boolean
    expect(await decide()).toBe(true)
    await client.confirm('POST', `users/${userId}/deactivate`)
    expect(await decide()).toBe(false)
    await client.post(`users/${userId}/reactivate`, {})
    expect(await decide()).toBe(true)
  })
})
