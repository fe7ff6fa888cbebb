// The AuthZEN 1.0 decision API: single and batch evaluations, with the reason in the context.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AccessStage, type Client, createUser, read, roleId, startStage } from '../support/access.ts'

let stage: AccessStage
let client: Client
let userId: string
let brandId: string
let groupId: string
beforeAll(async () => {
  stage = await startStage()
  client = await stage.createClient('authzen')
  userId = await createUser(client, 'Ada@example.com')
  brandId = (await client.post('brands', { slug: 'aurora', name: 'Aurora' })).body.id
  groupId = (await client.post('groups', { displayName: 'Aurora Editors', userIds: [userId] })).body.id
  await client.confirm('POST', 'mappings', { groupId, roleId: await roleId(client, 'editor'), brandId })
})
afterAll(() => stage.close())

const question = (over: object = {}) => ({
  subject: { type: 'user', id: userId },
  action: { name: 'content.publish' },
  resource: { type: 'brand', id: brandId },
  ...over,
})

const evaluate = (body: unknown) => client.post('/access/v1/evaluation', body)
const evaluateAll = (body: unknown) => client.post('/access/v1/evaluations', body)

describe('one evaluation', () => {
  test('is allowed with the chain from the group to the permission', async () => {
    const answer = await evaluate(question())
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({
      decision: true,
      context: {
        reason: {
          step: 'permission',
          code: 'granted',
          chain: [
            {
              effect: 'allow',
              permission: 'content.publish',
              role: { key: 'editor' },
              brand: 'aurora',
              source: { type: 'mapping', path: [{ id: groupId, displayName: 'Aurora Editors' }] },
            },
          ],
        },
      },
    })
  })

  test.each([
    ['the brand by slug', () => question({ resource: { type: 'brand', id: 'aurora' } }), true],
    ['the user by userName', () => question({ subject: { type: 'user', id: 'ADA@example.com' } }), true],
    [
      'a thing in a brand, by its properties',
      () => question({ resource: { type: 'article', id: '1', properties: { brand: 'aurora' } } }),
      true,
    ],
    [
      'a thing in a brand, by the context',
      () => question({ resource: { type: 'article', id: '1' }, context: { brand: brandId } }),
      true,
    ],
    ['a thing in no brand', () => question({ resource: { type: 'article', id: '1' } }), false],
    ['the organization by slug', () => question({ resource: { type: 'organization', id: 'authzen' } }), false],
  ])('names %s', async (_name, body, decision) => {
    expect((await evaluate(body())).body.decision).toBe(decision)
  })

  test.each([
    ['user_unknown', () => question({ subject: { type: 'user', id: 'nobody@example.com' } })],
    ['user_unknown', () => question({ subject: { type: 'user', id: 'a\u0000b' } })],
    ['user_unknown', () => question({ subject: { type: 'machine', id: userId } })],
    ['brand_unknown', () => question({ resource: { type: 'brand', id: 'nowhere' } })],
    ['organization_unknown', () => question({ resource: { type: 'organization', id: 'other' } })],
    ['not_granted', () => question({ action: { name: 'billing.manage' } })],
    ['no_role', () => question({ resource: { type: 'organization', id: client.organizationId } })],
  ])('is refused with the reason %s, which is no error', async (code, body) => {
    const answer = await evaluate(body())
    expect(answer).toMatchObject({ status: 200, body: { decision: false, context: { reason: { code } } } })
  })

  test.each([
    {},
    { subject: { type: 'user', id: 'x' } },
    { subject: { type: 'user' }, action: { name: 'a' }, resource: { type: 'brand', id: 'b' } },
    { subject: 'x', action: { name: 'a' }, resource: { type: 'brand', id: 'b' } },
    {
      subject: { type: 'user', id: 'x' },
      action: { name: 'a' },
      resource: { type: 'doc', id: 'b', properties: { brand: 1 } },
    },
    [],
    'text',
  ])('that is malformed is answered with 400: %j', async (body) => {
    expect(await evaluate(body)).toMatchObject({ status: 400, body: { type: 'urn:rolecall:problem:invalid' } })
  })

  test('needs a key, sends the request id back and answers unknown paths with 404', async () => {
    expect((await stage.request('/access/v1/evaluation', { method: 'POST' })).status).toBe(401)
    const headers = { Authorization: `Bearer ${client.key}`, 'Content-Type': 'application/json' }
    const named = { ...headers, 'X-Request-ID': 'bfe9eb29-ab87-4ca3-be83-a1d5d8305716' }
    const init = { method: 'POST', headers: named, body: JSON.stringify(question()) }
    const response = await stage.request('/access/v1/evaluation', init)
    expect(response.headers.get('x-request-id')).toBe('bfe9eb29-ab87-4ca3-be83-a1d5d8305716')
    const broken = await stage.request('/access/v1/evaluation', { method: 'POST', headers, body: '{' })
    expect((await read(broken)).status).toBe(400)
    expect((await client.get('/access/v1/nothing')).status).toBe(404)
  })

  test('another organization’s user and brand are unknown ones', async () => {
    const other = await stage.createClient()
    const foreign = await other.post('/access/v1/evaluation', question())
    expect(foreign.body).toMatchObject({ decision: false, context: { reason: { code: 'user_unknown' } } })
    const own = await createUser(other, 'own@example.com')
    const brand = await other.post('/access/v1/evaluation', question({ subject: { type: 'user', id: own } }))
    expect(brand.body.context.reason.code).toBe('brand_unknown')
  })
})

