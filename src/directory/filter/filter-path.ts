// A SCIM filter over users as a jsonpath predicate: mappings keep it, and the database evaluates it over each user's document
// (SQL: user_document). Lax mode unwraps lists by itself, so a path says the same of one value and of many.

import { sql } from 'drizzle-orm'
import { invalid } from '#platform/errors.ts'
import type { Condition, Field } from '../condition.ts'
import { userSchema } from '../schema/attributes.ts'
import { parseFilter } from './filter.ts'
import { resolveFilter } from './resolve.ts'

/** Longer ones do not fit into the index that keeps mappings unique. */
const maxLength = 1_000

/** What a user's document does not have: it is computed, or kept elsewhere. */
const absent = new Set(['id', 'meta', 'groups', 'schemas', 'password'])

/** The document of a user, for `users u`. */
export const userDocument = sql`user_document(u.attributes, u.user_name, u.external_id, u.display_name, u.status)`

/** @throws AppError invalid with reason `invalidFilter` */
export function userFilterPath(text: string): string {
  if (text.length > maxLength)
    throw invalid(`A filter of a mapping has at most ${maxLength} characters`, 'invalidFilter')
  return predicate(resolveFilter(parseFilter(text), userSchema), '$')
}

/** @param root what the fields are relative to: the document, or an element of a list */
function predicate(condition: Condition, root: '$' | '@'): string {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return `(${condition.parts.map((part) => predicate(part, root)).join(condition.kind === 'and' ? ' && ' : ' || ')})`
    case 'not':
      return `(!(${predicate(condition.part, root)}))`
    case 'present':
      return `(exists(${place(condition.field, root)}))`
    case 'any':
      return `(exists(${place(condition.list, root)}[*] ? (${predicate(condition.part, '@')})))`
    case 'compare':
      return comparison(condition, root)
  }
}

function place({ path }: Field, root: '$' | '@'): string {
  const [top = ''] = path
  if (root === '$' && absent.has(top)) throw invalid(`Mappings cannot filter by ${top}`, 'invalidFilter')
  if (root === '@' && path.length === 1 && top === 'value') return '@.value'
  return `${root}${path.map((name) => `.${JSON.stringify(name)}`).join('')}`
}

type Comparison = Extract<Condition, { kind: 'compare' }>

function comparison({ field, operator, value }: Comparison, root: '$' | '@'): string {
  const where = place(field, root)
  if (value === null) return operator === 'eq' ? `(!(exists(${where})))` : `(exists(${where}))`
  const isExact = typeof value !== 'string' || field.isCaseExact
  switch (operator) {
    case 'eq':
      return isExact ? `(${where} == ${literal(value)})` : matches(where, `^${quoted(String(value))}$`, 'i')
    case 'ne':
      return `(!(exists(${where})) || exists(${where} ? (!(${comparison({ kind: 'compare', field: itself(field), operator: 'eq', value }, '@')}))))`
    case 'co':
    case 'sw':
    case 'ew': {
      const text = quoted(String(value))
      const pattern = { co: text, sw: `^${text}`, ew: `${text}$` }[operator]
      return matches(where, pattern, isExact ? '' : 'i')
    }
    default:
      return `(${where} ${{ gt: '>', ge: '>=', lt: '<', le: '<=' }[operator]} ${literal(value)})`
  }
}

/** Within a filter expression, the value that is looked at. */
const itself = (field: Field): Field => ({ ...field, path: [] })

const matches = (where: string, pattern: string, flag: string): string =>
  `(${where} like_regex ${literal(pattern)}${flag === '' ? '' : ` flag "${flag}"`})`

const literal = (value: string | number | boolean): string => JSON.stringify(value)

/** As itself in a regular expression of PostgreSQL. */
const quoted = (text: string): string => text.replace(/[!-/:-@[-`{-~]/g, '\\$&')
