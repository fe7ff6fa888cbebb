// Provisioning: a person comes to exist. One statement writes the user, the e-mail look-ups and the audit row. Whom the
// organization has invited exists already: a directory that brings them completes the invitation.
import { sql } from 'drizzle-orm'
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

const insertUser = prepared<Parameters, Provisioned>(
  (p) => sql`with ${entered},
    arrival as materialized (select entered.organization_id, known.* from entered cross join lateral arrival_of(
      entered.organization_id, ${p.directoryId}, ${p.userName}, ${p.userNameKey}, ${p.externalId}, ${p.attributes}::jsonb) known),
    fresh as (select * from arrival where invited_id is null),
    provisioned as (
      insert into users (organization_id, id, directory_id, user_name, user_name_key, external_id, display_name, status,
        status_reason, is_held_by_directory, status_changed_at, attributes, created_at, updated_at)
      select fresh.organization_id, ${p.userId}, ${p.directoryId}, ${p.userName}, ${p.userNameKey}, ${p.externalId},
        ${p.displayName},
        case when is_held then 'inactive' when ${p.status} = 'active' and is_staged then 'invited' else ${p.status} end,
        case when is_held then 'administrator' else ${p.statusReason} end,
        is_held and ${p.status} = 'inactive', ${p.now}::timestamptz, ${p.attributes}::jsonb,
        ${p.now}::timestamptz, ${p.now}::timestamptz from fresh
      returning status, status_reason),
    addresses as (
      insert into user_emails (organization_id, value_key, user_id)
      select fresh.organization_id, value_key, ${p.userId} from fresh, unnest(${p.emailKeys}::text[]) value_key),
    audited as (${insertAudit(p, sql`${p.detail}::jsonb || jsonb_build_object('status', provisioned.status)`)} from provisioned)
    select (select invited_id from arrival) as "invitedId", (select status from provisioned) as status,
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
