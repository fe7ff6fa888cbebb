// Headers that bound what a browser does with any answer of ours, whatever its kind. Pages add their policy (pages.ts).
import type { MiddlewareHandler } from 'hono'
import type { RandomBytes } from '#platform/crypto.ts'
import type { AppEnv } from './env.ts'

const everywhere = {
  'X-Frame-Options': 'DENY',
  // The origin alone: paths hold tokens of set-up links and invitations. Not `no-referrer` (and, across origins, not
  // `same-origin`): these make the Origin of a form post `null`, by which our own forms and those at an identity
  // provider are told from forged ones (Fetch §3.2).
  'Referrer-Policy': 'strict-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
}

/** RFC 6797; without includeSubDomains, since other hosts below the operator's name are not ours to decide about. */
const httpsOnly = { 'Strict-Transport-Security': 'max-age=63072000' }

/** Goes right after the request scope, which puts the frame on every answer: redirects, errors and SCIM, too. */
export function securityHeaders(options: { origin: string; randomBytes: RandomBytes }): MiddlewareHandler<AppEnv> {
  const headers = options.origin.startsWith('https://') ? { ...everywhere, ...httpsOnly } : everywhere
  const newNonce = (): string => options.randomBytes(16).toString('base64url')
  return (c, next) => {
    Object.assign(c.get('frame'), headers)
    c.set('newNonce', newNonce)
    return next()
  }
}
