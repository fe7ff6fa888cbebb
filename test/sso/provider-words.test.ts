// What the other side says reaches the trace and the page for administrators, with advice that fits; the person learns only that
// they turned back, where they did.
import { describe, expect, test } from 'vitest'
import { listConnectionHealth } from '#access/organizations/overview.ts'
import { listAttempts, type SignInAttempt } from '#access/sign-in/attempts.ts'
import { createTestLink } from '#access/sign-in/test-links.ts'
import { refreshMetadata } from '#connections/sign-in/refresh-metadata.ts'
import { createSigningJwk } from '#sandbox/oidc-idp/keys.ts'
import { createSigningKey } from '#sandbox/saml-idp/keys.ts'
import { buildMetadata } from '#sandbox/saml-idp/metadata.ts'
import { statusCodes } from '#sandbox/saml-idp/names.ts'
import { buildResponse } from '#sandbox/saml-idp/response.ts'
import { sealResponse } from '#sandbox/saml-idp/sign.ts'

import { arriveBySaml } from '../support/arrivals.ts'
import { consoleClient, createManager } from '../support/console.ts'
import { arriveByOidc } from '../support/oidc-arrivals.ts'
import { it, type Organization, op, stage, useProviderStage } from '../support/provider-stage.ts'
import {
  createOidcConnection,
  createSamlConnection,
  createTestBrowser,
  postResponse,
  startSaml,
  testKey,
} from '../support/sign-in.ts'

useProviderStage()

const jwt = (token: string): Response => new Response(token, { headers: { 'content-type': 'application/jwt' } })

const lastAttempt = async ({ ctx }: Organization): Promise<SignInAttempt> =>
  (await listAttempts(ctx, { limit: 1 }))[0] as SignInAttempt

const failedStep = ({ trace }: SignInAttempt): string =>
  trace.steps.find(({ result }) => result === 'failed')?.detail ?? ''

const managers = new Map<string, ReturnType<typeof consoleClient>>()

/** The advice on the page of the newest attempt. */
async function adviceOn(organization: Organization): Promise<string> {
  const pages = managers.get(organization.id) ?? consoleClient(it.app, await createManager(organization))
  managers.set(organization.id, pages)
  const { text } = await pages.get(`/console/sign-ins/${(await lastAttempt(organization)).id}`)
  return /What to change:<\/strong>([^<]*)/.exec(text)?.[1] ?? ''
}

async function oidcStage() {
  const { organization } = await stage()
  const connection = await createOidcConnection(organization, { issuer: op.issuer, clientId: 'rolecall' })
  const arrive = (script: Parameters<typeof arriveByOidc>[3]) =>
    arriveByOidc({ app: it.app, organization }, op, connection, script)
  return { organization, connection, arrive }
}

const claims = { sub: 'ada', email: 'ada@example.com' }

