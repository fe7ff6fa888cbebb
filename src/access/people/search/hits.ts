// Whom a search finds, as the table `hits`. Where few people are in question to begin with, such as those of one brand, each of
// them is looked up; otherwise all users are read once.
import { type SQL, sql } from 'drizzle-orm'

export type Near = {
  /** A table `user_id` of the people in question. */
  people: SQL
  /** For `users u`, that u is one of them aside. */
  conditions: readonly SQL[]
}

/** From so many on, reading all users is quicker than looking each of them up. */
const fewPeople = 10_000

type Search = {
  /** Columns of `users u`. */
  columns: SQL
  /** For `users u`. */
  conditions: readonly SQL[]
  near?: Near | undefined
  isMaterialized: boolean
}

export function hitsTable({ columns, conditions, near, isMaterialized }: Search): SQL {
  const all = sql`select ${columns} from users u where ${sql.join([...conditions], sql` and `)}`
  if (near === undefined) return sql`hits as ${sql.raw(isMaterialized ? 'materialized' : 'not materialized')} (${all})`
  const count = sql`(select count(*) from ${near.people})`
  const few = sql.raw(String(fewPeople))
  return sql`hits as materialized (
    select found.* from ${near.people} c cross join lateral (
      select ${columns} from users u where u.id = c.user_id and ${sql.join([...near.conditions], sql` and `)} offset 0) found
      where ${count} <= ${few}
    union all ${all} and ${count} > ${few})`
}
