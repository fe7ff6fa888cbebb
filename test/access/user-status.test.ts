// Switching people off and on again: what the preview says is what happens, what a receipt keeps, and what comes back.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deactivateUser } from '#access/people/status/deactivate-user.ts'
import { previewDeactivation } from '#access/people/status/preview-deactivation.ts'
import { reactivateUser } from '#access/people/status/reactivate-user.ts'
import type { CallContext } from '#src/context.ts'
import { type AccessStage, type Client, createUser, roleId, startStage } from '../support/access.ts'
import { provisionLocalUser } from '../support/accounts.ts'
import { within } from '../support/ceilings.ts'
import { signIn } from '../support/sessions.ts'

let stage: AccessStage
let client: Client
let editor: string
let viewer: string
let brand: string
beforeAll(async () => {
  stage = await startStage()
  client = await stage.createClient()
  editor = await roleId(client, 'editor')
  viewer = await roleId(client, 'viewer')
  brand = (await client.post('brands', { slug: 'aurora', name: 'Aurora' })).body.id
})
afterAll(() => stage.close())

let people = 0
const person = async (): Promise<string> => {
  people += 1
  return createUser(client, `person${people}@example.com`)
}
const assign = async (userId: string, more: Record<string, unknown> = {}): Promise<string> =>
  (await client.post('assignments', { userId, roleId: editor, reason: 'Works here', ...more })).body.id
const later = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString()

describe('a preview of a deactivation', () => {
  test('000-31: says what would end and for whom they vouch, and changes nothing', async () => {
    const id = await person()
    await assign(id)
    await signIn(client, id)
    await signIn(client, id)
    const other = await person()
    const { body: user } = await client.get(`users/${id}`)
    await assign(other, { sponsor: user.userName.toUpperCase(), expiresAt: later(9), brandId: brand })
    const { status, body } = await client.get(`users/${id}/deactivation-preview`)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      user: { id, status: 'active' },
      closes: { sessions: 2, api_keys: 0, invitations: 0 },
      roles: [{ role: { key: 'editor' }, brand: null, source: { type: 'direct', reason: 'Works here' } }],
      sponsored: [{ user: { id: other }, role: { key: 'editor' }, brand: { slug: 'aurora' } }],
      refusal: null,
    })
    expect((await client.get(`users/${id}`)).body).toEqual(user)
    expect(await client.auditOf(id)).toEqual(['user.provision'])
    const live = await stage.app.owner`select 1 from sessions where user_id = ${id} and ended_at is null`
    expect(live).toHaveLength(2)
  })

  test('says that the last administrator stays, and what it would have closed', async () => {
    const own = await stage.createClient()
    const id = await createUser(own, 'only@example.com')
    const administrator = await roleId(own, 'administrator')
    await own.post('assignments', { userId: id, roleId: administrator, reason: 'Founder' })
    await signIn(own, id)
    const { body } = await own.get(`users/${id}/deactivation-preview`)
    expect(body).toMatchObject({ closes: { sessions: 1 }, refusal: { reason: 'last_administrator' } })
    expect((await own.post(`users/${id}/deactivate`)).body).toMatchObject({ status: 409, reason: 'last_administrator' })
    expect((await own.get(`users/${id}`)).body.status).toBe('active')
    expect(await stage.app.owner`select 1 from alarms where organization_id = ${own.organizationId}`).toHaveLength(0)
  })

  test('is not for others to ask', async () => {
    const id = await person()
    const other = await stage.createClient()
    expect((await other.get(`users/${id}/deactivation-preview`)).status).toBe(404)
    const weak: CallContext = { ...client.ctx, permissions: new Set(['users.read']) }
    await expect(previewDeactivation(weak, id)).rejects.toMatchObject({ code: 'forbidden' })
  })
})

