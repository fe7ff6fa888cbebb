// /connections
import { z } from '@hono/zod-openapi'
import { setConnectionStatus } from '#access/sign-in/connection-status.ts'
import { requireOrdinaryRole } from '#access/sign-in/default-role.ts'
import { type ConnectionView, describeConnection } from '#access/sign-in/describe-connection.ts'
import { createTestLink } from '#access/sign-in/test-links.ts'
import { presetNames } from '#connections/providers/providers.ts'
import { absentGroupsSchema, secretAuthenticationSchema } from '#connections/settings/settings.ts'
import { getConnection, listConnections } from '#connections/sign-in/connections.ts'
import { createConnection } from '#connections/sign-in/create-connection.ts'
import { refreshMetadata } from '#connections/sign-in/refresh-metadata.ts'
import { updateConnection } from '#connections/sign-in/update-connection.ts'
import { afterId, page, pageOf, pageQuery } from '../contract/paging.ts'
import { idParam, jsonAnswer, jsonBody, newRoutes, operationsOf } from '../contract/routes.ts'
import { time } from '../contract/schemas.ts'

const preset = z.enum(presetNames)
const jit = z
  .enum(['off', 'verified_domains', 'approval'])
  .openapi({ description: 'Who comes to exist by a first sign-in' })
const signed = z.enum(['either', 'assertion', 'response', 'both'])
const nameIdIsEmail = z
  .boolean()
  .openapi({ description: 'Take a NameID that looks like an e-mail address for one, whatever its format' })
const absentGroups = z.enum(absentGroupsSchema.options).openapi({
  description: 'What a message means that leaves the groups out: that people keep theirs, or that they are in none',
})
const groupSeparator = z.string().nullable().openapi({ description: 'Splits one text into groups' })
const subjectAttribute = z
  .string()
  .nullable()
  .openapi({ description: 'The attribute that names the person instead of the NameID; never given to another' })
const isCbcAllowed = z.boolean().openapi({ description: 'Take assertions encrypted by AES-CBC, for a time' })
const weakAlgorithmsUntil = time
  .nullable()
  .openapi({ description: 'When isSha1Allowed and isCbcAllowed end: 90 days from now where it is left out' })
const fields = z.array(z.object({ field: z.string(), value: z.string() }))

const Connection = z
  .object({
    id: z.string(),
    type: z.enum(['saml', 'oidc']),
    preset,
    name: z.string(),
    status: z.enum(['draft', 'tested', 'optional', 'enforced', 'disabled']),
    directoryId: z
      .string()
      .nullable()
      .openapi({ description: 'The directory that decides about this connection’s people' }),
    jit,
    defaultRoleId: z.string().nullable(),
    isIdpInitiatedAllowed: z.boolean(),
    testedAt: time.nullable(),
    refreshedAt: time.nullable(),
    createdAt: time,
    updatedAt: time,
    settings: z.record(z.string(), z.unknown()).openapi({ description: 'What depends on the type; no secrets' }),
    addresses: z.record(z.string(), z.string()).openapi({ description: 'Ours, for the provider and for links' }),
    setup: z
      .object({
        provider: z.string(),
        protocol: z.string(),
        path: z.string(),
        paste: fields,
        choose: fields,
        bringBack: z.array(z.string()),
        notes: z.array(z.string()),
      })
      .openapi({ description: 'The provider’s own screen with our values' }),
  })
  .openapi('Connection')

const present = (view: ConnectionView): z.infer<typeof Connection> => ({ ...view, addresses: { ...view.addresses } })

const operation = operationsOf('Connections')

const answer = (description: string) => jsonAnswer(Connection, description)

const common = {
  name: z.string().optional(),
  preset: preset.optional(),
  jit: jit.optional(),
  defaultRoleId: z.string().nullish(),
  directoryId: z.string().nullish(),
  absentGroups: absentGroups.optional(),
  groupSeparator: groupSeparator.optional(),
}

const NewConnection = z
  .discriminatedUnion('type', [
    z.strictObject({
      ...common,
      type: z.literal('saml'),
      metadataXml: z.string().optional(),
      metadataUrl: z.string().optional(),
      entityId: z.string().optional().openapi({ description: 'Which provider, where the metadata has several' }),
      isIdpInitiatedAllowed: z.boolean().optional(),
      signed: signed.optional(),
      isEncryptionRequired: z.boolean().optional(),
      isSha1Allowed: z.boolean().optional(),
      isCbcAllowed: isCbcAllowed.optional(),
      weakAlgorithmsUntil: weakAlgorithmsUntil.optional(),
      nameIdIsEmail: nameIdIsEmail.optional(),
      subjectAttribute: subjectAttribute.optional(),
    }),
    z.strictObject({
      ...common,
      type: z.literal('oidc'),
      issuer: z.string(),
      clientId: z.string(),
      clientSecret: z.string().optional().openapi({ writeOnly: true }),
      clientAuthentication: z.enum(['client_secret_basic', 'client_secret_post', 'private_key_jwt']).optional(),
      hostedDomains: z.array(z.string()).optional(),
    }),
  ])
  .openapi('NewConnection')

const names = z.array(z.string())

