// What switching somebody on again would bring back, before anybody decides: what groups and filters give now, which direct
// assignments still run, and which have ended meanwhile.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import type { StatusReason, UserStatus } from '#directory/users.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, refuseUnknown, requirePermission } from '#src/context.ts'
import { requireNotAbove } from '../../ceiling/ceiling.ts'
import { getAccessMatrix, type IdleAssignment } from '../access-matrix.ts'
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
  /** The identity provider said that they are gone; it may say so again. */
  isDirectoryDecision: boolean
}

type Person = ReactivationPreview['user'] & { hasPassword: boolean }

const describe = prepared<{ organizationId: string; userId: string }, Person>(
  (p) => sql`select u.id, u.user_name as "userName", u.display_name as "displayName", u.status,
      u.status_reason as "statusReason", u.directory_id as "directoryId",
      exists (select from passwords w where w.organization_id = u.organization_id and w.user_id = u.id) as "hasPassword"
    from users u where u.organization_id = ${p.organizationId} and u.id = ${p.userId} and u.deleted_at is null`,
)

/** @throws AppError forbidden (reasons `permission`, `ceiling`), not_found */
export async function previewReactivation(ctx: CallContext, userId: string): Promise<ReactivationPreview> {
  requirePermission(ctx, 'users.write')
  if (!isId('usr', userId)) return refuseUnknown(ctx, 'User')
  const [rows] = await inTransaction(ctx, async (tx) => {
    await requireNotAbove(tx, ctx, userId)
    return tx.commitWith(describe({ organizationId: ctx.organizationId, userId }))
  })
  const person = rows?.[0]
  if (person === undefined) throw notFound('User')
  const { rows: held, scopes, upcoming, ended } = await getAccessMatrix({ ...ctx, permissions: 'all' }, userId)
  const brandOf = (id: string | null): HeldRole['brand'] => scopes.find((scope) => (scope?.id ?? null) === id) ?? null
  const roles = held.flatMap(({ role, cells }) =>
    cells.flatMap(({ brandId, sources }) => sources.map((source) => ({ role, brand: brandOf(brandId), source }))),
  )
  const { hasPassword, ...user } = person
  return {
    user,
    derived: roles.filter(({ source }) => source.type === 'mapping'),
    direct: roles.filter(({ source }) => source.type === 'direct'),
    ...{ upcoming, ended, hasPassword },
    isDirectoryDecision: user.statusReason === 'directory',
  }
}
