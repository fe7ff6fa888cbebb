// Inactivity: warned, deactivated, erased, after so many days; exceptions, preview, off switch, trace and undo.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exceptFromInactivity } from '#access/people/inactivity/exceptions.ts'
import { runInactivity } from '#access/people/inactivity/run-inactivity.ts'
import { touchSessionById } from '#access/sign-in/sessions/resolve-session.ts'
import { standardJobs } from '#jobs/jobs.ts'
import { createLog } from '#platform/log.ts'
import { inTransaction } from '#src/context.ts'
import { type AccessStage, type Client, startStage } from '../support/access.ts'
import { arriveBySaml } from '../support/arrivals.ts'
import { actingAs } from '../support/ceilings.ts'
import { consoleClient, createManager } from '../support/console.ts'
import { createPerson, giveRole } from '../support/people.ts'
import { signIn } from '../support/sessions.ts'
import { createSamlConnection, verifyDomain } from '../support/sign-in.ts'

let stage: AccessStage
let client: Client
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage?.close())

const owner = (parts: TemplateStringsArray, ...values: string[]) => stage.app.owner(parts, ...values)
const run = () => runInactivity({ ...client.ctx, actor: { type: 'system', id: 'worker' } })
const due = async (): Promise<boolean> =>
  (await owner`select from due_work('upkeep') where kind = 'inactivity' and organization_id = ${client.organizationId}`)
    .length > 0

/** Somebody who was last here so many days ago. */
async function away(name: string, days: number): Promise<string> {
  const userId = await createPerson(client, name)
  await back(userId, days)
  return userId
}
const back = (userId: string, days: number) =>
  owner`update users set last_active_at = now() - make_interval(days => ${String(days)}::int),
    status_changed_at = now() - interval '3 years' where id = ${userId}`
/** As if so many days had passed since the rule did something. */
const pass = async (days: number): Promise<void> => {
  const ago = String(days)
  await owner`update inactivity_notices set warned_at = warned_at - make_interval(days => ${ago}::int),
    deactivates_at = deactivates_at - make_interval(days => ${ago}::int),
    deactivated_at = deactivated_at - make_interval(days => ${ago}::int) where organization_id = ${client.organizationId}`
  await owner`update inactivity_rules set counts_from = counts_from - make_interval(days => ${ago}::int),
    erases_from = erases_from - make_interval(days => ${ago}::int) where organization_id = ${client.organizationId}`
  await owner`update users set last_active_at = last_active_at - make_interval(days => ${ago}::int),
    status_changed_at = status_changed_at - make_interval(days => ${ago}::int),
    deleted_at = deleted_at - make_interval(days => ${ago}::int) where organization_id = ${client.organizationId}`
}
const statusOf = async (userId: string) => {
  const [row] = await owner`select status, status_reason as reason from users where id = ${userId}`
  return [row?.['status'], row?.['reason']]
}
const mails = async () =>
  owner`select recipient, subject from mails where organization_id = ${client.organizationId} and kind = 'inactivity' order by id`
const rule = { warnDays: 60, deactivateDays: 90 }
const set = (figures: Record<string, unknown> = rule) => client.send('PUT', 'inactivity-rule', figures)

async function newClient(): Promise<void> {
  client = await stage.createClient()
  const ada = await createPerson(client, 'ada@example.com')
  await giveRole(client, { userId: ada, role: 'administrator' })
  await owner`update users set last_active_at = now() + interval '10 years' where id = ${ada}`
}

