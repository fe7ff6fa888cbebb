// What the number of organizations costs one of them: the same questions in an organization of a hundred people, alone and among
// thousands of its size.
import { createClient, duration } from './client.ts'
import { open, seedDirectory, signInManager, size } from './console.ts'
import { count, quantile, table } from './numbers.ts'
import type { Rolecall } from './rolecall.ts'
import { type Question, questionsOf } from './scale-questions.ts'

export type OrganizationsOptions = { organizations: number; samples: number }

type Measured = { what: string; alone: number; among: number; amongP99: number }

export type OrganizationsResult = { organizations: number; rows: Measured[] }

const goal = 1.5
const warmUps = 10
const asked = new Set([
  ...[
    'create a person',
    'a person by id',
    '`userName eq`',
    '`externalId eq`',
    '`active eq false`',
    'first page by index',
  ],
  ...['PATCH of a title', 'a decision', 'console: people', 'console: overview'],
])

/** As many organizations, each with a directory, its token, a hundred people and five groups of forty. */
async function seedOthers({ owner }: Rolecall, number: number): Promise<void> {
  await owner`insert into organizations (id, slug, name, created_at, updated_at)
    select 'org_' || lpad(o::text, 26, '0'), 'other-' || o, 'Other ' || o, now(), now() from generate_series(1, ${number}::int) o`
  await owner`insert into directories (organization_id, id, name, created_at, updated_at)
    select id, 'dir_' || right(id, 26), 'Directory', now(), now() from organizations where slug like 'other-%'`
  await owner`insert into directory_tokens (organization_id, id, directory_id, token_hash, last_four, created_at)
    select organization_id, 'tok_' || right(organization_id, 26), id, md5(id) || md5(id || '2'), 'abcd', now() from directories
    where organization_id in (select id from organizations where slug like 'other-%')`
  await owner`insert into users (organization_id, id, directory_id, user_name, user_name_key, external_id, display_name, status,
      status_changed_at, attributes, created_at, updated_at)
    select d.organization_id, 'usr_' || lpad(n::text, 26, '0'), d.id, 'person' || n || '@' || right(d.id, 8) || '.example.com',
      'person' || n || '@' || right(d.id, 8) || '.example.com', 'ext-' || n, 'Person ' || n, 'active', now(), '{}', now(), now()
    from directories d cross join generate_series(0, 99) n
    where d.organization_id in (select id from organizations where slug like 'other-%')`
  await owner`insert into groups (organization_id, id, directory_id, display_name, display_name_key, attributes, created_at,
      updated_at)
    select d.organization_id, 'grp_' || lpad(n::text, 26, '0'), d.id, 'Group ' || n, 'group ' || n, '{}', now(), now()
    from directories d cross join generate_series(0, 4) n
    where d.organization_id in (select id from organizations where slug like 'other-%')`
  await owner`insert into group_members (organization_id, group_id, user_id, created_at)
    select u.organization_id, 'grp_' || lpad(((right(u.id, 3)::int + k) % 5)::text, 26, '0'), u.id, now()
    from users u cross join generate_series(0, 1) k
    where u.organization_id in (select id from organizations where slug like 'other-%')`
  await owner`vacuum analyze`
}

/** One token after the other: that of an own directory, and of sessions, which every request of a browser asks for. */
const entrances = ({ origin }: Rolecall, cookie: string): Question[] => [
  { what: 'a session, `GET /session`', ask: () => open(`${origin}/session`, cookie) },
  {
    what: 'a token that nobody has',
    ask: async (turn) => {
      const stranger = createClient(origin, { authorization: `Bearer nobody-${turn}` })
      await stranger.send({ method: 'GET', path: '/api/v1/users' }).catch(() => undefined)
      stranger.close()
    },
  },
]

async function askAll(questions: readonly Question[], samples: number, first: number): Promise<number[][]> {
  const millis = questions.map((): number[] => [])
  for (let turn = 0; turn < samples + warmUps; turn += 1) {
    for (const [index, { ask }] of questions.entries()) {
      const taken = await duration(() => ask(first + turn))
      if (turn >= warmUps) millis[index]?.push(taken)
    }
  }
  return millis
}

/** `progress` is told what is done at the moment. */
export async function measureOrganizations(
  rolecall: Rolecall,
  { organizations, samples }: OrganizationsOptions,
  progress: (text: string) => void,
): Promise<OrganizationsResult> {
  Object.assign(size, { users: 100, groups: 5, brands: 5, groupsEach: 2 })
  await seedDirectory(rolecall)
  const cookie = await signInManager(rolecall)
  const all = await questionsOf(rolecall, { since: new Date().toISOString(), cookie })
  const questions = [...all.filter(({ what }) => asked.has(what)), ...entrances(rolecall, cookie)]
  progress('alone')
  const alone = await askAll(questions, samples, 0)
  progress(`seeding ${count(organizations)} organizations`)
  await seedOthers(rolecall, organizations)
  progress('among them')
  const among = await askAll(questions, samples, 10_000)
  const rows = questions.map(({ what }, index) => ({
    what,
    alone: quantile(alone[index] ?? [], 0.5),
    among: quantile(among[index] ?? [], 0.5),
    amongP99: quantile(among[index] ?? [], 0.99),
  }))
  return { organizations, rows }
}

/** The result as people read it. */
export function describeOrganizations({ organizations, rows }: OrganizationsResult): string {
  const header = ['asked', 'alone: p50, ms', `among ${count(organizations)}: p50, ms`, 'p99, ms', 'ratio']
  const lines = rows.map(({ what, alone, among, amongP99 }) => [
    ...[what, alone.toFixed(1), among.toFixed(1), amongP99.toFixed(1), (among / alone).toFixed(1)],
  ])
  return `${table(header, lines)}\n\nGoal: a ratio of at most ${goal}.`
}

export const areOrganizationsEqual = ({ rows }: OrganizationsResult): boolean =>
  rows.every(({ alone, among }) => among / alone <= goal)
