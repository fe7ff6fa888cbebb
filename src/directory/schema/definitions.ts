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
  /** Told from values alone, which may be of several types; their text is what those have in common. */
  isInferred?: true
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
// §7: canonicalValues are suggestions). What is published stays as it is; what values are held against takes any text.
const { Attribute } = SCIMMY.Types

type Validating = InstanceType<typeof Attribute>

const relaxed = ({ type, name, config, subAttributes }: Validating): Validating => {
  const references = type === 'reference' ? { referenceTypes: [''] } : {}
  const loose = { ...config, ...references, canonicalValues: false } as typeof config
  return new Attribute(type, name, loose, subAttributes?.filter((sub) => sub instanceof Attribute).map(relaxed))
}

const validating = new Map(
  Object.entries(definitions).map(([id, { attributes }]) => [
    id,
    new Map(
      attributes
        .filter((attribute) => attribute instanceof Attribute)
        .map((attribute) => [attribute.name, relaxed(attribute)] as const),
    ),
  ]),
)

/**
 * Holds a canonical value against its definition.
 * @throws TypeError saying what is wrong with it
 */
export function validateAttribute(schemaId: string, name: string, value: unknown): void {
  validating.get(schemaId)?.get(name)?.coerce(value, 'in')
}
