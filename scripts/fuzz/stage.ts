// The application in this process, on a PostgreSQL of its own, which reaches nobody outside.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbedded } from '../../src/db/embedded/embedded.ts'
import { migrateDatabase } from '../../src/db/migrate.ts'
import { startTestApp, type TestApp, type TestAppOptions } from '../../test/support/app.ts'

const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }

/** Nobody is to be answered 429: it would be the same answer to everything. */
const rates = { directoryPerSecond: 0, apiKeyPerSecond: 0, organizationPerSecond: 0, burstSeconds: 1 }

/** @param options the database, where there is one already */
export const fuzzedApp = (options: Pick<TestAppOptions, 'databaseUrl' | 'ownerUrl'> = {}): Promise<TestApp> =>
  startTestApp({ ...options, rates, reachesNobody: true })

/** On a PostgreSQL that is started for it and thrown away afterwards. */
export async function withFuzzedApp<T>(use: (app: TestApp) => Promise<T>): Promise<T> {
  const dataDir = mkdtempSync(join(tmpdir(), 'rolecall-fuzz-'))
  const cluster = await startEmbedded({ dataDir, randomBytes, mode: 'own', isOnPort: true, settings })
  try {
    await migrateDatabase(cluster.url, cluster.serverUrl)
    const app = await fuzzedApp({ databaseUrl: cluster.serverUrl.reveal(), ownerUrl: cluster.url.reveal() })
    try {
      return await use(app)
    } finally {
      await app.close()
    }
  } finally {
    await cluster.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}
