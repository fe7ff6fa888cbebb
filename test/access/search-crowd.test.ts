// The same answers whether few or many people are in question: the few are looked up one by one, among the many all users are read.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listHolders } from '#access/people/list-holders.ts'
import { searchUsers, type UserFilter } from '#access/people/list-users.ts'
import { type AccessStage, type Client, roleId, startStage } from '../support/access.ts'

/** More than are looked up one by one. */
const crowd = 10_400

let stage: AccessStage
let client: Client
const ids: Record<string, string> = {}

beforeAll(async () => {
  stage = await startStage()
  client = await stage.createClient()
  const made = async (path: string, body: object): Promise<string> => (await client.confirm('POST', path, body)).body.id
  ids['brand'] = await made('brands', { slug: 'aurora', name: 'Aurora' })
  ids['small'] = await made('brands', { slug: 'boreal', name: 'Boreal' })
  ids['role'] = await roleId(client, 'editor')
  const [everybody, few] = [await made('groups', { displayName: 'All' }), await made('groups', { displayName: 'Few' })]
  await made('mappings', { groupId: everybody, roleId: ids['role'], brandId: ids['brand'] })
  await made('mappings', { groupId: few, roleId: ids['role'], brandId: ids['small'] })
  const { owner } = stage.app
  const { organizationId } = client
  await owner`insert into users (organization_id, id, user_name, user_name_key, display_name, status, status_reason, status_changed_at,
      attributes, created_at, updated_at)
    select ${organizationId}, 'usr_' || lpad(n::text, 26, '0'), 'crowd' || n || '@example.com', 'crowd' || n || '@example.com',
      'Member ' || lpad(n::text, 5, '0'), case when n % 4 = 0 then 'inactive' else 'active' end,
      case when n % 4 = 0 then 'administrator' end, now(), '{}', now(), now()
    from generate_series(1, ${crowd}::int) n`
  for (const [group, every] of [[everybody, 1] as const, [few, 100] as const])
    await owner`insert into group_members (organization_id, group_id, user_id, created_at)
      select ${organizationId}, ${group}, 'usr_' || lpad(n::text, 26, '0'), now()
      from generate_series(${every}::int, ${crowd}::int, ${every}::int) n`
  await owner`analyze`
}, 120_000)
afterAll(() => stage.close())

const all = Array.from({ length: crowd }, (_, index) => index + 1)
const nameOf = (number: number): string => `Member ${String(number).padStart(5, '0')}`
const isActive = (number: number): boolean => number % 4 !== 0
const isFew = (number: number): boolean => number % 100 === 0

const cases: [string, () => UserFilter, (number: number) => boolean][] = [
  ['a word that everybody has', () => ({ q: 'crowd' }), () => true],
  ['a word that few have', () => ({ q: 'member 0077' }), (number) => nameOf(number).includes('0077')],
  ['two letters', () => ({ q: '77' }), (number) => String(number).includes('77') || nameOf(number).includes('77')],
  ['a word and a status', () => ({ q: 'crowd', status: 'active' }), isActive],
  ['a brand of everybody', () => ({ brandId: ids['brand'] }), () => true],
  ['a brand of everybody, a status', () => ({ brandId: ids['brand'], status: 'active' }), isActive],
  ['a brand of everybody, a word', () => ({ brandId: ids['brand'], q: '0077' }), (n) => nameOf(n).includes('0077')],
  ['a brand of few', () => ({ brandId: ids['small'], q: 'crowd' }), isFew],
  ['a brand of few, a status', () => ({ brandId: ids['small'], status: 'inactive' }), isFew],
  ['a role, a word that everybody has', () => ({ roleId: ids['role'], q: 'crowd', status: 'active' }), isActive],
  [
    'a role, a word that few have',
    () => ({ roleId: ids['role'], q: 'member 0077' }),
    (n) => nameOf(n).includes('0077'),
  ],
  ['a role in a brand', () => ({ roleId: ids['role'], brandId: ids['small'] }), isFew],
]

test.each(cases)('%s', async (_, filterOf, isWanted) => {
  const wanted = all.filter(isWanted).map(nameOf)
  const order = { sort: 'name', direction: 'asc' } as const
  const first = await searchUsers(client.ctx, { filter: filterOf(), order, limit: 40 })
  expect(first.total).toBe(wanted.length)
  expect(first.items.map(({ displayName }) => displayName)).toEqual(wanted.slice(0, 40))
  if (first.nextCursor === null) return
  const second = await searchUsers(client.ctx, { filter: filterOf(), order, limit: 40, cursor: first.nextCursor })
  expect(second.items.map(({ displayName }) => displayName)).toEqual(wanted.slice(40, 80))
})

test.each([
  ['everybody', 'brand', () => true],
  ['few', 'small', isFew],
] as const)('who holds something in a brand of %s', async (_, brand, isWanted) => {
  const wanted = all.filter((number) => isWanted(number) && isActive(number)).map(nameOf)
  const page = await listHolders(client.ctx, { filter: { brandId: ids[brand] }, limit: 30 })
  expect(page.total).toBe(wanted.length)
  expect(page.items.map(({ user }) => user.displayName)).toEqual(wanted.slice(0, 30))
})
