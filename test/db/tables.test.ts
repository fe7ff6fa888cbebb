// The tables as src/db/schema has them, from which migrations are generated, are those of the database: what a migration writes by
// hand is not left out there.
import { globSync } from 'node:fs'
import { is } from 'drizzle-orm'
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { cloneTemplate } from '../support/database.ts'

const projectFolder = new URL('../..', import.meta.url).pathname

let owner: postgres.Sql
let declared: ReturnType<typeof getTableConfig>[]

beforeAll(async () => {
  const { ownerUrl } = await cloneTemplate()
  owner = postgres(ownerUrl, { max: 1, onnotice: () => {} })
  const files = globSync('src/db/schema/*.ts', { cwd: projectFolder })
  const modules: object[] = await Promise.all(files.map((file) => import(`${projectFolder}${file}`)))
  const exported: unknown[] = modules.flatMap((module) => Object.values(module))
  declared = exported.filter((value): value is PgTable => is(value, PgTable)).map(getTableConfig)
})

afterAll(async () => {
  await owner.end()
})

/** Kept by functions of the database alone, which made it by hand. */
const ownTables = ['administrator_checks']

it('has the columns of the database, by name and type, and whether they may be null', async () => {
  const rows = await owner`select c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
      || case when a.attnotnull then ' not null' else '' end || case when a.atthasdef and a.attgenerated = '' or a.attidentity <> '' then ' default' else '' end as column
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> all (${ownTables})`
  const columns = declared.flatMap(({ name, columns: own }) =>
    own.map(
      (column) =>
        `${name}.${column.name} ${column.getSQLType().replace(' (', '(')}${column.notNull ? ' not null' : ''}${column.hasDefault ? ' default' : ''}`,
    ),
  )
  expect(columns.sort()).toEqual(rows.map(({ column }) => column as string).sort())
})

it('has no index, key or policy that the database lacks', async () => {
  const rows = await owner`select conname as name from pg_constraint where connamespace = 'public'::regnamespace
    union all select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'i'
    union all select polname from pg_policy`
  const existing = new Set(rows.map(({ name }) => name))
  const named = declared.flatMap(({ indexes, checks, foreignKeys, policies, uniqueConstraints }) => [
    ...indexes.map(({ config }) => config.name),
    ...checks.map(({ name }) => name),
    ...policies.map(({ name }) => name),
    ...uniqueConstraints.map(({ name }) => name),
    // PostgreSQL cuts names at 63 bytes.
    ...foreignKeys.map((key) => key.getName().slice(0, 63)),
  ])
  expect(named.length).toBeGreaterThan(150)
  expect(named.filter((name) => !existing.has(name))).toEqual([])
})

it('keeps a history with the columns of its table, and shows the past with the same', async () => {
  const columns = async (schema: string): Promise<Map<string, string>> =>
    new Map(
      (
        await owner`select c.relname as name, string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', '
            order by a.attnum) as columns
          from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
          where c.relnamespace = ${schema}::regnamespace and c.relkind in ('r', 'v') and a.attname <> 'valid_to'
          group by c.oid, c.relname`
      ).map(({ name, columns: text }) => [name as string, text as string]),
    )
  const [tables, history, past] = await Promise.all(['public', 'history', 'past'].map(columns))
  expect(history?.size).toBeGreaterThan(10)
  for (const [name, text] of history ?? [])
    expect([name, text, past?.get(name)]).toEqual([name, tables?.get(name), text])
  expect(past?.get('effective_assignments')).toBe(tables?.get('effective_assignments'))
  const [view] = await owner`select pg_get_viewdef('effective_assignments'::regclass) as now,
    (select pg_get_viewdef('past.effective_assignments'::regclass) from (select set_config('search_path', 'past, pg_catalog, public', true)) x) as past`
  expect((view as { past: string }).past.replaceAll('past.', '')).toBe((view as { now: string }).now)
})
