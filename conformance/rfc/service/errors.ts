// Error answers: RFC 7644 §3.12, authentication §2, versions of the protocol §3.13.
import { type Check, check } from '../check.ts'
import type { ScimClient, SendOptions } from '../client.ts'
import { expectBody, expectEqual, expectError, expectStatus, fail } from '../expect.ts'
import { listUrn, userUrn } from '../urns.ts'

const unknownId = '/Users/00000000-0000-4000-8000-000000000000'

async function expectRefused(client: ScimClient, options: SendOptions): Promise<void> {
  const response = await client.send('GET', '/Users', { query: { count: '1' }, ...options })
  expectError(response, 401)
  if (!response.headers['www-authenticate']) fail(response, 'a WWW-Authenticate header', 'none')
}

export const errorChecks: readonly Check[] = [
  check('RFC 7644 §3.12 an error has the Error schema, a string status and a detail', async (client) => {
    const response = await client.get(unknownId)
    expectError(response, 404)
    expectBody(response, { status: { $type: 'string' }, detail: { $nonEmpty: true } })
  }),
  check('RFC 7644 §3.1 an error is application/scim+json', async (client) => {
    const response = await client.get(unknownId)
    expectStatus(response, 404)
    expectEqual(response, 'content type', response.headers['content-type']?.split(';')[0], 'application/scim+json')
  }),
  check('RFC 7644 §2 no credentials are 401 with WWW-Authenticate', async (client) => {
    await expectRefused(client, { headers: { Authorization: null } })
  }),
  check('RFC 7644 §2 a wrong token is 401 with WWW-Authenticate', async (client) => {
    await expectRefused(client, { headers: { Authorization: `Bearer ${client.unique}` } })
  }),
  check('RFC 7644 §2 an unknown authentication scheme is 401', async (client) => {
    await expectRefused(client, { headers: { Authorization: 'non-token' } })
  }),
  check('RFC 7644 §2 a write without credentials is 401 and creates nothing', async (client) => {
    const options = { body: client.userBody(), headers: { Authorization: null } }
    expectError(await client.send('POST', '/Users', options), 401)
    const list = await client.read('/Users', { filter: `userName eq "${client.userName()}"` })
    expectBody(list, { totalResults: 0 })
  }),
  check('RFC 7644 §3.12 an unknown endpoint is 404 in SCIM form', async (client) => {
    expectError(await client.get(`/${client.unique}`), 404)
  }),
  check('RFC 7644 §3.12 an id that cannot exist is 404, not 400 or 500', async (client) => {
    for (const id of ['x', '-1', 'a%20b', '%27', '0'.repeat(300)]) expectError(await client.get(`/Users/${id}`), 404)
  }),
  check('RFC 7644 §3.12 broken JSON is 400 invalidSyntax', async (client) => {
    expectError(await client.send('POST', '/Users', { rawBody: '{"schemas":[' }), 400, 'invalidSyntax')
  }),
  check('RFC 7644 §3.12 a body that is no object is 400 invalidSyntax', async (client) => {
    for (const rawBody of ['[]', '"text"', 'null']) {
      expectError(await client.send('POST', '/Users', { rawBody }), 400, 'invalidSyntax', 'invalidValue')
    }
  }),
  check('RFC 7644 §3.12 an empty body is 400 invalidSyntax', async (client) => {
    expectError(await client.send('POST', '/Users', { rawBody: '' }), 400, 'invalidSyntax', 'invalidValue')
  }),
  check('RFC 7644 §3.12 a value of the wrong type is 400 invalidValue', async (client) => {
    for (const attributes of [{ userName: { value: 'x' } }, { userName: ['x'] }, { name: 'not complex' }]) {
      const body = { schemas: [userUrn], userName: client.userName(), ...attributes }
      expectError(await client.post('/Users', body), 400, 'invalidValue', 'invalidSyntax')
    }
  }),
  check('RFC 7644 §3.2 a method the endpoint does not have is 404, 405 or 501', async (client) => {
    for (const method of ['PUT', 'PATCH', 'DELETE']) {
      expectStatus(await client.send(method, '/Users', { body: {} }), 400, 404, 405, 501)
    }
  }),
  check('RFC 7644 §3.11 /Me is 404, 501, a redirect or the user', async (client) => {
    expectStatus(await client.get('/Me'), 200, 308, 403, 404, 501)
  }),
  check('RFC 7644 §3.1 application/json is accepted as content type', async (client) => {
    const response = await client.post('/Users', client.userBody(), { headers: { 'Content-Type': 'application/json' } })
    expectStatus(response, 201)
  }),
  check('RFC 7644 §3.1 Accept: application/json and */* get JSON', async (client) => {
    for (const Accept of ['application/json', '*/*']) {
      const response = await client.send('GET', '/Users', { query: { count: '1' }, headers: { Accept } })
      expectStatus(response, 200)
      expectBody(response, { schemas: [listUrn] })
      if (!/^application\/(scim\+)?json/.test(response.headers['content-type'] ?? '')) {
        fail(response, 'a JSON content type', response.headers['content-type'] ?? 'none')
      }
    }
  }),
]
