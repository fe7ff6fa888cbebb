// /applications
import { z } from '@hono/zod-openapi'
import {
  type ApplicationRecord,
  applicationKinds,
  applicationOptions,
  getApplication,
  listApplications,
} from '#access/applications/applications.ts'
import { type CreateApplicationInput, createApplication } from '#access/applications/create-application.ts'
import { deleteApplication } from '#access/applications/delete-application.ts'
import { previewClaims } from '#access/applications/preview-claims.ts'
import { rotateApplicationSecret } from '#access/applications/rotate-application-secret.ts'
import { type UpdateApplicationInput, updateApplication } from '#access/applications/update-application.ts'
import type { Urls } from '#platform/urls.ts'
import { afterId, page, pageOf, pageQuery } from '../contract/paging.ts'
import { idParam, jsonAnswer, jsonBody, newRoutes, noContent, operationsOf } from '../contract/routes.ts'
import { keyScopeShape, orNull, time } from '../contract/schemas.ts'

const status = z.enum(['active', 'disabled'])

const kind = z.enum(applicationKinds).openapi({
  description:
    '`confidential` keeps a secret on a server; `public` (single-page, mobile, command line) has none; `machine` signs nobody in',
})

const rights = z.strictObject(keyScopeShape).openapi('ApplicationRights', {
  description: 'What a machine may do, by the tokens that it gets for itself',
})

const fields = {
  name: z.string(),
  redirectUris: z.array(z.string()).openapi({
    description:
      'Where codes may be sent: https, or http on loopback; for public applications also com.example.app:/callback. Compared character by character, but for the port of a public application on loopback',
  }),
  postLogoutRedirectUris: z.array(z.string()),
  backchannelLogoutUri: z.string().nullable().openapi({ description: 'Where the end of a session is told' }),
  browserOrigins: z
    .array(z.string())
    .openapi({ description: 'Whose pages may call the endpoints for tokens; of public applications alone' }),
  isPkceRequired: z.boolean().openapi({ description: 'False for an application that knows no PKCE (RFC 7636)' }),
  idTokenAlgorithm: z
    .enum(applicationOptions.idTokenAlgorithm.options)
    .openapi({ description: 'By which keys its ID tokens and logout tokens are signed' }),
  brandsClaim: z
    .enum(applicationOptions.brandsClaim.options)
    .openapi({ description: 'How its tokens list brands: as objects with their roles, or by their slugs alone' }),
  isDeviceFlowAllowed: z
    .boolean()
    .openapi({ description: 'True for one that may sign people in on devices without a browser (RFC 8628)' }),
  isDpopRequired: z
    .boolean()
    .openapi({ description: 'True for one whose tokens are bound to a key that it proves to have (DPoP, RFC 9449)' }),
  jwks: z
    .object({ keys: z.array(z.record(z.string(), z.unknown())) })
    .nullable()
    .openapi({ description: 'Public keys by which it proves who it is, in place of its secret (RFC 7523)' }),
  jwksUri: z.string().nullable().openapi({ description: 'Where such keys are published, at a public https address' }),
  resources: z
    .array(
      z.strictObject({
        uri: z.string(),
        format: z.enum(['opaque', 'jwt']),
        lifetimeSeconds: z.number().optional().openapi({ description: '60 to 600; 300 unless said otherwise' }),
      }),
    )
    .openapi({ description: 'What it may ask access tokens for (RFC 8707), and what these look like' }),
  servedResources: z
    .array(z.string())
    .openapi({ description: 'URIs of what it serves itself: it may introspect tokens for these (RFC 7662)' }),
  accessClaims: z
    .enum(applicationOptions.accessClaims.options)
    .openapi({ description: 'Whether its tokens say organization, roles and brands unasked, or each by its scope' }),
  claimMappings: z.array(z.strictObject({ claim: z.string(), attribute: z.string() })).openapi({
    description: 'Which attribute of a person, as SCIM names it, goes into which claim, with the scope profile',
  }),
}

const Application = z
  .object({
    id: z.string(),
    kind,
    ...fields,
    rights: orNull(rights),
    status,
    clientId: z.string(),
    issuer: z.string(),
    discoveryUrl: z.string(),
    createdAt: time,
    updatedAt: time,
  })
  .openapi('Application')

const clientSecret = z.string().openapi({ description: 'The client secret; shown this once' })

const NewApplication = Application.extend({
  clientSecret: clientSecret
    .nullable()
    .openapi({ description: 'Shown this once; null for one that has none, or has keys' }),
}).openapi('NewApplication')

const NewSecret = z.object({ clientId: z.string(), clientSecret }).openapi('ApplicationSecret')

