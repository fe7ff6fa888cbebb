// One connection to PostgreSQL with its own queue. A lane notices when its connection was lost, so that a statement of a
// transaction can never run on the next connection, outside of its transaction.
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import postgres, { type PendingQuery, type Row, type Sql } from 'postgres'
import { unavailable } from '#platform/errors.ts'
import type { Secret } from '#platform/secret.ts'
import type { Statement, Value } from './statement.ts'

export type LaneOptions = {
  url: Secret
  /** The role to work as; undefined for the owner. */
  role: string | undefined
  statementTimeoutMillis: number
}

/** What PostgreSQL reports of a statement that it carried out. */
export type Outcome = { count: number; command: string }

export type Drizzle = PostgresJsDatabase<Record<string, never>>

/** One connection, from its making to its loss. */
type Connection = { sql: Sql; isLost: boolean; drizzle: Drizzle | undefined }

export class Lane {
  readonly #options: LaneOptions
  #connection: Connection | undefined

  constructor(options: LaneOptions) {
    this.#options = options
  }

  /**
   * Connects if needed; what is sent from now on belongs to this connection. A lost connection is replaced whole: the
   * driver's own reconnect keeps bytes that the lost one had not sent, and then waits for ever.
   * @throws AppError unavailable
   */
  async open(): Promise<void> {
    if (this.#connection?.isLost === false) return
    const connection = connect(this.#options)
    this.#connection = connection
    try {
      await connection.sql.unsafe('select 1')
    } catch (error) {
      connection.isLost = true
      void connection.sql.end({ timeout: 0 })
      throw unavailable(error)
    }
    if (connection.isLost) throw unavailable()
  }

  /** drizzle on this lane's connection; only inside a transaction that holds the lane. @throws AppError unavailable */
  get drizzle(): Drizzle {
    const connection = this.#open()
    // drizzle needs no more of a client than `options` (it sets parsers there) and `unsafe`.
    const unsafe = (text: string, values: never[]) => this.#query(text, values)
    connection.drizzle ??= drizzle({ options: connection.sql.options, unsafe } as unknown as Sql)
    return connection.drizzle
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

  /** One statement with parameters, or several without any; a transaction that they began and failed in is rolled back. */
  async script(text: string, values: readonly Value[]): Promise<Record<string, unknown>[]> {
    try {
      const result: unknown[] = await this.#query(text, values)
      // Of several statements the driver answers a list of lists.
      return result.flat() as Record<string, unknown>[]
    } catch (error) {
      if (values.length === 0) await this.#query('ROLLBACK', []).catch(() => {})
      throw error
    }
  }

  /** Cuts the connection off; what is under way fails as unavailable. */
  async destroy(): Promise<void> {
    await this.#connection?.sql.end({ timeout: 0 })
  }

  async end(): Promise<void> {
    await this.#connection?.sql.end({ timeout: 5 })
  }

  #open(): Connection {
    if (this.#connection === undefined || this.#connection.isLost) throw unavailable()
    return this.#connection
  }

  #query(text: string, values: readonly unknown[], options: { prepare?: boolean } = {}): PendingQuery<Row[]> {
    const parameters = values.map((value) => (Array.isArray(value) ? arrayLiteral(value) : value))
    return this.#open().sql.unsafe(text, parameters as never[], options)
  }
}

/** A list as PostgreSQL writes arrays of text. */
const arrayLiteral = (values: readonly unknown[]): string =>
  `{${values.map((value) => `"${String(value).replace(/["\\]/g, '\\$&')}"`).join(',')}}`

const asItIs = <T>(value: T): T => value

/** JSON goes out as the text that it is already, and times come and go as text. */
const textualTypes = {
  json: { to: 114, from: [114, 3802], serialize: asItIs<string>, parse: (text: string): unknown => JSON.parse(text) },
  date: { to: 1184, from: [1082, 1114, 1184], serialize: asItIs<string>, parse: asItIs<string> },
}

function connect({ url, role, statementTimeoutMillis }: LaneOptions): Connection {
  const state = { isLost: false, drizzle: undefined }
  const sql = postgres(url.reveal(), {
    max: 1,
    // The pool of lanes keeps connections; an ending by the driver could fall between two statements of a transaction.
    max_lifetime: null,
    connect_timeout: 5,
    backoff: false,
    // The driver would look up array types first, in a query whose failure nobody could catch.
    fetch_types: false,
    types: textualTypes,
    onnotice: () => {},
    onclose: () => {
      state.isLost = true
      // Nothing may be sent by this client any more, above all no reconnect.
      void sql.end({ timeout: 0 })
    },
    connection: {
      application_name: 'rolecall',
      plan_cache_mode: 'force_generic_plan',
      statement_timeout: statementTimeoutMillis,
      idle_in_transaction_session_timeout: statementTimeoutMillis * 2,
      ...(role === undefined ? {} : { role }),
    },
  })
  return Object.assign(state, { sql })
}
