// PostgreSQL from npm, in the data directory: made once, started with the server, stopped with it, and stopped by a
// supervising shell if the server is killed.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type postgres from 'postgres'
import type { RandomBytes } from '#platform/crypto.ts'
import { AppError } from '#platform/errors.ts'
import type { Secret } from '#platform/secret.ts'
import { openDriver } from '../driver.ts'
import { codeOf } from '../errors.ts'
import { type Binaries, findBinaries } from './binaries.ts'
import { chooseLauncher, type Launcher } from './launcher.ts'
import { provideSocketFolder, removeSocketFolder } from './socket.ts'
import {
  clusterPath,
  databaseUrl,
  type EmbeddedState,
  postmasterPid,
  readState,
  serverUrl,
  writeState,
} from './state.ts'

export type EmbeddedOptions = {
  dataDir: string
  randomBytes: RandomBytes
  /** `own`: refuse a data directory whose PostgreSQL somebody else runs. `share`: use a running one. */
  mode: 'own' | 'share'
  /** Settings on top, e.g. for tests; the default is PostgreSQL's full durability. */
  settings?: Record<string, string>
  /** Listens on a port of loopback as well, which the URLs name: for tests that stand between server and database. */
  isOnPort?: boolean
}

/** `url` is the owner's, `serverUrl` for the server's own login; `stop` ends PostgreSQL where this process started it, and waits for it. */
export type Embedded = { url: Secret; serverUrl: Secret; stop(): Promise<void> }

const readyTimeoutMillis = 30_000
const vacateTimeoutMillis = 8_000

/**
 * A reachable embedded PostgreSQL with the database `rolecall`.
 * @throws AppError unavailable where it cannot run here, conflict where another process runs it and `mode` is `own`
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const dataDir = resolve(options.dataDir)
  const newPassword = (): string => options.randomBytes(24).toString('hex')
  const running = await runningInstance(dataDir, options.mode, newPassword)
  if (running !== undefined) return { url: databaseUrl(running), serverUrl: serverUrl(running), stop: async () => {} }

  const binaries = findBinaries()
  const known = readState(dataDir, newPassword)
  const launcher = chooseLauncher(binaries.postgres, known?.launcher)
  const made = known ?? makeCluster(dataDir, binaries, launcher, newPassword)
  const socket = await provideSocketFolder(dataDir, made.socket)
  const state = { ...made, socket, port: options.isOnPort === true ? await freePort() : undefined }
  writeState(dataDir, state)
  const supervisor = supervise(dataDir, binaries, launcher, { ...placeOf(state), ...options.settings })
  await ready(state, supervisor)
  await createDatabase(state)
  return {
    url: databaseUrl(state),
    serverUrl: serverUrl(state),
    stop: async () => {
      await stop(supervisor)
      removeSocketFolder(dataDir, socket)
    },
  }
}

/** The socket is for whoever may read the state file, and there is nothing for the network. */
const placeOf = ({ socket, port }: EmbeddedState & { socket: string }): Record<string, string> => ({
  unix_socket_directories: `"${socket.replaceAll('"', '""')}"`,
  unix_socket_permissions: '0700',
  ...(port === undefined
    ? { listen_addresses: '', port: '5432' }
    : { listen_addresses: '127.0.0.1', port: String(port) }),
})

async function runningInstance(
  dataDir: string,
  mode: 'own' | 'share',
  newPassword: () => string,
): Promise<EmbeddedState | undefined> {
  const deadline = Date.now() + vacateTimeoutMillis
  // An instance whose server was killed, or that a command started for itself, is about to go away.
  while (postmasterPid(dataDir) !== undefined) {
    const state = readState(dataDir, newPassword)
    if (state !== undefined && mode === 'share' && (await accepts(state))) return state
    if (Date.now() > deadline) {
      throw new AppError(
        'conflict',
        `The database in ${dataDir} is in use by another process (PostgreSQL ${postmasterPid(dataDir)}). ` +
          'Stop that server first, set another DATA_DIR, or run this one as a second node with DATABASE_URL ' +
          'set to what `rolecall database url --server` prints',
      )
    }
    await sleep(100)
  }
  return undefined
}

