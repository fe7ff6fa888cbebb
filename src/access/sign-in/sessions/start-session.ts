// A new session. The statement reads the user's status and epoch under a lock on the user's row, so that a session and a
// deactivation follow each other: whichever comes second sees the first.
import { type SQL, sql } from 'drizzle-orm'
import { type AuditParameters, auditParameters, insertAudit } from '#audit/record.ts'
import { prepared, type Statement } from '#db/statement.ts'
import { issueToken } from '#platform/crypto.ts'
import type { CallContext } from '#src/context.ts'
import type { NameId } from './name-id.ts'
import type { SessionMethod } from './resolve-session.ts'

export type NewSession = {
  userId: string
  method: SessionMethod
  hasSecondFactor: boolean
  connectionId?: string | null
  /** How the identity provider calls the person and the session, for logout. */
  subject?: string | null
  providerSession?: string | null
  nameId?: NameId | null
  idTokenSealed?: string | null
  /** An earlier end, as the identity provider wants it (SessionNotOnOrAfter, session_expiry). */
  notAfter?: string | null
  /** When the person proved who they are, where that was not just now. */
  authenticatedAt?: string | null
  /** A limit of this kind of sign-in in minutes (emergency accounts: 60). */
  limitMinutes?: number | null
  ip: string | null
  userAgent: string | null
}

export type StartedSession = { sessionId: string; expiresAt: string; epoch: number }

type Parameters = AuditParameters & {
  [Key in Exclude<keyof Required<NewSession>, 'nameId'>]: Exclude<NewSession[Key], undefined>
} & { nameId: string | null } & { organizationId: string; sessionId: string; tokenHash: string }

const times = (p: { [K in keyof Parameters]: SQL }): SQL => sql`least(
  now() + make_interval(mins => least(o.session_absolute_minutes, ${p.limitMinutes}::int)), ${p.notAfter}::timestamptz)`

const insert = prepared<Parameters, StartedSession>(
  (p) => sql`with person as (
      select u.organization_id, u.id, u.epoch from users u
      where u.organization_id = ${p.organizationId} and u.id = ${p.userId} and u.status = 'active' and u.deleted_at is null
      for no key update),
    started as (
      insert into sessions (organization_id, id, user_id, token_hash, epoch, method, connection_id, subject,
        provider_session, name_id, id_token_sealed, has_second_factor, ip, user_agent, created_at, authenticated_at, last_seen_at,
        idle_expires_at, expires_at)
      select person.organization_id, ${p.sessionId}, person.id, ${p.tokenHash}, person.epoch, ${p.method},
        ${p.connectionId}, ${p.subject}, ${p.providerSession}, ${p.nameId}::jsonb, ${p.idTokenSealed}, ${p.hasSecondFactor}::boolean, ${p.ip},
        ${p.userAgent}, now(), least(now(), ${p.authenticatedAt}::timestamptz), now(),
        least(now() + make_interval(mins => o.session_idle_minutes), ${times(p)}), ${times(p)}
      from person join organizations o on o.id = person.organization_id and o.status = 'active'
      returning id, expires_at, epoch),
    audited as (${insertAudit(p)} from started)
    select id as "sessionId", expires_at as "expiresAt", epoch from started`,
)

export type SessionStart = { token: string; tokenHash: string; sessionId: string; statement: Statement<StartedSession> }

/**
 * A session as a statement for the transaction of the sign-in; no row where the person is not active by then. The token
 * goes into the browser's cookie and nowhere else.
 */
export function sessionStart(ctx: CallContext, session: NewSession): SessionStart {
  const { plain, hash } = issueToken(ctx.randomBytes)
  const sessionId = ctx.ids.next('ses')
  const { userId, method, hasSecondFactor, connectionId = null } = session
  const statement = insert({
    ...auditParameters(ctx, {
      action: 'session.start',
      targetType: 'session',
      targetId: sessionId,
      detail: { userId, method, connectionId, hasSecondFactor },
    }),
    ...{ organizationId: ctx.organizationId, sessionId, tokenHash: hash },
    ...{ userId, method, hasSecondFactor, connectionId },
    subject: session.subject ?? null,
    providerSession: session.providerSession ?? null,
    nameId: session.nameId == null ? null : JSON.stringify(session.nameId),
    idTokenSealed: session.idTokenSealed ?? null,
    notAfter: session.notAfter ?? null,
    authenticatedAt: session.authenticatedAt ?? null,
    limitMinutes: session.limitMinutes ?? null,
    ip: session.ip,
    userAgent: session.userAgent?.slice(0, 300) ?? null,
  })
  return { token: plain, tokenHash: hash, sessionId, statement }
}
