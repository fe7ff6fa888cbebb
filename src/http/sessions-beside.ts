// Sessions that one browser holds beside its current one: each of another organization, with a token of its own in a cookie of ours.
// Whether one lives is asked of the database each time, like that of the current one.
import type { Context } from 'hono'
import { endOwnSession } from '#access/sign-in/sessions/own-sessions.ts'
import { type BrowserSession, resolveSession } from '#access/sign-in/sessions/resolve-session.ts'
import { sha256 } from '#platform/crypto.ts'
import { AppError } from '#platform/errors.ts'
import type { Services } from '#src/context.ts'
import { clearCookie, readCookie, setCookie } from './cookies.ts'
import type { AppEnv } from './env.ts'
import { sessionToken, setSessionCookie, userContext } from './session.ts'
import { tellApplications } from './session-ends.ts'

const cookieName = 'rolecall_beside'

/** More than that nobody works for at once; the oldest ends. */
const most = 5

const keptSeconds = 7 * 86_400

export type SessionBeside = BrowserSession & { token: string }

const tokensIn = (c: Context): string[] =>
  (readCookie(c, cookieName) ?? '').split('.').filter((token) => /^[\w-]{43}$/.test(token))

/** The live ones of these tokens, in their order. */
async function liveOf(services: Services, tokens: readonly string[]): Promise<SessionBeside[]> {
  const found = await Promise.all(
    [...new Set(tokens)].map(async (token) => {
      const tokenHash = sha256(token)
      const live = await resolveSession(services.database, tokenHash)
      return live === undefined ? undefined : { ...live, tokenHash, token }
    }),
  )
  return found.filter((session) => session !== undefined)
}

const currentIn = (c: Context): string[] => [sessionToken(c) ?? []].flat()

/**
 * The live ones, the last one used first. An organization has one session in a browser: an older one of the same ends here.
 * @throws AppError unavailable
 */
export async function sessionsBeside(c: Context<AppEnv>, services: Services): Promise<SessionBeside[]> {
  const tokens = tokensIn(c)
  if (tokens.length === 0) return []
  const [current] = currentIn(c)
  const live = await liveOf(services, [...currentIn(c), ...tokens])
  const isFirst = (session: SessionBeside): boolean =>
    live.find(({ organizationId }) => organizationId === session.organizationId) === session
  await endThese(
    c,
    services,
    live.filter((session) => !isFirst(session)),
  )
  return live.filter((session) => isFirst(session) && session.token !== current)
}

/**
 * Before somebody signs in at an organization: the session that the browser has at another one stays, beside the new one.
 * @throws AppError unavailable
 */
export async function keepBeside(c: Context, services: Services, organizationId: string): Promise<void> {
  const [current] = await liveOf(services, currentIn(c))
  if (current === undefined || current.organizationId === organizationId) return
  putTokens(c, [current.token, ...tokensIn(c)])
}

/**
 * Somebody has signed in at an organization: whatever sessions the browser had there end, and those elsewhere stay.
 * @throws AppError unavailable
 */
export async function makeRoom(c: Context<AppEnv>, services: Services, organizationId: string): Promise<void> {
  const tokens = [...currentIn(c), ...tokensIn(c)]
  // A provider that posts from its own site brings none of our cookies: what they hold stays.
  if (tokens.length === 0) return
  const live = await liveOf(services, tokens)
  const others = live.filter((session) => session.organizationId !== organizationId)
  const kept = others.filter((session, index) => index < most && firstOf(others, session))
  await endThese(
    c,
    services,
    live.filter((session) => !kept.includes(session)),
  )
  putTokens(
    c,
    kept.map(({ token }) => token),
  )
}

const firstOf = (sessions: readonly SessionBeside[], session: SessionBeside): boolean =>
  sessions.find(({ organizationId }) => organizationId === session.organizationId) === session

/**
 * The session of another organization becomes the current one, which stays beside it.
 * @param userId whose it has to be, where that matters
 * @returns undefined where there is none that lives. @throws AppError unavailable
 */
export async function switchSession(
  c: Context<AppEnv>,
  services: Services,
  organizationId: string,
  userId?: string,
): Promise<SessionBeside | undefined> {
  const wanted = (await sessionsBeside(c, services)).find(
    (session) => session.organizationId === organizationId && (userId ?? session.userId) === session.userId,
  )
  if (wanted === undefined) return undefined
  putTokens(c, [...currentIn(c), ...tokensIn(c).filter((token) => token !== wanted.token)])
  setSessionCookie(c, wanted.token, wanted.expiresAt, services.clock)
  return wanted
}

/** Signs out of them; the current one stays. @throws AppError unavailable */
export async function endBeside(
  c: Context<AppEnv>,
  services: Services,
  ending: readonly SessionBeside[],
): Promise<void> {
  const gone = new Set(ending.map(({ token }) => token))
  await endThese(c, services, ending, 'signed_out')
  putTokens(
    c,
    tokensIn(c).filter((token) => !gone.has(token)),
  )
}

async function endThese(
  c: Context<AppEnv>,
  services: Services,
  ending: readonly SessionBeside[],
  reason: 'replaced' | 'signed_out' = 'replaced',
): Promise<void> {
  for (const session of ending) {
    const ctx = userContext(services, session, c.get('requestId'))
    await endOwnSession(ctx, session.sessionId, reason).catch((error: unknown) => {
      if (!(error instanceof AppError && ['unauthenticated', 'not_found'].includes(error.code))) throw error
    })
    tellApplications(c, services, session.organizationId)
  }
}

function putTokens(c: Context, tokens: readonly string[]): void {
  const kept = [...new Set(tokens)].slice(0, most)
  if (kept.length === 0) clearCookie(c, cookieName)
  else setCookie(c, cookieName, kept.join('.'), { maxAgeSeconds: keptSeconds })
}
