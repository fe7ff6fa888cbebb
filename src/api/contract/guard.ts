// Who asks: a bearer API key or the access token of a machine becomes a CallContext, within what it may ask. Those of an organization
// are bound to it; keys of the platform (platform-door.ts) say which organization is meant, or ask above all of them.
import type { Context, MiddlewareHandler } from 'hono'
import {
  enterMachine,
  type MachineTokenOwner,
  resolveMachineToken,
  rightsOfMachine,
} from '#access/applications/machine-tokens.ts'
import { requirePossession } from '#access/applications/proof-of-possession.ts'
import { type KeyScope, rightsOfKey } from '#access/grants/managers/key-scope.ts'
import {
  type ApiKeyOwner,
  apiKeyPrefix,
  enterApiKey,
  resolveApiKey,
  touchApiKey,
} from '#access/organizations/api-keys/resolve-api-key.ts'
import { organizationIdOf, platformKeyPrefix } from '#access/platform/keys/resolve-platform-key.ts'
import { sentToken } from '#http/bearer.ts'
import { clientAddress } from '#http/client-address.ts'
import { createUseNotes } from '#http/note-use.ts'
import { createSecretGate } from '#http/request-rate-limits.ts'
import { sha256 } from '#platform/crypto.ts'
import { AppError, invalid, notFound } from '#platform/errors.ts'
import { type CallContext, inTransaction, nowOf, platformId, servicesOf } from '#src/context.ts'
import { type Door, requireAddress } from './door.ts'
import type { ApiEnv, ApiServices } from './env.ts'
import { organizationHeader, platformDoor } from './platform-door.ts'

/** @throws AppError unauthenticated for a missing or unknown key; not_found for an organization out of its reach; too_many */
export function requireApiKey(services: ApiServices): MiddlewareHandler<ApiEnv> {
  const [byKey, byPlatformKey, byToken] = [keyDoor(services), platformDoor(services), machineDoor(services)]
  return async (c, next) => {
    const { token: secret, scheme } = sentToken(c.req.header('authorization'), 'an API key')
    c.set('urls', services.urls)
    // Keys are known by their look; tokens have none of their own.
    // A key is bound to no other key, so that DPoP is about tokens alone.
    const isKey = scheme === 'bearer' && secret.startsWith(apiKeyPrefix)
    const isPlatformKey = scheme === 'bearer' && secret.startsWith(platformKeyPrefix)
    const door = isKey ? byKey : isPlatformKey ? byPlatformKey : byToken
    await door(c, sha256(secret), next)
  }
}

/** Refuses what is about no single organization. @throws AppError invalid (reason `organization`) */
export const requireOrganization: MiddlewareHandler<ApiEnv> = async (c, next) => {
  if (c.get('ctx').organizationId !== platformId) return next()
  throw organizationWanted()
}

export const organizationWanted = (): AppError =>
  invalid('Say which organization is meant: send its id or slug as Rolecall-Organization', 'organization')

/** A client that means another organization is not to change this one. @throws AppError not_found */
async function requireOwn(services: ApiServices, c: Context<ApiEnv>, organizationId: string): Promise<void> {
  const meant = c.req.header(organizationHeader)
  if (meant === undefined || (await organizationIdOf(services.database, meant)) === organizationId) return
  throw notFound('Organization')
}

function keyDoor(services: ApiServices): Door {
  const gate = createSecretGate<ApiKeyOwner>(services.limits, {
    resolve: (keyHash) => resolveApiKey(services.database, keyHash),
    askerOf: ({ organizationId, keyId }) => ({ organizationId, kind: 'apiKey', id: keyId }),
    refusal: 'The API key is not valid',
  })
  const noteUse = createUseNotes(services.clock, 'an API key')
  const parts = servicesOf(services)

  return async (c, keyHash, next) => {
    const ip = clientAddress(c, services.trustedProxies)
    const { organizationId, keyId, scope } = await gate.enter(keyHash, ip)
    requireAddress(scope, ip, 'The API key')
    await requireOwn(services, c, organizationId)
    const ctx: CallContext = {
      ...parts,
      organizationId,
      actor: { type: 'api_key', id: keyId },
      ...rightsOfKey(scope),
      entry: enterApiKey({ organizationId, keyHash }),
      requestId: c.get('requestId'),
    }
    c.set('ctx', ctx)
    await next()
    gate.leave(keyHash, ip, c.res.status)
    if (c.res.status === 401) return
    const note = () => touchApiKey({ organizationId, keyId, now: nowOf(ctx) })
    noteUse(c.get('log'), keyId, () => inTransaction(ctx, (tx) => tx.commitWith(note())))
  }
}

/** A machine's token is good for ten minutes, and what the machine may do is asked each time. */
function machineDoor(services: ApiServices): Door {
  const gate = createSecretGate<MachineTokenOwner>(services.limits, {
    resolve: (tokenHash) => resolveMachineToken(services.database, tokenHash),
    askerOf: ({ organizationId, applicationId }) => ({ organizationId, kind: 'apiKey', id: applicationId }),
    refusal: 'The API key or access token is not valid',
  })
  const parts = servicesOf(services)

  async function rightsOf(c: Context<ApiEnv>, owner: MachineTokenOwner, tokenHash: string): Promise<KeyScope> {
    const { thumbprint, ...machine } = owner
    const sent = { ...sentToken(c.req.header('authorization'), 'an access token'), proof: c.req.header('dpop') }
    const request = { method: c.req.method, url: `${services.urls.origin}${c.req.path}` }
    await requirePossession(services, { ...sent, ...request, thumbprint })
    return rightsOfMachine(services.database, { ...machine, tokenHash })
  }

  return async (c, tokenHash, next) => {
    const ip = clientAddress(c, services.trustedProxies)
    const owner = await gate.enter(tokenHash, ip)
    const { organizationId, applicationId } = owner
    const rights = await rightsOf(c, owner, tokenHash).catch((error: unknown) => {
      if (error instanceof AppError && error.code === 'unauthenticated') gate.leave(tokenHash, ip, 401)
      throw error
    })
    requireAddress(rights, ip, 'The access token')
    await requireOwn(services, c, organizationId)
    c.set('ctx', {
      ...parts,
      organizationId,
      actor: { type: 'application', id: applicationId },
      ...rightsOfKey(rights),
      entry: enterMachine({ organizationId, tokenHash }),
      requestId: c.get('requestId'),
    })
    await next()
    gate.leave(tokenHash, ip, c.res.status)
  }
}
