// Looking after access in a large organization: the directory of `console` and 1,000,000 direct assignments, of which a tenth has
// been taken back; or the same number for more people, of whom only the answers with an aim are asked. Answers about the past, differences and reports, beside the barest SQL for the same, by the tables' owner.
import type postgres from 'postgres'
import { duration } from './client.ts'
import { idOf, open, seedDirectory, signInManager, size } from './console.ts'
import { quantile, table } from './numbers.ts'
import type { Rolecall } from './rolecall.ts'

const usualPeople = 100_000
const allAssignments = 1_000_000
const pastTarget = 200
const warmUps = 3

type Page = {
  what: string
  /** Undefined where it is shown without an aim. */
  target: number | undefined
  path(turn: number, at: string): string
  bare(owner: postgres.Sql, turn: number, at: string): Promise<unknown>
}

export type GovernanceResult = {
  rows: { what: string; p50: number; p95: number; bareP50: number; target: number | undefined }[]
}

/** Beside what `seedDirectory` wrote. @returns the moment before a tenth of them was taken back */
export async function seedAssignments({ owner, organizationId }: Rolecall): Promise<string> {
  const assignmentsEach = Math.max(1, Math.round(allAssignments / size.users))
  await owner`insert into assignments (organization_id, id, user_id, role_id, brand_id, reason, created_at, created_by)
    select ${organizationId}, 'asg_' || lpad((n * ${assignmentsEach}::int + k + 100)::text, 26, '0'), 'usr_' || lpad(n::text, 26, '0'), r.id,
      'brd_' || lpad(((n + k * 17) % ${size.brands}::int)::text, 26, '0'), 'Bench', now(), 'bench'
    from generate_series(0, ${size.users - 1}::int) n, generate_series(1, ${assignmentsEach}::int) k
    join roles r on r.organization_id = ${organizationId} and r.key = 'viewer' on conflict do nothing`
  const [moment] = await owner`select to_json(clock_timestamp()) #>> '{}' as at`
  await owner`delete from assignments where organization_id = ${organizationId} and reason = 'Bench'
    and right(user_id, 1) = '7'`
  await owner`vacuum analyze`
  return new Date((moment as { at: string }).at).toISOString()
}

function pagesOf(organizationId: string): Page[] {
  const user = (turn: number): string => idOf('usr', (turn * 977) % size.users)
  const brand = (turn: number): string => idOf('brd', (turn * 37) % size.brands)
  const then = (owner: postgres.Sql, at: string, column: string, id: string) => owner`
    select a.user_id, a.role_id from assignments a where a.organization_id = ${organizationId} and a.${owner(column)} = ${id}
      and a.recorded_at <= ${at}
    union all select h.user_id, h.role_id from history.assignments h where h.organization_id = ${organizationId}
      and h.${owner(column)} = ${id} and h.recorded_at <= ${at} and h.valid_to > ${at}`
  return [
    {
      what: 'a person as it was, and what has changed',
      target: pastTarget,
      path: (turn, at) => `/console/users/${user(turn)}/past?at=${at}`,
      bare: (owner, turn, at) => then(owner, at, 'user_id', user(turn)),
    },
    {
      what: 'a brand as it was, and what has changed',
      target: undefined,
      path: (turn, at) => `/console/brands/${brand(turn)}/past?at=${at}`,
      bare: (owner, turn, at) => then(owner, at, 'brand_id', brand(turn)),
    },
    {
      what: 'permission audit, first page',
      target: undefined,
      path: () => '/console/reports/permission_audit',
      bare: (owner) => owner`select count(distinct a.user_id) from assignments a join users u
        on u.organization_id = a.organization_id and u.id = a.user_id where a.organization_id = ${organizationId}
        and u.last_active_at < now() - interval '90 days'`,
    },
    {
      what: 'role usage',
      target: undefined,
      path: () => '/console/reports/role_usage',
      bare: (owner) => owner`select role_id, count(distinct user_id) from assignments
        where organization_id = ${organizationId} group by role_id`,
    },
  ]
}

export async function measureGovernance(
  rolecall: Rolecall,
  { samples, people }: { samples: number; people: number },
  progress: (text: string) => void,
): Promise<GovernanceResult> {
  size.users = people
  progress(`Seeding ${people.toLocaleString('en')} people and at least 1,000,000 assignments`)
  await seedDirectory(rolecall)
  const cookie = await signInManager(rolecall)
  const at = await seedAssignments(rolecall)
  const pages = pagesOf(rolecall.organizationId).filter(({ target }) => people <= usualPeople || target !== undefined)
  const rows = pages.map(({ what, target }) => ({ what, target, page: [] as number[], bare: [] as number[] }))
  progress(`${samples} times each`)
  for (let turn = -warmUps; turn < samples; turn += 1) {
    for (const [index, { path, bare }] of pages.entries()) {
      const page = await duration(() => open(`${rolecall.origin}${path(Math.abs(turn), at)}`, cookie))
      const alone = await duration(() => bare(rolecall.owner, Math.abs(turn), at))
      if (turn < 0) continue
      rows[index]?.page.push(page)
      rows[index]?.bare.push(alone)
    }
  }
  return {
    rows: rows.map(({ what, target, page, bare }) => ({
      ...{ what, target, p50: quantile(page, 0.5), p95: quantile(page, 0.95), bareP50: quantile(bare, 0.5) },
    })),
  }
}

export const describeGovernance = ({ rows }: GovernanceResult): string =>
  table(
    ['answer', 'p50, ms', 'p95, ms', 'bare SQL p50, ms', 'answer / SQL', 'aim'],
    rows.map(({ what, p50, p95, bareP50, target }) => [
      ...[what, p50.toFixed(1), p95.toFixed(1), bareP50.toFixed(1), (p50 / bareP50).toFixed(1)],
      target === undefined ? '' : `p50 under ${target} ms`,
    ]),
  )

export const isGovernanceTargetMet = ({ rows }: GovernanceResult): boolean =>
  rows.every(({ p50, target }) => target === undefined || p50 < target)
