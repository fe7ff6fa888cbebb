// Emergency accounts: for when the identity provider does not work or is set up wrongly. Local, with password and second factor,
// kept sealed (on paper); each use is audited and alarms all administrators.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared, type Statement } from '#db/statement.ts'
import { provisionWithin } from '#directory/provision-user.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { nameSchema, parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, nowOf, requirePermission } from '#src/context.ts'
import { requireEverything, requireNotAbove } from '../../ceiling/ceiling.ts'
import { requireOperatorUnderFourEyes, wantsSecondPerson } from '../../ceiling/second-person.ts'
import { openAssignment } from '../../grants/assignments/open-assignment.ts'
import { highestRole } from '../../grants/roles/highest-role.ts'
import { userSessionsEnd } from '../../sign-in/sessions/end-sessions.ts'
import { newRecoveryCodes } from '../factors/recovery-codes.ts'
import { confirmedTotp } from '../factors/totp.ts'
import { firstPassword, pendingSignInsEnd } from '../passwords/passwords.ts'

export type EmergencyAccount = {
  userId: string
  userName: string
  displayName: string | null
  status: string
  createdAt: string
  /** When its password, authenticator and codes were made. */
  sealedAt: string
  /** When somebody last signed in with these, drills included. */
  lastUsedAt: string | null
  /** True where it was used for more than a drill since: the envelope is open. */
  isOpened: boolean
  /** False where nobody has shown for 90 days that it works: time for a drill. */
  isProven: boolean
  recoveryCodesLeft: number
}

/** As long as a sign-in proves that the account works. */
const provenDays = 90

