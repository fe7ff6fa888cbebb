// What PATCH refuses, and that a refused request changes nothing: RFC 7644 §3.5.2.
import { type Check, check } from '../check.ts'
import type { PatchOperation, ScimClient } from '../client.ts'
import { expectBody, expectError, expectStatus } from '../expect.ts'

async function expectRefused(client: ScimClient, operation: PatchOperation, ...scimTypes: string[]): Promise<void> {
  const { path } = await client.createUser({ title: 'Pilot' })
  const rename = { op: 'replace', path: 'title', value: 'Changed' }
  expectError(await client.tryPatch(path, rename, operation), 400, ...scimTypes)
  expectBody(await client.read(path), { title: 'Pilot' })
}

// RFC 7644 §3.5.2 asks for 400 mutability; many servers ignore such operations, which keeps the value as well.
async function expectReadOnly(client: ScimClient, path: string, value: unknown): Promise<void> {
  const user = await client.createUser()
  const before = await client.read(user.path)
  const response = await client.tryPatch(user.path, { op: 'replace', path, value })
  if (response.status === 400) expectError(response, 400, 'mutability')
  else expectStatus(response, 200, 204)
  // A cast to an optional unknown is safe: only compared.
  const { created } = (before.body['meta'] ?? {}) as { created?: unknown }
  expectBody(await client.read(user.path), { id: user.id, meta: { created } })
}

export const patchRefusalChecks: readonly Check[] = [
  check('RFC 7644 §3.5.2 a refused PATCH is atomic: the operations before it are undone', (client) =>
    expectRefused(client, { op: 'replace', path: 'emails[type eq', value: 'x' }),
  ),
  check('RFC 7644 §3.5.2.2 PATCH remove without path is 400 noTarget', (client) =>
    expectRefused(client, { op: 'remove' }, 'noTarget'),
  ),
  check('RFC 7644 §3.5.2 PATCH with a malformed path is 400 invalidPath', (client) =>
    expectRefused(client, { op: 'replace', path: 'emails[type eq', value: 'x' }, 'invalidPath', 'invalidFilter'),
  ),
  check('RFC 7644 §3.5.2 PATCH with an unknown op is 400', (client) =>
    expectRefused(client, { op: 'frobnicate', path: 'title', value: 'x' }, 'invalidSyntax', 'invalidValue'),
  ),
  check('RFC 7644 §3.5.2 PATCH with a value of the wrong type is 400 invalidValue', (client) =>
    expectRefused(client, { op: 'replace', path: 'active', value: 'perhaps' }, 'invalidValue', 'invalidSyntax'),
  ),
  check('RFC 7644 §3.5.2 PATCH cannot remove the required userName', (client) =>
    expectRefused(client, { op: 'remove', path: 'userName' }, 'invalidValue', 'mutability'),
  ),
  check('RFC 7644 §3.5.2.1 PATCH add without value is 400', (client) =>
    expectRefused(client, { op: 'add', path: 'nickName' }, 'invalidValue', 'invalidSyntax'),
  ),
  check('RFC 7644 §3.5.2 PATCH to an unknown id is 404', async (client) => {
    const path = '/Users/00000000-0000-4000-8000-000000000000'
    expectError(await client.tryPatch(path, { op: 'replace', path: 'active', value: false }), 404)
  }),
  check('RFC 7644 §3.5.2 PATCH to a taken userName is 409 uniqueness', async (client) => {
    await client.createUser({}, 'ann')
    const bob = await client.createUser({}, 'bob')
    const operation = { op: 'replace', path: 'userName', value: client.userName('ann').toUpperCase() }
    expectError(await client.tryPatch(bob.path, operation), 409, 'uniqueness')
    expectBody(await client.read(bob.path), { userName: client.userName('bob') })
  }),
  check('RFC 7644 §3.5.2 PATCH of id is refused with mutability or ignored', (client) =>
    expectReadOnly(client, 'id', client.unique),
  ),
  check('RFC 7644 §3.5.2 PATCH of meta is refused with mutability or ignored', (client) =>
    expectReadOnly(client, 'meta.created', '2001-01-01T00:00:00Z'),
  ),
  check('RFC 7644 §3.5.2 PATCH without Operations is 400', async (client) => {
    const { path } = await client.createUser()
    const body = { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'] }
    expectError(await client.send('PATCH', path, { body }), 400, 'invalidSyntax', 'invalidValue')
  }),
]
