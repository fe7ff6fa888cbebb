// The end of sessions. A trigger lets whatever was issued under a session die with it and tells the applications that it
// was used for, so that no way of ending one can forget that.
import { type SQL, sql } from 'drizzle-orm'
import { type AuditParameters, auditParameters, insertAudit } from '#audit/record.ts'
import { prepared, type Statement } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, refuseUnknown, requirePermission } from '#src/context.ts'
import { requireNotAbove } from '../../ceiling/ceiling.ts'
import type { NameId } from './name-id.ts'

export type EndReason =
  | 'signed_out'
  | 'replaced'
  | 'revoked'
  | 'provider_logout'
  | 'connection_disabled'
  | 'connection_enforced'
  | 'expired'
  | 'password_changed'
  | 'factor_changed'
  | 'identity_removed'

export type EndedSession = {
  sessionId: string
  userId: string
  connectionId: string | null
  /** What the identity provider needs to end its own session. */
  subject: string | null
  providerSession: string | null
  nameId: NameId | null
  idTokenSealed: string | null
}

type Parameters = AuditParameters & { organizationId: string; reason: string }

/** An event names so many sessions, and there are as many events as it takes to name all of them. */
const toldAtOnce = 100

const ending = <Extra>(p: { [K in keyof (Parameters & Extra)]: SQL }, which: SQL): SQL => {
  const shared = p as { [K in keyof Parameters]: SQL }
  const { auditOrganizationId, auditAt, actorType, actorId, action, targetType, targetId, requestId } = shared
  const each = {
    ...{ auditOrganizationId, auditAt, actorType, actorId, action, targetType, targetId, requestId },
    auditId: sql`case k.part when 0 then ${shared.auditId} else new_id('evt') end`,
  }
  const detail = sql`${shared.detail}::jsonb || jsonb_build_object('count', k.count, 'sessions', k.sessions, 'userIds', k.user_ids)`
  return sql`with ended as (
      update sessions s set ended_at = now(), end_reason = ${shared.reason}
      where s.organization_id = ${shared.organizationId} and s.ended_at is null and ${which}
      returning s.id, s.user_id, s.connection_id, s.subject, s.provider_session, s.name_id, s.id_token_sealed),
    audited as (${insertAudit(each, detail)}
      from (select n.part, count(*) as count, jsonb_agg(n.id) as sessions, jsonb_agg(distinct n.user_id) as user_ids from (
          select e.id, e.user_id, (row_number() over (order by e.user_id, e.id) - 1) / ${sql.raw(String(toldAtOnce))} as part
          from ended e) n group by n.part order by n.part) k)
    select id as "sessionId", user_id as "userId", connection_id as "connectionId", subject,
      provider_session as "providerSession", name_id as "nameId", id_token_sealed as "idTokenSealed" from ended`
}

const endById = prepared<Parameters & { sessionId: string }, EndedSession>((p) =>
  ending<{ sessionId: string }>(p, sql`s.id = ${p.sessionId}`),
)

const endOfUser = prepared<Parameters & { userId: string; exceptId: string | null }, EndedSession>((p) =>
  ending<{ userId: string; exceptId: string | null }>(
    p,
    sql`s.user_id = ${p.userId} and (${p.exceptId}::text is null or s.id <> ${p.exceptId})`,
  ),
)

const endOfProvider = prepared<
  Parameters & { connectionId: string; subject: string | null; providerSession: string | null },
  EndedSession
>((p) =>
  ending<{ connectionId: string; subject: string | null; providerSession: string | null }>(
    p,
    sql`s.connection_id = ${p.connectionId} and (${p.subject}::text is null or s.subject = ${p.subject}
        or s.name_id ->> 'value' = ${p.subject})
      and (${p.providerSession}::text is null or s.provider_session = ${p.providerSession})`,
  ),
)

const endLocal = prepared<Parameters, EndedSession>((p) => ending<object>(p, sql`s.method in ('password', 'passkey')`))

const endOfBrowser = prepared<Parameters & { browserHash: string }, EndedSession>((p) =>
  ending<{ browserHash: string }>(
    p,
    sql`s.id in (select r.session_id from sign_in_requests r where r.organization_id = ${p.organizationId}
      and r.browser_hash = ${p.browserHash} and r.session_id is not null)`,
  ),
)

const expiredAtOnce = 100

const endOverdue = prepared<Parameters, EndedSession>((p) =>
  ending<object>(
    p,
    sql`s.id in (select e.id from sessions e where e.organization_id = ${p.organizationId} and e.ended_at is null
      and least(e.expires_at, e.idle_expires_at) <= now() order by least(e.expires_at, e.idle_expires_at)
      limit ${sql.raw(String(expiredAtOnce))} for update skip locked)`,
  ),
)

