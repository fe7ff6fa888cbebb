// Host applications know a brand by its slug: whoever chooses the slug chooses whose data a membership opens. So a limited caller
// neither renames it nor gives a new brand the slug that another had.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import type { CallContext, Transaction } from '#src/context.ts'
import { requireEverything } from '../../ceiling/ceiling.ts'

const wasUsed = prepared<{ organizationId: string; slug: string }, { isUsed: boolean }>(
  (p) => sql`select exists (select from audit_events a where a.organization_id = ${p.organizationId}
      and a.action in ('brand.create', 'brand.update', 'brand.delete')
      and ${p.slug} in (a.detail ->> 'slug', a.detail -> 'before' ->> 'slug')) as "isUsed"`,
)

/** @throws AppError forbidden (reason `ceiling`) for a slug that a brand had before, where the caller does not hold everything */
export async function requireFreshSlug(tx: Transaction, ctx: CallContext, slug: string): Promise<void> {
  if (ctx.ceiling === undefined) return
  const [row] = await tx.run(wasUsed({ organizationId: ctx.organizationId, slug }))
  if (row?.isUsed === true) await requireEverything(tx, ctx, `Using the slug ${slug} again, which another brand had,`)
}
