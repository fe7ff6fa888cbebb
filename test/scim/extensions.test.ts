// Extensions that no standard describes (RFC 7643 §3.3): kept as they come, declared in discovery as they were seen, and found by
// filters, order and selection like every other attribute.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../support/app.ts'
import { enterprise, type ScimClient } from '../support/scim.ts'

let app: TestApp
let scim: ScimClient
const urn = 'urn:example:params:scim:schemas:extension:badge:2.0:User'
const ids: Record<string, string> = {}
beforeAll(async () => {
  app = await startTestApp()
  scim = await app.createScim()
  ids['ada'] = await scim.user('ada@example.com', {
    [urn]: { number: 'A-7', floor: 3, isNight: true, door: { front: 'Red' }, keys: ['k1', 'K2'] },
  })
  ids['bob'] = await scim.user('bob@example.com', {
    [urn]: { number: 'b-9', floor: 12.5, isNight: false, plates: [{ value: 'X 1', type: 'car' }] },
  })
  ids['cleo'] = await scim.user('cleo@example.com', { [enterprise]: { manager: { value: ids['ada'] } } })
})
afterAll(() => app.close())

const found = async (filter: string): Promise<(string | undefined)[]> => {
  const { status, body } = await scim.list('Users', filter)
  expect(status, JSON.stringify(body)).toBe(200)
  return body.Resources.map(({ id }: { id: string }) => Object.keys(ids).find((name) => ids[name] === id))
}

describe('filters', () => {
  test.each<[string, string[]]>([
    [`${urn}:number eq "A-7"`, ['ada']],
    [`${urn}:number eq "a-7"`, ['ada']],
    ['number eq "B-9"', ['bob']],
    ['NUMBER sw "a"', ['ada']],
    [`not (${urn}:number co "7")`, ['bob', 'cleo']],
    [`${urn}:number pr`, ['ada', 'bob']],
    [`${urn} pr`, ['ada', 'bob']],
    [`${urn}:floor eq 3`, ['ada']],
    ['floor gt 3', ['bob']],
    ['isNight eq true', ['ada']],
    ['isNight ne true', ['bob', 'cleo']],
    ['door.front eq "red"', ['ada']],
    ['keys eq "k2"', ['ada']],
    ['keys pr', ['ada']],
    ['plates[type eq "car" and value eq "x 1"]', ['bob']],
    ['plates.type eq "car"', ['bob']],
    ['plates eq "X 1"', ['bob']],
    ['number eq "A-7" and userName sw "ada"', ['ada']],
    ['number eq "B-9" or manager eq "nobody"', ['bob']],
  ])('%s', async (filter, expected) => {
    expect((await found(filter)).toSorted()).toEqual(expected)
  })

  test('what the directory has never sent is refused, never an empty list', async () => {
    for (const filter of [`${urn}:nothing eq "x"`, 'urn:example:other:User:number pr', 'badge pr', 'door.back pr'])
      expect(await scim.list('Users', filter), filter).toMatchObject({
        status: 400,
        body: { scimType: 'invalidFilter' },
      })
    const other = await app.createScim()
    expect((await other.list('Users', `${urn}:number pr`)).status).toBe(400)
    expect((await other.list('Users', 'manager eq "x"')).status).toBe(200)
  })

  test('order and selection know them', async () => {
    const sorted = await scim.get('/Users?sortBy=number&sortOrder=descending&attributes=number')
    expect(sorted.body.Resources.map((user: Record<string, unknown>) => user[urn])).toEqual([
      undefined,
      { number: 'b-9' },
      { number: 'A-7' },
    ])
    const one = await scim.get(`/Users/${ids['ada']}?attributes=${urn}:floor`)
    expect(one.body[urn]).toEqual({ floor: 3 })
    const rest = await scim.get(`/Users/${ids['ada']}?excludedAttributes=${urn}:floor,door`)
    expect(Object.keys(rest.body[urn])).toEqual(expect.arrayContaining(['number', 'keys']))
    expect(rest.body[urn]).not.toHaveProperty('floor')
    expect(rest.body[urn]).not.toHaveProperty('door')
  })
})

