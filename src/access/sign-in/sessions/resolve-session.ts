// The way in of a browser: whose session its cookie is, the entry that checks it in the transaction of the work, and when
// it was last seen. Nothing of this is remembered: each request asks the database, so that nothing outlives a deactivation.
import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '#db/database.ts'
import { prepared } from '#db/statement.ts'
import type { Clock } from '#platform/clock.ts'

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

/** A live session in the browser's hands: the hash of its token enters its transactions. */
export type BrowserSession = LiveSession & { tokenHash: string }

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
  const [session] = await database.read(resolve({ tokenHash }))
  return session
}

/** The entry of a transaction of a person; it fails (AppError unauthenticated) where the session is not live by now. */
export const enterSession = prepared<{ organizationId: string; tokenHash: string }, unknown>(
  (p) => sql`select enter_session(${p.organizationId}, ${p.tokenHash}) as organization_id`,
)

/** The same for a session whose proof is old: the database refuses it what asks for a fresh one (triggers `prove_…`). */
export const enterStaleSession = prepared<{ organizationId: string; tokenHash: string }, unknown>(
  (p) => sql`select enter_session(${p.organizationId}, ${p.tokenHash}) as organization_id,
    set_config('rolecall.proof', 'stale', true) as proof`,
)

/** Whether somebody has proven lately who they are. @param minutes how long a proof counts (`freshProofMinutes`) */
export const isProofFresh = (
  { clock }: { clock: Clock },
  { authenticatedAt }: Pick<LiveSession, 'authenticatedAt'>,
  minutes: number,
): boolean => clock.now().getTime() - Date.parse(authenticatedAt) < minutes * 60_000

const touched = (organizationId: SQL, isSession: SQL): SQL =>
  sql`update sessions s set last_seen_at = now(),
      idle_expires_at = least(s.expires_at, now() + make_interval(mins => o.session_idle_minutes))
    from organizations o
    where s.organization_id = ${organizationId} and ${isSession} and s.ended_at is null
      and s.idle_expires_at > now() and s.expires_at > now() and s.last_seen_at < now() - interval '1 minute'
      and o.id = s.organization_id`

/**
 * Moves the idle limit of a live session on, at most once a minute, so that a busy session is not a row that everybody
 * writes.
 */
export const touchSession = prepared<{ organizationId: string; tokenHash: string }, never>((p) =>
  touched(p.organizationId, sql`s.token_hash = ${p.tokenHash}`),
)

/** The same for an application that acts for the person with a refresh token: whoever works there is not idle. */
export const touchSessionById = prepared<{ organizationId: string; sessionId: string }, never>((p) =>
  touched(p.organizationId, sql`s.id = ${p.sessionId}`),
)
