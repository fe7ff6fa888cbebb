// The word of a second person: asked for, given or refused. Whoever made a draft, or changed it last, is not the second.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { AppError } from '#platform/errors.ts'
import { parseInput } from '#platform/input.ts'
import {
  type CallContext,
  inTransaction,
  nowOf,
  requireFreshProof,
  requirePermission,
  type Transaction,
} from '#src/context.ts'
import { requireFresh } from '../ground/stale-preview.ts'
import { raiseAlarm } from '../notices/alarms/raise-alarm.ts'
import { previewChanges } from '../previews/preview.ts'
import { type DraftRecord, type DraftRow, draftNow, getDraft, lockDraft, requireSay, setDraft } from './drafts.ts'

/** Administrators are told that a word is wanted. @throws AppError not_found; conflict (reason `draft_status`) */
export async function submitDraft(ctx: CallContext, draftId: string): Promise<DraftRecord> {
  await requireSay(ctx, await getDraft(ctx, draftId))
  return inTransaction(ctx, async (tx) => {
    const { name } = await lockDraft(tx, ctx, draftId, ['open'])
    await tx.run(setDraft(ctx, draftId, sql`status = 'waiting', note = null`))
    await tx.run(raiseAlarm(ctx, { kind: 'draft_waiting', detail: { draftId, name } }))
    await tx.run(recordAudit(ctx, { action: 'draft.submit', targetType: 'draft', targetId: draftId, detail: { name } }))
    return draftNow(tx, ctx, draftId)
  })
}

const settle = prepared<{ organizationId: string; draftId: string; by: string; now: string }, never>(
  (p) => sql`update alarms set settled_at = ${p.now}::timestamptz, settled_by = ${p.by}
    where organization_id = ${p.organizationId} and kind = 'draft_waiting' and settled_at is null
      and detail ->> 'draftId' = ${p.draftId}`,
)

/** The alarm that asked for a word has nothing to ask any more. */
export const settleAsked = (tx: Transaction, ctx: CallContext, draftId: string): Promise<never[]> =>
  tx.run(settle({ organizationId: ctx.organizationId, draftId, by: ctx.actor.id, now: nowOf(ctx) }))

/** Behind keys are whoever issued them, by keys in their turn. */
const behind = prepared<{ organizationId: string; ids: readonly string[] }, { id: string }>(
  (p) => sql`with recursive hands (id) as (
      select unnest(${p.ids}::text[])
      union select coalesce(k.user_id, a.actor_id) from hands h
        join api_keys k on k.organization_id = ${p.organizationId} and k.id = h.id
        left join audit_events a on a.organization_id = k.organization_id and a.target_id = k.id and a.action = 'api_key.issue'
        where coalesce(k.user_id, a.actor_id) is not null)
    select id from hands`,
)

/** @throws AppError forbidden (reason `second_person`) for whoever had a hand in it, by themselves or by a key of theirs */
async function requireSecond(tx: Transaction, ctx: CallContext, draft: DraftRow): Promise<void> {
  const hands = await tx.run(behind({ organizationId: ctx.organizationId, ids: draft.hands }))
  const isOther = !hands.some(({ id }) => id === ctx.actor.id)
  if (ctx.actor.type === 'user' && isOther) return
  const message = 'A draft is approved by a person who has neither made nor changed it'
  throw new AppError('forbidden', message, { reason: 'second_person' })
}

const ApproveInput = z.object({ draftId: z.string(), hash: z.string().max(100) })

/**
 * @param input with the hash of the preview that they have seen
 * @throws AppError not_found; forbidden (reason `second_person`; `ceiling` for what goes beyond their own rights); conflict (reason
 *   `draft_status`); precondition_failed (reason `stale_preview`); unauthenticated (reason `fresh_proof`)
 */
export async function approveDraft(ctx: CallContext, input: z.input<typeof ApproveInput>): Promise<DraftRecord> {
  requirePermission(ctx, 'roles.read')
  requireFreshProof(ctx)
  const { draftId, hash } = parseInput(ApproveInput, input)
  const { changes } = await getDraft(ctx, draftId)
  const preview = await previewChanges(ctx, changes)
  requireFresh(hash, preview.hash)
  return inTransaction(ctx, async (tx) => {
    const draft = await lockDraft(tx, ctx, draftId, ['open', 'waiting'])
    await requireSecond(tx, ctx, draft)
    if (JSON.stringify(draft.changes) !== JSON.stringify(changes))
      throw new AppError('precondition_failed', 'The draft has been changed meanwhile', { reason: 'stale_preview' })
    const columns = sql`status = 'approved', hash = ${hash}, decided_by = ${ctx.actor.id},
      decided_at = ${nowOf(ctx)}::timestamptz, note = null`
    await tx.run(setDraft(ctx, draftId, columns))
    await settleAsked(tx, ctx, draftId)
    const entry = { action: 'draft.approve', targetType: 'draft', targetId: draftId } as const
    await tx.run(recordAudit(ctx, { ...entry, detail: { name: draft.name, hash } }))
    return draftNow(tx, ctx, draftId)
  })
}

const RejectInput = z.object({
  draftId: z.string(),
  note: z.string().trim().min(1, 'say why').max(1_000, 'must have at most 1000 characters'),
})

/** Back to whoever made it, with a word why. @throws AppError invalid, not_found; conflict (reason `draft_status`) */
export async function rejectDraft(ctx: CallContext, input: z.input<typeof RejectInput>): Promise<DraftRecord> {
  const { draftId, note } = parseInput(RejectInput, input)
  await requireSay(ctx, await getDraft(ctx, draftId))
  return inTransaction(ctx, async (tx) => {
    const { name } = await lockDraft(tx, ctx, draftId, ['waiting', 'approved'])
    const columns = sql`status = 'open', hash = null, apply_at = null, scheduled_by = null, note = ${note},
      decided_by = ${ctx.actor.id}, decided_at = ${nowOf(ctx)}::timestamptz`
    await tx.run(setDraft(ctx, draftId, columns))
    await settleAsked(tx, ctx, draftId)
    const entry = { action: 'draft.reject', targetType: 'draft', targetId: draftId } as const
    await tx.run(recordAudit(ctx, { ...entry, detail: { name, note } }))
    return draftNow(tx, ctx, draftId)
  })
}
