// A policy that is lifted.
import { z } from 'zod'
import { deletePolicyWithin, findPolicy } from '../../grants/policies/policies.ts'
import { id } from './fields.ts'
import { defineChange, removeEach } from './kind.ts'

export const deletePolicy = defineChange({
  fields: z.strictObject({ policyId: id }),
  label: 'Save this change',
  apply: (tx, ctx, { policyId }) => removeEach([policyId], (each) => deletePolicyWithin(tx, ctx, each)),
  affected: async () => 'everybody',
  inverse: async (tx, ctx, { policyId }) => {
    const policy = await findPolicy(tx, ctx, policyId)
    if (policy === undefined) return () => []
    const { name, permission, brand, exceptRoles } = policy
    const was = {
      name,
      permission,
      brandId: brand?.id ?? null,
      exceptRoleIds: exceptRoles.map(({ id: roleId }) => roleId),
    }
    return () => [{ kind: 'create_policy', policy: was }]
  },
})
