// What a scripted OpenID provider is told and what it remembers.
import type { SigningJwk } from './keys.ts'
import type { Claims, SignJwtOptions } from './tokens.ts'

export type RecordedTokenRequest = {
  parameters: Record<string, string>
  authorization: string | undefined
  /** How the client proved itself. */
  authMethod: 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' | 'none'
}

/** What the test decides. Each hook gets the truthful value. */
export type Script = {
  /** Claims of the person who signs in. */
  claims: Claims
  userinfo?: Claims
  discovery?: (document: Claims) => unknown
  jwks?: (jwks: { keys: unknown[] }) => unknown
  /** The query of the callback: `code`, `state`, `iss`. undefined removes. */
  callback?: (parameters: Record<string, string>) => Record<string, string | undefined>
  /** The whole ID token, from its truthful claims. */
  idToken?: (claims: Claims) => string | Promise<string>
  /** Replaces how the truthful claims are signed. */
  signature?: Partial<SignJwtOptions>
  /** The body of the token endpoint's answer, or a whole answer. */
  token?: (body: Claims, request: RecordedTokenRequest) => unknown
  /** The body of the userinfo endpoint's answer, or a whole answer. */
  answerUserinfo?: (body: Claims) => unknown
  now: () => Date
}

/** An authorization code and what it was given for. */
export type IssuedCode = { parameters: Record<string, string>; isUsed: boolean }

export type ScriptedState = {
  origin: string
  issuer: string
  clientId: string
  clientSecret: string
  /** Published keys; the first one signs. May be replaced. */
  keys: SigningJwk[]
  script: Script
  codes: Map<string, IssuedCode>
  /** Access tokens that userinfo takes. */
  accessTokens: Set<string>
  authorizations: Record<string, string>[]
  tokenRequests: RecordedTokenRequest[]
  userinfoRequests: (string | undefined)[]
  /** How often the keys were fetched. */
  jwksRequests: number
}

/** The key that signs. @throws Error if the test took all keys away */
export function keyOf(state: ScriptedState): SigningJwk {
  const [key] = state.keys
  if (key === undefined) throw new Error('The scripted provider has no key')
  return key
}
