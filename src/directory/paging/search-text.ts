// Searching people by parts of their names and addresses, whatever the case and the accents.
import { type SQL, sql } from 'drizzle-orm'
import { bare } from '../fold.ts'

const maxWords = 10

/** All of them have to be found in a person, in whatever order. */
export const searchWords = (q: string): string[] =>
  bare(q)
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, maxWords)

/** From so many letters on, a trigram index knows the word. */
const indexedLength = 3

/** Whether an index knows one of the words at least, which is enough. */
export const isIndexed = (words: readonly string[]): boolean => words.some((word) => word.length >= indexedLength)

/**
 * The ids of the people in whom all of the words are found. Row-level security keeps the trigram index from being used, so that
 * find_users() reads past it.
 */
export const idsFound = (words: readonly string[]): SQL =>
  sql`select user_id from find_users(${sql.param(words)}::text[])`

/** For `users u`. What is too short for the index is matched row by row. */
export function isFound(words: readonly string[]): SQL {
  if (words.length === 0) return sql`true`
  // Not a plain `in`, which would be planned for a thousand matches, however many there are.
  return isIndexed(words) ? sql`(u.id in (${idsFound(words)})) is true` : isMatching(words)
}

/** The same, row by row: for a few people who are known already. */
export const isMatching = (words: readonly string[]): SQL =>
  words.length === 0
    ? sql`true`
    : sql.join(
        words.map((word) => sql`u.search_key like ${patternOf(word)}`),
        sql` and `,
      )

/** The words of a text, each as a LIKE pattern, for other bare texts than those of users. */
export const patternsOf = (q: string): string[] => searchWords(q).map(patternOf)

const patternOf = (word: string): string => `%${word.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
