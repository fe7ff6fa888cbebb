// Names by which people tell users and groups apart: what cannot be seen would let two of them look the same.
import { invalid } from '#platform/errors.ts'

const longest = 512

// Controls, zero-width characters, marks of direction, byte order marks, fillers, variation selectors, the blank of Braille.
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u

// What editors and exports leave around a name. Marks of direction are not among it: they are put there to deceive.
const leading = /^(?:(?!\p{Bidi_Control})[\s\p{Default_Ignorable_Code_Point}\u2800])+/u
const trailing = /(?:(?!\p{Bidi_Control})[\s\p{Default_Ignorable_Code_Point}\u2800])$/u

// A picture may be made of several, which a character without a width joins.
const pictures = /\p{RGI_Emoji}/gv
const endsInPicture = /\p{RGI_Emoji}$/v

// Where they change how a word looks, and so are seen: between two letters of Arabic script of which the first joins the next, and
// after a virama (RFC 5892, appendices A.1 and A.2). Persian and Indic names have them.
const joiners =
  /(?<=(?![\u0621-\u0625\u0627\u0629\u062f-\u0632\u0648\u0671-\u0673\u0675-\u0677\u0688-\u0699\u06c0-\u06cb\u06cd\u06cf\u06d2\u06d3\u06d5\u06ee\u06ef])\p{Script=Arabic})\u200c(?=\p{Script=Arabic})|(?<=[\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca])[\u200c\u200d]/gu

/**
 * The name without what stands around it and is not seen.
 * @throws AppError invalid with reason `invalidValue` where nothing is left, something in it cannot be seen, or it is too long
 */
export function visibleName(attribute: string, value: unknown): string {
  const { name, fault } = readName(value)
  if (fault !== undefined) throw invalid(`${attribute} ${fault}`, 'invalidValue')
  return name
}

/** As `visibleName`, and undefined for what is no name. */
export function nameIn(value: unknown): string | undefined {
  const { name, fault } = readName(value)
  return fault === undefined ? name : undefined
}

function readName(value: unknown): { name: string; fault?: string } {
  const given = typeof value === 'string' ? value.trim() : ''
  const tooLong = { name: '', fault: `is longer than ${longest} characters` }
  // Before it is looked at character by character.
  if (given.length > 2 * longest) return tooLong
  const name = withoutEdges(given)
  if (name === '') return { name, fault: given === '' ? 'is required' : 'has nothing in it that can be seen' }
  if (name.length > longest) return tooLong
  return invisible.test(name.replace(pictures, '').replace(joiners, ''))
    ? { name, fault: 'has characters that cannot be seen' }
    : { name }
}

function withoutEdges(text: string): string {
  let name = text.replace(leading, '')
  // The last character of a picture may be one that says how to draw it.
  while (trailing.test(name) && !endsInPicture.test(name)) name = name.replace(trailing, '')
  return name
}
