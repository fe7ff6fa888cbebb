// A local user who can sign in at once: an administrator chooses the first password, the person the next one.
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { emailsOf, primaryOf, withPrimary } from '#directory/emails.ts'
import { provisionWithin } from '#directory/provision-user.ts'
import type { UserRecord } from '#directory/users.ts'
import { AppError } from '#platform/errors.ts'
import { nameSchema, parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, requirePermission } from '#src/context.ts'
import { withinCeiling } from '../ceiling/ceiling.ts'
import { keepApart } from '../grants/assignments/keep-apart.ts'
import { openAssignment } from '../grants/assignments/open-assignment.ts'
import { requireTargets } from '../grants/managers/targets.ts'
import { findPolicy } from './account/account.ts'
import { requireGoodPassword } from './passwords/password-policy.ts'
import { firstPassword } from './passwords/passwords.ts'

const LocalUserInput = z.object({
  userName: nameSchema,
  email: z.email('must be an e-mail address').max(320).nullish(),
  displayName: nameSchema.nullish(),
  externalId: nameSchema.nullish(),
  /** As SCIM has them; an address among the `emails` goes before `email`. */
  attributes: z.record(z.string(), z.unknown()).default({}),
  password: z.string().max(1_000),
  mustChange: z.boolean().default(true),
  holdings: z
    .array(z.object({ roleId: z.string(), brandId: z.string().nullable() }))
    .max(100)
    .default([]),
})

/**
 * @throws AppError invalid; not_found for a role or brand that is not there; conflict where the userName is taken, or (reason
 *   `sign_in_enforced`) a password would open nothing
 */
export async function createLocalUser(ctx: CallContext, input: z.input<typeof LocalUserInput>): Promise<UserRecord> {
  requirePermission(ctx, 'users.write')
  requirePermission(ctx, 'accounts.write')
  const { userName, displayName = null, password, mustChange, holdings, ...given } = parseInput(LocalUserInput, input)
  const policy = await findPolicy(ctx)
  if (policy === undefined || policy.isEnforced)
    throw new AppError('conflict', 'The organization signs in through its provider; a password would open nothing', {
      reason: 'sign_in_enforced',
    })
  const own = primaryOf(emailsOf(given.attributes))?.value
  const hasAddress = typeof own === 'string'
  const email = hasAddress ? own : (given.email ?? (z.email().safeParse(userName).success ? userName : null))
  const ownWords = [userName, email, displayName, policy.name]
  requireGoodPassword(password, { minLength: policy.passwordMinLength, ownWords })
  const attributes = {
    ...given.attributes,
    ...(email === null || hasAddress ? {} : { emails: withPrimary([], email) }),
  }
  const content = { userName, externalId: given.externalId ?? null, displayName, isActive: true, attributes }
  const setPassword = await firstPassword(ctx, { password, mustChange })
  return inTransaction(ctx, async (tx) => {
    for (const holding of holdings) await requireTargets(tx, ctx, holding)
    const user = await withinCeiling(tx, ctx, { arrivals: ({ id }: UserRecord) => [id] }, async () => {
      const made = await provisionWithin(tx, ctx, { directoryId: null, content })
      await keepApart(tx, ctx, made.id, async () => {
        for (const holding of holdings)
          await tx.run(openAssignment(ctx, { ...holding, userId: made.id, reason: 'Created with the user' }))
      })
      return made
    })
    const detail = { mustChange, holdings }
    const audit = { action: 'user.password_set', targetType: 'user', targetId: user.id, detail } as const
    await tx.commitWith(setPassword(user.id), recordAudit(ctx, audit))
    return user
  })
}
