// Discovery (RFC 7644 §4; RFC 7643 §5–§7): what this server supports, exactly.

import type { ExtensionAttribute } from '#directory/extension-attributes.ts'
import { groupSchema, type ResourceSchema, userSchema } from '#directory/schema/attributes.ts'
import type { JsonObject } from '#directory/schema/canonical.ts'
import {
  enterpriseSchemaId,
  groupSchemaId,
  schemaDocuments as scimSchemas,
  userSchemaId,
} from '#directory/schema/definitions.ts'
import { documentsOf } from '#directory/schema/extended.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { bulkLimits } from './bulk/operations.ts'
import { cursorTimeoutSeconds } from './query/cursor.ts'
import { pageLimits } from './query/list.ts'
import { declaredFor } from './query/schema.ts'

const core = 'urn:ietf:params:scim:schemas:core:2.0'

function serviceProviderConfig(base: string): JsonObject {
  return {
    schemas: [`${core}:ServiceProviderConfig`],
    patch: { supported: true },
    bulk: { supported: true, maxOperations: bulkLimits.operations, maxPayloadSize: bulkLimits.payload },
    filter: { supported: true, maxResults: pageLimits.maximumSize },
    changePassword: { supported: false },
    sort: { supported: true },
    etag: { supported: true },
    pagination: {
      cursor: true,
      index: true,
      defaultPaginationMethod: 'index',
      defaultPageSize: pageLimits.defaultSize,
      maxPageSize: pageLimits.maximumSize,
      cursorTimeout: cursorTimeoutSeconds,
    },
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'Bearer token',
        description: 'The token of the directory, sent as "Authorization: Bearer"',
        specUri: 'https://www.rfc-editor.org/info/rfc6750',
        primary: true,
      },
      {
        type: 'oauth2',
        name: 'OAuth 2.0 client credentials',
        description: 'An access token of /oauth2/token below the base URL, by secret or private_key_jwt',
        specUri: 'https://www.rfc-editor.org/info/rfc6749',
        primary: false,
      },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
  }
}

function resourceTypes(base: string, own: readonly ExtensionAttribute[]): JsonObject[] {
  const ownOf = (schema: ResourceSchema): string[] => documentsOf(declaredFor(own, schema)).map(({ id }) => id)
  const type = (id: string, schema: string, description: string, extensions: string[]): JsonObject => ({
    schemas: [`${core}:ResourceType`],
    id,
    name: id,
    description,
    endpoint: `/${id}s`,
    schema,
    schemaExtensions: extensions.map((extension) => ({ schema: extension, required: false })),
    meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/${id}` },
  })
  return [
    type('User', userSchemaId, 'People', [enterpriseSchemaId, ...ownOf(userSchema)]),
    type('Group', groupSchemaId, 'Groups of people and of other groups', ownOf(groupSchema)),
  ]
}

const schemas = (base: string, own: readonly ExtensionAttribute[]): JsonObject[] =>
  [...scimSchemas, ...documentsOf(own)].map((document) => ({
    ...(document as unknown as JsonObject),
    meta: { resourceType: 'Schema', location: `${base}/Schemas/${document.id}` },
  }))

const lists = { ResourceTypes: resourceTypes, Schemas: schemas }

/** RFC 7644 §3.4.2: lists are ListResponses, also these. */
export const listResponse = (resources: JsonObject[], extra: JsonObject = {}): JsonObject => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
  totalResults: resources.length,
  itemsPerPage: resources.length,
  startIndex: 1,
  ...extra,
  Resources: resources,
})

export type DiscoveryPath = 'ServiceProviderConfig' | 'ResourceTypes' | 'Schemas'

/** @param own what the directory uses beside the standard schemas. @throws AppError not_found for an unknown id */
export function discover(
  path: DiscoveryPath,
  id: string | undefined,
  base: string,
  own: readonly ExtensionAttribute[],
): JsonObject {
  if (path === 'ServiceProviderConfig') return serviceProviderConfig(base)
  const resources = lists[path](base, own)
  if (id === undefined) return listResponse(resources)
  const found = resources.find((resource) => String(resource['id']).toLowerCase() === id.toLowerCase())
  if (found === undefined) throw notFound(path === 'Schemas' ? 'Schema' : 'Resource type')
  return found
}

/** RFC 7644 §4: a filter on a discovery endpoint is refused with 403. @throws AppError forbidden */
export function refuseFilter(query: URLSearchParams): void {
  if (query.has('filter')) throw new AppError('forbidden', 'Discovery cannot be filtered')
}

/** The documents as published in schemas/scim, for a base URL of `/scim/v2/{directoryId}`. */
export function schemaDocuments(): { name: string; document: unknown }[] {
  const base = '/scim/v2/{directoryId}'
  return [
    { name: 'service-provider-config', document: serviceProviderConfig(base) },
    { name: 'resource-types', document: listResponse(resourceTypes(base, [])) },
    { name: 'schemas', document: listResponse(schemas(base, [])) },
  ]
}
