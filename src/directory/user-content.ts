// What a directory or an administrator may say of a user, and how two such statements compare.
import { isDeepStrictEqual } from 'node:util'
import { emailsOf } from './emails.ts'
import { fold } from './fold.ts'
import type { Attributes, UserRecord } from './users.ts'

export type UserContent = {
  userName: string
  externalId: string | null
  displayName: string | null
  /** Undefined says nothing of it: a new person is active, anybody else stays as they are. */
  isActive?: boolean | undefined
  attributes: Attributes
}

/** What is known of the user; of the status it says nothing. */
export const contentOf = ({ userName, externalId, displayName, attributes }: UserRecord): UserContent => ({
  ...{ userName, externalId, displayName, attributes },
})

/** The names of what differs, for the audit row; empty where nothing does. Status is not part of it. */
export function changedFields(before: UserContent, after: UserContent): string[] {
  const fields = (['userName', 'externalId', 'displayName'] as const).filter((name) => before[name] !== after[name])
  const names = new Set([...Object.keys(before.attributes), ...Object.keys(after.attributes)])
  const attributes = [...names].filter((name) => !isDeepStrictEqual(before.attributes[name], after.attributes[name]))
  return [...fields, ...attributes]
}

/** The folded, distinct e-mail addresses, for the look-up table. */
export function emailKeys(attributes: Attributes): string[] {
  const values = emailsOf(attributes)
    .map(({ value }) => value)
    .filter((value) => typeof value === 'string')
  return [...new Set(values.map(fold))]
}
