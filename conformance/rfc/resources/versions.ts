// Resource versions: RFC 7644 §3.14. Skipped when ServiceProviderConfig says that ETags are not supported.
import { type Check, check } from '../check.ts'
import type { ScimClient, SendOptions } from '../client.ts'
import { expectBody, expectError, expectStatus, fail } from '../expect.ts'

async function createVersioned(client: ScimClient): Promise<{ path: string; etag: string }> {
  await client.requireFeature('etag')
  const { path } = await client.createUser({ title: 'Pilot' })
  const response = await client.read(path)
  const { etag } = response.headers
  if (etag === undefined) fail(response, 'an ETag header', 'none')
  return { path, etag }
}

const staleHeaders = { 'If-Match': 'W/"not-the-version"' }

export const versionChecks: readonly Check[] = [
  check('RFC 7644 §3.14 the ETag header equals meta.version', async (client) => {
    const { path, etag } = await createVersioned(client)
    expectBody(await client.read(path), { meta: { version: etag } })
  }),
  check('RFC 7644 §3.14 the version changes with the resource', async (client) => {
    const { path, etag } = await createVersioned(client)
    expectStatus(await client.put(path, client.userBody({ title: 'Master' })), 200)
    const after = await client.read(path)
    if (after.headers['etag'] === etag) fail(after, 'another ETag after the change', etag)
  }),
  check('RFC 7644 §3.14 If-None-Match with the current version is 304', async (client) => {
    const { path, etag } = await createVersioned(client)
    expectStatus(await client.send('GET', path, { headers: { 'If-None-Match': etag } }), 304)
  }),
  check('RFC 7644 §3.14 If-Match with another version is 412 and changes nothing', async (client) => {
    const { path } = await createVersioned(client)
    const operations = [{ op: 'replace', path: 'title', value: 'Master' }]
    const patch: SendOptions = {
      body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: operations },
      headers: staleHeaders,
    }
    expectError(await client.send('PUT', path, { body: client.userBody(), headers: staleHeaders }), 412)
    expectError(await client.send('PATCH', path, patch), 412)
    expectError(await client.send('DELETE', path, { headers: staleHeaders }), 412)
    expectBody(await client.read(path), { title: 'Pilot' })
  }),
  check('RFC 7644 §3.14 If-Match with the current version lets the change through', async (client) => {
    const { path, etag } = await createVersioned(client)
    const options = { body: client.userBody({ title: 'Master' }), headers: { 'If-Match': etag } }
    expectStatus(await client.send('PUT', path, options), 200)
    expectBody(await client.read(path), { title: 'Master' })
  }),
]
