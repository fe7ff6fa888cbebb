// Searching people: words, filters that combine, orders that stay stable from page to page, and what managers of brands see.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { searchUsers } from '#access/people/list-users.ts'
import { bare } from '#directory/fold.ts'
import { provisionUser } from '#directory/provision-user.ts'
import type { CallContext, ManagementPermission } from '#src/context.ts'
import { type AccessStage, type Client, roleId, startStage } from '../support/access.ts'

let stage: AccessStage
let client: Client
let editor: string
let viewer: string
const brands: Record<string, string> = {}
const people: Record<string, string> = {}

beforeAll(async () => {
  stage = await startStage()
  client = await stage.createClient()
  editor = await roleId(client, 'editor')
  viewer = await roleId(client, 'viewer')
  for (const name of ['aurora', 'boreal']) brands[name] = (await client.post('brands', { slug: name, name })).body.id
  for (const [name, displayName] of [
    ['john', 'John Smith'],
    ['zoe', 'Zoë Johnson'],
    ['mei', 'Mei Lin'],
    ['per', 'Per Åkesson'],
  ] as const)
    people[name] = (
      await client.post('users', { userName: `${name}@example.com`, displayName, emails: [`${name}.mail@example.org`] })
    ).body.id
  // John edits in the organization through a nested group; Zoë views in Aurora through a group; Mei edits in Boreal directly.
  const outer = (await client.post('groups', { displayName: 'Staff' })).body.id
  const inner = (await client.post('groups', { displayName: 'Writers' })).body.id
  await client.post(`groups/${outer}/members`, { groupIds: [inner] })
  await client.post(`groups/${inner}/members`, { userIds: [people['john']] })
  await client.confirm('POST', 'mappings', { groupId: outer, roleId: editor })
  const readers = (await client.post('groups', { displayName: 'Readers' })).body.id
  await client.post(`groups/${readers}/members`, { userIds: [people['zoe'], people['john']] })
  await client.confirm('POST', 'mappings', { groupId: readers, roleId: viewer, brandId: brands['aurora'] })
  await client.post('assignments', {
    ...{ userId: people['mei'], roleId: editor, brandId: brands['boreal'], reason: 'Covers for Per' },
  })
})
afterAll(() => stage.close())

const found = async (query: string): Promise<string[]> => {
  const { status, body } = await client.get(`users?sort=name&${query}`)
  expect(status).toBe(200)
  expect(body.total).toBe(body.items.length)
  return body.items.map(({ userName }: { userName: string }) => userName.split('@')[0])
}

describe('words', () => {
  test.each([
    ['john', ['john', 'zoe']],
    ['JOHN smith', ['john']],
    ['smith john', ['john']],
    ['zoe', ['zoe']],
    ['Zoë', ['zoe']],
    ['akes', ['per']],
    ['mail@example.org', ['john', 'mei', 'per', 'zoe']],
    ['john mei', []],
    ['100%', []],
    ['_', []],
  ])('000-09: %s finds %j', async (q, expected) => {
    expect(await found(`q=${encodeURIComponent(q)}`)).toEqual(expected)
  })

  test('what TypeScript makes bare, the database does the same way', async () => {
    const texts = ['Zoë', 'ÅKESSON', 'straße', 'İstanbul', 'ﬁne', '① Ⅳ', 'Ñandú', 'ｆｕｌｌ']
    for (const text of texts) {
      const [row] = await stage.app.owner`select bare(${text}) as bare`
      expect([text, bare(text)]).toEqual([text, row?.['bare']])
    }
  })
})

