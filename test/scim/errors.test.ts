// What is refused, and in which form (RFC 7644 §3.12, RFC 6750): status as text, scimType, a detail, no more.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { issueDirectoryToken } from '#connections/directories/issue-directory-token.ts'
import { revokeDirectoryToken } from '#connections/directories/revoke-directory-token.ts'
import { updateDirectory } from '#connections/directories/update-directory.ts'
import { setOrganizationStatus } from '../support/access.ts'
import { startTestApp, type TestApp } from '../support/app.ts'
import { core, patchOp, type ScimAnswer, type ScimClient, scimClient } from '../support/scim.ts'

let app: TestApp
let scim: ScimClient
let userId: string
let groupId: string
beforeAll(async () => {
  app = await startTestApp()
  scim = await app.createScim()
  userId = await scim.user('ada@example.com')
  groupId = await scim.group('Writers')
})
afterAll(() => app.close())

const errorSchema = 'urn:ietf:params:scim:api:messages:2.0:Error'
const patch = (path: string, ...Operations: unknown[]) => scim.send('PATCH', path, { schemas: [patchOp], Operations })
const user = `${core}:User`

const kinds: [string, number, string | undefined, () => Promise<ScimAnswer>][] = [
  ['a body that is no JSON', 400, 'invalidSyntax', () => scim.send('POST', '/Users', '{')],
  [
    'a body of another type',
    400,
    'invalidSyntax',
    () => scim.send('POST', '/Users', 'a=b', { 'content-type': 'text/plain' }),
  ],
  ['no userName', 400, 'invalidValue', () => scim.post('/Users', { schemas: [user] })],
  ['no displayName of a group', 400, 'invalidValue', () => scim.post('/Groups', { schemas: [`${core}:Group`] })],
  [
    'a value of the wrong type',
    400,
    'invalidValue',
    () => scim.post('/Users', { schemas: [user], userName: 'x', active: 'x' }),
  ],
  [
    'a userName that is taken',
    409,
    'uniqueness',
    () => scim.post('/Users', { schemas: [user], userName: 'ADA@example.com' }),
  ],
  ['a filter that cannot be read', 400, 'invalidFilter', () => scim.list('Users', 'userName')],
  ['a filter by what nobody has', 400, 'invalidFilter', () => scim.list('Users', 'shoeSize eq 42')],
  [
    'a path that leads nowhere',
    400,
    'invalidPath',
    () => patch(`/Users/${userId}`, { op: 'add', path: 'shoeSize', value: 1 }),
  ],
  [
    'a path that cannot be read',
    400,
    'invalidPath',
    () => patch(`/Users/${userId}`, { op: 'add', path: 'a b', value: 1 }),
  ],
  ['a remove without a path', 400, 'noTarget', () => patch(`/Users/${userId}`, { op: 'remove' })],
  [
    'a change of what is readOnly',
    400,
    'mutability',
    () => patch(`/Users/${userId}`, { op: 'replace', path: 'meta.created', value: 'x' }),
  ],
  [
    'a change of the id',
    400,
    'mutability',
    () => patch(`/Groups/${groupId}`, { op: 'replace', path: 'id', value: 'x' }),
  ],
  [
    'a change of groups',
    400,
    'mutability',
    () => patch(`/Users/${userId}`, { op: 'add', path: 'groups', value: [{ value: groupId }] }),
  ],
  [
    'a member nobody knows',
    400,
    'invalidValue',
    () => patch(`/Groups/${groupId}`, { op: 'add', path: 'members', value: [{ value: 'x' }] }),
  ],
  ['an id nobody has', 404, undefined, () => scim.get('/Users/nobody')],
  [
    'a version that is gone',
    412,
    undefined,
    () => scim.send('DELETE', `/Users/${userId}`, undefined, { 'if-match': 'W/"9"' }),
  ],
  ['a cursor that is none', 400, 'invalidCursor', () => scim.get('/Users?cursor=abc')],
  ['a count that is none', 400, 'invalidValue', () => scim.get('/Users?count=some')],
  ['a filter on discovery', 403, undefined, () => scim.get('/Schemas?filter=id+pr')],
  ['an endpoint that does not exist', 404, undefined, () => scim.get('/Robots')],
  ['a bulk request of nothing', 400, 'invalidSyntax', () => scim.post('/Bulk', { schemas: [] })],
  ['a method that does not exist', 405, undefined, () => scim.delete('/Users')],
  ['the base URL itself', 404, undefined, () => scim.get('')],
]

describe('each kind of error', () => {
  test.each(kinds)('%s: %s %s', async (_, status, scimType, send) => {
    const before = (await scim.get('/Users')).body
    const { body, headers, status: answered } = await send()
    expect(answered, JSON.stringify(body)).toBe(status)
    expect(body).toEqual({
      schemas: [errorSchema],
      status: String(status),
      ...(scimType === undefined ? {} : { scimType }),
      detail: expect.stringMatching(/\w/),
    })
    expect(headers.get('content-type')).toMatch(/^application\/scim\+json/)
    expect(headers.get('x-request-id')).toMatch(/^req_/)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(body.detail).not.toMatch(/select|insert|postgres|node_modules|\.ts\b| at /i)
    expect((await scim.get('/Users')).body).toEqual(before)
  })

  test('C-052: an unexpected error tells its request id and nothing else', async () => {
    const broken = await startTestApp()
    const client = await broken.createScim()
    const id = await client.user('ada@example.com')
    await broken.owner`alter table users rename column display_name to hidden_name`
    const { status, body, headers } = await client.patch(`/Users/${id}`, { op: 'replace', path: 'title', value: 'x' })
    expect(status).toBe(500)
    expect(body.detail).toContain(headers.get('x-request-id'))
    expect(JSON.stringify(body)).not.toMatch(/display_name|column|42703/)
    expect(broken.log.lines.join('')).toContain(headers.get('x-request-id'))
    expect(broken.log.lines.join('')).not.toContain('ada@example.com')
    await broken.close()
  })
})

