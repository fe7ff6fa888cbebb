// Ours and the floor: the same requests in alternating rounds, so that what else the machine does meets both.
import { type Calls, floorCalls, oursCalls, population } from './calls.ts'
import type { Client } from './client.ts'
import type { Rolecall } from './rolecall.ts'

/** Who is asked, which people it knows, and what stands for the same request there. */
export type Side = { client: Client; ids: string[]; calls: Calls }

export type Sides = { ours: Side; floor: Side }

export type RoundOptions = { rounds: number; seconds: number }

export const requestKinds = ['create', 'read', 'filter', 'PATCH active'] as const

/** Both sides with their people, and with what PostgreSQL should know of them. */
export async function seededSides(clients: { ours: Client; floor: Client; owner: Rolecall['owner'] }): Promise<Sides> {
  const ours: Side = { client: clients.ours, ids: [], calls: oursCalls }
  const floor: Side = { client: clients.floor, ids: [], calls: floorCalls }
  for (const side of [ours, floor]) await seed(side)
  // Autovacuum would do so within a minute; before, PostgreSQL guesses which index to take.
  await clients.owner`analyze`
  return { ours, floor }
}

async function seed(side: Side): Promise<void> {
  for (let number = 0; number < population; number += 1) {
    const { text } = await side.client.send(side.calls('create', number, []))
    side.ids.push((JSON.parse(text) as { id: string }).id)
  }
}

type Measure<T> = (once: () => Promise<unknown>, how: { concurrency: number; seconds: number }) => Promise<T>

/**
 * One kind of request: a round of each side to warm up, then `rounds` of each.
 * @param measure one round: calls `once` again and again
 */
export function alternating({ ours, floor }: Sides, { rounds, seconds }: RoundOptions) {
  const turns = new Map<string, number>([['create', population]])
  const callOf = (request: string, name: keyof Sides) => {
    const side = name === 'ours' ? ours : floor
    // Creates of both sides share the numbering; the others each walk through their people without a gap.
    const key = request === 'create' ? request : `${request} ${name}`
    return () => {
      const turn = turns.get(key) ?? 0
      turns.set(key, turn + 1)
      return side.client.send(side.calls(request, turn, side.ids))
    }
  }
  return async <T>(request: string, concurrency: number, measure: Measure<T>): Promise<{ ours: T[]; floor: T[] }> => {
    const measured = { ours: [] as T[], floor: [] as T[] }
    for (let round = -1; round < rounds; round += 1) {
      for (const name of ['ours', 'floor'] as const) {
        const how = { concurrency, seconds: round < 0 ? Math.min(1, seconds) : seconds }
        const result = await measure(callOf(request, name), how)
        if (round >= 0) measured[name].push(result)
      }
    }
    return measured
  }
}
