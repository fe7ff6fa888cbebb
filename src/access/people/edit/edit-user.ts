// What is on the page of one person, in one save: name and addresses, the role in the organization, those in brands, and whether
// they are active. Each part is the verb that there is for it; all of them are made, or none.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { prepared } from '#db/statement.ts'
import { contentOf } from '#directory/user-content.ts'
import { AppError } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { invalidField, parseInput } from '#platform/input.ts'
import { type CallContext, refuseUnknown, requirePermission, type Transaction } from '#src/context.ts'
import { createAssignmentWithin } from '../../grants/assignments/create-assignment.ts'
import { deleteAssignmentWithin } from '../../grants/assignments/delete-assignment.ts'
import { updateAssignmentWithin } from '../../grants/assignments/update-assignment.ts'
import { updateLocalUserWithin } from '../local.ts'
import { changedProfile } from '../profile.ts'
import { deactivateUserWithin } from '../status/deactivate-user.ts'
import { reactivateUserWithin } from '../status/reactivate-user.ts'

const EditUserInput = z.object({
  userId: z.string(),
  /** Of local people alone: as the fields of a form, all of them. */
  profile: z.record(z.string(), z.string()).optional(),
  /** The one role that they are given directly there; a null brand is the organization, a null role takes it from them. */
  roles: z
    .array(z.object({ brandId: z.string().nullable(), roleId: z.string().nullable() }))
    .max(200)
    .optional(),
  /** Why; needed where a role is given. */
  reason: z.string().trim().max(1_000).optional(),
  status: z.enum(['active', 'inactive']).optional(),
})

type Input = z.output<typeof EditUserInput>

const direct = prepared<{ organizationId: string; userId: string; brandId: string | null }, { id: string }>(
  (p) => sql`select a.id from assignments a
    join roles r on r.organization_id = a.organization_id and r.id = a.role_id and r.kind = 'role'
    where a.organization_id = ${p.organizationId} and a.user_id = ${p.userId} and a.brand_id is not distinct from ${p.brandId}
      and (a.valid_from is null or a.valid_from <= now()) and (a.expires_at is null or a.expires_at > now())`,
)

/**
 * What is not mentioned stays. In a transaction of the caller's, which has to end after it.
 * @throws AppError invalid; not_found; forbidden; conflict (reasons `managed_by_directory`, `several_roles`, `held_by_directory`,
 *   `last_administrator`, `yourself`); against_policy; whatever the verb of one of the parts throws
 */
export async function editUserWithin(
  tx: Transaction,
  ctx: CallContext,
  input: z.input<typeof EditUserInput>,
): Promise<{ id: string }> {
  requirePermission(ctx, 'users.write')
  const { userId, profile, roles = [], reason, status } = parseInput(EditUserInput, input)
  if (!isId('usr', userId)) return refuseUnknown(ctx, 'User')
  if (profile !== undefined)
    await updateLocalUserWithin(tx, ctx, { userId, change: (current) => changedProfile(contentOf(current), profile) })
  if (status === 'active') await reactivateUserWithin(tx, ctx, { userId })
  for (const role of roles) await setRole(tx, ctx, { userId, ...role, reason })
  if (status === 'inactive') await deactivateUserWithin(tx, ctx, { userId, note: reason })
  return { id: userId }
}

type Wanted = NonNullable<Input['roles']>[number] & Pick<Input, 'userId' | 'reason'>

async function setRole(tx: Transaction, ctx: CallContext, { userId, brandId, roleId, reason }: Wanted): Promise<void> {
  const { organizationId } = ctx
  const [held, ...others] = await tx.run(direct({ organizationId, userId, brandId }))
  if (others.length > 0) {
    const message = 'They were given several roles there directly; change each by itself'
    throw new AppError('conflict', message, { reason: 'several_roles' })
  }
  if (held !== undefined && roleId === null) return deleteAssignmentWithin(tx, ctx, held.id)
  if (held !== undefined && roleId !== null) {
    await updateAssignmentWithin(tx, ctx, { assignmentId: held.id, roleId })
    return
  }
  if (roleId === null) return
  if (reason === undefined || reason === '') throw invalidField('reason', 'a direct assignment needs a reason')
  await createAssignmentWithin(tx, ctx, { userId, brandId, roleId, reason })
}
