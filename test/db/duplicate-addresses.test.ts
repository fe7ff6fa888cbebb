// The migration to one address, one account meets organizations that have duplicates: nobody is lost, and whoever can sign in keeps
// the address.
import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'

const folder = new URL('../../drizzle/', import.meta.url)
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.sql'))
  .sort()
const before = files.filter((name) => name < '0024')

let sql: postgres.Sql
beforeAll(async () => {
  const template = inject('clusterUrl')
  const name = `test_${randomUUID().replaceAll('-', '')}`
  const admin = postgres(template.replace(/\/rolecall$/, '/postgres'), { max: 1, onnotice: () => {} })
  await admin.unsafe(`create database ${name}`)
  await admin.end()
  sql = postgres(template.replace(/\/rolecall$/, `/${name}`), { max: 1, onnotice: () => {} })
})
afterAll(() => sql?.end())

const apply = async (names: readonly string[]): Promise<void> => {
  for (const name of names)
    for (const statement of readFileSync(new URL(name, folder), 'utf8').split('--> statement-breakpoint'))
      await sql.unsafe(statement)
}

test('keeps the one who can sign in, marks the others, and gives the address back when it becomes free', async () => {
  await apply(before)
  await sql`insert into organizations (id, slug, name, created_at, updated_at) values ('org_1', 'one', 'One', now(), now()),
    ('org_2', 'two', 'Two', now(), now())`
  const people = [
    ['org_1', 'idle', 'inactive', 'Ada@example.com'],
    ['org_1', 'plain', 'active', 'ada@example.com'],
    ['org_1', 'signs_in', 'active', 'ADA@example.com'],
    ['org_1', 'other', 'active', 'bo@example.com'],
    ['org_1', 'nobody', 'active', null],
    ['org_1', 'nobody_either', 'active', null],
    ['org_2', 'elsewhere', 'active', 'ada@example.com'],
  ] as const
  for (const [organization, id, status, value] of people)
    await sql`insert into users (organization_id, id, user_name, user_name_key, status, status_reason, status_changed_at,
        attributes, created_at, updated_at)
      values (${organization}, ${id}, ${id}, ${id}, ${status}, ${status === 'inactive' ? 'administrator' : null}, now(),
        ${sql.json(value === null ? {} : { emails: [{ value: 'x@example.com' }, { value, primary: true }] })}, now(), now())`
  await sql`insert into passwords (organization_id, user_id, hash, must_change, changed_at)
    values ('org_1', 'signs_in', 'x', false, now())`
  await apply(files.filter((name) => name >= '0024'))
  const marks = async () =>
    Object.fromEntries(
      (await sql`select id, address_yielded_to as to from users where address_yielded_to is not null order by id`).map(
        ({ id, to }) => [id, to],
      ),
    )
  expect(await marks()).toEqual({ idle: 'signs_in', plain: 'signs_in' })
  await sql`update users set deleted_at = now() where id = 'signs_in'`
  expect(await marks()).toEqual({ idle: 'plain' })
  await sql`update users set attributes = '{}' where id = 'plain'`
  expect(await marks()).toEqual({})
  await expect(
    sql`update users set attributes = ${sql.json({ emails: [{ value: 'ada@example.com' }] })} where id = 'other'`,
  ).rejects.toMatchObject({ constraint_name: 'users_sign_in_address' })
})
