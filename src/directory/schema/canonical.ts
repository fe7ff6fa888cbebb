// What identity providers send, made canonical: names as in the schema, `"False"` a boolean, `manager` an object, empty
// values absent. The tolerances are those of the quirks that providers are known for; the rest is refused.
import { type AppError, invalid } from '#platform/errors.ts'
import { isRecord, parseJson } from '#platform/json.ts'
import { subAttributeOf, userSchema } from './attributes.ts'
import { type AttributeDefinition, enterpriseSchemaId } from './definitions.ts'

export type Json = null | boolean | number | string | Json[] | JsonObject
export type JsonObject = { [name: string]: Json }

/** A picture in an extension may take as much room as the body has. */
export const valueLimits = { textLength: 16_384, elements: 1_000, extensionBytes: 1_048_576, extensionDepth: 12 }

const failure = (message: string): AppError => invalid(message, 'invalidValue')

export const isObject = (value: unknown): value is JsonObject => isRecord(value)

/**
 * The canonical form of an attribute's value, or undefined for "not assigned" (null, "", [], {}; RFC 7643 §2.5).
 * @throws AppError invalid with reason `invalidValue` where the value cannot be of the attribute's type
 */
export function canonicalValue(definition: AttributeDefinition, value: Json | undefined): Json | undefined {
  if (value === undefined || value === null || value === '') return undefined
  if (!definition.multiValued) {
    const isList = definition.type === 'complex' && Array.isArray(value)
    return canonicalSingle(definition, isList ? onlyElement(value) : value)
  }
  // OneLogin's templates may make `emails` a single object.
  const given = Array.isArray(value) ? value : [value]
  const elements = isOrnament(definition) ? given.slice(0, valueLimits.elements) : given
  if (elements.length > valueLimits.elements) {
    throw failure(`${definition.name} has more than ${valueLimits.elements} values`)
  }
  const canonical = elements
    .map((element) => canonicalElement(definition, element))
    .filter((each) => each !== undefined)
  return canonical.length === 0 ? undefined : withOnePrimary(canonical)
}

/** What identifies nobody and decides about nothing: a person is not refused for it. */
const isOrnament = ({ name }: AttributeDefinition): boolean => name === 'photos' || name === 'x509Certificates'

/** By what nobody is found, compared or told apart: its texts are as long as the body lets them be. */
const decorations = new Set<AttributeDefinition>(
  [
    ...['nickName', 'title', 'profileUrl', 'userType', 'preferredLanguage', 'locale', 'timezone', 'name', 'addresses'],
    ...['phoneNumbers', 'ims', 'photos', 'entitlements', 'roles', 'x509Certificates'],
  ]
    .map((name) => userSchema.attributes.get(name.toLowerCase()))
    .concat([...(userSchema.extensions.get(enterpriseSchemaId.toLowerCase())?.attributes.values() ?? [])])
    .filter((attribute) => attribute !== undefined && attribute.name !== 'manager')
    .flatMap((attribute) => (attribute === undefined ? [] : [attribute, ...(attribute.subAttributes ?? [])])),
)

/** One element of a multi-valued attribute; undefined for none, and for an ornament that cannot be read. */
export function canonicalElement(definition: AttributeDefinition, element: Json): Json | undefined {
  if (element === null || element === '') return undefined
  try {
    return canonicalSingle(definition, element)
  } catch (error) {
    if (isOrnament(definition)) return undefined
    throw error
  }
}

/** Whether a list of ornaments has more elements than are kept. */
export const isCutOrnament = (definition: AttributeDefinition, elements: readonly Json[]): boolean =>
  isOrnament(definition) && elements.length > valueLimits.elements

/** Whether an element says something that is passed over, since it cannot be read. */
export const isDroppedOrnament = (definition: AttributeDefinition, element: Json): boolean =>
  isOrnament(definition) && element !== null && element !== '' && canonicalElement(definition, element) === undefined

// `manager` may come as an array of one.
function onlyElement(value: Json[]): Json | undefined {
  if (value.length > 1) throw failure('A single value is expected, not several')
  return value[0]
}

function canonicalSingle(definition: AttributeDefinition, value: Json | undefined): Json | undefined {
  if (value === undefined || value === null || value === '') return undefined
  switch (definition.type) {
    case 'complex':
      return canonicalComplex(definition, value)
    case 'boolean':
      return canonicalBoolean(definition.name, value)
    case 'decimal':
    case 'integer':
      return canonicalNumber(definition.name, value)
    default:
      return canonicalText(definition, value)
  }
}

/**
 * A complex value with what another one says of it (RFC 7644 §3.5.2.3): the sub-attributes given are set, or unassigned where
 * they come as null; all others stay. Undefined where nothing is left.
 * @throws AppError invalid
 */
