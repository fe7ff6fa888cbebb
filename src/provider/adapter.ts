// The OpenID provider's storage. Its session is Rolecall's, read only; its clients are the applications; the rest is kept by
// hash. No payload holds the id under which it is found.
import { type Adapter, type AdapterPayload, errors, type JWKS } from 'oidc-provider'
import { waitingPayload } from '#access/applications/authorization-requests.ts'
import { type Client, type ClientReader, isOnDevice, type OrganizationReference } from '#access/applications/clients.ts'
import {
  consumeArtifact,
  dropArtifact,
  dropGrant,
  findArtifact,
  type NewArtifact,
  putArtifact,
  putCode,
} from '#access/applications/provider-artifacts.ts'
import { hasKeys } from '#access/applications/public-keys.ts'
import { findByUserCode, putUserCode } from '#access/applications/user-codes.ts'
import type { BrowserSession } from '#access/sign-in/sessions/resolve-session.ts'
import type { Services } from '#src/context.ts'
import { visitOf } from './visits.ts'

/** Makes the adapter of each model, by its name. */
export function createAdapters(services: Services, clients: ClientReader): (model: string) => Adapter {
  return (model) => {
    if (model === 'Client') return clientAdapter(clients)
    if (model === 'Session') return sessionAdapter()
    return artifactAdapter(services, clients, model)
  }
}

const unsupported = (): never => {
  throw new Error('Nothing of this kind is enabled')
}

const nothing = async (): Promise<undefined> => undefined

function clientAdapter(clients: ClientReader): Adapter {
  return {
    find: async (id) => {
      const client = await clients.find(id)
      return client === undefined ? undefined : metadataOf(client)
    },
    ...{ upsert: unsupported, findByUid: unsupported, findByUserCode: unsupported },
    ...{ consume: unsupported, destroy: unsupported, revokeByGrantId: unsupported },
  }
}

/** What a machine's token may be for; none of the scopes that are about people. */
export const machineScope = 'rolecall.api'

/** Of our own: whether the client has to use PKCE (RFC 7636). */
export const pkceRequired = 'is_pkce_required'

/** Of our own: whose pages may call for the client. */
export const browserOrigins = 'browser_origins'

type ClientMetadata = AdapterPayload & {
  response_modes?: string[]
  [pkceRequired]: boolean
  [browserOrigins]: string[]
}

/** An application in the words of dynamic client registration (RFC 7591). */
function metadataOf(client: Client): ClientMetadata {
  const { id, name, isPkceRequired } = client
  const common = {
    ...{ client_id: id, client_name: name, [pkceRequired]: isPkceRequired, [browserOrigins]: client.browserOrigins },
    ...(client.isDpopRequired ? { dpop_bound_access_tokens: true } : {}),
    ...authenticationOf(client),
  }
  return client.kind === 'machine' ? { ...common, ...ofMachine } : { ...common, ...ofSignIn(client) }
}

function authenticationOf({ secret, jwks, jwksUri }: Client): Partial<ClientMetadata> {
  if (secret === null) return { token_endpoint_auth_method: 'none' }
  if (!hasKeys({ jwks, jwksUri })) return { client_secret: secret }
  const keys = jwks === null ? { jwks_uri: jwksUri ?? '' } : { jwks: jwks as JWKS }
  return { token_endpoint_auth_method: 'private_key_jwt', ...keys }
}

const machineScopes = `${machineScope} organization permissions`

const ofMachine = { grant_types: ['client_credentials'], response_types: [], redirect_uris: [], scope: machineScopes }

export const usualGrants = ['authorization_code', 'refresh_token']

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'

const ofSignIn = (client: Client): Partial<ClientMetadata> => ({
  // RFC 8252: on a person's device the loopback's port is whatever is free, and apps have schemes of their own.
  application_type: isOnDevice(client) ? 'native' : 'web',
  ...(client.isDeviceFlowAllowed ? { grant_types: [...usualGrants, deviceGrant] } : {}),
  ...(client.redirectUris.length === 0 ? { response_types: [] } : {}),
  redirect_uris: client.redirectUris,
  post_logout_redirect_uris: client.postLogoutRedirectUris,
  // The answer to another response type is that there is none, and it goes where that type would have gone.
  response_modes: visitOf().isOtherResponse ? ['query', 'fragment'] : ['query'],
  id_token_signed_response_alg: client.idTokenAlgorithm,
  ...(client.backchannelLogoutUri === null
    ? {}
    : { backchannel_logout_uri: client.backchannelLogoutUri, backchannel_logout_session_required: true }),
})

/** What our form for user codes says of itself. */
export const deviceForm = 'ours'

