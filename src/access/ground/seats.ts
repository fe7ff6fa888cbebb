// Whether new people wait because the organization has no seat left.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import type { CallContext, Transaction } from '#src/context.ts'

const taken = prepared<{ organizationId: string }, { isTaken: boolean }>(
  (p) => sql`select are_seats_taken(${p.organizationId}) as "isTaken"`,
)

/** Of the context's organization; never where its limit only warns. */
export async function areSeatsTaken(tx: Transaction, { organizationId }: CallContext): Promise<boolean> {
  const [row] = await tx.run(taken({ organizationId }))
  return row?.isTaken === true
}
