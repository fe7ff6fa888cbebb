// `rolecall doctor` of the installation: what it finds in the database and around the process, what it says to do, and that it is
// quiet where nothing is wrong.
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { diagnoseInstallation } from '#access/upkeep/diagnose-installation.ts'
import { systemRandom } from '#platform/crypto.ts'
import { createSealing } from '#platform/sealing.ts'
import { Secret } from '#platform/secret.ts'
import { loadConfig } from '../../src/config.ts'
import { diagnoseDeployment } from '../../src/doctor.ts'
import { startTestApp, type TestApp } from '../support/app.ts'
import { createSamlConnection } from '../support/sign-in.ts'
import { startSmtpServer } from '../support/smtp-server.ts'

let app: TestApp
const cleanUps: (() => unknown)[] = []
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp()
  await app.close()
})

const checksOf = async (services = app.services): Promise<string[]> =>
  (await diagnoseInstallation(services)).map(({ check, severity }) => `${severity} ${check}`)

describe('the database', () => {
  // Tests run without what keeps acknowledged writes over a crash, which is what it says.
  const usual = ['fault database_settings', 'fault database_settings', 'fault database_settings']

  test('says how it is set, and asks for backups; each finding says what to do', async () => {
    const found = await diagnoseInstallation(app.services)
    expect(found.map(({ text }) => text)).toEqual([
      ...['PostgreSQL runs with fsync off', 'PostgreSQL runs with full_page_writes off'],
      'PostgreSQL acknowledges what is not on disk (synchronous_commit = off)',
      '`rolecall backup` has never been run',
    ])
    for (const { advice } of found) expect(advice).toMatch(/^[A-Z].{5,}/)
    await app.owner`update instance_places set backed_up_at = now() - interval '1 day'`
    expect(await checksOf()).toEqual(usual)
    await app.owner`update instance_places set backed_up_at = now() - interval '9 days'`
    expect(await checksOf()).toEqual([...usual, 'fault backup'])
    await app.owner`update instance_places set backed_up_at = now()`
  })

  test('clocks, keys, invalid indexes', async () => {
    const late = { ...app.services, clock: { now: () => new Date(Date.now() + 60_000) } }
    expect(await checksOf(late)).toEqual([...usual, 'fault clock'])
    const key = (id: string, byte: number) => ({ id, key: new Secret(Buffer.alloc(32, byte).toString('base64')) })
    const withKeys = (...keys: ReturnType<typeof key>[]) => ({
      ...app.services,
      sealing: createSealing(keys, systemRandom),
    })
    await app.owner`insert into instance_keys (id, purpose, value_sealed, created_at) values ('x', 'signing', 'v1.test.x', now())`
    expect(await checksOf(withKeys(key('other', 1)))).toEqual([...usual, 'fault keys'])
    expect(await checksOf(withKeys(key('test', 7), key('old', 1)))).toEqual([...usual, 'advice keys'])
    await app.owner`create index doctor_index on users (display_name)`
    await app.owner`update pg_index set indisvalid = false where indexrelid = 'doctor_index'::regclass`
    expect(await checksOf()).toEqual([...usual, 'fault index'])
    await app.owner`drop index doctor_index`
  })

  test('what stands in the way of people in any organization', async () => {
    const organization = await app.createOrganization()
    const { id } = await createSamlConnection(organization)
    await app.owner`update connections set status = 'optional' where id = ${id}`
    expect(await checksOf()).toEqual(usual)
    await app.owner`insert into sign_in_attempts (organization_id, id, reference, method, connection_id, outcome, trace, occurred_at,
        request_id, count) values (${organization.id}, 'att_1', 'a', 'saml', ${id}, 'refused', '{}', now(), 'req_1', 6)`
    expect(await checksOf()).toEqual([...usual, 'fault sign_in'])
    await app.owner`insert into sign_in_attempts (organization_id, id, reference, method, connection_id, outcome, trace, occurred_at,
        request_id) values (${organization.id}, 'att_2', 'b', 'saml', ${id}, 'signed_in', '{}', now(), 'req_2')`
    expect(await checksOf()).toEqual(usual)
    const soon = new Date(Date.now() + 5 * 86_400_000).toISOString()
    await app.owner`update connections set settings = jsonb_set(settings, '{certificates,0,notAfter}', to_jsonb(${soon}::text))
      where id = ${id}`
    const [found] = (await diagnoseInstallation(app.services)).slice(-1)
    expect(found).toMatchObject({ check: 'certificate', text: expect.stringContaining(organization.slug) })
    await app.owner`insert into mails (organization_id, id, kind, recipient, subject, body_sealed, status, created_at, last_error)
      values (${organization.id}, 'mal_1', 'test', 'a@example.com', 'x', '', 'failed', now(), 'no')`
    expect(await checksOf()).toEqual([...usual, 'fault certificate', 'fault mail'])
  })
})

