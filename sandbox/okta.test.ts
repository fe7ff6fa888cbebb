// Okta's requests as they go over the wire, and its refusal to believe a server that says one thing and does another.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type FakeScimServer, startFakeScimServer } from './fakes/scim-server.ts'
import { type IdentityProvider, UnexpectedAnswer } from './identity-provider.ts'
import { createOkta } from './okta.ts'
import { company } from './population.ts'

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const { people } = company(1, { domain: 'south.example.com', people: 3, groups: [] })
const [chief, person, other] = people as [(typeof people)[0], (typeof people)[0], (typeof people)[0]] // three were asked for

let server: FakeScimServer
let okta: IdentityProvider

beforeEach(async () => {
  server = await startFakeScimServer()
  okta = createOkta(server)
})

afterEach(() => server.close())

function operations(index: number): unknown {
  return (server.requests.at(index)?.body as { Operations?: unknown } | undefined)?.Operations // as recorded
}

test('looks up by an encoded filter, then creates with password, groups and 00u id', async () => {
  const id = await okta.pushUser(person)
  const [lookUp, create] = server.requests
  const login = encodeURIComponent(person.userName)
  expect(lookUp?.url).toBe(`/Users?filter=userName%20eq%20%22${login}%22&startIndex=1&count=100`)
  expect(lookUp?.headers).toMatchObject({
    'user-agent': 'Okta SCIM Client 1.0.0',
    accept: 'application/scim+json',
    'accept-charset': 'utf-8',
  })
  expect(create?.headers['content-type']).toBe('application/scim+json; charset=utf-8')
  expect(create?.body).toEqual({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', enterprise],
    userName: person.userName,
    name: { givenName: person.givenName, familyName: person.familyName },
    emails: [{ primary: true, value: person.userName, type: 'work' }],
    displayName: person.displayName,
    locale: person.locale,
    externalId: expect.stringMatching(/^00u\w{17}$/),
    groups: [],
    title: person.title,
    phoneNumbers: [{ type: 'work', value: person.phone }],
    password: expect.stringMatching(/.{16,}/),
    active: true,
    [enterprise]: {
      employeeNumber: person.employeeNumber,
      department: person.department,
      manager: { value: chief.userName },
    },
  })
  expect(okta.userId(person.key)).toBe(id)
})

test('a 409 makes it look up and link', async () => {
  const first = await okta.pushUser(person)
  let isFirstLookUp = true
  server.interfere(({ method, url }) => {
    if (method !== 'GET' || !url.includes('filter') || !isFirstLookUp) return undefined
    isFirstLookUp = false
    return { status: 200, body: { totalResults: 0, Resources: [] } }
  })
  server.requests.length = 0
  expect(await createOkta(server).pushUser(person)).toBe(first)
  expect(server.requests.map((request) => request.method)).toEqual(['GET', 'POST', 'GET', 'GET', 'PUT'])
})

test('a profile change is GET, then PUT of everything known without the emptied attribute and the password', async () => {
  const id = await okta.pushUser(person)
  const { title: _title, ...untitled } = person
  await okta.updateUser({ ...untitled, displayName: 'New Name' })
  const put = server.requests.at(-1)
  expect(server.requests.at(-2)).toMatchObject({ method: 'GET', url: `/Users/${id}` })
  expect(put).toMatchObject({ method: 'PUT', url: `/Users/${id}` })
  expect(put?.body).toMatchObject({ id, displayName: 'New Name', groups: [], meta: { resourceType: 'User' } })
  expect(put?.body).not.toHaveProperty('title')
  expect(put?.body).not.toHaveProperty('password')
})

test('deactivates and reactivates by a path-less replace, and never deletes', async () => {
  await okta.pushUser(person)
  await okta.deactivateUser(person.key)
  expect(operations(-1)).toEqual([{ op: 'replace', value: { active: false } }])
  await okta.reactivateUser(person.key)
  expect(operations(-1)).toEqual([{ op: 'replace', value: { active: true } }])
  await okta.deleteUser(person.key)
  expect(server.requests.some((request) => request.method === 'DELETE')).toBe(false)
})

test('does not believe a deactivation that leaves the user active', async () => {
  const id = await okta.pushUser(person)
  server.interfere(({ method }) => (method === 'PATCH' ? { status: 200, body: { id, active: true } } : undefined))
  const error = await okta.deactivateUser(person.key).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(UnexpectedAnswer)
  expect(error).toMatchObject({ message: expect.stringContaining('active is not false') })
})

test('pushes a group empty, renames before each membership sync, adds with display and removes by filter', async () => {
  const [one, two] = [await okta.pushUser(person), await okta.pushUser(other)]
  server.requests.length = 0
  const id = await okta.pushGroup({ key: 'crew', displayName: 'Night Crew', memberKeys: [person.key] })
  expect(server.requests[0]?.url).toBe('/Groups?filter=displayName%20eq%20%22Night%20Crew%22&startIndex=1&count=100')
  expect(server.requests[1]?.body).toEqual({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
    displayName: 'Night Crew',
    members: [],
  })
  const rename = [{ op: 'replace', value: { id, displayName: 'Night Crew' } }]
  expect(operations(2)).toEqual(rename)
  expect(operations(3)).toEqual([{ op: 'add', path: 'members', value: [{ value: one, display: person.userName }] }])
  await okta.addMember('crew', other.key)
  await okta.removeMember('crew', other.key)
  expect(operations(-3)).toEqual(rename)
  expect(operations(-2)).toEqual([{ op: 'remove', path: `members[value eq "${two}"]` }])
  await okta.deleteGroup('crew')
  expect(server.requests.at(-1)).toMatchObject({ method: 'DELETE', url: `/Groups/${id}` })
})

test('imports in pages of 100 and notices pages that overlap', async () => {
  for (let index = 0; index < 103; index += 1) {
    server.resources.set(`u${index}`, { id: `u${index}`, type: 'Users' })
  }
  expect(await okta.listUsers()).toHaveLength(103)
  expect(server.requests.map((request) => request.url)).toEqual([
    '/Users?startIndex=1&count=100',
    '/Users?startIndex=101&count=100',
  ])
  server.interfere(() => ({ status: 200, body: { totalResults: 103, Resources: [{ id: 'u1' }] } }))
  await expect(okta.listUsers()).rejects.toThrow('repeats u1')
})
