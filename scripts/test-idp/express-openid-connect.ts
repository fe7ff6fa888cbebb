// express-openid-connect, Auth0's middleware, as the library of a host application.
import { randomBytes } from 'node:crypto'
import { textAt } from '#sandbox/json.ts'
import { installNpm } from '../foreign-packages.ts'
import { type Express, type ExpressRequest, expressPackage, type Handler, serveExpress } from './express.ts'
import { hostChecks, pageWithRoles, registerHost } from './host.ts'
import type { Peer } from './peer.ts'
import { createTenant } from './tenant.ts'

const version = '3.4.0'

type Middleware = { auth(options: object): Handler }
type SignedIn = ExpressRequest & { oidc: { isAuthenticated(): boolean; user?: { roles?: string[] } } }

export const expressOpenidConnect: Peer = {
  name: 'express-openid-connect',
  title: 'express-openid-connect as host application',
  async start(rolecall) {
    const load = installNpm([`express-openid-connect@${version}`, expressPackage])
    const express = (await load('express')) as Express
    const { auth } = (await load('express-openid-connect')) as Middleware
    const tenant = await createTenant(rolecall, 'express-openid-connect', 'express-openid-connect.example.com')
    const { origin, close } = await serveExpress(express, async (app, own) => {
      const made = await registerHost(tenant, {
        redirectUri: `${own}/callback`,
        afterSignOut: own,
        backchannelLogoutUri: `${own}/backchannel-logout`,
      })
      app.use(
        auth({
          ...{ issuerBaseURL: textAt(made, 'issuer'), baseURL: own, secret: randomBytes(32).toString('hex') },
          ...{ clientID: textAt(made, 'clientId'), clientSecret: textAt(made, 'clientSecret') },
          ...{ authRequired: false, idpLogout: true, backchannelLogout: { store: createStore() } },
          authorizationParams: { response_type: 'code', scope: 'openid profile email' },
        }),
      )
      app.get('/', (request, response) => {
        const { oidc } = request as SignedIn
        response.type('text').send(oidc.isAuthenticated() ? `Roles: ${oidc.user?.roles?.join(', ')}` : 'Nobody')
      })
    })
    return {
      version,
      checks: hostChecks({
        ...{ tenant, signInUrl: `${origin}/login`, signOutUrl: `${origin}/logout`, isTold: true },
        page: pageWithRoles(`${origin}/`),
      }),
      lastWords: tenant.lastAttempts,
      stop: close,
    }
  },
}

type Done = (error: null, found?: unknown) => void

/** What Express calls a session store, in memory. */
function createStore() {
  const kept = new Map<string, unknown>()
  return {
    get: (id: string, done: Done) => done(null, kept.get(id)),
    set: (id: string, value: unknown, done?: Done) => {
      kept.set(id, value)
      done?.(null)
    },
    destroy: (id: string, done?: Done) => {
      kept.delete(id)
      done?.(null)
    },
  }
}
