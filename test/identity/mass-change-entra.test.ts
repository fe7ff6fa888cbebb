// An accident at Entra ID: a wrong scope takes 500 of 1,000 people out, some of whom have really left. Nobody who left gets in at
// any moment, everybody else keeps or gets back what they had, by one click. The figures of docs/reliability.md are from here.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createEntra } from '#sandbox/entra.ts'
import type { Person } from '#sandbox/population.ts'
import { type AccessStage, roleId } from '../support/access.ts'
import { type Listening, listen } from '../support/listening.ts'
import { type IdentityStage, identityStage, startStage } from './stage.ts'

let listening: Listening
let stage: AccessStage
let here: IdentityStage
let directory: { id: string; baseUrl: string; token: string }
beforeAll(async () => {
  listening = await listen(async (origin) => {
    stage = await startStage({ origin })
    return stage.app
  })
  here = await identityStage(stage)
  directory = (await here.client.post('directories', { name: 'Microsoft Entra ID' })).body
})
afterAll(async () => {
  await listening?.close()
  await stage?.close()
})

const person = (number: number): Person => ({
  key: `p${number}`,
  userName: `p${number}@example.com`,
  givenName: 'Pat',
  familyName: `Number ${number}`,
  displayName: `Pat Number ${number}`,
  title: 'Clerk',
  department: 'Office',
  employeeNumber: String(number),
  phone: '+44 1632 960123',
  locale: 'en-GB',
})

async function inLanes<Item>(items: readonly Item[], act: (item: Item) => Promise<unknown>): Promise<void> {
  const left = [...items]
  const lane = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await act(item)
  }
  await Promise.all([1, 2, 3, 4].map(lane))
}

const standing = async () =>
  new Map(
    (
      await stage.app.owner`select u.user_name as name, u.status = 'active' and u.deleted_at is null as "isIn",
        (select count(distinct e.role_id)::int from effective_assignments e where e.user_id = u.id) as roles
        from users u where u.directory_id = ${directory.id}`
    ).map(({ name, isIn, roles }) => [name as string, { isIn, roles }]),
  )

test('500 of 1,000 by mistake: leavers stay out, everybody else is put back by one click', {
  timeout: 120_000,
}, async () => {
  const entra = createEntra({ ...directory, mode: 'flag' })
  const everybody = [...Array(1_000)].map((_, number) => person(number))
  await inLanes(everybody, (each) => entra.pushUser(each))
  const keys = everybody.map(({ key }) => key)
  const [viewer, editor] = [await roleId(here.client, 'viewer'), await roleId(here.client, 'editor')]
  const staff = { key: 'staff', displayName: 'Staff', memberKeys: keys }
  const writers = { key: 'writers', displayName: 'Writers', memberKeys: keys.slice(0, 600) }
  for (const [group, role] of [
    [staff, viewer],
    [writers, editor],
  ] as const) {
    await entra.pushGroup(group)
    await here.client.confirm('POST', 'mappings', { groupId: entra.groupId(group.key), roleId: role })
  }

  // Ten left the day before; five leave in the very cycle of the accident.
  const [before, meanwhile] = [keys.slice(0, 10), keys.slice(10, 15)]
  await inLanes(before, (key) => entra.deactivateUser(key))
  await stage.app.owner`update directory_losses set occurred_at = occurred_at - interval '1 day'
    where directory_id = ${directory.id}`
  const normal = await standing()

  const left = meanwhile.map((key) => entra.userId(key))
  const started = performance.now()
  const hit = keys.slice(10, 510)
  await inLanes(hit.slice(0, 300), (key) => entra.deactivateUser(key))
  await inLanes(hit.slice(0, 100), (key) => entra.deleteUser(key))
  for (const key of hit.slice(300)) await entra.removeMember('staff', key)
  await entra.deleteGroup('writers')
  const taken = performance.now() - started

  // Whoever was switched off is out at once; whoever was only taken out of groups notices next to nothing.
  const during = await standing()
  const of = (map: typeof normal, key: string) => map.get(`${key}@example.com`)
  for (const key of hit.slice(0, 300)) expect(of(during, key)?.isIn, key).toBe(false)
  const unchanged = hit.slice(300).filter((key) => of(during, key)?.roles === of(normal, key)?.roles)
  expect([unchanged.length, await stage.app.owner`select from alarms where kind = 'mass_change'`]).toMatchObject([
    expect.any(Number),
    { length: 1 },
  ])
  expect(unchanged.length).toBeGreaterThanOrEqual(200)

  const { items } = (await here.client.get(`directories/${directory.id}/mass-changes`)).body
  expect(items).toMatchObject([{ status: 'open', deactivated: 300, deleted: 100 }])
  const change = items[0].id
  await here.client.post(`mass-changes/${change}/leavers`, { userIds: left })
  const clicked = performance.now()
  const done = (await here.client.post(`mass-changes/${change}/restore`, {})).body
  const restoring = performance.now() - clicked
  expect(done).toMatchObject({ status: 'restored', restored: 295, notRestored: 0, haveLeft: 5, kept: 0 })

  const after = await standing()
  for (const key of [...before, ...meanwhile]) expect(of(after, key)?.isIn, key).toBe(false)
  for (const key of keys.slice(15)) expect(of(after, key), key).toEqual(of(normal, key))
  const arrive = async (key: string) =>
    (await here.arrive({ nameId: key, attributes: { email: [`${key}@example.com`] } })).attempt.outcome
  // One after the other, since an arrival is told by the latest attempt.
  const outcomes: string[] = []
  for (const key of ['p3', 'p12', 'p20', 'p200', 'p400', 'p700']) outcomes.push(await arrive(key))
  expect(outcomes).toEqual(['refused', 'refused', ...Array(4).fill('signed_in')])
  process.stdout.write(
    `mass change: ${Math.round(taken)} ms for what Entra took, ${Math.round(restoring)} ms for putting 295 people back\n`,
  )
})
