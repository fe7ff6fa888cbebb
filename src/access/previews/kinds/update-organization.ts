// Settings of the organization, of which two say what roles mean.
import { z } from 'zod'
import { updateOrganizationWithin } from '../../organizations/update-organization.ts'
import { defineChange, oneByOne } from './kind.ts'

const organization = z.strictObject({
  name: z.string().optional(),
  administratorBrandAccess: z.enum(['explicit', 'implicit']).optional(),
  roleStrategy: z.enum(['union', 'highest']).optional(),
})

export const updateOrganization = defineChange({
  fields: z.strictObject({ organization }),
  label: 'Save this change',
  apply: (tx, ctx, change) => oneByOne([change.organization], (each) => updateOrganizationWithin(tx, ctx, each)),
  affected: async () => 'everybody',
  isAboutAccess: (change) => ['administratorBrandAccess', 'roleStrategy'].some((field) => field in change.organization),
})
