// References of operations to what others make (RFC 7644 §3.7.2): `bulkId:…` as a value, in the path of the operation, or in a
// path within its data. They may point forwards, and in circles.
import { isObject, type Json, type JsonObject } from '#directory/schema/canonical.ts'
import type { BulkEntry } from './operations.ts'

const whole = /^bulkId:(.+)$/i
const quoted = /"bulkId:([^"]+)"/gi

/** The id of what a bulkId stands for; undefined where there is none (yet). */
export type Resolve = (bulkId: string) => string | undefined

/** The bulkId that a text consists of. */
export const bulkIdIn = (text: string): string | undefined => whole.exec(text)?.[1]

/** The bulkIds that an operation refers to. */
export function referencesOf(entry: BulkEntry): string[] {
  if (!('operation' in entry)) return []
  const found = new Set<string>()
  const own = bulkIdIn(entry.operation.id)
  if (own !== undefined) found.add(own)
  resolved(entry.operation.data, (bulkId) => {
    found.add(bulkId)
    return bulkId
  })
  return [...found]
}

/** The data with ids in place of bulkIds; what has none is left out, an object with it where it is its value. */
export function resolved(data: JsonObject, resolve: Resolve): JsonObject {
  const result = resolvedValue(data, resolve, '')
  return isObject(result) ? result : {}
}

function resolvedValue(value: Json, resolve: Resolve, name: string): Json | undefined {
  if (typeof value === 'string') return resolvedText(value, resolve, name)
  if (Array.isArray(value)) {
    return value.map((each) => resolvedValue(each, resolve, name)).filter((each) => each !== undefined)
  }
  if (!isObject(value)) return value
  const members = Object.entries(value).map(
    ([key, each]) => [key, resolvedValue(each, resolve, isPlain(value, key) ? 'text' : key)] as const,
  )
  if (members.some(([key, each]) => key.toLowerCase() === 'value' && each === undefined)) return undefined
  return Object.fromEntries(members.flatMap(([key, each]) => (each === undefined ? [] : [[key, each]])))
}

// What refers to a resource: a member, a manager, an address. A text such as a displayName may begin with the word and means itself.
const referring = new Set(['value', '$ref', 'manager', 'members'])

/** Of a PATCH operation, the value of what refers to nothing. */
const isPlain = (object: JsonObject, key: string): boolean => {
  const path = Object.entries(object).find(([name]) => name.toLowerCase() === 'path')?.[1]
  return key.toLowerCase() === 'value' && typeof path === 'string' && !/\b(members|manager|value|\$ref)\b/i.test(path)
}

function resolvedText(text: string, resolve: Resolve, name: string): string | undefined {
  const bulkId = bulkIdIn(text)
  if (bulkId !== undefined && referring.has(name.toLowerCase())) return resolve(bulkId)
  if (name.toLowerCase() !== 'path') return text
  return text.replaceAll(quoted, (all, each: string) => {
    const id = resolve(each)
    return id === undefined ? all : `"${id}"`
  })
}

/**
 * The operations in an order in which each follows those that it refers to: otherwise that of the request. Those that refer to each
 * other in a circle come together. Tarjan's algorithm, whose cost is linear.
 * @param references of each operation, the indices of others
 */
export function inOrder(references: readonly (readonly number[])[]): number[][] {
  const units: number[][] = []
  const [numbers, lows, stack, onStack]: [number[], number[], number[], Set<number>] = [[], [], [], new Set()]
  let next = 0
  const visit = (index: number): void => {
    numbers[index] = next
    lows[index] = next++
    stack.push(index)
    onStack.add(index)
    for (const other of references[index] ?? []) {
      if (numbers[other] === undefined) visit(other)
      if (onStack.has(other)) lows[index] = Math.min(lows[index] ?? 0, lows[other] ?? 0)
    }
    if (lows[index] !== numbers[index]) return
    const unit = taken(stack, index)
    for (const each of unit) onStack.delete(each)
    units.push(unit.toSorted((a, b) => a - b))
  }
  for (const index of references.keys()) if (numbers[index] === undefined) visit(index)
  return units
}

/** What lies on the stack down to the given one, taken from it. */
function taken(stack: number[], last: number): number[] {
  const unit: number[] = []
  while (unit.at(-1) !== last) unit.push(stack.pop() ?? last)
  return unit
}
