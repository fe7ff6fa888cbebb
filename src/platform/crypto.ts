// Randomness and hashing. Secrets that we issue have 256 random bits, so a plain SHA-256 is enough at rest.
import { hash, randomBytes as nodeRandomBytes } from 'node:crypto'

export type RandomBytes = (size: number) => Buffer

export const systemRandom: RandomBytes = (size) => nodeRandomBytes(size)

export type IssuedSecret = { plain: string; hash: string; lastFour: string }

/** A new secret with a prefix that scanners recognise: `rcs_…` for directory tokens, `rck_…` for API keys. */
export function issueSecret(prefix: 'rcs' | 'rck', randomBytes: RandomBytes): IssuedSecret {
  const plain = `${prefix}_${randomBytes(32).toString('base64url')}`
  return { plain, hash: sha256(plain), lastFour: plain.slice(-4) }
}

export const sha256 = (text: string): string => hash('sha256', text)
