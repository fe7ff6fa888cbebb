// Reads that may be some seconds old, from a copy of the database that follows it: lists, the audit trail, reports. It is left alone
// while it is behind, and whatever it fails at is asked of the primary.

import { sql } from 'drizzle-orm'
import type { Secret } from '#platform/secret.ts'
import { Lanes, type PoolOptions } from './lanes.ts'
import { once, type Statement } from './statement.ts'
import { type Transaction, UnitOfWork } from './unit-of-work.ts'

/** How far behind a copy may be, and how often it is looked at, while it is asked. */
const defaults = { allowedMillis: 10_000, lookMillis: 2_000 }

export type ReplicaOptions = { url: Secret; allowedMillis?: number; lookMillis?: number }

type Position = { at: string | null }

const written = once<Position>(sql`select pg_current_wal_lsn()::text as at`)

// What was promoted is a copy no more, and holds whatever it holds.
const replayed = once<Position>(sql`select case when pg_is_in_recovery() then pg_last_wal_replay_lsn()::text end as at`)

/** `16/B374D848`: two halves in hexadecimal. */
function numberOf(position: string): bigint {
  const [high = '0', low = '0'] = position.split('/')
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`)
}

export class Replica {
  readonly #options: PoolOptions & Required<ReplicaOptions>
  readonly #lanes: Lanes
  readonly #askPrimary: (statement: Statement<Position>) => Promise<Position[]>
  /** Where the primary was, and when, the oldest first; what the copy has reached is dropped. */
  #marks: { at: bigint; seenAt: number }[] = []
  #lookedAt = 0
  #isFresh = false

  /** @param askPrimary one statement of the primary */
  constructor(
    options: PoolOptions & ReplicaOptions,
    askPrimary: (statement: Statement<Position>) => Promise<Position[]>,
  ) {
    this.#options = { ...defaults, ...options, isReplica: true }
    this.#lanes = new Lanes(this.#options)
    this.#askPrimary = askPrimary
  }

  /**
   * Reads in one transaction, which can write nothing.
   * @returns undefined where the copy is behind, or cannot answer; the primary is to be asked then
   */
  async read<T>(
    entry: Statement<unknown>,
    work: (tx: Transaction) => Promise<T>,
    owner: string,
  ): Promise<{ answer: T } | undefined> {
    try {
      if (!(await this.#mayAnswer())) return undefined
      return { answer: await this.#onLane(owner, (lane) => new UnitOfWork(lane, owner).perform(entry, work)) }
    } catch {
      // Also a session of a moment ago, which has not arrived there.
      return undefined
    }
  }

  close(): Promise<void> {
    return this.#lanes.close()
  }

  async #mayAnswer(): Promise<boolean> {
    const now = Date.now()
    if (now - this.#lookedAt >= this.#options.lookMillis) {
      this.#lookedAt = now
      this.#isFresh = await this.#look(now).catch(() => false)
    }
    return this.#isFresh
  }

  /** Whether it has all that was written until the longest allowed time ago. */
  async #look(now: number): Promise<boolean> {
    const [primary] = await this.#askPrimary(written)
    if (primary?.at == null) return false
    this.#marks.push({ at: numberOf(primary.at), seenAt: now })
    const [copy] = await this.#onLane('', (lane) => new UnitOfWork(lane).performOne(replayed))
    if (copy?.at == null) return false
    const reached = numberOf(copy.at)
    this.#marks = this.#marks.filter(({ at }) => at > reached)
    const [oldest] = this.#marks
    return oldest === undefined || now - oldest.seenAt <= this.#options.allowedMillis
  }

  async #onLane<T>(owner: string, work: (lane: Awaited<ReturnType<Lanes['acquire']>>) => Promise<T>): Promise<T> {
    const lane = await this.#lanes.acquire(owner)
    let isUsable = true
    const deadline = setTimeout(() => {
      isUsable = false
      lane.destroy()
    }, this.#options.statementTimeoutMillis * 2)
    try {
      await lane.open()
      return await work(lane)
    } finally {
      clearTimeout(deadline)
      this.#lanes.release(lane, owner, isUsable && !lane.isOver)
    }
  }
}