describe('around the process', () => {
  const base = { ENCRYPTION_KEYS: `a:${'A'.repeat(43)}=`, DATA_DIR: '/tmp' }
  const found = async (environment: Record<string, string>): Promise<string[]> =>
    (await diagnoseDeployment(loadConfig({ ...base, ...environment }))).map(
      ({ check, severity }) => `${severity} ${check}`,
    )

  async function answering(listener: Parameters<typeof createServer>[1]): Promise<string> {
    const server: Server = createServer(listener)
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    cleanUps.push(() => server.close())
    const address = server.address()
    return `http://localhost:${typeof address === 'object' ? address?.port : ''}`
  }
  const ready = (_request: unknown, response: import('node:http').ServerResponse): void =>
    void response.end('{"status":"ready"}')

  test('nothing is wrong where a ready server answers and mail leaves', async () => {
    const smtp = await startSmtpServer()
    cleanUps.push(() => smtp.close())
    expect(await found({ PUBLIC_URL: await answering(ready), SMTP_URL: smtp.url })).toEqual([])
  })

  test.each<[string, () => Promise<Record<string, string>>, string[]]>([
    ['no public address', async () => ({}), ['fault public_url', 'advice mail']],
    ['nobody there', async () => ({ PUBLIC_URL: 'http://localhost:9' }), ['fault public_url', 'advice mail']],
    [
      'something else there',
      async () => ({ PUBLIC_URL: await answering((_request, response) => void response.end('<html>')) }),
      ['fault public_url', 'advice mail'],
    ],
    [
      'not ready',
      async () => ({ PUBLIC_URL: await answering((_request, response) => void response.writeHead(503).end('{}')) }),
      ['fault readiness', 'advice mail'],
    ],
    [
      'another clock',
      async () => ({
        PUBLIC_URL: await answering((_request, response) => {
          response.setHeader('Date', new Date(Date.now() - 90_000).toUTCString())
          response.end('{"status":"ready"}')
        }),
      }),
      ['fault clock', 'advice mail'],
    ],
    [
      'a name that nobody knows',
      async () => ({ PUBLIC_URL: 'http://rolecall.invalid' }),
      ['fault public_url', 'fault dns', 'advice mail'],
    ],
    [
      'no TLS where it is promised',
      async () => ({ PUBLIC_URL: (await answering(ready)).replace('http:', 'https:') }),
      ['fault public_url', 'fault certificate', 'advice proxy', 'advice mail'],
    ],
    [
      'a mail server that is not there',
      async () => ({ PUBLIC_URL: await answering(ready), SMTP_URL: 'smtp://localhost:9' }),
      ['fault mail'],
    ],
    [
      'a database of its own with one login, and no key of its own',
      async () => ({
        PUBLIC_URL: await answering(ready),
        DATABASE_URL: 'postgres://a@localhost/b',
        ENCRYPTION_KEYS: '',
      }),
      ['advice database_login', 'advice keys', 'advice mail'],
    ],
  ])('%s', async (_what, environment, checks) => {
    expect(await found(await environment())).toEqual(checks)
  })
})

test('by command: exit code 1 for what is wrong, 0 for advice alone', async () => {
  const DATA_DIR = mkdtempSync(join(tmpdir(), 'rolecall-doctor-'))
  cleanUps.push(() => rmSync(DATA_DIR, { recursive: true, force: true }))
  const program = join(import.meta.dirname, '../../src/main.ts')
  const { PATH = '', HOME = '' } = process.env
  const doctor = (environment: Record<string, string>) =>
    promisify(execFile)(process.execPath, [program, 'doctor'], { env: { PATH, HOME, DATA_DIR, ...environment } })
  await expect(doctor({})).rejects.toMatchObject({
    code: 1,
    stdout: expect.stringMatching(
      /^wrong {2}public_url: PUBLIC_URL is not set\n {7}Set it to.*\nwrong {2}database: There is no database in/,
    ),
  })
  // It looks, and makes nothing.
  expect(readdirSync(DATA_DIR)).toEqual([])
  await promisify(execFile)(process.execPath, [program, 'organization', 'list'], { env: { PATH, HOME, DATA_DIR } })
  const server = createServer((_request, response) => void response.end('{"status":"ready"}'))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  cleanUps.push(() => server.close())
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  const { stdout } = await doctor({ PUBLIC_URL: `http://localhost:${port}` })
  expect(stdout).toMatch(/^Nothing is wrong\nbetter {2}mail: .*\n.*\nbetter {2}backup: /)
})
