// The worker threads that verify SAML messages: a hard limit on each, and a new thread where one was ended by it.
import { afterEach, expect, test } from 'vitest'
import { encodePost } from '#sandbox/saml-idp/bindings.ts'
import { createSigningKey } from '#sandbox/saml-idp/keys.ts'
import { buildResponse } from '#sandbox/saml-idp/response.ts'
import { sealResponse } from '#sandbox/saml-idp/sign.ts'
import { createSamlVerifier, type SamlVerifier } from '#sso/saml/verifier.ts'

const key = createSigningKey()
const facts = {
  idpEntityId: 'https://idp.example.net',
  entityId: 'https://id.example.com/sp',
  acsUrl: 'https://id.example.com/acs',
}

const expected = () => ({
  ...facts,
  ...{
    certificates: [key.certificate],
    signed: 'either' as const,
    isSha1Allowed: false,
    isCbcAllowed: false,
    isNamedByAttribute: false,
    isEncryptionRequired: false,
  },
  ...{ decryptionKey: key.privateKey, now: Date.now(), requestId: '_request' },
})

const message = (): string =>
  encodePost(
    sealResponse(
      buildResponse({
        ...{ issuer: facts.idpEntityId, acsUrl: facts.acsUrl, audience: facts.entityId, inResponseTo: '_request' },
        nameId: { value: 'ada@example.com' },
      }),
      { key, sign: { response: true, assertion: true } },
    ),
  )

let verifier: SamlVerifier | undefined
afterEach(async () => verifier?.close())

test('verifies many messages at once, each with its own answer', async () => {
  verifier = createSamlVerifier({ threads: 2 })
  const ours = verifier
  const results = await Promise.all(
    Array.from({ length: 30 }, (_, index) =>
      ours.validateResponse(index % 3 === 0 ? 'garbage' : message(), expected()),
    ),
  )
  expect(results.map(({ isValid }) => isValid)).toEqual(results.map((_, index) => index % 3 !== 0))
})

test('a message that takes too long is refused, and the next one finds a new thread', async () => {
  verifier = createSamlVerifier({ threads: 1, limitMillis: 0 })
  const ours = verifier
  const results = await Promise.all([message(), message()].map((one) => ours.validateResponse(one, expected())))
  for (const result of results) expect(result).toMatchObject({ isValid: false, reason: 'too_complex' })
})

test('after its end nothing is taken on', async () => {
  verifier = createSamlVerifier({ threads: 1 })
  await verifier.close()
  await expect(verifier.validateResponse(message(), expected())).rejects.toMatchObject({ code: 'unavailable' })
})
