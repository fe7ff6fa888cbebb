// What a role allows, what it is called, and who looks after it.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { prepared } from '#db/statement.ts'
import { roleById } from '../../grants/roles/roles.ts'
import { updateRoleWithin } from '../../grants/roles/update-role.ts'
import { id, permission, timeInput } from './fields.ts'
import { asBefore, defineChange, oneByOne } from './kind.ts'

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

const recordedAfter = prepared<{ organizationId: string; roleId: string; moment: string }, { id: string }>(
  (p) => sql`select r.id from roles r where r.organization_id = ${p.organizationId} and r.id = ${p.roleId}
    and (r.recorded_at > ${p.moment}::timestamptz
      or exists (select from role_permissions rp where rp.organization_id = r.organization_id and rp.role_id = r.id
        and rp.recorded_at > ${p.moment}::timestamptz)
      or exists (select from history.role_permissions h where h.organization_id = r.organization_id and h.role_id = r.id
        and h.valid_to > ${p.moment}::timestamptz))`,
)

export const updateRole = defineChange({
  fields: z.strictObject({ role }),
  label: 'Save this change',
  apply: (tx, ctx, change) => oneByOne([change.role], (each) => updateRoleWithin(tx, ctx, each)),
  affected: async () => 'everybody',
  // Names, purposes and dates of review are not.
  isAboutAccess: (change) => ['allows', 'denies', 'rank'].some((field) => field in change.role),
  changedSince: async (tx, { organizationId }, { role: { roleId } }, moment) =>
    (await tx.run(recordedAfter({ organizationId, roleId, moment }))).length > 0,
  inverse: async (tx, { organizationId }, { role: { roleId, ...changes } }) => {
    const [before] = await tx.run(roleById({ organizationId, roleId }))
    if (before === undefined) return () => []
    return () => [{ kind: 'update_role', role: { roleId, ...asBefore(before, changes) } }]
  },
})
