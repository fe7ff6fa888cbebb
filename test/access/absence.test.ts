// 000-33 Absences: planned, begun by the one door out, changed, cancelled; at the end only what the absence switched off comes back.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cancelAbsence, changeAbsence, planAbsence } from '#access/people/absence/plan-absence.ts'
import { runAbsences } from '#access/people/absence/run-absences.ts'
import { deactivateUser } from '#access/people/status/deactivate-user.ts'
import { proposeReturns } from '#access/upkeep/end-dates.ts'
import { type AccessStage, type Client, createUser, roleId, startStage } from '../support/access.ts'
import { actingAs } from '../support/ceilings.ts'
import { consoleClient, createManager } from '../support/console.ts'
import { createPerson, giveRole } from '../support/people.ts'
import { signIn } from '../support/sessions.ts'

let stage: AccessStage
let client: Client
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage?.close())

const owner = (parts: TemplateStringsArray, ...values: string[]) => stage.app.owner(parts, ...values)
const worker = () => ({ ...client.ctx, actor: { type: 'system', id: 'worker' } }) as const
const run = async (): Promise<void> => {
  await runAbsences(worker())
  await proposeReturns(worker())
}
const due = async (): Promise<number> =>
  (await owner`select from due_work('upkeep') where kind = 'absence' and organization_id = ${client.organizationId}`)
    .length
const statusOf = async (userId: string) => {
  const [row] = await owner`select status, status_reason as reason from users where id = ${userId}`
  return [row?.['status'], row?.['reason']]
}
const returnsAtOf = async (userId: string) => {
  const [row] = await owner`select to_json(returns_at) #>> '{}' as at from users where id = ${userId}`
  return new Date(String(row?.['at'])).toISOString()
}
const alarms = async () =>
  (await client.get('alarms')).body.items.map(({ kind, detail }: { kind: string; detail: { userId: string } }) => [
    kind,
    detail.userId,
  ])
const newClient = async (): Promise<void> => {
  client = await stage.createClient()
  await giveRole(client, { userId: await createPerson(client, 'ada@example.com'), role: 'administrator' })
}
const later = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString()
const plan = (userId: string, more: Record<string, unknown> = {}) =>
  client.post('absences', { userId, until: later(30), reason: 'Parental leave', ...more })
const begins = (id: string) => owner`update absences set from_at = now() - interval '1 minute' where id = ${id}`
/** The end of an absence comes. */
const ends = async (id: string): Promise<void> => {
  await owner`update absences set until_at = now() - interval '1 minute' where id = ${id}`
  await owner`update users set returns_at = now() - interval '1 minute' where returns_at is not null`
}
const outcomeOf = async (id: string) => {
  const { status, outcome } = (await client.get(`absences/${id}`)).body
  return [status, outcome]
}

test('000-33 planned ahead, it deactivates at its beginning, and has people back at its end with what they held', async () => {
  await newClient()
  const userId = await createUser(client, 'bea@example.com')
  await client.post('assignments', { userId, roleId: await roleId(client, 'viewer'), reason: 'Works here' })
  const session = await signIn(client, userId)
  const made = await plan(userId, { from: later(3), atReturn: 'return' })
  expect([made.status, made.body.status, await due()]).toEqual([201, 'planned', 0])
  const { id } = made.body
  await run()
  expect(await statusOf(userId)).toEqual(['active', null])
  await begins(id)
  expect(await due()).toBe(1)
  // Two nodes do no more than one.
  await Promise.all([run(), run()])
  expect([await statusOf(userId), await due()]).toEqual([['inactive', 'administrator'], 0])
  expect(await returnsAtOf(userId)).toBe(made.body.until)
  const { body } = await client.get(`users/${userId}/deactivation-receipt`)
  expect(body).toMatchObject({ note: 'Absence: Parental leave', actor: { type: 'system' } })
  await ends(id)
  expect(await due()).toBe(1)
  await Promise.all([run(), run()])
  await run()
  expect([await statusOf(userId), await outcomeOf(id), await due()]).toEqual([
    ['active', null],
    ['ended', 'returned'],
    0,
  ])
  expect(await alarms()).toEqual([])
  const access = (await client.get(`users/${userId}/access`)).body
  expect(JSON.stringify(access)).toContain('"viewer"')
  // What was closed stays closed.
  expect(await owner`select from live_sessions where user_id = ${userId}`).toHaveLength(0)
  expect(session).toBeTruthy()
  expect(await client.auditOf(userId)).toEqual(
    expect.arrayContaining(['absence.plan', 'user.deactivate', 'absence.end', 'user.reactivate']),
  )
})

