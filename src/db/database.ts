// Units of work on a small pool of lanes. BEGIN, the entry statement and whatever the work sends go out as one pipeline:
// a unit of work whose statements do not depend on each other's results costs one round trip, commit included.
import { AppError, unavailable } from '#platform/errors.ts'
import type { Secret } from '#platform/secret.ts'
import { codeOf, isAftermath, translateDatabaseError } from './errors.ts'
import { type Drizzle, Lane, type LaneOptions } from './lane.ts'
import { type Statement, type Value, withEntry, withoutParameters } from './statement.ts'

export type DatabaseOptions = {
  url: Secret
  role: string | undefined
  lanes: number
  /** How long a unit of work may wait for a lane before it is refused as unavailable. */
  queueTimeoutMillis: number
  /** The bound on one statement, kept by PostgreSQL; twice this bounds a whole unit of work, kept here. */
  statementTimeoutMillis: number
}

export const databaseDefaults = { lanes: 10, queueTimeoutMillis: 2_000, statementTimeoutMillis: 5_000 }

type Waiting = { resolve: (lane: Lane) => void; timer: NodeJS.Timeout }

export class Database {
  readonly #options: DatabaseOptions
  readonly #free: Lane[] = []
  readonly #waiting: Waiting[] = []
  readonly #all = new Set<Lane>()
  #isClosed = false

  constructor(options: DatabaseOptions) {
    this.#options = options
  }

  /**
   * Runs `work` in one transaction that starts with `entry`, commits when it returns and rolls back when it throws.
   * @throws AppError; `unavailable` where the database cannot be reached, is too busy, or the outcome is unknown
   */
  transaction<T>(entry: Statement<unknown>, work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#onLane((lane) => new LaneTransaction(lane).perform(entry, work))
  }

  /**
   * Carries out one statement that holds the CTE `entered`, as a transaction of its own: the fewest messages there can be.
   * @throws AppError as `transaction` does
   */
  single<Row>(entry: Statement<unknown>, statement: Statement<Row>): Promise<Row[]> {
    return this.#onLane((lane) => lane.send(withEntry(statement, entry)))
  }

  async #onLane<T>(work: (lane: Lane) => Promise<T>): Promise<T> {
    const lane = await this.#acquire()
    const deadline = setTimeout(() => this.#discard(lane), this.#options.statementTimeoutMillis * 2)
    try {
      await lane.open()
      return await work(lane)
    } catch (error) {
      throw translateDatabaseError(error)
    } finally {
      clearTimeout(deadline)
      this.#release(lane)
    }
  }

  /** One statement as a transaction of its own, which enters no organization. */
  async run<Row>(statement: Statement<Row>): Promise<Row[]> {
    return this.#onLane((lane) => lane.send(statement))
  }

  /**
   * SQL that a library wrote: one statement with parameters, or several without, which bring their own BEGIN and COMMIT.
   * @returns the rows of all of them
   */
  async script(text: string, values: readonly Value[]): Promise<Record<string, unknown>[]> {
    return this.#onLane((lane) => lane.script(text, values))
  }

  /** Ends the connections after the work under way; nothing new is taken on. */
  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all([...this.#all].map((lane) => lane.end()))
  }

  #acquire(): Promise<Lane> {
    if (this.#isClosed) throw unavailable()
    const free = this.#free.pop()
    if (free !== undefined) return Promise.resolve(free)
    if (this.#all.size < this.#options.lanes) {
      const lane = new Lane(this.#options satisfies LaneOptions)
      this.#all.add(lane)
      return Promise.resolve(lane)
    }
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        resolve,
        timer: setTimeout(() => {
          this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
          reject(unavailable(new Error('No database connection became free in time')))
        }, this.#options.queueTimeoutMillis),
      }
      this.#waiting.push(waiting)
    })
  }

  #release(lane: Lane): void {
    const next = this.#waiting.shift()
    const usable = this.#all.has(lane) ? lane : this.#replacement(next !== undefined)
    if (usable === undefined) return
    if (next === undefined) {
      this.#free.push(usable)
      return
    }
    clearTimeout(next.timer)
    next.resolve(usable)
  }

  #replacement(isWanted: boolean): Lane | undefined {
    if (!isWanted) return undefined
    const lane = new Lane(this.#options)
    this.#all.add(lane)
    return lane
  }

  #discard(lane: Lane): void {
    this.#all.delete(lane)
    void lane.destroy()
  }
}

/** What a unit of work may do. Statements are sent when `run` is called, not when its promise is awaited. */
export type Transaction = {
  run<Row>(statement: Statement<Row>): Promise<Row[]>
  /** Sends these and the COMMIT in one go and waits until all are carried out; the last thing that a unit of work does. */
  commitWith<Row>(...statements: Statement<Row>[]): Promise<Row[][]>
  /** Resolves once the organization is entered. */
  entered(): Promise<void>
  /** drizzle's query builder in this transaction. */
  readonly drizzle: Drizzle
}

class LaneTransaction implements Transaction {
  readonly #lane: Lane
  #entry: Promise<unknown> = Promise.resolve()
  #failure: unknown
  #isCommitted = false

  constructor(lane: Lane) {
    this.#lane = lane
  }

  get drizzle(): Drizzle {
    return this.#lane.drizzle
  }

  async perform<T>(entry: Statement<unknown>, work: (tx: Transaction) => Promise<T>): Promise<T> {
    this.#entry = this.#begin(entry)
    this.#entry.catch(() => {})
    try {
      const result = await work(this)
      if (!this.#isCommitted) await this.#commit()
      return result
    } catch (error) {
      if (!this.#isCommitted) await this.#rollback()
      throw this.#firstCause(error)
    }
  }

  /** BEGIN and the entry in one message where that is possible. */
  #begin(entry: Statement<unknown>): Promise<unknown> {
    const text = withoutParameters(entry)
    if (text !== undefined) return this.#watch(this.#lane.sendText(`BEGIN; ${text}`))
    this.#watch(this.#lane.sendText('BEGIN'))
    return this.run(entry)
  }

  run<Row>(statement: Statement<Row>): Promise<Row[]> {
    return this.#watch(this.#lane.send(statement))
  }

  async entered(): Promise<void> {
    await this.#entry
  }

  async commitWith<Row>(...statements: Statement<Row>[]): Promise<Row[][]> {
    const pending = statements.map((statement) => this.run(statement))
    const committed = this.#commit()
    const [results] = await Promise.all([Promise.all(pending), committed])
    return results
  }

  async #commit(): Promise<void> {
    this.#isCommitted = true
    const outcome = await this.#lane.sendText('COMMIT')
    // PostgreSQL answers the COMMIT of a failed transaction with ROLLBACK, and no error.
    if (outcome.command !== 'COMMIT') throw this.#failure ?? new AppError('internal', 'The transaction was rolled back')
  }

  async #rollback(): Promise<void> {
    // A lost connection has rolled back by itself.
    await Promise.resolve()
      .then(() => this.#lane.sendText('ROLLBACK'))
      .catch(() => {})
  }

  /** Remembers the first failure and keeps promises that nobody awaits from ending the process. */
  #watch<T>(pending: Promise<T>): Promise<T> {
    pending.catch((error: unknown) => {
      this.#failure ??= error
    })
    return pending
  }

  // drizzle wraps what the driver threw; the cause has the code.
  #firstCause(error: unknown): unknown {
    const own = error instanceof Error && codeOf(error) === '' && codeOf(error.cause) !== '' ? error.cause : error
    return isAftermath(own) ? (this.#failure ?? own) : own
  }
}
