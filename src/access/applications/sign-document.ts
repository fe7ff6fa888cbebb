// A document that others can check later: signed with the keys that the provider publishes.
import { importJWK, SignJWT } from 'jose'
import type { CallContext } from '#src/context.ts'
import { loadSigningKeys } from './signing-keys.ts'

/**
 * @param type of the document, as the header `typ` says it
 * @returns a JWS in compact form (RFC 7515), ES256, by a key of `/oauth2/jwks`
 * @throws AppError unavailable
 */
export async function signDocument(
  ctx: CallContext,
  { type, subject, content }: { type: string; subject: string; content: Record<string, unknown> },
): Promise<string> {
  const key = (await loadSigningKeys(ctx)).find(({ alg }) => alg === 'ES256')
  if (key === undefined) throw new Error('There is no key to sign documents with')
  return new SignJWT(content)
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: type })
    .setIssuer(ctx.urls.provider.issuer)
    .setSubject(subject)
    .setIssuedAt(Math.floor(ctx.clock.now().getTime() / 1000))
    .sign(await importJWK(key, key.alg))
}
