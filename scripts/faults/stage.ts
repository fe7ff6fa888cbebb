// What scenarios begin with: a PostgreSQL, nodes on it, somewhere to write to; all of it gone afterwards.
import { setTimeout as sleep } from 'node:timers/promises'
import { account, type Load, makeTarget, type Target } from './load.ts'
import { type PostgresNode, postgresNode } from './postgres-node.ts'
import type { Result } from './scenario.ts'
import { type ServerNode, serverNode } from './server-node.ts'

export type Stage = {
  postgres: PostgresNode
  nodes: ServerNode[]
  target: Target
  /** Ends the load, and holds what it was told against what is in the database. */
  settle(load: Load, times: number, notes?: readonly string[], database?: PostgresNode): Promise<Result>
}

type Wanted = {
  nodes?: number
  postgresSettings?: Record<string, string>
  /** For each node. */
  settings?: (postgres: PostgresNode, number: number) => Record<string, string>
  folder?: string | undefined
}

export const databaseOf = (postgres: PostgresNode): Record<string, string> => ({
  DATABASE_URL: postgres.url('server'),
  DATABASE_OWNER_URL: postgres.url('owner'),
})

/** @param work what is played; whatever it leaves running ends */
export async function onStage<T>(wanted: Wanted, work: (stage: Stage) => Promise<T>): Promise<T> {
  const { nodes: count = 1, settings = databaseOf } = wanted
  const postgres = await postgresNode(wanted.postgresSettings, wanted.folder)
  const nodes: ServerNode[] = []
  try {
    for (let number = 0; number < count; number += 1) nodes.push(await serverNode(settings(postgres, number)))
    for (const node of nodes) await node.start()
    const target = await makeTarget({ ...nodes[0]?.env, ...databaseOf(postgres) })
    const settle: Stage['settle'] = async (load, times, notes = [], database = postgres) => {
      const tally = await load.finish()
      const owner = database.connect()
      const { lost, doubled } = await account(owner, target, load.people)
      await owner.end()
      const { acknowledged, wrong, refusedTwice, longestPause } = tally
      return { times, acknowledged, lost, doubled, wrong, refusedTwice, longestPause, notes: [...notes] }
    }
    return await work({ postgres, nodes, target, settle })
  } finally {
    for (const node of nodes) await node.remove()
    await postgres.remove()
  }
}

/** Waits until so much more is acknowledged. @throws Error where it does not come to that */
export async function untilAcknowledged(load: Load, more: number, seconds = 60): Promise<void> {
  const [from, deadline] = [load.acknowledged(), Date.now() + seconds * 1000]
  while (load.acknowledged() < from + more) {
    if (Date.now() > deadline) throw new Error(`Nothing goes on: ${load.acknowledged() - from} of ${more} acknowledged`)
    await sleep(20)
  }
}
