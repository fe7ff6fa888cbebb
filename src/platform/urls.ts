// Every URL that Rolecall gives out is built here.

export type Urls = {
  origin: string
  scimBase(directoryId: string): string
  scimUser(directoryId: string, userId: string): string
  scimGroup(directoryId: string, groupId: string): string
  /** What an identity provider and a browser need of a connection. */
  connection(connectionId: string): ConnectionUrls
  /** What a host application needs of Rolecall as an OpenID provider. */
  provider: { issuer: string; discoveryUrl: string }
  /** A page of ours; `path` begins with a slash. */
  page(path: string): string
}

export type ConnectionUrls = {
  /** Begins a sign-in there. */
  startUrl: string
  entityId: string
  acsUrl: string
  metadataUrl: string
  sloUrl: string
  redirectUri: string
  postLogoutRedirectUri: string
  backchannelLogoutUrl: string
  frontchannelLogoutUrl: string
}

/** @param origin the public origin without a trailing slash, e.g. `https://id.example.com` */
export function createUrls(origin: string): Urls {
  const scimBase = (directoryId: string): string => `${origin}/scim/v2/${directoryId}`
  const connection = (connectionId: string): ConnectionUrls => {
    const [saml, oidc] = [`${origin}/saml/${connectionId}`, `${origin}/oidc/${connectionId}`]
    return {
      startUrl: `${origin}/sign-in/${connectionId}`,
      entityId: saml,
      acsUrl: `${saml}/acs`,
      metadataUrl: `${saml}/metadata`,
      sloUrl: `${saml}/slo`,
      redirectUri: `${oidc}/callback`,
      postLogoutRedirectUri: `${origin}/signed-out`,
      backchannelLogoutUrl: `${oidc}/backchannel-logout`,
      frontchannelLogoutUrl: `${oidc}/frontchannel-logout`,
    }
  }
  return {
    origin,
    connection,
    provider: { issuer: origin, discoveryUrl: `${origin}/.well-known/openid-configuration` },
    page: (path) => `${origin}${path}`,
    scimBase,
    scimUser: (directoryId, userId) => `${scimBase(directoryId)}/Users/${userId}`,
    scimGroup: (directoryId, groupId) => `${scimBase(directoryId)}/Groups/${groupId}`,
  }
}
