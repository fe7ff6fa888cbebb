// The server as an operator runs it: `node src/main.ts serve` in a process of its own, and commands beside it.
import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

export type Finished = { code: number | null; stdout: string; stderr: string }

export type ServerProcess = {
  origin: string
  /** What it has written to standard error, the log. */
  log(): string
  signal(name: 'SIGTERM' | 'SIGKILL'): void
  finished: Promise<Finished>
}

type Environment = Record<string, string>

/** A command that is under way; of the sources by this Node, unless something else is to run it. */
export function launch(
  environment: Environment,
  args: string[],
  { node = process.execPath, program = main }: { node?: string | undefined; program?: string } = {},
): { child: ChildProcess; output: Omit<Finished, 'code'>; finished: Promise<Finished> } {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(node, [program, ...args], { env: { PATH, HOME, ...environment } })
  const output = { stdout: '', stderr: '' }
  child.stdout?.on('data', (chunk) => {
    output.stdout += chunk
  })
  child.stderr?.on('data', (chunk) => {
    output.stderr += chunk
  })
  const finished = new Promise<Finished>((done) => child.once('close', (code) => done({ code, ...output })))
  return { child, output, finished }
}

/** Resolves when it listens, or has printed a link. @param quiet where its log does not say that it listens */
export async function startServer(environment: Environment, quiet?: { link: RegExp }): Promise<ServerProcess> {
  const { child, output, finished } = launch({ PORT: '0', ...environment }, ['serve'])
  const deadline = Date.now() + 40_000
  while (Date.now() < deadline) {
    const said =
      quiet === undefined
        ? /Rolecall listens on (http:\/\/[\w.:]+)/.exec(output.stderr)
        : quiet.link.exec(output.stdout)
    const origin = said?.[1]
    if (origin !== undefined) return { origin, log: () => output.stderr, signal: (name) => child.kill(name), finished }
    if (child.exitCode !== null) break
    await sleep(50)
  }
  child.kill('SIGKILL')
  throw new Error(`The server did not start: ${output.stderr}`)
}

/** One command to its end. */
export const rolecall = (environment: Environment, ...args: string[]): Promise<Finished> =>
  launch(environment, args).finished

/** The same, with something on its standard input. */
export function rolecallTold(environment: Environment, input: string, ...args: string[]): Promise<Finished> {
  const { child, finished } = launch(environment, args)
  child.stdin?.end(input)
  return finished
}

/** The same, with nobody who reads what it prints. */
export async function rolecallUnread(environment: Environment, ...args: string[]): Promise<Finished> {
  const { child, finished } = launch(environment, args)
  child.stdout?.destroy()
  return finished
}

/** The processes that mention a directory in their command line. */
export function processesOf(directory: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => commandLine(pid))
    .filter((command) => command.includes(directory))
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    return '' // It has ended meanwhile.
  }
}
