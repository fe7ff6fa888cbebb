// Who is told: the administrators, else whoever could act in their place.
import { type SQL, sql } from 'drizzle-orm'
import { isEmergencyAccount } from '#db/emergency.ts'
import { prepared } from '#db/statement.ts'
import { emailColumn } from '#directory/email.ts'
import { timeZoneColumn } from '#directory/time-zone.ts'
import { type CallContext, inTransaction } from '#src/context.ts'
import { knownZone } from '#words/zones.ts'
import { covers } from '../../decisions/permissions.ts'

const mostRecipients = 50

/** To whom a mail goes, and in which zone its times are; undefined for UTC. */
export type Recipient = { email: string; zone: string | undefined }

type Person = { email: string | null; timeZone: string | null }

/** Active people and what their roles in the organization allow, as `users u` and `role_permissions rp`. */
const holdersIn = (organizationId: SQL): SQL => sql`effective_assignments a
    join users u on u.organization_id = a.organization_id and u.id = a.user_id and u.status = 'active'
      and u.deleted_at is null
    join role_permissions rp on rp.organization_id = a.organization_id and rp.role_id = a.role_id and rp.effect = 'allow'
    where a.organization_id = ${organizationId} and a.brand_id is null`

const candidates = prepared<{ organizationId: string }, Person & { isEmergency: boolean; permission: string }>(
  (p) => sql`select distinct ${emailColumn} as email, ${timeZoneColumn} as "timeZone", rp.permission,
      ${isEmergencyAccount} as "isEmergency"
    from ${holdersIn(p.organizationId)} and (rp.permission like '%*%' or rp.permission like 'users.%')`,
)

/** None where nobody who could act has an address. */
export async function alarmRecipients(ctx: CallContext): Promise<Recipient[]> {
  const administrators = await administratorRecipients(ctx)
  if (administrators.length > 0) return administrators
  const [rows = []] = await inTransaction(ctx, (tx) =>
    tx.commitWith(candidates({ organizationId: ctx.organizationId })),
  )
  return recipientsOf(rows.filter(({ isEmergency, permission }) => isEmergency || covers(permission, 'users.manage')))
}

const grantsOf = prepared<{ organizationId: string }, Person & { permission: string }>(
  (p) => sql`select distinct ${emailColumn} as email, ${timeZoneColumn} as "timeZone", rp.permission
    from ${holdersIn(p.organizationId)} and (rp.permission like '%*%' or rp.permission like 'roles.%')`,
)

/** Everybody with an address who may give roles to others: the administrators, whatever their role is called. */
export async function administratorRecipients(ctx: CallContext): Promise<Recipient[]> {
  const [rows = []] = await inTransaction(ctx, (tx) => tx.commitWith(grantsOf({ organizationId: ctx.organizationId })))
  return recipientsOf(rows.filter(({ permission }) => covers(permission, 'roles.assign')))
}

/** One for each address. */
function recipientsOf(people: readonly Person[]): Recipient[] {
  const zones = new Map(people.map(({ email, timeZone }) => [email, knownZone(timeZone)] as const))
  return [...zones].flatMap(([email, zone]) => (email === null ? [] : [{ email, zone }])).slice(0, mostRecipients)
}
