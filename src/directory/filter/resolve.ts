// From the syntax tree to a condition: names are resolved, types checked, values coerced. Whatever the schema does not
// know is refused, never ignored: an ignored filter would answer with everybody.
import { type AppError, invalid } from '#platform/errors.ts'
import type { Condition, Field } from '../condition.ts'
import { type ResourceSchema, resolveExtension, resolveName, subAttributeOf } from '../schema/attributes.ts'
import type { AttributeDefinition } from '../schema/definitions.ts'
import type { FilterNode, Literal, Operator } from './filter.ts'

const failure = (message: string): AppError => invalid(message, 'invalidFilter')

type Names = (name: string) => { field: Field; definition: AttributeDefinition }

/** @throws AppError invalid with reason `invalidFilter` */
export const resolveFilter = (node: FilterNode, schema: ResourceSchema): Condition =>
  resolveNode(node, namesOf(schema), schema)

/** For filters over the elements of one multi-valued attribute; names are those of its sub-attributes. */
export const resolveElementFilter = (node: FilterNode, attribute: AttributeDefinition): Condition =>
  resolveNode(node, elementNames(attribute), undefined)

/** The field that a sortBy or a filter names. @throws AppError invalid with the given reason */
export function resolveField(name: string, schema: ResourceSchema): Field {
  const { field, definition } = namesOf(schema)(name)
  return definition.type === 'complex' ? valueField({ field, definition }).field : field
}

function resolveNode(node: FilterNode, names: Names, schema: ResourceSchema | undefined): Condition {
  switch (node.kind) {
    case 'and':
    case 'or':
      return { kind: node.kind, parts: node.parts.map((part) => resolveNode(part, names, schema)) }
    case 'not':
      return { kind: 'not', part: resolveNode(node.part, names, schema) }
    case 'present':
      return presence(node.name, names, schema)
    case 'compare':
      return comparison(valueField(names(node.name)), node.operator, node.value)
    case 'valuePath':
      return valuePath(node, names)
  }
}

function presence(name: string, names: Names, schema: ResourceSchema | undefined): Condition {
  const extension = schema === undefined ? undefined : resolveExtension(schema, name)
  if (extension !== undefined) {
    return { kind: 'present', field: { path: [extension], type: 'complex', isCaseExact: true } }
  }
  return { kind: 'present', field: names(name).field }
}

function valuePath(node: Extract<FilterNode, { kind: 'valuePath' }>, names: Names): Condition {
  const { field, definition } = names(node.name)
  if (definition.subAttributes === undefined) throw failure(`"${node.name}" has no sub-attributes to filter by`)
  const inner = definition.multiValued ? elementNames(definition) : nestedNames(field, definition)
  const parts = [node.part, ...(node.rest === undefined ? [] : [node.rest])]
  const part: Condition = { kind: 'and', parts: parts.map((each) => resolveNode(each, inner, undefined)) }
  return definition.multiValued ? { kind: 'any', list: { ...field, type: 'complex' }, part } : part
}

const fieldTypes = {
  string: 'string',
  reference: 'string',
  binary: 'string',
  boolean: 'boolean',
  dateTime: 'dateTime',
  decimal: 'number',
  integer: 'number',
  complex: 'complex',
} as const

const fieldOf = (path: readonly string[], definition: AttributeDefinition): Field => ({
  path,
  type: fieldTypes[definition.type],
  isCaseExact: definition.caseExact ?? false,
})

const namesOf =
  (schema: ResourceSchema): Names =>
  (name) => {
    const found = resolveName(schema, name)
    const definition = found?.sub ?? found?.attribute
    if (found === undefined || definition === undefined || isUnsearchable(found.attribute.name, definition)) {
      throw failure(`"${shown(name)}" is not an attribute that can be searched`)
    }
    const path = [found.extension, found.attribute.name, found.sub?.name].filter((part) => part !== undefined)
    const isList = found.extension !== undefined && found.attribute.multiValued
    return { field: { ...fieldOf(path, definition), ...(isList ? { listDepth: 2 } : {}) }, definition }
  }

// Locations are computed, and a password is never told in any form.
const isUnsearchable = (top: string, { name, returned }: AttributeDefinition): boolean =>
  returned === 'never' || name === 'location' || (name === '$ref' && (top === 'members' || top === 'groups'))

