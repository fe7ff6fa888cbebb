// A Rolecall server to measure: started by us, with one organization and one directory, made by its own commands.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type postgres from 'postgres'
import { sources, startServer } from '../scripts/server-process.ts'
import { openDriver } from '../src/db/driver.ts'
import { Secret } from '../src/platform/secret.ts'
import { type Client, createClient } from './client.ts'

export type Rolecall = {
  /** Speaks to the directory as an identity provider does. */
  scim: Client
  directoryId: string
  organizationId: string
  /** The database as its owner, past row-level security: for seeding and for checks. */
  owner: postgres.Sql
  databaseUrl: string
  /** One of its commands, as the operator types it. @returns what it prints */
  run(...args: string[]): Promise<string>
  origin: string
  /** Its process, and the folder with its PostgreSQL. */
  pid: number
  dataDir: string
  /** What a client of either node has to know. */
  nodeFacts: { organizationId: string; scim: { path: string; token: string }; owner: postgres.Sql }
  /** One more server process on the same database, behind the same public origin. */
  startSecondNode(): Promise<{ origin: string; stop(): Promise<void> }>
  stop(): Promise<void>
}

/** What is measured is the server, not what it allows. */
const unlimited = {
  ALLOW_LOOPBACK: 'true',
  SCIM_REQUESTS_PER_SECOND: '0',
  API_REQUESTS_PER_SECOND: '0',
  ORGANIZATION_REQUESTS_PER_SECOND: '0',
}

const run = promisify(execFile)

/** Starts a server with durable settings and an empty directory. @param program the sources, or the build */
export async function startRolecall(program = sources): Promise<Rolecall> {
  const server = await startServer(unlimited, {}, program)
  try {
    const rolecall = async (...args: string[]) =>
      (await run(process.execPath, [program, ...args], server)).stdout.trim()
    const named = ['--organization', 'bench', '--name', 'Bench']
    const printed = await rolecall('directory', 'create', ...named, '--create-organization', '--json')
    const { directoryId, baseUrl, token } = JSON.parse(printed) as Record<'directoryId' | 'baseUrl' | 'token', string>
    const databaseUrl = await rolecall('database', 'url')
    const owner = openDriver(new Secret(databaseUrl), { max: 2, onnotice: () => {} })
    const [row] = await owner`select organization_id from directories where id = ${directoryId}`
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' }
    const scim = createClient(`${server.origin}${new URL(baseUrl).pathname}`, headers)
    const stop = async () => {
      scim.close()
      await owner.end()
      await server.stop()
    }
    const organizationId = String(row?.['organization_id'])
    const path = new URL(baseUrl).pathname
    return {
      ...{ scim, directoryId, organizationId, owner, databaseUrl, run: rolecall, stop },
      ...{ origin: server.origin, pid: server.pid, dataDir: server.dataDir },
      nodeFacts: { organizationId, scim: { path, token }, owner },
      startSecondNode: async () => {
        const shared = {
          DATABASE_URL: await rolecall('database', 'url', '--server'),
          PUBLIC_URL: server.origin,
          ENCRYPTION_KEYS: keyOf(server.dataDir),
        }
        return startServer(unlimited, shared, program)
      },
    }
  } catch (error) {
    await server.stop().catch(() => {})
    throw error
  }
}

/** The sealing key that the first node made, for nodes beside it. */
const keyOf = (dataDir: string): string => readFileSync(join(dataDir, 'encryption.key'), 'utf8').trim()
