// Values made to hurt: wrong types, too much of everything, names given twice, characters that hide (C-012, C-025, C-029,
// C-033). Never a 5xx, never a value that is stored as something else than what was sent.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../support/app.ts'
import { paced } from '../support/pace.ts'
import { core, enterprise, patchOp, type ScimClient } from '../support/scim.ts'

let app: TestApp
let scim: ScimClient
let userId: string
let groupId: string
beforeAll(async () => {
  app = await startTestApp()
  scim = await app.createScim()
  userId = await scim.user('victim@example.com')
  groupId = await scim.group('Victims', [userId])
})
afterAll(() => app.close())

const limitMillis = 50

const body = (over: Record<string, unknown>) => ({ schemas: [`${core}:User`], userName: 'typed@example.com', ...over })

describe('ornaments', () => {
  const long = 'x'.repeat(20_000)
  test.each<[string, Record<string, unknown>]>([
    ['nickName', { nickName: long }],
    ['title', { title: long }],
    ['a formatted address', { addresses: [{ formatted: long, streetAddress: long }] }],
    ['an entitlement', { entitlements: [{ value: long, display: long }] }],
    ['a phone number', { phoneNumbers: [{ value: long }] }],
    ['a department', { [`${enterprise}`]: { department: long } }],
    ['a picture of 90 kB in an extension', { 'urn:acme:1.0:User': { thumbnailPhoto: 'x'.repeat(90_000) } }],
  ])('a person does not fail for %s that is long', async (kind, ornament) => {
    const userName = `${kind.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}@example.com`
    const made = await scim.post('/Users', body({ userName, ...ornament }))
    expect(made.status, JSON.stringify(made.body).slice(0, 200)).toBe(201)
    expect(made.body).toMatchObject(ornament)
    const changed = await scim.put(`/Users/${made.body.id}`, body({ userName, ...ornament, displayName: 'X' }))
    expect([changed.status, changed.body.displayName]).toEqual([200, 'X'])
    const patched = await scim.patch(`/Users/${made.body.id}`, { op: 'replace', value: ornament })
    expect(patched.status).toBeLessThan(300)
    const found = await scim.list('Users', `userName eq "${userName}"`)
    expect(found.body.totalResults).toBe(1)
  })

  test('of more than a thousand photos the first thousand are kept', async () => {
    const photos = Array.from({ length: 1_200 }, (_, index) => ({ value: `https://example.com/${index}.png` }))
    const made = await scim.post('/Users', body({ userName: 'many-photos@example.com', photos }))
    expect([made.status, made.body.photos.length]).toEqual([201, 1_000])
  })

  test('what people are told apart by stays bounded', async () => {
    for (const over of [{ displayName: long }, { externalId: long }, { userName: long }])
      expect((await scim.post('/Users', body({ userName: 'bounded@example.com', ...over }))).status).toBe(400)
  })
})

describe('wrong types', () => {
  const wrong: Record<string, unknown>[] = [
    { userName: {} },
    { userName: ['a@example.com'] },
    { userName: true },
    { userName: null },
    { active: 'yes' },
    { active: 1 },
    { active: [true] },
    { name: 'Ada' },
    { name: [{ givenName: 'Ada' }, { givenName: 'Eva' }] },
    { name: { givenName: { first: 'Ada' } } },
    { name: { givenName: ['Ada'] } },
    { name: { givenName: false } },
    { emails: [[]] },
    { emails: [7] },
    { emails: [{ value: {} }] },
    { emails: [{ value: 'a@example.com', primary: 'perhaps' }] },
    { emails: true },
    { title: { a: 1 } },
    { title: ['x'] },
    { externalId: {} },
    { [enterprise]: 'Legal' },
    { [enterprise]: [] },
    { [enterprise]: { department: {} } },
    { [enterprise]: { manager: [{ value: 'a' }, { value: 'b' }] } },
    { [enterprise]: { manager: { value: 7, $ref: {} } } },
  ]
  test.each(wrong)('POST, PUT and PATCH with %j are 400', async (over) => {
    const before = (await scim.get(`/Users/${userId}`)).body
    const answers = [
      await scim.post('/Users', body(over)),
      await scim.put(`/Users/${userId}`, body(over)),
      await scim.patch(`/Users/${userId}`, { op: 'replace', value: over }),
    ]
    for (const answer of answers) {
      expect(answer.status, JSON.stringify(answer.body)).toBe(400)
      expect(['invalidValue', 'invalidSyntax', 'mutability']).toContain(answer.body.scimType)
    }
    expect((await scim.get(`/Users/${userId}`)).body).toEqual(before)
  })

  test.each<[string, unknown]>([
    ['no object', []],
    ['a text', '"x"'],
    ['null', 'null'],
    ['nothing', ''],
    ['half a JSON', '{"schemas":['],
    ['no Operations', { schemas: [patchOp] }],
    ['Operations that is no list', { schemas: [patchOp], Operations: {} }],
    ['an operation that is no object', { schemas: [patchOp], Operations: ['add'] }],
    ['an operation without op', { schemas: [patchOp], Operations: [{ path: 'title', value: 'x' }] }],
    ['an unknown op', { schemas: [patchOp], Operations: [{ op: 'move', path: 'title', value: 'x' }] }],
    ['op that is no text', { schemas: [patchOp], Operations: [{ op: ['add'], path: 'title', value: 'x' }] }],
    ['a path that is no text', { schemas: [patchOp], Operations: [{ op: 'add', path: { a: 1 }, value: 'x' }] }],
    ['a path-less value that is no object', { schemas: [patchOp], Operations: [{ op: 'add', value: 'x' }] }],
  ])('a PATCH that is %s is 400', async (_, message) => {
    for (const path of [`/Users/${userId}`, `/Groups/${groupId}`]) {
      expect((await scim.send('PATCH', path, message)).status).toBe(400)
    }
  })
})

