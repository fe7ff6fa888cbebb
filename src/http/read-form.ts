// Form bodies, read strictly: each field once, plain names, valid UTF-8, within a size.
import type { Context } from 'hono'
import { invalid } from '#platform/errors.ts'
import { readBytes } from './read-body.ts'

/** Without a prototype: whatever is not in the form is undefined. */
export type Form = Readonly<Record<string, string | undefined>>

const usualMaxBytes = 65_536
const maxFields = 500
const fieldName = /^[a-z][\w.:-]{0,127}$/i
const inherited = new Set(['constructor', 'prototype', 'hasOwnProperty', 'toString', 'valueOf'])

/**
 * The fields of an application/x-www-form-urlencoded body, values as sent. Forms of people have 64 KB; `maxBytes` is for
 * messages of other systems.
 * @throws AppError invalid or too_large
 */
export async function readForm(c: Context, { maxBytes = usualMaxBytes } = {}): Promise<Form> {
  if (mediaTypeOf(c) !== 'application/x-www-form-urlencoded') {
    throw invalid('The body must be application/x-www-form-urlencoded')
  }
  const form = parseForm(await readText(c, maxBytes))
  formsRead.set(c.req.raw, form)
  return form
}

const formsRead = new WeakMap<Request, Form>()

/** The form of a request, whether somebody has read it before or not. @throws AppError invalid or too_large */
export const formOf = async (c: Context): Promise<Form> => formsRead.get(c.req.raw) ?? readForm(c)

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
