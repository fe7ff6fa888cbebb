// A PostgreSQL of one's own that a test can stop, kill and start again on the same port and data, with real durability.
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import { findBinaries } from '#db/embedded/binaries.ts'
import { startEmbedded } from '#db/embedded/embedded.ts'
import { chooseLauncher } from '#db/embedded/launcher.ts'
import { clusterPath, databaseUrl, readState, serverUrl } from '#db/embedded/state.ts'
import { migrateDatabase } from '#db/migrate.ts'

export type OwnPostgres = {
  /** As the owner of the tables. */
  url: string
  /** As the server logs in. */
  serverUrl: string
  /** What PostgreSQL has written to its log. */
  log(): string
  start(): Promise<void>
  /** SIGINT: fast shutdown; SIGQUIT: immediate, as a crash; SIGKILL: no chance to do anything. */
  stop(signal: 'SIGINT' | 'SIGQUIT' | 'SIGKILL'): Promise<void>
  remove(): Promise<void>
}

/**
 * A running, migrated cluster in a directory of its own.
 * @param settings of PostgreSQL, on top
 */
export async function ownPostgres(settings: Record<string, string> = {}): Promise<OwnPostgres> {
  const dataDir = mkdtempSync(join(tmpdir(), 'rolecall-faults-'))
  const made = await startEmbedded({ dataDir, randomBytes, mode: 'own', isOnPort: true })
  await migrateDatabase(made.url, made.serverUrl)
  await made.stop()
  const state = readState(dataDir, () => '')
  if (state === undefined) throw new Error('The cluster left no state')
  const { postgres: binary } = findBinaries()
  const { prefix } = chooseLauncher(binary, state.launcher)
  const options = { port: Number(state.port), listen_addresses: '127.0.0.1', unix_socket_directories: '', ...settings }
  const logFile = join(dataDir, 'own.log')
  const flags = Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const [command = '', ...args] = [...prefix, binary, '-D', clusterPath(dataDir), ...flags]
  let child: ChildProcess | undefined

  const accepts = async (): Promise<boolean> => {
    const probe = postgres(databaseUrl(state).reveal(), { max: 1, connect_timeout: 2, onnotice: () => {} })
    const answered = await probe`select 1`.then(
      () => true,
      () => false,
    )
    await probe.end({ timeout: 1 })
    return answered
  }

  const own: OwnPostgres = {
    url: databaseUrl(state).reveal(),
    serverUrl: serverUrl(state).reveal(),
    log: () => readFileSync(logFile, 'utf8'),
    start: async () => {
      const deadline = Date.now() + 30_000
      while (Date.now() < deadline) {
        // What a kill left behind may still hold the shared memory for a moment: then it ends, and is tried again.
        if (child === undefined || child.exitCode !== null || child.signalCode !== null) {
          const output = openSync(logFile, 'a')
          child = spawn(command, args, { stdio: ['ignore', output, output], cwd: dataDir })
          closeSync(output)
        }
        if (await accepts()) return
        await sleep(100)
      }
      throw new Error('PostgreSQL did not come back')
    },
    stop: async (signal) => {
      const running = child
      if (running === undefined || running.exitCode !== null || running.signalCode !== null) return
      const ended = new Promise((done) => running.once('exit', done))
      running.kill(signal)
      await ended
    },
    remove: async () => {
      await own.stop('SIGQUIT')
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
  await own.start()
  return own
}
