// The operations of a bulk request one by one, or in circles of those that refer to each other, with what became of each.
import { AppError, asAppError, invalid } from '#platform/errors.ts'
import { type CallContext, inOneUnitOfWork } from '#src/context.ts'
import type { Note } from '../patch/note.ts'
import type { Asker } from '../write/asker.ts'
import type { BulkEntry } from './operations.ts'
import { perform, type Written } from './perform.ts'
import { bulkIdIn, type Resolve, referencesOf, resolved } from './references.ts'

export type Outcome = ({ written: Written } | { error: AppError }) & { durationMillis: number }

/** The reason of an operation that refers to one that failed. */
export const reasonOfReference = 'bulk_reference'

export class Writing {
  readonly #asker: Asker
  readonly #entries: readonly BulkEntry[]
  readonly #noteOf: (index: number) => Note
  readonly #makers = new Map<string, number>()
  /** Of each operation that was tried. */
  readonly outcomes: (Outcome | undefined)[] = []

  constructor(asker: Asker, entries: readonly BulkEntry[], noteOf: (index: number) => Note) {
    this.#asker = asker
    this.#entries = entries
    this.#noteOf = noteOf
    for (const [index, entry] of entries.entries()) {
      const isMaker = 'operation' in entry && entry.operation.method === 'POST'
      if (isMaker && entry.bulkId !== undefined) this.#makers.set(entry.bulkId, index)
    }
  }

  /** The operations that make what one refers to. */
  makersOf(index: number): number[] {
    const makers = referencesOf(this.#entry(index)).map((bulkId) => this.#makers.get(bulkId))
    return makers.filter((maker) => maker !== undefined)
  }

  /** One operation, or a circle of several. Never rejects. */
  async run(ctx: CallContext, unit: readonly number[]): Promise<void> {
    const [index, ...more] = unit
    if (index === undefined) return
    const isCircle = more.length > 0 || this.makersOf(index).includes(index)
    const startedAt = performance.now()
    const settle = (each: number, outcome: { written: Written } | { error: AppError }): void => {
      this.outcomes[each] = { ...outcome, durationMillis: performance.now() - startedAt }
    }
    try {
      const written = isCircle
        ? await inOneUnitOfWork(ctx, (one) => this.#makeCircle(one, unit))
        : new Map([[index, await this.#write(ctx, index, (bulkId) => this.#made(bulkId))]])
      for (const [each, one] of written) settle(each, { written: one })
    } catch (thrown) {
      const error = isCircle ? brokenCircle(asAppError(thrown)) : asAppError(thrown)
      for (const each of unit) settle(each, { error })
    }
  }

  /** Each is made without what is not there yet, then completed. */
  async #makeCircle(ctx: CallContext, unit: readonly number[]): Promise<Map<number, Written>> {
    const written = new Map<number, Written>()
    const idOf: Resolve = (bulkId) => {
      const maker = this.#makers.get(bulkId)
      return maker !== undefined && unit.includes(maker) ? written.get(maker)?.id : this.#made(bulkId)
    }
    for (const index of unit) written.set(index, await this.#write(ctx, index, idOf))
    for (const [index, { id }] of [...written]) {
      const entry = this.#entry(index)
      if (!('operation' in entry)) continue
      const operation = { ...entry.operation, method: 'PUT' as const }
      const completed = await perform(this.#with(ctx, index), operation, { id, data: resolved(operation.data, idOf) })
      written.set(index, { ...completed, status: 201 })
    }
    return written
  }

  async #write(ctx: CallContext, index: number, idOf: Resolve): Promise<Written> {
    const entry = this.#entry(index)
    if ('refused' in entry) throw entry.refused
    const { operation } = entry
    const own = bulkIdIn(operation.id)
    const id = own === undefined ? operation.id : (idOf(own) ?? '')
    return perform(this.#with(ctx, index), operation, { id, data: resolved(operation.data, idOf) })
  }

  #entry(index: number): BulkEntry {
    const entry = this.#entries[index]
    if (entry === undefined) throw new Error(`There is no operation ${index}`)
    return entry
  }

  #with = (ctx: CallContext, index: number): Asker => ({ ...this.#asker, ctx, note: this.#noteOf(index) })

  /** @throws AppError where nothing of that bulkId was made, or never will be */
  #made(bulkId: string): string {
    const maker = this.#makers.get(bulkId)
    if (maker === undefined) throw invalid(`No operation has the bulkId ${bulkId.slice(0, 80)}`, 'invalidValue')
    const outcome = this.outcomes[maker]
    if (outcome !== undefined && 'written' in outcome) return outcome.written.id
    const message = `What has the bulkId ${bulkId.slice(0, 80)} could not be made`
    throw new AppError('conflict', message, { reason: reasonOfReference })
  }
}

// RFC 7644 §3.7.1: 409 where a circle cannot be resolved.
const brokenCircle = ({ code, message, cause }: AppError): AppError =>
  new AppError(code === 'unavailable' ? code : 'conflict', `In a circle of references: ${message}`, { cause })
