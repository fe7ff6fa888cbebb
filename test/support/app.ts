// The whole application on a database of its own: real PostgreSQL, real requests, no port. Every test makes the
// organizations that it needs.
import postgres from 'postgres'
import { issueApiKey } from '#access/organizations/api-keys/api-keys.ts'
import { createOrganization } from '#access/organizations/create-organization.ts'
import { createDirectory } from '#connections/directories/create-directory.ts'
import { createProvisioningLog, type ProvisioningLog } from '#connections/provisioning/log.ts'
import { Database, type DatabaseOptions, databaseDefaults } from '#db/database.ts'
import type { RequestRates } from '#http/request-rate-limits.ts'
import type { Clock } from '#platform/clock.ts'
import { systemRandom } from '#platform/crypto.ts'
import { invalid } from '#platform/errors.ts'
import { createIds } from '#platform/ids.ts'
import { createLog, type Log } from '#platform/log.ts'
import { createMetrics } from '#platform/metrics.ts'
import { createOutgoing, type Outgoing } from '#platform/outgoing.ts'
import { createSealing } from '#platform/sealing.ts'
import { Secret } from '#platform/secret.ts'
import { createUrls, type Urls } from '#platform/urls.ts'
import { createApp } from '#src/app.ts'
import { type CallContext, enterInstance, enterOrganization, type Services } from '#src/context.ts'
import { cloneTemplate, type TestDatabase } from './database.ts'
import { asFromPage } from './made-for.ts'
import { type ScimClient, scimClient } from './scim.ts'

/** A clock that tests set; it stands still otherwise, but for a millisecond a look, so that times stay distinct. */
export type TestClock = Clock & { advance(millis: number): void }

export type TestOrganization = {
  id: string
  slug: string
  /** The operator's context inside the organization. */
  ctx: CallContext
}

export type TestApp = {
  services: Services
  urls: Urls
  clock: TestClock
  /** What DNS answers, by name. */
  txt: Map<string, string[]>
  /** Origins of vendors that a test plays itself, with what answers for them. */
  elsewhere: Elsewhere
  log: { lines: string[] }
  /** Flush it to read what requests left. */
  provisioning: ProvisioningLog
  request(path: string, init?: RequestInit): Promise<Response>
  fetch: ReturnType<typeof createApp>['fetch']
  /** What is mounted where, in the order in which it is asked. */
  routes: ReturnType<typeof createApp>['routes']
  createOrganization(slug?: string): Promise<TestOrganization>
  createDirectory(organization: TestOrganization): Promise<{ directoryId: string; token: string }>
  createApiKey(organization: TestOrganization): Promise<string>
  /** A new organization with a new directory, and a client for it. */
  createScim(): Promise<ScimClient & { organization: TestOrganization; directoryId: string; token: string }>
  /** The database as its owner, past row-level security. */
  owner: postgres.Sql
  /** One connection as the server's role, as raw as SQL gets. */
  serverRole(): postgres.Sql
  /** As the server logs in. */
  databaseUrl: string
  /** As the owner of the tables. */
  ownerUrl: string
  close(): Promise<void>
}

function testClock(): TestClock {
  let offset = 0
  return {
    now: () => new Date(Date.now() + offset),
    advance: (millis) => {
      offset += millis
    },
  }
}

function collectingLog(): { log: Log; lines: string[] } {
  const lines: string[] = []
  return { log: createLog('debug', { destination: { write: (line: string) => lines.push(line) } }), lines }
}

const testKey = Buffer.alloc(32, 7).toString('base64')

type Elsewhere = Map<string, (url: string, init: RequestInit) => Promise<Response>>

const unreached = (): Promise<never> => Promise.reject(invalid('Nobody is reached from here', 'unreachable'))

/** Without a way out: what may be asked is settled as ever, and then nobody answers. */
const withoutWayOut = (outgoing: Outgoing): Outgoing => ({
  ...outgoing,
  resolve: unreached,
  fetch: async (url) => {
    outgoing.check(url)
    return unreached()
  },
})

/** The way out, except to origins that the test plays. */
const withElsewhere = (outgoing: Outgoing, elsewhere: Elsewhere): Outgoing => ({
  ...outgoing,
  fetch: (url, { maxBytes, ...init } = {}) => {
    const played = URL.canParse(url) ? elsewhere.get(new URL(url).origin) : undefined
    return played === undefined
      ? outgoing.fetch(url, { ...init, ...(maxBytes === undefined ? {} : { maxBytes }) })
      : played(url, init)
  },
})

