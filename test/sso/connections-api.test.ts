// Connections and domains by the management API: what each verb does, how it refuses, and what is never shown.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { requireOrdinaryRole } from '#access/sign-in/default-role.ts'
import { getConnection } from '#connections/sign-in/connections.ts'
import { createConnection } from '#connections/sign-in/create-connection.ts'
import { updateConnection } from '#connections/sign-in/update-connection.ts'
import { buildMetadata } from '#sandbox/saml-idp/metadata.ts'
import { type AccessStage, type Client, roleId, startStage } from '../support/access.ts'
import { testKey } from '../support/sign-in.ts'

const metadataXml = buildMetadata({
  entityId: 'https://idp.example.net/metadata',
  certificates: [testKey().certificate],
  sso: { redirect: 'https://idp.example.net/sso' },
})
const saml = { type: 'saml', metadataXml }
const oidc = { type: 'oidc', issuer: 'https://op.example.net', clientId: 'rolecall', clientSecret: 'the-first-secret' }

let stage: AccessStage
let client: Client
beforeAll(async () => {
  stage = await startStage()
  client = await stage.createClient()
  stage.app.elsewhere.set('https://idp.example.net', async () => new Response(metadataXml))
})
afterAll(() => stage.close())

const create = async (input: object, by = client): Promise<string> => {
  const { status, body } = await by.post('connections', input)
  expect([status, body.status]).toEqual([201, 'draft'])
  return body.id
}

const setStatus = (id: string, status: string, by = client) => by.send('PUT', `connections/${id}/status`, { status })

describe('each verb works and leaves an audit row', () => {
  test('SAML: created, read, changed, opened, refreshed, tested, closed', async () => {
    const { metadataXml: _, ...rest } = saml
    const metadataUrl = 'https://idp.example.net/metadata'
    const created = await client.post('connections', { ...rest, metadataUrl, preset: 'okta', signed: 'both' })
    expect(created).toMatchObject({
      status: 201,
      body: { type: 'saml', preset: 'okta', name: 'Okta (SAML)', status: 'draft', jit: 'off', testedAt: null },
    })
    const { id } = created.body
    expect(created.body.settings).toMatchObject({ idpEntityId: metadataUrl, signed: 'both', metadataUrl })
    expect(created.body.addresses).toEqual({
      startUrl: `https://id.example.com/sign-in/${id}`,
      entityId: `https://id.example.com/saml/${id}`,
      acsUrl: `https://id.example.com/saml/${id}/acs`,
      metadataUrl: `https://id.example.com/saml/${id}/metadata`,
      sloUrl: `https://id.example.com/saml/${id}/slo`,
    })
    expect((await client.get(`connections/${id}`)).body).toEqual(created.body)
    const viewer = await roleId(client, 'viewer')
    const changed = await client.patch(`connections/${id}`, {
      ...{ name: 'Workforce', jit: 'approval', defaultRoleId: viewer, isIdpInitiatedAllowed: true },
      ...{ groupSeparator: ';', attributes: { email: ['primaryMail'] } },
    })
    expect(changed).toMatchObject({
      status: 200,
      body: { name: 'Workforce', jit: 'approval', defaultRoleId: viewer, isIdpInitiatedAllowed: true },
    })
    expect(changed.body.settings).toMatchObject({
      ...{ signed: 'both', groupSeparator: ';' },
      attributes: { email: ['primaryMail'], firstName: expect.arrayContaining(['firstName']) },
    })
    expect((await client.patch(`connections/${id}`, { defaultRoleId: null })).body.defaultRoleId).toBeNull()
    expect(await setStatus(id, 'optional')).toMatchObject({ status: 409, body: { reason: 'not_tested' } })
    const forced = await client.send('PUT', `connections/${id}/status`, { status: 'optional', force: true })
    expect(forced.body.status).toBe('optional')
    expect(await setStatus(id, 'enforced')).toMatchObject({ status: 409, body: { reason: 'not_tested' } })
    expect((await client.post(`connections/${id}/refresh`)).body).toEqual({ changed: [], waiting: 0 })
    const link = await client.post(`connections/${id}/test-links`)
    expect([link.status, link.body.url]).toEqual([201, expect.stringMatching(/\/sign-in\/con_\w+\?test=[\w-]{43}$/)])
    expect((await setStatus(id, 'disabled')).body.status).toBe('disabled')
    const listed = await client.get('connections?limit=200')
    expect(listed.body.items.find((item: { id: string }) => item.id === id)).toMatchObject({ status: 'disabled' })
    const verbs = ['create', 'update', 'update', 'status', 'create_test_link', 'status']
    expect(await client.auditOf(id)).toEqual(verbs.map((verb) => `connection.${verb}`))
  })

  test('domains are claimed, proven and given up', async () => {
    const { status, body } = await client.post('domains', { name: 'Claims.example.com' })
    expect([status, body.name, body.status]).toEqual([201, 'claims.example.com', 'pending'])
    stage.app.txt.set(body.txtRecord.name, [body.txtRecord.value])
    expect((await client.post(`domains/${body.id}/verify`)).body).toMatchObject({
      status: 'verified',
      verifiedBy: 'dns',
    })
    expect((await client.delete(`domains/${body.id}`)).status).toBe(204)
    expect((await client.get(`domains/${body.id}`)).status).toBe(404)
    expect(await client.auditOf(body.id)).toEqual(['domain.add', 'domain.verify', 'domain.remove'])
  })
})

