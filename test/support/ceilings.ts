// Callers of verbs who do not hold everything, without a session: what comes with a context is what they hold.
import { requireReachWithin } from '#access/ceiling/reach.ts'
import type { CallContext, HeldPermissions } from '#src/context.ts'

/** The same context within a ceiling. */
export const within = (
  ctx: CallContext,
  organization: HeldPermissions,
  brands: ReadonlyMap<string, HeldPermissions> = new Map(),
): CallContext => ({ ...ctx, ceiling: { organization, brands, requireReach: requireReachWithin } })
