// A row of an import: as Rolecall names its fields, or as an export of Auth0, Keycloak or Firebase has them.
import { z } from 'zod'
import { resolveAttribute, userSchema } from '#directory/schema/attributes.ts'
import { canonicalValue, type Json } from '#directory/schema/canonical.ts'
import { enterpriseSchemaId, userSchemaId, validateAttribute } from '#directory/schema/definitions.ts'
import type { Attributes } from '#directory/users.ts'
import { invalid } from '#platform/errors.ts'
import { type FirebaseProject, importedHash } from '#platform/foreign-password.ts'
import { instantSchema, nameSchema, parseInput } from '#platform/input.ts'
import { isRecord } from '#platform/json.ts'
import { faultWords } from './row-words.ts'

type Raw = Record<string, unknown>

const address = z.email('is not valid').max(320)

/** A list as it is, or as SCIM has it: objects with `value`, the primary one first. */
const addresses = z.preprocess(plainAddresses, z.array(address).max(20))

function plainAddresses(given: unknown): unknown {
  if (given === null || given === undefined) return []
  const list = Array.isArray(given) ? given : [given]
  const isPrimary = (each: unknown): boolean => isRecord(each) && each['primary'] === true
  const sorted = [...list.filter(isPrimary), ...list.filter((each) => !isPrimary(each))]
  return sorted.map((each) => (isRecord(each) ? each['value'] : each)).map(trimmed)
}

const trimmed = (value: unknown): unknown => (typeof value === 'string' ? value.trim() : value)

/** In any case; what is not said is `active`. */
const status = z.preprocess(
  (given) => (given === null ? undefined : typeof given === 'string' ? given.trim().toLowerCase() : given),
  z.enum(['active', 'inactive']).default('active'),
)
const optional = nameSchema.nullish()

const Row = z.strictObject({
  userName: nameSchema,
  externalId: optional,
  displayName: optional,
  givenName: optional,
  familyName: optional,
  /** The first one is the sign-in address. */
  emails: addresses.default([]),
  status,
  /** Further SCIM attributes of a user, by their names. */
  attributes: z.record(z.string(), z.json()).default({}),
  /** Roles and brands by key, slug or id; without a brand, in the organization. */
  assignments: z
    .array(z.strictObject({ role: z.string(), brand: z.string().nullish(), expiresAt: instantSchema.nullish() }))
    .max(100)
    .default([]),
  /** How providers call them: the id or name of a connection, and the subject there. */
  identities: z
    .array(z.strictObject({ connection: z.string(), subject: z.string().min(1).max(1_024) }))
    .max(20)
    .default([]),
  passwordHash: z.unknown().optional(),
  /** Base32 of an authenticator. */
  totpSecret: z
    .string()
    .regex(/^[A-Z2-7]{16,128}=*$/i, 'must be Base32')
    .nullish(),
})

export type ImportRow = Omit<z.output<typeof Row>, 'passwordHash' | 'attributes'> & {
  /** With names and addresses. */
  attributes: Attributes
  /** As it is kept. */
  passwordHash: string | null
}

const present = (row: Raw): Raw =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined && value !== ''))

/** @param firebase the hash parameters of the project, where the rows come from one. @throws AppError invalid */
export function importRow(input: unknown, firebase: FirebaseProject | undefined): ImportRow {
  if (!isRecord(input)) throw invalid('A row is an object', 'invalidSyntax')
  const { passwordHash, attributes, emails, givenName, familyName, ...row } = parseInput(
    Row,
    translated(input),
    faultWords,
  )
  const name = present({ givenName: givenName ?? undefined, familyName: familyName ?? undefined })
  const others = canonicalAttributes(attributes)
  return {
    ...{ ...row, emails, givenName, familyName },
    passwordHash: passwordHash === undefined || passwordHash === null ? null : importedHash(passwordHash, { firebase }),
    attributes: {
      ...others,
      ...(Object.keys(name).length === 0 ? {} : { name: { ...(others['name'] as Attributes | undefined), ...name } }),
      ...(emails.length === 0 ? {} : { emails: emails.map((value, index) => addressOf(value, index === 0)) }),
    },
  }
}

const addressOf = (value: string, isFirst: boolean) => (isFirst ? { value, type: 'work', primary: true } : { value })

