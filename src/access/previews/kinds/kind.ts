// What a kind of change is made of. Each kind has a file beside this one, and a line in the list of change.ts.
import type { z } from 'zod'
import type { CallContext, Transaction } from '#src/context.ts'

/** Whom a change may concern: people themselves, members of groups, people whom filters match, people of teams, or everybody. */
export type Affected =
  | 'everybody'
  | {
      userIds: readonly string[]
      groupIds: readonly string[]
      filterPaths: readonly string[]
      /** The people of these teams, and of the teams within them. */
      teamIds: readonly string[]
    }

/** A role that somebody will hold for a shorter time. Times are ISO 8601; null is without an end. */
export type EarlierEnd = {
  userId: string
  name: string
  role: string
  brand: string | null
  before: string | null
  after: string
}

export type ChangeType<Fields extends z.ZodObject, Outcome extends { id: string }> = {
  /** What it consists of, as the API takes it, and as a page carries it from its preview to where it is saved. */
  fields: Fields
  /** What the button says that makes it. */
  label: string
  /** Makes it. @returns the records as they are now, or the ids of what is gone. @throws whatever the verb throws */
  apply(tx: Transaction, ctx: CallContext, change: z.output<Fields>): Promise<Outcome[]>
  /** Whom it may concern. What is not there concerns nobody: the verb will say so. @throws AppError invalid */
  affected(tx: Transaction, ctx: CallContext, change: z.output<Fields>): Promise<Affected>
  /** When whoever asks for it has to have seen the preview; without it, always. */
  needsWord?: 'where_something_is_lost'
  /** What it ends sooner than it would have ended, in the time to come; without it, nothing. */
  earlierEnds?(tx: Transaction, ctx: CallContext, change: z.output<Fields>): Promise<EarlierEnd[]>
  /** Whether it can touch anybody's access; without it, it can. */
  isAboutAccess?(change: z.output<Fields>): boolean
  /** Ids of the brands that are not there afterwards. */
  brandsGone?(change: z.output<Fields>): string[]
  /**
   * Whether somebody has changed what it sets after that moment, by the clock of the database; without it, whoever takes it back
   * finds out, since what it names is not there.
   */
  changedSince?(tx: Transaction, ctx: CallContext, change: z.output<Fields>, moment: string): Promise<boolean>
  /**
   * Asked before it is made: what takes it back, once it is known what was made. Without it, it cannot be undone in one step, and
   * drafts do not hold it.
   */
  inverse?(
    tx: Transaction,
    ctx: CallContext,
    change: z.output<Fields>,
  ): Promise<(made: readonly Outcome[]) => Inverse[]>
}

/** A change of some kind, as the API takes it; none where nothing is to be taken back. */
export type Inverse = { kind: string } & Record<string, unknown>

/** The ids of what was made, for what takes it away again. */
export const idsOf = (made: readonly { id: string }[]): string[] => made.map(({ id }) => id)

/** What a change sets, as it was before. */
export const asBefore = <Before extends object>(
  before: Before,
  change: { [Name in keyof Before]?: unknown },
): Record<string, unknown> =>
  Object.fromEntries(Object.entries(before).filter(([name]) => change[name as keyof Before] !== undefined))

export const defineChange = <Fields extends z.ZodObject, Outcome extends { id: string }>(
  type: ChangeType<Fields, Outcome>,
): ChangeType<Fields, Outcome> => type

export const nobody: Exclude<Affected, 'everybody'> = { userIds: [], groupIds: [], filterPaths: [], teamIds: [] }

export const usersAffected = (rows: readonly { userId: string }[]): Affected => ({
  ...nobody,
  userIds: rows.map(({ userId }) => userId),
})

export async function oneByOne<Input, Output>(
  inputs: readonly Input[],
  make: (input: Input) => Promise<Output>,
): Promise<Output[]> {
  const made: Output[] = []
  for (const input of inputs) made.push(await make(input))
  return made
}

export type Gone = { id: string }

export const removeEach = (ids: readonly string[], remove: (id: string) => Promise<void>): Promise<Gone[]> =>
  oneByOne(ids, async (id) => {
    await remove(id)
    return { id }
  })
