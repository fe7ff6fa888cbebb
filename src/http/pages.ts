// Pages: HTML under a content security policy that allows nothing but what we serve ourselves.
import type { Context } from 'hono'
import type { Child } from 'hono/jsx'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { knownZone } from '#words/zones.ts'
import { readCookie } from './cookies.ts'
import type { AppEnv } from './env.ts'
import { madeForOf } from './made-for.ts'
import { readerOf } from './reader.ts'
import { pageFor } from './ui/page-for.tsx'

/** Where browsers report what the policy kept out of a page. */
export const reportPath = '/csp-reports'

/** What a component returns. */
export type PageElement = { toString(): string | Promise<string> }

export type PageOptions = {
  status?: ContentfulStatusCode
  /**
   * URLs outside of our origin that a form of the page may lead to, by itself or by a redirect after it; `anywhere` for a page
   * whose one form goes to somebody who may send it on to another host.
   */
  formAction?: readonly string[] | 'anywhere'
}

/**
 * Answers with a page. Cookies set before by `setCookie` go with it.
 * @throws TypeError where `formAction` holds what is no URL
 */
export async function renderPage<E extends AppEnv>(
  c: Context<E>,
  element: PageElement,
  { status = 200, formAction = [] }: PageOptions = {},
): Promise<Response> {
  const reader = await readerOf(c)
  const around = { zone: browserZone(c), reader, madeFor: madeForOf(c) }
  const html = await pageFor(around, element as Child).toString()
  return c.body(`<!doctype html>${html}`, status, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': contentSecurityPolicy(scriptNonce(c), formAction),
    'Reporting-Endpoints': `csp="${reportPath}"`,
  })
}

/** As the browser's script has said it (`zone.js`). */
const browserZone = <E extends AppEnv>(c: Context<E>): string | undefined =>
  knownZone(readCookie(c, 'rolecall_zone')?.replaceAll('~', '/'))

/** The nonce of the page that answers this request, for a script written into it. */
export function scriptNonce<E extends AppEnv>(c: Context<E>): string {
  const { nonce = c.var.newNonce() } = c.var
  c.set('nonce', nonce)
  return nonce
}

function contentSecurityPolicy(nonce: string, formAction: readonly string[] | 'anywhere'): string {
  const directives: Record<string, string> = {
    'default-src': "'none'",
    'script-src': `'self' 'nonce-${nonce}'`,
    'style-src': "'self'",
    'img-src': "'self' data:",
    'font-src': "'self'",
    'connect-src': "'self'",
    // What is not said of forms, no other directive says in its place.
    ...(formAction === 'anywhere'
      ? {}
      : { 'form-action': ["'self'", ...new Set(formAction.map(formTarget))].join(' ') }),
    'frame-ancestors': "'none'",
    'base-uri': "'none'",
    'object-src': "'none'",
    // Firefox knows the first of the two alone; others take the second.
    'report-uri': reportPath,
    'report-to': 'csp',
  }
  return Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ')
}

/** CSP 3 §2.3.1: a source is an origin; applications of a device's own scheme, and IPv6 addresses, have only the scheme. */
function formTarget(text: string): string {
  const { protocol, hostname, origin } = new URL(text)
  return /^https?:$/.test(protocol) && !hostname.startsWith('[') ? origin : protocol
}
