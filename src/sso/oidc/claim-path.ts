// Claims by the names that a connection has for them, which may lead into objects: `resource_access.rolecall.roles`.
import { isRecord } from '#platform/json.ts'

export type Claims = Readonly<Record<string, unknown>>

/**
 * The claim of exactly this name; where there is none, what the path of its names leads to. A backslash takes a dot for a part of
 * a name: `resource_access.shop\.example\.com.roles`.
 */
export function claimAt(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name]
  const path = (name.match(/(?:\\.|[^.\\])+/g) ?? []).map((part) => part.replace(/\\(.)/g, '$1'))
  return path.reduce<unknown>(step, claims)
}

/** What is there and leads no further is not absent: null, which nobody can read. */
function step(value: unknown, part: string): unknown {
  if (value === undefined) return undefined
  if (!isRecord(value)) return null
  return Object.hasOwn(value, part) ? value[part] : undefined
}

const secretClaims = new Set(['nonce', 'at_hash', 'c_hash', 'jti'])

/** The claims as the trace shows them. */
export const shownClaims = (claims: Claims): Record<string, unknown> =>
  Object.fromEntries(Object.entries(claims).filter(([name]) => !secretClaims.has(name)))
