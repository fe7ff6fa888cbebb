// A directory brings somebody whom the organization has invited: the same person, with the same id and the roles of the
// invitation, is the directory's from now on. Their invitation is accepted by it, or, if they come switched off, withdrawn.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { AppError } from '#platform/errors.ts'
import { type CallContext, inTransaction, nowOf } from '#src/context.ts'
import { type AdoptionBarrier, adoptWithin, asBrought } from './adopt-user.ts'
import type { UserContent } from './user-content.ts'
import { lockUserRow, type UserRecord } from './users.ts'

type Facts = { verdict: string | null; holdsAnything: boolean; managesAnything: boolean }

const factsOf = prepared<{ organizationId: string; directoryId: string; userId: string }, Facts>(
  (p) => sql`select
      adoption_verdict(${p.organizationId}, ${p.directoryId}, ${p.userId}) as verdict,
      (exists (select from assignments a where a.organization_id = ${p.organizationId} and a.user_id = ${p.userId})
        or exists (select from effective_assignments e
          where e.organization_id = ${p.organizationId} and e.user_id = ${p.userId})) as "holdsAnything",
      manages_anything(${p.organizationId}, ${p.userId}) as "managesAnything"`,
)

const policies = new Set(['never', 'confirm', 'refused', 'taken_over'])

// A directory's word makes nobody a manager, and vouches for no address in a domain that is not the organization's.
function requireTrusted({ verdict, holdsAnything, managesAnything }: Facts, userId: string): void {
  const barrier = managesAnything ? 'manager' : holdsAnything && verdict === 'unverified' ? 'unverified' : undefined
  if (barrier === undefined) return
  throw new AppError('conflict', `The person with this userName ${invitedTo[barrier]}`, {
    reason: 'invitation',
    extensions: { userId, barrier },
  })
}

const invitedTo = {
  manager: 'is invited to manage something, and accepts that invitation themselves',
  unverified: 'is invited at an address in a domain that the organization has not verified',
} as const satisfies Partial<Record<AdoptionBarrier, string>>

const keepInvitation = prepared<{ organizationId: string; userId: string; now: string }, never>(
  (p) => sql`update invitations set status = 'accepted', accepted_at = ${p.now}::timestamptz
    where organization_id = ${p.organizationId} and user_id = ${p.userId} and status = 'pending'`,
)

/**
 * Where the directory's arrivals are staged, they wait until somebody lets them in.
 * @throws AppError not_found; conflict: reason `uniqueness` where they have come in meanwhile, or the userName or address is
 *   taken; reason `invitation` where a directory's word is not enough, with `userId` and the `barrier`
 */
export function completeInvited(
  ctx: CallContext,
  { userId, directoryId, content }: { userId: string; directoryId: string; content: UserContent },
): Promise<UserRecord> {
  const { organizationId } = ctx
  return inTransaction(ctx, async (tx) => {
    const user = await lockUserRow(tx, ctx, { userId, directoryId: null })
    const [facts] = await tx.run(factsOf({ organizationId, directoryId, userId }))
    // What the directory's policy leaves to an administrator is settled as for whoever is there.
    const isLeft = policies.has(facts?.verdict ?? '')
    if (user.status !== 'invited' || user.directoryId !== null || isLeft)
      throw new AppError('conflict', 'A user with this userName exists already', { reason: 'uniqueness' })
    if (facts !== undefined) requireTrusted(facts, userId)
    const adopted = await adoptWithin(tx, ctx, user, { directoryId, by: 'invitation', change: asBrought(content) })
    if (adopted.status === 'invited') await tx.run(keepInvitation({ organizationId, userId, now: nowOf(ctx) }))
    return adopted
  })
}
