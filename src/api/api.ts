// The management API (`/api/v1`): the OpenAPI document for everybody, everything else for holders of an API key.
import type { OpenAPIHono } from '@hono/zod-openapi'
import { notFound } from '#platform/errors.ts'
import type { ApiEnv, ApiServices } from './contract/env.ts'
import { createWaiting } from './contract/event-stream.ts'
import { requireApiKey, requireOrganization } from './contract/guard.ts'
import { idempotent } from './contract/idempotency.ts'
import { answerError, checkJson, limitBody, requireJson } from './contract/requests.ts'
import { newRoutes } from './contract/routes.ts'
import { openApiDocument } from './openapi.ts'
import { resourceRoutes } from './resources/resources.ts'

/** Where a platform key names no organization. */
const isAboveOrganizations = (path: string): boolean =>
  /\/api\/v1\/(organizations|platform|applications|audit-events|branding|events|webhooks)(\/|$)/.test(path)

export function createApi(services: ApiServices): OpenAPIHono<ApiEnv> {
  let document: string | undefined
  const waiting = createWaiting({ news: services.news, isStopping: services.isStopping ?? (() => false) })
  const api = newRoutes()
  api.onError((error, c) => answerError(services.log, error, c))
  api.get('/openapi.json', (c) => {
    // Made for whoever asks first: most servers are never asked, and it is long.
    document ??= JSON.stringify(openApiDocument())
    return c.body(document, 200, { 'Content-Type': 'application/json' })
  })
  api.use('*', requireApiKey(services), limitBody, requireJson, checkJson)
  api.use('*', (c, next) => (isAboveOrganizations(c.req.path) ? next() : requireOrganization(c, next)))
  api.use('*', (c, next) => {
    c.set('waiting', waiting)
    return next()
  })
  api.use('*', idempotent)
  for (const routes of resourceRoutes) api.route('/', routes)
  api.all('*', () => {
    throw notFound('Resource')
  })
  return api
}
