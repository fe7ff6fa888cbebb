// How a user looks in the API, and what an administrator may say of one.
import { z } from '@hono/zod-openapi'
import type { ListedUser as ListedRecord } from '#access/people/list-users.ts'
import { accountKinds } from '#access/people/search/user-filter.ts'
import type { UserContent } from '#directory/user-content.ts'
import type { Attributes, UserRecord } from '#directory/users.ts'
import { time } from '../contract/schemas.ts'

const statuses = z.enum(['invited', 'active', 'inactive', 'erased'])

const reasons = z.enum(['directory', 'directory_deleted', 'administrator', 'inactivity', 'end_date'])

export const User = z
  .object({
    id: z.string(),
    userName: z.string(),
    displayName: z.string().nullable(),
    givenName: z.string().nullable(),
    familyName: z.string().nullable(),
    emails: z.array(z.string()),
    externalId: z.string().nullable(),
    status: statuses,
    statusReason: reasons.nullable(),
    directoryId: z.string().nullable().openapi({ description: 'The directory that manages the user; null: none' }),
    groups: z.array(z.object({ id: z.string(), displayName: z.string() })),
    version: z.number().int(),
    createdAt: time,
    updatedAt: time,
  })
  .openapi('User')

const role = z.object({ id: z.string(), key: z.string(), name: z.string() })

export const ListedUser = User.extend({
  email: z.string().nullable().openapi({ description: 'The address that they are told by' }),
  lastActiveAt: time.nullable().openapi({ description: 'When one of their sessions was last in use, to the hour' }),
  returnsAt: time.nullable().openapi({ description: 'Until when their deactivation is meant' }),
  directory: z.object({ id: z.string(), name: z.string() }).nullable(),
  roles: z.array(role).openapi({ description: 'Held in the organization now, through whatever' }),
  brands: z.array(z.object({ id: z.string(), slug: z.string(), name: z.string(), roles: z.array(role) })),
  invitationId: z.string().nullable().openapi({ description: 'The invitation that waits for them' }),
  isEmergencyAccount: z
    .boolean()
    .openapi({ description: 'Sealed for the day on which nothing else works; left out of lists of people' }),
}).openapi('ListedUser')

const text = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .refine((value) => !value.includes('\0'), 'must not contain NUL')

const fields = {
  displayName: text.nullish(),
  givenName: text.nullish(),
  familyName: text.nullish(),
  emails: z.array(z.email().max(320)).max(20).optional().openapi({ description: 'The first one is the primary one' }),
  externalId: text.nullish(),
}

const firstPassword = {
  password: z.string().max(1_000).optional().openapi({
    description: 'With it they can sign in at once; refused where the organization signs in by its provider',
  }),
  mustChangePassword: z.boolean().default(true).openapi({ description: 'At the first sign-in; for a `password` only' }),
  roles: z
    .array(z.strictObject({ roleId: z.string(), brandId: z.string().nullish() }))
    .max(100)
    .default([])
    .openapi({ description: 'What they hold from the start; for a `password` only. Null: in the organization' }),
}

export const CreateUser = z
  .strictObject({ userName: text, ...fields, ...firstPassword })
  .refine(({ password, roles }) => password !== undefined || roles.length === 0, {
    path: ['roles'],
    message: 'are given together with a password; otherwise create assignments',
  })
  .openapi('CreateUser')

type NewUser = z.infer<typeof CreateUser>

export const UpdateUser = z.strictObject({ userName: text.optional(), ...fields }).openapi('UpdateUser')

/** Of lists of people. */
export const accountsFilter = z
  .enum(accountKinds)
  .default('people')
  .openapi({ description: 'People alone, the sealed emergency accounts alone, or both' })

/** The status filter of the list. */
export const userStatus = statuses

export function presentUser(user: UserRecord): z.infer<typeof User> {
  const { id, userName, displayName, externalId, status, statusReason, directoryId, groups, version } = user
  const { createdAt, updatedAt } = user
  const columns = { id, userName, displayName, externalId, status, statusReason, directoryId, groups, version }
  return {
    ...columns,
    givenName: namePart(user.attributes, 'givenName'),
    familyName: namePart(user.attributes, 'familyName'),
    emails: addresses(user.attributes),
    ...{ createdAt, updatedAt },
  }
}

export function presentListed(user: ListedRecord): z.infer<typeof ListedUser> {
  const { email, lastActiveAt, returnsAt, directory, roles, brands, invitationId, isEmergencyAccount } = user
  return {
    ...presentUser(user),
    lastActiveAt,
    returnsAt,
    ...{ email, directory, roles, brands, invitationId, isEmergencyAccount },
  }
}

function namePart({ name }: Attributes, part: 'givenName' | 'familyName'): string | null {
  const value = typeof name === 'object' && name !== null ? (name as Attributes)[part] : undefined
  return typeof value === 'string' ? value : null
}

type Address = { value?: unknown; primary?: unknown }

function addresses({ emails }: Attributes): string[] {
  const list = Array.isArray(emails) ? (emails as Address[]) : []
  const primaryFirst = list.toSorted((a, b) => Number(b.primary === true) - Number(a.primary === true))
  return primaryFirst.map(({ value }) => value).filter((value) => typeof value === 'string')
}

type UserInput = z.infer<typeof UpdateUser>

/** The content of a new user. */
export const newContent = ({ userName, ...input }: NewUser): UserContent =>
  changedContent({ userName, externalId: null, displayName: null, isActive: true, attributes: {} }, input)

/** What is not mentioned stays; null takes it away. */
export function changedContent(before: UserContent, input: UserInput): UserContent {
  const { userName = before.userName, displayName = before.displayName, externalId = before.externalId } = input
  const attributes = { ...before.attributes, ...nameAttribute(before.attributes, input), ...emailsAttribute(input) }
  const present = Object.entries(attributes).filter(([, value]) => value !== undefined)
  return { ...before, userName, displayName, externalId, attributes: Object.fromEntries(present) }
}

function nameAttribute({ name }: Attributes, { givenName, familyName }: UserInput): Attributes {
  if (givenName === undefined && familyName === undefined) return {}
  const changes = {
    ...(givenName === undefined ? {} : { givenName }),
    ...(familyName === undefined ? {} : { familyName }),
  }
  const merged = Object.entries({ ...(name as Attributes | undefined), ...changes }).filter(
    ([, value]) => value !== null,
  )
  return { name: merged.length === 0 ? undefined : Object.fromEntries(merged) }
}

function emailsAttribute({ emails }: UserInput): Attributes {
  if (emails === undefined) return {}
  if (emails.length === 0) return { emails: undefined }
  return { emails: emails.map((value, index) => ({ value, ...(index === 0 ? { primary: true } : {}) })) }
}
