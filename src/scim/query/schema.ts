// The schema that the names of a request are resolved against: the standard one, and what the directory uses beside it where a name
// asks for that.
import { type ExtensionAttribute, listExtensionAttributes } from '#directory/extension-attributes.ts'
import type { FilterNode } from '#directory/filter/filter.ts'
import { isOfKnown, type ResourceSchema, resolveExtension, resolveName } from '#directory/schema/attributes.ts'
import { isObject, type Json, type JsonObject } from '#directory/schema/canonical.ts'
import { extendedSchema } from '#directory/schema/extended.ts'
import { invalid } from '#platform/errors.ts'
import type { CallContext } from '#src/context.ts'
import type { Operation } from '../patch/operations.ts'
import type { ListRequest } from './list.ts'

const isStandard = (schema: ResourceSchema, name: string): boolean =>
  resolveName(schema, name) !== undefined || resolveExtension(schema, name) !== undefined || isOfKnown(schema, name)

/** For whom names are looked up. */
type Asker = { ctx: CallContext; directoryId: string }

/** The schema itself where all of the names are of it; otherwise with the directory's extensions, which are read for it. */
export async function schemaFor(
  { ctx, directoryId }: Asker,
  schema: ResourceSchema,
  names: readonly string[],
): Promise<ResourceSchema> {
  if (names.every((name) => isStandard(schema, name.trim()))) return schema
  const declared = await listExtensionAttributes(ctx, directoryId)
  return extendedSchema(schema, declaredFor(declared, schema))
}

/**
 * An extension's own name with a text in the place of its object. Taken as an attribute of an extension with a shorter name, it
 * would change what that name means for everybody.
 * @throws AppError invalid (`invalidValue`) where the directory has such an extension
 */
export async function refuseTextForExtension(
  { ctx, directoryId }: Asker,
  schema: ResourceSchema,
  members: JsonObject,
): Promise<void> {
  const texts = Object.entries(members).filter(([name, value]) => isForeign(schema, name) && !isPlaced(value))
  if (texts.length === 0) return
  const declared = declaredFor(await listExtensionAttributes(ctx, directoryId), schema)
  const known = new Set(declared.map(({ urn }) => urn.toLowerCase()))
  const wrong = texts.find(([name]) => known.has(name.toLowerCase()))
  if (wrong !== undefined) throw invalid(`${wrong[0].slice(0, 120)} must be an object`, 'invalidValue')
}

const isForeign = (schema: ResourceSchema, name: string): boolean =>
  name.toLowerCase().startsWith('urn:') && !isStandard(schema, name)

const isPlaced = (value: Json): boolean => isObject(value) || value === null || value === ''

/** Those that the resources of a schema have. */
export const declaredFor = (declared: readonly ExtensionAttribute[], { kind }: ResourceSchema): ExtensionAttribute[] =>
  declared.filter(({ resource }) => resource === kind)

/** The names that a list request uses, from the top of the resource. */
export const namesOfList = ({ filter, sortBy, attributes, excludedAttributes }: ListRequest): string[] => [
  ...(filter === undefined ? [] : namesOfFilter(filter)),
  ...(sortBy === undefined ? [] : [sortBy]),
  ...(attributes ?? []),
  ...(excludedAttributes ?? []),
]

function namesOfFilter(node: FilterNode): string[] {
  if ('parts' in node) return node.parts.flatMap(namesOfFilter)
  return node.kind === 'not' ? namesOfFilter(node.part) : [node.name]
}

/**
 * The operations with full names in place of bare ones that only an extension of the directory has, and with an object that is
 * given to an attribute of such an extension in the place of that attribute, not as an extension of a longer name.
 * @throws AppError invalid (`invalidValue`) where an extension is given a text
 */
export async function withFullNames(
  asker: Asker,
  schema: ResourceSchema,
  operations: Operation[],
): Promise<Operation[]> {
  for (const { op, path, value } of operations) {
    if (op === 'remove') continue
    const members = path === undefined ? value : { [path]: value ?? null }
    if (isObject(members)) await refuseTextForExtension(asker, schema, members)
  }
  return withBareNames(asker, schema, await withPlacedObjects(asker, schema, operations))
}

async function withPlacedObjects(asker: Asker, schema: ResourceSchema, operations: Operation[]): Promise<Operation[]> {
  const paths = operations.flatMap(({ path, value }) =>
    path !== undefined && isObject(value) && isForeign(schema, path) ? [path] : [],
  )
  if (paths.length === 0) return operations
  const extended = await schemaFor(asker, schema, paths)
  return operations.map((operation) => {
    const { path, value } = operation
    const found = path !== undefined && isObject(value) ? resolveName(extended, path) : undefined
    if (path === undefined || found?.extension === undefined || !isForeign(schema, path)) return operation
    const { extension, attribute, sub } = found
    return {
      ...operation,
      path: extension,
      value: { [attribute.name]: sub === undefined ? (value ?? null) : { [sub.name]: value ?? null } },
    }
  })
}

async function withBareNames(asker: Asker, schema: ResourceSchema, operations: Operation[]): Promise<Operation[]> {
  const names = operations.flatMap(namesOfOperation).filter((name) => !name.toLowerCase().startsWith('urn:'))
  const extended = await schemaFor(asker, schema, names)
  if (extended === schema) return operations
  const full = (name: string): string => {
    const extension = resolveName(schema, name) === undefined ? resolveName(extended, name)?.extension : undefined
    return extension === undefined || name.toLowerCase().startsWith('urn:') ? name : `${extension}:${name}`
  }
  return operations.map((operation) => {
    if (operation.path !== undefined) return { ...operation, path: full(operation.path) }
    if (!isObject(operation.value)) return operation
    const value = Object.fromEntries(Object.entries(operation.value).map(([name, given]) => [full(name), given]))
    return { ...operation, value }
  })
}

/** Names before the bracket of a value path. */
const namesOfOperation = ({ path, value }: Operation): string[] =>
  (path === undefined ? (isObject(value) ? Object.keys(value) : []) : [path]).map(
    (name) => name.split(/[\s[]/, 1)[0] ?? '',
  )
