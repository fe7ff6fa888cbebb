// Filters by a part of a name: where few people can be meant, the index of the console's search knows them, and nobody else is looked at.
import { sql } from 'drizzle-orm'
import { entered, prepared } from '#db/statement.ts'
import { type CallContext, inOneStatement } from '#src/context.ts'
import type { Condition } from './condition.ts'
import { bare } from './fold.ts'

/** Of more than so many, each is not looked up by itself. */
const most = 1_000

/** Shorter ones are in too many names for the index of trigrams to be quicker. */
const shortest = 5

const names = new Set(['userName', 'displayName', 'name.givenName', 'name.familyName'])
const partOperators = new Set(['co', 'sw', 'ew'])

/** A text that whoever satisfies the condition has in their names, bare; undefined where the index would not tell the same. */
function requiredText(condition: Condition): string | undefined {
  if (condition.kind === 'and') return condition.parts.map(requiredText).find((text) => text !== undefined)
  if (condition.kind !== 'compare' || !partOperators.has(condition.operator)) return undefined
  if (!names.has(condition.field.path.join('.')) || typeof condition.value !== 'string') return undefined
  const text = bare(condition.value)
  // What is left of other scripts without their marks may be put together in another way.
  return text.length >= shortest && /^[ -~]+$/.test(text) ? text : undefined
}

const selectFew = prepared<{ text: string; most: number }, { id: string }>(
  (p) => sql`with ${entered} select found.id from entered cross join lateral (
    select w.user_id as id from users_with(entered.organization_id, ${p.text}, ${p.most}::int) w offset 0) found`,
)

/** The ids of all who can satisfy the condition, and of some others; undefined where there may be many. */
export async function fewOf(ctx: CallContext, condition: Condition | undefined): Promise<string[] | undefined> {
  const text = condition && requiredText(condition)
  if (text === undefined) return undefined
  const found = await inOneStatement(ctx, selectFew({ text, most: most + 1 }))
  return found.length > most ? undefined : found.map(({ id }) => id)
}
