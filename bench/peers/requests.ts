// Single requests of each server in alternating rounds. An answer is looked at before its speed counts.
import { oursCalls, population } from '../calls.ts'
import { type Call, throughput } from '../client.ts'
import { median } from '../numbers.ts'
import type { RoundOptions } from '../sides.ts'
import type { Reached, Row } from './rows.ts'
import type { Server } from './start.ts'

/** A server with the people it has been given; creates count on from there. */
export type Seeded = Server & { ids: string[] }

type Resource = { id?: string; userName?: string; externalId?: string; active?: unknown }
type Listed = { totalResults?: number; Resources?: Resource[] }

type Kind = {
  what: string
  concurrencies: readonly number[]
  call(server: Seeded, turn: number): Call
  /** Whether the answer to that call is the right one. */
  isRight(server: Seeded, turn: number, answer: unknown): boolean | Promise<boolean>
}

const pageSize = 100
const patched = (server: Seeded, turn: number): string => server.ids[turn % population] ?? ''

async function isNow(server: Seeded, turn: number, active: boolean): Promise<boolean> {
  const { text } = await server.scim.send({ method: 'GET', path: `/Users/${patched(server, turn)}` })
  return (JSON.parse(text) as Resource).active === active
}

const page = (what: string, startOf: (people: number) => number): Kind => ({
  ...{ what, concurrencies: [1] },
  call: ({ ids }) => ({ method: 'GET', path: `/Users?startIndex=${startOf(ids.length)}&count=${pageSize}` }),
  isRight: ({ ids }, _turn, answer) => {
    const { Resources, totalResults } = answer as Listed
    return totalResults === ids.length && new Set(Resources?.map(({ id }) => id)).size === pageSize
  },
})

/** Entra sends a boolean as text, and its operations with a capital. */
function entraPatch(server: Seeded, turn: number): Call {
  const value = Math.floor(turn / population) % 2 === 1 ? 'True' : 'False'
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp']
  const body = { schemas, Operations: [{ op: 'Replace', path: 'active', value }] }
  return { method: 'PATCH', path: `/Users/${patched(server, turn)}`, body }
}

const both = [1, 16] as const
const kinds: readonly Kind[] = [
  {
    ...{ what: 'GET', concurrencies: both },
    call: ({ ids }, turn) => oursCalls('read', turn, ids),
    isRight: ({ ids }, turn, answer) => (answer as Resource).id === ids[turn % ids.length],
  },
  {
    ...{ what: '`userName eq`', concurrencies: both },
    call: ({ ids }, turn) => oursCalls('filter', turn, ids),
    isRight: ({ ids }, turn, answer) => (answer as Listed).Resources?.[0]?.id === ids[turn % population],
  },
  {
    ...{ what: '`externalId eq`', concurrencies: both },
    call: (_, turn) => ({
      method: 'GET',
      path: `/Users?filter=${encodeURIComponent(`externalId eq "00u${turn % population}"`)}`,
    }),
    isRight: ({ ids }, turn, answer) => (answer as Listed).Resources?.[0]?.id === ids[turn % population],
  },
  page('first page of 100', () => 1),
  page('last page of 100', (people) => people - pageSize + 1),
  {
    ...{ what: 'PATCH of `active`', concurrencies: both },
    call: ({ ids }, turn) => oursCalls('PATCH active', turn, ids.slice(0, population)),
    isRight: (server, turn) => isNow(server, turn, Math.floor(turn / population) % 2 === 1),
  },
  {
    ...{ what: 'the same as Entra ID sends it', concurrencies: both },
    call: entraPatch,
    isRight: (server, turn) => isNow(server, turn, Math.floor(turn / population) % 2 === 1),
  },
  {
    ...{ what: 'POST', concurrencies: both },
    call: ({ ids }, turn) => oursCalls('create', ids.length + turn, ids),
    isRight: ({ ids }, turn, answer) =>
      (answer as Resource).userName === `person${ids.length + turn}@north.example.com`,
  },
]

/** Why its speed does not count, or nothing. */
async function objection(kind: Kind, server: Seeded, turn: number): Promise<string | undefined> {
  const answer = await server.scim.send(kind.call(server, turn)).catch(() => undefined)
  if (answer === undefined) return 'refused'
  const body: unknown = answer.text === '' ? undefined : JSON.parse(answer.text)
  return (await kind.isRight(server, turn, body)) ? undefined : 'wrong answer'
}

/** One server in all rounds of a kind; rounds of the others come between. */
type Contest = { server: Seeded; turn: number; rounds: number[]; objection: string | undefined }

type How = { concurrency: number; seconds: number; progress(text: string): void }

/** What it does a second, which the warming up leaves out; a refusal ends it. */
async function playRound(kind: Kind, contest: Contest, how: How & { isWarmUp: boolean }): Promise<void> {
  const { server } = contest
  try {
    const { perSecond } = await throughput(() => server.scim.send(kind.call(server, contest.turn++)), how)
    if (!how.isWarmUp) contest.rounds.push(perSecond)
  } catch (error) {
    how.progress(`${server.name}: ${error instanceof Error ? error.message : error}`)
    contest.objection = `refused ${how.concurrency} at a time`
  }
}

async function compare(kind: Kind, contests: readonly Contest[], { rounds, ...how }: How & { rounds: number }) {
  for (const contest of contests) contest.rounds = []
  for (let round = -1; round < rounds; round += 1) {
    for (const contest of contests) {
      if (contest.objection === undefined) await playRound(kind, contest, { ...how, isWarmUp: round < 0 })
    }
  }
  const reached = contests.map((one): [string, Reached] => [one.server.name, one.objection ?? median(one.rounds)])
  const what = `${kind.what}, ${how.concurrency} at a time`
  return { what, unit: 'a second', reached: Object.fromEntries(reached) } as const
}

/** Everybody is asked the same; `progress` is told what. */
export async function measurePeerRequests(
  servers: readonly Seeded[],
  { rounds, seconds }: RoundOptions,
  progress: (text: string) => void,
): Promise<Row[]> {
  const rows: Row[] = []
  for (const kind of kinds) {
    const contests: Contest[] = []
    for (const server of servers) {
      contests.push({ server, turn: 1, rounds: [], objection: await objection(kind, server, 0) })
    }
    for (const concurrency of kind.concurrencies) {
      progress(`${kind.what}, ${concurrency} at a time`)
      rows.push(await compare(kind, contests, { concurrency, seconds, rounds, progress }))
    }
  }
  return rows
}
