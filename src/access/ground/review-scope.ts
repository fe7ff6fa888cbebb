// What an access review looks at, and who may set such a review going and change it.
import {
  type CallContext,
  isPermitted,
  type ManagementPermission,
  requirePermission,
  requirePermissionIn,
} from '#src/context.ts'

/** What is reviewed: whatever satisfies all that is said; nothing said means everything. */
export type ReviewScope = {
  roleIds?: string[] | undefined
  brandIds?: string[] | undefined
  /** Roles that let people manage others or the organization. */
  isPrivileged?: true | undefined
  /** People without activity for so long. Without roles, brands or privileges beside it, it is about their accounts as such. */
  inactiveDays?: number | undefined
  /** People from outside: of no directory, and with no address in a verified domain. */
  isOutside?: true | undefined
  directoryId?: string | undefined
}

type Reviewing = { scope: ReviewScope }

/** Whether it is about accounts rather than about what people hold. */
export const isAboutAccounts = ({ inactiveDays, roleIds, brandIds, isPrivileged }: ReviewScope): boolean =>
  inactiveDays !== undefined && roleIds === undefined && brandIds === undefined && isPrivileged === undefined

/** Whether the caller may do it wherever the campaign looks. */
export const isPermittedOn = (ctx: CallContext, permission: ManagementPermission, { scope }: Reviewing): boolean =>
  isPermitted(ctx, permission) || scope.brandIds?.every((brandId) => isPermitted(ctx, permission, brandId)) === true

/** Whether the caller may set such a campaign going and change it: as who takes roles and, of accounts, people away. @throws AppError forbidden */
export function requireManaging(ctx: CallContext, scope: ReviewScope): void {
  for (const brandId of scope.brandIds ?? [null]) requirePermissionIn(ctx, 'assignments.write', brandId)
  if (isAboutAccounts(scope)) requirePermission(ctx, 'users.write')
}

/** Whether the caller is one of those whom `requireManaging` lets through. */
export const isManaging = (ctx: CallContext, { scope }: Reviewing): boolean =>
  isPermittedOn(ctx, 'assignments.write', { scope }) && (!isAboutAccounts(scope) || isPermitted(ctx, 'users.write'))