export type TestAppOptions = {
  lanes?: number
  /** A migrated database to use in place of a fresh clone: as the server logs in, and as the owner of the tables. */
  databaseUrl?: string
  ownerUrl?: string
  isLoopbackAllowed?: boolean
  /** The public origin; `startListeningApp` passes the one that it listens on. */
  origin?: string
  hasMailServer?: boolean
  trustedProxies?: number
  rates?: RequestRates
  metricsToken?: string
  /** Nothing is asked of anybody but of whom the test plays. */
  reachesNobody?: boolean
  /** How it reaches the database. */
  access?: Pick<DatabaseOptions, 'isPooled' | 'isPreparing' | 'routingSetting' | 'replica'>
}

const databaseOf = async ({ databaseUrl, ownerUrl = databaseUrl }: TestAppOptions): Promise<TestDatabase> =>
  databaseUrl === undefined || ownerUrl === undefined ? cloneTemplate() : { databaseUrl, ownerUrl }

export async function startTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const { databaseUrl, ownerUrl } = await databaseOf(options)
  const clock = testClock()
  const txt = new Map<string, string[]>()
  const elsewhere: Elsewhere = new Map()
  const database = new Database({
    ...databaseDefaults,
    lanes: options.lanes ?? 5,
    url: new Secret(databaseUrl),
    role: 'rolecall_server',
    ...options.access,
  })
  const urls = createUrls(options.origin ?? 'https://id.example.com')
  const outgoing = createOutgoing({ isLoopbackAllowed: options.isLoopbackAllowed ?? true })
  const services: Services = {
    database,
    clock,
    ids: createIds(clock, systemRandom),
    randomBytes: systemRandom,
    sealing: createSealing([{ id: 'test', key: new Secret(testKey) }], systemRandom),
    outgoing: withElsewhere(options.reachesNobody === true ? withoutWayOut(outgoing) : outgoing, elsewhere),
    resolveTxt: async (name) => txt.get(name) ?? [],
    urls,
    hasMailServer: options.hasMailServer ?? false,
    ...(options.metricsToken === undefined ? {} : { metrics: createMetrics() }),
  }
  const { log, lines } = collectingLog()
  const provisioning = createProvisioningLog(services, log)
  const app = createApp({
    ...services,
    log,
    provisioning,
    trustedProxies: options.trustedProxies ?? 0,
    ...(options.rates === undefined ? {} : { rates: options.rates }),
    ...(options.metricsToken === undefined ? {} : { metricsToken: new Secret(options.metricsToken) }),
    isStopping: () => false,
  })
  const owner = postgres(ownerUrl, { max: 3, onnotice: () => {} })
  const roleConnections: postgres.Sql[] = []
  let slugs = 0

  const operator = (organizationId: string): CallContext => ({
    ...services,
    organizationId,
    actor: { type: 'operator', id: 'test' },
    permissions: 'all',
    entry: organizationId === '' ? enterInstance({}) : enterOrganization({ organizationId }),
    requestId: 'req_test',
  })

  const testApp: TestApp = {
    services,
    urls,
    clock,
    txt,
    elsewhere,
    log: { lines },
    provisioning,
    request: async (path, init) => app.request(path, await asFromPage(owner, init)),
    fetch: app.fetch,
    routes: app.routes,
    createOrganization: async (slug) => {
      slugs += 1
      const chosen = slug ?? `organization-${slugs}`
      const { id } = await createOrganization(operator(''), { slug: chosen, name: chosen })
      return { id, slug: chosen, ctx: operator(id) }
    },
    createDirectory: async (organization) => {
      const { directory, token } = await createDirectory(organization.ctx, { name: 'Directory' })
      return { directoryId: directory.id, token: token.token }
    },
    createApiKey: async (organization) => (await issueApiKey(organization.ctx, { name: 'Test' })).key,
    createScim: async () => {
      const organization = await testApp.createOrganization()
      const { directoryId, token } = await testApp.createDirectory(organization)
      const send = (path: string, init: RequestInit) => testApp.request(path, init)
      return { ...scimClient(send, { directoryId, token }), organization, directoryId, token }
    },
    owner,
    serverRole: () => {
      const connection = postgres(databaseUrl, {
        max: 1,
        onnotice: () => {},
        connection: { role: 'rolecall_server' } as object,
      })
      roleConnections.push(connection)
      return connection
    },
    databaseUrl,
    ownerUrl,
    close: async () => {
      await Promise.all([owner, ...roleConnections].map((connection) => connection.end()))
      await provisioning.stop()
      await database.close()
    },
  }
  return testApp
}