describe('a deactivation', () => {
  test('keeps a note and a return date, and its receipt says what was closed', async () => {
    const id = await person()
    await signIn(client, id)
    expect((await client.get(`users/${id}/deactivation-receipt`)).status).toBe(404)
    const returnsAt = later(30)
    const { body } = await client.confirm('POST', `users/${id}/deactivate`, { note: 'Parental leave', returnsAt })
    expect(body).toMatchObject({ status: 'inactive', statusReason: 'administrator' })
    const receipt = (await client.get(`users/${id}/deactivation-receipt`)).body
    expect(receipt).toMatchObject({
      ...{ reason: 'administrator', note: 'Parental leave', closed: { sessions: 1 } },
      actor: { type: 'api_key', name: 'Test' },
      logouts: { sent: 0, queued: 0, failed: 0 },
    })
    expect(new Date(receipt.returnsAt).toISOString()).toBe(returnsAt)
    const listed = await client.get(`users?userName=${(await client.get(`users/${id}`)).body.userName}`)
    expect(listed.body.items[0].returnsAt).toBe(returnsAt)
    await client.post(`users/${id}/reactivate`)
    const [row] = await stage.app.owner`select returns_at from users where id = ${id}`
    expect(row?.['returns_at']).toBeNull()
  })

  test.each([
    [{ returnsAt: '2001-01-01T00:00:00Z' }, 'returnsAt'],
    [{ returnsAt: 'soon' }, 'returnsAt'],
    [{ note: 'x'.repeat(1_001) }, 'note'],
  ])('refuses %j', async (body, path) => {
    const refused = await client.confirm('POST', `users/${await person()}/deactivate`, body)
    expect([refused.status, refused.body.errors[0].path]).toEqual([400, path])
  })

  test('nobody switches themselves off, nor somebody who holds more', async () => {
    const id = await person()
    const self: CallContext = { ...client.ctx, actor: { type: 'user', id } }
    await expect(deactivateUser(self, { userId: id })).rejects.toMatchObject({ reason: 'yourself' })
    await assign(id)
    const held = { allows: ['content.view'], denies: [] }
    const lower = within(client.ctx, held)
    await expect(deactivateUser(lower, { userId: id })).rejects.toMatchObject({ reason: 'ceiling' })
    await expect(previewDeactivation(lower, id)).rejects.toMatchObject({ reason: 'ceiling' })
    expect((await client.get(`users/${id}`)).body.status).toBe('active')
  })

  test('needs the permission, and another organization’s person is not there', async () => {
    const id = await person()
    const weak: CallContext = { ...client.ctx, permissions: new Set(['users.read']) }
    await expect(deactivateUser(weak, { userId: id })).rejects.toMatchObject({ code: 'forbidden' })
    await expect(reactivateUser(weak, { userId: id })).rejects.toMatchObject({ code: 'forbidden' })
    const other = await stage.createClient()
    for (const path of ['deactivate', 'reactivate']) expect((await other.post(`users/${id}/${path}`)).status).toBe(404)
    for (const path of ['reactivation-preview', 'deactivation-receipt'])
      expect((await other.get(`users/${id}/${path}`)).status).toBe(404)
  })
})

describe('a reactivation', () => {
  const inactive = async () => {
    const id = await person()
    const group = (await client.post('groups', { displayName: `Group of ${id}` })).body.id
    await client.post(`groups/${group}/members`, { userIds: [id] })
    await client.confirm('POST', 'mappings', { groupId: group, roleId: viewer, brandId: brand })
    const [kept, dropped] = [await assign(id), await assign(id, { roleId: viewer })]
    const ended = await assign(id, { brandId: brand, expiresAt: later(1) })
    await stage.app.owner`update assignments set expires_at = now() - interval '1 day' where id = ${ended}`
    await client.confirm('POST', `users/${id}/deactivate`)
    return { id, kept, dropped, ended }
  }
  const directOf = async (id: string): Promise<string[]> =>
    (await client.get(`assignments?userId=${id}`)).body.items.map((each: { id: string }) => each.id)

  test('000-34: its preview tells what comes back by itself, what can be chosen, and what has ended', async () => {
    const { id, kept, dropped, ended } = await inactive()
    const { body } = await client.get(`users/${id}/reactivation-preview`)
    expect(body).toMatchObject({
      user: { id, status: 'inactive', statusReason: 'administrator' },
      derived: [{ role: { key: 'viewer' }, brand: { slug: 'aurora' }, source: { type: 'mapping' } }],
      ended: [{ id: ended }],
      isDirectoryDecision: false,
      isHeldByDirectory: false,
      mayLift: true,
    })
    const ids = body.direct.map(({ source }: { source: { assignmentId: string } }) => source.assignmentId)
    expect(ids.sort()).toEqual([kept, dropped].sort())
  })

  test('brings back all, none, or what was chosen', async () => {
    const all = await inactive()
    expect((await client.post(`users/${all.id}/reactivate`)).body.status).toBe('active')
    expect(await directOf(all.id)).toHaveLength(3)
    const none = await inactive()
    await client.post(`users/${none.id}/reactivate`, { restore: 'none' })
    expect(await directOf(none.id)).toEqual([])
    const some = await inactive()
    await client.post(`users/${some.id}/reactivate`, { restore: [some.kept] })
    expect(await directOf(some.id)).toEqual([some.kept])
    expect(await client.auditOf(some.dropped)).toEqual(['assignment.create', 'assignment.delete'])
    expect(await client.auditOf(some.id)).toEqual(['user.provision', 'user.deactivate', 'user.reactivate'])
  })

  test('may ask for a new password, and revives no session', async () => {
    const { id } = await provisionLocalUser(client, 'return@example.com')
    await signIn(client, id)
    await client.confirm('POST', `users/${id}/deactivate`)
    await client.post(`users/${id}/reactivate`, { mustChangePassword: true })
    const [row] = await stage.app.owner`select must_change from passwords where user_id = ${id}`
    expect(row?.['must_change']).toBe(true)
    expect(await stage.app.owner`select 1 from live_sessions where user_id = ${id}`).toHaveLength(0)
  })

  test('of somebody active changes nothing, whatever is said of their assignments', async () => {
    const id = await person()
    const kept = await assign(id)
    expect((await client.post(`users/${id}/reactivate`, { restore: 'none' })).body.status).toBe('active')
    expect(await directOf(id)).toEqual([kept])
  })
})

