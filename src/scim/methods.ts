// A path that is there, asked with a method that it has not (RFC 9110 §15.5.6).
import type { Context } from 'hono'
import { answerText } from './answers.ts'
import { errorBody } from './errors.ts'
import type { ScimEnv } from './guard.ts'

/** For `all`, after the methods that the path has. @param allow their names */
export const onlyBy =
  (...allow: string[]) =>
  (c: Context<ScimEnv>): Response => {
    const names = allow.join(', ')
    return answerText(c, errorBody(405, `This address takes ${names}, not ${c.req.method}`), 405, { Allow: names })
  }
