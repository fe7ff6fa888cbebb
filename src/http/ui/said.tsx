// Names and values as they are kept (of events, of forms), said for people: `roleId: rol_…` is the role, by its name.
import type { Child } from 'hono/jsx'
import { Time } from '#http/ui/time.tsx'

/** What ids are called. */
export type Names = ReadonlyMap<string, string>

const anId = /[a-z]{3}_[0-9a-hjkmnp-tv-z]{26}/g

const isIdAlone = (text: string): boolean => /^[a-z]{3}_[0-9a-hjkmnp-tv-z]{26}$/.test(text)

/** All ids that stand in a value, however deep. */
export const idsIn = (value: unknown): string[] => JSON.stringify(value ?? null).match(anId) ?? []

const words: Record<string, string> = {
  isIdpInitiatedAllowed: 'The provider may begin sign-ins',
  jit: 'Who comes to exist by a first sign-in',
  preset: 'Provider',
  q: 'Search',
  sha256: 'Fingerprint (SHA-256)',
  slug: 'Short name',
  type: 'Kind',
  userName: 'User name',
}

/** `expiresAt`: Expires at. `userId`: User. `brand.brd_…`: Brand, and which. */
export function nameWords(name: string, names: Names = new Map()): string {
  const [head = '', ...rest] = name.split('.')
  const known = Object.hasOwn(words, head) ? words[head] : undefined
  const about = rest.map((part) => names.get(part) ?? part).join(' ')
  return [known ?? capital(spaced(head)), about].filter((part) => part !== '').join(' ')
}

/** `/console/settings/api-keys`: Settings, API keys. */
export function pathWords(path: string, names: Names): string {
  const parts = (path.split('?')[0] ?? '').split('/').slice(2)
  const said = parts.map(
    (part) => names.get(part) ?? (isIdAlone(part) ? '' : (places[part] ?? capital(part.replaceAll('-', ' ')))),
  )
  return said.filter((part) => part !== '').join(' › ') || 'Overview'
}

const places: Record<string, string> = {
  'api-keys': 'API keys',
  bulk: 'Many at once',
  connect: 'Set-up of a provider',
  new: 'New',
  provisioning: 'Provisioning log',
  scim: 'SCIM',
  test: 'Test sign-in',
}

const spaced = (name: string): string =>
  name
    .replace(/(?<=[a-z])Ids?$/, (ending) => (ending === 'Ids' ? 's' : ''))
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase()

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)

const protocols: Record<string, string> = { saml: 'SAML', oidc: 'OpenID Connect', scim: 'SCIM' }

/** A time as it is kept, with the seconds and an offset. */
export const isTime = (text: string): boolean => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/.test(text)

/** What is kept both by its id and by a name of then (`roleId`, `role`) is one thing, as it is called today where that is known. */
export const fieldsOf = (kept: Readonly<Record<string, unknown>>, names: Names): [name: string, value: unknown][] =>
  Object.entries(kept).filter(([name]) => {
    const [id, bare] = name.endsWith('Id') ? [name, name.slice(0, -2)] : [`${name}Id`, name]
    if (!Object.hasOwn(kept, id) || !Object.hasOwn(kept, bare)) return true
    return names.has(String(kept[id])) === (name === id)
  })

/** A value with the names of what it means; lists and objects as lists. */
export const Said = ({ value, names = new Map() }: { value: unknown; names?: Names }): Child => {
  if (value === null || value === undefined || value === '') return <span class="text-secondary">nothing</span>
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'number') return value.toLocaleString('en')
  if (typeof value === 'string') return textWords(value, names)
  if (Array.isArray(value)) return <SaidList {...{ value, names }} />
  return <SaidFields {...{ value: value as Record<string, unknown>, names }} />
}

function textWords(text: string, names: Names): Child {
  if (isIdAlone(text)) return names.get(text) ?? <code>{text}</code>
  const parts = text.split(' ')
  if (parts.every(isIdAlone)) return parts.map((id) => names.get(id) ?? id).join(', ')
  if (isTime(text)) return <Time at={new Date(text).toISOString()} />
  if (Object.hasOwn(protocols, text)) return protocols[text] ?? text
  // What is chosen among a few, as it is kept.
  return /^[a-z]+(_[a-z]+)+$/.test(text) ? text.replaceAll('_', ' ') : text
}

const SaidList = ({ value, names }: { value: readonly unknown[]; names: Names }) => {
  if (value.length === 0) return <span class="text-secondary">none</span>
  return (
    <ul class="said">
      {value.map((each) => (
        <li>
          <Said value={each} names={names} />
        </li>
      ))}
    </ul>
  )
}

const SaidFields = ({ value, names }: { value: Record<string, unknown>; names: Names }) => {
  const fields = fieldsOf(value, names)
  if (fields.length === 0) return <span class="text-secondary">none</span>
  return (
    <ul class="said">
      {fields.map(([name, each]) => (
        <li>
          {nameWords(name, names)}: <Said value={each} names={names} />
        </li>
      ))}
    </ul>
  )
}
