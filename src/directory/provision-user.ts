// Provisioning: a person comes to exist. One statement writes the user, the e-mail look-ups and the audit row. Whom the
// organization has invited exists already: a directory that brings them completes the invitation.
import { type SQL, sql } from 'drizzle-orm'
import { type AuditParameters, auditParameters, insertAudit } from '#audit/record.ts'
import { entered, prepared, type Statement, withEntry } from '#db/statement.ts'
import {
  type CallContext,
  enterOrganization,
  nowOf,
  requirePermission,
  type Transaction,
  writeInOneStatement,
} from '#src/context.ts'
import { completeInvited } from './complete-invited.ts'
import { fold } from './fold.ts'
import { isStaged } from './staged.ts'
import { emailKeys, type UserContent } from './user-content.ts'
import type { StatusReason, UserRecord, UserStatus } from './users.ts'

type Parameters = AuditParameters & {
  userId: string
  directoryId: string | null
  userName: string
  userNameKey: string
  externalId: string | null
  displayName: string | null
  status: string
  statusReason: string | null
  attributes: string
  emailKeys: readonly string[]
  now: string
}

/** Nobody is provisioned where a directory brings somebody who is invited: their id is answered. */
type Provisioned =
  | { invitedId: string; status: null; statusReason: null }
  | { invitedId: null; status: UserStatus; statusReason: StatusReason | null }

// Whom an administrator had switched off, and who comes again by any name that they had, is so still: the latest of all who had one
// of the names counts, so that a hold that was lifted stays lifted.
const heldBefore = (p: { [column in keyof Parameters]: SQL }): SQL => sql`names as materialized (
    select organization_id, array_remove(array[${p.userNameKey}::text,
      sign_in_key(${p.attributes}::jsonb, ${p.userName}::text)], null) as keys from fresh
    where ${p.directoryId}::text is not null),
  held as (
    select coalesce((
      select r.status_reason = 'administrator' and (
        select o.reactivation = 'by_holder' from organizations o where o.id = fresh.organization_id)
      from names n join users r on r.organization_id = n.organization_id and r.id in (
        select u.id from users u where u.organization_id = n.organization_id and u.deleted_at is not null
          and u.user_name_key = any (n.keys)
        union all select u.id from users u where u.organization_id = n.organization_id and u.deleted_at is not null
          and u.email_key = any (n.keys)
        union all select u.id from users u where u.organization_id = n.organization_id and u.deleted_at is not null
          and u.external_id = ${p.externalId} and u.directory_id = ${p.directoryId}
        union all select f.user_id from former_names f where f.organization_id = n.organization_id
          and f.value_key = any (n.keys) and f.kind in ('user_name', 'address')
        union all select f.user_id from former_names f where f.organization_id = n.organization_id
          and f.value_key = ${p.externalId} and f.kind = 'external_id' and f.directory_id = ${p.directoryId})
      order by r.status_changed_at desc, r.id desc limit 1), false) as is_held
    from fresh)`

