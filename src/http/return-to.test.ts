// Open redirects (S-080, S-082, O-032): nothing but pages of our own from a short list.
import { describe, expect, test } from 'vitest'
import { safeReturnTo, safeTarget } from './return-to.ts'

const origin = 'https://id.example.com'

describe('a page of ours is kept', () => {
  test.each([
    '/account',
    '/account/sessions',
    '/account?tab=access',
    '/account#sessions',
    '/console/people?search=a%40example.com&page=2',
    '/login?organization=northwind',
    '/oauth2/interaction/3nV2fJ0xTqW_5-sKz',
    '/oauth2/authorize?redirect_uri=https%3A%2F%2Fapp.example.com%2Fcallback&state=a%09b',
  ])('%s', (text) => {
    expect(safeReturnTo(text, origin)).toBe(text)
  })
})

describe('S-080, O-032: what leads elsewhere becomes /account', () => {
  test.each([
    'https://evil.example.net',
    'https://evil.example.net/account',
    '//evil.example.net',
    '//evil.example.net/account',
    '///evil.example.net/account',
    '/\\evil.example.net',
    '\\\\evil.example.net',
    '/account\\..\\..\\evil.example.net',
    '/%09/evil.example.net',
    '/\t/evil.example.net',
    '/%2F/evil.example.net',
    '/%2f%2fevil.example.net',
    '/%5Cevil.example.net',
    'https:evil.example.net',
    'https:/account',
    'data:text/html,hello',
    'javascript:alert(1)',
    '@evil.example.net',
    '/@evil.example.net',
    'id.example.com.evil.example.net',
    'https://id.example.com.evil.example.net/account',
    'https://id.example.com@evil.example.net/account',
    'https://id.example.com/account',
    'account',
    './account',
    '?return_to=/account',
    '#/account',
    '',
    '/',
    '/accounts',
    '/accountant/evil',
    '/api/v1/users',
    '/saml/con_1/acs',
    '/account/../saml',
    '/account/./sessions',
    '/account/%2e%2e/saml',
    '/account/%2E%2E%2Fsaml',
    '/account//evil.example.net',
    '/account/%00',
    '/account/%0d%0aSet-Cookie:a=b',
    ' /account',
    '/account ',
  ])('%j', (text) => {
    expect(safeReturnTo(text, origin)).toBe('/account')
  })
  test('nothing at all', () => {
    expect(safeReturnTo(undefined, origin)).toBe('/account')
  })
})

describe('S-082: payloads become /account', () => {
  test.each([
    ['5 KB', `/account?${'a'.repeat(5_000)}`],
    ['one character too many', `/account?${'a'.repeat(1_992)}`],
    ['CRLF', '/account\r\nSet-Cookie: a=b'],
    ['NUL', '/account\0'],
    ['HTML', '/account?"><script>alert(1)</script>'],
    ['a script URL after a page', 'javascript:/account'],
    ['text beyond ASCII', '/account/é'],
    ['a wide solidus', '/account／evil'],
  ])('%s', (_, text) => {
    expect(safeReturnTo(text, origin)).toBe('/account')
  })
  test('2,000 characters are the most', () => {
    const longest = `/account?${'a'.repeat(1_991)}`
    expect(longest).toHaveLength(2_000)
    expect(safeReturnTo(longest, origin)).toBe(longest)
  })
})

test('an origin with a port counts as it is', () => {
  expect(safeReturnTo('/account', 'http://localhost:8080')).toBe('/account')
})

describe('the whole address of a page of ours, as portals and providers hold it', () => {
  test.each([
    'https://id.example.com/console/people?page=2',
    'HTTPS://ID.Example.COM/console/people?page=2',
    'https://id.example.com:443/console/people?page=2',
    '/console/people?page=2',
  ])('%s', (text) => {
    expect(safeTarget(text, origin)).toBe('/console/people?page=2')
  })
  test.each([
    'http://id.example.com/console',
    'https://id.example.com:8443/console',
    'https://id.example.com@evil.example.net/console',
    'https://id.example.com:443@evil.example.net/console',
    'https://evil.example.net/https://id.example.com/console',
    'https://id.example.com//evil.example.net/console',
    'https://id.example.com/saml',
    'https://id.example.com',
    'https://[/console',
  ])('another place: %s', (text) => {
    expect(safeTarget(text, origin)).toBe('/account')
  })
  test('a port of ours counts', () => {
    expect(safeTarget('http://LOCALHOST:8080/console', 'http://localhost:8080')).toBe('/console')
    expect(safeTarget('http://localhost/console', 'http://localhost:8080')).toBe('/account')
  })
})
