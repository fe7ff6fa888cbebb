// The composition root: which middleware, in which order, and what is mounted where.
import { type Context, Hono } from 'hono'
import { getPathNoStrict } from 'hono/utils/url'
import { installationFigures } from '#access/upkeep/installation-figures.ts'
import { createAccount } from '#account/account.tsx'
import { createApi } from '#api/api.ts'
import { createAuthZen } from '#api/authzen.ts'
import type { ProvisioningLog } from '#connections/provisioning/log.ts'
import { createConsole } from '#console/console.ts'
import { createPlatform } from '#console/platform/platform.tsx'
import { createSetup } from '#console/setup/setup.tsx'
import { migrationState } from '#db/migrate.ts'
import { createCspReports } from '#http/csp-reports.ts'
import type { AppEnv } from '#http/env.ts'
import { createLooks } from '#http/looks.ts'
import { createMetricsEndpoint } from '#http/metrics.ts'
import { oneOrigin } from '#http/one-origin.ts'
import { renderErrorPage } from '#http/pages-errors.ts'
import { problemResponse } from '#http/problem.ts'
import { readers } from '#http/reader.ts'
import { createRequestLimits, type RequestRates } from '#http/request-rate-limits.ts'
import { requestScope } from '#http/request-scope.ts'
import { securityHeaders } from '#http/security-headers.ts'
import { createAssets } from '#http/ui/assets.ts'
import { asAppError, notFound } from '#platform/errors.ts'
import type { Log } from '#platform/log.ts'
import type { Secret } from '#platform/secret.ts'
import { createProvider } from '#provider/provider.ts'
import { createScim, scimPath } from '#scim/routes.ts'
import { providerSignOut } from '#sso/endpoints/sign-out.ts'
import { createLocal } from '#sso/local/local.tsx'
import { createSso, createSsoServices } from '#sso/sso.ts'
import type { Services } from './context.ts'

export type AppOptions = Services & {
  log: Log
  /** Where requests of directories are kept. */
  provisioning: Pick<ProvisioningLog, 'record'>
  /** How many proxies in front add to X-Forwarded-For. */
  trustedProxies: number
  /** What directories, API keys and organizations may ask; the defaults where it is not said. */
  rates?: RequestRates
  /** What Prometheus sends; without it there is no `/metrics`. */
  metricsToken?: Secret | undefined
  /** True from the moment at which the server is asked to stop. */
  isStopping(): boolean
}

export function createApp(options: AppOptions): Hono<AppEnv> {
  // Identity providers end URLs in a slash where the administrator's base URL did (wire 13).
  const app = new Hono<AppEnv>({ getPath: (request) => scimPath(getPathNoStrict(request)) })
  app.use(requestScope(options), securityHeaders({ origin: options.urls.origin, randomBytes: options.randomBytes }))
  app.use(oneOrigin({ origin: options.urls.origin }), readers(options))
  const reports = createCspReports({ ...options, origin: options.urls.origin })
  app.get('/healthz', (c) => {
    const cspReports = reports.total()
    return c.json({ status: 'ok', ...(cspReports === 0 ? {} : { cspReports }) })
  })
  app.get('/readyz', async (c) => {
    const readiness = await readinessOf(options)
    return c.json(readiness, readiness.status === 'ready' ? 200 : 503)
  })
  const { metrics, metricsToken: token, database } = options
  if (metrics !== undefined && token !== undefined) {
    const sources = { pool: () => database.poolUse(), installation: () => installationFigures(database) }
    app.route('/metrics', createMetricsEndpoint({ metrics, token, sources }))
  }
  app.route('/assets', createAssets())
  app.route('/', createLooks(options))
  app.route('/', reports.routes)
  const limited = { ...options, limits: createRequestLimits(options.clock, options.rates) }
  app.route('/scim/v2', createScim(limited))
  app.route('/api/v1', createApi(limited))
  app.route('/', createAuthZen(limited))
  app.route('/', createProvider(options))
  const sso = createSsoServices(options)
  app.route('/', createAccount({ ...options, afterSignOut: (session, id) => providerSignOut(sso, session, id) }))
  app.route('/console', createConsole(options) as unknown as Hono<AppEnv>)
  app.route('/platform', createPlatform(options) as unknown as Hono<AppEnv>)
  app.route('/setup', createSetup(options) as unknown as Hono<AppEnv>)
  app.route('/', createLocal(options))
  app.route('/', createSso(sso))
  app.notFound((c) =>
    isForReaders(c) ? renderErrorPage(c, notFound('Page')) : problemResponse(notFound('Page'), c.get('requestId')),
  )
  app.onError((error, c) => {
    if (isForReaders(c)) return renderErrorPage(c, error)
    options.log.error({ error, requestId: c.get('requestId') }, 'A request failed unexpectedly')
    return problemResponse(asAppError(error), c.get('requestId'))
  })
  return app
}

const isForReaders = (c: Context): boolean => c.req.header('accept')?.includes('text/html') === true

type Readiness = { status: 'ready' | 'stopping' | 'database_unavailable' | 'migrations_pending' }

async function readinessOf({ database, isStopping }: AppOptions): Promise<Readiness> {
  if (isStopping()) return { status: 'stopping' }
  try {
    const { applied, known } = await migrationState(database)
    return { status: applied >= known ? 'ready' : 'migrations_pending' }
  } catch {
    return { status: 'database_unavailable' }
  }
}
