// The mass-change brake: whoever leaves is let out at once, however many they are; what only takes rights waits for an
// administrator, who confirms it or puts everybody back who has not really left.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { learnBrakes } from '#access/people/brake/learn-brakes.ts'
import { roleId } from '../support/access.ts'
import { patchOp } from '../support/scim.ts'
import { type Feed, type IdentityStage, identityStage, scimUser, startStage } from './stage.ts'

let stage: Awaited<ReturnType<typeof startStage>>
let here: IdentityStage
let scim: Feed
let viewer: string
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage?.close())
beforeEach(async () => {
  here = await identityStage(stage)
  scim = await here.directory('Entra')
  viewer = await roleId(here.client, 'viewer')
})

const names = (count: number, prefix = 'p'): string[] =>
  [...Array(count)].map((_, number) => `${prefix}${number}@example.com`)
const people = (count: number, prefix?: string): Promise<string[]> =>
  Promise.all(names(count, prefix).map((name) => scim.user(name, scimUser(name))))
const say = (id: string, active: boolean) =>
  scim.patch(`/Users/${id}`, { op: 'Replace', path: 'active', value: active ? 'True' : 'False' })
const each = async (ids: readonly string[], act: (id: string) => Promise<unknown>): Promise<void> => {
  const left = [...ids]
  await Promise.all(
    [0, 1, 2, 3].map(async () => {
      for (let id = left.shift(); id !== undefined; id = left.shift()) await act(id)
    }),
  )
}
const settings = (wanted: Record<string, unknown>) => here.client.patch(`directories/${scim.directoryId}`, wanted)
const changes = async () => (await here.client.get(`directories/${scim.directoryId}/mass-changes`)).body.items
const alarms = async () => (await here.client.get('alarms?status=open')).body.items
const act = (verb: 'confirm' | 'restore', id: string) => here.client.post(`mass-changes/${id}/${verb}`, {})
const statusOf = async (id: string): Promise<string> => (await here.client.get(`users/${id}`)).body.status
const rolesOf = async (id: string): Promise<number> =>
  (await stage.app.owner`select from effective_assignments where user_id = ${id}`).length
const mapped = async (name: string, members: readonly string[]): Promise<string> => {
  const groupId = await scim.group(name, [...members])
  await here.client.confirm('POST', 'mappings', { groupId, roleId: viewer })
  return groupId
}
const membersOf = async (groupId: string): Promise<string[]> =>
  ((await scim.get(`/Groups/${groupId}`)).body.members ?? []).map(({ value }: { value: string }) => value).sort()
/** As if the time had passed. */
const later = async (minutes: number): Promise<void> => {
  const { owner } = stage.app
  const by = owner`make_interval(mins => ${minutes})`
  await owner`update directory_losses set occurred_at = occurred_at - ${by} where directory_id = ${scim.directoryId}`
  await owner`update mass_changes set began_at = began_at - ${by}, tripped_at = tripped_at - ${by}
    where directory_id = ${scim.directoryId}`
}

