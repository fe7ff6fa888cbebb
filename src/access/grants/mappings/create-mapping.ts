// A rule: the members of a group, or the users that satisfy a filter, get a role, present and future ones: one row, whatever
// their number.

import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { userFilterPath } from '#directory/filter/filter-path.ts'
import { notFound } from '#platform/errors.ts'
import { parseInput } from '#platform/input.ts'
import { type CallContext, nowOf, requirePermission, type Transaction } from '#src/context.ts'
import { withinCeiling } from '../../ceiling/ceiling.ts'
import { requireTargets } from '../managers/targets.ts'
import { requireFitForFilter } from '../roles/attribute-roles.ts'
import type { MappingRecord } from './mappings.ts'

const CreateMappingInput = z
  .object({
    groupId: z.string().nullish(),
    /** A SCIM filter over the user, in place of a group. */
    filter: z.string().trim().min(1).nullish(),
    roleId: z.string(),
    /** Absent or null: the role is held in the organization. */
    brandId: z.string().nullish(),
    pattern: z.string().max(200).nullish(),
  })
  .refine(({ groupId, filter }) => ((groupId ?? null) === null) !== ((filter ?? null) === null), {
    path: ['groupId'],
    message: 'a mapping is of a group or of a filter: name one of them',
  })

export type NewMapping = z.input<typeof CreateMappingInput>

const insertMapping = prepared<
  {
    organizationId: string
    id: string
    groupId: string | null
    filter: string | null
    filterPath: string | null
    roleId: string
    brandId: string | null
    pattern: string | null
    now: string
    createdBy: string
  },
  never
>(
  (
    p,
  ) => sql`insert into mappings (organization_id, id, group_id, filter, filter_path, role_id, brand_id, pattern, created_at,
      created_by)
    values (${p.organizationId}, ${p.id}, ${p.groupId}, ${p.filter}, (${p.filterPath}::jsonpath)::text, ${p.roleId},
      ${p.brandId}, ${p.pattern}, ${p.now}::timestamptz, ${p.createdBy})`,
)

/**
 * @throws AppError invalid; not_found for a group, role or brand that is not there; forbidden (reason `ceiling`); conflict
 *   where the mapping exists
 */
export async function createMappingWithin(
  tx: Transaction,
  ctx: CallContext,
  input: NewMapping,
): Promise<MappingRecord> {
  requirePermission(ctx, 'mappings.write')
  const parsed = parseInput(CreateMappingInput, input)
  const { groupId = null, filter = null, roleId, brandId = null, pattern = null } = parsed
  const filterPath = filter === null ? null : userFilterPath(filter)
  const targets = await requireTargets(tx, ctx, { groupId: groupId ?? undefined, roleId, brandId })
  const { group, role, brand } = targets
  if (groupId !== null && group === null) throw notFound('Group')
  if (filter !== null) requireFitForFilter({ key: role.key, allows: targets.permissions.allows })
  const [id, now, createdBy] = [ctx.ids.next('map'), nowOf(ctx), ctx.actor.id]
  const detail = {
    ...(group === null ? { filter } : { group: group.displayName, groupId }),
    ...{ role: role.key, roleId, brand: brand?.slug ?? null, brandId, ...(pattern === null ? {} : { pattern }) },
  }
  const { organizationId } = ctx
  const row = { organizationId, id, groupId, filter, filterPath, roleId, brandId, pattern, now, createdBy }
  // Whoever is in the group, or comes to fit the filter, now or some day.
  const grants = [{ after: { scope: brandId ?? '', roleId } }]
  const concern = groupId === null ? { filterPaths: [filterPath ?? ''], grants } : { groups: [groupId] }
  await withinCeiling(tx, ctx, concern, () => tx.run(insertMapping(row)))
  await tx.run(recordAudit(ctx, { action: 'mapping.create', targetType: 'mapping', targetId: id, detail }))
  return { id, group, filter, role, brand, pattern, createdAt: now, createdBy }
}