describe('given twice', () => {
  test.each([
    ['in a body', 'POST', '/Users', '{"schemas":[],"userName":"a@example.com","USERNAME":"b@example.com"}'],
    [
      'in a complex attribute',
      'POST',
      '/Users',
      '{"schemas":[],"userName":"a@example.com","name":{"givenName":"A","GivenName":"B"}}',
    ],
    [
      'in an element',
      'POST',
      '/Users',
      '{"schemas":[],"userName":"a@example.com","emails":[{"value":"a","VALUE":"b"}]}',
    ],
    [
      'with a URN',
      'POST',
      '/Users',
      `{"schemas":[],"userName":"a@example.com","${core}:User:userName":"b@example.com"}`,
    ],
    [
      'in an extension',
      'POST',
      '/Users',
      `{"schemas":[],"userName":"a@example.com","${enterprise}":{"department":"A","Department":"B"}}`,
    ],
    [
      'an extension',
      'POST',
      '/Users',
      '{"schemas":[],"userName":"a@example.com","urn:x:ext":{"a":1},"URN:X:EXT":{"a":2}}',
    ],
    ['members', 'POST', '/Groups', '{"schemas":[],"displayName":"A","members":[],"Members":[]}'],
    [
      'op',
      'PATCH',
      '/Users/{user}',
      '{"schemas":[],"Operations":[{"op":"add","OP":"remove","path":"title","value":"x"}]}',
    ],
    ['path', 'PATCH', '/Users/{user}', '{"schemas":[],"Operations":[{"op":"remove","path":"title","Path":"active"}]}'],
    ['Operations', 'PATCH', '/Users/{user}', '{"schemas":[],"Operations":[],"operations":[]}'],
    ['filter of a search', 'POST', '/Users/.search', '{"schemas":[],"filter":"userName pr","Filter":"title pr"}'],
  ])('a name in another case %s is 400', async (_, method, path, text) => {
    const answer = await scim.send(method, path.replace('{user}', userId), text)
    expect(answer).toMatchObject({ status: 400, body: { scimType: 'invalidSyntax' } })
  })

  test.each([
    'filter=userName+pr&filter=title+pr',
    'count=1&count=2',
    'startIndex=1&startIndex=5',
    'attributes=id&attributes=title',
  ])('a query parameter: %s', async (query) => {
    const answer = await scim.get(`/Users?${query}`)
    expect(answer).toMatchObject({ status: 400, body: { scimType: 'invalidSyntax' } })
  })
})

