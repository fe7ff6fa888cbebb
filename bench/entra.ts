// Entra ID's initial cycle by the emulator: everybody is looked for and created, then each member of each group is added by a PATCH
// of its own, all one after the other as Entra does. Beside it what the same requests take at the floor, one at a time, a sample
// before and one after.
import { createEntra } from '../sandbox/entra.ts'
import { company, type Person } from '../sandbox/population.ts'
import { duration } from './client.ts'
import { count, median, table } from './numbers.ts'
import type { Rolecall } from './rolecall.ts'
import type { Sides } from './sides.ts'

export type EntraOptions = { people: number }

type Part = { what: string; number: number; requests: number; seconds: number; floorSeconds: number }

export type EntraResult = { parts: Part[] }

const groupSize = 200

/** Per 20,000 people 500 groups, as in large directories. */
const groupsFor = (people: number): number => Math.max(1, Math.round(people / 40))

/** Of each kind of request at the floor. */
const sample = 300

/** Milliseconds for one, by kind. */
async function floorCosts({ floor }: Sides): Promise<(kind: string) => number> {
  const costs = new Map<string, number>()
  for (const kind of ['create', 'filter', 'PATCH active'] as const) {
    const each: number[] = []
    for (let turn = 0; turn < sample; turn += 1) {
      const number = kind === 'create' ? 1_000_000 + turn + costs.size * sample + Date.now() : turn
      each.push(await duration(() => floor.client.send(floor.calls(kind, number, floor.ids))))
    }
    costs.set(kind, median(each))
  }
  return (kind) => costs.get(kind) ?? 0
}

/** As many as are wanted, of names that come again. */
function peopleOf(number: number): Person[] {
  const { people } = company(1, { domain: 'entra.bench.example.com', people: 500, groups: [] })
  return Array.from({ length: number }, (_, index) => {
    const { managerKey: _manager, ...person } = people[index % people.length] as Person
    const key = `${person.key}.${index}`
    return { ...person, key, userName: `${key}@entra.bench.example.com`, employeeNumber: String(100_000 + index) }
  })
}

export async function measureEntra(
  rolecall: Rolecall,
  sides: Sides,
  { people }: EntraOptions,
  progress: (text: string) => void,
): Promise<EntraResult> {
  const { scim } = rolecall.nodeFacts
  let requests = 0
  const entra = createEntra({
    ...{ baseUrl: `${rolecall.origin}${scim.path}`, token: scim.token, onExchange: () => (requests += 1) },
  })
  const everybody = peopleOf(people)
  const groups = Array.from({ length: groupsFor(people) }, (_, number) => ({
    ...{ key: `group-${number}`, displayName: `Group ${number}` },
    memberKeys: everybody
      .slice((number * 37) % people)
      .concat(everybody)
      .slice(0, groupSize)
      .map(({ key }) => key),
  }))
  const before = await floorCosts(sides)
  progress(`${count(people)} people`)
  const peopleMillis = await duration(async () => {
    for (const person of everybody) await entra.pushUser(person)
  })
  const peopleRequests = requests
  progress(`${count(groups.length)} groups of ${groupSize}`)
  const groupMillis = await duration(async () => {
    for (const group of groups) await entra.pushGroup(group)
  })
  const after = await floorCosts(sides)
  const floor = (kind: string): number => (before(kind) + after(kind)) / 2
  const memberships = groups.length * groupSize
  return {
    parts: [
      {
        ...{ what: 'people', number: people, requests: peopleRequests, seconds: peopleMillis / 1000 },
        floorSeconds: (people * (floor('filter') + floor('create'))) / 1000,
      },
      {
        ...{
          what: 'memberships',
          number: memberships,
          requests: requests - peopleRequests,
          seconds: groupMillis / 1000,
        },
        floorSeconds: (memberships * floor('PATCH active')) / 1000,
      },
    ],
  }
}

export const describeEntra = ({ parts }: EntraResult): string =>
  table(
    ['what', 'number', 'requests', 'seconds', 'a second', 'floor, seconds', 'ours ÷ floor'],
    parts.map(({ what, number, requests, seconds, floorSeconds }) => [
      ...[what, count(number), count(requests), seconds.toFixed(1), count(number / seconds)],
      ...[floorSeconds.toFixed(1), (seconds / floorSeconds).toFixed(1)],
    ]),
  )
