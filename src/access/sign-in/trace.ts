// The trace of an attempt: what was received and decoded, and each check with its result, for the administrator who has to
// find out why somebody cannot sign in. Secrets and signatures stay out of it.
import { AppError } from '#platform/errors.ts'

export type TraceStep = { check: string; result: 'ok' | 'failed' | 'note'; detail?: string }

export type Trace = {
  steps: TraceStep[]
  /** What the message said, decoded and redacted. */
  received: Record<string, unknown>
  /** What became of it: profile, groups, person. */
  mapped: Record<string, unknown>
  /** Of a refusal: nobody wanted to be let in, it was a test. */
  isTest?: true
}

export const newTrace = (): Trace => ({ steps: [], received: {}, mapped: {} })

/** A check that held. */
export function passed(trace: Trace, check: string, detail?: string): void {
  trace.steps.push({ check, result: 'ok', ...(detail === undefined ? {} : { detail }) })
}

/** Something to know that refused nothing, such as an algorithm that is let through by a setting. */
export function noted(trace: Trace, check: string, detail: string): void {
  trace.steps.push({ check, result: 'note', detail })
}

/** Why a sign-in is refused; the person sees none of it but a reference. */
export class SignInRefused extends AppError {
  constructor(reason: string, detail: string, cause?: unknown) {
    super('forbidden', 'You could not be signed in', { reason, cause: cause ?? detail })
    this.name = 'SignInRefused'
    this.detail = detail
  }

  /** For the trace: a sentence for administrators. */
  readonly detail: string
}

/** Nobody but an administrator, or the person themselves, may make this link; kept, so that they can. */
export class LinkAwaitsApproval extends SignInRefused {
  readonly link: { subject: string; userId: string; email: string }

  constructor(detail: string, link: LinkAwaitsApproval['link']) {
    super('link_needs_approval', detail)
    this.name = 'LinkAwaitsApproval'
    this.link = link
  }
}

/** The person turned back at the provider: nobody's fault, and nothing to be told. @throws SignInRefused */
export function refuseCancelled(trace: Trace, detail: string): never {
  noted(trace, cancelled, detail)
  throw new SignInRefused(cancelled, detail)
}

/** The reason of `refuseCancelled`. */
export const cancelled = 'cancelled'

/** Notes that the check failed, and refuses. @throws SignInRefused */
export function refuse(trace: Trace, reason: string, detail: string): never {
  trace.steps.push({ check: reason, result: 'failed', detail })
  throw new SignInRefused(reason, detail)
}
