// A host application in a test: openid-client as it is meant to be used, and a browser that follows redirects within Rolecall.
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type ClientAuth,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client'
import { createApplication } from '#access/applications/create-application.ts'
import type { TestOrganization } from './app.ts'

export const callback = 'https://app.example.com/callback'

export type Flow = { url: URL; verifier: string; state: string; nonce: string }

/** Where following redirects ended: at an answer of Rolecall's, or outside of it. */
export type Visited = { response: Response; at: URL; left?: URL }

export type Tokens = Awaited<ReturnType<typeof authorizationCodeGrant>>

export type RelyingParty = {
  clientId: string
  clientSecret: string
  config: Configuration
  begin(parameters?: Record<string, string>): Promise<Flow>
  /** Follows redirects as the browser with this Cookie header. */
  visit(url: URL | string, cookie?: string): Promise<Visited>
  finish(flow: Flow, left: URL | undefined, checks?: { maxAge?: number }): Promise<Tokens>
  /** The whole sign-in of a browser that is signed in to Rolecall. */
  signIn(cookie: string, parameters?: Record<string, string>): Promise<Tokens>
}

export async function createRelyingParty(
  app: { origin: string },
  organization: Pick<TestOrganization, 'ctx'>,
  options: {
    redirectUris?: string[]
    postLogoutRedirectUris?: string[]
    backchannelLogoutUri?: string
    auth?: (secret: string) => ClientAuth
  } = {},
): Promise<RelyingParty> {
  const { redirectUris = [callback], auth, ...rest } = options
  const made = await createApplication(organization.ctx, { name: 'Newsroom', redirectUris, ...rest })
  const { application, clientSecret } = { ...made, clientSecret: made.clientSecret ?? '' }
  const execute = { execute: [allowInsecureRequests] }
  const config = await discovery(new URL(app.origin), application.id, clientSecret, auth?.(clientSecret), execute)

  const party: RelyingParty = {
    ...{ clientId: application.id, clientSecret, config },
    begin: async (parameters = {}) => {
      const [verifier, state, nonce] = [randomPKCECodeVerifier(), randomState(), randomNonce()]
      const url = buildAuthorizationUrl(config, {
        ...{ redirect_uri: callback, scope: 'openid profile email', state, nonce },
        ...{ code_challenge: await calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' },
        ...parameters,
      })
      return { url, verifier, state, nonce }
    },
    visit: (url, cookie) => visit(app.origin, new URL(url, app.origin), cookie),
    finish: (flow, left, checks = {}) =>
      authorizationCodeGrant(config, left ?? new URL(callback), {
        ...{ pkceCodeVerifier: flow.verifier, expectedState: flow.state, expectedNonce: flow.nonce },
        ...checks,
      }),
    signIn: async (cookie, parameters) => {
      const flow = await party.begin(parameters)
      const { left, response } = await party.visit(flow.url, cookie)
      if (left === undefined) throw new Error(`Sign-in stayed at Rolecall: ${response.status} ${await response.text()}`)
      return party.finish(flow, left)
    },
  }
  return party
}

async function visit(origin: string, from: URL, cookie: string | undefined): Promise<Visited> {
  let at = from
  for (let count = 0; count < 10; count += 1) {
    const headers = { Accept: 'text/html', ...(cookie === undefined ? {} : { Cookie: cookie }) }
    const response = await fetch(at, { redirect: 'manual', headers })
    const location = response.headers.get('location')
    if (location === null) return { response, at }
    const next = new URL(location, at)
    if (next.origin !== origin) return { response, at, left: next }
    // The sign-in page is as far as a browser gets by itself.
    if (next.pathname === '/login') return { response, at: next }
    at = next
  }
  throw new Error('Redirected in circles')
}
