// A Rolecall server of its own for a check or a measurement: free port, fresh embedded PostgreSQL, gone afterwards.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const projectFolder = join(import.meta.dirname, '..')

/** The two forms of the program; `npm run build` makes the other one. */
export const sources = join(projectFolder, 'src/main.ts')
export const built = join(projectFolder, 'dist/rolecall.js')

const readySeconds = 120
const stopSeconds = 60

export type ServerProcess = {
  origin: string
  pid: number
  dataDir: string
  /**
   * What a command needs to attach to the server: DATA_DIR, PORT and a PATH on which `node` is this very Node.
   */
  env: NodeJS.ProcessEnv
  /** Stops the server in an orderly way and removes its data. Rejects where it ended before, or with a failure. */
  stop(): Promise<void>
}

/**
 * Starts `serve` and waits until /readyz answers 200. DATABASE_URL of the surroundings is ignored; `place` may give one.
 * @param program the sources, or the build
 * @throws Error with the server's last lines where it does not become ready
 */
export async function startServer(
  settings: Record<string, string> = {},
  place: Record<string, string> = {},
  program = sources,
): Promise<ServerProcess> {
  const dataDir = mkdtempSync(join(tmpdir(), 'rolecall-'))
  const port = await freePort()
  const { DATABASE_URL: _, DATABASE_OWNER_URL: __, PUBLIC_URL: ___, ...surroundings } = process.env
  const path = `${dirname(process.execPath)}${delimiter}${surroundings['PATH'] ?? ''}`
  const own = { PATH: path, DATA_DIR: dataDir, PORT: String(port) }
  const origin = `http://127.0.0.1:${port}`
  const env = { LOG_LEVEL: 'warn', PUBLIC_URL: origin, ...surroundings, ...own, ...settings, ...place }
  const logFile = join(dataDir, 'server.log')
  const child = startLogged(program, ['serve'], { env, logFile })
  const stop = async () => {
    const isEarly = hasEnded(child)
    const ending = await endOf(child)
    const lastWords = lastLines(logFile)
    rmSync(dataDir, { recursive: true, force: true })
    if (isEarly || ending !== 'exit code 0') {
      throw new Error(`The server ended ${isEarly ? 'before it was asked to, ' : ''}with ${ending}\n${lastWords}`)
    }
  }
  try {
    await untilOk(`${origin}/readyz`, child)
  } catch (error) {
    const lastWords = lastLines(logFile)
    await stop().catch(() => {})
    throw new Error(`${error instanceof Error ? error.message : error}\n${lastWords}`)
  }
  return { origin, pid: child.pid ?? 0, dataDir, env, stop }
}

/** Starts a program of ours with what it prints in a file. */
export function startLogged(
  program: string,
  args: readonly string[],
  { env, logFile }: { env: NodeJS.ProcessEnv; logFile: string },
): ChildProcess {
  const log = openSync(logFile, 'a')
  const child = spawn(process.execPath, [program, ...args], { cwd: projectFolder, env, stdio: ['ignore', log, log] })
  closeSync(log)
  // The last resort: whatever ends us ends the program.
  const endWithUs = (): boolean => child.kill()
  process.once('exit', endWithUs)
  child.once('exit', () => process.off('exit', endWithUs))
  return child
}

/** Polls until the address answers 200. @throws Error when the program ends before, or takes too long */
export async function untilOk(url: string, child: ChildProcess, seconds = readySeconds): Promise<void> {
  const deadline = Date.now() + seconds * 1000
  while (Date.now() < deadline) {
    if (hasEnded(child)) throw new Error('The server ended at its start')
    const isOk = await fetch(url, { signal: AbortSignal.timeout(5000) }).then(
      (response) => response.body?.cancel().then(() => response.status === 200),
      () => false,
    )
    if (isOk) return
    await sleep(100)
  }
  throw new Error(`${url} did not answer 200 within ${seconds} s`)
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null

/** Ends the program by SIGTERM, after a long wait by SIGKILL, and says how it ended. */
export async function endOf(child: ChildProcess): Promise<string> {
  if (!hasEnded(child)) {
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), stopSeconds * 1000)
    await ended
    clearTimeout(timer)
  }
  return child.signalCode ?? `exit code ${child.exitCode}`
}

/** A port of the loopback address that nobody listens on. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  if (address === null || typeof address === 'string') throw new Error('No free port on the loopback address')
  return address.port
}

const lastLines = (file: string): string => readFileSync(file, 'utf8').trimEnd().split('\n').slice(-20).join('\n')
