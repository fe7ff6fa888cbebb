// The way in of keys of the platform (`rpk_…`): above the organizations, or in the one that a request names.
import type { Context } from 'hono'
import { rightsOfKey } from '#access/grants/managers/key-scope.ts'
import { platformPermissions, requireReached } from '#access/ground/platform-rights.ts'
import {
  enterByPlatformKey,
  enterPlatform,
  organizationIdOf,
  type PlatformKeyOwner,
  resolvePlatformKey,
  touchPlatformKey,
} from '#access/platform/keys/resolve-platform-key.ts'
import { clientAddress } from '#http/client-address.ts'
import { createUseNotes } from '#http/note-use.ts'
import { createSecretGate } from '#http/request-rate-limits.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { type CallContext, platformId, servicesOf } from '#src/context.ts'
import { type Door, requireAddress } from './door.ts'
import type { ApiEnv, ApiServices } from './env.ts'

/** Which organization is meant, by its id or slug. */
export const organizationHeader = 'rolecall-organization'

/** @throws AppError not_found out of its reach; forbidden (reason `scope`) */
function inside(
  ctx: CallContext,
  { access, permissions }: PlatformKeyOwner,
  place: { organizationId: string; keyHash: string },
): CallContext {
  requireReached(ctx, place.organizationId)
  if (access === 'nothing')
    throw new AppError('forbidden', 'This platform key does nothing inside of organizations', { reason: 'scope' })
  const rights = rightsOfKey({ access, permissions, brandIds: null, addressRanges: null })
  return { ...ctx, ...rights, organizationId: place.organizationId, entry: enterByPlatformKey(place) }
}

/** @throws AppError unauthenticated, forbidden, too_many; not_found for an organization that it does not reach */
export function platformDoor(services: ApiServices): Door {
  const gate = createSecretGate<PlatformKeyOwner>(services.limits, {
    resolve: (keyHash) => resolvePlatformKey(services.database, keyHash),
    askerOf: ({ keyId }) => ({ organizationId: keyId, kind: 'apiKey', id: keyId }),
    refusal: 'The platform key is not valid',
  })
  const noteUse = createUseNotes(services.clock, 'a platform key')

  async function contextOf(owner: PlatformKeyOwner, keyHash: string, c: Context<ApiEnv>): Promise<CallContext> {
    const { scopes, reach, organizationIds } = owner
    const ctx: CallContext = {
      ...{ ...servicesOf(services), organizationId: platformId, actor: { type: 'platform_key', id: owner.keyId } },
      ...{
        permissions: platformPermissions(reach === 'all' ? scopes : []),
        platform: { scopes: new Set(scopes), reach, organizationIds },
      },
      ...{ entry: enterPlatform({ keyHash }), requestId: c.get('requestId') },
    }
    const reference = c.req.header(organizationHeader)
    if (reference === undefined) {
      c.set('contextIn', (organizationId) => inside(ctx, owner, { organizationId, keyHash }))
      return ctx
    }
    const organizationId = await organizationIdOf(services.database, reference)
    if (organizationId === undefined) throw notFound('Organization')
    return inside(ctx, owner, { organizationId, keyHash })
  }

  return async (c, keyHash, next) => {
    const ip = clientAddress(c, services.trustedProxies)
    const owner = await gate.enter(keyHash, ip)
    requireAddress(owner, ip, 'The platform key')
    c.set('ctx', await contextOf(owner, keyHash, c))
    await next()
    gate.leave(keyHash, ip, c.res.status)
    if (c.res.status === 401) return
    noteUse(c.get('log'), owner.keyId, () => services.database.run(touchPlatformKey({ keyHash })))
  }
}
