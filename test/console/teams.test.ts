// The pages of teams, over HTTP: made, filled, given a role and taken apart by way of previews.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AccessStage, type Client, createUser, roleId, startStage } from '../support/access.ts'
import { type ConsoleClient, consoleClient, createManager, savingForm } from '../support/console.ts'
import { signIn } from '../support/sessions.ts'

let stage: AccessStage
let client: Client
let manager: ConsoleClient
beforeAll(async () => {
  stage = await startStage()
  client = await stage.createClient()
  const organization = { id: client.organizationId, slug: client.slug, ctx: client.ctx }
  manager = consoleClient(stage.app, await createManager(organization))
})
afterAll(() => stage?.close())

/** Sends a form, looks at the preview, and saves what it shows. */
async function save(path: string, fields: Record<string, string>, words: string): Promise<string> {
  const shown = await manager.post(path, fields)
  expect([shown.status, shown.text]).toEqual([200, expect.stringContaining(words)])
  const saved = await manager.post('/console/changes', {
    ...savingForm(shown.text),
    proof: savingForm(shown.text)['word'] ?? '',
  })
  expect(saved.status).toBe(303)
  return saved.location ?? ''
}

test('003-10: a team is made with a name and a leader, filled, given a role, and taken apart', async () => {
  await createUser(client, 'ann@example.com')
  const bea = await createUser(client, 'bea@example.com')
  const brand = (await client.post('brands', { slug: 'aurora', name: 'Aurora' })).body.id
  const group = (await client.post('groups', { displayName: 'Writers' })).body.id
  await client.post(`groups/${group}/members`, { userIds: [bea] })
  const wrong = await manager.post('/console/teams', { name: 'Press', scope: brand, leader: 'nobody@example.com' })
  expect([wrong.status, wrong.text.includes('Nobody here has this address')]).toEqual([400, true])
  const made = await manager.post('/console/teams', { name: 'Press', scope: brand, leader: 'ann@example.com' })
  const path = made.location?.split('?')[0] ?? ''
  expect([made.status, path]).toEqual([303, expect.stringContaining('/console/teams/tea_')])

  await save(`${path}/give`, { roleId: await roleId(client, 'editor'), reason: 'They write' }, 'ann@example.com')
  await save(`${path}/fill`, { kind: 'group', groupId: group }, 'bea@example.com')
  expect((await manager.post(`${path}/fill`, { kind: 'filter', filter: 'title is "x"' })).status).toBe(400)
  await save(`${path}/members`, { member: bea, name: 'Bea' }, 'Add Bea to Press')
  const page = (await manager.get(path)).text
  for (const words of ['In the group Writers, added by hand', 'Leads it', 'They write', 'Aurora'])
    expect(page).toContain(words)
  expect((await manager.get('/console/teams?q=pre')).text).toContain('Editor in Aurora')
  const person = (await manager.get(`/console/users/${bea}`)).text
  expect([person.includes(`href="${path}"`), person.includes('That they are in, or in a team within')]).toEqual([
    true,
    true,
  ])
  expect((await manager.get(`/console/users/${bea}/why?permission=content.edit&brand=${brand}`)).text).toContain(
    'By the team Press',
  )

  const inside = await manager.post('/console/teams', {
    name: 'Night',
    scope: brand,
    parentId: path.split('/').at(-1) ?? '',
  })
  const edit = `${inside.location?.split('?')[0]}`
  await save(edit, { name: 'Night', leader: 'bea@example.com', parentId: '' }, 'Nobody')
  expect((await manager.post(edit, { name: 'Late', leader: 'bea@example.com', parentId: '' })).status).toBe(303)
  await save(`${path}/members/remove`, { member: bea, name: 'Bea' }, 'access changes now')
  const { items } = (await client.get(`teams/${path.split('/').at(-1)}/sources`)).body
  await save(`${path}/unfill`, { source: items[0].id }, 'bea@example.com')
  const roles = (await client.get(`teams/${path.split('/').at(-1)}/roles`)).body.items
  await save(`${path}/roles/take`, { role: roles[0].id }, 'ann@example.com')
  await save(`${path}/delete`, {}, 'Type Press to confirm')
  expect((await manager.get(path)).status).toBe(404)
})

test('a manager of one brand sees and makes teams there alone', async () => {
  const organization = { id: client.organizationId, slug: client.slug, ctx: client.ctx }
  const [north, south] = await Promise.all(
    ['north', 'south'].map(async (slug) => (await client.post('brands', { slug, name: slug })).body.id),
  )
  const role = await client.confirm('POST', 'roles', {
    ...{ key: 'desk', name: 'Desk', purpose: 'Runs teams', rank: 5, allows: ['teams.manage', 'users.read'] },
  })
  const mo = await createUser(client, 'mo@example.com')
  await client.post('assignments', { userId: mo, roleId: role.body.id, brandId: north, reason: 'x' })
  const other = (await client.post('teams', { name: 'Southern', brandId: south })).body.id
  const desk = consoleClient(stage.app, { userId: mo, session: await signIn(organization, mo) })
  const made = await desk.post('/console/teams', { name: 'Northern', scope: north })
  expect(made.status).toBe(303)
  const list = (await desk.get('/console/teams')).text
  expect([list.includes('Northern'), list.includes('Southern')]).toEqual([true, false])
  expect((await desk.get(`/console/teams/${other}`)).status).toBe(404)
  expect((await desk.post('/console/teams', { name: 'Elsewhere', scope: south })).status).toBe(400)
  expect((await client.get(`teams?brandId=${south}`)).body.items).toHaveLength(1)
})
