// Every product that Rolecall is run with, and which of them a command names.
import { authCore } from './auth-core.ts'
import { authlib } from './authlib.ts'
import { expressOpenidConnect } from './express-openid-connect.ts'
import { keycloak } from './keycloak.ts'
import { lemonldap } from './lemonldap.ts'
import { modAuthOpenidc } from './mod-auth-openidc.ts'
import { oidcProvider } from './oidc-provider.ts'
import { openidClient } from './openid-client.ts'
import type { Peer } from './peer.ts'
import { pysaml2 } from './pysaml2.ts'
import { samlp } from './samlp.ts'
import { simpleSamlPhp } from './simplesamlphp.ts'

export const peers: readonly Peer[] = [
  simpleSamlPhp,
  pysaml2,
  samlp,
  lemonldap,
  oidcProvider,
  keycloak,
  openidClient,
  authCore,
  expressOpenidConnect,
  authlib,
  modAuthOpenidc,
]

/** All for `all`, SimpleSAMLphp for no name. @throws Error naming those that there are, where one is not known */
export function peersOf(names: readonly string[]): readonly Peer[] {
  if (names.includes('all')) return peers
  const unknown = names.filter((name) => !peers.some((peer) => peer.name === name))
  if (unknown.length > 0) {
    throw new Error(`Not known: ${unknown.join(', ')}. There are: all, ${peers.map(({ name }) => name).join(', ')}`)
  }
  return names.length === 0 ? [simpleSamlPhp] : peers.filter(({ name }) => names.includes(name))
}