describe('leavers', () => {
  test('are let out however many they are: sixty in a row raise one word, and nobody of them comes in', async () => {
    const ids = await people(60)
    for (const id of ids) expect(await say(id, false)).toMatchObject({ status: 200, body: { active: false } })
    for (const id of ids) expect(await statusOf(id)).toBe('inactive')
    expect(await alarms()).toMatchObject([
      { kind: 'mass_change', detail: { directoryId: scim.directoryId, name: 'Entra', limit: 25, minutes: 60 } },
    ])
    const [found, ...others] = await changes()
    expect(others).toEqual([])
    expect(found).toMatchObject({ status: 'open', people: 60, deactivated: 60, deleted: 0, kept: 0, limit: 25 })
  })

  test('as many as usual raise no word; nor do those who come back, nor people whom nobody took anything', async () => {
    const ids = await people(25)
    await each(ids, (id) => say(id, false))
    await each(ids, (id) => say(id, true))
    await each(ids, (id) => say(id, false))
    await each(ids, (id) => say(id, false))
    await each(ids, (id) => scim.delete(`/Users/${id}`))
    expect(await changes()).toEqual([])
    const more = await people(40, 'q')
    const groupId = await scim.group('Nobody mapped it', more)
    await scim.put(`/Groups/${groupId}`, { displayName: 'Nobody mapped it', members: [] })
    expect([await changes(), await alarms(), await membersOf(groupId)]).toEqual([[], [], []])
  })

  test('what is usual is learned: a part of its people at first, then twice the busiest time that was confirmed', async () => {
    const learned = async (): Promise<number> => {
      await stage.app
        .owner`update directories set brake_learned_at = now() - interval '2 days' where id = ${scim.directoryId}`
      await learnBrakes(here.client.ctx)
      return (await here.client.get(`directories/${scim.directoryId}`)).body.brakeLimit
    }
    const due = async (): Promise<number> =>
      (
        await stage.app
          .owner`select from due_work('upkeep') where kind = 'brake' and organization_id = ${here.client.organizationId}`
      ).length
    expect([await due(), await learned(), await due()]).toEqual([1, 3, 0])
    const ids = await people(60)
    expect(await learned()).toBe(10)
    await each(ids.slice(0, 20), (id) => say(id, false))
    expect(await learned()).toBe(10)
    const [found] = await changes()
    await act('confirm', found.id)
    expect(await learned()).toBe(2 * found.people)
    await later(91 * 1_440)
    const kept = () => stage.app.owner`select from directory_losses where directory_id = ${scim.directoryId}`
    expect([await learned(), (await kept()).length]).toEqual([10, 0])
  })

  test('the limit is a number or a share, within a time; switched off, nothing is said and nothing waits', async () => {
    const ids = await people(40)
    expect((await settings({ brakeShare: 10, brakeMinutes: 30 })).body).toMatchObject({
      brakeLimit: 4,
      brakePeople: null,
    })
    expect((await settings({ brakePeople: 7 })).body).toMatchObject({ brakeLimit: 7, brakeShare: null })
    expect((await settings({ brakePeople: 3, brakeShare: 3 })).status).toBe(400)
    expect((await settings({ brakeMinutes: 1 })).status).toBe(400)
    await each(ids.slice(0, 7), (id) => say(id, false))
    await later(31)
    await each(ids.slice(7, 14), (id) => say(id, false))
    expect(await changes()).toEqual([])
    await settings({ brake: 'off' })
    await each(ids.slice(14, 30), (id) => say(id, false))
    expect(await changes()).toEqual([])
    await settings({ brake: 'on' })
    await say(ids[30] ?? '', false)
    // Those who left half an hour before belong to another day's work.
    expect(await changes()).toMatchObject([{ people: 24, limit: 7 }])
  })
})

