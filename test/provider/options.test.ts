// What an application may want otherwise (PKCE, ES256, brands as plain texts), and authorization requests by POST.
import { decodeProtectedHeader } from 'jose'
import { allowInsecureRequests, authorizationCodeGrant, discovery, fetchUserInfo } from 'openid-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { updateApplication } from '#access/applications/update-application.ts'
import { createBrand } from '#access/grants/brands/create-brand.ts'
import { startListeningApp } from '../support/listening.ts'
import { createPerson, giveRole } from '../support/people.ts'
import { callback, createRelyingParty } from '../support/relying-party.ts'
import { signIn } from '../support/sessions.ts'

let app: Awaited<ReturnType<typeof startListeningApp>>

beforeAll(async () => {
  app = await startListeningApp()
})

afterAll(() => app.close())

async function stage() {
  const organization = await app.createOrganization()
  const userId = await createPerson(organization, 'amara@example.com', 'Amara Okafor')
  const session = await signIn(organization, userId)
  const party = await createRelyingParty(app, organization)
  const change = (changes: object) => updateApplication(organization.ctx, { applicationId: party.clientId, ...changes })
  const authorize = (parameters: Record<string, string>) =>
    party.visit(
      `${app.origin}/oauth2/authorize?${new URLSearchParams({
        ...{ client_id: party.clientId, redirect_uri: callback, scope: 'openid', state: 's', response_type: 'code' },
        ...parameters,
      })}`,
      session.cookie,
    )
  return { organization, userId, session, party, change, authorize }
}

describe('PKCE', () => {
  test('is required unless the application says that it knows none', async () => {
    const { party, change, authorize } = await stage()
    const refused = await authorize({})
    expect([refused.left?.searchParams.get('error'), refused.left?.searchParams.get('code')]).toEqual([
      ...['invalid_request', null],
    ])
    await change({ isPkceRequired: false })
    const { left } = await authorize({})
    const tokens = await authorizationCodeGrant(party.config, left ?? new URL(callback), { expectedState: 's' })
    expect(tokens.claims()?.aud).toBe(party.clientId)
    await change({ isPkceRequired: true })
    expect((await authorize({})).left?.searchParams.get('error')).toBe('invalid_request')
  })

  test('is checked wherever it is used, required or not', async () => {
    const { party, change, session } = await stage()
    await change({ isPkceRequired: false })
    const flow = await party.begin()
    const { left } = await party.visit(flow.url, session.cookie)
    await expect(party.finish({ ...flow, verifier: 'x'.repeat(43) }, left)).rejects.toThrow()
    expect((await party.signIn(session.cookie)).claims()?.sub).toBeDefined()
  })
})

test('an application gets tokens by the algorithm that it has chosen, of those that discovery offers', async () => {
  const { party, change, session } = await stage()
  const offered = party.config.serverMetadata().id_token_signing_alg_values_supported
  expect(offered).toEqual(['RS256', 'ES256'])
  for (const algorithm of ['RS256', 'ES256'] as const) {
    await change({ idTokenAlgorithm: algorithm })
    const config = await discovery(
      new URL(app.origin),
      party.clientId,
      { client_secret: party.clientSecret, id_token_signed_response_alg: algorithm },
      undefined,
      { execute: [allowInsecureRequests] },
    )
    const flow = await party.begin()
    const { left } = await party.visit(flow.url, session.cookie)
    const tokens = await authorizationCodeGrant(config, left ?? new URL(callback), {
      ...{ pkceCodeVerifier: flow.verifier, expectedState: flow.state, expectedNonce: flow.nonce },
    })
    expect(decodeProtectedHeader(tokens.id_token ?? '').alg).toBe(algorithm)
  }
})

test('brands come with their roles, or as a list of texts where the application wants it', async () => {
  const { organization, userId, party, change, session } = await stage()
  const brand = await createBrand(organization.ctx, { slug: 'harbor-lane', name: 'Harbor Lane' })
  await giveRole(organization, { userId, role: 'editor', brandId: brand.id })
  const objects = [{ id: brand.id, slug: 'harbor-lane', roles: ['editor'] }]
  expect((await party.signIn(session.cookie)).claims()?.['brands']).toEqual(objects)
  await change({ brandsClaim: 'slugs' })
  const tokens = await party.signIn(session.cookie)
  expect(tokens.claims()?.['brands']).toEqual(['harbor-lane'])
  expect((await fetchUserInfo(party.config, tokens.access_token, userId))['brands']).toEqual(['harbor-lane'])
})

describe('an authorization request', () => {
  const post = (body: string, type = 'application/x-www-form-urlencoded') =>
    fetch(`${app.origin}/oauth2/authorize`, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': type, origin: 'https://app.example.com', 'sec-fetch-site': 'cross-site' },
      body,
    })

  test('may be posted from the application, and then is one like any other', async () => {
    const { party, session } = await stage()
    const flow = await party.begin()
    const answer = await post(flow.url.searchParams.toString())
    expect(answer.status).toBe(303)
    const { left } = await party.visit(answer.headers.get('location') ?? '', session.cookie)
    expect((await party.finish(flow, left)).claims()?.nonce).toBe(flow.nonce)
    expect((await post('{}', 'application/json')).status).toBe(400)
    expect((await post(`state=${'x'.repeat(9_000)}`)).status).toBe(400)
    const twice = await post(`${flow.url.searchParams}&scope=openid`)
    expect(
      (await party.visit(twice.headers.get('location') ?? '', session.cookie)).left?.searchParams.get('code'),
    ).toBeFalsy()
  })

  test.each(['token', 'id_token', 'code id_token', 'nonsense'])(
    'for the response type %s is told unsupported_response_type',
    async (responseType) => {
      const { authorize, party } = await stage()
      const challenge = (await party.begin()).url.searchParams.get('code_challenge') ?? ''
      const { left } = await authorize({
        ...{ response_type: responseType, nonce: 'n', code_challenge: challenge, code_challenge_method: 'S256' },
      })
      // The answer comes the way that the response type asks for (OAuth 2.0 Multiple Response Types 5).
      expect(left?.href).toContain('error=unsupported_response_type')
    },
  )
})
