// How a SAML provider calls a person, as it is kept with the session.

/** The person's name in SAML with what belongs to it (SAML Core 2.2.2), as the provider wants it back in a logout (3.3.4). */
export type NameId = {
  value: string
  format: string | null
  nameQualifier: string | null
  spNameQualifier: string | null
}
