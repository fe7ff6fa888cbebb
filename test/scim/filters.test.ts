// Filters case by case (RFC 7644 §3.4.2.2): operators, types, case rules, value paths, precedence, names; and that whatever
// the schema does not know is refused, never ignored (C-018).
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../support/app.ts'
import { core, enterprise, type ScimClient } from '../support/scim.ts'

let app: TestApp
let scim: ScimClient
const ids: Record<string, string> = {}
beforeAll(async () => {
  app = await startTestApp()
  scim = await app.createScim()
  ids['ada'] = await scim.user('Ada@example.com', {
    externalId: 'EXT-1',
    displayName: 'Ada Lovelace',
    title: '100% right_here \\ "quoted"',
    name: { givenName: 'Ada', familyName: 'Lovelace' },
    emails: [
      { value: 'Ada@Example.com', type: 'work', primary: true },
      { value: 'ada@home.example.com', type: 'home' },
    ],
    [enterprise]: { department: 'Legal', employeeNumber: '0042', manager: { value: 'boss' } },
  })
  app.clock.advance(3_600_000)
  ids['bob'] = await scim.user("bob.o'neil@example.com", {
    displayName: 'Bob',
    active: false,
    title: '1005 rightxhere',
    emails: [{ value: 'bob@example.com', type: 'home' }],
    [enterprise]: { department: 'Sales' },
  })
  app.clock.advance(3_600_000)
  ids['eve'] = await scim.user('eve@example.com', {
    externalId: 'ext-1',
    phoneNumbers: [{ value: '+44 1', type: 'mobile' }],
  })
  ids['inner'] = await scim.group('Inner', [ids['ada'], ids['bob']])
  ids['outer'] = await scim.group('Outer', [ids['inner']])
  ids['empty'] = await scim.group('Empty', [])
})
afterAll(() => app.close())

async function found(resource: 'Users' | 'Groups', filter: string): Promise<string[]> {
  const { status, body } = await scim.list(resource, filter)
  expect(status, JSON.stringify(body)).toBe(200)
  expect(body.totalResults).toBe(body.Resources.length)
  return body.Resources.map(({ id }: { id: string }) => Object.keys(ids).find((name) => ids[name] === id))
}

describe('operators', () => {
  test.each([
    ['userName eq "ada@EXAMPLE.com"', ['ada']],
    ['userName ne "ada@example.com"', ['bob', 'eve']],
    ['userName co "O\'NEIL"', ['bob']],
    ['userName sw "EV"', ['eve']],
    ['userName ew "neil@example.com"', ['bob']],
    ['userName gt "bob"', ['bob', 'eve']],
    ['userName ge "eve@example.com"', ['eve']],
    ['userName lt "bob"', ['ada']],
    ['userName le "ada@example.com"', ['ada']],
    ['title pr', ['ada', 'bob']],
    ['not (title pr)', ['eve']],
    ['displayName ne "Bob"', ['ada', 'eve']],
    ['phoneNumbers pr', ['eve']],
    ['name pr', ['ada']],
    ['name.familyName pr', ['ada']],
  ])('%s', async (filter, expected) => expect(await found('Users', filter)).toEqual(expected))
})

