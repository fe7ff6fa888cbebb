// Making a draft, changing what is in it, and throwing it away.

import { sql } from 'drizzle-orm'
import { z } from 'zod'
import type { AuditAction } from '#audit/actions.ts'
import { recordAudit } from '#audit/record.ts'
import { once } from '#db/statement.ts'
import { AppError } from '#platform/errors.ts'
import { invalidField, nameSchema, parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, nowOf, type Transaction } from '#src/context.ts'
import { type AccessChange, isUndoable, parseChange } from '../previews/change.ts'
import { previewChanges } from '../previews/preview.ts'
import { type DraftRecord, draftNow, getDraft, lockDraft, requireReading, requireSay, setDraft } from './drafts.ts'

const mostChanges = 50

const changesSchema = z
  .array(z.unknown())
  .min(1, 'a draft has a change in it')
  .max(mostChanges, `a draft has at most ${mostChanges} changes in it`)

const NewDraftInput = z.object({ name: nameSchema, changes: changesSchema })
const DraftChangeInput = z.object({
  draftId: z.string(),
  name: nameSchema.optional(),
  changes: changesSchema.optional(),
})

export type NewDraft = { name: string; changes: readonly unknown[] }
export type DraftChange = { draftId: string; name?: string | undefined; changes?: readonly unknown[] | undefined }

/** @throws AppError invalid; conflict (reason `not_undoable`) naming the first that a draft cannot hold */
function changesOf(inputs: readonly unknown[]): AccessChange[] {
  const changes = inputs.map(parseChange)
  const stuck = changes.find((change) => !isUndoable(change))
  if (stuck === undefined) return changes
  const message = `${stuck.kind} cannot be undone with the rest; make it by itself`
  throw new AppError('conflict', message, { reason: 'not_undoable' })
}

/** Whoever makes a draft could make its changes, but for the word of a second person. */
const requirePossible = async (ctx: CallContext, changes: readonly AccessChange[]): Promise<void> => {
  await previewChanges(ctx, changes)
}

/**
 * Nothing of it is made yet.
 * @throws AppError invalid, forbidden; conflict (reason `not_undoable`); whatever making one of the changes would throw
 */
export async function createDraft(ctx: CallContext, input: NewDraft): Promise<DraftRecord> {
  requireReading(ctx)
  const { name, changes: inputs } = parseInput(NewDraftInput, input)
  const changes = changesOf(inputs)
  await requirePossible(ctx, changes)
  const { organizationId, actor } = ctx
  const [id, now] = [ctx.ids.next('dft'), nowOf(ctx)]
  const insert =
    once<never>(sql`insert into change_drafts (organization_id, id, name, changes, status, hands, created_by, created_at,
      changed_by, changed_at)
    values (${organizationId}, ${id}, ${name}, ${JSON.stringify(changes)}::jsonb, 'open', ${JSON.stringify([actor.id])}::jsonb, ${actor.id}, ${now}::timestamptz,
      ${actor.id}, ${now}::timestamptz)`)
  return inTransaction(ctx, async (tx) => {
    await tx.run(insert)
    await audit(tx, ctx, id, 'draft.create', { name, kinds: changes.map(({ kind }) => kind) })
    return draftNow(tx, ctx, id)
  })
}

/**
 * What is not mentioned stays. A draft that was approved, or that waits for a word or for its time, is open again.
 * @throws AppError invalid, not_found; conflict (reasons `draft_status`, `not_undoable`); whatever one of the changes would throw
 */
export async function changeDraft(ctx: CallContext, input: DraftChange): Promise<DraftRecord> {
  const { draftId, name, changes: inputs } = parseInput(DraftChangeInput, input)
  const changes = inputs === undefined ? undefined : changesOf(inputs)
  await requireSay(ctx, await getDraft(ctx, draftId))
  if (changes !== undefined) await requirePossible(ctx, changes)
  return inTransaction(ctx, (tx) => writeWithin(tx, ctx, draftId, () => ({ name, changes })))
}

type Content = { name?: string | undefined; changes?: readonly AccessChange[] | undefined }

/** @param wanted what is to be in it, of the draft as it is under the lock */
async function writeWithin(
  tx: Transaction,
  ctx: CallContext,
  draftId: string,
  wanted: (before: DraftRecord) => Content,
): Promise<DraftRecord> {
  const before = await lockDraft(tx, ctx, draftId, ['open', 'waiting', 'approved'])
  const { name, changes } = wanted(before)
  const hands = [...new Set([...before.hands, ctx.actor.id])]
  const after = { name: name ?? before.name, changes: changes ?? before.changes }
  const columns = sql`name = ${after.name}, changes = ${JSON.stringify(after.changes)}::jsonb, status = 'open', hash = null,
      apply_at = null, scheduled_by = null, decided_by = null, decided_at = null, note = null, fault = null,
      hands = ${JSON.stringify(hands)}::jsonb, changed_by = ${ctx.actor.id}, changed_at = ${nowOf(ctx)}::timestamptz`
  await tx.run(setDraft(ctx, draftId, columns))
  await audit(tx, ctx, draftId, 'draft.update', { name: after.name, kinds: after.changes.map(({ kind }) => kind) })
  return draftNow(tx, ctx, draftId)
}

/** Puts one more change at its end. @throws AppError as `changeDraft` does */
export async function addToDraft(
  ctx: CallContext,
  { draftId, change }: { draftId: string; change: unknown },
): Promise<DraftRecord> {
  const { changes } = await getDraft(ctx, draftId)
  const [added] = changesOf([change])
  if (added === undefined) throw new Error('One change was given')
  if (changes.length >= mostChanges) throw invalidField('change', `a draft has at most ${mostChanges} changes in it`)
  await requirePossible(ctx, [...changes.map(parseChange), added])
  // What somebody else has added meanwhile stays; the preview says what all of it does.
  return inTransaction(ctx, (tx) =>
    writeWithin(tx, ctx, draftId, (before) => ({ changes: [...before.changes.map(parseChange), added] })),
  )
}

/** It stays on record, and is never made. @throws AppError not_found; conflict (reason `draft_status`) */
export async function discardDraft(ctx: CallContext, draftId: string): Promise<DraftRecord> {
  await requireSay(ctx, await getDraft(ctx, draftId))
  return inTransaction(ctx, async (tx) => {
    const { name } = await lockDraft(tx, ctx, draftId, ['open', 'waiting', 'approved'])
    await tx.run(setDraft(ctx, draftId, sql`status = 'discarded', apply_at = null`))
    await audit(tx, ctx, draftId, 'draft.discard', { name })
    return draftNow(tx, ctx, draftId)
  })
}

async function audit(
  tx: Transaction,
  ctx: CallContext,
  targetId: string,
  action: AuditAction,
  detail: Record<string, unknown>,
): Promise<void> {
  await tx.run(recordAudit(ctx, { action, targetType: 'draft', targetId, detail }))
}
