// The command line, in-process on a real database: what it prints, what it changes, and its exit codes.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createGroup } from '#directory/create-group.ts'
import { type AccessStage, createUser, startStage } from '../support/access.ts'

let stage: AccessStage
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.close())

const localGroup = (displayName: string) => ({ displayName, externalId: null, attributes: {} })

describe('organization', () => {
  test('create, list, suspend and resume', async () => {
    const created = await stage.rolecall('organization', 'create', '--slug', 'acme', '--name', 'Acme', '--json')
    expect(created.exitCode).toBe(0)
    expect(created.json).toMatchObject({ slug: 'acme', name: 'Acme', status: 'active' })
    const { json } = await stage.rolecall('organization', 'list', '--json')
    expect(json.items.map(({ slug }: { slug: string }) => slug)).toContain('acme')
    const suspended = await stage.rolecall('organization', 'suspend', '--organization', 'acme', '--json')
    expect(suspended.json.status).toBe('suspended')
    const resumed = await stage.rolecall('organization', 'resume', '--organization', 'acme')
    expect(resumed.lines).toEqual(['The organization acme is active'])
  })

  test('a slug that is taken fails with one line and exit code 1', async () => {
    await stage.rolecall('organization', 'create', '--slug', 'taken', '--name', 'One')
    const again = await stage.rolecall('organization', 'create', '--slug', 'taken', '--name', 'Two')
    expect(again).toMatchObject({ exitCode: 1, lines: [] })
    expect(again.errors).toEqual(['error: An organization with this slug exists already'])
  })

  test('a bad slug and an unknown role pack are refused', async () => {
    const bad = await stage.rolecall('organization', 'create', '--slug', '-Bad', '--name', 'Bad')
    expect(bad).toMatchObject({ exitCode: 1 })
    expect(bad.errors[0]).toMatch(/^error: slug: /)
    const pack = await stage.rolecall('organization', 'create', '--slug', 'p', '--name', 'P', '--role-pack', 'none')
    expect(pack.exitCode).toBe(1)
  })
})

