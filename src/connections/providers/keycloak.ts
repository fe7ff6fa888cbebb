// Keycloak: sign-in only.
import { type IdentityProvider, usualAttributes, usualOidc, usualSecondFactors } from './provider.ts'

export const keycloak: IdentityProvider = {
  title: 'Keycloak',
  guide: 'keycloak.md',
  paths: /^https?:\/\/[^/]+(\/auth)?\/realms\/[^/]+/,
  provisioning: 'not by itself',
  // Its mappers call groups `member` and roles `Role` unless told otherwise.
  saml: {
    attributes: { ...usualAttributes, groups: [...usualAttributes.groups, 'member', 'Role'] },
    nameIdFormat: null,
  },
  oidc: usualOidc,
  // Its levels (`acr` 1, 2, …) mean what each realm makes of them.
  secondFactors: usualSecondFactors,
  screens: {
    saml: {
      path: 'Clients > Create > SAML (or import SP metadata)',
      fromUs: { 'Client ID': 'entityId', 'Master SAML Processing URL / ACS POST binding URL': 'acsUrl' },
      choose: {
        'Name ID format': 'email',
        'Force name ID format': 'on',
        'Client signature required': 'off unless we sign',
        'Sign assertions': 'on',
      },
      fromThem: ['{base}/realms/{realm}/protocol/saml/descriptor'],
    },
    oidc: {
      path: 'Clients > Create > OpenID Connect, client authentication on',
      fromUs: { 'Valid redirect URIs': 'redirectUri', 'Backchannel logout URL': 'backchannelLogoutUrl' },
      fromThem: ['issuer {base}/realms/{realm}', 'client id', 'client secret'],
      extra: { Mapper: 'Group Membership, token claim name groups' },
    },
  },
}