const insertUser = prepared<Parameters, Provisioned>(
  (p) => sql`with ${entered},
    invited as materialized (
      select found.id from entered cross join lateral (
        select u.id from invitations i join users u on u.organization_id = i.organization_id and u.id = i.user_id
        where ${p.directoryId}::text is not null and i.organization_id = entered.organization_id
          and i.status in ('pending', 'cancelled')
          and i.email_key in (${p.userNameKey}, sign_in_key(${p.attributes}::jsonb, ${p.userName}::text))
          and u.status = 'invited' and u.directory_id is null and u.deleted_at is null
        order by (u.user_name_key = ${p.userNameKey}) desc, u.id limit 1 offset 0) found),
    fresh as (select organization_id from entered where not exists (select from invited)),
    ${heldBefore(p)},
    provisioned as (
      insert into users (organization_id, id, directory_id, user_name, user_name_key, external_id, display_name, status,
        status_reason, is_held_by_directory, status_changed_at, attributes, created_at, updated_at)
      select fresh.organization_id, ${p.userId}, ${p.directoryId}, ${p.userName}, ${p.userNameKey}, ${p.externalId},
        ${p.displayName}, case when held.is_held then 'inactive' when ${p.status} = 'active' and ${isStaged(sql`fresh.organization_id`, p.directoryId)} then 'invited' else ${p.status} end,
        case when held.is_held then 'administrator' else ${p.statusReason} end,
        held.is_held and ${p.status} = 'inactive', ${p.now}::timestamptz, ${p.attributes}::jsonb,
        ${p.now}::timestamptz, ${p.now}::timestamptz from fresh cross join held
      returning status, status_reason),
    addresses as (
      insert into user_emails (organization_id, value_key, user_id)
      select fresh.organization_id, value_key, ${p.userId} from fresh, unnest(${p.emailKeys}::text[]) value_key),
    audited as (${insertAudit(p, sql`${p.detail}::jsonb || jsonb_build_object('status', provisioned.status)`)} from provisioned)
    select (select id from invited) as "invitedId", (select status from provisioned) as status,
      (select status_reason from provisioned) as "statusReason"`,
)

type Provision = {
  directoryId: string | null
  content: UserContent
  /** True for people who have yet to accept an invitation or to be approved. */
  isInvited?: boolean
}

/**
 * Creates a user, active unless the content says otherwise, or pending where the directory's arrivals are staged. Somebody whom the organization has invited becomes the directory's,
 * with the id and the roles that they have.
 * @throws AppError conflict (reason `uniqueness`) where the organization has the userName already
 */
export async function provisionUser(ctx: CallContext, input: Provision): Promise<UserRecord> {
  requirePermission(ctx, 'users.write')
  const { user, statement } = provisioning(ctx, input)
  const [found] = await writeInOneStatement(ctx, statement)
  const { directoryId, content } = input
  if (found === undefined) throw new Error('Provisioning says what came of it')
  const { invitedId, status, statusReason } = found
  if (invitedId === null || directoryId === null) return { ...user, status: status ?? user.status, statusReason }
  return completeInvited(ctx, { userId: invitedId, directoryId, content })
}

/** The user to be, and the statement (with the CTE `entered`) that provisions them. */
function provisioning(ctx: CallContext, input: Provision): { user: UserRecord; statement: Statement<Provisioned> } {
  const { directoryId, content, isInvited = false } = input
  const [userId, now] = [ctx.ids.next('usr'), nowOf(ctx)]
  const status = isInvited ? 'invited' : content.isActive === false ? 'inactive' : 'active'
  const statusReason = status !== 'inactive' ? null : directoryId === null ? 'administrator' : 'directory'
  const entry = {
    action: 'user.provision',
    targetType: 'user',
    targetId: userId,
    detail: { directoryId, status },
  } as const
  const statement = insertUser({
    ...auditParameters(ctx, entry),
    userId,
    directoryId,
    userName: content.userName,
    userNameKey: fold(content.userName),
    externalId: content.externalId,
    displayName: content.displayName,
    status,
    statusReason,
    attributes: JSON.stringify(content.attributes),
    emailKeys: emailKeys(content.attributes),
    now,
  })
  const { isActive: _, ...columns } = content
  const fresh = {
    isHeldByDirectory: false,
    epoch: 0,
    version: 1,
    createdAt: now,
    updatedAt: now,
    deletedAt: null,
    groups: [],
  }
  return { user: { id: userId, directoryId, status, statusReason, ...columns, ...fresh }, statement }
}

/** Creates a user inside a transaction that goes on. @throws AppError as `provisionUser` does */
export async function provisionWithin(tx: Transaction, ctx: CallContext, input: Provision): Promise<UserRecord> {
  const { user, statement } = provisioning(ctx, input)
  const { organizationId } = ctx
  await tx.run(withEntry(statement, enterOrganization({ organizationId })))
  return user
}