const CreateApplication = z.strictObject({
  kind: kind.optional(),
  name: fields.name,
  redirectUris: fields.redirectUris.optional(),
  postLogoutRedirectUris: fields.postLogoutRedirectUris.optional(),
  backchannelLogoutUri: fields.backchannelLogoutUri.optional(),
  browserOrigins: fields.browserOrigins.optional(),
  rights: rights.partial().optional(),
  isPkceRequired: fields.isPkceRequired.optional(),
  idTokenAlgorithm: fields.idTokenAlgorithm.optional(),
  brandsClaim: fields.brandsClaim.optional(),
  isDeviceFlowAllowed: fields.isDeviceFlowAllowed.optional(),
  isDpopRequired: fields.isDpopRequired.optional(),
  jwks: fields.jwks.optional(),
  jwksUri: fields.jwksUri.optional(),
  resources: fields.resources.optional(),
  servedResources: fields.servedResources.optional(),
  accessClaims: fields.accessClaims.optional(),
  claimMappings: fields.claimMappings.optional(),
})

const present = (urls: Urls, application: ApplicationRecord): z.infer<typeof Application> => ({
  ...application,
  clientId: application.id,
  ...urls.provider,
})

const ClaimsPreview = z
  .object({ idToken: z.record(z.string(), z.unknown()), userInfo: z.record(z.string(), z.unknown()) })
  .openapi('ApplicationClaims')

const operation = operationsOf('Applications')

const listRoute = operation('get', '/applications', 'listApplications', {
  summary: 'List the host applications',
  request: { query: pageQuery },
  responses: { 200: jsonAnswer(pageOf(Application), 'A page of applications') },
})

const createApplicationRoute = operation('post', '/applications', 'createApplication', {
  summary: 'Register a host application, which signs people in by OpenID Connect',
  request: { body: jsonBody(CreateApplication) },
  responses: { 201: jsonAnswer(NewApplication, 'The new application') },
})

const getRoute = operation('get', '/applications/{id}', 'getApplication', {
  summary: 'Read an application',
  request: { params: idParam },
  responses: { 200: jsonAnswer(Application, 'The application') },
})

const updateRoute = operation('patch', '/applications/{id}', 'updateApplication', {
  summary: 'Change an application, or switch it off and on; switched off, its tokens are deleted permanently',
  request: {
    params: idParam,
    body: jsonBody(z.strictObject({ ...fields, rights: rights.partial(), status }).partial()),
  },
  responses: { 200: jsonAnswer(Application, 'The application as it is now') },
})

const rotateRoute = operation('post', '/applications/{id}/secret', 'rotateApplicationSecret', {
  summary: 'Replace the client secret; the old one is refused at once',
  request: { params: idParam },
  responses: { 201: jsonAnswer(NewSecret, 'The new secret') },
})

const claimsRoute = operation('get', '/applications/{id}/claims', 'previewApplicationClaims', {
  summary: 'What the tokens of an application would say of a person now',
  request: {
    params: idParam,
    query: z.object({
      user: z.string().openapi({ description: 'An id or a user name' }),
      scope: z
        .string()
        .max(500)
        .optional()
        .openapi({ description: 'As the application asks; openid profile email without it' }),
    }),
  },
  responses: { 200: jsonAnswer(ClaimsPreview, 'The claims; what is too long for an ID token is in userinfo alone') },
})

const deleteRoute = operation('delete', '/applications/{id}', 'deleteApplication', {
  summary: 'Delete an application with all of its tokens',
  request: { params: idParam },
  responses: { 204: noContent('The application is gone') },
})

export const applicationRoutes = newRoutes()
  .openapi(listRoute, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const rows = await listApplications(c.get('ctx'), { after: afterId(cursor, 'app'), limit: limit + 1 })
    const presented = rows.map((row) => present(c.get('urls'), row))
    return c.json(page(presented, limit), 200)
  })
  .openapi(createApplicationRoute, async (c) => {
    const { application, clientSecret } = await createApplication(
      c.get('ctx'),
      c.req.valid('json') as CreateApplicationInput,
    )
    return c.json({ ...present(c.get('urls'), application), clientSecret }, 201)
  })
  .openapi(getRoute, async (c) => {
    return c.json(present(c.get('urls'), await getApplication(c.get('ctx'), c.req.valid('param').id)), 200)
  })
  .openapi(updateRoute, async (c) => {
    const input = { applicationId: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json(present(c.get('urls'), await updateApplication(c.get('ctx'), input as UpdateApplicationInput)), 200)
  })
  .openapi(rotateRoute, async (c) => {
    const { id } = c.req.valid('param')
    return c.json({ clientId: id, clientSecret: await rotateApplicationSecret(c.get('ctx'), id) }, 201)
  })
  .openapi(claimsRoute, async (c) => {
    const input = { applicationId: c.req.valid('param').id, ...c.req.valid('query') }
    return c.json(await previewClaims(c.get('ctx'), input), 200)
  })
  .openapi(deleteRoute, async (c) => {
    await deleteApplication(c.get('ctx'), c.req.valid('param').id)
    return c.body(null, 204)
  })
