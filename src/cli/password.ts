// A password that a command is given.
import type { CliRuntime } from './runtime.ts'

export type PasswordOptions = { password?: string; stdin?: true }

/** From standard input where that is said; undefined where there is none. */
export async function givenPassword(
  runtime: CliRuntime,
  { password, stdin }: PasswordOptions,
): Promise<string | undefined> {
  const given = stdin === true ? (await runtime.readInput()).replace(/\r?\n$/, '') : password
  return given === '' ? undefined : given
}
