// Overrides: one permission more or less for one person, on top of their roles, as an exception with a reason and an end.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createOverrideWithin } from '#access/grants/assignments/create-override.ts'
import { deleteAssignmentWithin } from '#access/grants/assignments/delete-assignment.ts'
import { installRolePack } from '#access/grants/roles/install-role-pack.ts'
import { createInvitation } from '#access/invitations/create-invitation.ts'
import { inTransaction } from '#src/context.ts'
import { type AccessStage, type Client, createUser, roleId, startStage } from '../support/access.ts'
import { give } from '../support/ceiling-stage.ts'
import { actingAs, beyondCeiling } from '../support/ceilings.ts'

let stage: AccessStage
let client: Client
let ann: string
let brandId: string

beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage?.close())

beforeEach(async () => {
  client = await stage.createClient()
  ann = await createUser(client, 'ann@example.com')
  brandId = (await client.post('brands', { slug: 'aurora', name: 'Aurora' })).body.id
})

const tomorrow = (): string => new Date(Date.now() + 86_400_000).toISOString()

const wanted = (more: object = {}) => ({
  ...{ userId: ann, permission: 'content.publish', effect: 'allow', reason: 'Covers for Bob', expiresAt: tomorrow() },
  ...more,
})

const holds = async (key: string, where: string | null = null) =>
  client.post('assignments', { userId: ann, roleId: await roleId(client, key), brandId: where, reason: 'Test' })

const may = async (permission: string, brand?: string): Promise<boolean> => {
  const asked = { subject: { type: 'user', id: ann }, action: { name: permission } }
  const resource = brand === undefined ? { type: 'organization', id: client.slug } : { type: 'brand', id: brand }
  const { body } = await client.post('/access/v1/evaluation', { ...asked, resource })
  return body.decision
}

