// Clients and attributes of a directory: made and replaced in the console and by command, by the same verbs as the API.
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { revokeDirectoryClient } from '#connections/directories/change-directory-clients.ts'
import { createDirectory } from '#connections/directories/create-directory.ts'
import { listDirectoryClients } from '#connections/directories/directory-clients.ts'
import { rotateDirectoryClient } from '#connections/directories/rotate-directory-client.ts'
import { listExtensionAttributes } from '#directory/extension-attributes.ts'
import { type AccessStage, type Client, startStage } from '../support/access.ts'
import { type ConsoleClient, consoleClient, createManager } from '../support/console.ts'
import { scimClient } from '../support/scim.ts'

let stage: AccessStage
let client: Client
let pages: ConsoleClient
let viewer: ConsoleClient
let keys: Record<string, Awaited<ReturnType<typeof generateKeyPair>>>
beforeAll(async () => {
  stage = await startStage()
  client = await stage.createClient('rowan')
  const organization = { id: client.organizationId, slug: client.slug, ctx: client.ctx }
  pages = consoleClient(stage.app, await createManager(organization))
  viewer = consoleClient(stage.app, await createManager(organization, { name: 'Vi Ewer', role: 'viewer' }))
  keys = { one: await generateKeyPair('RS256'), two: await generateKeyPair('RS256') }
})
afterAll(() => stage.close())

async function directory(name: string) {
  const { directory: made, token } = await createDirectory(client.ctx, { name })
  const scim = scimClient(stage.app.request, { directoryId: made.id, token: token.token })
  return { id: made.id, path: `/console/directories/${made.id}`, scim }
}

const shownIn = (html: string, id: string): string => new RegExp(`id="${id}" value="([^"]*)"`).exec(html)?.[1] ?? ''

