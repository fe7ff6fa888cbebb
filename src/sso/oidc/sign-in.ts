// OpenID Connect as a relying party: the way to the provider (code flow, PKCE S256, nonce) and what comes back (RFC 9207 `iss`,
// ID token with signature, and the checks that the library leaves to us).
import { createHash } from 'node:crypto'
import * as client from 'openid-client'
import type { ExternalIdentity } from '#access/sign-in/external-identity.ts'
import { noted, passed, refuse, type Trace } from '#access/sign-in/trace.ts'
import type { OidcConnection } from '#connections/sign-in/connections.ts'
import type { CallContext } from '#src/context.ts'
import { type Claims, shownClaims } from './claim-path.ts'
import type { OidcClients } from './clients.ts'
import { causeOf, refuseAnswer, refuseWith } from './faults.ts'
import { identityOfClaims } from './profile.ts'

export type OidcSecret = { nonce: string; verifier: string }

const maxTokenAgeSeconds = 600
const skewSeconds = 60
/** Providers give minutes or hours; what is good for longer was made for something else, or by nobody who cares. */
const maxLifetimeSeconds = 86_400
/** OpenID Connect Core 2: sub has at most 255 characters. */
const maxSubject = 255

/** Where the browser goes, and what has to be remembered until it is back. @throws AppError invalid */
export async function authorizationUrl(
  clients: OidcClients,
  ctx: CallContext,
  connection: OidcConnection,
  request: { state: string; redirectUri: string; forceAuthn: boolean; loginHint?: string | undefined },
): Promise<{ url: string; secret: OidcSecret }> {
  const configuration = await clients.clientFor(ctx, connection)
  const secret = {
    nonce: ctx.randomBytes(32).toString('base64url'),
    verifier: ctx.randomBytes(32).toString('base64url'),
  }
  const url = client.buildAuthorizationUrl(configuration, {
    redirect_uri: request.redirectUri,
    scope: offered(connection, configuration).join(' '),
    state: request.state,
    nonce: secret.nonce,
    code_challenge: createHash('sha256').update(secret.verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...(request.loginHint === undefined ? {} : { login_hint: request.loginHint }),
    ...(request.forceAuthn ? { prompt: 'login', max_age: '0' } : {}),
  })
  return { url: url.href, secret }
}

/** Scopes that the provider lists; all where it lists none. Okta answers an unknown one with an error. */
function offered({ settings }: OidcConnection, configuration: client.Configuration): string[] {
  const supported = configuration.serverMetadata().scopes_supported
  return settings.scopes.filter((scope) => scope === 'openid' || supported === undefined || supported.includes(scope))
}

/** Where the browser ends its session at the provider (RP-Initiated Logout 1.0); undefined where the provider has no such page. */
export function endSessionUrl(
  configuration: client.Configuration,
  options: { idToken: string | undefined; returnTo: string },
): string | undefined {
  if (configuration.serverMetadata().end_session_endpoint === undefined) return undefined
  const hint = options.idToken === undefined ? {} : { id_token_hint: options.idToken }
  return client.buildEndSessionUrl(configuration, { post_logout_redirect_uri: options.returnTo, ...hint }).href
}

/** Exchanges the code and verifies what comes for it. @throws SignInRefused; AppError unavailable */
export async function verifyCallback(
  clients: OidcClients,
  ctx: CallContext,
  connection: OidcConnection,
  answer: { url: URL; state: string; secret: OidcSecret; trace: Trace },
): Promise<ExternalIdentity> {
  const { url, state, secret, trace } = answer
  if (url.searchParams.get('error') !== null) return refuseAnswer(trace, url.searchParams)
  const configuration = await clients.clientFor(ctx, connection).catch((error: unknown) => refuseWith(trace, error))
  const tokens = await client
    .authorizationCodeGrant(configuration, url, {
      expectedState: state,
      expectedNonce: secret.nonce,
      pkceCodeVerifier: secret.verifier,
      idTokenExpected: true,
    })
    .catch((error: unknown) => refuseWith(trace, error))
  const claims = tokens.claims() as Claims | undefined
  if (claims === undefined || tokens.id_token === undefined)
    return refuse(trace, 'id_token', 'The provider sent no ID token')
  passed(trace, 'id_token', 'Signature, issuer, audience, nonce and times')
  checkFurther(
    ctx,
    connection,
    { claims, accessToken: tokens.access_token, code: url.searchParams.get('code') ?? '' },
    trace,
  )
  const userinfo = await fetchUserinfo(configuration, connection, tokens.access_token, claims, trace)
  trace.received = { idToken: shownClaims(claims), userinfo: shownClaims(userinfo ?? {}) }
  const isWhole = userinfo !== undefined && isGranted(connection, tokens.scope)
  const identity = identityOfClaims(connection, { idToken: claims, userinfo: userinfo ?? {}, isWhole }, trace)
  // A session that is over at once would send the browser round in circles.
  if (identity.notAfter !== null && Date.parse(identity.notAfter) <= ctx.clock.now().getTime())
    refuse(trace, 'session_ended', 'The session at the provider has ended (session_expiry)')
  return { ...identity, idToken: tokens.id_token }
}

/** Whether the provider has not left out the scope that brings groups (RFC 6749 5.1: without a word, all were granted). */
const isGranted = ({ settings }: OidcConnection, granted: string | undefined): boolean =>
  granted === undefined || !settings.scopes.includes('groups') || granted.split(' ').includes('groups')

/** On top of the library: azp, age, lifetime, sub, at_hash and c_hash (OpenID Connect Core 2, 3.1.3.7, 3.1.3.8, 3.3.2.11). */
function checkFurther(
  ctx: CallContext,
  { settings }: OidcConnection,
  token: { claims: Claims; accessToken: string; code: string },
  trace: Trace,
): void {
  const { claims } = token
  const audiences = Array.isArray(claims['aud']) ? claims['aud'] : [claims['aud']]
  const authorizedParty = claims['azp']
  if (authorizedParty !== undefined && authorizedParty !== settings.clientId)
    refuse(trace, 'azp', `The ID token was issued to another client (azp ${String(authorizedParty).slice(0, 200)})`)
  if (audiences.length > 1 && authorizedParty === undefined)
    refuse(trace, 'azp', 'The ID token has several audiences and does not say which of them asked (azp)')
  const [issued, now] = [Number(claims['iat']), ctx.clock.now().getTime() / 1000]
  const age = Math.round(now - issued)
  if (!(issued <= now + skewSeconds))
    refuse(trace, 'iat', `The ID token was issued ${-age} seconds in the future; compare the clocks`)
  if (!(issued >= now - maxTokenAgeSeconds))
    refuse(trace, 'iat', `The ID token is ${age} seconds old, and may be ${maxTokenAgeSeconds}`)
  if (!(Number(claims['exp']) - issued <= maxLifetimeSeconds))
    refuse(trace, 'lifetime', 'The ID token is good for more than a day, so it is none for a sign-in')
  if (String(claims['sub']).length > maxSubject)
    refuse(trace, 'subject', `The ID token names the person by more than ${maxSubject} characters (sub)`)
  const [ofToken, ofCode] = [claims['at_hash'], claims['c_hash']]
  if (ofToken !== undefined && !hashesOf(token.accessToken).includes(String(ofToken)))
    refuse(trace, 'at_hash', 'The ID token was issued with another access token (at_hash)')
  if (ofCode !== undefined && !hashesOf(token.code).includes(String(ofCode)))
    refuse(trace, 'c_hash', 'The ID token was issued for another code (c_hash)')
  passed(trace, 'azp, iat, exp, sub, at_hash, c_hash')
}

/** By each hash that goes with a signing algorithm; which one it was does not matter for what it proves. */
const hashesOf = (text: string): string[] =>
  ['sha256', 'sha384', 'sha512'].map((name) => {
    const digest = createHash(name).update(text).digest()
    return digest.subarray(0, digest.length / 2).toString('base64url')
  })

/** Nothing of a provider that has no userinfo; undefined where it could not be had. */
async function fetchUserinfo(
  configuration: client.Configuration,
  { settings }: OidcConnection,
  accessToken: string,
  claims: Claims,
  trace: Trace,
): Promise<Claims | undefined> {
  if (!settings.usesUserinfo || configuration.serverMetadata().userinfo_endpoint === undefined) return {}
  try {
    const userinfo = await client.fetchUserInfo(configuration, accessToken, String(claims['sub']))
    passed(trace, 'userinfo', 'Of the same subject')
    return userinfo as Claims
  } catch (error) {
    // Another subject is an attack or a broken provider. One that does not answer has told the essential in the token.
    if (isMismatch(error)) refuse(trace, 'userinfo', 'Userinfo is that of another subject than the ID token')
    noted(trace, 'userinfo', `Not available: ${causeOf(error)}`)
    return undefined
  }
}

const isMismatch = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED'
