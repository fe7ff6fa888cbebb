// Applications and sessions over the management API and the command line: what each verb does, its audit row, its refusals.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { updateApplication } from '#access/applications/update-application.ts'
import { type AccessStage, type Client, createUser, startStage } from '../support/access.ts'
import { signIn } from '../support/sessions.ts'

let stage: AccessStage
let client: Client
let other: Client

beforeAll(async () => {
  stage = await startStage()
  client = await stage.createClient()
  other = await stage.createClient()
})

afterAll(() => stage.close())

const callback = 'https://app.example.com/callback'

const create = (from: Client, fields: object = {}) =>
  from.post('applications', { name: 'Newsroom', redirectUris: [callback], ...fields })

describe('applications', () => {
  test('are created, read, changed and deleted, each with an audit row', async () => {
    const created = await create(client, {
      name: ' Newsroom ',
      postLogoutRedirectUris: ['https://app.example.com/bye', 'https://app.example.com/bye'],
      backchannelLogoutUri: 'https://app.example.com/logout',
    })
    expect(created).toMatchObject({
      status: 201,
      body: {
        name: 'Newsroom',
        status: 'active',
        redirectUris: [callback],
        postLogoutRedirectUris: ['https://app.example.com/bye'],
        backchannelLogoutUri: 'https://app.example.com/logout',
        issuer: 'https://id.example.com',
        discoveryUrl: 'https://id.example.com/.well-known/openid-configuration',
        clientSecret: expect.stringMatching(/^rca_[\w-]{43}$/),
      },
    })
    const { clientSecret, ...shown } = created.body
    const { id } = shown
    expect(shown.clientId).toBe(id)
    expect((await client.get(`applications/${id}`)).body).toEqual(shown)
    expect((await client.get('applications')).body.items).toContainEqual(shown)
    const changed = await client.patch(`applications/${id}`, { name: 'Desk', backchannelLogoutUri: null })
    expect(changed.body).toMatchObject({ name: 'Desk', backchannelLogoutUri: null, redirectUris: [callback] })
    expect((await client.patch(`applications/${id}`, {})).body).toEqual(changed.body)
    const rotated = await client.post(`applications/${id}/secret`)
    expect(rotated).toMatchObject({ status: 201, body: { clientId: id } })
    expect(rotated.body.clientSecret).not.toBe(clientSecret)
    expect((await client.delete(`applications/${id}`)).status).toBe(204)
    expect((await client.get(`applications/${id}`)).status).toBe(404)
    const actions = ['create', 'update', 'rotate_secret', 'delete'].map((action) => `application.${action}`)
    expect(await client.auditOf(id)).toEqual(actions)
    const audit = JSON.stringify((await client.get(`audit-events?targetId=${id}`)).body)
    for (const secret of [clientSecret, rotated.body.clientSecret]) expect(audit).not.toContain(secret)
  })

  test.each([
    'http://app.example.com/callback',
    'https://app.example.com/callback#fragment',
    'https://*.example.com/callback',
    'https://user:secret@app.example.com/callback',
    'javascript:alert(1)',
    'data:text/html,hello',
    'myapp://callback',
    'app.example.com/callback',
    '/callback',
    'https://app.example.com/call back',
    'https://app.example.com/\ncallback',
    `https://app.example.com/${'a'.repeat(2_000)}`,
    '',
  ])('refuse %j as a redirect URI', async (uri) => {
    expect(await create(client, { redirectUris: [uri] })).toMatchObject({
      status: 400,
      body: { reason: 'invalidValue' },
    })
    expect((await create(client, { postLogoutRedirectUris: [uri] })).status).toBe(400)
  })
  test('need a redirect URI; on loopback it may be http, for development', async () => {
    expect((await create(client, { redirectUris: [] })).status).toBe(400)
    const local = ['http://localhost:3000/callback', 'http://127.0.0.1/callback', 'http://[::1]:8080/callback']
    expect((await create(client, { redirectUris: local })).body.redirectUris).toEqual(local)
  })
  test.each([
    'http://app.example.com/logout',
    'https://10.0.0.1/logout',
    'https://169.254.169.254/',
    'file:///etc/passwd',
  ])('refuse %s for logout tokens: the server itself would send there', async (uri) => {
    expect(await create(client, { backchannelLogoutUri: uri })).toMatchObject({
      status: 400,
      body: { reason: 'address' },
    })
    const { body } = await create(client)
    expect((await client.patch(`applications/${body.id}`, { backchannelLogoutUri: uri })).status).toBe(400)
  })

  test('are of a kind, which decides what they have, and stays', async () => {
    const app = {
      kind: 'public',
      redirectUris: ['com.example.app:/callback'],
      browserOrigins: ['https://app.example.com'],
    }
    const made = await create(client, app)
    expect(made).toMatchObject({
      status: 201,
      body: { ...app, rights: null, isPkceRequired: true, clientSecret: null },
    })
    expect((await client.post(`applications/${made.body.id}/secret`)).status).toBe(400)
    const rights = { access: 'permissions', permissions: ['users.manage'], brandIds: null, addressRanges: null }
    const machine = await client.post('applications', { kind: 'machine', name: 'Sync', rights })
    expect(machine).toMatchObject({ status: 201, body: { kind: 'machine', redirectUris: [], rights } })
    expect(machine.body.clientSecret).toMatch(/^rca_/)
    const usual = await client.post('applications', { kind: 'machine', name: 'Asks' })
    expect(usual.body.rights).toMatchObject({ access: 'decisions', permissions: null })
    const changed = await client.patch(`applications/${usual.body.id}`, { rights })
    expect(changed).toMatchObject({ status: 200, body: { rights } })
    expect((await client.patch(`applications/${usual.body.id}`, { kind: 'public' })).status).toBe(400)
  })

  test.each([
    ['a machine with a redirect URI', { kind: 'machine' }],
    [
      'a machine that may nothing that there is',
      { kind: 'machine', redirectUris: [], rights: { access: 'permissions' } },
    ],
    ['rights of a public one', { kind: 'public', rights: { access: 'decisions' } }],
    ['rights of a confidential one', { rights: { access: 'decisions' } }],
    ['a public one without PKCE', { kind: 'public', isPkceRequired: false }],
    ['origins of a confidential one', { browserOrigins: ['https://app.example.com'] }],
    ['a scheme of its own of a confidential one', { redirectUris: ['com.example.app:/callback'] }],
    ['a path in an origin', { kind: 'public', browserOrigins: ['https://app.example.com/'] }],
    ['an origin without encryption', { kind: 'public', browserOrigins: ['http://app.example.com'] }],
    ['a scheme that is no domain name', { kind: 'public', redirectUris: ['myapp:/callback'] }],
    ['a script', { kind: 'public', redirectUris: ['java.script:alert(1)#x'] }],
    ['a scheme that runs something', { kind: 'public', redirectUris: ['javascript:alert(1)'] }],
    ['http beside loopback', { kind: 'public', redirectUris: ['http://app.example.com/callback'] }],
  ])('refuse %s', async (_, fields) => {
    expect(await create(client, fields)).toMatchObject({ status: 400, body: { reason: 'invalidValue' } })
  })

  test('C-006: of another organization are not there', async () => {
    const { id } = (await create(client)).body
    const [brand] = [(await other.post('brands', { slug: 'aurora', name: 'Aurora' })).body.id]
    const foreign = { kind: 'machine', name: 'Sync', rights: { access: 'decisions', brandIds: [brand] } }
    expect((await client.post('applications', foreign)).status).toBe(404)
    for (const unknown of [id, 'app_00000000000000000000000000', 'nothing']) {
      const answers = [
        await other.get(`applications/${unknown}`),
        await other.patch(`applications/${unknown}`, { name: 'Mine' }),
        await other.post(`applications/${unknown}/secret`),
        await other.delete(`applications/${unknown}`),
      ]
      expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404])
    }
    expect((await other.get('applications')).body.items).toEqual([])
    expect((await client.get(`applications/${id}`)).body.name).toBe('Newsroom')
  })
  test('need the permission', async () => {
    const { id } = (await create(client)).body
    const ctx = { ...client.ctx, permissions: new Set(['applications.read'] as const) }
    await expect(updateApplication(ctx, { applicationId: id, name: 'Mine' })).rejects.toMatchObject({
      code: 'forbidden',
    })
  })
})

