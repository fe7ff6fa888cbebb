// Settings of the organization, of which two say what roles mean.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { prepared } from '#db/statement.ts'
import { lockedOrganization, updateOrganizationWithin } from '../../organizations/update-organization.ts'
import { asBefore, defineChange, oneByOne } from './kind.ts'

const organization = z.strictObject({
  name: z.string().optional(),
  administratorBrandAccess: z.enum(['explicit', 'implicit']).optional(),
  roleStrategy: z.enum(['union', 'highest']).optional(),
  secondPerson: z.enum(['never', 'privileged']).optional(),
})

const recordedAfter = prepared<{ organizationId: string; moment: string }, { id: string }>(
  (p) => sql`select id from organizations where id = ${p.organizationId} and recorded_at > ${p.moment}::timestamptz`,
)

export const updateOrganization = defineChange({
  fields: z.strictObject({ organization }),
  label: 'Save this change',
  apply: (tx, ctx, change) => oneByOne([change.organization], (each) => updateOrganizationWithin(tx, ctx, each)),
  affected: async () => 'everybody',
  isAboutAccess: (change) => ['administratorBrandAccess', 'roleStrategy'].some((field) => field in change.organization),
  changedSince: async (tx, { organizationId }, _change, moment) =>
    (await tx.run(recordedAfter({ organizationId, moment }))).length > 0,
  inverse: async (tx, ctx, change) => {
    const before = await lockedOrganization(tx, ctx)
    return () => [{ kind: 'update_organization', organization: asBefore(before, change.organization) }]
  },
})
