// A directory gets somebody whom the organization has from elsewhere: the same person, with the id, the password, the groups
// and the roles that they have, is the directory's from now on.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { adoptionBarriers } from '#db/schema/common.ts'
import { prepared } from '#db/statement.ts'
import type { CallContext, Transaction } from '#src/context.ts'
import { activation } from './activation.ts'
import { isStaged, isWaitingForSeat } from './staged.ts'
import { type UpdateUserInput, updateUserWithin } from './update-user.ts'
import type { UserContent } from './user-content.ts'
import type { UserRecord } from './users.ts'

/** Why a directory does not get somebody for its word alone. */
export type AdoptionBarrier = (typeof adoptionBarriers)[number]

export { adoptionBarriers }

type Key = { organizationId: string; directoryId: string; userId: string }

/** Whether the directory may have the user, by its policy: `own`, `yes`, or why not; no row for a deleted user. */
export const adoptionVerdict = prepared<Key, { verdict: 'own' | 'yes' | AdoptionBarrier | null; isFindable: boolean }>(
  (p) => sql`select adoption_verdict(${p.organizationId}, ${p.directoryId}, u.id) as verdict,
      is_findable(${p.organizationId}, ${p.directoryId}, u.id) as "isFindable"
    from users u where u.organization_id = ${p.organizationId} and u.id = ${p.userId} and u.deleted_at is null`,
)

const take = prepared<Key, never>(
  (p) => sql`update users set directory_id = ${p.directoryId}, external_id = null, is_held_by_directory = false
    where organization_id = ${p.organizationId} and id = ${p.userId}`,
)

const settle = prepared<Key, never>(
  (p) => sql`update adoption_requests set status = 'adopted', decided_at = coalesce(decided_at, now())
    where organization_id = ${p.organizationId} and directory_id = ${p.directoryId} and user_id = ${p.userId}`,
)

// Whoever was invited has the word of somebody who knows of the seats.
const staged = prepared<Key, { isStaged: boolean }>(
  (p) => sql`select ${isStaged(p.organizationId, p.directoryId)} or ${isWaitingForSeat(p.organizationId)}
    and not exists (select from invitations i where i.organization_id = ${p.organizationId} and i.user_id = ${p.userId})
    as "isStaged"`,
)

export type Adoption = Pick<UpdateUserInput, 'change' | 'whenHeld' | 'settleAddress' | 'expectedVersion'> & {
  directoryId: string
  /** What made it: the directory's policy, somebody's word, an invitation. */
  by: 'policy' | 'confirmation' | 'invitation' | 'move'
}

/** What a directory brings of somebody: what it does not mention stays as it is, their address above all. */
export const asBrought =
  (content: UserContent) =>
  (current: Pick<UserRecord, 'attributes'>): UserContent => ({
    ...content,
    attributes: { ...current.attributes, ...content.attributes },
  })

/**
 * In a transaction that holds the user's row and has settled that the directory may have them. Whoever waits for an approval is
 * let in by the directory's word, unless its own arrivals wait or every seat is taken.
 * @throws AppError as `updateUser` does
 */
export async function adoptWithin(
  tx: Transaction,
  ctx: CallContext,
  user: UserRecord,
  { directoryId, by, change, ...update }: Adoption,
): Promise<UserRecord> {
  const { organizationId } = ctx
  const key = { organizationId, directoryId, userId: user.id }
  const detail = { directoryId, from: user.directoryId, by }
  await tx.run(recordAudit(ctx, { action: 'user.adopt', targetType: 'user', targetId: user.id, detail }))
  await tx.run(take(key))
  await tx.run(settle(key))
  // What the directory does not say of their name leaves it as it is.
  const named: UpdateUserInput['change'] = (current) => {
    const content = change(current)
    return { ...content, displayName: content.displayName ?? current.displayName }
  }
  const permitted = { ...ctx, permissions: 'all' as const }
  const adopted = await updateUserWithin(tx, permitted, { userId: user.id, directoryId, change: named, ...update })
  if (adopted.status !== 'invited' || (await tx.run(staged(key)))[0]?.isStaged === true) return adopted
  const [activated] = await tx.run(activation(ctx, user.id, 'directory'))
  return { ...adopted, ...activated }
}
