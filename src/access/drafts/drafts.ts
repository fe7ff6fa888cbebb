// Drafts: several changes of access under one name, which are shown, approved, made and taken back as one. How they are read.
import { type SQL, sql } from 'drizzle-orm'
import { once, prepared, type Statement } from '#db/statement.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, requirePermission, type Transaction } from '#src/context.ts'
import { type AccessChange, parseChange } from '../previews/change.ts'
import { previewChanges } from '../previews/preview.ts'
import type { Preview } from '../previews/shown.ts'

export type DraftStatus = 'open' | 'waiting' | 'approved' | 'applied' | 'undone' | 'discarded'

type Actor = { id: string; name: string | null }

export type DraftRecord = {
  id: string
  name: string
  /** In the order in which they are made. */
  changes: AccessChange[]
  /** `waiting`: for the word of a second person. */
  status: DraftStatus
  /** When it is made by itself; null where somebody makes it. */
  applyAt: string | null
  createdBy: Actor
  createdAt: string
  /** Who changed it last; neither they nor whoever made it approve it. */
  changedBy: Actor
  changedAt: string
  /** Ids of whoever has made or changed it; none of them approves it. */
  hands: string[]
  decidedBy: Actor | null
  decidedAt: string | null
  note: string | null
  appliedBy: Actor | null
  appliedAt: string | null
  undoneBy: Actor | null
  undoneAt: string | null
  /** Why it was not made at its time. */
  fault: string | null
}

export type DraftRow = DraftRecord & {
  hash: string | null
  inverse: AccessChange[] | null
  /** `type id` of an actor. */
  scheduledBy: string | null
  /** By the clock of the database, to the microsecond. */
  madeAt: string | null
}

const actor = (
  column: SQL,
): SQL => sql`case when ${column} is not null then json_build_object('id', ${column}, 'name', coalesce(
    (select coalesce(x.display_name, x.user_name) from users x where x.organization_id = d.organization_id and x.id = ${column}),
    (select k.name from api_keys k where k.organization_id = d.organization_id and k.id = ${column}))) end`

const columns = sql`d.id, d.name, d.changes, d.status, d.hash, d.apply_at as "applyAt", d.scheduled_by as "scheduledBy", d.made_at::text as "madeAt",
  ${actor(sql`d.created_by`)} as "createdBy", d.created_at as "createdAt", ${actor(sql`d.changed_by`)} as "changedBy",
  d.changed_at as "changedAt", d.hands, ${actor(sql`d.decided_by`)} as "decidedBy", d.decided_at as "decidedAt", d.note,
  ${actor(sql`d.applied_by`)} as "appliedBy", d.applied_at as "appliedAt", d.inverse, ${actor(sql`d.undone_by`)} as "undoneBy",
  d.undone_at as "undoneAt", d.fault`

type Key = { organizationId: string; draftId: string }

const byId = prepared<Key, DraftRow>(
  (p) =>
    sql`select ${columns} from change_drafts d where d.organization_id = ${p.organizationId} and d.id = ${p.draftId}`,
)

const lock = prepared<Key, { id: string }>(
  (p) =>
    sql`select d.id from change_drafts d where d.organization_id = ${p.organizationId} and d.id = ${p.draftId} for update`,
)

const select = prepared<
  { organizationId: string; status: DraftStatus | null; after: string | null; limit: number },
  DraftRow
>(
  (p) => sql`select ${columns} from change_drafts d where d.organization_id = ${p.organizationId}
      and (${p.status}::text is null or d.status = ${p.status}) and (${p.after}::text is null or d.id < ${p.after})
    order by d.id desc limit ${p.limit}::int`,
)

const shown = ({ hash: _, inverse: __, scheduledBy: ___, madeAt: ____, ...draft }: DraftRow): DraftRecord => draft

/** It says who is to hold what. @throws AppError forbidden (reason `permission`) */
export function requireReading(ctx: CallContext): void {
  requirePermission(ctx, 'roles.read')
  requirePermission(ctx, 'assignments.read')
}

