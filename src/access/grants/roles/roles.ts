// Roles: named sets of permissions with a purpose, and how they are read.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import {
  type CallContext,
  inTransaction,
  refuseUnknown,
  requirePermissionSomewhere,
  type Transaction,
} from '#src/context.ts'
import { permissionsColumn } from '../../decisions/effective-access.ts'

export type RoleRecord = {
  id: string
  key: string
  name: string
  purpose: string
  rank: number
  /** The role pack that a built-in role came with. */
  pack: string | null
  isBuiltIn: boolean
  /** Who answers for a custom role. */
  owner: string | null
  /** When somebody should look at it again. */
  reviewAt: string | null
  allows: string[]
  denies: string[]
  createdAt: string
  updatedAt: string
}

type RoleKey = { organizationId: string; roleId: string }

/** The columns of a RoleRecord, for `roles r`. */
export const roleColumns = sql`r.id, r.key, r.name, r.purpose, r.rank, r.pack, r.is_built_in as "isBuiltIn",
  r.owner, r.review_at as "reviewAt",
  ${permissionsColumn('allow')} as allows, ${permissionsColumn('deny')} as denies,
  r.created_at as "createdAt", r.updated_at as "updatedAt"`

const selectRoles = prepared<{ organizationId: string; after: string | null; limit: number | null }, RoleRecord>(
  (p) => sql`select ${roleColumns} from roles r
    where r.organization_id = ${p.organizationId} and r.kind = 'role' and (${p.after}::text is null or r.id > ${p.after})
    order by r.id limit ${p.limit}::int`,
)

/** One role as a statement, for a transaction that asks for more. */
export const roleById = prepared<RoleKey, RoleRecord>(
  (p) => sql`select ${roleColumns} from roles r
    where r.organization_id = ${p.organizationId} and r.id = ${p.roleId} and r.kind = 'role'`,
)

const lockRole = prepared<RoleKey, RoleRecord>(
  (p) => sql`select ${roleColumns} from roles r
    where r.organization_id = ${p.organizationId} and r.id = ${p.roleId} and r.kind = 'role' for no key update of r`,
)

/** In order of creation, those after an id and as many as asked for. */
export async function listRoles(
  ctx: CallContext,
  page: { after?: string | undefined; limit?: number | undefined } = {},
): Promise<RoleRecord[]> {
  requirePermissionSomewhere(ctx, 'roles.read')
  const { organizationId } = ctx
  const statement = selectRoles({ organizationId, after: page.after ?? null, limit: page.limit ?? null })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows ?? []
}

/** @throws AppError not_found, also for another organization's role */
export async function getRole(ctx: CallContext, roleId: string): Promise<RoleRecord> {
  requirePermissionSomewhere(ctx, 'roles.read')
  if (!isId('rol', roleId)) return refuseUnknown(ctx, 'Role')
  const [rows] = await inTransaction(ctx, (tx) =>
    tx.commitWith(roleById({ organizationId: ctx.organizationId, roleId })),
  )
  const role = rows?.[0]
  if (role === undefined) throw notFound('Role')
  return role
}

/**
 * Reads a custom role and keeps others from changing it until the transaction ends.
 * @throws AppError not_found; forbidden (reason `built_in`) for a role of a pack
 */
export async function lockCustomRole(tx: Transaction, ctx: CallContext, roleId: string): Promise<RoleRecord> {
  const [role] = await tx.run(lockRole({ organizationId: ctx.organizationId, roleId }))
  if (role === undefined) throw notFound('Role')
  if (!role.isBuiltIn) return role
  throw new AppError('forbidden', `The role ${role.key} is built-in; clone it and change the clone`, {
    reason: 'built_in',
  })
}
