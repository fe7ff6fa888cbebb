// How oidc-provider is set up: code flow with PKCE alone, short-lived tokens, one session, which is Rolecall's.
import type { Account, Configuration, KoaContextWithOIDC, UnknownObject } from 'oidc-provider'
import { confirmationPath, continuationPath } from '#access/applications/authorization-requests.ts'
import type { ClientReader } from '#access/applications/clients.ts'
import { proofAlgorithms } from '#access/applications/proof-of-possession.ts'
import type { SigningKey } from '#access/applications/signing-keys.ts'
import {
  type Claims,
  claimsOf,
  idTokenBytes,
  scopeClaims,
  truncations,
  unasked,
} from '#access/applications/token-claims.ts'
import { findUserClaims } from '#access/applications/user-claims.ts'
import { touchSessionById } from '#access/sign-in/sessions/resolve-session.ts'
import { enterOrganization, type Services } from '#src/context.ts'
import { browserOrigins, createAdapters, machineScope, pkceRequired, usualGrants } from './adapter.ts'
import { deviceFeature } from './device-flow.ts'
import { meantOrganization } from './meant-organization.ts'
import { createPolicy } from './policy.ts'
import { createResourceFeatures, createTokenClaims, lifeOf } from './resources.ts'
import { visitOf } from './visits.ts'

/** The cookie by which the provider is told of the session; it is never on the wire (provider.ts). */
export const innerCookieName = 'session'

/** Where each of the provider's endpoints is. */
export const routes = {
  authorization: '/oauth2/authorize',
  token: '/oauth2/token',
  userinfo: '/oauth2/userinfo',
  jwks: '/oauth2/jwks',
  introspection: '/oauth2/introspect',
  revocation: '/oauth2/revoke',
  end_session: '/oauth2/logout',
  device_authorization: '/oauth2/device_authorization',
  code_verification: '/device',
} as const

const claims = {
  openid: ['sub', 'sid', 'auth_time', 'amr', ...unasked, ...truncations],
  ...Object.fromEntries(Object.entries(scopeClaims).map(([scope, names]) => [scope, [...names]])),
}

/** Claims that go by scopes; others are an application's own. */
export const ownClaims: ReadonlySet<string> = new Set(Object.values(claims).flat())

const day = 86_400

const longestKeySet = 65_536

const headersOf = (options: RequestInit | undefined): Record<string, string> =>
  Object.fromEntries(new Headers(options?.headers).entries())

