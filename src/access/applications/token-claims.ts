// What a token says of a person: by the scopes that it was asked for with, as the application wants it, and no longer than it may be.
import { type ClaimMapping, mappedClaims, truncatedSuffix } from './claim-mappings.ts'
import type { UserClaims } from './user-claims.ts'

/** The claims of each scope, apart from what the protocol says itself. */
export const scopeClaims = {
  profile: ['name', 'preferred_username'],
  email: ['email', 'email_verified'],
  organization: ['organization'],
  roles: ['roles'],
  brands: ['brands'],
  permissions: ['permissions'],
} as const

/** What `openid` brings without being asked, unless the application asks for each. */
export const unasked = ['organization', 'roles', 'brands'] as const

/** What was too long for a token says so in a claim of its own. */
export const truncations = ['roles', 'brands', 'permissions'].map((name) => `${name}${truncatedSuffix}`)

export type ClaimRules = {
  brandsClaim: 'objects' | 'slugs'
  accessClaims: 'always' | 'by_scope'
  claimMappings: readonly ClaimMapping[]
}

export type Claims = Record<string, unknown>

/** Bytes that a token may have of such claims: what an ID token is carried in, and what fits into a header of a request. */
export const idTokenBytes = 16_384
export const accessTokenBytes = 6_144

/** @param bytes at most, null for as many as there are (userinfo) */
export function claimsOf(
  found: UserClaims,
  rules: ClaimRules,
  { scopes, bytes }: { scopes: ReadonlySet<string>; bytes: number | null },
): Claims {
  const names = new Set<string>(rules.accessClaims === 'always' ? unasked : [])
  for (const [scope, claims] of Object.entries(scopeClaims))
    if (scopes.has(scope)) for (const name of claims) names.add(name)
  const attributes = scopes.has('profile') ? mappedClaims(rules.claimMappings, found.document) : {}
  const own = pick(saidOf(found, rules, scopes.has('permissions')), names)
  return bytes === null ? { ...attributes, ...own } : bounded({ ...attributes, ...own }, bytes)
}

/**
 * What a resource server is told of the person: what the token was asked for, and always the organization.
 * @param bytes at most, null for as many as there are (introspection)
 */
export function accessTokenClaims(
  found: UserClaims,
  rules: ClaimRules,
  { scopes, bytes }: { scopes: ReadonlySet<string>; bytes: number | null },
): Claims {
  const asked = (['roles', 'brands', 'permissions'] as const).filter((scope) => scopes.has(scope))
  const said = pick(saidOf(found, rules, scopes.has('permissions')), new Set(['organization', ...asked]))
  return bytes === null ? said : bounded(said, bytes)
}

function saidOf({ document: _, ...found }: UserClaims, { brandsClaim }: ClaimRules, hasPermissions: boolean): Claims {
  if (brandsClaim === 'slugs') return { ...found, brands: found.brands.map(({ slug }) => slug) }
  if (hasPermissions) return found
  return { ...found, brands: found.brands.map(({ permissions: _none, ...brand }) => brand) }
}

const pick = (claims: Claims, names: ReadonlySet<string>): Claims =>
  Object.fromEntries(Object.entries(claims).filter(([name, value]) => names.has(name) && value !== undefined))

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value))

/** Who somebody is stays; of the rest the longest goes first, and a claim in its place says that userinfo has it. */
function bounded(claims: Claims, bytes: number): Claims {
  const kept = { ...claims }
  const lengths = Object.entries(claims)
    .filter(([name]) => !lasting.has(name))
    .map(([name, value]) => [name, bytesOf(value)] as const)
    .toSorted(([, a], [, b]) => b - a)
  for (const [name] of lengths) {
    if (bytesOf(kept) <= bytes) break
    delete kept[name]
    kept[`${name}${truncatedSuffix}`] = true
  }
  return kept
}

const lasting: ReadonlySet<string> = new Set([
  ...scopeClaims.profile,
  ...scopeClaims.email,
  ...scopeClaims.organization,
])
