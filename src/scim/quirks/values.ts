// What of a value was tolerated when it was made canonical (schema/canonical.ts): read off the value as it came.
import {
  extensionName,
  isOfKnown,
  type ResolvedAttribute,
  type ResourceSchema,
  resolveAttribute,
  type resolveName,
  subAttributeOf,
} from '#directory/schema/attributes.ts'
import { isCutOrnament, isDroppedOrnament, isObject, type Json, type JsonObject } from '#directory/schema/canonical.ts'
import type { AttributeDefinition } from '#directory/schema/definitions.ts'
import { looksAt, type Note } from '../patch/note.ts'

/** The names and values of a resource, or of an extension's object. */
export function noteMembers(schema: ResourceSchema, members: JsonObject, note: Note): void {
  for (const [name, value] of Object.entries(members).slice(0, looksAt.names)) noteMember(schema, name, value, note)
}

export function noteMember(
  schema: ResourceSchema,
  name: string,
  value: Json,
  note: Note,
  resolve: typeof resolveName = resolveAttribute,
): void {
  const found = resolve(schema, name)
  if (found === undefined) {
    noteUnknown(schema, name, value, note)
    return
  }
  noteName(found, name, note)
  noteAttribute(found.sub ?? found.attribute, value, note)
}

function noteUnknown(schema: ResourceSchema, name: string, value: Json, note: Note): void {
  const known = schema.extensions.get(extensionName(schema, name).toLowerCase())
  if (!name.toLowerCase().startsWith('urn:') || isOfKnown(schema, name)) note('unknown-attributes')
  else if (known === undefined) note('unknown-extension')
  else {
    if (name.toLowerCase() !== known.id.toLowerCase()) note('older-extension-name')
    else if (name !== known.id) note('other-case')
    if (!isObject(value)) return
    for (const [sub, given] of Object.entries(value).slice(0, looksAt.names)) {
      noteMember(schema, `${known.id}:${sub}`, given, note)
    }
  }
}

/** Whether it is spelled as the schema has it. */
export function noteName({ extension, attribute, sub }: ResolvedAttribute, name: string, note: Note): void {
  if (extension !== undefined && !name.toLowerCase().startsWith('urn:')) note('names-without-urn')
  const spelled = sub === undefined ? attribute.name : `${attribute.name}.${sub.name}`
  if (!name.endsWith(spelled)) note('other-case')
}

export function noteAttribute(definition: AttributeDefinition, value: Json, note: Note): void {
  if (definition.mutability === 'writeOnly') note('password-ignored')
  else if (definition.name === 'id') note('id-in-body')
  else if (definition.mutability === 'readOnly') {
    if (definition.name !== 'schemas') note('read-only-attributes')
  } else noteValue(definition, value, note)
}

/** A value for an attribute that can be written. */
export function noteValue(definition: AttributeDefinition, value: Json, note: Note): void {
  if (isAbsent(value, note)) return
  if (!definition.multiValued) {
    const isList = Array.isArray(value) && definition.type === 'complex'
    if (isList) note('single-value-in-list')
    noteSingle(definition, isList ? (value[0] ?? null) : value, note)
    return
  }
  if (!Array.isArray(value)) note('list-as-single-value')
  const all = Array.isArray(value) ? value : [value]
  const elements = all.slice(0, looksAt.elements)
  for (const element of elements) noteSingle(definition, element, note)
  if (isCutOrnament(definition, all) || elements.some((each) => isDroppedOrnament(definition, each)))
    note('ornament-dropped')
  if (new Set(elements.map(spelledOut)).size < elements.length) note('same-value-twice')
  if (elements.filter((each) => isObject(each) && /^true$/i.test(String(each['primary']))).length > 1) {
    note('several-primaries')
  }
}

const spelledOut = (element: Json): string =>
  JSON.stringify(isObject(element) && Object.hasOwn(element, 'value') ? [element['value'], element['type']] : element)

function isAbsent(value: Json, note: Note): boolean {
  if (value === null) note('null-values')
  if (value === '') note('empty-text')
  return value === null || value === ''
}

function noteSingle(definition: AttributeDefinition, value: Json, note: Note): void {
  if (isAbsent(value, note)) return
  if (definition.type === 'boolean' && typeof value === 'string') note('boolean-as-text')
  if (definition.type !== 'complex') return
  if (typeof value === 'string') note(definition.name === 'members' ? 'bare-member-ids' : 'reference-as-text')
  if (isObject(value)) noteObject(definition, value, note)
}

function noteObject(definition: AttributeDefinition, object: JsonObject, note: Note): void {
  const { value } = object
  if (definition.name === 'roles' && typeof value === 'string' && value.startsWith('{')) note('role-as-json-text')
  for (const [name, given] of Object.entries(object).slice(0, looksAt.names)) {
    const sub = subAttributeOf(definition, name)
    if (sub === undefined) note('unknown-attributes')
    else if (sub.name !== name) note('other-case')
    if (sub !== undefined && sub.mutability !== 'readOnly') noteValue(sub, given, note)
  }
}
