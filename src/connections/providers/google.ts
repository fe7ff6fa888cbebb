// Google Workspace: sign-in only, since it provisions no applications of one’s own.
import { type IdentityProvider, usualAttributes, usualOidc, usualSecondFactors } from './provider.ts'

export const google: IdentityProvider = {
  title: 'Google Workspace',
  guide: 'google.md',
  domains: ['accounts.google.com'],
  provisioning: 'Google has none for own applications',
  saml: { attributes: usualAttributes, nameIdFormat: null },
  oidc: { ...usualOidc, hasHostedDomains: true },
  secondFactors: usualSecondFactors,
  screens: {
    saml: {
      path: 'Admin console > Apps > Web and mobile apps > Add custom SAML app',
      fromUs: { 'ACS URL': 'acsUrl', 'Entity ID': 'entityId', 'Start URL (optional)': 'startUrl' },
      choose: { 'Name ID format': 'EMAIL', 'Name ID': 'Basic Information > Primary email' },
      fromThem: ['IdP metadata file'],
      extra: {
        'Attribute mapping': 'email, firstName, lastName',
        'Group membership': 'up to 75 groups, named one by one',
      },
    },
    oidc: {
      path: 'Google Cloud console > APIs & Services > Credentials > Create credentials > OAuth client ID > Web application',
      fromUs: { 'Authorized redirect URIs': 'redirectUri' },
      choose: { 'User type (OAuth consent screen)': 'Internal' },
      fromThem: ['Issuer (always https://accounts.google.com)', 'Client ID', 'Client secret'],
      warnings: ['Google sends no groups; give roles by a default role, by hand or by another directory'],
    },
  },
}
