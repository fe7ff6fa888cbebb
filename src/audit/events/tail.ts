// What is new anywhere, as soon as it is settled: asked for by each node again and again, at the cost of what has changed.
import { sql } from 'drizzle-orm'
import type { Database } from '#db/database.ts'
import { prepared } from '#db/statement.ts'

type Tail = { settled: number; last: number | null; below: string | null }

/** Up to where events may be read now, and in which organizations there are some since the last look. */
export type Look = { settled: number; organizationIds: string[] }

const tail = prepared<{ settled: number | null; last: number | null; below: string | null }, Tail & Look>(
  (
    p,
  ) => sql`select t.settled::float8 as settled, t.last::float8 as last, t.below, to_json(t.organization_ids) as "organizationIds"
    from event_tail(${p.settled}::bigint, ${p.last}::bigint, ${p.below}) t`,
)

/** Remembers where it has come to; the first look says only where that is. */
export function createTail(database: Database): () => Promise<Look> {
  let at: { settled: number | null; last: number | null; below: string | null } = {
    settled: null,
    last: null,
    below: null,
  }
  let isBegun = false
  return async () => {
    const [row] = await database.run(tail(at))
    if (row === undefined) return { settled: 0, organizationIds: [] }
    const { settled, last, below, organizationIds } = row
    // Until the first horizon is passed, where it begins is not known.
    isBegun ||= last === null
    at = { settled: isBegun ? settled : null, last, below }
    return { settled: isBegun ? settled : 0, organizationIds }
  }
}

const left = prepared<{ upTo: number }, { organizationId: string }>(
  (p) => sql`select organization_id as "organizationId" from events_to_work_out(${p.upTo}::bigint)`,
)

/** The organizations in which something happened that nobody has worked on yet, up to a settled position. */
export const leftToWorkOut = async (database: Database, upTo: number): Promise<string[]> =>
  (await database.read(left({ upTo }))).map(({ organizationId }) => organizationId)

const toDeliver = prepared<
  { organizationIds: readonly string[]; settled: number | null },
  { organizationId: string; id: string }
>(
  (p) => sql`select d.organization_id as "organizationId", d.id
    from webhooks_to_deliver(${p.organizationIds}::text[], ${p.settled}::bigint) d`,
)

/**
 * Webhooks that there may be something for: where something happened, and where an attempt is due or was left by a node that died.
 * @param settled also those behind it, whatever was noted of them
 */
export const webhooksToDeliver = (
  database: Database,
  organizationIds: readonly string[],
  settled: number | null,
): Promise<{ organizationId: string; id: string }[]> => database.read(toDeliver({ organizationIds, settled }))
