// The e-mail addresses in a person's attributes, of which one is primary.
import type { Attributes } from './users.ts'

export type Email = { value?: unknown; type?: unknown; primary?: unknown }

export const emailsOf = ({ emails }: Attributes): Email[] => (Array.isArray(emails) ? (emails as Email[]) : [])

/** The one that is marked so, else the first. */
export const primaryOf = (emails: readonly Email[]): Email | undefined =>
  emails.find(({ primary }) => primary === true) ?? emails[0]

/** With this address in place of the primary one, or without that where it is null; further ones stay. */
export function withPrimary(emails: readonly Email[], email: string | null): Email[] {
  const before = primaryOf(emails)
  const others = emails.filter((each) => each !== before && each.value !== email)
  if (email === null) return others
  if (before?.value === email) return [before, ...others]
  return [{ value: email, type: before?.type ?? 'work', primary: true }, ...others]
}
