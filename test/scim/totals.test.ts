// How many there are is kept as changes that are added up (ADR 0055), and is what counting would say: at each moment, whoever writes.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../support/app.ts'
import type { ScimClient } from '../support/scim.ts'

let app: TestApp
let scim: ScimClient
let organizationId: string
let directoryId: string

beforeAll(async () => {
  app = await startTestApp()
  scim = await app.createScim()
  directoryId = scim.base.split('/').at(-1) ?? ''
  const [row] = await app.owner`select organization_id from directories where id = ${directoryId}`
  organizationId = row?.['organization_id']
})
afterAll(() => app.close())

const statuses = [null, ['active', 'invited'], ['inactive', 'erased'], ['inactive']]

/** What is kept and what counting says, seen by one statement. */
async function compare(): Promise<void> {
  const rows = await app.owner.begin(async (sql) => {
    await sql`select set_config('rolecall.organization_id', ${organizationId}, true)`
    return sql`select people_count(${organizationId}, d.id, s.list) as kept, (
        select count(*)::int from users u where u.organization_id = ${organizationId} and u.deleted_at is null
          and (d.id is null or u.directory_id = d.id) and (s.list is null or u.status = any (s.list))) as counted
      from (values (${directoryId}::text), (null)) d (id),
        (select array(select jsonb_array_elements_text(nullif(x, 'null'))) as list
          from jsonb_array_elements(${sql.json(statuses.filter((list) => list !== null))}) x union all select null) s`
  })
  expect(rows.map(({ kept }) => kept)).toEqual(rows.map(({ counted }) => counted))
}

const total = async (query: string): Promise<number> => (await scim.get(`/Users?${query}`)).body.totalResults

describe('totals while others write', () => {
  test('are those of counting, at each moment and afterwards', async () => {
    let isOver = false
    const watcher = (async () => {
      while (!isOver) await compare()
    })()
    const work = async (worker: number) => {
      for (let turn = 0; turn < 12; turn += 1) {
        const id = await scim.user(`worker${worker}-${turn}@example.com`, { active: turn % 3 !== 0 })
        if (turn % 2 === 0) await scim.patch(`/Users/${id}`, { op: 'replace', path: 'active', value: turn % 4 === 0 })
        if (turn % 3 === 1) await scim.delete(`/Users/${id}`)
        if (turn % 4 === 3) await app.owner`select fold_people_counts(${organizationId})`
      }
    }
    await Promise.all([0, 1, 2, 3, 4, 5].map(work))
    isOver = true
    await watcher
    await compare()
    const [counted] =
      await app.owner`select count(*)::int as all, count(*) filter (where status = 'inactive')::int as inactive
      from users where directory_id = ${directoryId} and deleted_at is null`
    expect(await total('count=3')).toBe(counted?.['all'])
    expect(await total('count=0')).toBe(counted?.['all'])
    expect(await total(`count=3&filter=${encodeURIComponent('active eq false')}`)).toBe(counted?.['inactive'])
    expect(await total(`count=3&filter=${encodeURIComponent('active ne false')}`)).toBe(
      counted?.['all'] - counted?.['inactive'],
    )
  })

  test('do not know of what was rolled back, nor of what a transaction has not committed, and lose nothing to a fold beside it', async () => {
    const before = await total('count=1')
    const insert = (sql: typeof app.owner) => {
      const name = `${randomUUID()}@example.com`
      return sql`insert into users (organization_id, id, directory_id, user_name, user_name_key, status, status_changed_at,
          attributes, created_at, updated_at)
        values (${organizationId}, ${`usr_${randomUUID()}`}, ${directoryId}, ${name}, ${name}, 'active', now(), '{}', now(), now())`
    }
    await app.owner
      .begin(async (sql) => {
        await insert(sql as never)
        await sql`select fold_people_counts(${organizationId})`
        expect(await total('count=1')).toBe(before)
        throw new Error('undo')
      })
      .catch(() => {})
    expect(await total('count=1')).toBe(before)
    await app.owner.begin(async (sql) => {
      await insert(sql as never)
      await sql`select fold_people_counts(${organizationId})`
      await scim.user(`beside-${randomUUID()}@example.com`)
      expect(await total('count=1')).toBe(before + 1)
    })
    await app.owner`select fold_people_counts(${organizationId})`
    expect(await total('count=1')).toBe(before + 2)
    await compare()
  })

  test('are few rows, however much was written, and no other organization’s', async () => {
    await app.owner`select fold_people_counts(${organizationId})`
    const rows = await app.owner`select people from people_counts where organization_id = ${organizationId}`
    expect(rows.length).toBeLessThanOrEqual(3)
    const other = await app.createScim()
    expect((await other.get('/Users?count=1')).body.totalResults).toBe(0)
    const [seen] = await app.owner.begin(async (sql) => {
      await sql`select set_config('rolecall.organization_id', 'org_other', true)`
      return sql`select people_count(${organizationId}, null, null) as people`
    })
    expect(seen?.['people']).toBe(0)
  })
})

test('a page is the same from either end', async () => {
  const all = await scim.get('/Users?count=200')
  const ids = all.body.Resources.map(({ id }: { id: string }) => id)
  for (const startIndex of [
    2,
    5,
    Math.ceil(ids.length / 2),
    ids.length - 4,
    ids.length - 2,
    ids.length,
    ids.length + 9,
  ]) {
    const { body } = await scim.get(`/Users?count=3&startIndex=${startIndex}`)
    expect(body.Resources.map(({ id }: { id: string }) => id)).toEqual(ids.slice(startIndex - 1, startIndex + 2))
    expect(body.totalResults).toBe(ids.length)
  }
})

describe('a part of a name', () => {
  test('is found as it is without an index, in whatever spelling it was written', async () => {
    const names: Record<string, string> = {
      'zoe.quill@example.com': 'Zoë Quillfeather',
      'idn@bücher.example': 'Bücher, International',
      'plain@example.com': 'ZOE QUILLFEATHER 100%_done',
    }
    for (const [userName, displayName] of Object.entries(names)) await scim.user(userName, { displayName })
    const found = async (filter: string): Promise<string[]> =>
      (await scim.list('Users', filter)).body.Resources.map(({ userName }: { userName: string }) => userName)
    expect(await found('displayName sw "zoe quill"')).toEqual(['plain@example.com'])
    expect(await found('displayName sw "ZOË quill"')).toEqual(['zoe.quill@example.com'])
    expect(await found('displayName co "100%_d"')).toEqual(['plain@example.com'])
    expect(await found('displayName co "1000_d"')).toEqual([])
    expect(await found('displayName ew "feather"')).toEqual(['zoe.quill@example.com'])
    expect(await found('userName co "bcher-kva"')).toEqual(['idn@bücher.example'])
    expect(await found('userName co "quill@ex" and active eq true')).toEqual(['zoe.quill@example.com'])
    expect(await found('not (displayName co "uillf") and userName co "plain@"')).toEqual([])
  })

  test('is found in more people than are looked up one by one', async () => {
    await app.owner`insert into users (organization_id, id, directory_id, user_name, user_name_key, display_name, status,
        status_changed_at, attributes, created_at, updated_at)
      select ${organizationId}, 'usr_' || lpad(n::text, 26, '0'), ${directoryId}, 'many' || n || '@example.com', 'many' || n || '@example.com',
        'Multitude ' || n, 'active', now(), '{}', now(), now() from generate_series(1, 1100) n`
    const { body } = await scim.list('Users', 'displayName sw "multitude"', { count: '5' })
    expect(body).toMatchObject({ totalResults: 1100, itemsPerPage: 5 })
    await compare()
  })
})
