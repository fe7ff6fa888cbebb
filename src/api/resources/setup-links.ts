// /setup-links
import { z } from '@hono/zod-openapi'
import { createSetupLink, revokeSetupLink } from '#connections/setup-links/change-setup-links.ts'
import { getSetupLink, listSetupLinks } from '#connections/setup-links/setup-links.ts'
import { afterId, page, pageOf, pageQuery } from '../contract/paging.ts'
import { idParam, jsonAnswer, jsonBody, newRoutes, noContent, operationsOf } from '../contract/routes.ts'
import { time } from '../contract/schemas.ts'

const SetupLink = z
  .object({
    id: z.string(),
    label: z.string().openapi({ description: 'For whom it was made' }),
    status: z.enum(['open', 'expired', 'revoked']),
    arrivals: z
      .enum(['active', 'staged'])
      .openapi({ description: 'Whether people of its directory wait to be let in' }),
    domains: z.array(z.string()).openapi({ description: 'E-mail domains that its holder may prove' }),
    connectionId: z.string().nullable(),
    directoryId: z.string().nullable(),
    createdBy: z.string(),
    createdAt: time,
    expiresAt: time,
    revokedAt: time.nullable(),
    lastUsedAt: time.nullable(),
  })
  .openapi('SetupLink')

export const NewSetupLink = SetupLink.extend({
  url: z.string().openapi({ description: 'The link itself; shown this once' }),
}).openapi('NewSetupLink')

const operation = operationsOf('Setup links')

const listRoute = operation('get', '/setup-links', 'listSetupLinks', {
  summary: 'List the setup links, the newest first',
  request: { query: pageQuery },
  responses: { 200: jsonAnswer(pageOf(SetupLink), 'A page of setup links') },
})

const createLinkRoute = operation('post', '/setup-links', 'createSetupLink', {
  summary: 'Make a link by which somebody without an account connects one identity provider',
  request: {
    body: jsonBody(
      z.strictObject({
        label: z.string(),
        days: z.number().int().optional(),
        arrivals: z.enum(['active', 'staged']).optional(),
        domains: z.array(z.string()).optional(),
      }),
    ),
  },
  responses: { 201: jsonAnswer(NewSetupLink, 'The new link') },
})

const getRoute = operation('get', '/setup-links/{id}', 'getSetupLink', {
  summary: 'Read a setup link',
  request: { params: idParam },
  responses: { 200: jsonAnswer(SetupLink, 'The setup link') },
})

const revokeRoute = operation('delete', '/setup-links/{id}', 'revokeSetupLink', {
  summary: 'Revoke a setup link; what it has made stays',
  request: { params: idParam },
  responses: { 204: noContent('The link no longer works') },
})

export const setupLinkRoutes = newRoutes()
  .openapi(listRoute, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const rows = await listSetupLinks(c.get('ctx'), { after: afterId(cursor, 'stp'), limit: limit + 1 })
    return c.json(page(rows, limit), 200)
  })
  .openapi(createLinkRoute, async (c) => {
    const { link, token } = await createSetupLink(c.get('ctx'), c.req.valid('json'))
    return c.json({ ...link, url: c.get('urls').page(`/setup/${token}`) }, 201)
  })
  .openapi(getRoute, async (c) => c.json(await getSetupLink(c.get('ctx'), c.req.valid('param').id), 200))
  .openapi(revokeRoute, async (c) => {
    await revokeSetupLink(c.get('ctx'), c.req.valid('param').id)
    return c.body(null, 204)
  })
