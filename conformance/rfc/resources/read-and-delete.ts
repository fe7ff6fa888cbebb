// Reading (RFC 7644 §3.4.1) and deleting (§3.6) single resources, and the password that never comes back.
import { type Check, check } from '../check.ts'
import type { ScimClient } from '../client.ts'
import { expectBody, expectEqual, expectError, expectStatus } from '../expect.ts'

const secret = 'Tr1cky-Tide!42'

async function createSecretive(client: ScimClient): Promise<string> {
  const { path, response } = await client.createUser({ password: secret })
  expectBody(response, { password: { $absent: true } })
  return path
}

export const readChecks: readonly Check[] = [
  check('RFC 7644 §3.4.1 a known resource is 200 and equals what the create returned', async (client) => {
    const { path, response } = await client.createUser({ displayName: 'Same', title: 'Pilot' })
    expectBody(await client.read(path), response.body)
  }),
  check('RFC 7644 §3.4.1 an unknown id is 404', async (client) => {
    expectError(await client.get('/Users/00000000-0000-4000-8000-000000000000'), 404)
    expectError(await client.get('/Groups/00000000-0000-4000-8000-000000000000'), 404)
  }),
  check('RFC 7644 §3.4.1 a user is not found under /Groups', async (client) => {
    const { id } = await client.createUser()
    expectError(await client.get(`/Groups/${id}`), 404)
  }),
  check('RFC 7643 §7 the password is never returned by create, read or list', async (client) => {
    const path = await createSecretive(client)
    expectBody(await client.read(path), { password: { $absent: true } })
    const list = await client.read('/Users', { filter: `userName eq "${client.userName()}"` })
    expectBody(list, { totalResults: 1, Resources: [{ password: { $absent: true } }] })
  }),
  check('RFC 7643 §7 asking for the password by name does not return it', async (client) => {
    const path = await createSecretive(client)
    expectBody(await client.read(path, { attributes: 'userName,password' }), { password: { $absent: true } })
  }),
  check('RFC 7643 §7 PUT and PATCH do not return the password', async (client) => {
    const path = await createSecretive(client)
    const replaced = await client.put(path, client.userBody({ password: `${secret}2` }))
    expectStatus(replaced, 200)
    expectBody(replaced, { password: { $absent: true } })
    const patched = await client.patch(path, { op: 'replace', value: { password: `${secret}3` } })
    expectEqual(patched, 'password', patched.body['password'], undefined)
  }),
  check('RFC 7643 §7 the password cannot be read through a filter', async (client) => {
    await createSecretive(client)
    const filter = `userName eq "${client.userName()}" and password sw "Tr1"`
    const response = await client.get('/Users', { filter })
    expectStatus(response, 200, 400, 403)
    if (response.status === 200) expectBody(response, { totalResults: 0 })
  }),
]

export const deleteChecks: readonly Check[] = [
  check('RFC 7644 §3.6 a delete is 204 without a body', async (client) => {
    const { path } = await client.createUser()
    const response = await client.delete(path)
    expectStatus(response, 204)
    expectEqual(response, 'body', response.text, '')
  }),
  check('RFC 7644 §3.6 a deleted resource is 404 for every method', async (client) => {
    const { path } = await client.createUser()
    expectStatus(await client.delete(path), 204)
    expectError(await client.get(path), 404)
    expectError(await client.put(path, client.userBody()), 404)
    expectError(await client.tryPatch(path, { op: 'replace', path: 'active', value: false }), 404)
    expectError(await client.delete(path), 404)
  }),
  check('RFC 7644 §3.6 a deleted resource is in no list', async (client) => {
    const { path } = await client.createUser()
    expectStatus(await client.delete(path), 204)
    const list = await client.read('/Users', { filter: `userName eq "${client.userName()}"` })
    expectBody(list, { totalResults: 0, Resources: { $blank: true } })
  }),
  check('RFC 7644 §3.6 the userName of a deleted user can be used again, with a new id', async (client) => {
    const first = await client.createUser()
    expectStatus(await client.delete(first.path), 204)
    const second = await client.createUser()
    expectBody(second.response, { id: { $regex: `^(?!${first.id}$)` } })
  }),
  check('RFC 7644 §3.6 deleting an unknown id is 404', async (client) => {
    expectError(await client.delete('/Groups/00000000-0000-4000-8000-000000000000'), 404)
  }),
]
