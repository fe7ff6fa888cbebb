// How often roles are given: by mappings, by teams and directly, to people and to emergency accounts.
import { sql } from 'drizzle-orm'
import { isPerson } from '#db/emergency.ts'
import { prepared } from '#db/statement.ts'
import { type CallContext, inTransaction, requirePermissionSomewhere } from '#src/context.ts'

export type RoleUse = {
  roleId: string
  mappings: number
  assignments: number
  teams: number
  emergencyAccounts: number
}

const select = prepared<{ organizationId: string }, RoleUse>(
  (
    p,
  ) => sql`select role_id as "roleId", sum(mapped)::int as mappings, sum(by_team)::int as teams, (count(*) filter (where is_person))::int as assignments,
      (count(*) filter (where not is_person))::int as "emergencyAccounts" from (
      select role_id, 1 as mapped, 0 as by_team, null::boolean as is_person from mappings where organization_id = ${p.organizationId}
      union all select role_id, 0, 1, null from team_roles where organization_id = ${p.organizationId}
        and (expires_at is null or expires_at > now())
      union all select a.role_id, 0, 0, ${isPerson} from assignments a
        join users u on u.organization_id = a.organization_id and u.id = a.user_id
        where a.organization_id = ${p.organizationId} and (a.expires_at is null or a.expires_at > now())) given
    group by role_id`,
)

/** Of every role that is given at all, by its id. */
export async function countRoleUses(ctx: CallContext): Promise<Map<string, RoleUse>> {
  requirePermissionSomewhere(ctx, 'roles.read')
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(select({ organizationId: ctx.organizationId })))
  return new Map((rows ?? []).map((use) => [use.roleId, use]))
}
