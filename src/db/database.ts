// Units of work on a small pool of lanes. BEGIN, the entry statement and whatever the work sends go out as one pipeline:
// a unit of work whose statements do not depend on each other's results costs one round trip, commit included.
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '#platform/errors.ts'
import { inSpan, noteOrganization } from '#platform/tracing.ts'
import { isCollision, isDemoted, translateDatabaseError } from './errors.ts'
import type { Lane } from './lane.ts'
import { Lanes, type PoolOptions, type PoolUse } from './lanes.ts'
import { UnfitConnection } from './proof.ts'
import { Replica, type ReplicaOptions } from './replica.ts'
import { SharedWork } from './shared-work.ts'
import { type Statement, withEntry } from './statement.ts'
import { type Transaction, UnitOfWork } from './unit-of-work.ts'

export type { Transaction } from './unit-of-work.ts'

/** `statementTimeoutMillis`: the bound on one statement, kept by PostgreSQL; twice this bounds a whole unit of work, kept here. */
export type DatabaseOptions = PoolOptions & {
  /** A copy that follows the primary, for reads that may be some seconds old. */
  replica?: ReplicaOptions | undefined
}

export const databaseDefaults = { lanes: 10, queueTimeoutMillis: 2_000, statementTimeoutMillis: 5_000 }

/** How often a unit of work is tried that PostgreSQL gave up in favour of another one: so many times, with a wait between. */
const tries = 4
const retryWaitMillis = 20

/** By itself where the connection has what it needs; behind a pooler, or where a proxy is to be told whose it is, as a transaction. */
const alone = <Row>(lane: Lane, statement: Statement<Row>, owner = ''): Promise<Row[]> =>
  lane.isAlone(owner) ? lane.send(statement) : new UnitOfWork(lane, owner).performOne(statement)

export class Database {
  readonly #lanes: Lanes
  readonly #replica: Replica | undefined

  constructor(options: DatabaseOptions) {
    this.#lanes = new Lanes(options)
    const { replica } = options
    this.#replica =
      replica === undefined ? undefined : new Replica({ ...options, ...replica }, (statement) => this.read(statement))
  }

  /**
   * Runs `work` in one transaction that starts with `entry`, commits when it returns and rolls back when it throws. Where
   * PostgreSQL gives it up because it collided with another one (deadlock, serialization), all of `work` is run again: what it
   * does beside its statements must bear that.
   * @param owner the organization, which shares lanes fairly with the others; '' for none
   * @throws AppError; `unavailable` where the database cannot be reached, is too busy, or the outcome is unknown
   */
  transaction<T>(entry: Statement<unknown>, work: (tx: Transaction) => Promise<T>, owner = ''): Promise<T> {
    return this.#onLane(owner, (lane) => new UnitOfWork(lane, owner).perform(entry, work))
  }

  /**
   * Reads in one transaction what may be some seconds old: from the copy where there is one that keeps up, and from the primary
   * otherwise, also where the copy fails at it; `work` may be run twice. @throws AppError as `transaction` does
   */
  async relaxed<T>(entry: Statement<unknown>, work: (tx: Transaction) => Promise<T>, owner = ''): Promise<T> {
    const read = await this.#replica?.read(entry, work, owner)
    return read === undefined ? this.transaction(entry, work, owner) : read.answer
  }

  /** Whether there is a copy to read from. */
  get hasReplica(): boolean {
    return this.#replica !== undefined
  }

  /** As `transaction`, but all of it is rolled back once `work` is done, which must not commit. @throws AppError */
  trial<T>(entry: Statement<unknown>, work: (tx: Transaction) => Promise<T>, owner = ''): Promise<T> {
    return this.#onLane(owner, (lane) => new UnitOfWork(lane, owner).rehearse(entry, work))
  }

  /**
   * Runs `work`, whose units of work share one transaction, each of them all or nothing; commits when it returns. All of it may be
   * run again. @throws AppError where the COMMIT fails: then nothing of any of them holds, or, for `unavailable`, nobody knows
   */
  shared<T>(entry: Statement<unknown>, work: (shared: SharedWork) => Promise<T>, owner = ''): Promise<T> {
    return this.#onLane(owner, (lane) =>
      new UnitOfWork(lane, owner).perform(entry, async (tx) => {
        await tx.entered()
        const shared = new SharedWork(lane)
        await shared.begin()
        return work(shared)
      }),
    )
  }

  /**
   * Carries out one statement that holds the CTE `entered` and reads, as a transaction of its own: the fewest messages there can
   * be. @throws AppError as `transaction` does
   */
  single<Row>(entry: Statement<unknown>, statement: Statement<Row>, owner = ''): Promise<Row[]> {
    return this.#onLane(owner, (lane) => alone(lane, withEntry(statement, entry), owner))
  }

  /** Carries out one statement that holds the CTE `entered` and may write. @throws AppError as `transaction` does */
  singleWrite<Row>(entry: Statement<unknown>, statement: Statement<Row>, owner = ''): Promise<Row[]> {
    return this.#onLane(owner, (lane) => new UnitOfWork(lane, owner).performOne(withEntry(statement, entry)))
  }

  /** One statement as a transaction of its own, which enters no organization and may write. */
  run<Row>(statement: Statement<Row>): Promise<Row[]> {
    return this.#onLane('', (lane) => new UnitOfWork(lane).performOne(statement))
  }

  /** One statement that reads, and enters no organization. */
  read<Row>(statement: Statement<Row>): Promise<Row[]> {
    return this.#onLane('', (lane) => alone(lane, statement))
  }

  /** Opens a connection. @throws AppError unavailable, which says why a connection is not fit for use */
  async check(): Promise<void> {
    try {
      await this.#onLane('', async () => {})
    } catch (error) {
      const cause = error instanceof Error ? error.cause : undefined
      throw cause instanceof UnfitConnection ? new AppError('unavailable', cause.message, { cause }) : error
    }
  }

  /** How the connections are used at the moment. */
  poolUse(): PoolUse {
    return this.#lanes.use()
  }

  /** Ends the connections after the work under way; nothing new is taken on. */
  async close(): Promise<void> {
    await this.#replica?.close()
    await this.#lanes.close()
  }

  #onLane<T>(owner: string, work: (lane: Lane) => Promise<T>): Promise<T> {
    const attributes = {
      'db.system.name': 'postgresql',
      ...(owner === '' ? {} : { 'rolecall.organization_id': owner }),
    }
    if (owner !== '') noteOrganization(owner)
    return inSpan('unit of work', { kind: 'client', attributes }, () => this.#perform(owner, work))
  }

  async #perform<T>(owner: string, work: (lane: Lane) => Promise<T>): Promise<T> {
    try {
      return await this.#lanes.onLane(owner, (lane) => this.#tried(lane, work))
    } catch (error) {
      // The other connections lead to the same node.
      if (isDemoted(error) || isDemoted(error instanceof Error ? error.cause : undefined)) this.#lanes.renew()
      throw translateDatabaseError(error)
    }
  }

  async #tried<T>(lane: Lane, work: (lane: Lane) => Promise<T>): Promise<T> {
    for (let left = tries - 1; ; left -= 1) {
      await lane.open()
      try {
        return await work(lane)
      } catch (error) {
        if (left === 0 || lane.isOver || !isCollision(error)) throw error
        // The two of them must not meet again in step.
        await sleep(Math.random() * retryWaitMillis * (tries - left))
      }
    }
  }
}
