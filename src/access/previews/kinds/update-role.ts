// What a role allows, what it is called, and who looks after it.
import { z } from 'zod'
import { roleById } from '../../grants/roles/roles.ts'
import { updateRoleWithin } from '../../grants/roles/update-role.ts'
import { id, permission, timeInput } from './fields.ts'
import { defineChange, oneByOne } from './kind.ts'

const role = z.strictObject({
  roleId: id,
  key: z.string().optional(),
  name: z.string().optional(),
  purpose: z.string().optional(),
  rank: z.number().int().optional(),
  allows: z.array(permission).optional(),
  denies: z.array(permission).optional(),
  owner: z.string().nullish(),
  reviewAt: timeInput.nullish(),
})

export const updateRole = defineChange({
  fields: z.strictObject({ role }),
  label: 'Save this change',
  apply: (tx, ctx, change) => oneByOne([change.role], (each) => updateRoleWithin(tx, ctx, each)),
  affected: async () => 'everybody',
  // Names, purposes and dates of review are not.
  isAboutAccess: (change) => ['allows', 'denies', 'rank'].some((field) => field in change.role),
  inverse: async (tx, { organizationId }, { role: { roleId, ...changes } }) => {
    const [before] = await tx.run(roleById({ organizationId, roleId }))
    if (before === undefined) return () => []
    const names = (Object.keys(changes) as (keyof typeof changes)[]).filter((name) => changes[name] !== undefined)
    const was = Object.fromEntries(names.map((name) => [name, before[name]]))
    return () => [{ kind: 'update_role', role: { roleId, ...was } }]
  },
})
