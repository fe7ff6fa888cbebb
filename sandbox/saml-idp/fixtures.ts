// Turns a recorded description of a response (kind `saml-response`, format idp-replay/1) into a live one.
import type { SigningKey } from './keys.ts'
import type { SignatureAlgorithm } from './names.ts'
import { buildResponse, type ResponseOptions } from './response.ts'
import { sealResponse } from './sign.ts'

export type SamlResponseFixture = {
  kind: 'saml-response'
  name: string
  idp: string
  response: {
    issuer: string
    inResponseTo: string | null
    /** `acsUrl` stands for ours. */
    destination?: string
    /** `entityId` stands for ours. */
    audience?: string
    relayState?: string
    signed: { response: boolean; assertion: boolean; algorithm?: string }
    nameId?: { format: string; value: string }
    sessionIndex?: string
    notOnOrAfterSeconds?: number
    attributes: { name: string; values: string[]; nameFormat?: string }[]
  }
  expect: Record<string, unknown>
}

/** What a fixture leaves open. */
export type LiveValues = { entityId: string; acsUrl: string; authnRequestId: string; now?: Date }

/** The fixture as options for `buildResponse`. */
export function fixtureOptions({ response }: SamlResponseFixture, live: LiveValues): ResponseOptions {
  const now = live.now ?? new Date()
  const lifetimeMs = (response.notOnOrAfterSeconds ?? 300) * 1000
  const fill = (text: string) => text.replaceAll('{{authnRequestId}}', live.authnRequestId)
  return {
    issuer: response.issuer,
    acsUrl: live.acsUrl,
    destination:
      response.destination === undefined || response.destination === 'acsUrl' ? live.acsUrl : response.destination,
    audience: response.audience === undefined || response.audience === 'entityId' ? live.entityId : response.audience,
    inResponseTo: response.inResponseTo === null ? null : fill(response.inResponseTo),
    nameId: response.nameId ?? null,
    attributes: response.attributes,
    ...(response.sessionIndex === undefined ? {} : { sessionIndex: response.sessionIndex }),
    now,
    times: { notOnOrAfter: new Date(now.getTime() + lifetimeMs) },
  }
}

/** The fixture as a signed response with what travels beside it. */
export function responseFromFixture(
  fixture: SamlResponseFixture,
  live: LiveValues & { key: SigningKey },
): { xml: string; relayState: string | undefined } {
  const { signed, relayState } = fixture.response
  const algorithm = (signed.algorithm ?? 'rsa-sha256') as SignatureAlgorithm // an unknown name fails when signing
  const xml = sealResponse(buildResponse(fixtureOptions(fixture, live)), {
    key: live.key,
    sign: { response: signed.response, assertion: signed.assertion },
    signatureAlgorithm: algorithm,
  })
  return { xml, relayState }
}
