// JSON from outside, read so that it says to us what it says to everybody else: I-JSON (RFC 7493). What two readers could take
// for two different things (a name given twice, a number that no double holds) is refused rather than guessed at.
import { parse } from 'secure-json-parse'
import { AppError, invalid } from './errors.ts'

export const jsonLimits = {
  /** How many lists and objects may lie in one another. */
  depth: 64,
  /** Beyond this, reading alone would keep everybody else waiting. */
  values: 1_000_000,
}

/**
 * A request body, or another text of somebody else's, as a value: well-formed, not deeper than `jsonLimits.depth`, no name twice
 * in one object, no number beyond a double, and no name that reaches for a prototype.
 * @throws AppError invalid with reason `invalidSyntax`; too_large for more than `jsonLimits.values`
 */
export function parseJson(text: string): unknown {
  const { names, depth, commas } = shapeOf(text)
  if (depth > jsonLimits.depth) {
    throw refused(`The JSON has more than ${jsonLimits.depth} lists and objects in one another`)
  }
  if (commas >= jsonLimits.values) {
    throw new AppError('too_large', `The JSON has more than ${jsonLimits.values} values`, { reason: 'tooMany' })
  }
  const value = parsed(text)
  if (countNames(value) !== names) throw refused('An object of the JSON has the same name twice')
  return value
}

const refused = (message: string) => invalid(message, 'invalidSyntax')

const beyond = () => refused('A number of the JSON is too large to be kept exactly')

function parsed(text: string): unknown {
  try {
    return parse(text, { protoAction: 'error', constructorAction: 'error' })
  } catch {
    throw refused('The body is not valid JSON')
  }
}

type Shape = { names: number; commas: number; level: number; depth: number }

/** Names, commas and depth, read off what stands outside of the strings. Linear, well-formed or not. */
function shapeOf(text: string): Shape {
  const shape = { names: 0, commas: 0, level: 0, depth: 0 }
  let position = 0
  while (position < text.length && shape.depth <= jsonLimits.depth && shape.commas < jsonLimits.values) {
    const quote = text.indexOf('"', position)
    const end = quote < 0 ? text.length : quote
    if (end - position > exactDigits) refuseRounded(text.slice(position, end))
    tally(shape, text, { from: position, to: end })
    position = quote < 0 ? end : endOfString(text, quote + 1) + 1
  }
  return shape
}

const code = { comma: 44, colon: 58, openList: 91, backslash: 92, closeList: 93, openObject: 123, closeObject: 125 }

function tally(shape: Shape, text: string, { from, to }: { from: number; to: number }): void {
  for (let position = from; position < to; position += 1) {
    switch (text.charCodeAt(position)) {
      case code.comma:
        shape.commas += 1
        break
      case code.colon:
        shape.names += 1
        break
      case code.openList:
      case code.openObject:
        shape.level += 1
        if (shape.level > shape.depth) shape.depth = shape.level
        break
      case code.closeList:
      case code.closeObject:
        shape.level -= 1
        break
    }
  }
}

/** Where the string that begins at `start` has its closing quote; the end of the text where it has none. */
function endOfString(text: string, start: number): number {
  for (let from = start; ; ) {
    const quote = text.indexOf('"', from)
    if (quote < 0) return text.length
    let backslashes = 0
    while (quote - backslashes > start && text.charCodeAt(quote - backslashes - 1) === code.backslash) backslashes += 1
    if (backslashes % 2 === 0) return quote
    from = quote + 1
  }
}

/** Every whole number of so many digits is a double. */
const exactDigits = 15

/** Whole numbers of more digits, up to the longest that is a double. */
const longNumber = /(?<![\d.+eE-])-?\d{16,309}(?![\d.eE])/g

// 9007199254740993 would be kept as 9007199254740992, and answered so (RFC 7493 §2.2).
function refuseRounded(outsideStrings: string): void {
  for (const [digits] of outsideStrings.matchAll(longNumber)) {
    const double = Number(digits)
    if (!Number.isFinite(double) || BigInt(double) !== BigInt(digits)) throw beyond()
  }
}

/** The depth was looked at before, so that recursion is bounded. @throws AppError invalid where a number is beyond a double */
function countNames(value: unknown): number {
  if (typeof value === 'number' && !Number.isFinite(value)) throw beyond()
  if (typeof value !== 'object' || value === null) return 0
  let names = 0
  if (Array.isArray(value)) {
    for (const element of value) names += countNames(element)
    return names
  }
  for (const name in value) names += 1 + countNames((value as Record<string, unknown>)[name])
  return names
}

/** An object with members: no list, and not null. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
