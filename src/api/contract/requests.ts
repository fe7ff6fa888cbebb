// What every request is held to before a handler sees it, and how its failure is answered.
import type { Context, MiddlewareHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { httpProblemResponse, problemResponse } from '#http/problem.ts'
import { readBytes } from '#http/read-body.ts'
import { type AppError, asAppError, invalid } from '#platform/errors.ts'
import { parseJson } from '#platform/json.ts'
import type { Log } from '#platform/log.ts'
import type { ApiEnv } from './env.ts'

const bodyLimitBytes = 1_048_576

/** For a part of a file with people, which is no JSON. */
export const importBodyBytes = 8_388_608

const takesRows = (c: Context): boolean => c.req.path.endsWith('/user-imports')

const isRows = (c: Context): boolean =>
  takesRows(c) && /^(application\/x-ndjson|text\/csv)\b/.test(c.req.header('content-type') ?? '')

/** @throws AppError too_large */
export const limitBody: MiddlewareHandler<ApiEnv> = async (c, next) => {
  if (c.req.raw.body !== null) {
    const bytes = await readBytes(c, isRows(c) ? importBodyBytes : bodyLimitBytes)
    // Without a declared length it was read off the connection: whoever reads it next finds it here.
    if (c.req.header('content-length') === undefined)
      c.req.raw = new Request(c.req.raw, { body: new Uint8Array(bytes) })
  }
  return next()
}

/** Answers 415 to a body that does not say to be JSON. */
export const requireJson: MiddlewareHandler<ApiEnv> = async (c, next) => {
  if (isRows(c)) return next()
  if (takesRows(c))
    return httpProblemResponse('unsupported_media_type', 'Send application/x-ndjson or text/csv', c.get('requestId'))
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase()
  const isJson = type === 'application/json'
  if (isJson || (type === undefined && !(await hasBody(c)))) return next()
  if (['GET', 'HEAD', 'DELETE'].includes(c.req.method) && !(await hasBody(c))) return next()
  return httpProblemResponse('unsupported_media_type', 'Send the body as application/json', c.get('requestId'))
}

/** Handlers are given what JSON.parse makes of the body; what that would read past is refused here. @throws AppError */
export const checkJson: MiddlewareHandler<ApiEnv> = async (c, next) => {
  if (!isRows(c) && (await hasBody(c))) parseJson(await c.req.text())
  return next()
}

const hasBody = async (c: Context): Promise<boolean> =>
  c.req.raw.body !== null && c.req.header('content-length') !== '0' && (await c.req.text()) !== ''

/** Every error as problem+json; what is our own fault is logged, once. */
export function answerError(log: Log, error: Error, c: Context<ApiEnv>): Response {
  const known = knownError(error)
  const requestId = c.get('requestId')
  if (known.code === 'internal') log.error({ error, requestId }, 'A request to the API failed unexpectedly')
  if (known.code === 'unavailable') log.warn({ error, requestId }, 'A request to the API found no database')
  return problemResponse(known, requestId)
}

/** Hono's validators throw HTTPException 400 for JSON that cannot be parsed. */
function knownError(error: Error): AppError {
  if (error instanceof HTTPException && error.status < 500)
    return invalid('The body is not valid JSON', 'invalidSyntax')
  return asAppError(error)
}
