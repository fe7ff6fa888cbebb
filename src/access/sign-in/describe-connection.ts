// A connection as administrators see it: everything but its secrets, with the addresses that the provider needs.
import type { Connection } from '#connections/sign-in/connections.ts'
import { type SetupScreen, setupScreenOf } from '#connections/sign-in/setup-screens.ts'
import type { ConnectionUrls, Urls } from '#platform/urls.ts'

export type ConnectionView = Omit<Connection, 'secretSealed' | 'settings'> & {
  settings: Record<string, unknown>
  addresses: Partial<ConnectionUrls>
  setup: SetupScreen
}

export function describeConnection(connection: Connection, urls: Urls): ConnectionView {
  const { secretSealed: _, settings, ...rest } = connection
  const all = urls.connection(connection.id)
  return {
    ...rest,
    settings,
    addresses: connection.type === 'saml' ? samlAddresses(all) : oidcAddresses(all),
    setup: setupScreenOf(connection, all),
  }
}

const samlAddresses = ({ startUrl, entityId, acsUrl, metadataUrl, sloUrl }: ConnectionUrls) => ({
  ...{ startUrl, entityId, acsUrl, metadataUrl, sloUrl },
})

const oidcAddresses = (urls: ConnectionUrls) => {
  const { startUrl, redirectUri, postLogoutRedirectUri, backchannelLogoutUrl, frontchannelLogoutUrl } = urls
  return { startUrl, redirectUri, postLogoutRedirectUri, backchannelLogoutUrl, frontchannelLogoutUrl }
}
