// The server's life: database, migrations, listening, and an orderly end on SIGTERM or SIGINT.
import type { Server } from 'node:http'
import { serve as listen } from '@hono/node-server'
import { offerFirstAdministrator } from '#access/organizations/first-administrator.ts'
import { requireSealingKeys } from '#access/organizations/sealing-check.ts'
import { createProvisioningLog } from '#connections/provisioning/log.ts'
import { loginWarning } from '#db/login.ts'
import { migrateDatabase } from '#db/migrate.ts'
import { type Settled, settledWarning } from '#db/settle.ts'
import { followEvents } from '#jobs/events.ts'
import { mailJob } from '#jobs/mail.ts'
import { startWorker } from '#jobs/worker.ts'
import { createLog } from '#platform/log.ts'
import { createNews } from '#platform/news.ts'
import { createMailTransport } from '#platform/smtp.ts'
import { createUrls } from '#platform/urls.ts'
import { createApp } from './app.ts'
import type { Config } from './config.ts'
import type { Services } from './context.ts'
import { createServices, openDatabase, originOf } from './services.ts'

/** Runs until a signal ends it. @throws AppError where the database is unreachable or in use by another server */
export async function serve(config: Config): Promise<void> {
  const log = createLog(config.logLevel, { isServer: true })
  const stopping = new AbortController()
  const start = { isOver: false }
  const asked = signalled(stopping, () => {
    if (start.isOver) return
    // Whatever the start waits for may never come; what it has begun is a transaction, and the embedded PostgreSQL ends with us.
    log.info('Stopped before it had started')
    process.exit(0)
  })
  const tracing =
    config.tracing === undefined ? undefined : (await import('#platform/otlp.ts')).startTracing(config.tracing)
  const opened = await openDatabase(config, 'own')
  try {
    const onSettled = (state: Settled): void => {
      const warning = settledWarning(state)
      if (warning !== undefined) log.warn({ state }, warning)
    }
    onSettled(await migrateDatabase(opened.ownerUrl, opened.url))
    const services = { ...createServices(config, opened.url, { onSettled }), news: createNews() }
    try {
      await services.database.check()
      const warning = await loginWarning(services.database)
      if (warning !== undefined) log.warn(warning)
      await requireSealingKeys(services)
      const isStopping = (): boolean => stopping.signal.aborted
      const provisioning = createProvisioningLog(services, log)
      const { server, port } = await listening(config, (origin) => {
        const app = createApp({
          ...services,
          urls: createUrls(origin),
          log,
          provisioning,
          trustedProxies: config.trustedProxies,
          metricsToken: config.metricsToken,
          rates: config.rates,
          isStopping,
        })
        return app.fetch
      })
      log.info(
        { host: config.host, port, origin: originOf(config, port) },
        `Rolecall listens on ${originOf(config, port)}`,
      )
      await offerFirst(services, originOf(config, port))
      const transport = config.smtpUrl === undefined ? undefined : createMailTransport(config.smtpUrl, config.mailFrom)
      const own = { ...services, urls: createUrls(originOf(config, port)) }
      const worker = startWorker(own, log, { jobs: mailJob(transport) })
      const follower = followEvents(own, log)
      start.isOver = true
      await asked
      log.info('Stopping: requests under way may finish')
      await Promise.all([drain(server, config.shutdownSeconds), worker.stop(), follower.stop()])
      // After the last request was answered.
      await provisioning.stop()
      transport?.close()
    } finally {
      await services.outgoing.close()
      await services.database.close()
    }
  } finally {
    await opened.close()
    await tracing?.stop()
  }
  log.info('Stopped')
}

/**
 * There is no default password: a new installation prints a link that makes its first administrator. It is for whoever started
 * the server, so it stands by itself on standard output, whatever is logged.
 */
async function offerFirst(services: Services, origin: string): Promise<void> {
  const token = await offerFirstAdministrator(services)
  if (token === undefined) return
  const lines = [
    'Nobody can administer this installation yet.',
    'Create your organization and its first administrator here (good once, for 24 hours):',
    '',
    `  ${origin}/first/${token}`,
  ]
  process.stdout.write(process.stdout.isTTY ? standingOut(lines) : `\n${lines.join('\n')}\n\n`)
}

/** Between rules, in bold: the one thing on the screen that wants something of its reader. */
function standingOut(lines: readonly string[]): string {
  const rule = '━'.repeat(Math.min(process.stdout.columns, 100))
  return `\n${rule}\n\n\u001b[1m${lines.join('\n')}\u001b[22m\n\n${rule}\n\n`
}

type Fetch = ReturnType<typeof createApp>['fetch']

// The origin may depend on the port, which with PORT=0 is only known once it listens.
function listening(config: Config, build: (origin: string) => Fetch): Promise<{ server: Server; port: number }> {
  return new Promise((resolve, reject) => {
    let fetch: Fetch | undefined
    const server = listen(
      {
        fetch: (request, env) => (fetch as Fetch)(request, env),
        hostname: config.host,
        port: config.port,
        // A long filter in a URL deserves an answer in SCIM's form rather than a bare 431.
        serverOptions: { maxHeaderSize: 65_536, keepAliveTimeout: 65_000, requestTimeout: 60_000 },
      },
      ({ port }) => {
        fetch = build(originOf(config, port))
        resolve({ server: server as Server, port })
      },
    )
    server.once('error', reject)
  })
}

/** Resolves at the first signal; the second one ends the process at once. */
function signalled(stopping: AbortController, onFirst: () => void): Promise<void> {
  return new Promise((resolve) => {
    const onSignal = (): void => {
      if (stopping.signal.aborted) process.exit(1)
      stopping.abort()
      onFirst()
      resolve()
    }
    process.on('SIGTERM', onSignal)
    process.on('SIGINT', onSignal)
  })
}

const sweepIntervalMillis = 100

/** No new connections, idle ones closed, requests under way given their time; then whatever is left is cut. */
function drain(server: Server, seconds: number): Promise<void> {
  return new Promise((resolve) => {
    const deadline = setTimeout(() => server.closeAllConnections(), seconds * 1000)
    // A connection that was busy at the signal is kept alive by its client after the answer, and idle from then on.
    const sweep = setInterval(() => server.closeIdleConnections(), sweepIntervalMillis)
    server.close(() => {
      clearTimeout(deadline)
      clearInterval(sweep)
      resolve()
    })
    server.closeIdleConnections()
  })
}
