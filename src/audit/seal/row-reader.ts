// Audit rows in the order of their positions, a page at a time, however they are asked for.
import { type CallContext, inTransaction } from '#src/context.ts'
import { type SealedRow, selectRows } from './lines.ts'
import { beginning } from './segments.ts'

const pageSize = 5_000

export class RowReader {
  readonly #ctx: CallContext
  readonly #last: string
  #after = beginning.lastPosition
  #rows: SealedRow[] = []
  #next = 0
  #isAtEnd = false

  /** @param last the position that it reads up to */
  constructor(ctx: CallContext, last: string) {
    this.#ctx = ctx
    this.#last = last
  }

  /** The rows that follow, up to and with this position. @throws AppError unavailable */
  async *until(position: string): AsyncGenerator<SealedRow> {
    for (;;) {
      const row = this.#rows[this.#next]
      if (row === undefined) {
        if (this.#isAtEnd) return
        await this.#read()
      } else {
        if (Number(row.position) > Number(position)) return
        this.#next += 1
        yield row
      }
    }
  }

  async #read(): Promise<void> {
    const page = { organizationId: this.#ctx.organizationId, after: this.#after, last: this.#last, limit: pageSize }
    const [rows = []] = await inTransaction(this.#ctx, (tx) => tx.commitWith(selectRows(page)))
    this.#rows = rows
    this.#next = 0
    this.#after = rows.at(-1)?.position ?? this.#after
    this.#isAtEnd = rows.length < pageSize
  }
}