describe('the index', () => {
  test('is what looks for a manager and for text in an extension, also beside ten thousand others', async () => {
    await app.owner`insert into users (organization_id, id, directory_id, user_name, user_name_key, status, status_changed_at,
        attributes, created_at, updated_at)
      select u.organization_id, 'usr_' || lpad(n::text, 26, '0'), u.directory_id, 'n' || n, 'n' || n, 'active', now(),
        jsonb_build_object(${enterprise}::text, jsonb_build_object('manager', jsonb_build_object('value', 'm' || n)),
          ${urn}::text, jsonb_build_object('number', 'N-' || n)), now(), now()
      from users u, generate_series(1, 10000) n where u.id = ${ids['ada'] ?? ''}`
    await app.owner`analyze users`
    const plan = await app.owner.begin(async (sql) => {
      await sql`select set_config('rolecall.organization_id', (select organization_id from users where id = ${ids['ada'] ?? ''}), true)`
      return sql`explain select u.id from users u where has_own_extension(u.attributes) and extension_terms(u.attributes) @>
        array[extension_term(${`${urn}:number`}, ${'n-77'})]`
    })
    expect(JSON.stringify(plan)).toContain('users_extension_terms')
    for (const filter of [
      'manager eq "m77"',
      'manager.value eq "M77"',
      'number eq "n-77"',
      `${urn}:number eq "N-77"`,
    ]) {
      const startedAt = performance.now()
      const { body } = await scim.list('Users', filter)
      expect([body.totalResults, body.Resources[0].userName], filter).toEqual([1, 'n77'])
      expect(performance.now() - startedAt).toBeLessThan(500)
    }
  })
})

