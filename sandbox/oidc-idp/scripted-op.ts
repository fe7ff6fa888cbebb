// An OpenID provider that says whatever a test wants. Every answer has a truthful default, and a hook that replaces it.
// It records what it was asked. Its issuer may differ from its address, as in recorded tokens of real products.
import { randomUUID } from 'node:crypto'
import { serveOnLoopback } from '../sign-in/loopback.ts'
import { createSigningJwk, type SigningJwk } from './keys.ts'
import { createScriptedRoutes } from './scripted-routes.ts'
import { keyOf, type ScriptedState } from './scripted-state.ts'
import { type Claims, createLogoutToken, type LogoutTokenOptions, type SignJwtOptions, signJwt } from './tokens.ts'

export type ScriptedOpOptions = {
  /** What it claims to be; its own address unless told. */
  issuer?: string
  clientId: string
  clientSecret?: string
  keys?: readonly SigningJwk[]
  port?: number
}

export type ScriptedOp = ScriptedState & {
  /** Where the discovery document really is. */
  discoveryUrl: string
  /** Fetches from here what is addressed to the claimed issuer or to this address, and nothing else. */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>
  /** The callback address for an authorization address. */
  signIn(authorizationUrl: string): Promise<string>
  /** A back-channel logout token; parts are replaced by the options. */
  logoutToken(options?: Partial<LogoutTokenOptions>): Promise<string>
  signJwt(claims: Claims, options?: Partial<SignJwtOptions>): Promise<string>
  close(): Promise<void>
}

/** Starts it on 127.0.0.1. @throws Error if the port is taken. */
export async function createScriptedOp(options: ScriptedOpOptions): Promise<ScriptedOp> {
  const keys = [...(options.keys ?? [await createSigningJwk()])]
  const started = Promise.withResolvers<{ state: ScriptedState; app: ReturnType<typeof createScriptedRoutes> }>()
  const { origin, close } = await serveOnLoopback((origin) => {
    const state = stateOf(options, keys, origin)
    const app = createScriptedRoutes(state)
    started.resolve({ state, app })
    return app.fetch
  }, options.port)
  const { state, app } = await started.promise
  const key = (): SigningJwk => keyOf(state)
  // One object: routes and test look at the same script, keys and records.
  return Object.assign(state, {
    discoveryUrl: `${origin}${new URL(state.issuer).pathname.replace(/\/$/, '')}/.well-known/openid-configuration`,
    async fetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
      const request = new Request(input, init)
      const known = [origin, new URL(state.issuer).origin]
      if (!known.includes(new URL(request.url).origin)) throw new TypeError(`${request.url} is not of this provider`)
      return app.fetch(request)
    },
    async signIn(authorizationUrl: string): Promise<string> {
      const response = await fetch(authorizationUrl, { redirect: 'manual' })
      const location = response.headers.get('location')
      if (location === null) throw new Error(`No callback: ${await response.text()}`)
      return location
    },
    logoutToken: (changes: Partial<LogoutTokenOptions> = {}) =>
      createLogoutToken({ issuer: state.issuer, audience: state.clientId, key: key(), ...changes }),
    signJwt: (claims: Claims, changes: Partial<SignJwtOptions> = {}) => signJwt(claims, { key: key(), ...changes }),
    close,
  })
}

const stateOf = (options: ScriptedOpOptions, keys: SigningJwk[], origin: string): ScriptedState => ({
  origin,
  issuer: options.issuer ?? origin,
  clientId: options.clientId,
  clientSecret: options.clientSecret ?? randomUUID(),
  keys,
  script: { claims: { sub: 'person-1' }, now: () => new Date() },
  codes: new Map(),
  accessTokens: new Set(),
  authorizations: [],
  tokenRequests: [],
  userinfoRequests: [],
  jwksRequests: 0,
})
