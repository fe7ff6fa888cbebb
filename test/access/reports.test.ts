// Reports (000-29, 000-30, 000-41): findings with what settles them, rows, files, schedules with mails, and comparing with a list.
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runReportSchedules } from '#access/reports/run-schedules.ts'
import { type AccessStage, type Client, createUser, roleId, startStage } from '../support/access.ts'
import { consoleClient, createManager } from '../support/console.ts'
import { scimClient } from '../support/scim.ts'

let stage: AccessStage
let client: Client
let [viewer, editor, admin, aurora, borealis] = ['', '', '', '', '']
const people: Record<string, string> = {}
const give = async (name: string, roleIdGiven: string, more: Record<string, unknown> = {}): Promise<string> =>
  (await client.post('assignments', { userId: people[name], roleId: roleIdGiven, reason: 'Works here', ...more })).body
    .id

beforeAll(async () => {
  stage = await startStage()
  client = await stage.createClient()
  viewer = await roleId(client, 'viewer')
  editor = await roleId(client, 'editor')
  admin = await roleId(client, 'administrator')
  const brand = async (slug: string): Promise<string> => (await client.post('brands', { slug, name: slug })).body.id
  aurora = await brand('aurora')
  borealis = await brand('borealis')
  for (const name of ['ann', 'bea', 'cem', 'dot', 'eli', 'fay', 'gil', 'hal'])
    people[name] = await createUser(client, `${name}@example.com`)
})
afterAll(() => stage?.close())

const owner = (parts: TemplateStringsArray, ...values: (string | null)[]) =>
  stage.app.owner(parts, ...(values as string[]))
const report = async (kind: string, query = '') => (await client.get(`reports/${kind}${query}`)).body
const codes = ({ findings }: { findings: { code: string; count: number; sample: string[] }[] }) =>
  Object.fromEntries(findings.map(({ code, count, sample }) => [code, [count, ...sample]]))

