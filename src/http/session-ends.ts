// The end of the browser's own session, and what follows at once from the end of any session. Where it does not come to
// that, the worker does it within a second.
import type { Context } from 'hono'
import { deliverLogouts } from '#access/applications/deliver-logouts.ts'
import { systemContext } from '#access/ground/system-context.ts'
import type { EndedSession } from '#access/sign-in/sessions/end-sessions.ts'
import { endOwnSession } from '#access/sign-in/sessions/own-sessions.ts'
import { AppError } from '#platform/errors.ts'
import type { Services } from '#src/context.ts'
import type { AppEnv } from './env.ts'
import { clearSessionCookie, userContext } from './session.ts'

export type SignedOut = EndedSession & { organizationId: string }

/** Tells the applications of an organization about sessions that have just ended; nobody waits for it. */
export function tellApplications(c: Context<AppEnv>, services: Services, organizationId: string): void {
  const [log, requestId] = [c.get('log'), c.get('requestId')]
  deliverLogouts(systemContext(services, organizationId)).catch((error: unknown) => {
    log.warn({ error, requestId, organizationId }, 'Applications could not be told of the end of a session')
  })
}

/** Leaves nothing of a session in the browser. Cookies of other hosts under the same domain are not ours to clear. */
export function forgetSession(c: Context<AppEnv>): void {
  clearSessionCookie(c)
  c.header('Clear-Site-Data', '"cache", "storage"')
}

/**
 * Signs the person of this browser out: after `readSession`, from a form of ours.
 * @returns the session that ended; undefined where none lived any more, which is as good
 */
export async function signOutHere(c: Context<AppEnv>, services: Services): Promise<SignedOut | undefined> {
  const live = c.get('session')
  forgetSession(c)
  if (live === undefined) return undefined
  try {
    const ended = await endOwnSession(userContext(services, live, c.get('requestId')), live.sessionId)
    tellApplications(c, services, live.organizationId)
    return { ...ended, organizationId: live.organizationId }
  } catch (error) {
    if (error instanceof AppError && ['unauthenticated', 'not_found'].includes(error.code)) return undefined
    throw error
  }
}
