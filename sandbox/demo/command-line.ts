// The `rolecall` command in child processes, as an operator would run it, with `--json` for the answers.
import { execFile } from 'node:child_process'
import { isObject, type JsonObject } from '../json.ts'
import { rolecallProgram } from './server-process.ts'

/** Runs one command and answers with its JSON. Rejects with CommandFailed. */
export type RolecallCommand = (...args: readonly string[]) => Promise<JsonObject>

/** A command that ended with an exit code other than 0, or without JSON. */
export class CommandFailed extends Error {
  readonly output: string

  constructor(args: readonly string[], reason: string, output: string) {
    super(`rolecall ${args.map(quoted).join(' ')}: ${reason}${output === '' ? '' : `\n${output}`}`)
    this.name = 'CommandFailed'
    this.output = output
  }
}

/** Binds the command to an environment (DATA_DIR, PORT, DATABASE_URL …). */
export function createRolecallCommand(env: NodeJS.ProcessEnv): RolecallCommand {
  return (...args) =>
    new Promise((resolve, reject) => {
      const options = { env, timeout: 60_000, maxBuffer: 16 * 1024 * 1024 }
      execFile(process.execPath, [rolecallProgram, ...args, '--json'], options, (error, stdout, stderr) => {
        if (error !== null) {
          const reason = error.killed === true ? 'took too long' : `exit code ${error.code}`
          reject(new CommandFailed(args, reason, lastLines(`${stdout}\n${stderr}`)))
          return
        }
        const answer = jsonIn(stdout)
        if (answer === undefined) reject(new CommandFailed(args, 'printed no JSON', lastLines(stdout)))
        else resolve(answer)
      })
    })
}

/** An argument as one would type it into a shell. */
export function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`
}

function jsonIn(stdout: string): JsonObject | undefined {
  const lines = stdout.trim().split('\n')
  for (const candidate of [stdout, ...lines.toReversed()]) {
    try {
      const value: unknown = JSON.parse(candidate)
      if (isObject(value)) return value
    } catch {
      // Not this line.
    }
  }
  return undefined
}

function lastLines(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return lines.slice(-6).join('\n')
}
