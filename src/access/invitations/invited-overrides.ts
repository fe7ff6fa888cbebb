// Special permissions that come with an invitation: overrides on top of the roles that it gives, until a date.
import { z } from 'zod'
import { instantSchema, invalidField, requireFuture } from '#platform/input.ts'
import type { CallContext, Transaction } from '#src/context.ts'
import { requireGivablePermission } from '../ceiling/ceiling.ts'
import { overrideRole, requireSinglePermission } from '../grants/assignments/create-override.ts'

export const invitedOverride = z.object({
  permission: z.string(),
  effect: z.enum(['allow', 'deny']).default('allow'),
  /** Absent or null: in the organization. The invitation gives a role there. */
  brandId: z.string().nullish(),
  reason: z.string().trim().min(1, 'an override needs a reason').max(1_000, 'must have at most 1000 characters'),
  /** When it ends; with what the invitation gives, unless said otherwise. */
  expiresAt: instantSchema.nullish(),
})

export type InvitedOverride = z.output<typeof invitedOverride>

/** A role in a scope that an invitation gives; an override is one with a reason and an end of its own. */
export type Holding = { roleId: string; brandId: string | null; reason?: string; expiresAt?: string }

type Wanted = { overrides: readonly InvitedOverride[]; expiresAt?: string | null | undefined }

/**
 * Whether each can come with these roles.
 * @throws AppError invalid: they are of the catalogue, single, on top of a role, one for each permission and place, and have an end that is
 *   to come
 */
export async function requireOverridable(
  tx: Transaction,
  ctx: CallContext,
  { overrides, expiresAt: end }: Wanted,
  holdings: readonly Holding[],
): Promise<void> {
  for (const [index, { permission, effect, brandId = null, expiresAt = end }] of overrides.entries()) {
    await requireSinglePermission(tx, ctx, permission)
    if (effect === 'allow') await requireGivablePermission(tx, ctx, { permission, scope: brandId ?? '' })
    const path = `overrides.${index}`
    const isSaid = overrides
      .slice(0, index)
      .some((other) => other.permission === permission && (other.brandId ?? null) === brandId)
    if (isSaid)
      throw invalidField(`${path}.permission`, 'the invitation says something of this permission there already')
    if (!holdings.some((holding) => holding.brandId === brandId))
      throw invalidField(`${path}.brandId`, 'the invitation gives no role there for it to come on top of')
    if (expiresAt === null || expiresAt === undefined)
      throw invalidField(`${path}.expiresAt`, 'an override needs an end; say until when')
    requireFuture(expiresAt, ctx.clock.now(), `${path}.expiresAt`)
  }
}

/** The same as holdings, in the order of the invitation. @throws as `requireOverridable` does */
export async function holdingsOfOverrides(
  tx: Transaction,
  ctx: CallContext,
  wanted: Wanted,
  holdings: readonly Holding[],
): Promise<Holding[]> {
  await requireOverridable(tx, ctx, wanted, holdings)
  const made: Holding[] = []
  for (const { permission, effect, brandId = null, reason, expiresAt } of wanted.overrides) {
    const { id } = await overrideRole(tx, ctx, { permission, effect })
    made.push({ roleId: id, brandId, reason, expiresAt: expiresAt ?? wanted.expiresAt ?? '' })
  }
  return made
}
