// What the data directory says of the embedded PostgreSQL: how to reach it, and whether it runs.
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Secret } from '#platform/secret.ts'

/**
 * `password` is the superuser's, who owns the tables; `loginPassword` is that of the server's own login. `socket` is the folder of the
 * socket; `port` is there where it listens on loopback, as it always did before it had a socket.
 */
export type EmbeddedState = {
  socket?: string | undefined
  port?: number | undefined
  password: string
  loginPassword: string
  launcher: string
}

/** Before the server had a login of its own, it had one password. */
type StoredState = Omit<EmbeddedState, 'loginPassword'> & { loginPassword?: string }

const statePath = (dataDir: string): string => join(dataDir, 'postgres.json')

export const clusterPath = (dataDir: string): string => join(dataDir, 'postgres')

export const hasCluster = (dataDir: string): boolean =>
  existsSync(statePath(dataDir)) || existsSync(clusterPath(dataDir))

/** Of a PostgreSQL that does not run. */
export function removeCluster(dataDir: string): void {
  for (const path of [statePath(dataDir), clusterPath(dataDir)]) rmSync(path, { recursive: true, force: true })
}

/** Undefined where no cluster was made yet. @param newPassword for a state that has no password of the login yet */
export function readState(dataDir: string, newPassword: () => string): EmbeddedState | undefined {
  const text = readOptional(statePath(dataDir))
  if (text === undefined) return undefined
  const stored = JSON.parse(text) as StoredState
  if (stored.loginPassword !== undefined) return { ...stored, loginPassword: stored.loginPassword }
  const state = { ...stored, loginPassword: newPassword() }
  writeState(dataDir, state)
  return state
}

/** Replaces the file in one step; only its owner may read it, since it holds the password. */
export function writeState(dataDir: string, state: EmbeddedState): void {
  const temporary = `${statePath(dataDir)}.new`
  writeFileSync(temporary, `${JSON.stringify(state)}\n`, { mode: 0o600 })
  renameSync(temporary, statePath(dataDir))
}

/** As the owner of the tables, for migrations and backups. */
export const databaseUrl = (state: EmbeddedState, database = 'rolecall'): Secret =>
  new Secret(`postgres://rolecall:${state.password}@${hostOf(state)}/${database}`)

/** As the server logs in. */
export const serverUrl = (state: EmbeddedState): Secret =>
  new Secret(`postgres://rolecall_login:${state.loginPassword}@${hostOf(state)}/rolecall`)

const hostOf = ({ socket, port }: EmbeddedState): string =>
  port === undefined ? encodeURIComponent(socket ?? '') : `127.0.0.1:${port}`

/** The process id that PostgreSQL wrote down, if that process lives. */
export function postmasterPid(dataDir: string): number | undefined {
  const pid = Number(readOptional(join(clusterPath(dataDir), 'postmaster.pid'))?.split('\n')[0])
  if (!Number.isInteger(pid) || pid <= 0) return undefined
  try {
    process.kill(pid, 0)
    return pid
  } catch {
    return undefined
  }
}

function readOptional(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
