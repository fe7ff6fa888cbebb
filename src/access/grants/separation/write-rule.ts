// Making, changing and deleting rules that keep two roles or permissions apart.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { invalidField, nameSchema, parseInput } from '#platform/input.ts'
import { type CallContext, nowOf, requirePermission, type Transaction } from '#src/context.ts'
import { withinCeiling } from '../../ceiling/ceiling.ts'
import { everybody } from '../../ceiling/holdings.ts'
import { essential } from '../../decisions/permissions.ts'
import type { Side } from '../../decisions/separation.ts'
import { requireSinglePermission } from '../assignments/create-override.ts'
import { newRole } from '../roles/write-role.ts'
import { findRule, type SeparationRecord } from './rules.ts'

const sideSchema = z
  .object({ roleId: z.string().nullish(), permission: z.string().nullish() })
  .transform(({ roleId = null, permission = null }): Side => ({ roleId, permission }))
  .refine(({ roleId, permission }) => (roleId === null) !== (permission === null), {
    message: 'is a role or a permission, one of the two',
  })

const ruleFields = {
  name: nameSchema,
  purpose: z.string().trim().min(1, 'say why the two are kept apart').max(1_000, 'must have at most 1000 characters'),
  mode: z.enum(['watch', 'enforce']),
  exceptRoleIds: z.array(z.string()).max(50),
}

const NewSeparationInput = z.object({
  ...ruleFields,
  first: sideSchema,
  second: sideSchema,
  mode: ruleFields.mode.default('enforce'),
  exceptRoleIds: ruleFields.exceptRoleIds.default([]),
})

const UpdateSeparationInput = z.object(ruleFields).partial().extend({ ruleId: z.string() })

export type NewSeparation = z.input<typeof NewSeparationInput>
export type SeparationUpdate = z.input<typeof UpdateSeparationInput>

const namedRoles = prepared<{ organizationId: string; ids: readonly string[] }, { id: string }>(
  (p) => sql`select id from roles where organization_id = ${p.organizationId} and kind = 'role'
    and id = any (${p.ids}::text[])`,
)

type Columns = {
  organizationId: string
  id: string
  name: string
  purpose: string
  mode: string
  firstRoleId: string | null
  firstPermission: string | null
  secondRoleId: string | null
  secondPermission: string | null
  exceptRoleIds: string
  exceptionRoleId: string
  now: string
  createdBy: string
}

const insert = prepared<Columns, never>(
  (p) => sql`insert into separation_rules (organization_id, id, name, purpose, mode, first_role_id, first_permission,
      second_role_id, second_permission, except_role_ids, exception_role_id, created_at, created_by)
    values (${p.organizationId}, ${p.id}, ${p.name}, ${p.purpose}, ${p.mode}, ${p.firstRoleId}, ${p.firstPermission},
      ${p.secondRoleId}, ${p.secondPermission}, ${p.exceptRoleIds}::jsonb, ${p.exceptionRoleId}, ${p.now}::timestamptz,
      ${p.createdBy})`,
)

/**
 * @throws AppError invalid (the sides are two roles or single permissions; what administrators need is not withheld); not_found
 *   for a role that is not there; conflict where the name is taken; forbidden (reason `ceiling`) where it takes something from
 *   somebody above the caller
 */
export async function createSeparationWithin(
  tx: Transaction,
  ctx: CallContext,
  input: NewSeparation,
): Promise<SeparationRecord> {
  requirePermission(ctx, 'roles.write')
  const { name, purpose, mode, first, second, exceptRoleIds } = parseInput(NewSeparationInput, input)
  await requireSides(tx, ctx, first, second)
  if (mode === 'enforce') requireWithholdable(second)
  const excepted = await requireRoles(tx, ctx, exceptRoleIds)
  const { organizationId } = ctx
  const [id, now] = [ctx.ids.next('sod'), nowOf(ctx)]
  const exception = newRole(ctx, {
    ...{ key: `!${id}`, name: `Exception from ${name}`.slice(0, 200), purpose, rank: 0, pack: null, isBuiltIn: false },
    ...{ kind: 'exception', owner: null, reviewAt: null, allows: [], denies: [] },
  })
  const sides = {
    ...{ firstRoleId: first.roleId, firstPermission: first.permission },
    ...{ secondRoleId: second.roleId, secondPermission: second.permission },
  }
  const row = { organizationId, id, name, purpose, mode, ...sides, exceptRoleIds: JSON.stringify(excepted) }
  await withinCeiling(tx, ctx, { ...everybody, changesModel: true }, async () => {
    for (const statement of exception.statements) await tx.run(statement)
    await tx.run(insert({ ...row, exceptionRoleId: exception.record.id, now, createdBy: ctx.actor.id }))
  })
  const detail = { name, mode, first, second, exceptRoleIds: excepted }
  const entry = { action: 'separation_rule.create', targetType: 'separation_rule', targetId: id } as const
  await tx.run(recordAudit(ctx, { ...entry, detail }))
  return findRule(tx, ctx, id)
}