async function tokenOf(directoryId: string, form: Record<string, string>): Promise<string | number> {
  const answer = await stage.request(`/scim/v2/${directoryId}/oauth2/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...form }).toString(),
  })
  return answer.status === 200 ? ((await answer.json()) as { access_token: string }).access_token : answer.status
}

const asks = async (directoryId: string, token: string | number): Promise<number> =>
  (await stage.request(`/scim/v2/${directoryId}/Users`, { headers: { authorization: `Bearer ${token}` } })).status

const jwkOf = async (name: string) => ({
  ...(await exportJWK(keys[name]?.publicKey as never)),
  kid: name,
  alg: 'RS256',
})

const assertionBy = (name: string, directoryId: string, clientId: string) =>
  new SignJWT({ iss: clientId, sub: clientId, jti: crypto.randomUUID() })
    .setProtectedHeader({ alg: 'RS256', kid: name })
    .setAudience(`${stage.app.urls.scimBase(directoryId)}/oauth2/token`)
    .setExpirationTime('2 minutes')
    .sign(keys[name]?.privateKey as never)

const actions = async (directoryId: string): Promise<string[]> => client.auditOf(directoryId)

describe('a client by a secret', () => {
  test('its secret is shown once; a new one makes the old one void, and its tokens; revoked, it is gone', async () => {
    const { id, path } = await directory('People of Rowan')
    expect((await pages.get(`${path}/clients/new`)).text).toContain('Make the client')
    const made = await pages.post(`${path}/clients/new?kind=secret`, { name: 'Entra, production', expiresAt: '' })
    const [clientId, secret] = [shownIn(made.text, 'client-id'), shownIn(made.text, 'client-secret')]
    expect(shownIn(made.text, 'token-url')).toBe(`${stage.app.urls.scimBase(id)}/oauth2/token`)
    const first = await tokenOf(id, { client_id: clientId, client_secret: secret })
    expect(await asks(id, first)).toBe(200)
    const listed = await pages.get(path)
    expect(listed.text).toContain(clientId)
    expect(listed.text).not.toContain(secret)

    const asked = await pages.get(`${path}/clients/${clientId}/rotate`)
    expect(asked.text).toContain('The old secret, and the access tokens that it got')
    expect((await pages.post(`${path}/clients/${clientId}/rotate`, { proof: 'nope' })).status).toBe(400)
    expect(await asks(id, first)).toBe(200)
    const rotated = await pages.post(`${path}/clients/${clientId}/rotate`, { proof: 'Entra, production' })
    const next = shownIn(rotated.text, 'client-secret')
    expect([rotated.status, shownIn(rotated.text, 'client-id'), next === secret]).toEqual([200, clientId, false])
    expect(await asks(id, first)).toBe(401)
    expect(await tokenOf(id, { client_id: clientId, client_secret: secret })).toBe(401)
    const second = await tokenOf(id, { client_id: clientId, client_secret: next })
    expect(await asks(id, second)).toBe(200)

    expect((await pages.post(`${path}/clients/${clientId}/revoke`, { proof: '' })).status).toBe(400)
    const revoked = await pages.post(`${path}/clients/${clientId}/revoke`, { proof: 'entra, production' })
    expect([revoked.status, revoked.location]).toEqual([303, `${path}?done=revoked`])
    expect(await asks(id, second)).toBe(401)
    expect((await pages.get(path)).text).toContain('>Revoked<')
    expect((await pages.get(`${path}/clients/${clientId}/rotate`)).status).toBe(404)
    expect(await actions(id)).toEqual([
      ...['directory.create', 'directory.create_client', 'directory.rotate_client', 'directory.revoke_client'],
    ])
  })

  test('what is missing is said at its field, and the form keeps what was typed', async () => {
    const { path } = await directory('Forms of Rowan')
    const refused = await pages.post(`${path}/clients/new?kind=entra`, { name: 'Entra', tenantId: 'contoso' })
    expect(refused.status).toBe(400)
    expect(refused.text).toContain('value="contoso"')
    expect(refused.text).toContain('id="tenantId-error"')
    const past = await pages.post(`${path}/clients/new?kind=secret`, { name: 'Past', expiresAt: '2020-01-01' })
    expect([past.status, past.text.includes('must be in the future')]).toEqual([400, true])
  })
})

describe('a client by keys', () => {
  test('brings public keys as a set or alone; others take their place, and what the old ones got ends', async () => {
    const { id, path } = await directory('Keys of Rowan')
    const [one, two] = [await jwkOf('one'), await jwkOf('two')]
    const made = await pages.post(`${path}/clients/new?kind=private_key_jwt`, {
      name: 'Okta',
      keys: JSON.stringify({ keys: [one] }),
    })
    const clientId = shownIn(made.text, 'client-id')
    expect([made.status, shownIn(made.text, 'client-secret')]).toEqual([200, ''])
    const byKey = async (name: string) =>
      tokenOf(id, {
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: await assertionBy(name, id, clientId),
      })
    const first = await byKey('one')
    expect([await asks(id, first), await byKey('two')]).toEqual([200, 401])
    const rotated = await pages.post(`${path}/clients/${clientId}/rotate`, { keys: JSON.stringify(two) })
    expect(rotated.status).toBe(200)
    expect([await asks(id, first), await byKey('one')]).toEqual([401, 401])
    expect(await asks(id, await byKey('two'))).toBe(200)
  })

  test.each<[string, () => Promise<string>, string]>([
    ['no JSON', async () => 'keys', 'This is no JSON'],
    ['PEM', async () => '-----BEGIN PUBLIC KEY-----\nMII', 'This is a public key alone, as PEM'],
    ['a certificate', async () => '-----BEGIN CERTIFICATE-----\nMII', 'This is a certificate. Bring the public key'],
    ['an address', async () => 'https://okta.example.com/oauth2/v1/keys', 'This is an address. Open it'],
    ['a private key', async () => '-----BEGIN PRIVATE KEY-----\nMII', 'This is a private key'],
    ['a private key as JSON', async () => JSON.stringify({ ...(await jwkOf('one')), d: 'x' }), 'must be public keys'],
    ['a secret', async () => '[{"kty":"oct","k":"x"}]', 'must be public keys'],
    ['none', async () => '{"keys":[]}', 'must have one key at least'],
    ['a text in a list', async () => '["x"]', 'A key is a JSON object'],
  ])('%s is refused at the field', async (name, paste, said) => {
    const { id, path } = await directory(`Wrong keys: ${name}`)
    const refused = await pages.post(`${path}/clients/new?kind=private_key_jwt`, { name: 'Okta', keys: await paste() })
    expect([refused.status, refused.text.includes(said)]).toEqual([400, true])
    expect(await listDirectoryClients(client.ctx, id)).toEqual([])
  })
})

test('Entra: a tenant and an audience, which the page shows; there is nothing to replace', async () => {
  const { path } = await directory('Entra of Rowan')
  const tenantId = '11111111-2222-4333-8444-555555555555'
  const made = await pages.post(`${path}/clients/new?kind=entra`, {
    name: 'Entra',
    tenantId,
    applicationId: '',
    audience: '',
  })
  expect([made.status, made.text.includes('Tenant URL')]).toEqual([200, true])
  const { text } = await pages.get(path)
  expect(text).toContain(`Tenant ${tenantId}`)
  expect(text).toContain('For 8adf8e6e-67b2-4cf2-a259-e3dc5476c621')
  const clientId = /dcl_\w+/.exec(text)?.[0] ?? ''
  expect(text).not.toContain(`${clientId}/rotate`)
  expect((await pages.get(`${path}/clients/${clientId}/rotate`)).status).toBe(404)
})

describe('replacing what a client proves itself by', () => {
  test('is refused for another organization, another kind and one that is revoked', async () => {
    const { id } = await directory('Refusals of Rowan')
    const secret = (await client.post(`directories/${id}/clients`, { kind: 'secret', name: 'A' })).body
    const other = await stage.createClient()
    const rotate = (who: Client, clientId: string, body: object = {}) =>
      who.post(`directories/${id}/clients/${clientId}/rotate`, body)
    expect((await rotate(other, secret.id)).status).toBe(404)
    expect((await rotate(client, secret.id, { keys: [await jwkOf('one')] })).status).toBe(400)
    const rotated = await rotate(client, secret.id)
    expect([rotated.status, rotated.body.clientSecret === secret.clientSecret]).toEqual([200, false])
    await client.delete(`directories/${id}/clients/${secret.id}`)
    expect((await rotate(client, secret.id)).status).toBe(409)
    const tenantId = '11111111-2222-4333-8444-555555555555'
    const entra = (await client.post(`directories/${id}/clients`, { kind: 'entra', name: 'B', tenantId })).body
    expect((await rotate(client, entra.id)).status).toBe(409)
  })

  test.each(['rotate', 'revoke'] as const)('%s lets no token out that is asked for meanwhile', async (how) => {
    const { id } = await directory(`Race of Rowan: ${how}`)
    for (let turn = 0; turn < 5; turn += 1) {
      const { body } = await client.post(`directories/${id}/clients`, { kind: 'secret', name: 'A' })
      const proof = { client_id: body.id, client_secret: body.clientSecret }
      const asking = Array.from({ length: 6 }, () => tokenOf(id, proof))
      const which = { directoryId: id, clientId: body.id }
      await (how === 'rotate' ? rotateDirectoryClient(client.ctx, which) : revokeDirectoryClient(client.ctx, which))
      for (const token of await Promise.all(asking))
        expect(typeof token === 'string' ? await asks(id, token) : token).toBe(401)
    }
  })
})

describe('attributes of its own', () => {
  const urn = 'urn:example:params:scim:schemas:badge:2.0:User'

  test('those that were sent are listed, and registered ones have the type that was said', async () => {
    const { id, path, scim } = await directory('Badges of Rowan')
    const at = `${path}/attributes`
    expect((await pages.get(at)).text).toContain('None yet')
    await scim.post('/Users', {
      userName: 'ada@example.com',
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', urn],
      [urn]: { level: '7' },
    })
    const seen = await pages.get(at)
    expect(seen.text).toContain('What was sent')
    expect((await pages.get(path)).text).toContain('1 attribute, 0 of them registered')
    const link = /href="([^"]*#register)"/.exec(seen.text)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const form = await pages.get(link.split('#')[0] ?? '')
    expect(form.text).toContain(`value="${urn}"`)
    const fields = { resource: 'User', urn, name: 'level', type: 'integer' }
    expect((await pages.post(at, fields)).location).toBe(`${at}?done=saved`)
    await pages.post(at, { ...fields, name: 'doors', type: 'string', multiValued: 'on' })
    expect(await listExtensionAttributes(client.ctx, id)).toMatchObject([
      { name: 'doors', type: 'string', multiValued: true, isGiven: true },
      { name: 'level', type: 'integer', multiValued: false, isGiven: true },
    ])
    expect((await pages.get(path)).text).toContain('2 attributes, 2 of them registered')
    expect(await actions(id)).toContain('directory.declare_attribute')
  })

  test('a standard schema and a wrong name are refused at their fields', async () => {
    const { path } = await directory('Wrong badges of Rowan')
    const fields = {
      resource: 'User',
      urn: 'urn:ietf:params:scim:schemas:core:2.0:User',
      name: 'two words',
      type: 'string',
    }
    const refused = await pages.post(`${path}/attributes`, fields)
    expect(refused.status).toBe(400)
    expect(refused.text).toContain('is a standard schema')
    expect(refused.text).toContain('must be the name of an attribute')
    expect(refused.text).toContain('value="two words"')
  })
})

test('whoever may not write sees no form, and is refused', async () => {
  const { path } = await directory('Seen of Rowan')
  for (const where of ['/clients/new', '/attributes']) expect((await viewer.get(`${path}${where}`)).status).toBe(403)
  expect((await viewer.post(`${path}/clients/new?kind=secret`, { name: 'X' })).status).toBe(403)
  expect((await viewer.post(`${path}/attributes`, {})).status).toBe(403)
})

describe('the commands', () => {
  const run = (...args: string[]) =>
    stage.rolecall('directory', ...args, '--organization', 'rowan', '--directory', 'Cli of Rowan')

  test('client create, list, rotate and revoke', async () => {
    const { id } = await directory('Cli of Rowan')
    const { json: made } = await run('client', 'create', '--name', 'Entra', '--json')
    expect(await asks(id, await tokenOf(id, { client_id: made.id, client_secret: made.clientSecret }))).toBe(200)
    const { json: rotated } = await run('client', 'rotate', '--client', made.id, '--json')
    expect(await tokenOf(id, { client_id: made.id, client_secret: made.clientSecret })).toBe(401)
    expect(await asks(id, await tokenOf(id, { client_id: made.id, client_secret: rotated.clientSecret }))).toBe(200)
    const file = join(tmpdir(), `keys-${id}.json`)
    writeFileSync(file, JSON.stringify({ keys: [await jwkOf('one')] }))
    const byKeys = await run('client', 'create', '--name', 'Okta', '--kind', 'private_key_jwt', '--keys', file)
    expect(byKeys.lines.join('\n')).toContain('/oauth2/token')
    const tenant = '11111111-2222-4333-8444-555555555555'
    expect((await run('client', 'create', '--name', 'Tenant', '--kind', 'entra', '--tenant', tenant)).exitCode).toBe(0)
    expect((await run('client', 'revoke', '--client', made.id)).lines).toEqual([`The client ${made.id} is revoked`])
    const { json } = await run('client', 'list', '--json')
    expect(json.items.map(({ kind, revokedAt }: Record<string, unknown>) => [kind, revokedAt !== null])).toEqual([
      ['secret', true],
      ['private_key_jwt', false],
      ['entra', false],
    ])
    const missing = await run('client', 'create', '--name', 'None', '--kind', 'private_key_jwt', '--keys', '/nowhere')
    expect([missing.exitCode, missing.errors]).toEqual([1, ['error: The file /nowhere cannot be read']])
    expect((await run('client', 'rotate', '--client', 'dcl_00000000000000000000000000')).errors).toEqual([
      'error: Client not found',
    ])
  })

  test('attribute register and list', async () => {
    const urn = 'urn:example:params:scim:schemas:badge:2.0:User'
    const made = await run(
      'attribute',
      'register',
      '--urn',
      urn,
      '--name',
      'level',
      '--type',
      'integer',
      '--multi-valued',
    )
    expect(made.lines).toEqual(['The attribute level is registered as integer'])
    const { json } = await run('attribute', 'list', '--json')
    expect(json.items).toEqual([
      { resource: 'User', urn, name: 'level', type: 'integer', multiValued: true, isGiven: true },
    ])
  })
})
