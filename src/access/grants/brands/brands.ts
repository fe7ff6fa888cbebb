// Brands: spaces inside an organization, and how they are read.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import {
  brandsPermitted,
  type CallContext,
  inTransaction,
  isPermitted,
  refuseUnknown,
  requirePermissionSomewhere,
  type Transaction,
} from '#src/context.ts'

export type BrandRecord = { id: string; slug: string; name: string; createdAt: string; updatedAt: string }

type BrandKey = { organizationId: string; brandId: string }

/** The columns of a BrandRecord, for `brands b`. */
export const brandColumns = sql`b.id, b.slug, b.name, b.created_at as "createdAt", b.updated_at as "updatedAt"`

const selectBrands = prepared<
  { organizationId: string; ids: readonly string[] | null; after: string | null; limit: number | null },
  BrandRecord
>(
  (p) => sql`select ${brandColumns} from brands b
    where b.organization_id = ${p.organizationId} and (${p.after}::text is null or b.id > ${p.after})
      and (${p.ids}::text[] is null or b.id = any (${p.ids}::text[]))
    order by b.id limit ${p.limit}::int`,
)

const selectBrand = prepared<BrandKey, BrandRecord>(
  (p) =>
    sql`select ${brandColumns} from brands b where b.organization_id = ${p.organizationId} and b.id = ${p.brandId}`,
)

const lockBrand = prepared<BrandKey, BrandRecord>(
  (p) => sql`select ${brandColumns} from brands b
    where b.organization_id = ${p.organizationId} and b.id = ${p.brandId} for no key update`,
)

/** In order of creation, those that the caller may see, after an id and as many as asked for. @throws AppError forbidden */
export async function listBrands(
  ctx: CallContext,
  page: { after?: string | undefined; limit?: number | undefined } = {},
): Promise<BrandRecord[]> {
  requirePermissionSomewhere(ctx, 'brands.read')
  const { organizationId } = ctx
  const brands = brandsPermitted(ctx, 'brands.read')
  const statement = selectBrands({
    organizationId,
    ids: brands === 'all' ? null : brands,
    after: page.after ?? null,
    limit: page.limit ?? null,
  })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows ?? []
}

/** @throws AppError not_found, also for another organization's brand */
export async function getBrand(ctx: CallContext, brandId: string): Promise<BrandRecord> {
  requirePermissionSomewhere(ctx, 'brands.read')
  if (!isId('brd', brandId) || !isPermitted(ctx, 'brands.read', brandId)) return refuseUnknown(ctx, 'Brand')
  const statement = selectBrand({ organizationId: ctx.organizationId, brandId })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  const brand = rows?.[0]
  if (brand === undefined) throw notFound('Brand')
  return brand
}

/** Reads the brand and keeps others from changing it until the transaction ends. @throws AppError not_found */
export async function lockBrandRow(tx: Transaction, ctx: CallContext, brandId: string): Promise<BrandRecord> {
  const [brand] = await tx.run(lockBrand({ organizationId: ctx.organizationId, brandId }))
  if (brand === undefined) throw notFound('Brand')
  return brand
}
