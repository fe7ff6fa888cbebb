// /directories/{id}/tokens
import { z } from '@hono/zod-openapi'
import { listDirectoryTokens } from '#connections/directories/directory-tokens.ts'
import { issueDirectoryToken } from '#connections/directories/issue-directory-token.ts'
import { revokeDirectoryToken } from '#connections/directories/revoke-directory-token.ts'
import { afterId, page, pageOf, pageQuery } from '../contract/paging.ts'
import { idParam, jsonAnswer, jsonBody, newRoutes, noContent, operationsOf } from '../contract/routes.ts'
import { time, timeInput } from '../contract/schemas.ts'

const Token = z
  .object({
    id: z.string(),
    directoryId: z.string(),
    lastFour: z.string(),
    createdAt: time,
    expiresAt: time.nullable(),
    revokedAt: time.nullable(),
    lastUsedAt: time.nullable(),
  })
  .openapi('DirectoryToken')

const NewToken = Token.extend({
  token: z.string().openapi({ description: 'The bearer token; shown this once' }),
}).openapi('NewDirectoryToken')

const operation = operationsOf('Directories')

const listRoute = operation('get', '/directories/{id}/tokens', 'listDirectoryTokens', {
  summary: 'List the tokens of a directory, without what could be used',
  request: { params: idParam, query: pageQuery },
  responses: { 200: jsonAnswer(pageOf(Token), 'A page of tokens') },
})

const issueRoute = operation('post', '/directories/{id}/tokens', 'issueDirectoryToken', {
  summary: 'Issue one more token; the others keep working',
  request: { params: idParam, body: jsonBody(z.strictObject({ expiresAt: timeInput.nullish() })) },
  responses: { 201: jsonAnswer(NewToken, 'The new token') },
})

const tokenParam = idParam.extend({ tokenId: z.string().openapi({ description: 'The id of the token' }) })

const revokeRoute = operation('delete', '/directories/{id}/tokens/{tokenId}', 'revokeDirectoryToken', {
  summary: 'Revoke a token; it is refused from the next request on',
  request: { params: tokenParam },
  responses: { 204: noContent('The token is revoked') },
})

export const directoryTokenRoutes = newRoutes()
  .openapi(listRoute, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const input = { directoryId: c.req.valid('param').id, after: afterId(cursor, 'tok'), limit: limit + 1 }
    const rows = await listDirectoryTokens(c.get('ctx'), input)
    return c.json(page(rows, limit), 200)
  })
  .openapi(issueRoute, async (c) => {
    const input = { directoryId: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json(await issueDirectoryToken(c.get('ctx'), input), 201)
  })
  .openapi(revokeRoute, async (c) => {
    const { id: directoryId, tokenId } = c.req.valid('param')
    await revokeDirectoryToken(c.get('ctx'), { directoryId, tokenId })
    return c.body(null, 204)
  })