describe('C-029: too much', () => {
  test.each<[string, Record<string, unknown>]>([
    ['a displayName of 1 MB', { displayName: 'x'.repeat(1_000_000) }],
    ['a displayName of 20,000 characters', { displayName: 'x'.repeat(20_000) }],
    ['5,000 e-mails', { emails: Array.from({ length: 5_000 }, (_, index) => ({ value: `${index}@example.com` })) }],
    [
      'an extension of 40,000 members',
      { 'urn:example:ext': Object.fromEntries(Array.from({ length: 40_000 }, (_, i) => [`a${i}`, i])) },
    ],
    ['a userName of 513 characters', { userName: 'x'.repeat(513) }],
  ])('%s is 400 in POST and PATCH, in no time', async (_, over) => {
    const tries = [
      () => scim.post('/Users', body(over)),
      () => scim.patch(`/Users/${userId}`, { op: 'add', value: over }),
    ]
    for (const send of tries) {
      const { answer, millis } = await paced(send, limitMillis)
      expect(answer).toMatchObject({ status: 400, body: { scimType: 'invalidValue' } })
      expect(millis).toBeLessThan(limitMillis)
    }
  })

  test.each([
    ['/Users', 1_048_576],
    ['/Groups', 16_777_216],
  ] as const)('a body over the limit of %s is 413', async (path, limit) => {
    const text = JSON.stringify(body({ displayName: 'Big', nickName: 'x'.repeat(limit) }))
    expect((await scim.send('POST', path, text)).status).toBe(413)
  })

  test('1,001 operations are 413', async () => {
    const operations = Array(1_001).fill({ op: 'replace', path: 'title', value: 'x' })
    expect((await scim.patch(`/Users/${userId}`, ...operations)).status).toBe(413)
  })

  const email = (index: number) => ({ value: `${index}@example.com`, type: 'work' })
  const many = (from: number, length: number) => Array.from({ length }, (_, index) => email(from + index))

  test('PATCHes that pile up e-mails end at the limit, without blocking anybody', async () => {
    const operations = Array.from({ length: 400 }, (_, index) => ({
      op: 'add',
      path: 'emails',
      value: many(index * 50, 50),
    }))
    const { answer, millis } = await paced(() => scim.patch(`/Users/${userId}`, ...operations), 2 * limitMillis)
    expect([400, 413]).toContain(answer.status)
    expect(millis).toBeLessThan(2 * limitMillis)
  })

  test('filters over many elements in many operations do not block anybody', async () => {
    const id = await scim.user('many@example.com', { emails: many(0, 1_000) })
    const filter = Array.from({ length: 18 }, (_, index) => `value eq "x${index}"`).join(' or ')
    const operations = Array.from({ length: 1_000 }, () => ({ op: 'remove', path: `emails[${filter}]` }))
    const { answer, millis } = await paced(() => scim.patch(`/Users/${id}`, ...operations), 2 * limitMillis)
    expect(answer.status).toBe(413)
    expect(millis).toBeLessThan(2 * limitMillis)
  })
})

describe('C-025: what a directory may not decide', () => {
  test('is dropped: no such attribute is stored, no right is gained', async () => {
    const over = {
      isAdmin: true,
      org_id: 'org_x',
      organizationId: 'org_x',
      password: 'secret',
      status: 'invited',
      epoch: 9,
    }
    const created = await scim.post('/Users', body({ userName: 'mass@example.com', id: 'usr_mine', ...over }))
    expect(created.status).toBe(201)
    expect(created.body.id).not.toBe('usr_mine')
    await scim.patch(`/Users/${created.body.id}`, { op: 'add', value: over })
    const [row] = await app.owner`select attributes, epoch, status from users where id = ${created.body.id}`
    expect(row).toEqual({ attributes: {}, epoch: 0, status: 'active' })
    for (const path of ['isAdmin', 'org_id', 'brand_memberships', 'epoch']) {
      const answer = await scim.patch(`/Users/${created.body.id}`, { op: 'add', path, value: true })
      expect(answer).toMatchObject({ status: 400, body: { scimType: 'invalidPath' } })
    }
  })
})

