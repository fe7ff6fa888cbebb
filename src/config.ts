// The only reader of the environment: one schema, one frozen Config, one error that lists every fault.
import { z } from 'zod'
import { Secret } from './platform/secret.ts'

const wholeNumber = (minimum: number, maximum: number) => z.coerce.number().int().min(minimum).max(maximum)

export const environmentSchema = z.object({
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must start with postgres:// or postgresql://')
    .optional()
    .describe('PostgreSQL 15 or later, as the server logs in. Unset: an embedded PostgreSQL in DATA_DIR'),
  DATABASE_OWNER_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must start with postgres:// or postgresql://')
    .optional()
    .describe(
      'The same database as the user that owns the tables, for migrations. Unset: DATABASE_URL, which then is the owner or finds them done',
    ),
  DATABASE_REPLICA_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must start with postgres:// or postgresql://')
    .optional()
    .describe(
      'A standby that follows the database, for lists and reports that may be some seconds old; as the server logs in',
    ),
  DATA_DIR: z.string().min(1).default('./data').describe('Where the embedded PostgreSQL keeps its data'),
  DATABASE_CONNECTIONS: wholeNumber(1, 200).default(10).describe('Connections to PostgreSQL a node'),
  DATABASE_POOLER: z
    .enum(['none', 'transaction'])
    .default('none')
    .describe(
      '`transaction`: DATABASE_URL leads to a pooler that gives each transaction another connection, such as PgBouncer',
    ),
  DATABASE_PREPARED_STATEMENTS: z
    .enum(['on', 'off'])
    .optional()
    .describe(
      'Whether statements are prepared once. Unset: on, and off behind a pooler; PgBouncer knows them since 1.21',
    ),
  DATABASE_ROUTING_SETTING: z
    .string()
    .regex(/^[a-z_]+\.[a-z_]+$/, 'must be the name of a setting with a dot, such as pgdog.sharding_key')
    .optional()
    .describe(
      'A setting that each transaction of an organization sets to its id, for a proxy that spreads organizations',
    ),
  HOST: z.string().min(1).default('127.0.0.1').describe('The address to listen on'),
  PORT: wholeNumber(0, 65_535).default(8080).describe('The port to listen on; 0 picks a free one'),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional()
    .describe('The origin that identity providers and browsers use, e.g. https://id.example.com'),
  ENCRYPTION_KEYS: z
    .string()
    .regex(
      /^[\w-]{1,32}:[A-Za-z0-9+/]{43}=(,[\w-]{1,32}:[A-Za-z0-9+/]{43}=)*$/,
      'must be id:base64 of 32 bytes, with commas between',
    )
    .refine((text) => {
      const ids = text.split(',').map((each) => each.split(':')[0])
      return new Set(ids).size === ids.length
    }, 'must name each key once')
    .optional()
    .describe(
      'Keys for secrets at rest, the current one first: `id:$(openssl rand -base64 32)`. The same on every node. Unset: one in DATA_DIR',
    ),
  BACKUP_PASSPHRASE: z
    .string()
    .min(16)
    .optional()
    .describe('What seals the encryption keys in a backup, 16 characters or more. Unset: read from standard input'),
  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\//, 'must start with smtp:// or smtps://')
    .optional()
    .describe('Where mail is sent, e.g. smtps://user:password@mail.example.com. Unset: it stays in the outbox'),
  MAIL_FROM: z.string().min(3).default('Rolecall <rolecall@localhost>').describe('The sender of mail'),
  TRUSTED_PROXIES: wholeNumber(0, 10)
    .default(0)
    .describe('How many proxies in front add to X-Forwarded-For; 0 means that the header is not believed'),
  SCIM_REQUESTS_PER_SECOND: wholeNumber(0, 100_000)
    .default(100)
    .describe(
      'What one directory may ask a node in the long run; 0: no limit. Above it the answer is 429 with Retry-After',
    ),
  API_REQUESTS_PER_SECOND: wholeNumber(0, 100_000)
    .default(500)
    .describe('The same for one API key, decisions (AuthZEN) included'),
  ORGANIZATION_REQUESTS_PER_SECOND: wholeNumber(0, 100_000)
    .default(600)
    .describe('The same for all directories and API keys of an organization together'),
  REQUEST_BURST_SECONDS: wholeNumber(1, 3_600)
    .default(20)
    .describe("How many seconds' worth of requests may come at once"),
  ALLOW_LOOPBACK: z
    .stringbool()
    .default(false)
    .describe('For development: identity providers and applications on loopback addresses may be fetched, by http too'),
  METRICS_TOKEN: z
    .string()
    .regex(/^[\w.~+/=-]{32,256}$/, 'must be 32 characters or more, as `openssl rand -hex 32` makes them')
    .optional()
    .describe('What Prometheus sends as a bearer token to read /metrics. Unset: there are no metrics'),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Where traces go, by OTLP over HTTP; /v1/traces is added. Unset: there are none'),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('The same for traces alone, with its path'),
  OTEL_SERVICE_NAME: z.string().min(1).default('rolecall').describe('What traces call the server'),
  OTEL_TRACES_SAMPLER: z
    .enum([
      ...['always_on', 'always_off', 'traceidratio'],
      ...['parentbased_always_on', 'parentbased_always_off', 'parentbased_traceidratio'],
    ] as const)
    .default('parentbased_always_on')
    .describe('Which requests are traced'),
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe('How many of them, where the sampler is one by traceidratio'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info').describe('What is logged'),
  SHUTDOWN_SECONDS: wholeNumber(1, 300).default(20).describe('How long requests under way may take after SIGTERM'),
})

/** Requests a second, 0 for no limit. */
type RequestRates = {
  directoryPerSecond: number
  apiKeyPerSecond: number
  organizationPerSecond: number
  burstSeconds: number
}

export type Config = Readonly<{
  databaseUrl: Secret | undefined
  databaseOwnerUrl: Secret | undefined
  databaseReplicaUrl: Secret | undefined
  dataDir: string
  databaseConnections: number
  /** Whether each transaction may be on another connection. */
  isDatabasePooled: boolean
  isPreparing: boolean
  routingSetting: string | undefined
  host: string
  port: number
  publicUrl: string | undefined
  encryptionKeys: readonly { id: string; key: Secret }[]
  backupPassphrase: Secret | undefined
  smtpUrl: Secret | undefined
  mailFrom: string
  trustedProxies: number
  rates: RequestRates
  isLoopbackAllowed: boolean
  metricsToken: Secret | undefined
  /** Undefined: nobody collects spans. */
  tracing: { url: string; serviceName: string; sampler: string; ratio: number } | undefined
  logLevel: z.infer<typeof environmentSchema>['LOG_LEVEL']
  shutdownSeconds: number
}>

/** The environment without what the server itself is set up with, for whoever names variables of their own. */
export const foreignVariables = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !Object.hasOwn(environmentSchema.shape, name)))