describe('discovery', () => {
  test('declares what this directory has sent, with the types of the values', async () => {
    const { body } = await scim.get(`/Schemas/${urn}`)
    const shape = (attributes: Record<string, unknown>[]): unknown =>
      Object.fromEntries(attributes.map(({ name, type, multiValued }) => [name, [type, multiValued]]))
    expect(shape(body.attributes)).toEqual({
      number: ['string', false],
      floor: ['decimal', false],
      isNight: ['boolean', false],
      door: ['complex', false],
      keys: ['string', true],
      plates: ['complex', true],
    })
    const plates = body.attributes.find(({ name }: { name: string }) => name === 'plates')
    expect(shape(plates.subAttributes)).toEqual({ value: ['string', false], type: ['string', false] })
    expect(body).toMatchObject({ id: urn, meta: { resourceType: 'Schema' } })
    const types = await scim.get('/ResourceTypes/User')
    expect(types.body.schemaExtensions).toContainEqual({ schema: urn, required: false })
    expect((await scim.get('/ResourceTypes/Group')).body.schemaExtensions).toEqual([])
    expect((await scim.get('/Schemas')).body.totalResults).toBe(4)
    const other = await app.createScim()
    expect((await other.get(`/Schemas/${urn}`)).status).toBe(404)
  })

  test('values of several types have text in common, and no filter fails for it', async () => {
    const mixed = await app.createScim()
    await mixed.user('one@example.com', { [urn]: { floor: 3 } })
    expect((await mixed.list('Users', 'floor eq 3')).body.totalResults).toBe(1)
    await mixed.user('two@example.com', { [urn]: { floor: 'three' } })
    expect((await mixed.list('Users', 'floor eq "3"')).body.totalResults).toBe(1)
    expect((await mixed.list('Users', 'floor eq 3')).body.totalResults).toBe(1)
  })

  test.each<[string, unknown]>([
    ['a text', 'many'],
    ['a text of digits', '1'],
    ['an object', { x: 1 }],
    ['a boolean', true],
    ['a list', ['a', 4]],
    ['an object in a list', [{ x: 1 }]],
  ])('%s among numbers takes nobody the numbers', async (_, odd) => {
    const mixed = await app.createScim()
    const one = await mixed.user('one@example.com', { [urn]: { n: 1, flat: 'v' } })
    await mixed.user('two@example.com', { [urn]: { n: 2, flat: 'w' } })
    await mixed.user('odd@example.com', { [urn]: { n: odd } })
    for (const [filter, count] of [
      [`${urn}:n eq 1`, 1],
      ['n gt 1', Array.isArray(odd) && typeof odd[0] === 'string' ? 2 : 1],
      ['n ne 1', 2],
      [`${urn}:n pr`, 3],
      ['flat eq "v"', 1],
    ] as const) {
      const { status, body } = await mixed.list('Users', filter)
      expect([filter, status, body.totalResults]).toEqual([filter, 200, count])
    }
    expect((await mixed.list('Users', 'n eq 1')).body.Resources[0].id).toBe(one)
  })

  test('a text among objects takes nobody the sub-attributes', async () => {
    const mixed = await app.createScim()
    const one = await mixed.user('one@example.com', {
      [urn]: { door: { front: 'Red', n: 1 }, plates: [{ value: 'X', n: 1 }] },
    })
    await mixed.user('odd@example.com', { [urn]: { door: 'none', plates: ['X', { value: 'Y', n: 'one' }] } })
    for (const filter of [
      'door.front eq "red"',
      'door.n eq 1',
      'plates[value eq "x"]',
      'plates[n eq 1]',
      'plates.n eq 1',
    ])
      expect((await mixed.list('Users', filter)).body.Resources, filter).toMatchObject([{ id: one }])
    expect((await mixed.list('Users', 'door eq "none"')).body.totalResults).toBe(1)
    const { body } = await mixed.get(`/Schemas/${urn}`)
    for (const attribute of body.attributes) {
      expect(attribute).not.toHaveProperty('isInferred')
      if (attribute.type !== 'complex') expect(attribute).not.toHaveProperty('subAttributes')
    }
  })

  test('groups have extensions of their own', async () => {
    const team = 'urn:example:params:scim:schemas:extension:team:2.0:Group'
    const { body } = await scim.post('/Groups', { displayName: 'Crew', [team]: { code: 'C1' } })
    expect((await scim.list('Groups', 'code eq "c1"')).body.Resources).toMatchObject([{ id: body.id }])
    expect((await scim.get('/ResourceTypes/Group')).body.schemaExtensions).toEqual([{ schema: team, required: false }])
    expect((await scim.list('Users', 'code eq "c1"')).status).toBe(400)
  })
})

describe('a name that could be read in two ways', () => {
  const acme = 'urn:acme:1.0:User'
  const filters = [`${acme}:n eq 1`, `${acme}:n pr`, `${acme}:flat eq "v"`, 'n eq 1', `${acme} pr`]

  test.each<[string, unknown]>([
    ['a text', 'text'],
    ['a number', 7],
    ['a list', ['text']],
    ['true', true],
  ])('%s in the place of a known extension is 400, and changes nothing for others', async (_, odd) => {
    const client = await app.createScim()
    const one = await client.user('one@example.com', { [acme]: { n: 1, flat: 'v' } })
    const two = await client.user('two@example.com')
    const wrong = { status: 400, body: { scimType: 'invalidValue' } }
    for (const name of [acme, acme.toUpperCase()]) {
      expect(await client.post('/Users', { userName: 'three@example.com', [name]: odd })).toMatchObject(wrong)
      expect(await client.put(`/Users/${two}`, { userName: 'two@example.com', [name]: odd })).toMatchObject(wrong)
      expect(await client.patch(`/Users/${two}`, { op: 'add', path: name, value: odd })).toMatchObject(wrong)
      expect(await client.patch(`/Users/${two}`, { op: 'add', value: { [name]: odd } })).toMatchObject(wrong)
    }
    for (const filter of filters)
      expect((await client.list('Users', filter)).body.Resources, filter).toMatchObject([{ id: one }])
    expect((await client.get('/Schemas/urn:acme:1.0')).status).toBe(404)
  })

  test('of two extensions the one with the longer name is meant', async () => {
    const client = await app.createScim()
    await client.user('first@example.com', { [acme]: 'text' })
    const one = await client.user('one@example.com', { [acme]: { n: 1, flat: 'v' } })
    for (const filter of filters)
      expect((await client.list('Users', filter)).body.Resources, filter).toMatchObject([{ id: one }])
    const selected = await client.get(`/Users/${one}?attributes=${acme}:n`)
    expect(selected.body[acme]).toEqual({ n: 1 })
    expect((await client.get(`/Users/${one}?attributes=${acme}`)).body[acme]).toEqual({ n: 1, flat: 'v' })
  })

  test('an object for an attribute of a known extension is that attribute', async () => {
    const client = await app.createScim()
    await client.user('one@example.com', { [acme]: { door: { front: 'Red' } } })
    const two = await client.user('two@example.com')
    await client.patch(`/Users/${two}`, { op: 'add', path: `${acme}:door`, value: { front: 'Blue' } })
    expect((await client.get(`/Users/${two}`)).body[acme]).toEqual({ door: { front: 'Blue' } })
    expect((await client.list('Users', 'door.front eq "blue"')).body.totalResults).toBe(1)
  })
})

