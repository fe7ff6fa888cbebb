// People of another system: created, or brought to what the rows say, in batches that are each a transaction. Doing it again changes
// nothing, so an import that broke off is simply repeated.
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { AppError, asAppError } from '#platform/errors.ts'
import { FirebaseProject } from '#platform/foreign-password.ts'
import { parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, inTrial, requirePermission, type Transaction } from '#src/context.ts'
import { requireEverything } from '../../ceiling/ceiling.ts'
import { createEarlierRows, type EarlierRows } from './earlier-rows.ts'
import { importOne, type RowOutcome } from './import-one.ts'
import type { ReadRow } from './read-rows.ts'
import { type Known, knownPeople, knownReferences } from './references.ts'
import { faultSentence } from './row-words.ts'
import { type ImportRow, importRow } from './rows.ts'

const OptionsInput = z.object({
  /** Everything is tried, and nothing is kept. */
  isDryRun: z.boolean().default(false),
  /** The hash parameters of a Firebase project. */
  firebase: FirebaseProject.nullish(),
})

export type ImportOutcome = {
  line: number
  userName: string | null
  userId: string | null
  outcome: RowOutcome | 'failed'
  /** Why it failed. */
  error: string | null
}

type Parsed = { line: number; row: ImportRow }

/** So many rows that the way to the database hardly counts, and so few that others get their turn. */
const batchSize = 100

/**
 * Takes the rows as they come. @returns an outcome for each, in their order
 * @throws AppError invalid; forbidden (reasons `permission`, `ceiling`) for whoever does not hold everything, since who comes in by
 *   which password and identity can be anybody
 */
export async function* importUsers(
  ctx: CallContext,
  rows: AsyncIterable<ReadRow>,
  options: z.input<typeof OptionsInput> = {},
): AsyncGenerator<ImportOutcome> {
  requirePermission(ctx, 'users.write')
  requirePermission(ctx, 'accounts.write')
  const { isDryRun, firebase } = parseInput(OptionsInput, options)
  await inTransaction(ctx, (tx) => requireEverything(tx, ctx, 'Importing people'))
  const known = await knownReferences(ctx)
  const counted: Record<string, number> = {}
  const earlier = createEarlierRows(known)
  for await (const batch of batchesOf(rows)) {
    const outcomes = await importBatch(ctx, { batch, known, isDryRun, earlier, firebase: firebase ?? undefined })
    for (const outcome of outcomes) {
      counted[outcome.outcome] = (counted[outcome.outcome] ?? 0) + 1
      yield outcome
    }
  }
  if (isDryRun) return
  const entry = {
    action: 'organization.import_users',
    targetType: 'organization',
    targetId: ctx.organizationId,
  } as const
  await inTransaction(ctx, (tx) => tx.commitWith(recordAudit(ctx, { ...entry, detail: counted })))
}

async function* batchesOf<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item[]> {
  let batch: Item[] = []
  for await (const item of items) {
    batch.push(item)
    if (batch.length < batchSize) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

type Batch = {
  batch: ReadRow[]
  known: Known
  isDryRun: boolean
  /** In a dry run the database does not know them. */
  earlier: EarlierRows
  firebase: FirebaseProject | undefined
}

async function importBatch(
  ctx: CallContext,
  { batch, known, isDryRun, earlier, firebase }: Batch,
): Promise<ImportOutcome[]> {
  const outcomes = new Map<number, ImportOutcome>()
  const parsed: Parsed[] = []
  for (const each of batch) {
    const { line } = each
    try {
      if ('error' in each) throw new AppError('invalid', each.error)
      const row = importRow(each.value, firebase)
      earlier.require(line, row)
      parsed.push({ line, row })
    } catch (error) {
      outcomes.set(line, failed(line, nameIn(each), error))
    }
  }
  for (const outcome of await writeAll(ctx, parsed, known, isDryRun)) outcomes.set(outcome.line, outcome)
  return batch.map(({ line }) => outcomes.get(line)).filter((outcome) => outcome !== undefined)
}

const nameIn = (each: ReadRow): string | null => {
  const value = 'value' in each ? each.value : undefined
  const name = typeof value === 'object' && value !== null && 'userName' in value ? value.userName : null
  return typeof name === 'string' ? name : null
}

function failed(line: number, userName: string | null, error: unknown): ImportOutcome {
  const { code, message, fields } = asAppError(error)
  if (code === 'unavailable' || code === 'internal') throw error
  const said = fields?.map(faultSentence).join('; ') ?? message
  return { line, userName, userId: null, outcome: 'failed', error: said }
}

/** All at once; where one of them cannot be written, each by itself, so that it keeps none of the others. */
async function writeAll(ctx: CallContext, rows: Parsed[], known: Known, isDryRun: boolean): Promise<ImportOutcome[]> {
  const run = isDryRun ? inTrial : inTransaction
  const write = async (tx: Transaction, some: Parsed[]): Promise<ImportOutcome[]> => {
    const people = await knownPeople(
      tx,
      ctx,
      some.map(({ row }) => row),
    )
    return Promise.all(
      some.map(async ({ line, row }): Promise<ImportOutcome> => {
        const made = await importOne(tx, ctx, row, { ...known, people })
        return {
          line,
          userName: row.userName,
          userId: isDryRun && made.outcome === 'created' ? null : made.userId,
          ...{ outcome: made.outcome, error: null },
        }
      }),
    )
  }
  try {
    return await run(ctx, (tx) => write(tx, rows))
  } catch (error) {
    if (rows.length === 1 && rows[0] !== undefined) return [failed(rows[0].line, rows[0].row.userName, error)]
    if (asAppError(error).code === 'unavailable') throw error
  }
  const outcomes: ImportOutcome[] = []
  for (const row of rows) outcomes.push(...(await writeAll(ctx, [row], known, isDryRun)))
  return outcomes
}
