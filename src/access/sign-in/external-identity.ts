// What an identity provider's message says of a person, once it is verified: SAML assertions and ID tokens both become this.
import type { NameId } from './sessions/name-id.ts'

export type Profile = {
  /** The address, where there is exactly one that can be meant. */
  email: string | null
  firstName: string | null
  lastName: string | null
  displayName: string | null
  /** How the directory of the same provider calls the person, where the message tells. */
  externalId: string | null
  groups: string[]
  roles: string[]
}

/**
 * `listed`: these groups and no others, be it none. `not-provided`, `unknown-overage` (too many to list) and `unreadable`
 * (something else than names) say nothing that could be gone by, so what is stored stays.
 */
export type GroupsState = 'listed' | 'not-provided' | 'unknown-overage' | 'unreadable'

export type ExternalIdentity = {
  subject: string
  /** Null where the message has none, as in OpenID Connect. */
  nameId: NameId | null
  profile: Profile
  /** Every address that the message gives in the place of one; which of several counts, the organization's domains decide. */
  emails: string[]
  groupsState: GroupsState
  /** What the provider says of the address; `unknown` where it says nothing, or nothing that could be believed. */
  emailVerification: 'verified' | 'denied' | 'unknown'
  /** How the provider calls its own session, for logout. */
  providerSession: string | null
  /** When the provider wants our session to end at the latest. */
  notAfter: string | null
  /** When the person proved who they are to the provider; null where it does not say. */
  authenticatedAt: string | null
  hasSecondFactor: boolean
  idToken: string | null
}
