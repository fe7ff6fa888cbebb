// Okta.
import { type IdentityProvider, usualAttributes, usualOidc, usualSecondFactors } from './provider.ts'

export const okta: IdentityProvider = {
  title: 'Okta',
  guide: 'okta.md',
  domains: ['okta.com', 'oktapreview.com', 'okta-emea.com'],
  provisioning: 'users and pushed groups',
  saml: { attributes: usualAttributes, nameIdFormat: null },
  oidc: {
    ...usualOidc,
    scopes: [...usualOidc.scopes, 'groups'],
    // Of more groups than this it names the first ones and does not say so (wire 17).
    largestGroupList: 100,
  },
  // It leaves them out for whoever is in none.
  absentGroups: 'none',
  secondFactors: { ...usualSecondFactors, acr: [...usualSecondFactors.acr, 'urn:okta:loa:2fa:any'] },
  screens: {
    saml: {
      path: 'Applications > Create App Integration > SAML 2.0',
      fromUs: { 'Single sign-on URL': 'acsUrl', 'Audience URI (SP Entity ID)': 'entityId' },
      choose: { 'Name ID format': 'EmailAddress', 'Application username': 'Email or Okta username' },
      statements: { email: 'user.email', firstName: 'user.firstName', lastName: 'user.lastName' },
      groupStatement: { name: 'groups', filter: 'Matches regex .*' },
      fromThem: ['Metadata URL'],
    },
    scim: {
      path: 'App > Provisioning > Integration (after General > Enable SCIM provisioning)',
      fromUs: { 'SCIM connector base URL': 'scimBaseUrl', 'Authorization (HTTP Header: Bearer)': 'token' },
      choose: {
        'Unique identifier field for users': 'userName',
        'Supported provisioning actions': ['Push New Users', 'Push Profile Updates', 'Push Groups'],
        'Authentication Mode': 'HTTP Header',
      },
      afterwards: ['To App: enable Create, Update, Deactivate', 'Push Groups tab'],
      warnings: ['no underscore in the base URL host part'],
    },
    oidc: {
      path: 'Create App Integration > OIDC > Web Application',
      fromUs: { 'Sign-in redirect URIs': 'redirectUri', 'Sign-out redirect URIs': 'postLogoutRedirectUri' },
      fromThem: ['Client ID', 'Client secret', 'Okta domain (issuer)'],
      extra: { 'Group claims filter': 'groups / Matches regex / .*' },
    },
  },
}
