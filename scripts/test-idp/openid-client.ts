// openid-client as the library of a host application.
import { createRequire } from 'node:module'
import { textAt } from '#sandbox/json.ts'
import { serveOnLoopback } from '#sandbox/sign-in/loopback.ts'
import { hostChecks, pageWithRoles, registerHost } from './host.ts'
import { createHostApp } from './openid-client-app.ts'
import type { Peer } from './peer.ts'
import { createTenant } from './tenant.ts'

export const openidClient: Peer = {
  name: 'openid-client',
  title: 'openid-client as host application',
  async start(rolecall) {
    const tenant = await createTenant(rolecall, 'openid-client', 'openid-client.example.com')
    const apiKey = textAt(await tenant.command('api-key', 'create', '--access', 'decisions'), 'key')
    const { origin, close } = await serveOnLoopback(async (own) => {
      const made = await registerHost(tenant, {
        redirectUri: `${own}/callback`,
        afterSignOut: `${own}/`,
        backchannelLogoutUri: `${own}/backchannel-logout`,
      })
      const [issuer, clientId, clientSecret] = ['issuer', 'clientId', 'clientSecret'].map((name) => textAt(made, name))
      const app = await createHostApp({ issuer, clientId, clientSecret, apiKey, origin: own } as Parameters<
        typeof createHostApp
      >[0])
      return app.fetch
    })
    return {
      version: (createRequire(import.meta.url)('openid-client/package.json') as { version: string }).version,
      checks: hostChecks({
        ...{ tenant, signInUrl: `${origin}/sign-in`, signOutUrl: `${origin}/sign-out`, isTold: true },
        page: pageWithRoles(`${origin}/`),
      }),
      lastWords: tenant.lastAttempts,
      stop: close,
    }
  },
}
