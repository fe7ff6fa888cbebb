// The second wall: as the server's own database role, whatever the SQL says, one organization is all that can be reached
// (ADR 0003). Tables are found in the catalogue, so that a new one cannot be forgotten.
import { randomInt, randomUUID } from 'node:crypto'
import type postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sha256 } from '#platform/crypto.ts'
import { type AccessStage, type Client, roleId, startStage } from '../support/access.ts'
import { furnishConsole, furnishSignIn } from '../support/furnish.ts'
import { createPlatformKey } from '../support/platform.ts'
import { scimClient } from '../support/scim.ts'

let stage: AccessStage
let mine: Client
let theirs: Client & { directoryId: string; token: string }
let server: postgres.Sql
let tables: { name: string; columns: string[] }[]

/** An organization with at least one row in every table. */
async function furnish(client: Client) {
  const organization = { id: client.organizationId, slug: client.slug, ctx: client.ctx }
  const credentials = await stage.app.createDirectory(organization)
  const scim = scimClient((path, init) => stage.request(path, init), credentials)
  const userId = await scim.user('ada@example.com', { emails: [{ value: 'ada@example.com' }] })
  const inner = await scim.group('Inner', [userId])
  const groupId = await scim.group('Outer', [inner, userId])
  const brandId = (await client.post('brands', { slug: 'aurora', name: 'Aurora' })).body.id
  const editor = await roleId(client, 'editor')
  await client.confirm('POST', 'mappings', { groupId, roleId: editor, brandId })
  await client.post('assignments', { userId, roleId: editor, reason: 'Because' })
  await furnishSignIn(stage.app.owner, client.organizationId, userId)
  await furnishConsole(stage.app.owner, client.organizationId, credentials.directoryId)
  return credentials
}

beforeAll(async () => {
  stage = await startStage()
  mine = await stage.createClient()
  const other = await stage.createClient()
  await furnish(mine)
  theirs = { ...other, ...(await furnish(other)) }
  server = stage.app.serverRole()
  const rows = await stage.app.owner`
    select c.table_name as name, array_agg(a.column_name order by a.ordinal_position) filter (where a.is_generated = 'NEVER'
      and a.identity_generation is distinct from 'ALWAYS') as columns
    from information_schema.columns c
    join information_schema.tables t using (table_schema, table_name)
    join information_schema.columns a using (table_schema, table_name)
    where c.column_name = 'organization_id' and c.table_schema = 'public' and t.table_type = 'BASE TABLE'
      and not starts_with(c.table_name, 'platform_')
      and has_table_privilege('rolecall_server', to_regclass('public.' || quote_ident(c.table_name))::oid, 'select')
    group by c.table_name order by 1`
  tables = rows.map(({ name, columns }) => ({ name: name as string, columns: columns as string[] }))
})
afterAll(() => stage.close())

type Work = (sql: postgres.TransactionSql) => Promise<unknown>

/** Work inside my organization, always rolled back. */
async function inMine<T>(work: (sql: postgres.TransactionSql) => Promise<T>): Promise<T> {
  return roledBack(async (sql) => {
    await sql`select set_config('rolecall.organization_id', ${mine.organizationId}, true)`
    return work(sql)
  })
}

async function roledBack<T>(work: (sql: postgres.TransactionSql) => Promise<T>): Promise<T> {
  const undo = new Error('undo')
  let result: T | undefined
  await server
    .begin(async (sql) => {
      result = await work(sql)
      throw undo
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error
    })
  return result as T
}

const allowed = async (table: string, privilege: string): Promise<boolean> =>
  (await stage.app.owner`select has_table_privilege('rolecall_server', ${table}, ${privilege}) as ok`)[0]?.['ok']