describe('the rule', () => {
  test('is off; switched on it warns first, whoever is away for years, and deactivates by the one door out', async () => {
    await newClient()
    const [years, recent, nameless] = [
      await away('years@example.com', 900),
      await away('recent@example.com', 59),
      await away('nameless', 900),
    ]
    expect((await client.get('inactivity-rule')).body).toMatchObject({ status: 'off' })
    await run()
    expect([await mails(), await due()]).toEqual([[], false])
    expect((await set()).body).toMatchObject({ status: 'on', concerns: 'local', ...rule, eraseDays: null })
    expect(await due()).toBe(true)
    // Two nodes do no more than one.
    await Promise.all([run(), run()])
    expect(await due()).toBe(false)
    const soon = new Date(Date.now() + 30 * 86_400_000)
    const [mail, ...more] = await mails()
    expect([mail?.['recipient'], more]).toEqual(['years@example.com', []])
    const day = soon.toLocaleDateString('en-GB', { dateStyle: 'long', timeZone: 'UTC' })
    expect(mail?.['subject']).toMatch(new RegExp(`^Your account at organization-\\d+ will be deactivated on ${day}$`))
    const standing = (await client.get(`users/${nameless}/inactivity`)).body
    expect(standing).toMatchObject({ exception: null, warning: { isMailed: false } })
    await pass(29)
    await run()
    expect(await statusOf(years)).toEqual(['active', null])
    await pass(2)
    await run()
    for (const userId of [years, nameless]) expect(await statusOf(userId)).toEqual(['inactive', 'inactivity'])
    // Whom 31 days more have brought over the line is warned.
    expect(await statusOf(recent)).toEqual(['active', null])
    expect(await mails()).toHaveLength(2)
    const trail = (await client.get(`audit-events?targetId=${years}`)).body.items
    expect(trail.map(({ action, actor }: never) => [action, (actor as { type: string }).type])).toEqual(
      expect.arrayContaining([
        ['user.deactivate', 'system'],
        ['user.inactivity_warning', 'system'],
      ]),
    )
    expect(trail[0].detail).toMatchObject({ reason: 'inactivity', note: expect.stringContaining('after 90') })
    const { items } = (await client.get('inactivity-runs')).body
    expect(items).toMatchObject([
      { warned: 0, deactivated: 2, erased: 0, refused: 0, stillOff: 2 },
      { warned: 1, deactivated: 0 },
      { warned: 2, deactivated: 0, stillOff: 0 },
    ])
  })
  test('forgets a warning as soon as somebody is here, and warns anew once it was off', async () => {
    await newClient()
    const userId = await away('here@example.com', 70)
    await set()
    await run()
    await pass(25)
    await back(userId, 0)
    await pass(10)
    await run()
    expect(await statusOf(userId)).toEqual(['active', null])
    await pass(60)
    await run()
    expect(await mails()).toHaveLength(2)
    await client.delete('inactivity-rule')
    await pass(40)
    await run()
    expect(await statusOf(userId)).toEqual(['active', null])
    await set()
    await run()
    expect([await statusOf(userId), (await mails()).length]).toEqual([['active', null], 3])
    // Sooner by a new rule is not sooner for whoever was told a day.
    await set({ warnDays: 1, deactivateDays: 2 })
    await pass(10)
    await run()
    expect(await statusOf(userId)).toEqual(['active', null])
    await pass(21)
    await run()
    expect(await statusOf(userId)).toEqual(['inactive', 'inactivity'])
  })
  test('counts from the creation of whoever never signed in, and from the reactivation of whoever was away', async () => {
    await newClient()
    const userId = await createPerson(client, 'never@example.com')
    await set()
    await pass(59)
    await run()
    expect(await mails()).toHaveLength(0)
    await pass(2)
    await run()
    expect(await mails()).toHaveLength(1)
    await client.confirm('POST', `users/${userId}/deactivate`)
    await client.post(`users/${userId}/reactivate`, {})
    await pass(31)
    await run()
    expect(await statusOf(userId)).toEqual(['active', null])
  })
  test('leaves people of directories alone or not, invited ones, emergency accounts, and whoever is excepted', async () => {
    await newClient()
    const directory = await stage.app.createDirectory({ id: client.organizationId, slug: client.slug, ctx: client.ctx })
    const [managed, invited, sealed, excepted] = await Promise.all(
      ['managed', 'invited', 'sealed', 'excepted', 'local'].map((name) => away(`${name}@example.com`, 500)),
    )
    await owner`update users set directory_id = ${directory.directoryId} where id = ${managed ?? ''}`
    await owner`update users set status = 'invited' where id = ${invited ?? ''}`
    await owner`insert into emergency_accounts (organization_id, user_id, created_at, sealed_at)
      values (${client.organizationId}, ${sealed ?? ''}, now(), now())`
    const path = `users/${excepted}/inactivity-exception`
    expect((await client.send('PUT', path, { reason: '' })).status).toBe(400)
    expect((await client.send('PUT', path, { reason: 'Sabbatical', until: '2001-01-01T00:00:00Z' })).status).toBe(400)
    expect(
      (await client.send('PUT', path, { reason: 'Sabbatical', until: '2099-01-01T00:00:00Z' })).body,
    ).toMatchObject({
      exception: { reason: 'Sabbatical', counts: true },
    })
    await set()
    await run()
    expect((await mails()).map(({ recipient }) => recipient)).toEqual(['local@example.com'])
    await set({ ...rule, concerns: 'everybody' })
    await run()
    expect((await mails()).map(({ recipient }) => recipient)).toEqual(['local@example.com', 'managed@example.com'])
    await owner`update inactivity_exceptions set until = now() - interval '1 day'`
    expect((await client.get('inactivity-exceptions')).body.items).toMatchObject([{ id: excepted, counts: false }])
    await run()
    expect((await mails()).map(({ recipient }) => recipient)).toContain('excepted@example.com')
    expect((await client.delete(path)).status).toBe(204)
    expect((await client.delete(path)).status).toBe(404)
    await pass(31)
    await run()
    expect(await statusOf(managed ?? '')).toEqual(['inactive', 'inactivity'])
    expect([await statusOf(invited ?? ''), await statusOf(sealed ?? '')]).toEqual([
      ['invited', null],
      ['active', null],
    ])
    expect(await client.auditOf(excepted ?? '')).toEqual(
      expect.arrayContaining(['user.inactivity_except', 'user.inactivity_unexcept']),
    )
  })
  test('what it switched off a directory does not lift, and the help with sign-ins says why', async () => {
    await newClient()
    const scim = await stage.app.createDirectory({ id: client.organizationId, slug: client.slug, ctx: client.ctx })
    const send = (method: string, path: string, body: unknown) =>
      stage.request(`/scim/v2/${scim.directoryId}/${path}`, {
        method,
        headers: { Authorization: `Bearer ${scim.token}`, 'Content-Type': 'application/scim+json' },
        body: JSON.stringify(body),
      })
    const schemas = ['urn:ietf:params:scim:schemas:core:2.0:User']
    const person = { schemas, userName: 'dee@example.com', active: true }
    const made = (await (await send('POST', 'Users', person)).json()) as { id: string }
    await back(made.id, 500)
    await set({ ...rule, concerns: 'everybody' })
    await run()
    await pass(31)
    await run()
    expect(await statusOf(made.id)).toEqual(['inactive', 'inactivity'])
    expect((await send('PUT', `Users/${made.id}`, { ...person, id: made.id })).status).toBe(200)
    const active = { op: 'replace', path: 'active', value: true }
    await send('PATCH', `Users/${made.id}`, {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [active],
    })
    expect(await statusOf(made.id)).toEqual(['inactive', 'inactivity'])
    const { body } = await client.get(`sign-in-explanation?name=dee@example.com`)
    expect(JSON.stringify(body)).toContain('since they had not been here for long')
  })
  test('never takes the last administrator: an alarm says so, and it is tried again once that is settled', async () => {
    client = await stage.createClient()
    const userId = await away('only@example.com', 500)
    await giveRole(client, { userId, role: 'administrator' })
    await set()
    await run()
    await pass(31)
    await run()
    expect(await statusOf(userId)).toEqual(['active', null])
    await run()
    const alarms = (await client.get('alarms')).body.items
    expect(alarms).toMatchObject([{ kind: 'inactivity_refused', detail: { userId } }])
    expect((await client.get('inactivity-runs')).body.items[0]).toMatchObject({ deactivated: 0, refused: 1 })
  })
  test('erases whom it deactivated, no sooner than the organization keeps people, and none of a directory', async () => {
    await newClient()
    const directory = await stage.app.createDirectory({ id: client.organizationId, slug: client.slug, ctx: client.ctx })
    const [local, managed, deleted] = await Promise.all(
      ['local', 'managed', 'deleted'].map((name) => away(`${name}@example.com`, 500)),
    )
    for (const id of [managed, deleted])
      await owner`update users set directory_id = ${directory.directoryId} where id = ${id ?? ''}`
    await set({ ...rule, concerns: 'everybody' })
    await run()
    await pass(31)
    await run()
    await owner`update users set deleted_at = now() where id = ${deleted ?? ''}`
    await pass(100)
    await run()
    expect((await statusOf(local ?? ''))[0]).toBe('inactive')
    // Erasing counts from the moment that it is switched on.
    await set({ ...rule, concerns: 'everybody', eraseDays: 1 })
    await run()
    expect((await statusOf(local ?? ''))[0]).toBe('inactive')
    await pass(29)
    await run()
    expect((await statusOf(local ?? ''))[0]).toBe('inactive')
    await pass(2)
    expect((await client.get('inactivity-rule/outlook')).body.today).toEqual({ warn: 0, deactivate: 0, erase: 2 })
    await run()
    expect([await statusOf(local ?? ''), await statusOf(deleted ?? ''), await statusOf(managed ?? '')]).toEqual([
      ...[
        ['erased', null],
        ['erased', null],
        ['inactive', 'inactivity'],
      ],
    ])
    expect(await client.auditOf(local ?? '')).toContain('user.erase')
    expect((await client.get(`users/${local}/erasure-certificate`)).status).toBe(200)
    expect((await client.get('inactivity-runs')).body.items[0]).toMatchObject({ erased: 2 })
  })
  test('a preview says who and when before it is saved, and a run is undone at once', async () => {
    await newClient()
    const [years, soon] = [await away('years@example.com', 900), await away('soon@example.com', 50)]
    const seen = await client.post('inactivity-rule/preview', { ...rule, eraseDays: 1 })
    expect(seen.body.today).toEqual({ warn: 1, deactivate: 0, erase: 0 })
    expect(seen.body.within30Days).toEqual({ warn: 2, deactivate: 1, erase: 0 })
    expect(seen.body.people.map(({ userId, act }: never) => [userId, act])).toEqual([
      ...[
        [years, 'warn'],
        [soon, 'warn'],
        [years, 'deactivate'],
      ],
    ])
    expect((await client.get('inactivity-rule')).body.status).toBe('off')
    expect((await client.post('inactivity-rule/preview', { warnDays: 9, deactivateDays: 9 })).status).toBe(400)
    await set()
    await run()
    await pass(31)
    await run()
    const [{ id }] = (await client.get('inactivity-runs')).body.items
    const undone = await client.post(`inactivity-runs/${id}/undo`, {})
    expect([undone.status, undone.body.done]).toEqual([202, 1])
    expect(await statusOf(years)).toEqual(['active', null])
    expect((await client.post(`inactivity-runs/${id}/undo`, {})).status).toBe(409)
    await run()
    expect(await statusOf(years)).toEqual(['active', null])
    expect((await client.get('inactivity-runs')).body.items[0]).toMatchObject({ id, stillOff: 0 })
  })
  test('counts what people do as activity: a sign-in, a session in use, an application that refreshes its tokens', async () => {
    await newClient()
    const userId = await away('here@example.com', 900)
    const seen = async () => {
      const [row] =
        await owner`select last_active_at > now() - interval '1 minute' as now from users where id = ${userId}`
      return row?.['now']
    }
    const { sessionId } = await signIn(client, userId)
    expect(await seen()).toBe(true)
    // The time passes, and the session is used, by the browser or by an application (findAccount).
    await back(userId, 900)
    await owner`update sessions set last_seen_at = now() - interval '2 hours' where id = ${sessionId}`
    await back(userId, 900)
    await inTransaction(client.ctx, (tx) =>
      tx.commitWith(touchSessionById({ organizationId: client.organizationId, sessionId })),
    )
    expect(await seen()).toBe(true)
    await set()
    await run()
    expect(await mails()).toEqual([])
  })
  test('what it switched off no sign-in lifts', async () => {
    await newClient()
    const userId = await away('years@example.com', 900)
    const organization = { id: client.organizationId, slug: client.slug, ctx: client.ctx }
    await verifyDomain(organization, 'example.com')
    const connection = await createSamlConnection(organization, { jit: 'verified_domains' })
    await set()
    await run()
    await pass(31)
    await run()
    const arrival = await arriveBySaml(stage.app, organization, connection, { nameId: 'years@example.com' })
    expect(arrival.attempt.outcome).toBe('refused')
    expect(await statusOf(userId)).toEqual(['inactive', 'inactivity'])
  })
  test('wants all rights to be switched on', async () => {
    await newClient()
    const wanted = { name: 'Settings', access: 'permissions', permissions: ['settings.manage', 'settings.view'] }
    const { key } = (await client.post('api-keys', wanted)).body
    const send = (method: string, body?: unknown) =>
      client.send(method, 'inactivity-rule', body, { Authorization: `Bearer ${key}` })
    expect(await send('PUT', rule)).toMatchObject({ status: 403, body: { reason: 'ceiling' } })
    expect((await send('DELETE')).body.status).toBe('off')
  })
  test('excepts nobody by their own word', async () => {
    await newClient()
    const [lena, bea] = [await away('lena@example.com', 1), await away('bea@example.com', 1)]
    await client.post('roles', { key: 'lead', name: 'Lead', purpose: 'P', allows: ['users.read', 'users.manage'] })
    await giveRole(client, { userId: lena, role: 'lead' })
    const own = await actingAs({ id: client.organizationId, slug: client.slug, ctx: client.ctx }, lena)
    const refused = { code: 'conflict', reason: 'yourself' }
    await expect(exceptFromInactivity(own, { userId: lena, reason: 'I want' })).rejects.toMatchObject(refused)
    await exceptFromInactivity(own, { userId: bea, reason: 'Sabbatical' })
    expect((await client.get('inactivity-exceptions')).body.items).toMatchObject([{ id: bea }])
  })
  test('is another organization’s business alone', async () => {
    await newClient()
    const userId = await away('years@example.com', 900)
    await set()
    await run()
    await pass(31)
    await run()
    const [{ id }] = (await client.get('inactivity-runs')).body.items
    const other = await stage.createClient()
    expect((await other.post(`inactivity-runs/${id}/undo`, {})).status).toBe(404)
    expect((await other.send('PUT', `users/${userId}/inactivity-exception`, { reason: 'x' })).status).toBe(404)
    expect((await other.delete(`users/${userId}/inactivity-exception`)).status).toBe(404)
    expect((await other.get('inactivity-runs')).body.items).toEqual([])
    expect((await other.get('inactivity-rule')).body.status).toBe('off')
  })
})

