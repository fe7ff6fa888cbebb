// What a verb was asked for, checked against its schema.
import { z } from 'zod'
import { AppError } from './errors.ts'

/**
 * @param words what is said where a check of the schema says nothing of its own
 * @throws AppError invalid (reason `invalidValue`) naming every field that is wrong
 */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  words?: z.core.$ZodErrorMap,
): z.output<Schema> {
  const parsed = schema.safeParse(input, words === undefined ? undefined : { error: words })
  if (parsed.success) return parsed.data
  throw invalidInput(parsed.error.issues)
}

/** The issues of a failed check as one AppError invalid. */
export function invalidInput(issues: readonly z.core.$ZodIssue[]): AppError {
  const fields = issues.map((issue) => ({ path: issue.path.map(String).join('.'), message: wordsOf(issue) }))
  const [first] = fields
  const message = first === undefined ? 'The input is not valid' : sentence(first)
  return new AppError('invalid', message, { reason: 'invalidValue', fields })
}

const kindsInWords: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
}

/** What the library says where a schema has no words of its own begins like this. */
const isTheLibrarys = (message: string): boolean =>
  /^(Invalid (input|option)|Unrecognized key|Too (small|big):)/.test(message)

/** An issue as a person would put it: what the value must be, not what a parser expected. */
function wordsOf(issue: z.core.$ZodIssue): string {
  const { message } = issue
  if (!isTheLibrarys(message)) return message
  if (issue.code === 'invalid_type')
    return message.endsWith('received undefined')
      ? 'is missing'
      : `must be ${kindsInWords[issue.expected] ?? issue.expected}`
  if (issue.code === 'invalid_value') return `must be ${inSeries(issue.values.map(String))}`
  if (issue.code === 'unrecognized_keys') return `has what is not known here: ${issue.keys.join(', ')}`
  if (issue.code === 'too_small') return `must ${measure(issue.origin)} at least ${unit(issue.origin, issue.minimum)}`
  if (issue.code === 'too_big') return `must ${measure(issue.origin)} at most ${unit(issue.origin, issue.maximum)}`
  if (issue.code === 'invalid_union') return 'has none of the shapes that are possible here'
  return message
}

const measure = (origin: string): string => (origin === 'string' || origin === 'array' ? 'have' : 'be')

function unit(origin: string, count: number | bigint): string {
  if (origin === 'string') return count === 1 ? '1 character' : `${count} characters`
  if (origin === 'array') return count === 1 ? '1 entry' : `${count} entries`
  return String(count)
}

const inSeries = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`

type Given<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}

/** Without what is undefined: to leave something out is to say nothing of it. */
export const given = <T extends object>(fields: T): Given<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>

/** A check that a schema cannot make. */
export const invalidField = (path: string, message: string, reason = 'invalidValue'): AppError =>
  new AppError('invalid', message, { reason, fields: [{ path, message }] })

/** Runs a check of one field; what it refuses is said of that field. @throws AppError */
export async function checkingField<T>(path: string, check: () => T | Promise<T>): Promise<T> {
  try {
    return await check()
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'invalid' || error.fields !== undefined) throw error
    throw invalidField(path, error.message, error.reason)
  }
}

const sentence = ({ path, message }: { path: string; message: string }): string =>
  path === '' ? message : `${path}: ${message}`

/**
 * A line for people to read: no control characters, blanks at the ends are cut off.
 * @param most characters
 * @param ifEmpty what is said where nothing is left
 */
export const lineSchema = (most: number, ifEmpty = 'must not be empty') =>
  z
    .string()
    .trim()
    .min(1, ifEmpty)
    .max(most, `must have at most ${most} characters`)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it refuses
    .regex(/^[^\u0000-\u001f\u007f]*$/, 'must not contain control characters')

/** A name for people to read. */
export const nameSchema = lineSchema(200)

const loopback = new Set(['localhost', '127.0.0.1', '[::1]'])

function isBrowserUri(text: string): boolean {
  if (!/^[\x21-\x7e]+$/.test(text) || text.includes('*') || !URL.canParse(text)) return false
  const url = new URL(text)
  if (url.username !== '' || url.password !== '' || text.includes('#')) return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && loopback.has(url.hostname))
}

/** Where a browser is sent, or led by a link. */
export const browserUriSchema = z
  .string()
  .max(2_000, 'must have at most 2,000 characters')
  .refine(isBrowserUri, 'must be an https URL (http on loopback alone) without fragment, user name or wildcard')

/** An instant with its offset, as an ISO text in UTC. */
export const instantSchema = z.iso
  .datetime({ offset: true, message: 'must be a date and time such as 2030-01-31T12:00:00Z' })
  .transform((text) => new Date(text).toISOString())

/** @throws AppError invalid where the end is not in the future */
export function requireFuture(end: string | null | undefined, now: Date, path: string): void {
  if (end === undefined || end === null || new Date(end) > now) return
  const message = 'must be in the future'
  throw new AppError('invalid', `${path}: ${message}`, { reason: 'invalidValue', fields: [{ path, message }] })
}
