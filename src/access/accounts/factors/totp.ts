// Time-based one-time passwords (RFC 6238): six digits, thirty seconds, one step of tolerance each way, each step once.
import { sql } from 'drizzle-orm'
import { Secret as OtpSecret, TOTP } from 'otpauth'
import { prepared, type Statement } from '#db/statement.ts'
import type { SealPlace } from '#platform/sealing.ts'
import { type CallContext, inTransaction, nowOf, type Transaction } from '#src/context.ts'

const periodSeconds = 30
const secretBytes = 20
/** A secret that was shown but never confirmed is made anew after this time. */
const unconfirmedMinutes = 30

type Key = { organizationId: string; userId: string }
type Factor = { secretSealed: string; isConfirmed: boolean; isFresh: boolean }

const lock = prepared<Key & { minutes: number }, Factor>(
  (p) => sql`select secret_sealed as "secretSealed", confirmed_at is not null as "isConfirmed",
      created_at > now() - make_interval(mins => ${p.minutes}::int) as "isFresh" from totp_factors
    where organization_id = ${p.organizationId} and user_id = ${p.userId} for update`,
)

const put = prepared<Key & { secretSealed: string }, never>(
  (p) => sql`insert into totp_factors (organization_id, user_id, secret_sealed, created_at)
    values (${p.organizationId}, ${p.userId}, ${p.secretSealed}, now())
    on conflict (organization_id, user_id) do update set secret_sealed = excluded.secret_sealed, created_at = excluded.created_at
    where totp_factors.confirmed_at is null`,
)

const takeStep = prepared<Key & { step: number; now: string; isConfirming: boolean }, { step: number }>(
  (
    p,
  ) => sql`update totp_factors set last_step = ${p.step}::int, confirmed_at = coalesce(confirmed_at, ${p.now}::timestamptz)
    where organization_id = ${p.organizationId} and user_id = ${p.userId}
      and (last_step is null or last_step < ${p.step}::int) and (confirmed_at is null) = ${p.isConfirming}::boolean
    returning last_step as step`,
)

const remove = prepared<Key, { removed: number }>(
  (p) => sql`delete from totp_factors where organization_id = ${p.organizationId} and user_id = ${p.userId}
    and confirmed_at is not null returning 1 as removed`,
)

const placeOf = ({ organizationId, userId }: Key): SealPlace => [
  'totp_factors',
  'secret_sealed',
  organizationId,
  userId,
]

export type TotpSetup = {
  /** Base32, to be typed where no picture can be taken. */
  secret: string
  /** `otpauth://…`, for the QR code. */
  uri: string
}

type Owner = { userId: string; userName: string; organizationName: string }

const generator = (secret: OtpSecret, owner: Pick<Owner, 'userName' | 'organizationName'>): TOTP =>
  new TOTP({
    issuer: owner.organizationName.replaceAll(':', ' '),
    label: owner.userName.replaceAll(':', ' '),
    period: periodSeconds,
    secret,
  })

const setupOf = (secret: OtpSecret, owner: Owner): TotpSetup => ({
  secret: secret.base32,
  uri: generator(secret, owner).toString(),
})

/**
 * A secret to set up an authenticator with; it counts once confirmed. The same one for a while, so that a page may be
 * loaded again. Undefined where a confirmed one is there.
 */
export async function beginTotp(ctx: CallContext, owner: Owner): Promise<TotpSetup | undefined> {
  const key = { organizationId: ctx.organizationId, userId: owner.userId }
  return inTransaction(ctx, async (tx) => {
    const [known] = await tx.run(lock({ ...key, minutes: unconfirmedMinutes }))
    if (known?.isConfirmed === true) return undefined
    if (known?.isFresh === true) return setupOf(openSecret(ctx, key, known), owner)
    const { secret, secretSealed } = sealedSecret(ctx, key)
    await tx.commitWith(put({ ...key, secretSealed }))
    return setupOf(secret, owner)
  })
}

const confirm = prepared<Key & { secretSealed: string; now: string }, never>(
  (p) => sql`insert into totp_factors (organization_id, user_id, secret_sealed, confirmed_at, created_at)
    values (${p.organizationId}, ${p.userId}, ${p.secretSealed}, ${p.now}::timestamptz, ${p.now}::timestamptz)
    on conflict (organization_id, user_id) do update set secret_sealed = excluded.secret_sealed,
      confirmed_at = excluded.confirmed_at, created_at = excluded.created_at, last_step = null`,
)

/** A secret that counts at once, in place of any other, for an account that is handed over whole. */
export function confirmedTotp(ctx: CallContext, owner: Owner): { setup: TotpSetup; statement: Statement<never> } {
  const key = { organizationId: ctx.organizationId, userId: owner.userId }
  const { secret, secretSealed } = sealedSecret(ctx, key)
  return { setup: setupOf(secret, owner), statement: confirm({ ...key, secretSealed, now: nowOf(ctx) }) }
}

/** The secret of an authenticator that somebody brings along from another system, as a statement. @param secret Base32 */
export function importedTotp(
  ctx: CallContext,
  { userId, secret }: { userId: string; secret: string },
): Statement<never> {
  const key = { organizationId: ctx.organizationId, userId }
  const { base32 } = OtpSecret.fromBase32(secret.toUpperCase())
  return confirm({ ...key, secretSealed: ctx.sealing.seal(base32, placeOf(key)), now: nowOf(ctx) })
}

function sealedSecret(ctx: CallContext, key: Key): { secret: OtpSecret; secretSealed: string } {
  const secret = new OtpSecret({ buffer: Uint8Array.from(ctx.randomBytes(secretBytes)).buffer })
  return { secret, secretSealed: ctx.sealing.seal(secret.base32, placeOf(key)) }
}

const openSecret = (ctx: CallContext, key: Key, { secretSealed }: Factor): OtpSecret =>
  OtpSecret.fromBase32(ctx.sealing.open(secretSealed, placeOf(key)))

/** The step that a code belongs to, or undefined. */
function stepOf(ctx: CallContext, secret: OtpSecret, code: string): number | undefined {
  const token = code.replaceAll(/\s/g, '')
  if (!/^\d{6}$/.test(token)) return undefined
  const timestamp = ctx.clock.now().getTime()
  const delta = generator(secret, { userName: '', organizationName: '' }).validate({ token, window: 1, timestamp })
  return delta === null ? undefined : Math.floor(timestamp / 1000 / periodSeconds) + delta
}

/**
 * Whether the code is right, at its first use. Confirming, it makes the factor count; otherwise the factor must be confirmed.
 * The row stays locked until the transaction ends, so that of two at once one loses.
 */
export async function useTotp(
  tx: Transaction,
  ctx: CallContext,
  { userId, code, isConfirming }: { userId: string; code: string; isConfirming: boolean },
): Promise<boolean> {
  const key = { organizationId: ctx.organizationId, userId }
  const [factor] = await tx.run(lock({ ...key, minutes: unconfirmedMinutes }))
  if (factor === undefined || factor.isConfirmed === isConfirming) return false
  const step = stepOf(ctx, openSecret(ctx, key, factor), code)
  if (step === undefined) return false
  const [taken] = await tx.run(takeStep({ ...key, step, now: nowOf(ctx), isConfirming }))
  return taken !== undefined
}

/** Takes the authenticator away, as a statement; no row where there is none. */
export const totpRemoval = (ctx: CallContext, userId: string): Statement<{ removed: number }> =>
  remove({ organizationId: ctx.organizationId, userId })
