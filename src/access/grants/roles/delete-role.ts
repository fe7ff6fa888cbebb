// A custom role can go once nothing gives it to anybody.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { AppError } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, refuseUnknown, requirePermission } from '#src/context.ts'
import { withinCeiling } from '../../ceiling/ceiling.ts'
import { lockCustomRole } from './roles.ts'

type RoleKey = { organizationId: string; roleId: string }

const uses = prepared<RoleKey, { mappings: number; assignments: number; teams: number; rules: number }>(
  (p) => sql`select
    (select count(*)::int from mappings where organization_id = ${p.organizationId} and role_id = ${p.roleId}) as mappings,
    (select count(*)::int from assignments where organization_id = ${p.organizationId} and role_id = ${p.roleId}) as assignments,
    (select count(*)::int from team_roles where organization_id = ${p.organizationId} and role_id = ${p.roleId}) as teams,
    (select count(*)::int from separation_rules where organization_id = ${p.organizationId}
      and ${p.roleId} in (first_role_id, second_role_id)) as rules`,
)

const remove = prepared<RoleKey, never>(
  (p) => sql`delete from roles where organization_id = ${p.organizationId} and id = ${p.roleId}`,
)

/** @throws AppError not_found; forbidden for a built-in role, or (reason `ceiling`) one beyond the caller's rights; conflict (reason `in_use`) while something gives it */
export async function deleteRole(ctx: CallContext, roleId: string): Promise<void> {
  requirePermission(ctx, 'roles.write')
  if (!isId('rol', roleId)) return refuseUnknown(ctx, 'Role')
  const roleKey = { organizationId: ctx.organizationId, roleId }
  await inTransaction(ctx, async (tx) => {
    const { key, allows, denies } = await lockCustomRole(tx, ctx, roleId)
    const [used] = await tx.run(uses(roleKey))
    if (used !== undefined && used.mappings + used.assignments + used.teams > 0) {
      const message = `${used.mappings} mappings, ${used.assignments} assignments and ${used.teams} teams still give this role`
      throw new AppError('conflict', message, { reason: 'in_use' })
    }
    if (used !== undefined && used.rules > 0)
      throw new AppError('conflict', 'A rule of separation names this role; delete the rule first', {
        reason: 'in_use',
      })
    const entry = { action: 'role.delete', targetType: 'role', targetId: roleId } as const
    await withinCeiling(tx, ctx, { changesModel: true }, () => tx.run(remove(roleKey)))
    await tx.commitWith(recordAudit(ctx, { ...entry, detail: { key, allows, denies } }))
  })
}
