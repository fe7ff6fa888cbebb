// Whatever provider has no file of its own: what the standards say, and the names that most of them use.
import { type IdentityProvider, usualAttributes, usualOidc, usualSecondFactors } from './provider.ts'

export const generic: IdentityProvider = {
  title: 'Another provider',
  guide: 'generic.md',
  provisioning: 'what SCIM 2.0 clients ask for',
  saml: { attributes: usualAttributes, nameIdFormat: null },
  oidc: usualOidc,
  secondFactors: usualSecondFactors,
  screens: {
    saml: {
      path: 'The application for Rolecall in your identity provider',
      fromUs: {
        'Service provider metadata': 'metadataUrl',
        'Entity ID (audience)': 'entityId',
        'Assertion consumer service (ACS) URL': 'acsUrl',
        'Single logout URL': 'sloUrl',
      },
      choose: { 'Signature algorithm': 'RSA-SHA256' },
      fromThem: ['Metadata XML or its URL'],
    },
    oidc: {
      path: 'The application for Rolecall in your identity provider',
      fromUs: {
        'Redirect URI': 'redirectUri',
        'Post-logout redirect URI': 'postLogoutRedirectUri',
        'Back-channel logout URI': 'backchannelLogoutUrl',
        'Front-channel logout URI': 'frontchannelLogoutUrl',
      },
      choose: { 'Grant type': 'Authorization code with PKCE' },
      fromThem: ['Issuer', 'Client ID', 'Client secret'],
    },
    scim: {
      path: 'Provisioning (SCIM 2.0) of the application for Rolecall',
      fromUs: { 'SCIM base URL': 'scimBaseUrl', 'Bearer token': 'token' },
      choose: {
        Authentication: 'Bearer token (HTTP header Authorization)',
        'Unique identifier of users': 'userName',
      },
    },
  },
}
