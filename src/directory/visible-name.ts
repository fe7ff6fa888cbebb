// Names by which people tell users and groups apart: what cannot be seen would let two of them look the same.
import { invalid } from '#platform/errors.ts'

const longest = 512

// Controls, zero-width characters, marks of direction, byte order marks.
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

// A picture may be made of several, which a character without a width joins.
const pictures = /\p{RGI_Emoji}/gv

/**
 * The name without white space around it.
 * @throws AppError invalid with reason `invalidValue` where nothing is left, something in it cannot be seen, or it is too long
 */
export function visibleName(attribute: string, value: unknown): string {
  const given = typeof value === 'string' ? value : ''
  const name = given.trim()
  if (name === '') throw invalid(`${attribute} is required`, 'invalidValue')
  if (name.length > longest) throw invalid(`${attribute} is longer than ${longest} characters`, 'invalidValue')
  // A byte order mark counts as white space, which trim() takes away.
  if (invisible.test(name.replace(pictures, '')) || given.includes('\ufeff')) {
    throw invalid(`${attribute} has characters that cannot be seen`, 'invalidValue')
  }
  return name
}
