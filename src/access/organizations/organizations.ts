// Organizations: the customers, and how they are read. Each sees itself; the operator sees the list.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { type CallContext, enterInstance, inTransaction, refuseUnknown, requirePermission } from '#src/context.ts'
import { requireOperator } from '../ground/platform-rights.ts'

export type OrganizationRecord = {
  id: string
  slug: string
  name: string
  status: 'active' | 'suspended'
  administratorBrandAccess: 'explicit' | 'implicit'
  roleStrategy: 'union' | 'highest'
  /** `privileged`: rights over others are given by drafts alone that a second person has approved. */
  secondPerson: 'never' | 'privileged'
  createdAt: string
  updatedAt: string
}

/** The columns of an OrganizationRecord, for `organizations o`. */
export const organizationColumns = sql`o.id, o.slug, o.name, o.status,
  o.administrator_brand_access as "administratorBrandAccess", o.role_strategy as "roleStrategy", o.second_person as "secondPerson",
  o.created_at as "createdAt", o.updated_at as "updatedAt"`

const selectOrganization = prepared<{ organizationId: string }, OrganizationRecord>(
  (p) => sql`select ${organizationColumns} from organizations o where o.id = ${p.organizationId}`,
)

const selectByReference = prepared<{ reference: string }, OrganizationRecord>(
  (p) => sql`select ${organizationColumns} from organizations o where o.slug = ${p.reference} or o.id = ${p.reference}`,
)

const selectAll = prepared<Record<string, never>, OrganizationRecord>(
  () => sql`select ${organizationColumns} from organizations o order by o.slug`,
)

/** @throws AppError not_found where the id is not the caller's own organization */
export async function getOrganization(ctx: CallContext, organizationId: string): Promise<OrganizationRecord> {
  requirePermission(ctx, 'organization.read')
  if (organizationId !== ctx.organizationId) return refuseUnknown(ctx, 'Organization')
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(selectOrganization({ organizationId })))
  const organization = rows?.[0]
  if (organization === undefined) throw notFound('Organization')
  return organization
}

/** All organizations by slug, for the operator. @throws AppError forbidden */
export async function listOrganizations(ctx: CallContext): Promise<OrganizationRecord[]> {
  requireOperator(ctx)
  return ctx.database.transaction(enterInstance({}), (tx) => tx.run(selectAll({})))
}

/** By slug or id, for the operator; undefined where there is none. @throws AppError forbidden */
export async function findOrganization(ctx: CallContext, reference: string): Promise<OrganizationRecord | undefined> {
  requireOperator(ctx)
  if (reference.includes('\0')) return undefined
  const [found] = await ctx.database.transaction(enterInstance({}), (tx) => tx.run(selectByReference({ reference })))
  return found
}
