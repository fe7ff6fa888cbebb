// Which attribute of a person goes into which claim of an application's tokens. Attributes are named as SCIM names them, those of extensions
// by their URN: `title`, `name.givenName`, `emails.value`, `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department`.
import { z } from 'zod'
import { isRecord } from '#platform/json.ts'

/** How a claim is called that says that another one was too long. */
export const truncatedSuffix = '_truncated'

/** What the protocol says in tokens, and what we say in them: no attribute gets to say it. */
const reserved = new Set([
  ...[
    'iss',
    'sub',
    'aud',
    'exp',
    'nbf',
    'iat',
    'jti',
    'azp',
    'nonce',
    'auth_time',
    'at_hash',
    'c_hash',
    's_hash',
    'acr',
    'amr',
    'sid',
  ],
  ...[
    'events',
    'toe',
    'txn',
    'sub_jwk',
    'sub_id',
    'client_id',
    'scope',
    'cnf',
    'act',
    'may_act',
    'active',
    'token_type',
    'username',
  ],
  ...['authorization_details', 'entitlements', 'groups', '_claim_names', '_claim_sources', 'updated_at'],
  ...['name', 'preferred_username', 'email', 'email_verified', 'phone_number_verified'],
  ...['organization', 'roles', 'brands', 'permissions'],
])

const claimName = z
  .string()
  .regex(/^[A-Za-z][\w.:/-]{0,99}$/, 'must begin with a letter and have letters, digits and . _ : / - alone')
  .refine((name) => !reserved.has(name) && !name.endsWith(truncatedSuffix), 'is a name that tokens use already')

const attributePath = z
  .string()
  .max(300)
  .regex(
    /^(urn:[\w.:-]+:)?[A-Za-z$][\w$-]*(\.[A-Za-z$][\w$-]*)?$/,
    'must be an attribute such as title, name.givenName or one with its urn',
  )
  .refine((path) => !/^password\b/i.test(path), 'is nobody’s to be told')

const mapping = z.strictObject({ claim: claimName, attribute: attributePath })

export const claimMappingsSchema = z
  .array(mapping)
  .max(30)
  .refine((all) => new Set(all.map(({ claim }) => claim)).size === all.length, 'must name each claim once')

export type ClaimMapping = z.output<typeof mapping>

/** The claims that come of a person's attributes; those that they do not have are left out. */
export function mappedClaims(
  mappings: readonly ClaimMapping[],
  document: Record<string, unknown>,
): Record<string, unknown> {
  const found = mappings.map(({ claim, attribute }) => [claim, valueAt(document, attribute)] as const)
  return Object.fromEntries(found.filter(([, value]) => value !== undefined))
}

function valueAt(document: Record<string, unknown>, attribute: string): unknown {
  const colon = attribute.lastIndexOf(':')
  const within = colon < 0 ? document : member(document, attribute.slice(0, colon))
  return attribute
    .slice(colon + 1)
    .split('.')
    .reduce<unknown>((value, name) => (Array.isArray(value) ? listOf(value, name) : member(value, name)), within)
}

const listOf = (values: readonly unknown[], name: string): unknown => {
  const found = values.flatMap((value) => member(value, name) ?? [])
  return found.length === 0 ? undefined : found
}

/** SCIM takes names in any case (RFC 7643 §2.1). */
function member(value: unknown, name: string): unknown {
  if (!isRecord(value)) return undefined
  const wanted = name.toLowerCase()
  return Object.entries(value).find(([key]) => key.toLowerCase() === wanted)?.[1] ?? undefined
}
