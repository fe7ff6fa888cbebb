// The OpenAPI 3.1 document of the management API, made from the routes themselves.

import { newRoutes } from './contract/routes.ts'
import { resourceRoutes } from './resources/resources.ts'

type Document = ReturnType<ReturnType<typeof newRoutes>['getOpenAPI31Document']>

/** Needs no database and no configuration, so that it can be written to a file. */
export function openApiDocument(): Document {
  const api = newRoutes()
  for (const routes of resourceRoutes) api.route('/', routes)
  api.openAPIRegistry.registerComponent('securitySchemes', 'apiKey', {
    type: 'http',
    scheme: 'bearer',
    description: 'An API key of the organization (`rck_…`), or of the platform (`rpk_…`)',
  })
  return api.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Rolecall management API',
      version: '1',
      description:
        'One API key reaches one organization; a platform key (`rpk_…`) names the one that is meant by `Rolecall-Organization`. A POST with an `Idempotency-Key` may be sent again and is done once. Failures are problem+json (RFC 9457). Lists are paged by cursor: pass `nextCursor` as `cursor` until it is null.',
      license: { name: 'Apache-2.0' },
    },
    servers: [{ url: '/api/v1' }],
  })
}
