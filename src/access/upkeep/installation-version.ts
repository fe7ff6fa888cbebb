// Which version runs here, on which schema, and from where else the database is used.
import { createRequire } from 'node:module'
import { sql } from 'drizzle-orm'
import { migrationState } from '#db/migrate.ts'
import { prepared } from '#db/statement.ts'
import type { Services } from '#src/context.ts'

export type InstallationVersion = {
  /** Of the process that answers. */
  version: string
  node: string
  postgres: string
  /** Migrations that the database has, and that this version knows. */
  schema: { applied: number; known: number }
  /** Addresses that hold connections; none where they come by a socket, one where a pooler is between. */
  addresses: string[]
}

/** As in package.json. */
export const runningVersion = (): string =>
  (createRequire(import.meta.url)('#package.json') as { version: string }).version

const select = prepared<Record<string, never>, Pick<InstallationVersion, 'postgres' | 'addresses'>>(
  () => sql`select current_setting('server_version') as postgres,
    (select coalesce(json_agg(distinct host(a.client_addr)), '[]') from pg_stat_activity a
      where a.datname = current_database() and a.application_name = 'rolecall' and a.client_addr is not null) as addresses`,
)

/** @throws AppError unavailable */
export async function installationVersion({ database }: Services): Promise<InstallationVersion> {
  const [[row], schema] = await Promise.all([database.read(select({})), migrationState(database)])
  const { postgres, addresses } = row ?? { postgres: '', addresses: [] }
  return { version: runningVersion(), node: process.versions.node, postgres, schema, addresses }
}
