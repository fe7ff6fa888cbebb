// New mappings: whoever is in the groups, or matches the filters, gets the roles.
import { z } from 'zod'
import { userFilterPath } from '#directory/filter/filter-path.ts'
import { createMappingWithin } from '../../grants/mappings/create-mapping.ts'
import { id, listOf } from './fields.ts'
import { defineChange, idsOf, nobody, oneByOne } from './kind.ts'

const mapping = z.strictObject({
  groupId: id.nullish(),
  filter: z.string().nullish(),
  roleId: id,
  brandId: id.nullish(),
  pattern: z.string().nullish(),
})

export const createMappings = defineChange({
  fields: z.strictObject({ mappings: listOf(mapping) }),
  label: 'Save this change',
  apply: (tx, ctx, { mappings }) => oneByOne(mappings, (each) => createMappingWithin(tx, ctx, each)),
  affected: async (_tx, _ctx, { mappings }) => ({
    ...nobody,
    groupIds: mappings.flatMap(({ groupId }) => groupId ?? []),
    filterPaths: mappings.flatMap(({ filter }) => filter ?? []).map(userFilterPath),
  }),
  inverse: async () => (made) => [{ kind: 'delete_mappings', mappingIds: idsOf(made) }],
})
