// Keys of the platform: what they do above the organizations, where they reach, and that no organization learns of another.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { revokePlatformKey } from '#access/platform/keys/platform-keys.ts'
import { type AccessStage, type Client, createUser, roleId, startStage } from '../support/access.ts'
import { createPlatformKey, operatorContext, type PlatformClient } from '../support/platform.ts'

let stage: AccessStage
let platform: PlatformClient
let one: Client
let other: Client

beforeAll(async () => {
  stage = await startStage({ trustedProxies: 1 })
  platform = await createPlatformKey(stage)
  one = await stage.createClient()
  other = await stage.createClient()
})
afterAll(() => stage.close())

describe('inside of an organization', () => {
  test.each([
    ['its id', () => one.organizationId],
    ['its slug', () => one.slug],
  ])('named by %s, every endpoint answers, and its audit trail says who it was', async (_, name) => {
    const made = await platform.send('POST', 'brands', { slug: `b${name().slice(-8)}`, name: 'Aurora' }, name())
    expect(made.status).toBe(201)
    expect(await one.auditOf(made.body.id)).toEqual(['brand.create'])
    const { body } = await one.get(`audit-events?targetId=${made.body.id}`)
    expect(body.items[0].actor).toMatchObject({ type: 'platform_key', id: platform.id })
    expect((await other.get(`brands/${made.body.id}`)).status).toBe(404)
  })

  test('without a name it is asked for one, and nothing is done', async () => {
    for (const [method, path, body] of [
      ['GET', 'users'],
      ['POST', 'brands', { slug: 'nowhere', name: 'Nowhere' }],
      ['GET', 'settings'],
    ] as const) {
      const answer = await platform.send(method, path, body)
      expect([path, answer.status, answer.body.reason]).toEqual([path, 400, 'organization'])
    }
  })

  test('one that is not there is 404, never an empty list', async () => {
    for (const name of ['org_00000000000000000000000000', 'nobody-has-this', '../x', 'ORG', `x${'y'.repeat(200)}`]) {
      const { status } = await platform.send('GET', 'users', undefined, name)
      expect([name, status]).toEqual([name, 404])
    }
  })

  test('decides about anybody there', async () => {
    const userId = await createUser(one, 'asked@example.com')
    const question = {
      subject: { type: 'user', id: userId },
      action: { name: 'content.view' },
      resource: { type: 'organization', id: one.slug },
    }
    const deciding = await createPlatformKey(stage, { scopes: [], access: 'decisions' })
    const asked = await deciding.send('POST', '/access/v1/evaluation', question, one.slug)
    expect([asked.status, asked.body.decision]).toEqual([200, false])
    expect((await deciding.send('GET', 'users', undefined, one.slug)).status).toBe(403)
    expect((await deciding.send('GET', 'organizations')).status).toBe(403)
  })

  test('decides without a name where it is told whom it is about, people of several organizations in one batch', async () => {
    const people = await Promise.all([one, other].map((client) => createUser(client, 'batch@example.com')))
    await one.post('assignments', { userId: people[0], roleId: await roleId(one, 'viewer'), reason: 'Works here' })
    const deciding = await createPlatformKey(stage, { scopes: [], access: 'decisions' })
    const ofUser = (id: string | undefined) => ({ subject: { type: 'user', id: id ?? '' } })
    const resource = { type: 'feature', id: 'reader' }
    const shared = { action: { name: 'content.view' }, resource: { type: 'organization', id: one.slug } }
    const nobody = 'usr_00000000000000000000000000'
    const evaluations = [people[1], people[0], nobody, people[0], 'batch@example.com'].map(ofUser)
    const { status, body } = await deciding.send('POST', '/access/v1/evaluations', { ...shared, evaluations })
    expect(status).toBe(200)
    expect(body.evaluations.map(({ decision }: { decision: boolean }) => decision)).toEqual([
      false,
      true,
      false,
      true,
      false,
    ])
    const single = await deciding.send('POST', '/access/v1/evaluation', { ...shared, ...ofUser(people[0]) })
    expect(single.body.decision).toBe(true)
    const actions = await deciding.send('POST', '/access/v1/search/action', {
      ...ofUser(people[0]),
      resource: shared.resource,
    })
    expect(actions.body.results).toContainEqual({ name: 'content.view' })
    const subjects = await deciding.send('POST', '/access/v1/search/subject', { subject: { type: 'user' }, ...shared })
    expect([subjects.status, subjects.body.reason]).toEqual([400, 'organization'])
    // Out of reach is as unknown as nobody at all.
    const narrow = await createPlatformKey(stage, {
      access: 'decisions',
      reach: 'only',
      organizationIds: [other.organizationId],
    })
    const refused = await narrow.send('POST', '/access/v1/evaluation', { ...shared, ...ofUser(people[0]) })
    const unknown = await narrow.send('POST', '/access/v1/evaluation', { ...shared, ...ofUser(nobody) })
    expect(refused.body).toEqual(unknown.body)
    const without = await createPlatformKey(stage, { access: 'nothing' })
    expect((await without.send('POST', '/access/v1/evaluation', { ...shared, ...ofUser(people[0]) })).status).toBe(403)
    expect(
      (await without.send('POST', '/access/v1/evaluation', { ...shared, resource, ...ofUser(nobody) })).body.decision,
    ).toBe(false)
  })

  test('with chosen permissions it does those, and gives nobody more', async () => {
    const key = await createPlatformKey(stage, { scopes: [], access: 'permissions', permissions: ['users.read'] })
    expect((await key.send('GET', 'users', undefined, one.slug)).status).toBe(200)
    expect((await key.send('POST', 'users', { userName: 'x@example.com' }, one.slug)).status).toBe(403)
    expect((await key.send('POST', 'api-keys', { name: 'More' }, one.slug)).status).toBe(403)
  })
})

