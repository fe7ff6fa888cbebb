// The checks of what Rolecall has signed: ID tokens and logout tokens.
import { createRemoteJWKSet, customFetch, type JWTPayload, jwtVerify } from 'jose'
import { RolecallError, unreached } from './errors.ts'
import type { Metadata } from './reach.ts'

/** What Rolecall says of somebody in an ID token. */
export type Claims = {
  sub: string
  sid: string
  organization?: { id: string; slug: string; name: string }
  roles?: string[]
  brands?: Array<{ id: string; slug: string; roles: string[]; permissions?: string[] }>
  permissions?: string[]
  name?: string
  preferred_username?: string
  email?: string
  email_verified?: boolean
  auth_time?: number
  amr?: string[]
  [claim: string]: unknown
}

export type Verifier = {
  /** @throws RolecallError sign_in_refused, unavailable */
  readIdToken(token: string): Promise<Claims>
  /** @returns the session that has ended. @throws RolecallError sign_in_refused, unavailable */
  readLogoutToken(token: string): Promise<{ sid: string }>
}

type Signer = { issuer: string; clientId: string; metadata: () => Promise<Metadata>; fetch: typeof fetch }

const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout'

export function createVerifier({ issuer, clientId, metadata, fetch: ask }: Signer): Verifier {
  let keys: ReturnType<typeof createRemoteJWKSet> | undefined
  // Clocks of two machines differ a little.
  const rules = { issuer, audience: clientId, algorithms: ['RS256', 'ES256'], clockTolerance: 30 }

  const verify = async (token: string, typ: string, requiredClaims: string[]): Promise<JWTPayload> => {
    const { jwks_uri } = await metadata()
    keys ??= createRemoteJWKSet(new URL(jwks_uri), { [customFetch]: (url, init) => ask(url, init as RequestInit) })
    const verified = await jwtVerify(token, keys, { ...rules, requiredClaims }).catch((cause: unknown) => {
      if (isFaultOfToken(cause)) throw refused('The token is not one that Rolecall has signed for us', cause)
      throw unreached(cause)
    })
    // A logout token is no ID token, and the other way round (Back-Channel Logout 1.0 §2.4).
    if ((verified.protectedHeader.typ ?? 'JWT').toLowerCase() === typ.toLowerCase()) return verified.payload
    throw refused(`The token is no ${typ}`)
  }

  return {
    readIdToken: async (token) => {
      const payload = await verify(token, 'JWT', ['sub', 'exp', 'iat', 'sid'])
      const { azp, events } = payload
      if (events === undefined && (azp === undefined || azp === clientId)) return payload as unknown as Claims
      throw refused('The token is no ID token for us')
    },
    readLogoutToken: async (token) => {
      const { events, nonce, sid } = await verify(token, 'logout+jwt', ['iat', 'exp', 'jti', 'events', 'sid'])
      const isLogout = typeof events === 'object' && events !== null && logoutEvent in events && nonce === undefined
      if (isLogout) return { sid: String(sid) }
      throw refused('The token is no logout token')
    },
  }
}

export const refused = (message: string, cause?: unknown): RolecallError =>
  new RolecallError('sign_in_refused', message, { status: 400, cause })

/** Of what jose says, all but these is about the token; what is no error of its own is about the network. */
const isFaultOfToken = (error: unknown): boolean => {
  const { code } = error as { code?: unknown }
  return (
    typeof code === 'string' && code.startsWith('ERR_J') && !['ERR_JWKS_TIMEOUT', 'ERR_JOSE_GENERIC'].includes(code)
  )
}
