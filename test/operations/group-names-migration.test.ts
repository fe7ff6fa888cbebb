// An upgrade of a database that has groups of the same externalId: the oldest keeps it, and nothing fails.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../support/app.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

test('the oldest of several groups keeps its externalId, the audit trail has the others’, and names compare trimmed', async () => {
  const scim = await app.createScim()
  const statements = readFileSync('drizzle/0026_group_names.sql', 'utf8').split('--> statement-breakpoint')
  await app.owner`drop index groups_external_id`
  const ids: string[] = []
  for (const name of ['Zeta', 'Alpha', 'Beta']) ids.push(await scim.group(name))
  await app.owner`update groups set external_id = 'e-1', display_name = display_name || ' ', display_name_key = fold(display_name || ' ')
    where id = any(${ids})`
  const other = await app.createScim()
  const elsewhere = await other.group('Elsewhere')
  await app.owner`update groups set external_id = 'e-1' where id = ${elsewhere}`
  for (const statement of statements) await app.owner.unsafe(statement)
  const rows =
    await app.owner`select id, external_id, display_name_key from groups where id = any(${[...ids, elsewhere]})`
  const externalIds = Object.fromEntries(rows.map((row) => [row['id'], row['external_id']]))
  expect(externalIds).toEqual({ [ids[0] ?? '']: 'e-1', [ids[1] ?? '']: null, [ids[2] ?? '']: null, [elsewhere]: 'e-1' })
  expect(rows.map((row) => row['display_name_key']).toSorted()).toEqual(['alpha', 'beta', 'elsewhere', 'zeta'])
  const audits =
    await app.owner`select target_id, detail from audit_events where action = 'group.lose_external_id' order by target_id`
  expect(audits.map((row) => [row['target_id'], row['detail']])).toEqual(
    ids.slice(1).map((id) => [id, { externalId: 'e-1', keptBy: ids[0] }]),
  )
  expect((await scim.list('Groups', 'displayName eq "beta"')).body.totalResults).toBe(1)
})
