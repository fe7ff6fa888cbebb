// What the database's rules are written in, so that the tables could live where PostgreSQL is only spoken: policies without
// subselects, functions without rows as arguments, no now() where a conflict is resolved (docs/scaling.md).
import { globSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../support/app.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

/** What a person sees of assets is worked out once for a statement, which only a subselect has PostgreSQL do. */
const workedOutOnce = ['assets.visible_to_person', 'asset_teams.visible_to_person']

const resolvesWithNow = /on conflict[^;]*?do update(?:(?!returning\b|select\b|;|\n\n)[\s\S])*?\bnow\(\)/i

test('policies compare with the setting itself', async () => {
  const rows = await app.owner`select tablename || '.' || policyname as name from pg_policies
    where schemaname = 'public' and concat(qual, with_check) ~* '\\mselect\\M' order by 1`
  expect(rows.map((row) => row['name']).toSorted()).toEqual(workedOutOnce.toSorted())
})

test('no function takes a row of a table, but those that the version before this one calls', async () => {
  const rows = await app.owner`select distinct p.oid::regprocedure::text as name from pg_proc p
    cross join unnest(p.proargtypes::oid[]) a (type) join pg_type t on t.oid = a.type and t.typrelid <> 0
    where p.pronamespace in ('public'::regnamespace, 'history'::regnamespace, 'past'::regnamespace) order by 1`
  expect(rows.map((row) => row['name'])).toEqual(['past.user_document(past.users)', 'user_document(users)'])
  const [used] = await app.owner`select count(*)::int as number from pg_proc
    where pronamespace = 'public'::regnamespace and prosrc ~ 'user_document[(](u|NEW|OLD)[)]'`
  expect(used?.['number']).toBe(0)
})

test('where a conflict is resolved, nothing asks for the time', async () => {
  const rows = await app.owner`select p.oid::regprocedure::text as name, p.prosrc as source from pg_proc p
    where p.pronamespace in ('public'::regnamespace, 'history'::regnamespace) and p.prosrc ~* 'on conflict'`
  expect(rows.length).toBeGreaterThan(3)
  expect(rows.filter((row) => resolvesWithNow.test(String(row['source']))).map((row) => row['name'])).toEqual([])
  const files = globSync('src/**/*.ts')
  expect(files.filter((file) => resolvesWithNow.test(readFileSync(file, 'utf8')))).toEqual([])
})
