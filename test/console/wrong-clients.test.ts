// What people bring from the console of an OpenID provider in place of issuer, client id and secret: behind a setup link it is
// recognized by name, with what to bring instead; where the issuer stands in it, the issuer is taken.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Preset } from '#connections/providers/providers.ts'
import { createSetupLink } from '#connections/setup-links/change-setup-links.ts'
import { buildMetadata } from '#sandbox/saml-idp/metadata.ts'
import { type AccessStage, type Client, startStage } from '../support/access.ts'
import { testKey } from '../support/sign-in.ts'

let stage: AccessStage
let client: Client
const tenant = 'a1b2c3d4-0000-4000-8000-1234567890ab'
const application = 'f0e1d2c3-1111-4111-8111-abcdefabcdef'
const keycloak = 'https://keycloak.example.com/realms/staff'
const issuers = [
  `https://login.microsoftonline.com/${tenant}/v2.0`,
  'https://cedar.okta.com',
  'https://cedar.okta.com/oauth2/default',
  'https://accounts.google.com',
  'https://login.example.com',
  'https://is.example.com/oauth2/token',
  keycloak,
]
beforeAll(async () => {
  stage = await startStage()
  client = await stage.createClient()
  const silent = [
    'https://portal.azure.com',
    'https://console.cloud.google.com',
    'https://login.microsoftonline.com',
    'https://cedar-admin.okta.com',
    'https://oauth2.googleapis.com',
    'https://idp.example.com',
  ]
  for (const origin of new Set([...silent, ...issuers.map((issuer) => new URL(issuer).origin)]))
    stage.app.elsewhere.set(origin, async (url) => {
      const issuer = url.replace(/\/\.well-known\/openid-configuration$/, '')
      return issuers.includes(issuer) ? Response.json(discoveryOf(issuer)) : new Response('', { status: 404 })
    })
})
afterAll(() => stage.close())

