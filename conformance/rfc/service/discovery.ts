// Discovery endpoints: RFC 7644 §4, RFC 7643 §5 to §7.
import { type Check, check } from '../check.ts'
import { resourcesOf, type ScimClient } from '../client.ts'
import { expectBody, expectEqual, expectError, expectStatus, fail, type ScimBody } from '../expect.ts'
import { groupUrn, listUrn, userUrn } from '../urns.ts'

const supported = { supported: { $type: 'boolean' } }

// The listed resources; fails on an empty list, which would leave a check with nothing to look at.
async function listAt(client: ScimClient, path: string): Promise<readonly ScimBody[]> {
  const response = await client.read(path)
  expectBody(response, { Resources: { $nonEmpty: true } })
  return resourcesOf(response)
}

async function expectDiscoveryList(client: ScimClient, path: string): Promise<void> {
  const response = await client.read(path)
  expectBody(response, {
    schemas: [listUrn],
    totalResults: resourcesOf(response).length,
    Resources: { $nonEmpty: true },
  })
}

export const discoveryChecks: readonly Check[] = [
  check('RFC 7643 §5 ServiceProviderConfig states every required capability', async (client) => {
    const response = await client.read('/ServiceProviderConfig')
    expectBody(response, {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
      patch: supported,
      bulk: { ...supported, maxOperations: { $type: 'integer' }, maxPayloadSize: { $type: 'integer' } },
      filter: { ...supported, maxResults: { $type: 'integer' } },
      changePassword: supported,
      sort: supported,
      etag: supported,
    })
  }),
  check('RFC 7643 §5 each authentication scheme has type, name and description', async (client) => {
    const response = await client.read('/ServiceProviderConfig')
    const schemes = response.body['authenticationSchemes']
    expectBody(response, { authenticationSchemes: { $type: 'array' } })
    const wanted = { type: { $nonEmpty: true }, name: { $nonEmpty: true }, description: { $nonEmpty: true } }
    expectBody(response, { authenticationSchemes: Array.isArray(schemes) ? schemes.map(() => wanted) : [wanted] })
  }),
  check('RFC 7644 §4 ResourceTypes is a ListResponse', (client) => expectDiscoveryList(client, '/ResourceTypes')),
  check('RFC 7643 §6 the User and Group resource types name endpoint and schema', async (client) => {
    const response = await client.read('/ResourceTypes')
    expectBody(response, {
      Resources: [
        { name: 'User', endpoint: { $regex: '/Users$' }, schema: userUrn },
        { name: 'Group', endpoint: { $regex: '/Groups$' }, schema: groupUrn },
      ],
    })
  }),
  check('RFC 7644 §4 a single resource type is found by its name', async (client) => {
    expectBody(await client.read('/ResourceTypes/User'), { name: 'User', schema: userUrn })
    expectBody(await client.read('/ResourceTypes/Group'), { name: 'Group', schema: groupUrn })
  }),
  check('RFC 7644 §4 an unknown resource type is 404', async (client) => {
    expectError(await client.get(`/ResourceTypes/${client.unique}`), 404)
  }),
  check('RFC 7644 §4 Schemas is a ListResponse', (client) => expectDiscoveryList(client, '/Schemas')),
  check('RFC 7643 §7 the schemas of User and Group are listed with their attributes', async (client) => {
    const attributes = { $nonEmpty: true }
    expectBody(await client.read('/Schemas'), {
      Resources: [
        { id: userUrn, name: { $nonEmpty: true }, attributes },
        { id: groupUrn, name: { $nonEmpty: true }, attributes },
      ],
    })
  }),
  check('RFC 7644 §4 a single schema is found by its URN', async (client) => {
    for (const urn of [userUrn, groupUrn]) expectBody(await client.read(`/Schemas/${urn}`), { id: urn })
  }),
  check('RFC 7644 §4 an unknown schema is 404', async (client) => {
    expectError(await client.get(`/Schemas/urn:example:${client.unique}`), 404)
  }),
  check('RFC 7643 §6 every schema a resource type uses is published', async (client) => {
    for (const type of await listAt(client, '/ResourceTypes')) {
      const extensions = Array.isArray(type['schemaExtensions']) ? type['schemaExtensions'] : []
      for (const urn of [type['schema'], ...extensions.map(({ schema }: { schema?: unknown }) => schema)]) {
        expectStatus(await client.get(`/Schemas/${urn}`), 200)
      }
    }
  }),
  check('RFC 7643 §6 every resource type endpoint answers with a ListResponse', async (client) => {
    for (const { endpoint } of await listAt(client, '/ResourceTypes')) {
      const path = String(endpoint).replace(client.baseUrl, '')
      expectBody(await client.read(path.startsWith('/') ? path : `/${path}`), { schemas: [listUrn] })
    }
  }),
  check('RFC 7643 §4.1 userName is published as required, unique and not case-exact', async (client) => {
    expectBody(await client.read(`/Schemas/${userUrn}`), {
      attributes: [
        { name: 'userName', required: true, caseExact: false, uniqueness: { $oneOf: ['server', 'global'] } },
      ],
    })
  }),
  check('RFC 7643 §4.1 the groups of a user are published as readOnly', async (client) => {
    const schema = await client.read(`/Schemas/${userUrn}`)
    expectBody(schema, { attributes: [{ name: 'groups', mutability: 'readOnly' }] })
  }),
  check('RFC 7643 §7 a published password is writeOnly and never returned', async (client) => {
    const schema = await client.read(`/Schemas/${userUrn}`)
    expectBody(schema, { attributes: { $nonEmpty: true } })
    const attributes = schema.body['attributes']
    const names = Array.isArray(attributes) ? attributes.map(({ name }: { name?: unknown }) => name) : []
    if (!names.includes('password')) return
    expectBody(schema, { attributes: [{ name: 'password', mutability: 'writeOnly', returned: 'never' }] })
  }),
  check('RFC 7643 §7 each published attribute uses the defined characteristics', async (client) => {
    for (const urn of [userUrn, groupUrn]) {
      const schema = await client.read(`/Schemas/${urn}`)
      const attributes = schema.body['attributes']
      const wanted = {
        name: { $nonEmpty: true },
        type: { $oneOf: ['string', 'boolean', 'decimal', 'integer', 'dateTime', 'binary', 'reference', 'complex'] },
        multiValued: { $type: 'boolean' },
        mutability: { $oneOf: [{ $absent: true }, 'readOnly', 'readWrite', 'immutable', 'writeOnly'] },
        returned: { $oneOf: [{ $absent: true }, 'always', 'never', 'default', 'request'] },
        uniqueness: { $oneOf: [{ $absent: true }, 'none', 'server', 'global'] },
      }
      expectBody(schema, { attributes: Array.isArray(attributes) ? attributes.map(() => wanted) : [wanted] })
    }
  }),
  check('RFC 7644 §4 discovery needs no credentials, or answers 401', async (client) => {
    for (const path of ['/ServiceProviderConfig', '/ResourceTypes', '/Schemas']) {
      const response = await client.send('GET', path, { headers: { Authorization: null } })
      expectStatus(response, 200, 401)
      expectBody(response, { schemas: { $nonEmpty: true } })
    }
  }),
  check('RFC 7644 §4 a filter on discovery is 403 or ignored', async (client) => {
    const filter = 'name eq "nothing has this name"'
    for (const path of ['/ServiceProviderConfig', '/ResourceTypes', '/Schemas']) {
      const response = await client.get(path, { filter })
      expectStatus(response, 200, 403)
      if (response.status === 200 && path !== '/ServiceProviderConfig' && resourcesOf(response).length === 0) {
        fail(response, 'the filter refused with 403 or ignored', 'an empty list')
      }
    }
  }),
  check('RFC 7644 §4 discovery documents cannot be written', async (client) => {
    for (const path of ['/ServiceProviderConfig', '/ResourceTypes', '/Schemas']) {
      expectStatus(await client.send('POST', path, { body: {} }), 400, 403, 404, 405, 501)
    }
  }),
  check('RFC 7644 §3.1 discovery answers application/scim+json', async (client) => {
    const response = await client.read('/ServiceProviderConfig')
    const type = response.headers['content-type']?.split(';')[0]
    expectEqual(response, 'content type', type, 'application/scim+json')
  }),
]
