// What sign-in is served from, and the contexts that it works in before anybody is signed in.
import type { AppEnv } from '#http/env.ts'
import type { Log } from '#platform/log.ts'
import type { Urls } from '#platform/urls.ts'
import type { Services } from '#src/context.ts'
import type { OidcClients } from '../oidc/clients.ts'
import type { SamlVerifier } from '../saml/verifier.ts'

export type SsoServices = Services & {
  urls: Urls
  log: Log
  /** How many proxies in front add to X-Forwarded-For. */
  trustedProxies: number
  saml: SamlVerifier
  oidc: OidcClients
}

export type SsoEnv = AppEnv
