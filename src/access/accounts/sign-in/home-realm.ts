// Home realm discovery: by which ways somebody signs in, as far as their organization tells, by its slug or by the domain of the
// address. Nothing here depends on whether there is such a person.
import { sql } from 'drizzle-orm'
import { domainOf, resolveDomain } from '#connections/domains/domains.ts'
import { type Connection, isOpenForSignIn, listConnections } from '#connections/sign-in/connections.ts'
import { prepared } from '#db/statement.ts'
import type { Services } from '#src/context.ts'
import { addressKey, countAttempt } from '../../ground/count-attempts.ts'
import { findPolicy } from '../account/account.ts'
import { limits } from '../account/rate-limits.ts'
import { signInContext } from '../account/sign-in-context.ts'

export type HomeRealm = {
  organization: { id: string; slug: string; name: string } | null
  connections: Pick<Connection, 'id' | 'name' | 'status'>[]
  /** Whether a password or passkey may open a session. */
  allowsPassword: boolean
}

const resolveSlug = prepared<{ slug: string }, { organizationId: string }>(
  (p) => sql`select organization_id as "organizationId" from resolve_organization(${p.slug})`,
)

/** The organization that an application named. */
export async function resolveOrganization(services: Services, slug: string | undefined): Promise<string | undefined> {
  if (slug === undefined || !/^[a-z0-9][a-z0-9-]{0,62}$/.test(slug)) return undefined
  const [found] = await services.database.read(resolveSlug({ slug }))
  return found?.organizationId
}

/** The organization that has proven the domain of an address. */
export async function resolveHome(services: Services, name: string): Promise<string | undefined> {
  const domain = domainOf(name.trim())
  return domain === undefined ? undefined : resolveDomain(services.database, domain)
}

const unknown: HomeRealm = { organization: null, connections: [], allowsPassword: true }

/** The ways into an organization; for an unknown one, the password alone. */
export async function findHomeRealm(
  services: Services,
  organizationId: string | undefined,
  requestId: string,
): Promise<HomeRealm> {
  if (organizationId === undefined) return unknown
  const ctx = signInContext(services, organizationId, requestId)
  const [policy, all] = await Promise.all([findPolicy(ctx), listConnections(ctx)])
  if (policy === undefined) return unknown
  const connections = all.filter(isOpenForSignIn).map(({ id, name, status }) => ({ id, name, status }))
  const { id, slug, name, isEnforced, passwordSignIn } = policy
  return { organization: { id, slug, name }, connections, allowsPassword: !isEnforced && passwordSignIn === 'allowed' }
}

/** The one provider that there is no choice about. */
export const onlyConnection = ({
  connections,
  allowsPassword,
}: HomeRealm): HomeRealm['connections'][number] | undefined =>
  connections.length === 1 && !allowsPassword ? connections[0] : undefined

/**
 * Counts a look for an address that leads to no organization; a sign-in with a password takes one back.
 * @returns the seconds to wait where one address asks for too many
 */
export const countDiscovery = (services: Services, ip: string | null): Promise<number> =>
  countAttempt(services.database, { limit: limits.discoveryPerAddress, key: addressKey(ip) })

/** The same for questions to passkeys, of which a sign-in with one takes one back. */
export const countPasskeyQuestion = (services: Services, ip: string | null): Promise<number> =>
  countAttempt(services.database, { limit: limits.passkeyQuestionPerAddress, key: addressKey(ip) })
