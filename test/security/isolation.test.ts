// Two directories must not learn of each other: neither those of two organizations nor two of the same one (C-006, C-007).
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../support/app.ts'
import { core, patchOp, type ScimAnswer, type ScimClient, scimClient } from '../support/scim.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

type Stocked = { scim: ScimClient; userId: string; groupId: string; directoryId: string; token: string }

async function stock(scim: ScimClient, rest: { directoryId: string; token: string }): Promise<Stocked> {
  const userId = await scim.user('ada@example.com', { displayName: 'Ada', externalId: 'ext-ada' })
  return { scim, userId, groupId: await scim.group('Writers', [userId]), ...rest }
}

async function twoOrganizations(): Promise<[Stocked, Stocked]> {
  const [mine, theirs] = [await app.createScim(), await app.createScim()]
  return [await stock(mine, mine), await stock(theirs, theirs)]
}

/** Two directories of one organization; userNames are unique in it, so the second has people of its own. */
async function oneOrganization(): Promise<[Stocked, Stocked]> {
  const mine = await app.createScim()
  const credentials = await app.createDirectory(mine.organization)
  const scim = scimClient((path, init) => app.request(path, init), credentials)
  const userId = await scim.user('berta@example.com', { displayName: 'Berta', externalId: 'ext-berta' })
  return [await stock(mine, mine), { scim, userId, groupId: await scim.group('Makers', [userId]), ...credentials }]
}

const pairs = [
  ['of two organizations', twoOrganizations],
  ['of the same organization', oneOrganization],
] as const

const user = { schemas: [`${core}:User`], userName: 'taken@example.com', active: false }
const group = { schemas: [`${core}:Group`], displayName: 'Taken', members: [] }
const off = { schemas: [patchOp], Operations: [{ op: 'replace', path: 'active', value: false }] }
const rename = { schemas: [patchOp], Operations: [{ op: 'replace', path: 'displayName', value: 'Taken' }] }
const empty = { schemas: [patchOp], Operations: [{ op: 'remove', path: 'members' }] }
const byFilter = { schemas: [patchOp], Operations: [{ op: 'remove', path: 'members[display co "a"]' }] }

const routes: [string, string, unknown?][] = [
  ['GET', '/Users/{user}'],
  ['GET', '/Users/{user}?attributes=userName'],
  ['PUT', '/Users/{user}', user],
  ['PATCH', '/Users/{user}', off],
  ['PATCH', '/Users/{user}', { schemas: [patchOp], Operations: [] }],
  ['DELETE', '/Users/{user}'],
  ['GET', '/Groups/{group}'],
  ['GET', '/Groups/{group}?excludedAttributes=members'],
  ['PUT', '/Groups/{group}', group],
  ['PATCH', '/Groups/{group}', rename],
  ['PATCH', '/Groups/{group}', empty],
  ['PATCH', '/Groups/{group}', byFilter],
  ['PATCH', '/Groups/{group}?attributes=members', empty],
  ['DELETE', '/Groups/{group}'],
  ['GET', '/Groups/{user}'],
  ['GET', '/Users/{group}'],
]

const told = ({ status, body, headers }: ScimAnswer) => ({
  status,
  body,
  headers: [...headers].filter(([name]) => name !== 'x-request-id').toSorted(),
})

