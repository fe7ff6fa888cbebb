// Our cookies (RFC 6265bis §4.1): always `__Host-`, Secure and HttpOnly, so that no sibling host and no script reaches
// them. Browsers take Secure cookies on http://localhost and http://127.0.0.1 as well, so development needs no weaker kind.
import type { Context } from 'hono'

export type CookieOptions = {
  maxAgeSeconds: number
  /** `None` only for what has to come along when an identity provider posts to us from its own site. */
  sameSite?: 'Lax' | 'None'
}

const valueForm = /^[\w.~-]{0,3800}$/

/** Sets `__Host-<name>`. @throws RangeError where the value would need quoting; ours are tokens */
export function setCookie(c: Context, name: string, value: string, options: CookieOptions): void {
  if (!valueForm.test(value)) throw new RangeError(`The value of the cookie ${name} is not a plain token`)
  const { maxAgeSeconds, sameSite = 'Lax' } = options
  const attributes = `Path=/; Max-Age=${Math.trunc(maxAgeSeconds)}; Secure; HttpOnly; SameSite=${sameSite}`
  c.header('Set-Cookie', `__Host-${name}=${value}; ${attributes}`, { append: true })
}

/** Undefined also where the cookie comes twice or has a form that we never give out: then it is not ours. */
export function readCookie(c: Context, name: string): string | undefined {
  const prefix = `__Host-${name}=`
  const [found, ...others] = (c.req.header('cookie') ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(prefix))
  if (found === undefined || others.length > 0) return undefined
  const value = found.slice(prefix.length)
  return valueForm.test(value) && value !== '' ? value : undefined
}

/** Removes the cookie. @param sameSite as it was set: across sites, browsers heed a removal only with `None` */
export function clearCookie(c: Context, name: string, sameSite: 'Lax' | 'None' = 'Lax'): void {
  setCookie(c, name, '', { maxAgeSeconds: 0, sameSite })
}
