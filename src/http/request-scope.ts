// The frame of every request: its id, its log, the headers that every answer has, and one line about how it went.
import type { Context, MiddlewareHandler, Next } from 'hono'
import { routePath } from 'hono/route'
import type { Clock } from '#platform/clock.ts'
import type { Ids } from '#platform/ids.ts'
import type { Log } from '#platform/log.ts'
import type { Metrics } from '#platform/metrics.ts'
import { inSpan, type Span, type TraceHeaders } from '#platform/tracing.ts'
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
    await traced(c, requestId, next)
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

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** By the pattern that answered: a path has ids, and tokens, of people. */
const traced = (c: Context<AppEnv>, requestId: string, next: Next): Promise<void> => {
  const method = methods.includes(c.req.method) ? c.req.method : '_OTHER'
  const attributes = { 'http.request.method': method, 'rolecall.request_id': requestId }
  return inSpan(method, { kind: 'server', attributes, headers: traceHeadersOf(c) }, async (span) => {
    await next()
    noteAnswer(span, { method, route: routeOf(c), status: c.res.status })
  })
}

function noteAnswer(span: Span, { method, route, status }: { method: string; route: string; status: number }): void {
  span.rename(`${method} ${route}`)
  span.set({ 'http.route': route, 'http.response.status_code': status })
  if (status >= 500) span.fail(String(status))
}

/** What whoever asks is in the middle of (W3C Trace Context). */
function traceHeadersOf(c: Context): TraceHeaders {
  const [parent, state] = [c.req.header('traceparent'), c.req.header('tracestate')]
  return {
    ...(parent === undefined ? {} : { traceparent: parent }),
    ...(state === undefined ? {} : { tracestate: state }),
  }
}
