// Sign-in through identity providers, put together.
import { Hono } from 'hono'
import type { Log } from '#platform/log.ts'
import type { Urls } from '#platform/urls.ts'
import type { Services } from '#src/context.ts'
import type { SsoEnv, SsoServices } from './common/services.ts'
import { createOidcRoutes } from './endpoints/oidc.tsx'
import { createSamlRoutes } from './endpoints/saml.tsx'
import { createStart } from './endpoints/start.tsx'
import { createContinuation } from './endpoints/unsolicited.tsx'
import { createOidcClients } from './oidc/clients.ts'
import { createSamlVerifier } from './saml/verifier.ts'

type Options = Services & { urls: Urls; log: Log; trustedProxies: number }

/** What sign-in needs beyond the services of everybody: worker threads (started when needed) and known providers. */
export const createSsoServices = (options: Options): SsoServices => ({
  ...options,
  saml: createSamlVerifier(),
  oidc: createOidcClients(),
})

/** Routes at the root: `/sign-in`, `/saml`, `/oidc`. */
export function createSso(services: SsoServices): Hono<SsoEnv> {
  const routes = new Hono<SsoEnv>()
  routes.route('/sign-in/continue', createContinuation(services))
  routes.route('/sign-in', createStart(services))
  routes.route('/saml', createSamlRoutes(services))
  routes.route('/oidc', createOidcRoutes(services))
  return routes
}
