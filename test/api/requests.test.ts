// What holds for every request to the management API: keys, isolation, paging, problem+json and the published document.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openApiDocument } from '#api/openapi.ts'
import { type AccessStage, type Client, createUser, read, roleId, startStage } from '../support/access.ts'
import { createPlatformKey } from '../support/platform.ts'
import { signIn } from '../support/sessions.ts'

let stage: AccessStage
let client: Client
beforeAll(async () => {
  stage = await startStage()
  client = await stage.createClient()
})
afterAll(() => stage.close())

type Operation = { method: string; path: string; body: unknown }

/** Every operation of the document, with the ids of somebody's things in its path. */
function operations(ids: Record<string, string>): Operation[] {
  return Object.entries(openApiDocument().paths ?? {}).flatMap(([template, methods]) =>
    Object.keys(methods as object).map((method) => {
      const [, resource = ''] = template.split('/')
      const path = template
        .replace('{id}', ids[resource] ?? 'none')
        .replace('{memberId}', ids['users'] ?? 'none')
        .replace('{tokenId}', ids['tokens'] ?? 'none')
        .replace('{partId}', 'none')
      return { method: method.toUpperCase(), path: `/api/v1${path}`, body: bodies[`${method} ${template}`] }
    }),
  )
}

const bodies: Record<string, unknown> = {
  'post /brands': { slug: 'x', name: 'X' },
  'patch /brands/{id}': { name: 'X' },
  'patch /organizations/{id}': { name: 'X' },
  'post /users': { userName: 'x@example.com' },
  'post /directories/{id}/mass-changes': { since: '2020-01-01T00:00:00Z' },
  'post /teams': { name: 'X' },
  'patch /teams/{id}': { name: 'X' },
  'post /teams/{id}/members': { userIds: ['x'] },
  'post /teams/{id}/sources': { groupId: 'x' },
  'post /teams/{id}/roles': { roleId: 'x', reason: 'X' },
  'patch /teams/{id}/roles/{partId}': { reason: 'X' },
  'put /teams/{id}/left-out/{partId}': { reason: 'X' },
  'put /users/{id}/inactivity-exception': { reason: 'X' },
  'post /directories/{id}/move': { toDirectoryId: 'dir_00000000000000000000000000' },
  'post /directories/{id}/adoption-requests/decide': { requests: 'all', decision: 'adopt' },
  'post /users/{id}/address-proposal/decide': { decision: 'accept' },
  'patch /users/{id}': { displayName: 'X' },
  'put /users/{id}/password': { password: 'mossy lantern 47 drift' },
  'post /invitations': { email: 'x@example.com', roleId: 'x' },
  'patch /sign-in-policy': {},
  'post /groups': { displayName: 'X' },
  'patch /groups/{id}': { displayName: 'X' },
  'post /groups/{id}/members': { userIds: [] },
  'post /roles': { key: 'x', name: 'X', purpose: 'X' },
  'post /roles/{id}/clone': { key: 'x', name: 'X', purpose: 'X' },
  'patch /roles/{id}': { name: 'X' },
  'post /role-packs': { pack: 'owner5' },
  'post /applications': { name: 'X', redirectUris: ['https://x.example.com/callback'] },
  'patch /applications/{id}': { name: 'X' },
  'post /mappings': { groupId: 'x', roleId: 'x' },
  'post /assignments': { userId: 'x', roleId: 'x', reason: 'X' },
  'post /directories': { name: 'X' },
  'patch /directories/{id}': { name: 'X' },
  'post /directories/{id}/tokens': {},
  'post /directories/{id}/clients': { name: 'X', kind: 'secret' },
  'put /directories/{id}/extension-attributes': { resource: 'User', urn: 'urn:example:x', name: 'a', type: 'string' },
  'post /api-keys': { name: 'X' },
}

/** What an operation has to be asked with, by how its path ends; times are of this moment, since the history begins late. */
const queryOf = (path: string): string => {
  if (path.endsWith('/explain')) return '?permission=content.view'
  if (path.endsWith('/claims')) return '?user=usr_00000000000000000000000000'
  return path.endsWith('/access-difference') ? `?from=${new Date().toISOString()}` : ''
}

