// What a connection takes when it is set up works when somebody signs in, and what would not work is refused by name at once.
import { describe, expect, test } from 'vitest'
import { listAttempts } from '#access/sign-in/attempts.ts'
import { setConnectionStatus } from '#access/sign-in/connection-status.ts'
import { requireOrdinaryRole } from '#access/sign-in/default-role.ts'
import { toPem } from '#connections/saml/certificates.ts'
import { configureConnection } from '#connections/sign-in/configure-connection.ts'
import { getConnection, type OidcConnection, type SamlConnection } from '#connections/sign-in/connections.ts'
import { createConnection } from '#connections/sign-in/create-connection.ts'
import { refreshMetadata } from '#connections/sign-in/refresh-metadata.ts'
import { updateConnection } from '#connections/sign-in/update-connection.ts'
import { createSigningJwk } from '#sandbox/oidc-idp/keys.ts'
import { encodePost } from '#sandbox/saml-idp/bindings.ts'
import { createSigningKey, type SigningKey } from '#sandbox/saml-idp/keys.ts'
import { buildLogoutRequest } from '#sandbox/saml-idp/logout.ts'
import { buildMetadata } from '#sandbox/saml-idp/metadata.ts'
import { buildResponse } from '#sandbox/saml-idp/response.ts'
import { type SealOptions, sealResponse, signXml } from '#sandbox/saml-idp/sign.ts'
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

const metadataOf = (keys: readonly SigningKey[]): string =>
  buildMetadata({
    entityId: 'https://idp.example.net/metadata',
    certificates: keys.map(({ certificate }) => certificate),
    sso: { redirect: 'https://idp.example.net/sso' },
  })

/** Somebody comes back with a message that is sealed so. @returns outcome, reason, notes */
async function arrive(organization: Organization, connection: SamlConnection, seal: Partial<SealOptions>) {
  const browser = createTestBrowser(it.app.request, it.app.urls.origin)
  const { requestId } = await startSaml(browser, connection.id)
  const { acsUrl, entityId } = it.app.urls.connection(connection.id)
  const xml = buildResponse({
    ...{ issuer: connection.settings.idpEntityId, acsUrl, audience: entityId, inResponseTo: requestId },
    nameId: { value: 'ada' },
    attributes: [{ name: 'email', values: ['ada@example.com'] }],
  })
  const sealed = sealResponse(xml, { key: testKey(), sign: { response: true, assertion: true }, ...seal })
  await postResponse(browser, connection.id, sealed)
  const [attempt] = await listAttempts(organization.ctx, { limit: 1 })
  const notes = attempt?.trace.steps.filter(({ result }) => result === 'note').map(({ detail }) => detail)
  return { outcome: attempt?.outcome, reason: attempt?.reason, notes, browser }
}

const places = [
  { response: true, assertion: true },
  { response: true, assertion: false },
  { response: false, assertion: true },
]

