// A group's members, present and future, get a role: one row, whatever the size of the group.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { parseInput } from '#connections/input.ts'
import { prepared } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { type CallContext, inTransaction, nowOf, requirePermission } from '#src/context.ts'
import { requireTargets } from '../targets.ts'
import type { MappingRecord } from './mappings.ts'

const CreateMappingInput = z.object({
  groupId: z.string(),
  roleId: z.string(),
  /** Absent or null: the role is held in the organization. */
  brandId: z.string().nullish(),
})

const insertMapping = prepared<
  {
    organizationId: string
    id: string
    groupId: string
    roleId: string
    brandId: string | null
    now: string
    createdBy: string
  },
  never
>(
  (p) => sql`insert into mappings (organization_id, id, group_id, role_id, brand_id, created_at, created_by)
    values (${p.organizationId}, ${p.id}, ${p.groupId}, ${p.roleId}, ${p.brandId}, ${p.now}::timestamptz, ${p.createdBy})`,
)

/** @throws AppError not_found for a group, role or brand that is not there; conflict where the mapping exists */
export async function createMapping(
  ctx: CallContext,
  input: z.input<typeof CreateMappingInput>,
): Promise<MappingRecord> {
  requirePermission(ctx, 'mappings.write')
  const { groupId, roleId, brandId = null } = parseInput(CreateMappingInput, input)
  const { organizationId } = ctx
  return inTransaction(ctx, async (tx) => {
    const { group, role, brand } = await requireTargets(tx, ctx, { groupId, roleId, brandId })
    if (group === null) throw notFound('Group')
    const [id, now, createdBy] = [ctx.ids.next('map'), nowOf(ctx), ctx.actor.id]
    const detail = { group: group.displayName, groupId, role: role.key, roleId, brand: brand?.slug ?? null, brandId }
    await tx.commitWith(
      insertMapping({ organizationId, id, groupId, roleId, brandId, now, createdBy }),
      recordAudit(ctx, { action: 'mapping.create', targetType: 'mapping', targetId: id, detail }),
    )
    return { id, group, role, brand, createdAt: now, createdBy }
  })
}
