// A new brand; nobody has access to it before a mapping or an assignment says so.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { nameSchema, parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, nowOf, requirePermission } from '#src/context.ts'
import { slugSchema } from '../../ground/slug.ts'
import type { BrandRecord } from './brands.ts'
import { requireFreshSlug } from './slugs.ts'

const CreateBrandInput = z.object({ slug: slugSchema, name: nameSchema })

const insertBrand = prepared<{ organizationId: string; id: string; slug: string; name: string; now: string }, never>(
  (p) => sql`insert into brands (organization_id, id, slug, name, created_at, updated_at)
    values (${p.organizationId}, ${p.id}, ${p.slug}, ${p.name}, ${p.now}::timestamptz, ${p.now}::timestamptz)`,
)

/** @throws AppError invalid; conflict where the slug is taken; forbidden (reason `ceiling`) for a slug that another brand had */
export async function createBrand(ctx: CallContext, input: z.input<typeof CreateBrandInput>): Promise<BrandRecord> {
  requirePermission(ctx, 'brands.write')
  const { slug, name } = parseInput(CreateBrandInput, input)
  const { organizationId } = ctx
  const [id, now] = [ctx.ids.next('brd'), nowOf(ctx)]
  const audit = recordAudit(ctx, { action: 'brand.create', targetType: 'brand', targetId: id, detail: { slug, name } })
  await inTransaction(ctx, async (tx) => {
    await requireFreshSlug(tx, ctx, slug)
    await tx.commitWith(insertBrand({ organizationId, id, slug, name, now }), audit)
  })
  return { id, slug, name, createdAt: now, updatedAt: now }
}
