// Alarms: administrators are told once by mail, see them until somebody settles them, and hear of emergency accounts every month.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEmergencyAccount } from '#access/accounts/emergency/emergency.ts'
import { listAlarms } from '#access/notices/alarms/alarms.ts'
import { type NewAlarm, raiseAlarm } from '#access/notices/alarms/raise-alarm.ts'
import { settleAlarm } from '#access/notices/alarms/settle-alarm.ts'
import { getMail } from '#access/notices/mail/mails.ts'
import { standardJobs } from '#jobs/jobs.ts'
import { createLog } from '#platform/log.ts'
import { createSigningKey } from '#sandbox/saml-idp/keys.ts'
import { type CallContext, inTransaction } from '#src/context.ts'
import { type AccessStage, type Client, startStage } from '../support/access.ts'
import { actingAs } from '../support/ceilings.ts'
import { createPerson, giveRole } from '../support/people.ts'
import { createOidcConnection, createSamlConnection } from '../support/sign-in.ts'

let stage: AccessStage
let client: Client
let ctx: CallContext
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.close())

const owner = (parts: TemplateStringsArray, ...values: string[]) => stage.app.owner(parts, ...values)
const lines: string[] = []
const log = createLog('info', { destination: { write: (line: string) => lines.push(line) } })
const system = (): CallContext => ({ ...ctx, actor: { type: 'system', id: 'worker' } })
const run = (kind: keyof typeof standardJobs) => standardJobs[kind]?.(system(), log)
const raise = (alarm: NewAlarm) => inTransaction(ctx, (tx) => tx.commitWith(raiseAlarm(system(), alarm)))
const due = async (): Promise<string[]> =>
  (
    await owner`select kind from organizations_with_upkeep() where organization_id = ${client.organizationId} union all
    select kind from organizations_with_work() where organization_id = ${client.organizationId} order by 1`
  ).map(({ kind }) => kind)
const mails = () => owner`select id, kind, recipient, subject from mails
  where organization_id = ${client.organizationId} and kind in ('alarm', 'emergency_drill') order by recipient, id`

async function newClient(administrator?: string): Promise<void> {
  client = await stage.createClient()
  ctx = client.ctx
  if (administrator === undefined) return
  const userId = await createPerson(client, administrator)
  await giveRole(client, { userId, role: 'administrator' })
}

