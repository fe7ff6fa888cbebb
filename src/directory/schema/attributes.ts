// Attribute names resolved against the schemas, and against nothing else: a name that is not in them does not exist, so
// `__proto__` is as unknown as any other (RFC 7643 §2.1: names compare without case; RFC 7644 §3.10: URN prefixes).
import {
  type AttributeDefinition,
  enterpriseSchemaId,
  groupSchemaId,
  type SchemaDocument,
  schemaDocuments,
  userSchemaId,
} from './definitions.ts'

export type ResourceKind = 'User' | 'Group'

export type ResourceSchema = {
  kind: ResourceKind
  /** The URN of the core schema. */
  id: string
  attributes: ReadonlyMap<string, AttributeDefinition>
  extensions: ReadonlyMap<string, { id: string; attributes: ReadonlyMap<string, AttributeDefinition> }>
}

/** A name found: which schema, which attribute, and which sub-attribute if one was named. */
export type ResolvedAttribute = {
  /** The URN of the extension, or undefined for the core schema. */
  extension: string | undefined
  attribute: AttributeDefinition
  sub: AttributeDefinition | undefined
}

const plain = { multiValued: false, required: false, caseExact: true, returned: 'default' } as const

/** RFC 7643 §3.1: what every resource has; scimmy keeps these out of its descriptions. */
const commonAttributes: AttributeDefinition[] = [
  { ...plain, name: 'id', type: 'string', mutability: 'readOnly', returned: 'always' },
  { ...plain, name: 'externalId', type: 'string', mutability: 'readWrite' },
  { ...plain, name: 'schemas', type: 'string', multiValued: true, mutability: 'readOnly', returned: 'always' },
  {
    ...plain,
    name: 'meta',
    type: 'complex',
    mutability: 'readOnly',
    subAttributes: [
      { ...plain, name: 'resourceType', type: 'string', mutability: 'readOnly' },
      { ...plain, name: 'created', type: 'dateTime', mutability: 'readOnly' },
      { ...plain, name: 'lastModified', type: 'dateTime', mutability: 'readOnly' },
      { ...plain, name: 'location', type: 'reference', mutability: 'readOnly' },
      { ...plain, name: 'version', type: 'string', mutability: 'readOnly' },
    ],
  },
]

const byName = (attributes: readonly AttributeDefinition[]): ReadonlyMap<string, AttributeDefinition> =>
  new Map(attributes.map((attribute) => [attribute.name.toLowerCase(), attribute]))

function documentOf(id: string): SchemaDocument {
  const found = schemaDocuments.find((document) => document.id === id)
  if (found === undefined) throw new Error(`No schema ${id}`)
  return found
}

function schemaOf(kind: ResourceKind, id: string, extensionIds: readonly string[]): ResourceSchema {
  const extensions = extensionIds.map((extension) => {
    const entry = { id: extension, attributes: byName(documentOf(extension).attributes) }
    return [extension.toLowerCase(), entry] as const
  })
  const attributes = byName([...commonAttributes, ...documentOf(id).attributes])
  return { kind, id, attributes, extensions: new Map(extensions) }
}

export const userSchema = schemaOf('User', userSchemaId, [enterpriseSchemaId])
export const groupSchema = schemaOf('Group', groupSchemaId, [])

/** OneLogin's spelling of the enterprise extension. */
const extensionAliases = new Map([['urn:scim:schemas:extension:enterprise:2.0', enterpriseSchemaId]])

/** The extension that a URN names, by any case and known spelling; the URN itself where the schema does not know it. */
export const extensionName = (schema: ResourceSchema, urn: string): string => {
  const lower = urn.toLowerCase()
  return schema.extensions.get(lower)?.id ?? extensionAliases.get(lower) ?? urn
}

export const subAttributeOf = (attribute: AttributeDefinition, name: string): AttributeDefinition | undefined => {
  const lower = name.toLowerCase()
  return attribute.subAttributes?.find((sub) => sub.name.toLowerCase() === lower)
}

/** @returns undefined where the schema has no such attribute */
export function resolveAttribute(schema: ResourceSchema, name: string): ResolvedAttribute | undefined {
  if (!name.toLowerCase().startsWith('urn:')) return resolveIn(schema.attributes, undefined, name)
  // An extension's own name is no attribute of another one with a shorter name.
  if (resolveExtension(schema, name) !== undefined) return undefined
  const core = afterPrefix(name, schema.id)
  if (core !== undefined) return resolveIn(schema.attributes, undefined, core)
  const [urn, rest] = extensionAndRest(schema, name)
  const extension = urn === undefined ? undefined : schema.extensions.get(urn.toLowerCase())
  return extension === undefined ? undefined : resolveIn(extension.attributes, extension.id, rest)
}

/**
 * A name of a path, a filter, sortBy or a selection: as `resolveAttribute`, and besides an attribute of an extension without its
 * URN, where one schema alone has the name.
 */
export function resolveName(schema: ResourceSchema, name: string): ResolvedAttribute | undefined {
  const found = resolveAttribute(schema, name)
  if (found !== undefined || name.toLowerCase().startsWith('urn:')) return found
  const [first = ''] = name.split('.')
  if (schema.attributes.has(first.toLowerCase())) return undefined
  const extensions = [...schema.extensions.values()].filter(({ attributes }) => attributes.has(first.toLowerCase()))
  const [only] = extensions
  return only === undefined || extensions.length > 1 ? undefined : resolveIn(only.attributes, only.id, name)
}

/** The URN of a known extension, by any spelling, where the name is exactly that. */
export const resolveExtension = (schema: ResourceSchema, name: string): string | undefined =>
  schema.extensions.get(extensionName(schema, name).toLowerCase())?.id

/** Whether a name begins with the URN of a schema that is known: then it is an attribute of it, or none at all. */
export const isOfKnown = (schema: ResourceSchema, name: string): boolean =>
  afterPrefix(name, schema.id) !== undefined || extensionAndRest(schema, name)[0] !== undefined

/** The URN of the known extension that a name begins with, the longest of several, and what follows it. */
function extensionAndRest(schema: ResourceSchema, name: string): [urn: string | undefined, rest: string] {
  const spellings = [...extensionAliases, ...[...schema.extensions.values()].map(({ id }) => [id, id] as const)]
  for (const [spelling, urn] of spellings.toSorted(([a], [b]) => b.length - a.length)) {
    const rest = schema.extensions.has(urn.toLowerCase()) ? afterPrefix(name, spelling) : undefined
    if (rest !== undefined) return [urn, rest]
  }
  return [undefined, name]
}

function afterPrefix(name: string, urn: string): string | undefined {
  const isPrefixed = name.length > urn.length + 1 && name[urn.length] === ':'
  return isPrefixed && name.toLowerCase().startsWith(urn.toLowerCase()) ? name.slice(urn.length + 1) : undefined
}

function resolveIn(
  attributes: ReadonlyMap<string, AttributeDefinition>,
  extension: string | undefined,
  name: string,
): ResolvedAttribute | undefined {
  const [first = '', second, ...more] = name.split('.')
  const attribute = attributes.get(first.toLowerCase())
  if (attribute === undefined || more.length > 0) return undefined
  if (second === undefined) return { extension, attribute, sub: undefined }
  const sub = subAttributeOf(attribute, second)
  return sub === undefined ? undefined : { extension, attribute, sub }
}
