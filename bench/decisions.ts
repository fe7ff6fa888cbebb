// What host applications ask at run time (AuthZEN 1.0), with the people of `governance` and 1,000,000 direct assignments: one question, a
// hundred at once, and the three searches, beside the barest SQL for the same, by the tables' owner.
import type postgres from 'postgres'
import { duration } from './client.ts'
import { idOf, seedDirectory, size } from './console.ts'
import { seedAssignments } from './governance.ts'
import { quantile, table } from './numbers.ts'
import type { Rolecall } from './rolecall.ts'

const warmUps = 3
const things = 20_000
const batch = 100

type Question = {
  what: string
  /** Milliseconds that half of the answers stay below. */
  target: number
  path: string
  body(turn: number): object
  bare(owner: postgres.Sql, turn: number): Promise<unknown>
}

export type DecisionsResult = { rows: { what: string; p50: number; p95: number; bareP50: number; target: number }[] }

/** Things of one type in the brands, each of them somebody's. */
async function seedThings({ owner, organizationId }: Rolecall): Promise<void> {
  await owner`insert into asset_types (organization_id, name, label, created_at, created_by)
    values (${organizationId}, 'packet', 'Packet', now(), 'bench')`
  await owner`insert into assets (organization_id, type, id, name, brand_id, is_restricted, created_at, created_by)
    select ${organizationId}, 'packet', n::text, 'Packet ' || n,
      'brd_' || lpad((n % ${size.brands}::int)::text, 26, '0'), false, now(), 'bench' from generate_series(1, ${things}::int) n`
  await owner`insert into asset_people (organization_id, type, asset_id, user_id, kind)
    select ${organizationId}, 'packet', n::text, 'usr_' || lpad((n * 3 % ${size.users}::int)::text, 26, '0'), 'creator'
    from generate_series(1, ${things}::int) n`
  await owner`vacuum analyze`
}

function questionsOf(organizationId: string): Question[] {
  const user = (turn: number): string => idOf('usr', (turn * 977) % size.users)
  const brand = (turn: number): string => idOf('brd', (turn * 37) % size.brands)
  const subject = (turn: number) => ({ type: 'user', id: user(turn) })
  const resource = (turn: number) => ({ type: 'brand', id: brand(turn) })
  const action = { name: 'content.view' }
  const held = (owner: postgres.Sql, userIds: readonly string[]) => owner`
    select a.user_id, a.role_id, a.brand_id from assignments a
      where a.organization_id = ${organizationId} and a.user_id = any (${userIds}::text[])
    union all select gm.user_id, m.role_id, m.brand_id from group_members gm
      join mappings m on m.organization_id = gm.organization_id and m.group_id = gm.group_id
      where gm.organization_id = ${organizationId} and gm.user_id = any (${userIds}::text[])`
  const people = (turn: number): string[] => Array.from({ length: batch }, (_, at) => user(turn * batch + at))
  return [
    {
      ...{ what: 'evaluation', target: 15, path: 'evaluation' },
      body: (turn) => ({ subject: subject(turn), action, resource: resource(turn) }),
      bare: (owner, turn) => held(owner, [user(turn)]),
    },
    {
      ...{ what: `evaluations, ${batch} people`, target: 250, path: 'evaluations' },
      body: (turn) => ({
        ...{ action, resource: resource(turn) },
        evaluations: people(turn).map((id) => ({ subject: { type: 'user', id } })),
      }),
      bare: (owner, turn) => held(owner, people(turn)),
    },
    {
      ...{ what: 'search: what somebody may do', target: 30, path: 'search/action' },
      body: (turn) => ({ subject: subject(turn), resource: resource(turn) }),
      bare: (owner, turn) => held(owner, [user(turn)]),
    },
    {
      ...{ what: 'search: 50 who may do it in a brand', target: 1_000, path: 'search/subject' },
      body: (turn) => ({ subject: { type: 'user' }, action, resource: resource(turn), page: { limit: 50 } }),
      bare: (owner, turn) => owner`
        select u.id from users u where u.organization_id = ${organizationId} and u.status = 'active' and (exists (
            select from assignments a where a.organization_id = u.organization_id and a.user_id = u.id
              and (a.brand_id is null or a.brand_id = ${brand(turn)}))
          or exists (select from group_members gm join mappings m on m.organization_id = gm.organization_id
              and m.group_id = gm.group_id where gm.organization_id = u.organization_id and gm.user_id = u.id
              and (m.brand_id is null or m.brand_id = ${brand(turn)}))) order by u.id limit 51`,
    },
    {
      ...{ what: 'search: 50 things of somebody', target: 100, path: 'search/resource' },
      body: (turn) => ({ subject: subject(turn), action, resource: { type: 'packet' }, page: { limit: 50 } }),
      bare: (owner, turn) => owner`
        select a.id from assets a where a.organization_id = ${organizationId} and a.type = 'packet' and a.brand_id in (
          select x.brand_id from assignments x where x.organization_id = ${organizationId} and x.user_id = ${user(turn)})
        order by a.type, a.id limit 51`,
    },
  ]
}

export async function measureDecisions(
  rolecall: Rolecall,
  { samples, people }: { samples: number; people: number },
  progress: (text: string) => void,
): Promise<DecisionsResult> {
  size.users = people
  progress(`Seeding ${people.toLocaleString('en')} people, at least 1,000,000 assignments and ${things} things`)
  await seedDirectory(rolecall)
  await seedAssignments(rolecall)
  await seedThings(rolecall)
  const made = await rolecall.run('api-key', 'create', '--organization', 'bench', '--access', 'decisions', '--json')
  const { key } = JSON.parse(made) as { key: string }
  const headers = { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' }
  const ask = async ({ path, body }: Question, turn: number): Promise<void> => {
    const sent = { method: 'POST', headers, body: JSON.stringify(body(turn)) }
    const answer = await fetch(`${rolecall.origin}/access/v1/${path}`, sent)
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    await answer.text()
  }
  const rows = questionsOf(rolecall.organizationId).map((question) => ({
    ...{ question, answers: [] as number[], bare: [] as number[] },
  }))
  progress(`${samples} times each, in turns`)
  for (let turn = -warmUps; turn < samples; turn += 1) {
    for (const { question, answers, bare } of rows) {
      const answer = await duration(() => ask(question, Math.abs(turn)))
      const alone = await duration(() => question.bare(rolecall.owner, Math.abs(turn)))
      if (turn < 0) continue
      answers.push(answer)
      bare.push(alone)
    }
  }
  return {
    rows: rows.map(({ question: { what, target }, answers, bare }) => ({
      ...{ what, target, p50: quantile(answers, 0.5), p95: quantile(answers, 0.95), bareP50: quantile(bare, 0.5) },
    })),
  }
}

export const describeDecisions = ({ rows }: DecisionsResult): string =>
  table(
    ['question', 'p50, ms', 'p95, ms', 'bare SQL p50, ms', 'answer / SQL', 'aim'],
    rows.map(({ what, p50, p95, bareP50, target }) => [
      ...[what, p50.toFixed(1), p95.toFixed(1), bareP50.toFixed(1), (p50 / bareP50).toFixed(1)],
      `p50 under ${target} ms`,
    ]),
  )

export const areDecisionTargetsMet = ({ rows }: DecisionsResult): boolean =>
  rows.every(({ p50, target }) => p50 < target)
