// What OpenID providers really say: every recorded ID token is issued by a provider that claims the vendor's issuer, and does
// what the recording says.
import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { getAttempt, listAttempts } from '#access/sign-in/attempts.ts'
import type { Preset } from '#connections/providers/providers.ts'
import { type OidcIdTokenFixture, playFixture } from '#sandbox/oidc-idp/fixtures.ts'
import { createScriptedOp } from '#sandbox/oidc-idp/scripted-op.ts'
import { startTestApp, type TestApp } from '../support/app.ts'
import { createOidcConnection, createTestBrowser, verifyDomain } from '../support/sign-in.ts'

const folder = new URL('../../conformance/fixtures/', import.meta.url)
const fixtures = readdirSync(folder)
  .filter((name) => name.startsWith('oidc-'))
  .map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as OidcIdTokenFixture)

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

test.each(fixtures.map((fixture) => [fixture.name, fixture] as const))('%s', async (_, fixture) => {
  const organization = await app.createOrganization()
  const profile = fixture.expect['profile'] as Record<string, unknown>
  const email = profile['email'] as string | undefined
  const { issuer } = fixture.discovery
  const op = await createScriptedOp({ issuer, clientId: 'rolecall', clientSecret: 'secret' })
  app.elsewhere.set(new URL(issuer).origin, (url, init) => op.fetch(url, init))
  playFixture(op, fixture)
  if (email !== undefined) await verifyDomain(organization, email.split('@')[1] ?? '')
  const connection = await createOidcConnection(organization, {
    issuer,
    clientId: 'rolecall',
    preset: fixture.idp as Preset,
    // Without an address nobody can come by a verified domain.
    jit: email === undefined ? 'approval' : 'verified_domains',
  })
  const browser = createTestBrowser(app.request, app.urls.origin)
  const start = await browser.get(`/sign-in/${connection.id}`)
  const authorization = new URL(start.headers.get('location') ?? 'missing:')
  const scopes = authorization.searchParams.get('scope')?.split(' ')
  expect(scopes).toEqual(expect.arrayContaining(fixture.requestedScopes ?? ['openid']))
  const answer = await browser.get(await op.signIn(authorization.href))
  await op.close()
  const [attempt] = await listAttempts(organization.ctx, { limit: 1 })
  const { outcome, trace, reason } = await getAttempt(organization.ctx, attempt?.id ?? '')
  expect([outcome, reason]).toEqual(email === undefined ? ['pending', 'awaits_approval'] : ['signed_in', null])
  expect(trace.mapped['profile']).toMatchObject(profile)
  const state = fixture.expect['groupsState']
  if (state !== undefined) expect(trace.steps.find(({ check }) => check === 'groups')?.detail).toContain(state)
  if (email === undefined) return
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/account'])
  expect((await browser.session())?.user.userName).toBe(email)
})