describe('every table of an organization', () => {
  test('is found: the list is the whole model, and each table has rows of both organizations', async () => {
    expect(tables.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['users', 'groups', 'group_members', 'directory_tokens', 'api_keys', 'audit_events']),
    )
    for (const { name } of tables) {
      const rows = await stage.app.owner`select distinct organization_id from ${stage.app.owner(name)}`
      const ids = rows.map((row) => row['organization_id'])
      expect(ids, `${name} needs rows of both organizations for these tests to say anything`).toEqual(
        expect.arrayContaining([mine.organizationId, theirs.organizationId]),
      )
    }
  })

  test('has row-level security, without exception', async () => {
    const open = await stage.app.owner`
      select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relrowsecurity`
    expect(open.map(({ relname }) => relname)).toEqual([])
  })

  test('has foreign keys that include the organization, so that no row refers to another organization’s', async () => {
    const rows = await stage.app.owner`select c.conname as name, c.conrelid::regclass::text as "table",
        c.confrelid::regclass::text as target, (
          select array_agg(a.attname::text) from unnest(c.conkey) k join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k
        ) as columns
      from pg_constraint c where c.contype = 'f' and c.connamespace = 'public'::regnamespace`
    const owned = new Set([...tables.map(({ name }) => name), 'organizations'])
    const within = rows.filter((row) => owned.has(row['table']) && owned.has(row['target']))
    expect(within.length).toBeGreaterThan(20)
    expect(within.filter((row) => !row['columns'].includes('organization_id')).map(({ name }) => name)).toEqual([])
  })

  test('select sees one’s own rows and none of the other’s', async () => {
    for (const { name } of tables) {
      const rows = await inMine((sql) => sql`select organization_id from ${sql(name)}`)
      expect(rows.length, name).toBeGreaterThan(0)
      expect(new Set(rows.map((row) => row['organization_id'])), name).toEqual(new Set([mine.organizationId]))
      const asked = await inMine(
        (sql) => sql`select 1 from ${sql(name)} where organization_id = ${theirs.organizationId}`,
      )
      expect(asked, name).toHaveLength(0)
    }
  })

  test('update and delete reach nothing of the other’s', async () => {
    for (const { name } of tables) {
      const other = theirs.organizationId
      if (await allowed(name, 'update')) {
        const own = await inMine((sql) => sql`update ${sql(name)} set organization_id = organization_id`)
        expect(own.count, name).toBeGreaterThan(0)
        const updated = await inMine(
          (sql) => sql`update ${sql(name)} set organization_id = organization_id where organization_id = ${other}`,
        )
        expect(updated.count, name).toBe(0)
      }
      if (await allowed(name, 'delete')) {
        const deleted = await inMine((sql) => sql`delete from ${sql(name)} where organization_id = ${other}`)
        expect(deleted.count, name).toBe(0)
      }
    }
  })

  test('a row cannot be moved to the other, nor inserted there', async () => {
    for (const { name, columns } of tables) {
      const other = theirs.organizationId
      const [row] = await stage.app.owner`select to_jsonb(t) as content from ${stage.app.owner(name)} t
        where organization_id = ${mine.organizationId}`
      const id = typeof row?.['content']?.id === 'number' ? randomInt(2 ** 40) : randomUUID()
      const fresh = { ...row?.['content'], organization_id: other, ...(columns.includes('id') ? { id } : {}) }
      // What functions alone write is refused before a policy is asked.
      const refusal = (await allowed(name, 'insert')) ? 'row-level security' : 'permission denied'
      await expect(
        inMine(
          (sql) =>
            sql`insert into ${sql(name)} (${sql(columns)})
              select ${sql(columns)} from jsonb_populate_record(null::${sql(name)}, ${sql.json(fresh)}) r`,
        ),
        name,
      ).rejects.toMatchObject({ code: '42501', message: expect.stringContaining(refusal) })
      if (!(await allowed(name, 'update'))) continue
      await expect(
        inMine((sql) => sql`update ${sql(name)} set organization_id = ${other}`),
        name,
      ).rejects.toMatchObject({ code: '42501', message: expect.stringContaining('row-level security') })
    }
  })

  test('what is reached by functions alone cannot be read or written at all', async () => {
    for (const name of ['provider_artifacts', 'throttles', 'administrator_checks', 'work_leases']) {
      for (const privilege of ['select', 'insert', 'update', 'delete']) {
        expect(await allowed(name, privilege), `${privilege} ${name}`).toBe(false)
      }
    }
  })

  test('without a setting nothing at all is visible', async () => {
    for (const { name } of [...tables, { name: 'organizations' }, { name: 'effective_assignments' }]) {
      expect(await roledBack((sql) => sql`select 1 from ${sql(name)}`), name).toHaveLength(0)
    }
    for (const value of ['', '%', `${mine.organizationId},${theirs.organizationId}`, 'null']) {
      const rows = await roledBack(async (sql) => {
        await sql`select set_config('rolecall.organization_id', ${value}, true)`
        return sql`select 1 from users`
      })
      expect(rows).toHaveLength(0)
    }
  })

  test('what stands above the organizations is for a transaction of the platform alone', async () => {
    await createPlatformKey(stage)
    await stage.app.owner`insert into platform_organizations (organization_id, external_id)
      values (${mine.organizationId}, 'mine'), (${theirs.organizationId}, 'theirs') on conflict do nothing`
    await stage.app
      .owner`insert into platform_operators select u.id, u.organization_id, 'Olu', 'reader', now(), 'x' from users u
      where u.organization_id = ${mine.organizationId} limit 1`
    await stage.app.owner`insert into platform_application_terms values ('app_x', 'all', '[]', false)`
    await stage.app.owner`insert into platform_account_links
      select case when a.id < b.id then a.organization_id else b.organization_id end, least(a.id, b.id),
        case when a.id < b.id then b.organization_id else a.organization_id end, greatest(a.id, b.id), now()
      from (select * from users where organization_id = ${mine.organizationId} limit 1) a,
        (select * from users where organization_id = ${theirs.organizationId} limit 1) b`
    const names = await stage.app.owner`select c.relname as name from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and starts_with(c.relname, 'platform_')`
    expect(names.length).toBeGreaterThanOrEqual(3)
    for (const { name } of names) {
      const above = await roledBack(async (sql) => {
        await sql`select set_config('rolecall.instance', 'on', true)`
        return sql`select from ${sql(name as string)}`
      })
      expect(above.length, name).toBeGreaterThan(0)
      expect(await inMine((sql) => sql`select from ${sql(name as string)}`), name).toHaveLength(0)
      expect(await roledBack((sql) => sql`select from ${sql(name as string)}`), name).toHaveLength(0)
    }
    await expect(
      inMine((sql) => sql`insert into platform_organizations (organization_id) values (${mine.organizationId})`),
    ).rejects.toMatchObject({ code: '42501' })
    const changed = await inMine((sql) => sql`update platform_organizations set metadata = '{}'`)
    expect(changed.count).toBe(0)
  })

  test('rolecall.instance opens the list of organizations and the platform, and nothing else', async () => {
    const seen = async (name: string) =>
      roledBack(async (sql) => {
        await sql`select set_config('rolecall.instance', 'on', true)`
        return sql`select 1 from ${sql(name)}`
      })
    expect((await seen('organizations')).length).toBeGreaterThanOrEqual(2)
    for (const { name } of [...tables, { name: 'effective_assignments' }])
      expect(await seen(name), name).toHaveLength(0)
  })

  test('the setting of one transaction does not reach the next', async () => {
    expect(await inMine((sql) => sql`select 1 from users`)).not.toHaveLength(0)
    expect(await roledBack((sql) => sql`select 1 from users`)).toHaveLength(0)
  })
})

