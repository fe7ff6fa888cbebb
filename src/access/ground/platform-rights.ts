// What reaches beyond one organization: for the operator's commands, and for keys of the platform within their scopes.
import { AppError, notFound } from '#platform/errors.ts'
import type { CallContext, PlatformRights, PlatformScope } from '#src/context.ts'

export const platformScopes = [
  'organizations.read',
  'organizations.write',
  'organizations.delete',
  'applications.read',
  'applications.write',
  'events.read',
] as const satisfies readonly PlatformScope[]

const isOperator = ({ actor }: CallContext): boolean => actor.type === 'operator' || actor.type === 'system'

/** @throws AppError forbidden (reason `operator`), also for keys of the platform */
export function requireOperator(ctx: CallContext): void {
  if (isOperator(ctx)) return
  throw new AppError('forbidden', 'Only the operator of this instance may do this', { reason: 'operator' })
}

/** @throws AppError forbidden (reason `operator`; `scope` for a key of the platform that has another one) */
export function requirePlatform(ctx: CallContext, scope: PlatformScope): void {
  if (ctx.platform === undefined) {
    requireOperator(ctx)
    return
  }
  if (ctx.platform.scopes.has(scope)) return
  const message = `This needs a platform key with the scope ${scope}`
  throw new AppError('forbidden', message, { reason: 'scope', extensions: { scope } })
}

/** The operator reaches every organization. */
export function reaches(rights: PlatformRights | undefined, organizationId: string): boolean {
  if (rights === undefined || rights.reach === 'all') return true
  return rights.organizationIds.includes(organizationId) === (rights.reach === 'only')
}

/** @throws AppError not_found: what is out of reach is answered like what is not there */
export function requireReached(ctx: CallContext, organizationId: string): void {
  if (!reaches(ctx.platform, organizationId)) throw notFound('Organization')
}
