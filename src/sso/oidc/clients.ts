// What is known of OpenID providers: discovery documents and keys, kept per connection for a while, and the client made of
// them. Everything is fetched through the guarded way out.
import * as client from 'openid-client'
import { type OidcConnection, openConnectionSecret } from '#connections/sign-in/connections.ts'
import { discover, documentLimits } from '#connections/sign-in/discovery.ts'
import { AppError, invalid } from '#platform/errors.ts'
import { type CallContext, nowOf } from '#src/context.ts'
import { importPrivateKey } from './client-key.ts'
import { saysError, tokenEndpointFault, userinfoFault } from './faults.ts'

type Known = { metadata: client.ServerMetadata; fetchedAt: number; keys: KeyStore }

type Keys = { jwks: { keys: { kid?: string }[] }; fetchedAt: number }

type Asker = 'sign_in' | 'logout'

type KeyStore = {
  found: Keys | undefined
  /** When they were last looked for anew; apart, since anybody can send a logout token with an invented key. */
  triedAt: Record<Asker, number>
  /** What is under way, for everybody who asks meanwhile. */
  pending: Promise<Keys['jwks']> | undefined
}

export type OidcClients = {
  /** @throws AppError invalid (reasons `address`, `unreachable`, `discovery`) */
  clientFor(ctx: CallContext, connection: OidcConnection): Promise<client.Configuration>
  /** The provider's keys for a logout token; fetched anew, once a minute, where `kid` is unknown. @throws AppError invalid */
  keysFor(ctx: CallContext, connection: OidcConnection, kid: string | undefined): Promise<Keys['jwks']>
}

const freshMillis = 60 * 60_000
const staleMillis = 24 * 60 * 60_000
const freshKeysMillis = 5 * 60_000
/** Tokens with invented key ids must not make us ask all the time. */
const refetchMillis = 60_000
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
      const metadata = (await discover(ctx, connection.settings.issuer)) as client.ServerMetadata
      const fresh: Known = {
        metadata,
        fetchedAt: now,
        keys: known?.keys ?? noKeys(),
      }
      if (providers.size >= rememberedProviders) providers.clear()
      providers.set(key, fresh)
      return fresh
    } catch (error) {
      // A provider that is down for a while does not lock out whom its token endpoint still serves.
      if (known !== undefined && now - known.fetchedAt < staleMillis) return known
      throw error
    }
  }

  async function keysOf(ctx: CallContext, known: Known, { kid, asker }: Wanted): Promise<Keys['jwks']> {
    const now = ctx.clock.now().getTime()
    const { keys } = known
    const hasKey = holdsKey(keys.found, kid)
    if (keys.found !== undefined && isUsable(keys.found, { hasKey, triedAt: keys.triedAt[asker], now }))
      return keys.found.jwks
    if (keys.found !== undefined) keys.triedAt[asker] = now
    keys.pending ??= fetchKeys(ctx, known.metadata)
      .then((jwks) => {
        keys.found = { jwks, fetchedAt: now }
        return jwks
      })
      .finally(() => {
        keys.pending = undefined
      })
    return keys.pending
  }

  return {
    clientFor: async (ctx, connection) => {
      const known = await knownOf(ctx, connection)
      return configure(ctx, connection, known.metadata, (kid) => keysOf(ctx, known, { kid, asker: 'sign_in' }))
    },
    keysFor: async (ctx, connection, kid) => keysOf(ctx, await knownOf(ctx, connection), { kid, asker: 'logout' }),
  }
}

type Wanted = { kid: string | undefined; asker: Asker }

const noKeys = (): KeyStore => ({ found: undefined, triedAt: { sign_in: 0, logout: 0 }, pending: undefined })

async function fetchKeys(ctx: CallContext, { jwks_uri: url = '' }: client.ServerMetadata): Promise<Keys['jwks']> {
  const answer = await ctx.outgoing.fetch(url, { headers: { Accept: 'application/json' }, ...documentLimits })
  if (answer.status !== 200) throw invalid(`The provider's keys could not be fetched (${answer.status})`, 'unreachable')
  const jwks = (await answer.json().catch(() => undefined)) as Keys['jwks'] | undefined
  if (!Array.isArray(jwks?.keys)) throw invalid("The provider's keys cannot be read", 'discovery')
  return jwks
}

const holdsKey = (keys: Keys | undefined, kid: string | undefined): boolean =>
  kid === undefined || keys?.jwks.keys.some((key) => key.kid === kid) === true