/** One of each thing in an organization. */
async function furnish(owner: Client): Promise<Record<string, string>> {
  const users = await createUser(owner, 'somebody@example.com')
  const groups = (await owner.post('groups', { displayName: 'G', userIds: [users] })).body.id
  const roles = (await owner.post('roles', { key: 'custom', name: 'C', purpose: 'Tests' })).body.id
  const directory = (await owner.post('directories', { name: 'D' })).body
  const application = { name: 'A', redirectUris: ['https://a.example.com/callback'] }
  const invitation = (await owner.post('invitations', { email: 'invited@example.com', roleId: roles })).body
  return {
    organizations: owner.organizationId,
    invitations: invitation.id,
    mails: invitation.delivery.mailId,
    applications: (await owner.post('applications', application)).body.id,
    sessions: (await signIn(owner, users)).sessionId,
    ...{ users, groups, roles },
    brands: (await owner.post('brands', { slug: 'b', name: 'B' })).body.id,
    directories: directory.id,
    tokens: directory.tokenId,
    teams: (await owner.post('teams', { name: 'T' })).body.id,
    mappings: (await owner.confirm('POST', 'mappings', { groupId: groups, roleId: roles })).body.id,
    assignments: (await owner.post('assignments', { userId: users, roleId: roles, reason: 'Tests' })).body.id,
    'api-keys': (await owner.post('api-keys', { name: 'K' })).body.id,
  }
}

const unknownIds = {
  organizations: `org_${'0'.repeat(26)}`,
  users: `usr_${'0'.repeat(26)}`,
  groups: `grp_${'0'.repeat(26)}`,
  roles: `rol_${'0'.repeat(26)}`,
  brands: `brd_${'0'.repeat(26)}`,
  directories: `dir_${'0'.repeat(26)}`,
  tokens: `tok_${'0'.repeat(26)}`,
  teams: `tea_${'0'.repeat(26)}`,
  mappings: `map_${'0'.repeat(26)}`,
  assignments: `asg_${'0'.repeat(26)}`,
  'api-keys': `key_${'0'.repeat(26)}`,
  applications: `app_${'0'.repeat(26)}`,
  sessions: `ses_${'0'.repeat(26)}`,
  invitations: `inv_${'0'.repeat(26)}`,
  mails: `mal_${'0'.repeat(26)}`,
}

describe('keys', () => {
  test.each([undefined, 'Bearer rck_wrong', 'Basic abc', 'Bearer', 'Bearer a b'])(
    'every operation refuses the authorization %s with 401',
    async (authorization) => {
      for (const { method, path, body } of operations(unknownIds)) {
        const response = await stage.request(path, {
          method,
          headers: { ...(authorization === undefined ? {} : { authorization }), 'Content-Type': 'application/json' },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        })
        expect([method, path, response.status]).toEqual([method, path, 401])
        expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/)
        expect(response.headers.get('content-type')).toBe('application/problem+json')
      }
    },
  )

  test('a key of a suspended organization is refused until it is resumed', async () => {
    const suspended = await stage.createClient('to-suspend')
    await stage.rolecall('organization', 'suspend', '--organization', 'to-suspend')
    expect((await suspended.get('brands')).status).toBe(401)
    expect((await suspended.get('permissions')).status).toBe(401)
    await stage.rolecall('organization', 'resume', '--organization', 'to-suspend')
    expect((await suspended.get('brands')).status).toBe(200)
  })

  test('a key ends at its time', async () => {
    const { body } = await client.post('api-keys', {
      name: 'Soon',
      expiresAt: new Date(Date.now() + 400).toISOString(),
    })
    const call = async () =>
      (await stage.request('/api/v1/brands', { headers: { Authorization: `Bearer ${body.key}` } })).status
    expect(await call()).toBe(200)
    await expect.poll(call, { timeout: 3_000 }).toBe(401)
  })
})