function makeCluster(
  dataDir: string,
  binaries: Binaries,
  launcher: Launcher,
  newPassword: () => string,
): EmbeddedState {
  const cluster = clusterPath(dataDir)
  mkdirSync(cluster, { recursive: true, mode: 0o700 })
  // Without a state file, whatever is there is the rest of an interrupted attempt.
  rmSync(cluster, { recursive: true })
  mkdirSync(cluster, { mode: 0o700 })
  chmodSync(cluster, 0o700)
  const password = newPassword()
  const passwordFile = join(dataDir, 'postgres.password')
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (launcher.owner !== undefined) {
    chownSync(cluster, launcher.owner, launcher.owner)
    chownSync(passwordFile, launcher.owner, launcher.owner)
  }
  const [command, ...args] = [
    ...[...launcher.prefix, binaries.initdb, '-D', cluster, '--username=rolecall', `--pwfile=${passwordFile}`],
    ...['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--data-checksums'],
  ]
  const result = spawnSync(command ?? '', args, { encoding: 'utf8' })
  rmSync(passwordFile)
  if (result.status !== 0) {
    rmSync(cluster, { recursive: true, force: true })
    throw new AppError('unavailable', `initdb failed in ${cluster}: ${(result.stderr || String(result.error)).trim()}`)
  }
  return { password, loginPassword: newPassword(), launcher: launcher.name }
}

// The shell ends PostgreSQL (SIGINT: fast shutdown) as soon as its standard input closes, which the end of this process
// does whatever way it ends. It is detached so that Ctrl-C in a terminal reaches the server first, not the database.
const supervision = `
exec 3<&0
"$@" 3<&- </dev/null &
pid=$!
( read -r line <&3; kill -INT $pid ) &
exec 3<&-
wait $pid
`

function supervise(
  dataDir: string,
  binaries: Binaries,
  launcher: Launcher,
  settings: Record<string, string>,
): ChildProcess {
  const log = join(dataDir, 'postgres.log')
  const all = {
    max_connections: '100',
    log_destination: 'stderr',
    // Statistics soon after a first import, so that plans fit the size that the tables have by then.
    autovacuum_naptime: '15s',
    ...settings,
  }
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const command = [...launcher.prefix, binaries.postgres, '-D', clusterPath(dataDir), ...flags]
  return spawn('/bin/sh', ['-c', `exec >>"$0" 2>&1\n${supervision}`, log, ...command], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: dataDir,
  })
}

async function ready(state: EmbeddedState, supervisor: ChildProcess): Promise<void> {
  const deadline = Date.now() + readyTimeoutMillis
  while (!(await accepts(state))) {
    if (supervisor.exitCode !== null) {
      throw new AppError('unavailable', 'The embedded PostgreSQL ended at its start; postgres.log in DATA_DIR says why')
    }
    if (Date.now() > deadline) {
      await stop(supervisor)
      throw new AppError('unavailable', 'The embedded PostgreSQL did not become ready in 30 s; see postgres.log')
    }
    await sleep(50)
  }
}

async function accepts(state: EmbeddedState): Promise<boolean> {
  return (await withConnection(state, (connection) => connection`select 1`).catch(() => undefined)) !== undefined
}

async function createDatabase(state: EmbeddedState): Promise<void> {
  await withConnection(state, (connection) => connection`create database rolecall`).catch((error: unknown) => {
    if (codeOf(error) !== '42P04') throw error // 42P04: it exists
  })
}

async function withConnection<T>(state: EmbeddedState, use: (connection: postgres.Sql) => Promise<T>): Promise<T> {
  const connection = openDriver(databaseUrl(state, 'postgres'), { max: 1, connect_timeout: 2, onnotice: () => {} })
  try {
    return await use(connection)
  } finally {
    await connection.end({ timeout: 1 })
  }
}

async function stop(supervisor: ChildProcess): Promise<void> {
  if (supervisor.exitCode !== null || supervisor.signalCode !== null) return
  const ended = new Promise((done) => supervisor.once('exit', done))
  supervisor.stdin?.end()
  await ended
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer()
    probe.once('error', fail)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      probe.close(() => done(port))
    })
  })
}
