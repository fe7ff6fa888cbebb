// Making a draft: now, or at a time by itself; and taking it back as one.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { AppError } from '#platform/errors.ts'
import { instantSchema, parseInput, requireFuture } from '#platform/input.ts'
import {
  type Actor,
  type CallContext,
  inTransaction,
  nowOf,
  requireFreshProof,
  requirePermission,
  type Transaction,
} from '#src/context.ts'
import { actorContext } from '../grants/managers/actor-context.ts'
import { requireFresh } from '../ground/stale-preview.ts'
import { raiseAlarm } from '../notices/alarms/raise-alarm.ts'
import { type AccessChange, changedSince, parseChange } from '../previews/change.ts'
import { previewChanges, saveChanges } from '../previews/preview.ts'
import {
  type DraftRecord,
  type DraftRow,
  draftNow,
  findDraft,
  getDraft,
  lockDraft,
  previewDraft,
  requireSay,
  setDraft,
} from './drafts.ts'
import { createDraft } from './write-draft.ts'

const HashInput = z.object({ draftId: z.string(), hash: z.string().max(100) })

type Hashed = z.input<typeof HashInput>

/**
 * All of it or nothing.
 * @param input with the hash of the preview that the caller has seen
 * @throws AppError not_found; conflict (reason `draft_status`); precondition_failed (reason `stale_preview`); against_policy (reason
 *   `second_person`) where nobody has approved what wants it; whatever one of the changes throws
 */
export async function applyDraft(ctx: CallContext, input: Hashed): Promise<DraftRecord> {
  requirePermission(ctx, 'roles.read')
  requireFreshProof(ctx)
  const { draftId, hash } = parseInput(HashInput, input)
  const approver = await approverOf(ctx, await inTransaction(ctx, (tx) => findDraft(tx, ctx, draftId)), hash)
  return inTransaction(ctx, async (tx) => {
    const draft = await lockDraft(tx, ctx, draftId, ['open', 'approved'])
    return applyWithin(tx, ctx, { draft, hash, approver })
  })
}

type Making = { draft: DraftRow; hash: string; approver: Approver | undefined }

async function applyWithin(tx: Transaction, ctx: CallContext, { draft, hash, ...given }: Making): Promise<DraftRecord> {
  const draftId = draft.id
  // Just what was approved, and by whom, as it is under the lock.
  const isSame = draft.status === 'approved' && draft.hash === hash && draft.decidedAt === given.approver?.decidedAt
  const approver = isSame ? given.approver?.id : undefined
  const approved: CallContext = { ...ctx, secondPerson: approver }
  const inverse = await saveChanges(tx, approved, { changes: draft.changes.map(parseChange), hash, withInverse: true })
  const columns = sql`status = 'applied', apply_at = null, fault = null, inverse = ${JSON.stringify(inverse)}::jsonb,
    applied_by = ${ctx.actor.id}, applied_at = ${nowOf(ctx)}::timestamptz, made_at = now()`
  await tx.run(setDraft(ctx, draftId, columns))
  const detail = { name: draft.name, approvedBy: approver ?? null, kinds: draft.changes.map(({ kind }) => kind) }
  await tx.run(recordAudit(ctx, { action: 'draft.apply', targetType: 'draft', targetId: draftId, detail }))
  return draftNow(tx, ctx, draftId)
}

type Approver = { id: string; decidedAt: string }

/** Whoever approved just this, as long as they could make it themselves. */
async function approverOf(ctx: CallContext, draft: DraftRow, hash: string): Promise<Approver | undefined> {
  const { status, decidedBy, decidedAt, changes } = draft
  if (status !== 'approved' || draft.hash !== hash || decidedBy === null || decidedAt === null) return undefined
  const own = await actorContext(ctx, { type: 'user', id: decidedBy.id })
  if (own === undefined) return undefined
  try {
    await previewChanges(own, changes.map(parseChange))
  } catch (error) {
    if (error instanceof AppError && error.code === 'forbidden') return undefined
    throw error
  }
  return { id: decidedBy.id, decidedAt }
}

