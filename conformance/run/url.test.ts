// Request targets as the identity providers send them.
import { describe, expect, it } from 'vitest'
import { buildUrl, type UrlParts } from './url.ts'

function targetOf(parts: Partial<UrlParts>): string {
  return buildUrl({ baseUrl: 'http://127.0.0.1:8080/scim/v2', path: '/Users', ...parts }).target
}

describe('buildUrl', () => {
  it('joins base and path and keeps the origin apart', () => {
    expect(buildUrl({ baseUrl: 'https://scim.example.com/v2/', path: '/Users' })).toEqual({
      origin: 'https://scim.example.com',
      target: '/v2/Users',
    })
    expect(buildUrl({ baseUrl: 'https://scim.example.com', path: '/Users' }).target).toBe('/Users')
  })

  it('percent-encodes query objects: space as %20, and # + & as well', () => {
    expect(targetOf({ query: { filter: 'userName eq "a+b#c&d@x"' } })).toBe(
      '/scim/v2/Users?filter=userName%20eq%20%22a%2Bb%23c%26d%40x%22',
    )
    expect(targetOf({ query: {} })).toBe('/scim/v2/Users')
  })

  it('sends a raw query byte for byte, the empty one as a trailing question mark', () => {
    expect(targetOf({ rawQuery: 'filter=userName+eq+%22x%22&' })).toBe('/scim/v2/Users?filter=userName+eq+%22x%22&')
    expect(targetOf({ rawQuery: '' })).toBe('/scim/v2/Users?')
    expect(targetOf({ rawQuery: 'cursor&count=2' })).toBe('/scim/v2/Users?cursor&count=2')
  })

  it('appends the tenant URL suffix to any query', () => {
    const tenantUrlSuffix = '?aadOptscim062020'
    expect(targetOf({ tenantUrlSuffix })).toBe('/scim/v2/Users?aadOptscim062020')
    expect(targetOf({ tenantUrlSuffix, query: { count: '1' } })).toBe('/scim/v2/Users?count=1&aadOptscim062020')
    expect(targetOf({ tenantUrlSuffix, rawQuery: '' })).toBe('/scim/v2/Users?aadOptscim062020')
    expect(targetOf({ tenantUrlSuffix, rawQuery: 'a=b&' })).toBe('/scim/v2/Users?a=b&aadOptscim062020')
    expect(targetOf({ tenantUrlSuffix: '/?aad' })).toBe('/scim/v2/Users?aad')
  })

  it('does not normalise the path', () => {
    expect(targetOf({ path: '/Users/%27/../x' })).toBe('/scim/v2/Users/%27/../x')
  })
})
