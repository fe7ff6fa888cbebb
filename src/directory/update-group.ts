// Changing a group and its members: ordered, all or nothing. A change of members alone is one round trip, whatever the
// group's size.
import { isDeepStrictEqual } from 'node:util'
import { sql } from 'drizzle-orm'
import { type AuditParameters, auditParameters, insertAudit } from '#audit/record.ts'
import { prepared, type Statement } from '#db/statement.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, nowOf, requirePermission, type Transaction } from '#src/context.ts'
import { requireVersion } from './expected-version.ts'
import { foldName } from './fold.ts'
import {
  type GroupKey,
  type GroupRecord,
  type GroupReference,
  groupColumns,
  isGroup,
  lockGroupRow,
  lockGroupStatement,
} from './groups.ts'
import {
  addedGroups,
  type ChangedRow,
  cycleThrough,
  type KnownChange,
  lockNestings,
  type MemberChange,
  matchingMembers,
  memberStatements,
} from './members.ts'
import type { Attributes } from './users.ts'
import { visibleName } from './visible-name.ts'

export type GroupContent = { displayName: string; externalId: string | null; attributes: Attributes }

export type UpdateGroupInput = GroupReference & {
  expectedVersion?: number | undefined
  /** What the group shall be; pure, since it runs while the row is locked. */
  change?: ((current: GroupRecord) => GroupContent) | undefined
  /** Applied in this order. */
  members?: readonly MemberChange[]
}

type Parameters = AuditParameters &
  GroupKey & {
    displayName: string
    displayNameKey: string
    externalId: string | null
    attributes: string
    now: string
  }

const writeContent = prepared<Parameters, GroupRecord>(
  (p) => sql`with written as (
      update groups g set display_name = ${p.displayName}, display_name_key = ${p.displayNameKey},
        external_id = ${p.externalId}, attributes = ${p.attributes}::jsonb, version = version + 1,
        updated_at = ${p.now}::timestamptz
      where ${isGroup(p)} returning ${groupColumns}),
    audited as (${insertAudit(p)})
    select * from written`,
)

/**
 * @returns the group's version as it is now
 * @throws AppError not_found; precondition_failed; invalid (`invalidValue`) where a member does not exist or a nested
 *   group would close a cycle; conflict (`uniqueness`) where the directory has another group with the externalId; whatever
 *   `change` throws
 */
export async function updateGroup(ctx: CallContext, input: UpdateGroupInput): Promise<number> {
  requirePermission(ctx, 'groups.write')
  const members = input.members ?? []
  const key = { organizationId: ctx.organizationId, directoryId: input.directoryId, groupId: input.groupId }
  const isMembersOnly = input.change === undefined && input.expectedVersion === undefined && isId('grp', input.groupId)
  const known = members.filter((change) => change.kind !== 'removeWhere' && addedGroups(change).length === 0)
  return inTransaction(ctx, (tx) =>
    isMembersOnly && known.length === members.length
      ? changeMembersAtOnce(tx, ctx, key, known as KnownChange[])
      : changeStepByStep(tx, ctx, key, input),
  )
}

/** The same in a transaction of the caller's. */
export async function updateGroupWithin(tx: Transaction, ctx: CallContext, input: UpdateGroupInput): Promise<void> {
  requirePermission(ctx, 'groups.write')
  const { directoryId, groupId } = input
  await changeStepByStep(tx, ctx, { organizationId: ctx.organizationId, directoryId, groupId }, input)
}

/** Lock, changes and COMMIT in one pipeline: none of them depends on the answer to another. */
async function changeMembersAtOnce(
  tx: Transaction,
  ctx: CallContext,
  key: GroupKey,
  changes: readonly KnownChange[],
): Promise<number> {
  const locked = tx.run(lockGroupStatement(key))
  const statements = changes.flatMap((change) => memberStatements(ctx, key, change))
  const changed = tx.commitWith<ChangedRow>(...statements)
  changed.catch(() => {})
  // Without the group the statements found nothing to change, and that it is missing is the answer.
  const [group] = await locked
  if (group === undefined) throw notFound('Group')
  return group.version + bumps((await changed).flat())
}

/** Each statement that changes members makes a new version. */
const bumps = (rows: readonly ChangedRow[]): number => rows.filter(({ changed }) => changed > 0).length

async function changeStepByStep(
  tx: Transaction,
  ctx: CallContext,
  key: GroupKey,
  input: UpdateGroupInput,
): Promise<number> {
  const current = await lockGroupRow(tx, ctx, input)
  requireVersion('group', current, input.expectedVersion)
  const members = input.members ?? []
  const nested = members.flatMap(addedGroups)
  if (nested.length > 0) await refuseCycle(tx, key, nested)
  let { version } = current
  for (const statement of contentStatements(ctx, key, current, input.change)) {
    await tx.run(statement)
    version += 1
  }
  for (const change of members) {
    const step = await settled(tx, key, change)
    for (const statement of memberStatements(ctx, key, step)) version += bumps(await tx.run(statement))
  }
  return version
}

/** A condition becomes the ids that satisfy it at this point of the sequence. */
async function settled(tx: Transaction, key: GroupKey, change: MemberChange): Promise<KnownChange> {
  if (change.kind !== 'removeWhere') return change
  const rows = await tx.run(matchingMembers(key, change.condition))
  return { kind: 'remove', ids: rows.map(({ id }) => id) }
}

/** @throws AppError invalid */
async function refuseCycle(tx: Transaction, key: GroupKey, ids: readonly string[]): Promise<void> {
  await tx.run(lockNestings({ organizationId: key.organizationId }))
  const [cycle] = await tx.run(cycleThrough(key, ids))
  if (cycle === undefined) return
  const message = `The group ${cycle.id} contains this group already; a group cannot be a member of itself`
  throw new AppError('invalid', message, { reason: 'invalidValue' })
}

function contentStatements(
  ctx: CallContext,
  key: GroupKey,
  current: GroupRecord,
  change: UpdateGroupInput['change'],
): Statement<GroupRecord>[] {
  if (change === undefined) return []
  const wanted = change(current)
  const isRenamed = wanted.displayName !== current.displayName
  const after = isRenamed ? { ...wanted, displayName: visibleName('displayName', wanted.displayName) } : wanted
  const fields = (['displayName', 'externalId', 'attributes'] as const).filter(
    (name) => !isDeepStrictEqual(after[name], current[name]),
  )
  if (fields.length === 0) return []
  const renamed = fields.includes('displayName')
    ? { renamed: { from: current.displayName, to: after.displayName } }
    : {}
  const detail = { fields, ...renamed }
  const entry = { action: 'group.update', targetType: 'group', targetId: current.id, detail } as const
  return [
    writeContent({
      ...auditParameters(ctx, entry),
      ...key,
      displayName: after.displayName,
      displayNameKey: foldName(after.displayName),
      externalId: after.externalId,
      attributes: JSON.stringify(after.attributes),
      now: nowOf(ctx),
    }),
  ]
}
