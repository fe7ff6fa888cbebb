// RFC 7644 §3.5.2.3 and RFC 7643 §2.5: null unassigns the sub-attribute that it is given for, and no other.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../support/app.ts'
import { runs } from '../support/property.ts'
import { enterprise, type ScimClient } from '../support/scim.ts'

let app: TestApp
let scim: ScimClient
beforeAll(async () => {
  app = await startTestApp()
  scim = await app.createScim()
})
afterAll(() => app.close())

type Json = Record<string, unknown>
let serial = 0

const name = { familyName: 'Lovelace', givenName: 'Ada', middleName: 'K' }
const work = { type: 'work', value: 'ada@example.com', display: 'Ada' }
const home = { type: 'home', value: 'ada@home.example.com', display: 'Home' }
const badge = 'urn:example:params:scim:schemas:extension:badge:2.0:User'

/** A person with all of it, after the operations. */
async function patched(...operations: Json[]): Promise<Json> {
  serial += 1
  const id = await scim.user(`nulls-${serial}@example.com`, {
    name,
    emails: [work, home],
    [enterprise]: { department: 'Maths', costCenter: '7', manager: { value: 'usr_x', displayName: 'Boss' } },
    [badge]: { number: '1', floor: '2', door: { front: 'a', back: 'b' } },
  })
  const answer = await scim.patch(`/Users/${id}`, ...operations)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  const { body } = await scim.get(`/Users/${id}`)
  // The next one has the same address.
  await scim.delete(`/Users/${id}`)
  return body
}

const { familyName: _, ...unnamed } = name
const { display: __, ...unsaid } = work

describe('null inside of a complex attribute', () => {
  test.each<[string, Json, Json]>([
    ['replace', { op: 'replace', path: 'name', value: { familyName: null } }, { name: unnamed }],
    ['add', { op: 'add', path: 'name', value: { familyName: null } }, { name: unnamed }],
    ['empty text', { op: 'replace', path: 'name', value: { familyName: '' } }, { name: unnamed }],
    [
      'with another one set',
      { op: 'replace', path: 'name', value: { familyName: null, givenName: 'H' } },
      { name: { ...unnamed, givenName: 'H' } },
    ],
    ['without a path', { op: 'replace', value: { name: { familyName: null } } }, { name: unnamed }],
    ['in another case', { op: 'replace', value: { Name: { FAMILYNAME: null } } }, { name: unnamed }],
    ['nothing at all', { op: 'replace', path: 'name', value: {} }, { name }],
    ['nothing without a path', { op: 'add', value: { name: {} } }, { name }],
    ['null for the whole, on purpose', { op: 'replace', path: 'name', value: null }, { name: undefined }],
    [
      'an element by filter',
      { op: 'replace', path: 'emails[type eq "work"]', value: { display: null } },
      { emails: [unsaid, home] },
    ],
    [
      'an element by filter, added to',
      { op: 'add', path: 'emails[type eq "work"]', value: { display: null, primary: true } },
      { emails: [{ ...unsaid, primary: true }, home] },
    ],
    ['nothing of an element', { op: 'replace', path: 'emails[type eq "work"]', value: {} }, { emails: [work, home] }],
    [
      'an element told about again',
      { op: 'add', path: 'emails', value: [{ type: 'work', value: 'ada@example.com', display: null }] },
      { emails: [unsaid, home] },
    ],
    [
      'an extension',
      { op: 'replace', path: enterprise, value: { department: null } },
      { [enterprise]: { costCenter: '7', manager: { value: 'usr_x', displayName: 'Boss' } } },
    ],
    [
      'a complex attribute of an extension',
      { op: 'replace', value: { [enterprise]: { manager: { displayName: null } } } },
      { [enterprise]: { department: 'Maths', costCenter: '7', manager: { value: 'usr_x' } } },
    ],
    [
      'what a reference is about, and with it the reference',
      { op: 'replace', path: `${enterprise}:manager`, value: { value: null } },
      { [enterprise]: { department: 'Maths', costCenter: '7' } },
    ],
    [
      'an extension that nobody declared',
      { op: 'replace', value: { [badge]: { floor: null, door: { back: null } } } },
      { [badge]: { number: '1', door: { front: 'a' } } },
    ],
  ])('%s', async (_title, operation, expected) => {
    const body = await patched(operation)
    for (const [key, value] of Object.entries(expected)) expect(body[key]).toEqual(value)
  })

  test('of a new person it says nothing', async () => {
    const { status, body } = await scim.post('/Users', {
      userName: 'fresh@example.com',
      name: { familyName: null, givenName: 'H' },
      [badge]: { number: null, floor: '2' },
    })
    expect([status, body.name, body[badge]]).toEqual([201, { givenName: 'H' }, { floor: '2' }])
  })
})

const subs = ['familyName', 'givenName', 'middleName', 'honorificPrefix'] as const
const change = fc.dictionary(fc.constantFrom(...subs), fc.constantFrom('A', 'b', 'Ç', null, ''))
const step = fc.record({
  op: fc.constantFrom('add', 'replace', 'Replace'),
  change,
  place: fc.constantFrom('name', 'path-less', 'extension', 'element'),
})

/** The model: what is given is set, what is given as nothing goes, the rest stays. */
function changed(before: Json, given: Json): Json {
  const after = { ...before, ...given }
  return Object.fromEntries(Object.entries(after).filter(([, value]) => value !== null && value !== ''))
}

const departments = {
  familyName: 'department',
  givenName: 'costCenter',
  middleName: 'division',
  honorificPrefix: 'organization',
}
const addressParts = {
  familyName: 'country',
  givenName: 'locality',
  middleName: 'region',
  honorificPrefix: 'postalCode',
}
const renamed = (given: Json, names: Record<string, string>): Json =>
  Object.fromEntries(Object.entries(given).map(([key, value]) => [names[key] ?? key, value]))

type Model = { name: Json; extension: Json; address: Json }

/** Adding to an element is partial whatever it says; what replaces one is so only where it unassigns something. */
function sentOf({ op, change: given, place }: { op: string; change: Json; place: string }) {
  if (place === 'name') return { sent: { op, path: 'name', value: given }, key: 'name', given } as const
  if (place === 'path-less') return { sent: { op, value: { name: given } }, key: 'name', given } as const
  if (place === 'extension') {
    const value = renamed(given, departments)
    return { sent: { op, path: enterprise, value }, key: 'extension', given: value } as const
  }
  const value = renamed(given, addressParts)
  return { sent: { op: 'add', path: 'addresses[type eq "work"]', value }, key: 'address', given: value } as const
}

test('random values with nulls come to what the model says, of every complex attribute', {
  timeout: 60_000,
}, async () => {
  const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
    serial += 1
    const start = {
      name: { familyName: 'L', givenName: 'A' },
      extension: { department: 'M' },
      address: { formatted: 'F' },
    }
    const id = await scim.user(`nulls-${serial}@example.com`, {
      name: start.name,
      [enterprise]: start.extension,
      addresses: [{ type: 'work', ...start.address }],
    })
    let model: Model = start
    for (const each of steps) {
      const { sent, key, given } = sentOf(each)
      model = { ...model, [key]: changed(model[key], given) }
      expect((await scim.patch(`/Users/${id}`, sent)).status, JSON.stringify(sent)).toBe(200)
      const { body } = await scim.get(`/Users/${id}`)
      const { type: _type, ...address } = body.addresses?.[0] ?? {}
      expect({ name: body.name ?? {}, extension: body[enterprise] ?? {}, address }, JSON.stringify(steps)).toEqual(
        model,
      )
    }
  })
  await fc.assert(property, runs(80))
})
