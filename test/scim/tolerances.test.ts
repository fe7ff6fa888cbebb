// What is put up with, and where that ends: lists, names of groups, addresses, methods.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../support/app.ts'
import { core, enterprise, type ScimClient } from '../support/scim.ts'

let app: TestApp
let scim: ScimClient & { organization: { ctx: unknown } }
beforeAll(async () => {
  app = await startTestApp()
  scim = await app.createScim()
})
afterAll(() => app.close())

let serial = 0
const person = (attributes: Record<string, unknown> = {}) => {
  serial += 1
  return scim.user(`tolerant-${serial}@example.com`, attributes)
}

describe('lists', () => {
  const twice = [
    { value: 'a@example.com', type: 'work', primary: true },
    { value: 'A@example.com', type: 'work', display: 'A' },
    { value: 'a@example.com', type: 'home' },
  ]
  const once = [
    { value: 'A@example.com', type: 'work', primary: true, display: 'A' },
    { value: 'a@example.com', type: 'home' },
  ]

  test('RFC 7643 §2.4: the same value of the same type is kept once, however it comes', async () => {
    const posted = await person({ emails: twice })
    expect((await scim.get(`/Users/${posted}`)).body.emails).toEqual(once)
    // The next one has the same address.
    await scim.delete(`/Users/${posted}`)
    const patched = await person()
    await scim.patch(`/Users/${patched}`, { op: 'replace', path: 'emails', value: twice })
    expect((await scim.get(`/Users/${patched}`)).body.emails).toEqual(once)
    await scim.patch(`/Users/${patched}`, { op: 'add', path: 'emails', value: twice })
    expect((await scim.get(`/Users/${patched}`)).body.emails).toHaveLength(2)
    await scim.patch(`/Users/${patched}`, { op: 'replace', path: 'emails[type eq "home"].type', value: 'work' })
    expect((await scim.get(`/Users/${patched}`)).body.emails).toHaveLength(1)
    await scim.delete(`/Users/${patched}`)
  })

  test.each([
    ['by ne', { op: 'replace', path: 'emails[type ne "work"].value', value: 'x@example.com' }],
    ['by ne, as a whole', { op: 'replace', path: 'emails[type ne "work"]', value: { value: 'x@example.com' } }],
    ['by value', { op: 'replace', path: 'emails[value eq "x@example.com"].type', value: 'work' }],
    ['by value, added', { op: 'add', path: 'emails[value eq "x@example.com"]', value: { display: 'X' } }],
    ['by display', { op: 'replace', path: 'phoneNumbers[display eq "d"].value', value: '1' }],
    ['by type or another', { op: 'add', path: 'emails[type eq "a" or type eq "b"].value', value: 'x@example.com' }],
    ['by the type that it would set', { op: 'replace', path: 'emails[type eq "work"].type', value: 'home' }],
  ])('a filter %s that matches nothing makes no element up (noTarget)', async (_, operation) => {
    const id = await person()
    expect(await scim.patch(`/Users/${id}`, operation)).toMatchObject({ status: 400, body: { scimType: 'noTarget' } })
    expect((await scim.get(`/Users/${id}`)).body).not.toHaveProperty('emails')
  })

  test('wire 5: a filter by type does', async () => {
    const id = await person()
    await scim.patch(`/Users/${id}`, { op: 'Add', path: 'emails[type eq "work"].value', value: 'x@example.com' })
    expect((await scim.get(`/Users/${id}`)).body.emails).toEqual([{ type: 'work', value: 'x@example.com' }])
  })

  test('empty text names nobody to remove; null still means all', async () => {
    const ada = await person({ emails: twice })
    const group = await scim.group('Crew', [ada])
    const bare = { op: 'remove', path: 'members' }
    for (const value of ['', [''], [null], {}, [{}]]) {
      const answer = await scim.patch(`/Groups/${group}`, { ...bare, value })
      expect(answer, JSON.stringify(value)).toMatchObject({ status: 400, body: { scimType: 'invalidValue' } })
    }
    for (const op of ['add', 'replace'])
      expect((await scim.patch(`/Groups/${group}`, { op, value: { members: '' } })).status).toBe(400)
    expect((await scim.get(`/Groups/${group}`)).body.members).toHaveLength(1)
    expect((await scim.patch(`/Users/${ada}`, { op: 'remove', path: 'emails', value: '' })).status).toBe(400)
    expect((await scim.patch(`/Groups/${group}`, { ...bare, value: null })).status).toBe(204)
    expect((await scim.get(`/Groups/${group}`)).body).not.toHaveProperty('members')
  })
})

