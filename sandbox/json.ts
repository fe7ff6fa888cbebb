// Careful reading of JSON that a server has sent: nothing about its shape is taken for granted.

export type JsonObject = { readonly [name: string]: unknown }

/** Tells a JSON object from arrays, null and plain values. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value at a path of names and array positions, or undefined where the path leads nowhere. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let current = value
  for (const step of path) {
    if (typeof step === 'number') current = Array.isArray(current) ? current[step] : undefined
    else current = isObject(current) && Object.hasOwn(current, step) ? current[step] : undefined
  }
  return current
}

/** The objects of a JSON array; anything else counts as an empty list. */
export function objectsIn(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

/** The text under a name. @throws {Error} where there is none, naming what was expected. */
export function textAt(value: unknown, name: string): string {
  const text = at(value, name)
  if (typeof text === 'string' && text !== '') return text
  throw new Error(`The answer has no "${name}"${isObject(value) ? ` but ${Object.keys(value).join(', ')}` : ''}`)
}
