// Who holds what and through what: by brand, by role, by person, and as a file.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { getAccessMatrix } from '#access/people/access-matrix.ts'
import { listHolders } from '#access/people/list-holders.ts'
import { parseCsv } from '#platform/csv.ts'
import type { CallContext } from '#src/context.ts'
import { type AccessStage, type Client, createUser, roleId, startStage } from '../support/access.ts'

let stage: AccessStage
let client: Client
let editor: string
let viewer: string
let aurora: string
let boreal: string
let ada: string
let bo: string
beforeAll(async () => {
  stage = await startStage()
  client = await stage.createClient()
  editor = await roleId(client, 'editor')
  viewer = await roleId(client, 'viewer')
  aurora = (await client.post('brands', { slug: 'aurora', name: 'Aurora' })).body.id
  boreal = (await client.post('brands', { slug: 'boreal', name: '=Boreal()' })).body.id
  ada = await createUser(client, 'ada@example.com')
  bo = await createUser(client, 'bo@example.com')
  const outer = (await client.post('groups', { displayName: 'Staff' })).body.id
  const inner = (await client.post('groups', { displayName: 'Writers' })).body.id
  await client.post(`groups/${outer}/members`, { groupIds: [inner] })
  await client.post(`groups/${inner}/members`, { userIds: [ada] })
  await client.confirm('POST', 'mappings', { groupId: outer, roleId: editor, brandId: aurora })
  const direct = { userId: ada, roleId: editor, brandId: aurora, reason: 'Launch', sponsor: 'bo@example.com' }
  await client.post('assignments', { ...direct, expiresAt: '2099-01-01T00:00:00Z' })
  await client.post('assignments', { userId: ada, roleId: viewer, reason: 'Reads' })
  await client.post('assignments', { userId: bo, roleId: viewer, brandId: boreal, reason: '=HYPERLINK()' })
  await client.post('assignments', {
    ...{ userId: bo, roleId: editor, reason: 'Next year', validFrom: '2098-01-01T00:00:00Z' },
  })
})
afterAll(() => stage.close())

