// Subset matching of answers against `expect` (fixtures/README.md, "Subset matching").
import { pairUp } from './pair-up.ts'

export interface Mismatch {
  readonly path: string
  readonly expected: string
  readonly received: string
}

type Matcher = (argument: unknown, actual: unknown, path: string) => Mismatch | undefined

const matchers: Readonly<Record<string, Matcher>> = {
  $any: (_, actual, path) => verdict(actual !== undefined, path, 'anything', actual),
  $type: (type, actual, path) => verdict(typeNames(actual).includes(String(type)), path, `type ${type}`, actual),
  $nonEmpty: (_, actual, path) => verdict(!isBlank(actual), path, 'something non-empty', actual),
  $blank: (_, actual, path) => verdict(isBlank(actual), path, 'nothing (missing, null or empty)', actual),
  $unset: (_, actual, path) => verdict(isUnset(actual), path, 'nothing (missing, null or [])', actual),
  $absent: (_, actual, path) => verdict(actual === undefined, path, 'no such key', actual),
  $len: (length, actual, path) => verdict(lengthOf(actual) === length, path, `length ${length}`, actual),
  $regex: (pattern, actual, path) => verdict(testRegex(String(pattern), actual), path, `a match of ${pattern}`, actual),
  $ci: (text, actual, path) => verdict(equalsIgnoringCase(text, actual), path, `${show(text)} in any case`, actual),
  $exact: matchExact,
  $oneOf: matchOneOf,
  $all: (all, actual, path) => firstMismatch(asArray(all), (each) => findMismatch(each, actual, path)),
  $notContains: matchNotContains,
}

/** The first place where `actual` does not match `expected`, or undefined when all of it does. */
export function findMismatch(expected: unknown, actual: unknown, path = '$'): Mismatch | undefined {
  if (Array.isArray(expected)) return matchArray(expected, actual, path)
  if (!isObject(expected)) return verdict(expected === actual, path, show(expected), actual)
  const matcher = matcherOf(expected)
  if (matcher) return matcher.match(matcher.argument, actual, path)
  if (!isObject(actual)) return verdict(false, path, show(expected), actual)
  return firstMismatch(Object.entries(expected), ([key, value]) =>
    findMismatch(value, Object.hasOwn(actual, key) ? actual[key] : undefined, `${path}.${key}`),
  )
}

function matcherOf(expected: Record<string, unknown>): { match: Matcher; argument: unknown } | undefined {
  const [only, ...others] = Object.entries(expected)
  if (!only || others.length > 0) return undefined
  const [name, argument] = only
  const match = Object.hasOwn(matchers, name) ? matchers[name] : undefined
  // `$ref` is a SCIM attribute; any other lone $-key is a misspelt matcher that would never match anything.
  if (!match && name.startsWith('$') && name !== '$ref') throw new Error(`unknown matcher ${name} in the fixture`)
  return match && { match, argument }
}

function matchArray(expected: readonly unknown[], actual: unknown, path: string): Mismatch | undefined {
  if (!Array.isArray(actual)) return verdict(false, path, show(expected), actual)
  const left = pairUp(expected, actual, (want, have) => findMismatch(want, have) === undefined)
  if (left === undefined) return undefined
  // With one candidate the nested difference says more than "no element matches".
  if (actual.length === 1 && expected.length === 1) return findMismatch(expected[0], actual[0], `${path}[0]`)
  return { path, expected: `an element (each used once) matching ${show(left)}`, received: show(actual) }
}

function matchExact(expected: unknown, actual: unknown, path: string): Mismatch | undefined {
  const wanted = asArray(expected)
  if (lengthOf(actual) !== wanted.length) return verdict(false, path, `exactly ${show(wanted)}`, actual)
  return matchArray(wanted, actual, path)
}

function matchOneOf(choices: unknown, actual: unknown, path: string): Mismatch | undefined {
  const isMatch = asArray(choices).some((choice) => findMismatch(choice, actual, path) === undefined)
  return verdict(isMatch, path, `one of ${show(choices)}`, actual)
}

function matchNotContains(unwanted: unknown, actual: unknown, path: string): Mismatch | undefined {
  if (isUnset(actual)) return undefined
  const isFree = Array.isArray(actual) && !actual.some((element) => findMismatch(unwanted, element, path) === undefined)
  return verdict(isFree, path, `an array without ${show(unwanted)}`, actual)
}

function firstMismatch<T>(items: readonly T[], check: (item: T) => Mismatch | undefined): Mismatch | undefined {
  for (const item of items) {
    const mismatch = check(item)
    if (mismatch) return mismatch
  }
  return undefined
}

function verdict(isMatch: boolean, path: string, expected: string, actual: unknown): Mismatch | undefined {
  return isMatch ? undefined : { path, expected, received: show(actual) }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isUnset(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0)
}

function isBlank(value: unknown): boolean {
  return isUnset(value) || value === '' || (isObject(value) && Object.keys(value).length === 0)
}

function typeNames(value: unknown): readonly string[] {
  if (Array.isArray(value)) return ['array']
  if (value === null) return ['null']
  if (typeof value === 'number') return Number.isInteger(value) ? ['integer', 'number'] : ['number']
  return [typeof value]
}

function lengthOf(value: unknown): number | undefined {
  return Array.isArray(value) || typeof value === 'string' ? value.length : undefined
}

function testRegex(pattern: string, actual: unknown): boolean {
  const [, flags = '', source = ''] = /^(?:\(\?([ims]+)\))?([\s\S]*)$/.exec(pattern) ?? []
  return typeof actual === 'string' && new RegExp(source, flags).test(actual)
}

function equalsIgnoringCase(expected: unknown, actual: unknown): boolean {
  return typeof actual === 'string' && actual.toLowerCase() === String(expected).toLowerCase()
}

function asArray(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`a matcher in the fixture needs an array, not ${show(value)}`)
  return value
}

/** A value as one short line of text. */
export function show(value: unknown): string {
  const text = value === undefined ? '(missing)' : JSON.stringify(value)
  return text.length > 240 ? `${text.slice(0, 240)}…` : text
}
