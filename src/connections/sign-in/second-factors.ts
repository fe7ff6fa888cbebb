// What of a provider's message means that the person proved themselves by two factors. Everything else, be it the same text in
// another place, means nothing.
import { multipleAuthn, refedsMfa } from '../providers/provider.ts'
import { type Preset, presets } from '../providers/providers.ts'

/** The SAML attribute whose values are methods of authentication (Entra, AD FS). */
export const authnMethodsAttribute = 'http://schemas.microsoft.com/claims/authnmethodsreferences'

/** Its values that mean two factors. */
export const twoFactorMethods: ReadonlySet<string> = new Set([multipleAuthn])

/** Values of AuthnContextClassRef that mean two factors (SAML Authentication Context 3.4, REFEDS MFA profile, Microsoft). */
export const twoFactorContexts: ReadonlySet<string> = new Set([
  multipleAuthn,
  refedsMfa,
  'urn:oasis:names:tc:SAML:2.0:ac:classes:MobileTwoFactorContract',
  'urn:oasis:names:tc:SAML:2.0:ac:classes:MobileTwoFactorUnregistered',
  'urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI',
])

/** Methods of RFC 8176 by what they rest on: something known, something held, something of the body. */
const kinds: readonly ReadonlySet<string>[] = [
  new Set(['pwd', 'pin', 'kba']),
  new Set(['otp', 'hwk', 'swk', 'sc', 'sms', 'tel', 'fido', 'pop']),
  new Set(['face', 'fpt', 'iris', 'retina', 'vbm']),
]

/** Whether `amr` and `acr` of an ID token mean two factors: one value that says so, or methods of two kinds. */
export function hasTwoFactors(preset: Preset, { amr, acr }: { amr: readonly string[]; acr: string | null }): boolean {
  const known = presets[preset].secondFactors
  if (amr.some((method) => known.amr.includes(method))) return true
  if (acr !== null && known.acr.includes(acr)) return true
  return kinds.filter((kind) => amr.some((method) => kind.has(method))).length > 1
}
