// What host applications are told of a person in tokens: who they are, of which organization, with which roles and brands.
import { sql } from 'drizzle-orm'
import { domainOf } from '#connections/domains/domains.ts'
import { prepared } from '#db/statement.ts'
import { enterOrganization, type Services } from '#src/context.ts'
import { effectiveAccessOf } from '../decisions/effective-access.ts'
import { heldRoles } from '../decisions/held-roles.ts'
import { emailColumn } from '../people/email.ts'

export type PersonClaims = {
  name: string
  preferred_username: string
  email?: string
  /** True where the organization has proven the domain of the address. */
  email_verified?: boolean
  organization: { id: string; slug: string; name: string }
  /** Keys of the roles in the organization. */
  roles: string[]
  brands: { id: string; slug: string; roles: string[] }[]
}

type Row = { email: string | null; organizationName: string; verifiedDomains: string[] }

const details = prepared<{ organizationId: string; userId: string }, Row>(
  (p) => sql`select ${emailColumn} as email, o.name as "organizationName",
      (select coalesce(json_agg(d.name), '[]') from domains d
        where d.organization_id = o.id and d.status = 'verified') as "verifiedDomains"
    from users u join organizations o on o.id = u.organization_id
    where u.organization_id = ${p.organizationId} and u.id = ${p.userId}`,
)

/** @returns undefined where the person is not active, or not of this organization. @throws AppError unavailable */
export async function findPersonClaims(
  services: Services,
  { organizationId, userId }: { organizationId: string; userId: string },
): Promise<PersonClaims | undefined> {
  const entry = enterOrganization({ organizationId })
  const [access, row] = await services.database.transaction(entry, async (tx) => {
    const accesses = tx.run(effectiveAccessOf(organizationId, userId))
    const [rows] = await tx.commitWith(details({ organizationId, userId }))
    return [(await accesses)[0], rows?.[0]] as const
  })
  if (access === undefined || row === undefined) return undefined
  const { user, organization, policy } = access
  if (user.status !== 'active' || policy.organizationStatus !== 'active') return undefined
  const { roles, brands } = heldRoles(access)
  return {
    name: user.displayName ?? user.userName,
    preferred_username: user.userName,
    ...emailClaims(row),
    organization: { ...organization, name: row.organizationName },
    roles: roles.map(({ key }) => key),
    brands: brands.map(({ id, slug, roles: held }) => ({ id, slug, roles: held.map(({ key }) => key) })),
  }
}

function emailClaims({ email, verifiedDomains }: Row): Pick<PersonClaims, 'email' | 'email_verified'> {
  if (email === null) return {}
  const domain = domainOf(email)
  return { email, email_verified: domain !== undefined && verifiedDomains.includes(domain) }
}
