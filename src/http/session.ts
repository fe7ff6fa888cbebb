// The browser's session: its cookie, whose it is, and what a person may do with it. Liveness is asked of the database by
// each request and never remembered.
import type { Context, MiddlewareHandler } from 'hono'
import {
  type BrowserSession,
  enterSession,
  resolveSession,
  touchSession,
} from '#access/sign-in/sessions/resolve-session.ts'
import type { Clock } from '#platform/clock.ts'
import { sha256 } from '#platform/crypto.ts'
import { AppError } from '#platform/errors.ts'
import { type CallContext, enterOrganization, type Services, servicesOf } from '#src/context.ts'
import { clearCookie, readCookie, setCookie } from './cookies.ts'
import type { AppEnv } from './env.ts'
import { createUseNotes } from './note-use.ts'

const cookieName = 'rolecall_session'

/** The SHA-256 of the token in the session cookie; undefined where there is none that we could have given out. */
export function sessionTokenHash(c: Context): string | undefined {
  const token = sessionToken(c)
  return token === undefined ? undefined : sha256(token)
}

/** The token itself; undefined where it is none that we could have given out. */
export function sessionToken(c: Context): string | undefined {
  const token = readCookie(c, cookieName)
  return token !== undefined && /^[\w-]{43}$/.test(token) ? token : undefined
}

/** Puts the token into the browser, until the session's absolute end. */
export function setSessionCookie(c: Context, token: string, expiresAt: string, clock: Clock): void {
  const maxAgeSeconds = Math.max(0, (Date.parse(expiresAt) - clock.now().getTime()) / 1000)
  setCookie(c, cookieName, token, { maxAgeSeconds })
}

export const clearSessionCookie = (c: Context): void => clearCookie(c, cookieName)

/**
 * Sets `session`: the live session of the browser, or undefined. One query, none without a cookie; a cookie whose session
 * is not live is taken away. The request counts as activity of the person.
 */
export function readSession(services: Services): MiddlewareHandler<AppEnv> {
  const touch = createTouch(services)
  return async (c, next) => {
    const tokenHash = sessionTokenHash(c)
    const live = tokenHash === undefined ? undefined : await resolveSession(services.database, tokenHash)
    const session = live === undefined || tokenHash === undefined ? undefined : { ...live, tokenHash }
    c.set('session', session)
    if (session !== undefined) touch(c, session)
    return next()
  }
}

/** The session of a request that `requireSession` let through. */
export function sessionOf(c: Context<AppEnv>): BrowserSession {
  const session = c.get('session')
  if (session === undefined) throw new AppError('unauthenticated', 'There is no live session here')
  return session
}

/**
 * The context of a person at their own things. It has no management permission at all: every verb that takes somebody's id
 * refuses it. What people do for themselves takes the person from `actor` (access/own/).
 */
export function userContext(services: Services, session: BrowserSession, requestId: string): CallContext {
  const { organizationId, userId, tokenHash } = session
  return {
    ...servicesOf(services),
    organizationId,
    actor: { type: 'user', id: userId },
    permissions: new Set(),
    entry: enterSession({ organizationId, tokenHash }),
    requestId,
  }
}

/** The same of a request that `requireSession` let through. */
export const ownContext = (services: Services, c: Context<AppEnv>): CallContext =>
  userContext(services, sessionOf(c), c.get('requestId'))

/** Notes that a session is in use, at most once a minute; the request does not wait for it. */
export function createTouch({ clock, database }: Services): (c: Context<AppEnv>, session: TouchedSession) => void {
  const noteUse = createUseNotes(clock, 'a session')
  return (c, { organizationId, tokenHash }) =>
    noteUse(c.get('log'), tokenHash, () =>
      database.transaction(enterOrganization({ organizationId }), (tx) =>
        tx.commitWith(touchSession({ organizationId, tokenHash })),
      ),
    )
}

type TouchedSession = Pick<BrowserSession, 'organizationId' | 'tokenHash'>
