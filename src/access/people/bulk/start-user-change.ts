// A change of many people, as it was previewed: kept first, so that it goes on whatever becomes of the request that began it.
import { sql } from 'drizzle-orm'
import type { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, nowOf } from '#src/context.ts'
import { requireFresh } from '../../ground/stale-preview.ts'
import { requireAction } from './blockers.ts'
import { continueUserChange } from './continue-user-changes.ts'
import { BulkInput, hashOf, selectPeople } from './selection.ts'
import { getUserChange, requireLastingActor, type UserChange } from './user-changes.ts'

/** What is done within this time is done when the request is answered; the worker goes on with the rest. */
const atOnceMillis = 1_500

const insertChange = prepared<
  { organizationId: string; id: string; action: string; actorType: string; actorId: string; now: string },
  never
>(
  (p) => sql`insert into user_changes (organization_id, id, action, actor_type, actor_id, started_at)
    values (${p.organizationId}, ${p.id}, ${p.action}::jsonb, ${p.actorType}, ${p.actorId}, ${p.now}::timestamptz)`,
)

const insertPeople = prepared<{ organizationId: string; changeId: string; userIds: readonly string[] }, never>(
  (p) => sql`insert into user_change_people (organization_id, change_id, position, user_id)
    select ${p.organizationId}, ${p.changeId}, position, user_id
    from unnest(${p.userIds}::text[]) with ordinality chosen (user_id, position)`,
)

/**
 * @param input what was previewed, with the hash of the preview
 * @returns how far it is: all of it where it was little
 * @throws AppError invalid, forbidden, not_found; precondition_failed (reason `stale_preview`) where it is not any more what was
 *   previewed
 */
export async function startUserChange(
  ctx: CallContext,
  { hash, ...input }: z.input<typeof BulkInput> & { hash: string },
): Promise<UserChange> {
  const wanted = parseInput(BulkInput, input)
  const actor = requireLastingActor(ctx)
  const { organizationId } = ctx
  const id = ctx.ids.next('chg')
  await inTransaction(ctx, async (tx) => {
    await requireAction(tx, ctx, wanted.action)
    const people = await selectPeople(tx, ctx, wanted)
    requireFresh(hash, hashOf(wanted.action, people))
    const row = { organizationId, id, actorType: actor.type, actorId: actor.id, now: nowOf(ctx) }
    await tx.run(insertChange({ ...row, action: JSON.stringify(wanted.action) }))
    await tx.run(insertPeople({ organizationId, changeId: id, userIds: people.map((person) => person.id) }))
    const detail = { ...wanted.action, people: people.length }
    await tx.run(recordAudit(ctx, { action: 'user_change.start', targetType: 'user_change', targetId: id, detail }))
  })
  await continueUserChange(ctx, { id, action: wanted.action }, { forMillis: atOnceMillis })
  return getUserChange(ctx, id)
}
