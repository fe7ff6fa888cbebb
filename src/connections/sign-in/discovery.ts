// What an OpenID provider says of itself (OpenID Connect Discovery 1.0): read when a connection is set up, before it opens, and
// while people sign in.
import { type AppError, invalid } from '#platform/errors.ts'
import type { CallContext } from '#src/context.ts'

export type DiscoveryDocument = {
  issuer: string
  authorization_endpoint: string
  token_endpoint: string
  jwks_uri: string
  [name: string]: unknown
}

type Way = Pick<CallContext, 'outgoing'>

/** No provider has that much to say of itself, or takes that long. */
export const documentLimits = { maxBytes: 262_144, timeoutMillis: 3_000 }

/**
 * The document of exactly this issuer, to the letter (OpenID Connect Discovery 4.3).
 * @throws AppError invalid (reasons `address`, `unreachable`, `discovery`; `unfit_provider` where nobody could sign in through it)
 *   naming what it says instead
 */
export async function discover(ctx: Way, issuer: string): Promise<DiscoveryDocument> {
  const document = await readDocument(ctx, issuer)
  if (document['issuer'] !== issuer) throw wrongIssuer(String(document['issuer']), issuer)
  return usable(ctx, document)
}

/** Why nobody can sign in through a provider that says this of itself: its address is right, and asking again is of no use. */
export const unfitProvider = 'unfit_provider'

function usable(ctx: Way, said: Record<string, unknown>): DiscoveryDocument {
  const document = asNamed(said)
  for (const name of ['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const) {
    const address = document[name]
    if (typeof address !== 'string' || address === '')
      throw invalid(`The discovery document names no ${name}`, unfitProvider)
    ctx.outgoing.check(address)
  }
  const responses = textsIn(document['response_types_supported'])
  if (responses !== undefined && !responses.includes('code'))
    throw unfit('response_types_supported', responses, 'and “code”, the authorization code flow, is needed')
  const algorithms = textsIn(document['id_token_signing_alg_values_supported'])
  if (algorithms !== undefined && !algorithms.some((name) => verified.test(name)))
    throw unfit(
      'id_token_signing_alg_values_supported',
      algorithms,
      'and ID tokens are verified by a key that the provider publishes, such as with RS256',
    )
  // Just looked at.
  return document as DiscoveryDocument
}

/**
 * Members are of the kind that their names have in the standard (Discovery 3): texts in lists, addresses. What is of another kind says
 * nothing, so that whoever reads the document later does not stumble over it.
 */
const asNamed = (document: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(document)
      .map(([name, value]) => [name, ofItsKind(name, value)] as const)
      .filter(([, value]) => value !== undefined),
  )

function ofItsKind(name: string, value: unknown): unknown {
  if (/_(parameter|logout|logout_session)_supported$/.test(name)) return typeof value === 'boolean' ? value : undefined
  if (name.endsWith('_supported')) return textsIn(value)
  if (/_(endpoint|uri)$/.test(name)) return typeof value === 'string' && URL.canParse(value) ? value : undefined
  return value
}

/** Signatures that a published key verifies. */
const verified = /^(?:(?:RS|PS|ES)(?:256|384|512)|EdDSA|Ed25519)$/

/** Undefined where it is left out, or no list: what is not said cannot be gone by. */
const textsIn = (value: unknown): string[] | undefined =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : undefined

const unfit = (name: string, values: readonly string[], needed: string): AppError =>
  invalid(
    `The discovery document has ${values.length === 0 ? 'nothing' : `only ${values.join(', ').slice(0, 200)}`} under ${name}, ${needed}`,
    unfitProvider,
  )

/** How a secret reaches the token endpoint: by the header, unless the provider takes it in the form alone (RFC 8414 2). */
export function secretAuthenticationOf(document: DiscoveryDocument | undefined) {
  const methods = textsIn(document?.['token_endpoint_auth_methods_supported']) ?? []
  const isFormAlone = methods.includes('client_secret_post') && !methods.includes('client_secret_basic')
  return isFormAlone ? 'client_secret_post' : 'client_secret_basic'
}

/**
 * The document, with the issuer as the provider itself writes it, for one that was typed with or without the slash at its end, or
 * with the path of the document behind it. @throws AppError invalid as `discover`
 */
export async function publishedProvider(ctx: Way, typed: string): Promise<DiscoveryDocument> {
  const base = typed.replace(/\/\.well-known\/openid-configuration$/, '')
  if (!URL.canParse(base)) throw invalid('This is no address such as https://login.example.com', 'discovery')
  const document = await readDocument(ctx, base)
  const { issuer } = document
  if (typeof issuer !== 'string')
    throw invalid('The discovery document at this address is not that of an OpenID provider', 'discovery')
  if (issuer !== base && !isSameButSlash(issuer, base)) throw wrongIssuer(issuer, base)
  return usable(ctx, document)
}

async function readDocument(ctx: Way, issuer: string): Promise<Record<string, unknown>> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const answer = await ctx.outgoing.fetch(url, { headers: { Accept: 'application/json' }, ...documentLimits })
  if (answer.status !== 200)
    throw invalid(`There is no OpenID provider here: its discovery document answered ${answer.status}`, 'discovery')
  const document: unknown = await answer.json().catch(() => undefined)
  if (document === undefined || document === null || typeof document !== 'object')
    throw invalid("The provider's discovery document is no JSON", 'discovery')
  return document as Record<string, unknown>
}

function wrongIssuer(published: string, wanted: string): AppError {
  const shown = published.slice(0, 200)
  const why = isSameButSlash(published, wanted)
    ? `they differ in the slash at the end alone, which belongs to the name; enter ${shown}`
    : 'enter the issuer that it names, if it is the right provider'
  return invalid(`The discovery document is that of ${shown}, not of ${wanted.slice(0, 200)}: ${why}`, 'discovery')
}

/** Whether two addresses differ in nothing but the slash at their end, which makes two issuers of them. */
export const isSameButSlash = (one: string, other: string): boolean =>
  one !== other && one.replace(/\/$/, '') === other.replace(/\/$/, '')
