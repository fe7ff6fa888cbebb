// One connection to PostgreSQL with its own queue. A lane notices when its connection was lost, so that a statement of a
// transaction can never run on the next connection, outside of its transaction.
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import postgres, { type PendingQuery, type Row, type Sql } from 'postgres'
import { unavailable } from '#platform/errors.ts'
import type { Secret } from '#platform/secret.ts'
import type { Statement } from './statement.ts'

export type LaneOptions = {
  url: Secret
  /** The role to work as; undefined for the owner. */
  role: string | undefined
  statementTimeoutMillis: number
}

/** What PostgreSQL reports of a statement that it carried out. */
export type Outcome = { count: number; command: string }

export type Drizzle = PostgresJsDatabase<Record<string, never>>

export class Lane {
  readonly #sql: Sql
  /** drizzle on this lane's connection; only inside a transaction that holds the lane. */
  readonly drizzle: Drizzle
  #generation = 0
  #generationInUse = -1
  #isOpen = false

  constructor(options: LaneOptions) {
    this.#sql = postgres(options.url.reveal(), {
      max: 1,
      // The pool of lanes keeps connections; an ending by the driver could fall between two statements of a transaction.
      max_lifetime: null,
      connect_timeout: 5,
      backoff: false,
      onnotice: () => {},
      onclose: () => {
        this.#generation += 1
        this.#isOpen = false
      },
      connection: {
        application_name: 'rolecall',
        plan_cache_mode: 'force_generic_plan',
        statement_timeout: options.statementTimeoutMillis,
        idle_in_transaction_session_timeout: options.statementTimeoutMillis * 2,
        ...(options.role === undefined ? {} : { role: options.role }),
      },
    })
    // drizzle needs no more of a client than `options` (it sets parsers there) and `unsafe`.
    const client = { options: this.#sql.options, unsafe: (text: string, values: never[]) => this.#query(text, values) }
    this.drizzle = drizzle(client as unknown as Sql)
  }

  /** Connects if needed; what is sent from now on belongs to this connection. @throws AppError unavailable */
  async open(): Promise<void> {
    if (!this.#isOpen) {
      const before = this.#generation
      await this.#sql.unsafe('select 1').catch((error: unknown) => {
        throw unavailable(error)
      })
      if (this.#generation !== before) throw unavailable()
      this.#isOpen = true
    }
    this.#generationInUse = this.#generation
  }

  /** Sends now, without waiting for the answers to what was sent before. @throws AppError unavailable */
  send<Row>(statement: Statement<Row>): Promise<Row[] & Outcome> {
    const query = this.#query(statement.text, statement.values, { prepare: statement.isPrepared })
    return query.execute() as unknown as Promise<Row[] & Outcome>
  }

  /** Sends a text without parameters by the simple protocol: BEGIN, COMMIT, ROLLBACK. */
  sendText(text: string): Promise<Outcome> {
    return this.#query(text, []).execute() as unknown as Promise<Outcome>
  }

  /** Cuts the connection off; what is under way fails as unavailable and the lane is of no more use. */
  async destroy(): Promise<void> {
    await this.#sql.end({ timeout: 0 })
  }

  async end(): Promise<void> {
    await this.#sql.end({ timeout: 5 })
  }

  #query(text: string, values: readonly unknown[], options: { prepare?: boolean } = {}): PendingQuery<Row[]> {
    if (this.#generationInUse !== this.#generation) throw unavailable()
    return this.#sql.unsafe(text, values as never[], options)
  }
}