describe('an alarm', () => {
  const alarm: NewAlarm = {
    kind: 'certificate_ending',
    detail: { connectionId: 'con_x', name: 'Okta', sha256: 'ab', notAfter: '2027-01-05T00:00:00.000Z' },
  }
  test('is told to the administrators once, and stays open', async () => {
    await newClient('ada@example.com')
    await raise(alarm)
    expect(await due()).toEqual(['alarm'])
    await run('alarm')
    expect(await due()).toEqual([])
    await run('alarm')
    const [mail, ...others] = await mails()
    expect(others).toEqual([])
    expect(mail).toMatchObject({ kind: 'alarm', recipient: 'ada@example.com' })
    expect(mail?.['subject']).toMatch(/^A sign-in certificate of organization-\d+ ends on 5 January 2027$/)
    const { body } = await getMail(ctx, mail?.['id'])
    expect(body?.text).toContain('the connection Okta trusts ends on 5 January 2027 at 00:00 UTC')
    const [open] = await listAlarms(ctx)
    expect(open).toMatchObject({ ...alarm, notifiedAt: expect.any(String), settledAt: null })
    expect(await client.auditOf(String(open?.id))).toEqual(['alarm.raise'])
  })
  test('is told to each administrator in their own zone', async () => {
    await newClient('ada@example.com')
    await owner`update users set attributes = attributes || '{"timezone": "America/New_York"}'
      where organization_id = ${client.organizationId} and user_name = 'ada@example.com'`
    await raise(alarm)
    await run('alarm')
    const [mail] = await mails()
    expect(mail?.['subject']).toMatch(/ends on 4 January 2027$/)
    const { body } = await getMail(ctx, mail?.['id'])
    expect(body?.text).toContain('ends on 4 January 2027 at 19:00 (America/New_York)')
  })
  test('is raised once while it is open', async () => {
    await raise(alarm)
    expect(await listAlarms(ctx)).toHaveLength(1)
  })
  test('that is settled before anybody was told is not told', async () => {
    await newClient('ada@example.com')
    await raise(alarm)
    const [open] = await listAlarms(ctx)
    await settleAlarm(ctx, String(open?.id))
    await run('alarm')
    expect(await mails()).toHaveLength(0)
    expect(await due()).toEqual([])
  })
  test('goes to whoever manages users where no administrator has an address', async () => {
    await newClient('administrator')
    const userId = await createPerson(client, 'uma@example.com')
    const role = { key: 'user-manager', name: 'User manager', purpose: 'Manages users', rank: 5 }
    expect(await client.post('roles', { ...role, allows: ['users.manage'] })).toMatchObject({ status: 201 })
    await giveRole(client, { userId, role: 'user-manager' })
    await raise(alarm)
    await run('alarm')
    expect((await mails()).map(({ recipient }) => recipient)).toEqual(['uma@example.com'])
  })
  test('that nobody can be told of is in the log, and not tried for ever', async () => {
    await newClient()
    await raise(alarm)
    lines.length = 0
    await run('alarm')
    expect(lines.join()).toContain('Nobody could be told of an alarm of the kind certificate_ending')
    expect(JSON.parse(lines[0] ?? '{}')).toMatchObject({ level: 'error', organizationId: client.organizationId })
    expect(await due()).toEqual([])
  })
})

test('a role that people give themselves raises one, and one that they give others does not', async () => {
  await newClient()
  const organization = { ctx, id: client.organizationId, slug: client.slug } as Parameters<typeof actingAs>[0]
  const [ada, other] = [await createPerson(client, 'ada@example.com'), await createPerson(client, 'bo@example.com')]
  await giveRole(client, { userId: ada, role: 'administrator' })
  const asAda = { ctx: await actingAs(organization, ada) }
  await giveRole(asAda, { userId: other, role: 'viewer' })
  expect(await listAlarms(ctx)).toEqual([])
  await giveRole(asAda, { userId: ada, role: 'viewer' })
  expect(await listAlarms(ctx)).toMatchObject([{ kind: 'self_grant', detail: { userId: ada, role: 'viewer' } }])
})

describe('in the API', () => {
  test('alarms are listed, the open ones first, page by page, and settled', async () => {
    await newClient()
    for (const days of [1, 2, 3]) await raise({ kind: 'return_due', detail: { userId: `usr_${days}` } })
    const { body } = await client.get('alarms')
    const [third, second, first] = body.items.map(({ id }: { id: string }) => id)
    const settled = await client.post(`alarms/${third}/settle`)
    expect(settled).toMatchObject({ status: 200, body: { id: third, settledAt: expect.any(String) } })
    const again = await client.post(`alarms/${third}/settle`)
    expect(again.body.settledAt).toBe(settled.body.settledAt)
    const page = (await client.get('alarms?limit=2')).body
    expect(page.items.map(({ id }: { id: string }) => id)).toEqual([second, first])
    const rest = (await client.get(`alarms?limit=2&cursor=${page.nextCursor}`)).body
    expect(rest).toMatchObject({ items: [{ id: third }], nextCursor: null })
    expect((await client.get('alarms?status=settled')).body.items).toHaveLength(1)
    expect((await client.get('alarms?status=open')).body.items).toHaveLength(2)
    expect(await client.auditOf(third)).toEqual(['alarm.raise', 'alarm.settle'])
  })
  test('another organization’s alarm is not found, and the permission is needed', async () => {
    const [mine] = await listAlarms(ctx)
    const other = await stage.createClient()
    expect((await other.post(`alarms/${mine?.id}/settle`)).status).toBe(404)
    expect((await other.get('alarms')).body.items).toEqual([])
    const reader: CallContext = { ...ctx, permissions: new Set(['users.read']) }
    await expect(settleAlarm(reader, String(mine?.id))).rejects.toMatchObject({ code: 'forbidden' })
    await expect(listAlarms({ ...ctx, permissions: new Set() })).rejects.toMatchObject({ code: 'forbidden' })
  })
})

