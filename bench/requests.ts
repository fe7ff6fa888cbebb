// Single SCIM requests beside the floor: create, read, filter, switch active; alone and sixteen at a time. Rounds of ours
// and of the floor alternate, and the medians are compared.
import { type Calls, floorCalls, oursCalls, population } from './calls.ts'
import { type Client, throughput } from './client.ts'
import { count, median, table } from './numbers.ts'
import type { Rolecall } from './rolecall.ts'

export type RequestsOptions = { rounds: number; seconds: number }

type Measured = {
  request: string
  concurrency: number
  ours: number
  floor: number
  share: number
  target: number | null
}

export type RequestsResult = { rows: Measured[] }

const concurrencies = [1, 16] as const
const targets: Record<string, number> = { create: 0.5, read: 0.6, filter: 0.6, 'PATCH active': 0.5 }

/** One side of the comparison: who is asked, which people it knows, and what stands for the same request there. */
type Side = { client: Client; ids: string[]; calls: Calls }

/** `progress` is told what is measured at the moment. */
export async function measureRequests(
  clients: { ours: Client; floor: Client; owner: Rolecall['owner'] },
  options: RequestsOptions,
  progress: (text: string) => void,
): Promise<RequestsResult> {
  const ours: Side = { client: clients.ours, ids: [], calls: oursCalls }
  const floor: Side = { client: clients.floor, ids: [], calls: floorCalls }
  for (const side of [ours, floor]) await seed(side)
  // Autovacuum would do so within a minute; before, PostgreSQL guesses which index to take.
  await clients.owner`analyze`
  const turns = new Map<string, number>([['create', population]])
  const rows: Measured[] = []
  for (const request of Object.keys(targets)) {
    for (const concurrency of concurrencies) {
      progress(`${request}, ${concurrency} at a time`)
      rows.push(await compare({ request, concurrency, turns }, { ours, floor }, options))
    }
  }
  return { rows }
}

async function seed(side: Side): Promise<void> {
  for (let number = 0; number < population; number += 1) {
    const { text } = await side.client.send(side.calls('create', number, []))
    side.ids.push((JSON.parse(text) as { id: string }).id)
  }
}

type Subject = { request: string; concurrency: number; turns: Map<string, number> }

async function compare(
  { request, concurrency, turns }: Subject,
  { ours, floor }: { ours: Side; floor: Side },
  { rounds, seconds }: RequestsOptions,
): Promise<Measured> {
  const measured = { ours: [] as number[], floor: [] as number[] }
  const sides = { ours, floor }
  for (let round = -1; round < rounds; round += 1) {
    for (const name of ['ours', 'floor'] as const) {
      const side = sides[name]
      // Creates of both sides share the numbering; the others each walk through their people without a gap.
      const key = request === 'create' ? request : `${request} ${name}`
      const once = () => {
        const turn = turns.get(key) ?? 0
        turns.set(key, turn + 1)
        return side.client.send(side.calls(request, turn, side.ids))
      }
      const result = await throughput(once, { concurrency, seconds: round < 0 ? Math.min(1, seconds) : seconds })
      if (round >= 0) measured[name].push(result)
    }
  }
  const [oursMedian, floorMedian] = [median(measured.ours), median(measured.floor)]
  const target = concurrency === 16 ? (targets[request] ?? null) : null
  return { request, concurrency, ours: oursMedian, floor: floorMedian, share: oursMedian / floorMedian, target }
}

/** The result as people read it. */
export function describeRequests({ rows }: RequestsResult): string {
  const header = ['request', 'at a time', 'Rolecall, /s', 'floor, /s', 'share', 'target']
  const percent = (share: number) => `${Math.round(share * 100)} %`
  return table(
    header,
    rows.map((row) => [
      row.request,
      String(row.concurrency),
      count(row.ours),
      count(row.floor),
      percent(row.share),
      row.target === null ? '' : percent(row.target),
    ]),
  )
}

export const areRequestTargetsMet = ({ rows }: RequestsResult): boolean =>
  rows.every(({ share, target }) => target === null || share >= target)
