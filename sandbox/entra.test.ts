// Entra's requests as they go over the wire, without and with the flag, and what it insists on in the answers.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createEntra } from './entra.ts'
import { type FakeScimServer, startFakeScimServer } from './fakes/scim-server.ts'
import type { IdentityProvider } from './identity-provider.ts'
import { company } from './population.ts'

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const { people } = company(1, { domain: 'north.example.com', people: 3, groups: [] })
const [chief, person, other] = people as [(typeof people)[0], (typeof people)[0], (typeof people)[0]] // three were asked for
const crew = { key: 'crew', displayName: 'Night Crew' }

let server: FakeScimServer
let legacy: IdentityProvider
let flag: IdentityProvider

beforeEach(async () => {
  server = await startFakeScimServer()
  legacy = createEntra(server)
  flag = createEntra({ ...server, mode: 'flag' })
})

afterEach(() => server.close())

function patches(): unknown[] {
  const sent = server.requests.filter((request) => request.method === 'PATCH')
  return sent.map((request) => (request.body as { Operations: unknown }).Operations) // as recorded
}

test('tests the connection with a random name and a wrong secret', async () => {
  await legacy.testConnection()
  const [probe, wrong] = server.requests
  expect(probe?.url).toMatch(/^\/Users\?filter=userName%20eq%20%22[0-9a-f-]{36}%22$/)
  expect(wrong?.headers.authorization).toBe('Bearer wrong-secret')
  server.interfere(() => ({ status: 404, body: {} }))
  await expect(legacy.testConnection()).rejects.toMatchObject({ status: 404 })
})

test('matches first, then creates without a password, with the enterprise extension', async () => {
  await legacy.pushUser(chief)
  const [match, create] = server.requests
  expect(match?.url).toBe(`/Users?filter=${encodeURIComponent(`userName eq "${chief.userName}"`)}`)
  expect(create?.body).toEqual({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', enterprise],
    externalId: chief.key,
    userName: chief.userName,
    active: true,
    displayName: chief.displayName,
    emails: [{ primary: true, type: 'work', value: chief.userName }],
    meta: { resourceType: 'User' },
    name: { formatted: chief.displayName, familyName: chief.familyName, givenName: chief.givenName },
    roles: [],
    title: chief.title,
    preferredLanguage: chief.locale,
    phoneNumbers: [{ type: 'work', value: chief.phone }],
    [enterprise]: { employeeNumber: chief.employeeNumber, department: chief.department },
  })
})

test('sends the manager as a bare string once both exist, in whichever order they come', async () => {
  await legacy.pushUser(person)
  expect(patches()).toEqual([])
  const chiefId = await legacy.pushUser(chief)
  await legacy.pushUser(other)
  const expected = [{ op: 'Add', path: `${enterprise}:manager`, value: chiefId }]
  expect(patches()).toEqual([expected, expected])
})

test('without the flag: one capitalised operation per attribute', async () => {
  await legacy.pushUser(chief)
  await legacy.updateUser({ ...chief, displayName: 'New Name', phone: '+44 1632 960999', department: 'Legal' })
  expect(patches()).toEqual([
    [
      { op: 'Replace', path: 'displayName', value: 'New Name' },
      { op: 'Replace', path: 'name.formatted', value: 'New Name' },
      { op: 'Replace', path: 'phoneNumbers[type eq "work"].value', value: '+44 1632 960999' },
      { op: 'Replace', path: `${enterprise}:department`, value: 'Legal' },
    ],
  ])
})

test('with the flag: filtered paths, then one path-less replace with dotted and URN keys', async () => {
  await flag.pushUser(chief)
  await flag.updateUser({ ...chief, displayName: 'New Name', phone: '+44 1632 960999', department: 'Legal' })
  expect(patches()).toEqual([
    [
      { op: 'replace', path: 'phoneNumbers[type eq "work"].value', value: '+44 1632 960999' },
      {
        op: 'replace',
        value: { displayName: 'New Name', 'name.formatted': 'New Name', [`${enterprise}:department`]: 'Legal' },
      },
    ],
  ])
  expect(server.requests.every((request) => request.url.endsWith('aadOptscim062020'))).toBe(true)
})

