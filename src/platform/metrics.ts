// What a Prometheus server reads: counted in the process of one node, since its start. Labels are ids and codes of ours, never what
// somebody sent, so that their number is bounded and nobody is named.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** One figure of the whole installation, as the database tells it. */
export type InstallationFigure = { name: string; labels: Readonly<Record<string, string>>; value: number }

export type MetricsSources = {
  /** Connections to the database, by their state. */
  pool(): Readonly<Record<string, number>>
  /** @throws where the database does not answer */
  installation(): Promise<readonly InstallationFigure[]>
}

export type Metrics = {
  /** @param request with the pattern of the route, e.g. `/api/v1/users/:id` */
  requestAnswered(request: { route: string; method: string; status: number; seconds: number }): void
  /** @param request with the path below the base of SCIM */
  directoryAnswered(request: { directoryId: string; path: string; method: string; status: number }): void
  signInAttempted(attempt: {
    connectionId: string | null
    method: string
    outcome: string
    reason: string | null
  }): void
  jobEnded(job: { kind: string; outcome: 'done' | 'failed' }): void
  /** In the text format of Prometheus, version 0.0.4. */
  render(sources: MetricsSources): Promise<{ contentType: string; text: string }>
}

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
const methodOf = (method: string): string => (methods.has(method) ? method : 'other')

const resources = new Set(['Users', 'Groups', 'Bulk', 'Me', 'ServiceProviderConfig', 'ResourceTypes', 'Schemas'])
const resourceOf = (path: string): string => {
  const [first = ''] = path.split(/[/?]/).filter((part) => part !== '')
  return resources.has(first) ? first : 'other'
}

/** The figures of the installation, by what the database calls them. */
const installation: Readonly<Record<string, { help: string; labelNames?: string[] }>> = {
  mails_queued: { help: 'Mails that wait to be sent' },
  mails_oldest_seconds: { help: 'How long the mail has been due that has waited longest; 0 where none is due' },
  logouts_queued: { help: 'Back-channel logouts that wait to be delivered to applications' },
  alarms_unsent: { help: 'Alarms that administrators have not been told of' },
  jobs_failing: {
    help: 'Organizations in which work of this kind has failed at its last try',
    labelNames: ['kind'],
  },
  mass_changes_open: { help: 'Mass changes that wait for an administrator' },
  directory_silent_seconds: { help: 'How long a directory that is in use has not called', labelNames: ['directory'] },
}

export function createMetrics(): Metrics {
  const registry = new Registry()
  const shared = { registers: [registry] }
  collectDefaultMetrics({ register: registry })
  const requests = new Histogram({
    ...shared,
    name: 'rolecall_http_request_duration_seconds',
    help: 'Requests by route, method and status, and how long the answers took',
    labelNames: ['route', 'method', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
  })
  const directories = new Counter({
    ...shared,
    name: 'rolecall_scim_requests_total',
    help: 'SCIM requests of a directory',
    labelNames: ['directory', 'resource', 'method', 'status'],
  })
  const signIns = new Counter({
    ...shared,
    name: 'rolecall_sign_ins_total',
    help: 'Attempts to sign in, by connection (empty: without one), method, outcome and reason',
    labelNames: ['connection', 'method', 'outcome', 'reason'],
  })
  const jobs = new Counter({
    ...shared,
    name: 'rolecall_jobs_total',
    help: 'Runs of the background worker',
    labelNames: ['kind', 'outcome'],
  })
  const pool = new Gauge({
    ...shared,
    name: 'rolecall_database_connections',
    help: 'Connections to PostgreSQL (busy, free), and units of work that wait for one (waiting)',
    labelNames: ['state'],
  })
  const isUp = new Gauge({
    ...shared,
    name: 'rolecall_database_up',
    help: '1 where the database has answered just now; the figures of the installation are missing otherwise',
  })
  const tellInstallation = installationGauges(registry)

  return {
    requestAnswered: ({ route, method, status, seconds }) =>
      requests.observe({ route, method: methodOf(method), status }, seconds),
    directoryAnswered: ({ directoryId, path, method, status }) =>
      directories.inc({ directory: directoryId, resource: resourceOf(path), method: methodOf(method), status }),
    signInAttempted: ({ connectionId, method, outcome, reason }) =>
      signIns.inc({ connection: connectionId ?? '', method, outcome, reason: reason ?? '' }),
    jobEnded: (job) => jobs.inc(job),
    render: async (sources) => {
      for (const [state, value] of Object.entries(sources.pool())) pool.set({ state }, value)
      const figures = await sources.installation().catch(() => undefined)
      isUp.set(figures === undefined ? 0 : 1)
      tellInstallation(figures ?? [])
      return { contentType: registry.contentType, text: await registry.metrics() }
    },
  }
}

function installationGauges(registry: Registry): (figures: readonly InstallationFigure[]) => void {
  const gauges = new Map(
    Object.entries(installation).map(([name, { help, labelNames = [] }]) => {
      const gauge = new Gauge({ registers: [registry], name: `rolecall_${name}`, help, labelNames })
      // A reset of one without labels says 0, which nobody has counted where the database did not answer.
      const forget = labelNames.length === 0 ? () => gauge.remove() : () => gauge.reset()
      return [name, { gauge, forget }] as const
    }),
  )
  return (figures) => {
    for (const { forget } of gauges.values()) forget()
    for (const { name, labels, value } of figures) gauges.get(name)?.gauge.set({ ...labels }, value)
  }
}
