// What both the server and the commands stand on: the database, embedded or given, and where clients reach the server.
import { mkdirSync } from 'node:fs'
import { Database, type DatabaseOptions, databaseDefaults } from '#db/database.ts'
import { startEmbedded } from '#db/embedded/embedded.ts'
import { serverRole } from '#db/schema/common.ts'
import { systemClock } from '#platform/clock.ts'
import { systemRandom } from '#platform/crypto.ts'
import { resolveTxt } from '#platform/dns.ts'
import { createIds } from '#platform/ids.ts'
import { keysFromFile } from '#platform/key-file.ts'
import { createMetrics } from '#platform/metrics.ts'
import { createOutgoing } from '#platform/outgoing.ts'
import { createSealing, type SealingKey } from '#platform/sealing.ts'
import type { Secret } from '#platform/secret.ts'
import { createUrls } from '#platform/urls.ts'
import type { Config } from './config.ts'
import type { Services } from './context.ts'

/** `url`: as the server logs in; `ownerUrl`: as whoever owns the tables, as far as that is known to be another. */
export type OpenDatabase = { url: Secret; ownerUrl: Secret; close(): Promise<void> }

/** @param mode `own` for the server, `share` for commands, which may run beside it */
export async function openDatabase(config: Config, mode: 'own' | 'share'): Promise<OpenDatabase> {
  const { databaseUrl: url, databaseOwnerUrl } = config
  if (url !== undefined) return { url, ownerUrl: databaseOwnerUrl ?? url, close: async () => {} }
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 })
  const embedded = await startEmbedded({ dataDir: config.dataDir, randomBytes: systemRandom, mode })
  return { url: embedded.serverUrl, ownerUrl: embedded.url, close: () => embedded.stop() }
}

/** What seals secrets at rest; made if there is nothing yet. */
export const keysOf = ({ encryptionKeys, dataDir }: Config): readonly SealingKey[] =>
  encryptionKeys.length > 0 ? encryptionKeys : keysFromFile(dataDir, systemRandom)

/** The services on a migrated database; as the server's role, so that row-level security holds for commands too. */
export function createServices(
  config: Config,
  url: Secret,
  { onSettled, statementTimeoutMillis }: Partial<Pick<DatabaseOptions, 'onSettled' | 'statementTimeoutMillis'>> = {},
): Services {
  const database = new Database({
    ...databaseDefaults,
    url,
    role: serverRole.name,
    lanes: config.databaseConnections,
    ...(config.databaseReplicaUrl === undefined ? {} : { replica: { url: config.databaseReplicaUrl } }),
    ...{ isPooled: config.isDatabasePooled, isPreparing: config.isPreparing, routingSetting: config.routingSetting },
    onSettled,
    ...(statementTimeoutMillis === undefined ? {} : { statementTimeoutMillis }),
  })
  return {
    database,
    clock: systemClock,
    ids: createIds(systemClock, systemRandom),
    randomBytes: systemRandom,
    sealing: createSealing(keysOf(config), systemRandom),
    outgoing: createOutgoing({ isLoopbackAllowed: config.isLoopbackAllowed }),
    resolveTxt,
    urls: createUrls(originOf(config)),
    hasMailServer: config.smtpUrl !== undefined,
    ...(config.metricsToken === undefined ? {} : { metrics: createMetrics() }),
  }
}

/** Where clients reach the server, as far as the configuration tells. */
export const originOf = (config: Pick<Config, 'host' | 'port' | 'publicUrl'>, port = config.port): string => {
  // By an address no passkey can be made (Web Authentication 5.1.3), so one's own machine goes by its name.
  const isOwnMachine = ['0.0.0.0', '::', '127.0.0.1', '::1'].includes(config.host)
  const host = isOwnMachine ? 'localhost' : config.host
  return config.publicUrl ?? `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
