// Access tokens for resources that applications have registered (RFC 8707): what they look like, how long they are good, what they say, and
// who may look into them (RFC 7662). An opaque one is looked into while its session lives, and says what holds then.
import {
  type AccessToken,
  type ClientCredentials,
  type Configuration,
  errors,
  type KoaContextWithOIDC,
  type UnknownObject,
} from 'oidc-provider'
import type { Client, ClientReader } from '#access/applications/clients.ts'
import { accessTokenBytes, accessTokenClaims } from '#access/applications/token-claims.ts'
import { findUserClaims } from '#access/applications/user-claims.ts'
import type { Services } from '#src/context.ts'

type Features = NonNullable<Configuration['features']>
type Token = AccessToken | ClientCredentials

const usualSeconds = 600

/** In seconds. */
export const lifeOf = (_: KoaContextWithOIDC, { resourceServer }: Token): number =>
  resourceServer?.accessTokenTTL ?? usualSeconds

/** What a token for a resource may say. */
const scope = 'organization roles brands permissions'

export const createResourceFeatures = (services: Services, clients: ClientReader) =>
  ({
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: async (_, uri, { clientId, idTokenSignedResponseAlg: alg }) => {
        const found = (await clients.find(clientId))?.resources.find((resource) => resource.uri === uri)
        if (found === undefined) throw new errors.InvalidTarget('the resource is not registered with the application')
        const { format, lifetimeSeconds } = found
        const jwt = format === 'jwt' && alg !== undefined ? { jwt: { sign: { alg: alg as 'RS256' } } } : {}
        return { scope, audience: uri, accessTokenFormat: format, accessTokenTTL: lifetimeSeconds, ...jwt }
      },
      // Whoever has asked for one resource, and does not repeat it with the code, means that one.
      useGrantedResource: () => true,
    },
    introspection: {
      enabled: true,
      allowedPolicy: async (_, { clientId }, token) => {
        const asks = await clients.find(clientId)
        const isAllowed = asks !== undefined && (token.clientId === clientId || (await serves(clients, asks, token)))
        if (isAllowed && 'resourceServer' in token) await refresh(services, clients, token as Token)
        return isAllowed
      },
    },
  }) satisfies Features

/** Whoever serves a resource may look into tokens for it: of its own organization, or of the platform's applications for one of those. */
async function serves(clients: ClientReader, asks: Client, token: object): Promise<boolean> {
  const { aud, clientId = '' } = token as { aud?: string; clientId?: string }
  if (aud === undefined || !asks.servedResources.includes(aud)) return false
  const issuedTo = await clients.find(clientId)
  return issuedTo !== undefined && issuedTo.organization?.id === asks.organization?.id
}

/** An opaque token says what holds now, and not what held as it was issued. */
async function refresh(services: Services, clients: ClientReader, token: Token): Promise<void> {
  if ((token as { aud?: string }).aud === undefined) return
  Object.assign(token, { extra: await claimsOfToken(services, clients, { token, bytes: null }), sid: sessionOf(token) })
}

const sessionOf = (token: Token): string | undefined => (token as { sessionUid?: string }).sessionUid

/** What a JWT says beside what RFC 9068 has it say; an opaque token keeps nothing, since it is asked. */
export const createTokenClaims =
  (services: Services, clients: ClientReader): NonNullable<Configuration['extraTokenClaims']> =>
  (_, token) =>
    token.resourceServer?.accessTokenFormat === 'jwt'
      ? claimsOfToken(services, clients, { token: token as Token, bytes: accessTokenBytes })
      : undefined

async function claimsOfToken(
  services: Services,
  clients: ClientReader,
  { token, bytes }: { token: Token; bytes: number | null },
): Promise<UnknownObject> {
  const client = await clients.find(token.clientId ?? '')
  if (client === undefined) return {}
  const { accountId, grantId = '' } = token as { accountId?: string; grantId?: string }
  const organization = await clients.servedByGrant(client, grantId)
  if (organization === undefined) throw new errors.InvalidGrant('the application no longer serves the organization')
  if (accountId === undefined) return { organization, ...rightsOf(client, token.scopes) }
  const hasPermissions = token.scopes.has('permissions')
  const found = await findUserClaims(services, { organizationId: organization.id, userId: accountId, hasPermissions })
  if (found === undefined) throw new errors.InvalidGrant('the person is not active')
  const session = sessionOf(token)
  return {
    ...accessTokenClaims(found, client, { scopes: token.scopes, bytes }),
    ...(session === undefined ? {} : { sid: session }),
  }
}

/** A machine has no roles; its permissions are those that it was given. */
const rightsOf = ({ rights }: Client, scopes: ReadonlySet<string>): UnknownObject =>
  scopes.has('permissions') && rights?.permissions != null
    ? {
        permissions: rights.permissions,
        ...(rights.brandIds === null ? {} : { brands: rights.brandIds.map((id) => ({ id })) }),
      }
    : {}