const ScheduleInput = HashInput.extend({ applyAt: instantSchema })

/**
 * It is made by itself at that time, in the name and within the rights of the caller then, if it does then what was shown now.
 * @throws AppError invalid (the time is to come), not_found; conflict (reason `draft_status`); precondition_failed (reason
 *   `stale_preview`); against_policy (reason `second_person`)
 */
export async function scheduleDraft(ctx: CallContext, input: z.input<typeof ScheduleInput>): Promise<DraftRecord> {
  requirePermission(ctx, 'roles.read')
  requireFreshProof(ctx)
  const { draftId, hash, applyAt } = parseInput(ScheduleInput, input)
  requireFuture(applyAt, ctx.clock.now(), 'applyAt')
  const preview = await previewDraft(ctx, draftId)
  requireFresh(hash, preview.hash)
  return inTransaction(ctx, async (tx) => {
    const { name, status, hash: approved } = await lockDraft(tx, ctx, draftId, ['open', 'approved'])
    if (preview.needsSecondPerson && (status !== 'approved' || approved !== hash))
      throw new AppError('against_policy', 'A second person has to approve this draft first', {
        reason: 'second_person',
      })
    const columns = sql`apply_at = ${applyAt}::timestamptz, hash = ${hash}, scheduled_by = ${`${ctx.actor.type} ${ctx.actor.id}`}, fault = null`
    await tx.run(setDraft(ctx, draftId, columns))
    const entry = { action: 'draft.schedule', targetType: 'draft', targetId: draftId } as const
    await tx.run(recordAudit(ctx, { ...entry, detail: { name, applyAt } }))
    return draftNow(tx, ctx, draftId)
  })
}

/** It waits for somebody to make it. @throws AppError not_found, forbidden; conflict (reason `draft_status`) */
export async function unscheduleDraft(ctx: CallContext, draftId: string): Promise<DraftRecord> {
  await requireSay(ctx, await getDraft(ctx, draftId))
  return inTransaction(ctx, async (tx) => {
    const { name } = await lockDraft(tx, ctx, draftId, ['open', 'approved'])
    await tx.run(setDraft(ctx, draftId, sql`apply_at = null, scheduled_by = null`))
    const entry = { action: 'draft.unschedule', targetType: 'draft', targetId: draftId } as const
    await tx.run(recordAudit(ctx, { ...entry, detail: { name } }))
    return draftNow(tx, ctx, draftId)
  })
}

/**
 * Takes all of it back, or nothing.
 * @param input with the hash of the preview of taking it back
 * @throws AppError not_found; conflict where it is not in force, or where what it made has been changed since; precondition_failed
 *   (reason `stale_preview`); against_policy (reason `second_person`); whatever a verb throws
 */
export async function undoDraft(ctx: CallContext, input: Hashed): Promise<DraftRecord> {
  requirePermission(ctx, 'roles.read')
  requireFreshProof(ctx)
  const { draftId, hash } = parseInput(HashInput, input)
  return inTransaction(ctx, async (tx) => {
    const { name, inverse, madeAt } = await lockDraft(tx, ctx, draftId, ['applied'])
    await requireUnchanged(tx, ctx, inverse ?? [], madeAt)
    await saveChanges(tx, ctx, { changes: (inverse ?? []).map(parseChange), hash, withInverse: false })
    const columns = sql`status = 'undone', undone_by = ${ctx.actor.id}, undone_at = ${nowOf(ctx)}::timestamptz`
    await tx.run(setDraft(ctx, draftId, columns))
    await tx.run(recordAudit(ctx, { action: 'draft.undo', targetType: 'draft', targetId: draftId, detail: { name } }))
    return draftNow(tx, ctx, draftId)
  })
}

/** @throws AppError conflict (reason `changed_since`) where something that it would set has been changed by others since */
async function requireUnchanged(
  tx: Transaction,
  ctx: CallContext,
  inverse: readonly AccessChange[],
  madeAt: string | null,
): Promise<void> {
  for (const change of inverse.map(parseChange)) {
    if (madeAt === null || !(await changedSince(tx, ctx, change, madeAt))) continue
    const message =
      'Something that it changed has been changed since, which taking it back would lose; change it back by hand'
    throw new AppError('conflict', message, { reason: 'changed_since' })
  }
}

