// What of a provider's message means that the person proved themselves by two factors. Everything else, be it the same text in
// another place, means nothing.
import type { Preset } from './presets.ts'

const multipleAuthn = 'http://schemas.microsoft.com/claims/multipleauthn'
const refedsMfa = 'https://refeds.org/profile/mfa'

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

type Signs = {
  /** Values of `amr` that mean two factors by themselves (RFC 8176, and the provider's own). */
  amr: readonly string[]
  /** Values of `acr` that do. */
  acr: readonly string[]
}

const general: Signs = {
  amr: ['mfa'],
  acr: [refedsMfa, 'http://schemas.openid.net/pape/policies/2007/06/multi-factor'],
}

const signs: Record<Preset, Signs> = {
  okta: { ...general, acr: [...general.acr, 'urn:okta:loa:2fa:any'] },
  entra: { ...general, amr: ['mfa', 'ngcmfa', multipleAuthn] },
  adfs: { ...general, amr: ['mfa', multipleAuthn] },
  google: general,
  onelogin: general,
  jumpcloud: general,
  // Its levels (`acr` 1, 2, …) mean what each realm makes of them.
  keycloak: general,
  generic: general,
}

/** Methods of RFC 8176 by what they rest on: something known, something held, something of the body. */
const kinds: readonly ReadonlySet<string>[] = [
  new Set(['pwd', 'pin', 'kba']),
  new Set(['otp', 'hwk', 'swk', 'sc', 'sms', 'tel', 'fido', 'pop']),
  new Set(['face', 'fpt', 'iris', 'retina', 'vbm']),
]

/** Whether `amr` and `acr` of an ID token mean two factors: one value that says so, or methods of two kinds. */
export function hasTwoFactors(preset: Preset, { amr, acr }: { amr: readonly string[]; acr: string | null }): boolean {
  const known = signs[preset]
  if (amr.some((method) => known.amr.includes(method))) return true
  if (acr !== null && known.acr.includes(acr)) return true
  return kinds.filter((kind) => amr.some((method) => kind.has(method))).length > 1
}
