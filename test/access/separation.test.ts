// Separation of duties: what rules keep apart is withheld by every way in which somebody may come to hold it.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { getEffectiveAccess } from '#access/decisions/effective-access.ts'
import { heldRoles } from '#access/decisions/held-roles.ts'
import { installRolePack } from '#access/grants/roles/install-role-pack.ts'
import { type AccessStage, type Client, createUser, roleId, startStage } from '../support/access.ts'
import { give, make } from '../support/ceiling-stage.ts'
import { actingAs, beyondCeiling } from '../support/ceilings.ts'

let stage: AccessStage
let client: Client
let ann: string
let maker: string
let checker: string

beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage?.close())

const role = async (key: string, allows: string[]): Promise<string> =>
  (await client.post('roles', { key, name: `The ${key}`, purpose: 'Test', allows })).body.id

beforeEach(async () => {
  client = await stage.createClient()
  ann = await createUser(client, 'ann@example.com')
  maker = await role('maker', ['campaigns.create'])
  checker = await role('checker', ['campaigns.activate', 'content.edit'])
})

const byPermission = { first: { permission: 'campaigns.create' }, second: { permission: 'campaigns.activate' } }
const byRole = () => ({ first: { roleId: maker }, second: { roleId: checker } })

const rule = async (more: object = byPermission): Promise<string> => {
  const made = await client.confirm('POST', 'separation-rules', { name: 'Four eyes', purpose: 'Fraud', ...more })
  expect([made.status, made.body.detail]).toEqual([201, undefined])
  return made.body.id
}

const assign = (roleIdOf: string, more: object = {}) =>
  client.post('assignments', { userId: ann, roleId: roleIdOf, reason: 'Test', ...more })

const decisionOf = async (permission: string, brand?: string) => {
  const path = `users/${ann}/explain?permission=${permission}${brand === undefined ? '' : `&brand=${brand}`}`
  return (await client.get(path)).body
}
const may = async (permission: string, brand?: string): Promise<boolean> =>
  (await decisionOf(permission, brand)).allowed

const tomorrow = (): string => new Date(Date.now() + 86_400_000).toISOString()

const mapped = async (role: string): Promise<string> => {
  const groupId = (await client.post('groups', { displayName: `G ${Math.random()}` })).body.id
  await make(client.ctx, { kind: 'create_mappings', mappings: [{ groupId, roleId: role }] })
  return groupId
}

