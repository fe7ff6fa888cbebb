// AD FS: sign-in only.
import {
  type IdentityProvider,
  multipleAuthn,
  usualAttributes,
  usualClaims,
  usualOidc,
  usualSecondFactors,
} from './provider.ts'

export const adfs: IdentityProvider = {
  title: 'AD FS',
  guide: 'adfs.md',
  paths: /^https?:\/\/[^/]+\/adfs(\/|$)/i,
  provisioning: 'AD FS has none',
  saml: {
    attributes: { ...usualAttributes, roles: ['http://schemas.microsoft.com/ws/2008/06/identity/claims/role'] },
    // It answers InvalidNameIDPolicy to a format that it has no rule for, so none is asked for.
    nameIdFormat: null,
    // It would use AES-CBC.
    getsEncryptionKey: false,
  },
  // A UPN is no address by itself; where it is one, an administrator may name it.
  oidc: { ...usualOidc, claims: { ...usualClaims, externalId: [] }, emailVerifiedClaim: null },
  secondFactors: { ...usualSecondFactors, amr: ['mfa', multipleAuthn] },
  screens: {
    saml: {
      path: 'Relying Party Trusts > Add > claims aware',
      fromUs: {
        'Federation metadata address': 'metadataUrl',
        'or Relying party SAML 2.0 SSO service URL': 'acsUrl',
        'Relying party trust identifier': 'entityId',
      },
      rules: [
        'Send LDAP attributes: E-Mail-Addresses, Given-Name, Surname, Token-Groups - Unqualified Names',
        'Transform: E-Mail Address to Name ID (Email)',
      ],
      fromThem: ['https://HOST/FederationMetadata/2007-06/FederationMetadata.xml'],
    },
    oidc: {
      path: 'AD FS > Application Groups > Add > Server application accessing a web API',
      fromUs: { 'Redirect URI': 'redirectUri', LogoutUri: 'frontchannelLogoutUrl' },
      choose: {
        'Configure Application Credentials': 'Generate a shared secret',
        'Permitted scopes': 'openid, profile, email, allatclaims',
      },
      rules: [
        'Issuance transform rules of the web API: E-Mail-Addresses to email, Token-Groups - Unqualified Names to groups',
      ],
      fromThem: ['https://HOST/adfs (issuer)', 'Client Identifier', 'Secret'],
    },
  },
}
