// Everything that is kept of a person: complete, without secrets, for whoever may; and the certificate after erasing.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { raiseAlarm } from '#access/notices/alarms/raise-alarm.ts'
import { leftOut, register } from '#access/people/personal-data/register.ts'
import { inTransaction } from '#src/context.ts'
import type { AlarmKind } from '#words/letters/alarm.ts'
import { type AccessStage, type Client, createUser, roleId, startStage } from '../support/access.ts'
import { consoleClient, createManager } from '../support/console.ts'
import { furnishSignIn } from '../support/furnish.ts'

let stage: AccessStage
let client: Client
let userId: string
beforeAll(async () => {
  stage = await startStage()
  client = await stage.createClient()
  userId = await createUser(client, 'ada@example.com')
  await client.post('assignments', { userId, roleId: await roleId(client, 'viewer'), reason: 'Works here' })
  await furnishSignIn(stage.app.owner, client.organizationId, userId)
})
afterAll(() => stage?.close())

test('every table with a person in it is in the register, or is left out for a reason', async () => {
  const tables = await stage.app
    .owner`select case n.nspname when 'public' then '' else n.nspname || '.' end || c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid
    join pg_namespace n on n.oid = c.relnamespace where n.nspname in ('public', 'history') and c.relkind = 'r' and a.attname = 'user_id' and not a.attisdropped`
  const known = [...register.map(({ name }) => name), ...Object.keys(leftOut)]
  const names = tables.map(({ name }) => name as string)
  expect(names).toEqual(expect.arrayContaining(['sessions', 'history.assignments']))
  expect(names.filter((name) => !known.includes(name))).toEqual([])
})

test('has what is kept, and no secret; it is noted', async () => {
  const { status, body } = await client.get(`users/${userId}/personal-data`)
  expect(status).toBe(200)
  const of = (name: string) => body.sections.find((section: { name: string }) => section.name === name)
  expect(of('users').rows).toMatchObject([{ id: userId, user_name: 'ada@example.com' }])
  expect(of('assignments').rows).toMatchObject([{ reason: 'Works here' }])
  expect(of('sessions').rows.length).toBeGreaterThan(0)
  expect(of('audit_events').rows.length).toBeGreaterThan(0)
  for (const { kept, what } of body.sections) expect([kept, what]).not.toContain('')
  const columns = new Set<string>(
    body.sections.flatMap(({ rows }: { rows: object[] }) => rows.flatMap((row) => Object.keys(row))),
  )
  expect([...columns].filter((name) => /hash|sealed(?!_at)|secret|token|verifier|nonce/.test(name))).toEqual([])
  const trail = (await client.get(`audit-events?targetId=${userId}&limit=50`)).body.items
  expect(trail.map(({ action }: { action: string }) => action)).toContain('user.export_data')
  const items = (await client.get('personal-data-register')).body.items
  expect(items.length).toBe(register.length)
})

test('is refused to whoever may not read the trail, and nobody finds another organization’s people', async () => {
  const other = await stage.createClient()
  expect((await other.get(`users/${userId}/personal-data`)).status).toBe(404)
  const organization = { id: client.organizationId, slug: client.slug, ctx: client.ctx }
  const ed = await createManager(organization, { name: 'Ed Itor', role: 'editor' })
  const editor = consoleClient(stage.app, ed)
  for (const id of [userId, ed.userId])
    expect((await editor.get(`/console/users/${id}/personal-data`)).status).toBe(403)
  const manager = consoleClient(stage.app, await createManager(organization))
  const page = await manager.get(`/console/users/${userId}/personal-data`)
  expect([page.status, page.text.includes('Roles given to them directly')]).toEqual([200, true])
  const file = await manager.get(`/console/users/${userId}/personal-data.json`)
  expect(JSON.parse(file.text)).toMatchObject({ userId })
  const scope = ['--organization', client.slug, '--json'] as const
  const command = await stage.rolecall('user', 'personal-data', '--user', 'ada@example.com', ...scope)
  expect(command.json.userId).toBe(userId)
})

test('after erasing nothing but the trail is left, and a certificate says so', async () => {
  expect((await client.get(`users/${userId}/erasure-certificate`)).status).toBe(404)
  await client.confirm('POST', `users/${userId}/deactivate`)
  await stage.app.owner`delete from emergency_uses where user_id = ${userId}`
  await stage.app.owner`update users set status_changed_at = now() - interval '90 days' where id = ${userId}`
  expect((await client.post(`users/${userId}/erase`, { confirm: 'ada@example.com' })).status).toBe(204)
  const { body } = await client.get(`users/${userId}/erasure-certificate`)
  expect(body).toMatchObject({ userId, erasedBy: { type: 'api_key' }, removed: { assignments: 1 } })
  expect(body.auditEventId).toMatch(/^evt_/)
  const scope = ['--organization', client.slug, '--json'] as const
  expect((await stage.rolecall('user', 'erasure-certificate', '--user', userId, ...scope)).json).toEqual(body)
  const left = (await client.get(`users/${userId}/personal-data`)).body.sections as { name: string; rows: unknown[] }[]
  const names = left.filter(({ rows }) => rows.length > 0).map(({ name }) => name)
  const evidence = [
    'users',
    'audit_events',
    'access_review_lines',
    'emergency_uses',
    'history.assignments',
    'history.asset_people',
    'hand_overs',
    'reserved_names',
  ]
  expect(names.filter((name) => !evidence.includes(name))).toEqual([])
  expect(names).toContain('history.assignments')
  expect(JSON.stringify(left.find(({ name }) => name === 'users'))).not.toContain('ada@example.com')
})