describe('photos and certificates', () => {
  const long = Buffer.alloc(300_000, 'photo').toString('base64')

  test('of any length are kept: nobody is refused for them', async () => {
    const photos = [{ type: 'photo', value: `data:image/png;base64,${long}` }]
    const x509Certificates = [{ value: long }]
    const id = await person({ photos, x509Certificates })
    const { body } = await scim.get(`/Users/${id}`)
    expect([body.photos, body.x509Certificates]).toEqual([photos, x509Certificates])
    await scim.patch(`/Users/${id}`, { op: 'replace', path: 'title', value: 'T' })
    expect((await scim.get(`/Users/${id}`)).body).toMatchObject({ title: 'T', photos })
  })

  test('that cannot be read are passed over, with a note; another attribute is refused for the same', async () => {
    const id = await person({ photos: [{ value: 5 }, 'https://example.com/p.png'], x509Certificates: 7, title: 'T' })
    const { body } = await scim.get(`/Users/${id}`)
    expect(body).toMatchObject({ title: 'T', photos: [{ value: 'https://example.com/p.png' }] })
    expect(body).not.toHaveProperty('x509Certificates')
    expect((await scim.post('/Users', { userName: 'no@example.com', emails: [{ value: 5 }] })).status).toBe(400)
  })
})

test.each<[string, object]>([
  ['empty text', { path: 'members', value: '' }],
  ['blanks', { path: 'members', value: ' ' }],
  ['the word null', { path: 'members', value: [{ value: 'null' }] }],
  ['a filter by empty text', { path: 'members[value eq ""]' }],
])('a removal of members by %s is refused, and removes nobody', async (_what, operation) => {
  const id = await scim.group('Removals', [await person()])
  const refused = { status: 400, body: { scimType: 'invalidValue' } }
  expect(await scim.patch(`/Groups/${id}`, { op: 'remove', ...operation })).toMatchObject(refused)
  expect((await scim.get(`/Groups/${id}`)).body.members).toHaveLength(1)
})

describe('names of groups', () => {
  test.each([
    ['blanks', '   '],
    ['zero-width spaces', '\u200b\u200b'],
    ['a byte order mark alone', '\ufeff'],
    ['a line break', 'a\nb'],
    ['a direction override', 'Ops\u202etxt'],
    ['more than 512 characters', 'x'.repeat(513)],
  ])('%s are refused', async (_, displayName) => {
    const refused = { status: 400, body: { scimType: 'invalidValue' } }
    expect(await scim.post('/Groups', { schemas: [`${core}:Group`], displayName })).toMatchObject(refused)
    const id = await scim.group('Visible')
    expect(await scim.put(`/Groups/${id}`, { displayName })).toMatchObject(refused)
    expect(await scim.patch(`/Groups/${id}`, { op: 'replace', path: 'displayName', value: displayName })).toMatchObject(
      refused,
    )
    expect((await scim.get(`/Groups/${id}`)).body.displayName).toBe('Visible')
  })

  test('are kept without the white space around them, and compared as userName is', async () => {
    const other = await app.createScim()
    const spellings = ['Ängste ', 'A\u0308ngste', 'ÄNGSTE', '\u00a0Ängste']
    for (const displayName of spellings) await other.group(displayName)
    for (const asked of [...spellings, 'ängste\u3000'])
      expect((await other.list('Groups', `displayName eq "${asked}"`)).body.totalResults, asked).toBe(4)
    const names = (await other.get('/Groups')).body.Resources.map((each: { displayName: string }) => each.displayName)
    expect(names).toEqual(['Ängste', 'A\u0308ngste', 'ÄNGSTE', 'Ängste'])
  })

  test('may have pictures that are made of several', async () => {
    const id = await scim.group('👩‍💻 Developers')
    expect((await scim.get(`/Groups/${id}`)).body.displayName).toBe('👩‍💻 Developers')
  })
})

