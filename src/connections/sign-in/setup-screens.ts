// What the IT admin has to paste where: the fields of each provider's own screens, under the provider's own names, with our
// values filled in. The screens are data (setup-screens.json), since labels move now and then.
import type { ConnectionUrls } from '#platform/urls.ts'
import type { Connection } from './connections.ts'
import screens from './setup-screens.json' with { type: 'json' }

type Screen = {
  idp: string
  protocol: string
  path: string
  fromUs?: Record<string, string>
  choose?: Record<string, string | string[]>
  fromThem?: string[]
  statements?: Record<string, string>
  groupStatement?: Record<string, string>
  extra?: Record<string, string>
  rules?: string[]
  then?: string[]
  warnings?: string[]
}

export type SetupScreen = {
  provider: string
  protocol: string
  /** Where the screen is in the provider's console. */
  path: string
  /** What to paste there, by the provider's name of the field. */
  paste: { field: string; value: string }[]
  /** What to choose there. */
  choose: { field: string; value: string }[]
  /** What to bring back to us. */
  bringBack: string[]
  notes: string[]
  /** Provisioning: how the provider calls the field for the token. */
  tokenField?: string
}

/** The screen for provisioning by the provider; undefined where it has no SCIM client for applications like this one. */
export function provisioningScreenOf(preset: Connection['preset'], scimBaseUrl: string): SetupScreen | undefined {
  const all: readonly Screen[] = screens.screens
  const screen = all.find(({ idp, protocol }) => idp === preset && protocol === 'scim')
  if (screen?.fromUs === undefined) return preset === 'generic' ? generalProvisioning(scimBaseUrl) : undefined
  // The token is shown once, on its own, so it is none of the values to paste.
  const { token, rest } = withoutToken(screen.fromUs)
  const { paste, ...filledScreen } = filled({ ...screen, fromUs: rest }, undefined)
  const values = paste.map(({ field, value }) => ({ field, value: value.replace('scimBaseUrl', scimBaseUrl) }))
  return { ...filledScreen, paste: values, tokenField: token }
}

function withoutToken(fromUs: Record<string, string>): { token: string; rest: Record<string, string> } {
  const entries = Object.entries(fromUs)
  const [token] = entries.find(([, value]) => value === 'token') ?? ['Token']
  return { token, rest: Object.fromEntries(entries.filter(([, value]) => /^scimBaseUrl/.test(value))) }
}

const generalProvisioning = (scimBaseUrl: string): SetupScreen => ({
  ...{ provider: 'generic', protocol: 'scim', path: 'Provisioning (SCIM 2.0) of the application for Rolecall' },
  paste: [{ field: 'SCIM base URL', value: scimBaseUrl }],
  choose: [
    { field: 'Authentication', value: 'Bearer token (HTTP header Authorization)' },
    { field: 'Unique identifier of users', value: 'userName' },
  ],
  bringBack: [],
  notes: [],
  tokenField: 'Bearer token',
})

/** The screen for a connection's provider; that of a general one where the provider has none of its own. */
export function setupScreenOf(connection: Pick<Connection, 'preset' | 'type'>, urls: ConnectionUrls): SetupScreen {
  const all: readonly Screen[] = screens.screens
  const screen = all.find(({ idp, protocol }) => idp === connection.preset && protocol === connection.type)
  return screen === undefined ? generalScreen(connection, urls) : filled(screen, urls)
}

function filled(screen: Screen, urls: ConnectionUrls | undefined): SetupScreen {
  const { fromUs = {}, choose = {}, fromThem = [], statements = {}, groupStatement = {}, extra = {} } = screen
  const { then = [], rules = [], warnings = [] } = screen
  const chosen = {
    ...choose,
    ...prefixed('Attribute statement ', statements),
    ...prefixed('Group attribute ', groupStatement),
    ...extra,
  }
  return {
    provider: screen.idp,
    protocol: screen.protocol,
    path: screen.path,
    paste: Object.entries(fromUs).map(([field, name]) => ({
      field,
      value: urls === undefined ? name : ourValue(name, urls),
    })),
    choose: Object.entries(chosen).map(([field, value]) => ({ field, value: [value].flat().join(', ') })),
    bringBack: fromThem,
    notes: [...rules, ...then, ...warnings],
  }
}

const prefixed = (prefix: string, values: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}${name}`, value]))

/** The names that the screens use for our values. */
const ourValue = (name: string, urls: ConnectionUrls): string =>
  ({
    acsUrl: urls.acsUrl,
    entityId: urls.entityId,
    sloUrl: urls.sloUrl,
    loginUrl: urls.startUrl,
    spMetadataUrl: urls.metadataUrl,
    redirectUri: urls.redirectUri,
    postLogoutRedirectUri: urls.postLogoutRedirectUri,
    backchannelLogoutUri: urls.backchannelLogoutUrl,
    frontchannelLogoutUri: urls.frontchannelLogoutUrl,
    // OneLogin's validator is a regular expression.
    'regex of acsUrl': `^${urls.acsUrl.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')}$`,
  })[name] ?? name

function generalScreen({ preset, type }: Pick<Connection, 'preset' | 'type'>, urls: ConnectionUrls): SetupScreen {
  const shared = {
    provider: preset,
    protocol: type,
    path: 'The application for Rolecall in your identity provider',
    notes: [],
  }
  if (type === 'saml') {
    return {
      ...shared,
      paste: [
        { field: 'Service provider metadata', value: urls.metadataUrl },
        { field: 'Entity ID (audience)', value: urls.entityId },
        { field: 'Assertion consumer service (ACS) URL', value: urls.acsUrl },
        { field: 'Single logout URL', value: urls.sloUrl },
      ],
      choose: [{ field: 'Signature algorithm', value: 'RSA-SHA256' }],
      bringBack: ['Metadata XML or its URL'],
    }
  }
  return {
    ...shared,
    paste: [
      { field: 'Redirect URI', value: urls.redirectUri },
      { field: 'Post-logout redirect URI', value: urls.postLogoutRedirectUri },
      { field: 'Back-channel logout URI', value: urls.backchannelLogoutUrl },
      { field: 'Front-channel logout URI', value: urls.frontchannelLogoutUrl },
    ],
    choose: [{ field: 'Grant type', value: 'Authorization code with PKCE' }],
    bringBack: ['Issuer', 'Client ID', 'Client secret'],
  }
}