test('in the console: previewed, saved, undone, switched off; an exception on somebody’s page', async () => {
  await newClient()
  const userId = await away('years@example.com', 900)
  const organization = { id: client.organizationId, slug: client.slug, ctx: client.ctx }
  const manager = await createManager(organization)
  const pages = consoleClient(stage.app, manager)
  const home = '/console/settings/inactivity'
  const form = { concerns: 'local', warnDays: '60', deactivateDays: '60', eraseDays: '' }
  expect((await pages.post(`${home}/preview`, form)).status).toBe(400)
  const right = { ...form, deactivateDays: '90' }
  expect((await pages.post(`${home}/preview`, right)).text).toContain('years@example.com')
  // The organization keeps people for 30 days: it promises no sooner erasing.
  const soon = await pages.post(`${home}/preview`, { ...right, eraseDays: '1' })
  expect(soon.text).toContain('erased 30 days after that')
  expect((await client.get('inactivity-rule')).body.status).toBe('off')
  expect((await pages.post(home, right)).status).toBe(303)
  const person = `/console/users/${userId}`
  expect((await pages.post(`${person}/inactivity`, { reason: 'On leave', until: '' })).status).toBe(303)
  expect((await pages.get(person)).text).toContain('The rule on inactivity leaves them alone')
  expect((await pages.get(`${home}/exceptions`)).text).toContain('On leave')
  await run()
  expect((await pages.post(`${person}/inactivity/end`, {})).status).toBe(303)
  await run()
  expect((await pages.get(person)).text).toContain('They are to be deactivated')
  await pass(31)
  await back(manager.userId, 0)
  await run()
  const [{ id }] = (await client.get('inactivity-runs')).body.items
  expect((await pages.get(home)).text).toContain('Reactivate 1')
  expect((await pages.post(`${home}/runs/${id}/undo`, {})).status).toBe(303)
  expect(await statusOf(userId)).toEqual(['active', null])
  expect((await pages.post(`${home}/off`, {})).status).toBe(303)
  expect((await client.get('inactivity-rule')).body.status).toBe('off')
})

