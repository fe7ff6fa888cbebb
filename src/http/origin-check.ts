// Forged requests: a browser says where a request comes from, and what changes state must come from our own pages.
import type { MiddlewareHandler } from 'hono'
import type { AppEnv } from './env.ts'
import { renderPage } from './pages.ts'
import { mediaTypeOf } from './read-form.ts'
import { ErrorPage } from './ui/error-page.tsx'

const readingMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

export const formMediaTypes = ['application/x-www-form-urlencoded', 'multipart/form-data'] as const

/**
 * For the routes of pages. Everything but reading needs `Sec-Fetch-Site: same-origin` (Fetch Metadata §2.1), or, from
 * a browser that does not send it, our `Origin`; an `Origin` that is sent must be ours in any case, which also keeps out a
 * page that got here by a name of its own (DNS rebinding). Answers with a page, 403 or 415, otherwise.
 * @param options.mediaTypes of bodies; `application/json` may be added for what our own scripts send
 */
export function requireSameOrigin(options: {
  origin: string
  mediaTypes?: readonly string[]
}): MiddlewareHandler<AppEnv> {
  const { origin, mediaTypes = formMediaTypes } = options
  return async (c, next) => {
    if (readingMethods.has(c.req.method)) return next()
    const reference = c.get('requestId')
    if (!isOurs(origin, c.req.header('sec-fetch-site'), c.req.header('origin'))) {
      const advice = `This was not sent from one of our own pages, so nothing was changed. Open ${origin} and try it from there.`
      return renderPage(c, ErrorPage({ title: 'Request blocked', advice, reference }), { status: 403 })
    }
    if (!mediaTypes.includes(mediaTypeOf(c))) {
      const advice = 'The request is not a form of ours. Go back, reload the page and send it again.'
      return renderPage(c, ErrorPage({ title: 'We could not read that', advice, reference }), { status: 415 })
    }
    return next()
  }
}

function isOurs(origin: string, site: string | undefined, sender: string | undefined): boolean {
  if (sender !== undefined && sender !== origin) return false
  return site === undefined ? sender !== undefined : site === 'same-origin'
}
