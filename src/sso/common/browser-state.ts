// The cookie that ties a sign-in under way to the browser that began it. Identity providers post across sites, so it has to
// come along with that; it opens nothing by itself.
import type { Context } from 'hono'
import { readCookie, setCookie } from '#http/cookies.ts'
import type { RandomBytes } from '#platform/crypto.ts'
import { issueToken, sha256 } from '#platform/crypto.ts'

const cookieName = 'rolecall_login'
const maxAgeSeconds = 600

/** The browser's state, made where it has none; several sign-ins in one browser share it. */
export function ensureBrowserState(c: Context, randomBytes: RandomBytes): string {
  const state = readBrowserState(c) ?? issueToken(randomBytes).plain
  setCookie(c, cookieName, state, { maxAgeSeconds, sameSite: 'None' })
  return state
}

/** Undefined where the browser has begun nothing lately. */
export function readBrowserState(c: Context): string | undefined {
  const value = readCookie(c, cookieName)
  return value !== undefined && /^[\w-]{43}$/.test(value) ? value : undefined
}

/** Whether this browser began the request. */
export function isSameBrowser(c: Context, request: { browserHash: string }): boolean {
  const state = readBrowserState(c)
  return state !== undefined && sha256(state) === request.browserHash
}
