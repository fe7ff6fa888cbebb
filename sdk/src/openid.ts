// Rolecall as an OpenID provider: a code becomes tokens, and a refresh token newer ones.
import { createDiscovery, createReach, type Metadata } from './reach.ts'
import { type Claims, createVerifier, refused, type Verifier } from './verify.ts'

export type Client = {
  /** The address of Rolecall, such as `https://id.example.com`. */
  issuer: string
  clientId: string
  /** Left out by public applications. */
  clientSecret?: string | undefined
  fetch?: typeof fetch | undefined
}

export type Tokens = {
  idToken: string
  claims: Claims
  accessToken: string
  refreshToken?: string
  /** Seconds that the access token is good for. */
  expiresIn: number
}

export type OpenId = Pick<Verifier, 'readLogoutToken'> & {
  metadata(): Promise<Metadata>
  /** @throws RolecallError sign_in_refused, unavailable */
  redeem(code: string, about: { redirectUri: string; verifier: string; nonce: string }): Promise<Tokens>
  /** @throws RolecallError sign_in_refused (the session has ended), unavailable */
  refresh(refreshToken: string, before: Claims): Promise<Tokens>
}

/** @throws RolecallError misconfigured where the issuer is not https (http on loopback alone) */
export function createOpenId(client: Client): OpenId {
  const { issuer, clientId, fetch: ask = fetch } = client
  const reach = createReach(ask)
  const metadata = createDiscovery(issuer, reach)
  const { readIdToken, readLogoutToken } = createVerifier({ issuer, clientId, metadata, fetch: ask })

  const tokensFor = async (parameters: Record<string, string>): Promise<Tokens> => {
    const response = await reach((await metadata()).token_endpoint, tokenRequest(client, parameters))
    const answer = (await response.json().catch(() => ({}))) as Record<string, unknown>
    if (!response.ok) throw refused(`Rolecall refused: ${answer['error'] ?? response.status}`)
    const { id_token, access_token, refresh_token, expires_in } = answer
    const idToken = String(id_token)
    return {
      ...{ idToken, claims: await readIdToken(idToken) },
      ...{ accessToken: String(access_token), expiresIn: Number(expires_in ?? 0) },
      ...(typeof refresh_token === 'string' ? { refreshToken: refresh_token } : {}),
    }
  }

  return {
    ...{ metadata, readLogoutToken },
    redeem: async (code, { redirectUri, verifier, nonce }) => {
      const request = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier }
      const tokens = await tokensFor(request)
      if (tokens.claims['nonce'] === nonce) return tokens
      throw refused('The ID token is not for this sign-in')
    },
    refresh: async (refreshToken, { sub, sid }) => {
      const tokens = await tokensFor({ grant_type: 'refresh_token', refresh_token: refreshToken })
      if (tokens.claims.sub === sub && tokens.claims.sid === sid) return tokens
      throw refused('The tokens are of another session')
    },
  }
}

function tokenRequest({ clientId, clientSecret }: Client, parameters: Record<string, string>): RequestInit {
  const headers = { Accept: 'application/json', 'Content-Type': 'application/x-www-form-urlencoded' }
  if (clientSecret === undefined)
    return { method: 'POST', headers, body: new URLSearchParams({ ...parameters, client_id: clientId }).toString() }
  // RFC 6749 §2.3.1: both are form-encoded first.
  const credentials = btoa([clientId, clientSecret].map((text) => encodeURIComponent(text)).join(':'))
  const signed = { ...headers, Authorization: `Basic ${credentials}` }
  return { method: 'POST', headers: signed, body: new URLSearchParams(parameters).toString() }
}
