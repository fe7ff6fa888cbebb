// LemonLDAP::NG as a provider that signs people in, by OpenID Connect and by SAML. Debian's version tells an application of a
// logout by OpenID Connect in the browser alone, which Rolecall does not offer: so that check is SAML's.
import { textAt } from '#sandbox/json.ts'
import type { Browser } from '#sandbox/sign-in/browser.ts'
import { type Lemonldap, lemonldapVersion, startLemonldap } from './lemonldap-server.ts'
import { named, type Peer } from './peer.ts'
import { connectSaml } from './saml-upstream.ts'
import { createTenant, type Rolecall } from './tenant.ts'
import { deactivationCheck, type Upstream, upstreamChecks } from './upstream.ts'
import { walk, withPassword } from './walk.ts'

export const lemonldap: Peer = {
  name: 'lemonldap-ng',
  title: 'LemonLDAP::NG as OpenID and SAML provider',
  async start(rolecall) {
    const server = await startLemonldap()
    try {
      const byOpenId = await connectOpenId(rolecall, server)
      const bySaml = await connectBySaml(rolecall, server)
      await server.configure({ ...byOpenId.settings, ...bySaml.settings })
      const upstreams = [byOpenId.upstream, bySaml.upstream]
      return {
        version: lemonldapVersion(),
        checks: [
          ...named('OpenID Connect', [...upstreamChecks(byOpenId.upstream), deactivationCheck(byOpenId.upstream)]),
          ...named('SAML', [...upstreamChecks(bySaml.upstream), deactivationCheck(bySaml.upstream)]),
        ],
        lastWords: async () =>
          [...(await Promise.all(upstreams.map(({ tenant }) => tenant.lastAttempts()))), server.lastWords()].join('\n'),
        stop: server.stop,
      }
    } catch (error) {
      await server.stop()
      throw error
    }
  },
}

type Connected = { upstream: Upstream; settings: object }

const enter = () => withPassword('dwho', 'dwho', 'user')

async function connectOpenId(rolecall: Rolecall, { origin }: Lemonldap): Promise<Connected> {
  const tenant = await createTenant(rolecall, 'lemonldap-oidc', 'lemonldap.example.com')
  const [clientId, secret] = ['rolecall', 'for-tests-alone']
  const made = await tenant.command(
    ...['connection', 'create', '--type', 'oidc', '--issuer', origin],
    ...['--client-id', clientId, '--client-secret', secret, '--jit', 'on', '--force'],
  )
  const options = {
    ...{ ClientID: clientId, ClientSecret: secret, IDTokenSignAlg: 'RS256', IDTokenForceClaims: 1, BypassConsent: 1 },
    ...{ RedirectUris: textAt(made, 'redirectUri'), PostLogoutRedirectUris: textAt(made, 'postLogoutRedirectUri') },
    LogoutBypassConfirm: 1,
  }
  return {
    upstream: {
      ...{ tenant, startUrl: textAt(made, 'startUrl'), userName: 'dwho@lemonldap.example.com', group: 'Editors' },
      ...{ enter, isToldOfLogout: true },
    },
    settings: {
      oidcRPMetaDataOptions: { rolecall: prefixed('oidcRPMetaDataOptions', options) },
      oidcRPMetaDataExportedVars: { rolecall: { email: 'email', name: 'cn', groups: 'groups;string;always' } },
      oidcRPMetaDataOptionsExtraClaims: { rolecall: { groups: 'groups' } },
    },
  }
}

async function connectBySaml(rolecall: Rolecall, { origin }: Lemonldap): Promise<Connected> {
  const tenant = await createTenant(rolecall, 'lemonldap-saml', 'lemonldap-saml.example.com')
  const { startUrl, metadata } = await connectSaml(tenant, `${origin}/saml/metadata`)
  const options = {
    ...{ NameIDFormat: 'email', EncryptionMode: 'none', SignSSOMessage: 1, SignSLOMessage: 1, ForceUTF8: 1 },
    ...{ CheckSSOMessageSignature: 1, CheckSLOMessageSignature: 1 },
  }
  return {
    upstream: {
      ...{ tenant, startUrl, userName: 'dwho@lemonldap-saml.example.com', group: 'Editors', isToldOfLogout: true },
      ...{ enter, signOutThere: (browser) => signOutThere(browser, origin) },
    },
    settings: {
      samlSPMetaDataXML: { rolecall: { samlSPMetaDataXML: metadata } },
      samlSPMetaDataOptions: { rolecall: prefixed('samlSPMetaDataOptions', options) },
      samlSPMetaDataExportedAttributes: {
        rolecall: { ssoEmail: '1;email;;', cn: '0;displayName;;', groups: '0;groups;;' },
      },
    },
  }
}

/** Its page of logout tells the service providers in frames. */
async function signOutThere(browser: Browser, origin: string): Promise<void> {
  const { url, text } = await walk(browser, `${origin}/?logout=1`)
  for (const [, address = ''] of text.matchAll(/<(?:iframe|img)[^>]*\ssrc="([^"]+)"/g)) {
    if (/saml/i.test(address)) await walk(browser, new URL(address.replaceAll('&amp;', '&'), url).href)
  }
}

const prefixed = (prefix: string, options: Record<string, string | number>): object =>
  Object.fromEntries(Object.entries(options).map(([name, value]) => [`${prefix}${name}`, value]))
