// What reaches beyond one organization: for the operator's commands, and for keys of the platform within their scopes.
import { AppError, notFound } from '#platform/errors.ts'
import {
  type CallContext,
  type ManagementPermission,
  type PlatformRights,
  type PlatformScope,
  requireFreshProof,
} from '#src/context.ts'

export const platformScopes = [
  'organizations.read',
  'organizations.write',
  'organizations.delete',
  'applications.read',
  'applications.write',
  'events.read',
  'webhooks.write',
] as const satisfies readonly PlatformScope[]

/** Of the applications and the audit trail that are the platform's own. */
const ownPermissions: Partial<Record<PlatformScope, readonly ManagementPermission[]>> = {
  'applications.read': ['applications.read'],
  'applications.write': ['applications.write'],
  'events.read': ['audit.read', 'events.read'],
  'webhooks.write': ['webhooks.read', 'webhooks.write'],
}

/** What the scopes let somebody do with the verbs that organizations and the platform share. */
export const platformPermissions = (scopes: readonly PlatformScope[]): ReadonlySet<ManagementPermission> =>
  new Set(scopes.flatMap((scope) => ownPermissions[scope] ?? []))

const isReading = (scope: PlatformScope): boolean => scope.endsWith('.read')

/** The operator's commands, and administrators of the platform. @throws AppError as `requirePlatform` */
export const requireOperator = (ctx: CallContext): void => requirePlatform(ctx, 'operate')

/**
 * The operator's commands may do everything; people and keys of the platform what their scopes say, and people what changes
 * something after a fresh proof. @throws AppError forbidden (reason `operator`; `scope`); unauthenticated (reason `fresh_proof`)
 */
export function requirePlatform(ctx: CallContext, scope: PlatformScope): void {
  requireScope(ctx, scope)
  if (!isReading(scope)) requireFreshProof(ctx)
}

/** The scope alone, for looking at what it is about. @throws AppError forbidden (reason `operator`; `scope`) */
export function requireScope({ actor, platform }: CallContext, scope: PlatformScope): void {
  const isCommand = platform === undefined && (actor.type === 'operator' || actor.type === 'system')
  if (isCommand || platform?.scopes.has(scope)) return
  if (platform === undefined)
    throw new AppError('forbidden', 'Only the operator of this instance may do this', { reason: 'operator' })
  const message =
    actor.type === 'operator' || scope === 'operate'
      ? 'Only an operator with the role administrator may do this'
      : `This needs a platform key with the scope ${scope}`
  throw new AppError('forbidden', message, {
    reason: scope === 'operate' ? 'operator' : 'scope',
    extensions: { scope },
  })
}

/** The operator reaches every organization. */
export function reaches(rights: PlatformRights | undefined, organizationId: string): boolean {
  if (rights === undefined || rights.reach === 'all') return true
  return rights.organizationIds.includes(organizationId) === (rights.reach === 'only')
}

/** What concerns all organizations is not for a key that reaches some. @throws AppError forbidden (reason `reach`) */
export function requireWholeReach({ platform }: Pick<CallContext, 'platform'>): void {
  if (platform === undefined || platform.reach === 'all') return
  throw new AppError('forbidden', 'This needs a platform key that reaches all organizations', { reason: 'reach' })
}

/** @throws AppError not_found: what is out of reach is answered like what is not there */
export function requireReached(ctx: CallContext, organizationId: string): void {
  if (!reaches(ctx.platform, organizationId)) throw notFound('Organization')
}
