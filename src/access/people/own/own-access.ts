// What a person may see of their own access: every role with where it comes from.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { timeZoneColumn } from '#directory/time-zone.ts'
import { notFound } from '#platform/errors.ts'
import { type CallContext, inTransaction } from '#src/context.ts'
import { effectiveAccessOf } from '../../decisions/effective-access.ts'
import { byStrategy, type EffectiveAssignment } from '../../decisions/evaluate.ts'
import { isManager, managementRights } from '../../grants/managers/management.ts'
import { ownUserId } from '../../ground/own-user-id.ts'

export type OwnAssignment = EffectiveAssignment & {
  /** False where the organization counts the highest role of a scope alone, and this is a lower one. */
  counts: boolean
}

export type OwnAccess = {
  name: string
  /** As their profile or directory says, in whatever form; null where neither does. */
  timeZone: string | null
  organization: { id: string; slug: string; name: string; accessContact: string | null }
  /** There is something in the console for them. */
  isManager: boolean
  assignments: OwnAssignment[]
}

type Row = { name: string; accessContact: string | null; timeZone: string | null }

const organizationOf = prepared<{ organizationId: string; userId: string }, Row>(
  (p) => sql`select o.name, o.access_contact as "accessContact", (select ${timeZoneColumn} from users u
      where u.organization_id = o.id and u.id = ${p.userId}) as "timeZone"
    from organizations o where o.id = ${p.organizationId}`,
)

/** @throws AppError forbidden where the caller is no person; unauthenticated */
export async function getOwnAccess(ctx: CallContext): Promise<OwnAccess> {
  const userId = ownUserId(ctx)
  const { organizationId } = ctx
  const [found, named] = await inTransaction(ctx, async (tx) => {
    const accesses = tx.run(effectiveAccessOf(organizationId, userId))
    const [names] = await tx.commitWith(organizationOf({ organizationId, userId }))
    return [(await accesses)[0], names?.[0]] as const
  })
  if (found === undefined || named === undefined) throw notFound('User')
  const { user, organization, policy, assignments } = found
  const { timeZone, ...shown } = named
  return {
    name: user.displayName ?? user.userName,
    timeZone,
    organization: { ...organization, ...shown },
    isManager: isManager(managementRights({ assignments, policy })),
    assignments: assignments.map((assignment) => {
      const scope = assignments.filter(({ brand }) => brand?.id === assignment.brand?.id)
      return { ...assignment, counts: byStrategy(scope, policy.roleStrategy).includes(assignment) }
    }),
  }
}
