// Lets a scripted provider play a recorded ID token (kind `oidc-id-token`, format idp-replay/1).
import type { ScriptedOp } from './scripted-op.ts'
import type { Claims } from './tokens.ts'

export type OidcIdTokenFixture = {
  kind: 'oidc-id-token'
  name: string
  idp: string
  discovery: { issuer: string; [fact: string]: unknown }
  idTokenClaims: Claims
  userinfo?: Claims
  requestedScopes?: string[]
  expect: Record<string, unknown>
}

/** The claims of a fixture for a client. The nonce is left to the provider, which knows it. */
export function fixtureClaims(fixture: OidcIdTokenFixture, clientId: string): Claims {
  const fill = (value: unknown) => (value === '{{clientId}}' ? clientId : value)
  const claims = Object.entries(fixture.idTokenClaims).filter(([, value]) => value !== '{{nonce}}')
  return Object.fromEntries(claims.map(([name, value]) => [name, Array.isArray(value) ? value.map(fill) : fill(value)]))
}

/** Makes a provider, which was started with the fixture's issuer, say what the fixture says. Endpoints stay its own. */
export function playFixture(op: ScriptedOp, fixture: OidcIdTokenFixture): void {
  const own = new Set([
    'issuer',
    'authorization_endpoint',
    'token_endpoint',
    'jwks_uri',
    'userinfo_endpoint',
    'end_session_endpoint',
  ])
  const facts = Object.entries(fixture.discovery).filter(([name, value]) => value === null || !own.has(name))
  op.script.claims = fixtureClaims(fixture, op.clientId)
  if (fixture.userinfo !== undefined) op.script.userinfo = fixture.userinfo
  // null in a fixture: the product's document has no such entry.
  op.script.discovery = (document) =>
    Object.fromEntries(
      Object.entries({ ...document, ...Object.fromEntries(facts) }).filter(([, value]) => value !== null),
    )
}
