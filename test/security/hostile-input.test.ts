// Requests made to hurt: each is refused with a plain SCIM error, soon enough that nobody else waits, and leaves no trace
// (C-013, C-015, C-023, C-029; W-053: the canary of test/support/setup.ts runs after every test).
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../support/app.ts'
import { paced } from '../support/pace.ts'
import { core, enterprise, patchOp, type ScimAnswer, type ScimClient } from '../support/scim.ts'

let app: TestApp
let scim: ScimClient
let userId: string
let groupId: string
beforeAll(async () => {
  app = await startTestApp()
  scim = await app.createScim()
  userId = await scim.user('victim@example.com', { emails: [{ value: 'victim@example.com', type: 'work' }] })
  groupId = await scim.group('Victims', [userId])
})
afterAll(() => app.close())

const limitMillis = 50

const timed = (send: () => Promise<ScimAnswer>) => paced(send, limitMillis)

async function refused(send: () => Promise<ScimAnswer>, status = 400, scimType?: string): Promise<void> {
  const users = (await scim.get('/Users')).body
  const { answer, millis } = await timed(send)
  expect(answer.status, JSON.stringify(answer.body).slice(0, 300)).toBe(status)
  expect(answer.body).toMatchObject({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    status: String(status),
  })
  if (scimType !== undefined) expect(answer.body.scimType).toBe(scimType)
  expect(answer.body.detail.length).toBeLessThan(500)
  expect(millis).toBeLessThan(limitMillis)
  expect((await scim.get('/Users')).body).toEqual(users)
}

const raw = (method: string, path: string, body: string) => () => scim.send(method, path, body)
const patch = (operation: unknown) => () =>
  scim.send('PATCH', `/Users/${userId}`, JSON.stringify({ schemas: [patchOp], Operations: [operation] }))
const nestedObject = (depth: number, key = 'a') => `${`{"${key}":`.repeat(depth)}1${'}'.repeat(depth)}`
const nestedArray = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)

const prototypeNames = [
  ...[
    '__proto__',
    '__proto__.isAdmin',
    'constructor',
    'constructor.prototype.x',
    'prototype',
    'toString',
    'hasOwnProperty',
  ],
  ...['name.__proto__', 'name.__proto__.x', 'emails.__proto__', 'emails.constructor', 'valueOf', '__defineGetter__'],
  ...[`${enterprise}:__proto__`, `${enterprise}:constructor.name`, `${core}:User:__proto__.x`, 'meta.constructor'],
]

describe('C-013: names that reach for prototypes', () => {
  test.each(prototypeNames)('in a filter: %s', async (name) => {
    for (const filter of [`${name} eq true`, `${name} pr`, `not (${name} eq "x")`, `userName pr and ${name} sw "a"`]) {
      await refused(() => scim.list('Users', filter), 400, 'invalidFilter')
    }
  })

  test.each([
    'emails[__proto__.x eq 1]',
    'emails[constructor pr]',
    '__proto__[x eq 1]',
    'emails[type eq "work"].__proto__ pr',
  ])('in a value path: %s', async (filter) => refused(() => scim.list('Users', filter), 400, 'invalidFilter'))

  test.each(prototypeNames)('C-023: in a PATCH path: %s', async (path) => {
    await refused(patch({ op: 'add', path, value: true }), 400, 'invalidPath')
    await refused(patch({ op: 'remove', path }), 400, 'invalidPath')
  })

  test.each([
    'emails[__proto__.x eq 1].value',
    'emails[type eq "work"].__proto__',
    'emails[type eq "work"].constructor',
  ])('C-023: in the brackets of a PATCH path: %s', async (path) => refused(patch({ op: 'replace', path, value: 'x' })))

  test.each(['urn:example:ext:__proto__', 'urn:example:ext:2.0:User:__proto__'])(
    'C-023: at the end of an unknown extension: %s',
    async (path) => {
      await refused(patch({ op: 'add', path, value: 'x' }), 400, 'invalidPath')
      await refused(raw('POST', '/Users', `{"schemas":[],"userName":"p@example.com","${path}":"x"}`))
    },
  )

  const evil = ['{"__proto__":{"isAdmin":true}}', '{"constructor":{"prototype":{"isAdmin":true}}}']
  test.each(evil)('in a body, at any depth: %s', async (value) => {
    const bodies = [
      `{"schemas":[],"userName":"p@example.com",${value.slice(1)}`,
      `{"schemas":[],"userName":"p@example.com","name":${value}}`,
      `{"schemas":[],"userName":"p@example.com","emails":[${value}]}`,
      `{"schemas":[],"userName":"p@example.com","urn:example:ext":{"deep":[${value}]}}`,
      `{"schemas":[],"userName":"p@example.com","name":${value.replace('_', '\\u005f').replace('c', '\\u0063')}}`,
    ]
    for (const body of bodies) {
      await refused(raw('POST', '/Users', body), 400, 'invalidSyntax')
      await refused(raw('PUT', `/Users/${userId}`, body), 400, 'invalidSyntax')
    }
    const operation = `{"schemas":[],"Operations":[{"op":"add","path":"name","value":${value}}]}`
    await refused(raw('PATCH', `/Users/${userId}`, operation), 400, 'invalidSyntax')
    await refused(raw('PATCH', `/Users/${userId}`, operation.replace('"path":"name",', '')), 400, 'invalidSyntax')
    await refused(raw('PATCH', `/Groups/${groupId}`, operation), 400, 'invalidSyntax')
  })

  test.each(['sortBy', 'attributes', 'excludedAttributes'])('in %s', async (parameter) => {
    for (const name of prototypeNames) {
      const { answer } = await timed(() => scim.get(`/Users?${new URLSearchParams({ [parameter]: name })}`))
      expect(answer.status).toBe(parameter === 'sortBy' ? 400 : 200)
    }
  })
})

