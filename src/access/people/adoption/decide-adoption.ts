// An administrator's word on people whom a directory asked for: adopted, they are the directory's from now on, with all that they
// have; refused, it asks in vain.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { lockDirectoryRow } from '#connections/directories/directories.ts'
import { prepared } from '#db/statement.ts'
import { asBrought } from '#directory/adopt-user.ts'
import { lockUserRow } from '#directory/users.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { parseInput } from '#platform/input.ts'
import {
  type CallContext,
  inTransaction,
  nowOf,
  refuseUnknown,
  requirePermission,
  type Transaction,
} from '#src/context.ts'
import { requireNotAbove, withinCeiling } from '../../ceiling/ceiling.ts'
import { settleRequestAlarm } from '../../notices/alarms/settle-alarm.ts'
import { type AdoptionRequest, adoptionColumns, adoptionTables } from './adoption-requests.ts'
import { takeOver } from './take-over.ts'

const DecisionInput = z.object({
  directoryId: z.string(),
  /** Those with these ids, or all that wait. */
  requests: z.union([z.literal('all'), z.array(z.string()).min(1).max(1_000)]),
  decision: z.enum(['adopt', 'refuse']),
})

export type AdoptionOutcome = { id: string; userId: string; userName: string; error: string | null }

type Key = { organizationId: string; id: string }

const waiting = prepared<
  { organizationId: string; directoryId: string; ids: readonly string[] | null },
  { id: string }
>(
  (p) => sql`select r.id from adoption_requests r where r.organization_id = ${p.organizationId}
    and r.directory_id = ${p.directoryId}
    and case when ${p.ids}::text[] is null then r.status = 'pending' else r.id = any (${p.ids}::text[]) end
    order by r.id limit 1000`,
)

const lock = prepared<Key, AdoptionRequest>(
  (p) => sql`select ${adoptionColumns} from ${adoptionTables}
    where r.organization_id = ${p.organizationId} and r.id = ${p.id} for update of r`,
)

const decide = prepared<Key & { status: string; decidedBy: string; now: string }, never>(
  (
    p,
  ) => sql`update adoption_requests set status = ${p.status}, decided_at = ${p.now}::timestamptz, decided_by = ${p.decidedBy}
    where organization_id = ${p.organizationId} and id = ${p.id}`,
)

/**
 * Each in a transaction of its own, so that one that is refused keeps none of the others. One that was refused before may be
 * adopted after all.
 * @returns what came of each, with the reason where nothing did
 * @throws AppError forbidden (reason `permission`), invalid; not_found for a directory or request that is not there
 */
export async function decideAdoptions(
  ctx: CallContext,
  input: z.input<typeof DecisionInput>,
): Promise<AdoptionOutcome[]> {
  requirePermission(ctx, 'directories.write')
  requirePermission(ctx, 'users.write')
  const { directoryId, requests, decision } = parseInput(DecisionInput, input)
  const { organizationId } = ctx
  const ids = requests === 'all' ? null : requests
  if (!isId('dir', directoryId)) return refuseUnknown(ctx, 'Directory')
  const found = await inTransaction(ctx, async (tx) => {
    await lockDirectoryRow(tx, ctx, directoryId)
    return tx.run(waiting({ organizationId, directoryId, ids }))
  })
  if (ids !== null && found.length < new Set(ids).size) throw notFound('Adoption request')
  const outcomes: AdoptionOutcome[] = []
  for (const { id } of found) {
    const outcome = await inTransaction(ctx, (tx) => decideOne(tx, ctx, { id, decision })).catch((error: unknown) => {
      if (!(error instanceof AppError) || error.code === 'unavailable') throw error
      return { id, userId: '', userName: '', error: error.message }
    })
    outcomes.push(outcome)
  }
  return outcomes
}

async function decideOne(
  tx: Transaction,
  ctx: CallContext,
  { id, decision }: { id: string; decision: 'adopt' | 'refuse' },
): Promise<AdoptionOutcome> {
  const { organizationId } = ctx
  const [request] = await tx.run(lock({ organizationId, id }))
  if (request === undefined) throw notFound('Adoption request')
  const { directoryId, content } = request
  const { id: userId, userName } = request.user
  if (request.status === 'adopted') return { id, userId, userName, error: null }
  await requireNotAbove(tx, ctx, userId)
  const [now, by] = [nowOf(ctx), ctx.actor.id]
  if (decision === 'adopt') {
    const user = await lockUserRow(tx, ctx, { userId, directoryId: null })
    // What the directory writes of them may satisfy the filter of a mapping.
    await withinCeiling(tx, ctx, { users: [userId] }, () =>
      takeOver(tx, ctx, user, { directoryId, by: 'confirmation', change: asBrought(content) }),
    )
  }
  const detail = { adoptionRequestId: id, directoryId }
  const audit = { targetType: 'user', targetId: userId, detail } as const
  await tx.run(decide({ organizationId, id, status: decision === 'adopt' ? 'adopted' : 'refused', decidedBy: by, now }))
  if (decision === 'refuse') {
    const asked = { organizationId, kind: 'adoption_request', field: 'adoptionRequestId', requestId: id }
    await tx.run(settleRequestAlarm({ ...asked, settledBy: by, now }))
  }
  await tx.run(recordAudit(ctx, { ...audit, action: `user.${decision}_for_directory` }))
  return { id, userId, userName, error: null }
}
