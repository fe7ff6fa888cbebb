// Requests and answers as the provisioning log keeps them: without secrets, and cut to what somebody would read.
import { storable } from '#platform/storable.ts'

type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

const limits = { elements: 20, keys: 60, text: 500, depth: 8, values: 600, length: 8_192, path: 500 }

/** Longer texts are not held, and not read for the log. */
const readableLength = 16_384
const beginningLength = 4_096

const secretName = /passw|secret|token|authorization|credential|api_?key/i
const redacted = '[redacted]'

/**
 * A copy of bounded size: secrets by their names taken out, long lists cut with a count. Looks at no more than it copies,
 * so that a body of many thousand members costs what a small one does.
 */
export function shownBody(body: unknown): Json {
  const budget = { values: limits.values }
  return shown(body, 0, budget)
}

function shown(value: unknown, depth: number, budget: { values: number }): Json {
  budget.values -= 1
  if (typeof value === 'string') {
    return storable(value.length > limits.text ? `${value.slice(0, limits.text)}…` : value)
  }
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return value
  if (typeof value !== 'object') return null
  if (depth >= limits.depth || budget.values <= 0) return '…'
  return Array.isArray(value) ? shownList(value, depth, budget) : shownObject(value, depth, budget)
}

function shownList(list: unknown[], depth: number, budget: { values: number }): Json[] {
  const kept = list.slice(0, limits.elements).map((element) => shown(element, depth + 1, budget))
  const more = list.length - kept.length
  return more > 0 ? [...kept, `… and ${more} more`] : kept
}

function shownObject(object: object, depth: number, budget: { values: number }): Json {
  const names = Object.keys(object)
  const source = object as Record<string, unknown>
  // A PATCH names in `path` what its `value` is.
  const isSecret = typeof source['path'] === 'string' && secretName.test(source['path'])
  const entries = names.slice(0, limits.keys).map((name): [string, Json] => {
    const isHidden = secretName.test(name) || (isSecret && name.toLowerCase() === 'value')
    return [storable(name.slice(0, limits.text)), isHidden ? redacted : shown(source[name], depth + 1, budget)]
  })
  if (names.length > entries.length) entries.push(['…', `and ${names.length - entries.length} more`])
  return Object.fromEntries(entries)
}

/** The JSON to store of what was shown; where it is still too long, its beginning as text. */
export function storedBody(body: Json | null): string | null {
  if (body === null) return null
  const text = JSON.stringify(body)
  return text.length <= limits.length ? text : JSON.stringify({ cut: storable(text.slice(0, beginningLength)) })
}

/** An answer as it is held until it is written: whole, or where it is long its beginning, copied so that the rest can go. */
export const heldAnswer = (text: string): string =>
  text.length <= readableLength ? text : Buffer.from(text.slice(0, beginningLength)).toString()

/** Of a body of unknown length nothing is assumed. */
export const isShort = (length: number): boolean => length <= readableLength

/** The JSON to store of an answer. */
export function storedAnswer(text: string | null): string | null {
  if (text === null || text === '') return null
  try {
    return storedBody(shownBody(JSON.parse(text)))
  } catch {
    return JSON.stringify({ cut: storable(text.slice(0, beginningLength)) })
  }
}

/** The path below the base with its query, without the values of parameters that are named like secrets. */
export function shownPath(path: string): string {
  const hidden = path.replaceAll(/([?&])([^=&]*)=([^&]*)/g, (whole, sign, name) =>
    secretName.test(name) ? `${sign}${name}=${redacted}` : whole,
  )
  return storable(hidden.slice(0, limits.path))
}

export const shownText = (text: string | null, length: number): string | null =>
  text === null ? null : storable(text.slice(0, length))
