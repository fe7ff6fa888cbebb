// Asking how things stood at a moment of the past (ADR 0042): the same verbs, in a transaction that looks for relations among the
// views of the past first, by a clock that stands still.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { prepared } from '#db/statement.ts'
import { instantSchema, invalidField, parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction } from '#src/context.ts'
import { exactTime } from '#words/times.ts'

const travel = prepared<{ at: string }, unknown>(
  (p) => sql`select set_config('rolecall.at', ${p.at}, true),
    set_config('search_path', 'past, pg_catalog, public', true)`,
)

const begins = prepared<Record<string, never>, { begins: string }>(
  () => sql`select to_json(history_begins()) #>> '{}' as begins`,
)

/** Since when the organization can be asked about: since it was made, or since the database keeps a history. */
export async function historyBegins(ctx: CallContext): Promise<string> {
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(begins({})))
  return rows?.[0]?.begins ?? ctx.clock.now().toISOString()
}

/**
 * A context whose reads answer as they would have at that moment; it writes nothing. What the caller may see is what they may see
 * now.
 * @param at with an offset, e.g. `2030-01-31T12:00:00Z`
 * @throws AppError invalid (field `at`) for the future, and for a time before the history begins
 */
export async function contextAt(ctx: CallContext, at: string): Promise<CallContext> {
  const moment = parseInput(z.object({ at: instantSchema }), { at }).at
  if (new Date(moment) > ctx.clock.now())
    throw invalidField('at', `${moment} is in the future: choose a moment that is over`)
  const since = await historyBegins(ctx)
  if (new Date(moment) < new Date(since))
    throw invalidField(
      'at',
      `${moment} is before the history, which begins on ${exactTime(since)}: choose a later moment`,
    )
  return {
    ...ctx,
    clock: { now: () => new Date(moment) },
    within: {
      perform: (work) =>
        inTransaction(ctx, (tx) => {
          tx.run(travel({ at: moment })).catch(() => {})
          return work(tx)
        }),
    },
  }
}

/** The same where a moment was named; the context itself where none was. */
export const contextOf = async (ctx: CallContext, at: string | undefined): Promise<CallContext> =>
  at === undefined || at === '' ? ctx : contextAt(ctx, at)
