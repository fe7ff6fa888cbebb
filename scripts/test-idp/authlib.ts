// Authlib as the library of a host application: Debian's packages, in a small Flask application.
import { join } from 'node:path'
import { textAt } from '#sandbox/json.ts'
import { isDebianInstalled, requireDebian, versionOfDebian } from '../foreign-packages.ts'
import { freePort } from '../server-process.ts'
import { debianPython, startForeign } from './foreign-server.ts'
import { hostChecks, pageWithRoles, registerHost } from './host.ts'
import type { Peer } from './peer.ts'
import { createTenant } from './tenant.ts'

const packages = ['python3-authlib', 'python3-flask', 'python3-requests']

export const authlib: Peer = {
  name: 'authlib',
  title: 'Authlib as host application',
  async start(rolecall) {
    requireDebian(packages, () => isDebianInstalled(packages))
    const port = await freePort()
    const origin = `http://127.0.0.1:${port}`
    const tenant = await createTenant(rolecall, 'authlib', 'authlib.example.com')
    const made = await registerHost(tenant, {
      redirectUri: `${origin}/callback`,
      afterSignOut: `${origin}/`,
      backchannelLogoutUri: `${origin}/backchannel-logout`,
    })
    const program = join(import.meta.dirname, 'authlib-host.py')
    const env = {
      ISSUER: textAt(made, 'issuer'),
      CLIENT_ID: textAt(made, 'clientId'),
      CLIENT_SECRET: textAt(made, 'clientSecret'),
    }
    const server = await startForeign({ command: debianPython, args: [program, String(port)], env }, `${origin}/`)
    return {
      version: `${versionOfDebian('python3-authlib')} (Debian)`,
      checks: hostChecks({
        ...{ tenant, signInUrl: `${origin}/sign-in`, signOutUrl: `${origin}/sign-out`, isTold: true },
        page: pageWithRoles(`${origin}/`),
      }),
      lastWords: async () => `${await tenant.lastAttempts()}\n${server.lastWords()}`,
      stop: server.stop,
    }
  },
}
