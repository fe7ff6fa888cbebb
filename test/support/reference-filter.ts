// Filters as RFC 7644 §3.4.2.2 defines them, evaluated in memory on resources as they are answered: the yardstick for what
// the server finds by SQL. Written from the RFC, sharing nothing with the server; plain and slow on purpose.

type Json = Record<string, unknown>

/** Attributes by the rules of RFC 7643 §4 and §8. */
export type Attribute = {
  /** Where the value is in the resource; the first name of an extension is its URN. */
  path: readonly string[]
  type: 'string' | 'boolean' | 'dateTime' | 'complex'
  isCaseExact: boolean
  isMultiValued: boolean
}

export type Operator = 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le'

export type Value = string | boolean | null

export type Expression =
  | { kind: 'and' | 'or'; parts: readonly Expression[] }
  | { kind: 'not'; part: Expression }
  | { kind: 'present'; attribute: Attribute }
  | { kind: 'compare'; attribute: Attribute; operator: Operator; value: Value }
  /** `emails[part]` or, with a rest, `emails[part].value eq "…"`; the attributes inside are those of one element. */
  | { kind: 'elements'; list: Attribute; part: Expression; rest: Expression | undefined }

export function holds(expression: Expression, resource: Json): boolean {
  switch (expression.kind) {
    case 'and':
      return expression.parts.every((part) => holds(part, resource))
    case 'or':
      return expression.parts.some((part) => holds(part, resource))
    case 'not':
      return !holds(expression.part, resource)
    case 'present':
      return valuesOf(expression.attribute, resource).some(isPresent)
    case 'compare':
      return compares(expression, resource)
    case 'elements': {
      const { part, rest } = expression
      const elements = valuesOf(expression.list, resource) as Json[]
      return elements.some((element) => holds(part, element) && (rest === undefined || holds(rest, element)))
    }
  }
}

// RFC 7643 §2.5: null, the empty text and the empty list are "not assigned".
const isPresent = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0)

/** The values that an attribute has: one entry a value, undefined for a sub-attribute that an element lacks. */
function valuesOf({ path, isMultiValued }: Attribute, resource: Json): unknown[] {
  const [first, ...rest] = path
  if (!isMultiValued) return [path.reduce<unknown>((at, name) => (at as Json | undefined)?.[name], resource)]
  const list = (resource[first ?? ''] ?? []) as unknown[]
  return list.map((element) => (rest.length === 0 ? element : (element as Json)[rest[0] ?? '']))
}

function compares({ attribute, operator, value }: Extract<Expression, { kind: 'compare' }>, resource: Json): boolean {
  const values = valuesOf(attribute, resource)
  const someIsPresent = values.some(isPresent)
  if (value === null) return operator === 'eq' ? !someIsPresent : someIsPresent
  // What has no value at all differs from every value; of several values it is enough that one compares.
  if (operator === 'ne') return values.length === 0 || values.some((each) => !equal(attribute, each, value))
  return values.some((each) => isPresent(each) && compareOne(attribute, each, operator, value))
}

const equal = (attribute: Attribute, found: unknown, value: Value): boolean =>
  isPresent(found) && comparable(attribute, found) === comparable(attribute, value)

function compareOne(attribute: Attribute, found: unknown, operator: Operator, value: Value): boolean {
  const [left, right] = [comparable(attribute, found), comparable(attribute, value)]
  if (operator === 'eq') return left === right
  if (operator === 'co') return String(left).includes(String(right))
  if (operator === 'sw') return String(left).startsWith(String(right))
  if (operator === 'ew') return String(left).endsWith(String(right))
  const order = typeof left === 'number' ? left - Number(right) : byCodePoint(String(left), String(right))
  return operator === 'gt' ? order > 0 : operator === 'ge' ? order >= 0 : operator === 'lt' ? order < 0 : order <= 0
}

function comparable({ type, isCaseExact }: Attribute, value: unknown): string | number | boolean {
  if (type === 'boolean') return value === true || String(value).toLowerCase() === 'true'
  if (type === 'dateTime') return Date.parse(String(value))
  return isCaseExact ? String(value) : String(value).normalize('NFKC').toLowerCase()
}

/** RFC 7644 leaves the order of strings open beyond "lexicographical"; here it is that of code points. */
function byCodePoint(left: string, right: string): number {
  const [a, b] = [[...left], [...right]]
  const different = a.findIndex((character, index) => character !== b[index])
  if (different < 0) return a.length - b.length
  return (a[different]?.codePointAt(0) ?? -1) - (b[different]?.codePointAt(0) ?? -1)
}
