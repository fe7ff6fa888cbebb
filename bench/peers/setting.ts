// What each peer's server is started with. Its packages are not the project's: they are loaded from a folder of their own.
import { createRequire } from 'node:module'
import { join } from 'node:path'

/** A package from the folder of the peers. What comes has no type here, since the project knows nothing of it. */
export const load = createRequire(join(process.env['PEERS'] ?? import.meta.dirname, 'package.json'))

export const port = Number(process.env['PORT'])
export const databaseUrl = process.env['PEER_DATABASE_URL'] ?? ''
/** The bearer token that clients send. */
export const token = 'the-token-of-the-benchmark-and-of-nobody-else'
/** As many connections as Rolecall has. */
export const connections = 10
/** Rounds of others come between two requests; a connection that is just being closed would count as a refusal. */
export const keepAliveMillis = 600_000
