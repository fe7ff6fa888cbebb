// A schema with the extensions that a directory uses beside the standard ones, as it has sent or registered them.
import type { ResourceSchema } from './attributes.ts'
import type { AttributeDefinition, AttributeType, SchemaDocument } from './definitions.ts'

/** `name` is a path for a sub-attribute: `door.front`. */
export type DeclaredAttribute = { urn: string; name: string; type: AttributeType; multiValued: boolean }

/** The schema, and the extensions of the declared attributes. */
export function extendedSchema(schema: ResourceSchema, declared: readonly DeclaredAttribute[]): ResourceSchema {
  const own = documentsOf(declared).map(({ id, attributes }) => {
    const byName = new Map(attributes.map((attribute) => [attribute.name.toLowerCase(), attribute]))
    return [id.toLowerCase(), { id, attributes: byName }] as const
  })
  return { ...schema, extensions: new Map([...own, ...schema.extensions]) }
}

/** A schema document for each extension (RFC 7643 §7). */
export function documentsOf(declared: readonly DeclaredAttribute[]): SchemaDocument[] {
  const byUrn = Map.groupBy(declared, ({ urn }) => urn.toLowerCase())
  return [...byUrn.values()].map((attributes) => {
    const id = attributes[0]?.urn ?? ''
    return {
      id,
      name: id.split(':').at(-1) ?? id,
      description: 'What this directory sends beside the standard schemas',
      attributes: attributes.filter(({ name }) => !name.includes('.')).map((each) => definitionOf(each, attributes)),
    }
  })
}

function definitionOf(
  { name, type, multiValued }: Omit<DeclaredAttribute, 'urn'>,
  all: readonly DeclaredAttribute[],
): AttributeDefinition {
  const prefix = `${name.toLowerCase()}.`
  const subs = type === 'complex' ? all.filter((each) => each.name.toLowerCase().startsWith(prefix)) : []
  const subAttributes = subs.map((sub) => definitionOf({ ...sub, name: sub.name.slice(prefix.length) }, []))
  return {
    ...{ name, type, multiValued, required: false, caseExact: false, mutability: 'readWrite', returned: 'default' },
    ...(type === 'complex' ? { subAttributes } : {}),
  }
}