describe('application create and list', () => {
  test('print one JSON line, or lines for people', async () => {
    const org = ['--organization', client.slug]
    const uris = ['--redirect-uri', callback, '--redirect-uri', 'http://localhost:3000/callback']
    const { exitCode, lines, json } = await stage.rolecall(
      ...['application', 'create', ...org, '--name', 'Desk', ...uris],
      ...['--post-logout-redirect-uri', 'https://app.example.com/bye', '--json'],
    )
    expect(exitCode).toBe(0)
    expect(lines).toHaveLength(1)
    expect(json).toEqual({
      applicationId: json.clientId,
      clientId: expect.stringMatching(/^app_/),
      clientSecret: expect.stringMatching(/^rca_/),
      issuer: 'https://id.example.com',
      discoveryUrl: 'https://id.example.com/.well-known/openid-configuration',
    })
    const { body } = await client.get(`applications/${json.clientId}`)
    expect(body).toMatchObject({ redirectUris: [callback, 'http://localhost:3000/callback'] })
    expect(body.postLogoutRedirectUris).toEqual(['https://app.example.com/bye'])
    const listed = await stage.rolecall('application', 'list', ...org)
    expect(listed.lines[0]).toContain('CLIENT ID')
    expect(listed.lines.join('\n')).toContain(json.clientId)
    expect(listed.lines.join('\n')).not.toContain('rca_')
  })
  test('register a machine and change its rights', async () => {
    const org = ['--organization', client.slug]
    const { json } = await stage.rolecall(
      ...[
        'application',
        'create',
        ...org,
        '--name',
        'Sync',
        '--kind',
        'machine',
        '--permission',
        'users.manage',
        '--json',
      ],
    )
    expect((await client.get(`applications/${json.clientId}`)).body).toMatchObject({
      ...{ kind: 'machine', rights: { access: 'permissions', permissions: ['users.manage'] } },
    })
    const update = ['application', 'update', ...org, '--application', json.clientId, '--access', 'decisions', '--json']
    expect((await stage.rolecall(...update)).json.rights).toMatchObject({ access: 'decisions', permissions: null })
    const app = ['--name', 'Reader', '--kind', 'public', '--redirect-uri', 'com.example.app:/cb']
    const { lines } = await stage.rolecall('application', 'create', ...org, ...app)
    expect(lines.join()).toContain('It has no secret')
  })
  test('say what is wrong', async () => {
    const org = ['--organization', client.slug]
    const refused = await stage.rolecall('application', 'create', ...org, '--name', 'Desk', '--redirect-uri', 'nowhere')
    expect(refused.exitCode).toBe(1)
    expect(refused.errors.join()).toContain('redirectUris')
  })
})

