// A full sync, one request after the other: everybody is created, then each membership is added by a PATCH of its own. The servers
// take turns in slices, so that what else the machine does meets all of them.
import { oursCalls } from '../calls.ts'
import { duration } from '../client.ts'
import { addMembers, createGroup } from './groups.ts'
import type { Seeded } from './requests.ts'
import type { Row } from './rows.ts'

const sliceOfPeople = 250
const groupSize = 100

async function createPerson(server: Seeded): Promise<void> {
  const { text } = await server.scim.send(oursCalls('create', server.ids.length, []))
  server.ids.push((JSON.parse(text) as { id: string }).id)
}

/** A group of a hundred, each added by itself. */
async function fillGroup(server: Seeded, number: number): Promise<void> {
  const id = await createGroup(server, `Team ${number}`)
  for (let member = 0; member < groupSize; member += 1) {
    await addMembers(server, id, [server.ids[(number * groupSize + member) % server.ids.length] ?? ''])
  }
}

/** @param number of people, and of memberships */
export async function measurePeerSync(
  servers: readonly Seeded[],
  number: number,
  progress: (text: string) => void,
): Promise<Row[]> {
  const millis = new Map<string, { people: number; memberships: number }>()
  for (const { name } of servers) millis.set(name, { people: 0, memberships: 0 })
  const taken = (server: Seeded) => millis.get(server.name) ?? { people: 0, memberships: 0 }
  progress(`full sync: ${number} people`)
  for (let done = 0; done < number; done += sliceOfPeople) {
    for (const server of servers) {
      taken(server).people += await duration(async () => {
        for (let turn = done; turn < Math.min(number, done + sliceOfPeople); turn += 1) await createPerson(server)
      })
    }
  }
  progress(`full sync: ${number} memberships`)
  for (let group = 0; group < number / groupSize; group += 1) {
    for (const server of servers) {
      taken(server).memberships += await duration(() => fillGroup(server, group))
    }
  }
  const rate = (of: 'people' | 'memberships') =>
    Object.fromEntries(servers.map((server) => [server.name, (number * 1000) / taken(server)[of]]))
  return [
    { what: `full sync, ${number.toLocaleString('en')} people`, unit: 'a second', reached: rate('people') },
    { what: 'full sync, as many memberships', unit: 'a second', reached: rate('memberships') },
  ]
}

/** More people, several at a time, until there are so many. */
export async function seedUpTo(server: Seeded, people: number): Promise<void> {
  const numbers = Array.from({ length: Math.max(0, people - server.ids.length) }, (_, index) => `more${index}`)
  const work = async () => {
    for (let name = numbers.pop(); name !== undefined; name = numbers.pop()) {
      const userName = `${name}@north.example.com`
      const schemas = ['urn:ietf:params:scim:schemas:core:2.0:User']
      const body = {
        schemas,
        userName,
        externalId: name,
        displayName: name,
        emails: [{ value: userName, primary: true }],
      }
      const { text } = await server.scim.send({ method: 'POST', path: '/Users', body })
      server.ids.push((JSON.parse(text) as { id: string }).id)
    }
  }
  await Promise.all([work(), work(), work(), work()])
}
