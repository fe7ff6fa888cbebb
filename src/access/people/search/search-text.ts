// Searching people by parts of their names and addresses, whatever the case and the accents.
import { type SQL, sql } from 'drizzle-orm'
import { fold } from '#directory/fold.ts'

const maxWords = 10

/** The SQL function bare() does the same: folded, and without what NFKD splits off as combining marks (Zoë is zoe). */
export const bare = (text: string): string => fold(text.normalize('NFKD').replaceAll(/[\u0300-\u036f]/g, ''))

/** All of them have to be found in a person, in whatever order. */
export const searchWords = (q: string): string[] =>
  bare(q)
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, maxWords)

/** From so many letters on, few enough are found that find_users() is quicker than matching in the order of the list. */
const indexedLength = 4

/**
 * For `users u`. Row-level security keeps the trigram index from being used, so that find_users() reads past it; what is too
 * short for trigrams is matched row by row.
 */
export function isFound(words: readonly string[]): SQL {
  if (words.length === 0) return sql`true`
  const isIndexed = words.some((word) => word.length >= indexedLength)
  // Not a plain `in`, which would be planned for a thousand matches, however many there are.
  if (isIndexed) return sql`(u.id in (select user_id from find_users(${sql.param(words)}::text[]))) is true`
  return sql`u.search_key like all (${sql.param(words.map(patternOf))}::text[])`
}

/** The words of a text, each as a LIKE pattern, for other bare texts than those of users. */
export const patternsOf = (q: string): string[] => searchWords(q).map(patternOf)

const patternOf = (word: string): string => `%${word.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
