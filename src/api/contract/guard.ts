// Who asks: a bearer API key becomes a CallContext, within what the key may ask.
import type { MiddlewareHandler } from 'hono'
import { isWithinRanges, rightsOfKey } from '#access/grants/managers/key-scope.ts'
import {
  type ApiKeyOwner,
  enterApiKey,
  resolveApiKey,
  touchApiKey,
} from '#access/organizations/api-keys/resolve-api-key.ts'
import { bearerSecret } from '#http/bearer.ts'
import { clientAddress } from '#http/client-address.ts'
import { createUseNotes } from '#http/note-use.ts'
import { createSecretGate } from '#http/request-rate-limits.ts'
import { sha256 } from '#platform/crypto.ts'
import { AppError } from '#platform/errors.ts'
import { type CallContext, inTransaction, nowOf, servicesOf } from '#src/context.ts'
import type { ApiEnv, ApiServices } from './env.ts'

/** @throws AppError unauthenticated for a missing or unknown key; too_many */
export function requireApiKey(services: ApiServices): MiddlewareHandler<ApiEnv> {
  const gate = createSecretGate<ApiKeyOwner>(services.limits, {
    resolve: (keyHash) => resolveApiKey(services.database, keyHash),
    askerOf: ({ organizationId, keyId }) => ({ organizationId, kind: 'apiKey', id: keyId }),
    refusal: 'The API key is not valid',
  })
  const noteUse = createUseNotes(services.clock, 'an API key')
  const parts = servicesOf(services)

  return async (c, next) => {
    const keyHash = sha256(bearerSecret(c.req.header('authorization'), 'an API key'))
    const ip = clientAddress(c, services.trustedProxies)
    const { organizationId, keyId, scope } = await gate.enter(keyHash, ip)
    if (!isWithinRanges(scope, ip))
      throw new AppError('forbidden', 'The API key is not good from this address', { reason: 'address' })
    const ctx: CallContext = {
      ...parts,
      organizationId,
      actor: { type: 'api_key', id: keyId },
      ...rightsOfKey(scope),
      entry: enterApiKey({ organizationId, keyHash }),
      requestId: c.get('requestId'),
    }
    c.set('ctx', ctx)
    c.set('urls', services.urls)
    await next()
    gate.leave(keyHash, ip, c.res.status)
    if (c.res.status === 401) return
    const note = () => touchApiKey({ organizationId, keyId, now: nowOf(ctx) })
    noteUse(c.get('log'), keyId, () => inTransaction(ctx, (tx) => tx.commitWith(note())))
  }
}