describe('the permission audit', () => {
  test('000-29: who has what, through what, last used; unused, kept, past its date, overdue and without a sponsor', async () => {
    const groupId = (await client.post('groups', { displayName: 'Readers' })).body.id
    await client.post(`groups/${groupId}/members`, { userIds: [people['ann']] })
    await client.confirm('POST', 'mappings', { groupId, roleId: viewer, brandId: aurora })
    const old = await give('bea', viewer, { brandId: aurora })
    await give('bea', editor, { brandId: aurora })
    const soon = new Date(Date.now() + 86_400_000).toISOString()
    const ended = await give('cem', editor, { expiresAt: soon })
    const overdue = await give('dot', editor, { reviewAt: soon })
    const orphaned = await give('eli', editor, { sponsor: 'Somebody' })
    await owner`update assignments set created_at = now() - interval '2 days' where id = ${old}`
    await owner`update assignments set expires_at = now() - interval '1 day' where id = ${ended}`
    await owner`update assignments set review_at = now() - interval '1 day' where id = ${overdue}`
    await owner`update assignments set sponsor_left_at = now() where id = ${orphaned}`
    await owner`update users set created_at = now() - interval '200 days', last_active_at = null where id = ${people['ann'] ?? ''}`
    await owner`update users set last_active_at = now() where id = ${people['bea'] ?? ''}`

    const audit = await report('permission_audit')
    expect(codes(audit)).toEqual({
      unused: [1, 'ann@example.com'],
      past_date: [1, 'cem@example.com'],
      review_overdue: [1, 'dot@example.com'],
      old_grant_kept: [1, 'bea@example.com'],
      sponsor_left: [1, 'eli@example.com'],
    })
    const rows = audit.rows.map((row: (string | null)[]) => [row[1], row[3], row[4], row[5], row[9]])
    expect(rows).toContainEqual(['ann@example.com', 'Viewer', 'aurora', 'group Readers', 'unused'])
    expect(rows).toContainEqual(['bea@example.com', 'Editor', 'aurora', 'directly: Works here', null])
    expect(rows.filter(([name]: string[]) => name === 'cem@example.com')).toEqual([])
    for (const { href } of audit.findings) expect(href).toMatch(/^\/console\//)

    const pages: unknown[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page = await report('permission_audit', `?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`)
      pages.push(...page.rows)
      cursor = page.nextCursor
    }
    expect(pages).toEqual(audit.rows)
    const file = await stage.request('/api/v1/reports/permission_audit/export', {
      headers: { Authorization: `Bearer ${client.key}` },
    })
    const lines = (await file.text()).trimEnd().split('\r\n')
    expect([lines.length, lines[0]]).toEqual([
      audit.rows.length + 1,
      expect.stringContaining('person,user name,status,role'),
    ])
  })

  test('of a moment of the past it is what it was then', async () => {
    const at = new Date().toISOString()
    const before = await report('permission_audit')
    await give('fay', viewer)
    const then = await report('permission_audit', `?at=${at}`)
    expect([then.rows, then.madeAt]).toEqual([before.rows, at])
    expect((await report('permission_audit')).rows.length).toBe(before.rows.length + 1)
  })
})

test('role usage: crowded with rights over others, held by nobody, and not used', async () => {
  const own = await stage.createClient()
  const [theirAdmin, theirViewer] = await Promise.all(['administrator', 'viewer'].map((key) => roleId(own, key)))
  for (let number = 0; number < 7; number += 1) {
    const userId = await createUser(own, `m${number}@example.com`)
    await own.post('assignments', { userId, roleId: theirAdmin, reason: 'x' })
  }
  await own.confirm('POST', 'roles', {
    key: 'empty',
    name: 'Empty',
    purpose: 'For nobody',
    rank: 1,
    allows: ['content.view'],
    denies: [],
  })
  const { body } = await own.get('reports/role_usage')
  expect(codes(body)).toMatchObject({
    over_represented: [1, 'Administrator'],
    held_by_nobody: [1, 'Empty'],
    unused_role: [1, 'Administrator'],
  })
  expect(body.rows.find(([name]: string[]) => name === 'Administrator')).toEqual(['Administrator', 7, 100, 0, 7, 'yes'])
  expect(theirViewer).toMatch(/^rol_/)
})

test('brand by brand: without a manager, without anybody, with numbers by role', async () => {
  const found = await report('brands')
  expect(codes(found)).toEqual({ brand_without_manager: [1, 'aurora'], brand_without_people: [1, 'borealis'] })
  await give('gil', admin, { brandId: aurora })
  expect(codes(await report('brands'))).toEqual({ brand_without_people: [1, 'borealis'] })
  expect((await report('brands')).rows.map((row: unknown[]) => row.slice(0, 3))).toContainEqual(['aurora', 'Viewer', 2])
  expect(borealis).toMatch(/^brd_/)
})

test('drift: groups, mappings, directories, invitations, roles, sponsors, people, keys; none of it where all is well', async () => {
  const own = await stage.createClient()
  const quiet = codes((await own.get('reports/drift')).body)
  expect(quiet).toEqual({})
  const [theirViewer] = await Promise.all([roleId(own, 'viewer')])
  const { id: directoryId, token } = (await own.post('directories', { name: 'Okta' })).body
  const scim = scimClient(stage.request, { directoryId, token })
  const mapped = await scim.group('Mapped', [])
  const child = await scim.group('Child of it', [])
  await scim.patch(`/Groups/${mapped}`, { op: 'add', path: 'members', value: [{ value: child }] })
  await scim.group('Forgotten', [])
  await own.confirm('POST', 'mappings', { groupId: mapped, roleId: theirViewer })
  await own.confirm('POST', 'roles', {
    key: 'idle',
    name: 'Idle',
    purpose: 'Nobody has it',
    rank: 1,
    allows: ['content.view'],
    denies: [],
  })
  const invited = (await own.post('invitations', { email: 'late@example.com', roleId: theirViewer })).body.id
  await owner`update invitations set expires_at = now() - interval '1 day' where id = ${invited}`
  const person = await scim.user('old@example.com')
  await owner`update users set created_at = now() - interval '100 days' where id = ${person}`
  // What is noted of requests comes a moment after them.
  await stage.app.provisioning.flush()
  await owner`update directories set created_at = now() - interval '4 days' where id = ${directoryId}`
  await owner`update directory_activity set last_request_at = now() - interval '4 days' where directory_id = ${directoryId}`
  await owner`update api_keys set created_at = now() - interval '100 days', last_used_at = null where organization_id = ${own.organizationId}`
  await owner`update directory_tokens set created_at = now() - interval '100 days', last_used_at = null where directory_id = ${directoryId}`
  const { findings } = (await own.get('reports/drift')).body
  expect(codes({ findings })).toMatchObject({
    unmapped_group: [1, 'Forgotten'],
    mapping_without_people: [1, 'Viewer'],
    silent_directory: [1, 'Okta'],
    invitation_expired: [1, 'late@example.com'],
    role_held_by_nobody: [1, 'Idle'],
    never_signed_in: [1, 'old@example.com'],
    unused_token: [1, expect.stringContaining('Okta')],
  })
  await own.patch(`directories/${directoryId}`, { status: 'disabled' })
  expect(codes((await own.get('reports/drift')).body)).toMatchObject({ person_of_no_directory: [1, 'old@example.com'] })
})

test('sign-in risk: bursts, a place for the first time, and two places within two hours', async () => {
  const places = [
    { range: '192.0.2.0/24', place: 'Berlin' },
    { range: '198.51.100.0/24', place: 'Lagos' },
    { range: '198.51.100.128/25', place: 'Lima' },
  ]
  expect((await client.send('PUT', 'address-places', { places })).status).toBe(200)
  const wrong = await client.send('PUT', 'address-places', { places: [{ range: '192.0.2.0/40', place: 'x' }] })
  expect([wrong.status, wrong.body.detail]).toEqual([400, expect.stringContaining('is no address range')])
  expect((await client.get('address-places')).body.items).toHaveLength(3)
  const attempt = (name: string, outcome: string, ip: string, minutesAgo: number) =>
    stage.app
      .owner`insert into sign_in_attempts (organization_id, id, reference, method, user_id, outcome, trace, ip, occurred_at, request_id)
      values (${client.organizationId}, ${`att_${Math.random()}`}, ${String(Math.random())}, 'saml', ${people[name] ?? ''}, ${outcome}, '{}', ${ip},
        now() - make_interval(mins => ${minutesAgo}), 'req_x')`
  for (const [ip, ago] of [
    ['192.0.2.1', 60_000],
    ['192.0.2.9', 50_000],
    ['192.0.2.1', 200],
  ] as const)
    await attempt('hal', 'signed_in', ip, ago)
  await attempt('hal', 'signed_in', 'nonsense', 190)
  await attempt('hal', 'signed_in', '198.51.100.200', 150)
  for (let number = 0; number < 12; number += 1) await attempt('gil', 'refused', '203.0.113.5', 30)
  await attempt('fay', 'signed_in', '198.51.100.3', 10)
  const found = await report('sign_in_risk')
  expect(codes(found)).toEqual({
    burst: [1, 'gil@example.com'],
    new_place: [1, 'hal@example.com'],
    impossible: [1, 'hal@example.com'],
  })
  expect(found.rows.map((row: string[]) => row[2])).toEqual(
    [
      '12 refusals within ten minutes',
      'from Lima, for the first time',
      'from Berlin and from Lima within two hours',
    ].sort((a, b) => (a.startsWith('12') ? -1 : b.startsWith('12') ? 1 : 0)),
  )
})

describe('on a schedule', () => {
  test('000-41: a run is made when it is due, those on the list are told in numbers without names, and it moves on', async () => {
    const recipients = [people['ann'] ?? '', people['bea'] ?? '']
    const made = (await client.post('report-schedules', { kind: 'exceptions', every: 'month', recipients })).body
    expect(made).toMatchObject({ kind: 'exceptions', every: 'month', status: 'on', sent: 'always' })
    const due = () =>
      stage.app
        .owner`select from due_work('upkeep') where kind = 'report' and organization_id = ${client.organizationId}`
    expect(await due()).toHaveLength(1)
    await runReportSchedules({ ...client.ctx, actor: { type: 'system', id: 'worker' } })
    expect(await due()).toHaveLength(0)
    const { items } = (await client.get('report-runs')).body
    expect(items).toMatchObject([{ kind: 'exceptions', told: 2, scheduleId: made.id }])
    const mails = (await client.get(`mails?targetId=${items[0].id}`)).body.items
    expect(mails.map(({ recipient }: { recipient: string }) => recipient).sort()).toEqual([
      'ann@example.com',
      'bea@example.com',
    ])
    const { body: text } = (await client.get(`mails/${mails[0].id}`)).body
    expect(JSON.stringify(text)).toContain('The date for looking at it again has passed: 1.')
    expect(JSON.stringify(text)).not.toContain('dot@example.com')
    const [schedule] = (await client.get('report-schedules')).body.items
    expect(Date.parse(schedule.nextAt)).toBeGreaterThan(Date.now() + 27 * 86_400_000)
    expect((await client.patch(`report-schedules/${made.id}`, { status: 'off' })).status).toBe(204)
    await owner`update report_schedules set next_at = now() where id = ${made.id}`
    expect(await due()).toHaveLength(0)
    expect((await client.send('DELETE', `report-schedules/${made.id}`)).status).toBe(204)
    expect((await client.send('DELETE', `report-schedules/${made.id}`)).status).toBe(404)
  })

  test('nobody is told where there is nothing to look at, if so wished; people who are not there cannot be told', async () => {
    const own = await stage.createClient()
    const reader = await createUser(own, 'reader@example.com')
    const wanted = { kind: 'drift', every: 'day', recipients: [reader], sent: 'findings' }
    expect((await own.post('report-schedules', wanted)).status).toBe(201)
    await runReportSchedules({ ...own.ctx, actor: { type: 'system', id: 'worker' } })
    expect((await own.get('report-runs')).body.items).toMatchObject([{ told: 0, findings: [] }])
    const unknown = await own.post('report-schedules', { ...wanted, recipients: [people['ann']] })
    expect([unknown.status, unknown.body.detail]).toEqual([400, expect.stringContaining('not active here')])
  })
})

test('compared with a list: missing, not active, and too much; by API, file and page', async () => {
  const own = await stage.createClient()
  for (const name of ['in', 'off', 'extra']) await createUser(own, `${name}@example.com`)
  await owner`update users set status = 'inactive', status_reason = 'administrator' where organization_id = ${own.organizationId} and user_name = 'off@example.com'`
  const list = ['IN@example.com', 'off@example.com', 'new@example.com', 'new@example.com']
  const { body } = await own.post('roster-comparisons', { people: list })
  const names = (found: { userName: string }[]) => found.map(({ userName }) => userName)
  expect([body.listed, body.matched, body.missing, names(body.notActive), names(body.tooMuch)]).toEqual([
    ...[3, 2, ['new@example.com'], ['off@example.com'], ['extra@example.com']],
  ])
  const file = join(tmpdir(), `roster-${own.slug}.csv`)
  writeFileSync(file, 'Name;E-mail\nIn;in@example.com\nNew;new@example.com\n')
  const command = await stage.rolecall('report', 'roster', '--file', file, '--organization', own.slug)
  expect(command.lines).toEqual([
    '2 on the list, 1 known here',
    'missing here: new@example.com',
    'here and not on the list: extra@example.com',
  ])
  expect((await own.post('roster-comparisons', { people: [' '] })).status).toBe(400)
})

test('in the console: the list, a report with findings, a schedule, a comparison, places', async () => {
  const organization = { id: client.organizationId, slug: client.slug, ctx: client.ctx }
  const manager = await createManager(organization)
  const pages = consoleClient(stage.app, manager)
  expect((await pages.get('/console/reports')).text).toContain(
    'Who has what, through what, and when they were last here.',
  )
  expect((await pages.get('/console/reports/permission_audit')).text).toContain('An exception is due for review')
  // As it was: along the history, or by day and time.
  const slider = (await pages.get('/console/reports/permission_audit')).text
  expect(slider).toMatch(/<form[^>]*action="\/console\/reports\/permission_audit"[^>]*>[\s\S]*?name="at"/)
  const later = await pages.get('/console/reports/permission_audit?at=2099-01-01T00:00')
  expect([later.status, later.text.includes('is in the future')]).toEqual([400, true])
  expect((await pages.get('/console/reports/permission_audit/rows.csv')).text).toContain('dot@example.com')
  expect((await pages.get('/console/reports/nothing')).status).toBe(404)
  const none = await pages.post('/console/reports/schedules/new', { kind: 'drift', every: 'week', sent: 'always' })
  expect([none.status, none.text.includes('name somebody who is told')]).toEqual([400, true])
  const fields = { kind: 'drift', every: 'week', sent: 'findings', [`recipient.${manager.userId}`]: 'on' }
  expect((await pages.post('/console/reports/schedules/new', fields)).status).toBe(303)
  expect((await pages.get('/console/reports')).text).toContain('Every week, where there is something to look at')
  const compared = await pages.post('/console/reports/roster', { people: 'ann@example.com\nnobody@example.com' })
  expect([compared.status, compared.text.includes('On the list and missing here')]).toEqual([200, true])
  expect((await pages.post('/console/reports/places', { places: '10.0.0.0/8 Office\nwrong' })).status).toBe(400)
  expect((await pages.post('/console/reports/places', { places: '10.0.0.0/8 Head office' })).status).toBe(303)
  expect((await pages.get('/console/reports/places')).text).toContain('10.0.0.0/8 Head office')
})
