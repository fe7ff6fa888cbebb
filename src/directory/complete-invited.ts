// A directory brings somebody whom the organization has invited: the same person, with the same id and the roles of the
// invitation, is the directory's from now on. Their invitation is accepted by it, or, if they come switched off, withdrawn.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { AppError } from '#platform/errors.ts'
import { type CallContext, inTransaction, nowOf } from '#src/context.ts'
import { adoptWithin, asBrought } from './adopt-user.ts'
import type { UserContent } from './user-content.ts'
import { lockUserRow, type UserRecord } from './users.ts'

type Facts = { isOurDomain: boolean; holdsAnything: boolean; managesAnything: boolean }

const factsOf = prepared<{ organizationId: string; userId: string }, Facts>(
  (p) => sql`select
      exists (select from invitations i join domains d on d.organization_id = i.organization_id and d.status = 'verified'
          and d.name = split_part(i.email_key, '@', 2)
        where i.organization_id = ${p.organizationId} and i.user_id = ${p.userId}) as "isOurDomain",
      (exists (select from assignments a where a.organization_id = ${p.organizationId} and a.user_id = ${p.userId})
        or exists (select from effective_assignments e
          where e.organization_id = ${p.organizationId} and e.user_id = ${p.userId})) as "holdsAnything",
      manages_anything(${p.organizationId}, ${p.userId}) as "managesAnything"`,
)

// A directory's word makes nobody a manager, and vouches for no address in a domain that is not the organization's.
function requireTrusted({ isOurDomain, holdsAnything, managesAnything }: Facts, userId: string): void {
  if (!holdsAnything && !managesAnything) return
  const why = managesAnything
    ? 'is invited to manage something, and accepts that invitation themselves'
    : 'is invited at an address in a domain that the organization has not verified'
  if (isOurDomain && !managesAnything) return
  throw new AppError('conflict', `The person with this userName ${why}`, {
    reason: 'invitation',
    extensions: { userId },
  })
}

const keepInvitation = prepared<{ organizationId: string; userId: string; now: string }, never>(
  (p) => sql`update invitations set status = 'accepted', accepted_at = ${p.now}::timestamptz
    where organization_id = ${p.organizationId} and user_id = ${p.userId} and status = 'pending'`,
)

/**
 * Where the directory's arrivals are staged, they wait until somebody lets them in.
 * @throws AppError not_found; conflict: reason `uniqueness` where they have come in meanwhile, or the userName or address is
 *   taken; reason `invitation` where a directory's word is not enough, with `userId`
 */
export function completeInvited(
  ctx: CallContext,
  { userId, directoryId, content }: { userId: string; directoryId: string; content: UserContent },
): Promise<UserRecord> {
  const { organizationId } = ctx
  return inTransaction(ctx, async (tx) => {
    const user = await lockUserRow(tx, ctx, { userId, directoryId: null })
    if (user.status !== 'invited' || user.directoryId !== null)
      throw new AppError('conflict', 'A user with this userName exists already', { reason: 'uniqueness' })
    const [facts] = await tx.run(factsOf({ organizationId, userId }))
    if (facts !== undefined) requireTrusted(facts, userId)
    const adopted = await adoptWithin(tx, ctx, user, { directoryId, by: 'invitation', change: asBrought(content) })
    if (adopted.status === 'invited') await tx.run(keepInvitation({ organizationId, userId, now: nowOf(ctx) }))
    return adopted
  })
}