describe('C-015: filters that explode', () => {
  const bomb = (ways: number, factors: number, name: (index: number) => string) =>
    Array.from({ length: factors }, (_, factor) => {
      const terms = Array.from({ length: ways }, (__, way) => `${name(factor * ways + way)} eq ${way}`)
      return `(${terms.join(' or ')})`
    }).join(' and ')
  const known = (index: number): string => ['title', 'nickName', 'locale', 'timezone', 'userType'][index % 5] ?? ''

  test.each([
    ['2-way × 17 of unknown names', bomb(2, 17, (index) => `a${index}`)],
    ['8-way × 9 of unknown names', bomb(8, 9, (index) => `a${index}`)],
    ['2-way × 17 of real names', bomb(2, 17, known)],
    ['8-way × 9 of real names', bomb(8, 9, known)],
    ['as text, 2-way × 17 of real names', bomb(2, 17, known).replaceAll(/eq (\d)/g, 'eq "$1"')],
    ['as text, 8-way × 9 of real names', bomb(8, 9, known).replaceAll(/eq (\d)/g, 'eq "$1"')],
    ['20,000 brackets', `${'('.repeat(20_000)}userName pr${')'.repeat(20_000)}`],
    ['20,000 open brackets', '('.repeat(20_000)],
    ['21 brackets', `${'('.repeat(21)}userName pr${')'.repeat(21)}`],
    ['1,000 times not', `${'not ('.repeat(1_000)}userName pr${')'.repeat(1_000)}`],
    ['2,000 value paths', 'emails['.repeat(2_000)],
    ['33 comparisons', Array(33).fill('title pr').join(' or ')],
    ['a text of 100,000 characters', `userName eq "${'x'.repeat(100_000)}"`],
    ['a text without its end', `userName eq "${'\\"'.repeat(1_000)}`],
    ['white space without end', `userName eq${' '.repeat(50_000)}`],
  ])('%s, by GET and by POST', async (_, filter) => {
    await refused(() => scim.list('Users', filter), 400, 'invalidFilter')
    for (const path of ['/.search', '/Users/.search', '/Groups/.search']) {
      await refused(() => scim.post(path, { schemas: [], filter }), 400, 'invalidFilter')
    }
    if (filter.length < 2_000) return
    await refused(patch({ op: 'remove', path: `emails[${filter}]` }))
  })

  test('a filter just within the bounds is answered, and as fast', async () => {
    const filter = Array(32).fill('title eq "x"').join(' or ')
    const { answer, millis } = await timed(() => scim.list('Users', filter))
    expect(answer).toMatchObject({ status: 200, body: { totalResults: 0 } })
    expect(millis).toBeLessThan(limitMillis * 4)
  })
})

describe('bodies without bottom', () => {
  const depth = 10_000
  test.each([
    ['an unknown attribute', `{"schemas":[],"userName":"d@example.com","x":${nestedObject(depth)}}`, [400]],
    [
      'a known attribute',
      `{"schemas":[],"userName":"d2@example.com","name":${nestedObject(depth, 'givenName')}}`,
      [400],
    ],
    ['a list', `{"schemas":[],"userName":"d3@example.com","emails":${nestedArray(depth)}}`, [400]],
    ['an extension', `{"schemas":[],"userName":"d4@example.com","urn:example:ext":${nestedObject(depth)}}`, [400]],
    [
      'a list in an extension',
      `{"schemas":[],"userName":"d5@example.com","urn:example:ext":{"a":${nestedArray(depth)}}}`,
      [400],
    ],
    ['the schemas', `{"schemas":${nestedArray(depth)},"userName":"d6@example.com"}`, [400]],
    ['the body itself', nestedArray(depth), [400]],
  ])('depth 10,000 in %s of a POST', async (_, body, statuses) => {
    const { answer, millis } = await timed(raw('POST', '/Users', body))
    expect(statuses).toContain(answer.status)
    expect(millis).toBeLessThan(limitMillis)
  })

  test.each([
    ['a value', `{"op":"replace","path":"name","value":${nestedObject(depth, 'givenName')}}`],
    ['a list of e-mails', `{"op":"add","path":"emails","value":${nestedArray(depth)}}`],
    ['an extension', `{"op":"add","path":"urn:example:ext","value":${nestedObject(depth)}}`],
    ['an attribute of an extension', `{"op":"add","path":"urn:example:ext:a","value":${nestedObject(depth)}}`],
    ['an attribute of a known extension', `{"op":"add","path":"${enterprise}:manager","value":${nestedArray(depth)}}`],
    ['an operation', nestedArray(depth)],
  ])('depth 10,000 in %s of a PATCH', async (_, operation) => {
    await refused(raw('PATCH', `/Users/${userId}`, `{"schemas":[],"Operations":[${operation}]}`))
  })

  test('depth 10,000 in the members of a group', async () => {
    for (const value of [nestedArray(depth), nestedObject(depth, 'value'), `[${nestedObject(depth, 'value')}]`]) {
      await refused(raw('POST', '/Groups', `{"schemas":[],"displayName":"D","members":${value}}`))
      const operation = `{"op":"add","path":"members","value":${value}}`
      await refused(raw('PATCH', `/Groups/${groupId}`, `{"schemas":[],"Operations":[${operation}]}`))
    }
  })

  test.each(['attributes', 'excludedAttributes', 'filter', 'sortBy', 'startIndex', 'cursor'])(
    'depth 10,000 in %s of a search',
    async (name) => {
      for (const value of [nestedArray(depth), nestedObject(depth)]) {
        await refused(raw('POST', '/Users/.search', `{"schemas":[],"${name}":${value}}`))
      }
    },
  )
})
