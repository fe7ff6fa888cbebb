// Reads that may be some seconds old, from a copy of the database that follows it: lists, the audit trail, reports. It is left alone
// while it is behind, and whatever it fails at is asked of the primary.

import { sql } from 'drizzle-orm'
import { AppError } from '#platform/errors.ts'
import type { Secret } from '#platform/secret.ts'
import { isCollision, isDemoted, translateDatabaseError } from './errors.ts'
import type { Lane } from './lane.ts'
import { Lanes, type PoolOptions } from './lanes.ts'
import { once, type Statement } from './statement.ts'
import { type Transaction, UnitOfWork } from './unit-of-work.ts'

/** How far behind a copy may be, how often it is looked at, and how long it is left alone once it has failed. */
const defaults = { allowedMillis: 10_000, lookMillis: 2_000, restMillis: 10_000 }

/** While the copy stands still. */
const mostMarks = 100

/** Of the copy alone: the primary is asked after that. */
const longestMillis = 2_000

export type ReplicaOptions = { url: Secret; allowedMillis?: number; lookMillis?: number; restMillis?: number }

/** `cluster`: which of all clusters it is. `position`: in the log; null for what is no copy. */
type Place = { cluster: string; position: string | null }

const cluster = sql`(select system_identifier::text from pg_control_system()) || ' ' || current_database()`

const written = once<Place>(sql`select ${cluster} as cluster, pg_current_wal_lsn()::text as position`)

// What was promoted is a copy no more, and holds whatever it holds.
const replayed = once<Place>(sql`select ${cluster} as cluster,
  case when pg_is_in_recovery() then pg_last_wal_replay_lsn()::text end as position`)

/** It is gone, or hangs; what was wrong with the work alone (it wrote, or the log overtook it) says nothing of the next one. */
function isAway(error: unknown): boolean {
  const known = translateDatabaseError(error)
  return known instanceof AppError && known.code === 'unavailable' && !isCollision(error) && !isDemoted(error)
}

/** `16/B374D848`: two halves in hexadecimal. */
function numberOf(position: string): bigint {
  const [high = '0', low = '0'] = position.split('/')
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`)
}

type Options = PoolOptions & Required<ReplicaOptions>

export class Replica {
  readonly #options: Options
  readonly #lanes: Lanes
  readonly #askPrimary: (statement: Statement<Place>) => Promise<Place[]>
  /** Where the primary was, and when, the oldest first; what the copy has reached is dropped. */
  #marks: { at: bigint; seenAt: number }[] = []
  /** The copy has all that was written until then. */
  #freshUntil = 0
  #lookAt = 0
  #isLooking = false

  /** @param askPrimary one statement of the primary */
  constructor(options: PoolOptions & ReplicaOptions, askPrimary: (statement: Statement<Place>) => Promise<Place[]>) {
    const statementTimeoutMillis = Math.min(options.statementTimeoutMillis, longestMillis)
    this.#options = { ...defaults, ...options, statementTimeoutMillis, isReplica: true }
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
    this.#lookIfDue()
    if (Date.now() - this.#freshUntil > this.#options.allowedMillis) return undefined
    try {
      return { answer: await this.#onLane(owner, (lane) => new UnitOfWork(lane, owner).perform(entry, work)) }
    } catch (error) {
      // Also a session of a moment ago, which has not arrived there.
      if (isAway(error)) this.#rest()
      return undefined
    }
  }

  close(): Promise<void> {
    return this.#lanes.close()
  }

  /** Beside the requests, none of which waits for it. */
  #lookIfDue(): void {
    const now = Date.now()
    if (this.#isLooking || now < this.#lookAt) return
    this.#isLooking = true
    this.#lookAt = now + this.#options.lookMillis
    void this.#look(now)
      .catch(() => this.#rest())
      .finally(() => {
        this.#isLooking = false
      })
  }

  #rest(): void {
    this.#freshUntil = 0
    this.#lookAt = Date.now() + this.#options.restMillis
  }

  /** How far it has come: to the newest mark that it has reached, which has to have been made before. */
  async #look(now: number): Promise<void> {
    const [primary] = await this.#askPrimary(written)
    const [copy] = await this.#onLane('', (lane) => new UnitOfWork(lane).performOne(replayed))
    if (primary?.position == null || copy?.position == null || copy.cluster !== primary.cluster) return this.#rest()
    this.#marks.push({ at: numberOf(primary.position), seenAt: now })
    const reached = numberOf(copy.position)
    this.#freshUntil = this.#marks.findLast(({ at }) => at <= reached)?.seenAt ?? this.#freshUntil
    this.#marks = this.#marks.filter(({ at }) => at > reached).slice(-mostMarks)
  }

  #onLane<T>(owner: string, work: (lane: Lane) => Promise<T>): Promise<T> {
    return this.#lanes.onLane(owner, async (lane) => {
      await lane.open()
      return work(lane)
    })
  }
}
