// How often roles are given: by mappings and directly.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { type CallContext, inTransaction, requirePermissionSomewhere } from '#src/context.ts'

export type RoleUse = { roleId: string; mappings: number; assignments: number }

const select = prepared<{ organizationId: string }, RoleUse>(
  (p) => sql`select role_id as "roleId", sum(mapped)::int as mappings, sum(direct)::int as assignments from (
      select role_id, 1 as mapped, 0 as direct from mappings where organization_id = ${p.organizationId}
      union all select role_id, 0, 1 from assignments where organization_id = ${p.organizationId}
        and (expires_at is null or expires_at > now())) given group by role_id`,
)

/** Of every role that is given at all, by its id. */
export async function countRoleUses(ctx: CallContext): Promise<Map<string, RoleUse>> {
  requirePermissionSomewhere(ctx, 'roles.read')
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(select({ organizationId: ctx.organizationId })))
  return new Map((rows ?? []).map((use) => [use.roleId, use]))
}
