// PATCH of people as RFC 7644 §3.5.2 has it: add, replace and remove on attributes of each kind; in order, all or nothing.
// What identity providers send beyond the RFC is in wire-users.test.ts and wire-values.test.ts.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../support/app.ts'
import { enterprise } from '../support/scim.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

type Json = Record<string, unknown>

const work = { value: 'work@example.com', type: 'work', primary: true }
const home = { value: 'home@example.com', type: 'home' }
const attributes = {
  title: 'Editor',
  name: { givenName: 'Ada', familyName: 'Lovelace' },
  emails: [work, home],
  [enterprise]: { department: 'Legal', manager: { value: 'boss' } },
}

async function stage(over: Json = {}) {
  const scim = await app.createScim()
  const id = await scim.user('ada@example.com', { ...attributes, ...over })
  return { scim, id, path: `/Users/${id}` }
}

async function patched(operations: Json[], over: Json = {}) {
  const { scim, path } = await stage(over)
  const { status, body } = await scim.patch(path, ...operations)
  expect(status, JSON.stringify(body)).toBe(200)
  expect((await scim.get(path)).body).toEqual(body)
  return body
}

describe('add (§3.5.2.1)', () => {
  test.each<[string, Json, Json]>([
    ['a new value', { path: 'nickName', value: 'A' }, { nickName: 'A' }],
    ['over a value that is there', { path: 'title', value: 'Chief' }, { title: 'Chief' }],
    [
      'to a complex attribute, which merges',
      { path: 'name', value: { middleName: 'K' } },
      { name: { givenName: 'Ada', familyName: 'Lovelace', middleName: 'K' } },
    ],
    [
      'one more value',
      { path: 'emails', value: [{ value: 'x@example.com' }] },
      { emails: [work, home, { value: 'x@example.com' }] },
    ],
    ['a value that is there already', { path: 'emails', value: [home] }, { emails: [work, home] }],
    [
      'a new primary, which takes over',
      { path: 'emails', value: [{ value: 'x@example.com', primary: true }] },
      { emails: [{ ...work, primary: false }, home, { value: 'x@example.com', primary: true }] },
    ],
    [
      'to every element that matches',
      { path: 'emails[value co "example.com"].display', value: 'D' },
      {
        emails: [
          { ...work, display: 'D' },
          { ...home, display: 'D' },
        ],
      },
    ],
    [
      'without a path',
      { value: { title: 'Chief', emails: [{ value: 'x@example.com' }] } },
      { title: 'Chief', emails: [work, home, { value: 'x@example.com' }] },
    ],
    [
      'to an extension',
      { path: `${enterprise}:division`, value: 'North' },
      { [enterprise]: { ...attributes[enterprise], division: 'North' } },
    ],
  ])('%s', async (_, operation, expected) => {
    const body = await patched([{ op: 'add', ...operation }])
    for (const [name, value] of Object.entries(expected)) expect(body[name]).toEqual(value)
  })
})

describe('replace (§3.5.2.3)', () => {
  test.each<[string, Json, Json]>([
    ['a value', { path: 'title', value: 'Chief' }, { title: 'Chief' }],
    [
      'sub-attributes that are given',
      { path: 'name', value: { givenName: 'Eva' } },
      { name: { givenName: 'Eva', familyName: 'Lovelace' } },
    ],
    ['all values', { path: 'emails', value: [home] }, { emails: [home] }],
    ['with nothing', { path: 'emails', value: [] }, { emails: undefined }],
    ['with null', { path: 'title', value: null }, { title: undefined }],
    [
      'the element that matches, as a whole',
      { path: 'emails[type eq "home"]', value: { value: 'new@example.com' } },
      { emails: [work, { type: 'home', value: 'new@example.com' }] },
    ],
    [
      'primary by filter, which the other gives up',
      { path: 'emails[type eq "home"].primary', value: true },
      {
        emails: [
          { ...work, primary: false },
          { ...home, primary: true },
        ],
      },
    ],
    [
      'sub-attribute of all elements',
      { path: 'emails.type', value: 'other' },
      {
        emails: [
          { ...work, type: 'other' },
          { ...home, type: 'other' },
        ],
      },
    ],
    [
      'the userName, another case included',
      { path: 'userName', value: 'ADA@example.com' },
      { userName: 'ADA@example.com' },
    ],
  ])('%s', async (_, operation, expected) => {
    const body = await patched([{ op: 'replace', ...operation }])
    for (const [name, value] of Object.entries(expected)) expect(body[name]).toEqual(value)
  })
})

