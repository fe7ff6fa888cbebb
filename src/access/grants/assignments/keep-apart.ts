// Nobody is given by hand what an enforced rule of separation keeps apart from what they hold; what groups bring is withheld.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { AppError } from '#platform/errors.ts'
import type { CallContext, Transaction } from '#src/context.ts'
import { holdersOf, momentsOf, scopesAt } from '../../ceiling/holdings.ts'
import { conflictsIn, readAccessModel } from '../../decisions/access-model.ts'

const countEnforced = prepared<{ organizationId: string }, { count: number }>(
  (p) => sql`select count(*)::int as count from separation_rules
    where organization_id = ${p.organizationId} and mode = 'enforce'`,
)

/** Names of the rules, by rule and place, that this person breaks now or at a date to come. */
async function brokenBy(tx: Transaction, ctx: CallContext, userId: string): Promise<Map<string, string>> {
  const model = await readAccessModel(tx, ctx)
  const { grants = [] } = (await holdersOf(tx, ctx, { users: [userId] })).get(userId) ?? {}
  const broken = new Map<string, string>()
  for (const moment of momentsOf(grants, ctx.clock.now().getTime())) {
    const held = scopesAt(grants, moment)
    for (const scope of Object.keys(held))
      for (const { id, name, mode } of conflictsIn(model, held, scope))
        if (mode === 'enforce') broken.set(`${id} ${scope}`, name)
  }
  return broken
}

/**
 * Carries out `work`, by which this person gets something.
 * @throws AppError conflict (reason `separation_of_duties`) naming the rule that they would break by it
 */
export async function keepApart<T>(
  tx: Transaction,
  ctx: CallContext,
  userId: string,
  work: () => Promise<T>,
): Promise<T> {
  const [rules] = await tx.run(countEnforced({ organizationId: ctx.organizationId }))
  if ((rules?.count ?? 0) === 0) return work()
  const before = await brokenBy(tx, ctx, userId)
  const result = await work()
  const [fresh] = [...(await brokenBy(tx, ctx, userId))].filter(([place]) => !before.has(place))
  if (fresh === undefined) return result
  const message = `The rule ${fresh[1]} keeps this apart from what they hold; make an exception from the rule first, or take the other back`
  throw new AppError('conflict', message, { reason: 'separation_of_duties' })
}
