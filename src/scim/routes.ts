// The SCIM 2.0 service provider, mounted at /scim/v2: one base URL per directory.
import { type Context, Hono } from 'hono'
import { listExtensionAttributes } from '#directory/extension-attributes.ts'
import { notFound } from '#platform/errors.ts'
import { answer, answerText, queryOf } from './answers.ts'
import { bodyLimits, readBody } from './body.ts'
import { createBulk } from './bulk.ts'
import { type DiscoveryPath, discover, refuseFilter } from './discovery.ts'
import { scimError } from './errors.ts'
import { groups } from './groups.ts'
import { requireDirectoryToken, type ScimEnv, type ScimServices } from './guard.ts'
import { answerRootSearch } from './lists.ts'
import { meOfDirectory, meOfPerson } from './me.ts'
import { onlyBy } from './methods.ts'
import { provisioningLog } from './provisioning-log.ts'
import { listRequestFromBody } from './query/list.ts'
import { createTokenEndpoint } from './token.ts'
import { users } from './users.ts'

/** A base URL that was saved with a slash at its end makes two in a row, and so do templates that end in one (wire 13). */
export const scimPath = (path: string): string =>
  path.includes('//') && /^\/+scim\//.test(path) ? path.replaceAll(/\/{2,}/g, '/').replace(/\/$/, '') : path

/** @returns an app to be mounted at `/scim/v2` */
export function createScim(services: ScimServices): Hono<ScimEnv> {
  const scim = new Hono<ScimEnv>({ strict: false })
  scim.onError((thrown, c) => answerError(thrown, c as Context<ScimEnv>))
  scim.route('/:directoryId/oauth2/token', createTokenEndpoint(services))
  scim.all('/:directoryId/Me', meOfPerson(services))
  scim.use('/:directoryId/*', provisioningLog(services))
  scim.use('/:directoryId/*', requireDirectoryToken(services))
  scim.use('/:directoryId', requireDirectoryToken(services))

  scim.route('/:directoryId/Users', users)
  scim.route('/:directoryId/Groups', groups)
  scim.route('/:directoryId/Bulk', createBulk(services))
  scim.all('/:directoryId/Me', meOfDirectory)
  scim.post('/:directoryId/.search', async (c) =>
    answerRootSearch(c, listRequestFromBody(await readBody(c, bodyLimits.user))),
  )
  scim.all('/:directoryId/.search', onlyBy('POST'))
  for (const path of ['ServiceProviderConfig', 'ResourceTypes', 'Schemas'] as const) {
    scim.get(`/:directoryId/${path}`, (c) => answerDiscovery(c, path, undefined))
    scim.get(`/:directoryId/${path}/:id`, (c) => answerDiscovery(c, path, c.req.param('id')))
    scim.all(`/:directoryId/${path}`, onlyBy('GET'))
    scim.all(`/:directoryId/${path}/:id`, onlyBy('GET'))
  }
  scim.all('*', () => {
    throw notFound('Endpoint')
  })
  return scim
}

async function answerDiscovery(c: Context<ScimEnv>, path: DiscoveryPath, id: string | undefined): Promise<Response> {
  const { ctx, urls, directoryId } = c.var
  const own = await listExtensionAttributes(ctx, directoryId)
  refuseFilter(queryOf(c))
  return answer(c, discover(path, id, urls.scimBase(directoryId), own))
}

function answerError(thrown: unknown, c: Context<ScimEnv>): Response {
  const { status, headers, body, error } = scimError(thrown, c.get('requestId'))
  if (error.code === 'internal' || error.code === 'unavailable') {
    const fields = { error: error.cause ?? error, code: error.code, requestId: c.get('requestId') }
    c.get('log').error(fields, 'A SCIM request failed on our side')
  }
  return answerText(c, body, status, headers)
}