describe('reach', () => {
  test.each([
    ['only', () => ({ reach: 'only' as const, organizationIds: [one.organizationId] })],
    ['except', () => ({ reach: 'except' as const, organizationIds: [other.organizationId] })],
  ])('%s: what is out of reach is answered like what is not there', async (_, scope) => {
    const key = await createPlatformKey(stage, scope())
    expect((await key.send('GET', 'users', undefined, one.slug)).status).toBe(200)
    const [foreign, unknown] = [
      await key.send('GET', 'users', undefined, other.organizationId),
      await key.send('GET', 'users', undefined, 'org_00000000000000000000000000'),
    ]
    const told = ({ status, body: { requestId: _id, ...rest } }: typeof foreign) => [status, rest]
    expect(told(foreign)).toEqual(told(unknown))
    expect(foreign.status).toBe(404)
    expect((await key.send('GET', 'users', undefined, other.slug)).status).toBe(404)
    for (const [method, body] of [['GET'], ['PATCH', { name: 'Taken' }], ['DELETE']] as const)
      for (const name of [other.organizationId, other.slug])
        expect([method, (await key.send(method, `organizations/${name}`, body)).status]).toEqual([method, 404])
    const { body } = await key.send('GET', 'organizations?limit=200')
    const ids = body.items.map(({ id }: { id: string }) => id)
    expect([ids.includes(one.organizationId), ids.includes(other.organizationId)]).toEqual([true, false])
    expect((await other.get(`organizations/${other.organizationId}`)).body).toMatchObject({ status: 'active' })
  })

  test('what concerns all organizations is for keys that reach all', async () => {
    const narrow = { reach: 'only' as const, organizationIds: [one.organizationId] }
    for (const scope of ['applications.write', 'events.read'] as const)
      await expect(createPlatformKey(stage, { ...narrow, scopes: [scope] })).rejects.toMatchObject({ code: 'invalid' })
    const key = await createPlatformKey(stage, narrow)
    // As one that was issued before this was asked.
    await stage.app
      .owner`update platform_keys set scopes = '["organizations.write", "applications.write", "events.read"]' where id = ${key.id}`
    for (const [method, path, body] of [
      ['POST', 'organizations', { slug: 'beyond', name: 'Beyond' }],
      ['GET', 'audit-events'],
      ['GET', 'applications'],
      ['PATCH', 'branding', { displayName: 'Evil' }],
    ] as const)
      expect([path, (await key.send(method, path, body)).status]).toEqual([
        path,
        path === 'branding' ? expect.toSatisfy((status: number) => status >= 400) : 403,
      ])
  })

  test('the database refuses it too, whatever the server says', async () => {
    const key = await createPlatformKey(stage, { reach: 'only', organizationIds: [one.organizationId] })
    const sql = stage.app.serverRole()
    const enter = (organizationId: string) =>
      sql.begin(async (tx) => {
        const { createHash } = await import('node:crypto')
        const hash = createHash('sha256').update(key.key).digest('hex')
        return tx`select enter_by_platform_key(${organizationId}, ${hash}) as id`
      })
    expect((await enter(one.organizationId))[0]?.['id']).toBe(one.organizationId)
    await expect(enter(other.organizationId)).rejects.toMatchObject({ code: 'RC404' })
  })
})