const elementNames =
  (attribute: AttributeDefinition): Names =>
  (name) => {
    const definition = subAttributeOf(attribute, name)
    if (definition === undefined || isUnsearchable(attribute.name, definition)) {
      throw failure(`"${shown(name)}" is not a sub-attribute of ${attribute.name}`)
    }
    return { field: fieldOf([definition.name], definition), definition }
  }

const nestedNames =
  (parent: Field, attribute: AttributeDefinition): Names =>
  (name) => {
    const { field, definition } = elementNames(attribute)(name)
    return { field: { ...field, path: [...parent.path, ...field.path] }, definition }
  }

const shown = (name: string): string => (name.length > 80 ? `${name.slice(0, 80)}…` : name)

/** Comparing a complex attribute means its `value` (RFC 7644 §3.4.2.2: `emails co "example.com"`). */
function valueField({ field, definition }: ReturnType<Names>): ReturnType<Names> {
  if (definition.type !== 'complex') return { field, definition }
  const value = subAttributeOf(definition, 'value')
  if (value === undefined) throw failure(`"${definition.name}" has sub-attributes; name one of them`)
  const { listDepth } = field
  const inList = listDepth === undefined ? {} : { listDepth }
  return { field: { ...fieldOf([...field.path, value.name], value), ...inList }, definition: value }
}

const never: Condition = { kind: 'or', parts: [] }

function comparison({ field: named, definition }: ReturnType<Names>, operator: Operator, value: Literal): Condition {
  const field = asCompared(named, definition, value)
  const allowed = operatorsOf(field.type)
  if (value === null && operator !== 'eq' && operator !== 'ne') throw failure(`${operator} cannot compare with null`)
  if (!allowed.has(operator)) throw failure(`${definition.name} cannot be compared by ${operator}`)
  const coerced = value === null ? null : coerce(field, definition.name, value)
  // PostgreSQL has no text with NUL, so nothing stored can match it.
  if (typeof coerced === 'string' && coerced.includes('\0'))
    return operator === 'ne' ? { kind: 'and', parts: [] } : never
  return { kind: 'compare', field, operator, value: coerced }
}

/** Where values of several types were sent, a number or boolean is compared with those of its own type. */
function asCompared(field: Field, { isInferred }: AttributeDefinition, value: Literal): Field {
  if (isInferred !== true || field.type !== 'string') return field
  if (typeof value === 'number') return { ...field, type: 'number' }
  return typeof value === 'boolean' ? { ...field, type: 'boolean' } : field
}

const equality = new Set<Operator>(['eq', 'ne'])
const order = new Set<Operator>([...equality, 'gt', 'ge', 'lt', 'le'])
const every = new Set<Operator>([...order, 'co', 'sw', 'ew'])

// RFC 7644 §3.4.2.2: order of booleans is an invalidFilter.
const operatorsOf = (type: Field['type']): ReadonlySet<Operator> =>
  type === 'boolean' ? equality : type === 'string' ? every : order

function coerce(field: Field, name: string, value: string | number | boolean): string | number | boolean {
  const wrong = (): AppError => failure(`${name} cannot be compared with a ${typeof value}`)
  if (field.type === 'boolean') {
    // Entra compares `primary` with "True".
    const text = String(value).toLowerCase()
    if (typeof value === 'number' || (text !== 'true' && text !== 'false')) throw wrong()
    return text === 'true'
  }
  if (field.type === 'number') {
    if (typeof value !== 'number') throw wrong()
    return value
  }
  if (typeof value !== 'string') throw wrong()
  return field.type === 'dateTime' ? dateTime(value, name) : value
}

const dateTimePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$/i

// xsd:dateTime; without a zone it is UTC.
function dateTime(value: string, name: string): string {
  const zoned = /(Z|[+-]\d\d:\d\d)$/i.test(value) ? value : `${value}Z`
  const time = new Date(zoned)
  if (!dateTimePattern.test(value) || Number.isNaN(time.getTime())) {
    throw failure(`${name} needs a date and time such as 2026-01-31T12:00:00Z`)
  }
  return time.toISOString()
}