describe('filters', () => {
  test('by role and by brand, through nested groups and directly', async () => {
    expect(await found(`roleId=${editor}`)).toEqual(['john', 'mei'])
    expect(await found(`roleId=${viewer}`)).toEqual(['zoe', 'john'].sort())
    expect(await found(`brandId=${brands['aurora']}`)).toEqual(['john', 'zoe'])
    expect(await found(`brandId=${brands['boreal']}`)).toEqual(['mei'])
  })

  test('000-10: role, status and brand combine, and the number matches', async () => {
    // John edits in the organization and has access to Aurora; Mei edits, but elsewhere.
    expect(await found(`roleId=${editor}&brandId=${brands['aurora']}&status=active`)).toEqual(['john'])
    expect(await found(`roleId=${editor}&brandId=${brands['boreal']}&status=active`)).toEqual(['mei'])
    expect(await found(`roleId=${editor}&brandId=${brands['boreal']}&status=inactive`)).toEqual([])
    expect(await found(`roleId=${editor}&q=john`)).toEqual(['john'])
  })

  test('by a mapping with a filter over the user', async () => {
    const own = await stage.createClient()
    const counsel = { ...{ userName: 'ada@example.com', externalId: null, displayName: 'Ada', isActive: true } }
    await provisionUser(own.ctx, { directoryId: null, content: { ...counsel, attributes: { title: 'Counsel' } } })
    await provisionUser(own.ctx, {
      directoryId: null,
      content: { ...counsel, userName: 'bo@example.com', attributes: { title: 'Clerk' } },
    })
    const role = await roleId(own, 'viewer')
    const { status } = await own.confirm('POST', 'mappings', { filter: 'title eq "Counsel"', roleId: role })
    expect(status).toBe(201)
    const byName = await own.confirm('POST', 'mappings', {
      filter: 'userName eq "bo@example.com"',
      roleId: await roleId(own, 'editor'),
    })
    expect(byName.status).toBe(201)
    const names = async (wanted: string) =>
      (await own.get(`users?roleId=${wanted}`)).body.items.map((user: { userName: string }) => user.userName)
    expect(await names(role)).toEqual(['ada@example.com'])
    expect(await names(await roleId(own, 'editor'))).toEqual(['bo@example.com'])
  })

  test('by where they come from, and by when they were last active', async () => {
    const { directory, user } = await withDirectory()
    expect(await found(`source=${directory}`)).toEqual([user])
    expect(await found('source=local')).toEqual(['john', 'mei', 'per', 'zoe'])
    const [john, mei] = [people['john'] ?? '', people['mei'] ?? '']
    await stage.app.owner`update users set last_active_at = now() - interval '100 days' where id = ${john}`
    await stage.app.owner`update users set last_active_at = now() - interval '1 day' where id = ${mei}`
    const since = new Date(Date.now() - 30 * 86_400_000).toISOString()
    expect(await found(`activeSince=${since}`)).toEqual(['mei'])
    expect(await found(`notActiveSince=${since}&source=local`)).toEqual(['john', 'per', 'zoe'])
    expect(await found('neverActive=true&source=local')).toEqual(['per', 'zoe'])
  })

  async function withDirectory(): Promise<{ directory: string; user: string }> {
    const organization = { id: client.organizationId, slug: client.slug, ctx: client.ctx }
    const { directoryId } = await stage.app.createDirectory(organization)
    const content = { userName: 'dir@example.com', externalId: 'x', displayName: 'Dir', isActive: true, attributes: {} }
    await provisionUser(client.ctx, { directoryId, content })
    return { directory: directoryId, user: 'dir' }
  }
})

describe('rows', () => {
  test('000-04: status, last activity, roles in the organization, brands, and where they come from', async () => {
    const { body } = await client.get('users?q=john.mail')
    expect(body.items[0]).toMatchObject({
      ...{ userName: 'john@example.com', email: 'john.mail@example.org', status: 'active', directory: null },
      roles: [{ key: 'editor' }],
      brands: [{ slug: 'aurora', roles: [{ key: 'viewer' }] }],
      lastActiveAt: expect.stringMatching(/Z$/),
    })
  })
})

