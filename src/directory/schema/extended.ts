// A schema with the extensions that a directory uses beside the standard ones, as it has sent or registered them.
import type { ResourceSchema } from './attributes.ts'
import type { AttributeDefinition, AttributeType, SchemaDocument } from './definitions.ts'

/** `name` is a path for a sub-attribute: `door.front`. */
export type DeclaredAttribute = {
  urn: string
  name: string
  type: AttributeType
  multiValued: boolean
  isGiven: boolean
}

/** The schema, and the extensions of the declared attributes. */
export function extendedSchema(schema: ResourceSchema, declared: readonly DeclaredAttribute[]): ResourceSchema {
  const own = documentsIn(declared).map(({ id, attributes }) => {
    const byName = new Map(attributes.map((attribute) => [attribute.name.toLowerCase(), attribute]))
    return [id.toLowerCase(), { id, attributes: byName }] as const
  })
  return { ...schema, extensions: new Map([...own, ...schema.extensions]) }
}

/** A schema document for each extension (RFC 7643 §7: sub-attributes are of complex ones alone). */
export const documentsOf = (declared: readonly DeclaredAttribute[]): SchemaDocument[] =>
  documentsIn(declared).map((document) => ({ ...document, attributes: document.attributes.map(published) }))

function published({ isInferred: _, subAttributes, ...attribute }: AttributeDefinition): AttributeDefinition {
  if (attribute.type !== 'complex') return attribute
  return { ...attribute, subAttributes: (subAttributes ?? []).map(published) }
}

function documentsIn(declared: readonly DeclaredAttribute[]): SchemaDocument[] {
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
  { name, type, multiValued, isGiven }: Omit<DeclaredAttribute, 'urn'>,
  all: readonly DeclaredAttribute[],
): AttributeDefinition {
  const prefix = `${name.toLowerCase()}.`
  // One text in the place of an object takes nobody the sub-attributes of the others.
  const subs = all.filter((each) => each.name.toLowerCase().startsWith(prefix))
  const subAttributes = subs.map((sub) => definitionOf({ ...sub, name: sub.name.slice(prefix.length) }, []))
  return {
    ...{ name, type, multiValued, required: false, caseExact: false, mutability: 'readWrite', returned: 'default' },
    ...(type === 'complex' || subs.length > 0 ? { subAttributes } : {}),
    ...(isGiven ? {} : { isInferred: true as const }),
  }
}
