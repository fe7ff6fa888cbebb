// What the product that runs Rolecall does with organizations: creates them whole, finds, changes, suspends and deletes them.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eraseDueOrganizations } from '#access/platform/organizations/erase-organizations.ts'
import { type AccessStage, type Client, createUser, roleId, startStage } from '../support/access.ts'
import { furnishConsole, furnishSignIn } from '../support/furnish.ts'
import { createPlatformKey, type PlatformClient } from '../support/platform.ts'

let stage: AccessStage
let platform: PlatformClient

beforeAll(async () => {
  stage = await startStage()
  platform = await createPlatformKey(stage)
})
afterAll(() => stage.close())

const organizationIds = async () => {
  const rows = await stage.app.owner`select slug from organizations`
  return rows.map(({ slug }) => slug as string)
}

describe('a new organization in one call', () => {
  const whole = {
    ...{ slug: 'northwind', name: 'Northwind Media', externalId: 'customer-17', metadata: { plan: 'enterprise' } },
    rolePack: 'simple2',
    brands: [
      { slug: 'aurora', name: 'Aurora' },
      { slug: 'cascade', name: 'Cascade' },
    ],
    settings: { invitationDays: undefined, mailDays: 14, accessContact: 'it@example.com' },
    administrators: [{ email: 'ada@example.com', givenName: 'Ada', familyName: 'Lovelace' }],
    setupLink: { label: 'IT of Northwind', days: 5, domains: ['northwind.example.com'] },
  }

  test('comes with roles, brands, settings, invited administrators and a setup link that works', async () => {
    const { status, body } = await platform.send('POST', 'organizations', whole)
    expect([status, body.detail]).toEqual([201, undefined])
    expect(body.organization).toMatchObject({
      slug: 'northwind',
      externalId: 'customer-17',
      metadata: { plan: 'enterprise' },
    })
    const inside = (path: string) => platform.send('GET', path, undefined, 'northwind')
    expect((await inside('brands')).body.items).toEqual(body.brands)
    expect((await inside('settings')).body).toMatchObject({ mailDays: 14, accessContact: 'it@example.com' })
    const { body: found } = await inside('invitations')
    expect(found.items).toMatchObject([{ email: 'ada@example.com', status: 'pending' }])
    expect((await inside('mails')).body.items).toHaveLength(1)
    const page = await stage.request(new URL(body.setupLink.url).pathname)
    expect(page.status).toBeLessThan(400)
    const { body: trail } = await inside('audit-events?limit=200')
    const actors = new Set(trail.items.map(({ actor }: { actor: { id: string } }) => actor.id))
    expect([...actors]).toEqual([platform.id])
    const { body: events } = await platform.send('GET', `audit-events?targetId=${body.organization.id}`)
    expect(events.items).toMatchObject([{ action: 'organization.create', actor: { id: platform.id, name: 'Product' } }])
    expect(JSON.stringify(events)).not.toContain(new URL(body.setupLink.url).pathname.split('/').at(-1))
  })

  test.each([
    ['a slug that is taken', { slug: 'northwind' }, 409, undefined],
    ['an externalId that is taken', { externalId: 'customer-17' }, 409, undefined],
    [
      'a brand twice',
      {
        brands: [
          { slug: 'a', name: 'A' },
          { slug: 'a', name: 'B' },
        ],
      },
      409,
      'brands.1',
    ],
    ['a brand without a name', { brands: [{ slug: 'a', name: '' }] }, 400, 'brands.0.name'],
    ['an address that is none', { administrators: [{ email: 'ada' }] }, 400, 'administrators.0.email'],
    ['a setting out of bounds', { settings: { mailDays: 0 } }, 400, 'settings.mailDays'],
    ['a role pack that is none', { rolePack: 'nothing' }, 400, 'rolePack'],
    ['a domain that is none', { setupLink: { label: 'IT', domains: ['no domain'] } }, 400, 'setupLink.domains'],
    ['metadata with a NUL', { metadata: { plan: '\0' } }, 400, undefined],
    ['what is not known', { nonsense: true }, 400, undefined],
  ])('%s leaves nothing behind', async (_, part, expected, path) => {
    const before = await organizationIds()
    const slug = `fresh-${Math.random().toString(36).slice(2, 8)}`
    const { status, body } = await platform.send('POST', 'organizations', { slug, name: 'Fresh', ...part })
    expect([status, body.errors?.[0]?.path ?? path]).toEqual([expected, path ?? body.errors?.[0]?.path])
    expect(await organizationIds()).toEqual(before)
  })
})