describe('what only takes rights', () => {
  test('waits, by PATCH, PUT and DELETE: the provider sees it gone, the people keep their roles', async () => {
    await settings({ brakePeople: 5 })
    const ids = await people(24)
    const [a, b, c] = [ids.slice(0, 8), ids.slice(8, 16), ids.slice(16)]
    const groups = [await mapped('By PATCH', a), await mapped('By PUT', b), await mapped('By DELETE', c)]
    const gone = a.map((value) => ({ value }))
    const path = `/Groups/${groups[0]}`
    await scim.send('PATCH', path, { schemas: [patchOp], Operations: [{ op: 'Remove', path: 'members', value: gone }] })
    expect(await membersOf(groups[0] ?? '')).toEqual([])
    expect((await scim.put(`/Groups/${groups[1]}`, { displayName: 'By PUT', members: [] })).status).toBe(200)
    expect((await scim.delete(`/Groups/${groups[2]}`)).status).toBe(204)
    expect((await scim.get(`/Groups/${groups[2]}`)).status).toBe(404)
    const users = (await scim.list('Users', 'groups pr')).body
    expect(users.totalResults).toBe(0)
    for (const id of ids) expect(await rolesOf(id), id).toBe(1)
    const [found] = await changes()
    expect(found).toMatchObject({ people: 24, deactivated: 0, kept: 17 })
    expect(found.groups.map(({ displayName, people: count }: never) => [displayName, count]).sort()).toEqual([
      ['By DELETE', 8],
      ['By PATCH', 8],
      ['By PUT', 8],
    ])
    // What the provider adds again is no longer in question.
    await scim.patch(path, { op: 'Add', path: 'members', value: gone.slice(0, 2) })
    expect([(await changes())[0].kept, (await membersOf(groups[0] ?? '')).length]).toEqual([15, 2])

    const confirmed = await act('confirm', found.id)
    expect(confirmed.body).toMatchObject({ status: 'confirmed', kept: 0 })
    expect(await Promise.all(ids.map(rolesOf))).toEqual([1, 1, ...Array(22).fill(0)])
    expect(await alarms()).toEqual([])
    expect((await act('confirm', found.id)).status).toBe(200)
    // Put back all the same, but for the group that is deleted for good.
    expect((await act('restore', found.id)).body.status).toBe('restored')
    expect(await Promise.all(ids.map(rolesOf))).toEqual([...Array(16).fill(1), ...Array(8).fill(0)])
  })

  test('waits for a group in a group, too, and comes back with it', async () => {
    await settings({ brakePeople: 5 })
    const ids = await people(8)
    const child = await scim.group('Team', ids)
    const parent = await mapped('All', [child])
    expect(await Promise.all(ids.map(rolesOf))).toEqual(Array(8).fill(1))
    await scim.patch(`/Groups/${parent}`, { op: 'Remove', path: `members[value eq "${child}"]` })
    expect([await membersOf(parent), await Promise.all(ids.map(rolesOf))]).toEqual([[], Array(8).fill(1)])
    const [found] = await changes()
    expect((await act('restore', found.id)).body).toMatchObject({ status: 'restored', kept: 0 })
    expect(await membersOf(parent)).toEqual([child])
  })

  test('a group that was deleted comes back as it was, or hands over to the one that the provider brought in its place', async () => {
    await settings({ brakePeople: 5 })
    const ids = await people(16)
    const [kept, replaced] = [await mapped('Kept', ids.slice(0, 8)), await mapped('Replaced', ids.slice(8))]
    await scim.delete(`/Groups/${kept}`)
    await scim.delete(`/Groups/${replaced}`)
    const next = await scim.group('Replaced', ids.slice(8, 10))
    const [found] = await changes()
    await act('restore', found.id)
    expect([await membersOf(kept), await membersOf(next)]).toEqual([ids.slice(0, 8).sort(), ids.slice(8).sort()])
    expect((await scim.get(`/Groups/${replaced}`)).status).toBe(404)
    expect(await Promise.all(ids.map(rolesOf))).toEqual(Array(16).fill(1))
  })
})

