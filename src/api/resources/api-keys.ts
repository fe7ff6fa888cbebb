// /api-keys
import { z } from '@hono/zod-openapi'
import { issueApiKey, listApiKeys, revokeApiKey } from '#access/organizations/api-keys/api-keys.ts'
import { afterId, page, pageOf, pageQuery } from '../contract/paging.ts'
import { idParam, jsonAnswer, jsonBody, newRoutes, noContent, operationsOf } from '../contract/routes.ts'
import { keyScopeShape as scope, time, timeInput } from '../contract/schemas.ts'

const ApiKey = z
  .object({
    id: z.string(),
    name: z.string(),
    lastFour: z.string(),
    ...scope,
    createdAt: time,
    expiresAt: time.nullable(),
    revokedAt: time.nullable(),
    lastUsedAt: time.nullable(),
  })
  .openapi('ApiKey')

const NewApiKey = ApiKey.extend({
  key: z.string().openapi({ description: 'The key; shown this once' }),
}).openapi('NewApiKey')

const operation = operationsOf('API keys')

const listRoute = operation('get', '/api-keys', 'listApiKeys', {
  summary: 'List the API keys, without what could be used',
  request: { query: pageQuery },
  responses: { 200: jsonAnswer(pageOf(ApiKey), 'A page of API keys') },
})

const issueRoute = operation('post', '/api-keys', 'issueApiKey', {
  summary: 'Issue an API key for this organization',
  request: {
    body: jsonBody(
      z.strictObject({
        name: z.string(),
        expiresAt: timeInput.nullish().openapi({ description: 'A year from now, unless said otherwise; null: never' }),
        access: scope.access.optional(),
        permissions: scope.permissions.optional(),
        brandIds: scope.brandIds.optional(),
        addressRanges: scope.addressRanges.optional(),
      }),
    ),
  },
  responses: { 201: jsonAnswer(NewApiKey, 'The new key') },
})

const revokeRoute = operation('delete', '/api-keys/{id}', 'revokeApiKey', {
  summary: 'Revoke an API key; it is refused from the next request on',
  request: { params: idParam },
  responses: { 204: noContent('The key is revoked') },
})

export const apiKeyRoutes = newRoutes()
  .openapi(listRoute, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const rows = await listApiKeys(c.get('ctx'), { after: afterId(cursor, 'key'), limit: limit + 1 })
    return c.json(page(rows, limit), 200)
  })
  .openapi(issueRoute, async (c) => c.json(await issueApiKey(c.get('ctx'), c.req.valid('json')), 201))
  .openapi(revokeRoute, async (c) => {
    await revokeApiKey(c.get('ctx'), c.req.valid('param').id)
    return c.body(null, 204)
  })