const ConnectionChange = z
  .strictObject({
    name: z.string(),
    jit,
    defaultRoleId: z.string().nullable(),
    directoryId: z.string().nullable(),
    isIdpInitiatedAllowed: z.boolean(),
    signed,
    isEncryptionRequired: z.boolean(),
    isSha1Allowed: z.boolean(),
    isCbcAllowed,
    weakAlgorithmsUntil,
    refusesExpiredCertificates: z.boolean(),
    groupSeparator,
    absentGroups,
    nameIdIsEmail,
    subjectAttribute,
    attributes: z
      .strictObject({
        email: names,
        firstName: names,
        lastName: names,
        displayName: names,
        externalId: names,
        groups: names,
        roles: names,
      })
      .partial(),
    trustCertificates: z.array(z.string()).openapi({ description: 'SHA-256 of certificates that wait for a word' }),
    hostedDomains: z.array(z.string()).nullable(),
    clientSecret: z.string().openapi({ writeOnly: true }),
    clientAuthentication: z.enum(secretAuthenticationSchema.options),
  })
  .partial()
  .openapi('ConnectionChange')

const listRoute = operation('get', '/connections', 'listConnections', {
  summary: 'List the identity providers for sign-in',
  request: { query: pageQuery },
  responses: { 200: jsonAnswer(pageOf(Connection), 'A page of connections') },
})

const createConnectionRoute = operation('post', '/connections', 'createConnection', {
  summary: 'Connect an identity provider, as a draft: it serves test sign-ins until it is opened',
  request: { body: jsonBody(NewConnection) },
  responses: { 201: answer('The new connection') },
})

const getRoute = operation('get', '/connections/{id}', 'getConnection', {
  summary: 'Read a connection',
  request: { params: idParam },
  responses: { 200: answer('The connection') },
})

const updateRoute = operation('patch', '/connections/{id}', 'updateConnection', {
  summary: 'Change policies, attribute names, certificates or the client secret of a connection',
  request: { params: idParam, body: jsonBody(ConnectionChange) },
  responses: { 200: answer('The connection as it is now') },
})

const statusRoute = operation('put', '/connections/{id}/status', 'setConnectionStatus', {
  summary: 'Open, enforce or disable a connection; disabling ends the sessions that began through it',
  request: {
    params: idParam,
    body: jsonBody(
      z.strictObject({
        status: z.enum(['draft', 'optional', 'enforced', 'disabled']),
        force: z
          .boolean()
          .default(false)
          .openapi({ description: 'Open it without a successful test sign-in; takes all rights, and is audited' }),
      }),
    ),
  },
  responses: { 200: answer('The connection as it is now') },
})

const testRoute = operation('post', '/connections/{id}/test-links', 'createTestLink', {
  summary: 'A link for test sign-ins: it shows what would happen, and signs nobody in',
  request: { params: idParam },
  responses: {
    201: jsonAnswer(z.object({ url: z.string() }).openapi('TestLink'), 'The link, good for an hour'),
  },
})

const refreshRoute = operation('post', '/connections/{id}/refresh', 'refreshConnection', {
  summary: 'Fetch the metadata now; new certificates wait for an administrator',
  request: { params: idParam },
  responses: {
    200: jsonAnswer(
      z.object({ changed: z.array(z.string()), waiting: z.number().int() }).openapi('MetadataRefresh'),
      'What changed, and how many certificates wait',
    ),
  },
})

export const connectionRoutes = newRoutes()
  .openapi(listRoute, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const rows = await listConnections(c.get('ctx'), { after: afterId(cursor, 'con'), limit: limit + 1 })
    const presented = rows.map((row) => present(describeConnection(row, c.get('urls'))))
    return c.json(page(presented, limit), 200)
  })
  .openapi(createConnectionRoute, async (c) => {
    const input = c.req.valid('json')
    const created = await createConnection(c.get('ctx'), input, requireOrdinaryRole)
    return c.json(present(describeConnection(created, c.get('urls'))), 201)
  })
  .openapi(getRoute, async (c) => {
    const connection = await getConnection(c.get('ctx'), c.req.valid('param').id)
    return c.json(present(describeConnection(connection, c.get('urls'))), 200)
  })
  .openapi(updateRoute, async (c) => {
    const changes = c.req.valid('json')
    const changed = await updateConnection(
      c.get('ctx'),
      { connectionId: c.req.valid('param').id, ...changes },
      requireOrdinaryRole,
    )
    return c.json(present(describeConnection(changed, c.get('urls'))), 200)
  })
  .openapi(statusRoute, async (c) => {
    const { status, force: isForced } = c.req.valid('json')
    const change = { connectionId: c.req.valid('param').id, status, isForced }
    const changed = await setConnectionStatus(c.get('ctx'), change)
    return c.json(present(describeConnection(changed, c.get('urls'))), 200)
  })
  .openapi(testRoute, async (c) => {
    const { id } = c.req.valid('param')
    const token = await createTestLink(c.get('ctx'), id)
    return c.json({ url: `${c.get('urls').connection(id).startUrl}?test=${token}` }, 201)
  })
  .openapi(refreshRoute, async (c) => {
    return c.json(await refreshMetadata(c.get('ctx'), c.req.valid('param').id), 200)
  })
