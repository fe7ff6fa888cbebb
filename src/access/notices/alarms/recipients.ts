// Who is told: the administrators, else whoever could act in their place.
import { type SQL, sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { emailColumn } from '#directory/email.ts'
import { type CallContext, inTransaction } from '#src/context.ts'
import { covers } from '../../decisions/permissions.ts'

const mostRecipients = 50

/** Active people and what their roles in the organization allow, as `users u` and `role_permissions rp`. */
const holdersIn = (organizationId: SQL): SQL => sql`effective_assignments a
    join users u on u.organization_id = a.organization_id and u.id = a.user_id and u.status = 'active'
      and u.deleted_at is null
    join role_permissions rp on rp.organization_id = a.organization_id and rp.role_id = a.role_id and rp.effect = 'allow'
    where a.organization_id = ${organizationId} and a.brand_id is null`

const candidates = prepared<
  { organizationId: string },
  { email: string | null; isEmergency: boolean; permission: string }
>(
  (p) => sql`select distinct ${emailColumn} as email, rp.permission,
      exists (select from emergency_accounts x where x.organization_id = u.organization_id and x.user_id = u.id)
        as "isEmergency"
    from ${holdersIn(p.organizationId)} and (rp.permission like '%*%' or rp.permission like 'users.%')`,
)

/** Addresses; none where nobody who could act has one. */
export async function alarmRecipients(ctx: CallContext): Promise<string[]> {
  const administrators = await administratorAddresses(ctx)
  if (administrators.length > 0) return administrators
  const [rows = []] = await inTransaction(ctx, (tx) =>
    tx.commitWith(candidates({ organizationId: ctx.organizationId })),
  )
  return addressesOf(rows.filter(({ isEmergency, permission }) => isEmergency || covers(permission, 'users.manage')))
}

const grantsOf = prepared<{ organizationId: string }, { userId: string; email: string | null; permission: string }>(
  (p) => sql`select distinct u.id as "userId", ${emailColumn} as email, rp.permission
    from ${holdersIn(p.organizationId)} and (rp.permission like '%*%' or rp.permission like 'roles.%')`,
)

/** The addresses of everybody who may give roles to others: the administrators, whatever their role is called. */
export async function administratorAddresses(ctx: CallContext): Promise<string[]> {
  const [rows = []] = await inTransaction(ctx, (tx) => tx.commitWith(grantsOf({ organizationId: ctx.organizationId })))
  return addressesOf(rows.filter(({ permission }) => covers(permission, 'roles.assign')))
}

const addressesOf = (people: readonly { email: string | null }[]): string[] =>
  [...new Set(people.flatMap(({ email }) => email ?? []))].slice(0, mostRecipients)