describe.each(pairs)('two directories %s', (_, make) => {
  test.each(routes)(
    '%s %s of the other answers as an id that nobody has, and changes nothing',
    async (method, path, body) => {
      const [mine, theirs] = await make()
      const at = (userId: string, groupId: string) => path.replace('{user}', userId).replace('{group}', groupId)
      const before = [await theirs.scim.get('/Users'), await theirs.scim.get('/Groups')].map(told)
      const foreign = await mine.scim.send(method, at(theirs.userId, theirs.groupId), body)
      const nowhere = at('usr_00000000000000000000000000', 'grp_00000000000000000000000000')
      const unknown = await mine.scim.send(method, nowhere, body)
      expect(foreign.status).toBe(404)
      expect(told(foreign)).toEqual(told(unknown))
      expect([await theirs.scim.get('/Users'), await theirs.scim.get('/Groups')].map(told)).toEqual(before)
      // The same request with ids of one's own works: what was refused above was refused for the ids.
      if (path.startsWith('/Users/{user}') || path.startsWith('/Groups/{group}')) {
        expect((await mine.scim.send(method, at(mine.userId, mine.groupId), body)).status).toBeLessThan(300)
      }
    },
  )

  test.each([
    ['GET', '/Users'],
    ['GET', '/Groups'],
    ['GET', '/Users/{user}'],
    ['POST', '/Users', user],
    ['POST', '/Groups', group],
    ['POST', '/.search', { schemas: [] }],
    ['POST', '/Users/.search', { schemas: [] }],
    ['GET', '/ServiceProviderConfig'],
    ['GET', '/ResourceTypes'],
    ['GET', '/Schemas'],
  ])(
    '%s %s under the base URL of the other answers as a directory that does not exist',
    async (method, path, body?: unknown) => {
      const [mine, theirs] = await make()
      const at = (directoryId: string) => {
        const client = scimClient((url, init) => app.request(url, init), { directoryId, token: mine.token })
        return client.send(method, path.replace('{user}', theirs.userId), body)
      }
      const foreign = await at(theirs.directoryId)
      expect(foreign.status).toBe(404)
      expect(told(foreign)).toEqual(told(await at('dir_00000000000000000000000000')))
      const own = await at(mine.directoryId)
      expect(own.status).toBe(path.includes('{user}') ? 404 : method === 'POST' && !path.includes('search') ? 201 : 200)
    },
  )

  test('totals, pages, filters and sorted lists show one’s own only', async () => {
    const [mine, theirs] = await make()
    const filters = [
      undefined,
      'userName pr or not (userName pr)',
      `id eq "${theirs.userId}" or id eq "${mine.userId}"`,
      'displayName pr',
      `groups.value eq "${theirs.groupId}" or groups.value eq "${mine.groupId}"`,
      'meta.created gt "2000-01-01T00:00:00Z"',
      'externalId sw "ext"',
    ]
    for (const filter of filters) {
      for (const rest of [{}, { sortBy: 'userName' }, { cursor: '' }, { sortBy: 'meta.created', cursor: '' }]) {
        const query = new URLSearchParams({ ...(filter === undefined ? {} : { filter }), ...rest })
        const { body } = await mine.scim.get(`/Users?${query}`)
        expect(body.Resources.map(({ id }: { id: string }) => id)).toEqual([mine.userId])
        if (!('cursor' in rest)) expect(body.totalResults).toBe(1)
      }
    }
    for (const filter of ['displayName pr', `members eq "${theirs.userId}" or members eq "${mine.userId}"`]) {
      const { body } = await mine.scim.list('Groups', filter)
      expect(body.Resources.map(({ id }: { id: string }) => id)).toEqual([mine.groupId])
    }
    const both = await mine.scim.post('/.search', { schemas: [], filter: 'id pr' })
    expect(both.body.totalResults).toBe(2)
    expect(both.body.Resources.map(({ id }: { id: string }) => id)).toEqual([mine.userId, mine.groupId])
  })

  test.each(['PATCH add', 'PATCH replace', 'PUT', 'POST', 'PATCH add, among own', 'PATCH by filter'])(
    'C-007: the other’s user or group as a member by %s is 400 and leaves no row',
    async (how) => {
      const [mine, theirs] = await make()
      const path = `/Groups/${mine.groupId}`
      const ways: Record<string, (id: string) => Promise<ScimAnswer>> = {
        'PATCH add': (id) => mine.scim.patch(path, { op: 'add', path: 'members', value: [{ value: id }] }),
        'PATCH replace': (id) => mine.scim.patch(path, { op: 'replace', value: { members: [{ value: id }] } }),
        PUT: (id) => mine.scim.put(path, { ...group, members: [{ value: id }] }),
        POST: (id) => mine.scim.post('/Groups', { ...group, members: [{ value: id }] }),
        'PATCH add, among own': (id) =>
          mine.scim.patch(path, { op: 'add', path: 'members', value: [{ value: mine.userId }, { value: id }] }),
        'PATCH by filter': (id) => mine.scim.patch(path, { op: 'add', path: `members[value eq "${id}"]`, value: {} }),
      }
      const own = await mine.scim.user('own@example.com')
      const before = told(await mine.scim.get('/Groups'))
      for (const id of [theirs.userId, theirs.groupId]) {
        const answer = await ways[how]?.(id)
        expect(answer).toMatchObject({ status: 400, body: { scimType: 'invalidValue' } })
        const unknown = await ways[how]?.(`${id.slice(0, 4)}00000000000000000000000000`)
        expect(JSON.stringify(answer?.body).replaceAll(id, '')).toBe(
          JSON.stringify(unknown?.body).replaceAll(`${id.slice(0, 4)}00000000000000000000000000`, ''),
        )
      }
      expect(told(await mine.scim.get('/Groups'))).toEqual(before)
      const rows = await app.owner`
        select 1 from group_members where group_id <> ${theirs.groupId} and user_id = ${theirs.userId}
        union all select 1 from group_nestings where child_group_id = ${theirs.groupId}`
      expect(rows).toHaveLength(0)
      expect((await ways[how]?.(own))?.status).toBeLessThan(300)
    },
  )

  test('removing the other’s user from one’s own group is no error and touches neither', async () => {
    const [mine, theirs] = await make()
    const operation = { op: 'remove', path: 'members', value: [{ value: theirs.userId }] }
    expect((await mine.scim.patch(`/Groups/${mine.groupId}`, operation)).status).toBe(204)
    expect((await mine.scim.get(`/Groups/${mine.groupId}`)).body.members).toHaveLength(1)
    expect((await theirs.scim.get(`/Groups/${theirs.groupId}`)).body.members).toHaveLength(1)
  })

  test('the other’s id as manager is text: it leads nowhere', async () => {
    const [mine, theirs] = await make()
    const path = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager'
    const { status, body } = await mine.scim.patch(`/Users/${mine.userId}`, { op: 'add', path, value: theirs.userId })
    expect(status).toBe(200)
    expect(body['urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'].manager).toEqual({ value: theirs.userId })
    expect(JSON.stringify(body)).not.toMatch(/berta|Berta/)
  })
})

