// How a check ends: with what it found, or with a reason. Plain data, since it crosses from the worker thread.

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
