// How a check ends: with what it found, or with a reason. Plain data, since it crosses from the worker thread.
import type { TraceStep } from '#access/sign-in/trace.ts'

export type Refused = {
  isValid: false
  reason: string
  message: string
  /** Of a signature that is not valid: the certificate that the message names, as its SHA-256. */
  presented?: string | undefined
  steps: TraceStep[]
}

/** A check that did not hold. `reason` is for the audit trail, `message` a sentence for administrators. */
export class Refusal extends Error {
  readonly reason: string

  constructor(reason: string, message: string) {
    super(message)
    this.name = 'Refusal'
    this.reason = reason
  }
}

/** @throws Refusal */
export function requireThat(condition: boolean, reason: string, message: string): asserts condition {
  if (!condition) throw new Refusal(reason, message)
}
