// What follows from dates: reminders, accounts that end, returns, and what is kept for long enough.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { updateAssignment } from '#access/grants/assignments/update-assignment.ts'
import { listAlarms } from '#access/notices/alarms/alarms.ts'
import { getMail } from '#access/notices/mail/mails.ts'
import { deactivateUser } from '#access/people/status/deactivate-user.ts'
import { removeOld } from '#access/upkeep/retention.ts'
import { getUser } from '#directory/users.ts'
import { standardJobs } from '#jobs/jobs.ts'
import { createLog } from '#platform/log.ts'
import type { CallContext } from '#src/context.ts'
import { type AccessStage, type Client, startStage } from '../support/access.ts'
import { furnishConsole, furnishSignIn } from '../support/furnish.ts'
import { createPerson, giveRole } from '../support/people.ts'

let stage: AccessStage
let client: Client
let ctx: CallContext
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.close())

const owner = (parts: TemplateStringsArray, ...values: string[]) => stage.app.owner(parts, ...values)
const log = createLog('silent')
const system = (): CallContext => ({ ...ctx, actor: { type: 'system', id: 'worker' } })
const run = (kind: keyof typeof standardJobs) => standardJobs[kind]?.(system(), log)
const due = async (): Promise<string[]> =>
  (
    await owner`select kind from organizations_with_upkeep()
      where organization_id = ${client.organizationId} and kind <> 'brake' order by 1`
  ).map(({ kind }) => kind)
const mails = () => owner`select id, kind, recipient, subject, target_id as target from mails
  where organization_id = ${client.organizationId} and kind = 'reminder' order by id`
const statusOf = async (userId: string) => {
  const { status, statusReason } = await getUser(ctx, { userId, directoryId: null })
  return [status, statusReason]
}

async function newClient(): Promise<void> {
  client = await stage.createClient()
  ctx = client.ctx
  await giveRole(client, { userId: await createPerson(client, 'ada@example.com'), role: 'administrator' })
}

/** An assignment given 60 days ago that ends so many days from now. @returns its id */
async function ending(
  userId: string,
  days: number,
  more: { role?: string; sponsor?: string; givenDays?: number } = {},
) {
  const { role = 'viewer', sponsor = null, givenDays = 60 } = more
  await giveRole(client, { userId, role })
  const [assignment] = await stage.app.owner`update assignments set expires_at = now() + make_interval(days => ${days}),
      created_at = now() - make_interval(days => ${givenDays}), sponsor = ${sponsor}
    where user_id = ${userId} and role_id in (select id from roles where key = ${role}) returning id`
  return String(assignment?.['id'])
}

describe('reminders', () => {
  test('go out 14 and 3 days before the end, to the person and the sponsor, once each', async () => {
    await newClient()
    const userId = await createPerson(client, 'gus@example.com', 'Gus')
    const id = await ending(userId, 13, { sponsor: 'sponsor@example.com' })
    expect(await due()).toEqual(['reminder'])
    await run('reminder')
    await run('reminder')
    expect(await due()).toEqual([])
    const first = await mails()
    expect(first).toMatchObject([
      { kind: 'reminder', recipient: 'gus@example.com', target: id },
      { kind: 'reminder', recipient: 'sponsor@example.com', target: id },
    ])
    expect(first[0]?.['subject']).toMatch(/^Your access to organization-\d+ ends on /)
    const { body } = await getMail(ctx, first[1]?.['id'])
    expect(body?.text).toMatch(/Gus’s assignment ends: Viewer in organization-\d+/)
    expect(body?.text).toContain(`/console/users/${userId}/assignments/${id}`)
    await owner`update assignments set reminded_days = 14, expires_at = now() + interval '2 days' where id = ${id}`
    // The trigger: an assignment with another end has its reminders ahead of it.
    const [row] = await owner`select reminded_days as days from assignments where id = ${id}`
    expect(row?.['days']).toBeNull()
    await owner`update assignments set reminded_days = 14 where id = ${id}`
    await run('reminder')
    expect(await mails()).toHaveLength(4)
    expect(await due()).toEqual([])
    expect(await client.auditOf(id)).toEqual(['assignment.create', 'assignment.remind', 'assignment.remind'])
  })
  test('tell each reader the end in their own zone, and name it', async () => {
    await newClient()
    const userId = await createPerson(client, 'gus@example.com', 'Gus')
    await owner`update users set attributes = attributes || '{"timezone": "Asia/Tokyo"}' where id = ${userId}`
    const id = await ending(userId, 2, { sponsor: 'sponsor@example.com' })
    await owner`update assignments set expires_at = date_trunc('day', expires_at) + interval '20 hours' where id = ${id}`
    const [row] =
      await owner`select expires_at + interval '9 hours' as there, expires_at as utc from assignments where id = ${id}`
    const day = (at: unknown) =>
      new Date(String(at)).toLocaleDateString('en-GB', { dateStyle: 'long', timeZone: 'UTC' })
    await run('reminder')
    const texts = await Promise.all((await mails()).map(async (mail) => (await getMail(ctx, mail['id'])).body?.text))
    expect(texts[0]).toContain(`On ${day(row?.['there'])} at 05:00 (Asia/Tokyo) your assignment ends`)
    expect(texts[1]).toContain(`On ${day(row?.['utc'])} at 20:00 UTC Gus’s assignment ends`)
  })
  test('find the sponsor by userName, and say one thing to one address', async () => {
    await newClient()
    const userId = await createPerson(client, 'gus@example.com')
    await ending(userId, 2, { sponsor: 'ADA@example.com' })
    await ending(userId, 2, { role: 'editor', sponsor: 'gus@example.com' })
    await ending(await createPerson(client, 'eve'), 2, { sponsor: 'The art department' })
    await run('reminder')
    expect((await mails()).map(({ recipient }) => recipient).sort()).toEqual([
      ...['ada@example.com', 'gus@example.com', 'gus@example.com'],
    ])
  })
  test('are not sent for what is ended, is given for shorter, or is of somebody inactive', async () => {
    await newClient()
    const userId = await createPerson(client, 'gus@example.com')
    await ending(userId, 10, { givenDays: 1 })
    await ending(userId, -1, { role: 'editor' })
    const gone = await createPerson(client, 'gone@example.com')
    await ending(gone, 10)
    await owner`update users set status = 'inactive', status_reason = 'administrator' where id = ${gone}`
    expect(await due()).toEqual([])
    await run('reminder')
    expect(await mails()).toHaveLength(0)
  })
})

