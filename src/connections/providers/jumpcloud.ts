// JumpCloud.
import { type IdentityProvider, usualAttributes, usualOidc, usualSecondFactors } from './provider.ts'

export const jumpcloud: IdentityProvider = {
  title: 'JumpCloud',
  guide: 'jumpcloud.md',
  domains: ['jumpcloud.com'],
  provisioning: 'custom application, Identity Management',
  saml: { attributes: usualAttributes, nameIdFormat: null },
  oidc: usualOidc,
  // It leaves them out for whoever is in none.
  absentGroups: 'none',
  secondFactors: usualSecondFactors,
  screens: {
    saml: {
      path: 'SSO Applications > Custom Application > SSO',
      fromUs: { 'SP Entity ID': 'entityId', 'ACS URLs': 'acsUrl' },
      choose: { 'IdP Entity ID': 'any unique string', 'SAMLSubject NameID': 'email' },
      fromThem: ['Metadata export'],
    },
    scim: {
      path: 'same application > Identity Management',
      fromUs: { 'Base URL': 'scimBaseUrl', 'Token Key': 'token' },
      choose: { 'SCIM Version': '2.0', 'Test User Email': 'an address in a verified domain' },
      warnings: ['activation creates and deletes a test user and a test group'],
    },
    oidc: {
      path: 'SSO Applications > Add New Application > Custom Application > Configure SSO with OIDC',
      fromUs: { 'Redirect URIs': 'redirectUri', 'Login URL': 'startUrl' },
      choose: { 'Client Authentication Type': 'Client Secret Basic', 'Standard Scopes': 'Email, Profile' },
      extra: { 'include group attribute': 'groups' },
      fromThem: ['Issuer (https://oauth.id.jumpcloud.com/)', 'Client ID', 'Client Secret'],
    },
  },
}
