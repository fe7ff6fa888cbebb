// What administrators write of a local person, as fields of a form.
import { z } from 'zod'
import { emailsOf, primaryOf, withPrimary } from '#directory/emails.ts'
import type { UserContent } from '#directory/user-content.ts'
import type { Attributes, UserRecord } from '#directory/users.ts'
import { nameSchema, parseInput } from '#platform/input.ts'

export type Profile = { userName: string; displayName: string; givenName: string; familyName: string; email: string }

function namePart({ name }: Attributes, part: string): string {
  const value = typeof name === 'object' && name !== null ? (name as Attributes)[part] : undefined
  return typeof value === 'string' ? value : ''
}

/** Empty texts for what is not known. */
export function profileOf({ userName, displayName, attributes }: Omit<UserRecord, 'groups'>): Profile {
  const email = primaryOf(emailsOf(attributes))?.value
  return {
    ...{ userName, displayName: displayName ?? '' },
    ...{ givenName: namePart(attributes, 'givenName'), familyName: namePart(attributes, 'familyName') },
    email: typeof email === 'string' ? email : '',
  }
}

const optional = z.union([z.literal('').transform(() => null), nameSchema])

const ProfileInput = z.object({
  userName: nameSchema,
  displayName: optional.default(null),
  givenName: optional.default(null),
  familyName: optional.default(null),
  email: z.union([z.literal('').transform(() => null), z.email('must be an e-mail address').max(320)]).default(null),
})

/** The content with these fields in place of its own; other addresses and attributes stay. @throws AppError invalid */
export function changedProfile(before: UserContent, fields: Readonly<Record<string, string | undefined>>): UserContent {
  const trimmed = Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, value?.trim()]))
  const { userName, displayName, givenName, familyName, email } = parseInput(ProfileInput, trimmed)
  const { attributes } = before
  const name = withParts(attributes['name'], { givenName, familyName })
  const emails = withPrimary(emailsOf(attributes), email)
  const others = Object.entries(attributes).filter(([key]) => key !== 'name' && key !== 'emails')
  return {
    ...before,
    ...{ userName, displayName },
    attributes: {
      ...Object.fromEntries(others),
      ...(name === undefined ? {} : { name }),
      ...(emails.length === 0 ? {} : { emails }),
    },
  }
}

function withParts(before: unknown, parts: Record<string, string | null>): Attributes | undefined {
  const merged = { ...(typeof before === 'object' ? (before as Attributes) : {}), ...parts }
  const present = Object.entries(merged).filter(([, value]) => value !== null && value !== undefined)
  return present.length === 0 ? undefined : Object.fromEntries(present)
}
