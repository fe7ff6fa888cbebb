// Which organization an authorization request means: that of an application of its own; otherwise the one that it names, or whose
// domain it hints at. Where nothing tells, the sign-in page asks for the address.
import { resolveHome } from '#access/accounts/sign-in/home-realm.ts'
import type { Client, ClientReader, OrganizationReference } from '#access/applications/clients.ts'
import type { Services } from '#src/context.ts'

/** @returns undefined where nothing tells, and where the application does not serve it. @throws AppError unavailable */
export async function meantOrganization(
  services: Services,
  clients: ClientReader,
  { client, params }: { client: Client; params: Readonly<Record<string, unknown>> },
): Promise<OrganizationReference | undefined> {
  if (client.organization !== null) return client.organization
  const { organization, domain_hint: domain, login_hint: login } = params
  if (typeof organization === 'string' && organization !== '') return clients.served(client, organization)
  const hint = typeof domain === 'string' && domain !== '' ? `x@${domain}` : login
  if (typeof hint !== 'string') return undefined
  const home = await resolveHome(services, hint.slice(0, 320))
  return home === undefined ? undefined : clients.served(client, home)
}
