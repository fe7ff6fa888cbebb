// SCIM DELETE: the person is switched off by the one verb, leaves all groups and is hidden from the directory. The
// userName is free again, for a new user with a new id and none of the old rights. Nothing is destroyed.
import { sql } from 'drizzle-orm'
import { type AuditRowParameters, auditParameters, insertAudit } from '#audit/record.ts'
import { prepared, type Statement } from '#db/statement.ts'
import { type CallContext, inTransaction, nowOf, requirePermission, type Transaction } from '#src/context.ts'
import { deactivation } from './deactivation.ts'
import { requireVersion } from './expected-version.ts'
import { noteLossOfPerson } from './losses.ts'
import { emailKeys } from './user-content.ts'
import { lockUserRow, type UserRecord, type UserReference } from './users.ts'

type Parameters = AuditRowParameters & {
  organizationId: string
  userId: string
  directoryId: string | null
  emailKeys: readonly string[]
  now: string
}

const hide = prepared<Parameters, never>(
  (p) => sql`with hidden as (
      update users set deleted_at = ${p.now}::timestamptz, version = version + 1, updated_at = ${p.now}::timestamptz
      where organization_id = ${p.organizationId} and id = ${p.userId}),
    left_groups as (
      delete from group_members where organization_id = ${p.organizationId} and user_id = ${p.userId}
      returning group_id),
    -- With the user's own loss as the source for putting it back.
    noted as (
      insert into directory_losses (organization_id, directory_id, occurred_at, kind, user_id, group_id, status, counts)
      select ${p.organizationId}, ${p.directoryId}, ${p.now}::timestamptz, 'left_group', ${p.userId}, group_id, 'inactive', false
      from left_groups where ${p.directoryId}::text is not null),
    forgotten as (
      delete from user_emails where organization_id = ${p.organizationId} and user_id = ${p.userId}
        and value_key = any (${p.emailKeys}::text[])),
    bumped as (
      update groups set version = version + 1, updated_at = ${p.now}::timestamptz
      where organization_id = ${p.organizationId} and id in (select group_id from left_groups))
    ${insertAudit(p, sql`jsonb_build_object('groups', (select coalesce(jsonb_agg(group_id), '[]') from left_groups))`)}`,
)

/** Hides somebody, and takes them out of their groups; `directoryId`: whose word it is, where it is a directory's. */
export function hiding(
  ctx: CallContext,
  { id: userId, attributes }: Pick<UserRecord, 'id' | 'attributes'>,
  { directoryId }: { directoryId: string | null },
): Statement<never> {
  const entry = { action: 'user.delete', targetType: 'user', targetId: userId } as const
  const audit = auditParameters(ctx, entry)
  const { organizationId } = ctx
  return hide({ ...audit, organizationId, userId, directoryId, emailKeys: emailKeys(attributes), now: nowOf(ctx) })
}

type DeleteUserInput = UserReference & { expectedVersion?: number | undefined }

/** @throws AppError not_found, also at the second time; precondition_failed where `expectedVersion` is not current */
export async function deleteUser(ctx: CallContext, input: DeleteUserInput): Promise<void> {
  requirePermission(ctx, 'users.write')
  await inTransaction(ctx, (tx) => deleteUserWithin(tx, ctx, input))
}

/** The same in a transaction of the caller's, which it ends. */
export async function deleteUserWithin(tx: Transaction, ctx: CallContext, input: DeleteUserInput): Promise<void> {
  requirePermission(ctx, 'users.write')
  const user = await lockUserRow(tx, ctx, input)
  requireVersion('user', user, input.expectedVersion)
  // Made first, so that its audit row comes first.
  const switchedOff = deactivation(ctx, user.id, { reason: 'directory_deleted' })
  const { directoryId } = user
  const hidden = hiding(ctx, user, { directoryId })
  await tx.commitWith<unknown>(
    noteLossOfPerson({ directoryId, userId: user.id, kind: 'deleted', now: nowOf(ctx) }),
    switchedOff,
    hidden,
  )
}
