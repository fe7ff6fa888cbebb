// Attempts to sign in, each with its trace, for administrators.
import { sql } from 'drizzle-orm'
import { type AuditParameters, auditParameters, insertAudit, recordAudit } from '#audit/record.ts'
import { prepared, type Statement } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { storable } from '#platform/storable.ts'
import { type CallContext, inTransaction, nowOf, refuseUnknown, requirePermission } from '#src/context.ts'
import type { Trace } from './trace.ts'

export type SignInMethod = 'saml' | 'oidc' | 'password' | 'passkey' | 'invitation' | 'emergency'

export type Visitor = { ip: string | null; userAgent: string | null }

export type SignInAttempt = {
  id: string
  /** What a refused person is shown, to be read out to an administrator. */
  reference: string
  method: SignInMethod
  connectionId: string | null
  userId: string | null
  /** `cancelled`: the person turned back at the provider. */
  outcome: 'signed_in' | 'refused' | 'tested' | 'pending' | 'cancelled'
  reason: string | null
  trace: Trace
  ip: string | null
  userAgent: string | null
  occurredAt: string
  /** How many it stands for: refusals of whoever has begun nothing here are counted by connection, reason and hour. */
  count: number
  /** When the latest of several was; null where there is one. */
  lastAt: string | null
}

type NewAttempt = Visitor & {
  reference: string
  method: SignInMethod
  connectionId: string | null
  userId: string | null
  outcome: SignInAttempt['outcome']
  reason: string | null
  trace: Trace
}

const insertAttempt = prepared<
  {
    organizationId: string
    id: string
    reference: string
    method: string
    connectionId: string | null
    userId: string | null
    outcome: string
    reason: string | null
    trace: string
    ip: string | null
    userAgent: string | null
    now: string
    requestId: string
  },
  never
>(
  (
    p,
  ) => sql`insert into sign_in_attempts (organization_id, id, reference, method, connection_id, user_id, outcome, reason,
      trace, ip, user_agent, occurred_at, request_id)
    values (${p.organizationId}, ${p.id}, ${p.reference}, ${p.method}, ${p.connectionId}, ${p.userId}, ${p.outcome},
      ${p.reason}, ${p.trace}::jsonb, ${p.ip}, ${p.userAgent}, ${p.now}::timestamptz, ${p.requestId})`,
)

const maxText = 500

/** Nobody reads a megabyte: what came from outside is cut to size. */
const inShort = (_key: string, value: unknown): unknown =>
  typeof value === 'string' ? storable(value, maxText) : value

/** The attempt as a statement for the transaction of its outcome. */
export function attemptStatement(ctx: CallContext, attempt: NewAttempt): Statement<never> {
  ctx.metrics?.signInAttempted(attempt)
  return insertAttempt({
    organizationId: ctx.organizationId,
    id: ctx.ids.next('att'),
    reference: attempt.reference,
    method: attempt.method,
    connectionId: attempt.connectionId,
    userId: attempt.userId,
    outcome: attempt.outcome,
    reason: attempt.reason,
    trace: JSON.stringify(attempt.trace, inShort),
    ip: attempt.ip,
    userAgent: attempt.userAgent?.slice(0, 300) ?? null,
    now: nowOf(ctx),
    requestId: ctx.requestId,
  })
}

/** A code to read out: ten characters without those that look alike. */
export function newReference(ctx: Pick<CallContext, 'randomBytes'>): string {
  const alphabet = '23456789ABCDEFGHJKMNPQRSTVWXYZ'
  const text = [...ctx.randomBytes(10)].map((byte) => alphabet[byte % alphabet.length]).join('')
  return `${text.slice(0, 5)}-${text.slice(5)}`
}

