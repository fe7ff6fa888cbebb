// A product that runs as a program of its own and listens on loopback.
import { spawn } from 'node:child_process'
import { endOf, untilOk } from '../server-process.ts'

/** Debian's Python has Debian's packages; another one that stands first in the PATH has not. */
export const debianPython = '/usr/bin/python3'

export type ForeignServer = { lastWords(): string; stop(): Promise<void> }

type Program = { command: string; args: readonly string[]; env?: Record<string, string> }

/** Starts it, and waits until `url` answers with 200. @throws Error with what it said where it does not */
export async function startForeign({ command, args, env }: Program, url: string): Promise<ForeignServer> {
  const said: string[] = []
  const server = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (chunk) => said.push(String(chunk)))
  process.once('exit', () => server.kill())
  const lastWords = () => said.slice(-20).join('')
  const stop = async (): Promise<void> => void (await endOf(server))
  try {
    await untilOk(url, server)
    return { lastWords, stop }
  } catch (error) {
    await stop()
    throw new Error(`${command} did not start: ${error instanceof Error ? error.message : error}\n${lastWords()}`)
  }
}
