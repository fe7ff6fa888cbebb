// The server as a child process: a free port, readiness, its last words when it fails, and an orderly stop.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/** The program that the demo drives, as `npm start` and `npm run rolecall` do. */
export const rolecallProgram = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

export type ServerProcess = {
  /** Resolves at the first 200 from /readyz. Rejects when the process ends before, or takes too long. */
  ready(): Promise<void>
  /** Rejects when the process ends although nobody asked it to. */
  failed: Promise<never>
  lastLines(): readonly string[]
  /** Passes a signal on and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<void>
}

const keptLines = 40
const readySeconds = 120
const stopSeconds = 30

/** Starts `serve` with the given environment. `origin` is where that environment makes it listen. */
export function startServer(env: NodeJS.ProcessEnv, origin: string): ServerProcess {
  // A process group of its own keeps Ctrl-C from reaching the server twice, once by the terminal and once by us.
  const child = spawn(process.execPath, [rolecallProgram, 'serve'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const lines: string[] = []
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', (line) => lines.splice(0, lines.push(line) - keptLines))
  }
  // The last resort: whatever ends the demo ends the server.
  process.once('exit', () => child.kill())
  let isStopping = false
  const failed = new Promise<never>((_, reject) => {
    child.once('error', (error) => reject(new Error(`The server could not be started: ${error.message}`)))
    child.once('close', (code, signal) => {
      if (!isStopping) reject(new Error(`The server ended by itself (${signal ?? `exit code ${code}`})`))
    })
  })
  failed.catch(() => undefined) // Whoever waits sees it; with nobody waiting it must not end the process.
  return {
    ready: () => Promise.race([untilReady(origin), failed]),
    failed,
    lastLines: () => lines,
    stop(signal = 'SIGTERM') {
      isStopping = true
      return stopChild(child, signal)
    },
  }
}

async function untilReady(origin: string): Promise<void> {
  const deadline = Date.now() + readySeconds * 1000
  while (Date.now() < deadline) {
    const isReady = await fetch(`${origin}/readyz`, { signal: AbortSignal.timeout(5000) }).then(
      async (response) => {
        await response.arrayBuffer()
        return response.status === 200
      },
      () => false,
    )
    if (isReady) return
    await sleep(100)
  }
  throw new Error(`${origin}/readyz did not answer 200 within ${readySeconds} s`)
}

async function stopChild(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill(signal)
  const patience = new AbortController()
  const isLate = sleep(stopSeconds * 1000, true, { signal: patience.signal }).catch(() => false)
  if ((await Promise.race([ended.then(() => false), isLate])) === true) {
    child.kill('SIGKILL')
    await ended
  }
  patience.abort()
}

/** The wanted port, or any free one where somebody else listens there. */
export async function freePort(wanted: number): Promise<number> {
  const isFree =
    (await canListen(wanted, undefined)) !== undefined && (await canListen(wanted, '127.0.0.1')) !== undefined
  const port = isFree ? wanted : await canListen(0, '127.0.0.1')
  if (port === undefined) throw new Error('No free port on the loopback address')
  return port
}

async function canListen(port: number, host: string | undefined): Promise<number | undefined> {
  const probe = createServer()
  try {
    probe.listen({ port, ...(host === undefined ? {} : { host }) })
    await once(probe, 'listening')
    const address = probe.address()
    return address !== null && typeof address === 'object' ? address.port : undefined
  } catch {
    return undefined
  } finally {
    probe.close()
  }
}
