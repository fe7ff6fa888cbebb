// Who asks: a bearer API key becomes a CallContext. Whose key it is never changes, so that may be remembered; whether the
// key is still good is settled in the transaction of each request.
import type { MiddlewareHandler } from 'hono'
import { type ApiKeyOwner, enterApiKey, resolveApiKey, touchApiKey } from '#access/api-keys/resolve-api-key.ts'
import { sha256 } from '#platform/crypto.ts'
import { AppError } from '#platform/errors.ts'
import { type CallContext, inTransaction, nowOf, servicesOf } from '#src/context.ts'
import type { ApiEnv, ApiServices } from './env.ts'

const rememberedKeys = 1_000
const touchIntervalMillis = 60_000

/** @throws AppError unauthenticated for a missing or unknown key */
export function requireApiKey(services: ApiServices): MiddlewareHandler<ApiEnv> {
  const owners = new Map<string, ApiKeyOwner>()
  const touch = createTouch(services)
  const parts = servicesOf(services)

  async function ownerOf(keyHash: string): Promise<ApiKeyOwner> {
    const known = owners.get(keyHash)
    if (known !== undefined) return known
    const owner = await resolveApiKey(services.database, keyHash)
    if (owner === undefined) throw new AppError('unauthenticated', 'The API key is not valid')
    if (owners.size >= rememberedKeys) owners.clear()
    owners.set(keyHash, owner)
    return owner
  }

  return async (c, next) => {
    const keyHash = sha256(bearerKey(c.req.header('authorization')))
    const { organizationId, keyId } = await ownerOf(keyHash)
    const ctx: CallContext = {
      ...parts,
      organizationId,
      actor: { type: 'api_key', id: keyId },
      permissions: 'all',
      entry: enterApiKey({ organizationId, keyHash }),
      requestId: c.get('requestId'),
    }
    c.set('ctx', ctx)
    c.set('urls', services.urls)
    await next()
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
