// Ten codes for when the second factor is lost: 80 random bits each, hashed, each once.
import { sql } from 'drizzle-orm'
import { prepared, type Statement } from '#db/statement.ts'
import { sha256 } from '#platform/crypto.ts'
import { type CallContext, nowOf, type Transaction } from '#src/context.ts'

const count = 10
const groups = 4
const groupLength = 4
const alphabet = 'abcdefghjkmnpqrstuvwxyz234567892'

type Key = { organizationId: string; userId: string }

const replace = prepared<Key & { hashes: readonly string[]; now: string }, never>(
  (p) => sql`with gone as (
      delete from recovery_codes where organization_id = ${p.organizationId} and user_id = ${p.userId})
    insert into recovery_codes (organization_id, user_id, code_hash, created_at)
    select ${p.organizationId}, ${p.userId}, hash, ${p.now}::timestamptz from unnest(${p.hashes}::text[]) hash`,
)

const clear = prepared<Key, never>(
  (p) => sql`delete from recovery_codes where organization_id = ${p.organizationId} and user_id = ${p.userId}`,
)

const use = prepared<Key & { codeHash: string }, { used: number }>(
  (p) => sql`update recovery_codes set used_at = now()
    where organization_id = ${p.organizationId} and user_id = ${p.userId} and code_hash = ${p.codeHash} and used_at is null
    returning 1 as used`,
)

const left = prepared<Key, { left: number }>(
  (p) => sql`select count(*)::int as left from recovery_codes
    where organization_id = ${p.organizationId} and user_id = ${p.userId} and used_at is null`,
)

const hashOf = (userId: string, code: string): string =>
  sha256(`${userId}:${code.toLowerCase().replaceAll(/[^a-z0-9]/g, '')}`)

/** New codes in place of all earlier ones. They are shown once; only their hashes are kept. */
export function newRecoveryCodes(ctx: CallContext, userId: string): { codes: string[]; statement: Statement<never> } {
  const codes = Array.from({ length: count }, () => newCode(ctx))
  const hashes = codes.map((code) => hashOf(userId, code))
  return { codes, statement: replace({ organizationId: ctx.organizationId, userId, hashes, now: nowOf(ctx) }) }
}

function newCode({ randomBytes }: Pick<CallContext, 'randomBytes'>): string {
  const signs = [...randomBytes(groups * groupLength)].map((byte) => alphabet[byte & 31]).join('')
  return signs.match(/.{4}/g)?.join('-') ?? signs
}

/** Whether the code is one of the person's own, at its first use. */
export async function useRecoveryCode(
  tx: Transaction,
  ctx: CallContext,
  { userId, code }: { userId: string; code: string },
): Promise<boolean> {
  const codeHash = hashOf(userId, code)
  const [used] = await tx.run(use({ organizationId: ctx.organizationId, userId, codeHash }))
  return used !== undefined
}

/** How many are left, as a statement. */
export const recoveryCodesLeft = (ctx: CallContext, userId: string): Statement<{ left: number }> =>
  left({ organizationId: ctx.organizationId, userId })

export const recoveryCodesRemoval = (ctx: CallContext, userId: string): Statement<never> =>
  clear({ organizationId: ctx.organizationId, userId })
