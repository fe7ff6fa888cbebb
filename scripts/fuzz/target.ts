// What a target of `npm run fuzz` is: where its inputs come from, and how one of them is played.
import type fc from 'fast-check'
import type { TestApp } from '../../test/support/app.ts'

/** A number below the bound; the same ones on each run of a seed. */
export type Below = (bound: number) => number

export type Answer = {
  status: number
  /** What is wrong beside the status: somebody got in who must not. */
  fault?: string | undefined
}

export type Player = {
  play(input: string): Promise<Answer>
  /** Inputs that only this stage knows; they may become more while it is played. */
  seeds: readonly string[]
  /** What is wrong with all that was played, taken together. @returns undefined where nothing is */
  settle?(): Promise<string | undefined>
}

export type Target = {
  name: string
  /** What is played, for the table. */
  says: string
  grammar: fc.Arbitrary<string>
  /** Words that mean something there, for mutations. */
  words: readonly string[]
  /** Where bytes are not what is to be changed. */
  mutate?(input: string, below: Below): string
  prepare(app: TestApp): Promise<Player>
}

export type Find = { fault: string; input: string }

export type Report = {
  name: string
  inputs: number
  seconds: number
  finds: Find[]
  /** The longest answer, in milliseconds; what took long is asked again, alone, and the shortest time counts. */
  worstMillis: number
}
