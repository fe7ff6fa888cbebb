// Whose access may have changed by what has happened: an event for each of them and brand, so that products ask again (docs/events.md).
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { type CallContext, inTransaction } from '#src/context.ts'

const workOut = prepared<{ upTo: number; limit: number }, { read: number; written: number }>(
  (p) => sql`select w.read_events as read, w.written from work_out_access(${p.upTo}::bigint, ${p.limit}::int) w`,
)

const atOnce = 500

/**
 * Goes on from where it was left, in transactions that each note how far they have come: nobody is told twice, and nobody forgotten.
 * @param upTo a settled position
 * @returns how many events it wrote
 */
export async function workOutAccess(ctx: CallContext, upTo: number): Promise<number> {
  let written = 0
  for (;;) {
    const [[done] = []] = await inTransaction(ctx, (tx) => tx.commitWith(workOut({ upTo, limit: atOnce })))
    written += done?.written ?? 0
    if (done === undefined || done.read < atOnce) return written
  }
}
