// Provisioning: a person comes to exist. One statement writes the user, the e-mail look-ups and the audit row.
import { sql } from 'drizzle-orm'
import { type AuditParameters, auditParameters, insertAudit } from '#audit/record.ts'
import { entered, prepared, type Statement, withEntry } from '#db/statement.ts'
import {
  type CallContext,
  enterOrganization,
  inOneStatement,
  nowOf,
  requirePermission,
  type Transaction,
} from '#src/context.ts'
import { fold } from './fold.ts'
import { emailKeys, type UserContent } from './user-content.ts'
import type { UserRecord } from './users.ts'

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

const insertUser = prepared<Parameters, never>(
  (p) => sql`with ${entered},
    provisioned as (
      insert into users (organization_id, id, directory_id, user_name, user_name_key, external_id, display_name, status,
        status_reason, status_changed_at, attributes, created_at, updated_at)
      select entered.organization_id, ${p.userId}, ${p.directoryId}, ${p.userName}, ${p.userNameKey}, ${p.externalId},
        ${p.displayName}, ${p.status}, ${p.statusReason}, ${p.now}::timestamptz, ${p.attributes}::jsonb,
        ${p.now}::timestamptz, ${p.now}::timestamptz from entered),
    addresses as (
      insert into user_emails (organization_id, value_key, user_id)
      select entered.organization_id, value_key, ${p.userId} from entered, unnest(${p.emailKeys}::text[]) value_key)
    ${insertAudit(p)} from entered`,
)

type Provision = {
  directoryId: string | null
  content: UserContent
  /** True for people who have yet to accept an invitation or to be approved. */
  isInvited?: boolean
}

/**
 * Creates a user, active unless the content says otherwise.
 * @throws AppError conflict (reason `uniqueness`) where the organization has the userName already
 */
export async function provisionUser(ctx: CallContext, input: Provision): Promise<UserRecord> {
  requirePermission(ctx, 'users.write')
  const { user, statement } = provisioning(ctx, input)
  await inOneStatement(ctx, statement)
  return user
}

/** The user to be, and the statement (with the CTE `entered`) that provisions them. */
function provisioning(ctx: CallContext, input: Provision): { user: UserRecord; statement: Statement<never> } {
  const { directoryId, content, isInvited = false } = input
  const [userId, now] = [ctx.ids.next('usr'), nowOf(ctx)]
  const status = isInvited ? 'invited' : content.isActive ? 'active' : 'inactive'
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
  const fresh = { epoch: 0, version: 1, createdAt: now, updatedAt: now, deletedAt: null, groups: [] }
  return { user: { id: userId, directoryId, status, statusReason, ...columns, ...fresh }, statement }
}

/** Creates a user inside a transaction that goes on. @throws AppError as `provisionUser` does */
export async function provisionWithin(tx: Transaction, ctx: CallContext, input: Provision): Promise<UserRecord> {
  const { user, statement } = provisioning(ctx, input)
  const { organizationId } = ctx
  await tx.run(withEntry(statement, enterOrganization({ organizationId })))
  return user
}
