// What it costs to add one member to a group and to take one away, by the size of the group; the sizes and servers take turns.
import { duration } from '../client.ts'
import { median } from '../numbers.ts'
import type { Seeded } from './requests.ts'
import type { Reached, Row } from './rows.ts'

const sizes = [100, 1_000, 10_000] as const

/** Those who come and go stand behind the members. */
const joiners = 10
export const peopleForGroups = Math.max(...sizes) + joiners

export async function createGroup({ scim }: Seeded, displayName: string): Promise<string> {
  const schemas = ['urn:ietf:params:scim:schemas:core:2.0:Group']
  const { text } = await scim.send({ method: 'POST', path: '/Groups', body: { schemas, displayName } })
  return (JSON.parse(text) as { id: string }).id
}

function patchGroup({ scim }: Seeded, groupId: string, operation: object) {
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp']
  return scim.send({ method: 'PATCH', path: `/Groups/${groupId}`, body: { schemas, Operations: [operation] } })
}

export const addMembers = (server: Seeded, groupId: string, ids: readonly string[]) =>
  patchGroup(server, groupId, { op: 'add', path: 'members', value: ids.map((value) => ({ value })) })

const removeMember = (server: Seeded, groupId: string, id: string) =>
  patchGroup(server, groupId, { op: 'remove', path: `members[value eq "${id}"]` })

/** A group of that size, or the word for why there is none. */
async function filledGroup(server: Seeded, size: number): Promise<{ id: string } | string> {
  const id = await createGroup(server, `Group of ${size}`)
  try {
    for (let at = 0; at < size; at += server.membersAtOnce) {
      await addMembers(server, id, server.ids.slice(at, Math.min(size, at + server.membersAtOnce)))
    }
  } catch {
    return 'refused'
  }
  return (await holds(server, id, size)) ? { id } : 'wrong answer'
}

/** Whether the group shows so many members. One that never shows any is believed. */
async function holds({ scim, showsMembers }: Seeded, groupId: string, size: number): Promise<boolean> {
  if (!showsMembers) return true
  const { text } = await scim.send({ method: 'GET', path: `/Groups/${groupId}` })
  return ((JSON.parse(text) as { members?: unknown[] }).members ?? []).length === size
}

/** A group of one server, or the word for why its speed does not count. */
type Contest = { server: Seeded; group: { id: string } | string; add: number[]; remove: number[] }

async function addAndRemove(contest: Contest, size: number, turn: number): Promise<void> {
  const { server, group, add, remove } = contest
  if (typeof group === 'string') return
  const id = server.ids[size + (turn % joiners)] ?? ''
  try {
    add.push(await duration(() => addMembers(server, group.id, [id])))
    remove.push(await duration(() => removeMember(server, group.id, id)))
  } catch {
    contest.group = 'refused'
  }
}

/** The group has to hold afterwards whom it held before. */
async function judge(
  { server, group, add, remove }: Contest,
  size: number,
): Promise<{ add: Reached; remove: Reached }> {
  if (typeof group === 'string') return { add: group, remove: group }
  if (!(await holds(server, group.id, size))) return { add: 'wrong answer', remove: 'wrong answer' }
  return { add: median(add), remove: median(remove) }
}

async function compare(servers: readonly Seeded[], size: number, samples: number): Promise<Row[]> {
  const contests: Contest[] = []
  for (const server of servers) {
    contests.push({ server, group: await filledGroup(server, size), add: [], remove: [] })
  }
  for (let turn = 0; turn < samples; turn += 1) {
    for (const contest of contests) await addAndRemove(contest, size, turn)
  }
  const [add, remove]: [Row['reached'], Row['reached']] = [{}, {}]
  for (const contest of contests) {
    const judged = await judge(contest, size)
    add[contest.server.name] = judged.add
    remove[contest.server.name] = judged.remove
  }
  const where = `in a group of ${size.toLocaleString('en')}`
  return [
    { what: `add a member ${where}`, unit: 'ms', reached: add },
    { what: `remove a member ${where}`, unit: 'ms', reached: remove },
  ]
}

/** @param samples how often each is measured */
export async function measurePeerGroups(
  servers: readonly Seeded[],
  samples: number,
  progress: (text: string) => void,
): Promise<Row[]> {
  const rows: Row[] = []
  for (const size of sizes) {
    progress(`groups of ${size}`)
    rows.push(...(await compare(servers, size, samples)))
  }
  return rows
}