/** Keeps an attempt that the person gave up, which nobody refused: it is no alarm and not in the audit trail. */
export async function recordCancelled(
  ctx: CallContext,
  attempt: Omit<NewAttempt, 'reference' | 'outcome' | 'userId' | 'reason'>,
): Promise<void> {
  const row = { ...attempt, reference: newReference(ctx), userId: null, reason: null, outcome: 'cancelled' as const }
  await inTransaction(ctx, (tx) => tx.commitWith(attemptStatement(ctx, row)))
}

/** It was read out or typed off a page, so case, blanks and the hyphen say nothing. */
const referenceOf = (typed: string): string =>
  typed
    .toUpperCase()
    .replaceAll(/[^0-9A-Z]/g, '')
    .replace(/^(.{5})(?=.)/, '$1-')

/** Keeps a refused attempt with its audit row. @returns the reference */
export async function recordRefusal(
  ctx: CallContext,
  attempt: Omit<NewAttempt, 'reference' | 'outcome'> & { reason: string },
): Promise<string> {
  const reference = newReference(ctx)
  const { connectionId, userId, method, reason } = attempt
  const target = connectionId ?? userId ?? ctx.organizationId
  const targetType = connectionId !== null ? 'connection' : userId !== null ? 'user' : 'organization'
  const detail = { method, reason, reference, connectionId, userId }
  const audit = recordAudit(ctx, { action: 'sign_in.refuse', targetType, targetId: target, detail })
  const row = attemptStatement(ctx, { ...attempt, reference, outcome: 'refused' })
  await inTransaction(ctx, (tx) => tx.commitWith(row, audit))
  return reference
}

type Counted = AuditParameters & {
  organizationId: string
  id: string
  reference: string
  method: string
  connectionId: string | null
  reason: string
  trace: string
  ip: string | null
  userAgent: string | null
  now: string
  bucket: string
}

// The audit trail only grows, so it hears of the first, the tenth, the hundredth and so on, each time with the count.
const countOne = prepared<Counted, { reference: string }>(
  (p) => sql`with counted as (
      insert into sign_in_attempts as a (organization_id, id, reference, method, connection_id, outcome, reason, trace, ip,
        user_agent, occurred_at, request_id, bucket)
      values (${p.organizationId}, ${p.id}, ${p.reference}, ${p.method}, ${p.connectionId}, 'refused', ${p.reason},
        ${p.trace}::jsonb, ${p.ip}, ${p.userAgent}, ${p.now}::timestamptz, ${p.requestId}, ${p.bucket})
      on conflict (organization_id, bucket) where bucket is not null
        do update set count = coalesce(a.count, 1) + 1, last_at = excluded.occurred_at
      returning a.reference, coalesce(a.count, 1) as count),
    audited as (${insertAudit(
      p,
      sql`${p.detail}::jsonb || jsonb_build_object('reference', counted.reference, 'count', counted.count)`,
    )} from counted where counted.count in (1, 10, 100, 1000, 10000, 100000, 1000000))
    select reference from counted`,
)

/**
 * Counts a refusal of whoever has begun nothing here: anybody can make any number of them, so all of a connection, a reason and
 * an hour are one attempt. @returns the reference that they share
 */
export async function countRefusal(
  ctx: CallContext,
  attempt: Omit<NewAttempt, 'reference' | 'outcome' | 'userId' | 'connectionId'> & {
    reason: string
    connectionId: string
  },
): Promise<string> {
  const { connectionId, method, reason, ip, userAgent, trace } = attempt
  const { organizationId } = ctx
  const now = nowOf(ctx)
  ctx.metrics?.signInAttempted({ ...attempt, outcome: 'refused' })
  const entry = { action: 'sign_in.refuse', targetType: 'connection', targetId: connectionId } as const
  const statement = countOne({
    ...auditParameters(ctx, { ...entry, detail: { method, reason, connectionId, userId: null } }),
    ...{ organizationId, method, connectionId, reason, ip, now },
    id: ctx.ids.next('att'),
    reference: newReference(ctx),
    trace: JSON.stringify(trace, inShort),
    userAgent: userAgent?.slice(0, 300) ?? null,
    bucket: `${connectionId} ${method} ${reason} ${now.slice(0, 13)}`,
  })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows?.[0]?.reference ?? ''
}