describe('certificates', () => {
  test.each([
    ['prime256v1', 'ecdsa-sha256'],
    ['secp384r1', 'ecdsa-sha384'],
  ] as const)(
    'EC on %s: signatures by %s get in, in clear and encrypted, and another key does not',
    async (curve, name) => {
      const { organization } = await stage()
      const [key, other] = [createSigningKey({ curve }), createSigningKey({ curve })]
      const connection = await createSamlConnection(organization, { keys: [key] })
      const encrypt = { certificate: toPem(connection.settings.spCertificate) }
      for (const sign of places)
        for (const encryption of [{}, { encrypt }]) {
          const seal = { sign, ...encryption, signatureAlgorithm: name }
          expect((await arrive(organization, connection, { ...seal, key })).outcome).toBe('signed_in')
          const forged = await arrive(organization, connection, { ...seal, key: other })
          expect([forged.outcome, forged.reason]).toEqual(['refused', 'signature'])
        }
      const { browser } = await arrive(organization, connection, { key, signatureAlgorithm: name })
      const { sloUrl } = it.app.urls.connection(connection.id)
      const logout = buildLogoutRequest({
        ...{ issuer: connection.settings.idpEntityId, destination: sloUrl, nameId: { value: 'ada' } },
      })
      const post = (by: SigningKey) =>
        browser.postAcrossSites(sloUrl, {
          SAMLRequest: encodePost(signXml(logout, ['LogoutRequest'], { key: by, signatureAlgorithm: name })),
        })
      expect((await post(other)).status).toBe(403)
      expect(await browser.session()).toBeDefined()
      await post(key)
      expect(await browser.session()).toBeUndefined()
    },
  )

  test('SHA-384, which is offered, works with RSA', async () => {
    const { organization } = await stage()
    const connection = await createSamlConnection(organization)
    const { outcome } = await arrive(organization, connection, { signatureAlgorithm: 'rsa-sha384' })
    expect(outcome).toBe('signed_in')
  })

  test.each([
    [
      'an RSA key of 1024 bits',
      createSigningKey({ modulusLength: 1024, commonName: 'old.example.net' }),
      /old\.example\.net.*1024/,
    ],
    [
      'an unusual curve',
      createSigningKey({ curve: 'secp256k1', commonName: 'odd.example.net' }),
      /odd\.example\.net.*secp256k1/,
    ],
    ['what is no certificate', { privateKey: '', certificate: 'AAAA' }, /cannot be read/],
  ])(
    '%s alone is refused by name; beside a good one it is left out with a note, at import and at refresh',
    async (_, bad, named) => {
      const { organization } = await stage()
      const create = (keys: SigningKey[]) => createSamlConnection(organization, { metadataXml: metadataOf(keys) })
      await expect(create([bad])).rejects.toThrow(named)
      const connection = await create([bad, testKey()])
      expect(connection.settings.certificates).toHaveLength(1)
      expect(connection.settings.skippedCertificates).toEqual([expect.stringMatching(named)])
      expect((await arrive(organization, connection, {})).outcome).toBe('signed_in')
      const pages = consoleClient(it.app, await createManager(organization))
      expect((await pages.get(`/console/connections/${connection.id}`)).text).toContain('was left out')
      let published = metadataOf([testKey()])
      it.app.elsewhere.set('https://idp.example.net', async () => new Response(published))
      const byUrl = await createConnection(
        organization.ctx,
        { type: 'saml', metadataUrl: 'https://idp.example.net/metadata' },
        requireOrdinaryRole,
      )
      published = metadataOf([testKey(), bad])
      expect(await refreshMetadata(organization.ctx, byUrl.id)).toEqual({
        changed: ['skippedCertificates'],
        waiting: 0,
      })
      const { settings } = (await getConnection(organization.ctx, byUrl.id)) as SamlConnection
      expect([settings.certificates.length, settings.skippedCertificates]).toEqual([1, [expect.stringMatching(named)]])
      it.app.elsewhere.delete('https://idp.example.net')
    },
  )
})

