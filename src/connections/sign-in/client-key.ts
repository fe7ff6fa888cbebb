// The key of private_key_jwt (OpenID Connect Core 9): the provider gets the public part, ours is sealed.
import { generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import type { CallContext } from '#src/context.ts'

export async function createClientKey(
  ctx: Pick<CallContext, 'ids'>,
): Promise<{ privateKey: string; publicJwk: Record<string, unknown> }> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicJwk: { ...publicKey.export({ format: 'jwk' }), kid: ctx.ids.next('kid'), use: 'sig', alg: 'RS256' },
  }
}