test('after erasing alarms, drafts and their mails do not say who it was, and the trail never did', async () => {
  const { owner } = stage.app
  const [zeb, kim] = [await createUser(client, 'zeb@example.com'), await createUser(client, 'kim@example.com')]
  await owner`update users set display_name = 'Zebulon' where id = ${zeb}`
  const of = (id: string, userName: string, displayName: string) => ({ userId: id, userName, displayName })
  const [them, other] = [of(zeb, 'zeb@example.com', 'Zebulon'), of(kim, 'kim@example.com', 'Kim')]
  const raised: [AlarmKind, Record<string, unknown>][] = [
    ...(['end_date_refused', 'inactivity_refused', 'absence_refused', 'return_due'] as const).map(
      (kind): [AlarmKind, Record<string, unknown>] => [kind, them],
    ),
    ['inactivity_refused', other],
    ['access_request', { ...them, words: 'Zebulon needs it', refused: null }],
    ['link_request', { ...them, name: 'Okta', email: 'zeb@example.com', subject: 'Zebulon' }],
    ['address_proposal', { ...them, proposed: { email: 'zebulon@example.com' } }],
    ['self_grant', { userId: zeb, role: 'viewer', brand: null, reason: 'Zebulon asked' }],
    ['sponsor_left', { ...other, role: 'Viewer', brand: null, sponsor: 'Zeb@example.com', expiresAt: null }],
    ['emergency_drill', { accounts: ['zeb@example.com', 'kim@example.com'] }],
    ['draft_stalled', { draftId: 'drf_x', name: 'X', reason: 'Zebulon may do more than you' }],
  ]
  for (const [kind, detail] of raised)
    await inTransaction(client.ctx, (tx) => tx.commitWith(raiseAlarm(client.ctx, { kind, detail })))
  const { id: draftId } = (
    await client.post('drafts', {
      name: 'X',
      changes: [
        {
          kind: 'create_assignments',
          assignments: [{ userId: kim, roleId: await roleId(client, 'viewer'), reason: 'x' }],
        },
      ],
    })
  ).body
  await owner`update change_drafts set fault = 'Zebulon may do more than you' where id = ${draftId}`
  const [alarm] = await owner`select id from alarms where detail ->> 'userId' = ${zeb} limit 1`
  await owner`insert into mails (organization_id, id, kind, recipient, subject, body_sealed, target_id, status, created_at)
    values (${client.organizationId}, 'mai_zeb', 'alarm', 'root@example.com', 'Zebulon', '', ${alarm?.['id']}, 'sent', now())`
  const said = async () => {
    const alarms = await owner`select detail::text as text from alarms where organization_id = ${client.organizationId}`
    const drafts = await owner`select fault as text from change_drafts where id = ${draftId}`
    const mails = await owner`select subject as text from mails where organization_id = ${client.organizationId}`
    return [alarms, drafts, mails].map((rows) => rows.filter(({ text }) => /zeb/i.test(String(text))).length)
  }
  const trail = await owner`select detail::text as text from audit_events
    where organization_id = ${client.organizationId} and action = 'alarm.raise'`
  expect(trail.length).toBeGreaterThanOrEqual(raised.length)
  expect(trail.filter(({ text }) => /zebulon|zeb@|kim/i.test(String(text)))).toEqual([])
  expect(trail.map(({ text }) => text).join()).toContain(zeb)
  expect(await said()).toEqual([raised.length - 1, 1, 1])
  const { sections } = (await client.get(`users/${zeb}/personal-data`)).body
  expect(sections.find(({ name }: { name: string }) => name === 'alarms').rows.length).toBe(8)
  await client.confirm('POST', `users/${zeb}/deactivate`)
  await owner`update users set status_changed_at = now() - interval '90 days' where id = ${zeb}`
  expect((await client.post(`users/${zeb}/erase`, { confirm: 'zeb@example.com' })).status).toBe(204)
  expect(await said()).toEqual([0, 0, 0])
  const left = (await client.get('alarms?limit=100')).body.items as { detail: Record<string, unknown> }[]
  expect(left.filter(({ detail }) => detail['userId'] === zeb).map(({ detail }) => detail['userName'])).toEqual(
    Array.from({ length: 8 }, () => `erased-${zeb}`),
  )
  expect(left.map(({ detail }) => detail)).toContainEqual(other)
})
