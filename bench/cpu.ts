// What a request costs in processor time beside the floor, at sixteen at a time: the server process with all its threads, and
// the backends of PostgreSQL. Rounds of ours and of the floor alternate, and the medians are compared.
import { throughput } from './client.ts'
import { count, median, table } from './numbers.ts'
import { postgresTime, postgresTimeBetween, timeOf } from './processor-time.ts'
import { alternating, type RoundOptions, requestKinds, type Sides } from './sides.ts'

/** Microseconds of processor time for one request, and how many of them there were a second. */
type Cost = { server: number; backends: number; others: number; perSecond: number }

type Measured = { request: string; ours: Cost; floor: Cost; ratio: number; share: number; isMet: boolean }

export type CpuResult = { rows: Measured[] }

const goals = {
  create: { ratio: 1.6, share: 0.6 },
  read: { ratio: 1.3, share: 0.75 },
  filter: { ratio: 1.5, share: 0.7 },
  'PATCH active': { ratio: 2.2, share: 0.5 },
} as const

/** The processes whose time is taken. */
export type Processes = { ours: number; floor: number; postmaster: number }

/** `progress` is told what is measured at the moment. */
export async function measureCpu(
  { sides, processes }: { sides: Sides; processes: Processes },
  options: RoundOptions,
  progress: (text: string) => void,
): Promise<CpuResult> {
  const compare = alternating(sides, options)
  const rows: Measured[] = []
  for (const request of requestKinds) {
    progress(`${request}, 16 at a time`)
    const measured = await compare(request, 16, async (once, how) => {
      const before = timesOf(processes)
      const { done, perSecond } = await throughput(once, how)
      const after = timesOf(processes)
      const each = (millis: number) => (millis * 1000) / done
      const postgres = postgresTimeBetween(before.postgres, after.postgres)
      const server = { ours: each(after.ours - before.ours), floor: each(after.floor - before.floor) }
      return { server, backends: each(postgres.backends), others: each(postgres.others), perSecond }
    })
    const ours = medianCost(measured.ours.map((round) => ({ ...round, server: round.server.ours })))
    const floor = medianCost(measured.floor.map((round) => ({ ...round, server: round.server.floor })))
    rows.push(judge(request, ours, floor))
  }
  return { rows }
}

const timesOf = ({ ours, floor, postmaster }: Processes) => ({
  ours: timeOf(ours),
  floor: timeOf(floor),
  postgres: postgresTime(postmaster),
})

function medianCost(costs: readonly Cost[]): Cost {
  const of = (part: keyof Cost) => median(costs.map((cost) => cost[part]))
  return { server: of('server'), backends: of('backends'), others: of('others'), perSecond: of('perSecond') }
}

function judge(request: keyof typeof goals, ours: Cost, floor: Cost): Measured {
  const ratio = (ours.server + ours.backends) / (floor.server + floor.backends)
  const share = ours.perSecond / floor.perSecond
  const goal = goals[request]
  return { request, ours, floor, ratio, share, isMet: ratio <= goal.ratio && share >= goal.share }
}

/** The result as people read it. */
export function describeCpu({ rows }: CpuResult): string {
  const header = [
    ...['request', 'server, µs', 'PostgreSQL, µs', 'floor, µs', 'ratio', 'goal', 'share', 'goal'],
    'background, ours and floor, µs',
  ]
  const percent = (share: number) => `${Math.round(share * 100)} %`
  return table(
    header,
    rows.map(({ request, ours, floor, ratio, share }) => {
      const goal = goals[request as keyof typeof goals]
      return [
        ...[request, count(ours.server), count(ours.backends), `${count(floor.server)} + ${count(floor.backends)}`],
        ...[ratio.toFixed(1), `≤ ${goal.ratio}`, percent(share), `≥ ${percent(goal.share)}`],
        `${count(ours.others)}, ${count(floor.others)}`,
      ]
    }),
  )
}

export const areCpuGoalsMet = ({ rows }: CpuResult): boolean => rows.every(({ isMet }) => isMet)