describe('order and pages', () => {
  test.each(['name', 'userName', 'role', 'status', 'lastActive', 'created'])(
    '000-05, 000-11: by %s, up and down, each person comes once',
    async (sort) => {
      const walk = async (direction: string): Promise<string[]> => {
        const names: string[] = []
        let cursor = ''
        for (;;) {
          const { status, body } = await client.get(`users?sort=${sort}&direction=${direction}&limit=2${cursor}`)
          expect(status).toBe(200)
          expect(body.total).toBe(5)
          names.push(...body.items.map(({ userName }: { userName: string }) => userName))
          if (body.nextCursor === null) return names
          cursor = `&cursor=${body.nextCursor}`
        }
      }
      const up = await walk('asc')
      expect(new Set(up).size).toBe(5)
      expect(up).toHaveLength(5)
      expect(await walk('desc')).toEqual(up.toReversed())
    },
  )

  test('000-05, 001-02: by role, the highest first, whatever it is held through; who holds none comes last', async () => {
    const { body } = await client.get('users?sort=role&direction=desc')
    const shown = (body.items as { roles: { key: string }[] }[]).map(({ roles }) => roles[0]?.key ?? '')
    const ranks = ((await client.get('roles?limit=200')).body.items as { key: string; rank: number }[]).map(
      ({ key, rank }) => [key, rank] as const,
    )
    const rankOf = (key: string): number => new Map(ranks).get(key) ?? -1
    expect(new Set(shown).size).toBeGreaterThan(1)
    expect(shown.map(rankOf)).toEqual(shown.map(rankOf).toSorted((one, other) => other - one))
    expect(shown.at(-1)).toBe('')
  })

  test('who was never active comes last where the latest come first', async () => {
    const { body } = await client.get('users?sort=lastActive&direction=desc')
    expect(body.items[0].userName).toBe('mei@example.com')
    expect(body.items.at(-1).lastActiveAt).toBeNull()
  })

  test('a cursor is good for the order that it was given in, and nothing else is one', async () => {
    const { body } = await client.get('users?sort=name&limit=1')
    const forged = (parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url')
    const id = people['john']
    for (const [cursor, sort] of [
      [body.nextCursor, 'status'],
      ['nonsense', 'name'],
      [forged(['name', 'asc', 'x']), 'name'],
      [forged(['name', 'asc', 'a\0b', id]), 'name'],
      [forged(['lastActive', 'asc', 'infinity', id]), 'lastActive'],
      [forged(['lastActive', 'asc', '2030-13-01T00:00:00.000Z', id]), 'lastActive'],
      [forged(['name', 'asc', null, id]), 'name'],
      [forged(['role', 'asc', 'x', id]), 'role'],
    ]) {
      const refused = await client.get(`users?sort=${sort}&cursor=${cursor}`)
      expect([refused.status, refused.body.reason]).toEqual([400, 'invalidCursor'])
    }
  })
})

describe('a manager of a brand', () => {
  const managing = (brand: string, ...permissions: ManagementPermission[]): CallContext => ({
    ...client.ctx,
    permissions: new Set(),
    brandPermissions: new Map([[brands[brand] ?? '', new Set(permissions)]]),
  })
  const names = async (ctx: CallContext, filter = {}): Promise<string[]> =>
    (await searchUsers(ctx, { filter, order: { sort: 'name', direction: 'asc' } })).items.map(
      ({ userName }) => userName.split('@')[0] ?? '',
    )

  test('sees the people of the brand, and of what they hold that alone', async () => {
    const ctx = managing('aurora', 'users.read')
    expect(await names(ctx)).toEqual(['john', 'zoe'])
    expect(await names(ctx, { roleId: editor })).toEqual([])
    expect(await names(ctx, { roleId: viewer })).toEqual(['john', 'zoe'])
    expect(await names(ctx, { brandId: brands['boreal'] })).toEqual([])
    const { items } = await searchUsers(ctx, { filter: { q: 'smith' } })
    expect(items).toMatchObject([{ roles: [], brands: [{ slug: 'aurora', roles: [{ key: 'viewer' }] }] }])
  })

  test('without the permission sees nobody', async () => {
    await expect(searchUsers(managing('aurora', 'brands.read'))).rejects.toMatchObject({ code: 'forbidden' })
  })

  test('sees who is invited to the brand', async () => {
    await client.post('invitations', {
      email: 'new@example.com',
      brands: [{ brandId: brands['boreal'], roleId: viewer }],
    })
    expect(await names(managing('boreal', 'users.read'))).toEqual(['mei', 'new'])
  })
})
