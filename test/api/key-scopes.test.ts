// API keys that may do less than everything: decisions alone, chosen permissions, single brands, from some addresses.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createRole } from '#access/grants/roles/create-role.ts'
import { issueApiKey, listApiKeys, revokeApiKey } from '#access/organizations/api-keys/api-keys.ts'
import { type AccessStage, type Client, createUser, read, roleId, startStage } from '../support/access.ts'
import { actingAs, beyondCeiling, within } from '../support/ceilings.ts'
import { createManager } from '../support/console.ts'

let stage: AccessStage
let client: Client

beforeAll(async () => {
  stage = await startStage({ trustedProxies: 1 })
})
afterAll(() => stage.close())

beforeEach(async () => {
  client = await stage.createClient()
})

const issue = async (input: object): Promise<string> => {
  const { status, body } = await client.post('api-keys', { name: 'Scoped', ...input })
  expect([status, body.detail]).toEqual([201, undefined])
  return body.key
}

const send = async (key: string, method: string, path: string, body?: unknown, ip?: string) =>
  read(
    await stage.request(path.startsWith('/') ? path : `/api/v1/${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(ip === undefined ? {} : { 'X-Forwarded-For': ip }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  )

const question = (userId: string, brand?: string) => ({
  subject: { type: 'user', id: userId },
  action: { name: 'content.view' },
  ...(brand === undefined
    ? { resource: { type: 'organization', id: client.slug } }
    : { resource: { type: 'brand', id: brand } }),
})

describe('a key for decisions alone', () => {
  test('asks what people may do, and is refused everything else', async () => {
    const key = await issue({ access: 'decisions' })
    const userId = await createUser(client, 'ada@example.com')
    await client.post('assignments', { userId, roleId: await roleId(client, 'viewer'), reason: 'Works here' })
    const asked = await send(key, 'POST', '/access/v1/evaluation', question(userId))
    expect([asked.status, asked.body.decision]).toEqual([200, true])
    const { body: document } = await client.get('/api/v1/openapi.json')
    const readable = Object.entries(document.paths as Record<string, Record<string, unknown>>).filter(
      ([path, item]) => 'get' in item && !path.includes('{') && !path.endsWith('openapi.json'),
    )
    expect(readable.length).toBeGreaterThan(15)
    for (const [path] of readable) {
      const at = path.startsWith('/api') || path.startsWith('/access') ? path : `/api/v1${path}`
      const [own, full] = [await send(key, 'GET', at), await client.get(at)]
      // Whatever does not want a key at all may be read by anybody.
      const isOpen = (await stage.request(at)).status === full.status
      // A question that is not even one is refused as such, whoever asks.
      expect([at, isOpen ? 403 : own.status]).toEqual([at, full.status === 400 ? 400 : 403])
    }
    expect((await send(key, 'POST', 'users', { userName: 'new@example.com' })).status).toBe(403)
    expect((await send(key, 'POST', 'api-keys', { name: 'Another' })).status).toBe(403)
  })

  test('of one brand asks about that brand alone', async () => {
    const mine = (await client.post('brands', { slug: 'mine', name: 'Mine' })).body.id
    await client.post('brands', { slug: 'theirs', name: 'Theirs' })
    const userId = await createUser(client, 'ada@example.com')
    const viewer = await roleId(client, 'viewer')
    await client.post('assignments', { userId, roleId: viewer, brandId: mine, reason: 'Works here' })
    const key = await issue({ access: 'decisions', brandIds: [mine] })
    const asked = await send(key, 'POST', '/access/v1/evaluation', question(userId, 'mine'))
    expect([asked.status, asked.body.decision]).toEqual([200, true])
    for (const other of [question(userId, 'theirs'), question(userId)])
      expect((await send(key, 'POST', '/access/v1/evaluation', other)).status).toBe(403)
    expect((await client.post('api-keys', { name: 'X', access: 'decisions', brandIds: ['brd_nobody'] })).status).toBe(
      404,
    )
  })
})

describe('a key with chosen permissions', () => {
  test('does what they let people do, and stretches them no further', async () => {
    const key = await issue({ access: 'permissions', permissions: ['users.manage', 'roles.assign', 'content.view'] })
    const made = await send(key, 'POST', 'users', { userName: 'new@example.com' })
    expect(made.status).toBe(201)
    expect((await send(key, 'GET', 'settings')).status).toBe(403)
    const give = (role: string) =>
      send(key, 'POST', 'assignments', { userId: made.body.id, roleId: role, reason: 'Because' })
    const seeing = await createRole(client.ctx, { key: 'see', name: 'See', purpose: 'Sees', allows: ['content.view'] })
    expect((await give(seeing.id)).status).toBe(201)
    expect(await give(await roleId(client, 'administrator'))).toMatchObject({
      status: 403,
      body: { reason: 'ceiling' },
    })
    const { userId: boss } = await createManager({
      ctx: client.ctx,
      id: client.organizationId,
      slug: client.slug,
    } as never)
    expect(
      await send(key, 'PUT', `users/${boss}/password`, { password: 'correct horse battery staple' }),
    ).toMatchObject({
      status: 403,
    })
    expect(await send(key, 'POST', `users/${boss}/deactivate`)).toMatchObject({
      status: 403,
      body: { reason: 'ceiling' },
    })
  })

  test('goes on in the background with what it may do', async () => {
    const key = await issue({ access: 'permissions', permissions: ['users.manage'] })
    const { userId: boss } = await createManager({
      ctx: client.ctx,
      id: client.organizationId,
      slug: client.slug,
    } as never)
    // Not the last one, whom another rule keeps.
    await createManager({ ctx: client.ctx, id: client.organizationId, slug: client.slug } as never, {
      name: 'Bo Second',
    })
    const plain = await createUser(client, 'plain@example.com')
    const change = { action: { kind: 'deactivate' }, selection: { userIds: [boss, plain] } }
    const preview = await send(key, 'POST', 'user-changes/preview', change)
    const started = await send(key, 'POST', 'user-changes', { ...change, hash: preview.body.hash })
    expect(started.status).toBeLessThan(300)
    // As a node leaves it behind that dies at once.
    const { owner } = stage.app
    await owner`update user_change_people set outcome = null, claimed_at = null where change_id = ${started.body.id}`
    await owner`update user_changes set finished_at = null where id = ${started.body.id}`
    await client.post(`users/${plain}/reactivate`)
    const { continueUserChanges } = await import('#access/people/bulk/continue-user-changes.ts')
    await continueUserChanges({ ...client.ctx, actor: { type: 'system', id: 'worker' } })
    expect((await client.get(`users/${plain}`)).body.status).toBe('inactive')
    expect((await client.get(`users/${boss}`)).body.status).toBe('active')
  })

  test('is issued by whoever holds as much, and revoked by them', async () => {
    const organization = { ctx: client.ctx, id: client.organizationId, slug: client.slug } as never
    await createRole(client.ctx, {
      ...{ key: 'keeper', name: 'Keeper', purpose: 'Keeps keys' },
      allows: ['settings.*', 'users.*'],
    })
    const { userId } = await createManager(organization, { name: 'Kit Keeper', role: 'keeper' })
    const keeper = await actingAs(organization, userId)
    const own = { name: 'Mine', access: 'permissions' as const, permissions: ['users.manage'] }
    const issued = await issueApiKey(keeper, own)
    await revokeApiKey(keeper, issued.id)
    await expect(issueApiKey(keeper, { ...own, permissions: ['roles.*'] })).rejects.toMatchObject(beyondCeiling)
    await expect(issueApiKey(keeper, { name: 'All' })).rejects.toMatchObject(beyondCeiling)
    const [full] = await listApiKeys(client.ctx)
    await expect(revokeApiKey(keeper, full?.id ?? '')).rejects.toMatchObject(beyondCeiling)
    const lesser = within(client.ctx, { allows: ['content.view'], denies: [] })
    await expect(issueApiKey(lesser, own)).rejects.toMatchObject(beyondCeiling)
  })
})

describe('where and how long a key is good', () => {
  test('from its address ranges alone, IPv4 and IPv6', async () => {
    const key = await issue({ access: 'decisions', addressRanges: ['192.0.2.0/24', '2001:db8::/32', '198.51.100.7'] })
    const status = async (ip: string) =>
      (await send(key, 'POST', '/access/v1/evaluation', question('usr_x'), ip)).status
    for (const ip of ['192.0.2.9', '2001:db8::1', '198.51.100.7']) expect([ip, await status(ip)]).toEqual([ip, 200])
    for (const ip of ['192.0.3.9', '2001:db9::1', '198.51.100.8']) expect([ip, await status(ip)]).toEqual([ip, 403])
    const wrong = await client.post('api-keys', { name: 'X', addressRanges: ['192.0.2.0/99'] })
    expect([wrong.status, wrong.body.errors[0].path]).toEqual([400, 'addressRanges'])
  })

  test('for a year, unless somebody says otherwise', async () => {
    const { body } = await client.post('api-keys', { name: 'Usual' })
    const days = (Date.parse(body.expiresAt) - Date.now()) / 86_400_000
    expect(days).toBeGreaterThan(364)
    expect(days).toBeLessThan(366)
    expect((await client.post('api-keys', { name: 'Lasting', expiresAt: null })).body.expiresAt).toBeNull()
  })

  test('parts of a scope that do not fit together are refused by name', async () => {
    for (const [input, path] of [
      [{ access: 'decisions', permissions: ['users.manage'] }, 'permissions'],
      [{ access: 'permissions' }, 'permissions'],
      [{ access: 'permissions', permissions: ['no.such.thing'] }, 'permissions'],
      [{ brandIds: ['brd_x'] }, 'brandIds'],
    ] as const) {
      const { status, body } = await client.post('api-keys', { name: 'X', ...input })
      expect([status, body.errors[0].path.split('.')[0]]).toEqual([400, path])
    }
  })

  test('keys of before may do everything, and the overview names them', async () => {
    const { countOverview } = await import('#access/organizations/overview.ts')
    await issue({ access: 'decisions', name: 'Narrow' })
    expect((await countOverview(client.ctx)).unboundedKeys).toEqual(['Test'])
    const [old] = await listApiKeys(client.ctx)
    expect(old).toMatchObject({ access: 'everything', permissions: null, brandIds: null, addressRanges: null })
  })
})

test('the command line issues keys with a scope', async () => {
  await client.post('brands', { slug: 'mine', name: 'Mine' })
  const { json, exitCode } = await stage.rolecall(
    ...['api-key', 'create', '--organization', client.slug, '--access', 'permissions', '--permission', 'users.read'],
    ...['--brand', 'mine', '--from', '192.0.2.1', '--expires', 'never', '--json'],
  )
  expect(exitCode).toBe(0)
  const key = (await listApiKeys(client.ctx)).find(({ id }) => id === json.id)
  expect(key).toMatchObject({
    ...{ access: 'permissions', permissions: ['users.read'], addressRanges: ['192.0.2.1/32'], expiresAt: null },
  })
  expect(key?.brandIds).toHaveLength(1)
})