describe('isolation', () => {
  test.each([
    ['its own key', async () => client.send],
    [
      'a platform key that reaches this organization alone',
      async () => {
        const key = await createPlatformKey(stage, { reach: 'only', organizationIds: [client.organizationId] })
        return (method: string, path: string, body?: unknown) => key.send(method, path, body, client.slug)
      },
    ],
    [
      'a platform key that reaches all, but means this one',
      async () => {
        const key = await createPlatformKey(stage)
        return (method: string, path: string, body?: unknown) => key.send(method, path, body, client.slug)
      },
    ],
  ])(
    'every operation answers another organization’s ids as it answers unknown ones: 404, for %s',
    async (_, sender) => {
      const foreign = await furnish(await stage.createClient())
      const send = await sender()
      const [theirs, unknown] = [operations(foreign), operations(unknownIds)]
      for (const [index, operation] of theirs.entries()) {
        if (!operation.path.match(/_[0-9a-z]{26}/)) continue
        const path = `${operation.path}${queryOf(operation.path)}`
        const unknownPath = unknown[index]?.path ?? ''
        const [foreignAnswer, unknownAnswer] = [
          await send(operation.method, path, operation.body),
          await send(operation.method, path.replace(operation.path, unknownPath), operation.body),
        ]
        expect([operation.method, operation.path, foreignAnswer.status]).toEqual([
          operation.method,
          operation.path,
          404,
        ])
        expect({ ...foreignAnswer.body, requestId: '' }).toEqual({ ...unknownAnswer.body, requestId: '' })
      }
    },
  )

  test('what a mapping or an assignment points to must be of the own organization', async () => {
    const [mine, theirs] = [await stage.createClient(), await stage.createClient()]
    const [own, foreign] = [await furnish(mine), await furnish(theirs)]
    const mappings = [
      { groupId: foreign['groups'], roleId: own['roles'] },
      { groupId: own['groups'], roleId: foreign['roles'] },
      { groupId: own['groups'], roleId: own['roles'], brandId: foreign['brands'] },
    ]
    for (const input of mappings) expect((await mine.post('mappings', input)).status).toBe(404)
    const assignments = [
      { userId: foreign['users'], roleId: own['roles'], reason: 'x' },
      { userId: own['users'], roleId: foreign['roles'], reason: 'x' },
      { userId: own['users'], roleId: own['roles'], brandId: foreign['brands'], reason: 'x' },
    ]
    for (const input of assignments) expect((await mine.post('assignments', input)).status).toBe(404)
    expect((await mine.post(`groups/${own['groups']}/members`, { userIds: [foreign['users']] })).status).toBe(400)
    expect((await mine.post('groups', { displayName: 'X', userIds: [foreign['users']] })).status).toBe(400)
  })

  test('lists and the audit trail show the own organization only', async () => {
    const alone = await stage.createClient()
    for (const list of ['brands', 'users', 'groups', 'mappings', 'assignments', 'directories']) {
      expect([list, (await alone.get(list)).body]).toMatchObject([list, { items: [], nextCursor: null }])
    }
    const { body } = await alone.get('audit-events')
    expect(body.items.map(({ action }: { action: string }) => action)).toEqual(['api_key.issue', 'organization.create'])
  })
})

describe('paging', () => {
  test('walking a list by cursor shows everything once', async () => {
    const owner = await stage.createClient()
    const ids: string[] = []
    for (let number = 0; number < 7; number += 1) ids.push(await createUser(owner, `u${number}@example.com`))
    const seen: string[] = []
    let query = '?limit=3'
    for (let rounds = 0; query !== '' && rounds < 10; rounds += 1) {
      const { body } = await owner.get(`users${query}`)
      seen.push(...body.items.map(({ id }: { id: string }) => id))
      query = body.nextCursor === null ? '' : `?limit=3&cursor=${body.nextCursor}`
    }
    expect(seen).toEqual(ids)
  })

  test('the audit trail pages from the newest to the oldest', async () => {
    const { body: first } = await client.get('audit-events?limit=1')
    const { body: second } = await client.get(`audit-events?limit=1&cursor=${first.nextCursor}`)
    expect(second.items[0].id < first.items[0].id).toBe(true)
  })

  test.each(['cursor=!!', 'cursor=abc', 'cursor=dXNyX3g', 'limit=0', 'limit=201', 'limit=x', 'limit=', 'offset=3'])(
    '?%s is refused with 400',
    async (query) => {
      const answer = await client.get(`users?${query}`)
      expect(answer).toMatchObject({ status: 400, body: { type: 'urn:rolecall:problem:invalid' } })
    },
  )

  test('a cursor of another list is refused', async () => {
    await createUser(client, 'cursor1@example.com')
    await createUser(client, 'cursor2@example.com')
    const { body } = await client.get('users?limit=1')
    expect((await client.get(`groups?cursor=${body.nextCursor}`)).body.reason).toBe('invalidCursor')
  })
})

