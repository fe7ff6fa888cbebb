// What the platform changes about an organization: its name, what is the platform's own, and whether it may be used.
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { given, nameSchema, parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, type Transaction } from '#src/context.ts'
import { requirePlatform } from '../../ground/platform-rights.ts'
import { setSeatLimitWithin } from '../../organizations/seats.ts'
import { setStatusWithin, updateOrganizationWithin } from '../../organizations/update-organization.ts'
import { factsInput } from './facts-input.ts'
import { inside } from './inside.ts'
import {
  lockedWithin,
  organizationWithin,
  type PlatformOrganization,
  requireKept,
  saveFacts,
} from './platform-organizations.ts'

const ChangeInput = z.object({
  name: nameSchema.optional(),
  status: z.enum(['active', 'suspended']).optional(),
  externalId: factsInput.externalId.optional(),
  metadata: factsInput.metadata.optional(),
  seatLimit: factsInput.seatLimit.optional(),
})

type Changes = z.output<typeof ChangeInput>

/**
 * By id or slug; what is not mentioned stays. Suspended, every token, key and session of it is refused; nothing is lost. Made
 * active again, it is not going to be erased any more.
 * @throws AppError forbidden, invalid, not_found; conflict (reason `uniqueness`) for an externalId that is taken
 */
export async function changeOrganization(
  ctx: CallContext,
  reference: string,
  input: z.input<typeof ChangeInput>,
): Promise<PlatformOrganization> {
  requirePlatform(ctx, 'organizations.write')
  const changes = parseInput(ChangeInput, input)
  return inTransaction(ctx, async (tx) => {
    const before = await lockedWithin(tx, ctx, reference)
    const facts = factsOf(before, changes)
    await requireKept(tx, ctx, before.id, { endsAccess: changes.status === 'suspended' })
    await tx.run(saveFacts(facts))
    await inside(tx, ctx, before.id, (own) => changeInside(tx, own, before, changes))
    const after = await organizationWithin(tx, ctx, before.id)
    const detail = { before: changed(before, changes), after: changed(after, changes) }
    const target = { targetType: 'organization', targetId: before.id } as const
    await tx.commitWith(recordAudit(ctx, { action: 'organization.update', ...target, detail }))
    return after
  })
}

function factsOf(before: PlatformOrganization, { externalId, metadata, status }: Changes): PlatformOrganization {
  const isKept = status === 'active'
  return { ...before, ...given({ externalId, metadata }), ...(isKept ? { deletionDueAt: null } : {}) }
}

/** What its own people see, in its own audit trail too. */
async function changeInside(
  tx: Transaction,
  ctx: CallContext,
  before: PlatformOrganization,
  { name, status, seatLimit }: Changes,
): Promise<void> {
  if (name !== undefined) await updateOrganizationWithin(tx, ctx, { name })
  if (status !== undefined && status !== before.status) await setStatusWithin(tx, ctx, status)
  if (seatLimit !== undefined) await setSeatLimitWithin(tx, ctx, { before: before.seatLimit, after: seatLimit })
}

const changed = (organization: PlatformOrganization, changes: Changes): Record<string, unknown> =>
  Object.fromEntries(Object.keys(changes).map((key) => [key, organization[key as keyof Changes]]))