describe('holders', () => {
  test('000-26: everybody with access to a brand, with each way that it comes by', async () => {
    const { status, body } = await client.get(`holders?brandId=${aurora}`)
    expect([status, body.total]).toEqual([200, 1])
    expect(body.items[0].user).toMatchObject({ id: ada, status: 'active' })
    expect(body.items[0].holdings).toMatchObject([
      {
        role: { key: 'editor' },
        source: { type: 'direct', sponsor: 'bo@example.com', expiresAt: '2099-01-01T00:00:00.000Z' },
      },
      { source: { type: 'mapping', path: [{ displayName: 'Writers' }, { displayName: 'Staff' }] } },
    ])
    expect(body.items[0].holdings[1].source.since).toMatch(/Z$/)
  })

  test('of a role, anywhere or in the organization alone; words narrow it', async () => {
    const names = async (query: string): Promise<string[]> =>
      (await client.get(`holders?${query}`)).body.items.map(({ user }: { user: { userName: string } }) => user.userName)
    expect(await names(`roleId=${viewer}`)).toEqual(['ada@example.com', 'bo@example.com'])
    expect(await names(`roleId=${viewer}&brandId=organization`)).toEqual(['ada@example.com'])
    expect(await names(`roleId=${viewer}&q=bo`)).toEqual(['bo@example.com'])
    expect(await names(`roleId=${editor}&brandId=${boreal}`)).toEqual([])
  })

  test('page by page; inactive people have no access and are not among them', async () => {
    const first = (await client.get(`holders?roleId=${viewer}&limit=1`)).body
    const second = (await client.get(`holders?roleId=${viewer}&limit=1&cursor=${first.nextCursor}`)).body
    expect([first.total, second.items[0].user.id, second.nextCursor]).toEqual([2, bo, null])
    await client.confirm('POST', `users/${bo}/deactivate`)
    expect((await client.get(`holders?brandId=${boreal}`)).body.total).toBe(0)
    await client.post(`users/${bo}/reactivate`)
  })

  test('as CSV, of which no spreadsheet runs anything', async () => {
    const answer = await client.get('holders/export')
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(answer.headers.get('content-disposition')).toContain('access.csv')
    const [headings, ...lines] = parseCsv(answer.body)
    expect(headings?.slice(0, 3)).toEqual(['name', 'user name', 'e-mail'])
    expect(lines).toHaveLength(4)
    const dangerous = lines.find(([, userName]) => userName === 'bo@example.com') ?? []
    expect(dangerous.slice(4, 7)).toEqual(['Viewer', "'=Boreal()", 'directly: =HYPERLINK()'])
  })

  test('a manager of a brand sees that brand, and no other', async () => {
    const ctx: CallContext = {
      ...client.ctx,
      permissions: new Set(),
      brandPermissions: new Map([[aurora, new Set(['users.read', 'access.read'])]]),
    }
    expect((await listHolders(ctx, { filter: { brandId: aurora } })).total).toBe(1)
    const all = await listHolders(ctx, { filter: {} })
    expect(all.items.map(({ user }) => user.id)).toEqual([ada])
    expect(all.items[0]?.holdings.every(({ brand }) => brand?.id === aurora)).toBe(true)
    for (const brandId of [boreal, 'organization'])
      await expect(listHolders(ctx, { filter: { brandId } })).rejects.toMatchObject({ code: 'forbidden' })
    const matrix = await getAccessMatrix(ctx, ada)
    expect([matrix.scopes.length, matrix.rows.length]).toEqual([1, 1])
    await expect(getAccessMatrix(ctx, bo)).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('the matrix of a person', () => {
  test('000-07: roles by scope with their sources; what is to come is apart', async () => {
    const { body } = await client.get(`users/${ada}/access-matrix`)
    expect(body.scopes).toEqual([null, expect.objectContaining({ slug: 'aurora' })])
    expect(body.rows).toMatchObject([
      { role: { key: 'editor' }, cells: [{ brandId: aurora, counts: true, sources: [{}, {}] }] },
      { role: { key: 'viewer' }, cells: [{ brandId: null, counts: true, sources: [{ reason: 'Reads' }] }] },
    ])
    const coming = (await client.get(`users/${bo}/access-matrix`)).body
    expect(coming.upcoming).toMatchObject([{ role: { key: 'editor' }, validFrom: '2098-01-01T00:00:00.000Z' }])
    expect(coming.ended).toEqual([])
  })

  test('where the highest role counts alone, the others say so', async () => {
    await client.post('assignments', { userId: ada, roleId: viewer, brandId: aurora, reason: 'Also' })
    await client.confirm('PATCH', `organizations/${client.organizationId}`, { roleStrategy: 'highest' })
    const { body } = await client.get(`users/${ada}/access-matrix`)
    await client.confirm('PATCH', `organizations/${client.organizationId}`, { roleStrategy: 'union' })
    const row = body.rows.find(({ role }: { role: { key: string } }) => role.key === 'viewer')
    expect(row.cells.map(({ brandId, counts }: { brandId: string; counts: boolean }) => [brandId, counts])).toEqual([
      [null, true],
      [aurora, false],
    ])
  })

  test('permission by permission, as it is decided', async () => {
    const { body } = await client.get(`users/${ada}/permissions`)
    const allowed = (name: string) => body.permissions.find((each: { name: string }) => each.name === name).allowed
    expect(body.scopes.map((scope: { slug: string } | null) => scope?.slug ?? null)).toEqual([null, 'aurora'])
    expect([allowed('content.view'), allowed('content.edit')]).toEqual([
      [true, true],
      [false, true],
    ])
  })

  test('of another organization is not there', async () => {
    const other = await stage.createClient()
    expect((await other.get(`users/${ada}/access-matrix`)).status).toBe(404)
    expect((await other.get(`users/${ada}/permissions`)).status).toBe(404)
    expect((await other.get(`holders?brandId=${aurora}`)).body.total).toBe(0)
  })
})