describe('what a rule keeps apart', () => {
  test('is withheld whichever way it comes: group, team, filter, direct, before or after the rule', async () => {
    await assign(maker)
    const groupId = await mapped(checker)
    await client.post(`groups/${groupId}/members`, { userIds: [ann] })
    expect(await may('campaigns.activate')).toBe(true)
    const shown = await client.post('separation-rules', { name: 'Four eyes', purpose: 'Fraud', ...byPermission })
    expect(shown).toMatchObject({
      status: 428,
      body: { preview: { losing: 1, conflicts: [{ isEnforced: true, count: 1, sample: [{ id: ann }] }] } },
    })
    const ruleId = await rule()
    expect(await client.auditOf(ruleId)).toEqual(['separation_rule.create'])
    expect(await decisionOf('campaigns.activate')).toMatchObject({
      ...{ allowed: false, step: 'deny', reason: 'separation_of_duties', nearest: null },
      chain: [{ source: { type: 'separation', name: 'Four eyes' } }],
    })
    expect([await may('campaigns.create'), await may('content.edit')]).toEqual([true, true])
    await client.confirm('DELETE', `groups/${groupId}/members/${ann}`)
    const teamId = (await client.post('teams', { name: 'Team' })).body.id
    await client.confirm('POST', `teams/${teamId}/roles`, { roleId: checker, reason: 'Test' })
    await client.confirm('POST', `teams/${teamId}/members`, { userIds: [ann] })
    expect((await decisionOf('campaigns.activate')).reason).toBe('separation_of_duties')
    await client.confirm('DELETE', `teams/${teamId}`)
    const filter = 'userName eq "ann@example.com"'
    await make(client.ctx, { kind: 'create_mappings', mappings: [{ filter, roleId: checker }] })
    expect((await decisionOf('campaigns.activate')).reason).toBe('separation_of_duties')
    await client.confirm('DELETE', `separation-rules/${ruleId}`)
    expect(await may('campaigns.activate')).toBe(true)
    expect(await client.auditOf(ruleId)).toEqual(['separation_rule.create', 'separation_rule.delete'])
  })

  test('is not given by hand, now or for later, and the refusal names the rule', async () => {
    await rule(byRole())
    expect((await assign(maker)).status).toBe(201)
    const refused = {
      status: 409,
      body: { reason: 'separation_of_duties', detail: expect.stringContaining('Four eyes') },
    }
    expect(await assign(checker)).toMatchObject(refused)
    expect(await assign(checker, { validFrom: tomorrow() })).toMatchObject(refused)
    const brandId = (await client.post('brands', { slug: 'aurora', name: 'Aurora' })).body.id
    expect(await assign(checker, { brandId })).toMatchObject({ status: 201 })
    expect(await may('content.edit', 'aurora')).toBe(true)
  })

  test('a role that holds both by itself is named, also where somebody is created with it', async () => {
    const ruleId = await rule()
    const administrator = await roleId(client, 'administrator')
    const refused = {
      status: 409,
      body: {
        reason: 'separation_of_duties',
        detail:
          'The role Administrator holds both of what the rule Four eyes keeps apart; except the role in the rule first, or give another role',
      },
    }
    expect(await assign(administrator)).toMatchObject(refused)
    const person = { userName: 'new@example.com', displayName: 'New', password: 'correct horse battery staple' }
    const created = { ...person, roles: [{ roleId: administrator }] }
    expect(await client.post('users', created)).toMatchObject(refused)
    expect((await client.get('users?q=new@example.com')).body.items).toEqual([])
    await client.confirm('PATCH', `separation-rules/${ruleId}`, { exceptRoleIds: [administrator] })
    expect((await assign(administrator)).status).toBe(201)
    expect((await client.post('users', created)).status).toBe(201)
  })

  test('nor by an override, and no role that is withheld is told to applications', async () => {
    await rule()
    await assign(maker)
    const override = { userId: ann, permission: 'campaigns.activate', effect: 'allow', reason: 'Test' }
    const refused = await client.post('overrides', { ...override, expiresAt: tomorrow() })
    expect(refused).toMatchObject({ status: 409, body: { reason: 'separation_of_duties' } })
    await client.confirm('DELETE', `separation-rules/${(await client.get('separation-rules')).body.items[0].id}`)
    await rule(byRole())
    await client.post(`groups/${await mapped(checker)}/members`, { userIds: [ann] })
    const { body } = await client.get(`users/${ann}/access`)
    expect(JSON.stringify(body)).toContain('checker')
    expect(heldRoles(await getEffectiveAccess(client.ctx, ann)).roles.map(({ key }) => key)).toEqual(['maker'])
  })

  test('may be held by an exception, in its place, until its end', async () => {
    const ruleId = await rule()
    const brandId = (await client.post('brands', { slug: 'aurora', name: 'Aurora' })).body.id
    await client.post(`groups/${await mapped(maker)}/members`, { userIds: [ann] })
    await client.post(`groups/${await mapped(checker)}/members`, { userIds: [ann] })
    const excepted = (more: object) =>
      client.confirm('POST', `separation-rules/${ruleId}/exceptions`, { userId: ann, reason: 'Holidays', ...more })
    expect((await excepted({})).status).toBe(400)
    expect((await excepted({ expiresAt: tomorrow(), reason: ' ' })).status).toBe(400)
    expect((await excepted({ expiresAt: tomorrow(), brandId })).status).toBe(201)
    expect(await may('campaigns.activate')).toBe(false)
    const made = await excepted({ expiresAt: new Date(Date.now() + 1_500).toISOString() })
    expect(made).toMatchObject({ status: 201, body: { kind: 'exception', reason: 'Holidays' } })
    expect(await may('campaigns.activate')).toBe(true)
    const { body } = await client.get(`separation-rules/${ruleId}`)
    expect(body.exceptions).toHaveLength(2)
    await expect.poll(() => may('campaigns.activate'), { timeout: 10_000 }).toBe(false)
  })

  test('is only listed where the rule is watched, and holders of an excepted role are not', async () => {
    const lead = await role('lead', ['content.view'])
    const ruleId = await rule({ ...byPermission, mode: 'watch' })
    await assign(maker)
    await assign(checker)
    expect(await may('campaigns.activate')).toBe(true)
    const report = async () => (await client.get('reports/separation')).body
    expect(await report()).toMatchObject({
      findings: [{ code: 'both_sides', count: 1, sample: ['ann@example.com'] }],
      rows: [['Four eyes', 'ann@example.com', 'ann@example.com', null, 'The maker', 'The checker', 'watched', null]],
    })
    await client.confirm('PATCH', `separation-rules/${ruleId}`, { mode: 'enforce' })
    expect(await may('campaigns.activate')).toBe(false)
    expect((await report()).findings).toMatchObject([{ code: 'kept_apart', count: 1 }])
    await client.confirm('PATCH', `separation-rules/${ruleId}`, { exceptRoleIds: [lead] })
    expect(await may('campaigns.activate')).toBe(false)
    await assign(lead)
    expect(await may('campaigns.activate')).toBe(true)
    expect((await report()).findings).toEqual([])
  })

  test('a role that is withheld excepts from no policy', async () => {
    const publisher = await role('publisher', ['content.publish'])
    const policy = { name: 'Checkers publish', permission: 'content.publish', exceptRoleIds: [checker] }
    expect((await client.confirm('POST', 'policies', policy)).status).toBe(201)
    await assign(publisher)
    await assign(checker)
    expect(await may('content.publish')).toBe(true)
    await client.post(`groups/${await mapped(maker)}/members`, { userIds: [ann] })
    await rule(byRole())
    expect(await may('content.publish')).toBe(false)
  })

  test('was withheld then, whatever the rules are now', async () => {
    await assign(maker)
    await assign(checker)
    const ruleId = await rule()
    const during = new Date().toISOString()
    await client.confirm('DELETE', `separation-rules/${ruleId}`)
    const then = await client.get(`users/${ann}/explain?permission=campaigns.activate&at=${during}`)
    expect(then.body).toMatchObject({ allowed: false, reason: 'separation_of_duties' })
    expect(await may('campaigns.activate')).toBe(true)
  })
})