test('000-33 is proposed at its end unless the absence or the organization says otherwise', async () => {
  await newClient()
  const [proposed, usual] = [await createUser(client, 'pia@example.com'), await createUser(client, 'uma@example.com')]
  const made = await Promise.all([proposed, usual].map((userId) => plan(userId)))
  expect(await statusOf(proposed)).toEqual(['inactive', 'administrator'])
  const why = (await client.get('sign-in-explanation?name=pia@example.com')).body
  expect(JSON.stringify(why)).toContain('An administrator has deactivated them until')
  await ends(made[0]?.body.id)
  await owner`update users set returns_at = now() + interval '9 days' where id = ${usual}`
  await run()
  expect(await outcomeOf(made[0]?.body.id)).toEqual(['ended', 'proposed'])
  expect([await statusOf(proposed), await alarms()]).toEqual([
    ['inactive', 'administrator'],
    [['return_due', proposed]],
  ])
  expect((await client.send('PUT', 'absence-rule', { atReturn: 'return' })).body).toEqual({ atReturn: 'return' })
  await ends(made[1]?.body.id)
  await run()
  expect([await statusOf(usual), (await alarms()).length]).toEqual([['active', null], 1])
})

test('does not lift what a directory or another administrator has switched off meanwhile', async () => {
  await newClient()
  const people = await Promise.all(['dee', 'max', 'leo'].map((name) => createUser(client, `${name}@example.com`)))
  const [directory = '', administrator = '', deleted = ''] = people
  const made = await Promise.all(people.map((userId) => plan(userId, { atReturn: 'return' })))
  const scim = await stage.app.createDirectory({ id: client.organizationId, slug: client.slug, ctx: client.ctx })
  await owner`update users set directory_id = ${scim.directoryId} where id in (${directory}, ${deleted})`
  const send = (method: string, userId: string, body?: unknown) =>
    stage.request(`/scim/v2/${scim.directoryId}/Users/${userId}`, {
      method,
      headers: { Authorization: `Bearer ${scim.token}`, 'Content-Type': 'application/scim+json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  const off = { op: 'replace', path: 'active', value: false }
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp']
  expect((await send('PATCH', directory, { schemas, Operations: [off] })).status).toBeLessThan(300)
  expect((await send('DELETE', deleted)).status).toBe(204)
  await deactivateUser(client.ctx, { userId: administrator, note: 'For good' })
  expect(await outcomeOf(made[1]?.body.id)).toEqual(['ended', 'deactivated'])
  for (const { body } of made) await ends(body.id)
  await run()
  expect((await statusOf(directory))[0]).toBe('inactive')
  expect(await statusOf(administrator)).toEqual(['inactive', 'administrator'])
  expect((await statusOf(deleted))[0]).toBe('inactive')
  expect(await outcomeOf(made[0]?.body.id)).toEqual(['ended', 'proposed'])
  expect(await alarms()).toEqual([['return_due', directory]])
})

test('begins no list for leavers; whoever is deactivated for good meanwhile is one', async () => {
  await newClient()
  const userId = await createUser(client, 'bea@example.com')
  const tasks = [{ title: 'Collect the badge' }]
  const { id } = (await client.post('checklist-templates', { name: 'Leaver', kind: 'leaving', tasks })).body
  const waiting = async () => (await client.get(`checklist-templates/${id}`)).body.waiting
  await plan(userId)
  expect(await waiting()).toBe(0)
  await deactivateUser(client.ctx, { userId })
  expect(await waiting()).toBe(1)
})

test('is changed and cancelled before and during; who comes back early ends it', async () => {
  await newClient()
  const userId = await createUser(client, 'bea@example.com')
  const { id } = (await plan(userId, { from: later(3) })).body
  expect((await plan(userId)).status).toBe(409)
  expect((await client.patch(`absences/${id}`, { from: later(40) })).status).toBe(400)
  expect((await client.patch(`absences/${id}`, { from: later(5), reason: 'A journey' })).body.reason).toBe('A journey')
  expect((await client.post(`absences/${id}/cancel`, {})).body.status).toBe('cancelled')
  expect((await client.post(`absences/${id}/cancel`, {})).status).toBe(409)
  expect(await statusOf(userId)).toEqual(['active', null])
  const during = (await plan(userId)).body
  expect((await client.patch(`absences/${during.id}`, { from: later(5) })).status).toBe(409)
  const until = later(60)
  expect((await client.patch(`absences/${during.id}`, { until, atReturn: 'return' })).body.until).toBe(until)
  expect(await returnsAtOf(userId)).toBe(until)
  expect((await client.post(`absences/${during.id}/cancel`, {})).body.status).toBe('cancelled')
  expect(await statusOf(userId)).toEqual(['active', null])
  const early = (await plan(userId, { atReturn: 'return' })).body
  await client.post(`users/${userId}/reactivate`, {})
  expect(await outcomeOf(early.id)).toEqual(['ended', 'ended_early'])
  await client.confirm('POST', `users/${userId}/deactivate`)
  await ends(early.id)
  await run()
  expect(await statusOf(userId)).toEqual(['inactive', 'administrator'])
  expect((await plan(userId)).status).toBe(409)
  expect(await client.auditOf(userId)).toEqual(expect.arrayContaining(['absence.change', 'absence.cancel']))
})

test('does not begin for whoever is not active by then, or administers alone; and is another organization’s business', async () => {
  client = await stage.createClient()
  const only = await createPerson(client, 'only@example.com')
  await giveRole(client, { userId: only, role: 'administrator' })
  const gone = await createUser(client, 'gone@example.com')
  const late = await createUser(client, 'late@example.com')
  const made = await Promise.all([only, gone, late].map((userId) => plan(userId, { from: later(3) })))
  expect((await client.get('absences?status=open')).body.items).toHaveLength(3)
  await client.confirm('POST', `users/${gone}/deactivate`)
  for (const { body } of made) await begins(body.id)
  await owner`update absences set until_at = now() - interval '1 second' where user_id = ${late}`
  await run()
  expect(await Promise.all(made.map(({ body }) => outcomeOf(body.id)))).toEqual([
    ...[
      ['ended', 'refused'],
      ['ended', 'not_active'],
      ['ended', 'missed'],
    ],
  ])
  expect([await statusOf(only), await statusOf(late)]).toEqual([
    ['active', null],
    ['active', null],
  ])
  expect(await alarms()).toEqual([['absence_refused', only]])
  expect((await plan(only)).status).toBe(409)
  const other = await stage.createClient()
  const id = made[0]?.body.id
  expect((await other.post('absences', { userId: only, until: later(3), reason: 'x' })).status).toBe(404)
  expect((await other.get(`absences/${id}`)).status).toBe(404)
  expect((await other.patch(`absences/${id}`, { reason: 'x' })).status).toBe(404)
  expect((await other.post(`absences/${id}/cancel`, {})).status).toBe(404)
  expect((await other.get('absences')).body.items).toEqual([])
})

/** Somebody who looks after people, and is no administrator. */
async function lead(): Promise<string> {
  const userId = await createUser(client, 'lena@example.com')
  await client.post('roles', { key: 'lead', name: 'Lead', purpose: 'P', allows: ['users.read', 'users.manage'] })
  await giveRole(client, { userId, role: 'lead' })
  return userId
}
const acting = (userId: string) => actingAs({ id: client.organizationId, slug: client.slug, ctx: client.ctx }, userId)

test('000-33 is nobody’s own to plan, to postpone or to cancel', async () => {
  await newClient()
  const [lena, bea] = [await lead(), await createUser(client, 'bea@example.com')]
  const own = await acting(lena)
  const refused = { code: 'conflict', reason: 'yourself' }
  await expect(planAbsence(own, { userId: lena, until: later(3), reason: 'x' })).rejects.toMatchObject(refused)
  const { id } = (await plan(lena, { from: later(3) })).body
  await expect(changeAbsence(own, { absenceId: id, from: later(20) })).rejects.toMatchObject(refused)
  await expect(cancelAbsence(own, id)).rejects.toMatchObject(refused)
  expect(await outcomeOf(id)).toEqual(['planned', null])
  const other = (await plan(bea, { from: later(3) })).body
  expect((await changeAbsence(own, { absenceId: other.id, from: later(20) })).from > other.from).toBe(true)
  expect((await cancelAbsence(own, other.id)).status).toBe('cancelled')
})

test('000-33 is judged at its beginning by what whoever planned it may do by then', async () => {
  await newClient()
  const lena = await lead()
  const planner = await acting(lena)
  const people = await Promise.all(['risen', 'usual', 'late'].map((name) => createUser(client, `${name}@example.com`)))
  const [risen = '', usual = '', late = ''] = people
  const planned = (userId: string) => planAbsence(planner, { userId, from: later(3), until: later(9), reason: 'Leave' })
  const [first, second] = [await planned(risen), await planned(usual)]
  await giveRole(client, { userId: risen, role: 'administrator' })
  for (const { id } of [first, second]) await begins(id)
  await run()
  expect([await outcomeOf(first.id), await outcomeOf(second.id)]).toEqual([
    ['ended', 'refused'],
    ['under_way', null],
  ])
  expect([(await statusOf(risen))[0], (await statusOf(usual))[0]]).toEqual(['active', 'inactive'])
  expect((await client.get('alarms')).body.items).toMatchObject([
    { kind: 'absence_refused', detail: { userId: risen, why: 'planner' } },
  ])
  const third = await planned(late)
  await owner`delete from assignments where user_id = ${lena}`
  await begins(third.id)
  await run()
  expect([await outcomeOf(third.id), (await statusOf(late))[0]]).toEqual([['ended', 'refused'], 'active'])
})

test.each([
  ['begins in ten years at most', { from: later(4_000), until: later(4_001) }, 'from'],
  ['lasts ten years at most', { until: later(7_000) }, 'until'],
])('%s', async (_what, span, path) => {
  await newClient()
  const userId = await createUser(client, 'bea@example.com')
  const refused = await plan(userId, span)
  expect([refused.status, refused.body.errors[0].path]).toEqual([400, path])
  expect((await plan(userId, { from: later(3_000), until: later(3_600) })).status).toBe(201)
  const { id } = (await client.get('absences?status=open')).body.items[0]
  expect((await client.patch(`absences/${id}`, span)).status).toBe(400)
})

test('by command and in the console', async () => {
  await newClient()
  const userId = await createUser(client, 'bea@example.com')
  const scope = ['--organization', client.slug, '--json'] as const
  const span = ['--from', later(3), '--until', later(9)] as const
  const planned = (
    await stage.rolecall('absence', 'plan', '--user', 'bea@example.com', ...span, '--reason', 'A journey', ...scope)
  ).json
  expect((await stage.rolecall('absence', 'list', ...scope)).json.items).toMatchObject([{ id: planned.id }])
  const named = ['--absence', planned.id] as const
  expect((await stage.rolecall('absence', 'change', ...named, '--reason', 'Two', ...scope)).json.reason).toBe('Two')
  expect((await stage.rolecall('absence', 'cancel', ...named, ...scope)).json.status).toBe('cancelled')
  expect((await stage.rolecall('absence', 'rule', '--at-return', 'return', ...scope)).json).toEqual({
    atReturn: 'return',
  })
  const pages = consoleClient(
    stage.app,
    await createManager({ id: client.organizationId, slug: client.slug, ctx: client.ctx }),
  )
  const path = `/console/users/${userId}/absence`
  const form = { from: '', until: '2001-01-01', reason: 'Parental leave', atReturn: 'organization' }
  expect((await pages.post(path, form)).status).toBe(400)
  expect((await pages.post(path, { ...form, until: '2035-01-01' })).status).toBe(303)
  expect((await pages.get(`/console/users/${userId}`)).text).toContain('They are absent')
  expect((await pages.post(path, { until: '2034-01-01', reason: 'Longer', atReturn: 'propose' })).status).toBe(303)
  expect((await pages.get('/console/users/absences')).text).toContain('Longer')
  const [open] = (await client.get('absences?status=open')).body.items
  expect((await pages.post(`${path}/${open.id}/cancel`, {})).status).toBe(303)
  expect(await statusOf(userId)).toEqual(['active', null])
  expect((await pages.post('/console/users/absences/rule', { atReturn: 'propose' })).status).toBe(303)
  expect((await client.get('absence-rule')).body).toEqual({ atReturn: 'propose' })
})
