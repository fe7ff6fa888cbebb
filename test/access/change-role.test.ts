// A role that was given directly becomes another in place: one form, one transaction, and what was said of it stays.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { updateAssignment } from '#access/grants/assignments/update-assignment.ts'
import { type AccessStage, type Client, roleId, startStage } from '../support/access.ts'
import { outbox } from '../support/accounts.ts'
import { actingAs, beyondCeiling } from '../support/ceilings.ts'
import { type ConsoleClient, carriedFields, consoleClient, createManager } from '../support/console.ts'
import { createPerson } from '../support/people.ts'

let stage: AccessStage
let client: Client
let page: ConsoleClient
let administratorId: string
let userId: string
let assignmentId: string
const ends = '2098-05-01T23:59:59.000Z'
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.close())
beforeEach(async () => {
  client = await stage.createClient()
  const administrator = await createManager(organization())
  administratorId = administrator.userId
  page = consoleClient(stage.app, administrator)
  userId = await createPerson(organization(), 'amara@example.com')
  const terms = { reason: 'Writes for us', sponsor: 'ada.okafor@example.com', expiresAt: ends, reviewAt: ends }
  assignmentId = (await client.post('assignments', { userId, roleId: await roleId(client, 'editor'), ...terms })).body
    .id
})

const organization = () => ({ id: client.organizationId, slug: client.slug, ctx: client.ctx })
const held = async () => (await client.get(`assignments?userId=${userId}`)).body.items
const formOf = async (role: string) => ({
  ...{ roleId: await roleId(client, role), reason: 'Writes for us', sponsor: 'ada.okafor@example.com' },
  ...{ expiresAt: '2098-05-01', reviewAt: '2098-05-01' },
})
const kept = { reason: 'Writes for us', sponsor: 'ada.okafor@example.com', expiresAt: ends, reviewAt: ends }

describe('003-03: a role is changed by edit and save', () => {
  test('to more: one save, the old assignment ends, the new one has its reason, end and sponsor', async () => {
    const href = `/console/users/${userId}/assignments/${assignmentId}`
    expect((await page.get(`/console/users/${userId}`)).text).toContain(`href="${href}"`)
    expect((await page.get(href)).text).toContain('>Editor</option>')
    const saved = await page.post(href, await formOf('administrator'))
    expect(saved).toMatchObject({ status: 303, location: `/console/users/${userId}?done=saved` })
    const items = await held()
    expect(items).toMatchObject([{ role: { key: 'administrator' }, ...kept }])
    expect(items[0].id).not.toBe(assignmentId)
    expect((await client.get(`assignments/${assignmentId}`)).status).toBe(404)
    expect(await client.auditOf(assignmentId)).toEqual(['assignment.create', 'assignment.delete'])
    expect(await client.auditOf(items[0].id)).toEqual(['assignment.create'])
    const { body } = await client.get(`audit-events?targetId=${items[0].id}`)
    expect(body.items[0].detail).toMatchObject({ insteadOf: assignmentId, roleBefore: 'editor' })
    const mails = await outbox(organization(), 'amara@example.com')
    expect(mails).toHaveLength(2)
    expect(JSON.stringify(mails)).toContain('gave you the role Administrator')
    expect(JSON.stringify(mails)).toContain('in place of Editor')
  })

  test('to less: what is lost is shown first, and nothing is changed before it is confirmed', async () => {
    const href = `/console/users/${userId}/assignments/${assignmentId}`
    const shown = await page.post(href, await formOf('viewer'))
    expect(shown.status).toBe(200)
    expect(shown.text).toContain('Nothing is changed yet')
    expect(shown.text).toContain('May no longer')
    expect(await held()).toMatchObject([{ id: assignmentId, role: { key: 'editor' } }])
    expect(await page.post('/console/changes', carriedFields(shown.text))).toMatchObject({
      ...{ status: 303, location: `/console/users/${userId}?done=saved` },
    })
    expect(await held()).toMatchObject([{ role: { key: 'viewer' }, ...kept }])
  })

  test('by API with a preview, and by command', async () => {
    const viewer = await roleId(client, 'viewer')
    const path = `assignments/${assignmentId}`
    const asked = await client.patch(path, { roleId: viewer })
    expect(asked).toMatchObject({ status: 428, body: { reason: 'preview_required', preview: { losing: 1 } } })
    const { status, body } = await client.confirm('PATCH', path, { roleId: viewer, reason: 'Reads for us' })
    expect([status, body]).toMatchObject([200, { role: { key: 'viewer' }, ...kept, reason: 'Reads for us' }])
    const options = ['--organization', client.slug, '--assignment', body.id, '--role']
    const raised = await stage.rolecall('assignment', 'update', ...options, 'editor', '--json')
    expect([raised.errors, raised.json]).toMatchObject([[], { role: { key: 'editor' }, reason: 'Reads for us' }])
    const again = ['--organization', client.slug, '--assignment', raised.json.id, '--role', 'viewer']
    expect((await stage.rolecall('assignment', 'update', ...again)).exitCode).toBe(1)
    expect((await stage.rolecall('assignment', 'update', ...again, '--yes')).exitCode).toBe(0)
    expect(await held()).toMatchObject([{ role: { key: 'viewer' } }])
  })

  test('refused as a whole: the role that they have already, one that is not there, an exception', async () => {
    const viewer = await roleId(client, 'viewer')
    await client.post('assignments', { userId, roleId: viewer, reason: 'Reads' })
    const path = `assignments/${assignmentId}`
    expect(await client.confirm('PATCH', path, { roleId: viewer })).toMatchObject({ status: 409 })
    expect(await client.confirm('PATCH', path, { roleId: 'rol_nothing' })).toMatchObject({ status: 404 })
    expect(await held()).toMatchObject([{ id: assignmentId, role: { key: 'editor' } }, { role: { key: 'viewer' } }])
    const exception = { userId, permission: 'users.read', effect: 'allow', reason: 'Once', expiresAt: ends }
    const { body } = await client.confirm('POST', 'overrides', exception)
    const refused = await client.confirm('PATCH', `assignments/${body.id}`, { roleId: viewer })
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ path: 'roleId' }] } })
  })

  test('not without the permission, not beyond one’s rights, and not in another organization', async () => {
    const administrator = await roleId(client, 'administrator')
    const without = { ...client.ctx, permissions: new Set<never>() }
    await expect(updateAssignment(without, { assignmentId, roleId: administrator })).rejects.toMatchObject({
      code: 'forbidden',
    })
    const stranger = await stage.createClient()
    expect((await stranger.patch(`assignments/${assignmentId}`, { roleId: administrator })).status).toBe(404)
    const allows = ['users.read', 'users.manage', 'roles.assign', 'content.view']
    await client.post('roles', { key: 'staffing', name: 'Staffing', purpose: 'Gives roles', allows })
    const { userId: limitedId } = await createManager(organization(), { name: 'Staf Fing', role: 'staffing' })
    const limited = await actingAs(organization(), limitedId)
    await expect(updateAssignment(limited, { assignmentId, roleId: administrator })).rejects.toMatchObject(
      beyondCeiling,
    )
    expect(await held()).toMatchObject([{ id: assignmentId, role: { key: 'editor' } }])
    expect(administratorId).not.toBe(limitedId)
  })
})
