// Changing a user: the row is locked, a pure function says what it shall be, and only what differs is written. What is said of
// the status goes through the verbs for it, in the same transaction.
import { sql } from 'drizzle-orm'
import { type AuditParameters, auditParameters, insertAudit } from '#audit/record.ts'
import { prepared, type Statement } from '#db/statement.ts'
import { type CallContext, inTransaction, nowOf, requirePermission, type Transaction } from '#src/context.ts'
import { requireVersion } from './expected-version.ts'
import { fold } from './fold.ts'
import { type StatusWord, statusStatements } from './status-word.ts'
import { changedFields, contentOf, emailKeys, type UserContent } from './user-content.ts'
import { lockUserRow, type UserRecord, type UserReference, type WrittenUser, writtenColumns } from './users.ts'

type Parameters = AuditParameters & {
  organizationId: string
  userId: string
  userName: string
  userNameKey: string
  externalId: string | null
  displayName: string | null
  attributes: string
  now: string
}

const writeContent = prepared<Parameters, WrittenUser>(
  (p) => sql`with written as (
      update users u set user_name = ${p.userName}, user_name_key = ${p.userNameKey}, external_id = ${p.externalId},
        display_name = ${p.displayName}, attributes = ${p.attributes}::jsonb, version = version + 1,
        updated_at = ${p.now}::timestamptz
      where u.organization_id = ${p.organizationId} and u.id = ${p.userId}
      returning ${writtenColumns}),
    audited as (${insertAudit(p)})
    select * from written`,
)

const forgetEmails = prepared<{ organizationId: string; userId: string; keys: readonly string[] }, never>(
  (p) => sql`delete from user_emails where organization_id = ${p.organizationId} and user_id = ${p.userId}
    and value_key = any (${p.keys}::text[])`,
)

const rememberEmails = prepared<{ organizationId: string; userId: string; keys: readonly string[] }, never>(
  (p) => sql`insert into user_emails (organization_id, value_key, user_id)
    select ${p.organizationId}, value_key, ${p.userId} from unnest(${p.keys}::text[]) value_key on conflict do nothing`,
)

export type UpdateUserInput = UserReference & {
  /** The version that the caller has seen, or undefined where they do not care. */
  expectedVersion?: number | undefined
  /** What the user shall be; pure, since it runs while the row is locked. May throw AppError invalid. */
  change(current: UserRecord): UserContent
  /** Goes with it where a directory would switch somebody on whom somebody else holds switched off. */
  whenHeld?: StatusWord['whenHeld']
  /** What becomes of another userName or other addresses, before they are written. */
  settleAddress?(tx: Transaction, current: UserRecord, wanted: UserContent): Promise<UserContent>
}

/**
 * @returns the user as they are now; the same version where nothing differs
 * @throws AppError not_found; precondition_failed where `expectedVersion` is not the current one; conflict where the
 *   userName is taken; whatever `change` throws
 */
export async function updateUser(ctx: CallContext, input: UpdateUserInput): Promise<UserRecord> {
  requirePermission(ctx, 'users.write')
  return inTransaction(ctx, async (tx) => {
    const { current, statements, besides } = await changeOf(tx, ctx, input)
    if (statements.length + besides.length === 0) return current
    const results = await tx.commitWith<unknown>(...besides, ...statements)
    return { ...current, ...(results.slice(besides.length).flat().at(-1) as WrittenUser | undefined) }
  })
}

/** The same in a transaction of the caller's. */
export async function updateUserWithin(tx: Transaction, ctx: CallContext, input: UpdateUserInput): Promise<UserRecord> {
  requirePermission(ctx, 'users.write')
  const { current, statements, besides } = await changeOf(tx, ctx, input)
  for (const statement of besides) await tx.run(statement)
  let user = current
  for (const statement of statements) user = { ...user, ...(await tx.run(statement))[0] }
  return user
}

async function changeOf(tx: Transaction, ctx: CallContext, input: UpdateUserInput) {
  const current = await lockUserRow(tx, ctx, input)
  requireVersion('user', current, input.expectedVersion)
  const before = contentOf(current)
  const wanted = input.change(current)
  const said = changedFields(before, wanted)
  const isRenamed = said.includes('userName') || said.includes('emails')
  const after = isRenamed ? ((await input.settleAddress?.(tx, current, wanted)) ?? wanted) : wanted
  const fields = after === wanted ? said : changedFields(before, after)
  const content = fields.length > 0 ? contentStatements(ctx, current, after, fields) : []
  const { user, besides } = await statusStatements(tx, ctx, current, { said: after.isActive, whenHeld: input.whenHeld })
  // Content first, status last: the last row returned is the user as they are now.
  return { current, besides, statements: [...content, ...user] }
}

function contentStatements(
  ctx: CallContext,
  current: UserRecord,
  after: UserContent,
  fields: string[],
): Statement<WrittenUser>[] {
  const key = { organizationId: ctx.organizationId, userId: current.id }
  const entry = { action: 'user.update', targetType: 'user', targetId: current.id, detail: { fields } } as const
  const write = writeContent({
    ...auditParameters(ctx, entry),
    ...key,
    userName: after.userName,
    userNameKey: fold(after.userName),
    externalId: after.externalId,
    displayName: after.displayName,
    attributes: JSON.stringify(after.attributes),
    now: nowOf(ctx),
  })
  if (!fields.includes('emails')) return [write]
  const keys = emailKeys(after.attributes)
  const dropped = emailKeys(current.attributes).filter((each) => !keys.includes(each))
  return [forgetEmails({ ...key, keys: dropped }), rememberEmails({ ...key, keys }), write]
}
