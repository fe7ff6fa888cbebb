// Direct assignments: a user holds a role by somebody's decision. How they are read; ended ones are listed too.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import {
  brandsPermitted,
  type CallContext,
  inTransaction,
  isPermitted,
  refuseUnknown,
  requirePermissionSomewhere,
} from '#src/context.ts'
import type { RoleKind } from '../../decisions/evaluate.ts'

/** One permission for one person, on top of their roles. */
export type Override = { permission: string; effect: 'allow' | 'deny' }

export type AssignmentRecord = {
  id: string
  user: { id: string; userName: string }
  role: { id: string; key: string; name: string }
  kind: RoleKind
  /** The one permission that it gives or takes, where it is an override. */
  override: Override | null
  brand: { id: string; slug: string; name: string } | null
  reason: string
  sponsor: string | null
  validFrom: string | null
  expiresAt: string | null
  /** When somebody should ask again whether it is still right. */
  reviewAt: string | null
  createdAt: string
  createdBy: string
}

const selectAssignment = sql`select a.id, json_build_object('id', u.id, 'userName', u.user_name) as "user",
    json_build_object('id', r.id, 'key', r.key, 'name', r.name) as role, r.kind,
    case when r.kind = 'override' then (select json_build_object('permission', rp.permission, 'effect', rp.effect)
      from role_permissions rp where rp.organization_id = r.organization_id and rp.role_id = r.id) end as override,
    case when b.id is not null then json_build_object('id', b.id, 'slug', b.slug, 'name', b.name) end as brand,
    a.reason, a.sponsor, a.valid_from as "validFrom", a.expires_at as "expiresAt", a.review_at as "reviewAt", a.created_at as "createdAt",
    a.created_by as "createdBy"
  from assignments a
  join users u on u.organization_id = a.organization_id and u.id = a.user_id
  join roles r on r.organization_id = a.organization_id and r.id = a.role_id
  left join brands b on b.organization_id = a.organization_id and b.id = a.brand_id`

const selectAssignments = prepared<
  {
    organizationId: string
    userId: string | null
    kind: RoleKind | null
    brandIds: readonly string[] | null
    after: string | null
    limit: number | null
  },
  AssignmentRecord
>(
  (p) => sql`${selectAssignment} where a.organization_id = ${p.organizationId}
      and (${p.brandIds}::text[] is null or a.brand_id = any (${p.brandIds}::text[]))
      and (${p.userId}::text is null or a.user_id = ${p.userId}) and (${p.kind}::text is null or r.kind = ${p.kind}) and (${p.after}::text is null or a.id > ${p.after})
    order by a.id limit ${p.limit}::int`,
)

/** One assignment, as a statement. */
export const assignmentById = prepared<{ organizationId: string; assignmentId: string }, AssignmentRecord>(
  (p) => sql`${selectAssignment} where a.organization_id = ${p.organizationId} and a.id = ${p.assignmentId}`,
)

/** In order of creation, of one user or of all, in the brands that the caller may look into, those after an id and as many as asked for. */
export async function listAssignments(
  ctx: CallContext,
  page: {
    userId?: string | undefined
    kind?: RoleKind | undefined
    after?: string | undefined
    limit?: number | undefined
  } = {},
): Promise<AssignmentRecord[]> {
  requirePermissionSomewhere(ctx, 'assignments.read')
  const { organizationId } = ctx
  const { userId = null, kind = null, after = null, limit = null } = page
  const brands = brandsPermitted(ctx, 'assignments.read')
  const statement = selectAssignments({
    organizationId,
    ...{ userId, kind },
    brandIds: brands === 'all' ? null : brands,
    after,
    limit,
  })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows ?? []
}

/** @throws AppError not_found, also for another organization's assignment */
export async function getAssignment(ctx: CallContext, assignmentId: string): Promise<AssignmentRecord> {
  requirePermissionSomewhere(ctx, 'assignments.read')
  if (!isId('asg', assignmentId)) return refuseUnknown(ctx, 'Assignment')
  const statement = assignmentById({ organizationId: ctx.organizationId, assignmentId })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  const assignment = rows?.[0]
  if (assignment === undefined || !isPermitted(ctx, 'assignments.read', assignment.brand?.id))
    throw notFound('Assignment')
  return assignment
}
