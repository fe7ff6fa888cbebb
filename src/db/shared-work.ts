// Units of work that share one transaction and its COMMIT, with a savepoint between each two, so that one that fails takes nothing
// of the others along. Each sends its statements in one stretch; the next one does not wait for the answers. Whatever was sent after
// a failure fails with it, and is done again once the failed one is undone.
import { isAftermath, translateDatabaseError } from './errors.ts'
import type { Lane } from './lane.ts'
import type { Statement } from './statement.ts'
import type { Transaction } from './unit-of-work.ts'

/** How many may be under way at once. After a failure it is one, and twice as many with each success. */
const widest = 32

const savepoint = 'SAVEPOINT stretch'

type Turn = { order: number; begin(): void }

export class SharedWork {
  readonly #lane: Lane
  #waiting: Turn[] = []
  #isTaken = false
  #isBroken = false
  #underWay = 0
  #width = widest
  #order = 0

  constructor(lane: Lane) {
    this.#lane = lane
  }

  /** Where the first of them begins; each leaves a savepoint where the next one does. @throws as the lane does */
  async begin(): Promise<void> {
    await this.#lane.sendText(savepoint)
  }

  /**
   * As a transaction of its own would: all of `work`, in the order in which it was asked for, or nothing. It may be run more than
   * once. @throws what `work` throws, as AppError where the database refused
   */
  async perform<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const order = this.#order++
    for (;;) {
      const stretch = await this.#begin(order)
      const outcome = await stretch.perform(work)
      this.#underWay -= 1
      if (!stretch.hasFailed) this.#width = Math.min(widest, this.#width * 2)
      else if (!stretch.isAftermath) this.#width = 1
      this.#goOn()
      if ('result' in outcome) return outcome.result
      if (!stretch.isAftermath) throw translateDatabaseError(outcome.error)
    }
  }

  /** Waits for its turn: the earliest goes first, and nobody while what followed a failure has not come back. */
  async #begin(order: number): Promise<Stretch> {
    await new Promise<void>((begin) => {
      const place = this.#waiting.findIndex((each) => each.order > order)
      this.#waiting.splice(place < 0 ? this.#waiting.length : place, 0, { order, begin })
      this.#goOn()
    })
    const handOver = (): void => {
      this.#isTaken = false
      this.#goOn()
    }
    const fail = (): void => {
      this.#isBroken = true
    }
    return new Stretch(this.#lane, { handOver, fail, isBroken: () => this.#isBroken })
  }

  #goOn(): void {
    if (this.#underWay === 0) this.#isBroken = false
    if (this.#isTaken || this.#isBroken || this.#underWay >= this.#width) return
    const next = this.#waiting.shift()
    if (next === undefined) return
    this.#isTaken = true
    this.#underWay += 1
    next.begin()
  }
}

type Turns = { handOver(): void; fail(): void; isBroken(): boolean }

/** One try of one unit of work. */
class Stretch implements Transaction {
  readonly #lane: Lane
  readonly #turns: Turns
  #failure: { error: unknown } | undefined
  /** What was sent last. */
  #sent: Promise<unknown> | undefined
  #release: Promise<unknown> | undefined

  constructor(lane: Lane, turns: Turns) {
    this.#lane = lane
    this.#turns = turns
  }

  get hasFailed(): boolean {
    return this.#failure !== undefined
  }

  /** Only what came before it has failed. */
  get isAftermath(): boolean {
    return isAftermath(this.#failure?.error)
  }

  async perform<T>(work: (tx: Transaction) => Promise<T>): Promise<{ result: T } | { error: unknown }> {
    try {
      const result = await work(this)
      await (this.#release ?? this.#leave())
      return { result }
    } catch (error) {
      await (this.#release?.catch(() => {}) ?? this.#undo())
      return { error: this.#failure?.error ?? error }
    }
  }

  run<Row>(statement: Statement<Row>): Promise<Row[]> {
    return this.#send(() => this.#lane.send(statement))
  }

  async commitWith<Row>(...statements: Statement<Row>[]): Promise<Row[][]> {
    const pending = statements.map((statement) => this.run(statement))
    const [results] = await Promise.all([Promise.all(pending), this.#leave()])
    return results
  }

  /** The organization was entered before there was any stretch. */
  async entered(): Promise<void> {}

  #leave(): Promise<unknown> {
    this.#release = this.#send(() => this.#lane.sendText(`RELEASE SAVEPOINT stretch; ${savepoint}`))
    this.#turns.handOver()
    return this.#release
  }

  /** Takes back what `work` itself has refused. Once what it sent is answered, nothing before it can fail any more. */
  async #undo(): Promise<void> {
    await this.#sent?.catch(() => {})
    if (this.#failure === undefined && this.#sent !== undefined) this.#rollBack()
    this.#turns.handOver()
  }

  #rollBack(): void {
    try {
      this.#lane.sendText('ROLLBACK TO SAVEPOINT stretch').catch(() => {})
    } catch {
      // The connection is lost, and everything with it: the COMMIT says so.
    }
  }

  /** What is sent between a failure and its undoing would be carried out outside of any savepoint. */
  #send<T>(send: () => Promise<T>): Promise<T> {
    if (this.#failure === undefined && this.#turns.isBroken()) this.#failure = { error: followed }
    if (this.#failure !== undefined) return rejected(this.#failure.error)
    try {
      const pending = send()
      this.#sent = pending
      pending.catch((error: unknown) => this.#note(error))
      return pending
    } catch (error) {
      this.#note(error)
      return rejected(error)
    }
  }

  /** In the order of the answers: the first failure is undone before anything else is sent. */
  #note(error: unknown): void {
    if (this.#failure !== undefined) return
    this.#failure = { error }
    this.#turns.fail()
    if (!isAftermath(error)) this.#rollBack()
  }
}

/** As PostgreSQL says of what follows a failed statement. */
const followed = Object.assign(new Error('A statement before it has failed'), { code: '25P02' })

function rejected(reason: unknown): Promise<never> {
  const refused = Promise.reject(reason)
  refused.catch(() => {})
  return refused
}
