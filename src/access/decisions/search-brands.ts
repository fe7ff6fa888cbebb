// In which brands somebody may do something: decided once for what is alike, whatever the number of brands.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { type CallContext, inTransaction, isPermitted, requirePermissionSomewhere } from '#src/context.ts'
import { decide } from './effective-access.ts'

const together = 200
const mostRounds = 10

const brandsAfter = prepared<{ organizationId: string; after: string; limit: number }, { id: string }>(
  (p) => sql`select b.id from brands b where b.organization_id = ${p.organizationId} and b.id > ${p.after}
    order by b.id limit ${p.limit}::int`,
)

/** By id, those after one and as many as asked for; those out of the caller's reach are left out. @throws AppError forbidden */
export async function searchBrands(
  ctx: CallContext,
  question: { user: string; permission: string },
  page: { after?: string | undefined; limit: number },
): Promise<{ ids: string[]; after: string | null }> {
  requirePermissionSomewhere(ctx, 'access.read')
  const { organizationId } = ctx
  const found: string[] = []
  let after = page.after ?? ''
  for (let round = 0; round < mostRounds; round += 1) {
    const rows = await inTransaction(ctx, (tx) => tx.run(brandsAfter({ organizationId, after, limit: together })))
    const ids = rows.map(({ id }) => id).filter((id) => isWithin(ctx, id))
    const decisions = await decide(
      ctx,
      ids.map((brand) => ({ ...question, brand })),
    )
    found.push(...ids.filter((_, index) => decisions[index]?.allowed))
    if (found.length > page.limit) return { ids: found.slice(0, page.limit), after: found[page.limit - 1] ?? null }
    after = rows.at(-1)?.id ?? ''
    if (rows.length < together) return { ids: found, after: null }
  }
  return { ids: found, after }
}

const isWithin = (ctx: CallContext, brandId: string): boolean => isPermitted(ctx, 'access.read', brandId)