test('a command that is not written correctly ends with exit code 2 and says what is missing', async () => {
  const missing = await stage.rolecall('brand', 'create', '--organization', 'acme')
  expect(missing.exitCode).toBe(2)
  expect(missing.errors.join('\n')).toMatch(/required option '--slug/)
  expect((await stage.rolecall('nonsense')).exitCode).toBe(2)
})

test('says its version', async () => {
  expect(await stage.rolecall('--version')).toMatchObject({ exitCode: 0, lines: ['0.0.0'] })
})

test('help ends with exit code 0', async () => {
  const help = await stage.rolecall('--help')
  expect(help.exitCode).toBe(0)
  expect(help.lines.join('\n')).toMatch(/organization/)
})

test('an unknown organization fails with its name', async () => {
  const result = await stage.rolecall('brand', 'list', '--organization', 'nowhere')
  expect(result).toMatchObject({ exitCode: 1, errors: ['error: Organization nowhere not found'] })
})

test('directory create --create-organization prints one JSON line, and its token enters', async () => {
  const args = ['directory', 'create', '--organization', 'fresh', '--name', 'Okta', '--json']
  expect((await stage.rolecall(...args)).exitCode).toBe(1)
  const { json, lines } = await stage.rolecall(...args, '--create-organization')
  expect(lines).toHaveLength(1)
  expect(Object.keys(json)).toEqual(['directoryId', 'baseUrl', 'token'])
  expect(json.baseUrl).toBe(`https://id.example.com/scim/v2/${json.directoryId}`)
  expect(json.token).toMatch(/^rcs_/)
  const second = await stage.rolecall(...args, '--create-organization')
  expect(second.json.directoryId).not.toBe(json.directoryId)
})

test('directory tokens are issued, listed without the secret, and revoked', async () => {
  await stage.rolecall('organization', 'create', '--slug', 'tokens', '--name', 'Tokens')
  await stage.rolecall('directory', 'create', '--organization', 'tokens', '--name', 'Entra')
  const scope = ['--organization', 'tokens', '--directory', 'entra', '--json']
  const issued = await stage.rolecall('directory', 'token', 'create', ...scope)
  expect(issued.json.token).toMatch(/^rcs_/)
  const listed = await stage.rolecall('directory', 'token', 'list', ...scope)
  expect(listed.json.items).toHaveLength(2)
  expect(JSON.stringify(listed.json)).not.toContain(issued.json.token)
  await stage.rolecall('directory', 'token', 'revoke', ...scope, '--token', issued.json.id)
  const after = await stage.rolecall('directory', 'token', 'list', ...scope)
  expect(after.json.items[1].revokedAt).toMatch(/^\d{4}-.*Z$/)
  expect((await stage.rolecall('directory', 'list', '--organization', 'tokens')).lines[0]).toMatch(/^NAME +STATUS/)
})

test('mappings and assignments give access, which show and check explain', async () => {
  const client = await stage.createClient('studio')
  const org = ['--organization', 'studio']
  const userId = await createUser(client, 'Ada@example.com')
  const group = await createGroup(client.ctx, {
    directoryId: null,
    content: localGroup('Aurora Editors'),
    memberIds: [userId],
  })
  const brand = await stage.rolecall('brand', 'create', ...org, '--slug', 'aurora', '--name', 'Aurora', '--json')
  expect(brand.json).toMatchObject({ slug: 'aurora', name: 'Aurora' })

  const mapped = ['mapping', 'create', ...org, '--group', 'aurora editors', '--role', 'editor', '--brand', 'aurora']
  const mapping = await stage.rolecall(...mapped, '--json')
  expect(mapping.json).toMatchObject({ group: { id: group.id }, role: { key: 'editor' }, brand: { slug: 'aurora' } })
  expect((await stage.rolecall(...mapped)).errors).toEqual(['error: This mapping exists already'])

  const given = ['assignment', 'create', ...org, '--user', 'ada@EXAMPLE.com', '--role', 'viewer', '--reason', 'Audit']
  const assignment = await stage.rolecall(...given, '--expires', '2100-01-01T00:00:00Z', '--json')
  expect(assignment.exitCode).toBe(0)

  const shown = await stage.rolecall('access', 'show', ...org, '--user', 'ada@example.com', '--json')
  expect(shown.json).toEqual({
    user: { id: userId, userName: 'Ada@example.com', status: 'active' },
    assignments: [
      {
        role: 'viewer',
        brand: null,
        source: {
          type: 'direct',
          reason: 'Audit',
          expiresAt: '2100-01-01T00:00:00.000Z',
          assignmentId: assignment.json.id,
        },
      },
      {
        role: 'editor',
        brand: 'aurora',
        source: {
          type: 'mapping',
          group: 'Aurora Editors',
          groupId: group.id,
          filter: null,
          mappingId: mapping.json.id,
          path: [{ id: group.id, displayName: 'Aurora Editors' }],
        },
      },
    ],
  })

  const check = (...args: string[]) => stage.rolecall('access', 'check', ...org, '--user', 'ada@example.com', ...args)
  const allowed = await check('--permission', 'content.publish', '--brand', 'aurora')
  expect(allowed.exitCode).toBe(0)
  expect(allowed.lines[0]).toBe('allowed: granted (decided by permission)')
  const denied = await check('--permission', 'content.publish', '--json')
  expect(denied).toMatchObject({ exitCode: 3, json: { allowed: false, step: 'permission', reason: 'not_granted' } })
  const misspelt = await check('--permission', 'content.publsh')
  expect(misspelt).toMatchObject({ exitCode: 3, errors: [expect.stringContaining('did you mean content.publish?')] })
  expect((await check('--permission', 'content.publish')).errors).toEqual([])
  const nowhere = await check('--permission', 'content.view', '--brand', 'nowhere')
  expect(nowhere).toMatchObject({ exitCode: 1, errors: ['error: There is no such brand; nothing was decided'] })

  const list = await stage.rolecall('mapping', 'list', ...org)
  expect(list.lines[1]).toMatch(/^Aurora Editors +editor +aurora +map_/)
  expect((await stage.rolecall('assignment', 'list', ...org, '--user', 'ada@example.com')).lines).toHaveLength(2)
  for (const taken of [
    ['mapping', 'delete', ...org, '--mapping', mapping.json.id],
    ['assignment', 'delete', ...org, '--assignment', assignment.json.id],
  ]) {
    const refused = await stage.rolecall(...taken)
    expect(refused).toMatchObject({ exitCode: 1, lines: [] })
    expect(refused.errors[0]).toMatch(
      /^error: Nothing is changed yet\. 1 person has something less \(Ada@example\.com\)/,
    )
    const confirmed = await stage.rolecall(...taken, '--yes')
    expect(confirmed.lines[0]).toMatch(/is deleted\. 1 person has something less.* from now on$/)
  }
  const gone = await stage.rolecall('access', 'show', ...org, '--user', userId)
  expect(gone.lines).toEqual([`Ada@example.com (${userId}) is active`, 'No assignments'])
})

test('a display name that two groups have is refused, naming both ids', async () => {
  const client = await stage.createClient('twins')
  const first = await createGroup(client.ctx, { directoryId: null, content: localGroup('Same'), memberIds: [] })
  const second = await createGroup(client.ctx, { directoryId: null, content: localGroup('same'), memberIds: [] })
  const create = ['mapping', 'create', '--organization', 'twins', '--role', 'viewer', '--group']
  const ambiguous = await stage.rolecall(...create, 'SAME')
  expect(ambiguous.exitCode).toBe(1)
  expect(ambiguous.errors[0]).toContain(`${first.id}, ${second.id}`)
  expect((await stage.rolecall(...create, second.id)).exitCode).toBe(0)
  expect((await stage.rolecall('group', 'list', '--organization', 'twins', '--json')).json.items).toHaveLength(2)
})

test('users are listed, shown, deactivated and reactivated', async () => {
  const client = await stage.createClient('people')
  await createUser(client, 'grace@example.com')
  await createUser(client, 'linus@example.com')
  const org = ['--organization', 'people']
  const grace = [...org, '--user', 'grace@example.com']
  const off = await stage.rolecall('user', 'deactivate', ...grace, '--json')
  expect(off.json).toMatchObject({ status: 'inactive', statusReason: 'administrator' })
  const inactive = await stage.rolecall('user', 'list', ...org, '--status', 'inactive', '--json')
  expect(inactive.json.items.map(({ userName }: { userName: string }) => userName)).toEqual(['grace@example.com'])
  expect((await stage.rolecall('user', 'list', ...org, '--search', 'LINUS')).lines).toHaveLength(2)
  expect((await stage.rolecall('user', 'reactivate', ...grace, '--json')).json.status).toBe('active')
  expect((await stage.rolecall('user', 'show', ...grace)).lines[0]).toMatch(/is active$/)
  expect((await stage.rolecall('user', 'list', ...org, '--status', 'odd')).exitCode).toBe(2)
})

test('api-key create prints id and key; a revoked key is refused', async () => {
  const client = await stage.createClient('keys')
  const org = ['--organization', 'keys']
  const { json } = await stage.rolecall('api-key', 'create', ...org, '--json')
  expect(Object.keys(json)).toEqual(['id', 'key'])
  const call = () => stage.request('/api/v1/brands', { headers: { Authorization: `Bearer ${json.key}` } })
  expect((await call()).status).toBe(200)
  expect((await stage.rolecall('api-key', 'revoke', ...org, '--key', json.id)).exitCode).toBe(0)
  expect((await call()).status).toBe(401)
  expect((await stage.rolecall('api-key', 'list', ...org, '--json')).json.items).toHaveLength(2)
  expect(await client.auditOf(json.id)).toEqual(['api_key.issue', 'api_key.revoke'])
})

test('roles, audit and the process commands', async () => {
  await stage.createClient('misc')
  const roles = await stage.rolecall('role', 'list', '--organization', 'misc', '--json')
  expect(roles.json.items.map(({ key }: { key: string }) => key)).toEqual(['administrator', 'editor', 'viewer'])
  const audit = await stage.rolecall('audit', 'list', '--organization', 'misc', '--json')
  expect(audit.json.items.at(-1)).toMatchObject({
    action: 'organization.create',
    actor: { type: 'operator', id: 'test' },
  })
  expect((await stage.rolecall('audit', 'list', '--organization', 'misc', '--limit', 'x')).exitCode).toBe(2)
  expect((await stage.rolecall('serve')).lines).toEqual(['served'])
  expect((await stage.rolecall('migrate')).lines).toEqual(['migrated'])
  expect((await stage.rolecall('database', 'url', '--json')).json.url).toMatch(/^postgres:/)
})

test('without --json every listing is a table under its headings', async () => {
  const client = await stage.createClient('tables')
  const userId = await createUser(client, 'ada@example.com')
  await createGroup(client.ctx, { directoryId: null, content: localGroup('Team'), memberIds: [userId] })
  const org = ['--organization', 'tables']
  await stage.rolecall('brand', 'create', ...org, '--slug', 'aurora', '--name', 'Aurora')
  await stage.rolecall('directory', 'create', ...org, '--name', 'Okta')
  await stage.rolecall('assignment', 'create', ...org, '--user', userId, '--role', 'viewer', '--reason', 'Audit')
  const heading = async (...args: string[]) => {
    const { lines } = await stage.rolecall(...args)
    expect(lines.length).toBeGreaterThan(1)
    return lines[0]?.split(/ {2,}/)
  }
  expect(await heading('organization', 'list')).toEqual(['SLUG', 'NAME', 'STATUS', 'ID'])
  expect(await heading('brand', 'list', ...org)).toEqual(['SLUG', 'NAME', 'ID'])
  expect(await heading('role', 'list', ...org)).toEqual(['KEY', 'NAME', 'RANK', 'PACK', 'PURPOSE', 'ID'])
  expect(await heading('group', 'list', ...org)).toEqual(['NAME', 'DIRECTORY', 'ID'])
  expect(await heading('api-key', 'list', ...org)).toContain('LAST USED')
  expect(await heading('directory', 'token', 'list', ...org, '--directory', 'okta')).toContain('ENDS IN')
  const since = ['--since', '2020-01-01T00:00:00Z', '--action', 'assignment.create']
  expect(await heading('audit', 'list', ...org, ...since)).toEqual(['TIME', 'ACTION', 'TARGET', 'ACTOR'])
  expect((await stage.rolecall('audit', 'list', ...org, '--since', 'soon')).exitCode).toBe(2)
  const shown = await stage.rolecall('access', 'show', ...org, '--user', 'ada@example.com')
  expect(shown.lines.at(-1)).toMatch(/^viewer +\(organization\) +direct assignment: Audit$/)
})