/**
 * A draft of its own that takes another back, for where that wants the word of a second person.
 * @throws AppError not_found; conflict where it is not in force; as `createDraft` does
 */
export async function draftUndo(ctx: CallContext, draftId: string): Promise<DraftRecord> {
  const { name, inverse } = await inTransaction(ctx, (tx) => lockDraft(tx, ctx, draftId, ['applied']))
  return createDraft(ctx, { name: `Take back: ${name}`.slice(0, 200), changes: inverse ?? [] })
}

const due = prepared<{ organizationId: string; now: string }, { id: string }>(
  (
    p,
  ) => sql`select id from change_drafts where organization_id = ${p.organizationId} and apply_at <= ${p.now}::timestamptz
    order by apply_at, id limit 50`,
)

/** Makes those whose time has come; one that cannot be made stays, and administrators are told why. @param ctx the worker's */
export async function applyDueDrafts(ctx: CallContext): Promise<void> {
  const question = due({ organizationId: ctx.organizationId, now: nowOf(ctx) })
  const [rows = []] = await inTransaction(ctx, (tx) => tx.commitWith(question))
  for (const { id } of rows) await applyDue(ctx, id)
}

function actorOf(text: string): Actor {
  const [type = '', ...id] = text.split(' ')
  return { type: type as Actor['type'], id: id.join(' ') }
}

const isDue = (draft: DraftRow, now: Date): boolean =>
  draft.scheduledBy !== null && draft.applyAt !== null && new Date(draft.applyAt) <= now

async function applyDue(system: CallContext, draftId: string): Promise<void> {
  const draft = await inTransaction(system, (tx) => findDraft(tx, system, draftId))
  if (draft.scheduledBy === null) return
  try {
    const ctx = await actorContext(system, actorOf(draft.scheduledBy))
    if (ctx === undefined)
      throw new AppError('forbidden', 'The person who scheduled it no longer has any permissions', {
        reason: 'permission',
      })
    const hash = draft.hash ?? ''
    const approver = await approverOf(system, draft, hash)
    await inTransaction(ctx, async (tx) => {
      const locked = await lockStillDue(tx, ctx, draft)
      if (locked !== undefined) await applyWithin(tx, ctx, { draft: locked, hash, approver })
    })
  } catch (error) {
    if (!(error instanceof AppError) || ['internal', 'unavailable'].includes(error.code)) throw error
    await holdBack(system, draft, error)
  }
}

/** Undefined where somebody took it off its time, made it or changed it since the look. */
async function lockStillDue(tx: Transaction, ctx: CallContext, seen: DraftRow): Promise<DraftRow | undefined> {
  const draft = await lockDraft(tx, ctx, seen.id, ['open', 'waiting', 'approved', 'applied', 'undone', 'discarded'])
  const isSame = draft.hash === seen.hash && draft.scheduledBy === seen.scheduledBy
  return isSame && isDue(draft, ctx.clock.now()) ? draft : undefined
}

async function holdBack(ctx: CallContext, seen: DraftRow, error: AppError): Promise<void> {
  const fault = error.message
  const { id, name } = seen
  await inTransaction(ctx, async (tx) => {
    if ((await lockStillDue(tx, ctx, seen)) === undefined) return
    await tx.run(setDraft(ctx, id, sql`apply_at = null, scheduled_by = null, fault = ${fault.slice(0, 1_000)}`))
    await tx.run(raiseAlarm(ctx, { kind: 'draft_stalled', detail: { draftId: id, name, reason: fault.slice(0, 300) } }))
    const entry = { action: 'draft.hold_back', targetType: 'draft', targetId: id } as const
    // Its words may name people, who can be erased; the trail cannot be changed.
    await tx.run(recordAudit(ctx, { ...entry, detail: { name, reason: error.reason ?? error.code } }))
  })
}
