// Discovery (RFC 7644 §4; RFC 7643 §5–§8.7): what is stated is what is there.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../support/app.ts'
import { core, enterprise, type ScimClient } from '../support/scim.ts'

let app: TestApp
let scim: ScimClient
beforeAll(async () => {
  app = await startTestApp()
  scim = await app.createScim()
})
afterAll(() => app.close())

type Attribute = { name: string; type: string; mutability: string; returned: string; subAttributes?: Attribute[] }

describe('ServiceProviderConfig', () => {
  test('states what is supported, and each is', async () => {
    const { status, body } = await scim.get('/ServiceProviderConfig')
    expect(status).toBe(200)
    expect(body).toMatchObject({
      schemas: [`${core}:ServiceProviderConfig`],
      patch: { supported: true },
      bulk: { supported: true, maxOperations: 1_000, maxPayloadSize: 16_777_216 },
      filter: { supported: true, maxResults: 1_000 },
      changePassword: { supported: false },
      sort: { supported: true },
      etag: { supported: true },
      pagination: {
        cursor: true,
        index: true,
        defaultPaginationMethod: 'index',
        defaultPageSize: 100,
        maxPageSize: 1_000,
      },
      authenticationSchemes: [
        { type: 'oauthbearertoken', name: expect.any(String), description: expect.any(String) },
        { type: 'oauth2' },
      ],
    })
    const id = await scim.user('ada@example.com')
    expect((await scim.patch(`/Users/${id}`, { op: 'add', path: 'title', value: 'x' })).status).toBe(200)
    expect((await scim.list('Users', 'title eq "x"', { sortBy: 'userName' })).body.totalResults).toBe(1)
    expect((await scim.get(`/Users/${id}`, { 'if-none-match': 'W/"2"' })).status).toBe(304)
    expect((await scim.get('/Users?cursor')).status).toBe(200)
    expect((await scim.post('/Bulk', { schemas: [], Operations: [] })).status).toBe(200)
  })
})

describe('ResourceTypes and Schemas', () => {
  test('every resource type has an endpoint that answers, and schemas that are served', async () => {
    const { body } = await scim.get('/ResourceTypes')
    expect(body.Resources.map(({ id }: { id: string }) => id)).toEqual(['User', 'Group'])
    for (const type of body.Resources) {
      expect((await scim.get(type.endpoint)).status).toBe(200)
      for (const schema of [type.schema, ...type.schemaExtensions.map((each: { schema: string }) => each.schema)]) {
        expect((await scim.get(`/Schemas/${schema}`)).body.id).toBe(schema)
      }
      expect((await scim.get(`/ResourceTypes/${type.id}`)).body).toEqual(type)
      expect(type.meta.location).toMatch(new RegExp(`${scim.base}/ResourceTypes/${type.id}$`))
    }
  })

  test('schemas are found by their URN in any case, and each attribute says its rules', async () => {
    const { body } = await scim.get(`/Schemas/${`${core}:User`.toUpperCase()}`)
    expect(body.id).toBe(`${core}:User`)
    const walk = (attributes: Attribute[]): Attribute[] =>
      attributes.flatMap((each) => [each, ...walk(each.subAttributes ?? [])])
    for (const attribute of walk(body.attributes)) {
      expect(attribute).toMatchObject({
        name: expect.stringMatching(/^[$A-Za-z]\w*$/),
        type: expect.stringMatching(/^(string|boolean|complex|reference|binary|dateTime|decimal|integer)$/),
        mutability: expect.stringMatching(/^(readOnly|readWrite|immutable|writeOnly)$/),
        returned: expect.stringMatching(/^(always|never|default|request)$/),
      })
    }
    const rules = Object.fromEntries(body.attributes.map((each: Attribute) => [each.name, each]))
    expect(rules['userName']).toMatchObject({ required: true, caseExact: false, uniqueness: 'server' })
    expect(rules['password']).toMatchObject({ mutability: 'writeOnly', returned: 'never' })
    expect(rules['groups']).toMatchObject({ mutability: 'readOnly', multiValued: true })
  })

  test('what a full user has is in the schemas', async () => {
    const schemas = (await scim.get('/Schemas')).body.Resources as { id: string; attributes: Attribute[] }[]
    const named = (id: string) => schemas.find((schema) => schema.id === id)?.attributes.map(({ name }) => name)
    expect(named(`${core}:User`)).toEqual(
      expect.arrayContaining(['userName', 'name', 'emails', 'active', 'roles', 'x509Certificates']),
    )
    expect(named(`${core}:Group`)).toEqual(expect.arrayContaining(['displayName', 'members']))
    expect(named(enterprise)).toEqual(expect.arrayContaining(['employeeNumber', 'department', 'manager']))
  })

  test('the published documents in schemas/scim are what the server answers', async () => {
    const strip = (value: unknown) =>
      JSON.parse(JSON.stringify(value).replaceAll(/"location":"[^"]*\/scim\/v2\/[^/"]*/g, '"location":"'))
    for (const [file, path] of [
      ['service-provider-config', 'ServiceProviderConfig'],
      ['resource-types', 'ResourceTypes'],
      ['schemas', 'Schemas'],
    ]) {
      const published = JSON.parse(readFileSync(new URL(`../../schemas/scim/${file}.json`, import.meta.url), 'utf8'))
      expect(strip(published)).toEqual(strip((await scim.get(`/${path}`)).body))
    }
  })

  test('discovery needs the token, too, and is read only', async () => {
    for (const path of ['ServiceProviderConfig', 'ResourceTypes', 'Schemas']) {
      expect((await app.request(`${scim.base}/${path}`)).status).toBe(401)
      expect((await scim.post(`/${path}`, { schemas: [] })).status).toBe(405)
      expect((await scim.get(`/${path}?filter=id+pr`)).status).toBe(403)
      expect((await scim.get(`/${path}?aadOptscim062020`)).status).toBe(200)
    }
  })
})
