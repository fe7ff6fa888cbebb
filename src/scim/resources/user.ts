// Between a SCIM User (RFC 7643 §4.1) and what the directory keeps of a user.

import { userSchema } from '#directory/schema/attributes.ts'
import type { Json, JsonObject } from '#directory/schema/canonical.ts'
import { enterpriseSchemaId, userSchemaId, validateAttribute } from '#directory/schema/definitions.ts'
import type { UserContent } from '#directory/user-content.ts'
import { isActive, type UserRecord } from '#directory/users.ts'
import { visibleName } from '#directory/visible-name.ts'
import { invalid } from '#platform/errors.ts'
import type { Urls } from '#platform/urls.ts'
import { type Document, documentFromBody } from '../patch/document.ts'

/** The writable document of a user, as PATCH sees it, without `active`: what it holds of that afterwards was said. */
export function documentOfUser(user: UserRecord): Document {
  const { userName, externalId, displayName } = user
  return {
    ...(user.attributes as JsonObject),
    userName,
    ...(externalId === null ? {} : { externalId }),
    ...(displayName === null ? {} : { displayName }),
  }
}

/** What a POST or PUT body says of a user. @throws AppError invalid */
export const contentFromBody = (body: JsonObject): UserContent =>
  contentFromDocument(documentFromBody(userSchema, body), {})

/**
 * @param before the document that is changed; only what differs from it is held against the schema
 * @throws AppError invalid with reason `invalidValue`
 */
export function contentFromDocument(document: Document, before: Document): UserContent {
  validate(document, before)
  const { userName, externalId, displayName, active, ...attributes } = document
  return {
    userName: visibleName('userName', userName).normalize('NFC'),
    externalId: optionalText(externalId),
    displayName: optionalText(displayName),
    // Nothing said (removed, null, left out, as OneLogin does) neither brings anybody back nor switches anybody off.
    isActive: typeof active === 'boolean' ? active : undefined,
    attributes,
  }
}

const optionalText = (value: Json | undefined): string | null => (typeof value === 'string' ? value : null)

// Kept as they come, whatever their length and form: a person is not refused for them.
const ornaments = new Set(['photos', 'x509Certificates'])

function validate(document: Document, before: Document): void {
  for (const [name, value] of Object.entries(document)) {
    if (value === before[name]) continue
    if (name === enterpriseSchemaId) validateAll(enterpriseSchemaId, value as JsonObject)
    else if (!ornaments.has(name) && userSchema.attributes.has(name.toLowerCase()))
      validateAll(userSchemaId, { [name]: value })
  }
}

function validateAll(schemaId: string, attributes: JsonObject): void {
  try {
    for (const [name, value] of Object.entries(attributes)) validateAttribute(schemaId, name, value)
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : 'A value is not valid', 'invalidValue')
  }
}

/** The resource as it is answered, before attributes are selected. */
export function userResource(user: UserRecord, urls: Urls, directoryId: string): JsonObject {
  const { userName, externalId, displayName, groups } = user
  const attributes = user.attributes as JsonObject
  const extensions = Object.keys(attributes).filter((name) => name.includes(':'))
  return {
    schemas: [userSchemaId, ...extensions],
    id: user.id,
    ...(externalId === null ? {} : { externalId }),
    userName,
    ...(displayName === null ? {} : { displayName }),
    active: isActive(user),
    ...attributes,
    ...(groups.length === 0 ? {} : { groups: groups.map((group) => groupReference(group, urls, directoryId)) }),
    meta: metaOf('User', user, urls.scimUser(directoryId, user.id)),
  }
}

const groupReference = (group: UserRecord['groups'][number], urls: Urls, directoryId: string): JsonObject => ({
  value: group.id,
  $ref: urls.scimGroup(directoryId, group.id),
  display: group.displayName,
  type: 'direct',
})

/** RFC 7643 §3.1 meta; the version is the weak entity tag of RFC 7644 §3.14. */
export const metaOf = (
  resourceType: 'User' | 'Group',
  row: { createdAt: string; updatedAt: string; version: number },
  location: string,
): JsonObject => ({
  resourceType,
  created: row.createdAt,
  lastModified: row.updatedAt,
  location,
  version: entityTag(row.version),
})

export const entityTag = (version: number): string => `W/"${version}"`
