// My teams: who else is in them, and what a leader does there; of other teams there is nothing.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AccessStage, type Client, createUser, roleId, startStage } from '../support/access.ts'
import { consoleClient, savingForm } from '../support/console.ts'
import { signIn } from '../support/sessions.ts'

let stage: AccessStage
let client: Client
beforeAll(async () => {
  stage = await startStage()
  client = await stage.createClient()
})
afterAll(() => stage?.close())

async function personAt(userId: string, options = {}) {
  const organization = { id: client.organizationId, slug: client.slug, ctx: client.ctx }
  return consoleClient(stage.app, { userId, session: await signIn(organization, userId, options) })
}

test('000-03: members see names and who leads, of their own teams alone; the leader adds and removes up to their own rights', async () => {
  const [ann, bea, cleo, dan] = (await Promise.all(
    ['ann', 'bea', 'cleo', 'dan'].map((name) => createUser(client, `${name}@example.com`)),
  )) as [string, string, string, string]
  const brand = (await client.post('brands', { slug: 'aurora', name: 'Aurora' })).body.id
  const team = (await client.post('teams', { name: 'Press desk', brandId: brand, leaderId: ann })).body.id
  const other = (await client.post('teams', { name: 'Secret desk', leaderId: dan })).body.id
  await client.post(`teams/${team}/members`, { userIds: [bea] })
  const viewer = await roleId(client, 'viewer')
  await client.confirm('POST', `teams/${team}/roles`, { roleId: viewer, reason: 'They look' })

  const member = await personAt(bea)
  const mine = await member.get('/account')
  expect([
    mine.text.includes('Press desk'),
    mine.text.includes('You are in the team Press desk'),
    mine.text.includes('Secret desk'),
  ]).toEqual([true, true, false])
  expect(mine.text).toContain('You were added to the team Press desk')
  const page = await member.get(`/account/teams/${team}`)
  expect([
    page.status,
    page.text.includes('ann@example.com'),
    page.text.includes('Leader'),
    page.text.includes('Take out'),
  ]).toEqual([200, true, true, false])
  for (const path of [`/account/teams/${other}`, '/account/teams/x']) expect((await member.get(path)).status).toBe(404)
  for (const path of ['members', 'members/add', 'members/remove'])
    expect(
      (await member.post(`/account/teams/${team}/${path}`, { name: 'cleo@example.com', userId: cleo, hash: 'x' }))
        .status,
    ).toBe(404)
  expect((await member.get('/console/users')).status).toBe(403)

  const leader = await personAt(ann)
  const wrong = await leader.post(`/account/teams/${team}/members`, { name: 'nobody@example.com' })
  expect([wrong.status, wrong.text.includes('Nobody here has this address')]).toEqual([400, true])
  const shown = await leader.post(`/account/teams/${team}/members`, { name: 'cleo@example.com' })
  expect([shown.status, shown.text.includes('Viewer in Aurora')]).toEqual([200, true])
  const fields = savingForm(shown.text, `/account/teams/${team}/members/add`)
  expect((await leader.post(`/account/teams/${team}/members/add`, fields)).status).toBe(303)
  expect((await client.get(`users/${cleo}/access`)).body.assignments).toHaveLength(1)
  expect((await leader.post(`/account/teams/${team}/members/add`, { ...fields, userId: dan })).status).toBe(412)
  const losing = await leader.post(`/account/teams/${team}/members/remove`, { userId: cleo })
  expect(losing.text).toContain('Viewer in Aurora')
  expect(
    (
      await leader.post(
        `/account/teams/${team}/members/remove`,
        savingForm(losing.text, `/account/teams/${team}/members/remove`),
      )
    ).status,
  ).toBe(303)
  expect((await client.get(`users/${cleo}/access`)).body.assignments).toHaveLength(0)
  const events = (await client.get(`audit-events?targetId=${team}`)).body.items
  expect(events[0]).toMatchObject({ action: 'team.members_removed', actor: { type: 'user', id: ann } })
  expect((await leader.get('/console/teams')).status).toBe(403)

  // Nothing beyond what the leader may: who leads the outer team does not hold what the inner one gives.
  const inner = (await client.post('teams', { name: 'Inner', brandId: brand, parentId: team })).body.id
  const admin = await roleId(client, 'administrator')
  await client.confirm('POST', `teams/${inner}/roles`, { roleId: admin, reason: 'x' })
  const beyond = await leader.post(`/account/teams/${inner}/members`, { name: 'cleo@example.com' })
  expect([beyond.status, beyond.text.includes('goes beyond your own rights')]).toEqual([400, true])
  expect((await leader.get(`/account/teams/${inner}`)).text).not.toContain('cleo@example.com')
})
