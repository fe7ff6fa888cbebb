// What does not depend on how many people there are: the same questions in organizations of several sizes, each with a server of its
// own, by the median and by its ratio to that of the smallest.
import { readFileSync } from 'node:fs'
import { duration } from './client.ts'
import { idOf, seedDirectory, signInManager, size } from './console.ts'
import { count, quantile, table } from './numbers.ts'
import type { Rolecall } from './rolecall.ts'
import { bigGroup, questionsOf } from './scale-questions.ts'

type Put = { members: number; millis: number; megabytes: number }

type Size = {
  people: number
  rows: { what: string; p50: number; p99: number }[]
  megabytes: number
  /** A group put whole, with the most memory that the server has taken since its start; where there are so many people. */
  put: Put | undefined
}

export type ScaleResult = { sizes: Size[] }

const goal = { ratio: 1.5, megabytes: 300 }
const warmUps = 5

/** A group of half of the people, whose members come and go. */
async function seedRest({ owner, organizationId, directoryId }: Rolecall): Promise<void> {
  await owner`insert into groups (organization_id, id, directory_id, display_name, display_name_key, attributes, created_at,
      updated_at)
    values (${organizationId}, ${bigGroup}, ${directoryId}, 'Everybody', 'everybody', '{}', now(), now())`
  await owner`insert into group_members (organization_id, group_id, user_id, created_at)
    select ${organizationId}, ${bigGroup}, 'usr_' || lpad(n::text, 26, '0'), now()
    from generate_series(0, ${size.users - 1}::int, 2) n`
  await owner`insert into audit_events (organization_id, id, occurred_at, actor_type, actor_id, action, target_type, target_id,
      detail, request_id)
    select ${organizationId}, 'evt_' || lpad(n::text, 26, '0'), now(), 'system', 'bench', 'user.update', 'user',
      'usr_' || lpad(n::text, 26, '0'), '{}', 'bench'
    from generate_series(0, ${size.users - 1}::int) n`
  await owner`vacuum analyze`
}

/** Megabytes of the server process that are resident, or were at most since its start. */
function residentMegabytes(pid: number, of: 'VmRSS' | 'VmHWM' = 'VmRSS'): number {
  const kilobytes = new RegExp(`${of}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kilobytes ?? 0) / 1024
}

const putMembers = 50_000

/** A new group, then half of it exchanged, then as it was: the median. */
async function putGroup({ scim, pid }: Rolecall): Promise<Put | undefined> {
  if (size.users < putMembers * 1.5) return undefined
  const schemas = ['urn:ietf:params:scim:schemas:core:2.0:Group']
  const body = (first: number) => {
    const members = Array.from({ length: putMembers }, (_, index) => ({ value: idOf('usr', first + index) }))
    return { schemas, displayName: 'Put whole', members }
  }
  const created = await scim.send({ method: 'POST', path: '/Groups', body: { schemas, displayName: 'Put whole' } })
  const { id } = JSON.parse(created.text) as { id: string }
  const millis: number[] = []
  for (const first of [0, putMembers / 2, 0]) {
    millis.push(await duration(() => scim.send({ method: 'PUT', path: `/Groups/${id}`, body: body(first) })))
  }
  return { members: putMembers, millis: quantile(millis, 0.5), megabytes: residentMegabytes(pid, 'VmHWM') }
}

/** One size, on a server of its own. `progress` is told what is done at the moment. */
export async function measureSize(
  rolecall: Rolecall,
  { people, samples }: { people: number; samples: number },
  progress: (text: string) => void,
): Promise<Size> {
  size.users = people
  progress(`Seeding ${count(people)} people`)
  await seedDirectory(rolecall)
  const cookie = await signInManager(rolecall)
  await seedRest(rolecall)
  const since = new Date().toISOString()
  const questions = await questionsOf(rolecall, { since, cookie })
  const taken = questions.map(({ what }) => ({ what, millis: [] as number[] }))
  progress(`${samples} times each`)
  for (let turn = 0; turn < samples + warmUps; turn += 1) {
    for (const [index, { ask }] of questions.entries()) {
      const millis = await duration(() => ask(turn))
      if (turn >= warmUps) taken[index]?.millis.push(millis)
    }
  }
  const rows = taken.map(({ what, millis }) => ({ what, p50: quantile(millis, 0.5), p99: quantile(millis, 0.99) }))
  const megabytes = residentMegabytes(rolecall.pid)
  progress(`PUT of a group with ${count(putMembers)} members`)
  return { people, rows, megabytes, put: await putGroup(rolecall) }
}

/** For each question: what the largest takes beside the smallest. */
function ratios({ sizes }: ScaleResult): number[] {
  const [smallest, largest] = [sizes[0], sizes.at(-1)]
  return (smallest?.rows ?? []).map(({ p50 }, index) => (largest?.rows[index]?.p50 ?? Number.NaN) / p50)
}

/** The result as people read it. */
export function describeScale(result: ScaleResult): string {
  const { sizes } = result
  const header = sizes.flatMap(({ people }) => [`${count(people)}: p50, ms`, 'p99, ms'])
  const rows = ratios(result).map((ratio, index) => {
    const cells = sizes.flatMap(({ rows }) => [rows[index]?.p50.toFixed(1) ?? '', rows[index]?.p99.toFixed(1) ?? ''])
    return [sizes[0]?.rows[index]?.what ?? '', ...cells, ratio.toFixed(1)]
  })
  const memory = ['memory of the server, MB', ...sizes.flatMap(({ megabytes }) => [count(megabytes), '']), '']
  const puts = sizes.map(({ put }) => (put === undefined ? ['', ''] : [count(put.millis), '']))
  const most = sizes.map(({ put }) => (put === undefined ? ['', ''] : [count(put.megabytes), '']))
  const put = [
    [`PUT of a group with ${count(putMembers)} members`, ...puts.flat(), ''],
    ['memory at most, MB', ...most.flat(), ''],
  ]
  return `${table(['asked', ...header, 'ratio'], [...rows, memory, ...put])}\n\nGoals: a ratio of at most ${goal.ratio}, memory under ${goal.megabytes} MB.`
}

export const isScaleGoalMet = (result: ScaleResult): boolean =>
  ratios(result).every((ratio) => ratio <= goal.ratio) &&
  result.sizes.every(({ megabytes, put }) => Math.max(megabytes, put?.megabytes ?? 0) < goal.megabytes)
