// In which organizations users are, for keys of the platform that ask about somebody by their id alone.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction } from '#src/context.ts'
import { reaches } from '../../ground/platform-rights.ts'

const select = prepared<{ ids: readonly string[] }, { userId: string; organizationId: string }>(
  (p) =>
    sql`select user_id as "userId", organization_id as "organizationId" from organizations_of_users(${p.ids}::text[])`,
)

/** By the ids of users; without those that are unknown, or of an organization that the key does not reach. @throws AppError */
export async function organizationsOfUsers(ctx: CallContext, ids: readonly string[]): Promise<Map<string, string>> {
  const known = [...new Set(ids)].filter((id) => isId('usr', id))
  if (known.length === 0) return new Map()
  const [rows = []] = await inTransaction(ctx, (tx) => tx.commitWith(select({ ids: known })))
  const reached = rows.filter(({ organizationId }) => reaches(ctx.platform, organizationId))
  return new Map(reached.map(({ userId, organizationId }) => [userId, organizationId]))
}
