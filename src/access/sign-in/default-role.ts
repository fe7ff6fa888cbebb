// The role of people whom a first sign-in creates. It is an ordinary one: who may change other people's access is decided
// by an administrator's mapping or assignment, never by just-in-time provisioning.
import { sql } from 'drizzle-orm'
import type { Connection, RequireDefaultRole } from '#connections/sign-in/connections.ts'
import { prepared, type Statement } from '#db/statement.ts'
import { AppError } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, nowOf } from '#src/context.ts'
import { requireGivable } from '../ceiling/ceiling.ts'
import { administrative, isOrdinary } from '../decisions/permissions.ts'

const lockRole = prepared<{ organizationId: string; roleId: string }, { id: string }>(
  (p) => sql`select r.id from roles r
    where r.organization_id = ${p.organizationId} and r.id = ${p.roleId} and r.kind = 'role' for share`,
)

const permissionsOf = prepared<{ organizationId: string; roleId: string }, { permission: string }>(
  (p) => sql`select rp.permission from role_permissions rp
    where rp.organization_id = ${p.organizationId} and rp.role_id = ${p.roleId} and rp.effect = 'allow'`,
)

/**
 * In the transaction that writes the connection. The role's row is locked, so that it stays the ordinary one that it is; what it
 * allows is read in a statement of its own, which sees what was committed while the lock was waited for.
 * @throws AppError invalid where the role is unknown, or is an administrator's; forbidden (reason `ceiling`)
 */
export const requireOrdinaryRole: RequireDefaultRole = async (tx, ctx, roleId) => {
  const key = { organizationId: ctx.organizationId, roleId: isId('rol', roleId) ? roleId : '' }
  const [role] = await tx.run(lockRole(key))
  if (role === undefined) throw refused('There is no such role')
  await requireGivable(tx, ctx, [{ scope: '', roleId }])
  const allowed = await tx.run(permissionsOf(key))
  if (!isOrdinary(allowed.map(({ permission }) => permission)))
    throw refused('A role of administrators cannot be the default of first sign-ins')
}

const refused = (message: string): AppError =>
  new AppError('invalid', message, { reason: 'invalidValue', fields: [{ path: 'defaultRoleId', message }] })

const assign = prepared<
  {
    organizationId: string
    id: string
    userId: string
    roleId: string
    reason: string
    now: string
    createdBy: string
  },
  never
>(
  (p) => sql`insert into assignments (organization_id, id, user_id, role_id, reason, created_at, created_by)
    select ${p.organizationId}, ${p.id}, ${p.userId}, r.id, ${p.reason}, ${p.now}::timestamptz, ${p.createdBy}
    from roles r where r.organization_id = ${p.organizationId} and r.id = ${p.roleId} and not exists (
      select from role_permissions rp cross join unnest(string_to_array(${sql.raw(`'${administrative.join(',')}'`)}, ',')) wanted
        where rp.organization_id = r.organization_id and rp.role_id = r.id and rp.effect = 'allow'
          and permission_covers(rp.permission, wanted))
    on conflict do nothing`,
)

/** The default role of a connection for a new person, as a statement; none where the role has become an administrator's. */
export const defaultAssignment = (ctx: CallContext, connection: Connection, userId: string): Statement<never> =>
  assign({
    organizationId: ctx.organizationId,
    id: ctx.ids.next('asg'),
    userId,
    roleId: connection.defaultRoleId ?? '',
    reason: `Default role of the connection ${connection.name}`,
    now: nowOf(ctx),
    createdBy: connection.id,
  })
