// SimpleSAMLphp as a SAML provider that signs people in.
import { createBrowser } from '#sandbox/sign-in/browser.ts'
import { versionOfDebian } from '../foreign-packages.ts'
import { type Check, expect, type Peer } from './peer.ts'
import { connectSaml, signatureChecks } from './saml-upstream.ts'
import { requireSimpleSaml, type SimpleSaml, startSimpleSaml } from './simplesamlphp-server.ts'
import { createTenant, expectSignedIn, expectSignedOut, type Tenant } from './tenant.ts'
import { deactivationCheck, type Upstream, upstreamChecks } from './upstream.ts'
import { walk, withPassword } from './walk.ts'

type Settings = Record<string, string | boolean>

type Scene = {
  idp: SimpleSaml
  tenant: Tenant
  upstream: Upstream
  entityId: string
  /** Tells the provider about us, with settings that differ from the usual ones. */
  trust(settings: Settings): void
}

export const simpleSamlPhp: Peer = {
  name: 'simplesamlphp',
  title: 'SimpleSAMLphp as SAML provider',
  async start(rolecall) {
    requireSimpleSaml()
    const idp = await startSimpleSaml()
    const scene = await connect(idp, await createTenant(rolecall, 'simplesamlphp', 'simplesaml.example.com'))
    scene.trust({})
    return {
      version: `${versionOfDebian('simplesamlphp')} (Debian)`,
      checks: [
        ...upstreamChecks(scene.upstream),
        ...signatureChecks(scene.upstream, signWith(scene)),
        ...furtherChecks(scene),
        deactivationCheck(scene.upstream),
      ],
      lastWords: scene.tenant.lastAttempts,
      stop: idp.stop,
    }
  },
}

async function connect(idp: SimpleSaml, tenant: Tenant): Promise<Scene> {
  const connection = await connectSaml(tenant, idp.metadataUrl, '--idp-initiated')
  const { startUrl, entityId, acsUrl, sloUrl, certificate } = connection
  return {
    ...{ idp, tenant, entityId },
    upstream: {
      ...{ tenant, startUrl, userName: 'ada@simplesaml.example.com', group: 'Editors' },
      ...{ enter: () => withPassword('ada', 'secret'), isToldOfLogout: true },
      async signOutThere(browser) {
        const back = encodeURIComponent(`${idp.origin}/`)
        await walk(browser, `${idp.origin}/saml2/idp/SingleLogoutService.php?ReturnTo=${back}`)
      },
    },
    trust: (settings) =>
      idp.trust(entityId, {
        AssertionConsumerService: acsUrl,
        SingleLogoutService: sloUrl,
        certData: certificate,
        NameIDFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
        'validate.authnrequest': true,
        'saml20.sign.response': true,
        'saml20.sign.assertion': true,
        ...settings,
      }),
  }
}

const signWith =
  ({ trust }: Scene) =>
  ({ response, assertion }: { response: boolean; assertion: boolean }): void =>
    trust({ 'saml20.sign.response': response, 'saml20.sign.assertion': assertion })

const furtherChecks = ({ idp, tenant, upstream, entityId, trust }: Scene): Check[] => [
  [
    'an assertion encrypted by AES-CBC is refused',
    async () => {
      trust({ 'assertion.encryption': true })
      const browser = createBrowser()
      const { status } = await walk(browser, upstream.startUrl, upstream.enter())
      expect(status === 403, `The ACS answered ${status}`)
      await expectSignedOut(tenant, browser)
    },
  ],
  [
    'a wrong password leads nowhere',
    async () => {
      trust({})
      const browser = createBrowser()
      const { url } = await walk(browser, upstream.startUrl, withPassword('ada', 'wrong'))
      expect(url.startsWith(idp.origin), `The way ended at ${url}`)
      await expectSignedOut(tenant, browser)
    },
  ],
  [
    'a sign-in that the provider begins',
    async () => {
      const browser = createBrowser()
      const start = `${idp.origin}/saml2/idp/SSOService.php?spentityid=${encodeURIComponent(entityId)}`
      await walk(browser, start, upstream.enter())
      await expectSignedIn(tenant, browser, upstream.userName)
    },
  ],
]