export function configurationOf(services: Services, clients: ClientReader, keys: readonly SigningKey[]): Configuration {
  return {
    adapter: createAdapters(services, clients),
    jwks: { keys: [...keys] } as NonNullable<Configuration['jwks']>,
    claims,
    // Which organization is meant, where the application serves several.
    extraParams: ['organization', 'domain_hint'],
    // scim.me: the person's own SCIM resource, at /Me of their directory.
    scopes: ['openid', 'offline_access', 'scim.me', machineScope, ...Object.keys(scopeClaims)],
    // Claims stand in the ID token, too, so that an application needs one call.
    conformIdTokenClaims: false,
    responseTypes: ['code'],
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    // Whether an origin is anybody's is settled at the door (engine.ts); here, whether it is the client's own.
    clientBasedCORS: (_, origin, client) => (client[browserOrigins] as string[] | undefined)?.includes(origin) === true,
    clientDefaults: { grant_types: usualGrants, response_types: ['code'] },
    extraClientMetadata: { properties: [pkceRequired, browserOrigins] },
    // A client that does without has to keep its secret, by which it exchanges the code (OAuth 2.0 Security BCP 2.1.1).
    pkce: { required: (_, client) => client[pkceRequired] !== false },
    cookies: { names: { session: innerCookieName } },
    routes,
    features: { ...features, ...createResourceFeatures(services, clients) },
    extraTokenClaims: createTokenClaims(services, clients),
    interactions: { policy: createPolicy(services, clients), url: signInUrl(services, clients) },
    // All of them die with the session, which is shorter than the longest of these.
    ttl: {
      ...{
        AccessToken: lifeOf,
        ClientCredentials: lifeOf,
        DeviceCode: 600,
        AuthorizationCode: 60,
        IdToken: 300,
        Interaction: 1_800,
        Session: day,
      },
      ...{ RefreshToken: 14 * day, Grant: 14 * day },
    },
    expiresWithSession: () => false,
    issueRefreshToken: (_, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: () => true,
    loadExistingGrant: grantWhatIsAsked,
    findAccount: findAccount(services, clients),
    renderError: (ctx, { error, error_description: description }) => {
      visitOf(ctx).failure = { status: ctx.status, code: error, description }
    },
    allowOmittingSingleRegisteredRedirectUri: false,
    enabledJWA: { clientAuthSigningAlgValues: proofAlgorithms, dPoPSigningAlgValues: proofAlgorithms },
    // The keys of applications, and nothing else; logout tokens go out by access/applications/deliver-logouts.ts.
    fetch: (url, options) =>
      services.outgoing.fetch(String(url), { headers: headersOf(options), maxBytes: longestKeySet }),
  }
}

/** A client sees its own tokens alone (RFC 7662 §2.2, RFC 7009 §2.1). */
const ownTokens = (_: KoaContextWithOIDC, client: { clientId: string }, token: { clientId?: string | undefined }) =>
  token.clientId === client.clientId

const features = {
  clientCredentials: { enabled: true },
  devInteractions: { enabled: false },
  dPoP: { enabled: true },
  deviceFlow: deviceFeature,
  pushedAuthorizationRequests: { enabled: false },
  backchannelLogout: { enabled: true },
  rpInitiatedLogout: { enabled: true },
  userinfo: { enabled: true },
  revocation: { enabled: true, allowedPolicy: ownTokens },
} satisfies Configuration['features']

type SignInUrl = NonNullable<NonNullable<Configuration['interactions']>['url']>

/** Sign-in at the application's organization, then back to the waiting request; or whether the person wants it at all. */
const signInUrl =
  (services: Services, clients: ClientReader): SignInUrl =>
  async (ctx, { uid, params, prompt }) => {
    if (prompt.name === 'consent') return confirmationPath(uid)
    if (prompt.name === 'select_account')
      return `/account/organizations?return_to=${encodeURIComponent(continuationPath(uid))}`
    const client = await clients.find(String(params['client_id']))
    const meant = client === undefined ? undefined : await meantOrganization(services, clients, { client, params })
    const query = new URLSearchParams({ return_to: continuationPath(uid), organization: meant?.slug ?? '' })
    if (typeof params['login_hint'] === 'string') query.set('login_hint', params['login_hint'].slice(0, 320))
    if (typeof params['ui_locales'] === 'string') query.set('ui_locales', params['ui_locales'].slice(0, 500))
    // Whoever is signed in already has to sign in again, or as somebody else.
    if (visitOf(ctx).session !== undefined) query.set('prompt', 'login')
    return `/login?${query}`
  }

/** A grant of its own for each authorization, so that its end ends nothing else. */
async function grantWhatIsAsked({ oidc, req }: KoaContextWithOIDC) {
  const { client, account, session } = oidc
  const live = visitOf({ req }).session
  if (client === undefined || account === undefined || session === undefined || live === undefined) return undefined
  session.sidFor(client.clientId, live.sessionId)
  const grant = new oidc.provider.Grant({ clientId: client.clientId, accountId: account.accountId })
  grant.addOIDCScope([...oidc.requestParamOIDCScopes].join(' '))
  for (const [uri, { scopes }] of Object.entries(oidc.resourceServers ?? {}))
    grant.addResourceScope(uri, [...oidc.requestParamScopes].filter((scope) => scopes.has(scope)).join(' '))
  await grant.save()
  return grant
}

type FindAccount = NonNullable<Configuration['findAccount']>

/**
 * For a code or token: the person, if active at this moment; that its session lives was settled as it was found. For an
 * authorization: whoever the live session is of.
 */
function findAccount(services: Services, clients: ClientReader): FindAccount {
  return async (_, userId, token) => {
    if (token === undefined) return accountOf(userId, undefined, undefined)
    const client = await clients.find(token.clientId ?? '')
    if (client === undefined) return undefined
    const organization = await clients.servedByGrant(client, (token as { grantId?: string }).grantId ?? '')
    if (organization === undefined) return undefined
    const hasPermissions = token.scopes.has('permissions')
    const found = await findUserClaims(services, { organizationId: organization.id, userId, hasPermissions })
    if (found === undefined) return undefined
    const { sessionUid } = token as { sessionUid?: string }
    if (token.kind === 'RefreshToken' && sessionUid !== undefined) {
      await services.database.transaction(enterOrganization({ organizationId: organization.id }), (tx) =>
        tx.commitWith(touchSessionById({ organizationId: organization.id, sessionId: sessionUid })),
      )
    }
    return accountOf(userId, (options) => claimsOf(found, client, options), sessionUid)
  }
}

type Say = (options: Parameters<typeof claimsOf>[2]) => Claims

const accountOf = (userId: string, say: Say | undefined, sessionId: string | undefined): Account => ({
  accountId: userId,
  claims: (use, scope) => {
    const isIdToken = use === 'id_token'
    const sid: UnknownObject = isIdToken && sessionId !== undefined ? { sid: sessionId } : {}
    const said = say?.({ scopes: new Set(scope.split(' ')), bytes: isIdToken ? idTokenBytes : null })
    return { sub: userId, ...said, ...sid }
  },
})
