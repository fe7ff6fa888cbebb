// Prefixed, time-ordered identifiers: `usr_` + 26 characters of Crockford base32 (48 bits of time, 80 of randomness).
import type { Clock } from './clock.ts'
import type { RandomBytes } from './crypto.ts'

export type IdPrefix = 'org' | 'brd' | 'usr' | 'grp' | 'dir' | 'tok' | 'rol' | 'map' | 'asg' | 'key' | 'evt' | 'req'

export type Ids = { next(prefix: IdPrefix): string }

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/** True for a string with the shape of one of our ids; anything else cannot exist and needs no query. */
export function isId(prefix: IdPrefix, text: string): boolean {
  return text.length === 30 && text.startsWith(`${prefix}_`) && /^[0-9a-hjkmnp-tv-z]{26}$/.test(text.slice(4))
}

/**
 * Ids that grow with time, and strictly within one process and millisecond, so that the default order of a list is the
 * order of creation.
 */
export function createIds(clock: Clock, randomBytes: RandomBytes): Ids {
  let lastMillis = 0
  let random = 0n
  return {
    next(prefix) {
      const millis = Math.max(clock.now().getTime(), lastMillis)
      random = millis === lastMillis ? random + 1n : BigInt(`0x${randomBytes(10).toString('hex')}`) >> 1n
      lastMillis = millis
      return `${prefix}_${encode(BigInt(millis), 10)}${encode(random, 16)}`
    },
  }
}

function encode(value: bigint, length: number): string {
  let rest = value
  let text = ''
  for (let position = 0; position < length; position += 1) {
    text = alphabet.charAt(Number(rest & 31n)) + text
    rest >>= 5n
  }
  return text
}
