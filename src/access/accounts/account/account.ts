// What sign-in has to know of a person and their organization, in one statement.
import { sql } from 'drizzle-orm'
import { isEmergencyAccount } from '#db/emergency.ts'
import { prepared } from '#db/statement.ts'
import { emailColumn } from '#directory/email.ts'
import { timeZoneColumn } from '#directory/time-zone.ts'
import type { UserStatus } from '#directory/users.ts'
import { type CallContext, inTransaction } from '#src/context.ts'

export type LocalAccount = {
  userId: string
  userName: string
  displayName: string | null
  email: string | null
  /** As their profile or directory says, in whatever form; null where neither does. */
  timeZone: string | null
  directoryId: string | null
  status: UserStatus
  passwordHash: string | null
  mustChangePassword: boolean
  hasTotp: boolean
  passkeys: number
  isEmergencyAccount: boolean
  /** Whether they need a second factor: the organization wants one of everybody, or of managers, and they are one. */
  needsSecondFactor: boolean
  organization: AccountPolicy
}

export type AccountPolicy = {
  id: string
  slug: string
  name: string
  isActive: boolean
  passwordSignIn: 'allowed' | 'off'
  passwordMinLength: number
  secondFactor: 'optional' | 'required'
  managerSecondFactor: 'optional' | 'required'
  freshProofMinutes: number
  /** Sign-in goes through a provider, for everybody but emergency accounts. */
  isEnforced: boolean
}

/** The columns of an AccountPolicy as JSON, for `organizations o`. */
const policyColumn = sql`json_build_object('id', o.id, 'slug', o.slug, 'name', o.name, 'isActive', o.status = 'active',
  'passwordSignIn', o.password_sign_in, 'passwordMinLength', o.password_min_length, 'secondFactor', o.second_factor,
  'managerSecondFactor', o.manager_second_factor, 'freshProofMinutes', o.fresh_proof_minutes,
  'isEnforced', exists (select from connections c where c.organization_id = o.id and c.status = 'enforced'))`

type Key = { organizationId: string; userId: string }

/** The account as a statement; no row for a deleted user. */
export const accountById = prepared<Key, LocalAccount>(
  (
    p,
  ) => sql`select u.id as "userId", u.user_name as "userName", u.display_name as "displayName", ${emailColumn} as email,
      ${timeZoneColumn} as "timeZone", u.directory_id as "directoryId", u.status, w.hash as "passwordHash", coalesce(w.must_change, false) as "mustChangePassword",
      exists (select from totp_factors t where t.organization_id = u.organization_id and t.user_id = u.id
        and t.confirmed_at is not null) as "hasTotp",
      (select count(*)::int from passkeys k where k.organization_id = u.organization_id and k.user_id = u.id) as passkeys,
      ${isEmergencyAccount} as "isEmergencyAccount",
      o.second_factor = 'required' or (o.manager_second_factor = 'required' and exists (select from effective_assignments e
        where e.organization_id = u.organization_id and e.user_id = u.id and is_managing_role(e.organization_id, e.role_id)))
        as "needsSecondFactor",
      ${policyColumn} as organization
    from users u join organizations o on o.id = u.organization_id
    left join passwords w on w.organization_id = u.organization_id and w.user_id = u.id
    where u.organization_id = ${p.organizationId} and u.id = ${p.userId} and u.deleted_at is null`,
)

const policyById = prepared<{ organizationId: string }, { policy: AccountPolicy }>(
  (p) => sql`select ${policyColumn} as policy from organizations o where o.id = ${p.organizationId}`,
)

/** Undefined for nobody, and for a deleted user. */
export async function findAccount(ctx: CallContext, userId: string): Promise<LocalAccount | undefined> {
  const [rows] = await inTransaction(ctx, (tx) =>
    tx.commitWith(accountById({ organizationId: ctx.organizationId, userId })),
  )
  return rows?.[0]
}

/** How people sign in to the context's organization. */
export async function findPolicy(ctx: CallContext): Promise<AccountPolicy | undefined> {
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(policyById({ organizationId: ctx.organizationId })))
  return rows?.[0]?.policy
}

/** People who sign in with what they themselves know or hold; others come through a provider and have nothing to set here. */
export const isLocal = (account: LocalAccount): boolean => account.passwordHash !== null || account.passkeys > 0

/** How the person is called. */
export const nameOf = ({ displayName, userName }: Pick<LocalAccount, 'displayName' | 'userName'>): string =>
  displayName ?? userName
