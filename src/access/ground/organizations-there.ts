// Whether organizations that somebody names are there.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import type { Transaction } from '#src/context.ts'

const count = prepared<{ ids: readonly string[] }, { count: number }>(
  (p) => sql`select count(*)::int as count from organizations where id = any (${p.ids}::text[])`,
)

/** In a transaction above the organizations. */
export async function areOrganizations(tx: Transaction, ids: readonly string[]): Promise<boolean> {
  const wanted = new Set(ids)
  if (wanted.size === 0) return true
  const [found] = await tx.run(count({ ids: [...wanted] }))
  return found?.count === wanted.size
}
