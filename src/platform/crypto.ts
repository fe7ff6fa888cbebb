// Randomness and hashing. Secrets that we issue have 256 random bits, so a plain SHA-256 is enough at rest.
import { hash, randomBytes as nodeRandomBytes } from 'node:crypto'

export type RandomBytes = (size: number) => Buffer

export const systemRandom: RandomBytes = (size) => nodeRandomBytes(size)

export type IssuedSecret = { plain: string; hash: string; lastFour: string }

/** A new secret with a prefix that scanners recognise: `rcs_…` for directory tokens, `rck_…` for API keys, `rca_…` for applications, `rcc_…` for clients of directories, `rpk_…` for keys of the platform. */
export function issueSecret(prefix: 'rcs' | 'rck' | 'rca' | 'rcc' | 'rpk', randomBytes: RandomBytes): IssuedSecret {
  const plain = `${prefix}_${randomBytes(32).toString('base64url')}`
  return { plain, hash: sha256(plain), lastFour: plain.slice(-4) }
}

/** A secret without a prefix, for cookies and links: 256 bits in base64url. */
export function issueToken(randomBytes: RandomBytes): { plain: string; hash: string } {
  const plain = randomBytes(32).toString('base64url')
  return { plain, hash: sha256(plain) }
}

export const sha256 = (text: string): string => hash('sha256', text)
