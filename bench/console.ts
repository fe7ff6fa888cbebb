// The console with a large organization: 100,000 users, 1,000 groups, 200 brands. Pages as a signed-in administrator's browser asks
// for them, beside the barest SQL that finds the same rows, by the tables' owner; both in turns.
import { randomBytes } from 'node:crypto'
import type postgres from 'postgres'
import { sha256 } from '#platform/crypto.ts'
import { duration } from './client.ts'
import { count, quantile, table } from './numbers.ts'
import type { Rolecall } from './rolecall.ts'

export type ConsoleOptions = { samples: number }

type Row = { what: string; pageMillis: number[]; bareMillis: number[] }

export type ConsoleResult = { rows: { what: string; p50: number; p95: number; bareP50: number; bareP95: number }[] }

/** `governance` may ask for more people. */
export const size = { users: 100_000, groups: 1_000, brands: 200, groupsEach: 5 }
const targetMillis = 100
const warmUps = 5

export const idOf = (prefix: string, number: number): string => `${prefix}_${String(number).padStart(26, '0')}`

const givenNames = ['Ada', 'Björn', 'Chloé', 'Dmitri', 'Esra', 'Faisal', 'Grace', 'Hana', 'Ingrid', 'João']
const familyNames = ['Okafor', 'Sørensen', 'Łukasz', 'Nguyễn', 'Brandt', 'Quill', 'Moreau', 'Tanaka', 'Varga', 'Young']

export async function seedDirectory({ owner, organizationId, directoryId }: Rolecall): Promise<void> {
  await owner`insert into brands (organization_id, id, slug, name, created_at, updated_at)
    select ${organizationId}, 'brd_' || lpad(n::text, 26, '0'), 'brand-' || n, 'Brand ' || n, now(), now()
    from generate_series(0, ${size.brands - 1}::int) n`
  await owner`insert into users (organization_id, id, directory_id, user_name, user_name_key, external_id, display_name, status,
      status_reason, status_changed_at, attributes, created_at, updated_at, last_active_at)
    select ${organizationId}, 'usr_' || lpad(n::text, 26, '0'), ${directoryId}, 'person' || n || '@north.example.com',
      'person' || n || '@north.example.com', 'ext-' || lpad(n::text, 8, '0'), (${givenNames}::text[])[1 + n % 10] || ' ' || (${familyNames}::text[])[1 + n / 10 % 10] || ' ' || n,
      case when n % 20 = 0 then 'inactive' else 'active' end, case when n % 20 = 0 then 'directory' end, now(),
      jsonb_build_object('emails', jsonb_build_array(jsonb_build_object('value', 'person' || n || '@north.example.com', 'primary', true))),
      now(), now(), now() - make_interval(hours => n % 2000)
    from generate_series(0, ${size.users - 1}::int) n`
  await owner`insert into groups (organization_id, id, directory_id, display_name, display_name_key, attributes, created_at,
      updated_at)
    select ${organizationId}, 'grp_' || lpad(n::text, 26, '0'), ${directoryId}, 'Group ' || n, 'group ' || n, '{}', now(), now()
    from generate_series(0, ${size.groups - 1}::int) n`
  await owner`insert into group_members (organization_id, group_id, user_id, created_at)
    select ${organizationId}, 'grp_' || lpad(((n * 7 + k * 131) % ${size.groups}::int)::text, 26, '0'), 'usr_' || lpad(n::text, 26, '0'), now()
    from generate_series(0, ${size.users - 1}::int) n, generate_series(1, ${size.groupsEach}::int) k on conflict do nothing`
  // Each group gives a role in one brand; every tenth one in the organization, too.
  await owner`insert into mappings (organization_id, id, group_id, role_id, brand_id, created_at, created_by)
    select ${organizationId}, 'map_' || lpad(n::text, 26, '0'), 'grp_' || lpad(n::text, 26, '0'), r.id,
      'brd_' || lpad((n % ${size.brands}::int)::text, 26, '0'), now(), 'bench'
    from generate_series(0, ${size.groups - 1}::int) n
    join roles r on r.organization_id = ${organizationId} and r.key = case when n % 3 = 0 then 'editor' else 'viewer' end`
  await owner`insert into mappings (organization_id, id, group_id, role_id, created_at, created_by)
    select ${organizationId}, 'map_' || lpad((n + 10000)::text, 26, '0'), 'grp_' || lpad(n::text, 26, '0'), r.id, now(), 'bench'
    from generate_series(0, ${size.groups - 1}::int, 10) n
    join roles r on r.organization_id = ${organizationId} and r.key = 'viewer'`
  await owner`vacuum analyze`
}

