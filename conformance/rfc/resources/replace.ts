// Replacing with PUT: RFC 7644 §3.5.1.
import { type Check, check } from '../check.ts'
import { expectBody, expectEqual, expectError, expectStatus } from '../expect.ts'
import { enterpriseUrn } from '../urns.ts'

export const replaceChecks: readonly Check[] = [
  check('RFC 7644 §3.5.1 PUT is 200 with the whole new representation', async (client) => {
    const { path, id } = await client.createUser({ displayName: 'Before' })
    const response = await client.put(path, client.userBody({ displayName: 'After' }))
    expectStatus(response, 200)
    expectBody(response, { id, displayName: 'After', meta: { resourceType: 'User' } })
    expectBody(await client.read(path), { displayName: 'After' })
  }),
  check('RFC 7644 §3.5.1 PUT clears readWrite attributes that are left out', async (client) => {
    const { path } = await client.createUser({
      title: 'Pilot',
      externalId: client.unique,
      name: { givenName: 'Ada', familyName: 'Marsh' },
      emails: [{ value: `${client.unique}@example.com`, type: 'work' }],
      [enterpriseUrn]: { department: 'Tide Office' },
    })
    expectStatus(await client.put(path, client.userBody({ name: { familyName: 'Marsh' } })), 200)
    const nothing = { $blank: true }
    expectBody(await client.read(path), {
      title: nothing,
      externalId: nothing,
      name: { familyName: 'Marsh', givenName: nothing },
      emails: nothing,
      [enterpriseUrn]: { $oneOf: [nothing, { department: nothing }] },
    })
  }),
  check('RFC 7644 §3.5.1 PUT replaces multi-valued attributes, it does not add to them', async (client) => {
    const email = (label: string) => ({ value: `${client.unique}-${label}@example.com`, type: label })
    const { path } = await client.createUser({ emails: [email('work'), email('home')] })
    expectStatus(await client.put(path, client.userBody({ emails: [email('other')] })), 200)
    expectBody(await client.read(path), { emails: { $exact: [email('other')] } })
  }),
  check('RFC 7644 §3.5.1 PUT ignores readOnly meta and groups', async (client) => {
    const { path, response } = await client.createUser()
    const body = client.userBody({ meta: { created: '2001-01-01T00:00:00Z' }, groups: [{ value: client.unique }] })
    expectStatus(await client.put(path, body), 200)
    // A cast to an optional unknown is safe: only compared.
    const { created } = (response.body['meta'] ?? {}) as { created?: unknown }
    expectBody(await client.read(path), { meta: { created }, groups: { $blank: true } })
  }),
  check('RFC 7643 §3.1 PUT cannot change the id', async (client) => {
    const { path, id } = await client.createUser()
    expectStatus(await client.put(path, client.userBody({ id: client.unique })), 200, 400)
    expectBody(await client.read(path), { id })
    expectError(await client.get(`/Users/${client.unique}`), 404)
  }),
  check('RFC 7644 §3.5.1 PUT to an unknown id is 404 and creates nothing', async (client) => {
    const path = '/Users/00000000-0000-4000-8000-000000000000'
    expectError(await client.put(path, client.userBody()), 404)
    const list = await client.read('/Users', { filter: `userName eq "${client.userName()}"` })
    expectBody(list, { totalResults: 0 })
  }),
  check('RFC 7644 §3.5.1 PUT to a userName somebody else has is 409 uniqueness', async (client) => {
    await client.createUser({}, 'ann')
    const bob = await client.createUser({}, 'bob')
    expectError(await client.put(bob.path, client.userBody({ userName: client.userName('ann') })), 409, 'uniqueness')
    expectBody(await client.read(bob.path), { userName: client.userName('bob') })
  }),
  check('RFC 7644 §3.5.1 PUT without the required userName is 400', async (client) => {
    const { path } = await client.createUser({ displayName: 'Kept' })
    const { userName: _, ...body } = client.userBody({ displayName: 'Lost' })
    expectError(await client.put(path, body), 400, 'invalidValue', 'invalidSyntax')
    expectBody(await client.read(path), { displayName: 'Kept' })
  }),
  check('RFC 7644 §3.5.1 PUT of the representation just read changes nothing', async (client) => {
    const { path } = await client.createUser({ title: 'Pilot', emails: [{ value: `${client.unique}@example.com` }] })
    const before = await client.read(path)
    expectStatus(await client.put(path, before.body), 200)
    const after = await client.read(path)
    const { meta: _before, ...expected } = before.body
    expectBody(after, expected)
    const names = (body: object) => Object.keys(body).sort()
    expectEqual(after, 'attributes', names(after.body), names(before.body))
  }),
  check('RFC 7643 §3.1 meta.lastModified moves with a change, meta.created does not', async (client) => {
    const { path, response } = await client.createUser()
    await new Promise((resolve) => setTimeout(resolve, 1100))
    expectStatus(await client.put(path, client.userBody({ title: 'Pilot' })), 200)
    // A cast to optional unknowns is safe: only compared.
    const { created, lastModified } = (response.body['meta'] ?? {}) as { created?: unknown; lastModified?: unknown }
    expectBody(await client.read(path), {
      meta: { created, lastModified: { $regex: `^(?!${String(lastModified).replaceAll('.', '\\.')}$)` } },
    })
  }),
]
