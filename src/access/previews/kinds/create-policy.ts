// A policy, which takes a permission away from everybody but some.
import { z } from 'zod'
import { createPolicyWithin } from '../../grants/policies/policies.ts'
import { id, permission } from './fields.ts'
import { defineChange, idsOf, oneByOne } from './kind.ts'

const policy = z.strictObject({
  name: z.string(),
  permission,
  brandId: id.nullish(),
  exceptRoleIds: z.array(id).optional(),
})

export const createPolicy = defineChange({
  fields: z.strictObject({ policy }),
  label: 'Save this change',
  apply: (tx, ctx, change) => oneByOne([change.policy], (each) => createPolicyWithin(tx, ctx, each)),
  affected: async () => 'everybody',
  inverse: async () => (made) => idsOf(made).map((policyId) => ({ kind: 'delete_policy', policyId })),
})
