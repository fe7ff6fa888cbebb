// Somebody has the userName or the address that a directory brings: who, and what becomes of it.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { asBrought } from '#directory/adopt-user.ts'
import { fold } from '#directory/fold.ts'
import { provisionWithin } from '#directory/provision-user.ts'
import { isDirectorysHold } from '#directory/status-word.ts'
import type { UserContent } from '#directory/user-content.ts'
import type { UserRecord } from '#directory/users.ts'
import type { AppError } from '#platform/errors.ts'
import { type CallContext, inTransaction, type Transaction } from '#src/context.ts'
import { proposeAddress } from './address-proposals.ts'
import { requestAdoption } from './adoption-requests.ts'
import { claimUser, NotAdopted } from './ask-for.ts'
import { tellWhenHeld } from './held-alarm.ts'
import { takeOver } from './take-over.ts'

type Names = { organizationId: string; userName: string; userNameKey: string; attributes: string }

type Holder = Pick<UserRecord, 'id' | 'directoryId' | 'status' | 'statusReason'> & { hasUserName: boolean }

const holders = prepared<Names, Holder>(
  (p) => sql`select u.id, u.directory_id as "directoryId", u.status, u.status_reason as "statusReason",
      u.user_name_key = ${p.userNameKey} as "hasUserName"
    from users u where u.organization_id = ${p.organizationId} and u.deleted_at is null
      and (u.user_name_key = ${p.userNameKey} or (u.address_yielded_to is null
        and u.email_key = sign_in_key(${p.attributes}::jsonb, ${p.userName}::text)))
    order by u.id for no key update of u`,
)

const yieldAddress = prepared<{ organizationId: string; userId: string; to: string }, never>(
  (p) => sql`update users set address_yielded_to = ${p.to}
    where organization_id = ${p.organizationId} and id = ${p.userId}`,
)

export type Taken = { directoryId: string; content: UserContent; conflict: AppError }

/** @throws NotAdopted; the conflict, where it is the directory's own person, or several people have the names */
export async function settleTaken(tx: Transaction, ctx: CallContext, taken: Taken): Promise<UserRecord> {
  const { organizationId } = ctx
  const { directoryId, content, conflict } = taken
  const { userName, attributes } = content
  const names = { userName, userNameKey: fold(userName), attributes: JSON.stringify(attributes) }
  const [holder, ...others] = await tx.run(holders({ organizationId, ...names }))
  if (holder === undefined) throw conflict
  if (others.length > 0) return refuseSeveral([holder, ...others], taken)
  if (holder.directoryId === directoryId) return provisionBeside(tx, ctx, holder, taken)
  const { id: userId } = holder
  const said = () => content
  const user = await claimUser(tx, ctx, { directoryId, userId, said, otherwise: conflict, asksBy: 'name' })
  const told = { whenHeld: tellWhenHeld(ctx, directoryId), settleAddress: proposeAddress(ctx, directoryId) }
  return takeOver(tx, ctx, user, { directoryId, by: 'policy', change: asBrought(content), ...told })
}

/** The userName is one person's and the address another's: an administrator has to see which. @throws NotAdopted, the conflict */
function refuseSeveral(found: readonly Holder[], { directoryId, content, conflict }: Taken): never {
  const elsewhere = found.filter((each) => each.directoryId !== directoryId)
  const [first, ...others] = elsewhere.map(({ id }) => ({
    directoryId,
    userId: id,
    reason: 'confirm' as const,
    content,
  }))
  if (first === undefined) throw conflict
  throw new NotAdopted(first, ...others)
}

/** A directory's own person was to have what somebody from elsewhere has: after the refusal it finds them. */
export async function askForHolders(
  ctx: CallContext,
  { directoryId, content }: Omit<Taken, 'conflict'>,
): Promise<void> {
  const { organizationId } = ctx
  const { userName, attributes } = content
  const names = { userName, userNameKey: fold(userName), attributes: JSON.stringify(attributes) }
  const found = await inTransaction(ctx, (tx) => tx.run(holders({ organizationId, ...names })))
  for (const { id: userId } of found.filter((each) => each.directoryId !== directoryId))
    await requestAdoption(ctx, { directoryId, userId, reason: 'confirm', content })
}

/**
 * The directory has switched somebody off and gives their address to somebody else, or to the same person under another name:
 * the new one signs in by it, and the old one cannot come back while they do.
 */
async function provisionBeside(
  tx: Transaction,
  ctx: CallContext,
  { id: userId, hasUserName, status, statusReason }: Holder,
  { directoryId, content, conflict }: Taken,
): Promise<UserRecord> {
  if (hasUserName || status !== 'inactive' || !isDirectorysHold(statusReason)) throw conflict
  const { organizationId } = ctx
  await tx.run(yieldAddress({ organizationId, userId, to: userId }))
  const user = await provisionWithin(tx, ctx, { directoryId, content })
  await tx.run(yieldAddress({ organizationId, userId, to: user.id }))
  return user
}