describe('externalId of groups', () => {
  const group = (externalId?: string) => ({ schemas: [`${core}:Group`], displayName: 'Twins', externalId })
  const taken = { status: 409, body: { scimType: 'uniqueness' } }

  test('is there once in a directory, by POST, PUT and PATCH; names may be equal', async () => {
    const first = await scim.post('/Groups', group('e-1'))
    expect(first.status).toBe(201)
    expect(await scim.post('/Groups', group('e-1'))).toMatchObject(taken)
    const second = await scim.post('/Groups', group())
    expect(second.status).toBe(201)
    expect(await scim.put(`/Groups/${second.body.id}`, group('e-1'))).toMatchObject(taken)
    const patch = { op: 'replace', path: 'externalId', value: 'e-1' }
    expect(await scim.patch(`/Groups/${second.body.id}`, patch)).toMatchObject(taken)
    await scim.delete(`/Groups/${first.body.id}`)
    expect((await scim.patch(`/Groups/${second.body.id}`, patch)).status).toBe(204)
  })

  test('is another one in another case, and in another directory', async () => {
    expect((await scim.post('/Groups', group('e-2'))).status).toBe(201)
    expect((await scim.post('/Groups', group('E-2'))).status).toBe(201)
    const other = await app.createScim()
    expect((await other.post('/Groups', group('e-2'))).status).toBe(201)
  })
})

describe('names without a URN', () => {
  test('of an extension are understood in paths, filters, order and selection', async () => {
    const other = await app.createScim()
    const boss = await other.user('boss@example.com')
    const id = await other.user('ada@example.com')
    const answer = await other.patch(
      `/Users/${id}`,
      { op: 'replace', path: 'manager', value: boss },
      { op: 'add', path: 'department', value: 'Maths' },
      { op: 'add', value: { costCenter: '7' } },
    )
    const held = { manager: { value: boss }, department: 'Maths', costCenter: '7' }
    expect([answer.status, answer.body[enterprise]]).toEqual([200, held])
    for (const filter of [`manager eq "${boss}"`, `manager.value eq "${boss}"`, 'department sw "ma"', 'costCenter pr'])
      expect((await other.list('Users', filter)).body.Resources.map((user: { id: string }) => user.id)).toEqual([id])
    const selected = await other.get('/Users?attributes=department&sortBy=department')
    expect(selected.body.Resources[0]).toMatchObject({ id, [enterprise]: { department: 'Maths' } })
    expect(selected.body.Resources[0][enterprise]).not.toHaveProperty('manager')
    await other.patch(`/Users/${id}`, { op: 'remove', path: 'manager.value' }, { op: 'remove', path: 'department' })
    expect((await other.get(`/Users/${id}`)).body[enterprise]).toEqual({ costCenter: '7' })
  })

  test('nobody knows are still refused, as is what is misspelled within a URN', async () => {
    const id = await person()
    for (const path of ['boss', `${enterprise}:departmnt`, `${enterprise}:manager.valu`, `${core}:User:titel`]) {
      const refused = { status: 400, body: { scimType: 'invalidPath' } }
      expect(await scim.patch(`/Users/${id}`, { op: 'replace', path, value: 'x' }), path).toMatchObject(refused)
      if (path !== 'boss')
        expect(await scim.patch(`/Users/${id}`, { op: 'add', value: { [path]: 'x' } }), path).toMatchObject(refused)
    }
    expect((await scim.list('Users', 'boss eq "x"')).body.scimType).toBe('invalidFilter')
  })

  test('and are misspelled in a body are refused as a path, and passed over with a note as a member', async () => {
    const refused = { status: 400, body: { scimType: 'invalidPath' } }
    const id = await person()
    const nested = { [enterprise]: { departmnt: 'x' } }
    expect(await scim.patch(`/Users/${id}`, { op: 'replace', value: nested })).toMatchObject(refused)
    expect(await scim.patch(`/Users/${id}`, { op: 'add', path: enterprise, value: nested[enterprise] })).toMatchObject(
      refused,
    )
    const dotted = { userName: 'dotted@example.com', [`${enterprise}:departmnt`]: 'x' }
    expect(await scim.post('/Users', dotted)).toMatchObject(refused)
    expect(await scim.put(`/Users/${id}`, dotted)).toMatchObject(refused)
    const made = await scim.post('/Users', { userName: 'nested@example.com', ...nested })
    expect(made.status).toBe(201)
    expect(made.body[enterprise]).toBeUndefined()
  })
})

