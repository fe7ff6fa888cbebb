// People of another system: with their passwords and identities, as often as one likes, and every row told what came of it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hashSync } from 'bcryptjs'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { importUsers } from '#access/accounts/import/import-users.ts'
import { signInWithPassword } from '#access/accounts/sign-in/password-sign-in.ts'
import { read } from '../support/access.ts'
import { expectSignedIn } from '../support/arrivals.ts'
import { type IdentityStage, identityStage, scimUser, startStage } from './stage.ts'

let stage: Awaited<ReturnType<typeof startStage>>
let here: IdentityStage
let folder: string
beforeAll(async () => {
  stage = await startStage()
  folder = mkdtempSync(join(tmpdir(), 'import-'))
})
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await stage?.close()
})
beforeEach(async () => {
  here = await identityStage(stage)
})

type Json = Record<string, unknown>
const password = 'an old password of 2019'

async function send(rows: Json[] | string, { query = '', type = 'application/x-ndjson', key = here.client.key } = {}) {
  const body = typeof rows === 'string' ? rows : rows.map((row) => JSON.stringify(row)).join('\n')
  const response = await stage.request(`/api/v1/user-imports${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': type },
    body,
  })
  return read(response)
}

const outcomes = (answer: { body: { items: { outcome: string }[] } }) => answer.body.items.map(({ outcome }) => outcome)

const tryPassword = (name: string, typed = password) =>
  signInWithPassword(stage.services, {
    ...{ name, password: typed, organizationId: here.client.organizationId, homeOrganizationId: undefined },
    browser: { state: 'x', returnTo: '/account', visitor: { ip: '192.0.2.1', userAgent: null } } as never,
    requestId: 'req_x',
  })

const ada = (): Json => ({
  userName: 'ada@example.com',
  displayName: 'Ada Lovelace',
  givenName: 'Ada',
  emails: ['ada@example.com', 'office@example.com'],
  attributes: { title: 'Countess', 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department': 'Engines' },
  externalId: 'old-17',
  assignments: [{ role: 'editor' }],
  identities: [{ connection: here.connection.id, subject: 'opaque-17' }],
  passwordHash: hashSync(password, 5),
})

describe('an import', () => {
  test('brings profile, roles, identity and password; done again, it changes nothing', async () => {
    const first = await send([ada(), { userName: 'bo@example.com', status: 'inactive' }])
    expect(outcomes(first)).toEqual(['created', 'created'])
    const id = first.body.items[0].userId
    expect((await here.client.get(`users/${id}`)).body).toMatchObject({
      ...{ displayName: 'Ada Lovelace', givenName: 'Ada', externalId: 'old-17', status: 'active' },
      emails: ['ada@example.com', 'office@example.com'],
    })
    expect((await here.client.get(`users/${id}/explain?permission=content.edit`)).body.allowed).toBe(true)
    await expectSignedIn(await here.arrive({ nameId: 'opaque-17', attributes: {} }), id)
    expect((await tryPassword('ada@example.com', 'wrong')).kind).toBe('refused')
    expect((await tryPassword('ada@example.com')).kind).toBe('signed_in')
    const [{ hash } = { hash: '' }] = await stage.app.owner`select hash from passwords where user_id = ${id}`
    expect(hash).toMatch(/^\$argon2id\$/)
    expect((await tryPassword('ada@example.com')).kind).toBe('signed_in')
    expect((await tryPassword('bo@example.com')).kind).toBe('refused')

    const again = await send([ada(), { userName: 'bo@example.com', status: 'inactive' }])
    expect(outcomes(again)).toEqual(['unchanged', 'unchanged'])
    const changed = await send([
      { ...ada(), displayName: 'Ada King', assignments: [{ role: 'editor' }, { role: 'viewer' }] },
    ])
    expect(outcomes(changed)).toEqual(['updated'])
    expect((await tryPassword('ada@example.com')).kind).toBe('signed_in')
    expect(await here.client.auditOf(here.client.organizationId)).toContain('organization.import_users')
  })

  test('a dry run tries everything and keeps nothing', async () => {
    const rows = [ada(), { userName: 'ada@example.com' }, { userName: 'cy', passwordHash: 'plain' }]
    const { body } = await send(rows, { query: '?dryRun=true' })
    expect(body.items).toMatchObject([
      { line: 1, outcome: 'created', userId: null },
      { line: 2, outcome: 'failed', error: expect.stringContaining('earlier row') },
      { line: 3, outcome: 'failed', error: expect.stringContaining('password hash') },
    ])
    expect((await here.client.get('users')).body.total).toBe(0)
  })

  test('a row that cannot be keeps none of the others, and says why', async () => {
    const feed = await here.directory()
    await feed.user('managed@example.com')
    await here.client.post('users', { userName: 'taken', emails: ['taken@example.com'] })
    await send([{ userName: 'owner@example.com', identities: [{ connection: here.connection.id, subject: 's-1' }] }])
    const rows = [
      { userName: 'good@example.com' },
      { userName: 'second', emails: ['TAKEN@example.com'] },
      { userName: 'managed@example.com', displayName: 'x' },
      { userName: 'thief@example.com', identities: [{ connection: here.connection.id, subject: 's-1' }] },
      { userName: 'x@example.com', assignments: [{ role: 'emperor' }] },
      { userName: 'y@example.com', attributes: { __proto__x: 1 } },
      { userName: 'z@example.com', typo: true },
      { userName: 'w@example.com', attributes: { password: 'in clear' } },
      { userName: 'GOOD@example.com' },
      { userName: 'last@example.com' },
    ]
    const { body } = await send(`${rows.map((row) => JSON.stringify(row)).join('\n')}\n{"userName":`)
    expect(body.items.map(({ line, outcome, error }: Json) => [line, outcome, error])).toEqual([
      [1, 'created', null],
      [2, 'failed', expect.stringContaining('e-mail address exists already')],
      [3, 'failed', expect.stringContaining('directory')],
      [4, 'failed', expect.stringContaining('somebody else')],
      [5, 'failed', expect.stringContaining('no role emperor')],
      [6, 'failed', expect.stringContaining('no attribute')],
      [7, 'failed', expect.stringContaining('typo')],
      [8, 'failed', expect.stringContaining('field of its own')],
      [9, 'failed', expect.stringContaining('earlier row')],
      [10, 'created', null],
      [11, 'failed', expect.any(String)],
    ])
    expect(await stage.app.owner`select 1 from users where user_name = 'thief@example.com'`).toEqual([])
  })

  test('a table, with lists in its cells', async () => {
    const hash = hashSync(password, 5)
    const table = `email;displayName;roles;identities;passwordHash\r\n"ada@example.com";"Ada; of\nLovelace";editor;${here.connection.id}:s-9;${hash}\r\nbo@example.com;;;;\r\n`
    const { body } = await send(table, { type: 'text/csv' })
    expect(body.items).toMatchObject([
      { line: 2, outcome: 'failed', error: expect.stringContaining('displayName') },
      { line: 4, outcome: 'created', userName: 'bo@example.com' },
    ])
    const fixed = await send(table.replace(' of\n', ' of '), { type: 'text/csv' })
    expect(outcomes(fixed)).toEqual(['created', 'unchanged'])
    await expectSignedIn(await here.arrive({ nameId: 's-9', attributes: {} }), fixed.body.items[0].userId)
    expect((await tryPassword('ada@example.com')).kind).toBe('signed_in')
  })

  test('users as Auth0, Keycloak and Firebase export them', async () => {
    const rows = [
      {
        user_id: 'auth0|1',
        email: 'a@example.com',
        email_verified: true,
        given_name: 'A',
        passwordHash: hashSync(password, 5),
      },
      { username: 'k', email: 'k@example.com', firstName: 'K', enabled: false, credentials: [], realmRoles: ['x'] },
      { localId: 'f1', email: 'f@example.com', displayName: 'F', disabled: false },
    ]
    expect(outcomes(await send(rows))).toEqual(['created', 'created', 'created'])
    expect((await tryPassword('a@example.com')).kind).toBe('signed_in')
    expect((await here.client.get('users?q=k@example.com')).body.items).toMatchObject([
      { userName: 'k', status: 'inactive' },
    ])
  })
})

describe('a file', () => {
  const both = async (rows: Json[] | string, options: { type?: string } = {}) => {
    const lines = (answer: { body: { items: Json[] } }) =>
      answer.body.items.map(({ line, outcome, error }) => [line, outcome, error])
    const tried = lines(await send(rows, { ...options, query: '?dryRun=true' }))
    expect(lines(await send(rows, options))).toEqual(tried)
    return tried
  }

  test('with duplicates: the dry run says what the real run says, and names the earlier line', async () => {
    const { id: connection } = here.connection
    const { body } = await here.client.get(`connections/${connection}`)
    const found = await both([
      { userName: 'q1', emails: ['q@example.com'], identities: [{ connection, subject: 's' }] },
      { userName: 'q2', emails: ['Q@Example.com'] },
      { userName: 'Q1', emails: ['other@example.com'] },
      { userName: 'q4', emails: ['q4@example.com'], identities: [{ connection: body.name, subject: 's' }] },
      { userName: 'q@example.com' },
      { userName: 'q6', emails: ['second@example.com', 'q@example.com'] },
      { userName: 'q7', identities: [{ connection, subject: 'S' }] },
    ])
    expect(found).toEqual([
      [1, 'created', null],
      [2, 'failed', 'An earlier row, line 1, has the same sign-in address Q@Example.com'],
      [3, 'failed', 'An earlier row, line 1, has the same userName'],
      [4, 'failed', 'An earlier row, line 1, has the same identity s'],
      [5, 'failed', 'An earlier row, line 1, has the same sign-in address q@example.com'],
      [6, 'created', null],
      [7, 'created', null],
    ])
  })

  test('with values as other systems write them is understood', async () => {
    const found = await both([
      { userName: 'a1', status: 'Active', emails: null },
      {
        userName: 'a2',
        status: null,
        emails: [
          { value: 'x@example.com', type: 'home' },
          { value: 'a2@example.com', primary: true },
        ],
      },
      { userName: 'a3', status: ' INACTIVE ', emails: { value: 'a3@example.com' } },
      { userName: 'a4', emails: [' a4@example.com '] },
    ])
    expect(found.map(([, outcome]) => outcome)).toEqual(['created', 'created', 'created', 'created'])
    const { body } = await here.client.get('users')
    expect(body.items.map(({ userName, status, emails }: Json) => [userName, status, emails]).toSorted()).toEqual([
      ['a1', 'active', []],
      ['a2', 'active', ['a2@example.com', 'x@example.com']],
      ['a3', 'inactive', ['a3@example.com']],
      ['a4', 'active', ['a4@example.com']],
    ])
  })

  test.each([
    'UserName,Email,Status,Roles,Display Name',
    'USERNAME,E-MAIL,STATUS,ROLES,DISPLAYNAME',
    'username,email,status,roles,displayname',
    'User Name,E-Mail Address,Status,Roles,Display-Name',
  ])('with the headings %s is understood', async (headings) => {
    const found = await both(`\ufeff${headings}\nada,ada@example.com,Active,editor,Ada\n`, { type: 'text/csv' })
    expect(found).toEqual([[2, 'created', null]])
    const [person] = (await here.client.get('users')).body.items
    expect(person).toMatchObject({ userName: 'ada', emails: ['ada@example.com'], displayName: 'Ada' })
    expect((await here.client.get(`users/${person.id}/explain?permission=content.edit`)).body.allowed).toBe(true)
  })

  test('says in words what is wrong', async () => {
    const found = await both([
      { userName: 'a', emails: ['no address'] },
      { userName: 'b', emails: ['b@example.com', 7] },
      { userName: 'c', status: 'gone' },
      { displayName: 'D' },
      { userName: 5 },
      { userName: 'f', typo: true },
      { userName: 'g', assignments: 'editor' },
      { userName: 'h', assignments: [{}] },
      { userName: 'i', identities: [{ connection: 'x', subject: '' }] },
      { userName: 'j', emails: Array.from({ length: 21 }, (_, index) => `j${index}@example.com`) },
    ])
    expect(found.map(([, , error]) => error)).toEqual([
      'the address is not valid',
      'the address 2 is not valid',
      'the status must be active or inactive',
      'the userName is missing',
      'the userName must be a text',
      'the row has a field that nobody knows: typo',
      'the assignments must be a list',
      'the role of the assignment is missing',
      'the subject of the identity must not be empty',
      'the emails may have 20 elements at most',
    ])
  })
})

describe('who may import', () => {
  test('whoever holds everything; a key that may only read people does not', async () => {
    const { key } = (
      await here.client.post('api-keys', { name: 'Reader', access: 'permissions', permissions: ['users.manage'] })
    ).body
    expect(key).toEqual(expect.any(String))
    expect((await send([{ userName: 'x@example.com' }], { key })).status).toBe(403)
    expect((await send([{ userName: 'x@example.com' }])).status).toBe(200)
  })

  test('nobody sends more than a part, or what is no file', async () => {
    const many = Array.from({ length: 5_001 }, () => '{}').join('\n')
    const answer = await send(many)
    expect(answer.status).toBe(400)
    expect((await send('x'.repeat(9_000_000))).status).toBe(413)
    expect((await send('[]', { type: 'application/json' })).status).toBe(415)
  })
})

test('by command: a file of any size, its progress, what failed, and the same again', async () => {
  const file = join(folder, 'people.ndjson')
  const rows = Array.from({ length: 1_200 }, (_, index) => JSON.stringify({ userName: `p${index}@example.com` }))
  writeFileSync(file, [...rows, '{"userName":"bad","passwordHash":"x"}'].join('\n'))
  const command = ['user', 'import', file, '--organization', here.client.slug]
  expect((await stage.rolecall(...command, '--dry-run')).exitCode).toBe(1)
  const { lines, errors, exitCode } = await stage.rolecall(...command)
  expect(exitCode).toBe(1)
  expect(lines).toEqual([
    'Imported: 1200 created, 0 updated, 0 unchanged, 1 failed',
    expect.stringContaining('Line 1201 (bad): The password hash'),
  ])
  expect(errors).toEqual(['1000 rows'])
  expect((await stage.rolecall(...command, '--json')).json).toEqual({
    created: 0,
    updated: 0,
    unchanged: 1200,
    failed: 1,
  })
})

test('by command: a file without faults ends with 0, one that cannot be read with one line', async () => {
  const file = join(folder, 'one.csv')
  writeFileSync(file, 'UserName,Email\none,one@example.com\n')
  const of = (path: string) => stage.rolecall('user', 'import', path, '--organization', here.client.slug)
  expect(await of(file)).toMatchObject({ exitCode: 0, errors: [] })
  for (const path of [join(folder, 'nonexistent'), folder]) {
    const { exitCode, errors, lines } = await of(path)
    expect([exitCode > 0, errors, lines]).toEqual([true, [`error: The file ${path} cannot be read`], []])
  }
})

test('a directory adopts whom an import brought', async () => {
  const { body } = await send([ada()])
  const feed = await here.directory()
  expect((await feed.post('/Users', scimUser('ada@example.com'))).body.id).toBe(body.items[0].userId)
})

test('without permission it is refused', async () => {
  const ctx = { ...here.client.ctx, permissions: new Set(['users.write'] as const) }
  const work = async () => {
    for await (const _ of importUsers(ctx, (async function* () {})())) throw new Error('never')
  }
  await expect(work()).rejects.toMatchObject({ code: 'forbidden', reason: 'permission' })
})
