// Applications of the platform: whom they serve, for its keys; and for an organization, which of them it is served by. Their addresses
// and secrets are those of any application (applications.ts).
import { z } from '@hono/zod-openapi'
import {
  listPlatformApplications,
  switchPlatformApplication,
} from '#access/platform/applications/platform-applications.ts'
import { getApplicationTerms, setApplicationTerms } from '#access/platform/applications/terms.ts'
import { given } from '#platform/input.ts'
import { idParam, jsonAnswer, jsonBody, newRoutes, operationsOf, problem } from '../contract/routes.ts'

const terms = {
  reach: z.enum(['all', 'only', 'except']).openapi({ description: 'Which organizations it serves' }),
  organizationIds: z.array(z.string()),
  isOptional: z.boolean().openapi({ description: 'Whether organizations may switch it off for themselves' }),
}

const Terms = z.object(terms).openapi('ApplicationTerms')

const PlatformApplication = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(['confidential', 'public']),
    isOptional: terms.isOptional,
    isOn: z.boolean(),
  })
  .openapi('PlatformApplication')

const operation = operationsOf('Platform applications')

const termsRoute = operation('get', '/platform/applications/{id}/terms', 'getApplicationTerms', {
  summary: 'Read whom an application of the platform serves; platform keys alone',
  request: { params: idParam },
  responses: { 200: jsonAnswer(Terms, 'The terms') },
})

const setTermsRoute = operation('patch', '/platform/applications/{id}/terms', 'setApplicationTerms', {
  summary: 'Change whom an application of the platform serves; platform keys alone',
  description: 'What it holds of organizations that it no longer serves is deleted permanently',
  request: { params: idParam, body: jsonBody(z.strictObject(terms).partial()) },
  responses: {
    200: jsonAnswer(Terms, 'The terms as they are now'),
    403: problem('The key lacks the scope applications.write'),
  },
})

const listRoute = operation('get', '/platform-applications', 'listPlatformApplications', {
  summary: 'List the applications of the platform that serve the organization',
  responses: { 200: jsonAnswer(z.object({ items: z.array(PlatformApplication) }), 'All of them') },
})

const switchRoute = operation('patch', '/platform-applications/{id}', 'switchPlatformApplication', {
  summary: 'Switch an application of the platform off or on, for the organization alone',
  request: { params: idParam, body: jsonBody(z.strictObject({ isOn: z.boolean() })) },
  responses: { 200: jsonAnswer(PlatformApplication, 'The application as it is now') },
})

export const platformApplicationRoutes = newRoutes()
  .openapi(termsRoute, async (c) => c.json(await getApplicationTerms(c.get('ctx'), c.req.valid('param').id), 200))
  .openapi(setTermsRoute, async (c) =>
    c.json(await setApplicationTerms(c.get('ctx'), c.req.valid('param').id, given(c.req.valid('json'))), 200),
  )
  .openapi(listRoute, async (c) => c.json({ items: await listPlatformApplications(c.get('ctx')) }, 200))
  .openapi(switchRoute, async (c) => {
    const applicationId = c.req.valid('param').id
    return c.json(await switchPlatformApplication(c.get('ctx'), { applicationId, ...c.req.valid('json') }), 200)
  })