test('the one element that a path names may come in a list, as SAP’s library sends it; two of them may not', async () => {
  const id = await person({ emails: [{ value: 'sap-work@example.com', type: 'work', primary: true }] })
  const path = 'emails[type eq "home"]'
  const home = { value: 'sap-home@example.com', type: 'home' }
  await scim.patch(`/Users/${id}`, { op: 'add', path: 'emails', value: [{ ...home, value: 'old@example.com' }] })
  const { status, body } = await scim.patch(`/Users/${id}`, { op: 'replace', path, value: [home] })
  expect([status, body.emails.at(-1)]).toEqual([200, home])
  const two = await scim.patch(`/Users/${id}`, { op: 'replace', path, value: [home, home] })
  expect([two.status, two.body.scimType]).toEqual([400, 'invalidValue'])
})

describe('addresses and methods', () => {
  test('two slashes in a row are one', async () => {
    const id = await person()
    const send = (path: string) =>
      app.request(path, { headers: { authorization: `Bearer ${(scim as unknown as { token: string }).token}` } })
    for (const path of [
      ...[`${scim.base}//Users`, `${scim.base}//Users//`, `${scim.base}//Users//${id}`, `${scim.base}/Users//${id}//`],
      ...[`/${scim.base}/ServiceProviderConfig/`, `/${scim.base}//ServiceProviderConfig//`],
    ])
      expect((await send(path)).status, path).toBe(200)
  })

  test.each([
    ['PATCH', '/Users', 'GET, POST'],
    ['DELETE', '/Groups', 'GET, POST'],
    ['POST', '/Users/usr_x', 'GET, PUT, PATCH, DELETE'],
    ['POST', '/Groups/grp_x', 'GET, PUT, PATCH, DELETE'],
    ['GET', '/Users/.search', 'POST'],
    ['PUT', '/.search', 'POST'],
    ['POST', '/Schemas', 'GET'],
    ['DELETE', '/ServiceProviderConfig', 'GET'],
    ['PUT', '/ResourceTypes/User', 'GET'],
  ])('RFC 9110 §15.5.6: %s %s is 405', async (method, path, allow) => {
    const { status, headers, body } = await scim.send(method, path)
    expect([status, headers.get('allow'), body.status]).toEqual([405, allow, '405'])
  })

  test('what there is not is 404, and without a token nothing is told', async () => {
    expect((await scim.send('PATCH', '/Nothing')).status).toBe(404)
    expect((await app.request(`${scim.base}/Users`, { method: 'PATCH' })).status).toBe(401)
  })

  test('RFC 7644 §3.1: answers are application/scim+json, without a parameter', async () => {
    for (const path of ['/Users', '/Users/usr_x'])
      expect((await scim.get(path)).headers.get('content-type')).toBe('application/scim+json')
  })
})
