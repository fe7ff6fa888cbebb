// Requests that are sent again because nobody knows whether they arrived: what was answered to one is kept in the transaction of what
// it did, so that it is done once, whatever breaks in between.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { sha256 } from '#platform/crypto.ts'
import { AppError } from '#platform/errors.ts'
import type { SealPlace } from '#platform/sealing.ts'
import { type CallContext, inTransaction } from '#src/context.ts'

/** As it was sent: with secrets that are shown once. */
export type KeptAnswer = { status: number; contentType: string; body: string }

type Place = { organizationId: string; callerId: string; keyHash: string }

// Kept until the transaction ends. Two keys that share a number only wait for each other.
const claim = prepared<Place, { isMine: boolean }>(
  (p) => sql`select pg_try_advisory_xact_lock(hashtextextended(
    'idempotency ' || ${p.organizationId} || ' ' || ${p.callerId} || ' ' || ${p.keyHash}, 0)) as "isMine"`,
)

const find = prepared<Place, { requestHash: string; sealed: string }>(
  (p) => sql`select request_hash as "requestHash", answer_sealed as sealed from idempotent_answers
    where organization_id = ${p.organizationId} and caller_id = ${p.callerId} and key_hash = ${p.keyHash}
      and expires_at > now()`,
)

const insert = prepared<Place & { requestHash: string; sealed: string; hours: number }, never>(
  (
    p,
  ) => sql`insert into idempotent_answers as a (organization_id, caller_id, key_hash, request_hash, answer_sealed, expires_at)
    values (${p.organizationId}, ${p.callerId}, ${p.keyHash}, ${p.requestHash}, ${p.sealed},
      now() + make_interval(hours => ${p.hours}::int))
    on conflict (organization_id, caller_id, key_hash) do update set request_hash = excluded.request_hash,
      answer_sealed = excluded.answer_sealed, expires_at = excluded.expires_at where a.expires_at <= excluded.expires_at - make_interval(hours => ${p.hours}::int)`,
)

const keptHours = 24

const placeOf = ({ organizationId, actor }: CallContext, key: string): Place => ({
  ...{ organizationId, callerId: actor.id, keyHash: sha256(key) },
})

const sealPlaceOf = ({ organizationId, callerId, keyHash }: Place): SealPlace => [
  ...(['idempotent_answers', 'answer_sealed', organizationId, `${callerId} ${keyHash}`] as const),
]

/**
 * What was answered to the same request with this key; undefined for the first one, which nobody else with the key is beside until
 * the transaction ends.
 * @throws AppError conflict (reason `idempotency_in_progress`; `idempotency_unreadable` where the key that sealed the answer is
 *   gone); against_policy (reason `idempotency_key_reused`) for another request with the same key
 */
export async function answerBefore(
  ctx: CallContext,
  { key, request }: { key: string; request: string },
): Promise<KeptAnswer | undefined> {
  const place = placeOf(ctx, key)
  const [claimed, found] = await inTransaction(ctx, (tx) => tx.commitWith<unknown>(claim(place), find(place)))
  if ((claimed as { isMine: boolean }[] | undefined)?.[0]?.isMine !== true)
    throw new AppError('conflict', 'The first request with this Idempotency-Key is still under way', {
      ...{ reason: 'idempotency_in_progress', retryAfterSeconds: 1 },
    })
  const [kept] = (found ?? []) as { requestHash: string; sealed: string }[]
  if (kept === undefined) return undefined
  if (kept.requestHash !== sha256(request))
    throw new AppError('against_policy', 'This Idempotency-Key was used for another request; take a new one', {
      reason: 'idempotency_key_reused',
    })
  return opened(ctx, kept.sealed, place)
}

function opened({ sealing }: CallContext, sealed: string, place: Place): KeptAnswer {
  try {
    return JSON.parse(sealing.open(sealed, sealPlaceOf(place))) as KeptAnswer
  } catch (cause) {
    const message = 'It was done, but its answer can no longer be read; look for what it made'
    throw new AppError('conflict', message, { reason: 'idempotency_unreadable', cause })
  }
}

/** Keeps the answer for a day, in the transaction of what it answers. */
export async function keepAnswer(
  ctx: CallContext,
  { key, request, answer }: { key: string; request: string; answer: KeptAnswer },
): Promise<void> {
  const place = placeOf(ctx, key)
  const sealed = ctx.sealing.seal(JSON.stringify(answer), sealPlaceOf(place))
  const row = { ...place, requestHash: sha256(request), sealed, hours: keptHours }
  await inTransaction(ctx, (tx) => tx.commitWith(insert(row)))
}
