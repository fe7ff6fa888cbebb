// A PostgreSQL that a scenario may kill, start again on the same port and data, copy into a standby and promote. With full durability,
// from the binaries that npm installed.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  appendFileSync,
  closeSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import { findBinaries } from '../../src/db/embedded/binaries.ts'
import { chooseLauncher } from '../../src/db/embedded/launcher.ts'
import { migrateDatabase } from '../../src/db/migrate.ts'
import { Secret } from '../../src/platform/secret.ts'
import { freePort } from '../server-process.ts'

export type PostgresNode = {
  port: number
  folder: string
  /** As the owner of the tables, or as the server logs in. */
  url(whose: 'owner' | 'server'): string
  /** As the owner, to ask it something. */
  connect(): postgres.Sql
  start(): Promise<void>
  /** Without a chance to do anything, and only this one: its backends find out by themselves. */
  kill(): Promise<void>
  stop(): Promise<void>
  promote(): Promise<void>
  /** A copy that follows this one, which waits for it with every commit once both run with `synchronous_standby_names`. */
  standby(): Promise<PostgresNode>
  log(): string
  remove(): Promise<void>
}

type Place = {
  folder: string
  port: number
  passwords: { owner: string; server: string }
  settings: Record<string, string>
}

const startSeconds = 60

const clusterOf = (folder: string): string => join(folder, 'cluster')

/** @param folder an empty one to be in, where it is to be somewhere special @returns a running node with this version's tables */
export async function postgresNode(
  settings: Record<string, string> = {},
  folder = temporaryFolder(),
): Promise<PostgresNode> {
  const passwords = { owner: randomBytes(16).toString('hex'), server: randomBytes(16).toString('hex') }
  const binaries = findBinaries()
  const launcher = chooseLauncher(binaries.postgres, undefined)
  const passwordFile = join(folder, 'password')
  mkdirSync(clusterOf(folder), { mode: 0o700 })
  writeFileSync(passwordFile, passwords.owner)
  const [command = '', ...args] = [...launcher.prefix, binaries.initdb, '-D', clusterOf(folder)]
  const how = [
    '--username=rolecall',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
  ]
  const made = spawnSync(command, [...args, ...how], { encoding: 'utf8' })
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`)
  const node = nodeAt({ folder, port: await freePort(), passwords, settings })
  await node.start()
  const admin = postgres(node.url('owner').replace(/\/rolecall$/, '/postgres'), { max: 1, onnotice: () => {} })
  await admin`create database rolecall`
  await admin.end()
  await migrateDatabase(new Secret(node.url('owner')), new Secret(node.url('server')))
  return node
}

const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'rolecall-faults-'))

function nodeAt({ folder, port, passwords, settings }: Place): PostgresNode {
  const binaries = findBinaries()
  const { prefix } = chooseLauncher(binaries.postgres, undefined)
  const logFile = join(folder, 'postgres.log')
  const options = {
    ...{ port: String(port), listen_addresses: '127.0.0.1', unix_socket_directories: '', wal_keep_size: '512MB' },
    ...settings,
  }
  const flags = Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  let child: ChildProcess | undefined
  process.once('exit', () => child?.kill('SIGQUIT'))

  const url = (whose: 'owner' | 'server'): string =>
    `postgres://${whose === 'owner' ? 'rolecall' : 'rolecall_login'}:${passwords[whose]}@127.0.0.1:${port}/rolecall`
  const connect = (): postgres.Sql => postgres(url('owner'), { max: 1, connect_timeout: 5, onnotice: () => {} })
  const hasEnded = (): boolean => child === undefined || child.exitCode !== null || child.signalCode !== null

  async function accepts(): Promise<boolean> {
    const probe = postgres(url('owner').replace(/\/rolecall$/, '/postgres'), {
      max: 1,
      connect_timeout: 2,
      onnotice: () => {},
    })
    const answered = await probe`select 1`.then(
      () => true,
      () => false,
    )
    await probe.end({ timeout: 1 })
    return answered
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    const running = child
    if (running === undefined || hasEnded()) return
    const ended = new Promise((done) => running.once('exit', done))
    running.kill(signal)
    await ended
  }

  const node: PostgresNode = {
    ...{ port, folder, url, connect },
    log: () => readFileSync(logFile, 'utf8'),
    start: async () => {
      const deadline = Date.now() + startSeconds * 1000
      while (Date.now() < deadline) {
        // What a kill left behind may still hold the shared memory for a moment: then it ends, and is tried again.
        if (hasEnded()) {
          const output = openSync(logFile, 'a')
          const [command = '', ...args] = [...prefix, binaries.postgres, '-D', clusterOf(folder), ...flags]
          child = spawn(command, args, { stdio: ['ignore', output, output], cwd: folder })
          closeSync(output)
        }
        if (await accepts()) return
        await sleep(50)
      }
      throw new Error(`PostgreSQL did not come up:\n${node.log().slice(-2_000)}`)
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGINT'),
    promote: async () => {
      const connection = connect()
      await connection`select pg_promote(true, 60)`
      await connection.end()
    },
    standby: () => standbyOf({ folder, port, passwords, settings }, connect()),
    remove: async () => {
      await end('SIGQUIT')
      rmSync(folder, { recursive: true, force: true })
    },
  }
  return node
}

/** By PostgreSQL's own way of copying a cluster that runs (its documentation, "Making a Base Backup Using the Low Level API"). */
async function standbyOf(primary: Place, connection: postgres.Sql): Promise<PostgresNode> {
  const folder = temporaryFolder()
  const cluster = clusterOf(folder)
  await connection`select pg_backup_start('standby', true)`
  cpSync(clusterOf(primary.folder), cluster, {
    recursive: true,
    filter: (path) => !/\/(postmaster\.(pid|opts)|pg_replslot\/.+)$/.test(path),
  })
  const [labels] = await connection`select labelfile from pg_backup_stop(false)`
  await connection.end()
  writeFileSync(join(cluster, 'backup_label'), String(labels?.['labelfile']))
  writeFileSync(join(cluster, 'standby.signal'), '')
  const from = `host=127.0.0.1 port=${primary.port} user=rolecall password=${primary.passwords.owner} application_name=standby`
  appendFileSync(join(cluster, 'postgresql.auto.conf'), `\nprimary_conninfo = '${from}'\n`)
  const node = nodeAt({ ...primary, folder, port: await freePort() })
  await node.start()
  return node
}
