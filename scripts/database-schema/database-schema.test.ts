// schemas/database.sql is the whole truth: nothing is left out of its subjects, and it does not depend on who owns the tables.
import { readFileSync } from 'node:fs'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cloneTemplate } from '../../test/support/database.ts'
import { databaseSchema } from './database-schema.ts'

let owner: postgres.Sql

beforeAll(async () => {
  const { ownerUrl } = await cloneTemplate()
  owner = postgres(ownerUrl, { max: 1, onnotice: () => {} })
})

afterAll(async () => {
  await owner.end()
})

/** What is said of the schema after a change to it, which is taken back. */
async function schemaAfter(change: string): Promise<string> {
  let said = ''
  await owner
    .begin(async (tx) => {
      await tx.unsafe(change)
      said = await databaseSchema(tx).catch((error: Error) => error.message)
      throw new Error('taken back')
    })
    .catch(() => {})
  return said
}

const committed = readFileSync(new URL('../../schemas/database.sql', import.meta.url), 'utf8')

it('puts every table, view and function under a subject, with a comment', async () => {
  expect(await databaseSchema(owner)).toBe(committed)
})

it('does not depend on the owner of the tables, nor on their other grants', async () => {
  const change = `do $$ declare t record; begin create role somebody_else; create role auditor; grant create on schema public to somebody_else;
    for t in select c.oid::regclass as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
    loop execute format('alter table %s owner to somebody_else; grant select on %1$s to auditor', t.name); end loop;
    for t in select p.oid::regprocedure as name from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prolang <> 13
    loop execute format('alter function %s owner to somebody_else', t.name); end loop; end $$`
  expect(await schemaAfter(change)).toBe(committed)
})

describe('fails, and says what to do, where there is', () => {
  it.each([
    [
      'a table of no subject',
      "create table strays (id text); comment on table strays is 'Strays.'",
      /^strays belongs to no subject: add it to the relations of one in scripts\/database-schema\/subjects.ts$/,
    ],
    [
      'a function of no subject',
      "create function stray() returns int language sql as 'select 1'; comment on function stray() is 'One.'",
      /^stray belongs to no subject: add it to the functions of one/,
    ],
    [
      'an object without a comment',
      'comment on function new_id(text) is null',
      /^new_id\(text\) has no comment: COMMENT ON FUNCTION new_id\(text\) IS …/,
    ],
    [
      'a subject of what is gone',
      'drop function has_organizations()',
      /^has_organizations does not exist \(any more\): take it out of/,
    ],
    [
      'a kind that it cannot print',
      "create type colour as enum ('red')",
      /^type colour: scripts\/database-schema\/queries.ts has to learn/,
    ],
    ['another schema', 'create schema elsewhere', /^schema elsewhere: /],
  ])('%s', async (_what, change, message) => {
    expect(await schemaAfter(change)).toMatch(message)
  })
})

describe('shows', () => {
  it.each([
    [
      'a grant',
      'grant delete on audit_events to rolecall_server',
      'GRANT SELECT, INSERT, DELETE ON audit_events TO rolecall_server;',
    ],
    [
      'a policy that is loosened',
      'alter policy own_organization on brands using (true)',
      'CREATE POLICY own_organization ON brands FOR ALL TO rolecall_server\n  USING (true)\n',
    ],
    [
      'a function that everybody may call',
      'grant execute on function end_all_access() to public',
      'GRANT EXECUTE ON FUNCTION end_all_access() TO PUBLIC;',
    ],
    ['what the text of a comment says', "comment on table brands is 'Spaces.'", '-- Spaces.\nCREATE TABLE brands ('],
  ])('%s', async (_what, change, text) => {
    expect(committed).not.toContain(text)
    expect(await schemaAfter(change)).toContain(text)
  })
})
