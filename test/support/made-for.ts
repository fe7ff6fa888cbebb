// What the forms of our pages carry besides their fields, for tests that send one without having opened its page. Browsers in tests
// get nothing of this: they send what the page has.

import type postgres from 'postgres'
import { sha256 } from '#platform/crypto.ts'

/** `org_….usr_…` of the session in this Cookie header; undefined where it has none. */
export async function madeForCookie(owner: postgres.Sql, cookie: string | null): Promise<string | undefined> {
  const token = /__Host-rolecall_session=([\w-]{43})/.exec(cookie ?? '')?.[1]
  if (token === undefined) return undefined
  const tokenHash = sha256(token)
  const [row] =
    await owner`select organization_id || '.' || user_id as made_for from sessions where token_hash = ${tokenHash}`
  return row?.['made_for']
}

/** The same request, with what a page would have put into its form; one that says it already stays as it is. */
export async function asFromPage(owner: postgres.Sql, init: RequestInit | undefined): Promise<RequestInit | undefined> {
  const headers = new Headers(init?.headers)
  const body = init?.body instanceof URLSearchParams ? init.body.toString() : (init?.body ?? '')
  const isForm =
    headers.get('content-type')?.startsWith('application/x-www-form-urlencoded') ??
    init?.body instanceof URLSearchParams
  if (init?.method !== 'POST' || !isForm || typeof body !== 'string' || /(^|&)made_for=/.test(body)) return init
  const madeFor = await madeForCookie(owner, headers.get('cookie'))
  if (madeFor === undefined) return init
  return {
    ...init,
    body: `${body}${body === '' ? '' : '&'}made_for=${madeFor}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...Object.fromEntries(headers) },
  }
}
