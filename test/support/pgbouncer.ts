// PgBouncer in front of a database, where it is installed: by PGBOUNCER, or on the PATH.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../../scripts/server-process.ts'

const program = process.env['PGBOUNCER'] ?? 'pgbouncer'

/** `PgBouncer 1.18.0`; undefined where there is none. */
export const pgbouncerVersion = (): string | undefined => {
  const { status, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' })
  return status === 0 ? stdout.split('\n')[0] : undefined
}

export type PgBouncer = {
  /** The same database through it. */
  url: string
  log(): string
  stop(): Promise<void>
}

const nobody = 65_534

/** @param url as the server logs in @param connections to PostgreSQL, which all clients share */
export async function startPgBouncer(
  url: string,
  mode: 'session' | 'transaction',
  connections = 3,
): Promise<PgBouncer> {
  const { hostname, port, username, password, pathname } = new URL(url)
  const folder = mkdtempSync(join(tmpdir(), 'rolecall-pgbouncer-'))
  const at = { port: await freePort(), log: join(folder, 'log') }
  writeFileSync(join(folder, 'users.txt'), `"${username}" "${password}"\n`)
  writeFileSync(
    join(folder, 'pgbouncer.ini'),
    [
      '[databases]',
      `${pathname.slice(1)} = host=${hostname} port=${port}`,
      '[pgbouncer]',
      ...[`listen_addr = 127.0.0.1`, `listen_port = ${at.port}`, 'unix_socket_dir =', 'auth_type = plain'],
      ...[`auth_file = ${join(folder, 'users.txt')}`, `logfile = ${at.log}`, `pool_mode = ${mode}`],
      ...[`default_pool_size = ${connections}`, 'max_client_conn = 200', 'server_round_robin = 1'],
    ].join('\n'),
  )
  const isRoot = process.getuid?.() === 0
  if (isRoot) for (const path of ['.', 'users.txt', 'pgbouncer.ini']) chownSync(join(folder, path), nobody, nobody)
  const child: ChildProcess = spawn(program, ['-q', join(folder, 'pgbouncer.ini')], {
    stdio: 'ignore',
    ...(isRoot ? { uid: nobody, gid: nobody } : {}),
  })
  const log = (): string => readFileSync(at.log, 'utf8')
  for (let left = 100; !(await listens(at.port)); left -= 1) {
    if (left === 0 || child.exitCode !== null) throw new Error(`PgBouncer did not start: ${log()}`)
    await sleep(50)
  }
  return {
    url: url.replace(`${hostname}:${port}`, `127.0.0.1:${at.port}`),
    log,
    stop: async () => {
      const ended = new Promise((done) => child.once('exit', done))
      child.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true))
    socket.on('error', () => resolve(false)).on('connect', () => socket.destroy())
  })