test('what belongs to another organization is not found', async () => {
  const stranger = await stage.createClient()
  const id = await create(saml)
  const { body: domain } = await client.post('domains', { name: 'ours.example.com' })
  const before = (await client.get(`connections/${id}`)).body
  for (const path of [`connections/${id}`, `domains/${domain.id}`, 'connections/con_unknown', 'domains/dom_unknown'])
    expect((await stranger.get(path)).status).toBe(404)
  const writes: [string, string, unknown?][] = [
    ['PATCH', `connections/${id}`, { name: 'Mine' }],
    ['PUT', `connections/${id}/status`, { status: 'disabled' }],
    ['POST', `connections/${id}/test-links`],
    ['POST', `connections/${id}/refresh`],
    ['POST', `domains/${domain.id}/verify`],
    ['DELETE', `domains/${domain.id}`],
  ]
  for (const [method, path, body] of writes)
    expect([path, (await stranger.send(method, path, body)).status]).toEqual([path, 404])
  expect((await client.get(`connections/${id}`)).body).toEqual(before)
  expect((await stranger.get('connections')).body.items).toEqual([])
  expect(await client.auditOf(id)).toEqual(['connection.create'])
})

test('without the permission nothing is written', async () => {
  const ctx = { ...client.ctx, permissions: new Set(['connections.read'] as const) }
  const connectionId = await create(oidc)
  await expect(
    createConnection(ctx, oidc as Parameters<typeof createConnection>[1], requireOrdinaryRole),
  ).rejects.toMatchObject({
    code: 'forbidden',
  })
  await expect(updateConnection(ctx, { connectionId, name: 'x' }, requireOrdinaryRole)).rejects.toMatchObject({
    code: 'forbidden',
  })
})

