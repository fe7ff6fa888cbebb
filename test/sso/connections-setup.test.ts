// From a new connection to people who come in by it: what to paste at each provider, the ways in which our client proves itself,
// approval by an administrator, and the commands of an operator.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { presets } from '#connections/providers/providers.ts'
import { createOidcIdentityProvider, type OidcIdentityProvider } from '#sandbox/oidc-idp/identity-provider.ts'
import { buildMetadata } from '#sandbox/saml-idp/metadata.ts'
import { type AccessStage, type Client, startStage } from '../support/access.ts'
import { arriveBySaml, expectRefusedFor, expectSignedIn } from '../support/arrivals.ts'
import { createSamlConnection, createTestBrowser, testKey, verifyDomain } from '../support/sign-in.ts'

const metadataXml = buildMetadata({
  entityId: 'https://idp.example.net/metadata',
  certificates: [testKey().certificate],
  sso: { redirect: 'https://idp.example.net/sso' },
})
const metadataFile = join(tmpdir(), `rolecall-metadata-${process.pid}.xml`)
const ada = { id: 'ada', email: 'ada@example.com', givenName: 'Ada', familyName: 'Brook', groups: ['Crew'] }

let stage: AccessStage
let client: Client
let provider: OidcIdentityProvider
beforeAll(async () => {
  stage = await startStage()
  client = await stage.createClient()
  provider = await createOidcIdentityProvider({ people: [ada] })
  stage.app.elsewhere.set('https://idp.example.net', async () => new Response(metadataXml))
  // As Windows writes a text.
  writeFileSync(metadataFile, `\uFEFF${metadataXml}`, 'utf16le')
})
afterAll(async () => {
  rmSync(metadataFile, { force: true })
  await provider.close()
  await stage.close()
})

const organizationOf = ({ organizationId, slug, ctx }: Client) => ({ id: organizationId, slug, ctx })

