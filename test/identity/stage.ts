// An organization with a verified domain, directories and a SAML connection: what tests of identity begin with.
import type { SamlConnection } from '#connections/sign-in/connections.ts'
import { type AccessStage, type Client, startStage } from '../support/access.ts'
import type { TestOrganization } from '../support/app.ts'
import { type Arrival, arriveBySaml, type Claims } from '../support/arrivals.ts'
import { core, type ScimClient, scimClient } from '../support/scim.ts'
import { createSamlConnection, verifyDomain } from '../support/sign-in.ts'

export type Feed = ScimClient & { directoryId: string }

export type IdentityStage = {
  stage: AccessStage
  client: Client
  organization: TestOrganization
  connection: SamlConnection
  directory(name?: string, settings?: Record<string, unknown>): Promise<Feed>
  arrive(claims: Claims): Promise<Arrival>
}

type Options = { domain?: string | null; connection?: Parameters<typeof createSamlConnection>[1] }

/** A new organization. */
export async function identityStage(
  stage: AccessStage,
  { domain = 'example.com', connection: wanted = { jit: 'verified_domains' } }: Options = {},
): Promise<IdentityStage> {
  const client = await stage.createClient()
  const organization = { id: client.organizationId, slug: client.slug, ctx: client.ctx }
  if (domain !== null) await verifyDomain(organization, domain)
  const connection = await createSamlConnection(organization, wanted)
  return {
    ...{ stage, client, organization, connection },
    directory: async (name = 'Okta', settings = {}) => {
      const { id: directoryId, token } = (await client.post('directories', { name, ...settings })).body
      return { ...scimClient((path, init) => stage.request(path, init), { directoryId, token }), directoryId }
    },
    arrive: (claims) => arriveBySaml(stage.app, organization, connection, claims),
  }
}

/** A whole SCIM user, as a provider writes one. */
export const scimUser = (userName: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  schemas: [`${core}:User`],
  userName,
  active: true,
  emails: [{ value: userName, type: 'work', primary: true }],
  ...more,
})

export { startStage }
