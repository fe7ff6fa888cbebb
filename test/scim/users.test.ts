// People: create, read, replace, delete (RFC 7644 §3.3–§3.6), each with its audit row.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../support/app.ts'
import { core, enterprise } from '../support/scim.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

const full = {
  schemas: [`${core}:User`, enterprise],
  userName: 'ada@example.com',
  externalId: 'ext-1',
  displayName: 'Ada Lovelace',
  nickName: 'Ada',
  profileUrl: 'https://example.com/ada',
  title: 'Countess',
  userType: 'Employee',
  preferredLanguage: 'en-GB',
  locale: 'en-GB',
  timezone: 'Europe/London',
  active: true,
  name: {
    formatted: 'Ada Lovelace',
    familyName: 'Lovelace',
    givenName: 'Ada',
    middleName: 'K',
    honorificPrefix: 'Lady',
    honorificSuffix: 'I',
  },
  emails: [
    { value: 'ada@example.com', type: 'work', primary: true },
    { value: 'ada@home.example.com', type: 'home' },
  ],
  phoneNumbers: [{ value: '+44 20 7946 0000', type: 'work' }],
  ims: [{ value: 'ada', type: 'xmpp' }],
  photos: [{ value: 'https://example.com/ada.png', type: 'photo' }],
  addresses: [
    {
      type: 'work',
      streetAddress: '1 Long Road',
      locality: 'London',
      region: 'LDN',
      postalCode: 'N1',
      country: 'GB',
      formatted: '1 Long Road\nLondon',
    },
  ],
  entitlements: [{ value: 'premium' }],
  roles: [{ value: 'Editor', primary: true }],
  x509Certificates: [{ value: 'MIIDQzCCAqygAwIBAgICEAAwDQYJKoZIhvcNAQEFBQAwTjELMAkGA1UEBhMCVVMx' }],
  [enterprise]: {
    employeeNumber: '7',
    costCenter: '4',
    organization: 'Engines',
    division: 'North',
    department: 'Maths',
    manager: { value: 'x', displayName: 'Babbage' },
  },
}

const auditOf = async (id: string) =>
  (await app.owner`select action, actor_type, request_id from audit_events where target_id = ${id} order by id`).map(
    (row) => ({ ...row }),
  )

describe('POST', () => {
  test('keeps every attribute of the schemas and answers the whole resource with its place and version', async () => {
    const scim = await app.createScim()
    const { status, body, headers } = await scim.post('/Users', full)
    expect(status).toBe(201)
    const { manager, ...rest } = full[enterprise] as Record<string, unknown>
    expect(body).toMatchObject({ ...full, [enterprise]: rest })
    expect(body[enterprise].manager.value).toBe((manager as { value: string }).value)
    expect(body).toMatchObject({
      id: expect.stringMatching(/^usr_[0-9a-z]{26}$/),
      meta: {
        resourceType: 'User',
        version: 'W/"1"',
        created: expect.stringMatching(/^\d{4}-.*Z$/),
        lastModified: body.meta.created,
      },
    })
    expect(headers.get('location')).toBe(`https://id.example.com${scim.base}/Users/${body.id}`)
    expect(headers.get('etag')).toBe('W/"1"')
    expect((await scim.get(`/Users/${body.id}`)).body).toEqual(body)
    expect(await auditOf(body.id)).toEqual([
      { action: 'user.provision', actor_type: 'directory', request_id: headers.get('x-request-id') },
    ])
  })

  test('ignores what is readOnly: id, meta, groups (RFC 7644 §3.3)', async () => {
    const scim = await app.createScim()
    const groupId = await scim.group('Writers')
    const { body } = await scim.post('/Users', {
      ...full,
      id: 'usr_mine',
      meta: { version: 'W/"9"' },
      groups: [{ value: groupId }],
    })
    expect(body.id).not.toBe('usr_mine')
    expect(body.meta.version).toBe('W/"1"')
    expect(body).not.toHaveProperty('groups')
    expect((await scim.get(`/Groups/${groupId}`)).body).not.toHaveProperty('members')
  })

  test('refuses a userName that is taken in any case, and changes nothing of who has it', async () => {
    const scim = await app.createScim()
    const { body: first } = await scim.post('/Users', full)
    const again = await scim.post('/Users', { ...full, userName: 'ADA@Example.com', title: 'Impostor' })
    expect(again).toMatchObject({ status: 409, body: { scimType: 'uniqueness' } })
    expect((await scim.get(`/Users/${first.id}`)).body).toEqual(first)
    expect((await scim.get('/Users')).body.totalResults).toBe(1)
  })

  test('lets two people have one further address, and one of those who are there an externalId', async () => {
    const scim = await app.createScim()
    const { body: first } = await scim.post('/Users', full)
    const emails = [{ value: 'other@example.com', primary: true }, ...full.emails.map(({ value }) => ({ value }))]
    const other = { ...full, userName: 'other@example.com', emails }
    const taken = { status: 409, body: { scimType: 'uniqueness' } }
    expect(await scim.post('/Users', other)).toMatchObject(taken)
    const made = await scim.post('/Users', { ...other, externalId: 'another' })
    expect(made.status).toBe(201)
    const rename = { op: 'replace', path: 'externalId', value: full.externalId }
    expect(await scim.patch(`/Users/${made.body.id}`, rename)).toMatchObject(taken)
    // Of somebody who is switched off it may be somebody else's; then they cannot come back beside them.
    const active = (id: string, value: boolean) => scim.patch(`/Users/${id}`, { op: 'replace', path: 'active', value })
    await active(first.id, false)
    expect((await scim.patch(`/Users/${made.body.id}`, rename)).status).toBe(200)
    expect(await active(first.id, true)).toMatchObject(taken)
    expect((await scim.list('Users', `externalId eq "${full.externalId}"`)).body.Resources).toMatchObject([
      { id: made.body.id },
    ])
    const elsewhere = await app.createScim()
    expect((await elsewhere.post('/Users', full)).status).toBe(201)
  })

  test('RFC 7643 §2.4: of several primaries the first stays one', async () => {
    const scim = await app.createScim()
    const emails = ['a', 'b', 'c'].map((name) => ({ value: `${name}@example.com`, primary: name !== 'a' }))
    const { body } = await scim.post('/Users', { ...full, emails })
    expect(body.emails.map(({ primary }: { primary: boolean }) => primary)).toEqual([false, true, false])
  })
})

