// /Me (RFC 7644 §3.11): the person themselves, for an access token that an application was given for them with the scope scim.me.
// A directory's token stands for nobody, which is 501.
import type { Context, MiddlewareHandler } from 'hono'
import { requirePossession } from '#access/applications/proof-of-possession.ts'
import { findTokenOwner } from '#access/applications/token-owner.ts'
import { userSchema } from '#directory/schema/attributes.ts'
import { getUser } from '#directory/users.ts'
import { sentToken } from '#http/bearer.ts'
import { clientAddress } from '#http/client-address.ts'
import { AppError } from '#platform/errors.ts'
import { enterOrganization, servicesOf } from '#src/context.ts'
import { answerResource, answerText, notModified, projectionOf } from './answers.ts'
import { errorBody } from './errors.ts'
import type { ScimEnv, ScimServices } from './guard.ts'
import { userResource } from './resources/user.ts'
import { isUnchanged } from './resources/versions.ts'

const scope = 'scim.me'

/** For the path before the directory's guard: answers whoever has a token of a person, and leaves all others to what follows. */
export const meOfPerson =
  (services: ScimServices): MiddlewareHandler<ScimEnv> =>
  async (c, next) => {
    const { token: secret, scheme } = sentToken(c.req.header('authorization'), 'a token', 4_096)
    // Tokens of directories are known by their look, and looked up by the guard.
    if (secret.startsWith('rcs_') || secret.includes('.')) return next()
    services.limits.admitUnproven(clientAddress(c, services.trustedProxies))
    const owner = await findTokenOwner(services, secret)
    if (owner === undefined) return next()
    const request = { method: c.req.method, url: `${services.urls.origin}${c.req.path}` }
    const sent = { token: secret, scheme, proof: c.req.header('dpop'), ...request }
    await requirePossession(services, { ...sent, thumbprint: owner.thumbprint })
    if (!owner.scopes.includes(scope)) throw new AppError('forbidden', `This needs the scope ${scope}`)
    if (c.req.method !== 'GET') return notByPerson(c)
    const { organizationId, userId } = owner
    c.set('ctx', {
      ...servicesOf(services),
      organizationId,
      actor: { type: 'user', id: userId },
      permissions: new Set(['users.read'] as const),
      entry: enterOrganization({ organizationId }),
      requestId: c.get('requestId'),
    })
    c.set('urls', services.urls)
    c.set('directoryId', c.req.param('directoryId') ?? '')
    return answerMe(c, userId)
  }

const notByPerson = (c: Context<ScimEnv>): Response =>
  answerText(c, errorBody(405, 'People change nothing of what their directory says'), 405, { Allow: 'GET' })

async function answerMe(c: Context<ScimEnv>, userId: string): Promise<Response> {
  const { ctx, directoryId, urls } = c.var
  const user = await getUser(ctx, { userId, directoryId })
  if (isUnchanged(c.req.header('if-none-match'), user.version)) return notModified(c, user.version)
  const answered = answerResource(c, userResource(user, urls, directoryId), user, await projectionOf(c, userSchema))
  answered.headers.set('Content-Location', urls.scimUser(directoryId, user.id))
  return answered
}

/** RFC 7644 §3.11: 501 where there is no person whom the request comes from. */
export const meOfDirectory = (c: Context<ScimEnv>): Response =>
  answerText(c, errorBody(501, 'The token of a directory identifies no person'), 501, {})
