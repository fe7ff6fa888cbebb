// Custom roles: from scratch with a stated purpose, or as the clone of another role.
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import type { Statement } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, refuseUnknown, requirePermission, type Transaction } from '#src/context.ts'
import { withinCeiling } from '../../ceiling/ceiling.ts'
import { requireKnownPermissions } from '../../decisions/catalogue.ts'
import { type RoleRecord, roleById } from './roles.ts'
import { newRole, roleFields } from './write-role.ts'

const CreateRoleInput = z.object({
  ...roleFields,
  rank: roleFields.rank.default(20),
  allows: roleFields.allows.default([]),
  denies: roleFields.denies.default([]),
  owner: roleFields.owner.default(null),
  reviewAt: roleFields.reviewAt.default(null),
})

const CloneRoleInput = z.object({
  roleId: z.string(),
  key: roleFields.key,
  name: roleFields.name,
  purpose: roleFields.purpose,
  owner: roleFields.owner.default(null),
  reviewAt: roleFields.reviewAt.default(null),
})

/** @throws AppError invalid (a purpose is required, permissions are of the catalogue); conflict where the key is taken; forbidden (reason `ceiling`) */
export async function createRole(ctx: CallContext, input: z.input<typeof CreateRoleInput>): Promise<RoleRecord> {
  requirePermission(ctx, 'roles.write')
  const role = parseInput(CreateRoleInput, input)
  await requireKnownPermissions(ctx, [...role.allows, ...role.denies])
  const { record, statements } = newRole(ctx, { ...role, pack: null, isBuiltIn: false })
  const detail = { key: role.key, allows: record.allows, denies: role.denies }
  const audit = recordAudit(ctx, { action: 'role.create', targetType: 'role', targetId: record.id, detail })
  await inTransaction(ctx, (tx) => write(tx, ctx, [...statements, audit]))
  return record
}

/** Whoever will hold it gets nothing that its maker does not hold. */
const write = (tx: Transaction, ctx: CallContext, statements: readonly Statement<never>[]): Promise<void> =>
  withinCeiling(tx, ctx, { changesModel: true }, async () => {
    for (const statement of statements) await tx.run(statement)
  })

/** A custom role that starts as a copy of another, built-in or not. @throws AppError not_found, invalid, conflict */
export async function cloneRole(ctx: CallContext, input: z.input<typeof CloneRoleInput>): Promise<RoleRecord> {
  requirePermission(ctx, 'roles.write')
  const { roleId, ...own } = parseInput(CloneRoleInput, input)
  if (!isId('rol', roleId)) return refuseUnknown(ctx, 'Role')
  return inTransaction(ctx, async (tx) => {
    const [original] = await tx.run(roleById({ organizationId: ctx.organizationId, roleId }))
    if (original === undefined) throw notFound('Role')
    const { rank, allows, denies } = original
    const { record, statements } = newRole(ctx, { ...own, rank, allows, denies, pack: null, isBuiltIn: false })
    const detail = { key: own.key, clonedFrom: roleId }
    const audit = recordAudit(ctx, { action: 'role.create', targetType: 'role', targetId: record.id, detail })
    await write(tx, ctx, [...statements, audit])
    return record
  })
}
