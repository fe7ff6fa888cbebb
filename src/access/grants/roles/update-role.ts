// Changing a custom role changes what all of its holders may do, at once; the audit row counts what points to it.
import { isDeepStrictEqual } from 'node:util'
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { type AuditParameters, auditParameters, insertAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { isId } from '#platform/ids.ts'
import { parseInput } from '#platform/input.ts'
import { type CallContext, nowOf, requirePermission, type Transaction } from '#src/context.ts'
import { requireGivable, withinCeiling } from '../../ceiling/ceiling.ts'
import { everybody } from '../../ceiling/holdings.ts'
import { requireKnownPermissionsWithin } from '../../decisions/catalogue.ts'
import { requireFitForAttributes } from './attribute-roles.ts'
import { lockCustomRole, type RoleRecord } from './roles.ts'
import { replacePermissions, roleFields } from './write-role.ts'

const UpdateRoleInput = z.object({ roleId: z.string(), ...z.object(roleFields).partial().shape })

type RoleColumns = {
  organizationId: string
  roleId: string
  key: string
  name: string
  purpose: string
  rank: number
  owner: string | null
  reviewAt: string | null
}

const update = prepared<RoleColumns & { now: string }, never>(
  (p) => sql`update roles set key = ${p.key}, name = ${p.name}, purpose = ${p.purpose}, rank = ${p.rank},
      owner = ${p.owner}, review_at = ${p.reviewAt}::timestamptz, updated_at = ${p.now}::timestamptz
    where organization_id = ${p.organizationId} and id = ${p.roleId}`,
)

const audit = prepared<AuditParameters & { organizationId: string; roleId: string }, never>((p) =>
  insertAudit(
    p,
    sql`${p.detail}::jsonb || jsonb_build_object(
      'mappings', (select count(*) from mappings where organization_id = ${p.organizationId} and role_id = ${p.roleId}),
      'assignments', (select count(*) from assignments where organization_id = ${p.organizationId} and role_id = ${p.roleId}),
      'teams', (select count(*) from team_roles where organization_id = ${p.organizationId} and role_id = ${p.roleId}))`,
  ),
)

export type RoleChange = z.input<typeof UpdateRoleInput>

/**
 * @returns the role as it is now
 * @throws AppError not_found, invalid; forbidden for a built-in role, or (reason `ceiling`) beyond the caller's rights; conflict
 */
export async function updateRoleWithin(tx: Transaction, ctx: CallContext, input: RoleChange): Promise<RoleRecord> {
  requirePermission(ctx, 'roles.write')
  const { roleId, ...changes } = parseInput(UpdateRoleInput, input)
  const before = await lockCustomRole(tx, ctx, isId('rol', roleId) ? roleId : '')
  const after = changedRole(before, changes)
  await requireGivable(tx, ctx, [{ scope: '', roleId }])
  await requireFitForAttributes(tx, ctx, after)
  await requireKnownPermissionsWithin(tx, ctx, [...after.allows, ...after.denies])
  const fields = (Object.keys(roleFields) as (keyof typeof roleFields)[]).filter(
    (name) => !isDeepStrictEqual(before[name], after[name]),
  )
  if (fields.length === 0) return before
  const { key, name, purpose, rank, owner, reviewAt, allows, denies } = after
  const { organizationId } = ctx
  const now = nowOf(ctx)
  const detail = { fields, allows, denies, before: { allows: before.allows, denies: before.denies } }
  const entry = { action: 'role.update', targetType: 'role', targetId: roleId, detail } as const
  await withinCeiling(tx, ctx, { ...everybody, changesModel: true }, async () => {
    await tx.run(update({ organizationId, roleId, key, name, purpose, rank, owner, reviewAt, now }))
    for (const statement of replacePermissions(ctx, { roleId, allows, denies })) await tx.run(statement)
  })
  await tx.run(audit({ ...auditParameters(ctx, entry), organizationId, roleId }))
  return { ...after, updatedAt: now }
}

type Changes = Omit<z.output<typeof UpdateRoleInput>, 'roleId'>

function changedRole(before: RoleRecord, changes: Changes): RoleRecord {
  const present = Object.entries(changes).filter(([, value]) => value !== undefined)
  const after: RoleRecord = { ...before, ...Object.fromEntries(present) }
  return { ...after, allows: after.allows.filter((permission) => !after.denies.includes(permission)) }
}
