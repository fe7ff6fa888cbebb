// What to do about a refused request, by what it was answered with (RFC 7644 table 8 and 9).

const byType: Record<string, string> = {
  invalidFilter:
    'The filter cannot be read, or names an attribute that cannot be searched. Check which attribute the provider matches people by; userName and externalId always work.',
  invalidPath:
    'A path points at an attribute that the schema does not have. Take it out of the attribute mapping, or map it to one of the attributes that /Schemas lists.',
  invalidSyntax:
    'The body is not what the standard describes. Check the JSON template or the expression that makes it at the provider.',
  invalidValue:
    'A value is not of the attribute’s type, or refers to somebody who is not there (yet). The detail names it: check the mapping of that attribute, or provision the people before their groups.',
  mutability:
    'The request would change what clients cannot change, such as an id. Take the attribute out of the mapping.',
  noTarget:
    'A filter in a path matches nothing, and nothing can be made to match it. The provider and Rolecall disagree on what is there: restart provisioning, so that it compares anew.',
  tooMany: 'The request is too large. Lower the number of members or operations in one request at the provider.',
  uniqueness:
    'Somebody has this userName already, perhaps created by hand, by an invitation or by another directory. Find them in the list of people, and have this directory take them over, or rename one of the two.',
  invalidCursor: 'The provider went on with a page that is none of ours. The next full cycle begins anew.',
  expiredCursor: 'The provider went on with a page after too long a time. The next full cycle begins anew.',
  invalidCount: 'The provider asked for a page of an impossible size. Check the page size in its settings.',
}

const byStatus: Record<number, string> = {
  400: 'The request cannot be carried out as it is; the detail says why. Check the attribute mapping at the provider.',
  401: 'The token is refused: it was revoked, has expired, or the directory or organization is switched off. Issue a new token and enter it at the provider.',
  403: 'The directory may not do this.',
  404: 'There is no such user or group in this directory, or the address is wrong. Compare the base URL at the provider with the one of this directory; for a user that is gone, providers create a new one in the next cycle.',
  409: 'It conflicts with what is there. Providers usually look the existing one up and go on with it.',
  412: 'Somebody else changed it in between. The provider tries again in the next cycle.',
  413: 'The request is too large. Lower the number of members or operations in one request at the provider.',
  429: 'There were too many requests at once; the provider tries again later.',
  500: 'Something went wrong on our side. The request id leads to the details in the server’s log.',
  503: 'The database could not be reached; the provider tries again later. If it lasts, look at the server.',
}

/** One or two sentences; null for what was not refused. */
export function adviceFor(status: number, scimType: string | null): string | null {
  if (status < 400) return null
  const typed = scimType !== null && Object.hasOwn(byType, scimType) ? byType[scimType] : undefined
  return typed ?? byStatus[status] ?? (status >= 500 ? byStatus[500] : byStatus[400]) ?? null
}
