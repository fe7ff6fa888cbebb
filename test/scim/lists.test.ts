// Pages, order and cursors (RFC 7644 §3.4.2.3, §3.4.2.4; RFC 9865).
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../support/app.ts'
import type { ScimClient } from '../support/scim.ts'

let app: TestApp
let scim: ScimClient
const people = 23

beforeAll(async () => {
  app = await startTestApp()
  scim = await app.createScim()
  for (let index = 0; index < people; index += 1) {
    const title = index % 4 === 0 ? {} : { title: ['clerk', 'Baker', 'árbiter'][index % 3] }
    const emails = [
      { value: `z${index}@example.com`, type: 'home' },
      { value: `${String.fromCharCode(122 - index)}@example.com`, type: 'work', primary: true },
    ]
    await scim.user(`Person${String(index).padStart(2, '0')}@example.com`, {
      ...title,
      emails,
      active: index % 5 !== 0,
    })
  }
})
afterAll(() => app.close())

type User = { id: string; userName: string; title?: string; active: boolean; emails: { value: string }[] }

const page = async (query: string) => (await scim.get(`/Users?${query}`)).body

/** All pages by index. */
async function walk(query: string, count: number): Promise<User[]> {
  const users: User[] = []
  for (let startIndex = 1; startIndex <= people; startIndex += count) {
    const body = await page(`${query}&startIndex=${startIndex}&count=${count}`)
    expect(body).toMatchObject({ totalResults: people, startIndex, itemsPerPage: body.Resources.length })
    users.push(...body.Resources)
  }
  return users
}

/** All pages by cursor. */
async function follow(query: string, count: number): Promise<User[]> {
  const users: User[] = []
  let cursor = ''
  for (let pages = 0; pages < people + 2; pages += 1) {
    const body = await page(`${query}&count=${count}&cursor=${cursor}`)
    users.push(...body.Resources)
    if (body.nextCursor === undefined) return users
    expect(body.nextCursor).toMatch(/^[A-Za-z0-9._~-]+$/)
    cursor = body.nextCursor
  }
  throw new Error('The cursors do not end')
}

const idsOf = (users: User[]): string[] => users.map(({ id }) => id)

const orders = [
  '',
  'sortBy=userName',
  'sortBy=title',
  'sortBy=title&sortOrder=descending',
  'sortBy=active',
  'sortBy=emails',
  'sortBy=meta.created&sortOrder=descending',
]

describe('pages', () => {
  test.each(orders)('by index nobody is left out or comes twice: %s', async (order) => {
    const users = await walk(order, 5)
    expect(new Set(idsOf(users)).size).toBe(people)
    expect(users).toHaveLength(people)
  })

  test.each(orders)('by cursor the order is the same as by index: %s', async (order) => {
    expect(idsOf(await follow(order, 4))).toEqual(idsOf(await walk(order, 23)))
  })

  test('the default order is that of creation', async () => {
    const names = (await walk('', 10)).map(({ userName }) => userName)
    expect(names).toEqual([...names].sort())
  })

  test('a walk goes on from where the last page ended, whoever comes or goes meanwhile; any other page is counted off', async () => {
    const own = await app.createScim()
    const ids: string[] = []
    for (let index = 0; index < 9; index += 1) ids.push(await own.user(`walker${index}@example.com`))
    const at = async (startIndex: number) => (await own.get(`/Users?startIndex=${startIndex}&count=3`)).body
    expect(idsOf((await at(1)).Resources)).toEqual(ids.slice(0, 3))
    await own.delete(`/Users/${ids[0]}`)
    expect(await at(4)).toMatchObject({
      totalResults: 9,
      startIndex: 4,
      Resources: ids.slice(3, 6).map((id) => ({ id })),
    })
    expect(await at(4)).toMatchObject({ totalResults: 8, Resources: ids.slice(4, 7).map((id) => ({ id })) })
    await own.user('late@example.com')
    expect(await at(7)).toMatchObject({ totalResults: 9, itemsPerPage: 3 })
    expect(await at(10)).toMatchObject({ totalResults: 9, itemsPerPage: 0 })
    expect((await at(1)).totalResults).toBe(9)
  })

  test('startIndex below 1 is 1, a negative count is 0, a page past the end is empty, a huge count is cut', async () => {
    expect(await page('startIndex=-3&count=1')).toMatchObject({ startIndex: 1, itemsPerPage: 1 })
    expect(await page('count=-1')).toMatchObject({ totalResults: people, Resources: [] })
    expect(await page('startIndex=500')).toMatchObject({ totalResults: people, Resources: [] })
    expect((await page('count=100000')).Resources).toHaveLength(people)
  })

  test('a page has 1,000 people at most', async () => {
    const other = await app.createScim()
    await app.owner`insert into users (organization_id, id, directory_id, user_name, user_name_key, status,
        status_changed_at, attributes, created_at, updated_at)
      select ${other.organization.id}, 'usr_page' || lpad(n::text, 22, '0'), ${other.directoryId}, 'page' || n, 'page' || n,
        'active', now(), '{}', now(), now() from generate_series(1, 1001) n`
    const { body } = await other.get('/Users?count=100000')
    expect([body.totalResults, body.itemsPerPage, body.Resources.length]).toEqual([1_001, 1_000, 1_000])
  })

  test.each(['count=many', 'startIndex=1.5', 'sortOrder=sideways', 'sortBy=nothing', 'count=1&count=2'])(
    'refused: %s',
    async (query) => {
      expect((await scim.get(`/Users?${query}`)).status).toBe(400)
    },
  )
})

