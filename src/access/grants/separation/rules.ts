// Separation of duties: how its rules are read. Each keeps two roles or permissions apart, in every place by itself.
import { sql } from 'drizzle-orm'
import { isoTime, prepared } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, requirePermission, type Transaction } from '#src/context.ts'

type RoleName = { id: string; key: string; name: string }

/** One of the two. */
export type SideRecord = { role: RoleName | null; permission: string | null }

export type SeparationRecord = {
  id: string
  name: string
  /** Why the two are kept apart. */
  purpose: string
  /** `enforce`: whoever holds both does not have the second; `watch`: they are listed. */
  mode: 'watch' | 'enforce'
  first: SideRecord
  second: SideRecord
  /** Whoever holds one of these in a place may hold both there. */
  exceptRoles: RoleName[]
  /** People who may hold both all the same, now. */
  exceptions: {
    assignmentId: string
    user: { id: string; userName: string; displayName: string | null }
    brand: { id: string; slug: string; name: string } | null
    reason: string
    expiresAt: string | null
  }[]
  createdAt: string
  createdBy: string
}

type Key = { organizationId: string; ruleId: string | null }

const sideColumn = (role: 'f' | 'x', permission: 'first_permission' | 'second_permission') =>
  sql`json_build_object('role', case when ${sql.raw(role)}.id is not null then json_build_object('id', ${sql.raw(role)}.id,
      'key', ${sql.raw(role)}.key, 'name', ${sql.raw(role)}.name) end, 'permission', s.${sql.raw(permission)})`

const select = prepared<Key, SeparationRecord & { exceptionRoleId: string }>(
  (p) => sql`select s.id, s.name, s.purpose, s.mode, ${sideColumn('f', 'first_permission')} as first,
      ${sideColumn('x', 'second_permission')} as second, s.exception_role_id as "exceptionRoleId",
      (select coalesce(json_agg(json_build_object('id', r.id, 'key', r.key, 'name', r.name) order by r.rank desc, r.key), '[]')
        from roles r where r.organization_id = s.organization_id and s.except_role_ids ? r.id) as "exceptRoles",
      (select coalesce(json_agg(json_build_object('assignmentId', a.id, 'reason', a.reason, 'expiresAt', ${isoTime(sql`a.expires_at`)},
          'user', json_build_object('id', u.id, 'userName', u.user_name, 'displayName', u.display_name),
          'brand', case when b.id is not null then json_build_object('id', b.id, 'slug', b.slug, 'name', b.name) end)
          order by u.name_key, a.id), '[]')
        from assignments a join users u on u.organization_id = a.organization_id and u.id = a.user_id and u.deleted_at is null
        left join brands b on b.organization_id = a.organization_id and b.id = a.brand_id
        where a.organization_id = s.organization_id and a.role_id = s.exception_role_id
          and (a.expires_at is null or a.expires_at > now())) as exceptions,
      s.created_at as "createdAt", s.created_by as "createdBy"
    from separation_rules s
    left join roles f on f.organization_id = s.organization_id and f.id = s.first_role_id
    left join roles x on x.organization_id = s.organization_id and x.id = s.second_role_id
    where s.organization_id = ${p.organizationId} and (${p.ruleId}::text is null or s.id = ${p.ruleId}) order by s.id`,
)

const shown = ({ exceptionRoleId: _, ...rule }: SeparationRecord & { exceptionRoleId: string }): SeparationRecord =>
  rule

/** All of them, in order of creation; there are few. @throws AppError forbidden */
export async function listSeparations(ctx: CallContext): Promise<SeparationRecord[]> {
  requirePermission(ctx, 'roles.read')
  const { organizationId } = ctx
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(select({ organizationId, ruleId: null })))
  return (rows ?? []).map(shown)
}

/** @throws AppError forbidden; not_found, also for another organization's */
export async function getSeparation(ctx: CallContext, ruleId: string): Promise<SeparationRecord> {
  requirePermission(ctx, 'roles.read')
  return inTransaction(ctx, async (tx) => shown(await findRule(tx, ctx, ruleId)))
}

/** The same in a transaction of the caller's, with the role that its exceptions hold. @throws AppError not_found */
export async function findRule(
  tx: Transaction,
  { organizationId }: CallContext,
  ruleId: string,
): Promise<SeparationRecord & { exceptionRoleId: string }> {
  const [rule] = await tx.run(select({ organizationId, ruleId: isId('sod', ruleId) ? ruleId : '' }))
  if (rule === undefined) throw notFound('Rule')
  return rule
}
