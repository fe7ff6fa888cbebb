// A brand that goes, with its memberships.
import { type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import { prepared } from '#db/statement.ts'
import { deleteBrandWithin } from '../../grants/brands/delete-brand.ts'
import { behindMappings, type MappingTarget } from './delete-mappings.ts'
import { id } from './fields.ts'
import { defineChange, removeEach } from './kind.ts'

type InBrand = { organizationId: string; brandId: string }

// Where administrators may do everything in each brand, so may they in this one.
const isInBrand = (p: { [column in keyof InBrand]: SQL }): SQL =>
  sql`t.organization_id = ${p.organizationId} and (t.brand_id = ${p.brandId} or t.brand_id is null and exists (
    select from organizations o where o.id = t.organization_id and o.administrator_brand_access = 'implicit'))`

const mappingsInBrand = prepared<InBrand, MappingTarget>(
  (p) => sql`select t.group_id as "groupId", t.filter_path as "filterPath" from mappings t where ${isInBrand(p)}`,
)

const teamsInBrand = prepared<InBrand, { teamId: string }>(
  (p) => sql`select distinct t.team_id as "teamId" from team_roles t where ${isInBrand(p)}
    union select t.id from teams t where t.organization_id = ${p.organizationId} and t.brand_id = ${p.brandId}`,
)

const usersInBrand = prepared<InBrand, { userId: string }>(
  (p) => sql`select distinct t.user_id as "userId" from assignments t where ${isInBrand(p)}`,
)

export const deleteBrand = defineChange({
  fields: z.strictObject({ brandId: id }),
  label: 'Delete the brand',
  apply: (tx, ctx, { brandId }) => removeEach([brandId], (each) => deleteBrandWithin(tx, ctx, each)),
  affected: async (tx, { organizationId }, { brandId }) => {
    const users = await tx.run(usersInBrand({ organizationId, brandId }))
    const mappings = await tx.run(mappingsInBrand({ organizationId, brandId }))
    const teams = await tx.run(teamsInBrand({ organizationId, brandId }))
    return {
      ...behindMappings(mappings),
      userIds: users.map(({ userId }) => userId),
      teamIds: teams.map(({ teamId }) => teamId),
    }
  },
  brandsGone: ({ brandId }) => [brandId],
})