describe('remove (§3.5.2.2)', () => {
  test.each<[string, Json, Json]>([
    ['a value', { path: 'title' }, { title: undefined }],
    ['a sub-attribute', { path: 'name.givenName' }, { name: { familyName: 'Lovelace' } }],
    ['a complex attribute', { path: 'name' }, { name: undefined }],
    ['all values', { path: 'emails' }, { emails: undefined }],
    ['elements by filter', { path: 'emails[type eq "work"]' }, { emails: [home] }],
    [
      'elements by a filter of several parts',
      { path: 'emails[type eq "home" and not (primary eq true)]' },
      { emails: [work] },
    ],
    [
      'a sub-attribute of elements',
      { path: 'emails[type eq "work"].primary' },
      { emails: [{ value: work.value, type: 'work' }, home] },
    ],
    ['what nothing matches', { path: 'emails[type eq "other"]' }, { emails: [work, home] }],
    ['what is not there', { path: 'nickName' }, { nickName: undefined, title: 'Editor' }],
    [
      'an attribute of an extension',
      { path: `${enterprise}:department` },
      { [enterprise]: { manager: { value: 'boss' } } },
    ],
    ['an extension', { path: enterprise }, { [enterprise]: undefined }],
  ])('%s', async (_, operation, expected) => {
    const body = await patched([{ op: 'remove', ...operation }])
    for (const [name, value] of Object.entries(expected)) expect(body[name]).toEqual(value)
  })
})

describe('several operations', () => {
  test('are carried out in their order', async () => {
    const body = await patched([
      { op: 'remove', path: 'emails' },
      { op: 'add', path: 'emails', value: [home] },
      { op: 'replace', path: 'emails[type eq "home"].value', value: 'last@example.com' },
      { op: 'replace', path: 'title', value: 'One' },
      { op: 'replace', path: 'title', value: 'Two' },
    ])
    expect(body).toMatchObject({ emails: [{ type: 'home', value: 'last@example.com' }], title: 'Two' })
  })

  test('are one change: one version, one audit row', async () => {
    const { scim, id, path } = await stage()
    await scim.patch(path, { op: 'add', path: 'title', value: 'T' }, { op: 'add', path: 'nickName', value: 'N' })
    expect((await scim.get(path)).body.meta.version).toBe('W/"2"')
    const rows = await app.owner`select detail from audit_events where target_id = ${id} and action = 'user.update'`
    expect(rows).toMatchObject([{ detail: { fields: expect.arrayContaining(['title', 'nickName']) } }])
    // The trail names what changed, not what it changed to.
    expect(JSON.stringify(rows)).not.toContain('"T"')
  })

  test.each<[string, number, Json]>([
    ['an unknown path', 400, { op: 'add', path: 'nothing', value: 1 }],
    ['a value of the wrong type', 400, { op: 'replace', path: 'active', value: 'no' }],
    ['the removal of what is required', 400, { op: 'remove', path: 'userName' }],
    ['an empty userName', 400, { op: 'replace', path: 'userName', value: '' }],
    ['a readOnly attribute', 400, { op: 'replace', path: 'meta', value: {} }],
    [
      'a filter that nothing can be made to satisfy',
      400,
      { op: 'replace', path: 'emails[value pr and type ne "work" and type ne "home"].value', value: 'x' },
    ],
    ['a userName that is taken', 409, { op: 'replace', path: 'userName', value: 'TAKEN@example.com' }],
  ])('§3.5.2 atomic: %s undoes all of it', async (_, status, operation) => {
    const { scim, path } = await stage()
    await scim.user('taken@example.com')
    const before = (await scim.get(path)).body
    const answer = await scim.patch(path, { op: 'replace', path: 'title', value: 'Changed' }, operation)
    expect(answer.status, JSON.stringify(answer.body)).toBe(status)
    expect((await scim.get(path)).body).toEqual(before)
    expect((await scim.patch(path, { op: 'replace', path: 'title', value: 'Changed' })).body.title).toBe('Changed')
  })

  test('look-ups by e-mail follow', async () => {
    const { scim, path } = await stage()
    const totals = async () =>
      Promise.all(
        ['work@example.com', 'new@example.com'].map(
          async (each) => (await scim.list('Users', `emails eq "${each}"`)).body.totalResults,
        ),
      )
    expect(await totals()).toEqual([1, 0])
    await scim.patch(path, { op: 'replace', path: 'emails[type eq "work"].value', value: 'new@example.com' })
    expect(await totals()).toEqual([0, 1])
  })
})