describe('rules', () => {
  test.each([
    ['the same twice', { first: { permission: 'content.edit' }, second: { permission: 'content.edit' } }, 400],
    ['a side of both kinds', { ...byPermission, first: { roleId: 'rol_x', permission: 'content.edit' } }, 400],
    ['an area', { ...byPermission, first: { permission: 'content.*' } }, 400],
    ['what administrators need', { ...byPermission, second: { permission: 'roles.manage' } }, 400],
    ['a role that is not there', { ...byPermission, second: { roleId: 'rol_00000000000000000000000000' } }, 404],
    ['without a purpose', { ...byPermission, purpose: ' ' }, 400],
  ])('%s: refused', async (_what, more, status) => {
    const asked = { name: 'Four eyes', purpose: 'Fraud', ...more }
    expect(await client.confirm('POST', 'separation-rules', asked)).toMatchObject({ status })
  })

  test('a name is taken once, and a role that a rule names stays', async () => {
    await rule(byRole())
    const again = { name: 'Four eyes', purpose: 'Fraud', ...byPermission }
    expect(await client.confirm('POST', 'separation-rules', again)).toMatchObject({ status: 409 })
    expect(await client.delete(`roles/${maker}`)).toMatchObject({ status: 409, body: { reason: 'in_use' } })
  })

  test('take nothing from somebody above, and are not lifted by whom they bind', async () => {
    await installRolePack(client.ctx, 'owner5')
    const [owner, admin] = [await createUser(client, 'olga@example.com'), await createUser(client, 'adam@example.com')]
    await give(client.ctx, owner, await roleId(client, 'owner'))
    await give(client.ctx, admin, await roleId(client, 'admin'))
    const asAdmin = () => actingAs({ ctx: client.ctx, id: client.organizationId, slug: client.slug }, admin)
    const wanted = {
      name: 'R',
      purpose: 'P',
      first: { permission: 'content.create' },
      second: { permission: 'billing.manage' },
    }
    await expect(make(await asAdmin(), { kind: 'create_separation', rule: wanted })).rejects.toMatchObject(
      beyondCeiling,
    )
    const ruleId = await rule({ first: { permission: 'content.create' }, second: { permission: 'content.publish' } })
    await expect(make(await asAdmin(), { kind: 'delete_separation', ruleId })).rejects.toMatchObject(beyondCeiling)
    const watch = { kind: 'update_separation', ruleId, mode: 'watch' } as const
    await expect(make(await asAdmin(), watch)).rejects.toMatchObject(beyondCeiling)
    const exception = { ruleId, userId: admin, reason: 'Mine', expiresAt: tomorrow() }
    await expect(make(await asAdmin(), { kind: 'create_exception', exception })).rejects.toMatchObject({
      reason: 'yourself',
    })
    // Before it matters, nobody is excepted from what its maker could not give.
    const other = await createUser(client, 'bea@example.com')
    await give(client.ctx, admin, await role('short', ['content.view']), {})
    const bound = await rule({
      name: 'Bills',
      first: { permission: 'content.view' },
      second: { permission: 'billing.manage' },
    })
    const early = { ruleId: bound, userId: other, reason: 'Early', expiresAt: tomorrow() }
    await expect(make(await asAdmin(), { kind: 'create_exception', exception: early })).rejects.toMatchObject(
      beyondCeiling,
    )
    await make(client.ctx, { kind: 'delete_separation', ruleId })
  })

  test('are of their organization alone, and need the right to change roles', async () => {
    const ruleId = await rule()
    const other = await stage.createClient()
    expect(await other.get(`separation-rules/${ruleId}`)).toMatchObject({ status: 404 })
    expect(await other.confirm('DELETE', `separation-rules/${ruleId}`)).toMatchObject({ status: 404 })
    const { body } = await client.post('api-keys', { name: 'K', access: 'permissions', permissions: ['users.read'] })
    const asked = { Authorization: `Bearer ${body.key}` }
    expect(await client.send('DELETE', `separation-rules/${ruleId}`, undefined, asked)).toMatchObject({ status: 403 })
    expect(await client.send('GET', 'separation-rules', undefined, asked)).toMatchObject({ status: 200 })
  })

  test('by command', async () => {
    await assign(maker)
    await assign(checker)
    const scope = ['--organization', client.slug, '--json']
    const sides = ['--first', 'permission:campaigns.create', '--second', 'role:checker']
    const words = ['separation', 'create', ...scope, '--name', 'Four eyes', '--purpose', 'Fraud', ...sides]
    expect((await stage.rolecall(...words)).exitCode).toBe(1)
    const made = await stage.rolecall(...words, '--yes')
    expect(made.exitCode).toBe(0)
    const ruleId = JSON.parse(made.lines[0] ?? '').id
    expect(await may('campaigns.activate')).toBe(false)
    const terms = ['--user', 'ann@example.com', '--reason', 'Holidays', '--expires', tomorrow()]
    expect((await stage.rolecall('separation', 'except', ...scope, '--rule', ruleId, ...terms)).exitCode).toBe(0)
    expect(await may('campaigns.activate')).toBe(true)
    expect((await stage.rolecall('separation', 'list', ...scope)).lines.join()).toContain('Four eyes')
    expect((await stage.rolecall('separation', 'delete', ...scope, '--rule', ruleId)).exitCode).toBe(0)
  })
})
