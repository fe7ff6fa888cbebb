// Sign-ins under way: kept from the moment a browser leaves until the answer that counts, or ten minutes.
import { sql } from 'drizzle-orm'
import type { Database } from '#db/database.ts'
import { prepared, type Statement } from '#db/statement.ts'
import { sha256 } from '#platform/crypto.ts'
import type { SealPlace } from '#platform/sealing.ts'
import { type CallContext, inTransaction } from '#src/context.ts'

export type SignInPurpose =
  | 'sign_in'
  | 'test'
  /** By whoever holds a setup link. */
  | 'setup_test'
  | 'link'
  | 'invitation'
  | 'second_factor'
  | 'step_up'
  | 'approval'

/** Whether it shows what would happen, and changes nothing. */
export const isTest = (purpose: string | undefined): purpose is 'test' | 'setup_test' =>
  purpose === 'test' || purpose === 'setup_test'

export type SignInRequest = {
  stateHash: string
  purpose: SignInPurpose
  connectionId: string | null
  userId: string | null
  browserHash: string
  returnTo: string
  secretSealed: string | null
  expiresAt: string
  /** Used up or run out: it opens nothing any more, but tells a repeated message from one out of nowhere. */
  isOver: boolean
  /** Whether the session that it led to lives: an answer that comes again leads on there. */
  isLive: boolean
}

export const requestMinutes = 10

const insertRequest = prepared<
  {
    organizationId: string
    stateHash: string
    purpose: string
    connectionId: string | null
    userId: string | null
    browserHash: string
    returnTo: string
    secretSealed: string | null
    minutes: number
  },
  never
>(
  (p) => sql`insert into sign_in_requests (organization_id, state_hash, purpose, connection_id, user_id, browser_hash,
      return_to, secret_sealed, created_at, expires_at)
    values (${p.organizationId}, ${p.stateHash}, ${p.purpose}, ${p.connectionId}, ${p.userId}, ${p.browserHash},
      ${p.returnTo}, ${p.secretSealed}, now(), now() + make_interval(mins => ${p.minutes}::int))`,
)

const columns = sql`r.state_hash as "stateHash", r.purpose, r.connection_id as "connectionId", r.user_id as "userId",
  r.browser_hash as "browserHash", r.return_to as "returnTo", r.secret_sealed as "secretSealed", r.expires_at as "expiresAt",
  r.used_at is not null or r.expires_at <= now() as "isOver",
  exists (select from sessions s where s.organization_id = r.organization_id and s.id = r.session_id and s.ended_at is null
    and least(s.expires_at, s.idle_expires_at) > now()) as "isLive"`

const findRequest = prepared<{ organizationId: string; stateHash: string }, SignInRequest>(
  (p) => sql`select ${columns} from sign_in_requests r
    where r.organization_id = ${p.organizationId} and r.state_hash = ${p.stateHash}`,
)

/** Uses a request up, as a statement; no row where it is used, run out or unknown. */
export const useRequest = prepared<{ organizationId: string; stateHash: string }, SignInRequest>(
  (p) => sql`update sign_in_requests r set used_at = now()
    where r.organization_id = ${p.organizationId} and r.state_hash = ${p.stateHash} and r.used_at is null
      and r.expires_at > now() returning ${columns}`,
)

const noteSession = prepared<{ organizationId: string; stateHash: string; sessionId: string }, never>(
  (p) => sql`update sign_in_requests set session_id = ${p.sessionId}
    where organization_id = ${p.organizationId} and state_hash = ${p.stateHash}`,
)

/** Notes the session that the request led to, as a statement. */
export const requestLedTo = (
  { organizationId }: CallContext,
  { stateHash }: SignInRequest,
  sessionId: string,
): Statement<never> => noteSession({ organizationId, stateHash, sessionId })

const ownerOfRequest = prepared<{ stateHash: string }, { organizationId: string }>(
  (p) => sql`select organization_id as "organizationId" from resolve_sign_in_request(${p.stateHash})`,
)