describe('finding', () => {
  test('by part of name or slug, status, externalId, page by page', async () => {
    const made: string[] = []
    for (const name of ['Umbra North', 'Umbra South', 'Umbra West'])
      made.push(
        (await platform.send('POST', 'organizations', { slug: name.toLowerCase().replace(' ', '-'), name })).body
          .organization.id,
      )
    const list = async (query: string) => (await platform.send('GET', `organizations?${query}`)).body
    const ids = ({ items }: { items: { id: string }[] }) => items.map(({ id }) => id)
    expect(ids(await list('q=UMBRA'))).toEqual(made)
    expect(ids(await list('q=umbra-s'))).toEqual([made[1]])
    const first = await list('q=umbra&limit=2')
    expect(ids(first)).toEqual(made.slice(0, 2))
    const second = await list(`q=umbra&limit=2&cursor=${first.nextCursor}`)
    expect([ids(second), second.nextCursor]).toEqual([made.slice(2), null])
    await platform.send('PATCH', `organizations/${made[0]}`, { status: 'suspended', externalId: 'u-1' })
    expect(ids(await list('status=suspended&q=umbra'))).toEqual([made[0]])
    expect(ids(await list('externalId=u-1'))).toEqual([made[0]])
    expect((await platform.send('GET', 'organizations?cursor=x')).status).toBe(400)
    expect((await platform.send('GET', 'organizations/umbra-west')).body.id).toBe(made[2])
  })
})

describe('changing', () => {
  test('what is not mentioned stays; name and status stand in its own audit trail', async () => {
    const client = await stage.createClient()
    const change = (body: object) => platform.send('PATCH', `organizations/${client.slug}`, body)
    await change({ metadata: { plan: 'free' }, externalId: 'c-1' })
    const { body } = await change({ name: 'Renamed' })
    expect(body).toMatchObject({ name: 'Renamed', metadata: { plan: 'free' }, externalId: 'c-1' })
    await change({ status: 'suspended' })
    expect((await client.get('users')).status).toBe(401)
    expect((await platform.send('GET', 'users', undefined, client.slug)).status).toBe(200)
    await change({ status: 'active' })
    expect((await client.get('users')).status).toBe(200)
    const actions = await client.auditOf(client.organizationId)
    expect(actions.slice(-3)).toEqual(['organization.update', 'organization.suspend', 'organization.resume'])
  })

  test('policies are changed inside of it', async () => {
    const client = await stage.createClient()
    const refused = await platform.send('PATCH', `organizations/${client.slug}`, { roleStrategy: 'highest' })
    expect([refused.status, refused.body.reason]).toEqual([400, 'organization'])
  })
})