test('by command', async () => {
  await newClient()
  const userId = await away('years@example.com', 900)
  const scope = ['--organization', client.slug, '--json'] as const
  const figures = ['--warn', '60', '--deactivate', '90'] as const
  expect((await stage.rolecall('inactivity', 'preview', ...figures, ...scope)).json.today.warn).toBe(1)
  expect((await stage.rolecall('inactivity', 'set', ...figures, '--erase', '30', ...scope)).json).toMatchObject({
    ...{ status: 'on', ...rule, eraseDays: 30 },
  })
  const person = ['--user', 'years@example.com'] as const
  await stage.rolecall('inactivity', 'except', ...person, '--reason', 'On leave', ...scope)
  expect((await stage.rolecall('inactivity', 'exceptions', ...scope)).json.items).toMatchObject([{ id: userId }])
  await run()
  expect((await stage.rolecall('inactivity', 'runs', ...scope)).json.items).toEqual([])
  await stage.rolecall('inactivity', 'unexcept', ...person, ...scope)
  await standardJobs.inactivity?.({ ...client.ctx, actor: { type: 'system', id: 'worker' } }, createLog('silent'))
  await pass(31)
  await run()
  const [{ id }] = (await stage.rolecall('inactivity', 'runs', ...scope)).json.items
  expect((await stage.rolecall('inactivity', 'undo', '--run', id, ...scope)).json).toMatchObject({ total: 1, done: 1 })
  expect((await stage.rolecall('inactivity', 'off', ...scope)).json.status).toBe('off')
  expect((await stage.rolecall('inactivity', 'show', '--organization', client.slug)).lines).toEqual([
    'off: local, warned after 60 days, deactivated after 90, erased 30 days after that',
  ])
})