describe('problem+json', () => {
  const raw = (body: string, type = 'application/json', path = '/api/v1/brands') =>
    stage
      .request(path, { method: 'POST', headers: { Authorization: `Bearer ${client.key}`, 'Content-Type': type }, body })
      .then(read)

  test('a field that is wrong is named, with the request id', async () => {
    const answer = await client.post('brands', { slug: 'Not A Slug', name: '' })
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(answer.body).toMatchObject({
      type: 'urn:rolecall:problem:invalid',
      status: 400,
      title: 'The request is not valid',
      reason: 'invalidValue',
      errors: [{ path: 'slug' }, { path: 'name' }],
      requestId: answer.headers.get('x-request-id'),
    })
  })

  test.each(['{', '', 'null', '[]', '"text"', '{"slug":1,"name":2}', '{"slug":"a","name":"A","extra":1}'])(
    'the body %s is refused with 400',
    async (body) => {
      expect(await raw(body)).toMatchObject({ status: 400, body: { type: 'urn:rolecall:problem:invalid' } })
    },
  )

  test('keys that reach for prototypes are refused and change nothing', async () => {
    for (const key of ['__proto__', 'constructor', 'prototype']) {
      const answer = await raw(`{"slug":"proto","name":"P","${key}":{"isAdmin":true}}`)
      expect([key, answer.status]).toEqual([key, 400])
    }
  })

  test('another media type is refused with 415, a large body with 413, depth without harm', async () => {
    expect(await raw('slug=a', 'application/x-www-form-urlencoded')).toMatchObject({ status: 415 })
    expect(await raw('{}', 'text/plain')).toMatchObject({ status: 415 })
    expect(await raw(JSON.stringify({ slug: 'a', name: 'x'.repeat(1_100_000) }))).toMatchObject({ status: 413 })
    expect(await raw(`${'['.repeat(10_000)}${']'.repeat(10_000)}`)).toMatchObject({ status: 400 })
  })

  test('unknown routes and methods answer 404', async () => {
    const answer = await client.get('nothing')
    expect(answer).toMatchObject({ status: 404, body: { type: 'urn:rolecall:problem:not_found', status: 404 } })
    expect((await client.send('PUT', 'brands', {})).status).toBe(404)
  })

  test('text that the database cannot hold is refused with 400', async () => {
    expect((await client.post('users', { userName: 'a\u0000b' })).status).toBe(400)
    expect((await client.post('roles', { key: 'nul', name: 'N', purpose: 'a\u0000b' })).status).toBe(400)
    expect((await client.get('users?userName=%00')).status).toBe(400)
    expect((await client.confirm('POST', `users/usr_%00/deactivate`)).status).toBe(404)
  })
})

describe('the OpenAPI document', () => {
  test('is served without a key and is the one that is published', async () => {
    const response = await stage.request('/api/v1/openapi.json')
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual(JSON.parse(JSON.stringify(openApiDocument())))
  })

  test('every operation has an id, a summary, tags, security and its failures', () => {
    const { openapi, paths = {}, components } = openApiDocument()
    expect(openapi).toBe('3.1.0')
    expect(components?.securitySchemes).toMatchObject({ apiKey: { type: 'http', scheme: 'bearer' } })
    const all = Object.values(paths).flatMap((methods) => Object.values(methods as Record<string, object>))
    for (const operation of all) {
      expect(operation).toMatchObject({
        operationId: expect.any(String),
        summary: expect.any(String),
        tags: [expect.any(String)],
        security: [{ apiKey: [] }],
        responses: { 401: expect.anything(), 503: expect.anything() },
      })
    }
    const ids = all.map((operation) => (operation as { operationId: string }).operationId)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.length).toBeGreaterThan(45)
  })
})

test('a failing database is 503 with Retry-After, and no answer leaks what is underneath', async () => {
  const { body } = await client.post('brands', { slug: 'before', name: 'Before' })
  const viewer = await roleId(client, 'viewer')
  expect(viewer).toMatch(/^rol_/)
  await stage.services.database.close()
  const answer = await client.get(`brands/${body.id}`)
  expect(answer).toMatchObject({ status: 503, body: { type: 'urn:rolecall:problem:unavailable' } })
  expect(answer.headers.get('retry-after')).toMatch(/^\d+$/)
  expect(JSON.stringify(answer.body)).not.toMatch(/postgres|select |\.ts|\n\s+at /i)
})
