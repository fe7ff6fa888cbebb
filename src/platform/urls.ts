// Every URL that Rolecall gives out is built here.

export type Urls = {
  origin: string
  scimBase(directoryId: string): string
  scimUser(directoryId: string, userId: string): string
  scimGroup(directoryId: string, groupId: string): string
}

/** @param origin the public origin without a trailing slash, e.g. `https://id.example.com` */
export function createUrls(origin: string): Urls {
  const scimBase = (directoryId: string): string => `${origin}/scim/v2/${directoryId}`
  return {
    origin,
    scimBase,
    scimUser: (directoryId, userId) => `${scimBase(directoryId)}/Users/${userId}`,
    scimGroup: (directoryId, groupId) => `${scimBase(directoryId)}/Groups/${groupId}`,
  }
}