/** What a row says by fields of its own, or nobody imports. */
const ownFields = new Set(['userName', 'externalId', 'displayName', 'emails', 'active', 'password'])

/** @throws AppError invalid for a name that no SCIM user has, or a value that it cannot have */
function canonicalAttributes(attributes: Record<string, Json>): Attributes {
  const found: Attributes = {}
  for (const [name, given] of Object.entries(attributes)) {
    const resolved = resolveAttribute(userSchema, name)
    if (
      resolved === undefined ||
      resolved.attribute.mutability !== 'readWrite' ||
      ownFields.has(resolved.attribute.name)
    )
      throw invalid(`attributes.${name} is no attribute of a user, or has a field of its own`, 'invalidValue')
    const value = canonicalValue(resolved.attribute, given)
    if (value === undefined) continue
    const { name: proper } = resolved.attribute
    validated(resolved.extension ?? userSchemaId, proper, value)
    if (resolved.extension === undefined) found[proper] = value
    else found[enterpriseSchemaId] = { ...(found[enterpriseSchemaId] as Attributes | undefined), [proper]: value }
  }
  return found
}

function validated(schemaId: string, name: string, value: Json): void {
  try {
    validateAttribute(schemaId, name, value)
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : `attributes.${name} is not valid`, 'invalidValue')
  }
}

function translated(row: Raw): Raw {
  if ('localId' in row) return fromFirebase(row)
  if ('credentials' in row || ('username' in row && !('userName' in row))) return fromKeycloak(row)
  if ('user_id' in row || 'email_verified' in row || 'given_name' in row) return fromAuth0(row)
  return fromCells(row)
}

/** https://auth0.com/docs/manage-users/user-migration/bulk-user-exports */
function fromAuth0({ email, username, name, given_name, family_name, blocked, passwordHash, ...row }: Raw): Raw {
  return present({
    userName: email ?? username,
    ...{ displayName: name, givenName: given_name, familyName: family_name },
    ...{ emails: email === undefined ? undefined : [email], status: blocked === true ? 'inactive' : undefined },
    passwordHash: passwordHash ?? row['password_hash'] ?? row['custom_password_hash'],
  })
}

/** A user of a realm’s export (`kc.sh export`). */
function fromKeycloak({ username, email, firstName, lastName, enabled, credentials }: Raw): Raw {
  const list = Array.isArray(credentials) ? credentials.filter(isRecord) : []
  return present({
    userName: username,
    ...{ givenName: firstName, familyName: lastName, emails: email === undefined ? undefined : [email] },
    status: enabled === false ? 'inactive' : undefined,
    passwordHash: list.find(({ type }) => type === 'password'),
  })
}

/** A user of `firebase auth:export`. */
function fromFirebase({ localId, email, displayName, disabled, passwordHash, salt }: Raw): Raw {
  return present({
    ...{ userName: email ?? localId, displayName, emails: email === undefined ? undefined : [email] },
    status: disabled === true ? 'inactive' : undefined,
    passwordHash: passwordHash === undefined ? undefined : { passwordHash, salt },
  })
}

/** Cells of a table are texts: lists part by blanks or semicolons, `role@brand`, `connection:subject`. */
function fromCells({ email, roles, ...row }: Raw): Raw {
  const list = (value: unknown): string[] =>
    (Array.isArray(value) ? value.map(String) : typeof value === 'string' ? value.split(/[\s;]+/) : []).filter(
      (part) => part !== '',
    )
  const split = (value: string, mark: string): [string, string | undefined] => {
    const at = value.indexOf(mark)
    return at < 0 ? [value, undefined] : [value.slice(0, at), value.slice(at + 1)]
  }
  const held = list(roles).map((each) => split(each, '@'))
  const known =
    typeof row['identities'] === 'string' ? list(row['identities']).map((each) => split(each, ':')) : undefined
  return present({
    ...row,
    ...(email === undefined ? {} : { emails: list(email) }),
    ...(typeof row['emails'] === 'string' ? { emails: list(row['emails']) } : {}),
    ...(held.length === 0 ? {} : { assignments: held.map(([role, brand]) => present({ role, brand })) }),
    ...(known === undefined ? {} : { identities: known.map(([connection, subject]) => ({ connection, subject })) }),
    userName: row['userName'] ?? (typeof email === 'string' ? list(email)[0] : undefined),
  })
}
