// Errors as the command line shows them: one line, and an exit code.
import { CommanderError } from 'commander'
import { AppError, asAppError, type ErrorCode } from '#platform/errors.ts'
import type { CliRuntime } from './runtime.ts'

/** 2 is for a command that was not written correctly, 3 for "denied" of `access check`, 4 for what `audit verify` found. */
const exitCodes = {
  invalid: 1,
  unauthenticated: 1,
  forbidden: 1,
  not_found: 1,
  conflict: 1,
  precondition_failed: 1,
  precondition_required: 1,
  against_policy: 1,
  too_large: 1,
  gone: 1,
  too_many: 1,
  unavailable: 1,
  internal: 1,
} satisfies Record<ErrorCode, number>

export const usageExitCode = 2
export const deniedExitCode = 3
export const alteredExitCode = 4
/** Of `plan` and `migrate --check`: there is something to do. */
export const differsExitCode = 5

/** Says what went wrong and sets the exit code; never throws. */
export function reportError(runtime: CliRuntime, thrown: unknown): void {
  // Commander has printed its own message, or the help that was asked for.
  if (thrown instanceof CommanderError) {
    runtime.setExitCode(thrown.exitCode === 0 ? 0 : usageExitCode)
    return
  }
  const error = asAppError(thrown)
  runtime.printError(`error: ${messageOf(error)}`)
  runtime.setExitCode(exitCodes[error.code])
}

// The operator owns the machine: where something unforeseen happens, or the database cannot be reached, they may read what.
export function messageOf(error: AppError): string {
  const { code, cause, message } = error
  const [field] = error.fields ?? []
  // What is said of a field is no sentence without it.
  if (field !== undefined && field.message === message && field.path !== '' && /^\p{Ll}/u.test(message))
    return `${field.path}: ${message}`
  if (!(cause instanceof Error) || (code !== 'internal' && code !== 'unavailable')) return message
  const why = reasonOf(cause).replaceAll(/\s*\n\s*/g, ' ')
  if (code === 'internal') return why
  return message.includes(why) ? message : `${message}: ${why}`
}

/** Errors of connecting may have no message, but a code, or several errors below them. */
function reasonOf(error: Error): string {
  if (error instanceof AppError && error.cause instanceof Error) return reasonOf(error.cause)
  const [first] = error instanceof AggregateError ? error.errors : []
  if (first instanceof Error) return reasonOf(first)
  return error.message || String('code' in error ? error.code : error.name)
}