describe('encryption', () => {
  test('by every method that our metadata offers can be read', async () => {
    const { organization } = await stage()
    const connection = await createSamlConnection(organization, { isEncryptionRequired: true })
    const certificate = toPem(connection.settings.spCertificate)
    const { text } = await it.app
      .request(`/saml/${connection.id}/metadata`)
      .then(async (answer) => ({ text: await answer.text() }))
    expect(text.match(/EncryptionMethod Algorithm="[^"]*[#]([\w-]+)"/g)).toHaveLength(5)
    expect(text).not.toContain('-cbc')
    for (const contentAlgorithm of ['aes128-gcm', 'aes192-gcm', 'aes256-gcm'] as const)
      for (const keyTransport of ['rsa-oaep-mgf1p', 'rsa-oaep-sha256'] as const)
        for (const sign of places) {
          const seal = { sign, encrypt: { certificate, contentAlgorithm, keyTransport } }
          const { outcome, reason } = await arrive(organization, connection, seal)
          expect([contentAlgorithm, keyTransport, sign, outcome, reason]).toEqual([
            ...[contentAlgorithm, keyTransport, sign, 'signed_in', null],
          ])
        }
    expect((await arrive(organization, connection, {})).reason).toBe('encryption')
  })
})

describe('weak algorithms', () => {
  const day = 86_400_000

  test('AES-CBC and SHA-1 are let through for one connection, until a day, and each use is noted', async () => {
    const { organization } = await stage()
    const [plain, weak] = [await createSamlConnection(organization), await createSamlConnection(organization)]
    const sealFor = (connection: SamlConnection): [string, Partial<SealOptions>, string][] => [
      [
        'isCbcAllowed',
        { encrypt: { certificate: toPem(connection.settings.spCertificate), contentAlgorithm: 'aes128-cbc' } },
        'encryption',
      ],
      ['isSha1Allowed', { signatureAlgorithm: 'rsa-sha1', digestAlgorithm: 'sha1' }, 'algorithm'],
    ]
    for (const [index, [setting, seal, reason]] of sealFor(weak).entries()) {
      const change = (changes: object) =>
        updateConnection(organization.ctx, { connectionId: weak.id, ...changes }, requireOrdinaryRole)
      const came = async () =>
        arrive(organization, (await getConnection(organization.ctx, weak.id)) as SamlConnection, seal)
      expect(await came()).toMatchObject({ outcome: 'refused', reason })
      const changed = (await change({ [setting]: true })) as SamlConnection
      const days = (Date.parse(changed.settings.weakAlgorithmsUntil ?? '') - Date.now()) / day
      expect(Math.round(days)).toBe(90)
      const let_ = await came()
      expect([let_.outcome, let_.notes?.join()]).toEqual([
        'signed_in',
        expect.stringContaining('let through by a setting'),
      ])
      const other = sealFor(plain)[index]?.[1] ?? {}
      expect(await arrive(organization, plain, other)).toMatchObject({ outcome: 'refused', reason })
      // Content by the usual means still gets in, and the exception ends by itself.
      expect((await arrive(organization, weak, {})).notes?.join()).not.toContain('let through')
      await it.app.owner`update connections set settings = settings || ${it.app.owner.json({
        weakAlgorithmsUntil: new Date(Date.now() - 1000).toISOString(),
      })} where id = ${weak.id}`
      expect(await came()).toMatchObject({ outcome: 'refused', reason })
      await change({ isCbcAllowed: false, isSha1Allowed: false })
    }
  })

  test('their end is a day to come, a year away at most', async () => {
    const { organization } = await stage()
    const { id: connectionId } = await createSamlConnection(organization)
    const until = (days: number) =>
      updateConnection(
        organization.ctx,
        { connectionId, isCbcAllowed: true, weakAlgorithmsUntil: new Date(Date.now() + days * day).toISOString() },
        requireOrdinaryRole,
      )
    await expect(until(-1)).rejects.toMatchObject({ fields: [{ path: 'weakAlgorithmsUntil' }] })
    await expect(until(400)).rejects.toMatchObject({ fields: [{ path: 'weakAlgorithmsUntil' }] })
    expect(((await until(30)) as SamlConnection).settings.isCbcAllowed).toBe(true)
  })

  test('AES-CBC leaves no more to an attacker than one kind of failure', async () => {
    const { organization } = await stage()
    const connection = await createSamlConnection(organization, { isCbcAllowed: true })
    const certificate = toPem(connection.settings.spCertificate)
    const foreign = createSigningKey().certificate
    const seal = { sign: { response: false, assertion: true } }
    const wrongKey = await arrive(organization, connection, {
      ...{ ...seal, encrypt: { certificate: foreign, contentAlgorithm: 'aes128-cbc' } },
    })
    expect([wrongKey.outcome, wrongKey.reason]).toEqual(['refused', 'encryption'])
    const unsigned = await arrive(organization, connection, {
      sign: { response: false, assertion: false },
      encrypt: { certificate, contentAlgorithm: 'aes128-cbc' },
    })
    expect([unsigned.outcome, unsigned.reason]).toEqual(['refused', 'signature'])
  })
})

describe('OpenID providers', () => {
  const create = (organization: Organization, issuer: string) =>
    createConnection(
      organization.ctx,
      { type: 'oidc', issuer, clientId: 'rolecall', clientSecret: 'secret' },
      requireOrdinaryRole,
    ) as Promise<OidcConnection>

  test('the issuer is taken as the provider writes it, and another one is named', async () => {
    const { organization } = await stage()
    op.script = {
      claims: {},
      now: () => new Date(),
      discovery: (document) => ({ ...document, issuer: `${op.issuer}/` }),
    }
    const { settings } = await create(organization, op.issuer)
    expect(settings.issuer).toBe(`${op.issuer}/`)
    op.script = {
      claims: {},
      now: () => new Date(),
      discovery: (document) => ({ ...document, issuer: 'https://x.example.com' }),
    }
    await expect(create(organization, op.issuer)).rejects.toThrow('https://x.example.com')
    op.script = { claims: {}, now: () => new Date(), discovery: () => new Response('', { status: 404 }) }
    await expect(create(organization, op.issuer)).rejects.toThrow('answered 404')
  })

  test('discovery is shown before a connection opens, and it does not open without', async () => {
    const { organization } = await stage()
    op.script = { claims: {}, now: () => new Date() }
    const { id: connectionId } = await create(organization, op.issuer)
    await it.app.owner`update connections set tested_at = now(), status = 'tested' where id = ${connectionId}`
    const pages = consoleClient(it.app, await createManager(organization))
    const page = async () => (await pages.get(`/console/connections/${connectionId}/status?to=optional`)).text
    expect(await page()).toContain(`${op.issuer}/token`)
    op.script = {
      claims: {},
      now: () => new Date(),
      discovery: (document) => ({ ...document, issuer: `${op.issuer}/` }),
    }
    expect(await page()).toContain('they differ in the slash at the end')
    const open = () => setConnectionStatus(organization.ctx, { connectionId, status: 'optional' })
    await expect(open()).rejects.toMatchObject({ code: 'conflict', reason: 'discovery' })
    op.script = { claims: {}, now: () => new Date() }
    expect((await open()).status).toBe('optional')
  })

  test.each<[string, (document: Record<string, unknown>) => object, RegExp]>([
    ['no authorization_endpoint', ({ authorization_endpoint: _, ...rest }) => rest, /names no authorization_endpoint/],
    ['no token_endpoint', ({ token_endpoint: _, ...rest }) => rest, /names no token_endpoint/],
    ['no jwks_uri', ({ jwks_uri: _, ...rest }) => rest, /names no jwks_uri/],
    ['an empty jwks_uri', (all) => ({ ...all, jwks_uri: '' }), /names no jwks_uri/],
    [
      'no code flow',
      (all) => ({ ...all, response_types_supported: ['id_token', 'code id_token'] }),
      /response_types_supported/,
    ],
    [
      'no response types',
      (all) => ({ ...all, response_types_supported: [] }),
      /nothing under response_types_supported/,
    ],
    [
      'HS256 alone',
      (all) => ({ ...all, id_token_signing_alg_values_supported: ['HS256', 'none'] }),
      /only HS256, none under/,
    ],
  ])('a provider with %s is refused by name, and never opened', async (_, change, words) => {
    const { organization } = await stage()
    const wanted = { type: 'oidc', clientId: 'rolecall', clientSecret: 'secret', issuer: op.issuer } as const
    const create = () => createConnection(organization.ctx, wanted, requireOrdinaryRole)
    op.script = { claims: {}, now: () => new Date() }
    const { id: connectionId } = await create()
    const bad = { code: 'invalid', reason: 'unfit_provider', message: expect.stringMatching(words) }
    op.script = { claims: {}, now: () => new Date(), discovery: change }
    await expect(create()).rejects.toMatchObject({
      ...bad,
      fields: [expect.objectContaining({ path: 'issuer', message: expect.stringMatching(words) })],
    })
    const { type: __, ...provider } = wanted
    await expect(
      configureConnection(organization.ctx, { type: 'oidc', connectionId, ...provider }),
    ).rejects.toMatchObject(bad)
    const open = (isForced: boolean) =>
      setConnectionStatus(organization.ctx, { connectionId, status: 'optional', isForced })
    await expect(open(false)).rejects.toMatchObject({ code: 'conflict' })
    await expect(open(true)).rejects.toMatchObject({
      ...{ code: 'conflict', reason: 'discovery', message: expect.stringMatching(words) },
    })
    op.script = { claims: {}, now: () => new Date() }
    expect((await open(true)).status).toBe('optional')
  })

  test.each<[unknown, string]>([
    [['client_secret_post'], 'client_secret_post'],
    [['private_key_jwt', 'client_secret_post'], 'client_secret_post'],
    [['client_secret_post', 'client_secret_basic'], 'client_secret_basic'],
    [['private_key_jwt'], 'client_secret_basic'],
    [undefined, 'client_secret_basic'],
    ['client_secret_post', 'client_secret_basic'],
  ])('of what the token endpoint takes (%j), %s is chosen', async (methods, chosen) => {
    const { organization } = await stage()
    op.script = {
      ...{ claims: {}, now: () => new Date() },
      discovery: (document) => ({ ...document, token_endpoint_auth_methods_supported: methods }),
    }
    const wanted = { type: 'oidc', clientId: 'rolecall', clientSecret: 'secret', issuer: op.issuer } as const
    const created = await createConnection(organization.ctx, wanted, requireOrdinaryRole)
    expect(created.settings).toMatchObject({ clientAuthentication: chosen })
    const { type: _, ...provider } = wanted
    const configured = await configureConnection(organization.ctx, {
      type: 'oidc',
      connectionId: created.id,
      ...provider,
    })
    expect(configured.settings).toMatchObject({ clientAuthentication: chosen })
    const said = await createConnection(
      organization.ctx,
      { ...wanted, clientAuthentication: 'client_secret_basic' },
      requireOrdinaryRole,
    )
    expect(said.settings).toMatchObject({ clientAuthentication: 'client_secret_basic' })
  })

  test('userinfo as a signed JWT is read, and one that another key signed is not', async () => {
    const { organization } = await stage()
    const connection = await createOidcConnection(organization, { issuer: op.issuer, clientId: 'rolecall' })
    const signed = async (claims: object, key = op.keys[0]) =>
      new Response(await op.signJwt({ iss: op.issuer, aud: 'rolecall', ...claims }, key === undefined ? {} : { key }), {
        headers: { 'content-type': 'application/jwt' },
      })
    const come = async (userinfo: () => unknown) =>
      (
        await arriveByOidc({ app: it.app, organization }, op, connection, {
          claims: { sub: 'q' },
          answerUserinfo: userinfo,
        })
      ).attempt
    const emailOf = ({ trace }: Awaited<ReturnType<typeof come>>) =>
      (trace.mapped['profile'] as { email: string } | undefined)?.email
    const good = await signed({ sub: 'q', email: 'q@example.com' })
    expect(emailOf(await come(() => good))).toBe('q@example.com')
    const forged = await signed({ sub: 'q', email: 'evil@example.com' }, await createSigningJwk())
    const refused = await come(() => forged)
    expect([refused.outcome, JSON.stringify(refused.trace)]).toEqual([
      'signed_in',
      expect.not.stringContaining('evil@'),
    ])
    const bare = new Response(await op.signJwt({ sub: 'q', email: 'evil@example.com' }, { header: { alg: 'none' } }), {
      headers: { 'content-type': 'application/jwt' },
    })
    expect(JSON.stringify((await come(() => bare)).trace)).not.toContain('evil@')
    const mismatch = await signed({ sub: 'other', email: 'evil@example.com' })
    expect((await come(() => mismatch)).reason).toBe('userinfo')
  })

  test('a secret is encoded no further than a form is (RFC 6749 2.3.1)', async () => {
    const { organization } = await stage()
    op.clientSecret = 'a-b_c.d*e'
    const connection = await createOidcConnection(organization, {
      ...{ issuer: op.issuer, clientId: 'rolecall', clientSecret: op.clientSecret },
    })
    const { attempt } = await arriveByOidc({ app: it.app, organization }, op, connection, {
      claims: { sub: 'r', email: 'r@example.com' },
    })
    expect(attempt.outcome).toBe('signed_in')
    const sent = op.tokenRequests.at(-1)?.authorization?.replace('Basic ', '') ?? ''
    expect(Buffer.from(sent, 'base64').toString()).toBe('rolecall:a-b_c.d*e')
  })

  test('a secret with characters that a provider does not decode goes by the form, without a new connection', async () => {
    const { organization } = await stage()
    op.clientSecret = 's:e+c/r=t %~'
    const connection = await createOidcConnection(organization, {
      ...{ issuer: op.issuer, clientId: 'rolecall', clientSecret: op.clientSecret },
    })
    const come = async () =>
      (
        await arriveByOidc({ app: it.app, organization }, op, connection, {
          claims: { sub: 'q', email: 'q@example.com' },
        })
      ).attempt.outcome
    expect(await come()).toBe('signed_in')
    expect(op.tokenRequests.at(-1)?.authMethod).toBe('client_secret_basic')
    const pages = consoleClient(it.app, await createManager(organization))
    const form = await pages.get(`/console/connections/${connection.id}/settings`)
    expect(form.text).toContain('client_secret_post')
    await updateConnection(
      organization.ctx,
      { connectionId: connection.id, clientAuthentication: 'client_secret_post' },
      requireOrdinaryRole,
    )
    expect(await come()).toBe('signed_in')
    expect(op.tokenRequests.at(-1)).toMatchObject({ authMethod: 'client_secret_post' })
    expect(op.tokenRequests.at(-1)?.parameters['client_secret']).toBe(op.clientSecret)
    op.clientSecret = 'secret'
  })
})
