// A policy that is lifted.
import { z } from 'zod'
import { deletePolicyWithin } from '../../grants/policies/policies.ts'
import { id } from './fields.ts'
import { defineChange, removeEach } from './kind.ts'

export const deletePolicy = defineChange({
  fields: z.strictObject({ policyId: id }),
  label: 'Save this change',
  apply: (tx, ctx, { policyId }) => removeEach([policyId], (each) => deletePolicyWithin(tx, ctx, each)),
  affected: async () => 'everybody',
})
