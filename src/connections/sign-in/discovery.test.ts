// What is believed of a discovery document: each member only as what the standard has it be.
import { expect, test } from 'vitest'
import type { Outgoing } from '#platform/outgoing.ts'
import { discover } from './discovery.ts'

const issuer = 'https://op.example.com'
const least = {
  ...{
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
  },
}

const read = (document: object) => {
  const outgoing = { check: () => {}, fetch: async () => Response.json(document) } as unknown as Outgoing
  return discover({ outgoing }, issuer)
}

test('a document as it should be stays as it is', async () => {
  const whole = {
    ...least,
    ...{ userinfo_endpoint: `${issuer}/userinfo`, scopes_supported: ['openid'], response_types_supported: ['code'] },
    ...{ backchannel_logout_supported: true, authorization_response_iss_parameter_supported: true, other: { a: 1 } },
  }
  expect(await read(whole)).toEqual(whole)
})

test.each([
  'id_token_signing_alg_values_supported',
  'userinfo_signing_alg_values_supported',
  'scopes_supported',
  'token_endpoint_auth_methods_supported',
  'userinfo_endpoint',
  'end_session_endpoint',
  'backchannel_logout_supported',
])('%s of another kind says nothing', async (name) => {
  for (const value of [{}, 7, 'RS256', null]) expect(await read({ ...least, [name]: value })).toEqual(least)
})

test('of a list, what is no text is left out', async () => {
  expect(await read({ ...least, scopes_supported: ['openid', null, 7] })).toMatchObject({
    scopes_supported: ['openid'],
  })
})

test('an address that is none is missed where it is needed', async () => {
  await expect(read({ ...least, token_endpoint: 'nowhere' })).rejects.toMatchObject({ reason: 'unfit_provider' })
})
