// What the IT admin has to paste where: the fields of each provider's own screens, under the provider's own names, with our
// values filled in.
import type { ConnectionUrls } from '#platform/urls.ts'
import type { OurValue, ProviderScreen } from '../providers/provider.ts'
import { presets } from '../providers/providers.ts'
import type { Connection } from './connections.ts'

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
  const screen = presets[preset].screens.scim
  if (screen === undefined) return undefined
  // The token is shown once, on its own, so it is none of the values to paste.
  const entries = Object.entries(screen.fromUs ?? {})
  const [tokenField] = entries.find(([, value]) => value === 'token') ?? ['Token']
  const paste = entries
    .filter(([, value]) => value.startsWith('scimBaseUrl'))
    .map(([field, value]) => ({ field, value: value.replace('scimBaseUrl', scimBaseUrl) }))
  return { ...described(preset, 'scim', screen), paste, tokenField }
}

/** The screen for a connection's provider; that of a general one where the provider has none of its own. */
export function setupScreenOf(
  { preset, type }: Pick<Connection, 'preset' | 'type'>,
  urls: ConnectionUrls,
): SetupScreen {
  const screen = presets[preset].screens[type] ?? presets.generic.screens[type] ?? { path: '' }
  const paste = Object.entries(screen.fromUs ?? {}).map(([field, name]) => ({ field, value: ourValue(name, urls) }))
  return { ...described(preset, type, screen), paste }
}

function described(provider: string, protocol: string, screen: ProviderScreen): Omit<SetupScreen, 'paste'> {
  const { path, choose = {}, fromThem = [], statements = {}, groupStatement = {}, extra = {} } = screen
  const { afterwards = [], rules = [], warnings = [] } = screen
  const chosen = {
    ...choose,
    ...prefixed('Attribute statement ', statements),
    ...prefixed('Group attribute ', groupStatement),
    ...extra,
  }
  return {
    ...{ provider, protocol, path },
    choose: Object.entries(chosen).map(([field, value]) => ({ field, value: [value].flat().join(', ') })),
    bringBack: fromThem,
    notes: [...rules, ...afterwards, ...warnings],
  }
}

const prefixed = (prefix: string, values: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}${name}`, value]))

const ourValue = (name: OurValue, urls: ConnectionUrls): string => {
  if (name === 'regexOfAcsUrl') return `^${urls.acsUrl.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')}$`
  return name in urls ? String(urls[name as keyof ConnectionUrls]) : name
}