describe('end dates', () => {
  const wait = (days: string) => owner`update organizations set end_date_grace_days = ${days}::text::int
    where id = ${client.organizationId}`
  const longAgo = (userId: string) =>
    owner`update users set status_changed_at = now() - interval '1 year' where id = ${userId}`

  test('deactivate local people some days after their last assignment ended, by the one door', async () => {
    await newClient()
    const past = await createPerson(client, 'past@example.com')
    const recent = await createPerson(client, 'recent@example.com')
    const holding = await createPerson(client, 'holding@example.com')
    const never = await createPerson(client, 'never@example.com')
    for (const userId of [past, recent, holding, never]) await longAgo(userId)
    await ending(past, -8)
    await ending(recent, -6)
    await ending(holding, -8)
    await giveRole(client, { userId: holding, role: 'editor' })
    expect(await due()).toEqual([])
    await wait('7')
    expect(await due()).toEqual(['end_date'])
    await run('end_date')
    expect(await due()).toEqual([])
    expect(await statusOf(past)).toEqual(['inactive', 'end_date'])
    for (const userId of [recent, holding, never]) expect(await statusOf(userId)).toEqual(['active', null])
    expect(await client.auditOf(past)).toContain('user.deactivate')
    // Whoever is switched on again is given the time once more.
    await owner`update users set status = 'active', status_reason = null, status_changed_at = now() where id = ${past}`
    expect(await due()).toEqual([])
  })
  test('come to what a sponsor vouched for who has left, two weeks later, unless somebody else stands up for it', async () => {
    await newClient()
    const sponsor = await createPerson(client, 'Spencer@example.com', 'Spencer')
    const [free, soon, other] = [
      await createPerson(client, 'free@example.com', 'Free Lance'),
      await createPerson(client, 'soon@example.com'),
      await createPerson(client, 'other@example.com'),
    ]
    const ids = [
      await ending(free, 200, { sponsor: 'spencer@EXAMPLE.com' }),
      await ending(soon, 2, { sponsor }),
      await ending(other, 200, { sponsor: 'somebody@elsewhere.example.com' }),
    ]
    const daysLeft = async () =>
      Promise.all(
        ids.map(async (id) => {
          const [row] =
            await owner`select round(extract(epoch from expires_at - now()) / 86400)::int as days from assignments where id = ${id}`
          return row?.['days']
        }),
      )
    await run('reminder')
    expect(await due()).toEqual([])
    await deactivateUser(ctx, { userId: sponsor })
    expect(await due()).toEqual(['end_date'])
    await run('end_date')
    await run('end_date')
    expect(await daysLeft()).toEqual([14, 2, 200])
    const alarms = await listAlarms(ctx)
    expect(alarms).toHaveLength(2)
    expect(alarms.find(({ detail }) => detail['userId'] === free)).toMatchObject({
      ...{ kind: 'sponsor_left', detail: { assignmentId: ids[0], sponsor: 'spencer@EXAMPLE.com', role: 'Viewer' } },
    })
    expect(await client.auditOf(String(ids[0]))).toContain('assignment.sponsor_left')
    await updateAssignment(ctx, {
      assignmentId: String(ids[0]),
      sponsor: 'ada@example.com',
      expiresAt: '2099-01-01T00:00:00Z',
    })
    await run('end_date')
    expect((await daysLeft())[0]).toBeGreaterThan(1_000)
  })
  test('leave people of directories to their directory', async () => {
    await newClient()
    await wait('0')
    const scim = await stage.app.createDirectory({ id: client.organizationId, slug: client.slug, ctx })
    const userId = await createPerson(client, 'dee@example.com')
    await longAgo(userId)
    await ending(userId, -8)
    await owner`update users set directory_id = ${scim.directoryId} where id = ${userId}`
    expect(await due()).toEqual([])
  })
  test('never take the last administrator: an alarm says that it was refused', async () => {
    client = await stage.createClient()
    ctx = client.ctx
    await wait('0')
    const userId = await createPerson(client, 'ada@example.com')
    await longAgo(userId)
    await ending(userId, -1)
    await stage.app.owner.unsafe(`create function refuse_test() returns trigger language plpgsql as $$
      begin raise exception 'the last administrator' using errcode = 'RC409'; end $$;
      create trigger refuse_test before update of status on users for each row when (new.id = '${userId}')
      execute function refuse_test()`)
    await run('end_date')
    expect(await statusOf(userId)).toEqual(['active', null])
    expect(await listAlarms(ctx)).toMatchObject([{ kind: 'end_date_refused', detail: { userId } }])
    expect(await due()).toEqual([])
    await stage.app.owner.unsafe('drop trigger refuse_test on users; drop function refuse_test()')
    await owner`update alarms set settled_at = now()`
    await run('end_date')
    expect(await statusOf(userId)).toEqual(['inactive', 'end_date'])
  })
  test('propose the reactivation of whoever is due back, once', async () => {
    await newClient()
    const userId = await createPerson(client, 'back@example.com', 'Bea')
    await owner`update users set status = 'inactive', status_reason = 'administrator', returns_at = now() - interval '1 hour' where id = ${userId}`
    const active = await createPerson(client, 'here@example.com')
    await owner`update users set returns_at = now() - interval '1 hour' where id = ${active}`
    expect(await due()).toEqual(['end_date'])
    await run('end_date')
    await run('end_date')
    expect(await due()).toEqual([])
    expect(await listAlarms(ctx)).toMatchObject([
      {
        kind: 'return_due',
        detail: { userId, userName: 'back@example.com', displayName: 'Bea', returnsAt: expect.stringMatching(/Z$/) },
      },
    ])
    expect(await statusOf(userId)).toEqual(['inactive', 'administrator'])
  })
})