describe('deleting', () => {
  /** With rows of most kinds. */
  async function furnished(): Promise<Client> {
    const client = await stage.createClient()
    const userId = await createUser(client, 'ada@example.com')
    const { directoryId } = await stage.app.createDirectory({
      id: client.organizationId,
      slug: client.slug,
      ctx: client.ctx,
    })
    await client.post('assignments', { userId, roleId: await roleId(client, 'viewer'), reason: 'Works here' })
    await client.post('assignments', { userId, roleId: await roleId(client, 'administrator'), reason: 'Runs it' })
    await furnishSignIn(stage.app.owner, client.organizationId, userId)
    await furnishConsole(stage.app.owner, client.organizationId, directoryId)
    return client
  }

  /** In which tables there is anything of it. */
  async function remains(organizationId: string): Promise<string[]> {
    const tables = await stage.app
      .owner`select table_schema || '.' || table_name as name from information_schema.columns c
      join information_schema.tables t using (table_schema, table_name)
      where c.column_name = 'organization_id' and t.table_type = 'BASE TABLE' and table_schema in ('public', 'history')`
    const found: string[] = []
    for (const { name } of tables) {
      const rows = await stage.app
        .owner`select from ${stage.app.owner(name as string)} where organization_id = ${organizationId} limit 1`
      if (rows.length > 0) found.push(name as string)
    }
    return found
  }

  test('suspends at once, can be taken back, and erases everything when the retention ends', async () => {
    const [client, bystander] = [await furnished(), await furnished()]
    const { status, body } = await platform.send('DELETE', `organizations/${client.slug}?retentionDays=10`)
    expect([status, body.status]).toEqual([202, 'suspended'])
    expect(Date.parse(body.deletionDueAt) - Date.now()).toBeGreaterThan(9 * 86_400_000)
    expect((await client.get('users')).status).toBe(401)
    expect(await eraseDueOrganizations(stage.services)).toEqual([])
    expect((await platform.send('GET', 'organizations?status=deleting')).body.items).toMatchObject([
      { slug: client.slug },
    ])
    const back = await platform.send('PATCH', `organizations/${client.slug}`, { status: 'active' })
    expect(back.body).toMatchObject({ status: 'active', deletionDueAt: null })
    expect((await client.get('users')).status).toBe(200)

    await platform.send('DELETE', `organizations/${client.slug}?retentionDays=0`)
    // In many small steps, and from several nodes at once.
    const gone: string[] = []
    for (let left = 200; left > 0 && gone.length === 0; left -= 1)
      gone.push(...(await Promise.all([1, 2].map(() => eraseDueOrganizations(stage.services, 1)))).flat())
    expect(gone).toEqual([client.slug])
    expect(await remains(client.organizationId)).toEqual([])
    expect((await remains(bystander.organizationId)).length).toBeGreaterThan(30)
    expect((await bystander.get('users')).status).toBe(200)
    const { body: events } = await platform.send('GET', `audit-events?targetId=${client.organizationId}`)
    expect(events.items.map(({ action }: { action: string }) => action)).toEqual([
      ...['organization.erase', 'organization.delete', 'organization.update', 'organization.delete'],
    ])
    expect((await platform.send('GET', `organizations/${client.slug}`)).status).toBe(404)
    expect((await platform.send('GET', 'users', undefined, client.organizationId)).status).toBe(404)
  })

  test('leaves time to export everything but secrets, page by page, suspended or not', async () => {
    const [client, bystander] = [await furnished(), await furnished()]
    await stage.app.owner`insert into application_sessions (organization_id, session_id, application_id, created_at)
      select ${client.organizationId}, 'ses_' || n, 'app_x', now() from generate_series(1, 2_005) n`
    const { body: issued } = await client.post('api-keys', { name: 'Exported' })
    await platform.send('DELETE', `organizations/${client.slug}?retentionDays=10`)
    const { status, body } = await platform.send('GET', `organizations/${client.slug}/export`)
    expect(status).toBe(200)
    const lines = (typeof body === 'string' ? body : '').trim().split('\n')
    const rows = lines.map((line) => JSON.parse(line) as { table: string; row: Record<string, unknown> })
    const of = (table: string) => rows.filter((each) => each.table === table).map(({ row }) => row)
    expect([of('organizations').length, of('users').length]).toEqual([1, 1])
    const sessions = of('application_sessions').filter((row) => row['application_id'] === 'app_x')
    expect([sessions.length, new Set(sessions.map((row) => row['session_id'])).size]).toEqual([2_005, 2_005])
    for (const table of ['assignments', 'roles', 'audit_events', 'directories', 'api_keys'])
      expect(of(table).length, table).toBeGreaterThan(0)
    const secrets = ['key_hash', 'token_hash', 'secret_sealed', 'body_sealed', 'hash', 'code_hash', 'password_sealed']
    for (const { table, row } of rows)
      expect([table, Object.keys(row).filter((name) => secrets.includes(name))]).toEqual([table, []])
    expect(lines.some((line) => line.includes(issued.key) || line.includes(bystander.organizationId))).toBe(false)
    const nothing = await createPlatformKey(stage, { access: 'nothing' })
    expect((await nothing.send('GET', `organizations/${client.slug}/export`)).status).toBe(403)
    const deciding = await createPlatformKey(stage, { access: 'decisions' })
    expect((await deciding.send('GET', `organizations/${client.slug}/export`)).status).toBe(403)
    expect((await bystander.get(`organizations/${client.organizationId}/export`)).status).toBe(404)
    const own = await bystander.get(`organizations/${bystander.organizationId}/export`)
    expect([own.status, await bystander.auditOf(bystander.organizationId)]).toEqual([
      200,
      expect.arrayContaining(['organization.export']),
    ])
    const printed = await stage.rolecall('organization', 'export', '--organization', bystander.slug)
    expect(printed.lines.join('\n')).toContain('"table":"users"')
  }, 60_000)

  test('does not come back once erasing has begun, and takes no days that are none', async () => {
    const client = await furnished()
    for (const days of ['', ' ', '0x5', '1e1', '-1', '366', '1.5'])
      expect([
        days,
        (await platform.send('DELETE', `organizations/${client.slug}?retentionDays=${encodeURIComponent(days)}`))
          .status,
      ]).toEqual([days, 400])
    await platform.send('DELETE', `organizations/${client.slug}?retentionDays=0`)
    expect(await eraseDueOrganizations(stage.services, 1)).toEqual([])
    for (const [method, body] of [
      ['PATCH', { status: 'active' }],
      ['DELETE', undefined],
    ] as const) {
      const answer = await platform.send(method, `organizations/${client.slug}`, body)
      expect([answer.status, answer.body.reason]).toEqual([409, 'erasing'])
    }
  })

  test('an erased organization leaves the terms of applications changeable', async () => {
    const client = await stage.createClient()
    const { body: made } = await platform.send('POST', 'applications', {
      name: 'Newsroom',
      redirectUris: ['https://news.example.com/cb'],
    })
    const terms = (body: object) => platform.send('PATCH', `platform/applications/${made.id}/terms`, body)
    await terms({ reach: 'except', organizationIds: [client.organizationId] })
    await platform.send('DELETE', `organizations/${client.slug}?retentionDays=0`)
    for (let left = 20; left > 0; left -= 1) await eraseDueOrganizations(stage.services)
    expect((await terms({ isOptional: true })).status).toBe(200)
    expect((await terms({ organizationIds: ['org_00000000000000000000000000'] })).status).toBe(404)
  })

  test('by command', async () => {
    const client = await stage.createClient()
    const { lines } = await stage.rolecall(
      'organization',
      'delete',
      '--organization',
      client.slug,
      '--retention-days',
      '3',
    )
    expect(lines[0]).toContain('is suspended, and is erased after')
    await stage.rolecall('organization', 'resume', '--organization', client.slug)
    expect((await platform.send('GET', `organizations/${client.slug}`)).body.deletionDueAt).toBeNull()
    const wrong = await stage.rolecall(
      'organization',
      'delete',
      '--organization',
      client.slug,
      '--retention-days',
      '-1',
    )
    expect(wrong.exitCode).toBe(1)
  })
})

test('keys by command: issued, listed without what could be used, revoked', async () => {
  const client = await stage.createClient()
  const made = await stage.rolecall(
    'platform-key',
    'create',
    '--name',
    'Product',
    '--scope',
    'organizations.read',
    '--only',
    client.slug,
    '--json',
  )
  expect(made.exitCode).toBe(0)
  const ask = () => stage.request('/api/v1/organizations', { headers: { Authorization: `Bearer ${made.json.key}` } })
  expect((await (await ask()).json()) as object).toMatchObject({ items: [{ slug: client.slug }] })
  const listed = await stage.rolecall('platform-key', 'list')
  expect(listed.lines.join('\n')).toContain(made.json.id)
  expect(listed.lines.join('\n')).not.toContain(made.json.key)
  expect((await stage.rolecall('platform-key', 'revoke', '--key', made.json.id)).exitCode).toBe(0)
  expect((await ask()).status).toBe(401)
  const empty = await stage.rolecall('platform-key', 'create', '--name', 'Nothing')
  expect(empty.exitCode).toBe(1)
  expect(empty.errors.join()).toContain('a key needs a scope')
})