describe('many at once', () => {
  const select = (userIds: string[], action: Record<string, unknown>) => ({ action, selection: { userIds } })

  test('004-11: a preview with what is in the way, and an outcome for each', async () => {
    const [first, second, gone] = [await person(), await person(), await person()]
    await client.confirm('POST', `users/${gone}/deactivate`)
    const change = select([first, second, gone], { kind: 'deactivate', note: 'Project is over' })
    const preview = (await client.post('user-changes/preview', change)).body
    expect(preview).toMatchObject({ total: 3, ready: 2, blocked: 1, reasons: [{ reason: 'inactive', count: 1 }] })
    expect((await client.get(`users/${first}`)).body.status).toBe('active')
    const { status, body } = await client.post('user-changes', { ...change, hash: preview.hash })
    expect(status).toBe(200)
    expect(body).toMatchObject({ done: 2, skipped: 1, failed: 0 })
    expect(await client.auditOf(first)).toEqual(['user.provision', 'user.deactivate'])
  })

  test('whom it fails for keeps nobody else back: the last administrator stays, the others go', async () => {
    const own = await stage.createClient()
    const ids = [await createUser(own, 'a@example.com'), await createUser(own, 'b@example.com')]
    const administrator = await roleId(own, 'administrator')
    await own.post('assignments', { userId: ids[0], roleId: administrator, reason: 'Founder' })
    const change = select(ids, { kind: 'deactivate' })
    const { hash } = (await own.post('user-changes/preview', change)).body
    const { body } = await own.post('user-changes', { ...change, hash })
    expect(body).toMatchObject({ total: 2, done: 1, failed: 1 })
    expect((await own.get(`user-changes/${body.id}/outcomes`)).body.items).toMatchObject([
      { userId: ids[0], outcome: 'failed', reason: 'last_administrator' },
      { outcome: 'done' },
    ])
  })

  test('a stale preview is refused', async () => {
    const ids = [await person(), await person()]
    const change = select(ids, { kind: 'deactivate' })
    const { hash } = (await client.post('user-changes/preview', change)).body
    await client.confirm('POST', `users/${ids[0]}/deactivate`)
    const refused = await client.post('user-changes', { ...change, hash })
    expect([refused.status, refused.body.reason]).toEqual([412, 'stale_preview'])
    const other = select(ids, { kind: 'deactivate', note: 'something else' })
    expect((await client.post('user-changes', { ...other, hash })).status).toBe(412)
    expect((await client.get(`users/${ids[1]}`)).body.status).toBe('active')
  })

  test('roles are given and taken, by a filter but for some', async () => {
    const own = await stage.createClient()
    const ids: string[] = []
    for (const name of ['x1', 'x2', 'x3']) ids.push(await createUser(own, `${name}@example.com`))
    const role = await roleId(own, 'viewer')
    const run = async (change: Record<string, unknown>) => {
      const preview = await own.post('user-changes/preview', change)
      expect(preview.status).toBe(200)
      return (await own.post('user-changes', { ...change, hash: preview.body.hash })).body
    }
    const selection = { filter: { q: 'x' } }
    const give = { kind: 'assign', roleId: role, brandId: null, reason: 'Fair', expiresAt: later(5) }
    expect(await run({ action: give, selection, excluded: [ids[1]] })).toMatchObject({ done: 2 })
    expect(await run({ action: give, selection })).toMatchObject({ done: 1, skipped: 2 })
    const take = { kind: 'unassign', roleId: role, brandId: null }
    expect(await run({ action: take, selection })).toMatchObject({ done: 3 })
    expect((await own.get('assignments')).body.items).toEqual([])
  })

  test('not without the permission, nor for a role that is not there, nor for others’ people', async () => {
    const other = await stage.createClient()
    const id = await person()
    const change = select([id], { kind: 'deactivate' })
    expect((await other.post('user-changes/preview', change)).body).toMatchObject({ total: 0 })
    const give = { kind: 'assign', roleId: 'rol_00000000000000000000000000', brandId: null, reason: 'x' }
    expect((await client.post('user-changes/preview', select([id], give))).status).toBe(404)
    const { previewBulk } = await import('#access/people/bulk/preview-bulk.ts')
    const weak: CallContext = { ...client.ctx, permissions: new Set(['users.read']) }
    const wanted = { action: { kind: 'deactivate' as const }, selection: { userIds: [id] } }
    await expect(previewBulk(weak, wanted)).rejects.toMatchObject({ code: 'forbidden' })
  })
})