describe('PUT', () => {
  test('replaces: what is not in the body is cleared, id and created stay', async () => {
    const scim = await app.createScim()
    const { body: before } = await scim.post('/Users', full)
    app.clock.advance(1_000)
    const { status, body } = await scim.put(`/Users/${before.id}`, {
      schemas: [`${core}:User`],
      userName: 'ada.king@example.com',
    })
    expect(status).toBe(200)
    expect(body).toEqual({
      schemas: [`${core}:User`],
      id: before.id,
      userName: 'ada.king@example.com',
      active: true,
      meta: { ...before.meta, version: 'W/"2"', lastModified: expect.any(String) },
    })
    expect(body.meta.lastModified).not.toBe(before.meta.lastModified)
    expect((await scim.list('Users', 'emails eq "ada@example.com"')).body.totalResults).toBe(0)
    expect((await auditOf(before.id)).map(({ action }) => action)).toEqual(['user.provision', 'user.update'])
  })

  test('of the same content changes nothing, not even the version', async () => {
    const scim = await app.createScim()
    const { body: before } = await scim.post('/Users', full)
    const { status, body } = await scim.put(`/Users/${before.id}`, before)
    expect(status).toBe(200)
    expect(body).toEqual(before)
    expect(await auditOf(before.id)).toHaveLength(1)
  })

  test('keeps memberships: groups is readOnly, sent or not', async () => {
    const scim = await app.createScim()
    const id = await scim.user('ada@example.com')
    const groupId = await scim.group('Writers', [id])
    const { body } = await scim.put(`/Users/${id}`, { ...full, groups: [] })
    expect(body.groups).toMatchObject([{ value: groupId, display: 'Writers', type: 'direct' }])
  })

  test('refuses another’s userName and leaves both as they are', async () => {
    const scim = await app.createScim()
    const id = await scim.user('ada@example.com')
    await scim.user('bob@example.com')
    const before = (await scim.get('/Users')).body
    expect((await scim.put(`/Users/${id}`, { ...full, userName: 'BOB@example.com' })).body.scimType).toBe('uniqueness')
    expect((await scim.get('/Users')).body).toEqual(before)
    const recased = await scim.put(`/Users/${id}`, { schemas: [], userName: 'ADA@example.com' })
    expect(recased).toMatchObject({ status: 200, body: { userName: 'ADA@example.com' } })
  })
})

describe('DELETE', () => {
  test('answers 204, then 404 for everything; lists and groups forget the person', async () => {
    const scim = await app.createScim()
    const id = await scim.user('ada@example.com')
    const groupId = await scim.group('Writers', [id])
    expect(await scim.delete(`/Users/${id}`)).toMatchObject({ status: 204, body: undefined })
    expect((await scim.get(`/Users/${id}`)).status).toBe(404)
    expect((await scim.delete(`/Users/${id}`)).status).toBe(404)
    expect((await scim.put(`/Users/${id}`, full)).status).toBe(404)
    expect((await scim.get('/Users')).body.totalResults).toBe(0)
    expect((await scim.list('Users', `id eq "${id}"`)).body.totalResults).toBe(0)
    expect((await scim.list('Groups', `members eq "${id}"`)).body.totalResults).toBe(0)
    expect((await scim.get(`/Groups/${groupId}`)).body).not.toHaveProperty('members')
    const actions = (await auditOf(id)).map(({ action }) => action)
    expect(actions.toSorted()).toEqual(['user.deactivate', 'user.delete', 'user.provision'])
  })
})