describe('C-001: who is not let in', () => {
  const asked = async (authorization: string | undefined, base = scim.base) => {
    const response = await app.request(
      `${base}/Users`,
      authorization === undefined ? {} : { headers: { authorization } },
    )
    return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) }
  }

  const expectRefused = (answer: Awaited<ReturnType<typeof asked>>) => {
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="/)
    expect(answer.headers.get('content-type')).toMatch(/^application\/scim\+json/)
    expect(answer.body).toEqual({ schemas: [errorSchema], status: '401', detail: expect.any(String) })
  }

  test.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'Basic YWRhOnB3',
    'Token abc',
    'Bearer rcs_unknown',
    'Bearer a b',
    `Bearer ${'x'.repeat(9_000)}`,
  ])('Authorization: %s', async (authorization) => expectRefused(await asked(authorization)))

  test('a good token is let in, whatever the case of its scheme', async () => {
    const { directoryId, token } = await app.createScim()
    for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
      expect((await asked(`${scheme} ${token}`, `/scim/v2/${directoryId}`)).status).toBe(200)
    }
    expectRefused(await asked(`Bearer ${token.slice(0, -1)}`, `/scim/v2/${directoryId}`))
    expectRefused(await asked(`Bearer ${token.toUpperCase()}`, `/scim/v2/${directoryId}`))
  })

  /** Every route refuses, and nothing is written. */
  async function expectShut(client: ScimClient, id: string): Promise<void> {
    const answers = [
      await client.get('/Users'),
      await client.get(`/Users/${id}`),
      await client.get('/Users/no-id-at-all'),
      await client.get('/ServiceProviderConfig'),
      await client.post('/Users', { schemas: [user], userName: 'new@example.com' }),
      await client.patch(`/Users/${id}`, { op: 'replace', path: 'active', value: false }),
      await client.delete(`/Users/${id}`),
      await client.post('/.search', { schemas: [] }),
    ]
    for (const answer of answers) expectRefused(answer)
    const rows = await app.owner`select id from users where organization_id =
      (select organization_id from users where id = ${id}) and status = 'active' and deleted_at is null`
    expect(rows).toEqual([{ id }])
  }

  test('C-004: a token that was revoked, at once; the other one of the directory goes on', async () => {
    const { organization, directoryId, ...first } = await app.createScim()
    const id = await first.user('ada@example.com')
    const second = await issueDirectoryToken(organization.ctx, { directoryId })
    const other = scimClient((path, init) => app.request(path, init), { directoryId, token: second.token })
    expect((await other.get('/Users')).status).toBe(200)
    const [row] =
      await app.owner`select id from directory_tokens where directory_id = ${directoryId} order by id limit 1`
    await revokeDirectoryToken(organization.ctx, { directoryId, tokenId: row?.['id'] })
    await expectShut(first, id)
    expect((await other.get(`/Users/${id}`)).status).toBe(200)
  })

  test('a token whose time is over', async () => {
    const { organization: _, directoryId, ...client } = await app.createScim()
    const id = await client.user('ada@example.com')
    await app.owner`update directory_tokens set expires_at = now() - interval '1 second' where directory_id = ${directoryId}`
    await expectShut(client, id)
    await app.owner`update directory_tokens set expires_at = now() + interval '1 hour' where directory_id = ${directoryId}`
    expect((await client.get('/Users')).status).toBe(200)
  })

  test('a directory that is switched off, until it is on again', async () => {
    const { organization, directoryId, ...client } = await app.createScim()
    const id = await client.user('ada@example.com')
    await updateDirectory(organization.ctx, { directoryId, status: 'disabled' })
    await expectShut(client, id)
    await updateDirectory(organization.ctx, { directoryId, status: 'active' })
    expect((await client.get('/Users')).status).toBe(200)
  })

  test('an organization that is suspended, until it is resumed', async () => {
    const { organization, directoryId: _, ...client } = await app.createScim()
    const id = await client.user('ada@example.com')
    await setOrganizationStatus(organization.ctx, 'suspended')
    await expectShut(client, id)
    await setOrganizationStatus(organization.ctx, 'active')
    expect((await client.get('/Users')).status).toBe(200)
  })

  test('C-003: the token is nowhere in the database, only its hash', async () => {
    const { token, ...client } = await app.createScim()
    await client.user('ada@example.com')
    const rows = await app.owner`select to_jsonb(t)::text as text from directory_tokens t`
    expect(rows.length).toBeGreaterThan(0)
    for (const { text } of rows) expect(text).not.toContain(token.slice(4, 30))
    expect(app.log.lines.join('')).not.toContain(token.slice(4, 30))
  })
})
