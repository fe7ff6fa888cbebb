// Logout by the provider: back-channel tokens (OpenID Connect Back-Channel Logout 1.0) and front-channel calls.
import { createLocalJWKSet, decodeProtectedHeader, type JWTPayload, jwtVerify } from 'jose'
import { connectionSessionsEnd } from '#access/sign-in/sessions/end-sessions.ts'
import { markMessageUsed } from '#access/sign-in/used-messages.ts'
import type { OidcConnection } from '#connections/sign-in/connections.ts'
import { AppError, invalid } from '#platform/errors.ts'
import { isRecord } from '#platform/json.ts'
import { type CallContext, inTransaction } from '#src/context.ts'
import type { OidcClients } from './clients.ts'

const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout'
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']
const skewSeconds = 60
const maxAgeSeconds = 300

/** Ends the sessions that the token names. @throws AppError invalid for a token that is not valid; nothing ends then */
export async function endByLogoutToken(
  clients: OidcClients,
  ctx: CallContext,
  connection: OidcConnection,
  token: string,
): Promise<void> {
  const claims = await verify(clients, ctx, connection, token)
  const { jti, iat = 0, sub, sid } = claims
  const event = isRecord(claims['events']) ? claims['events'][logoutEvent] : undefined
  if (!isRecord(event)) throw wrong('it has no logout event')
  if ('nonce' in claims) throw wrong('it has a nonce')
  if (typeof jti !== 'string' || jti === '') throw wrong('it has no jti')
  const names = [sub, sid].filter((name) => name !== undefined)
  if (names.length === 0 || !names.every((name) => typeof name === 'string' && name !== ''))
    throw wrong('it names nobody')
  const expiresAt = new Date((iat + maxAgeSeconds + 2 * skewSeconds) * 1000).toISOString()
  await inTransaction(ctx, async (tx) => {
    if (!(await markMessageUsed(tx, ctx, connection.id, { id: `logout\n${jti}`, expiresAt })))
      throw wrong('it was used before')
    const subject = subjectOf(connection, claims)
    const providerSession = typeof sid === 'string' ? sid : undefined
    if (subject === undefined && providerSession === undefined) throw wrong('it names nobody as this connection does')
    await tx.commitWith(
      connectionSessionsEnd(ctx, connection.id, { reason: 'provider_logout', subject, providerSession }),
    )
  })
}

/** The person as their identity has them; Entra's is made of other claims than `sub`. */
function subjectOf({ settings }: OidcConnection, claims: JWTPayload): string | undefined {
  const parts = settings.subjectClaims.map((name) => claims[name])
  return parts.every((part) => typeof part === 'string' && part !== '') ? parts.join(':') : undefined
}

async function verify(
  clients: OidcClients,
  ctx: CallContext,
  connection: OidcConnection,
  token: string,
): Promise<JWTPayload> {
  try {
    const { kid } = decodeProtectedHeader(token)
    const keys = await clients.keysFor(ctx, connection, kid)
    const { issuer, clientId } = connection.settings
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys as Parameters<typeof createLocalJWKSet>[0]), {
      algorithms,
      issuer,
      audience: clientId,
      clockTolerance: skewSeconds,
      currentDate: ctx.clock.now(),
      maxTokenAge: maxAgeSeconds,
      requiredClaims: ['iss', 'aud', 'iat', 'jti', 'events'],
    })
    return payload
  } catch (error) {
    if (error instanceof AppError) throw error
    throw invalid(
      `The logout token is not valid: ${error instanceof Error ? error.message.slice(0, 200) : 'unreadable'}`,
      'logout_token',
    )
  }
}

const wrong = (why: string): AppError => invalid(`The logout token is not valid: ${why}`, 'logout_token')

/**
 * OpenID Connect Front-Channel Logout 1.0: the provider's session, which nobody can guess, is what is ended. Without its name
 * nothing is, since the call has no other proof.
 */
export async function endByProviderSession(
  ctx: CallContext,
  connection: OidcConnection,
  input: { issuer: string | undefined; providerSession: string | undefined },
): Promise<void> {
  const { issuer, providerSession } = input
  if (issuer !== connection.settings.issuer || providerSession === undefined || providerSession.length < 8) {
    throw invalid('The logout names no session of this provider', 'logout')
  }
  const end = connectionSessionsEnd(ctx, connection.id, { reason: 'provider_logout', providerSession })
  await inTransaction(ctx, (tx) => tx.commitWith(end))
}
