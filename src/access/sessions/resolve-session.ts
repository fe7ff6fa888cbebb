// The way in of a browser: whose session its cookie is, the entry that checks it in the transaction of the work, and when
// it was last seen. Nothing of this is remembered: each request asks the database (design: no cache outlives a deactivation).
import { sql } from 'drizzle-orm'
import type { Database } from '#db/database.ts'
import { prepared } from '#db/statement.ts'

export type SessionMethod = 'saml' | 'oidc' | 'password' | 'passkey' | 'emergency'

export type LiveSession = {
  organizationId: string
  sessionId: string
  userId: string
  method: SessionMethod
  connectionId: string | null
  hasSecondFactor: boolean
  /** When the person last proved who they are. */
  authenticatedAt: string
  lastSeenAt: string
  idleExpiresAt: string
  expiresAt: string
}

const resolve = prepared<{ tokenHash: string }, LiveSession>(
  (p) => sql`select organization_id as "organizationId", session_id as "sessionId", user_id as "userId", method,
      connection_id as "connectionId", has_second_factor as "hasSecondFactor", authenticated_at as "authenticatedAt",
      last_seen_at as "lastSeenAt", idle_expires_at as "idleExpiresAt", expires_at as "expiresAt"
    from resolve_session(${p.tokenHash})`,
)

/**
 * The live session with this token's SHA-256: not ended, within its times, of a person who is active under the epoch that
 * it began in, in an active organization. One indexed query. Undefined for everything else. @throws AppError unavailable
 */
export async function resolveSession(database: Database, tokenHash: string): Promise<LiveSession | undefined> {
  const [session] = await database.run(resolve({ tokenHash }))
  return session
}

/** The entry of a transaction of a person; it fails (AppError unauthenticated) where the session is not live by now. */
export const enterSession = prepared<{ organizationId: string; tokenHash: string }, unknown>(
  (p) => sql`select enter_session(${p.organizationId}, ${p.tokenHash}) as organization_id`,
)

/** Moves the idle limit on, at most once a minute, so that a busy session is not a row that everybody writes. */
export const touchSession = prepared<{ organizationId: string; tokenHash: string }, never>(
  (p) => sql`update sessions s set last_seen_at = now(),
      idle_expires_at = least(s.expires_at, now() + make_interval(mins => o.session_idle_minutes))
    from organizations o
    where s.organization_id = ${p.organizationId} and s.token_hash = ${p.tokenHash} and s.ended_at is null
      and s.last_seen_at < now() - interval '1 minute' and o.id = s.organization_id`,
)
