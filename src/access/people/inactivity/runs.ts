// What runs of the rule on inactivity did, and taking one back.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, refuseUnknown, requirePermission } from '#src/context.ts'
import { previewBulk } from '../bulk/preview-bulk.ts'
import { maxSelected } from '../bulk/selection.ts'
import { startUserChange } from '../bulk/start-user-change.ts'
import type { UserChange } from '../bulk/user-changes.ts'

export type InactivityRun = {
  id: string
  ranAt: string
  warned: number
  deactivated: number
  erased: number
  refused: number
  /** How many of those it deactivated nobody has switched on since. */
  stillOff: number
}

/** Of `inactivity_notices w`, with their `users u`: the rule's deactivation is what holds them. */
const isStillOff = sql`u.status = 'inactive' and u.status_reason = 'inactivity' and u.status_changed_at = w.deactivated_at
  and u.deleted_at is null`

const select = prepared<
  { organizationId: string; runId: string | null; before: string | null; limit: number },
  InactivityRun
>(
  (p) => sql`select r.id, r.ran_at as "ranAt", r.warned, r.deactivated, r.erased, r.refused,
      (select count(*)::int from inactivity_notices w join users u on u.organization_id = w.organization_id and u.id = w.user_id
        where w.organization_id = r.organization_id and w.deactivated_in = r.id and ${isStillOff}) as "stillOff"
    from inactivity_runs r where r.organization_id = ${p.organizationId} and (${p.runId}::text is null or r.id = ${p.runId})
      and (${p.before}::text is null or r.id < ${p.before}) order by r.id desc limit ${p.limit}::int`,
)

/** Those that did something, the newest first. @throws AppError forbidden */
export async function listInactivityRuns(
  ctx: CallContext,
  { after = null, limit }: { after?: string | null | undefined; limit: number },
): Promise<InactivityRun[]> {
  requirePermission(ctx, 'users.read')
  const statement = select({ organizationId: ctx.organizationId, runId: null, before: after, limit })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows ?? []
}

const people = prepared<{ organizationId: string; runId: string; limit: number }, { userId: string }>(
  (p) => sql`select w.user_id as "userId" from inactivity_notices w
    join users u on u.organization_id = w.organization_id and u.id = w.user_id
    where w.organization_id = ${p.organizationId} and w.deactivated_in = ${p.runId} and ${isStillOff}
    order by w.user_id limit ${p.limit}::int`,
)

/**
 * Switches on whom the run has deactivated and nobody has since, at most ten thousand at once; the rule counts anew for them. It is a
 * change of many people, each by the verb that a single one goes through.
 * @throws AppError forbidden, not_found; conflict (reason `nobody`) where there is nobody left
 */
export async function undoInactivityRun(ctx: CallContext, runId: string): Promise<UserChange> {
  requirePermission(ctx, 'users.write')
  if (!isId('inr', runId)) return refuseUnknown(ctx, 'Run')
  const { organizationId } = ctx
  const userIds = await inTransaction(ctx, async (tx) => {
    const [run] = await tx.run(select({ organizationId, runId, before: null, limit: 1 }))
    if (run === undefined) throw notFound('Run')
    return (await tx.run(people({ organizationId, runId, limit: maxSelected }))).map(({ userId }) => userId)
  })
  if (userIds.length === 0)
    throw new AppError('conflict', 'Nobody whom this run has deactivated is still switched off by it', {
      reason: 'nobody',
    })
  const input = { action: { kind: 'reactivate', restore: 'all' } as const, selection: { userIds } }
  const { hash } = await previewBulk(ctx, input)
  return startUserChange(ctx, { ...input, hash })
}