/** An administrator with a session, as sign-in writes it. @returns the Cookie header */
export async function signInManager({ owner, organizationId }: Rolecall): Promise<string> {
  const [userId, token] = [idOf('usr', 1), randomBytes(32).toString('base64url')]
  await owner`insert into assignments (organization_id, id, user_id, role_id, reason, created_at, created_by)
    select ${organizationId}, ${idOf('asg', 1)}, ${userId}, r.id, 'Runs it', now(), 'bench' from roles r
    where r.organization_id = ${organizationId} and r.key = 'administrator'`
  await owner`insert into sessions (organization_id, id, user_id, token_hash, epoch, method, has_second_factor, created_at,
      authenticated_at, last_seen_at, idle_expires_at, expires_at)
    values (${organizationId}, ${idOf('ses', 1)}, ${userId}, ${sha256(token)}, 0, 'saml', false, now(), now(), now(),
      now() + interval '2 hours', now() + interval '2 hours')`
  return `__Host-rolecall_session=${token}`
}

type Page = { what: string; path(turn: number): string; bare(owner: postgres.Sql, turn: number): Promise<unknown> }

/** Who holds something by a mapping that fits, as a set. */
const holders = (owner: postgres.Sql, organizationId: string, column: 'role_id' | 'brand_id', id: string) =>
  owner`select gm.user_id from mappings m join group_members gm on gm.organization_id = m.organization_id
      and gm.group_id = m.group_id
    where m.organization_id = ${organizationId} and m.${owner(column)} = ${id}
    union select a.user_id from assignments a where a.organization_id = ${organizationId} and a.${owner(column)} = ${id}`

function pagesOf({ organizationId }: Rolecall, roles: Record<string, string>): Page[] {
  const brand = (turn: number): string => idOf('brd', (turn * 37) % size.brands)
  const user = (turn: number): string => idOf('usr', (turn * 977) % size.users)
  const editor = roles['editor'] ?? ''
  const name = (turn: number): string => (familyNames[turn % familyNames.length] ?? '').toLowerCase()
  const bareList = async (owner: postgres.Sql, word: string, turn: number): Promise<void> => {
    const found = owner`u.organization_id = ${organizationId} and u.deleted_at is null and u.status = 'active'
      and u.search_key like '%' || bare(${word}) || '%' and u.id in (${holders(owner, organizationId, 'brand_id', brand(turn))})`
    await owner`select u.id, u.display_name, u.user_name, u.status, u.last_active_at from users u where ${found}
      order by u.name_key, u.id limit 51`
    await owner`select count(*) from users u where ${found}`
  }
  return [
    {
      what: 'users: search, status and brand',
      path: (turn) => `/console/users?q=${encodeURIComponent(name(turn))}&status=active&brand=${brand(turn)}`,
      bare: (owner, turn) => bareList(owner, name(turn), turn),
    },
    {
      what: 'users: search, role and status',
      path: (turn) => `/console/users?q=${turn % 9}${turn % 7}1&role=${editor}&status=active`,
      bare: async (owner, turn) => {
        const found = owner`u.organization_id = ${organizationId} and u.deleted_at is null and u.status = 'active'
          and u.search_key like ${`%${turn % 9}${turn % 7}1%`} and u.id in (${holders(owner, organizationId, 'role_id', editor)})`
        await owner`select u.id, u.display_name from users u where ${found} order by u.name_key, u.id limit 51`
        await owner`select count(*) from users u where ${found}`
      },
    },
    {
      what: 'users: all, by last activity',
      path: () => '/console/users?sort=lastActive&direction=desc',
      bare: async (owner) => {
        await owner`select u.id, u.display_name from users u where u.organization_id = ${organizationId}
          and u.deleted_at is null order by u.last_active_at desc nulls last, u.id limit 51`
        await owner`select count(*) from users u where u.organization_id = ${organizationId} and u.deleted_at is null`
      },
    },
    {
      what: 'users: all, by role',
      path: () => '/console/users?sort=role&direction=desc',
      bare: (owner) =>
        owner`select u.id, max(r.rank) as rank from users u left join (
            select gm.user_id, m.role_id from mappings m join group_members gm on gm.organization_id = m.organization_id
              and gm.group_id = m.group_id where m.organization_id = ${organizationId} and m.brand_id is null
            union select a.user_id, a.role_id from assignments a
              where a.organization_id = ${organizationId} and a.brand_id is null) held on held.user_id = u.id
          left join roles r on r.organization_id = u.organization_id and r.id = held.role_id
          where u.organization_id = ${organizationId} and u.deleted_at is null
          group by u.id, u.name_key order by rank desc nulls last, u.name_key, u.id limit 51`,
    },
    {
      what: 'a user’s page',
      path: (turn) => `/console/users/${user(turn)}`,
      bare: (owner, turn) =>
        owner`select e.*, r.name from effective_assignments e join roles r on r.organization_id = e.organization_id
          and r.id = e.role_id where e.organization_id = ${organizationId} and e.user_id = ${user(turn)}`,
    },
    {
      what: 'a brand’s page',
      path: (turn) => `/console/brands/${brand(turn)}`,
      bare: async (owner, turn) => {
        const found = owner`u.organization_id = ${organizationId} and u.deleted_at is null
          and u.id in (${holders(owner, organizationId, 'brand_id', brand(turn))})`
        await owner`select u.id, u.display_name from users u where ${found} order by u.name_key, u.id limit 51`
        await owner`select count(*) from users u where ${found}`
      },
    },
    {
      what: 'the overview',
      path: () => '/console',
      bare: (owner) =>
        owner`select status, count(*) from users where organization_id = ${organizationId} and deleted_at is null group by status`,
    },
  ]
}

