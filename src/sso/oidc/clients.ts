// What is known of OpenID providers: discovery documents and keys, kept per connection for a while, and the client made of
// them. Everything is fetched through the guarded way out.
import * as client from 'openid-client'
import { type OidcConnection, openConnectionSecret } from '#connections/sign-in/connections.ts'
import { AppError, invalid } from '#platform/errors.ts'
import { type CallContext, nowOf } from '#src/context.ts'
import { importPrivateKey } from './client-key.ts'

type Known = { metadata: client.ServerMetadata; fetchedAt: number; keys: Keys | undefined }

type Keys = {
  jwks: { keys: { kid?: string }[] }
  fetchedAt: number /** When a key was last missed. */
  missedAt: number
}

export type OidcClients = {
  /** @throws AppError invalid (reasons `address`, `unreachable`, `discovery`) */
  clientFor(ctx: CallContext, connection: OidcConnection): Promise<client.Configuration>
  /** The provider's keys; fetched anew where `kid` is none of those that are known. @throws AppError invalid */
  keysFor(ctx: CallContext, connection: OidcConnection, kid: string | undefined): Promise<Keys['jwks']>
}

const freshMillis = 60 * 60_000
const staleMillis = 24 * 60 * 60_000
const freshKeysMillis = 5 * 60_000
/** Tokens with invented key ids must not make us ask all the time. */
const refetchMillis = 10_000
const rememberedProviders = 500
/** Seconds by which clocks may differ. */
const skewSeconds = 60

export function createOidcClients(): OidcClients {
  const providers = new Map<string, Known>()

  async function knownOf(ctx: CallContext, connection: OidcConnection): Promise<Known> {
    const key = `${connection.id} ${connection.settings.issuer}`
    const known = providers.get(key)
    const now = ctx.clock.now().getTime()
    if (known !== undefined && now - known.fetchedAt < freshMillis) return known
    try {
      const metadata = await discover(ctx, connection.settings.issuer)
      const fresh: Known = { metadata, fetchedAt: now, keys: known?.keys }
      if (providers.size >= rememberedProviders) providers.clear()
      providers.set(key, fresh)
      return fresh
    } catch (error) {
      // A provider that is down for a while does not lock out whom its token endpoint still serves.
      if (known !== undefined && now - known.fetchedAt < staleMillis) return known
      throw error
    }
  }

  async function keysOf(ctx: CallContext, known: Known, kid: string | undefined): Promise<Keys['jwks']> {
    const now = ctx.clock.now().getTime()
    const { keys } = known
    const hasKey = holdsKey(keys, kid)
    if (keys !== undefined && isUsable(keys, hasKey, now)) return keys.jwks
    const answer = await ctx.outgoing.fetch(known.metadata.jwks_uri ?? '', { headers: { Accept: 'application/json' } })
    if (answer.status !== 200)
      throw invalid(`The provider's keys could not be fetched (${answer.status})`, 'unreachable')
    const jwks = (await answer.json()) as Keys['jwks']
    if (!Array.isArray(jwks?.keys)) throw invalid("The provider's keys cannot be read", 'discovery')
    known.keys = { jwks, fetchedAt: now, missedAt: hasKey || keys === undefined ? (keys?.missedAt ?? 0) : now }
    return jwks
  }

  return {
    clientFor: async (ctx, connection) => {
      const known = await knownOf(ctx, connection)
      return configure(ctx, connection, known.metadata, (kid) => keysOf(ctx, known, kid))
    },
    keysFor: async (ctx, connection, kid) => keysOf(ctx, await knownOf(ctx, connection), kid),
  }
}

const holdsKey = (keys: Keys | undefined, kid: string | undefined): boolean =>
  kid === undefined || keys?.jwks.keys.some((key) => key.kid === kid) === true

