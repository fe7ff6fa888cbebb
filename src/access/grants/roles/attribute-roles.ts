// Attributes are changed by many hands, and first sign-ins by whoever comes: neither makes administrators (ADR 0018). The rule holds
// for the role as it is given, and for each change of it afterwards.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { AppError } from '#platform/errors.ts'
import type { CallContext, Transaction } from '#src/context.ts'
import { isForAdministrators, isOrdinary } from '../../decisions/permissions.ts'

type Use = { filters: number; connection: string | null }

const usesOf = prepared<{ organizationId: string; roleId: string }, Use>(
  (p) => sql`select
    (select count(*)::int from mappings m where m.organization_id = ${p.organizationId} and m.role_id = ${p.roleId}
      and m.filter is not null) + (select count(*)::int from team_roles r
      join teams t on t.organization_id = r.organization_id and r.team_id in (t.id, t.parent_id)
      join team_sources s on s.organization_id = t.organization_id and s.team_id = t.id and s.filter is not null
      where r.organization_id = ${p.organizationId} and r.role_id = ${p.roleId}) as filters,
    (select c.name from connections c where c.organization_id = ${p.organizationId} and c.default_role_id = ${p.roleId}
      order by c.id limit 1) as connection`,
)

/** Of a role as it shall be. @throws AppError invalid where a filter or first sign-ins give it, and it may do too much for that */
export async function requireFitForAttributes(
  tx: Transaction,
  ctx: CallContext,
  role: { id: string; key: string; allows: readonly string[] },
): Promise<void> {
  if (isOrdinary(role.allows)) return
  const [use] = await tx.run(usesOf({ organizationId: ctx.organizationId, roleId: role.id }))
  if (use === undefined) return
  if (use.filters > 0 && isForAdministrators(role.allows))
    throw refused(
      'allows',
      `A mapping or a team by attributes gives the role ${role.key}, and attributes make no administrators`,
    )
  if (use.connection !== null)
    throw refused(
      'allows',
      `First sign-ins through ${use.connection} give the role ${role.key}, and make no administrators`,
    )
}

/** For a mapping by a filter. @throws AppError invalid */
export function requireFitForFilter({ key, allows }: { key: string; allows: readonly string[] }): void {
  if (!isForAdministrators(allows)) return
  throw refused('roleId', `The role ${key} may do everything; give it to a group or to a person, not by attributes`)
}

const refused = (path: string, message: string): AppError =>
  new AppError('invalid', message, { reason: 'invalidValue', fields: [{ path, message }] })