/** @throws Error where a page does not answer with 200 */
export async function measureConsole(
  rolecall: Rolecall,
  { samples }: ConsoleOptions,
  progress: (text: string) => void,
): Promise<ConsoleResult> {
  progress(`Seeding ${count(size.users)} users, ${count(size.groups)} groups, ${count(size.brands)} brands`)
  await seedDirectory(rolecall)
  const cookie = await signInManager(rolecall)
  const roleRows = await rolecall.owner`select key, id from roles where organization_id = ${rolecall.organizationId}`
  const roles = Object.fromEntries(roleRows.map(({ key, id }) => [String(key), String(id)]))
  const pages = pagesOf(rolecall, roles)
  const rows: Row[] = pages.map(({ what }) => ({ what, pageMillis: [], bareMillis: [] }))
  progress(`${samples} times each page and its bare SQL, in turns`)
  for (let turn = -warmUps; turn < samples; turn += 1) {
    for (const [index, page] of pages.entries()) {
      const at = Math.abs(turn)
      const pageMillis = await duration(() => open(`${rolecall.origin}${page.path(at)}`, cookie))
      const bareMillis = await duration(() => page.bare(rolecall.owner, at))
      if (turn < 0) continue
      rows[index]?.pageMillis.push(pageMillis)
      rows[index]?.bareMillis.push(bareMillis)
    }
  }
  return {
    rows: rows.map(({ what, pageMillis, bareMillis }) => ({
      what,
      ...{ p50: quantile(pageMillis, 0.5), p95: quantile(pageMillis, 0.95) },
      ...{ bareP50: quantile(bareMillis, 0.5), bareP95: quantile(bareMillis, 0.95) },
    })),
  }
}

export async function open(url: string, cookie: string): Promise<void> {
  const answer = await fetch(url, { headers: { cookie, accept: 'text/html' }, redirect: 'manual' })
  const text = await answer.text()
  if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}: ${text.slice(0, 200)}`)
}

export const describeConsole = ({ rows }: ConsoleResult): string =>
  table(
    ['page', 'p50, ms', 'p95, ms', 'bare SQL p50, ms', 'bare SQL p95, ms', 'page / SQL', 'aim'],
    rows.map(({ what, p50, p95, bareP50, bareP95 }) => [
      ...[what, p50.toFixed(1), p95.toFixed(1), bareP50.toFixed(1), bareP95.toFixed(1), (p50 / bareP50).toFixed(2)],
      `p95 under ${targetMillis} ms`,
    ]),
  )

export const isConsoleTargetMet = ({ rows }: ConsoleResult): boolean => rows.every(({ p95 }) => p95 < targetMillis)