describe('001-04: an override of one permission', () => {
  test('gives it until its end, with a reason, and is listed as an exception', async () => {
    await holds('viewer')
    const made = await client.post('overrides', wanted())
    expect(made).toMatchObject({
      status: 201,
      body: {
        kind: 'override',
        override: { permission: 'content.publish', effect: 'allow' },
        reason: 'Covers for Bob',
      },
    })
    expect(await client.auditOf(made.body.id)).toEqual(['assignment.create'])
    expect(await may('content.publish')).toBe(true)
    const listed = await client.get('assignments?kind=override')
    expect(listed.body.items.map(({ id }: { id: string }) => id)).toEqual([made.body.id])
    const roles = await client.get('roles?limit=200')
    expect(roles.body.items.filter(({ key }: { key: string }) => key.includes('content.publish'))).toEqual([])
    const report = await client.get('reports/exceptions')
    expect(JSON.stringify(report.body.rows)).toContain('Override: may content.publish')
    // No role that somebody could be given otherwise.
    const again = { userId: ann, roleId: made.body.role.id, reason: 'Test', brandId }
    expect(await client.post('assignments', again)).toMatchObject({ status: 404 })
    expect(await client.get(`roles/${made.body.role.id}`)).toMatchObject({ status: 404 })
  })

  test('takes it away once the preview was seen, and gives it back when it ends', async () => {
    await holds('editor')
    expect(await may('content.edit')).toBe(true)
    const denied = wanted({ permission: 'content.edit', effect: 'deny' })
    const shown = await client.post('overrides', denied)
    expect(shown).toMatchObject({ status: 428, body: { preview: { losing: 1 } } })
    expect(shown.body.preview.entries[0].lost).toEqual(['content.edit'])
    expect(await may('content.edit')).toBe(true)
    const made = await client.confirm('POST', 'overrides', denied)
    expect(made.status).toBe(201)
    expect(await may('content.edit')).toBe(false)
    await client.confirm('DELETE', `assignments/${made.body.id}`)
    expect(await may('content.edit')).toBe(true)
  })

  test('has an end, whatever is changed about it', async () => {
    await holds('viewer')
    const { id } = (await client.post('overrides', wanted())).body
    expect(await client.confirm('PATCH', `assignments/${id}`, { expiresAt: null })).toMatchObject({ status: 400 })
    const later = new Date(Date.now() + 2 * 86_400_000).toISOString()
    expect(await client.confirm('PATCH', `assignments/${id}`, { expiresAt: later })).toMatchObject({ status: 200 })
  })

  test('ends by itself, and may be given again', async () => {
    await holds('viewer')
    const soon = new Date(Date.now() + 400).toISOString()
    const first = await client.post('overrides', wanted({ expiresAt: soon }))
    expect(await client.post('overrides', wanted())).toMatchObject({ status: 409 })
    await expect.poll(() => may('content.publish'), { timeout: 10_000 }).toBe(false)
    const second = await client.post('overrides', wanted())
    expect(second.status).toBe(201)
    expect(second.body.id).not.toBe(first.body.id)
    expect(await may('content.publish')).toBe(true)
  })

  test('comes on top of a role, and where there is none it is refused', async () => {
    await holds('viewer')
    expect(await client.post('overrides', wanted({ brandId }))).toMatchObject({
      status: 409,
      body: { reason: 'no_role', detail: expect.stringContaining('Aurora') },
    })
    await holds('viewer', brandId)
    expect(await client.post('overrides', wanted({ brandId }))).toMatchObject({ status: 201 })
    expect(await may('content.publish', 'aurora')).toBe(true)
    expect(await may('content.publish')).toBe(false)
  })

  test.each([
    ['without a reason', { reason: ' ' }, 400],
    ['without an end', { expiresAt: undefined }, 400],
    ['with an end in the past', { expiresAt: '2020-01-01T00:00:00Z' }, 400],
    ['of everything', { permission: '*' }, 400],
    ['of an area', { permission: 'content.*' }, 400],
    ['of what nobody has registered', { permission: 'app.nothing.there' }, 400],
    ['of somebody who is not there', { userId: 'usr_00000000000000000000000000' }, 404],
    ['in a brand that is not there', { brandId: 'brd_00000000000000000000000000' }, 404],
  ])('%s is refused', async (_what, more, status) => {
    await holds('viewer')
    expect(await client.post('overrides', wanted(more))).toMatchObject({ status })
  })

  test('is made within the rights of whoever makes it', async () => {
    await installRolePack(client.ctx, 'owner5')
    const [owner, admin] = [await createUser(client, 'olga@example.com'), await createUser(client, 'adam@example.com')]
    await give(client.ctx, owner, await roleId(client, 'owner'))
    await give(client.ctx, admin, await roleId(client, 'admin'))
    await give(client.ctx, ann, await roleId(client, 'viewer'))
    const asAdmin = await actingAs({ ctx: client.ctx, id: client.organizationId, slug: client.slug }, admin)
    const make = (more: object) =>
      inTransaction(asAdmin, (tx) => createOverrideWithin(tx, asAdmin, wanted(more) as never))
    await expect(make({ permission: 'billing.manage' })).rejects.toMatchObject(beyondCeiling)
    await expect(make({ userId: owner, permission: 'billing.manage', effect: 'deny' })).rejects.toMatchObject(
      beyondCeiling,
    )
    await expect(make({ userId: admin, permission: 'billing.manage' })).rejects.toMatchObject(beyondCeiling)
    await make({ permission: 'content.publish' })
    // Nor what has no effect now, and would have one once a policy goes.
    const frozen = { name: 'Freeze', permission: 'billing.manage' }
    expect((await client.confirm('POST', 'policies', frozen)).status).toBe(201)
    await expect(make({ permission: 'billing.manage' })).rejects.toMatchObject(beyondCeiling)
    const special = { permission: 'billing.manage', reason: 'X' }
    const viewer = await roleId(client, 'viewer')
    const invited = { email: 'new@example.com', roleId: viewer, expiresAt: tomorrow(), overrides: [special] }
    await expect(createInvitation(asAdmin, invited)).rejects.toMatchObject(beyondCeiling)
    // What restricts somebody is nothing that they can shed.
    const bound = await client.confirm('POST', 'overrides', wanted({ userId: admin, effect: 'deny' }))
    const shed = inTransaction(asAdmin, (tx) => deleteAssignmentWithin(tx, asAdmin, bound.body.id))
    await expect(shed).rejects.toMatchObject(beyondCeiling)
  })

  test('does not lock the last administrator out, whichever roles count', async () => {
    const root = await createUser(client, 'root@example.com')
    await give(client.ctx, root, await roleId(client, 'administrator'))
    for (const roleStrategy of ['union', 'highest']) {
      await client.confirm('PATCH', `organizations/${client.organizationId}`, { roleStrategy })
      const denied = wanted({ userId: root, permission: 'roles.manage', effect: 'deny' })
      expect(await client.confirm('POST', 'overrides', denied)).toMatchObject({
        status: 409,
        body: { reason: 'last_administrator' },
      })
      const harmless = await client.confirm('POST', 'overrides', { ...denied, permission: 'content.view' })
      expect(harmless).toMatchObject({ status: 201 })
      await client.confirm('DELETE', `assignments/${harmless.body.id}`)
    }
  })

  test('another organization has no such person, and a key without the right makes none', async () => {
    await holds('viewer')
    const other = await stage.createClient()
    expect(await other.post('overrides', wanted())).toMatchObject({ status: 404 })
    const key = await client.post('api-keys', { name: 'Reader', access: 'permissions', permissions: ['users.read'] })
    const asked = { Authorization: `Bearer ${key.body.key}` }
    expect(await client.send('POST', 'overrides', wanted(), asked)).toMatchObject({ status: 403 })
  })

  test('by command', async () => {
    await holds('editor')
    const scope = ['--organization', client.slug, '--user', 'ann@example.com']
    const terms = ['--reason', 'Covers', '--expires', tomorrow(), '--json']
    const given = ['assignment', 'override', ...scope, '--permission', 'content.publish', '--effect', 'allow', ...terms]
    expect((await stage.rolecall(...given)).exitCode).toBe(0)
    expect(await may('content.publish')).toBe(true)
    const taken = ['assignment', 'override', ...scope, '--permission', 'content.edit', '--effect', 'deny', ...terms]
    expect(await stage.rolecall(...taken)).toMatchObject({ exitCode: 1 })
    expect((await stage.rolecall(...taken, '--yes')).exitCode).toBe(0)
    expect(await may('content.edit')).toBe(false)
  })
})
