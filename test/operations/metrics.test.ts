// /metrics: what a node has counted and what waits in the installation, for whoever has the token.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { recordRefusal } from '#access/sign-in/attempts.ts'
import { startTestApp, type TestApp } from '../support/app.ts'

const token = 'a-token-of-the-metrics-0123456789abcdef'
let app: TestApp
beforeAll(async () => {
  app = await startTestApp({ metricsToken: token })
})
afterAll(() => app?.close())

const scrape = (authorization?: string) =>
  app.request('/metrics', authorization === undefined ? {} : { headers: { authorization } })

/** The samples of a name, by their labels as they are written. */
async function samples(name: string): Promise<Record<string, number>> {
  const text = await (await scrape(`Bearer ${token}`)).text()
  const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
  return Object.fromEntries(
    lines.map((line) => [line.slice(name.length, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]),
  )
}

test('is for whoever has the token, and is not there without one in the configuration', async () => {
  const shown = await scrape(`Bearer ${token}`)
  expect([shown.status, shown.headers.get('content-type')]).toEqual([
    200,
    expect.stringContaining('text/plain; version=0.0.4'),
  ])
  for (const wrong of [undefined, 'Bearer', `Bearer ${token}x`, `Bearer ${token.slice(1)}`, `Basic ${token}`]) {
    const refused = await scrape(wrong)
    expect([refused.status, refused.headers.get('content-type')]).toEqual([
      401,
      expect.stringContaining('application/problem+json'),
    ])
    expect(await refused.text()).not.toContain('rolecall_')
  }
  const without = await startTestApp()
  try {
    const absent = await without.request('/metrics', { headers: { authorization: `Bearer ${token}` } })
    expect(absent.status).toBe(404)
  } finally {
    await without.close()
  }
})

test('requests are counted by the pattern of their route, and made-up paths and methods make no labels', async () => {
  const scim = await app.createScim()
  const made = await scim.post('/Users', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName: 'ada@example.com',
  })
  await scim.get(`/Users/${made.body.id}`)
  await scim.get('/Users/usr_unknown')
  for (const path of ['/made/up/1', '/made/up/2', '/made-up']) await app.request(path)
  await app.request('/healthz', { method: 'PROPFIND' })
  const counted = await samples('rolecall_http_request_duration_seconds_count')
  const labels = Object.keys(counted).join('\n')
  expect(labels).not.toMatch(/made|PROPFIND|usr_|ada/)
  expect(counted).toMatchObject({
    '{route="/scim/v2/*",method="POST",status="201"}': 1,
    '{route="/scim/v2/*",method="GET",status="404"}': 1,
    '{route="/*",method="GET",status="404"}': 3,
    '{route="/*",method="other",status="404"}': 1,
  })
  const { directoryId } = scim
  expect(await samples('rolecall_scim_requests_total')).toMatchObject({
    [`{directory="${directoryId}",resource="Users",method="POST",status="201"}`]: 1,
    [`{directory="${directoryId}",resource="Users",method="GET",status="404"}`]: 1,
  })
  const silent = await samples('rolecall_directory_silent_seconds')
  expect(silent[`{directory="${directoryId}"}`]).toBeGreaterThanOrEqual(0)
})

test('what waits in the installation, and how the connections are used', async () => {
  expect(await samples('rolecall_database_up')).toEqual({ '': 1 })
  expect(Object.keys(await samples('rolecall_database_connections')).toSorted()).toEqual([
    '{state="busy"}',
    '{state="free"}',
    '{state="waiting"}',
  ])
  expect(await samples('rolecall_mails_queued')).toEqual({ '': 0 })
  const { id } = await app.createOrganization()
  await app.owner.unsafe(
    `insert into work_leases (organization_id, kind, free_at, taken_at, failures) values ($1, 'mail', now(), now(), 3)`,
    [id],
  )
  expect(await samples('rolecall_jobs_failing')).toEqual({ '{kind="mail"}': 1 })
  await app.owner.unsafe('delete from work_leases')
  expect(await samples('rolecall_jobs_failing')).toEqual({})
  expect(Object.keys(await samples('process_resident_memory_bytes'))).toEqual([''])
})

test('attempts to sign in are counted by connection, outcome and reason', async () => {
  const { ctx } = await app.createOrganization()
  const attempt = {
    connectionId: null,
    userId: null,
    method: 'password' as const,
    trace: { steps: [], received: {}, mapped: {} },
    ip: null,
    userAgent: null,
  }
  for (const reason of ['password_wrong', 'password_wrong', 'inactive'])
    await recordRefusal(ctx, { ...attempt, reason })
  expect(await samples('rolecall_sign_ins_total')).toEqual({
    '{connection="",method="password",outcome="refused",reason="password_wrong"}': 2,
    '{connection="",method="password",outcome="refused",reason="inactive"}': 1,
  })
})

test('a database that is away is said, and no figure is made up for it', async () => {
  const gone = await startTestApp({ metricsToken: token })
  try {
    await gone.services.database.close()
    const shown = await gone.request('/metrics', { headers: { authorization: `Bearer ${token}` } })
    const text = await shown.text()
    expect([shown.status, /^rolecall_database_up 0$/m.test(text)]).toEqual([200, true])
    expect(text).not.toMatch(/^rolecall_mails_queued/m)
  } finally {
    await gone.close().catch(() => {})
  }
})
