// All operations of a bulk request (RFC 7644 §3.7.3): each all or nothing, many in one transaction, so that they share its messages
// and its COMMIT.
import { type AppError, asAppError } from '#platform/errors.ts'
import { type CallContext, inSharedTransaction } from '#src/context.ts'
import type { Note } from '../patch/note.ts'
import type { Asker } from '../write/asker.ts'
import type { BulkRequest } from './operations.ts'
import { inOrder } from './references.ts'
import { type Outcome, reasonOfReference, Writing } from './writing.ts'

/** What one transaction takes on: an operation counts once, and once more for so many characters of it. */
const share = { work: 100, characters: 2_000 }

/**
 * @returns what became of each operation; nothing for those that were not tried any more, after as many errors as the client bears
 * @throws AppError where not even the first of them could begin
 */
export async function runBulk(
  asker: Asker,
  { entries, failOnErrors }: BulkRequest,
  noteOf: (index: number) => Note,
): Promise<readonly (Outcome | undefined)[]> {
  const writing = new Writing(asker, entries, noteOf)
  const units = inOrder(entries.map((_, index) => writing.makersOf(index)))
  const work = entries.map((entry) =>
    'operation' in entry ? 1 + JSON.stringify(entry.operation.data).length / share.characters : 0,
  )
  for (let left = units; left.length > 0 && !isOver(writing, failOnErrors); ) {
    const next = shareOf(left, work)
    left = left.slice(next.length)
    await runShare(asker.ctx, writing, next, failOnErrors)
  }
  return writing.outcomes
}

function isOver({ outcomes }: Writing, failOnErrors: number): boolean {
  if (failOnErrors === Number.POSITIVE_INFINITY) return false
  return outcomes.filter((outcome) => outcome !== undefined && 'error' in outcome).length >= failOnErrors
}

function shareOf(units: readonly number[][], work: readonly number[]): number[][] {
  let sum = 0
  const end = units.findIndex((unit, index) => {
    for (const each of unit) sum += work[each] ?? 0
    return index > 0 && sum > share.work
  })
  return units.slice(0, end < 0 ? units.length : end)
}

async function runShare(ctx: CallContext, writing: Writing, units: number[][], failOnErrors: number): Promise<void> {
  const isFirst = writing.outcomes.length === 0
  let failure: AppError | undefined
  try {
    await inSharedTransaction(ctx, (within) => runAll(within, writing, units, failOnErrors))
  } catch (error) {
    failure = asAppError(error)
    if (isFirst && writing.outcomes.length === 0) throw failure
    for (const index of units.flat()) writing.outcomes[index] = { error: failure, durationMillis: 0 }
  }
  for (const unit of units) {
    if (isOver(writing, failOnErrors)) return
    if (isWorthAnotherTry(writing.outcomes[unit[0] ?? 0], failure)) await writing.run(ctx, unit)
  }
}

/** In their order; the next one does not wait for the answer, unless errors are counted or it refers to what is being made. */
async function runAll(ctx: CallContext, writing: Writing, units: number[][], failOnErrors: number): Promise<void> {
  // All of it may be run again, and nothing of before holds then.
  for (const index of units.flat()) writing.outcomes[index] = undefined
  const underWay = new Map<number, Promise<void>>()
  for (const unit of units) {
    if (isOver(writing, failOnErrors)) break
    await Promise.all(unit.flatMap((index) => writing.makersOf(index)).map((maker) => underWay.get(maker)))
    const { isBegun, noticed } = noticing(ctx)
    const done = writing.run(noticed, unit)
    for (const index of unit) underWay.set(index, done)
    await (failOnErrors === Number.POSITIVE_INFINITY ? Promise.race([isBegun, done]) : done)
  }
  await Promise.all(underWay.values())
}

/** A context that tells when its first unit of work was asked for: from then on its place in the order is settled. */
function noticing(ctx: CallContext): { isBegun: Promise<void>; noticed: CallContext } {
  const { within } = ctx
  const { promise, resolve } = Promise.withResolvers<void>()
  if (within === undefined) return { isBegun: Promise.resolve(), noticed: ctx }
  const noticed: CallContext = {
    ...ctx,
    within: {
      perform: (work) => {
        resolve()
        return within.perform(work)
      },
    },
  }
  return { isBegun: promise, noticed }
}

/**
 * Alone, where it was the transaction of many that failed: what collided was taken back, and so was everything where a rule is
 * checked at the COMMIT. Where a connection was lost with the COMMIT, nobody knows.
 */
function isWorthAnotherTry(outcome: Outcome | undefined, failure: AppError | undefined): boolean {
  if (outcome === undefined || !('error' in outcome)) return false
  if (failure !== undefined) return failure.code !== 'unavailable' && failure.code !== 'unauthenticated'
  return outcome.error.code === 'unavailable' || outcome.error.reason === reasonOfReference
}
