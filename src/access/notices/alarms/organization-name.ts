// What the organization is called, for letters.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import type { CallContext, Transaction } from '#src/context.ts'

const select = prepared<{ organizationId: string }, { name: string }>(
  (p) => sql`select name from organizations where id = ${p.organizationId}`,
)

export async function organizationName(tx: Transaction, { organizationId }: CallContext): Promise<string> {
  const [organization] = await tx.run(select({ organizationId }))
  return organization?.name ?? ''
}
