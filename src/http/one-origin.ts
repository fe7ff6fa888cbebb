// A server on one's own machine has several names, and works by one of them: cookies are kept by name, passkeys are made for it,
// and forms are taken from it alone.
import type { MiddlewareHandler } from 'hono'
import type { AppEnv } from './env.ts'

/** Leads whoever opens a page by another name of this machine to the origin; where that is none of them, nobody. */
export function oneOrigin(options: { origin: string }): MiddlewareHandler<AppEnv> {
  const own = new URL(options.origin)
  return async (c, next) => {
    const host = c.req.header('host') ?? own.host
    const isPage = c.req.method === 'GET' && c.req.header('accept')?.includes('text/html') === true
    if (!isPage || host === own.host || !isOwnName(own.hostname) || !isOwnName(nameIn(host))) return next()
    const { pathname, search } = new URL(c.req.url)
    return c.redirect(`${own.origin}${pathname}${search}`, 307)
  }
}

/** Browsers reach their own machine also by what a server is told to listen on everywhere, by any of 127.0.0.0/8, and in IPv6. */
const isOwnName = (name: string): boolean =>
  /^(.+\.)?localhost\.?$/.test(name) ||
  /^127(\.\d+){3}$|^0\.0\.0\.0$/.test(name) ||
  /^\[::(1|ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}|ffff:0:0)?\]$/.test(name)

/** As URLs write it, whatever way the address was written. */
const nameIn = (host: string): string => (URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '')