describe('the screen of the provider, with our values under its own names', () => {
  const input = (type: string, preset: string) => ({
    ...{ type, preset },
    ...(type === 'saml' ? { metadataXml } : { issuer: provider.issuer, clientId: 'x' }),
  })
  type Address = 'acsUrl' | 'entityId' | 'sloUrl' | 'startUrl' | 'metadataUrl' | 'redirectUri' | 'postLogoutRedirectUri'
  type Values = Record<string, Address | 'backchannelLogoutUrl' | 'frontchannelLogoutUrl'>
  const screens: [string, string, Values][] = [
    ['okta', 'saml', { 'Single sign-on URL': 'acsUrl', 'Audience URI (SP Entity ID)': 'entityId' }],
    ['okta', 'oidc', { 'Sign-in redirect URIs': 'redirectUri', 'Sign-out redirect URIs': 'postLogoutRedirectUri' }],
    [
      'entra',
      'saml',
      {
        'Identifier (Entity ID)': 'entityId',
        'Reply URL (Assertion Consumer Service URL)': 'acsUrl',
        'Sign on URL (optional)': 'startUrl',
        'Logout Url (optional)': 'sloUrl',
      },
    ],
    ['entra', 'oidc', { 'Redirect URI (Web)': 'redirectUri', 'Front-channel logout URL': 'frontchannelLogoutUrl' }],
    ['google', 'saml', { 'ACS URL': 'acsUrl', 'Entity ID': 'entityId', 'Start URL (optional)': 'startUrl' }],
    ['google', 'oidc', { 'Authorized redirect URIs': 'redirectUri' }],
    [
      'onelogin',
      'saml',
      { 'Audience (EntityID)': 'entityId', 'ACS (Consumer) URL': 'acsUrl', 'Single Logout URL': 'sloUrl' },
    ],
    ['keycloak', 'saml', { 'Client ID': 'entityId', 'Master SAML Processing URL / ACS POST binding URL': 'acsUrl' }],
    ['keycloak', 'oidc', { 'Valid redirect URIs': 'redirectUri', 'Backchannel logout URL': 'backchannelLogoutUrl' }],
    [
      'generic',
      'saml',
      {
        'Service provider metadata': 'metadataUrl',
        'Entity ID (audience)': 'entityId',
        'Assertion consumer service (ACS) URL': 'acsUrl',
        'Single logout URL': 'sloUrl',
      },
    ],
    ['generic', 'oidc', { 'Redirect URI': 'redirectUri', 'Back-channel logout URI': 'backchannelLogoutUrl' }],
  ]
  test.each(screens)('003-06: %s, %s, with a guide of its own', async (preset, type, values) => {
    const { status, body } = await client.post('connections', input(type, preset))
    expect([status, body.setup.provider, body.setup.protocol]).toEqual([201, preset, type])
    expect(body.setup.path).not.toBe('')
    expect(readFileSync(`docs/connect/${presets[preset as keyof typeof presets].guide}`, 'utf8')).toMatch(/^# .+/)
    const pasted = new Map(body.setup.paste.map(({ field, value }: { field: string; value: string }) => [field, value]))
    const urls = stage.services.urls.connection(body.id)
    for (const [field, name] of Object.entries(values)) expect([field, pasted.get(field)]).toEqual([field, urls[name]])
    const validator = pasted.get('ACS (Consumer) URL Validator') as string | undefined
    expect(preset !== 'onelogin' || new RegExp(validator ?? '$^').test(urls.acsUrl)).toBe(true)
    // A name of ours that nothing stands for would be pasted as it is.
    for (const value of pasted.values()) expect(String(value).replaceAll('\\', '')).toMatch(/^\^?https:\/\/id\.example/)
  })
})

describe('our client proves itself', () => {
  beforeAll(() => verifyDomain(organizationOf(client), 'example.com'))

  async function connect(clientId: string, input: object) {
    const made = await client.post('connections', {
      ...{ type: 'oidc', issuer: provider.issuer, clientId, jit: 'verified_domains' },
      ...input,
    })
    expect(made.status).toBe(201)
    await client.send('PUT', `connections/${made.body.id}/status`, { status: 'optional', force: true })
    return made.body
  }

  async function signIn(id: string) {
    const browser = createTestBrowser(stage.request, stage.app.urls.origin)
    const start = await browser.get(`/sign-in/${id}`)
    const answer = await browser.get(await provider.signIn(start.headers.get('location') ?? '', ada))
    return { status: answer.status, userName: (await browser.session())?.user.userName }
  }

  const welcome = { status: 303, userName: 'ada@example.com' }

  test('by private_key_jwt, with the key that the API shows the public part of', async () => {
    const { id, settings } = await connect('by-key', {})
    expect(settings).toMatchObject({ clientAuthentication: 'private_key_jwt' })
    const redirectUris = [stage.services.urls.connection(id).redirectUri]
    await provider.register({ clientId: 'by-key', publicJwks: [settings.publicJwk], redirectUris })
    expect(await signIn(id)).toEqual(welcome)
  })

  test.each(['client_secret_post', 'client_secret_basic'] as const)(
    'by %s, also after its secret was changed',
    async (authMethod) => {
      const { id, settings } = await connect(authMethod, {
        clientSecret: 'an old one',
        clientAuthentication: authMethod,
      })
      expect(settings).toMatchObject({ clientAuthentication: authMethod, publicJwk: null })
      const redirectUris = [stage.services.urls.connection(id).redirectUri]
      await provider.register({ clientId: authMethod, authMethod, clientSecret: 'new: 50% & +/~', redirectUris })
      expect(await signIn(id)).toEqual({ status: 403, userName: undefined })
      expect((await client.patch(`connections/${id}`, { clientSecret: 'new: 50% & +/~' })).status).toBe(200)
      expect(await signIn(id)).toEqual(welcome)
    },
  )
})

describe('who waits for approval', () => {
  async function waiting(nameId: string) {
    const organization = organizationOf(client)
    const connection = await createSamlConnection(organization, { jit: 'approval' })
    const arrive = () => arriveBySaml(stage.app, organization, connection, { nameId })
    const { attempt, browser } = await arrive()
    expect([attempt.outcome, attempt.reason, await browser.session()]).toEqual([
      'pending',
      'awaits_approval',
      undefined,
    ])
    const userId = attempt.userId ?? ''
    return { arrive, userId }
  }

  test('comes in once an administrator says so, and no administrator of somebody else', async () => {
    const { arrive, userId } = await waiting('ada@wait.example.com')
    const stranger = await stage.createClient()
    expect((await stranger.post(`users/${userId}/approve`)).status).toBe(404)
    expect((await client.post('users/usr_unknown/approve')).status).toBe(404)
    await expectRefusedFor(await arrive(), 'awaits_approval')
    expect(await client.post(`users/${userId}/approve`)).toMatchObject({
      status: 200,
      body: { id: userId, status: 'active' },
    })
    await expectSignedIn(await arrive(), userId)
    expect(await client.auditOf(userId)).toEqual(['user.provision', 'user.link_identity', 'user.activate'])
  })

  test('is approved by command, once; nobody else is changed by it', async () => {
    const { arrive, userId } = await waiting('bo@wait.example.com')
    const approve = () =>
      stage.rolecall('user', 'approve', '--organization', client.slug, '--user', 'bo@wait.example.com', '--json')
    expect(await approve()).toMatchObject({ exitCode: 0, json: { id: userId, status: 'active' } })
    expect(await approve()).toMatchObject({ exitCode: 0, json: { status: 'active' } })
    await expectSignedIn(await arrive(), userId)
    await client.confirm('POST', `users/${userId}/deactivate`)
    expect((await client.post(`users/${userId}/approve`)).body.status).toBe('inactive')
    const audits = await client.auditOf(userId)
    expect(audits.filter((action) => action === 'user.activate')).toHaveLength(1)
  })
})

describe('by command', () => {
  const rolecall = (noun: string, verb: string, ...args: string[]) =>
    stage.rolecall(noun, verb, '--organization', client.slug, ...args)

  test('003-06: a connection is created from a file, shown, tested, refreshed, optional or for all, and disabled', async () => {
    const args = ['--type', 'saml', '--preset', 'entra', '--jit', 'on', '--default-role', 'viewer', '--json']
    const draft = await rolecall('connection', 'create', '--idp-metadata', metadataFile, ...args)
    expect(draft).toMatchObject({ exitCode: 0, json: { type: 'saml', status: 'draft' } })
    const url = 'https://idp.example.net/metadata'
    const { json } = await rolecall(
      'connection',
      'create',
      '--idp-metadata',
      url,
      '--name',
      'By URL',
      '--force',
      ...args,
    )
    expect(json).toMatchObject({ status: 'optional', acsUrl: `https://id.example.com/saml/${json.connectionId}/acs` })
    const it = ['--connection', json.connectionId]
    expect((await rolecall('connection', 'show', ...it)).lines[0]).toBe(
      `By URL (${json.connectionId}): saml, optional, tested never`,
    )
    expect((await rolecall('connection', 'test', ...it, '--json')).json.testUrl).toContain(`${json.startUrl}?test=`)
    expect((await rolecall('connection', 'refresh', ...it)).lines).toEqual(['Nothing changed'])
    expect(await rolecall('connection', 'enforce', ...it)).toMatchObject({ exitCode: 1, lines: [] })
    expect((await rolecall('connection', 'enforce', ...it, '--force')).lines).toEqual([
      'The connection By URL is enforced',
    ])
    expect((await rolecall('connection', 'disable', ...it, '--json')).json.status).toBe('disabled')
    expect((await rolecall('connection', 'enable', ...it, '--force', '--json')).json.status).toBe('optional')
    expect((await rolecall('connection', 'list')).lines[0]).toMatch(/^NAME +TYPE +STATUS +ID +SIGN IN AT$/)
    const { body } = await client.get(`audit-events?targetId=${json.connectionId}&action=connection.status`)
    expect(body.items.map(({ detail }: { detail: object }) => detail)).toContainEqual({
      ...{ status: 'enforced', before: 'optional', isForced: true },
    })
  })

  test('what is wrong ends with exit code 1 and one line', async () => {
    const stranger = await stage.createClient()
    const { body } = await stranger.post('connections', { type: 'saml', metadataXml })
    const wrong = [
      ['connection', 'show', '--connection', body.id],
      ['connection', 'disable', '--connection', body.id],
      ['connection', 'create', '--type', 'ldap'],
      ['connection', 'create', '--type', 'saml'],
      ['connection', 'create', '--type', 'saml', '--idp-metadata', '/nowhere/metadata.xml'],
      ['connection', 'create', '--type', 'oidc', '--client-id', 'x'],
      ['connection', 'create', '--type', 'saml', '--idp-metadata', metadataFile, '--jit', 'always'],
      ['domain', 'add', 'localhost'],
      ['domain', 'remove', 'nobody.example.com'],
      ['user', 'approve', '--user', 'nobody@example.com'],
      ['connection', 'create', '--type', 'saml', '--idp-metadata', '-----BEGIN CERTIFICATE REQUEST-----'],
      ['connection', 'create', '--type', 'saml', '--idp-metadata', 'ada@example.com'],
    ]
    // An address needs no scheme, where there is no such file.
    const named = ['--type', 'saml', '--idp-metadata', 'idp.example.net/metadata', '--json']
    expect((await rolecall('connection', 'create', ...named)).json).toMatchObject({ type: 'saml', status: 'draft' })
    for (const [noun = '', verb = '', ...args] of wrong) {
      const { exitCode, errors, lines } = await rolecall(noun, verb, ...args)
      expect([args, exitCode, errors.length, lines]).toEqual([args, 1, 1, []])
    }
    expect((await stranger.get(`connections/${body.id}`)).body.status).toBe('draft')
  })

  test('domains are claimed, vouched for, proven and given up', async () => {
    const added = await rolecall('domain', 'add', 'cli.example.com', '--json')
    expect(added.json).toMatchObject({ name: 'cli.example.com', status: 'pending' })
    expect(added.json).not.toHaveProperty('challenge')
    expect((await rolecall('domain', 'verify', 'cli.example.com')).exitCode).toBe(1)
    stage.app.txt.set(added.json.txtRecord.name, [added.json.txtRecord.value])
    expect((await rolecall('domain', 'verify', 'cli.example.com')).lines).toEqual(['cli.example.com is verified'])
    const vouched = await rolecall('domain', 'add', '--domain', 'vouched.example.com', '--verified', '--json')
    expect(vouched.json).toMatchObject({ status: 'verified', verifiedBy: 'operator' })
    expect((await rolecall('domain', 'remove', 'cli.example.com')).lines).toEqual(['cli.example.com is given up'])
    expect((await rolecall('domain', 'list')).lines.join('\n')).not.toContain('cli.example.com')
    const verbs = ['domain.add', 'domain.verify', 'domain.remove']
    expect(await client.auditOf(added.json.id)).toEqual(verbs)
  })
})
