// Telling applications that a session has ended (OpenID Connect Back-Channel Logout 1.0 §2.5). The end of the session queued it
// in its own transaction. One that was not accepted is tried again for a day, then given up, visibly.
import { sql } from 'drizzle-orm'
import { importJWK, SignJWT } from 'jose'
import { prepared } from '#db/statement.ts'
import { AppError } from '#platform/errors.ts'
import { type CallContext, inTransaction } from '#src/context.ts'
import { loadSigningKeys, type SigningAlgorithm, type SigningKey } from './signing-keys.ts'

type Claimed = {
  id: string
  applicationId: string
  userId: string
  sessionId: string
  uri: string | null
  /** Null where the application is gone. */
  algorithm: SigningAlgorithm | null
  attempts: number
  /** A day has passed since the session ended. */
  isOld: boolean
}

/** The pauses before the second attempt, the third, and so on: ten attempts within a day. */
const pausesSeconds = [5, 15, 60, 300, 900, 3_600, 7_200, 14_400, 28_800]
const leaseSeconds = 60
const atOnce = 50
const tokenSeconds = 120
const eventType = 'http://schemas.openid.net/event/backchannel-logout'

const claim = prepared<{ organizationId: string; leaseSeconds: number; limit: number }, Claimed>(
  (p) => sql`update application_logouts l
    set attempts = l.attempts + 1, next_attempt_at = now() + make_interval(secs => ${p.leaseSeconds}::int)
    from (select id from application_logouts where organization_id = ${p.organizationId} and status = 'queued'
      and next_attempt_at <= now() order by next_attempt_at limit ${p.limit}::int for update skip locked) due
    where l.organization_id = ${p.organizationId} and l.id = due.id
    returning l.id, l.application_id as "applicationId", l.user_id as "userId", l.session_id as "sessionId", l.attempts,
      l.created_at < now() - interval '1 day' as "isOld",
      (select t.uri from logout_target(l.application_id) t) as uri,
      (select t.algorithm from logout_target(l.application_id) t) as algorithm`,
)

const markSent = prepared<{ organizationId: string; id: string }, never>(
  (p) => sql`update application_logouts set status = 'sent', sent_at = now(), next_attempt_at = null, last_error = null
    where organization_id = ${p.organizationId} and id = ${p.id}`,
)

const markFailed = prepared<{ organizationId: string; id: string; error: string; pauseSeconds: number | null }, never>(
  (p) => sql`update application_logouts set last_error = ${p.error},
      status = case when ${p.pauseSeconds}::int is null then 'failed' else status end,
      next_attempt_at = now() + make_interval(secs => ${p.pauseSeconds}::int)
    where organization_id = ${p.organizationId} and id = ${p.id}`,
)

export type LogoutRun = { sent: number; failed: number }

/** Tells what is due in the context's organization; what cannot be told waits for its next attempt. */
export async function deliverLogouts(ctx: CallContext): Promise<LogoutRun> {
  const { organizationId } = ctx
  const statement = claim({ organizationId, leaseSeconds, limit: atOnce })
  const [due = []] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  if (due.length === 0) return { sent: 0, failed: 0 }
  const keys = await loadSigningKeys(ctx)
  const outcomes = await Promise.all(due.map((logout) => deliver(ctx, keyFor(keys, logout), logout)))
  const sent = outcomes.filter((isSent) => isSent).length
  return { sent, failed: outcomes.length - sent }
}

/** As its ID tokens are signed (OpenID Connect Back-Channel Logout 1.0, 2.6). */
function keyFor(keys: readonly SigningKey[], { algorithm }: Claimed): SigningKey {
  const key = keys.find(({ alg }) => alg === (algorithm ?? 'RS256'))
  if (key === undefined) throw new Error('There is no key to sign logout tokens with')
  return key
}

async function deliver(ctx: CallContext, key: SigningKey, logout: Claimed): Promise<boolean> {
  const { organizationId } = ctx
  const { id } = logout
  const error = await failureOf(ctx, key, logout)
  const outcome =
    error === undefined
      ? markSent({ organizationId, id })
      : markFailed({ organizationId, id, error, pauseSeconds: pauseAfter(ctx, logout) })
  await inTransaction(ctx, (tx) => tx.commitWith(outcome))
  return error === undefined
}

/** Tells one. @returns what went wrong, for people; undefined where the application has accepted it (§2.8) */
async function failureOf(ctx: CallContext, key: SigningKey, logout: Claimed): Promise<string | undefined> {
  if (logout.uri === null) return 'The application no longer has an address for it'
  const body = new URLSearchParams({ logout_token: await logoutToken(ctx, key, logout) }).toString()
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' }
  try {
    const answer = await ctx.outgoing.fetch(logout.uri, { method: 'POST', headers, body, maxBytes: 65_536 })
    return answer.ok ? undefined : `The application answered ${answer.status}`
  } catch (error) {
    return error instanceof AppError ? error.message : 'The application could not be reached'
  }
}

/** §2.4. Each attempt has a token of its own: one that was lost on the way may have been noted by who received it. */
async function logoutToken(ctx: CallContext, key: SigningKey, logout: Claimed): Promise<string> {
  const now = Math.floor(ctx.clock.now().getTime() / 1000)
  return new SignJWT({ events: { [eventType]: {} }, sid: logout.sessionId })
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'logout+jwt' })
    .setIssuer(ctx.urls.provider.issuer)
    .setAudience(logout.applicationId)
    .setSubject(logout.userId)
    .setIssuedAt(now)
    .setExpirationTime(now + tokenSeconds)
    .setJti(ctx.randomBytes(16).toString('base64url'))
    .sign(await importJWK(key, key.alg))
}

/** The pause, a fifth shorter or longer by chance, so that many do not come back at once; null where it is given up. */
function pauseAfter(ctx: CallContext, { attempts, isOld, uri }: Claimed): number | null {
  const pause = pausesSeconds[attempts - 1]
  if (pause === undefined || isOld || uri === null) return null
  const chance = ctx.randomBytes(2).readUInt16BE() / 65_536
  return Math.max(1, Math.round(pause * (0.8 + 0.4 * chance)))
}
