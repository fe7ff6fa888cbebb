// What each identity provider calls things by default (wire 18): a preset fills in a new connection, which
// may then differ from it.

export type Preset = 'okta' | 'entra' | 'google' | 'onelogin' | 'jumpcloud' | 'adfs' | 'keycloak' | 'generic'

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

export type PresetDefaults = {
  title: string
  saml: { attributes: AttributeNames; nameIdFormat: string | null }
  oidc: {
    claims: AttributeNames
    scopes: readonly string[]
    /** Together they make the subject: stable for a person, whatever application asks. */
    subjectClaims: readonly string[]
    /** The claim that tells that an e-mail address was verified; null where none can be believed. */
    emailVerifiedClaim: string | null
  }
}

const claimUri = (name: string): string => `http://schemas.xmlsoap.org/ws/2005/05/identity/claims/${name}`

const email = [
  'email',
  'mail',
  'User.email',
  'emailAddress',
  claimUri('emailaddress'),
  'urn:oid:0.9.2342.19200300.100.1.3',
  'urn:oid:1.2.840.113549.1.9.1',
]
const firstName = [
  'firstName',
  'first_name',
  'given_name',
  'givenName',
  'firstname',
  'User.FirstName',
  claimUri('givenname'),
  'urn:oid:2.5.4.42',
]
const lastName = [
  'lastName',
  'last_name',
  'family_name',
  'surname',
  'sn',
  'lastname',
  'User.LastName',
  claimUri('surname'),
  'urn:oid:2.5.4.4',
]
const displayName = [
  'displayName',
  'display_name',
  'http://schemas.microsoft.com/identity/claims/displayname',
  'urn:oid:2.16.840.1.113730.3.1.241',
]

const generalSaml: AttributeNames = {
  ...{ email, firstName, lastName, displayName },
  externalId: [],
  groups: ['groups', 'memberOf', 'http://schemas.xmlsoap.org/claims/Group'],
  roles: ['roles', 'Role', 'role'],
}

const generalOidc: AttributeNames = {
  email: ['email'],
  firstName: ['given_name'],
  lastName: ['family_name'],
  displayName: ['name'],
  externalId: ['sub'],
  groups: ['groups'],
  roles: ['roles'],
}

const oidc: PresetDefaults['oidc'] = {
  claims: generalOidc,
  scopes: ['openid', 'email', 'profile'],
  subjectClaims: ['sub'],
  emailVerifiedClaim: 'email_verified',
}

const emailAddress = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress'

export const presets: Record<Preset, PresetDefaults> = {
  okta: {
    title: 'Okta',
    saml: { attributes: generalSaml, nameIdFormat: null },
    oidc: { ...oidc, scopes: [...oidc.scopes, 'groups'] },
  },
  entra: {
    title: 'Microsoft Entra ID',
    saml: {
      attributes: {
        ...generalSaml,
        email: [claimUri('emailaddress'), ...email],
        // claims/name is the UPN, not a name for people.
        displayName: ['http://schemas.microsoft.com/identity/claims/displayname'],
        externalId: ['http://schemas.microsoft.com/identity/claims/objectidentifier'],
        groups: ['http://schemas.microsoft.com/ws/2008/06/identity/claims/groups'],
        roles: ['http://schemas.microsoft.com/ws/2008/06/identity/claims/role'],
      },
      nameIdFormat: null,
    },
    oidc: {
      ...oidc,
      claims: { ...generalOidc, externalId: ['oid'] },
      // `sub` differs from application to application.
      subjectClaims: ['tid', 'oid'],
      // An address from Entra proves nothing, whatever a claim says.
      emailVerifiedClaim: null,
    },
  },
  google: { title: 'Google Workspace', saml: { attributes: generalSaml, nameIdFormat: null }, oidc },
  onelogin: {
    title: 'OneLogin',
    saml: { attributes: generalSaml, nameIdFormat: null },
    oidc: { ...oidc, scopes: [...oidc.scopes, 'groups'] },
  },
  jumpcloud: { title: 'JumpCloud', saml: { attributes: generalSaml, nameIdFormat: null }, oidc },
  // AD FS answers InvalidNameIDPolicy to a format that it has no rule for, so none is asked for.
  adfs: {
    title: 'AD FS',
    saml: {
      attributes: { ...generalSaml, roles: ['http://schemas.microsoft.com/ws/2008/06/identity/claims/role'] },
      nameIdFormat: null,
    },
    // A UPN is no address by itself; where it is one, an administrator may name it.
    oidc: { ...oidc, claims: { ...generalOidc, externalId: [] }, emailVerifiedClaim: null },
  },
  keycloak: { title: 'Keycloak', saml: { attributes: generalSaml, nameIdFormat: null }, oidc },
  generic: { title: 'Another provider', saml: { attributes: generalSaml, nameIdFormat: null }, oidc },
}

export const presetNames = Object.keys(presets) as [Preset, ...Preset[]]

/** The NameID format whose value is an e-mail address; of any other, a connection has to say so. */
export const emailNameIdFormat = emailAddress

/** Claims by which providers state whether an address was verified; a denial counts with every preset. */
export const emailStatementClaims = ['email_verified', 'xms_edov'] as const
