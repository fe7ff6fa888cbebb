// Seals what a browser keeps for us: nobody reads it, nobody changes it, and it is good until it runs out (JWE, A256GCM).
import { EncryptJWT, jwtDecrypt } from 'jose'

export type Seal = {
  /** @param purpose what is sealed for one thing does not open as another */
  close(purpose: string, content: object, seconds: number): Promise<string>
  /** Undefined where it is not ours, was changed, or has run out. */
  open<Content>(purpose: string, sealed: string): Promise<Content | undefined>
}

/**
 * @param secrets of 32 characters at least; the first one seals, and what the others have sealed still opens
 * @throws Error where one is shorter
 */
export function createSeal(secrets: readonly string[]): Seal {
  if (secrets.length === 0 || secrets.some((secret) => secret.length < 32))
    throw new Error('cookieSecret: must have 32 characters at least')
  const keys = secrets.map(keyOf)
  return {
    close: async (purpose, content, seconds) =>
      new EncryptJWT({ content })
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .setAudience(purpose)
        .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
        .encrypt(await (keys[0] as Promise<Uint8Array>)),
    open: async <Content>(purpose: string, sealed: string) => {
      const accepted = { audience: purpose, keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] }
      for (const key of keys) {
        const opened = await jwtDecrypt(sealed, await key, accepted).catch(() => undefined)
        if (opened !== undefined) return opened.payload['content'] as Content
      }
      return undefined
    },
  }
}

async function keyOf(secret: string): Promise<Uint8Array> {
  const base = await crypto.subtle.importKey('raw', new TextEncoder().encode(secret), 'HKDF', false, ['deriveBits'])
  const info = new TextEncoder().encode('rolecall cookie')
  const derived = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info }
  return new Uint8Array(await crypto.subtle.deriveBits(derived, base, 256))
}