describe('wrong input is 400 and says where', () => {
  const { clientSecret: _, ...withoutSecret } = oidc
  const ofKeycloak = metadataXml.replace(/entityID="[^"]*"/, 'entityID="https://sso.example.com/realms/staff"')
  const creations: [string, object, string, RegExp?][] = [
    ['no metadata', { type: 'saml' }, 'metadataXml'],
    ['metadata twice', { ...saml, metadataUrl: 'https://idp.example.net/metadata' }, 'metadataXml'],
    ['metadata that is none', { ...saml, metadataXml: '<a/>' }, 'metadataXml'],
    ['a CSR', { ...saml, metadataXml: '-----BEGIN CERTIFICATE REQUEST-----\nMIIC\n' }, 'metadataXml', /\(CSR\)/],
    ['an empty text', { ...saml, metadataXml: ' ' }, 'metadataXml', /nothing in it/],
    ['an empty address', { type: 'saml', metadataUrl: ' ' }, 'metadataUrl', /must not be empty/],
    [
      'metadata of another',
      { ...saml, metadataXml: ofKeycloak, preset: 'okta' },
      'metadataXml',
      /metadata of Keycloak/,
    ],
    ['a metadata URL inside of the network', { type: 'saml', metadataUrl: 'http://10.0.0.1/' }, 'metadataUrl'],
    ['no issuer', { ...oidc, issuer: '' }, 'issuer'],
    ['an issuer inside of the network', { ...oidc, issuer: 'https://10.0.0.1' }, 'issuer'],
    ['no secret', { ...withoutSecret, clientAuthentication: 'client_secret_post' }, 'clientSecret'],
    ['an unknown preset', { ...oidc, preset: 'acme' }, 'preset'],
    ['an empty name', { ...oidc, name: '  ' }, 'name'],
    ['a role that there is not', { ...oidc, defaultRoleId: 'rol_unknown' }, 'defaultRoleId'],
    ['a directory that there is not', { ...oidc, directoryId: 'dir_unknown' }, 'directoryId'],
  ]
  test.each(creations)('creating with %s', async (_title, input, path, words = /./) => {
    const { status, body } = await client.post('connections', input)
    expect([status, body.errors?.[0]?.path]).toEqual([400, path])
    expect(body.errors[0].message).toMatch(words)
  })

  const changes: [string, 'saml' | 'oidc', object, string][] = [
    ['a certificate that nobody knows', 'saml', { trustCertificates: ['00'.repeat(32)] }, 'trustCertificates'],
    ['a fingerprint by SHA-1', 'saml', { trustCertificates: ['ab:'.repeat(19).concat('ab')] }, 'trustCertificates'],
    ['a client secret for SAML', 'saml', { clientSecret: 'x' }, 'clientSecret'],
    ['hosted domains for SAML', 'saml', { hostedDomains: ['example.com'] }, 'hostedDomains'],
    ['a wish for signatures on OpenID Connect', 'oidc', { signed: 'both' }, 'signed'],
    ['certificates on OpenID Connect', 'oidc', { trustCertificates: [] }, 'trustCertificates'],
    ['a long separator', 'saml', { groupSeparator: ', and' }, 'groupSeparator'],
    ['a directory that there is not', 'oidc', { directoryId: 'dir_unknown' }, 'directoryId'],
  ]
  test.each(changes)('changing to %s', async (_title, type, change, path) => {
    const id = await create(type === 'saml' ? saml : oidc)
    const { status, body } = await client.patch(`connections/${id}`, change)
    expect([status, body.errors?.[0]?.path]).toEqual([400, path])
    expect(await client.auditOf(id)).toEqual(['connection.create'])
  })

  test('a status that nobody may set, and names of domains that are none', async () => {
    const id = await create(saml)
    for (const status of ['tested', 'open', '']) expect((await setStatus(id, status)).status).toBe(400)
    expect((await client.post('domains', { name: 'localhost' })).status).toBe(400)
    expect((await client.post('connections', { ...oidc, isForced: true })).status).toBe(400)
    expect((await client.post(`connections/${id}/refresh`)).body).toMatchObject({ status: 400, reason: 'metadata' })
  })
})

test('the role of an administrator is nobody’s default, by API and command line', async () => {
  const administrator = await roleId(client, 'administrator')
  const id = await create(oidc)
  const answers = [
    await client.post('connections', { ...oidc, defaultRoleId: administrator }),
    await client.patch(`connections/${id}`, { defaultRoleId: administrator }),
  ]
  for (const { status, body } of answers) expect([status, body.errors[0].path]).toEqual([400, 'defaultRoleId'])
  const { exitCode, errors } = await stage.rolecall(
    ...['connection', 'create', '--organization', client.slug, '--type', 'oidc', '--issuer', oidc.issuer],
    ...['--client-id', 'rolecall', '--default-role', 'administrator'],
  )
  expect([exitCode, errors]).toEqual([1, ['error: A role of administrators cannot be the default of first sign-ins']])
  expect((await client.get(`connections/${id}`)).body.defaultRoleId).toBeNull()
})

test('secrets are in no answer, output or audit row', async () => {
  const ids = [await create(oidc), await create({ ...oidc, clientSecret: undefined }), await create(saml)]
  const [withSecret = '', withKey = '', withPem = ''] = ids
  const said: unknown[] = [await client.patch(`connections/${withSecret}`, { clientSecret: 'the-second-secret' })]
  for (const id of ids) {
    said.push(await client.get(`connections/${id}`), await setStatus(id, 'optional'))
    said.push(await client.post(`connections/${id}/test-links`), await client.get(`audit-events?targetId=${id}`))
    said.push(await stage.rolecall('connection', 'show', '--organization', client.slug, '--connection', id, '--json'))
    said.push(await stage.rolecall('connection', 'show', '--organization', client.slug, '--connection', id))
  }
  said.push(
    await client.get('connections?limit=200'),
    await client.patch(`connections/${withKey}`, { clientSecret: 'x' }),
  )
  said.push(await stage.rolecall('connection', 'list', '--organization', client.slug, '--json'))
  const text = JSON.stringify(said)
  expect(text).not.toMatch(/the-first-secret|the-second-secret|PRIVATE KEY|secretSealed|secret_sealed/)
  for (const id of ids) {
    const { secretSealed } = await getConnection(client.ctx, id)
    expect(secretSealed).toEqual(expect.any(String))
    expect(text).not.toContain(secretSealed)
  }
  const { body } = await client.get(`connections/${withKey}`)
  expect(Object.keys(body.settings.publicJwk).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use'])
  expect((await client.get(`connections/${withPem}`)).body.settings.spCertificate).toMatch(/^MII/)
})
