// Asks Rolecall what somebody may (AuthZEN 1.0). What is asked at once goes in one request, and without an answer it is no.
import { errorOf, RolecallError, unreached } from './errors.ts'
import type { Session } from './sessions.ts'

export type DecisionSettings = {
  /** The address of Rolecall. */
  issuer: string
  /** An API key of the organization, or of the platform. */
  key: string
  /** Id or slug, for a platform key; without it, the organization of the person. */
  organization?: string
  /** How long an answer may take; 3,000 unless told otherwise. */
  timeoutMillis?: number
  /** Told of decisions that could not be had, and were therefore no. */
  onUndecided?: (error: RolecallError) => void
  fetch?: typeof fetch
}

/** A brand by id or slug, a thing, or, left out, the organization. */
export type Place = { brand: string } | { type: string; id: string; properties?: Record<string, unknown> }

/** Whose access it is: their session, or, where there is none at hand, their id and that of their organization. */
export type Subject = Session | { userId: string; organizationId: string } | undefined

export type Can = {
  /** Whether somebody may; no where nobody is signed in, or Rolecall does not answer. */
  (subject: Subject, permission: string, place?: Place): Promise<boolean>
  /** Whether somebody may do all of it. */
  all(subject: Subject, wanted: ReadonlyArray<readonly [permission: string, place?: Place]>): Promise<boolean>
}

export type Decisions = {
  can: Can
  /** @throws RolecallError unauthenticated, forbidden, unavailable */
  requirePermission(subject: Subject, permission: string, place?: Place): Promise<void>
}

type Question = Record<'subject' | 'action' | 'resource', Record<string, unknown>>

type Waiting = { question: Question; resolve: (decision: boolean) => void; reject: (error: RolecallError) => void }

/** Rolecall takes a thousand at once. */
const largestBatch = 1_000

export function createDecisions(settings: DecisionSettings): Decisions {
  const ask = createBatch(settings)
  const decide = async (subject: Subject, permission: string, place?: Place): Promise<boolean> => {
    const question = subject === undefined ? undefined : questionOf(subject, permission, place)
    return question !== undefined && ask(question)
  }
  const can = (...asked: Parameters<typeof decide>): Promise<boolean> =>
    decide(...asked).catch((error: RolecallError) => {
      settings.onUndecided?.(error)
      return false
    })
  const all: Can['all'] = async (subject, wanted) => {
    const decisions = await Promise.all(wanted.map(([permission, place]) => can(subject, permission, place)))
    return decisions.length > 0 && decisions.every((decision) => decision)
  }
  return {
    can: Object.assign(can, { all }),
    requirePermission: async (subject, permission, place) => {
      if (subject === undefined) throw new RolecallError('unauthenticated', 'Nobody is signed in', { status: 401 })
      if (await decide(subject, permission, place)) return
      throw new RolecallError('forbidden', `It needs the permission ${permission}`, { status: 403 })
    },
  }
}

/** Undefined where it is about an organization that nobody names. */
function questionOf(subject: NonNullable<Subject>, permission: string, place: Place | undefined): Question | undefined {
  const [userId, organizationId] =
    'claims' in subject
      ? [subject.claims.sub, subject.claims.organization?.id]
      : [subject.userId, subject.organizationId]
  if (place === undefined && organizationId === undefined) return undefined
  const where = place ?? { type: 'organization', id: organizationId }
  return {
    subject: { type: 'user', id: userId },
    action: { name: permission },
    resource: 'brand' in where ? { type: 'brand', id: where.brand } : where,
  }
}

/** Questions of one turn of the event loop go in one request. */
function createBatch(settings: DecisionSettings): (question: Question) => Promise<boolean> {
  let waiting: Waiting[] = []
  const send = async (): Promise<void> => {
    const batch = waiting
    waiting = []
    for (let at = 0; at < batch.length; at += largestBatch) {
      const part = batch.slice(at, at + largestBatch)
      await evaluate(settings, part).catch((error: RolecallError) => {
        for (const { reject } of part) reject(error)
      })
    }
  }
  return (question) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setTimeout(send, 0)
      waiting.push({ question, resolve, reject })
    })
}

async function evaluate(settings: DecisionSettings, batch: readonly Waiting[]): Promise<void> {
  const { issuer, key, organization, timeoutMillis = 3_000, fetch: send = fetch } = settings
  const response = await send(`${issuer}/access/v1/evaluations`, {
    method: 'POST',
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMillis),
    headers: {
      Authorization: `Bearer ${key}`,
      'Content-Type': 'application/json',
      ...(organization === undefined ? {} : { 'Rolecall-Organization': organization }),
    },
    body: JSON.stringify({ evaluations: batch.map(({ question }) => question) }),
  }).catch((cause: unknown) => {
    throw unreached(cause)
  })
  if (!response.ok) throw await errorOf(response)
  const answer = (await response.json().catch(() => ({}))) as { evaluations?: Array<{ decision?: unknown }> }
  const { evaluations } = answer
  if (evaluations?.length !== batch.length) throw unreached(new Error('The answer is not one to these questions'))
  for (const [index, { resolve }] of batch.entries()) resolve(evaluations[index]?.decision === true)
}