async function requireSides(tx: Transaction, ctx: CallContext, first: Side, second: Side): Promise<void> {
  if (first.roleId === second.roleId && first.permission === second.permission)
    throw invalidField('second', 'is the same as the first')
  for (const { permission } of [first, second])
    if (permission !== null) await requireSinglePermission(tx, ctx, permission)
  await requireRoles(tx, ctx, [first.roleId ?? [], second.roleId ?? []].flat())
}

/** An administrator sets right whatever went wrong, so that a rule cannot take from them what they need for it. */
function requireWithholdable({ permission }: Side): void {
  if (permission === null || !essential.includes(permission)) return
  const message = `${permission} is what administrators set things right by, and is never withheld; make it the first side, or watch`
  throw invalidField('second', message)
}

async function requireRoles(tx: Transaction, ctx: CallContext, ids: readonly string[]): Promise<string[]> {
  const wanted = [...new Set(ids)]
  const found = await tx.run(namedRoles({ organizationId: ctx.organizationId, ids: wanted }))
  if (found.length !== wanted.length) throw notFound('Role')
  return wanted
}

const update = prepared<Pick<Columns, 'organizationId' | 'id' | 'name' | 'purpose' | 'mode' | 'exceptRoleIds'>, never>(
  (p) => sql`update separation_rules set name = ${p.name}, purpose = ${p.purpose}, mode = ${p.mode},
      except_role_ids = ${p.exceptRoleIds}::jsonb
    where organization_id = ${p.organizationId} and id = ${p.id}`,
)

/**
 * What is not mentioned stays; its sides always do.
 * @throws AppError invalid, not_found; conflict where the name is taken; forbidden (reason `ceiling`)
 */
export async function updateSeparationWithin(
  tx: Transaction,
  ctx: CallContext,
  input: SeparationUpdate,
): Promise<SeparationRecord> {
  requirePermission(ctx, 'roles.write')
  const { ruleId, ...wanted } = parseInput(UpdateSeparationInput, input)
  const before = await findRule(tx, ctx, ruleId)
  const { name = before.name, purpose = before.purpose, mode = before.mode } = wanted
  const { role, permission } = before.second
  if (mode === 'enforce') requireWithholdable({ roleId: role?.id ?? null, permission })
  const kept = before.exceptRoles.map(({ id }) => id)
  const exceptRoleIds = wanted.exceptRoleIds === undefined ? kept : await requireRoles(tx, ctx, wanted.exceptRoleIds)
  const row = { organizationId: ctx.organizationId, id: ruleId, name, purpose, mode }
  const statement = update({ ...row, exceptRoleIds: JSON.stringify(exceptRoleIds) })
  await withinCeiling(tx, ctx, { ...everybody, changesModel: true }, () => tx.run(statement))
  const was = { name: before.name, purpose: before.purpose, mode: before.mode, exceptRoleIds: kept }
  const entry = { action: 'separation_rule.update', targetType: 'separation_rule', targetId: ruleId } as const
  await tx.run(recordAudit(ctx, { ...entry, detail: { before: was, after: { name, purpose, mode, exceptRoleIds } } }))
  return findRule(tx, ctx, ruleId)
}

type RuleKey = { organizationId: string; ruleId: string }
type RoleKey = { organizationId: string; roleId: string }

const removeRule = prepared<RuleKey, never>(
  (p) => sql`delete from separation_rules where organization_id = ${p.organizationId} and id = ${p.ruleId}`,
)

const removeExceptions = prepared<RoleKey, never>(
  (p) => sql`delete from assignments where organization_id = ${p.organizationId} and role_id = ${p.roleId}`,
)

const removeRole = prepared<RoleKey, never>(
  (p) => sql`delete from roles where organization_id = ${p.organizationId} and id = ${p.roleId} and kind = 'exception'`,
)

/** With its exceptions. @throws AppError not_found; forbidden (reason `ceiling`) where it binds the caller, or gives more than they hold */
export async function deleteSeparationWithin(tx: Transaction, ctx: CallContext, ruleId: string): Promise<void> {
  requirePermission(ctx, 'roles.write')
  const { name, mode, first, second, exceptRoles, exceptions, exceptionRoleId } = await findRule(tx, ctx, ruleId)
  const { organizationId } = ctx
  const roleKey = { organizationId, roleId: exceptionRoleId }
  await withinCeiling(tx, ctx, { ...everybody, changesModel: true }, async () => {
    await tx.run(removeRule({ organizationId, ruleId }))
    await tx.run(removeExceptions(roleKey))
    await tx.run(removeRole(roleKey))
  })
  const detail = { name, mode, first, second, exceptRoleIds: exceptRoles.map(({ id }) => id) }
  const excepted = exceptions.map(({ user, brand }) => ({ userId: user.id, brandId: brand?.id ?? null }))
  const entry = { action: 'separation_rule.delete', targetType: 'separation_rule', targetId: ruleId } as const
  await tx.run(recordAudit(ctx, { ...entry, detail: { ...detail, exceptions: excepted } }))
}
