// Trying a change before it is made. The change is carried out for real, what it does is measured, and all of it is rolled back;
// saving does the same once more and keeps it, if it does exactly what was shown. So a preview cannot be wrong, only outdated.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { AppError } from '#platform/errors.ts'
import { type CallContext, inTransaction, inTrial, type Transaction } from '#src/context.ts'
import { requireFresh } from '../ground/stale-preview.ts'
import { carryOut } from './carry-out.ts'
import {
  type AccessChange,
  applyWithin,
  type ChangeKind,
  type ChangeOf,
  isAboutAccess,
  type OutcomeOf,
  passesWithoutLoss,
} from './change.ts'
import type { Preview } from './shown.ts'

/** What the change would do; nothing is changed. @throws whatever making the change would throw */
export const previewChange = (ctx: CallContext, change: AccessChange): Promise<Preview> => previewChanges(ctx, [change])

/** What several changes would do together, one after the other; nothing is changed. @throws whatever making them would throw */
export async function previewChanges(ctx: CallContext, changes: readonly AccessChange[]): Promise<Preview> {
  const trial: CallContext = { ...ctx, secondPerson: 'trial' }
  const { preview } = await inTrial(trial, (tx) => carryOut(tx, trial, changes))
  return preview
}

const lockChanges = prepared<{ organizationId: string }, unknown>(
  (p) => sql`select pg_advisory_xact_lock(hashtextextended('access changes ' || ${p.organizationId}, 0))`,
)

/**
 * Makes the change if it does what its preview showed.
 * @returns what was made or changed as it is now, or the ids of what is gone
 * @throws AppError precondition_failed (reason `stale_preview`) where it would do something else by now
 */
export async function saveChange<Kind extends ChangeKind>(
  ctx: CallContext,
  change: ChangeOf<Kind>,
  hash: string,
): Promise<OutcomeOf<Kind>> {
  const { outcome } = await makeAcceptable(ctx, change, (preview) => requireFresh(hash, preview.hash))
  return outcome
}

/**
 * Makes the change if what it does is acceptable, whatever happens meanwhile.
 * @param accept throws where it is not; then nothing is changed
 */
export function makeAcceptable<Kind extends ChangeKind>(
  ctx: CallContext,
  change: ChangeOf<Kind>,
  accept: (preview: Preview) => void,
): Promise<{ outcome: OutcomeOf<Kind>; preview: Preview }> {
  return inTransaction(ctx, async (tx) => {
    await tx.run(lockChanges({ organizationId: ctx.organizationId }))
    const { preview, outcomes } = await carryOut(tx, ctx, [change])
    accept(preview)
    return { preview, outcome: outcomes[0] as OutcomeOf<Kind> }
  })
}

/**
 * Makes several changes, one after the other and in a transaction of the caller's, whatever they do.
 * @returns what they have done together @throws whatever a verb throws
 */
export async function makeWithin(
  tx: Transaction,
  ctx: CallContext,
  changes: readonly AccessChange[],
): Promise<Preview> {
  await tx.run(lockChanges({ organizationId: ctx.organizationId }))
  return (await carryOut(tx, ctx, changes)).preview
}

/**
 * Makes several changes, one after the other and in a transaction of the caller's, if together they do what their preview showed.
 * @param withInverse whether it is to be taken back as one some day
 * @returns what takes all of it back then, to be made in this order; nothing where that is not asked for
 * @throws AppError precondition_failed (reason `stale_preview`); conflict (reason `not_undoable`) for a kind that cannot be taken
 *   back; whatever a verb throws
 */
export async function saveChanges(
  tx: Transaction,
  ctx: CallContext,
  { changes, hash, withInverse }: { changes: readonly AccessChange[]; hash: string; withInverse: boolean },
): Promise<AccessChange[]> {
  await tx.run(lockChanges({ organizationId: ctx.organizationId }))
  const { preview, inverse } = await carryOut(tx, ctx, changes, { withInverse })
  requireFresh(hash, preview.hash)
  return inverse
}

/**
 * Makes the change where the caller has seen what it does, and shows it to them otherwise. What cannot touch anybody's access
 * is made at once.
 * @param hash of the preview that the caller has seen
 * @throws AppError precondition_required (reason `preview_required`) with the preview; precondition_failed (reason
 *   `stale_preview`)
 */
export async function confirmChange<Kind extends ChangeKind>(
  ctx: CallContext,
  change: ChangeOf<Kind>,
  hash: string | undefined,
): Promise<OutcomeOf<Kind>> {
  if (!isAboutAccess(change)) return inTransaction(ctx, (tx) => applyWithin(tx, ctx, change))
  if (hash !== undefined) return saveChange(ctx, change, hash)
  if (!passesWithoutLoss(change)) throw previewRequired(await previewChange(ctx, change))
  const { outcome } = await makeAcceptable(ctx, change, (preview) => {
    if (takesSomething(preview)) throw previewRequired(preview)
  })
  return outcome
}

/** Whether somebody loses something by it, now or sooner than they would have. */
export const takesSomething = ({ losing, earlierEnds: ends }: Preview): boolean => losing > 0 || ends.length > 0

function previewRequired(preview: Preview): AppError {
  const message = 'Nothing is changed yet: look at the preview, and send it again with its hash'
  return new AppError('precondition_required', message, { reason: 'preview_required', extensions: { preview } })
}
