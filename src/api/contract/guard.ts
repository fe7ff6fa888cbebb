// Who asks: a bearer API key becomes a CallContext, within what the key may ask.
import type { MiddlewareHandler } from 'hono'
import { isWithinRanges, rightsOfKey } from '#access/grants/managers/key-scope.ts'
import {
  type ApiKeyOwner,
  enterApiKey,
  resolveApiKey,
  touchApiKey,
} from '#access/organizations/api-keys/resolve-api-key.ts'
import { clientAddress } from '#http/client-address.ts'
import { createSecretGate } from '#http/request-rate-limits.ts'
import { sha256 } from '#platform/crypto.ts'
import { AppError } from '#platform/errors.ts'
import { type CallContext, inTransaction, nowOf, servicesOf } from '#src/context.ts'
import type { ApiEnv, ApiServices } from './env.ts'

const rememberedKeys = 1_000
const touchIntervalMillis = 60_000

/** @throws AppError unauthenticated for a missing or unknown key; too_many */
export function requireApiKey(services: ApiServices): MiddlewareHandler<ApiEnv> {
  const gate = createSecretGate<ApiKeyOwner>(services.limits, {
    resolve: (keyHash) => resolveApiKey(services.database, keyHash),
    askerOf: ({ organizationId, keyId }) => ({ organizationId, kind: 'apiKey', id: keyId }),
    refusal: 'The API key is not valid',
  })
  const touch = createTouch(services)
  const parts = servicesOf(services)

  return async (c, next) => {
    const keyHash = sha256(bearerKey(c.req.header('authorization')))
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
    if (c.res.status !== 401) touch(ctx)
  }
}

/** Notes the use of a key, at most once a minute; the request does not wait for it. */
function createTouch({ log, clock }: ApiServices): (ctx: CallContext) => void {
  const touchedAt = new Map<string, number>()
  return (ctx) => {
    const now = clock.now().getTime()
    const keyId = ctx.actor.id
    if (now - (touchedAt.get(keyId) ?? 0) < touchIntervalMillis) return
    if (touchedAt.size >= rememberedKeys) touchedAt.clear()
    touchedAt.set(keyId, now)
    const note = touchApiKey({ organizationId: ctx.organizationId, keyId, now: nowOf(ctx) })
    inTransaction(ctx, (tx) => tx.commitWith(note)).catch((error: unknown) => {
      touchedAt.delete(keyId)
      log.debug({ error, keyId }, 'The use of an API key could not be noted')
    })
  }
}

function bearerKey(header: string | undefined): string {
  const key = /^bearer +([\w.~+/=-]{1,512})$/i.exec(header ?? '')?.[1]
  if (key === undefined) throw new AppError('unauthenticated', 'Send an API key as "Authorization: Bearer …"')
  return key
}