describe('types and case', () => {
  test.each([
    ['externalId eq "EXT-1"', ['ada']],
    ['externalId eq "ext-1"', ['eve']],
    ['externalId sw "ext"', ['eve']],
    ['displayName eq "ADA LOVELACE"', ['ada']],
    ['active eq false', ['bob']],
    ['active eq "False"', ['bob']],
    ['active ne true', ['bob']],
    ['emails.primary eq true', ['ada']],
    ['emails[primary eq "True"].value co "ada"', ['ada']],
    [`${enterprise}:employeeNumber eq "0042"`, ['ada']],
    [`${enterprise}:employeeNumber eq 42`, undefined],
    ['meta.resourceType eq "User"', ['ada', 'bob', 'eve']],
    ['meta.version eq "W/\\"1\\""', ['ada', 'bob', 'eve']],
    ['title eq null', ['eve']],
    ['title ne null', ['ada', 'bob']],
    ['emails eq null', ['eve']],
    ['emails.type ne null', ['ada', 'bob']],
    ['active gt true', undefined],
    ['active co "tr"', undefined],
    ['userName gt 5', undefined],
    ['userName co null', undefined],
    ['meta.created gt "yesterday"', undefined],
    ['meta.created co "2026"', undefined],
    ['name eq "Ada"', undefined],
  ])('%s', async (filter, expected) => {
    if (expected !== undefined) return expect(await found('Users', filter)).toEqual(expected)
    expect(await scim.list('Users', filter)).toMatchObject({ status: 400, body: { scimType: 'invalidFilter' } })
  })

  test('times compare as times, whatever their zone', async () => {
    const created = new Date((await scim.get(`/Users/${ids['bob']}`)).body.meta.created)
    const shifted = new Date(created.getTime() + 5 * 3_600_000).toISOString().replace('Z', '+05:00')
    for (const text of [created.toISOString(), shifted, created.toISOString().replace('Z', '')]) {
      expect(await found('Users', `meta.created eq "${text}"`)).toEqual(['bob'])
      expect(await found('Users', `meta.created gt "${text}"`)).toEqual(['eve'])
      expect(await found('Users', `meta.created le "${text}"`)).toEqual(['ada', 'bob'])
    }
    expect(await found('Users', 'meta.lastModified ge "2000-01-01T00:00:00Z"')).toHaveLength(3)
  })
})

describe('values of several', () => {
  test.each([
    ['emails eq "ADA@home.example.com"', ['ada']],
    ['emails co "example.com"', ['ada', 'bob']],
    ['emails.value ew "home.example.com"', ['ada']],
    ['emails.type eq "home"', ['ada', 'bob']],
    ['emails[type eq "home"]', ['ada', 'bob']],
    ['emails[type eq "work" and value co "home"]', []],
    ['emails.type eq "work" and emails.value co "home"', ['ada']],
    ['emails[type eq "work" or value sw "bob"]', ['ada', 'bob']],
    ['emails[not (type eq "home")]', ['ada']],
    ['emails[type eq "home"].value sw "bob"', ['bob']],
    ['EMAILS[TYPE EQ "HOME"].VALUE SW "BOB"', ['bob']],
    ['not (emails[type eq "home"])', ['eve']],
    ['groups pr', ['ada', 'bob']],
    ['groups.display eq "inner"', ['ada', 'bob']],
    [`schemas eq "${enterprise}"`, ['ada', 'bob']],
  ])('%s', async (filter, expected) => expect(await found('Users', filter)).toEqual(expected))

  test('by the id of a group, exactly', async () => {
    expect(await found('Users', `groups eq "${ids['inner']}"`)).toEqual(['ada', 'bob'])
    expect(await found('Users', `groups.value eq "${ids['inner']?.toUpperCase()}"`)).toEqual([])
    expect(await found('Users', `groups[value eq "${ids['empty']}"]`)).toEqual([])
  })
})

