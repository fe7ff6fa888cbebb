// What one PATCH costs that adds or removes one member, in groups of very different sizes. The cost shall follow the
// change, not the size.
import type { Client } from './client.ts'
import { duration } from './client.ts'
import { count, median, quantile, table } from './numbers.ts'
import type { Rolecall } from './rolecall.ts'

export type MembersOptions = { samples: number }

export type MembersResult = {
  groups: { members: number; addMillis: number; addP95Millis: number; removeMillis: number; removeP95Millis: number }[]
  /** Median of the largest group divided by that of the smallest. */
  addRatio: number
  removeRatio: number
}

const sizes = [100, 1_000, 10_000, 50_000] as const
const ratioTarget = 1.2
/** People who are in none of the groups and take turns at joining and leaving. */
const joiners = 40
const warmUps = 20

type Group = { size: number; id: string; add: number[]; remove: number[] }

/** Samples are interleaved over the sizes, so that what else the machine does hits all of them alike. */
export async function measureMembers(rolecall: Rolecall, { samples }: MembersOptions): Promise<MembersResult> {
  await seedUsers(rolecall, Math.max(...sizes) + joiners)
  const groups: Group[] = []
  for (const size of sizes) groups.push({ size, id: await createGroup(rolecall, size), add: [], remove: [] })
  await rolecall.owner`analyze`
  for (let round = -warmUps; round < samples; round += 1) {
    const userId = idOf(Math.max(...sizes) + (Math.abs(round) % joiners))
    for (const group of rotated(groups, Math.abs(round))) {
      const add = await duration(() => addMember(rolecall.scim, group.id, userId))
      if (round === 0) await expectMembers(rolecall, group.id, group.size + 1)
      const remove = await duration(() => removeMember(rolecall.scim, group.id, userId))
      if (round < 0) continue
      group.add.push(add)
      group.remove.push(remove)
    }
  }
  for (const group of groups) await expectMembers(rolecall, group.id, group.size)
  return summarize(groups)
}

const idOf = (number: number): string => `usr_${String(number).padStart(26, '0')}`

const rotated = <T>(list: readonly T[], by: number): T[] => [
  ...list.slice(by % list.length),
  ...list.slice(0, by % list.length),
]

async function seedUsers({ owner, organizationId, directoryId }: Rolecall, total: number): Promise<void> {
  await owner`insert into users (organization_id, id, directory_id, user_name, user_name_key, status,
      status_changed_at, attributes, created_at, updated_at)
    select ${organizationId}, 'usr_' || lpad(n::text, 26, '0'), ${directoryId}, 'person' || n || '@north.example.com',
      'person' || n || '@north.example.com', 'active', now(), '{}', now(), now()
    from generate_series(0, ${total - 1}::int) n`
}

async function createGroup({ scim, owner, organizationId }: Rolecall, size: number): Promise<string> {
  const schemas = ['urn:ietf:params:scim:schemas:core:2.0:Group']
  const { text } = await scim.send({
    method: 'POST',
    path: '/Groups',
    body: { schemas, displayName: `Group of ${size}` },
  })
  const { id } = JSON.parse(text) as { id: string }
  await owner`insert into group_members (organization_id, group_id, user_id, created_at)
    select ${organizationId}, ${id}, 'usr_' || lpad(n::text, 26, '0'), now() from generate_series(0, ${size - 1}::int) n`
  return id
}

const patch = (scim: Client, groupId: string, operation: object) =>
  scim.send({
    method: 'PATCH',
    path: `/Groups/${groupId}`,
    body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: [operation] },
  })

const addMember = (scim: Client, groupId: string, userId: string) =>
  patch(scim, groupId, { op: 'add', path: 'members', value: [{ value: userId }] })

const removeMember = (scim: Client, groupId: string, userId: string) =>
  patch(scim, groupId, { op: 'remove', path: `members[value eq "${userId}"]` })

async function expectMembers({ owner }: Rolecall, groupId: string, expected: number): Promise<void> {
  const [row] = await owner`select count(*)::int as total from group_members where group_id = ${groupId}`
  if (row?.['total'] !== expected) throw new Error(`The group has ${row?.['total']} members instead of ${expected}`)
}

function summarize(groups: readonly Group[]): MembersResult {
  const rows = groups.map(({ size, add, remove }) => ({
    members: size,
    addMillis: median(add),
    addP95Millis: quantile(add, 0.95),
    removeMillis: median(remove),
    removeP95Millis: quantile(remove, 0.95),
  }))
  const [smallest, largest] = [rows[0], rows.at(-1)]
  if (smallest === undefined || largest === undefined) throw new Error('Nothing was measured')
  return {
    groups: rows,
    addRatio: largest.addMillis / smallest.addMillis,
    removeRatio: largest.removeMillis / smallest.removeMillis,
  }
}

/** The result as people read it. */
export function describeMembers({ groups, addRatio, removeRatio }: MembersResult): string {
  const header = ['members', 'add one, ms', 'p95', 'remove one, ms', 'p95']
  const rows = groups.map((group) => [
    count(group.members),
    ...[group.addMillis, group.addP95Millis, group.removeMillis, group.removeP95Millis].map((ms) => ms.toFixed(2)),
  ])
  const ratios = `50,000 ÷ 100: add ${addRatio.toFixed(2)}, remove ${removeRatio.toFixed(2)} (target: at most ${ratioTarget})`
  return `${table(header, rows)}\n\n${ratios}`
}

export const isMembersTargetMet = ({ addRatio, removeRatio }: MembersResult): boolean =>
  addRatio <= ratioTarget && removeRatio <= ratioTarget
