// One transaction on a lane: what may still be sent, and how it ends. After a failure nothing but ROLLBACK is sent any more, and
// after COMMIT or ROLLBACK nothing at all.
import { AppError } from '#platform/errors.ts'
import { isAftermath } from './errors.ts'
import type { Lane } from './lane.ts'
import { type Statement, withoutParameters } from './statement.ts'

/** What a unit of work may do. Statements are sent when `run` is called, not when its promise is awaited. */
export type Transaction = {
  run<Row>(statement: Statement<Row>): Promise<Row[]>
  /** Sends these and the COMMIT in one go and waits until all are carried out; the last thing that a unit of work does. */
  commitWith<Row>(...statements: Statement<Row>[]): Promise<Row[][]>
  /** Resolves once the organization is entered. */
  entered(): Promise<void>
}

export class UnitOfWork implements Transaction {
  readonly #lane: Lane
  readonly #beginning: string
  #entry: Promise<unknown> = Promise.resolve()
  #failure: unknown
  /** The COMMIT that was sent; how it went. */
  #commit: Promise<void> | undefined
  #isOver = false

  /** @param organizationId whose work it is; '' for nobody's */
  constructor(lane: Lane, organizationId = '') {
    this.#lane = lane
    this.#beginning = lane.beginning(organizationId)
  }

  /** @throws what `work` threw, or the database's first failure, where the former only follows from it */
  async perform<T>(entry: Statement<unknown>, work: (tx: Transaction) => Promise<T>): Promise<T> {
    try {
      this.#entry = this.#begin(entry)
      this.#entry.catch(() => {})
      const result = await work(this)
      await (this.#commit ?? this.#sendCommit())
      return result
    } catch (error) {
      await this.#leave()
      throw this.#firstCause(error)
    }
  }

  /** As `perform`, but ends by ROLLBACK. @throws what `work` threw, or the database's first failure */
  async rehearse<T>(entry: Statement<unknown>, work: (tx: Transaction) => Promise<T>): Promise<T> {
    try {
      this.#entry = this.#begin(entry)
      this.#entry.catch(() => {})
      const result = await work(this)
      if (this.#failure !== undefined) throw this.#failure
      if (this.#commit !== undefined) throw new Error('A trial must not commit')
      return result
    } catch (error) {
      throw this.#firstCause(error)
    } finally {
      await this.#leave()
    }
  }

  /** One statement as a transaction of its own, in one go with its BEGIN and COMMIT. */
  async performOne<Row>(statement: Statement<Row>): Promise<Row[]> {
    try {
      void this.#watch(this.#lane.sendText(this.#beginning))
      const [rows] = await this.commitWith(statement)
      return rows ?? []
    } catch (error) {
      await this.#leave()
      throw this.#firstCause(error)
    }
  }

  /** BEGIN and the entry in one message where that is possible. */
  #begin(entry: Statement<unknown>): Promise<unknown> {
    const text = withoutParameters(entry)
    if (text !== undefined) return this.#watch(this.#lane.sendText(`${this.#beginning}; ${text}`))
    void this.#watch(this.#lane.sendText(this.#beginning))
    return this.run(entry)
  }

  run<Row>(statement: Statement<Row>): Promise<Row[]> {
    const refusal = this.#refusal()
    return refusal === undefined ? this.#watch(this.#lane.send(statement)) : rejected(refusal)
  }

  async entered(): Promise<void> {
    await this.#entry
  }

  async commitWith<Row>(...statements: Statement<Row>[]): Promise<Row[][]> {
    const pending = statements.map((statement) => this.run(statement))
    const committed = this.#sendCommit()
    const [results] = await Promise.all([Promise.all(pending), committed])
    return results
  }

  #sendCommit(): Promise<void> {
    const refusal = this.#refusal()
    if (refusal !== undefined) return rejected(refusal)
    this.#commit = this.#commitAndLook()
    this.#commit.catch(() => {})
    return this.#commit
  }

  async #commitAndLook(): Promise<void> {
    const outcome = await this.#lane.sendText('COMMIT')
    // PostgreSQL answers the COMMIT of a failed transaction with ROLLBACK, and no error. Where even BEGIN failed, it says
    // COMMIT, having committed nothing.
    if (outcome.command !== 'COMMIT' || this.#failure !== undefined) {
      throw this.#failure ?? new AppError('internal', 'The transaction was rolled back')
    }
  }

  /** Why nothing may be sent any more. */
  #refusal(): unknown {
    if (this.#failure !== undefined) return this.#failure
    if (this.#commit === undefined && !this.#isOver) return undefined
    return new AppError('internal', 'The unit of work is over')
  }

  /** Nothing is sent after it: whatever the work still tries is refused. A lane that cannot roll back is given up. */
  async #leave(): Promise<void> {
    this.#isOver = true
    if (this.#commit !== undefined) {
      await this.#commit.catch(() => {})
      return
    }
    try {
      await this.#lane.sendText('ROLLBACK')
    } catch {
      this.#lane.destroy()
    }
  }

  /** Remembers the first failure and keeps promises that nobody awaits from ending the process. */
  #watch<T>(pending: Promise<T>): Promise<T> {
    pending.catch((error: unknown) => {
      this.#failure ??= error
    })
    return pending
  }

  #firstCause(error: unknown): unknown {
    return isAftermath(error) ? (this.#failure ?? error) : error
  }
}

function rejected(reason: unknown): Promise<never> {
  const refused = Promise.reject(reason)
  refused.catch(() => {})
  return refused
}