const parameters = (ctx: CallContext, targetId: string, reason: EndReason): Parameters => ({
  ...auditParameters(ctx, { action: 'session.end', targetType: 'session', targetId, detail: { reason } }),
  organizationId: ctx.organizationId,
  reason,
})

const endOwn = prepared<Parameters & { sessionId: string; userId: string }, EndedSession>((p) =>
  ending<{ sessionId: string; userId: string }>(p, sql`s.id = ${p.sessionId} and s.user_id = ${p.userId}`),
)

/** The end of one session of a certain person, as a statement; no row where it has ended already or is somebody else's. */
export const ownSessionEnd = (
  ctx: CallContext,
  session: { sessionId: string; userId: string },
  reason: EndReason,
): Statement<EndedSession> => endOwn({ ...parameters(ctx, session.sessionId, reason), ...session })

/** The end of one session, as a statement; no row where it has ended already. */
export const sessionEnd = (ctx: CallContext, sessionId: string, reason: EndReason): Statement<EndedSession> =>
  endById({ ...parameters(ctx, sessionId, reason), sessionId })

/** The end of what earlier sign-ins of a browser have led to, as a statement: no browser keeps two sessions. */
export const browserSessionsEnd = (ctx: CallContext, browserHash: string): Statement<EndedSession> =>
  endOfBrowser({ ...parameters(ctx, ctx.organizationId, 'replaced'), browserHash })

/** The end of a person's sessions, all or all but one, as a statement. */
export const userSessionsEnd = (
  ctx: CallContext,
  userId: string,
  options: { reason: EndReason; exceptId?: string },
): Statement<EndedSession> =>
  endOfUser({ ...parameters(ctx, userId, options.reason), userId, exceptId: options.exceptId ?? null })

/**
 * The end of the sessions that came through a connection, as a statement: of a subject, of one of the provider's own
 * sessions, or of all where neither is said.
 */
export const connectionSessionsEnd = (
  ctx: CallContext,
  connectionId: string,
  options: { reason: EndReason; subject?: string | undefined; providerSession?: string | undefined },
): Statement<EndedSession> =>
  endOfProvider({
    ...parameters(ctx, connectionId, options.reason),
    connectionId,
    subject: options.subject ?? null,
    providerSession: options.providerSession ?? null,
  })

/** The end of the sessions that a password or passkey opened, but for those of emergency accounts, as a statement. */
export const localSessionsEnd = (ctx: CallContext, connectionId: string): Statement<EndedSession> =>
  endLocal(parameters(ctx, connectionId, 'connection_enforced'))

/** Ends one session of anybody. Ending an ended one is no error. @throws AppError not_found, forbidden (reasons `permission`, `ceiling`) */
export async function endSession(ctx: CallContext, input: { sessionId: string; reason: EndReason }): Promise<void> {
  requirePermission(ctx, 'sessions.write')
  if (!isId('ses', input.sessionId)) return refuseUnknown(ctx, 'Session')
  await inTransaction(ctx, async (tx) => {
    const [known] = await tx.run(exists({ organizationId: ctx.organizationId, sessionId: input.sessionId }))
    if (known === undefined) throw notFound('Session')
    await requireNotAbove(tx, ctx, known.userId)
    await tx.commitWith(sessionEnd(ctx, input.sessionId, input.reason))
  })
}

const exists = prepared<{ organizationId: string; sessionId: string }, { userId: string }>(
  (p) =>
    sql`select user_id as "userId" from sessions where organization_id = ${p.organizationId} and id = ${p.sessionId}`,
)

/** Ends all sessions of a person, or all but one. @returns how many. @throws AppError not_found, forbidden */
export async function endUserSessions(
  ctx: CallContext,
  input: { userId: string; reason: EndReason; exceptId?: string },
): Promise<number> {
  requirePermission(ctx, 'sessions.write')
  const { userId, ...options } = input
  if (!isId('usr', userId)) return refuseUnknown(ctx, 'User')
  return inTransaction(ctx, async (tx) => {
    const [known] = await tx.run(userExists({ organizationId: ctx.organizationId, userId }))
    if (known === undefined) throw notFound('User')
    await requireNotAbove(tx, ctx, userId)
    const [ended] = await tx.commitWith(userSessionsEnd(ctx, userId, options))
    return ended?.length ?? 0
  })
}

const userExists = prepared<{ organizationId: string; userId: string }, { id: string }>(
  (p) => sql`select id from users where organization_id = ${p.organizationId} and id = ${p.userId}`,
)

/**
 * Notes the end of sessions that have run out by themselves, so that applications are told; refused they are anyway.
 * @returns how many, a hundred at most. @throws AppError forbidden
 */
export async function endExpiredSessions(ctx: CallContext): Promise<number> {
  requirePermission(ctx, 'sessions.write')
  const statement = endOverdue(parameters(ctx, ctx.organizationId, 'expired'))
  const [ended] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return ended?.length ?? 0
}