/** @throws Error naming every variable that is wrong, without its value */
export function loadConfig(environment: Record<string, string | undefined>): Config {
  const present = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  )
  const parsed = environmentSchema.safeParse(present)
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`)
    throw new Error(`The environment is not usable:\n${faults.join('\n')}`)
  }
  const env = parsed.data
  return Object.freeze({
    databaseUrl: optionalSecret(env.DATABASE_URL),
    databaseOwnerUrl: optionalSecret(env.DATABASE_OWNER_URL),
    databaseReplicaUrl: optionalSecret(env.DATABASE_REPLICA_URL),
    dataDir: env.DATA_DIR,
    databaseConnections: env.DATABASE_CONNECTIONS,
    isDatabasePooled: env.DATABASE_POOLER === 'transaction',
    isPreparing: (env.DATABASE_PREPARED_STATEMENTS ?? (env.DATABASE_POOLER === 'transaction' ? 'off' : 'on')) === 'on',
    routingSetting: env.DATABASE_ROUTING_SETTING,
    host: env.HOST,
    port: env.PORT,
    publicUrl: env.PUBLIC_URL,
    encryptionKeys: encryptionKeys(env.ENCRYPTION_KEYS),
    backupPassphrase: optionalSecret(env.BACKUP_PASSPHRASE),
    smtpUrl: optionalSecret(env.SMTP_URL),
    mailFrom: env.MAIL_FROM,
    trustedProxies: env.TRUSTED_PROXIES,
    rates: {
      directoryPerSecond: env.SCIM_REQUESTS_PER_SECOND,
      apiKeyPerSecond: env.API_REQUESTS_PER_SECOND,
      organizationPerSecond: env.ORGANIZATION_REQUESTS_PER_SECOND,
      burstSeconds: env.REQUEST_BURST_SECONDS,
    },
    isLoopbackAllowed: env.ALLOW_LOOPBACK,
    metricsToken: optionalSecret(env.METRICS_TOKEN),
    tracing: tracingOf(env),
    logLevel: env.LOG_LEVEL,
    shutdownSeconds: env.SHUTDOWN_SECONDS,
  })
}

/** The general endpoint is a base for the paths of all signals (OpenTelemetry, Protocol Exporter). */
function tracingOf(env: z.infer<typeof environmentSchema>): Config['tracing'] {
  const base = env.OTEL_EXPORTER_OTLP_ENDPOINT
  const url = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? (base && `${base.replace(/\/$/, '')}/v1/traces`)
  if (url === undefined) return undefined
  const [serviceName, sampler] = [env.OTEL_SERVICE_NAME, env.OTEL_TRACES_SAMPLER]
  return { url, serviceName, sampler, ratio: env.OTEL_TRACES_SAMPLER_ARG }
}

const optionalSecret = (text: string | undefined): Secret | undefined =>
  text === undefined ? undefined : new Secret(text)

const encryptionKeys = (text = ''): { id: string; key: Secret }[] =>
  text
    .split(',')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const at = pair.indexOf(':')
      return { id: pair.slice(0, at), key: new Secret(pair.slice(at + 1)) }
    })
