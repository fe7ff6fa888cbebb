// The management API (`/api/v1`): the OpenAPI document for everybody, everything else for holders of an API key.
import type { OpenAPIHono } from '@hono/zod-openapi'
import { notFound } from '#platform/errors.ts'
import type { ApiEnv, ApiServices } from './env.ts'
import { requireApiKey } from './guard.ts'
import { openApiDocument } from './openapi.ts'
import { answerError, checkJson, limitBody, requireJson } from './requests.ts'
import { resourceRoutes } from './resources/resources.ts'
import { newRoutes } from './routes.ts'

export function createApi(services: ApiServices): OpenAPIHono<ApiEnv> {
  const document = JSON.stringify(openApiDocument())
  const api = newRoutes()
  api.onError((error, c) => answerError(services.log, error, c))
  api.get('/openapi.json', (c) => c.body(document, 200, { 'Content-Type': 'application/json' }))
  api.use('*', requireApiKey(services), limitBody, requireJson, checkJson)
  for (const routes of resourceRoutes) api.route('/', routes)
  api.all('*', () => {
    throw notFound('Resource')
  })
  return api
}