export function mergedComplex(
  definition: AttributeDefinition,
  current: JsonObject,
  value: Json,
): JsonObject | undefined {
  const given = canonicalComplex(definition, value)
  const unassigned = unassignedIn(definition, value)
  const kept = Object.entries(current).filter(([name]) => !unassigned.includes(name))
  const merged = { ...Object.fromEntries(kept), ...given }
  return Object.keys(merged).length === 0 ? undefined : merged
}

/** The sub-attributes that a complex value names without a value. */
export const unassignedIn = (definition: AttributeDefinition, value: Json): string[] =>
  isObject(value)
    ? subAttributesIn(definition, value)
        .filter(([sub, raw]) => canonicalValue(sub, raw) === undefined)
        .map(([sub]) => sub.name)
    : []

function canonicalText(definition: AttributeDefinition, text: Json): string {
  const { name, type } = definition
  if (typeof text !== 'string') throw failure(`${name} must be text`)
  // Pictures and certificates come inside of data URLs and Base64, as long as the body may be.
  if (type === 'string' && !decorations.has(definition) && text.length > valueLimits.textLength)
    throw failure(`${name} is longer than ${valueLimits.textLength} characters`)
  // Half a surrogate pair is no character; it would be stored as another one.
  if (!text.isWellFormed()) throw failure(`${name} has a broken character`)
  return text
}

// Entra sends `active` as the string "False"; RFC 7643 §4.1.1 wants a boolean. Accept both, store a boolean.
function canonicalBoolean(name: string, value: Json): boolean {
  if (typeof value === 'boolean') return value
  const text = typeof value === 'string' ? value.toLowerCase() : undefined
  if (text === 'true' || text === 'false') return text === 'true'
  throw failure(`${name} must be true or false`)
}

function canonicalNumber(name: string, value: Json): number {
  if (typeof value === 'number') return value
  throw failure(`${name} must be a number`)
}

function canonicalComplex(definition: AttributeDefinition, value: Json): JsonObject | undefined {
  const object = typeof value === 'string' ? fromText(definition, value) : value
  if (!isObject(object)) throw failure(`${definition.name} must be an object`)
  const canonical: JsonObject = {}
  for (const [sub, raw] of subAttributesIn(definition, object)) {
    const subValue = canonicalValue(sub, raw)
    if (subValue !== undefined) canonical[sub.name] = subValue
  }
  return Object.keys(canonical).length === 0 ? undefined : expandDocument(definition, canonical)
}

// A bare string stands for the `value`: Entra's manager, WSO2's emails.
function fromText(definition: AttributeDefinition, text: string): JsonObject {
  if (subAttributeOf(definition, 'value') === undefined) throw failure(`${definition.name} must be an object`)
  return { value: text }
}

/** The known sub-attributes of an object; unknown ones are dropped. @throws AppError where a name comes twice */
function subAttributesIn(definition: AttributeDefinition, object: JsonObject): [AttributeDefinition, Json][] {
  const found = new Map<string, [AttributeDefinition, Json]>()
  for (const [name, value] of Object.entries(object)) {
    const sub = subAttributeOf(definition, name)
    if (sub === undefined) continue
    if (found.has(sub.name)) throw invalid(`${definition.name}.${sub.name} is given twice`, 'invalidSyntax')
    found.set(sub.name, [sub, value])
  }
  return [...found.values()]
}

// Entra's AppRoleAssignmentsComplex sends each role as a JSON document in a string.
function expandDocument(definition: AttributeDefinition, element: JsonObject): JsonObject {
  const { value } = element
  if (definition.name !== 'roles' || typeof value !== 'string' || !value.startsWith('{')) return element
  const document = parseObject(value)
  if (typeof document?.['value'] !== 'string') return element
  const display = document['displayName']
  return { ...element, value: document['value'], ...(typeof display === 'string' ? { display } : {}) }
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const parsed = parseJson(text)
    return isObject(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

/** RFC 7643 §2.4: `primary` true at most once; the first one that says so keeps it. */
export function withOnePrimary(elements: Json[], keep?: Json): Json[] {
  const isPrimary = (element: Json): boolean => isObject(element) && element['primary'] === true
  const chosen = keep !== undefined && isPrimary(keep) ? keep : elements.find(isPrimary)
  return elements.map((element) =>
    element !== chosen && isObject(element) && isPrimary(element) ? { ...element, primary: false } : element,
  )
}

/** An extension that the schema does not know is kept as it came, within bounds. @throws AppError invalid */
export function boundedExtension(urn: string, value: Json): Json {
  if (urn.length > 256) throw failure('The name of an extension is too long')
  if (depthOf(value) > valueLimits.extensionDepth) throw failure('An extension is nested too deeply')
  if (JSON.stringify(value).length > valueLimits.extensionBytes) throw failure('An extension is too large')
  return value
}

// Level by level, so that no depth can exhaust the stack.
function depthOf(value: Json): number {
  let level: Json[] = [value]
  let depth = 0
  while (level.length > 0 && depth <= valueLimits.extensionDepth) {
    level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []))
    depth += 1
  }
  return depth
}
