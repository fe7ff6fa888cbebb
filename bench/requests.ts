// Single SCIM requests beside the floor: create, read, filter, switch active; alone and sixteen at a time. Rounds of ours
// and of the floor alternate, and the medians are compared.
import { throughput } from './client.ts'
import { count, median, table } from './numbers.ts'
import { alternating, type RoundOptions, requestKinds, type Sides } from './sides.ts'

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
const targets = { create: 0.5, read: 0.6, filter: 0.6, 'PATCH active': 0.5 } as const

/** `progress` is told what is measured at the moment. */
export async function measureRequests(
  sides: Sides,
  options: RoundOptions,
  progress: (text: string) => void,
): Promise<RequestsResult> {
  const compare = alternating(sides, options)
  const rows: Measured[] = []
  for (const request of requestKinds) {
    for (const concurrency of concurrencies) {
      progress(`${request}, ${concurrency} at a time`)
      const measured = await compare(request, concurrency, async (once, how) => (await throughput(once, how)).perSecond)
      const [ours, floor] = [median(measured.ours), median(measured.floor)]
      const target = concurrency === 16 ? targets[request] : null
      rows.push({ request, concurrency, ours, floor, share: ours / floor, target })
    }
  }
  return { rows }
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