describe('C-033: characters that hide', () => {
  const nulAndSurrogates = ['a\0b', '\0', 'a\ud800b', '\udc00', '\ud800\ud800', '\uffff', '\u202e', '😀']
  test.each(nulAndSurrogates)('%j in a value is refused, or stored faithfully', async (text) => {
    const values = [
      { title: text },
      { displayName: text },
      { name: { givenName: text } },
      { 'urn:example:ext': { [`k${text}`]: text } },
    ]
    for (const over of values) {
      const patched = await scim.patch(`/Users/${userId}`, { op: 'replace', value: over })
      expect([200, 400]).toContain(patched.status)
      if (patched.status === 200) expect((await scim.get(`/Users/${userId}`)).body).toMatchObject(over)
    }
    const grouped = await scim.post('/Groups', { schemas: [], displayName: `G${text}`, externalId: text })
    expect([201, 400]).toContain(grouped.status)
    if (grouped.status === 201) expect(grouped.body).toMatchObject({ displayName: `G${text}`, externalId: text })
    for (const filter of [
      `userName eq ${JSON.stringify(text)}`,
      `title co ${JSON.stringify(text)}`,
      `userName ne ${JSON.stringify(text)}`,
    ]) {
      expect([200, 400]).toContain((await scim.list('Users', filter)).status)
      expect([200, 400]).toContain((await scim.post('/.search', { schemas: [], filter })).status)
    }
  })

  test.each([
    ['Kelvin sign', 'kim@example.com', '\u212aim@example.com'],
    ['ligature', 'fiona@example.com', '\ufb01ona@example.com'],
    ['full-width @', 'full@example.com', 'full\uff20example.com'],
    ['full-width letters', 'wide@example.com', '\uff57\uff49de@example.com'],
    ['NFC and NFD', '\u00c5sa@example.com', 'A\u030asa@example.com'],
    ['other case', 'Case@Example.com', 'cASE@eXAMPLE.COM'],
    ['white space around', 'edge@example.com', '  edge@example.com '],
  ])('C-031: a userName that looks like another is 409: %s', async (_, first, second) => {
    const id = await scim.user(first)
    const answer = await scim.post('/Users', body({ userName: second }))
    expect(answer).toMatchObject({ status: 409, body: { scimType: 'uniqueness' } })
    const found = await scim.list('Users', `userName eq ${JSON.stringify(second.trim())}`)
    expect(found.body.Resources.map((user: { id: string }) => user.id)).toEqual([id])
    expect((await scim.put(`/Users/${userId}`, body({ userName: second }))).status).toBe(409)
  })

  test.each([
    'zero\u200bwidth@example.com',
    'line\nbreak@example.com',
    '\u202eltr@example.com',
    'nul\0@example.com',
    'soft\u00adhyphen@example.com',
    'variation\ufe0fselector@example.com',
    'filler\u3164@example.com',
    'braille\u2800@example.com',
    'joiner\u034f@example.com',
    '\u200b',
    '\u3164',
    '\u2800\u2800',
    '\ufe0f',
    '\ufeff',
    '   ',
  ])('a userName with what cannot be seen is 400: %j', async (userName) => {
    const answer = await scim.post('/Users', body({ userName }))
    expect(answer).toMatchObject({ status: 400, body: { scimType: 'invalidValue' } })
  })

  test.each([
    ['a byte order mark', '\ufeff', ''],
    ['zero-width characters', '\u200b', '\u200d'],
    ['fillers', '\u3164', '\uffa0'],
    ['a variation selector', '', '\ufe0f'],
    ['blanks of Braille', '\u2800', ' \u2800 '],
  ])('what stands around a name and is not seen is no part of it: %s', async (kind, before, after) => {
    const name = `around-${kind.replaceAll(' ', '-')}@example.com`
    const user = await scim.post('/Users', body({ userName: `${before}${name}${after}` }))
    expect(user).toMatchObject({ status: 201, body: { userName: name } })
    expect((await scim.post('/Users', body({ userName: `${before}${name}` }))).status).toBe(409)
    const group = await scim.post('/Groups', { schemas: [`${core}:Group`], displayName: `${before}${name}${after}` })
    expect(group).toMatchObject({ status: 201, body: { displayName: name } })
  })

  test.each([
    ['Persian', '\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645'],
    ['Hindi', '\u0915\u094d\u200d\u0937'],
    ['Malayalam', '\u0d28\u0d4d\u200c\u0d2e'],
  ])('RFC 5892 A.1, A.2: joiners that change how a word looks are part of it: %s', async (_, displayName) => {
    const group = await scim.post('/Groups', { schemas: [`${core}:Group`], displayName })
    expect(group).toMatchObject({ status: 201, body: { displayName } })
  })

  test.each([
    ['after a letter that joins nothing', '\u0622\u200c\u0622'],
    ['two in a row', '\u0645\u200c\u200c\u062e'],
    ['the other joiner', '\u0645\u200d\u062e'],
    ['between Latin letters', 'a\u200cb'],
    ['a Latin letter after it', '\u0645\u200cb'],
  ])('and those that change nothing are refused: %s', async (_, displayName) => {
    const group = await scim.post('/Groups', { schemas: [`${core}:Group`], displayName })
    expect(group).toMatchObject({ status: 400, body: { scimType: 'invalidValue' } })
  })

  test('a picture at the end keeps what says how to draw it', async () => {
    const group = await scim.post('/Groups', { schemas: [`${core}:Group`], displayName: 'Blood donors \u2764\ufe0f' })
    expect(group).toMatchObject({ status: 201, body: { displayName: 'Blood donors \u2764\ufe0f' } })
  })

  test.each(['\u200b', '\u3164', '\u2800', 'Ed\u00aditors'])('nor in the name of a group: %j', async (displayName) => {
    const answer = await scim.post('/Groups', { schemas: [`${core}:Group`], displayName })
    expect(answer).toMatchObject({ status: 400, body: { scimType: 'invalidValue' } })
  })

  test('a Cyrillic letter is another name, and stays one', async () => {
    const latin = await scim.user('alan@example.com')
    const cyrillic = await scim.user('\u0430lan@example.com')
    expect(cyrillic).not.toBe(latin)
  })
})
