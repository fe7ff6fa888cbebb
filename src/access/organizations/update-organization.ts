// Name and policies of an organization, and its suspension, which the platform orders.

import { sql } from 'drizzle-orm'
import { z } from 'zod'
import type { AuditAction } from '#audit/actions.ts'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { nameSchema, parseInput } from '#platform/input.ts'
import { type CallContext, nowOf, requirePermission, type Transaction } from '#src/context.ts'
import { requireEverything, withinCeiling } from '../ceiling/ceiling.ts'
import { everybody } from '../ceiling/holdings.ts'
import { refuseAlone, secondPersonError, wantsSecondPerson } from '../ceiling/second-person.ts'
import { type OrganizationRecord, organizationColumns } from './organizations.ts'

const UpdateOrganizationInput = z.object({
  name: nameSchema.optional(),
  administratorBrandAccess: z.enum(['explicit', 'implicit']).optional(),
  roleStrategy: z.enum(['union', 'highest']).optional(),
  /** Whether rights over others are given by drafts alone that a second person has approved. */
  secondPerson: z.enum(['never', 'privileged']).optional(),
})

type Changes = Partial<
  Pick<OrganizationRecord, 'name' | 'administratorBrandAccess' | 'roleStrategy' | 'secondPerson' | 'status'>
>

const countAdministrators = prepared<Record<string, never>, { count: number }>(
  () => sql`select count_administrators() as count`,
)

const lockOrganization = prepared<{ organizationId: string }, OrganizationRecord>(
  (p) => sql`select ${organizationColumns} from organizations o where o.id = ${p.organizationId} for no key update`,
)

const update = prepared<
  {
    organizationId: string
    name: string
    administratorBrandAccess: string
    roleStrategy: string
    secondPerson: string
    status: string
    now: string
  },
  OrganizationRecord
>(
  (p) => sql`update organizations o set name = ${p.name}, administrator_brand_access = ${p.administratorBrandAccess},
      role_strategy = ${p.roleStrategy}, second_person = ${p.secondPerson}, status = ${p.status}, updated_at = ${p.now}::timestamptz
    where o.id = ${p.organizationId} returning ${organizationColumns}`,
)

export type OrganizationChange = z.input<typeof UpdateOrganizationInput>

/** Of the context's organization. @returns it as it is now. @throws AppError not_found, invalid */
export function updateOrganizationWithin(
  tx: Transaction,
  ctx: CallContext,
  input: OrganizationChange,
): Promise<OrganizationRecord> {
  requirePermission(ctx, 'organization.write')
  return change(tx, ctx, 'organization.update', parseInput(UpdateOrganizationInput, input) as Changes)
}

/**
 * Suspends or resumes the context's organization, for a verb of the platform. Suspended, every token and key is refused and every
 * decision is no, from the next transaction on; nothing is lost. @throws AppError not_found
 */
export function setStatusWithin(
  tx: Transaction,
  ctx: CallContext,
  status: OrganizationRecord['status'],
): Promise<OrganizationRecord> {
  return change(tx, ctx, status === 'active' ? 'organization.resume' : 'organization.suspend', { status })
}

async function change(
  tx: Transaction,
  ctx: CallContext,
  action: AuditAction,
  changes: Changes,
): Promise<OrganizationRecord> {
  const { organizationId } = ctx
  const before = await lockedOrganization(tx, ctx)
  await requireSecondPerson(tx, ctx, before, changes)
  const wanted = definedOf(changes).filter(([name, value]) => before[name] !== value)
  if (wanted.length === 0) return before
  const { name, administratorBrandAccess, roleStrategy, secondPerson, status } = {
    ...{ ...before, ...Object.fromEntries(wanted) },
  }
  const policies = { administratorBrandAccess, roleStrategy, secondPerson, status }
  const detail = {
    after: Object.fromEntries(wanted),
    before: Object.fromEntries(wanted.map(([key]) => [key, before[key]])),
  }
  const write = update({ organizationId, name, ...policies, now: nowOf(ctx) })
  const [after] = await withinCeiling(tx, ctx, { ...everybody, changesModel: true }, () => tx.run(write))
  await tx.run(recordAudit(ctx, { action, targetType: 'organization', targetId: organizationId, detail }))
  return after ?? before
}

/** As it is, and nobody else changes it until the transaction ends. @throws AppError not_found */
export async function lockedOrganization(
  tx: Transaction,
  { organizationId }: CallContext,
): Promise<OrganizationRecord> {
  const [found] = await tx.run(lockOrganization({ organizationId }))
  if (found === undefined) throw notFound('Organization')
  return found
}

/**
 * A rule of two is not lifted by one, and not made where there are not two.
 * @throws AppError against_policy (reason `second_person`); conflict (reason `one_administrator`)
 */
async function requireSecondPerson(
  tx: Transaction,
  ctx: CallContext,
  before: OrganizationRecord,
  { secondPerson }: Changes,
): Promise<void> {
  if (secondPerson === undefined || secondPerson === before.secondPerson) return
  await requireEverything(tx, ctx, 'Choosing whether rights over others take two people')
  if (secondPerson === 'never') {
    if (await wantsSecondPerson(tx, ctx)) refuseAlone(tx, ctx, secondPersonError('what takes two people'))
    return
  }
  const [counted] = await tx.run(countAdministrators({}))
  if ((counted?.count ?? 0) >= 2) return
  const message = 'There is one administrator alone; make another one first, or nobody could approve what they do'
  throw new AppError('conflict', message, { reason: 'one_administrator' })
}

const definedOf = (changes: Changes): [keyof Changes, string][] =>
  Object.entries(changes).filter(([, value]) => value !== undefined) as [keyof Changes, string][]
