// Mappings that are taken away.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { prepared } from '#db/statement.ts'
import { deleteMappingWithin } from '../../grants/mappings/delete-mapping.ts'
import { id, listOf } from './fields.ts'
import { type Affected, defineChange, nobody, removeEach } from './kind.ts'

export type MappingTarget = { groupId: string | null; filterPath: string | null }

const targets = prepared<{ organizationId: string; ids: readonly string[] }, MappingTarget>(
  (p) => sql`select group_id as "groupId", filter_path as "filterPath" from mappings
    where organization_id = ${p.organizationId} and id = any (${p.ids}::text[])`,
)

type Content = {
  groupId: string | null
  filter: string | null
  roleId: string
  brandId: string | null
  pattern: string | null
}

const contents = prepared<{ organizationId: string; ids: readonly string[] }, Content>(
  (p) => sql`select group_id as "groupId", filter, role_id as "roleId", brand_id as "brandId", pattern from mappings
    where organization_id = ${p.organizationId} and id = any (${p.ids}::text[]) order by id`,
)

/** Whoever is behind the groups and filters of mappings. */
export const behindMappings = (found: readonly MappingTarget[]): Exclude<Affected, 'everybody'> => ({
  ...nobody,
  groupIds: found.flatMap(({ groupId }) => groupId ?? []),
  filterPaths: found.flatMap(({ filterPath }) => filterPath ?? []),
})

export const deleteMappings = defineChange({
  fields: z.strictObject({ mappingIds: listOf(id) }),
  label: 'Save this change',
  apply: (tx, ctx, { mappingIds }) => removeEach(mappingIds, (each) => deleteMappingWithin(tx, ctx, each)),
  affected: async (tx, { organizationId }, { mappingIds }) =>
    behindMappings(await tx.run(targets({ organizationId, ids: mappingIds }))),
  inverse: async (tx, { organizationId }, { mappingIds }) => {
    const mappings = await tx.run(contents({ organizationId, ids: mappingIds }))
    return () => [{ kind: 'create_mappings', mappings }]
  },
})
