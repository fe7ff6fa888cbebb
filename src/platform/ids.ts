// Prefixed, time-ordered identifiers: `usr_` + 26 characters of Crockford base32 (48 bits of time, 80 of randomness).
import type { Clock } from './clock.ts'
import type { RandomBytes } from './crypto.ts'

export type IdPrefix =
  | 'org'
  | 'brd'
  | 'usr'
  | 'grp'
  | 'dir'
  | 'tok'
  | 'dcl'
  | 'rol'
  | 'map'
  | 'asg'
  | 'key'
  | 'evt'
  | 'req'
  | 'con'
  | 'dom'
  | 'att'
  | 'ses'
  | 'app'
  | 'inv'
  | 'pky'
  | 'mal'
  | 'kid'
  | 'pol'
  | 'sod'
  | 'dft'
  | 'alm'
  | 'stp'
  | 'prv'
  | 'emu'
  | 'chg'
  | 'lrq'
  | 'ado'
  | 'run'
  | 'mch'
  | 'clt'
  | 'clk'
  | 'rps'
  | 'rpr'
  | 'rev'
  | 'rtk'
  | 'tea'
  | 'tms'
  | 'tmr'
  | 'inr'
  | 'abs'
  | 'plk'
  | 'sup'
  | 'whk'
  | 'wha'
  | 'whr'

export type Ids = { next(prefix: IdPrefix): string }

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/** True for a string with the shape of one of our ids; anything else cannot exist and needs no query. */
export function isId(prefix: IdPrefix, text: string): boolean {
  return text.length === 30 && text.startsWith(`${prefix}_`) && /^[0-9a-hjkmnp-tv-z]{26}$/.test(text.slice(4))
}

const timeLength = 10
const randomLength = 16

/**
 * Ids that grow with time, and strictly within one process and millisecond, so that the default order of a list is the
 * order of creation.
 */
export function createIds(clock: Clock, randomBytes: RandomBytes): Ids {
  let lastMillis = -1
  let time = ''
  let digits = new Uint8Array(randomLength)
  return {
    next(prefix) {
      const millis = clock.now().getTime()
      if (millis > lastMillis) {
        lastMillis = millis
        time = encodeTime(millis)
        digits = randomBytes(randomLength).map((byte) => byte & 31)
        // Room to count up within the millisecond.
        digits[0] = (digits[0] ?? 0) & 15
      } else increment(digits)
      return `${prefix}_${time}${text(digits)}`
    },
  }
}

/** The smallest id that could have been made at this time: where a range of time begins in a list by id. */
export const firstIdAt = (prefix: IdPrefix, time: Date): string =>
  `${prefix}_${encodeTime(Math.max(0, time.getTime()))}${'0'.repeat(randomLength)}`

function encodeTime(millis: number): string {
  const digits = new Uint8Array(timeLength)
  let rest = millis
  for (let position = timeLength - 1; position >= 0; position -= 1) {
    digits[position] = rest % 32
    rest = Math.floor(rest / 32)
  }
  return text(digits)
}

function increment(digits: Uint8Array): void {
  for (let position = digits.length - 1; position >= 0; position -= 1) {
    const digit = digits[position] ?? 0
    digits[position] = (digit + 1) & 31
    if (digit < 31) return
  }
}

function text(digits: Uint8Array): string {
  let result = ''
  for (const digit of digits) result += alphabet[digit]
  return result
}
