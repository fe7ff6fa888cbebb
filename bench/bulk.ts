// What a thousand operations cost in one bulk request, beside a thousand requests one after the other and sixteen at a time. The
// rounds take turns, so that what else the machine does hits all of them alike.
import { oursCalls } from './calls.ts'
import { type Call, type Client, duration } from './client.ts'
import { count, median, table } from './numbers.ts'

export type BulkResult = {
  kinds: { kind: string; singlesPerSecond: number; sixteenPerSecond: number; bulkPerSecond: number }[]
  /** The smallest rate of a bulk request divided by that of single ones. */
  ratio: number
}

const operations = 1_000
const ratioTarget = 3

type Kind = 'create' | 'PATCH title'

type Samples = { singles: number[]; sixteen: number[]; bulk: number[] }

export async function measureBulk(
  scim: Client,
  { rounds }: { rounds: number },
  progress: (text: string) => void,
): Promise<BulkResult> {
  const people: string[] = []
  let turn = 0
  const callsOf = (kind: Kind): Call[] =>
    Array.from({ length: operations }, (_, index) => {
      if (kind === 'create') return oursCalls('create', turn++, [])
      const id = people[index] ?? ''
      return { method: 'PATCH', path: `/Users/${id}`, body: patchBody(turn++) }
    })
  const samples = new Map<Kind, Samples>()
  for (const kind of ['create', 'PATCH title'] as const) {
    const of: Samples = { singles: [], sixteen: [], bulk: [] }
    samples.set(kind, of)
    for (let round = 0; round < rounds; round += 1) {
      progress(`${kind}: round ${round + 1} of ${rounds}`)
      of.singles.push(await rateOf(() => oneByOne(scim, callsOf(kind), 1)))
      of.sixteen.push(await rateOf(() => oneByOne(scim, callsOf(kind), 16)))
      of.bulk.push(await rateOf(async () => people.push(...(await inBulk(scim, callsOf(kind))))))
    }
  }
  const kinds = [...samples].map(([kind, { singles, sixteen, bulk }]) => ({
    kind,
    singlesPerSecond: median(singles),
    sixteenPerSecond: median(sixteen),
    bulkPerSecond: median(bulk),
  }))
  return { kinds, ratio: Math.min(...kinds.map((each) => each.bulkPerSecond / each.singlesPerSecond)) }
}

const patchBody = (turn: number) => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations: [{ op: 'replace', value: { title: `Title ${turn}` } }],
})

const rateOf = async (work: () => Promise<unknown>): Promise<number> => (operations * 1000) / (await duration(work))

async function oneByOne(scim: Client, calls: Call[], workers: number): Promise<void> {
  const left = [...calls]
  const work = async () => {
    for (let call = left.pop(); call !== undefined; call = left.pop()) await scim.send(call)
  }
  await Promise.all(Array.from({ length: workers }, work))
}

/** @returns the ids of the resources. @throws Error where one of the operations failed */
async function inBulk(scim: Client, calls: Call[]): Promise<string[]> {
  const body = {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
    Operations: calls.map(({ method, path, body: data }, index) => ({ method, path, bulkId: String(index), data })),
  }
  const { text } = await scim.send({ method: 'POST', path: '/Bulk', body })
  const results = (JSON.parse(text) as { Operations: { status: string; location: string }[] }).Operations
  const failed = results.find(({ status }) => Number(status) >= 400)
  if (failed !== undefined || results.length !== calls.length) throw new Error(`It failed: ${JSON.stringify(failed)}`)
  return results.map(({ location }) => location.split('/').at(-1) ?? '')
}

export const isBulkTargetMet = ({ ratio }: BulkResult): boolean => ratio >= ratioTarget

export function describeBulk({ kinds, ratio }: BulkResult): string {
  const rows = kinds.map(({ kind, singlesPerSecond, sixteenPerSecond, bulkPerSecond }) => [
    kind,
    count(singlesPerSecond),
    count(sixteenPerSecond),
    count(bulkPerSecond),
    (bulkPerSecond / singlesPerSecond).toFixed(1),
    (bulkPerSecond / sixteenPerSecond).toFixed(1),
  ])
  const header = ['operation', 'single, /s', 'sixteen at a time, /s', 'bulk, /s', 'bulk ÷ single', 'bulk ÷ sixteen']
  const verdict = ratio >= ratioTarget ? 'met' : 'missed'
  return `${table(header, rows)}\n\nTarget, ${ratioTarget} times the rate of single ones: ${verdict}.`
}
