// How the statements of a campaign that opens are planned: they make thousands of rows out of parts of which nothing tells
// PostgreSQL how many there are. Taken for few, they would be compared one by one, which takes for ever.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'

/** For what follows in the transaction. */
export const joining = prepared<{ isOneByOne: 'on' | 'off' }, unknown>(
  (p) => sql`select set_config('enable_nestloop', ${p.isOneByOne}, true), set_config('work_mem', '64MB', true)`,
)