test('a certificate that ends soon raises one alarm, of a connection without a metadata address too', async () => {
  await newClient('ada@example.com')
  const key = createSigningKey({ notAfter: new Date(Date.now() + 20 * 86_400_000) })
  const { id } = await createSamlConnection(client as never)
  const certificates = JSON.stringify([
    ...[{ sha256: 'soon', notAfter: new Date(Date.now() + 20 * 86_400_000).toISOString(), status: 'trusted' }],
    ...[{ sha256: 'later', notAfter: new Date(Date.now() + 40 * 86_400_000).toISOString(), status: 'trusted' }],
    ...[{ sha256: 'proposed', notAfter: new Date().toISOString(), status: 'proposed', value: key.certificate }],
  ])
  await owner`update connections set settings = jsonb_set(settings, '{certificates}', ${certificates}::text::jsonb) where id = ${id}`
  expect(await due()).toEqual(['certificate'])
  lines.length = 0
  await run('certificate')
  expect(lines.join()).toContain('A certificate of the connection')
  await run('certificate')
  expect(await due()).toEqual(['alarm'])
  const alarms = await listAlarms(ctx)
  expect(alarms).toMatchObject([{ kind: 'certificate_ending', detail: { connectionId: id, sha256: 'soon' } }])
  await settleAlarm(ctx, String(alarms[0]?.id))
  expect(await due()).not.toContain('certificate')
})

test('a client secret that ends soon raises one alarm, and another one when its successor does', async () => {
  await newClient('ada@example.com')
  const { id } = await createOidcConnection(client as never, { issuer: 'https://idp.example.com', clientId: 'x' })
  const endsIn = (days: number) =>
    owner`update connections set settings = settings || jsonb_build_object('secretExpiresAt',
      ${new Date(Date.now() + days * 86_400_000).toISOString()}::text) where id = ${id}`
  await endsIn(40)
  expect(await due()).toEqual([])
  await endsIn(20)
  expect(await due()).toEqual(['certificate'])
  lines.length = 0
  await run('certificate')
  expect(lines.join()).toContain('The client secret of the connection')
  const [alarm] = await listAlarms(ctx)
  expect(alarm).toMatchObject({ kind: 'client_secret_ending', detail: { connectionId: id } })
  await settleAlarm(ctx, String(alarm?.id))
  expect(await due()).not.toContain('certificate')
  await endsIn(25)
  expect(await due()).toContain('certificate')
})

test('once a month the administrators are asked to try the emergency accounts that nobody has tried', async () => {
  await newClient('ada@example.com')
  const { userId, userName } = await createEmergencyAccount(ctx, { name: 'Safe' })
  expect(await due()).toEqual([])
  await owner`update emergency_accounts set created_at = now() - interval '31 days' where user_id = ${userId}`
  expect(await due()).toEqual(['emergency_drill'])
  await run('emergency_drill')
  await run('emergency_drill')
  expect(await due()).toEqual([])
  const [mail, ...others] = await mails()
  expect(others).toEqual([])
  expect(mail).toMatchObject({ kind: 'emergency_drill', recipient: 'ada@example.com' })
  expect((await getMail(ctx, mail?.['id'])).body?.text).toContain(userName)
  expect(await listAlarms(ctx, { isOpen: true })).toEqual([])
  await owner`update alarms set raised_at = raised_at - interval '32 days'`
  expect(await due()).toEqual(['emergency_drill'])
  await owner`update emergency_accounts set last_used_at = now() - interval '29 days' where user_id = ${userId}`
  expect(await due()).toEqual([])
})
