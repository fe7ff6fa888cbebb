// A server on one's own machine has several names, and works by one of them: cookies are kept by name, passkeys are made for it,
// and forms are taken from it alone.
import type { MiddlewareHandler } from 'hono'
import type { AppEnv } from './env.ts'

const ownNames = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Leads whoever opens a page by another name of this machine to the origin; where that is none of them, nobody. */
export function oneOrigin(options: { origin: string }): MiddlewareHandler<AppEnv> {
  const own = new URL(options.origin)
  return async (c, next) => {
    const host = c.req.header('host') ?? own.host
    const isPage = c.req.method === 'GET' && c.req.header('accept')?.includes('text/html') === true
    if (!isPage || host === own.host || !ownNames.has(own.hostname) || !ownNames.has(nameIn(host))) return next()
    const { pathname, search } = new URL(c.req.url)
    return c.redirect(`${own.origin}${pathname}${search}`, 307)
  }
}

const nameIn = (host: string): string => (URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '')