/** As little as a provider has to say of itself. */
const discoveryOf = (issuer: string) => ({
  ...{
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/keys`,
  },
  ...{ response_types_supported: ['code'], id_token_signing_alg_values_supported: ['RS256'] },
})

type Fields = { issuer?: string; clientId?: string; clientSecret?: string }

const good: Record<string, Required<Fields>> = {
  entra: { issuer: tenant, clientId: application, clientSecret: 'abc8Q~0123456789abcdefghijABCDEFGHIJ~.-_' },
  okta: { issuer: 'https://cedar.okta.com', clientId: '0oa1bcdefgHIJKLMN5d7', clientSecret: 'x'.repeat(64) },
  google: {
    issuer: 'https://accounts.google.com',
    clientId: '1-a.apps.googleusercontent.com',
    clientSecret: 'GOCSPX-abc',
  },
  generic: { issuer: 'https://login.example.com', clientId: 'rolecall', clientSecret: 'a "secret" of {any} kind' },
  keycloak: { issuer: keycloak, clientId: 'https://id.example.com/oidc/rolecall', clientSecret: application },
}

/** The answer to what somebody entered behind a fresh setup link, and the page after it. */
async function enter(preset: string, fields: Fields) {
  const { token } = await createSetupLink(client.ctx, { label: 'IT of Cedar' })
  const post = (path: string, values: Record<string, string>) =>
    stage.request(`/setup/${token}${path}`, {
      method: 'POST',
      headers: {
        ...{ accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' },
        ...{ origin: stage.app.urls.origin, 'sec-fetch-site': 'same-origin' },
      },
      body: new URLSearchParams(values).toString(),
    })
  await post('', { preset, type: 'oidc' })
  const answer = await post('/provider', { ...good[preset], ...fields })
  const to = answer.headers.get('location')
  const after = to === null ? answer : await stage.request(to.split('#')[0] ?? '', { headers: { accept: 'text/html' } })
  const text = await after.text()
  const step = text.slice(text.indexOf('id="provider"'))
  return { status: answer.status, to, text, alert: step.slice(0, step.indexOf('At the provider, go to')) }
}

const unescaped = (html: string): string =>
  html.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&')

describe('what is right is taken', () => {
  test.each(Object.keys(good))('%s', async (preset) => {
    const { status, to } = await enter(preset, {})
    expect([status, to?.includes('done=saved')]).toEqual([303, true])
  })
  test('an issuer that looks like an endpoint, where it is one', async () => {
    expect((await enter('generic', { issuer: 'https://is.example.com/oauth2/token' })).status).toBe(303)
  })
})

describe('the issuer is taken from what it stands in, which is said', () => {
  const document = {
    issuer: 'https://cedar.okta.com',
    authorization_endpoint: 'https://cedar.okta.com/oauth2/v1/authorize',
  }
  test.each([
    ['the address of the discovery document', 'https://cedar.okta.com/.well-known/openid-configuration'],
    ['its text', JSON.stringify(document, null, 2)],
    ['its text, cut off', JSON.stringify(document).slice(0, 60)],
    ['its text, as PHP writes it', JSON.stringify(document).replaceAll('/', '\\/')],
    ['a host', 'cedar.okta.com'],
    ['with a slash at its end', 'https://cedar.okta.com/'],
  ])('%s', async (_, issuer) => {
    const { status, text } = await enter('okta', { issuer })
    expect(status).toBe(303)
    expect(text).toContain('The issuer was taken from what you entered')
    expect(text).toContain('The provider is https://cedar.okta.com.')
  })
})

const metadata = buildMetadata({
  entityId: 'https://idp.example.com',
  certificates: [testKey().certificate],
  sso: { redirect: 'https://idp.example.com/sso' },
})

const pastes: [preset: Preset, field: keyof Fields, what: string, value: string, said: string[]][] = [
  ['okta', 'issuer', 'SAML metadata', metadata, ['This is SAML metadata', 'speaks OpenID Connect', 'Enter the issuer']],
  ['okta', 'issuer', 'a certificate', testKey().certificate, ['This is a certificate']],
  [
    'okta',
    'issuer',
    'a private key',
    '-----BEGIN PRIVATE KEY-----\nMIIE\n',
    ['This is a private key', 'have it replaced'],
  ],
  [
    'okta',
    'issuer',
    'a request for a certificate',
    '-----BEGIN CERTIFICATE REQUEST-----\nMIIC\n',
    ['a request for a certificate (CSR)', 'Enter the issuer'],
  ],
  ['okta', 'issuer', 'a SAML Response', '<samlp:Response xmlns:samlp="urn:x" ID="a"/>', ['This is XML']],
  ['keycloak', 'clientId', 'a public key', '-----BEGIN PUBLIC KEY-----\nMIIB\n', ['a public key alone']],
  ['okta', 'issuer', 'that of a Keycloak', 'https://sso.example.com/realms/staff', ['an address of Keycloak']],
  [
    'entra',
    'clientSecret',
    'a private key in JSON',
    '{"kty":"RSA","n":"x","e":"AQAB","d":"secret"}',
    ['This is a private key', 'share it with nobody'],
  ],
  ['okta', 'issuer', 'a web page', '<!DOCTYPE html><html></html>', ['This is a web page']],
  [
    'okta',
    'issuer',
    'our redirect URI',
    'https://id.example.com/oidc/con_x/callback',
    ['an address of ours', 'entered at the provider'],
  ],
  ['okta', 'issuer', 'a placeholder', 'https://{yourOktaDomain}/oauth2/default', ['There is a placeholder in it']],
  ['okta', 'issuer', 'an e-mail address', 'ada@example.com', ['This is an e-mail address']],
  [
    'okta',
    'issuer',
    'another provider’s',
    `https://login.microsoftonline.com/${tenant}/v2.0`,
    ['an address of Microsoft Entra ID', 'the connection is for Okta'],
  ],
  [
    'okta',
    'issuer',
    'an authorization endpoint',
    'https://cedar.okta.com/oauth2/v1/authorize',
    ['not its issuer', 'Enter https://cedar.okta.com<'],
  ],
  [
    'okta',
    'issuer',
    'a token endpoint of an own server',
    'https://cedar.okta.com/oauth2/default/v1/token',
    ['Enter https://cedar.okta.com/oauth2/default<'],
  ],
  [
    'okta',
    'issuer',
    'an application’s page',
    'https://cedar.okta.com/app/cedar_rolecall_1/exk1/sso/saml',
    ['not its issuer', 'Enter https://cedar.okta.com<'],
  ],
  [
    'okta',
    'issuer',
    'the console',
    'https://cedar-admin.okta.com/admin/app/oidc_client/instance/0oa1',
    ['Enter https://cedar.okta.com<'],
  ],
  [
    'entra',
    'issuer',
    'a placeholder',
    'https://login.microsoftonline.com/{tenant}/v2.0',
    ['There is a placeholder in it', 'Directory (tenant) ID'],
  ],
  [
    'entra',
    'issuer',
    'common',
    'https://login.microsoftonline.com/common/v2.0',
    ['every organization', 'Directory (tenant) ID'],
  ],
  ['entra', 'issuer', 'organizations', 'organizations', ['every organization']],
  [
    'entra',
    'issuer',
    'an endpoint',
    `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/authorize`,
    [`Enter https://login.microsoftonline.com/${tenant}/v2.0<`],
  ],
  [
    'entra',
    'issuer',
    'the address of SAML metadata',
    `https://login.microsoftonline.com/${tenant}/federationmetadata/2007-06/federationmetadata.xml`,
    [`Enter https://login.microsoftonline.com/${tenant}/v2.0<`],
  ],
  [
    'entra',
    'issuer',
    'the portal',
    'https://portal.azure.com/#view/Microsoft_AAD',
    ['a page of the provider’s console'],
  ],
  [
    'google',
    'issuer',
    'the console',
    'https://console.cloud.google.com/apis/credentials',
    ['a page of the provider’s console'],
  ],
  ['google', 'issuer', 'an endpoint', 'https://oauth2.googleapis.com/token', ['Enter https://accounts.google.com<']],
  [
    'google',
    'issuer',
    'the file of an application',
    '{"web":{"client_id":"1-a.apps.googleusercontent.com","client_secret":"GOCSPX-x"}}',
    ['the file with the id and the secret', 'the fields below'],
  ],
  ['keycloak', 'issuer', 'an endpoint', `${keycloak}/protocol/openid-connect/auth`, [`Enter ${keycloak}<`]],
  [
    'generic',
    'issuer',
    'the address of SAML metadata',
    'https://idp.example.com/saml/metadata',
    ['This is an address of SAML'],
  ],
  [
    'generic',
    'issuer',
    'an id',
    tenant,
    ['This is an id and no address', `https://login.microsoftonline.com/${tenant}/v2.0`],
  ],
  ['generic', 'issuer', 'JSON', '{"keys":[]}', ['This is JSON that names no issuer']],
  ['generic', 'issuer', 'a page', 'https://idp.example.com/?tab=apps', ['no “?” and no “#” in it']],
  ['entra', 'clientId', 'the tenant', tenant, ['This is the Directory (tenant) ID']],
  ['entra', 'clientId', 'the secret', 'abc8Q~0123456789abcdefghijABCDEFGHIJ~.-_', ['This is a client secret']],
  ['entra', 'clientId', 'the URI', `api://${application}`, ['Application ID URI']],
  ['google', 'clientId', 'the secret', 'GOCSPX-0123', ['This is a client secret']],
  ['okta', 'clientId', 'our redirect URI', 'https://id.example.com/oidc/con_x/callback', ['an address of ours']],
  ['okta', 'clientId', 'a certificate', testKey().certificate, ['This is a certificate']],
  ['okta', 'clientId', 'two words', '0oa1 0oa2', ['There are blanks in it']],
  ['okta', 'clientId', 'a placeholder', '{clientId}', ['This is a placeholder']],
  ['okta', 'clientId', 'the secret, twice', 'x'.repeat(64), ['Id and secret are the same text']],
  ['generic', 'clientId', 'metadata', metadata, ['This is SAML metadata']],
  [
    'entra',
    'clientSecret',
    'the Secret ID',
    '01234567-89ab-4cde-8f01-23456789abcd',
    ['This is the Secret ID', 'the column Value'],
  ],
  ['entra', 'clientSecret', 'the secret as it is hidden', 'abc******************', ['as it is hidden on the screen']],
  ['google', 'clientSecret', 'the id', '1-b.apps.googleusercontent.com', ['This is the client id']],
  ['okta', 'clientSecret', 'in quotation marks', '"secret"', ['quotation marks around it']],
  ['okta', 'clientSecret', 'an address', 'https://cedar.okta.com', ['This is an address']],
  ['okta', 'clientSecret', 'a private key', '-----BEGIN PRIVATE KEY-----\nMIIE\n', ['This is a private key']],
]

describe('what is not is recognized, at the step and by name', () => {
  test.each(pastes)('%s, %s: %s', async (preset, field, _, value, said) => {
    const { status, alert } = await enter(preset, { [field]: value })
    expect(status).toBe(400)
    expect(alert).toContain('role="alert"')
    for (const words of said) expect(unescaped(alert)).toContain(words)
  })

  test('all of it at once', async () => {
    const { text } = await enter('entra', { issuer: 'common', clientId: 'GOCSPX-1', clientSecret: application })
    for (const words of ['every organization', 'This is a client secret', 'This is the Secret ID'])
      expect(text).toContain(words)
  })

  test('the client id loses what came with it when it was copied', async () => {
    for (const clientId of [
      ' "0oa1bcdefgHIJKLMN5d7", ',
      'client_id=0oa1bcdefgHIJKLMN5d7',
      "'0oa1bcdefgHIJKLMN5d7'\n",
    ]) {
      expect((await enter('okta', { clientId })).status).toBe(303)
      const [row] = await stage.app
        .owner`select settings ->> 'clientId' as id from connections order by updated_at desc limit 1`
      expect(row?.['id']).toBe('0oa1bcdefgHIJKLMN5d7')
    }
  })
})

test('the API says the same, naming the fields, also of a secret that is replaced', async () => {
  const wanted = { type: 'oidc', preset: 'entra', name: 'Entra', ...good['entra'], issuer: issuers[0] }
  const secretId = '01234567-89ab-4cde-8f01-23456789abcd'
  const refused = await client.post('connections', { ...wanted, clientSecret: secretId, clientId: tenant })
  expect([refused.status, refused.body.errors.map(({ path }: { path: string }) => path)]).toEqual([
    400,
    ['clientId', 'clientSecret'],
  ])
  const { status, body } = await client.post('connections', wanted)
  expect(status).toBe(201)
  const replaced = await client.patch(`connections/${body.id}`, { clientSecret: secretId })
  expect([replaced.status, JSON.stringify(replaced.body).includes('This is the Secret ID')]).toEqual([400, true])
})
