// The schemas that Rolecall serves, from scimmy's definitions (RFC 7643 §4, §8.7). scimmy describes and validates; filters,
// paths and PATCH never reach it (ADR 0005).
import SCIMMY from 'scimmy'

export const userSchemaId = 'urn:ietf:params:scim:schemas:core:2.0:User'
export const groupSchemaId = 'urn:ietf:params:scim:schemas:core:2.0:Group'
export const enterpriseSchemaId = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

export type AttributeType =
  | 'string'
  | 'complex'
  | 'boolean'
  | 'binary'
  | 'decimal'
  | 'integer'
  | 'dateTime'
  | 'reference'

export type AttributeDefinition = {
  name: string
  type: AttributeType
  multiValued: boolean
  required: boolean
  caseExact?: boolean
  mutability: 'readOnly' | 'readWrite' | 'immutable' | 'writeOnly'
  returned: 'always' | 'never' | 'default' | 'request'
  subAttributes?: AttributeDefinition[]
}

export type SchemaDocument = { id: string; name: string; description: string; attributes: AttributeDefinition[] }

const definitions = {
  [userSchemaId]: SCIMMY.Schemas.User.definition,
  [groupSchemaId]: SCIMMY.Schemas.Group.definition,
  [enterpriseSchemaId]: SCIMMY.Schemas.EnterpriseUser.definition,
}

type Definition = (typeof definitions)[keyof typeof definitions]

const documentOf = (definition: Definition): SchemaDocument => {
  const document = JSON.parse(JSON.stringify(definition.describe('/Schemas'))) as SchemaDocument
  return { ...document, attributes: document.attributes.map(withExactReferences) }
}

// Ids of users and groups are compared exactly wherever they appear.
function withExactReferences(attribute: AttributeDefinition): AttributeDefinition {
  if (attribute.name !== 'members' && attribute.name !== 'groups') return attribute
  const subAttributes = (attribute.subAttributes ?? []).map((sub) =>
    sub.name === 'value' ? { ...sub, caseExact: true } : sub,
  )
  return { ...attribute, subAttributes }
}

/** The published documents, in the order in which discovery lists them. */
export const schemaDocuments: readonly SchemaDocument[] = Object.values(definitions).map(documentOf)

// Identity providers send references that are no URLs and types that are not among the suggested ones (RFC 7643 §2.3.6,
// §7: canonicalValues are suggestions). What was published above stays as it is; for validation any text will do.
for (const definition of Object.values(definitions)) relax(definition.attributes as unknown as Relaxable[])

type Relaxable = {
  type: string
  config: { referenceTypes: string[] | false; canonicalValues: string[] | false }
  subAttributes?: Relaxable[]
}

function relax(attributes: readonly Relaxable[]): void {
  for (const { type, config, subAttributes } of attributes) {
    if (config === undefined) continue
    if (type === 'reference') config.referenceTypes = ['']
    config.canonicalValues = false
    relax(subAttributes ?? [])
  }
}

/**
 * Holds a canonical value against its definition.
 * @throws TypeError saying what is wrong with it
 */
export function validateAttribute(schemaId: string, name: string, value: unknown): void {
  const definition = definitions[schemaId as keyof typeof definitions]
  const attribute = definition.attribute(name)
  if (attribute instanceof SCIMMY.Types.Attribute) attribute.coerce(value, 'in')
}