/** Young enough; and with the key, or looked for in vain a moment ago. */
const isUsable = (keys: Keys, hasKey: boolean, now: number): boolean =>
  now - keys.fetchedAt < freshKeysMillis && (hasKey || now - keys.missedAt < refetchMillis)

/** OpenID Connect Discovery 1.0; the issuer in the document has to be the configured one, to the letter. */
async function discover(ctx: CallContext, issuer: string): Promise<client.ServerMetadata> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const answer = await ctx.outgoing.fetch(url, { headers: { Accept: 'application/json' } })
  if (answer.status !== 200) throw invalid(`The provider's discovery document answered ${answer.status}`, 'discovery')
  const document = (await answer.json().catch(() => undefined)) as client.ServerMetadata | undefined
  if (document === undefined || document === null || typeof document !== 'object')
    throw invalid("The provider's discovery document is no JSON", 'discovery')
  if (document.issuer !== issuer)
    throw invalid(
      `The discovery document is that of ${String(document.issuer).slice(0, 200)}, not of ${issuer}`,
      'discovery',
    )
  for (const name of ['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const) {
    if (typeof document[name] !== 'string') throw invalid(`The discovery document names no ${name}`, 'discovery')
    ctx.outgoing.check(document[name])
  }
  return document
}

/** One client object for one sign-in, so that the keys that it sees are those that `keys` decides on. */
async function configure(
  ctx: CallContext,
  connection: OidcConnection,
  metadata: client.ServerMetadata,
  keys: (kid: string | undefined) => Promise<Keys['jwks']>,
): Promise<client.Configuration> {
  const { clientId } = connection.settings
  const options = { [client.clockTolerance]: skewSeconds, [client.clockSkew]: clockSkew(ctx) }
  const configuration = new client.Configuration(
    { ...metadata },
    clientId,
    options,
    await authentication(ctx, connection),
  )
  let kid: string | undefined
  configuration[client.customFetch] = async (url, init) => {
    if (url === metadata.jwks_uri) return Response.json(await keys(kid))
    const answer = await ctx.outgoing.fetch(url, {
      method: init.method,
      headers: init.headers,
      ...(init.body === undefined || init.body === null ? {} : { body: bodyText(init.body) }),
    })
    if (url !== metadata.token_endpoint) return answer
    const text = await answer.text()
    kid = keyIdOf(text)
    return new Response(text, { status: answer.status, headers: answer.headers })
  }
  client.enableNonRepudiationChecks(configuration)
  // Plain http reaches loopback addresses only, and those only where the operator allows it (platform/outgoing.ts).
  client.allowInsecureRequests(configuration)
  return configuration
}

/** The tests' clock, and nothing on a real one. */
const clockSkew = (ctx: CallContext): number =>
  Math.round((Date.parse(nowOf(ctx)) - performance.timeOrigin - performance.now()) / 1000)

const bodyText = (body: unknown): string => (body instanceof URLSearchParams ? body.toString() : String(body))

/** The key that a token endpoint's answer asks for, before anything of it is believed. */
function keyIdOf(text: string): string | undefined {
  try {
    const token = (JSON.parse(text) as { id_token?: unknown }).id_token
    if (typeof token !== 'string') return undefined
    const header = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid?: unknown }
    return typeof header.kid === 'string' ? header.kid : undefined
  } catch {
    return undefined
  }
}

async function authentication(ctx: CallContext, connection: OidcConnection): Promise<client.ClientAuth> {
  const secret = openConnectionSecret(ctx, connection)
  if (secret === null) throw new AppError('internal', 'The connection has no client secret')
  const { clientAuthentication, publicJwk } = connection.settings
  if (clientAuthentication === 'client_secret_post') return client.ClientSecretPost(secret)
  if (clientAuthentication === 'client_secret_basic') return client.ClientSecretBasic(secret)
  const kid = String(publicJwk?.['kid'] ?? '')
  return client.PrivateKeyJwt({ key: await importPrivateKey(secret), kid })
}
