// The frame of every request: its id, its log, the headers that every answer has, and one line about how it went.
import type { Context, MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import type { Clock } from '#platform/clock.ts'
import type { Ids } from '#platform/ids.ts'
import type { Log } from '#platform/log.ts'
import type { Metrics } from '#platform/metrics.ts'
import type { AppEnv } from './env.ts'

/** Links that let somebody in have their token in the path; whoever reads the log is not to use them. */
export const withoutTokens = (path: string): string =>
  path.replace(
    /^\/(setup|invitation|first|login\/reset|login\/undo|account\/profile\/address|console\/again)\/[^/]+/,
    '/$1/…',
  )

/** The pattern that answered, never the path itself: whoever asks for made-up paths makes up no labels. */
const routeOf = (c: Context): string => routePath(c, -1)

const acceptableId = /^[\w.-]{8,64}$/

export function requestScope(options: {
  ids: Ids
  log: Log
  clock: Clock
  metrics?: Metrics
}): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const given = c.req.header('x-request-id')
    const requestId = given !== undefined && acceptableId.test(given) ? given : options.ids.next('req')
    const startedAt = performance.now()
    c.set('requestId', requestId)
    c.set('log', options.log)
    const frame = { 'X-Request-Id': requestId, 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-store' }
    c.set('frame', frame)
    c.set('isFramed', false)
    await next()
    // On the headers themselves: c.header() would make the answer anew, with its body as a stream.
    if (!c.get('isFramed')) for (const [name, value] of Object.entries(frame)) c.res.headers.set(name, value)
    const millis = performance.now() - startedAt
    // The path holds ids; the query may hold an e-mail in a filter, so it is not logged.
    const fields = {
      requestId,
      method: c.req.method,
      path: withoutTokens(c.req.path),
      status: c.res.status,
      durationMillis: Math.round(millis * 10) / 10,
    }
    const { method, status } = fields
    options.metrics?.requestAnswered({ route: routeOf(c), method, status, seconds: millis / 1_000 })
    options.log.info(fields, `${c.req.method} answered ${c.res.status}`)
  }
}
