// One embedded PostgreSQL per test run, with a migrated template that every test file's database is cloned from.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import type { TestProject } from 'vitest/node'
import { startEmbedded } from '#db/embedded/embedded.ts'
import { migrateDatabase } from '#db/migrate.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** As the owner of the tables. */
    clusterUrl: string
    /** As the server logs in. */
    clusterServerUrl: string
  }
}

/** Tests do not cut the power; what survives a kill is tested against a server with its real settings. */
const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '300' }

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = mkdtempSync(join(tmpdir(), 'rolecall-test-'))
  const cluster = await startEmbedded({ dataDir, randomBytes, mode: 'own', isOnPort: true, settings })
  await migrateDatabase(cluster.url, cluster.serverUrl)
  const url = cluster.url.reveal()
  const admin = postgres(url.replace(/\/rolecall$/, '/postgres'), { max: 1, onnotice: () => {} })
  await admin.unsafe('alter database rolecall is_template true')
  await admin.end()
  project.provide('clusterUrl', url)
  project.provide('clusterServerUrl', cluster.serverUrl.reveal())
  return async () => {
    await cluster.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}