describe('uniqueness', () => {
  test('the same userName, externalId and displayName exist in two organizations side by side (C-010)', async () => {
    const [mine, theirs] = await twoOrganizations()
    expect(mine.userId).not.toBe(theirs.userId)
    const again = { schemas: [`${core}:User`], userName: 'ADA@example.com' }
    expect((await mine.scim.post('/Users', again)).status).toBe(409)
    await mine.scim.delete(`/Users/${mine.userId}`)
    expect((await theirs.scim.get(`/Users/${theirs.userId}`)).body.userName).toBe('ada@example.com')
    expect((await mine.scim.post('/Users', again)).status).toBe(201)
  })

  test('a userName of another directory of the organization is 409, and tells nothing of who has it', async () => {
    const [mine, theirs] = await oneOrganization()
    const { status, body } = await mine.scim.post('/Users', { ...user, userName: 'Berta@example.com' })
    expect(status).toBe(409)
    expect(JSON.stringify(body)).not.toContain(theirs.userId)
    // What the provider asked for it finds from then on, or it would try for ever.
    const found = await mine.scim.list('Users', 'userName eq "berta@example.com"')
    expect(found.body.Resources).toMatchObject([{ id: theirs.userId }])
    expect((await mine.scim.list('Users', 'userName co "berta"')).body.totalResults).toBe(0)
    const change = { op: 'replace', path: 'title', value: 'x' }
    expect((await mine.scim.patch(`/Users/${theirs.userId}`, change)).status).toBe(409)
  })
})
