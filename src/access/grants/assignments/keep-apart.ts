// Nobody is given by hand what an enforced rule of separation keeps apart from what they hold; what groups bring is withheld.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { AppError } from '#platform/errors.ts'
import type { CallContext, Transaction } from '#src/context.ts'
import { holdersOf, momentsOf, scopesAt } from '../../ceiling/holdings.ts'
import { type AccessModel, conflictsIn, readAccessModel } from '../../decisions/access-model.ts'

const countEnforced = prepared<{ organizationId: string }, { count: number }>(
  (p) => sql`select count(*)::int as count from separation_rules
    where organization_id = ${p.organizationId} and mode = 'enforce'`,
)

/** The name of a rule, and of a role that holds both of its sides by itself. */
type Broken = { rule: string; role: string | undefined }

/** Rules, by rule and place, that this person breaks now or at a date to come. */
async function brokenBy(tx: Transaction, ctx: CallContext, userId: string): Promise<Map<string, Broken>> {
  const model = await readAccessModel(tx, ctx)
  const { grants = [] } = (await holdersOf(tx, ctx, { users: [userId] })).get(userId) ?? {}
  const broken = new Map<string, Broken>()
  for (const moment of momentsOf(grants, ctx.clock.now().getTime())) {
    const held = scopesAt(grants, moment)
    for (const scope of Object.keys(held))
      for (const { id, name, mode } of conflictsIn(model, held, scope))
        if (mode === 'enforce')
          broken.set(`${id} ${scope}`, { rule: name, role: breakingAlone(model, held[scope], id) })
  }
  return broken
}

const breakingAlone = (model: AccessModel, roleIds: readonly string[] = [], ruleId: string): string | undefined => {
  const found = roleIds.find((roleId) => conflictsIn(model, { '': [roleId] }, '').some(({ id }) => id === ruleId))
  return found === undefined ? undefined : model.roles.get(found)?.name
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
  const { rule, role } = fresh[1]
  const message =
    role === undefined
      ? `The rule ${rule} keeps this apart from what they hold; make an exception from the rule first, or take the other back`
      : `The role ${role} holds both of what the rule ${rule} keeps apart; except the role in the rule first, or give another role`
  throw new AppError('conflict', message, { reason: 'separation_of_duties' })
}
