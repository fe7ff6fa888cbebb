// One connection to PostgreSQL with its own queue. What a lane sends belongs to the connection that `open` proved; once that is
// lost, or the lane is ended, it sends nothing more, so that no statement can run outside of its transaction.
import type { PendingQuery, Row } from 'postgres'
import { unavailable } from '#platform/errors.ts'
import type { Secret } from '#platform/secret.ts'
import {
  abandon,
  applySettings,
  beginningOf,
  type Connection,
  type ConnectionOptions,
  newConnection,
} from './connection.ts'
import type { Route } from './hosts.ts'
import { prove } from './proof.ts'
import { type Settled, settle } from './settle.ts'
import type { Statement } from './statement.ts'

/** What PostgreSQL reports of a statement that it carried out. */
export type Outcome = { count: number; command: string }

export type LaneOptions = ConnectionOptions & {
  /** Told where a connection found the database somewhere else than before. */
  onSettled?: ((state: Settled) => void) | undefined
  /** A setting that each transaction of an organization sets to its id, for a proxy that keeps organizations on several primaries. */
  routingSetting?: string | undefined
}

export class Lane {
  readonly #options: LaneOptions
  readonly #route: Route
  #connection: Connection | undefined
  #isOver = false

  readonly #beginning: string

  constructor(options: LaneOptions, route: Route) {
    this.#options = options
    this.#route = route
    this.#beginning = beginningOf(options)
  }

  /** Whether a statement by itself would run without the role and the settings. */
  get isPooled(): boolean {
    return this.#options.isPooled === true
  }

  /** Whether a statement needs nothing before it. @param organizationId whose it is; '' for nobody's */
  isAlone(organizationId: string): boolean {
    return !this.isPooled && (this.#options.routingSetting === undefined || organizationId === '')
  }

  /** What a transaction begins with. @param organizationId whose it is; '' for nobody's */
  beginning(organizationId: string): string {
    const { routingSetting } = this.#options
    if (routingSetting === undefined || organizationId === '') return this.#beginning
    return `${this.#beginning}; SET LOCAL ${routingSetting} = '${organizationId.replaceAll("'", "''")}'`
  }

  /** Given up: it sends nothing any more. */
  get isOver(): boolean {
    return this.#isOver
  }

  /**
   * Connects if needed, to each host of the URL once; what is sent from now on belongs to this connection. A lost connection is replaced whole.
   * @throws AppError unavailable
   */
  async open(): Promise<void> {
    if (this.#connection?.isLost === false) return
    let failure: unknown
    for (const url of this.#route.round()) {
      if (this.#isOver) break
      try {
        await this.#connect(url)
        this.#route.reached(url)
        return
      } catch (error) {
        failure = error
      }
    }
    this.#route.failed(failure ?? unavailable())
    throw unavailable(failure)
  }

  async #connect(url: Secret): Promise<void> {
    const options = { ...this.#options, url }
    const connection = newConnection(options, this.#route.limitMillis)
    this.#connection = connection
    // A host may take the connection and fall silent.
    const limit = setTimeout(() => abandon(connection), this.#route.limitMillis)
    try {
      const { isReplica } = options
      const beginning = this.isPooled ? this.#beginning : undefined
      const { isReadOnly } = await prove(connection, options.role, { beginning, isReplica })
      clearTimeout(limit)
      if (!isReadOnly && !this.isPooled) await applySettings(connection, options)
      await this.#settle(connection)
      if (connection.isLost) throw unavailable()
    } catch (error) {
      abandon(connection)
      throw error
    } finally {
      clearTimeout(limit)
    }
  }

  async #settle(connection: Connection): Promise<void> {
    const { role, isReplica, onSettled } = this.#options
    if (role === undefined || isReplica === true) return
    const state = await settle(connection)
    if (state !== 'same') onSettled?.(state)
  }

  /** Sends now, without waiting for the answers to what was sent before. @throws AppError unavailable */
  send<Row>(statement: Statement<Row>): Promise<Row[] & Outcome> {
    const query = this.#query(statement.text, statement.values, {
      prepare: statement.isPrepared && this.#options.isPreparing !== false,
    })
    return query.execute() as unknown as Promise<Row[] & Outcome>
  }

  /** Sends a text without parameters by the simple protocol: BEGIN, COMMIT, ROLLBACK. */
  sendText(text: string): Promise<Outcome> {
    return this.#query(text, []).execute() as unknown as Promise<Outcome>
  }

  /** Cuts the connection off; what is under way fails as unavailable. */
  destroy(): void {
    this.#isOver = true
    if (this.#connection !== undefined) abandon(this.#connection)
  }

  /** Ends the connection in good order; nothing may be under way. */
  async end(): Promise<void> {
    this.#isOver = true
    const connection = this.#connection
    if (connection === undefined || connection.isLost) return
    connection.isLost = true
    await connection.sql.end({ timeout: 1 })
  }

  #query(text: string, values: readonly unknown[], options: { prepare?: boolean } = {}): PendingQuery<Row[]> {
    if (this.#isOver || this.#connection === undefined || this.#connection.isLost) throw unavailable()
    const parameters = values.map((value) => (Array.isArray(value) ? arrayLiteral(value) : value))
    return this.#connection.sql.unsafe(text, parameters as never[], options)
  }
}

/** A list as PostgreSQL writes arrays of text. */
const arrayLiteral = (values: readonly unknown[]): string =>
  `{${values.map((value) => `"${String(value).replace(/["\\]/g, '\\$&')}"`).join(',')}}`
