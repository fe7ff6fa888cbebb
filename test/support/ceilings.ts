// Callers of verbs who do not hold everything, without a session: what comes with a context is what they hold.
import { requireReachWithin } from '#access/ceiling/reach.ts'
import { asManager } from '#access/grants/managers/manager.ts'
import type { CallContext, HeldPermissions } from '#src/context.ts'
import type { TestOrganization } from './app.ts'

/** The same context within a ceiling. */
export const within = (
  ctx: CallContext,
  organization: HeldPermissions,
  brands: ReadonlyMap<string, HeldPermissions> = new Map(),
): CallContext => ({ ...ctx, ceiling: { organization, brands, requireReach: requireReachWithin } })

/** A person as a manager: with whatever their roles let them do at this moment. */
export async function actingAs(organization: TestOrganization, userId: string): Promise<CallContext> {
  const person = { ...organization.ctx, actor: { type: 'user' as const, id: userId }, permissions: new Set<never>() }
  return (await asManager(person)).ctx
}

/** What a verb throws where a change goes beyond the rights of whoever makes it. */
export const beyondCeiling = { code: 'forbidden', reason: 'ceiling' }