describe('precedence and names', () => {
  test.each([
    ['userName sw "eve" or userName sw "ada" and active eq false', ['eve']],
    ['(userName sw "eve" or userName sw "ada") and active eq true', ['ada', 'eve']],
    ['active eq false and userName sw "bob" or userName sw "ada"', ['ada', 'bob']],
    ['not (active eq true) and title pr', ['bob']],
    ['not (active eq true and title pr)', ['bob', 'eve']],
    ['NOT(active eq true)', ['bob']],
    ['(((userName pr)))', ['ada', 'bob', 'eve']],
    [`${core}:User:userName sw "ada"`, ['ada']],
    [`${core}:User:emails[type eq "work"]`, ['ada']],
    [`${core}:User:name.givenName eq "ada"`, ['ada']],
    [`${enterprise}:department eq "legal"`, ['ada']],
    [`${enterprise}:manager eq "boss"`, ['ada']],
    [`${enterprise}:manager.value eq "boss"`, ['ada']],
    [`${enterprise} pr`, ['ada', 'bob']],
  ])('%s', async (filter, expected) => expect(await found('Users', filter)).toEqual(expected))

  test.each([
    ['', ['ada', 'bob', 'eve']],
    ['   ', ['ada', 'bob', 'eve']],
  ])('an empty filter is none: "%s"', async (filter, expected) =>
    expect(await found('Users', filter)).toEqual(expected),
  )

  test.each([
    ...[
      'nonsense eq "x"',
      'userName',
      'userName eq',
      'userName xx "a"',
      'eq "a"',
      '"a" eq userName',
      'userName eq "a" and',
    ],
    ...[
      'and userName pr',
      'userName pr userName pr',
      '(userName pr',
      'userName pr)',
      'emails[type eq "work"',
      'emails[]',
    ],
    ...[
      'emails[type eq "work"].nothing pr',
      'emails.nothing pr',
      'userName.value pr',
      'title[value eq "x"]',
      'not userName pr',
    ],
    ...['password eq "x"', 'password pr', 'groups.$ref pr', 'meta.location pr', 'members pr'],
    ...[
      `${enterprise}:nothing pr`,
      'urn:example:ext:badge eq "x"',
      `${core}:Group:displayName pr`,
      'userName eq "a" xor title pr',
    ],
    ...['userName eq "a', "userName eq 'a b'", 'emails[emails[type eq "a"]]', 'name.givenName.first eq "x"'],
  ])('is refused: %s', async (filter) => {
    expect(await scim.list('Users', filter)).toMatchObject({ status: 400, body: { scimType: 'invalidFilter' } })
  })
})

describe('C-012: characters that mean something elsewhere mean themselves here', () => {
  test.each([
    ['title co "100%"', ['ada']],
    ['title co "%"', ['ada']],
    ['title co "right_here"', ['ada']],
    ['title co "\\\\"', ['ada']],
    ['title ew "\\"quoted\\""', ['ada']],
    ['userName co "\'"', ['bob']],
    ['userName eq "a\' OR 1=1 --"', []],
    ['userName eq "%"', []],
    ['userName sw "_"', []],
    [`userName eq "$\{1}"`, []],
    ['userName eq "$1"', []],
    ['userName eq "\\u0000"', []],
    ['userName ne "\\u0000"', ['ada', 'bob', 'eve']],
    ['title co "\\u0025"', ['ada']],
  ])('%s', async (filter, expected) => {
    expect(await found('Users', filter)).toEqual(expected)
    expect(app.log.lines.join('')).not.toMatch(/syntax error|42601/)
  })
})

describe('groups', () => {
  test('by name, member, type of member, and the number of neither', async () => {
    expect(await found('Groups', 'displayName eq "OUTER"')).toEqual(['outer'])
    expect(await found('Groups', `members eq "${ids['ada']}"`)).toEqual(['inner'])
    expect(await found('Groups', `members.value eq "${ids['ada']}"`)).toEqual(['inner'])
    expect(await found('Groups', `members[value eq "${ids['bob']}" and type eq "User"]`)).toEqual(['inner'])
    expect(await found('Groups', `members[value eq "${ids['inner']}"]`)).toEqual(['outer'])
    expect(await found('Groups', 'members[type eq "Group"]')).toEqual(['outer'])
    expect(await found('Groups', 'members.display sw "ada"')).toEqual(['inner'])
    expect(await found('Groups', 'not (members pr)')).toEqual(['empty'])
    expect(await found('Groups', `id eq "${ids['inner']}" and members eq "${ids['eve']}"`)).toEqual([])
    expect(await found('Groups', 'members ne "nobody"')).toHaveLength(3)
  })

  test.each(['userName pr', 'members.$ref pr', 'emails pr', 'members.nothing eq "x"'])(
    'is refused: %s',
    async (filter) => {
      expect(await scim.list('Groups', filter)).toMatchObject({ status: 400, body: { scimType: 'invalidFilter' } })
    },
  )
})