describe('put back', () => {
  test('everybody but who has really left: before it, noted by an administrator, said again by the directory', async () => {
    await settings({ brakePeople: 10 })
    const ids = await people(40)
    const groupId = await mapped('Everybody', ids)
    const [early, meant, again, byHand, invited, ...rest] = ids as [string, string, string, string, string, ...string[]]
    await say(early, false)
    const longGone = await scim.user('gone@example.com', scimUser('gone@example.com'))
    await say(longGone, false)
    await later(20)
    await stage.app.owner`update users set status = 'invited' where id = ${invited}`
    await each([meant, again, invited, ...rest], (id) => say(id, false))
    await here.client.confirm('POST', `users/${byHand}/deactivate`)
    await each([...rest.slice(0, 5), longGone], (id) => scim.delete(`/Users/${id}`))
    // Somebody who left before loses a group in the same hour: that brings them back no more than anything else.
    await scim.patch(`/Groups/${groupId}`, { op: 'Remove', path: 'members', value: [{ value: early }] })
    const returned = await scim.user('p5@example.com', scimUser('p5@example.com'))
    const [found] = await changes()
    expect(found).toMatchObject({ people: 40, deactivated: 38, deleted: 6, kept: 1 })
    await later(20)
    await say(again, true)
    await say(again, false)

    expect(
      (await here.client.post(`mass-changes/${found.id}/leavers`, { userIds: [meant, 'usr_somebody'] })).body,
    ).toEqual({
      noted: 1,
    })
    const done = (await act('restore', found.id)).body
    expect(done).toMatchObject({ status: 'restored', haveLeft: 1, restored: 36, notRestored: 2 })
    for (const id of [early, meant, again, byHand, longGone]) expect(await statusOf(id), id).toBe('inactive')
    expect(await statusOf(invited)).toBe('invited')
    const [first, ...others] = rest as [string, ...string[]]
    for (const id of [...others, returned]) expect(await statusOf(id), id).toBe('active')
    expect((await here.client.get(`users/${first}`)).status).toBe(404)
    for (const id of others) expect(await rolesOf(id)).toBe(1)
    expect((await membersOf(groupId)).length).toBe(39)
    const { items } = (await here.client.get(`mass-changes/${found.id}/people?limit=200`)).body
    const outcomes = Object.fromEntries(items.map(({ id, outcome }: never) => [id, outcome]))
    expect([outcomes[meant], outcomes[again], outcomes[first]]).toEqual([null, 'said_again', 'brought_again'])
    // A deleted one is the directory's to find again, and signs in.
    expect((await scim.list('Users', 'userName eq "p6@example.com"')).body.totalResults).toBe(1)
    expect((await here.arrive({ nameId: 'p6', attributes: { email: ['p6@example.com'] } })).attempt.outcome).toBe(
      'signed_in',
    )
    expect((await here.arrive({ nameId: 'p1', attributes: { email: ['p1@example.com'] } })).attempt.outcome).toBe(
      'refused',
    )
  })

  test('by hand, since a moment, where the brake said nothing', async () => {
    const ids = await people(6)
    await each(ids.slice(0, 2), (id) => say(id, false))
    await later(60)
    await each(ids.slice(2), (id) => scim.delete(`/Users/${id}`))
    expect(await changes()).toEqual([])
    const path = `directories/${scim.directoryId}/mass-changes`
    const soon = new Date(Date.now() + 60_000).toISOString()
    expect((await here.client.post(path, { since: soon })).status).toBe(400)
    const since = new Date(Date.now() - 600_000).toISOString()
    const { body } = await here.client.post(path, { since })
    expect(body).toMatchObject({ people: 4, deleted: 4, limit: null, status: 'open' })
    expect((await act('restore', body.id)).body).toMatchObject({ restored: 4, status: 'restored' })
    expect(await Promise.all(ids.map(statusOf))).toEqual(['inactive', 'inactive', ...Array(4).fill('active')])
  })

  test('by command', async () => {
    const ids = await people(4)
    const scope = ['--organization', here.client.slug, '--json'] as const
    const run = async (...args: string[]) => (await stage.rolecall('directory', ...args, ...scope)).json
    expect(await run('brake', '--directory', 'Entra', '--people', '2', '--minutes', '30')).toMatchObject({
      ...{ brake: 'on', brakeLimit: 2, brakeMinutes: 30 },
    })
    for (const id of ids) await say(id, false)
    const { items } = await run('mass-change', 'list', '--directory', 'Entra')
    expect(items).toMatchObject([{ people: 4, status: 'open' }])
    const of = ['--mass-change', items[0].id] as const
    expect(await run('mass-change', 'leavers', ...of, '--user', ids[0] ?? '')).toEqual({ noted: 1 })
    expect((await run('mass-change', 'people', ...of)).items).toHaveLength(4)
    expect(await run('mass-change', 'restore', ...of)).toMatchObject({ status: 'restored', restored: 3 })
    const both = await stage.rolecall('directory', 'brake', '--directory', 'Entra', '--off', '--people', '3', ...scope)
    expect(both.exitCode).not.toBe(0)
    expect(await run('brake', '--directory', 'Entra', '--off')).toMatchObject({ brake: 'off' })
    const back = ['--directory', 'Entra', '--since', new Date(Date.now() - 60_000).toISOString()]
    expect(await run('mass-change', 'look-back', ...back)).toMatchObject({ people: 4, limit: null })
  })

  test('wants the rights for it, and is not known to another organization', async () => {
    await settings({ brakePeople: 3 })
    for (const id of await people(5)) await say(id, false)
    const [found] = await changes()
    const other = await identityStage(stage)
    for (const verb of ['confirm', 'restore'])
      expect((await other.client.post(`mass-changes/${found.id}/${verb}`, {})).status).toBe(404)
    expect((await other.client.get(`mass-changes/${found.id}/people`)).status).toBe(404)
    expect((await act('confirm', 'mch_x')).status).toBe(404)
  })
})
