// What administrators write of a local person, as fields of a form.
import { z } from 'zod'
import { emailsOf, primaryOf, withPrimary } from '#directory/emails.ts'
import { enterpriseSchemaId } from '#directory/schema/definitions.ts'
import type { UserContent } from '#directory/user-content.ts'
import type { Attributes, UserRecord } from '#directory/users.ts'
import { nameSchema, parseInput } from '#platform/input.ts'

export type Profile = {
  userName: string
  displayName: string
  givenName: string
  familyName: string
  email: string
  title: string
  department: string
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

const partOf = (whole: unknown, part: string): string =>
  textOf(typeof whole === 'object' && whole !== null ? (whole as Attributes)[part] : undefined)

/** Empty texts for what is not known. */
export function profileOf({ userName, displayName, attributes }: Omit<UserRecord, 'groups'>): Profile {
  const email = primaryOf(emailsOf(attributes))?.value
  return {
    ...{ userName, displayName: displayName ?? '' },
    ...{ givenName: partOf(attributes['name'], 'givenName'), familyName: partOf(attributes['name'], 'familyName') },
    ...{ email: textOf(email), title: textOf(attributes['title']) },
    department: partOf(attributes[enterpriseSchemaId], 'department'),
  }
}

const optional = z.union([z.literal('').transform(() => null), nameSchema])

const ProfileInput = z.object({
  userName: nameSchema,
  displayName: optional.default(null),
  givenName: optional.default(null),
  familyName: optional.default(null),
  email: z.union([z.literal('').transform(() => null), z.email('must be an e-mail address').max(320)]).default(null),
  // Where a form does not have them, they stay.
  title: optional.optional(),
  department: optional.optional(),
})

/** The content with these fields in place of its own; other addresses and attributes stay. @throws AppError invalid */
export function changedProfile(before: UserContent, fields: Readonly<Record<string, string | undefined>>): UserContent {
  const trimmed = Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, value?.trim()]))
  const { userName, displayName, givenName, familyName, email, ...work } = parseInput(ProfileInput, trimmed)
  const { attributes } = before
  const name = withParts(attributes['name'], { givenName, familyName })
  const emails = withPrimary(emailsOf(attributes), email)
  const { title = textOf(attributes['title']) || null, department } = work
  const extension =
    department === undefined
      ? attributes[enterpriseSchemaId]
      : withParts(attributes[enterpriseSchemaId], { department })
  const own = new Set(['name', 'emails', 'title', enterpriseSchemaId])
  const others = Object.entries(attributes).filter(([key]) => !own.has(key))
  return {
    ...before,
    ...{ userName, displayName },
    attributes: {
      ...Object.fromEntries(others),
      ...(name === undefined ? {} : { name }),
      ...(emails.length === 0 ? {} : { emails }),
      ...(title === null ? {} : { title }),
      ...(extension === undefined ? {} : { [enterpriseSchemaId]: extension }),
    },
  }
}

function withParts(before: unknown, parts: Record<string, string | null>): Attributes | undefined {
  const merged = { ...(typeof before === 'object' ? (before as Attributes) : {}), ...parts }
  const present = Object.entries(merged).filter(([, value]) => value !== null && value !== undefined)
  return present.length === 0 ? undefined : Object.fromEntries(present)
}
