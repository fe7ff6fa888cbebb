// The kit for single-page applications: a public client in the browser, which keeps its tokens in the memory of the page.
import { beginFlow, type Flow, ownAddress, readAnswer, type SignInOptions } from './authorize.ts'
import { RolecallError } from './errors.ts'
import { createOpenId, type OpenId, type Tokens } from './openid.ts'
import { type Claims, refused } from './verify.ts'

export { RolecallError } from './errors.ts'
export type { Claims } from './verify.ts'

export type BrowserSettings = {
  /** The address of Rolecall. */
  issuer: string
  /** Of an application of the kind `public`, which names this page's origin (`browserOrigins`). */
  clientId: string
  /** A page of this application, as registered. */
  redirectUri: string
  scope?: string
  postLogoutRedirectUri?: string
}

export type BrowserRolecall = {
  /** To be called when a page opens: finishes a sign-in that comes back. @throws RolecallError sign_in_refused, unavailable */
  start(): Promise<Claims | undefined>
  /** Leaves the page. */
  signIn(options?: SignInOptions): Promise<void>
  /** Of whoever is signed in; of this moment's tokens. */
  claims(): Claims | undefined
  /** Good for half a minute at least; undefined where nobody is signed in any more. @throws RolecallError unavailable */
  accessToken(): Promise<string | undefined>
  /** Leaves the page. */
  signOut(): Promise<void>
}

type Held = { tokens: Tokens; goodUntil: number }

const flowKey = 'rolecall sign-in'

const earlyMillis = 30_000

export function createBrowserRolecall(settings: BrowserSettings): BrowserRolecall {
  const { issuer, clientId, redirectUri, scope = 'openid profile email' } = settings
  const openId = createOpenId({ issuer, clientId })
  let held: Held | undefined
  let refreshing: Promise<void> | undefined

  const hold = (tokens: Tokens | undefined): void => {
    held = tokens && { tokens, goodUntil: Date.now() + tokens.expiresIn * 1000 - earlyMillis }
  }
  /** A refresh token is good once, so that whoever asks meanwhile waits for the same. */
  const refresh = (tokens: Tokens): Promise<void> => {
    refreshing ??= refreshed(openId, tokens)
      .then(hold)
      .finally(() => {
        refreshing = undefined
      })
    return refreshing
  }

  return {
    start: async () => {
      const { pathname, origin, search } = location
      if (`${origin}${pathname}` === redirectUri && new URLSearchParams(search).has('state'))
        hold(await finish(openId, { issuer, redirectUri }))
      return held?.tokens.claims
    },
    signIn: async (options = {}) => {
      const { url, flow } = await beginFlow(await openId.metadata(), { clientId, redirectUri, scope }, options)
      sessionStorage.setItem(flowKey, JSON.stringify(flow))
      location.assign(url)
    },
    claims: () => held?.tokens.claims,
    accessToken: async () => {
      if (held !== undefined && held.goodUntil < Date.now()) await refresh(held.tokens)
      return held?.tokens.accessToken
    },
    signOut: async () => {
      const { end_session_endpoint } = await openId.metadata()
      const back = { post_logout_redirect_uri: settings.postLogoutRedirectUri ?? redirectUri, client_id: clientId }
      const hint = held === undefined ? {} : { id_token_hint: held.tokens.idToken }
      hold(undefined)
      location.assign(`${end_session_endpoint}?${new URLSearchParams({ ...back, ...hint })}`)
    },
  }
}

/** The address loses the code, and becomes the one that was asked for. */
async function finish(
  openId: OpenId,
  { issuer, redirectUri }: { issuer: string; redirectUri: string },
): Promise<Tokens> {
  const kept = sessionStorage.getItem(flowKey)
  sessionStorage.removeItem(flowKey)
  const answer = new URLSearchParams(location.search)
  history.replaceState(null, '', redirectUri)
  if (kept === null) throw refused('This sign-in was not begun here')
  const flow = JSON.parse(kept) as Flow
  history.replaceState(null, '', ownAddress(flow.returnTo, redirectUri))
  const code = readAnswer(answer, issuer, flow)
  return openId.redeem(code, { redirectUri, verifier: flow.verifier, nonce: flow.nonce })
}

/** Undefined where the session has ended. */
async function refreshed(openId: OpenId, { refreshToken, claims }: Tokens): Promise<Tokens | undefined> {
  if (refreshToken === undefined) return undefined
  return openId.refresh(refreshToken, claims).catch((error: unknown) => {
    if (error instanceof RolecallError && error.code === 'sign_in_refused') return undefined
    throw error
  })
}
