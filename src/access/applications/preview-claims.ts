// What an application's tokens would say of one person, before anybody signs in.
import { z } from 'zod'
import { notFound } from '#platform/errors.ts'
import { parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, requireHeld } from '#src/context.ts'
import { namedPerson } from '../ground/named-person.ts'
import { getApplication } from './applications.ts'
import { type Claims, claimsOf, idTokenBytes } from './token-claims.ts'
import { findUserClaims } from './user-claims.ts'

const PreviewInput = z.object({
  applicationId: z.string(),
  /** An id, a user name or an address. */
  user: z.string().max(320),
  /** As an application asks. */
  scope: z.string().max(500).default('openid profile email'),
})

/**
 * @returns the claims of the ID token, and those of userinfo, which has no bound
 * @throws AppError forbidden; invalid, not_found for somebody who is not there, or is not active
 */
export async function previewClaims(
  ctx: CallContext,
  input: z.input<typeof PreviewInput>,
): Promise<{ idToken: Claims; userInfo: Claims }> {
  requireHeld(ctx, 'users.read')
  requireHeld(ctx, 'access.read')
  const { applicationId, user, scope } = parseInput(PreviewInput, input)
  const application = await getApplication(ctx, applicationId)
  const { id: userId } = await inTransaction(ctx, (tx) => namedPerson(tx, ctx, { reference: user, field: 'user' }))
  const scopes = new Set(scope.split(' '))
  const { organizationId } = ctx
  const found = await findUserClaims(ctx, { organizationId, userId, hasPermissions: scopes.has('permissions') })
  if (found === undefined) throw notFound('Active user')
  const said = (bytes: number | null): Claims => ({ sub: userId, ...claimsOf(found, application, { scopes, bytes }) })
  return { idToken: said(idTokenBytes), userInfo: said(null) }
}