const select = prepared<{ organizationId: string; days: number }, EmergencyAccount>(
  (p) => sql`select u.id as "userId", u.user_name as "userName", u.display_name as "displayName", u.status,
      e.created_at as "createdAt", e.sealed_at as "sealedAt", e.last_used_at as "lastUsedAt",
      exists (select from emergency_uses x where x.organization_id = e.organization_id and x.user_id = e.user_id
        and x.started_at >= e.sealed_at) as "isOpened",
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
  (p) => sql`insert into emergency_accounts (organization_id, user_id, created_at, sealed_at)
    values (${p.organizationId}, ${p.userId}, ${p.now}::timestamptz, ${p.now}::timestamptz)`,
)

const CreateInput = z.object({ name: nameSchema })

/** What is written down and sealed; none of it is shown again. */
export type NewEmergencyAccount = {
  userId: string
  userName: string
  displayName: string | null
  password: string
  totpSecret: string
  totpUri: string
  recoveryCodes: string[]
}

/** A new password, authenticator and codes. Before the transaction, since hashing takes longer than all the rest. */
async function newEnvelope(ctx: CallContext) {
  const password = ctx
    .randomBytes(18)
    .toString('base64url')
    .replace(/(.{6})(?=.)/g, '$1.')
  const setPassword = await firstPassword(ctx, { password })
  type Whose = Pick<NewEmergencyAccount, 'userId' | 'userName' | 'displayName'>
  return ({
    userId,
    userName,
    displayName,
  }: Whose): { envelope: NewEmergencyAccount; statements: Statement<never>[] } => {
    const totp = confirmedTotp(ctx, { userId, userName, organizationName: 'Rolecall emergency' })
    const recovery = newRecoveryCodes(ctx, userId)
    const { secret: totpSecret, uri: totpUri } = totp.setup
    return {
      envelope: { userId, userName, displayName, password, totpSecret, totpUri, recoveryCodes: recovery.codes },
      statements: [setPassword(userId), totp.statement, recovery.statement],
    }
  }
}

/** Whether the organization's four eyes leave the making and sealing of these accounts to operators. @throws AppError forbidden */
export async function isLeftToOperators(ctx: CallContext): Promise<boolean> {
  requirePermission(ctx, 'users.read')
  return inTransaction(ctx, (tx) => wantsSecondPerson(tx, ctx))
}

/** With the highest role of the organization. @throws AppError invalid; forbidden (reason `ceiling`); conflict where no role may do everything */
export async function createEmergencyAccount(
  ctx: CallContext,
  input: z.input<typeof CreateInput>,
): Promise<NewEmergencyAccount> {
  requirePermission(ctx, 'accounts.write')
  const { name } = parseInput(CreateInput, input)
  const { organizationId } = ctx
  // Unlike any address, and not to be guessed from another one.
  const userName = `emergency-${ctx.randomBytes(5).toString('hex')}`
  const content = { userName, externalId: null, displayName: name, isActive: true, attributes: {} }
  const enclose = await newEnvelope(ctx)
  return inTransaction(ctx, async (tx) => {
    const [role] = await tx.run(highestRole({ organizationId }))
    if (role === undefined) throw new AppError('conflict', 'No role of this organization may do everything')
    await requireEverything(tx, ctx, 'Making an emergency account')
    await requireOperatorUnderFourEyes(tx, ctx, 'An emergency account')
    const { id: userId } = await provisionWithin(tx, ctx, { directoryId: null, content })
    const { envelope, statements } = enclose({ userId, userName, displayName: name })
    const detail = { name, role: role.key }
    await tx.commitWith<unknown>(
      ...[...statements, insertAccount({ organizationId, userId, now: nowOf(ctx) })],
      openAssignment(ctx, { userId, roleId: role.id, brandId: null, reason: 'Emergency account' }),
      recordAudit(ctx, { action: 'emergency.create', targetType: 'user', targetId: userId, detail }),
    )
    return envelope
  })
}

const lockAccount = prepared<
  { organizationId: string; userId: string },
  { userName: string; displayName: string | null }
>(
  (p) => sql`select u.user_name as "userName", u.display_name as "displayName" from emergency_accounts e
    join users u on u.organization_id = e.organization_id and u.id = e.user_id and u.status = 'active'
    where e.organization_id = ${p.organizationId} and e.user_id = ${p.userId} for update of e`,
)

// Nobody has shown yet that the new ones work.
const seal = prepared<{ organizationId: string; userId: string; now: string }, never>(
  (p) => sql`update emergency_accounts set sealed_at = ${p.now}::timestamptz, last_used_at = null
    where organization_id = ${p.organizationId} and user_id = ${p.userId}`,
)

/** Identities, passkeys, addresses, keys and whatever else could open it: all that was not in the envelope. */
const closeOtherDoors = prepared<{ organizationId: string; userId: string }, unknown>(
  (p) => sql`select close_other_doors(${p.organizationId}, ${p.userId})`,
)

/**
 * A new password, authenticator and codes for an account whose envelope was opened; the old ones are void, its sessions
 * end, and every other way in that somebody may have given it is gone. @throws AppError not_found where there is no such account that is active; forbidden (reason `ceiling`)
 */
export async function resealEmergencyAccount(ctx: CallContext, userId: string): Promise<NewEmergencyAccount> {
  requirePermission(ctx, 'accounts.write')
  const key = { organizationId: ctx.organizationId, userId: isId('usr', userId) ? userId : '' }
  const enclose = await newEnvelope(ctx)
  return inTransaction(ctx, async (tx) => {
    const [account] = await tx.run(lockAccount(key))
    if (account === undefined) throw notFound('Emergency account')
    await requireNotAbove(tx, ctx, userId)
    await requireOperatorUnderFourEyes(tx, ctx, 'An emergency account')
    const { envelope, statements } = enclose({ userId, ...account })
    await tx.commitWith<unknown>(
      ...[closeOtherDoors(key), ...statements, pendingSignInsEnd(ctx, userId), seal({ ...key, now: nowOf(ctx) })],
      userSessionsEnd(ctx, userId, { reason: 'password_changed' }),
      recordAudit(ctx, { action: 'emergency.reseal', targetType: 'user', targetId: userId }),
    )
    return envelope
  })
}
