// What switching somebody on again would bring back, before anybody decides: what groups and filters give now, which direct
// assignments still run, and which have ended meanwhile.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { isDirectorysHold } from '#directory/status-word.ts'
import type { StatusReason, UserStatus } from '#directory/users.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, refuseUnknown, requirePermission } from '#src/context.ts'
import { requireNotAbove } from '../../ceiling/ceiling.ts'
import { getAccessMatrix, type IdleAssignment } from '../access-matrix.ts'
import { type Returnable, readReturnable } from '../hand-over/take-back.ts'
import type { HeldRole } from '../sources.ts'

export type ReactivationPreview = {
  user: {
    id: string
    userName: string
    displayName: string | null
    status: UserStatus
    statusReason: StatusReason | null
    directoryId: string | null
  }
  /** By group or filter: comes back by itself. */
  derived: HeldRole[]
  /** Direct ones that run now, to be chosen from. */
  direct: HeldRole[]
  /** Direct ones that have yet to begin, to be chosen from. */
  upcoming: IdleAssignment[]
  /** Ended meanwhile: they stay ended. */
  ended: IdleAssignment[]
  hasPassword: boolean
  /** What others have of theirs since, to be taken back or not. */
  returnable: Returnable[]
  /** The identity provider said that they are gone; it may say so again. */
  isDirectoryDecision: boolean
  /** The identity provider says so, too: it holds them once this is lifted. */
  isHeldByDirectory: boolean
  /** False where it is for the identity provider alone to lift. */
  mayLift: boolean
}

type Person = ReactivationPreview['user'] & { hasPassword: boolean; isHeldByDirectory: boolean; mayLift: boolean }

const describe = prepared<{ organizationId: string; userId: string }, Person>(
  (p) => sql`select u.id, u.user_name as "userName", u.display_name as "displayName", u.status,
      u.status_reason as "statusReason", u.directory_id as "directoryId",
      exists (select from passwords w where w.organization_id = u.organization_id and w.user_id = u.id) as "hasPassword",
      u.is_held_by_directory as "isHeldByDirectory",
      coalesce(u.status_reason not in ('directory', 'directory_deleted') or o.reactivation = 'by_anyone'
        or not exists (select from directories d where d.organization_id = u.organization_id and d.id = u.directory_id
          and d.status = 'active'), true) as "mayLift"
    from users u join organizations o on o.id = u.organization_id where u.organization_id = ${p.organizationId} and u.id = ${p.userId} and u.deleted_at is null`,
)

/** @throws AppError forbidden (reasons `permission`, `ceiling`), not_found */
export async function previewReactivation(ctx: CallContext, userId: string): Promise<ReactivationPreview> {
  requirePermission(ctx, 'users.write')
  if (!isId('usr', userId)) return refuseUnknown(ctx, 'User')
  const { person, returnable } = await inTransaction(ctx, async (tx) => {
    await requireNotAbove(tx, ctx, userId)
    const [found] = await tx.run(describe({ organizationId: ctx.organizationId, userId }))
    return { person: found, returnable: await readReturnable(tx, ctx, userId) }
  })
  if (person === undefined) throw notFound('User')
  const { rows: held, scopes, upcoming, ended } = await getAccessMatrix({ ...ctx, permissions: 'all' }, userId)
  const brandOf = (id: string | null): HeldRole['brand'] => scopes.find((scope) => (scope?.id ?? null) === id) ?? null
  const roles = held.flatMap(({ role, cells }) =>
    cells.flatMap(({ brandId, sources }) => sources.map((source) => ({ role, brand: brandOf(brandId), source }))),
  )
  const { hasPassword, isHeldByDirectory, mayLift, ...user } = person
  return {
    user,
    derived: roles.filter(({ source }) => source.type !== 'direct'),
    direct: roles.filter(({ source }) => source.type === 'direct'),
    ...{ upcoming, ended, hasPassword, returnable },
    isDirectoryDecision: isDirectorysHold(user.statusReason),
    ...{ isHeldByDirectory, mayLift },
  }
}
