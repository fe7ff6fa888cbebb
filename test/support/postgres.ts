// A PostgreSQL of one's own that a test can stop, kill and start again on the same port and data, with real durability.
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import { findBinaries } from '#db/embedded/binaries.ts'
import { startEmbedded } from '#db/embedded/embedded.ts'
import { chooseLauncher } from '#db/embedded/launcher.ts'
import { clusterPath, databaseUrl, readState } from '#db/embedded/state.ts'
import { migrateDatabase } from '#db/migrate.ts'

export type OwnPostgres = {
  url: string
  start(): Promise<void>
  /** SIGINT: fast shutdown; SIGQUIT: immediate, as a crash; SIGKILL: no chance to do anything. */
  stop(signal: 'SIGINT' | 'SIGQUIT' | 'SIGKILL'): Promise<void>
  remove(): Promise<void>
}

/** A running, migrated cluster in a directory of its own. */
export async function ownPostgres(): Promise<OwnPostgres> {
  const dataDir = mkdtempSync(join(tmpdir(), 'rolecall-faults-'))
  const made = await startEmbedded({ dataDir, randomBytes, mode: 'own' })
  await migrateDatabase(made.url)
  await made.stop()
  const state = readState(dataDir)
  if (state === undefined) throw new Error('The cluster left no state')
  const { postgres: binary } = findBinaries()
  const { prefix } = chooseLauncher(binary, state.launcher)
  const options = { port: state.port, listen_addresses: '127.0.0.1', unix_socket_directories: '' }
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
    start: async () => {
      const deadline = Date.now() + 30_000
      while (Date.now() < deadline) {
        // What a kill left behind may still hold the shared memory for a moment: then it ends, and is tried again.
        if (child === undefined || child.exitCode !== null || child.signalCode !== null) {
          child = spawn(command, args, { stdio: 'ignore', cwd: dataDir })
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