describe('an OpenID provider', () => {
  test('that answers an error is heard, and its words are advised on', async () => {
    const { organization, arrive } = await oidcStage()
    const cases: [string, string, RegExp][] = [
      ['access_denied', 'User is not assigned to the client application.', /^ ?Assign the person/],
      ['invalid_scope', 'One or more scopes are not configured', /scope/],
      ['server_error', 'AADSTS50105: not assigned to a role', /^ ?Assign the person/],
      ['unknown_error', 'nobody knows', /itself refused/],
    ]
    for (const [error, description, advice] of cases) {
      const { attempt, page } = await arrive({
        callback: ({ state }) => ({ error, error_description: description, state }),
      })
      expect([attempt.outcome, attempt.reason]).toEqual(['refused', 'provider_error'])
      expect(failedStep(attempt)).toBe(`The provider answered ${error}: ${description}`)
      expect(attempt.trace.received).toEqual({ error, error_description: description })
      expect(page).not.toContain(description)
      expect(await adviceOn(organization)).toMatch(advice)
    }
    expect((await arrive({ claims })).attempt.outcome).toBe('signed_in')
  })

  test('that answers an error to nobody who has begun is heard as well', async () => {
    const { organization, connection } = await oidcStage()
    const { redirectUri } = it.app.urls.connection(connection.id)
    const query = new URLSearchParams({ error: 'access_denied', error_description: 'AADSTS65004: no consent' })
    const answer = await createTestBrowser(it.app.request, it.app.urls.origin).get(`${redirectUri}?${query}`)
    const attempt = await lastAttempt(organization)
    expect([answer.status, attempt.reason, attempt.trace.received]).toEqual([403, 'state', Object.fromEntries(query)])
  })

  test.each([
    ['access_denied', undefined, undefined],
    ['access_denied', 'User cancelled the sign-in', undefined],
    ['access_denied', 'AADSTS65004: User declined to consent', undefined],
    ['server_error', 'AADB2C90091: The user has cancelled', 'cancel'],
    ['user_cancelled_authorize', undefined, undefined],
    ['user_cancelled_login', 'The user cancelled LinkedIn login', undefined],
    ['access_denied', '', undefined],
    ['access_denied', 'The resource owner or authorization server denied the request.', undefined],
    ['access_denied', 'The resource owner or authorization server denied the request', undefined],
    ['access_denied', 'The user denied the request', undefined],
    ['access_denied', 'User did not authorize the request', undefined],
    ['access_denied', 'User denied access', undefined],
    ['access_denied', 'The resource owner denied the access', undefined],
    ['access_denied', 'Login canceled by user', undefined],
    ['access_denied', 'Authentication was cancelled.', undefined],
    ['access_denied', 'user_denied', undefined],
  ])(
    '%s (%s): the person turned back, is told so, and it counts as no refusal',
    async (error, description, subcode) => {
      const { organization, connection, arrive } = await oidcStage()
      const arrival = await arrive({
        callback: ({ state }) => ({ error, error_description: description, error_subcode: subcode, state }),
      })
      expect([arrival.status, arrival.attempt.outcome, arrival.attempt.reason]).toEqual([200, 'cancelled', null])
      expect(arrival.page).toContain('You turned back')
      const health = (await listConnectionHealth(organization.ctx)).find(({ id }) => id === connection.id)
      expect(health?.refused).toBe(0)
      expect(await arrival.browser.session()).toBeUndefined()
    },
  )

  test.each([
    'Access was declined by rule: your subscription is cancelled',
    'The user has been denied access to the application: account cancelled',
    'User denied by policy',
    'Consent declined by admin',
    'Policy evaluation failed for this request, please check the policy configurations.',
    'User is not assigned to the client application.',
  ])('access_denied (%s) is a refusal: nobody turned back', async (description) => {
    const { arrive } = await oidcStage()
    const { attempt } = await arrive({
      callback: ({ state }) => ({ error: 'access_denied', error_description: description, state }),
    })
    expect([attempt.outcome, attempt.reason]).toEqual(['refused', 'provider_error'])
    expect(failedStep(attempt)).toBe(`The provider answered access_denied: ${description}`)
  })

  test('a test from which the person turned back has tested nothing, and says so', async () => {
    const { organization, connection } = await oidcStage()
    const browser = createTestBrowser(it.app.request, it.app.urls.origin)
    for (const [error, description] of [
      ['user_cancelled_authorize', ''],
      ['access_denied', 'User cancelled'],
    ]) {
      op.script = {
        claims,
        now: () => new Date(),
        callback: ({ state }) => ({ error, error_description: description, state }),
      }
      const start = await browser.get(
        `/sign-in/${connection.id}?test=${await createTestLink(organization.ctx, connection.id)}`,
      )
      const page = await (await browser.get(await op.signIn(start.headers.get('location') ?? ''))).text()
      expect(page).toContain('You turned back at the provider; nothing was tested.')
      expect(page).not.toContain('would be refused')
      const attempt = await lastAttempt(organization)
      expect([attempt.outcome, attempt.trace.isTest]).toEqual(['cancelled', true])
    }
  })

  test.each<[string, () => Response, string]>([
    [
      'in the form of Okta',
      () => Response.json({ errorCode: 'E0000011', errorSummary: 'Invalid token provided' }, { status: 401 }),
      '401, E0000011: Invalid token provided',
    ],
    [
      'as an object',
      () => Response.json({ error: { code: 190, type: 'OAuthException', message: 'Bad code' } }, { status: 400 }),
      '400, OAuthException: Bad code',
    ],
    [
      'as an object without a code',
      () => Response.json({ error: { message: 'Bad code' } }, { status: 400 }),
      '400, Bad code',
    ],
    [
      'in a list',
      () => Response.json({ errors: [{ code: 'x1', message: 'Bad code' }] }, { status: 400 }),
      '400, x1: Bad code',
    ],
    [
      'as a form',
      () => new Response('error=invalid_client&error_description=form+style', { status: 400 }),
      '400, invalid_client: form style',
    ],
    [
      'as a form with 200',
      () => new Response('error=bad_verification_code&error_description=It+has+run+out.'),
      '200, bad_verification_code: It has run out.',
    ],
    [
      'with 200',
      () => Response.json({ error: 'bad_verification_code', error_description: 'It has run out.' }),
      '200, bad_verification_code: It has run out.',
    ],
    ['as an object with 200', () => Response.json({ error: { message: 'Bad code' } }), '200, Bad code'],
    ['as a gateway', () => Response.json({ message: 'Forbidden by WAF' }, { status: 403 }), '403, Forbidden by WAF'],
    [
      'by RFC 9457',
      () => Response.json({ title: 'Forbidden', detail: 'Not from here' }, { status: 403 }),
      '403, Not from here',
    ],
    ['as a list', () => Response.json(['no'], { status: 400 }), '400'],
    ['as a page', () => new Response('<html lang="en">', { status: 502 }), '502'],
  ])('that answers its error %s is heard', async (_, token, said) => {
    const { arrive } = await oidcStage()
    const { attempt } = await arrive({ claims, token })
    expect([attempt.outcome, attempt.reason]).toEqual(['refused', 'token_endpoint'])
    expect(failedStep(attempt)).toBe(`The token endpoint answered ${said}`)
  })

  const challenge = {
    'www-authenticate': 'Bearer realm="x", error="invalid_token", error_description="The token has run out"',
  }
  test.each<[string, () => Response | Promise<Response>, RegExp]>([
    [
      'a challenge',
      () => new Response('no', { status: 401, headers: challenge }),
      /Userinfo answered 401, invalid_token: The token has run out/,
    ],
    [
      '401 in JSON',
      () => Response.json({ error: 'invalid_token', error_description: 'expired' }, { status: 401 }),
      /Userinfo answered 401, invalid_token: expired/,
    ],
    [
      '403 of Okta',
      () => Response.json({ errorCode: 'E0000006', errorSummary: 'No permission' }, { status: 403 }),
      /Userinfo answered 403, E0000006: No permission/,
    ],
    ['500', () => new Response('x', { status: 500 }), /Userinfo answered 500/],
    [
      'an unsigned token',
      async () => jwt(await op.signJwt({ sub: 'ada', email: 'x@example.com' }, { header: { alg: 'none' } })),
      /alg/,
    ],
    [
      'a token that another key signed',
      async () =>
        jwt(await op.signJwt({ iss: op.issuer, aud: 'rolecall', sub: 'ada' }, { key: await createSigningJwk() })),
      /verification key/,
    ],
  ])('whose userinfo answers %s: that is the reason why there is no address', async (_, answer, said) => {
    const { organization, arrive } = await oidcStage()
    const [made, again] = [await answer(), await answer()]
    const { attempt } = await arrive({ claims: { sub: 'ada' }, answerUserinfo: () => made })
    expect([attempt.outcome, attempt.reason]).toEqual(['refused', 'userinfo_unavailable'])
    expect(failedStep(attempt)).toMatch(said)
    expect(await adviceOn(organization)).toContain('userinfo')
    // With an address in the token nobody is kept out by it.
    const whole = await arrive({ claims, answerUserinfo: () => again })
    expect(whole.attempt.outcome).toBe('signed_in')
    expect((await arrive({ claims: { sub: 'bob' }, userinfo: {} })).attempt.reason).toBe('no_address')
  })

  test('that refuses the client at its token endpoint is heard, whatever headers come along', async () => {
    const { organization, arrive } = await oidcStage()
    const answers: [string, RegExp][] = [
      ['AADSTS7000222: The provided client secret keys are expired.', /has expired/],
      ['AADSTS7000215: Invalid client secret provided.', /instead of its value/],
      ['Client authentication failed', /client_secret_post/],
    ]
    for (const [description, advice] of answers)
      for (const headers of [{}, { 'www-authenticate': 'Bearer' }, { 'www-authenticate': 'Basic realm="x"' }]) {
        const { attempt } = await arrive({
          claims,
          token: () =>
            Response.json({ error: 'invalid_client', error_description: description }, { status: 401, headers }),
        })
        expect([attempt.outcome, attempt.reason]).toEqual(['refused', 'token_endpoint'])
        expect(failedStep(attempt)).toBe(`The token endpoint answered 401, invalid_client: ${description}`)
        expect(await adviceOn(organization)).toMatch(advice)
      }
    const { attempt } = await arrive({ claims, token: () => new Response('<html>', { status: 502 }) })
    expect(failedStep(attempt)).toBe('The token endpoint answered 502')
    expect((await arrive({ claims })).attempt.outcome).toBe('signed_in')
  })

  test('whose issuer is another one: both are named, and that a slash is all', async () => {
    const { arrive } = await oidcStage()
    const { attempt } = await arrive({ claims: { ...claims, iss: `${op.issuer}/` } })
    expect(failedStep(attempt)).toContain(`iss ${op.issuer}/, and ${op.issuer} was expected; they differ in the slash`)
    const other = await arrive({ claims: { ...claims, aud: 'another-client' } })
    expect(failedStep(other.attempt)).toContain('aud another-client, and rolecall was expected')
    const mixed = await arrive({ claims, callback: (all) => ({ ...all, iss: 'https://evil.example.com' }) })
    expect(failedStep(mixed.attempt)).toContain('https://evil.example.com')
  })

  test('whose clock differs: by how many seconds', async () => {
    const { arrive } = await oidcStage()
    const now = Math.floor(Date.now() / 1000)
    const late = await arrive({ claims: { ...claims, exp: now - 400, iat: now - 500 } })
    expect(failedStep(late.attempt)).toMatch(/ran out 40\d seconds ago/)
    const early = await arrive({ claims: { ...claims, iat: now + 300, exp: now + 900 } })
    expect(failedStep(early.attempt)).toMatch(/(300|299) seconds in the future/)
  })

  test('that cannot be reached at the start leaves a trace of it', async () => {
    const { organization } = await stage()
    const connection = await createOidcConnection(organization, { issuer: op.issuer, clientId: 'rolecall' })
    op.script = { claims, now: () => new Date(), discovery: () => new Response('no', { status: 503 }) }
    const answer = await createTestBrowser(it.app.request, it.app.urls.origin).get(`/sign-in/${connection.id}`)
    expect(answer.status).toBe(403)
    const attempt = await lastAttempt(organization)
    expect([attempt.reason, failedStep(attempt)]).toEqual(['discovery', expect.stringContaining('503')])
    expect(await adviceOn(organization)).toMatch(/discovery document/)
  })
})