/** The newest first. @throws AppError forbidden */
export async function listDrafts(
  ctx: CallContext,
  page: { status?: DraftStatus | undefined; after?: string | undefined; limit?: number } = {},
): Promise<DraftRecord[]> {
  requireReading(ctx)
  const { status = null, after = null, limit = 50 } = page
  const statement = select({ organizationId: ctx.organizationId, status, after, limit })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return (rows ?? []).map(shown)
}

/** @throws AppError forbidden; not_found, also for another organization's */
export async function getDraft(ctx: CallContext, draftId: string): Promise<DraftRecord> {
  return shown(await inTransaction(ctx, (tx) => findDraft(tx, ctx, draftId)))
}

/** In a transaction of the caller's. @throws AppError forbidden, not_found */
export async function findDraft(tx: Transaction, ctx: CallContext, draftId: string): Promise<DraftRow> {
  requireReading(ctx)
  const [draft] = await tx.run(byId(keyOf(ctx, draftId)))
  if (draft === undefined) throw notFound('Draft')
  return draft
}

const keyOf = ({ organizationId }: CallContext, draftId: string): Key => ({
  organizationId,
  draftId: isId('dft', draftId) ? draftId : '',
})

/**
 * A draft that is about to change, and by nobody else meanwhile.
 * @throws AppError forbidden, not_found; conflict (reason `draft_status`) where it is in none of these
 */
export async function lockDraft(
  tx: Transaction,
  ctx: CallContext,
  draftId: string,
  statuses: readonly DraftStatus[],
): Promise<DraftRow> {
  await tx.run(lock(keyOf(ctx, draftId)))
  const draft = await findDraft(tx, ctx, draftId)
  if (statuses.includes(draft.status)) return draft
  throw new AppError('conflict', `The draft is already ${draft.status}`, { reason: 'draft_status' })
}

/**
 * Whoever has had a hand in a draft has a say in it, and whoever could make all of it.
 * @throws AppError forbidden
 */
export async function requireSay(
  ctx: CallContext,
  { hands, changes }: Pick<DraftRow, 'hands' | 'changes'>,
): Promise<void> {
  if (hands.includes(ctx.actor.id)) return
  try {
    await previewChanges(ctx, changes.map(parseChange))
  } catch (error) {
    if (!(error instanceof AppError) || ['forbidden', 'unavailable', 'internal'].includes(error.code)) throw error
    // It cannot be made by anybody as it is: then whoever manages access in general.
    for (const permission of ['roles.write', 'mappings.write', 'assignments.write'] as const)
      requirePermission(ctx, permission)
  }
}

/** As it is now, after a change in the same transaction. */
export const draftNow = async (tx: Transaction, ctx: CallContext, draftId: string): Promise<DraftRecord> =>
  shown(await findDraft(tx, ctx, draftId))

/** What it would do as of now. @throws AppError not_found; whatever making one of its changes would throw */
export async function previewDraft(ctx: CallContext, draftId: string): Promise<Preview> {
  const { changes } = await getDraft(ctx, draftId)
  return previewChanges(ctx, changes.map(parseChange))
}

/** What taking it back would do as of now. @throws AppError not_found; conflict where it is not in force; whatever a verb throws */
export async function previewUndo(ctx: CallContext, draftId: string): Promise<Preview> {
  const { status, inverse } = await inTransaction(ctx, (tx) => findDraft(tx, ctx, draftId))
  if (status !== 'applied' || inverse === null)
    throw new AppError('conflict', `The draft is ${status}, and there is nothing to take back`, {
      reason: 'draft_status',
    })
  return previewChanges(ctx, inverse.map(parseChange))
}

/** @param columns what follows `set` */
export const setDraft = ({ organizationId }: CallContext, draftId: string, columns: SQL): Statement<never> =>
  once(sql`update change_drafts set ${columns} where organization_id = ${organizationId} and id = ${draftId}`)
