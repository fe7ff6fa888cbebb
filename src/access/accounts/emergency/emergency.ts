// Emergency accounts: for when the identity provider does not work or is set up wrongly. Local, with password and second factor,
// kept sealed (on paper); each use is audited and alarms all administrators.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { nameSchema, parseInput } from '#connections/input.ts'
import { prepared } from '#db/statement.ts'
import { provisionWithin } from '#directory/provision-user.ts'
import { AppError } from '#platform/errors.ts'
import { type CallContext, inTransaction, nowOf, requirePermission } from '#src/context.ts'
import { openAssignment } from '../../assignments/open-assignment.ts'
import { requireWithinCeiling } from '../../ceiling.ts'
import { emailColumn } from '../../people/email.ts'
import { covers } from '../../permissions.ts'
import { highestRole } from '../../roles/highest-role.ts'
import { newRecoveryCodes } from '../factors/recovery-codes.ts'
import { confirmedTotp } from '../factors/totp.ts'
import { firstPassword } from '../passwords/passwords.ts'

export type EmergencyAccount = {
  userId: string
  userName: string
  displayName: string | null
  status: string
  createdAt: string
  /** When somebody last signed in with it, drills included. */
  lastUsedAt: string | null
  /** False where nobody has shown for 90 days that it works: time for a drill. */
  isProven: boolean
  recoveryCodesLeft: number
}

/** As long as a sign-in proves that the account works. */
const provenDays = 90

const select = prepared<{ organizationId: string; days: number }, EmergencyAccount>(
  (p) => sql`select u.id as "userId", u.user_name as "userName", u.display_name as "displayName", u.status,
      e.created_at as "createdAt", e.last_used_at as "lastUsedAt",
      coalesce(e.last_used_at > now() - make_interval(days => ${p.days}::int), false) as "isProven",
      (select count(*)::int from recovery_codes r where r.organization_id = u.organization_id and r.user_id = u.id
        and r.used_at is null) as "recoveryCodesLeft"
    from emergency_accounts e join users u on u.organization_id = e.organization_id and u.id = e.user_id
    where e.organization_id = ${p.organizationId} and u.deleted_at is null order by u.id`,
)

/** @throws AppError forbidden */
export async function listEmergencyAccounts(ctx: CallContext): Promise<EmergencyAccount[]> {
  requirePermission(ctx, 'users.read')
  const { organizationId } = ctx
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(select({ organizationId, days: provenDays })))
  return rows ?? []
}

const insertAccount = prepared<{ organizationId: string; userId: string; now: string }, never>(
  (p) => sql`insert into emergency_accounts (organization_id, user_id, created_at)
    values (${p.organizationId}, ${p.userId}, ${p.now}::timestamptz)`,
)

const CreateInput = z.object({ name: nameSchema })

/** What is written down and sealed; none of it is shown again. */
export type NewEmergencyAccount = {
  userId: string
  userName: string
  password: string
  totpSecret: string
  totpUri: string
  recoveryCodes: string[]
}

/** With the highest role of the organization. @throws AppError invalid; conflict where no role may do everything */
export async function createEmergencyAccount(
  ctx: CallContext,
  input: z.input<typeof CreateInput>,
): Promise<NewEmergencyAccount> {
  requirePermission(ctx, 'accounts.write')
  const { name } = parseInput(CreateInput, input)
  const { organizationId } = ctx
  // Unlike any address, and not to be guessed from another one.
  const userName = `emergency-${ctx.randomBytes(5).toString('hex')}`
  const password = ctx
    .randomBytes(18)
    .toString('base64url')
    .replace(/(.{6})(?=.)/g, '$1.')
  const content = { userName, externalId: null, displayName: name, isActive: true, attributes: {} }
  const setPassword = await firstPassword(ctx, { password })
  return inTransaction(ctx, async (tx) => {
    const [role] = await tx.run(highestRole({ organizationId }))
    if (role === undefined) throw new AppError('conflict', 'No role of this organization may do everything')
    requireWithinCeiling(ctx, { key: role.key, allows: ['*'], denies: [] }, null)
    const { id: userId } = await provisionWithin(tx, ctx, { directoryId: null, content })
    const totp = confirmedTotp(ctx, { userId, userName, organizationName: 'Rolecall emergency' })
    const recovery = newRecoveryCodes(ctx, userId)
    const now = nowOf(ctx)
    const detail = { name, role: role.key }
    await tx.commitWith<unknown>(
      ...[setPassword(userId), totp.statement, recovery.statement, insertAccount({ organizationId, userId, now })],
      openAssignment(ctx, { userId, roleId: role.id, brandId: null, reason: 'Emergency account' }),
      recordAudit(ctx, { action: 'emergency.create', targetType: 'user', targetId: userId, detail }),
    )
    return {
      ...{ userId, userName, password, totpSecret: totp.setup.secret, totpUri: totp.setup.uri },
      recoveryCodes: recovery.codes,
    }
  })
}

const grants = prepared<{ organizationId: string }, { userId: string; email: string | null; permission: string }>(
  (p) => sql`select distinct u.id as "userId", ${emailColumn} as email, rp.permission
    from effective_assignments a
    join users u on u.organization_id = a.organization_id and u.id = a.user_id
    join role_permissions rp on rp.organization_id = a.organization_id and rp.role_id = a.role_id and rp.effect = 'allow'
    where a.organization_id = ${p.organizationId} and a.brand_id is null and u.status = 'active' and u.deleted_at is null
      and (rp.permission like '%*%' or rp.permission like 'roles.%')`,
)

/** The addresses of everybody who may give roles to others: the administrators, whatever their role is called. */
export async function administratorAddresses(ctx: CallContext): Promise<string[]> {
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(grants({ organizationId: ctx.organizationId })))
  const administrators = (rows ?? []).filter(({ permission }) => covers(permission, 'roles.assign'))
  return [...new Set(administrators.flatMap(({ email }) => (email === null ? [] : [email])))].slice(0, 50)
}