describe('sessions', () => {
  test('are listed and ended, one or all, each with an audit row', async () => {
    const userId = await createUser(client, 'amara@example.com')
    const [first, second, third] = [
      await signIn(client, userId),
      await signIn(client, userId),
      await signIn(client, userId, { hasSecondFactor: true, ip: null, userAgent: null }),
    ]
    const listed = async () => (await client.get(`users/${userId}/sessions`)).body.items
    const items = await listed()
    expect(items.map(({ id }: { id: string }) => id).sort()).toEqual(
      [first, second, third].map((s) => s.sessionId).sort(),
    )
    expect(items.find(({ id }: { id: string }) => id === third.sessionId)).toMatchObject({
      ...{ userId, method: 'password', hasSecondFactor: true, connectionId: null, ip: null, userAgent: null },
      createdAt: expect.stringMatching(/Z$/),
    })
    expect(JSON.stringify(items)).not.toContain(first.tokenHash)
    expect((await client.delete(`sessions/${first.sessionId}`)).status).toBe(204)
    expect((await client.delete(`sessions/${first.sessionId}`)).status).toBe(204)
    expect(await listed()).toHaveLength(2)
    expect(await client.auditOf(first.sessionId)).toEqual(['session.start', 'session.end'])
    expect((await client.delete(`users/${userId}/sessions`)).status).toBe(204)
    expect(await listed()).toEqual([])
    expect(await client.auditOf(userId)).toContain('session.end')
  })
  test('C-006: of another organization are not there', async () => {
    const userId = await createUser(client, 'bo@example.com')
    const { sessionId, cookie } = await signIn(client, userId)
    for (const unknown of [userId, 'usr_00000000000000000000000000', 'nothing']) {
      expect((await other.get(`users/${unknown}/sessions`)).status).toBe(404)
      expect((await other.delete(`users/${unknown}/sessions`)).status).toBe(404)
    }
    for (const unknown of [sessionId, 'ses_00000000000000000000000000', 'nothing']) {
      expect((await other.delete(`sessions/${unknown}`)).status).toBe(404)
    }
    expect((await stage.request('/session', { headers: { Cookie: cookie } })).status).toBe(200)
  })
})
