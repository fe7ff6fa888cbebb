// An organization with something on every page about providers: two connections in different states, a directory with people,
// quirks and a refusal, sign-ins that worked and did not, setup links.

import { lookBack } from '#access/people/brake/look-back.ts'
import { listAttempts } from '#access/sign-in/attempts.ts'
import { createTestLink } from '#access/sign-in/test-links.ts'
import { createDirectoryClient } from '#connections/directories/change-directory-clients.ts'
import { createDirectory } from '#connections/directories/create-directory.ts'
import { declareAttribute } from '#connections/directories/declare-attribute.ts'
import { issueDirectoryToken } from '#connections/directories/issue-directory-token.ts'
import { addDomain } from '#connections/domains/change-domains.ts'
import { listProvisioningEvents } from '#connections/provisioning/events.ts'
import { beginSetup } from '#connections/setup-links/begin-setup.ts'
import { createSetupLink, revokeSetupLink } from '#connections/setup-links/change-setup-links.ts'
import { provisionUser } from '#directory/provision-user.ts'
import { createEntra } from '#sandbox/entra.ts'
import { company } from '#sandbox/population.ts'
import type { TestApp, TestOrganization } from '../support/app.ts'
import { arriveBySaml } from '../support/arrivals.ts'
import { scimClient } from '../support/scim.ts'
import { createSamlConnection, createTestBrowser } from '../support/sign-in.ts'

export type Furnished = {
  /** SAML, on, with sign-ins. */
  open: string
  /** Entra by OpenID Connect, a draft without a provider, with a directory in use. */
  draft: string
  directory: string
  /** Another one, empty. */
  nextDirectory: string
  token: string
  /** Clients of the directory, by secret and by keys. */
  client: string
  keyClient: string
  massChange: string
  refusedEvent: string
  tolerantEvent: string
  refusedAttempt: string
  testedAttempt: string
  /** The tokens of setup links. */
  freshLink: string
  usedLink: string
  revokedLink: string
}

/** @param app listens, since the emulated Entra sends real requests */
export async function furnishConnect(
  app: TestApp & { origin: string },
  organization: TestOrganization,
): Promise<Furnished> {
  const { ctx } = organization
  const domain = `${organization.slug}.example.com`
  await addDomain(ctx, { name: domain, isVerified: true })
  await addDomain(ctx, { name: `pending-${domain}` })
  const connection = await createSamlConnection(organization, { name: 'Cedar sign-in' })
  const test = `?test=${await createTestLink(ctx, connection.id)}`
  const browser = createTestBrowser(app.request, app.urls.origin)
  await arriveBySaml(app, organization, connection, { nameId: `ada@${domain}` }, { query: test, browser })
  const [tested] = await listAttempts(ctx, { limit: 1 })
  await arriveBySaml(app, organization, connection, { nameId: 'eve@elsewhere.example.com' })
  const [refused] = await listAttempts(ctx, { limit: 1 })

  const links = await Promise.all(
    ['IT of Cedar', 'IT of Willow', 'IT of Rowan'].map((label) => createSetupLink(ctx, { label })),
  )
  const [fresh, used, revoked] = links
  const draft = await beginSetup(ctx, { preset: 'entra', type: 'oidc' }, used?.link.id)
  await revokeSetupLink(ctx, revoked?.link.id ?? '')
  const directory = draft.directoryId ?? ''
  const token = await issueDirectoryToken(ctx, { directoryId: directory })
  const client = await createDirectoryClient(ctx, { directoryId: directory, name: 'Entra, production', kind: 'secret' })
  const key = { kty: 'RSA', n: 'AQAB', e: 'AQAB', kid: 'one' } as const
  const keyClient = await createDirectoryClient(ctx, {
    ...{ directoryId: directory, name: 'Okta', kind: 'private_key_jwt' },
    keys: [key],
  })
  const tenant = { tenantId: '11111111-2222-4333-8444-555555555555', kind: 'entra', name: 'Our tenant' } as const
  await createDirectoryClient(ctx, { directoryId: directory, ...tenant })
  const badge = { urn: 'urn:example:params:scim:schemas:badge:2.0:User', resource: 'User' } as const
  await declareAttribute(ctx, { directoryId: directory, ...badge, name: 'door.front', type: 'dateTime' })
  const { people, groups } = company(3, { domain, people: 3, groups: ['Aurora Everybody'] })
  const entra = createEntra({ baseUrl: app.urls.scimBase(directory), token: token.token })
  for (const person of people) await entra.pushUser(person)
  // Somebody whom the organization has from elsewhere, whom the directory asks for, and a directory to move to.
  const userName = 'lina@elsewhere.example.org'
  const content = { userName, externalId: null, displayName: 'Lina', isActive: true, attributes: {} }
  await provisionUser(ctx, { directoryId: null, content })
  const scim = scimClient(app.request, { directoryId: directory, token: token.token })
  await scim.post('/Users', { userName, title: 'Lead', active: false })
  const { directory: next } = await createDirectory(ctx, { name: 'Okta of Cedar' })
  for (const group of groups) await entra.pushGroup(group)
  await entra.deactivateUser(people[2]?.key ?? '')
  await app.request(`/scim/v2/${directory}/Users`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token.token}`, 'Content-Type': 'application/scim+json' },
    body: JSON.stringify({ userName: people[0]?.userName }),
  })
  await app.provisioning.flush()
  const [refusal] = await listProvisioningEvents(ctx, { directoryId: directory, status: 'failed', limit: 1 })
  const changes = await listProvisioningEvents(ctx, { directoryId: directory, status: 'changed', limit: 50 })
  const lost = await lookBack(ctx, { directoryId: directory, since: new Date(Date.now() - 600_000).toISOString() })
  return {
    massChange: lost.id,
    ...{ open: connection.id, draft: draft.id, directory, nextDirectory: next.id, token: token.id },
    ...{ client: client.id, keyClient: keyClient.id },
    refusedEvent: refusal?.id ?? '',
    tolerantEvent: changes.find(({ quirks }) => quirks.length > 0)?.id ?? '',
    refusedAttempt: refused?.id ?? '',
    testedAttempt: tested?.id ?? '',
    ...{ freshLink: fresh?.token ?? '', usedLink: used?.token ?? '', revokedLink: revoked?.token ?? '' },
  }
}
