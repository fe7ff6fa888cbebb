// Form bodies, read strictly: each field once, plain names, valid UTF-8, within a size.
import type { Context } from 'hono'
import { AppError, invalid } from '#platform/errors.ts'
import { readBytes } from './read-body.ts'
import { madeForField } from './ui/made-for.tsx'

/** Without a prototype: whatever is not in the form is undefined. */
export type Form = Readonly<Record<string, string | undefined>>

const usualMaxBytes = 65_536
const maxFields = 500
const fieldName = /^[a-z][\w.:-]{0,127}$/i
const inherited = new Set(['constructor', 'prototype', 'hasOwnProperty', 'toString', 'valueOf'])

/**
 * The fields of an application/x-www-form-urlencoded body, values as sent, but for the one that says what the form was made for
 * (`madeForIn`). Forms of people have 64 KB; `maxBytes` is for messages of other systems.
 * @throws AppError invalid or too_large
 */
export async function readForm(c: Context, { maxBytes = usualMaxBytes } = {}): Promise<Form> {
  const { form, bytes } = await readOnce(c, maxBytes)
  if (bytes > maxBytes) throw new AppError('too_large', `The form is larger than ${maxBytes} bytes`)
  return form
}

/** The form of a request, whether somebody has read it before or not. @throws AppError invalid or too_large */
export const formOf = async (c: Context): Promise<Form> => formsRead.get(c.req.raw)?.form ?? readForm(c)

/** As large as the largest form of any page; each page has its own limit. */
const mostBytes = 4_194_304

/** What the form says that it was made for, before anybody else reads it; undefined where it does not say. @throws AppError invalid or too_large */
export const madeForIn = async (c: Context): Promise<string | undefined> => (await readOnce(c, mostBytes)).madeFor

type ReadForm = { form: Form; madeFor: string | undefined; bytes: number }

const formsRead = new WeakMap<Request, ReadForm>()

async function readOnce(c: Context, maxBytes: number): Promise<ReadForm> {
  const known = formsRead.get(c.req.raw)
  if (known !== undefined) return known
  if (mediaTypeOf(c) !== 'application/x-www-form-urlencoded') {
    throw invalid('The body must be application/x-www-form-urlencoded')
  }
  const text = await readText(c, maxBytes)
  const { [madeForField]: madeFor, ...fields } = parseForm(text)
  const form: Form = Object.freeze(Object.assign(Object.create(null), fields))
  const read = { form, madeFor, bytes: Buffer.byteLength(text) }
  formsRead.set(c.req.raw, read)
  return read
}

/** @throws AppError invalid */
export function parseForm(text: string): Form {
  const form: Record<string, string> = Object.create(null)
  const pairs = text.split('&').filter((pair) => pair !== '')
  if (pairs.length > maxFields) throw invalid(`A form has at most ${maxFields} fields`)
  for (const pair of pairs) {
    const equals = pair.indexOf('=')
    const name = decode(equals < 0 ? pair : pair.slice(0, equals))
    if (!fieldName.test(name) || inherited.has(name))
      throw invalid('The form has a field with a name that none of ours has')
    if (name in form) throw invalid(`The form has the field ${name} more than once`)
    form[name] = equals < 0 ? '' : decode(pair.slice(equals + 1))
  }
  return Object.freeze(form)
}

/** The media type of the request in lower case, without parameters. */
export const mediaTypeOf = (c: Context): string =>
  (c.req.header('content-type') ?? '').split(';', 1).join().trim().toLowerCase()

async function readText(c: Context, maxBytes: number): Promise<string> {
  const bytes = await readBytes(c, maxBytes, { what: 'The form' })
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw invalid('The form is not valid UTF-8')
  }
}

function decode(text: string): string {
  let decoded: string
  try {
    decoded = decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw invalid('The form is not encoded correctly')
  }
  // PostgreSQL has no text with it, and no keyboard types it.
  if (decoded.includes('\0')) throw invalid('The form holds a character that cannot be stored')
  return decoded
}
