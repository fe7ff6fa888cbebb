// All of the comparison, in the order in which the servers fill: a full sync into empty directories, requests, groups, memory.
import { readFileSync } from 'node:fs'
import type { Rolecall } from '../rolecall.ts'
import type { RoundOptions } from '../sides.ts'
import { measurePeerGroups, peopleForGroups } from './groups.ts'
import { measurePeerRequests, type Seeded } from './requests.ts'
import { describeRows, isAheadEverywhere, ours, type Row } from './rows.ts'
import { startPeers } from './start.ts'
import { measurePeerSync, seedUpTo } from './sync.ts'

/** What was measured, or the reason why the peers cannot be had. */
export type PeersResult = { rows: Row[] } | { skipped: string }

export type PeersOptions = RoundOptions & { samples: number; people: number }

/** Megabytes of a process, now or at most since its start, as Linux counts them. */
function megabytes(pid: number, of: 'VmRSS' | 'VmHWM'): number {
  const found = new RegExp(`${of}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(found ?? 0) / 1024
}

const memoryRow = (what: string, servers: readonly Seeded[], of: 'VmRSS' | 'VmHWM'): Row => ({
  ...{ what, unit: 'MB' },
  reached: Object.fromEntries(servers.map(({ name, pid }) => [name, megabytes(pid, of)])),
})

/** @param folder with the packages of the peers */
export async function measurePeers(
  rolecall: Rolecall,
  folder: string,
  options: PeersOptions,
  progress: (text: string) => void,
): Promise<{ rows: Row[] }> {
  const peers = await startPeers(rolecall, folder)
  try {
    const own = { name: ours, scim: rolecall.scim, pid: rolecall.pid, membersAtOnce: 1_000, showsMembers: true }
    const servers = [own, ...peers].map((server): Seeded => ({ ...server, ids: [] }))
    const atRest = memoryRow('resident memory at rest', servers, 'VmRSS')
    const sync = await measurePeerSync(servers, options.people, progress)
    // Autovacuum would do so within a minute; before, PostgreSQL guesses which index to take.
    for (const { analyze } of [{ analyze: () => rolecall.owner`analyze` }, ...peers]) await analyze()
    const requests = await measurePeerRequests(servers, options, progress)
    progress(`up to ${peopleForGroups} people each`)
    for (const server of servers) await seedUpTo(server, peopleForGroups)
    const groups = await measurePeerGroups(servers, options.samples, progress)
    const rows = [...requests, ...groups, ...sync, atRest, memoryRow('resident memory at most', servers, 'VmHWM')]
    return { rows }
  } finally {
    for (const peer of peers) await peer.stop()
  }
}

/** The result as people read it. */
export const describePeers = (result: PeersResult): string =>
  'rows' in result ? describeRows(result.rows) : `Skipped, since the peers cannot be installed: ${result.skipped}`

/** Whether ours is ahead of every peer in every row; what was skipped misses nothing. */
export const isAheadOfPeers = (result: PeersResult): boolean => !('rows' in result) || isAheadEverywhere(result.rows)
