// Passwords as they are kept: one a user, as an argon2id hash.
import { sql } from 'drizzle-orm'
import { prepared, type Statement } from '#db/statement.ts'
import { hashPassword } from '#platform/password.ts'
import { type CallContext, nowOf } from '#src/context.ts'

type Parameters = { organizationId: string; userId: string; hash: string; mustChange: boolean; now: string }

const upsert = prepared<Parameters, never>(
  (p) => sql`insert into passwords (organization_id, user_id, hash, must_change, changed_at)
    values (${p.organizationId}, ${p.userId}, ${p.hash}, ${p.mustChange}::boolean, ${p.now}::timestamptz)
    on conflict (organization_id, user_id) do update set hash = excluded.hash, must_change = excluded.must_change,
      changed_at = excluded.changed_at`,
)

const rehash = prepared<{ organizationId: string; userId: string; hash: string; before: string }, never>(
  (p) => sql`update passwords set hash = ${p.hash}
    where organization_id = ${p.organizationId} and user_id = ${p.userId} and hash = ${p.before}`,
)

// What waits for a second factor stands on the old password.
const dropPending = prepared<{ organizationId: string; userId: string }, never>(
  (p) => sql`update sign_in_requests set used_at = now()
    where organization_id = ${p.organizationId} and user_id = ${p.userId} and purpose = 'second_factor' and used_at is null`,
)

/** Ends the sign-ins of a person that wait for their next step, as a statement. */
export const pendingSignInsEnd = (ctx: CallContext, userId: string): Statement<never> =>
  dropPending({ organizationId: ctx.organizationId, userId })

/** A new password, hashed, as a statement. Before the transaction, since hashing takes longer than all the rest. */
export async function passwordWrite(
  ctx: CallContext,
  { userId, ...password }: { userId: string; password: string; mustChange?: boolean },
): Promise<Statement<never>> {
  return (await firstPassword(ctx, password))(userId)
}

/** The same for somebody who is yet to be created. */
export async function firstPassword(
  ctx: CallContext,
  { password, mustChange = false }: { password: string; mustChange?: boolean },
): Promise<(userId: string) => Statement<never>> {
  const hash = await hashPassword(password, ctx.randomBytes)
  return (userId) => upsert({ organizationId: ctx.organizationId, userId, hash, mustChange, now: nowOf(ctx) })
}

/** The same password under today's cost; nothing where it was changed meanwhile. */
export async function passwordRehash(
  ctx: CallContext,
  { userId, password, before }: { userId: string; password: string; before: string },
): Promise<Statement<never>> {
  const hash = await hashPassword(password, ctx.randomBytes)
  return rehash({ organizationId: ctx.organizationId, userId, hash, before })
}
