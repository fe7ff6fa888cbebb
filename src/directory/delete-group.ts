// A group goes, with its memberships and mappings: whoever held a role through it holds it no more.
import { sql } from 'drizzle-orm'
import { type AuditParameters, auditParameters, insertAudit } from '#audit/record.ts'
import { prepared, type Statement } from '#db/statement.ts'
import { type CallContext, inTransaction, nowOf, requirePermission, type Transaction } from '#src/context.ts'
import { requireVersion } from './expected-version.ts'
import { type GroupKey, type GroupRecord, type GroupReference, isGroup, lockGroupRow } from './groups.ts'
import { noteLossOfGroup } from './losses.ts'

const remove = prepared<AuditParameters & GroupKey, never>(
  (p) => sql`with mapped as (
      select m.id, m.role_id, m.brand_id from mappings m
      where m.organization_id = ${p.organizationId} and m.group_id = ${p.groupId}),
    removed as (delete from groups g where ${isGroup(p)})
    ${insertAudit(p, sql`${p.detail}::jsonb || jsonb_build_object('mappings', (select coalesce(jsonb_agg(to_jsonb(mapped)), '[]') from mapped))`)}`,
)

// First and by a statement of its own: what the cascade of a foreign key takes is gone before any trigger looks at it.
const removeMembers = prepared<GroupKey, never>(
  (p) => sql`delete from group_members gm using groups g where ${isGroup(p)}
    and gm.organization_id = g.organization_id and gm.group_id = g.id`,
)

const removeNestings = prepared<GroupKey, never>(
  (p) => sql`delete from group_nestings n using groups g where ${isGroup(p)}
    and n.organization_id = g.organization_id and g.id in (n.group_id, n.child_group_id)`,
)

const keep = prepared<AuditParameters & GroupKey & { heldBy: string; now: string }, never>(
  (p) => sql`with kept as (
      update groups g set directory_id = null, held_by = ${p.heldBy}, version = version + 1,
        updated_at = ${p.now}::timestamptz where ${isGroup(p)})
    ${insertAudit(p)}`,
)

async function keptBy(tx: Transaction, ctx: CallContext, { id, directoryId }: GroupRecord): Promise<string | null> {
  const { organizationId } = ctx
  const [noted] = await tx.run(noteLossOfGroup({ organizationId, directoryId, groupId: id, now: nowOf(ctx) }))
  return noted?.massChangeId ?? null
}

/** For the directory it is gone, and it may bring another one of its name; here it stays until an administrator has decided. */
function keeping(ctx: CallContext, { id, displayName, directoryId }: GroupRecord, heldBy: string): Statement<never> {
  const detail = { displayName, directoryId, massChange: heldBy }
  const entry = { action: 'group.keep', targetType: 'group', targetId: id, detail } as const
  const key = { organizationId: ctx.organizationId, directoryId, groupId: id }
  return keep({ ...auditParameters(ctx, entry), ...key, heldBy, now: nowOf(ctx) })
}

/** @throws AppError not_found; precondition_failed where `expectedVersion` is not the current one */
export async function deleteGroup(
  ctx: CallContext,
  input: GroupReference & { expectedVersion?: number | undefined },
): Promise<void> {
  requirePermission(ctx, 'groups.write')
  await inTransaction(ctx, async (tx) => {
    const group = await lockGroupRow(tx, ctx, input)
    requireVersion('group', group, input.expectedVersion)
    const keeper = input.directoryId === null ? null : await keptBy(tx, ctx, group)
    await tx.commitWith<unknown>(...(keeper === null ? removals(ctx, group) : [keeping(ctx, group, keeper)]))
  })
}

/** The same in a transaction of the caller's, for a group that it has locked. */
export async function deleteGroupWithin(tx: Transaction, ctx: CallContext, group: GroupRecord): Promise<void> {
  requirePermission(ctx, 'groups.write')
  for (const removal of removals(ctx, group)) await tx.run(removal)
}

function removals(ctx: CallContext, { id, displayName, directoryId }: GroupRecord): Statement<never>[] {
  const detail = { displayName, directoryId }
  const entry = { action: 'group.delete', targetType: 'group', targetId: id, detail } as const
  const key = { organizationId: ctx.organizationId, directoryId, groupId: id }
  return [removeNestings(key), removeMembers(key), remove({ ...auditParameters(ctx, entry), ...key })]
}
