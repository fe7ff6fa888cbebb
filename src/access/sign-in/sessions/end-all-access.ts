// After a recovery that the database cannot notice by itself: whatever let somebody in at that time ends, in every organization.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { type CallContext, requirePermission } from '#src/context.ts'

const endAll = prepared<Record<string, never>, { sessions: number }>(() => sql`select end_all_access() as sessions`)

/**
 * Ends sessions, codes, tokens, sign-ins under way, password links and setup links; each organization's audit trail says so.
 * @returns how many sessions. @throws AppError forbidden
 */
export async function endAllAccess(ctx: CallContext): Promise<number> {
  requirePermission(ctx, 'sessions.write')
  const [ended] = await ctx.database.run(endAll({}))
  return ended?.sessions ?? 0
}