describe('order', () => {
  test('strings sort by their case rule, and what has no value comes last', async () => {
    const titles = (await walk('sortBy=title', 23)).map(({ title }) => title)
    const known = titles.filter((title) => title !== undefined)
    expect(known.map((title) => title.toLowerCase())).toEqual([...known.map((title) => title.toLowerCase())].sort())
    expect(titles.slice(known.length).every((title) => title === undefined)).toBe(true)
  })

  test('descending is the reverse', async () => {
    const up = idsOf(await walk('sortBy=title', 23))
    expect(idsOf(await walk('sortBy=title&sortOrder=descending', 23))).toEqual(up.reverse())
  })

  test('of several values the primary one counts', async () => {
    const first = (await page('sortBy=emails&count=1')).Resources[0]
    expect(first.userName).toBe(`Person${people - 1}@example.com`)
  })

  test('POST /.search sorts and pages in the same way', async () => {
    const body = {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
      sortBy: 'title',
      startIndex: 6,
      count: 5,
    }
    const found = (await scim.post('/Users/.search', body)).body
    expect(idsOf(found.Resources)).toEqual(idsOf((await page('sortBy=title&startIndex=6&count=5')).Resources))
  })
})

describe('cursors (RFC 9865)', () => {
  test('a broken cursor is 400 invalidCursor', async () => {
    for (const cursor of ['nonsense', 'bnVsbA', 'W10']) {
      expect(await scim.get(`/Users?cursor=${cursor}`)).toMatchObject({
        status: 400,
        body: { scimType: 'invalidCursor' },
      })
    }
  })

  test('a cursor ends after its time: 400 expiredCursor', async () => {
    const { nextCursor } = await page('cursor&count=2')
    expect((await scim.get(`/Users?cursor=${nextCursor}`)).status).toBe(200)
    app.clock.advance(3_700_000)
    expect(await scim.get(`/Users?cursor=${nextCursor}`)).toMatchObject({
      status: 400,
      body: { scimType: 'expiredCursor' },
    })
    app.clock.advance(-3_700_000)
  })

  test('a count that is no number is 400 invalidCount', async () => {
    expect(await scim.get('/Users?cursor&count=x')).toMatchObject({ status: 400, body: { scimType: 'invalidCount' } })
  })
})

describe('a search at the root', () => {
  test('lists users first, then groups, as one list', async () => {
    const own = await app.createScim()
    for (const name of ['u1', 'u2', 'u3']) await own.user(`${name}@example.com`, { displayName: 'Same' })
    for (const name of ['Same', 'Same', 'Other']) await own.group(name)
    const search = async (startIndex: number, count: number) =>
      (await own.post('/.search', { filter: 'displayName eq "same"', startIndex, count })).body
    expect(await search(1, 10)).toMatchObject({ totalResults: 5, itemsPerPage: 5 })
    const walked = [
      ...(await search(1, 2)).Resources,
      ...(await search(3, 2)).Resources,
      ...(await search(5, 2)).Resources,
    ]
    expect(walked.map(({ meta }) => meta.resourceType)).toEqual(['User', 'User', 'User', 'Group', 'Group'])
    expect(new Set(walked.map(({ id }) => id)).size).toBe(5)
  })

  test('a name that one type has and the other has not is no error; a name of neither is', async () => {
    const own = await app.createScim()
    const id = await own.user('only@example.com')
    const found = await own.post('/.search', { filter: 'userName eq "only@example.com"' })
    expect(found.body.Resources).toMatchObject([{ id }])
    expect((await own.post('/.search', { filter: 'nothing eq "x"' })).body.scimType).toBe('invalidFilter')
  })
})
