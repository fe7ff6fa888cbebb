// A mass change was meant: what was kept goes now. It can be put back afterwards all the same, for as long as losses are kept.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { deleteGroupWithin } from '#directory/delete-group.ts'
import { lockGroupRow } from '#directory/groups.ts'
import { AppError } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import {
  type CallContext,
  inTransaction,
  nowOf,
  refuseUnknown,
  requirePermission,
  type Transaction,
} from '#src/context.ts'
import { withinCeiling } from '../../ceiling/ceiling.ts'
import { settleRequestAlarm } from '../../notices/alarms/settle-alarm.ts'
import {
  getMassChange,
  type LockedMassChange,
  lockMassChange,
  type MassChange,
  type MassChangeKey,
  type MassChangeStatus,
} from './mass-changes.ts'

type Held = { groups: string[]; members: string[] }

const held = prepared<MassChangeKey, Held>(
  (p) => sql`select
      to_json(array(select g.id from groups g where g.organization_id = ${p.organizationId} and g.held_by = ${p.massChangeId})) as groups,
      to_json(array(select distinct gm.user_id from group_members gm
        where gm.organization_id = ${p.organizationId} and gm.held_by = ${p.massChangeId}
        union select m.user_id from group_nestings n cross join lateral members_below(n.child_group_id) m
        where n.organization_id = ${p.organizationId} and n.held_by = ${p.massChangeId})) as members`,
)

/** What is kept of a mass change, and of whom. */
export const keptOf = async (tx: Transaction, key: MassChangeKey): Promise<Held> =>
  (await tx.run(held(key)))[0] ?? { groups: [], members: [] }

const dropMembers = prepared<MassChangeKey, never>(
  (p) => sql`delete from group_members where organization_id = ${p.organizationId} and held_by = ${p.massChangeId}`,
)

const dropNestings = prepared<MassChangeKey, never>(
  (p) => sql`delete from group_nestings where organization_id = ${p.organizationId} and held_by = ${p.massChangeId}`,
)

const decide = prepared<MassChangeKey & { status: MassChangeStatus; decidedBy: string; now: string }, never>(
  (
    p,
  ) => sql`update mass_changes set status = ${p.status}, decided_at = ${p.now}::timestamptz, decided_by = ${p.decidedBy},
      ended_at = coalesce(ended_at, ${p.now}::timestamptz)
    where organization_id = ${p.organizationId} and id = ${p.massChangeId}`,
)

/** Notes the decision, with its trace, and settles the alarm. In a transaction that has locked the mass change. */
export async function noteDecision(
  tx: Transaction,
  ctx: CallContext,
  { id, directoryId }: LockedMassChange,
  { status, detail }: { status: MassChangeStatus; detail: Record<string, unknown> },
): Promise<void> {
  const { organizationId } = ctx
  const [now, by] = [nowOf(ctx), ctx.actor.id]
  await tx.run(decide({ organizationId, massChangeId: id, status, decidedBy: by, now }))
  const alarm = { organizationId, kind: 'mass_change', field: 'massChangeId', requestId: id }
  await tx.run(settleRequestAlarm({ ...alarm, settledBy: by, now }))
  const action = status === 'confirmed' ? 'directory.confirm_losses' : 'directory.restore_losses'
  const audit = {
    action,
    targetType: 'directory',
    targetId: directoryId,
    detail: { massChange: id, ...detail },
  } as const
  await tx.run(recordAudit(ctx, audit))
}

/**
 * Twice is no error.
 * @throws AppError forbidden (reasons `permission`, `ceiling`), not_found; conflict (reason `decided`) where it was put back
 */
export async function confirmMassChange(ctx: CallContext, massChangeId: string): Promise<MassChange> {
  requirePermission(ctx, 'directories.write')
  requirePermission(ctx, 'users.write')
  if (!isId('mch', massChangeId)) return refuseUnknown(ctx, 'Mass change')
  await inTransaction(ctx, (tx) => confirmWithin(tx, ctx, massChangeId))
  return getMassChange(ctx, massChangeId)
}

async function confirmWithin(tx: Transaction, ctx: CallContext, massChangeId: string): Promise<void> {
  const change = await lockMassChange(tx, ctx, massChangeId)
  if (change.status === 'confirmed') return
  if (change.status !== 'open') throw new AppError('conflict', 'It has been put back already', { reason: 'decided' })
  const key = { organizationId: ctx.organizationId, massChangeId }
  const kept = await keptOf(tx, key)
  await withinCeiling(tx, ctx, { users: kept.members, groups: kept.groups }, async () => {
    await tx.run(dropNestings(key))
    await tx.run(dropMembers(key))
    for (const groupId of kept.groups)
      await deleteGroupWithin(tx, ctx, await lockGroupRow(tx, ctx, { groupId, directoryId: null }))
  })
  const detail = { memberships: kept.members.length, groups: kept.groups.length }
  await noteDecision(tx, ctx, change, { status: 'confirmed', detail })
}