describe('retention', () => {
  test('removes the provisioning log, traces and mails when their time has passed, and never the audit trail', async () => {
    await newClient()
    const userId = await createPerson(client, 'x@example.com')
    const directory = await stage.app.createDirectory({ id: client.organizationId, slug: client.slug, ctx })
    for (let times = 0; times < 2; times += 1) {
      await furnishSignIn(stage.app.owner, client.organizationId, userId).catch(() => {})
      await owner`delete from directory_activity`
      await furnishConsole(stage.app.owner, client.organizationId, directory.directoryId).catch(() => {})
    }
    const tables = ['provisioning_events', 'sign_in_attempts', 'mails', 'audit_events'] as const
    const count = async () => {
      const counts = tables.map(async (table) => {
        const [row] = await stage.app.owner`select count(*)::int as count from ${stage.app.owner(table)}
          where organization_id = ${client.organizationId}`
        return Number(row?.['count'])
      })
      return Promise.all(counts)
    }
    const before = await count()
    expect(before.every((rows) => rows > 0)).toBe(true)
    expect(await due()).toEqual([])
    await owner`update provisioning_events set occurred_at = now() - interval '32 days'
      where id = (select min(id) from provisioning_events where organization_id = ${client.organizationId})`
    await owner`update sign_in_attempts set occurred_at = now() - interval '182 days' where organization_id = ${client.organizationId}`
    await owner`update mails set created_at = now() - interval '32 days' where organization_id = ${client.organizationId}`
    await owner`update audit_events set occurred_at = now() - interval '10 years' where organization_id = ${client.organizationId}`
    await owner`insert into mails select organization_id, 'mal_queued', kind, recipient, subject, body_sealed, 'queued', 0, now(),
      null, null, created_at, null from mails where organization_id = ${client.organizationId} limit 1`
    expect(await due()).toEqual(['retention'])
    await owner`update user_changes set finished_at = now() - interval '31 days' where organization_id = ${client.organizationId}`
    const removed = await removeOld(system())
    expect(removed).toEqual({
      events: 1,
      attempts: before[1],
      mails: before[2],
      userChanges: 2,
      webhookAttempts: 0,
      derivedEvents: 0,
    })
    expect(await owner`select 1 from user_change_people where organization_id = ${client.organizationId}`).toEqual([])
    expect(await count()).toEqual([Number(before[0]) - 1, 0, 1, before[3]])
    expect(await due()).toEqual([])
  })
  test('goes by the organization’s settings', async () => {
    await newClient()
    const directory = await stage.app.createDirectory({ id: client.organizationId, slug: client.slug, ctx })
    await furnishConsole(stage.app.owner, client.organizationId, directory.directoryId)
    await owner`update provisioning_events set occurred_at = now() - interval '9 days' where organization_id = ${client.organizationId}`
    expect(await due()).toEqual([])
    await owner`update organizations set provisioning_log_days = 7 where id = ${client.organizationId}`
    expect(await due()).toEqual(['retention'])
    await run('retention')
    expect(await due()).toEqual([])
  })
})
