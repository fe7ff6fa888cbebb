// Headers that every answer carries, of whatever kind and status, and the content security policy of pages.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../support/app.ts'
import { sampleApp } from './sample-app.ts'

const everywhere = {
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'strict-origin',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'strict-transport-security': 'max-age=63072000',
  'cache-control': 'no-store',
}

describe('the application', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await startTestApp()
  })
  afterAll(() => app.close())

  test.each([
    ['a plain answer', '/healthz', {}, 200],
    ['a page that is not there', '/nowhere', { accept: 'text/html,*/*;q=0.8' }, 404],
    ['a resource that is not there', '/nowhere', {}, 404],
    ['SCIM without a token', '/scim/v2/dir_1/Users', {}, 401],
    ['the management API without a key', '/api/v1/users', {}, 401],
    ['the OpenAPI document', '/api/v1/openapi.json', {}, 200],
    ['an asset that is not there', '/assets/0/none.css', {}, 404],
  ])('%s carries all of them', async (_, path, headers, status) => {
    const response = await app.request(path, { headers: headers as Record<string, string> })
    expect(response.status).toBe(status)
    expect(Object.fromEntries(response.headers)).toMatchObject(everywhere)
    expect(response.headers.get('x-request-id')).toMatch(/^req_/)
  })

  test('SCIM answers carry all of them, with and without a body', async () => {
    const scim = await app.createScim()
    const id = await scim.user('amara@example.com')
    for (const answer of [await scim.get(`/Users/${id}`), await scim.delete(`/Users/${id}`)]) {
      expect(Object.fromEntries(answer.headers)).toMatchObject(everywhere)
    }
  })

  test('a browser is told in a page that there is nothing, a program in problem+json', async () => {
    const page = await app.request('/nowhere', { headers: { accept: 'text/html' } })
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(await page.text()).toContain(page.headers.get('x-request-id'))
    const problem = await app.request('/nowhere')
    expect(problem.headers.get('content-type')).toBe('application/problem+json')
  })
})

describe('pages', () => {
  const app = sampleApp('https://id.example.com')

  test.each([
    ['a page', '/sample/signIn', 200],
    ['a redirect', '/redirect', 303],
    ['a page that is not there', '/nowhere', 404],
    ['a failure', '/fails', 500],
    ['a refused form', '/echo', 403],
  ])('%s carries all of them', async (_, path, status) => {
    const response = await app.request(path, { method: path === '/echo' ? 'POST' : 'GET' })
    expect(response.status).toBe(status)
    expect(Object.fromEntries(response.headers)).toMatchObject(everywhere)
  })

  test('HEAD answers as GET does', async () => {
    const response = await app.request('/sample/signIn', { method: 'HEAD' })
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(Object.fromEntries(response.headers)).toMatchObject(everywhere)
  })

  test('the policy allows our own things alone', async () => {
    const response = await app.request('/sample/signIn')
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy.replace(/nonce-[\w-]{22}'/, "nonce-[nonce]'").split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self' 'nonce-[nonce]'",
      "style-src 'self'",
      "img-src 'self' data:",
      "font-src 'self'",
      "connect-src 'self'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "object-src 'none'",
      'report-uri /csp-reports',
      'report-to csp',
    ])
    expect(response.headers.get('reporting-endpoints')).toBe('csp="/csp-reports"')
  })

  test('the nonce that a page writes is the one of its policy, and another one each time', async () => {
    const nonces = new Set<string>()
    for (let round = 0; round < 5; round += 1) {
      const response = await app.request('/nonce')
      const nonce = (await response.text()).replace('<!doctype html>', '')
      expect(response.headers.get('content-security-policy')).toContain(`'nonce-${nonce}'`)
      nonces.add(nonce)
    }
    expect(nonces.size).toBe(5)
  })

  test.each([
    ['an address with a path', 'https://idp.example.com/saml?x=1', 'https://idp.example.com'],
    ['a port', 'http://127.0.0.1:4000/cb', 'http://127.0.0.1:4000'],
    ["an app's own scheme", 'com.example.app:/callback', 'com.example.app:'],
    ['IPv6, which the policy cannot name', 'http://[::1]:4000/cb', 'http:'],
    [
      'an attempt to end the directive',
      "https://idp.example.com/;script-src 'unsafe-inline'",
      'https://idp.example.com',
    ],
  ])('a form may lead to %s', async (_, to, source) => {
    const response = await app.request(`/sample/signIn?to=${encodeURIComponent(to)}`)
    expect(response.headers.get('content-security-policy')).toContain(`; form-action 'self' ${source}; frame-ancestors`)
  })

  test('a failure says nothing of what is underneath, but has its reference', async () => {
    const response = await app.request('/fails')
    const html = await response.text()
    expect(html).not.toContain('secret')
    expect(html).toContain(`<code>${response.headers.get('x-request-id')}</code>`)
  })

  test('over plain http nothing is said about https', async () => {
    const response = await sampleApp('http://localhost:8080').request('/sample/signIn')
    expect(response.headers.get('strict-transport-security')).toBeNull()
    expect(response.headers.get('x-frame-options')).toBe('DENY')
  })
})
