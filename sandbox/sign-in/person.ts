// A person known to an emulated identity provider.

export type Person = {
  /** Stable id: `sub` in OIDC, the key of the sign-in page. */
  id: string
  email: string
  givenName: string
  familyName: string
  groups?: readonly string[]
  roles?: readonly string[]
  /** `email_verified` of OIDC; true unless told. */
  isEmailVerified?: boolean
}

/** The person of that id. @throws Error if nobody has it. */
export function findPerson(people: readonly Person[], id: string): Person {
  const person = people.find((candidate) => candidate.id === id)
  if (person === undefined) throw new Error(`Nobody here has the id ${id}`)
  return person
}

/** First name and last name. */
export const displayName = (person: Person): string => `${person.givenName} ${person.familyName}`
