// What is known of an identity provider: the defaults of a new connection, which may then differ from them, and the fields of its
// own screens. Each provider has a file beside this one; docs/connect/new.md says how to add another.

/** The parts of a profile, each with the names that it may come under, the first that is there counts. */
export type AttributeNames = {
  email: readonly string[]
  firstName: readonly string[]
  lastName: readonly string[]
  displayName: readonly string[]
  externalId: readonly string[]
  groups: readonly string[]
  roles: readonly string[]
}

/** Our values, as screens name them. `scimBaseUrl` may have a query behind it; `token` is issued in the step itself. */
export type OurValue =
  | 'acsUrl'
  | 'entityId'
  | 'metadataUrl'
  | 'sloUrl'
  | 'startUrl'
  | 'redirectUri'
  | 'postLogoutRedirectUri'
  | 'backchannelLogoutUrl'
  | 'frontchannelLogoutUrl'
  /** For a validator that takes a regular expression. */
  | 'regexOfAcsUrl'
  | `scimBaseUrl${'' | `?${string}`}`
  | 'token'

/** A screen of the provider's console, by its own labels, which move now and then. */
export type ProviderScreen = {
  /** Where it is in the console. */
  path: string
  /** What to paste there: its label, and which of our values. */
  fromUs?: Record<string, OurValue>
  choose?: Record<string, string | string[]>
  /** What to bring back to us. */
  fromThem?: string[]
  statements?: Record<string, string>
  groupStatement?: Record<string, string>
  extra?: Record<string, string>
  rules?: string[]
  afterwards?: string[]
  warnings?: string[]
}

export type IdentityProvider = {
  title: string
  /** In docs/connect. */
  guide: string
  /** Domains that are the provider's own, by which its metadata is told from that of another. */
  domains?: readonly string[]
  /** The same, of what every organization runs under a domain of its own. */
  paths?: RegExp
  /** What it delivers by SCIM, in a few words for the README. */
  provisioning: string
  saml: {
    attributes: AttributeNames
    nameIdFormat: string | null
    /** False where it would encrypt in a way that is refused here, as soon as it sees a key for that. */
    getsEncryptionKey?: boolean
  }
  oidc: {
    claims: AttributeNames
    scopes: readonly string[]
    /** Together they make the subject: stable for a person, whatever application asks. */
    subjectClaims: readonly string[]
    /** The claim that tells that an e-mail address was verified; null where none can be believed. */
    emailVerifiedClaim: string | null
    /** A list of so many groups may have been cut off. */
    largestGroupList?: number
    /** Where the accounts of an organization are told by their domain (claim `hd`). */
    hasHostedDomains?: boolean
    /** What its administrators know the fields of the wizard by, where that differs. */
    fields?: {
      issuer: { label: string; hint: string }
      clientId: { label: string }
      clientSecret: { label: string; hint: string }
    }
    /** Where people know the id of their tenant rather than the issuer; undefined for a text that is no such id. */
    issuerOfTenant?: (tenantId: string) => string | undefined
  }
  /** What a message means that leaves the groups out; people keep theirs where it is not known. */
  absentGroups?: 'kept' | 'none'
  /** Values of `amr` (RFC 8176, and the provider's own) and of `acr` that mean two factors by themselves. */
  secondFactors: { amr: readonly string[]; acr: readonly string[] }
  /** When changes come, where it is worth knowing. */
  provisioningPace?: string
  /** None for what it does not have: without one for `scim` it provisions no applications like this one. */
  screens: Partial<Record<'saml' | 'oidc' | 'scim', ProviderScreen>>
}

export const claimUri = (name: string): string => `http://schemas.xmlsoap.org/ws/2005/05/identity/claims/${name}`

export const multipleAuthn = 'http://schemas.microsoft.com/claims/multipleauthn'
export const refedsMfa = 'https://refeds.org/profile/mfa'

/** The names that most providers use in SAML (wire 18). */
export const usualAttributes: AttributeNames = {
  email: [
    'email',
    'mail',
    'User.email',
    'emailAddress',
    claimUri('emailaddress'),
    'urn:oid:0.9.2342.19200300.100.1.3',
    'urn:oid:1.2.840.113549.1.9.1',
  ],
  firstName: [
    'firstName',
    'first_name',
    'given_name',
    'givenName',
    'firstname',
    'User.FirstName',
    claimUri('givenname'),
    'urn:oid:2.5.4.42',
  ],
  lastName: [
    'lastName',
    'last_name',
    'family_name',
    'surname',
    'sn',
    'lastname',
    'User.LastName',
    claimUri('surname'),
    'urn:oid:2.5.4.4',
  ],
  displayName: [
    'displayName',
    'display_name',
    'http://schemas.microsoft.com/identity/claims/displayname',
    'urn:oid:2.16.840.1.113730.3.1.241',
  ],
  externalId: [],
  groups: [
    'groups',
    'memberOf',
    'isMemberOf',
    'http://schemas.xmlsoap.org/claims/Group',
    'urn:oid:1.3.6.1.4.1.5923.1.5.1.1',
    'urn:mace:dir:attribute-def:isMemberOf',
    'urn:oid:1.2.840.113556.1.2.102',
  ],
  roles: ['roles', 'Role', 'role'],
}

/** OpenID Connect Core 1.0 §5.1, and what is usual beside it. */
export const usualClaims: AttributeNames = {
  email: ['email'],
  firstName: ['given_name'],
  lastName: ['family_name'],
  displayName: ['name'],
  externalId: ['sub'],
  groups: ['groups'],
  roles: ['roles'],
}

export const usualOidc: IdentityProvider['oidc'] = {
  claims: usualClaims,
  scopes: ['openid', 'email', 'profile'],
  subjectClaims: ['sub'],
  emailVerifiedClaim: 'email_verified',
}

export const usualSecondFactors: IdentityProvider['secondFactors'] = {
  amr: ['mfa'],
  acr: [refedsMfa, 'http://schemas.openid.net/pape/policies/2007/06/multi-factor'],
}
