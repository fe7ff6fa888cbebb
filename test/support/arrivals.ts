// Arrivals at a SAML connection: who the provider says that it is, and what Rolecall makes of it.
import { expect } from 'vitest'
import { listAttempts, type SignInAttempt } from '#access/sign-in/attempts.ts'
import type { SamlConnection } from '#connections/sign-in/connections.ts'
import { provisionUser } from '#directory/provision-user.ts'
import { buildResponse, type ResponseOptions, type SamlAttribute } from '#sandbox/saml-idp/response.ts'
import { sealResponse } from '#sandbox/saml-idp/sign.ts'
import type { TestApp, TestOrganization } from './app.ts'
import { createTestBrowser, postResponse, startSaml, type TestBrowser, testKey } from './sign-in.ts'

export type Arrival = {
  status: number
  browser: TestBrowser
  attempt: SignInAttempt
  page: string
}

export type Claims = {
  nameId?: string
  attributes?: Record<string, readonly string[]>
  change?: Partial<ResponseOptions>
}

/** Somebody comes back from the provider. */
export async function arriveBySaml(
  app: TestApp,
  organization: TestOrganization,
  connection: SamlConnection,
  { nameId = 'ada@example.com', attributes = { email: [nameId] }, change = {} }: Claims,
  { browser = createTestBrowser(app.request, app.urls.origin), query = '' } = {},
): Promise<Arrival> {
  const { requestId } = await startSaml(browser, connection.id, query)
  const { acsUrl, entityId } = app.urls.connection(connection.id)
  const xml = buildResponse({
    ...{ issuer: connection.settings.idpEntityId, acsUrl, audience: entityId, inResponseTo: requestId },
    nameId: { value: nameId },
    attributes: Object.entries(attributes).map(([name, values]): SamlAttribute => ({ name, values })),
    ...change,
  })
  const answer = await postResponse(
    browser,
    connection.id,
    sealResponse(xml, { key: testKey(), sign: { response: true, assertion: true } }),
  )
  const [attempt] = await listAttempts(organization.ctx, { limit: 1 })
  return { status: answer.status, browser, attempt: attempt as SignInAttempt, page: await answer.text() }
}

export const expectSignedIn = async (arrival: Arrival, userId: string): Promise<void> => {
  expect([arrival.attempt.outcome, arrival.attempt.reason]).toEqual(['signed_in', null])
  expect((await arrival.browser.session())?.user.id).toBe(userId)
}

export const expectRefusedFor = async (arrival: Arrival, reason: string): Promise<void> => {
  expect([arrival.attempt.outcome, arrival.attempt.reason, arrival.status]).toEqual(['refused', reason, 403])
  expect(arrival.page).toContain(arrival.attempt.reference)
  expect(await arrival.browser.session()).toBeUndefined()
}

/** A local person of the organization. */
export async function person(
  organization: TestOrganization,
  email: string,
  options: { userName?: string; isInvited?: boolean; attributes?: Record<string, unknown> } = {},
): Promise<string> {
  const { userName = email, isInvited = false } = options
  const { id } = await provisionUser(organization.ctx, {
    directoryId: null,
    isInvited,
    content: {
      ...{ userName, externalId: null, displayName: email, isActive: true },
      attributes: options.attributes ?? { emails: [{ value: email, type: 'work', primary: true }] },
    },
  })
  return id
}
