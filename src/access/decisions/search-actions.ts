// What somebody may do with something: every name of the catalogue, on one state of the database.
import { type CallContext, inTransaction, requirePermissionSomewhere } from '#src/context.ts'
import { catalogueOf } from './catalogue.ts'
import { type AccessQuestion, decide } from './effective-access.ts'

/**
 * In the order of the catalogue, those after a name and as many as asked for.
 * @throws AppError forbidden, also where the thing lies in a brand out of the caller's reach
 */
export async function searchActions(
  ctx: CallContext,
  question: Omit<AccessQuestion, 'permission'>,
  { after, limit }: { after?: string | undefined; limit: number },
): Promise<{ names: string[]; isMore: boolean }> {
  requirePermissionSomewhere(ctx, 'access.read')
  const catalogue = await inTransaction(ctx, (tx) => catalogueOf(tx, ctx))
  const names = catalogue.map(({ name }) => name)
  const rest = after === undefined ? names : names.slice(names.indexOf(after) + 1)
  const decisions = await decide(
    ctx,
    rest.map((permission) => ({ ...question, permission })),
  )
  const allowed = rest.filter((_, index) => decisions[index]?.allowed)
  return { names: allowed.slice(0, limit), isMore: allowed.length > limit }
}
