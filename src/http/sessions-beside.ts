// Sessions that one browser holds beside its current one: each of another organization, with a token of its own in a cookie of ours.
// Whether one lives is asked of the database each time, like that of the current one.
import type { Context } from 'hono'
import { type BrowserSession, resolveSession } from '#access/sign-in/sessions/resolve-session.ts'
import { sha256 } from '#platform/crypto.ts'
import type { Services } from '#src/context.ts'
import { clearCookie, readCookie, setCookie } from './cookies.ts'
import { sessionToken, setSessionCookie } from './session.ts'

const cookieName = 'rolecall_beside'

/** More than that nobody works for at once; the oldest is forgotten, and ends by itself. */
const most = 5

const keptSeconds = 7 * 86_400

export type SessionBeside = BrowserSession & { token: string }

const tokensIn = (c: Context): string[] =>
  (readCookie(c, cookieName) ?? '').split('.').filter((token) => /^[\w-]{43}$/.test(token))

/** The live ones, the last one used first, one for each organization and none of the current session's. @throws AppError unavailable */
export async function sessionsBeside(c: Context, services: Services): Promise<SessionBeside[]> {
  const tokens = tokensIn(c)
  if (tokens.length === 0) return []
  const current = sessionToken(c)
  const found = await Promise.all(
    [...(current === undefined ? [] : [current]), ...tokens].map(async (token) => {
      const tokenHash = sha256(token)
      const live = await resolveSession(services.database, tokenHash)
      return live === undefined ? undefined : { ...live, tokenHash, token }
    }),
  )
  const live = found.filter((session) => session !== undefined)
  const first = new Map(live.map((session) => [session.organizationId, session.token]).reverse() as [string, string][])
  return live.filter(({ organizationId, token }) => token !== current && first.get(organizationId) === token)
}

/**
 * Before somebody signs in at an organization: the session that the browser has at another one stays, beside the new one.
 * @throws AppError unavailable
 */
export async function keepBeside(c: Context, services: Services, organizationId: string): Promise<void> {
  const current = sessionToken(c)
  if (current === undefined) return
  const live = await resolveSession(services.database, sha256(current))
  if (live === undefined || live.organizationId === organizationId) return
  putTokens(c, [current, ...tokensIn(c)])
}

/**
 * The session of another organization becomes the current one, which stays beside it.
 * @returns undefined where there is none that lives. @throws AppError unavailable
 */
export async function switchSession(
  c: Context,
  services: Services,
  organizationId: string,
): Promise<SessionBeside | undefined> {
  const wanted = (await sessionsBeside(c, services)).find((session) => session.organizationId === organizationId)
  if (wanted === undefined) return undefined
  const current = sessionToken(c)
  const others = tokensIn(c).filter((token) => token !== wanted.token)
  putTokens(c, current === undefined ? others : [current, ...others])
  setSessionCookie(c, wanted.token, wanted.expiresAt, services.clock)
  return wanted
}

/** Once all of them have ended. */
export const forgetSessionsBeside = (c: Context): void => clearCookie(c, cookieName)

function putTokens(c: Context, tokens: readonly string[]): void {
  const kept = [...new Set(tokens)].slice(0, most)
  if (kept.length === 0) clearCookie(c, cookieName)
  else setCookie(c, cookieName, kept.join('.'), { maxAgeSeconds: keptSeconds })
}
