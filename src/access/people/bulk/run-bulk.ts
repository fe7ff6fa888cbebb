// A change of many people, one after the other: each by the verb that a single one goes through, in a transaction of its own, so
// that whom it fails for keeps nobody else back.
import type { z } from 'zod'
import { parseInput } from '#connections/input.ts'
import { AppError, asAppError } from '#platform/errors.ts'
import { type CallContext, inTransaction } from '#src/context.ts'
import { createAssignment } from '../../assignments/create-assignment.ts'
import { deleteAssignment } from '../../assignments/delete-assignment.ts'
import { deactivatePerson } from '../status/deactivate-person.ts'
import { reactivatePerson } from '../status/reactivate-person.ts'
import { blockerOf, requireAction } from './blockers.ts'
import { type BulkAction, BulkInput, hashOf, type Selected, selectPeople } from './selection.ts'

export type BulkOutcome = {
  userId: string
  userName: string
  displayName: string | null
  outcome: 'done' | 'skipped' | 'failed'
  /** Why it was not done. */
  reason: string | null
  message: string | null
}

export type BulkResult = { done: number; skipped: number; failed: number; outcomes: BulkOutcome[] }

/** At once, so that a long list takes no longer than it must, and leaves connections to others. */
const lanes = 3

/**
 * @param input what was previewed, with the hash of the preview
 * @throws AppError invalid, forbidden, not_found; precondition_failed (reason `stale_preview`) where it is not any more what was
 *   previewed
 */
export async function runBulk(
  ctx: CallContext,
  { hash, ...input }: z.input<typeof BulkInput> & { hash: string },
): Promise<BulkResult> {
  const wanted = parseInput(BulkInput, input)
  const people = await inTransaction(ctx, async (tx) => {
    await requireAction(tx, ctx, wanted.action)
    return selectPeople(tx, ctx, wanted)
  })
  if (hashOf(wanted.action, people) !== hash)
    throw new AppError('precondition_failed', 'Something has changed since the preview; look at it again', {
      reason: 'stale_preview',
    })
  const outcomes: BulkOutcome[] = new Array(people.length)
  let next = 0
  const work = async (): Promise<void> => {
    while (next < people.length) {
      const at = next
      next += 1
      const person = people[at]
      if (person !== undefined) outcomes[at] = await carryOut(ctx, wanted.action, person)
    }
  }
  await Promise.all(Array.from({ length: lanes }, work))
  const count = (outcome: BulkOutcome['outcome']): number => outcomes.filter((each) => each.outcome === outcome).length
  return { done: count('done'), skipped: count('skipped'), failed: count('failed'), outcomes }
}

async function carryOut(ctx: CallContext, action: BulkAction, person: Selected): Promise<BulkOutcome> {
  const about = { userId: person.id, userName: person.userName, displayName: person.displayName }
  const blocker = blockerOf(ctx, action, person)
  if (blocker !== undefined) return { ...about, outcome: 'skipped', ...blocker }
  try {
    await perform(ctx, action, person)
    return { ...about, outcome: 'done', reason: null, message: null }
  } catch (error) {
    const { code, reason, message } = asAppError(error)
    return { ...about, outcome: 'failed', reason: reason ?? code, message }
  }
}

async function perform(ctx: CallContext, action: BulkAction, { id, assignmentId }: Selected): Promise<void> {
  switch (action.kind) {
    case 'deactivate':
      await deactivatePerson(ctx, { userId: id, note: action.note, returnsAt: action.returnsAt })
      return
    case 'reactivate':
      await reactivatePerson(ctx, { userId: id, restore: action.restore })
      return
    case 'assign': {
      const { kind: _, ...assignment } = action
      await createAssignment(ctx, { userId: id, ...assignment })
      return
    }
    case 'unassign':
      if (assignmentId !== null) await deleteAssignment(ctx, assignmentId)
      return
  }
}
