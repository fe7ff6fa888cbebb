// Building the request target. Query objects are percent-encoded, raw queries stay byte for byte.

export interface UrlParts {
  readonly baseUrl: string
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly rawQuery?: string
  /** Text the admin typed behind the base URL, such as `?aadOptscim062020`. */
  readonly tenantUrlSuffix?: string
}

/** Origin and request target (path with query) of one request. */
export function buildUrl(parts: UrlParts): { origin: string; target: string } {
  const base = new URL(parts.baseUrl)
  // `.pathname` is not used for the fixture's own path: it would normalise what the client really sends.
  const path = `${base.pathname.replace(/\/+$/, '')}${parts.path}` || '/'
  const query = joinQuery(parts.rawQuery ?? encodeQuery(parts.query), suffixQuery(parts.tenantUrlSuffix))
  return { origin: base.origin, target: query === undefined ? path : `${path}?${query}` }
}

function encodeQuery(query: UrlParts['query']): string | undefined {
  if (query === undefined) return undefined
  const pairs = Object.entries(query).map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
  return pairs.length > 0 ? pairs.join('&') : undefined
}

function suffixQuery(suffix: string | undefined): string | undefined {
  const query = suffix?.replace(/^[^?]*\?/, '').replace(/^&/, '')
  return query === '' ? undefined : query
}

function joinQuery(query: string | undefined, suffix: string | undefined): string | undefined {
  if (suffix === undefined) return query
  if (query === undefined || query === '') return suffix
  return query.endsWith('&') ? `${query}${suffix}` : `${query}&${suffix}`
}
