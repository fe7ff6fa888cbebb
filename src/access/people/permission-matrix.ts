// What one person may do, as a table: permissions down, the organization and its brands across.
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, refuseUnknown, requirePermissionSomewhere } from '#src/context.ts'
import { catalogueOf } from '../decisions/catalogue.ts'
import { effectiveAccessOf } from '../decisions/effective-access.ts'
import { evaluate } from '../decisions/evaluate.ts'
import { visibleScopes } from './access-matrix.ts'

type Brand = { id: string; slug: string; name: string }

export type PermissionMatrix = {
  scopes: (Brand | null)[]
  /** In the order of the catalogue; `allowed` in the order of the scopes. */
  permissions: { name: string; description: string; allowed: boolean[] }[]
}

/**
 * What one person may do, permission by permission, in the organization and in each brand where they hold something.
 * @throws AppError forbidden, not_found
 */
export async function getPermissionMatrix(ctx: CallContext, userId: string): Promise<PermissionMatrix> {
  requirePermissionSomewhere(ctx, 'access.read')
  if (!isId('usr', userId)) return refuseUnknown(ctx, 'User')
  const [access, catalogue] = await inTransaction(ctx, async (tx) => {
    const found = tx.run(effectiveAccessOf(ctx.organizationId, userId))
    return [(await found)[0], await catalogueOf(tx, ctx)] as const
  })
  if (access === undefined) throw notFound('User')
  const { user, policy, assignments } = access
  const isSeen = visibleScopes(ctx)
  const brands = new Map(assignments.flatMap(({ brand }) => (brand === null ? [] : [[brand.id, brand] as const])))
  const named = [...brands.values()].toSorted((a, b) => a.name.localeCompare(b.name, 'en'))
  const scopes = [null, ...named].filter((scope) => isSeen(scope?.id ?? null))
  if (scopes.length === 0) throw notFound('User')
  const permissions = catalogue.map(({ name, description }) => ({
    ...{ name, description },
    allowed: scopes.map(
      (scope) => evaluate({ status: user.status, policy, assignments, permission: name, brandId: scope?.id }).allowed,
    ),
  }))
  return { scopes, permissions }
}