test('adopts a user that is already there and adds what is missing', async () => {
  const present = { id: 'u1', type: 'Users', userName: chief.userName.toUpperCase(), active: false }
  server.resources.set('u1', present)
  server.interfere(({ url }) =>
    url.includes('filter') ? { status: 200, body: { totalResults: 1, Resources: [present] } } : undefined,
  )
  expect(await legacy.pushUser(chief)).toBe('u1')
  const [operations] = patches()
  expect(operations).toContainEqual({ op: 'Add', path: 'externalId', value: chief.key })
  expect(operations).toContainEqual({ op: 'Replace', path: 'active', value: 'True' })
  expect(operations).not.toContainEqual(expect.objectContaining({ path: 'userName' }))
})

test('is silent when nothing differs', async () => {
  await legacy.pushUser(chief)
  await legacy.updateUser(chief)
  expect(patches()).toEqual([])
})

test('disables and restores with strings, or with booleans under the flag', async () => {
  await legacy.pushUser(chief)
  await flag.pushUser(chief)
  await legacy.deactivateUser(chief.key)
  await legacy.reactivateUser(chief.key)
  await flag.deactivateUser(chief.key)
  expect(patches()).toEqual([
    [{ op: 'Replace', path: 'active', value: 'False' }],
    [{ op: 'Replace', path: 'active', value: 'True' }],
    [{ op: 'replace', path: 'active', value: false }],
  ])
})

test('after a hard delete the user must be gone', async () => {
  const id = await legacy.pushUser(chief)
  await legacy.deleteUser(chief.key)
  expect(server.requests.at(-1)).toMatchObject({ method: 'GET', url: `/Users/${id}` })
  await legacy.pushUser(chief)
  server.interfere(({ method }) => (method === 'DELETE' ? { status: 204 } : undefined))
  await expect(legacy.deleteUser(chief.key)).rejects.toThrow('GET answers 200')
})

test('groups without the flag: no members in the create, one member per PATCH, removal by value array', async () => {
  const [one, two] = [await legacy.pushUser(chief), await legacy.pushUser(person)]
  server.requests.length = 0
  await legacy.pushGroup({ ...crew, memberKeys: [chief.key, person.key] })
  await legacy.removeMember('crew', chief.key)
  expect(server.requests[0]?.url).toBe(
    '/Groups?excludedAttributes=members&filter=displayName%20eq%20%22Night%20Crew%22',
  )
  expect(server.requests[1]?.body).toEqual({
    schemas: [
      'urn:ietf:params:scim:schemas:core:2.0:Group',
      'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group',
    ],
    externalId: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    displayName: 'Night Crew',
    meta: { resourceType: 'Group' },
  })
  expect(patches()).toEqual([
    [{ op: 'Add', path: 'members', value: [{ $ref: null, value: one }] }],
    [{ op: 'Add', path: 'members', value: [{ $ref: null, value: two }] }],
    [{ op: 'Remove', path: 'members', value: [{ $ref: null, value: one }] }],
  ])
})

test('groups with the flag: several members per PATCH, removal by filter', async () => {
  const [one, two] = [await flag.pushUser(chief), await flag.pushUser(other)]
  server.requests.length = 0
  await flag.pushGroup({ ...crew, memberKeys: [chief.key, other.key] })
  await flag.removeMember('crew', chief.key)
  expect(patches()).toEqual([
    [{ op: 'add', path: 'members', value: [{ value: one }, { value: two }] }],
    [{ op: 'remove', path: `members[value eq "${one}"]` }],
  ])
})

test('insists on 204 for a group PATCH and on lists without the members it excluded', async () => {
  await legacy.pushUser(chief)
  await legacy.pushGroup({ ...crew, memberKeys: [] })
  server.interfere(({ method }) => (method === 'PATCH' ? { status: 200, body: {} } : undefined))
  await expect(legacy.addMember('crew', chief.key)).rejects.toThrow('needs 204')
  const leaking = { totalResults: 1, Resources: [{ id: 'g', members: [{ value: 'u' }] }] }
  server.interfere(() => ({ status: 200, body: leaking }))
  await expect(legacy.pushGroup({ ...crew, memberKeys: [] })).rejects.toThrow('shows members')
})
