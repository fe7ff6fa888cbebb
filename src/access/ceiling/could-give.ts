// Which roles somebody could give, for lists of choices: by how roles are written, without asking the database. What is decided
// when they do is the effect (ceiling.ts).
import type { CallContext, HeldPermissions } from '#src/context.ts'
import { covers } from '../decisions/permissions.ts'
import { meet } from '../decisions/universe.ts'

/** Whether the caller could give this role there. */
export function isWithinCeiling(
  ctx: CallContext,
  role: { allows: readonly string[] },
  brandId: string | null,
): boolean {
  if (ctx.ceiling === undefined) return true
  const inBrand = brandId === null ? undefined : ctx.ceiling.brands.get(brandId)
  const held = inBrand === undefined ? [ctx.ceiling.organization] : [ctx.ceiling.organization, inBrand]
  return role.allows.every((wanted) => isHeld(held, wanted))
}

/** A deny takes whatever it has in common with what is wanted. */
function isHeld(held: readonly HeldPermissions[], wanted: string): boolean {
  const isAllowed = held.some(({ allows }) => allows.some((name) => covers(name, wanted)))
  return isAllowed && !held.some(({ denies }) => denies.some((denied) => meet(denied, wanted) !== undefined))
}