test('effective assignments are those of one’s own organization', async () => {
  const rows = await inMine((sql) => sql`select organization_id from effective_assignments`)
  expect(rows.length).toBeGreaterThanOrEqual(2)
  expect(new Set(rows.map((row) => row['organization_id']))).toEqual(new Set([mine.organizationId]))
  const all = await stage.app.owner`select distinct organization_id from effective_assignments`
  expect(all.length).toBeGreaterThanOrEqual(2)
})

describe('the role of the server', () => {
  test('is neither superuser nor owner, and passes no wall', async () => {
    const [role] = await stage.app.owner`
      select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication from pg_roles
      where rolname = 'rolecall_server'`
    expect(Object.values(role ?? {})).toEqual([false, false, false, false, false])
    const owned = await stage.app.owner`
      select relname from pg_class where relowner = 'rolecall_server'::regrole
      union all select proname from pg_proc where proowner = 'rolecall_server'::regrole`
    expect(owned).toHaveLength(0)
    const memberOf = await stage.app.owner`select 1 from pg_auth_members where member = 'rolecall_server'::regrole`
    expect(memberOf).toHaveLength(0)
  })

  const refused: [string, Work][] = [
    ['change audit events', (sql) => sql`update audit_events set action = 'nothing.happened'`],
    ['delete audit events', (sql) => sql`delete from audit_events`],
    ['truncate', (sql) => sql`truncate users`],
    ['switch row-level security off', (sql) => sql`alter table users disable row level security`],
    ['add a policy', (sql) => sql`create policy everybody on users to rolecall_server using (true)`],
    ['drop a policy', (sql) => sql`drop policy own_organization on users`],
    ['delete organizations', (sql) => sql`delete from organizations`],
    ['make a table', (sql) => sql`create table public.mine (id int)`],
    ['replace a function', (sql) => sql`create or replace function public.fold(value text) returns text return value`],
  ]
  test.each(refused)('cannot %s', async (_, work) => {
    await expect(inMine(work)).rejects.toMatchObject({ code: '42501' })
  })

  test('switching row_security off makes queries fail rather than see more', async () => {
    const leak = inMine(async (sql) => {
      await sql`set local row_security = off`
      return sql`select 1 from users`
    })
    await expect(leak).rejects.toMatchObject({ code: '42501' })
  })
})

