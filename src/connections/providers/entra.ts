// Microsoft Entra ID.
import {
  claimUri,
  type IdentityProvider,
  multipleAuthn,
  usualAttributes,
  usualClaims,
  usualOidc,
  usualSecondFactors,
} from './provider.ts'

const isTenantId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export const entra: IdentityProvider = {
  title: 'Microsoft Entra ID',
  guide: 'entra-id.md',
  domains: ['login.microsoftonline.com', 'sts.windows.net'],
  provisioning: 'with and without the `aadOptscim062020` flag',
  saml: {
    attributes: {
      ...usualAttributes,
      email: [claimUri('emailaddress'), ...usualAttributes.email],
      // claims/name is the UPN, not a name for people.
      displayName: ['http://schemas.microsoft.com/identity/claims/displayname'],
      externalId: ['http://schemas.microsoft.com/identity/claims/objectidentifier'],
      groups: ['http://schemas.microsoft.com/ws/2008/06/identity/claims/groups'],
      roles: ['http://schemas.microsoft.com/ws/2008/06/identity/claims/role'],
    },
    nameIdFormat: null,
  },
  oidc: {
    ...usualOidc,
    // External ID and B2C send a list.
    claims: { ...usualClaims, email: ['email', 'emails'], externalId: ['oid'] },
    // `sub` differs from application to application.
    subjectClaims: ['tid', 'oid'],
    // An address from Entra proves nothing, whatever a claim says.
    emailVerifiedClaim: null,
    fields: {
      issuer: { label: 'Directory (tenant) ID', hint: 'Or the address of the issuer, where it is another cloud.' },
      clientId: { label: 'Application (client) ID' },
      clientSecret: { label: 'Client secret value', hint: 'The value, not the secret’s ID.' },
    },
    issuerOfTenant: (tenantId) =>
      isTenantId.test(tenantId) ? `https://login.microsoftonline.com/${tenantId.toLowerCase()}/v2.0` : undefined,
  },
  secondFactors: { ...usualSecondFactors, amr: ['mfa', 'ngcmfa', multipleAuthn] },
  provisioningPace:
    'Entra delivers changes in cycles, about every 40 minutes; the page of the directory says when the next one is due.',
  screens: {
    saml: {
      path: 'Enterprise applications > New > Create your own > Single sign-on > SAML',
      fromUs: {
        'Identifier (Entity ID)': 'entityId',
        'Reply URL (Assertion Consumer Service URL)': 'acsUrl',
        'Sign on URL (optional)': 'startUrl',
        'Logout Url (optional)': 'sloUrl',
      },
      fromThem: ['App Federation Metadata Url'],
      extra: { 'Add a group claim': 'Groups assigned to the application' },
    },
    scim: {
      path: 'Enterprise application > Provisioning > Automatic',
      fromUs: { 'Tenant URL': 'scimBaseUrl?aadOptscim062020', 'Secret Token': 'token' },
      afterwards: ['Test Connection', 'Mappings', 'Scope: assigned users and groups', 'Provisioning Status On'],
    },
    oidc: {
      path: 'App registrations > New registration',
      fromUs: { 'Redirect URI (Web)': 'redirectUri', 'Front-channel logout URL': 'frontchannelLogoutUrl' },
      fromThem: ['Application (client) ID', 'Directory (tenant) ID', 'Client secret value'],
      extra: { 'Token configuration': 'groups claim, optional claims email, given_name, family_name' },
    },
  },
}
