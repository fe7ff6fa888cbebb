// A brand gets another name or slug; who has access to it stays as it was.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { isId } from '#platform/ids.ts'
import { nameSchema, parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, nowOf, refuseUnknown, requirePermission } from '#src/context.ts'
import { requireEverything } from '../../ceiling/ceiling.ts'
import { slugSchema } from '../../ground/slug.ts'
import { type BrandRecord, brandColumns, lockBrandRow } from './brands.ts'

const UpdateBrandInput = z.object({ brandId: z.string(), slug: slugSchema.optional(), name: nameSchema.optional() })

const update = prepared<
  { organizationId: string; brandId: string; slug: string; name: string; now: string },
  BrandRecord
>(
  (p) => sql`update brands b set slug = ${p.slug}, name = ${p.name}, updated_at = ${p.now}::timestamptz
    where b.organization_id = ${p.organizationId} and b.id = ${p.brandId} returning ${brandColumns}`,
)

/** @returns the brand as it is now. @throws AppError not_found, invalid; conflict where the slug is taken; forbidden (reason `ceiling`) */
export async function updateBrand(ctx: CallContext, input: z.input<typeof UpdateBrandInput>): Promise<BrandRecord> {
  requirePermission(ctx, 'brands.write')
  const { brandId, ...changes } = parseInput(UpdateBrandInput, input)
  if (!isId('brd', brandId)) return refuseUnknown(ctx, 'Brand')
  return inTransaction(ctx, async (tx) => {
    const before = await lockBrandRow(tx, ctx, brandId)
    const { slug = before.slug, name = before.name } = changes
    if (slug === before.slug && name === before.name) return before
    if (slug !== before.slug) await requireEverything(tx, ctx, 'Changing the slug of a brand')
    const detail = { slug, name, before: { slug: before.slug, name: before.name } }
    const [rows] = await tx.commitWith<BrandRecord>(
      update({ organizationId: ctx.organizationId, brandId, slug, name, now: nowOf(ctx) }),
      recordAudit(ctx, { action: 'brand.update', targetType: 'brand', targetId: brandId, detail }),
    )
    return rows?.[0] ?? before
  })
}
