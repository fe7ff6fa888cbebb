// Elsewhere one plan serves all parameters; a search is planned for what it looks for, and sorts in memory.
import { sql } from 'drizzle-orm'
import { prepared } from './statement.ts'

/** As a statement before the search, in its transaction. */
export const planAnew = prepared<Record<string, never>, unknown>(
  () => sql`select set_config('plan_cache_mode', 'force_custom_plan', true), set_config('work_mem', '32MB', true)`,
)({})