test('a PATCH takes names without the URN, and paths to sub-attributes', async () => {
  const path = `/Users/${ids['ada']}`
  await scim.patch(
    path,
    { op: 'replace', path: 'number', value: 'A-8' },
    { op: 'add', value: { isNight: false, [`${urn}:door.back`]: 'Blue' } },
    { op: 'remove', path: `${urn}:door.front` },
  )
  expect((await scim.get(path)).body[urn]).toMatchObject({ number: 'A-8', isNight: false, door: { back: 'Blue' } })
  expect(await found('door.back eq "blue"')).toEqual(['ada'])
})

describe('registered by API', () => {
  const declared = {
    resource: 'User',
    urn: 'urn:example:params:scim:schemas:hr:2.0:User',
    name: 'since',
    type: 'dateTime',
  }

  test('an attribute is declared before it was ever sent, and keeps its type', async () => {
    const client = await app.createScim()
    const headers = {
      authorization: `Bearer ${await app.createApiKey(client.organization)}`,
      'content-type': 'application/json',
    }
    const path = `/api/v1/directories/${client.directoryId}/extension-attributes`
    const put = (body: unknown, to = path) => app.request(to, { method: 'PUT', headers, body: JSON.stringify(body) })
    expect((await put(declared)).status).toBe(204)
    const listed = await (await app.request(path, { headers })).json()
    expect(listed).toEqual({ items: [{ ...declared, multiValued: false, isGiven: true }] })
    expect((await client.get(`/Schemas/${declared.urn}`)).body.attributes).toMatchObject([{ type: 'dateTime' }])
    await client.user('ada@example.com', { [declared.urn]: { since: '2020-01-01T00:00:00Z' } })
    expect((await client.list('Users', 'since lt "2021-01-01T00:00:00Z"')).body.totalResults).toBe(1)
    await client.user('bob@example.com', { [declared.urn]: { since: 'long ago' } })
    expect((await client.list('Users', 'since lt "2021-01-01T00:00:00Z"')).body.totalResults).toBe(1)
    const [audit] = await app.owner`select detail from audit_events where action = 'directory.declare_attribute'`
    expect(audit?.['detail']).toMatchObject({ name: 'since', type: 'dateTime' })
    for (const wrong of [
      { ...declared, urn: enterprise },
      { ...declared, urn: 'hr' },
      { ...declared, name: 'a b' },
    ])
      expect((await put(wrong)).status).toBe(400)
    const elsewhere = await app.createScim()
    const other = path.replace(client.directoryId, elsewhere.directoryId)
    expect([(await put(declared, other)).status, (await app.request(other, { headers })).status]).toEqual([404, 404])
  })
})