/** Young and with the key; or looked for a moment ago, be it in vain. */
const isUsable = (keys: Keys, { hasKey, triedAt, now }: { hasKey: boolean; triedAt: number; now: number }): boolean =>
  (now - keys.fetchedAt < freshKeysMillis && hasKey) || now - triedAt < refetchMillis

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
    { ...metadata, userinfo_signing_alg_values_supported: userinfoAlgorithms(metadata) },
    clientId,
    options,
    await authentication(ctx, connection),
  )
  let kid: string | undefined
  configuration[client.customFetch] = async (url, init) => {
    if (url === metadata.jwks_uri) return Response.json(await keys(kid))
    const answer = await ctx.outgoing.fetch(url, {
      method: init.method,
      maxBytes: documentLimits.maxBytes,
      headers: init.headers,
      ...(init.body === undefined || init.body === null ? {} : { body: bodyText(init.body) }),
    })
    const [read, token] = await readAnswer(metadata, String(url), answer)
    kid = keyIdOf(token) ?? kid
    return read
  }
  client.enableNonRepudiationChecks(configuration)
  // Plain http reaches loopback addresses only, and those only where the operator allows it (platform/outgoing.ts).
  client.allowInsecureRequests(configuration)
  return configuration
}

/** The answer as the library may read it, and the token in it that is to be verified. @throws AppError invalid where it is an error */
async function readAnswer(
  metadata: client.ServerMetadata,
  url: string,
  answer: Response,
): Promise<[read: Response, token: unknown]> {
  const [isToken, isUserinfo] = [url === metadata.token_endpoint, url === metadata.userinfo_endpoint]
  if (!isToken && !isUserinfo) return [answer, undefined]
  const text = await answer.text()
  if (isUserinfo && !answer.ok) throw userinfoFault(answer.status, answer.headers.get('www-authenticate'), text)
  if (isToken && (!answer.ok || saysError(text))) throw tokenEndpointFault(answer.status, text)
  const read = new Response(text, { status: answer.status, headers: answer.headers })
  return [read, isToken ? idTokenIn(text) : isJwt(answer) ? text : undefined]
}

/** The tests' clock, and nothing on a real one. */
const clockSkew = (ctx: CallContext): number =>
  Math.round((Date.parse(nowOf(ctx)) - performance.timeOrigin - performance.now()) / 1000)

const bodyText = (body: unknown): string => (body instanceof URLSearchParams ? body.toString() : String(body))

const isJwt = ({ headers }: Response): boolean => /^application\/jwt\b/i.test(headers.get('content-type') ?? '')

/** Signatures of userinfo (OpenID Connect Core 5.3.2): with a key that the provider publishes, whatever else it would take. */
function userinfoAlgorithms(metadata: client.ServerMetadata): string[] {
  const said = metadata.userinfo_signing_alg_values_supported ?? metadata.id_token_signing_alg_values_supported
  return (said ?? ['RS256']).filter((name) => name !== 'none' && !name.startsWith('HS'))
}

function idTokenIn(text: string): unknown {
  try {
    return (JSON.parse(text) as { id_token?: unknown }).id_token
  } catch {
    return undefined
  }
}

/** The key that a token asks for, before anything of it is believed. */
function keyIdOf(token: unknown): string | undefined {
  if (typeof token !== 'string') return undefined
  try {
    const header = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid?: unknown }
    return typeof header.kid === 'string' ? header.kid : undefined
  } catch {
    return undefined
  }
}

/**
 * Both parts are form-encoded (RFC 6749 2.3.1), and no further than forms are: the library also encodes `-`, `_` and `.`, which
 * most secrets have and which providers that decode nothing, LemonLDAP::NG among them, take for another secret.
 */
const secretBasic =
  (secret: string): client.ClientAuth =>
  (_server, { client_id: clientId }, _body, headers) =>
    headers.set('authorization', `Basic ${btoa(`${formEncoded(clientId)}:${formEncoded(secret)}`)}`)

const formEncoded = (text: string): string => new URLSearchParams({ '': text }).toString().slice(1)

async function authentication(ctx: CallContext, connection: OidcConnection): Promise<client.ClientAuth> {
  const secret = openConnectionSecret(ctx, connection)
  if (secret === null) throw new AppError('internal', 'The connection has no client secret')
  const { clientAuthentication, publicJwk } = connection.settings
  if (clientAuthentication === 'client_secret_post') return client.ClientSecretPost(secret)
  if (clientAuthentication === 'client_secret_basic') return secretBasic(secret)
  const kid = String(publicJwk?.['kid'] ?? '')
  return client.PrivateKeyJwt({ key: await importPrivateKey(secret), kid })
}
