// /directories/{id}/clients
import { z } from '@hono/zod-openapi'
import { createDirectoryClient, revokeDirectoryClient } from '#connections/directories/change-directory-clients.ts'
import { listDirectoryClients } from '#connections/directories/directory-clients.ts'
import { rotateDirectoryClient } from '#connections/directories/rotate-directory-client.ts'
import { idParam, jsonAnswer, jsonBody, newRoutes, noContent, operationsOf } from '../contract/routes.ts'
import { time, timeInput } from '../contract/schemas.ts'

const kinds = ['secret', 'private_key_jwt', 'entra'] as const

const Client = z
  .object({
    id: z.string(),
    directoryId: z.string(),
    name: z.string(),
    kind: z.enum(kinds),
    settings: z.record(z.string(), z.unknown()).openapi({ description: 'Public keys, or tenant and audience' }),
    createdAt: time,
    expiresAt: time.nullable(),
    revokedAt: time.nullable(),
    lastUsedAt: time.nullable().openapi({ description: 'When one of its access tokens was last used' }),
  })
  .openapi('DirectoryClient')

const NewClient = Client.extend({
  clientSecret: z.string().nullable().openapi({ description: 'Of the kind secret; shown this once' }),
}).openapi('NewDirectoryClient')

const publicKeys = z.array(z.record(z.string(), z.unknown())).openapi({ description: 'Public keys (RFC 7517)' })

const common = { name: z.string(), expiresAt: timeInput.nullish() }

const Input = z.discriminatedUnion('kind', [
  z.strictObject({ ...common, kind: z.literal('secret') }),
  z.strictObject({
    ...common,
    kind: z.literal('private_key_jwt'),
    keys: publicKeys,
  }),
  z.strictObject({
    ...common,
    kind: z.literal('entra'),
    tenantId: z.string(),
    audience: z
      .string()
      .optional()
      .openapi({ description: 'That of applications outside of the gallery, if not said' }),
    applicationId: z.string().optional().openapi({ description: 'Takes tokens of this application alone' }),
  }),
])

const operation = operationsOf('Directories')

const listRoute = operation('get', '/directories/{id}/clients', 'listDirectoryClients', {
  summary: 'List the clients that get access tokens for a directory, revoked ones too',
  request: { params: idParam },
  responses: { 200: jsonAnswer(z.object({ items: z.array(Client) }), 'The clients') },
})

const createRoute = operation('post', '/directories/{id}/clients', 'createDirectoryClient', {
  summary:
    'Let a client have access tokens for a directory, by OAuth 2.0 client credentials or as a tenant of Entra ID',
  request: { params: idParam, body: jsonBody(Input) },
  responses: { 201: jsonAnswer(NewClient, 'The client') },
})

const clientParam = idParam.extend({ clientId: z.string().openapi({ description: 'The id of the client' }) })

const rotateRoute = operation('post', '/directories/{id}/clients/{clientId}/rotate', 'rotateDirectoryClient', {
  summary:
    'Replace the secret or the public keys of a client; the old ones and their access tokens are refused at once',
  request: {
    params: clientParam,
    body: jsonBody(
      z.strictObject({
        keys: publicKeys.optional().openapi({ description: 'Of a client of the kind private_key_jwt' }),
      }),
    ),
  },
  responses: { 200: jsonAnswer(NewClient, 'The client, with its new secret') },
})

const revokeRoute = operation('delete', '/directories/{id}/clients/{clientId}', 'revokeDirectoryClient', {
  summary: 'Revoke a client; its access tokens are refused from the next request on',
  request: { params: clientParam },
  responses: { 204: noContent('The client is revoked') },
})

export const directoryClientRoutes = newRoutes()
  .openapi(listRoute, async (c) =>
    c.json({ items: await listDirectoryClients(c.get('ctx'), c.req.valid('param').id) }, 200),
  )
  .openapi(createRoute, async (c) => {
    const input = { directoryId: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json(await createDirectoryClient(c.get('ctx'), input as Parameters<typeof createDirectoryClient>[1]), 201)
  })
  .openapi(rotateRoute, async (c) => {
    const { id: directoryId, clientId } = c.req.valid('param')
    const input = { directoryId, clientId, ...c.req.valid('json') }
    return c.json(await rotateDirectoryClient(c.get('ctx'), input as Parameters<typeof rotateDirectoryClient>[1]), 200)
  })
  .openapi(revokeRoute, async (c) => {
    const { id: directoryId, clientId } = c.req.valid('param')
    await revokeDirectoryClient(c.get('ctx'), { directoryId, clientId })
    return c.body(null, 204)
  })
