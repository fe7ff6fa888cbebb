// What host applications are told of a person in tokens: who they are, of which organization, with which roles and brands.
import { sql } from 'drizzle-orm'
import { domainOf } from '#connections/domains/domains.ts'
import { prepared } from '#db/statement.ts'
import { emailColumn } from '#directory/email.ts'
import { fold } from '#directory/fold.ts'
import { enterOrganization, type Services } from '#src/context.ts'
import { type CatalogueEntry, catalogueOf } from '../decisions/catalogue.ts'
import { type EffectiveAccess, effectiveAccessOf } from '../decisions/effective-access.ts'
import { evaluate } from '../decisions/evaluate.ts'
import { heldRoles } from '../decisions/held-roles.ts'

export type UserClaims = {
  name: string
  preferred_username: string
  email?: string
  /** True where the person has proven the address to be theirs, or the provider of its domain has. */
  email_verified?: boolean
  organization: { id: string; slug: string; name: string }
  /** Keys of the roles in the organization. */
  roles: string[]
  brands: { id: string; slug: string; roles: string[]; permissions?: string[] }[]
  /** Names of the catalogue that they may in the organization, and above in each brand; where they were asked for. */
  permissions?: string[]
  /** Their attributes as SCIM names them. */
  document: Record<string, unknown>
}

type Proof = { key: string; how: 'invitation' | 'reset' | 'provider'; connectionId: string | null }

type Domain = { name: string; connectionIds: string[] }

type Row = {
  document: Record<string, unknown>
  email: string | null
  organizationName: string
  proofs: Proof[]
  domains: Domain[]
}

const details = prepared<{ organizationId: string; userId: string }, Row>(
  (p) => sql`select u.attributes || jsonb_strip_nulls(jsonb_build_object('userName', u.user_name,
        'displayName', u.display_name, 'externalId', u.external_id)) as document,
      ${emailColumn} as email, o.name as "organizationName",
      (select coalesce(json_agg(json_build_object('key', ep.value_key, 'how', ep.how, 'connectionId', ep.connection_id)),
        '[]') from email_proofs ep where ep.organization_id = u.organization_id and ep.user_id = u.id) as proofs,
      (select coalesce(json_agg(json_build_object('name', d.name, 'connectionIds', (
          select coalesce(json_agg(dc.connection_id), '[]') from domain_connections dc
          where dc.organization_id = d.organization_id and dc.domain_id = d.id))), '[]') from domains d
        where d.organization_id = o.id and d.status = 'verified') as domains
    from users u join organizations o on o.id = u.organization_id
    where u.organization_id = ${p.organizationId} and u.id = ${p.userId}`,
)

/** @returns undefined where the person is not active, or not of this organization. @throws AppError unavailable */
export async function findUserClaims(
  services: Services,
  {
    organizationId,
    userId,
    hasPermissions = false,
  }: { organizationId: string; userId: string; hasPermissions?: boolean },
): Promise<UserClaims | undefined> {
  const entry = enterOrganization({ organizationId })
  const [access, row, catalogue] = await services.database.transaction(entry, async (tx) => {
    const accesses = tx.run(effectiveAccessOf(organizationId, userId))
    const names = hasPermissions ? await catalogueOf(tx, { organizationId }) : []
    const [rows] = await tx.commitWith(details({ organizationId, userId }))
    return [(await accesses)[0], rows?.[0], names] as const
  })
  if (access === undefined || row === undefined) return undefined
  const { user, organization, policy } = access
  if (user.status !== 'active' || policy.organizationStatus !== 'active') return undefined
  const { roles, brands } = heldRoles(access)
  const may = (brandId?: string): { permissions?: string[] } =>
    hasPermissions ? { permissions: permissionsIn(access, catalogue, brandId) } : {}
  return {
    name: user.displayName ?? user.userName,
    preferred_username: user.userName,
    ...emailClaims(row),
    organization: { ...organization, name: row.organizationName },
    roles: roles.map(({ key }) => key),
    brands: brands.map(({ id, slug, roles: held }) => ({ id, slug, roles: held.map(({ key }) => key), ...may(id) })),
    ...may(),
    document: row.document,
  }
}

/** What they may in the organization, or in a brand. */
const permissionsIn = (
  { user, policy, assignments }: EffectiveAccess,
  catalogue: readonly CatalogueEntry[],
  brandId: string | undefined,
): string[] =>
  catalogue.flatMap(({ name }) =>
    evaluate({ status: user.status, policy, assignments, permission: name, brandId }).allowed ? [name] : [],
  )

function emailClaims({ email, proofs, domains }: Row): Pick<UserClaims, 'email' | 'email_verified'> {
  if (email === null) return {}
  const domain = domains.find(({ name }) => name === domainOf(email))
  const isVerified = proofs.some((proof) => proof.key === fold(email) && stillHolds(proof, domain))
  return { email, email_verified: isVerified }
}

/** A provider's word is good for as long as the domain is the organization's, and not given to other providers alone. */
function stillHolds({ how, connectionId }: Proof, domain: Domain | undefined): boolean {
  if (how !== 'provider') return true
  if (domain === undefined || connectionId === null) return false
  return domain.connectionIds.length === 0 || domain.connectionIds.includes(connectionId)
}
