// A node of Rolecall that a scenario may kill and start again.
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endOf, freePort, startLogged, untilOk } from '../server-process.ts'

export type ServerNode = {
  origin: string
  env: NodeJS.ProcessEnv
  start(): Promise<void>
  kill(): Promise<void>
  /** In an orderly way. @returns how it ended */
  stop(): Promise<string>
  log(): string
  remove(): Promise<void>
}

export const sealingKeys = `test:${Buffer.alloc(32, 7).toString('base64')}`

/** What is looked for is faults, not limits. */
const unlimited = { SCIM_REQUESTS_PER_SECOND: '0', API_REQUESTS_PER_SECOND: '0', ORGANIZATION_REQUESTS_PER_SECOND: '0' }

const program = join(import.meta.dirname, '../../src/main.ts')

/** @returns a node that is not started yet, on a port of its own */
export async function serverNode(settings: Record<string, string> = {}): Promise<ServerNode> {
  const folder = mkdtempSync(join(tmpdir(), 'rolecall-node-'))
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const logFile = join(folder, 'server.log')
  const { DATABASE_URL: _, DATABASE_OWNER_URL: __, ...surroundings } = process.env
  const env = {
    ...{ ...surroundings, LOG_LEVEL: 'warn', PUBLIC_URL: 'http://localhost:8080', ENCRYPTION_KEYS: sealingKeys },
    ...{ ...unlimited, DATA_DIR: folder, PORT: String(port), ...settings },
  }
  let child: ChildProcess | undefined
  return {
    ...{ origin, env },
    start: async () => {
      child = startLogged(program, ['serve'], { env, logFile })
      await untilOk(`${origin}/readyz`, child)
    },
    kill: async () => {
      const running = child
      if (running === undefined || running.exitCode !== null || running.signalCode !== null) return
      const ended = new Promise((done) => running.once('exit', done))
      running.kill('SIGKILL')
      await ended
    },
    stop: async () => (child === undefined ? 'never started' : endOf(child)),
    log: () => readFileSync(logFile, 'utf8'),
    remove: async () => {
      if (child !== undefined) await endOf(child)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
