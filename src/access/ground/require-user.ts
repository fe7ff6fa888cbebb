// Whether a person is there, for what names one and needs nothing else of them.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import type { CallContext, Transaction } from '#src/context.ts'

const userIsThere = prepared<{ organizationId: string; userId: string }, { id: string }>(
  (p) => sql`select u.id from users u where u.organization_id = ${p.organizationId} and u.id = ${p.userId}
    and u.deleted_at is null`,
)

/** @throws AppError not_found for whoever is not there, or deleted */
export async function requireUser(tx: Transaction, { organizationId }: CallContext, userId: string): Promise<void> {
  const [found] = isId('usr', userId) ? await tx.run(userIsThere({ organizationId, userId })) : []
  if (found === undefined) throw notFound('User')
}