describe('a batch', () => {
  const defaults = () => ({ subject: { type: 'user', id: userId }, resource: { type: 'brand', id: brandId } })
  const actions = (...names: string[]) => names.map((name) => ({ action: { name } }))
  const decisions = (body: { evaluations: { decision: boolean }[] }) => body.evaluations.map(({ decision }) => decision)

  test('takes what an evaluation leaves out from the top level', async () => {
    const { body } = await evaluateAll({
      ...defaults(),
      evaluations: [
        ...actions('content.publish', 'billing.manage'),
        { action: { name: 'content.publish' }, resource: { type: 'organization', id: client.organizationId } },
      ],
    })
    expect(decisions(body)).toEqual([true, false, false])
  })

  test.each([
    ['execute_all', [true, false, true]],
    ['deny_on_first_deny', [true, false]],
    ['permit_on_first_permit', [true]],
  ])('follows the semantic %s', async (semantic, expected) => {
    const { body } = await evaluateAll({
      ...defaults(),
      evaluations: actions('content.view', 'billing.manage', 'content.edit'),
      options: { evaluations_semantic: semantic },
    })
    expect(decisions(body)).toEqual(expected)
  })

  test('answers what is malformed in its place', async () => {
    const { status, body } = await evaluateAll({ ...defaults(), evaluations: [{}, ...actions('content.view')] })
    expect(status).toBe(200)
    expect(body.evaluations).toMatchObject([
      { decision: false, context: { error: { status: 400 } } },
      { decision: true },
    ])
  })

  test('without evaluations is a single evaluation', async () => {
    expect((await evaluateAll(question())).body.decision).toBe(true)
    expect((await evaluateAll({ ...question(), evaluations: [] })).body.decision).toBe(true)
    expect((await evaluateAll({ ...defaults() })).status).toBe(400)
  })

  test('that is too large or has another semantic is refused', async () => {
    const many = { ...defaults(), evaluations: actions(...Array.from({ length: 1_001 }, () => 'content.view')) }
    expect((await evaluateAll(many)).status).toBe(400)
    const odd = { ...defaults(), evaluations: actions('a'), options: { evaluations_semantic: 'maybe' } }
    expect((await evaluateAll(odd)).status).toBe(400)
  })
})

test('the metadata names the endpoints', async () => {
  const { body } = await client.get('/.well-known/authzen-configuration')
  expect(body).toEqual({
    policy_decision_point: 'https://id.example.com',
    access_evaluation_endpoint: 'https://id.example.com/access/v1/evaluation',
    access_evaluations_endpoint: 'https://id.example.com/access/v1/evaluations',
    search_subject_endpoint: 'https://id.example.com/access/v1/search/subject',
    search_action_endpoint: 'https://id.example.com/access/v1/search/action',
    search_resource_endpoint: 'https://id.example.com/access/v1/search/resource',
  })
})
