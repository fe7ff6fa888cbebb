// Metadata that can be read and is not what is wanted: of another provider, or with a certificate that has ended.
import { dateInWords } from '#words/times.ts'
import type { IdentityProvider } from '../providers/provider.ts'
import { type Preset, presets } from '../providers/providers.ts'
import type { SamlCertificate } from '../settings/settings.ts'

type Found = { entityId: string; url: string; certificates: readonly SamlCertificate[] }

/** Why the provider of this preset is not to be set up by it, with what to bring instead; undefined where it is. */
export function unfitMetadata({ entityId, url, certificates }: Found, preset: Preset, now: Date): string | undefined {
  const own = presets[preset].title
  const other = otherProvider(preset, entityId, url)
  if (other !== undefined)
    return `This is the metadata of ${other}, and the connection is for ${own}. Bring the metadata of ${own}, or make a connection for ${other}`
  const ends = certificates.map(({ notAfter }) => notAfter).toSorted()
  const last = ends.at(-1)
  if (last === undefined || new Date(last) > now) return undefined
  return `The certificate in this metadata ended on ${dateInWords(last)}. Have the provider make a new one, and bring its metadata again`
}

/** What the provider is called whose addresses these are, where it is another one than that of the preset. */
export function otherProvider(preset: Preset, ...addresses: string[]): string | undefined {
  if (preset === 'generic' || isOf(presets[preset], addresses)) return undefined
  return Object.values(presets).find((other) => isOf(other, addresses))?.title
}

const isOf = ({ domains = [], paths }: IdentityProvider, addresses: readonly string[]): boolean =>
  addresses.some((address) => isBelow(domains, address) || paths?.test(address) === true)

function isBelow(domains: readonly string[], address: string): boolean {
  const host = URL.canParse(address) ? new URL(address).hostname : ''
  return domains.some((domain) => host === domain || host.endsWith(`.${domain}`))
}
