// OneLogin.
import { type IdentityProvider, usualAttributes, usualOidc, usualSecondFactors } from './provider.ts'

export const onelogin: IdentityProvider = {
  title: 'OneLogin',
  guide: 'onelogin.md',
  domains: ['onelogin.com'],
  provisioning: 'with a JSON template to paste',
  saml: { attributes: usualAttributes, nameIdFormat: null },
  oidc: { ...usualOidc, scopes: [...usualOidc.scopes, 'groups'] },
  secondFactors: usualSecondFactors,
  screens: {
    saml: {
      path: 'Applications > Add > SAML Custom Connector (Advanced)',
      fromUs: {
        'Audience (EntityID)': 'entityId',
        Recipient: 'acsUrl',
        'ACS (Consumer) URL Validator': 'regexOfAcsUrl',
        'ACS (Consumer) URL': 'acsUrl',
        'Single Logout URL': 'sloUrl',
      },
      choose: {
        'SAML nameID format': 'Email',
        'SAML signature element': 'Assertion or Both',
        'SAML Signature Algorithm (SSO tab)': 'SHA-256',
      },
      fromThem: ['Issuer URL (metadata)'],
    },
    scim: {
      path: 'SCIM Provisioner with SAML (SCIM v2 Enterprise) > Configuration',
      fromUs: {
        'SCIM Base URL': 'scimBaseUrl',
        'SCIM Bearer Token': 'token',
      },
      afterwards: [
        'API Connection > Enable',
        'Provisioning tab > Enable provisioning',
        'Parameters > Groups > include in user provisioning',
      ],
    },
    oidc: {
      path: 'Applications > Add > OpenId Connect (OIDC)',
      fromUs: {
        "Redirect URI's": 'redirectUri',
        'Post Logout Redirect URIs': 'postLogoutRedirectUri',
        'Login Url (optional)': 'startUrl',
      },
      choose: { 'Application Type (SSO tab)': 'Web', 'Token Endpoint Authentication Method': 'Basic' },
      extra: { 'Groups (Parameters tab)': 'User Roles, or another list of names' },
      fromThem: ['Issuer URL', 'Client ID', 'Client Secret'],
    },
  },
}
