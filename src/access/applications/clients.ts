// Applications as the OpenID provider knows them: by client_id, before any organization is entered.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { sha256 } from '#platform/crypto.ts'
import { isId } from '#platform/ids.ts'
import { enterOrganization, platformId, type Services } from '#src/context.ts'
import { type ApplicationRecord, applicationSecretPlace } from './applications.ts'

export type OrganizationReference = { id: string; slug: string; name: string }

export type Client = Pick<
  ApplicationRecord,
  | 'id'
  | 'kind'
  | 'name'
  | 'redirectUris'
  | 'postLogoutRedirectUris'
  | 'isPkceRequired'
  | 'idTokenAlgorithm'
  | 'brandsClaim'
  | 'browserOrigins'
  | 'isDeviceFlowAllowed'
  | 'isDpopRequired'
  | 'jwks'
  | 'jwksUri'
  | 'resources'
  | 'servedResources'
  | 'accessClaims'
  | 'claimMappings'
  | 'rights'
> & {
  /** Whose own it is; null for one of the platform, which serves several. */
  organization: OrganizationReference | null
  backchannelLogoutUri: string | null
  /** Null: a public one, which has none. */
  secret: string | null
}

type Row = Omit<Client, 'secret'> & { secretSealed: string | null }

const resolve = prepared<{ applicationId: string }, { organizationId: string }>(
  (p) => sql`select organization_id as "organizationId" from resolve_application(${p.applicationId})`,
)

const select = prepared<{ organizationId: string; applicationId: string }, Row>(
  (p) => sql`select a.id, a.kind, a.name, a.browser_origins as "browserOrigins", a.redirect_uris as "redirectUris",
      a.post_logout_redirect_uris as "postLogoutRedirectUris", a.backchannel_logout_uri as "backchannelLogoutUri",
      a.secret_sealed as "secretSealed", a.is_pkce_required as "isPkceRequired",
      a.id_token_algorithm as "idTokenAlgorithm", a.brands_claim as "brandsClaim",
      a.is_device_flow_allowed as "isDeviceFlowAllowed", a.is_dpop_required as "isDpopRequired", a.jwks, a.jwks_uri as "jwksUri",
      a.resources, a.served_resources as "servedResources", a.access_claims as "accessClaims",
      a.claim_mappings as "claimMappings", a.rights,
      case when o.id is not null then json_build_object('id', o.id, 'slug', o.slug, 'name', o.name) end as organization
    from applications a left join organizations o on o.id = a.organization_id and o.status = 'active'
    where a.organization_id = ${p.organizationId} and a.id = ${p.applicationId} and a.status = 'active'
      and (o.id is not null or a.organization_id = ${platformId})`,
)

/** Whether it is a program on a person's device, which another program there may pass itself off as (RFC 8252 §8.6). */
export const isOnDevice = ({ kind, redirectUris }: Pick<Client, 'kind' | 'redirectUris'>): boolean =>
  kind === 'public' && redirectUris.some((uri) => !uri.startsWith('https:'))

const remembered = 1_000

const servedOrganization = prepared<{ applicationId: string; reference: string }, OrganizationReference>(
  (p) => sql`select id, slug, name from served_organization(${p.applicationId}, ${p.reference})`,
)

const servedByArtifact = prepared<{ model: string; idHash: string }, OrganizationReference>(
  (p) => sql`select id, slug, name from owner_of_artifact(${p.model}, ${p.idHash})`,
)

const isRegistered = prepared<{ origin: string }, { isRegistered: boolean }>(
  (p) => sql`select is_browser_origin(${p.origin}) as "isRegistered"`,
)

export type ClientReader = {
  /** The active application of an active organization, or of the platform. @throws AppError unavailable */
  find(clientId: string): Promise<Client | undefined>
  /** The organization of this id or slug, where it is active and the application serves it. @throws AppError unavailable */
  served(client: Pick<Client, 'id' | 'organization'>, reference: string): Promise<OrganizationReference | undefined>
  /**
   * In which organization something was issued to the client, by its grant; undefined where it is not served any more.
   * @throws AppError unavailable
   */
  servedByGrant(client: Pick<Client, 'organization'>, grantId: string): Promise<OrganizationReference | undefined>
  /** Whether pages of this origin belong to some public application. @throws AppError unavailable */
  isBrowserOrigin(origin: string): Promise<boolean>
}

/** Whose application it is never changes and is remembered; all else is asked each time. */
export function createClientReader(services: Services): ClientReader {
  const owners = new Map<string, string>()

  async function ownerOf(applicationId: string): Promise<string | undefined> {
    const known = owners.get(applicationId)
    if (known !== undefined) return known
    const [row] = await services.database.read(resolve({ applicationId }))
    if (row === undefined) return undefined
    if (owners.size >= remembered) owners.clear()
    owners.set(applicationId, row.organizationId)
    return row.organizationId
  }

  return {
    isBrowserOrigin: async (origin) => {
      const [row] = await services.database.read(isRegistered({ origin }))
      return row?.isRegistered === true
    },
    served: async ({ id: applicationId, organization }, reference) => {
      if (organization !== null)
        return [organization.id, organization.slug].includes(reference) ? organization : undefined
      if (reference === '' || reference.includes('\0')) return undefined
      const [found] = await services.database.read(servedOrganization({ applicationId, reference }))
      return found
    },
    servedByGrant: async ({ organization }, grantId) => {
      if (organization !== null) return organization
      const [found] = await services.database.read(servedByArtifact({ model: 'Grant', idHash: sha256(grantId) }))
      return found
    },
    find: async (applicationId) => {
      if (!isId('app', applicationId)) return undefined
      const organizationId = await ownerOf(applicationId)
      if (organizationId === undefined) return undefined
      const [row] = await services.database
        .transaction(enterOrganization({ organizationId }), (tx) =>
          tx.commitWith(select({ organizationId, applicationId })),
        )
        .then(([rows]) => rows ?? [])
      if (row === undefined) return undefined
      const { secretSealed, ...client } = row
      const place = applicationSecretPlace(organizationId, row.id)
      return { ...client, secret: secretSealed === null ? null : services.sealing.open(secretSealed, place) }
    },
  }
}
