// What identity providers really send: every recorded SAML response is built, signed and posted, and does what the
// recording says.
import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { getAttempt, listAttempts } from '#access/sign-in/attempts.ts'
import type { Preset } from '#connections/providers/providers.ts'
import { responseFromFixture, type SamlResponseFixture } from '#sandbox/saml-idp/fixtures.ts'
import { startTestApp, type TestApp } from '../support/app.ts'
import {
  createSamlConnection,
  createTestBrowser,
  postResponse,
  startSaml,
  testKey,
  verifyDomain,
} from '../support/sign-in.ts'

const folder = new URL('../../conformance/fixtures/', import.meta.url)
const fixtures = readdirSync(folder)
  .filter((name) => name.startsWith('saml-') && !name.startsWith('saml-slo'))
  .map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as SamlResponseFixture)

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

type Placement = { response: boolean; assertion: boolean }

const placements: [string, Placement | undefined][] = [
  ['as recorded', undefined],
  ['response signed', { response: true, assertion: false }],
  ['assertion signed', { response: false, assertion: true }],
  ['both signed', { response: true, assertion: true }],
]

async function play(fixture: SamlResponseFixture, placement: Placement | undefined, isIdpInitiatedAllowed: boolean) {
  const organization = await app.createOrganization()
  const email = String((fixture.expect['profile'] as Record<string, unknown>)['email'] ?? '')
  await verifyDomain(organization, email.split('@')[1] ?? '')
  const connection = await createSamlConnection(organization, {
    preset: fixture.idp as Preset,
    idpEntityId: fixture.response.issuer,
    isIdpInitiatedAllowed,
  })
  const browser = createTestBrowser(app.request, app.urls.origin)
  const { requestId } = await startSaml(browser, connection.id)
  const changed =
    placement === undefined ? fixture : { ...fixture, response: { ...fixture.response, signed: placement } }
  const { entityId, acsUrl } = app.urls.connection(connection.id)
  const { xml, relayState } = responseFromFixture(changed, {
    entityId,
    acsUrl,
    authnRequestId: requestId,
    key: testKey(),
  })
  let answer = await postResponse(browser, connection.id, xml, relayState)
  const next = answer.headers.get('location') ?? ''
  if (next.startsWith('/sign-in/continue/')) answer = await browser.get(next)
  const [attempt] = await listAttempts(organization.ctx, { limit: 1 })
  return { answer, browser, organization, attempt: await getAttempt(organization.ctx, attempt?.id ?? '') }
}

describe.each(fixtures.map((fixture) => [fixture.name, fixture] as const))('%s', (_, fixture) => {
  test.each(placements)('%s: is accepted or refused as recorded', async (_placement, placement) => {
    const isPolicy = fixture.expect['accept'] === 'if-idp-initiated-enabled'
    const { answer, browser, attempt } = await play(fixture, placement, isPolicy)
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/account'])
    expect(attempt).toMatchObject({ outcome: 'signed_in', reason: null })
    expect(attempt.trace.mapped['profile']).toMatchObject(fixture.expect['profile'] as object)
    const { email } = fixture.expect['profile'] as { email: string }
    expect((await browser.session())?.user.userName).toBe(email)
  })

  test.runIf(fixture.expect['accept'] === 'if-idp-initiated-enabled')('is refused without the setting', async () => {
    const { answer, browser, attempt } = await play(fixture, undefined, false)
    expect(answer.status).toBe(403)
    expect(attempt).toMatchObject({ outcome: 'refused', reason: fixture.expect['rejectReason'] })
    expect(await browser.session()).toBeUndefined()
  })
})
