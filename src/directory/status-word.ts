// A status has an owner: what a directory switched off, the directory lifts, and what anybody else switched off, it does not,
// unless the organization says so. Silence lifts nothing.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared, type Statement } from '#db/statement.ts'
import { type CallContext, nowOf, type Transaction } from '#src/context.ts'
import { deactivation } from './deactivation.ts'
import { noteLossOfPerson } from './losses.ts'
import { reactivation } from './reactivation.ts'
import { isActive, type StatusReason, type UserRecord, type WrittenUser, writtenColumns } from './users.ts'

/** Whether it is the directory that holds somebody switched off. */
export const isDirectorysHold = (reason: StatusReason | null): boolean =>
  reason === 'directory' || reason === 'directory_deleted'

const policy = prepared<{ organizationId: string }, { reactivation: 'by_holder' | 'by_anyone' }>(
  (p) => sql`select reactivation from organizations where id = ${p.organizationId}`,
)

/** Whether either side may lift what the other one switched off. */
export async function isLiftedByAnyone(tx: Transaction, { organizationId }: CallContext): Promise<boolean> {
  return (await tx.run(policy({ organizationId })))[0]?.reactivation === 'by_anyone'
}

const note = prepared<{ organizationId: string; userId: string; isHeld: boolean }, WrittenUser>(
  (p) => sql`update users u set is_held_by_directory = ${p.isHeld}::boolean
    where u.organization_id = ${p.organizationId} and u.id = ${p.userId} returning ${writtenColumns}`,
)

/** Whether the directory, too, says that they are gone; its word counts once the other hold is lifted. No statement where it has said so before. */
export function noteHold(ctx: CallContext, user: UserRecord, isHeld: boolean): Statement<WrittenUser>[] {
  if (user.isHeldByDirectory === isHeld) return []
  const entry = { action: 'user.hold', targetType: 'user', targetId: user.id } as const
  const audit = recordAudit(ctx, { ...entry, detail: { by: 'directory', isHeld } })
  return [audit, note({ organizationId: ctx.organizationId, userId: user.id, isHeld })]
}

// The directory gave the address to somebody whom it has switched off by now: who is there has it.
const takeAddressBack = prepared<{ organizationId: string; userId: string }, never>(
  (p) => sql`update users o set address_yielded_to = u.id from users u
    where u.organization_id = ${p.organizationId} and u.id = ${p.userId} and u.status = 'inactive'
      and o.organization_id = u.organization_id and o.id = u.address_yielded_to and o.directory_id = u.directory_id
      and o.email_key = u.email_key and o.status = 'inactive' and o.status_reason in ('directory', 'directory_deleted')`,
)

export type StatusWord = {
  /** What the directory says; undefined where it says nothing. */
  said: boolean | undefined
  /** Goes with it where the directory would switch somebody on whom it does not hold. */
  whenHeld?: ((user: UserRecord) => Statement<unknown>[]) | undefined
}

export type StatusStatements = {
  /** The last row returned is the user. */
  user: Statement<WrittenUser>[]
  besides: Statement<unknown>[]
}

const only = (...user: Statement<WrittenUser>[]): StatusStatements => ({ user, besides: [] })

/** Whoever leaves is let out at once, however many they are; that it was said is noted. */
function switchedOff(ctx: CallContext, { id: userId, directoryId }: UserRecord): StatusStatements {
  const noted = noteLossOfPerson({ directoryId, userId, kind: 'deactivated', now: nowOf(ctx) })
  return { user: [deactivation(ctx, userId, { reason: 'directory' })], besides: [noted] }
}

/** What follows from a directory's word, in a transaction that holds the user's row. */
export async function statusStatements(
  tx: Transaction,
  ctx: CallContext,
  user: UserRecord,
  { said, whenHeld }: StatusWord,
): Promise<StatusStatements> {
  if (said === undefined) return only()
  if (isActive(user)) return said ? only() : switchedOff(ctx, user)
  if (isDirectorysHold(user.statusReason)) {
    if (!said) return only()
    const { organizationId } = ctx
    return {
      user: [reactivation(ctx, user.id, 'directory')],
      besides: [takeAddressBack({ organizationId, userId: user.id })],
    }
  }
  if (!said) return only(...noteHold(ctx, user, true))
  if (await isLiftedByAnyone(tx, ctx))
    return only(...noteHold(ctx, user, false), reactivation(ctx, user.id, 'directory'))
  return { user: noteHold(ctx, user, false), besides: whenHeld?.(user) ?? [] }
}
