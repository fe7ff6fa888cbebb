// The only reader of the environment: one schema, one frozen Config, one error that lists every fault.
import { z } from 'zod'
import { Secret } from './platform/secret.ts'

const wholeNumber = (minimum: number, maximum: number) => z.coerce.number().int().min(minimum).max(maximum)

export const environmentSchema = z.object({
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must start with postgres:// or postgresql://')
    .optional()
    .describe('PostgreSQL 15 or later, as a user that owns the tables. Unset: an embedded PostgreSQL in DATA_DIR'),
  DATA_DIR: z.string().min(1).default('./data').describe('Where the embedded PostgreSQL keeps its data'),
  DATABASE_CONNECTIONS: wholeNumber(1, 200).default(10).describe('Connections to PostgreSQL a node'),
  HOST: z.string().min(1).default('127.0.0.1').describe('The address to listen on'),
  PORT: wholeNumber(0, 65_535).default(8080).describe('The port to listen on; 0 picks a free one'),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional()
    .describe('The origin that identity providers and browsers use, e.g. https://id.example.com'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info').describe('What is logged'),
  SHUTDOWN_SECONDS: wholeNumber(1, 300).default(20).describe('How long requests under way may take after SIGTERM'),
})

export type Config = Readonly<{
  databaseUrl: Secret | undefined
  dataDir: string
  databaseConnections: number
  host: string
  port: number
  publicUrl: string | undefined
  logLevel: z.infer<typeof environmentSchema>['LOG_LEVEL']
  shutdownSeconds: number
}>

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
    databaseUrl: env.DATABASE_URL === undefined ? undefined : new Secret(env.DATABASE_URL),
    dataDir: env.DATA_DIR,
    databaseConnections: env.DATABASE_CONNECTIONS,
    host: env.HOST,
    port: env.PORT,
    publicUrl: env.PUBLIC_URL,
    logLevel: env.LOG_LEVEL,
    shutdownSeconds: env.SHUTDOWN_SECONDS,
  })
}