describe('scopes', () => {
  test.each([
    ['organizations.read', 'GET', 'organizations', undefined, 'organizations.read'],
    ['organizations.write', 'POST', 'organizations', { slug: 'scoped', name: 'Scoped' }, 'organizations.write'],
    ['events.read', 'GET', 'audit-events', undefined, 'audit.read'],
    ['applications.read', 'GET', 'applications', undefined, 'applications.read'],
  ] as const)('%s is what %s /%s needs', async (scope, method, path, body, needed) => {
    const rest = (
      ['organizations.read', 'organizations.write', 'organizations.delete', 'applications.read', 'events.read'] as const
    ).filter((each) => each !== scope)
    const without = await createPlatformKey(stage, { scopes: [...rest] })
    const refused = await without.send(method, path, body)
    expect(refused.status).toBe(403)
    expect(refused.body.scope ?? refused.body.permission).toBe(needed)
    const having = await createPlatformKey(stage, { scopes: [scope], access: 'nothing' })
    expect((await having.send(method, path, body)).status).toBeLessThan(300)
    expect((await having.send('GET', 'users', undefined, one.slug)).status).toBe(403)
  })

  test('organizations.delete alone deletes, and nothing else', async () => {
    const doomed = await stage.createClient()
    const key = await createPlatformKey(stage, { scopes: ['organizations.delete'], access: 'nothing' })
    expect((await key.send('PATCH', `organizations/${doomed.slug}`, { name: 'X' })).status).toBe(403)
    expect((await key.send('DELETE', `organizations/${doomed.slug}`)).status).toBe(202)
    const writing = await createPlatformKey(stage, { scopes: ['organizations.write'] })
    expect((await writing.send('DELETE', `organizations/${doomed.slug}`)).status).toBe(403)
  })
})

describe('keys of an organization', () => {
  test('do nothing of the platform', async () => {
    for (const [method, path, body] of [
      ['POST', 'organizations', { slug: 'mine', name: 'Mine' }],
      ['DELETE', `organizations/${one.organizationId}`],
      ['PATCH', `organizations/${one.organizationId}`, { status: 'suspended' }],
      ['PATCH', `organizations/${one.organizationId}`, { metadata: { plan: 'free' } }],
    ] as const) {
      const answer = await one.send(method, path, body)
      expect([method, path, answer.status, answer.body.reason]).toEqual([method, path, 403, 'operator'])
    }
    const { body } = await one.get(`organizations/${one.organizationId}`)
    expect(Object.keys(body)).not.toEqual(expect.arrayContaining(['metadata']))
  })

  test('that name another organization change nothing in their own', async () => {
    const header = (name: string) => ({ 'Rolecall-Organization': name })
    expect((await one.send('GET', 'brands', undefined, header(one.slug))).status).toBe(200)
    for (const name of [other.slug, other.organizationId, 'nobody-has-this']) {
      const made = await one.send('POST', 'brands', { slug: 'meant-elsewhere', name: 'X' }, header(name))
      expect([name, made.status]).toEqual([name, 404])
    }
    const { body } = await one.get('brands?limit=200')
    expect(body.items.map(({ slug }: { slug: string }) => slug)).not.toContain('meant-elsewhere')
  })
})

describe('the end of a key', () => {
  test('revoked, expired, unknown, from elsewhere', async () => {
    const key = await createPlatformKey(stage, { addressRanges: ['192.0.2.0/24'] })
    const from = (ip: string) => ({ 'X-Forwarded-For': ip })
    expect((await key.send('GET', 'organizations', undefined, undefined, from('192.0.2.7'))).status).toBe(200)
    expect((await key.send('GET', 'organizations', undefined, undefined, from('198.51.100.7'))).status).toBe(403)
    expect((await key.send('GET', 'users', undefined, one.slug, from('198.51.100.7'))).status).toBe(403)
    const live = await createPlatformKey(stage)
    expect((await live.send('GET', 'organizations')).status).toBe(200)
    await revokePlatformKey(operatorContext(stage), live.id)
    expect((await live.send('GET', 'organizations')).status).toBe(401)
    expect((await live.send('GET', 'users', undefined, one.slug)).status).toBe(401)
    const short = await createPlatformKey(stage, { expiresAt: '2999-01-01T00:00:00Z' })
    await stage.app.owner`update platform_keys set expires_at = now() - interval '1 second' where id = ${short.id}`
    expect((await short.send('GET', 'organizations')).status).toBe(401)
    const unknown = await stage.request('/api/v1/organizations', { headers: { Authorization: 'Bearer rpk_nobody' } })
    expect(unknown.status).toBe(401)
  })

  test('the key is nowhere in the database, only its hash', async () => {
    const { key } = await createPlatformKey(stage)
    const rows = await stage.app.owner`select k::text as row from platform_keys k`
    expect(rows.some(({ row }) => (row as string).includes(key))).toBe(false)
  })
})