describe('the entries', () => {
  const enter = (organizationId: string, directoryId: string, hash: string) =>
    roledBack((sql) => sql`select enter_directory(${organizationId}, ${directoryId}, ${hash})`)

  test('enter_directory takes the right hash for the right organization and directory only', async () => {
    const { organizationId, directoryId } = theirs
    const hash = sha256(theirs.token)
    expect(await enter(organizationId, directoryId, hash)).toHaveLength(1)
    const wrong: [string, string, string][] = [
      [organizationId, directoryId, sha256('rcs_wrong')],
      [organizationId, directoryId, ''],
      [organizationId, directoryId, theirs.token],
      [mine.organizationId, directoryId, hash],
      [organizationId, 'dir_00000000000000000000000000', hash],
    ]
    for (const parameters of wrong) await expect(enter(...parameters)).rejects.toMatchObject({ code: 'RC401' })
  })

  test('enter_api_key takes the right hash for the right organization only', async () => {
    const enterKey = (organizationId: string, hash: string) =>
      roledBack((sql) => sql`select enter_api_key(${organizationId}, ${hash})`)
    const hash = sha256(theirs.key)
    expect(await enterKey(theirs.organizationId, hash)).toHaveLength(1)
    for (const [organizationId, wrong] of [
      [theirs.organizationId, sha256('rck_wrong')],
      [mine.organizationId, hash],
      [theirs.organizationId, ''],
    ] as const) {
      await expect(enterKey(organizationId, wrong)).rejects.toMatchObject({ code: 'RC401' })
    }
  })

  test('the resolving functions know a secret by its hash and tell no secret', async () => {
    const rows = await roledBack((sql) => sql`select * from resolve_directory_token(${sha256(theirs.token)})`)
    expect(rows).toMatchObject([{ organization_id: theirs.organizationId, directory_id: theirs.directoryId }])
    expect(Object.keys(rows[0] ?? {}).toSorted()).toEqual(['directory_id', 'organization_id', 'token_id'])
    expect(await roledBack((sql) => sql`select * from resolve_directory_token('%')`)).toHaveLength(0)
    expect(await roledBack((sql) => sql`select * from resolve_api_key(${sha256('x')})`)).toHaveLength(0)
  })
})
