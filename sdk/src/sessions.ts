// The session of a request: found, refreshed where it is time, and ended where Rolecall says so.
import { decodeJwt } from 'jose'
import { RolecallError } from './errors.ts'
import type { Found, Keeper, Kept } from './keepers.ts'
import type { OpenId, Tokens } from './openid.ts'
import type { Claims } from './verify.ts'

export type Session = {
  claims: Claims
  idToken: string
  /** For userinfo, or for an API of yours where the application names one. */
  accessToken: string
}

/** Whoever asks, and what the answer has to set. */
export type Visit = { session: Session | undefined; setCookies: string[] }

export type FindSession = (request: Request, rules?: { isReadOnly?: boolean }) => Promise<Visit>

/** Before the access token runs out, by as much as a request takes. */
const earlySeconds = 30

/** What the requests of a browser that were under way with the old cookie are answered by. */
const rememberedMillis = 60_000

const now = (): number => Math.floor(Date.now() / 1000)

export const keptOf = ({ idToken, accessToken, refreshToken, expiresIn, claims }: Tokens): Kept => ({
  ...{ idToken, accessToken, refreshAt: now() + expiresIn - earlySeconds, sid: claims.sid },
  ...(refreshToken === undefined ? {} : { refreshToken }),
})

export const sessionOf = ({ idToken, accessToken }: Kept): Session => ({
  ...{ claims: decodeJwt(idToken) as Claims, idToken, accessToken },
})

type Refreshed = Promise<Kept | undefined>

type Begun = { kept: Refreshed; at: number }

/**
 * @returns what finds the session of a request. A refresh token is good once, and a second use ends the session, so that
 * requests that come at once share one refresh.
 */
export function createSessions(openId: OpenId, keeper: Keeper): FindSession {
  const underWay = new Map<string, Begun>()

  const refresh = async (kept: Kept): Refreshed => {
    const { refreshToken, idToken } = kept
    if (refreshToken === undefined) return undefined
    const tokens = await openId.refresh(refreshToken, decodeJwt(idToken) as Claims).catch((error: unknown) => {
      if (error instanceof RolecallError && error.code === 'sign_in_refused') return undefined
      throw error
    })
    return tokens === undefined ? undefined : keptOf(tokens)
  }

  const refreshOnce = ({ key, kept }: Found): Refreshed => {
    const id = kept.refreshToken ?? key
    for (const [other, { at }] of underWay) if (at < Date.now() - rememberedMillis) underWay.delete(other)
    const known = underWay.get(id)
    if (known !== undefined) return known.kept
    const begun = refresh(kept)
    underWay.set(id, { kept: begun, at: Date.now() })
    begun.catch(() => underWay.delete(id))
    return begun
  }

  const renew = (request: Request, found: Found): Promise<Visit> =>
    keeper.alone(found, async (current) => {
      if (current !== undefined && current.refreshAt > now()) return { session: sessionOf(current), setCookies: [] }
      const kept = current === undefined ? undefined : await refreshOnce({ ...found, kept: current })
      const setCookies = kept === undefined ? undefined : await keeper.replace(request, found, kept)
      if (kept === undefined || setCookies === undefined)
        return { session: undefined, setCookies: await keeper.drop(request) }
      return { session: sessionOf(kept), setCookies }
    })

  return async (request, { isReadOnly = false } = {}) => {
    const found = await keeper.find(request)
    if (found === undefined) return { session: undefined, setCookies: [] }
    if (found.kept.refreshAt > now()) return { session: sessionOf(found.kept), setCookies: [] }
    // New tokens that nobody keeps would be the end of the session.
    if (isReadOnly && keeper.isInCookies) return { session: undefined, setCookies: [] }
    return renew(request, found)
  }
}