async function samlStage() {
  const { organization } = await stage()
  const connection = await createSamlConnection(organization)
  return { organization, connection }
}

describe('a SAML provider', () => {
  /** It answers with a status and no assertion. */
  async function answerStatus(status: Parameters<typeof buildResponse>[0]['status']) {
    const { organization, connection } = await samlStage()
    const browser = createTestBrowser(it.app.request, it.app.urls.origin)
    const { requestId } = await startSaml(browser, connection.id)
    const { acsUrl, entityId } = it.app.urls.connection(connection.id)
    const xml = buildResponse({
      ...{ issuer: connection.settings.idpEntityId, acsUrl, audience: entityId, inResponseTo: requestId, nameId: null },
      ...{ status: status ?? null, response: { assertions: [] } },
    })
    const sealed = sealResponse(xml, { key: testKey(), sign: { response: true, assertion: false } })
    const answer = await postResponse(browser, connection.id, sealed)
    return { organization, answer, attempt: await lastAttempt(organization) }
  }

  test('its status, the code under it and its message are in the trace, with advice', async () => {
    const invalidPolicy = 'urn:oasis:names:tc:SAML:2.0:status:InvalidNameIDPolicy'
    const { organization, attempt } = await answerStatus({
      ...{ code: statusCodes.requester, subcode: invalidPolicy, message: 'no rule for it' },
    })
    expect(failedStep(attempt)).toBe('The provider answered Requester / InvalidNameIDPolicy: no rule for it')
    expect(attempt.reason).toBe('status')
    expect(await adviceOn(organization)).toMatch(/another format/)
  })

  test('that the person turned back is told to them, and no refusal', async () => {
    const { answer, attempt } = await answerStatus({
      ...{ code: statusCodes.responder, subcode: statusCodes.authnFailed, message: 'User cancelled' },
    })
    expect([answer.status, attempt.outcome]).toEqual([200, 'cancelled'])
    expect(await answer.text()).toContain('You turned back')
  })

  test.each([
    ['RequestUnsupported', 'Your subscription was cancelled', 'refused'],
    ['RequestDenied', 'Access was declined by policy', 'refused'],
    ['RequestDenied', 'User cancelled', 'cancelled'],
    ['AuthnFailed', 'Authentication cancelled by the user', 'cancelled'],
    ['RequestDenied', 'The user declined the consent', 'cancelled'],
  ])('%s with “%s” is %s', async (code, message, outcome) => {
    const subcode = `urn:oasis:names:tc:SAML:2.0:status:${code}`
    const { attempt } = await answerStatus({ code: statusCodes.responder, subcode, message })
    expect(attempt.outcome).toBe(outcome)
  })

  test('a clock that differs: by how many seconds', async () => {
    const { organization, connection } = await samlStage()
    const at = (seconds: number) => new Date(Date.now() + seconds * 1000)
    const arrive = async (times: object) =>
      failedStep((await arriveBySaml(it.app, organization, connection, { change: { times } })).attempt)
    expect(await arrive({ issueInstant: at(200) })).toMatch(/issued (200|199) seconds in the future/)
    expect(await arrive({ issueInstant: at(-400) })).toMatch(/40\d seconds old/)
    expect(await arrive({ notBefore: at(200) })).toMatch(/only in (200|199) seconds/)
    expect(await arrive({ notOnOrAfter: at(-100) })).toMatch(/ran out 10\d seconds ago/)
    expect(await arrive({})).toBe('')
  })

  test('a certificate that is not trusted: which one is expected, which was named, and that it waits for trust', async () => {
    const { organization } = await stage()
    const [fresh, other] = [createSigningKey({ commonName: 'fresh' }), createSigningKey({ commonName: 'other' })]
    const metadataUrl = 'https://idp.example.net/metadata'
    let keys = [testKey()]
    it.app.elsewhere.set(
      'https://idp.example.net',
      async () =>
        new Response(
          buildMetadata({
            entityId: metadataUrl,
            certificates: keys.map(({ certificate }) => certificate),
            sso: { redirect: 'https://idp.example.net/sso' },
          }),
        ),
    )
    const connection = await createSamlConnection(organization, { metadataXml: undefined, metadataUrl } as object)
    const arriveWith = async (key: typeof fresh) => {
      const browser = createTestBrowser(it.app.request, it.app.urls.origin)
      const { requestId } = await startSaml(browser, connection.id)
      const { acsUrl, entityId } = it.app.urls.connection(connection.id)
      const xml = buildResponse({
        ...{ issuer: metadataUrl, acsUrl, audience: entityId, inResponseTo: requestId, nameId: { value: 'ada' } },
        attributes: [{ name: 'email', values: ['ada@example.com'] }],
      })
      await postResponse(browser, connection.id, sealResponse(xml, { key, sign: { response: true, assertion: true } }))
      return lastAttempt(organization)
    }
    const trusted = connection.settings.certificates[0]
    const unknown = await arriveWith(other)
    expect([unknown.reason, failedStep(unknown)]).toEqual([
      'signature',
      expect.stringContaining(trusted?.sha256 ?? '-'),
    ])
    expect(failedStep(unknown)).not.toContain('waits for trust')
    keys = [testKey(), fresh]
    await refreshMetadata(organization.ctx, connection.id)
    expect(failedStep(await arriveWith(fresh))).toMatch(/names a certificate.*That one came by the metadata and waits/)
    expect(failedStep(await arriveWith(other))).toContain('A newer certificate waits for trust')
    expect((await arriveWith(testKey())).outcome).toBe('signed_in')
    it.app.elsewhere.delete('https://idp.example.net')
  })

  test('that sends no address: nobody is told to prove a domain', async () => {
    const { organization, connection } = await samlStage()
    const { attempt } = await arriveBySaml(it.app, organization, connection, { nameId: 'p-77', attributes: {} })
    expect(attempt.reason).toBe('no_address')
    const advice = await adviceOn(organization)
    expect(advice).toContain('sent no e-mail address')
    expect(advice).not.toMatch(/prove/i)
  })

  test('its NameID, a message that cannot be read, and another request have advice of their own', async () => {
    const { organization, connection } = await samlStage()
    const transient = { value: '_f00', format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient' }
    await arriveBySaml(it.app, organization, connection, { change: { nameId: transient } })
    expect(await adviceOn(organization)).toMatch(/name an attribute/)
    await arriveBySaml(it.app, organization, connection, { change: { response: { inResponseTo: '_other' } } })
    expect(await adviceOn(organization)).toMatch(/another sign-in/)
  })
})
