// A group comes to exist, with its first members, in one round trip.
import { sql } from 'drizzle-orm'
import { type AuditParameters, auditParameters, insertAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { type CallContext, inTransaction, nowOf, requirePermission } from '#src/context.ts'
import { foldName } from './fold.ts'
import type { GroupRecord } from './groups.ts'
import { memberStatements } from './members.ts'
import type { GroupContent } from './update-group.ts'
import { visibleName } from './visible-name.ts'

type Parameters = AuditParameters & {
  organizationId: string
  groupId: string
  directoryId: string | null
  displayName: string
  displayNameKey: string
  externalId: string | null
  attributes: string
  now: string
}

const insertGroup = prepared<Parameters, never>(
  (p) => sql`with created as (
      insert into groups (organization_id, id, directory_id, external_id, display_name, display_name_key, attributes,
        created_at, updated_at)
      values (${p.organizationId}, ${p.groupId}, ${p.directoryId}, ${p.externalId}, ${p.displayName},
        ${p.displayNameKey}, ${p.attributes}::jsonb, ${p.now}::timestamptz, ${p.now}::timestamptz))
    ${insertAudit(p)}`,
)

const selectVersion = prepared<{ organizationId: string; groupId: string }, { version: number }>(
  (p) => sql`select version from groups where organization_id = ${p.organizationId} and id = ${p.groupId}`,
)

/**
 * @throws AppError invalid (`invalidValue`) where a member does not exist for the caller, or the name cannot be seen; conflict
 *   (`uniqueness`) where the directory has a group with this externalId
 */
export async function createGroup(
  ctx: CallContext,
  input: { directoryId: string | null; content: GroupContent; memberIds: readonly string[] },
): Promise<GroupRecord> {
  requirePermission(ctx, 'groups.write')
  const { directoryId } = input
  const content = { ...input.content, displayName: visibleName('displayName', input.content.displayName) }
  const [groupId, now] = [ctx.ids.next('grp'), nowOf(ctx)]
  const entry = { action: 'group.create', targetType: 'group', targetId: groupId, detail: { directoryId } } as const
  const key = { organizationId: ctx.organizationId, directoryId, groupId }
  const { displayName, externalId } = content
  const results = await inTransaction(ctx, (tx) =>
    tx.commitWith<unknown>(
      insertGroup({
        ...auditParameters(ctx, entry),
        ...key,
        displayName,
        displayNameKey: foldName(displayName),
        externalId,
        attributes: JSON.stringify(content.attributes),
        now,
      }),
      ...memberStatements(ctx, key, { kind: 'add', ids: input.memberIds }),
      selectVersion(key),
    ),
  )
  const [row] = (results.at(-1) ?? []) as { version: number }[]
  return { id: groupId, directoryId, ...content, version: row?.version ?? 1, createdAt: now, updatedAt: now }
}