/** Where the secret of a request belongs. */
const secretPlace = (organizationId: string, stateHash: string): SealPlace => [
  'sign_in_requests',
  'secret_sealed',
  organizationId,
  stateHash,
]

export type NewSignInRequest = {
  /** The state as it comes back: kept as its SHA-256. */
  state: string
  purpose: SignInPurpose
  connectionId?: string | null
  userId?: string | null
  /** The value of the login-state cookie. */
  browser: string
  returnTo: string
  /** What the next step needs and nobody else may see. */
  secret?: Record<string, unknown>
}

/** Keeps a sign-in that begins. @throws AppError unavailable */
export async function beginSignIn(ctx: CallContext, request: NewSignInRequest): Promise<void> {
  const { organizationId } = ctx
  const stateHash = sha256(request.state)
  const secret = request.secret === undefined ? null : JSON.stringify(request.secret)
  const insert = insertRequest({
    ...{ organizationId, stateHash },
    purpose: request.purpose,
    connectionId: request.connectionId ?? null,
    userId: request.userId ?? null,
    browserHash: sha256(request.browser),
    returnTo: request.returnTo,
    secretSealed: secret === null ? null : ctx.sealing.seal(secret, secretPlace(organizationId, stateHash)),
    minutes: requestMinutes,
  })
  await inTransaction(ctx, (tx) => tx.commitWith(insert))
}

/** A request, which may be over; looking at it does not use it up. */
export async function findSignIn(ctx: CallContext, state: string): Promise<SignInRequest | undefined> {
  const statement = findRequest({ organizationId: ctx.organizationId, stateHash: sha256(state) })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows?.[0]
}

const claimRequest = prepared<
  { organizationId: string; stateHash: string; connectionId: string; browserHash: string },
  SignInRequest
>(
  (p) => sql`update sign_in_requests r set used_at = now()
    where r.organization_id = ${p.organizationId} and r.state_hash = ${p.stateHash} and r.used_at is null
      and r.expires_at > now() and r.connection_id = ${p.connectionId} and r.browser_hash = ${p.browserHash}
    returning ${columns}`,
)

/** The transaction is visible to everybody at once, and on disk at the latest with whatever is committed after it. */
const commitLazily = prepared<Record<string, never>, never>(
  () => sql`select set_config('synchronous_commit', 'off', true)`,
)

/**
 * Uses a request up before its answer is looked at, for answers that must be tried once (authorization codes): that of this
 * state, through this connection, by this browser. Undefined for every other. It does not wait for the disk: what is written is written in order, so
 * a session that came of it is never kept without it; and before there is one, a crash takes the sign-in with it.
 * @throws AppError unavailable
 */
export async function claimSignIn(
  ctx: CallContext,
  key: { state: string; connectionId: string; browser: string },
): Promise<SignInRequest | undefined> {
  const { organizationId } = ctx
  const { connectionId } = key
  const statement = claimRequest({
    organizationId,
    connectionId,
    stateHash: sha256(key.state),
    browserHash: sha256(key.browser),
  })
  const [, rows] = await inTransaction(ctx, (tx) => tx.commitWith(commitLazily({}), statement))
  return rows?.[0]
}

/** Whose request this is, by its state. @throws AppError unavailable */
export async function resolveSignIn(database: Database, state: string): Promise<string | undefined> {
  const [owner] = await database.read(ownerOfRequest({ stateHash: sha256(state) }))
  return owner?.organizationId
}

/** The secret that the request was begun with; empty where it has none. */
export function openRequestSecret(ctx: CallContext, request: SignInRequest): Record<string, unknown> {
  if (request.secretSealed === null) return {}
  const place = secretPlace(ctx.organizationId, request.stateHash)
  return JSON.parse(ctx.sealing.open(request.secretSealed, place)) as Record<string, unknown>
}
