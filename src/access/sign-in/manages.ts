// Whether somebody manages anything, or is about to: then no provider's word about an address makes them theirs.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import type { Transaction } from '#src/context.ts'

type Key = { organizationId: string; userId: string }

const asked = prepared<Key, { manages: boolean }>(
  (p) => sql`select manages_anything(${p.organizationId}, ${p.userId}) as manages`,
)

/**
 * Whether any one of their roles, held now (also by somebody who is invited) or from a later day on, would let them manage
 * something in the organization or a brand. Each role counts by itself: what another one denies, or outranks, may be gone
 * tomorrow.
 */
export async function managesAnything(tx: Transaction, key: Key): Promise<boolean> {
  const [row] = await tx.run(asked(key))
  return row?.manages === true
}