type Filter = {
  organizationId: string
  after: string | null
  userId: string | null
  connectionId: string | null
  reference: string | null
  outcome: string | null
  pattern: string | null
  limit: number
}

export const attemptColumns = sql`a.id, a.reference, a.method, a.connection_id as "connectionId", a.user_id as "userId", a.outcome,
  a.reason, a.trace, a.ip, a.user_agent as "userAgent", a.occurred_at as "occurredAt", coalesce(a.count, 1) as count, a.last_at as "lastAt"`

/** What the person was called by whoever sent the message, and what was made of it. */
const namesOf = sql`concat_ws(' ', a.trace #>> '{received,nameId}', a.trace #>> '{received,name}',
  a.trace #>> '{received,idToken,email}', a.trace #>> '{received,idToken,preferred_username}',
  a.trace #>> '{received,idToken,sub}', a.trace #>> '{mapped,profile,email}',
  a.trace #>> '{mapped,profile,displayName}')`

const selectAttempts = prepared<Filter, SignInAttempt>(
  (p) => sql`select ${attemptColumns} from sign_in_attempts a
    where a.organization_id = ${p.organizationId} and (${p.after}::text is null or a.id < ${p.after})
      and (${p.userId}::text is null or a.user_id = ${p.userId})
      and (${p.connectionId}::text is null or a.connection_id = ${p.connectionId})
      and (${p.reference}::text is null or a.reference = ${p.reference})
      and (${p.outcome}::text is null or a.outcome = ${p.outcome})
      and (${p.pattern}::text is null or ${namesOf} ilike ${p.pattern}
        or a.user_id in (select u.id from users u where u.organization_id = a.organization_id
          and (u.user_name ilike ${p.pattern} or u.display_name ilike ${p.pattern})))
    order by a.id desc limit ${p.limit}::int`,
)

const attemptById = prepared<{ organizationId: string; id: string }, SignInAttempt>(
  (p) =>
    sql`select ${attemptColumns} from sign_in_attempts a where a.organization_id = ${p.organizationId} and a.id = ${p.id}`,
)

export type AttemptFilter = {
  after?: string | undefined
  userId?: string | undefined
  connectionId?: string | undefined
  reference?: string | undefined
  outcome?: SignInAttempt['outcome'] | undefined
  /** A part of the person's name or address, as we or the provider know them. */
  q?: string | undefined
  limit: number
}

/** The newest first. @throws AppError forbidden */
export async function listAttempts(ctx: CallContext, filter: AttemptFilter): Promise<SignInAttempt[]> {
  requirePermission(ctx, 'sign_ins.read')
  const { after = null, userId = null, connectionId = null, outcome = null, limit } = filter
  const { organizationId } = ctx
  const reference = filter.reference === undefined ? null : referenceOf(filter.reference)
  const q = filter.q?.trim() ?? ''
  const pattern = q === '' ? null : `%${q.replaceAll(/[\\%_]/g, '\\$&')}%`
  const key = { organizationId, after, userId, connectionId, reference, outcome, pattern, limit }
  const statement = selectAttempts(key)
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows ?? []
}

/** @throws AppError not_found */
export async function getAttempt(ctx: CallContext, id: string): Promise<SignInAttempt> {
  requirePermission(ctx, 'sign_ins.read')
  if (!isId('att', id)) return refuseUnknown(ctx, 'Sign-in attempt')
  const [rows] = await inTransaction(ctx, (tx) =>
    tx.commitWith(attemptById({ organizationId: ctx.organizationId, id })),
  )
  const attempt = rows?.[0]
  if (attempt === undefined) throw notFound('Sign-in attempt')
  return attempt
}
