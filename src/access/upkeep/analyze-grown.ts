// What the planner knows of tables that grow faster than autovacuum looks: after a first import, filters would run by plans for
// empty tables until then.
import { sql } from 'drizzle-orm'
import type { Database } from '#db/database.ts'
import { prepared } from '#db/statement.ts'

const analyze = prepared<Record<string, never>, { name: string }>(() => sql`select name from analyze_grown() as name`)

/**
 * Takes new statistics of the tables that have changed by half since the last ones. @returns their names; none where another
 * node is about it @throws AppError unavailable
 */
export async function analyzeGrown(database: Database): Promise<string[]> {
  return (await database.run(analyze({}))).map(({ name }) => name)
}
