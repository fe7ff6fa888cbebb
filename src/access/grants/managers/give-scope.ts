// Nobody gives a program more than they hold: what is asked of whoever issues an API key, or lets a machine do something.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { type CallContext, requirePermission, type Transaction } from '#src/context.ts'
import { requireEverything, requireHolding } from '../../ceiling/ceiling.ts'
import type { KeyScope } from './key-scope.ts'

const countBrands = prepared<{ organizationId: string; ids: readonly string[] }, { found: number }>(
  (p) => sql`select count(*)::int as found from brands
    where organization_id = ${p.organizationId} and id = any (${p.ids}::text[])`,
)

/**
 * A program that is bound to a task or to a network must not make another that is not.
 * @param what it does not do, for the refusal: `issues no further keys`
 * @throws AppError forbidden (reason `ceiling`)
 */
export function requireUnscoped({ actor, permissions }: CallContext, what: string): void {
  if ((actor.type !== 'api_key' && actor.type !== 'application') || permissions === 'all') return
  const who = actor.type === 'api_key' ? 'An API key' : 'An application'
  throw new AppError('forbidden', `${who} with limited access ${what}; ask a person`, { reason: 'ceiling' })
}

/**
 * Nobody gives a program more than they hold, or takes one away that may do more.
 * @param what needs all rights, for the refusal
 * @throws AppError forbidden (reason `ceiling`); not_found for a brand that is not there
 */
export async function requireGivableScope(
  tx: Transaction,
  ctx: CallContext,
  scope: KeyScope & { until: string | null },
  what: string,
): Promise<void> {
  const ids = [...new Set(scope.brandIds ?? [])]
  const [counted] = await tx.run(countBrands({ organizationId: ctx.organizationId, ids }))
  if (counted?.found !== ids.length) throw notFound('Brand')
  await requireHeldScope(tx, ctx, scope, what)
}

/**
 * The same for what a program has already, whose brands may be gone.
 * @throws AppError forbidden (reason `ceiling`)
 */
export async function requireHeldScope(
  tx: Transaction,
  ctx: CallContext,
  { access, permissions, brandIds, until }: KeyScope & { until: string | null },
  what: string,
): Promise<void> {
  if (access === 'everything') return requireEverything(tx, ctx, what, 'nothing')
  if (access === 'decisions') return requirePermission(ctx, 'access.read')
  await requireHolding(tx, ctx, { allows: permissions ?? [], scopes: brandIds ?? [''], until })
}
