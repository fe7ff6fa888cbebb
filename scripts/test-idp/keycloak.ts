// Keycloak as a provider that signs people in, by OpenID Connect and by SAML: one realm, a connection of each kind.
import { textAt } from '#sandbox/json.ts'
import { type Keycloak, keycloakVersion, startKeycloak } from './keycloak-server.ts'
import { type Check, named, type Peer } from './peer.ts'
import { createTenant, type Rolecall } from './tenant.ts'
import { deactivationCheck, signInAt, type Upstream, upstreamChecks } from './upstream.ts'
import { confirmSignOut, walk, withPassword } from './walk.ts'

export const keycloak: Peer = {
  name: 'keycloak',
  title: 'Keycloak as OpenID and SAML provider',
  async start(rolecall) {
    const server = await startKeycloak()
    try {
      const [byOpenId, bySaml] = [await connectOpenId(rolecall, server), await connectSaml(rolecall, server)]
      return {
        version: keycloakVersion,
        checks: [
          ...named('SAML', [...upstreamChecks(bySaml), deactivationCheck(bySaml)]),
          // The realm's keys are those of both protocols: SAML's part is over when they change.
          ...named('OpenID Connect', [
            ...upstreamChecks(byOpenId),
            rotation(byOpenId, server),
            deactivationCheck(byOpenId),
          ]),
        ],
        lastWords: async () => `${await byOpenId.tenant.lastAttempts()}\n${await bySaml.tenant.lastAttempts()}`,
        stop: server.stop,
      }
    } catch (error) {
      await server.stop()
      throw error
    }
  },
}

async function connectOpenId(rolecall: Rolecall, { realm, administer }: Keycloak): Promise<Upstream> {
  const tenant = await createTenant(rolecall, 'keycloak-oidc', 'keycloak.example.com')
  const [clientId, secret] = ['rolecall', 'for-tests-alone']
  const made = await tenant.command(
    ...['connection', 'create', '--type', 'oidc', '--preset', 'keycloak', '--issuer', realm],
    ...['--client-id', clientId, '--client-secret', secret, '--jit', 'on', '--force'],
  )
  await administer('POST', '/clients', {
    ...{ clientId, secret, protocol: 'openid-connect', publicClient: false, standardFlowEnabled: true },
    redirectUris: [textAt(made, 'redirectUri')],
    attributes: {
      'post.logout.redirect.uris': textAt(made, 'postLogoutRedirectUri'),
      'backchannel.logout.url': textAt(made, 'backchannelLogoutUrl'),
      'backchannel.logout.session.required': 'true',
    },
    protocolMappers: [
      {
        ...{ name: 'groups', protocol: 'openid-connect', protocolMapper: 'oidc-group-membership-mapper' },
        config: { 'claim.name': 'groups', 'full.path': 'false', 'id.token.claim': 'true' },
      },
    ],
  })
  const where = { tenant, startUrl: textAt(made, 'startUrl'), userName: 'ada@keycloak.example.com' }
  return {
    ...upstreamOf('ada', where),
    /** An administrator of Keycloak signs the person out everywhere. */
    async signOutThere() {
      const [user] = (await administer('GET', '/users?username=ada')) as { id: string }[]
      await administer('POST', `/users/${user?.id}/logout`)
    },
  }
}

async function connectSaml(rolecall: Rolecall, { realm, administer }: Keycloak): Promise<Upstream> {
  const tenant = await createTenant(rolecall, 'keycloak-saml', 'keycloak-saml.example.com')
  const made = await tenant.command(
    ...['connection', 'create', '--type', 'saml', '--preset', 'keycloak', '--jit', 'on', '--force'],
    ...['--idp-metadata', `${realm}/protocol/saml/descriptor`],
  )
  const metadata = await (await fetch(textAt(made, 'metadataUrl'))).text()
  // Keycloak's own reader of metadata, as "Import client" uses it.
  const client = (await administer('POST', '/client-description-converter', metadata)) as {
    attributes: object
  }
  await administer('POST', '/clients', {
    ...client,
    attributes: { ...client.attributes, saml_name_id_format: 'email', saml_force_name_id_format: 'true' },
    protocolMappers: [
      attributeMapper('email', 'email'),
      attributeMapper('firstName', 'firstName'),
      attributeMapper('lastName', 'lastName'),
      {
        ...{ name: 'groups', protocol: 'saml', protocolMapper: 'saml-group-membership-mapper' },
        config: { 'attribute.name': 'groups', 'full.path': 'false', single: 'true' },
      },
    ],
  })
  const where = { tenant, startUrl: textAt(made, 'startUrl'), userName: 'bea@keycloak-saml.example.com' }
  return {
    ...upstreamOf('bea', where),
    async signOutThere(browser) {
      await walk(browser, `${realm}/protocol/openid-connect/logout`, confirmSignOut)
    },
  }
}

const attributeMapper = (name: string, property: string) => ({
  ...{ name, protocol: 'saml', protocolMapper: 'saml-user-property-mapper' },
  config: { 'attribute.name': name, 'user.attribute': property },
})

type Where = Pick<Upstream, 'tenant' | 'startUrl' | 'userName'>

const upstreamOf = (username: string, where: Where): Upstream => ({
  ...{ ...where, group: 'Editors', isToldOfLogout: true },
  enter: () => withPassword(username, 'secret'),
})

const rotation = (upstream: Upstream, { administer }: Keycloak): Check => [
  'another key signs from now on',
  async () => {
    const { id } = (await administer('GET', '')) as { id: string }
    await administer('POST', '/components', {
      ...{ name: 'next', parentId: id, providerId: 'rsa-generated', providerType: 'org.keycloak.keys.KeyProvider' },
      config: { priority: ['1000'], enabled: ['true'], active: ['true'], algorithm: ['RS256'] },
    })
    await signInAt(upstream)
  },
]
