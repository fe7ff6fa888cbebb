// How the emulated OpenID provider is set up: code flow with PKCE, claims in the ID token, every kind of logout.
import type { AccountClaims, AllClientMetadata, Configuration, KoaContextWithOIDC } from 'oidc-provider'
import { escapeHtml, htmlPage, type Page } from '../sign-in/page.ts'
import { displayName, type Person } from '../sign-in/person.ts'
import type { SigningJwk } from './keys.ts'
import type { createMemoryAdapter } from './memory-adapter.ts'

/** A client as the provider's administrator enters it. */
export type OidcClient = {
  clientId: string
  /** For client_secret_basic, or client_secret_post when told. */
  clientSecret?: string
  /** Public keys for private_key_jwt, which takes the place of the secret. */
  publicJwks?: readonly object[]
  authMethod?: 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt'
  redirectUris: readonly string[]
  postLogoutRedirectUris?: readonly string[]
  backchannelLogoutUri?: string
  /** RS256 unless told; a key of it has to be among the provider's. */
  idTokenAlgorithm?: SigningJwk['alg']
}

export type ConfigurationOptions = {
  people: readonly Person[]
  keys: readonly SigningJwk[]
  adapter: ReturnType<typeof createMemoryAdapter>
  cookieKey: string
  /** Claims of a person beyond, or instead of, the usual ones. */
  claimsOf: (person: Person) => Record<string, unknown>
}

const scopes = { openid: ['sub'], email: ['email', 'email_verified'], profile: profileClaims(), groups: ['groups'] }

function profileClaims(): string[] {
  return ['name', 'given_name', 'family_name', 'preferred_username']
}

/** The claims of a person as most products name them. */
export const standardClaims = (person: Person) => ({
  email: person.email,
  email_verified: person.isEmailVerified ?? true,
  name: displayName(person),
  given_name: person.givenName,
  family_name: person.familyName,
  preferred_username: person.email,
  groups: person.groups,
})

/** The configuration of oidc-provider. */
export function configurationOf({ people, keys, adapter, cookieKey, claimsOf }: ConfigurationOptions): Configuration {
  return {
    adapter,
    jwks: { keys: keys.map((key) => key.privateJwk) as NonNullable<Configuration['jwks']>['keys'] },
    cookies: { keys: [cookieKey] },
    claims: { ...scopes, openid: ['sub', ...people.flatMap((person) => Object.keys(claimsOf(person)))] },
    scopes: [...Object.keys(scopes), 'offline_access'],
    // Claims stand in the ID token, not only in the answer of userinfo: that is what the big products do.
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    clientDefaults: { grant_types: ['authorization_code', 'refresh_token'], id_token_signed_response_alg: 'RS256' },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: { enabled: true, logoutSource, postLogoutSuccessSource },
      userinfo: { enabled: true },
    },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 600, Interaction: 600, Session: 3600, Grant: 3600 },
    loadExistingGrant,
    renderError: (ctx, out) => {
      const lines = Object.entries(out).map(([key, value]) => `<p>${escapeHtml(`${key}: ${value}`)}</p>`)
      show(ctx, htmlPage('This request is not answered', lines.join('\n')))
    },
    // Without the guard of the default: everything the sandbox talks to is on the loopback address.
    fetch: (url, { dispatcher: _, ...init }: RequestInit & { dispatcher?: unknown } = {}) => fetch(url, init),
    findAccount: (_, id) => {
      const person = people.find((candidate) => candidate.id === id)
      if (person === undefined) return undefined
      const claims = (): AccountClaims => ({ sub: id, ...standardClaims(person), ...claimsOf(person) })
      return { accountId: id, claims }
    },
  }
}

/** A client in the words of dynamic client registration (RFC 7591). */
export function clientMetadata(client: OidcClient): AllClientMetadata & { client_id: string } {
  const hasKeys = client.publicJwks !== undefined
  return {
    client_id: client.clientId,
    token_endpoint_auth_method: client.authMethod ?? (hasKeys ? 'private_key_jwt' : 'client_secret_basic'),
    redirect_uris: [...client.redirectUris],
    post_logout_redirect_uris: [...(client.postLogoutRedirectUris ?? [])],
    ...(client.idTokenAlgorithm === undefined ? {} : { id_token_signed_response_alg: client.idTokenAlgorithm }),
    ...(client.clientSecret === undefined ? {} : { client_secret: client.clientSecret }),
    ...(hasKeys ? { jwks: { keys: client.publicJwks } as NonNullable<AllClientMetadata['jwks']> } : {}),
    ...(client.backchannelLogoutUri === undefined
      ? {}
      : { backchannel_logout_uri: client.backchannelLogoutUri, backchannel_logout_session_required: true }),
  }
}

/** Consent is given beforehand, as an administrator gives it for a company. */
async function loadExistingGrant(ctx: KoaContextWithOIDC) {
  const { client, provider, session, account, params } = ctx.oidc
  if (client === undefined || session === undefined || account === undefined) return undefined
  const grantId = ctx.oidc.result?.consent?.grantId ?? session.grantIdFor(client.clientId)
  const grant =
    (grantId === undefined ? undefined : await provider.Grant.find(grantId)) ??
    new provider.Grant({ clientId: client.clientId, accountId: account.accountId })
  grant.addOIDCScope(String(params?.['scope'] ?? 'openid'))
  await grant.save()
  return grant
}

function logoutSource(ctx: KoaContextWithOIDC, form: string): void {
  const button = '<button form="op.logoutForm" name="logout" value="yes">Sign out</button>'
  show(ctx, htmlPage('Sign out?', `${form}\n${button}`))
}

const postLogoutSuccessSource = (ctx: KoaContextWithOIDC): void => show(ctx, htmlPage('Signed out', ''))

function show(ctx: KoaContextWithOIDC, page: Page): void {
  ctx.set(page.headers)
  ctx.body = page.html
}