/** A browser's session is whatever its Rolecall session says at this moment, and nothing where that is not live. */
function sessionAdapter(): Adapter {
  return {
    find: async (id) => {
      const { session } = visitOf()
      return session?.sessionId === id ? sessionPayload(session) : undefined
    },
    ...{ upsert: nothing, destroy: nothing },
    ...{ findByUid: unsupported, findByUserCode: unsupported, consume: unsupported, revokeByGrantId: unsupported },
  }
}

export const secondsOf = (time: string): number => Math.floor(Date.parse(time) / 1000)

const sessionPayload = (session: BrowserSession): AdapterPayload => ({
  ...{ kind: 'Session', jti: session.sessionId, uid: session.sessionId, accountId: session.userId },
  loginTs: secondsOf(session.authenticatedAt),
  // Whether a form is one of ours is settled before it gets here (device.tsx).
  state: { secret: deviceForm },
  amr: methodsOf(session),
  iat: secondsOf(session.authenticatedAt),
  exp: secondsOf(session.expiresAt),
})

/** Authentication methods (RFC 8176), as far as they are known here: what happened at an identity provider is not. */
function methodsOf({ method, hasSecondFactor }: BrowserSession): string[] {
  const first = { password: ['pwd'], emergency: ['pwd'], passkey: ['hwk'], saml: [], oidc: [] }[method]
  return hasSecondFactor ? [...first, 'mfa'] : first
}

function artifactAdapter(services: Services, clients: ClientReader, model: string): Adapter {
  const { database } = services
  return {
    upsert: async (id, { jti: _, ...payload }, seconds) => {
      const artifact = await artifactOf(clients, { model, id, payload, seconds: seconds ?? null })
      const { organizationId, sessionId } = artifact
      if (model === 'ReplayDetection') return putOnce(database, artifact)
      if (model === 'DeviceCode') await putUserCode(database, artifact, payload.userCode ?? '')
      if (!isWorthAPerson(model, payload)) return putArtifact(database, artifact)
      if (organizationId === null || sessionId === null) throw new errors.InvalidRequest('a code needs a session')
      return putCode(database, { ...artifact, organizationId, sessionId }, payload.clientId ?? '')
    },
    find: async (id) => {
      const found = await findArtifact(database, model, id)
      if (found === undefined) return undefined
      const consumed = found.consumedAt === null ? {} : { consumed: secondsOf(found.consumedAt) }
      return { ...found.payload, jti: id, ...consumed }
    },
    // Of two requests with one code or refresh token, both of which found it unused, one is the first.
    consume: async (id) => {
      if (!(await consumeArtifact(database, model, id))) throw new errors.InvalidGrant('already used')
    },
    destroy: (id) => dropArtifact(database, model, id),
    revokeByGrantId: (grantId) => dropGrant(database, grantId),
    findByUserCode: (userCode) => findByUserCode(database, userCode),
    findByUid: unsupported,
  }
}

/** Codes for which somebody has signed in: the application will be told of the session's end. */
const isWorthAPerson = (model: string, { accountId }: AdapterPayload): boolean =>
  model === 'AuthorizationCode' || (model === 'DeviceCode' && accountId !== undefined)

/** Of two requests with one proof or assertion, both of which found it unused, one is the first. */
async function putOnce(database: Services['database'], artifact: NewArtifact): Promise<void> {
  await putArtifact(database, artifact)
  if (!(await consumeArtifact(database, artifact.model, artifact.id))) throw new errors.InvalidGrant('already used')
}

/** The application's own, that of whoever is signed in, or that of the grant under which something is issued. */
async function organizationOf(
  clients: ClientReader,
  { clientId, grantId }: { clientId: string; grantId: string | null },
): Promise<OrganizationReference | undefined> {
  const client = await clients.find(clientId)
  const { session } = visitOf()
  if (client === undefined || client.organization !== null) return client?.organization ?? undefined
  if (session !== undefined) return clients.served(client, session.organizationId)
  return grantId === null ? undefined : clients.servedByGrant(client, grantId)
}

async function artifactOf(
  clients: ClientReader,
  given: { model: string; id: string; payload: AdapterPayload; seconds: number | null },
): Promise<NewArtifact> {
  const { session, newestProof, continued } = visitOf()
  if (given.model === 'Interaction') {
    const since = continued === undefined ? newestProof : continued.authenticatedAt
    const payload = waitingPayload(given.payload.params, since)
    return { ...given, payload, organizationId: null, userId: null, sessionId: null, grantId: null }
  }
  const { userCode: _, ...payload } = given.payload
  const { accountId = null, clientId = '', grantId = null, sessionUid } = payload
  return {
    ...given,
    payload,
    organizationId: (await organizationOf(clients, { clientId, grantId }))?.id ?? null,
    userId: accountId,
    // A grant is made for the session that is there; codes and tokens say under which one they were issued.
    sessionId: sessionUid ?? session?.sessionId ?? null,
    grantId: given.model === 'Grant' ? null : grantId,
  }
}
