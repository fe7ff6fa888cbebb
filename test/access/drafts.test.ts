// Drafts: several changes shown, approved by a second person where the organization wants that, made at once or at a time, and taken
// back as one.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createEmergencyAccount } from '#access/accounts/emergency/emergency.ts'
import { setUserPassword } from '#access/accounts/passwords/change-password.ts'
import { applyDraft, applyDueDrafts, scheduleDraft, undoDraft, unscheduleDraft } from '#access/drafts/apply-draft.ts'
import { approveDraft, rejectDraft, submitDraft } from '#access/drafts/decide-draft.ts'
import { previewDraft, previewUndo } from '#access/drafts/drafts.ts'
import { addToDraft, changeDraft, createDraft, discardDraft } from '#access/drafts/write-draft.ts'
import { systemContext } from '#access/ground/system-context.ts'
import { issueApiKey } from '#access/organizations/api-keys/api-keys.ts'
import { updateLocalGroup } from '#access/people/local.ts'
import { deactivateUser } from '#access/people/status/deactivate-user.ts'
import { deletePerson } from '#access/people/status/delete-person.ts'
import { restoreDeleted } from '#access/people/status/restore-deleted.ts'
import type { AccessChange } from '#access/previews/change.ts'
import { previewChange, saveChange } from '#access/previews/preview.ts'
import type { CallContext } from '#src/context.ts'
import { type AccessStage, type Client, createUser, roleId, startStage } from '../support/access.ts'
import { attribute, give } from '../support/ceiling-stage.ts'
import { actingAs } from '../support/ceilings.ts'

let stage: AccessStage
let client: Client
let ann: string
let bob: string
let group: string
let editor: string
let administrator: string

beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage?.close())

beforeEach(async () => {
  client = await stage.createClient()
  ann = await createUser(client, 'ann@example.com')
  bob = await createUser(client, 'bob@example.com')
  group = (await client.post('groups', { displayName: 'Writers' })).body.id
  editor = await roleId(client, 'editor')
  administrator = await roleId(client, 'administrator')
})

const as = (userId: string): Promise<CallContext> =>
  actingAs({ ctx: client.ctx, id: client.organizationId, slug: client.slug }, userId)

const may = async (userId: string, permission: string): Promise<boolean> =>
  (await client.get(`users/${userId}/explain?permission=${permission}`)).body.allowed

const mapped = () => ({ kind: 'create_mappings', mappings: [{ groupId: group, roleId: editor }] })
const joins = (...memberIds: string[]) => ({ kind: 'add_members', groupId: group, memberIds })
const gives = (userId: string, role: string) => ({
  kind: 'create_assignments',
  assignments: [{ userId, roleId: role, reason: 'Draft' }],
})

const draft = async (...changes: object[]): Promise<string> => {
  const made = await client.post('drafts', { name: 'Spring', changes })
  expect([made.status, made.body.detail]).toEqual([201, undefined])
  return made.body.id
}

const hashOf = async (id: string, what = 'preview'): Promise<string> =>
  (await client.post(`drafts/${id}/${what}`)).body.hash

describe('several changes as one', () => {
  test('are shown together, made together and taken back together', async () => {
    const custom = (await client.post('roles', { key: 'press', name: 'Press', purpose: 'P', allows: ['content.view'] }))
      .body
    await client.post('assignments', { userId: bob, roleId: custom.id, reason: 'Test' })
    const id = await draft(
      mapped(),
      joins(ann),
      { kind: 'update_role', role: { roleId: custom.id, allows: ['content.view', 'content.publish'] } },
      { kind: 'create_policy', policy: { name: 'No comments', permission: 'content.comment' } },
    )
    expect(await client.auditOf(id)).toEqual(['draft.create'])
    const { body: shown } = await client.post(`drafts/${id}/preview`)
    expect(shown).toMatchObject({ gaining: 2, losing: 0, needsSecondPerson: false })
    const of = (userId: string) => shown.entries.filter(({ sample }: never) => JSON.stringify(sample).includes(userId))
    expect(of(ann)[0].gained).toContain('content.edit')
    expect(of(ann)[0].gained).not.toContain('content.comment')
    expect(of(bob)[0].gained).toEqual(['content.publish'])
    expect([await may(ann, 'content.edit'), await may(bob, 'content.publish')]).toEqual([false, false])

    expect(await client.post(`drafts/${id}/apply`, { hash: 'other' })).toMatchObject({ status: 412 })
    expect(await client.post(`drafts/${id}/apply`, { hash: shown.hash })).toMatchObject({
      ...{ status: 200, body: { status: 'applied' } },
    })
    expect([await may(ann, 'content.edit'), await may(bob, 'content.publish')]).toEqual([true, true])
    expect(await may(ann, 'content.comment')).toBe(false)

    const back = await client.post(`drafts/${id}/preview-undo`)
    expect(back.body).toMatchObject({ losing: 2 })
    expect(await client.post(`drafts/${id}/undo`, { hash: back.body.hash })).toMatchObject({
      body: { status: 'undone' },
    })
    expect([await may(ann, 'content.edit'), await may(bob, 'content.publish')]).toEqual([false, false])
    expect((await client.get('mappings')).body.items).toEqual([])
    expect((await client.get('policies')).body.items).toEqual([])
    expect((await client.get(`roles/${custom.id}`)).body.allows).toEqual(['content.view'])
    expect(await client.auditOf(id)).toEqual(['draft.create', 'draft.apply', 'draft.undo'])
  })

  test('of every kind that a draft holds are taken back to what was', async () => {
    const [teamId, brandId] = [
      (await client.post('teams', { name: 'Team' })).body.id,
      (await client.post('brands', { slug: 'aurora', name: 'Aurora' })).body.id,
    ]
    const viewer = await roleId(client, 'viewer')
    const asg = (await client.post('assignments', { userId: bob, roleId: viewer, reason: 'Was', brandId })).body.id
    const kept = (await client.post('assignments', { userId: ann, roleId: viewer, reason: 'Stays' })).body.id
    const map = (await client.confirm('POST', 'mappings', { groupId: group, roleId: viewer, brandId })).body.id
    const pol = (await client.confirm('POST', 'policies', { name: 'P', permission: 'content.delete' })).body.id
    await client.post(`groups/${group}/members`, { userIds: [bob] })
    await client.confirm('POST', `teams/${teamId}/members`, { userIds: [bob] })
    const held = (await client.confirm('POST', `teams/${teamId}/roles`, { roleId: viewer, reason: 'Was' })).body.id
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString()
    const sides = { first: { permission: 'billing.view' }, second: { permission: 'analytics.export' } }
    const snapshot = async () => {
      const lists = await Promise.all(
        [
          'mappings',
          'policies',
          'separation-rules',
          'assignments',
          `teams/${teamId}/roles`,
          `teams/${teamId}/members`,
        ].map(async (path) => (await client.get(path)).body.items),
      )
      const members = (await client.get(`groups/${group}/members`)).body.items
      const settings = (await client.get(`organizations/${client.organizationId}`)).body.roleStrategy
      const strip = (value: unknown): unknown =>
        Array.isArray(value)
          ? value.map(strip).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
          : typeof value === 'object' && value !== null
            ? Object.fromEntries(
                Object.entries(value)
                  .filter(([name]) => !/^(createdAt|createdBy|updatedAt|since)$/.test(name))
                  .map(([name, each]) => [
                    name,
                    name === 'id' && /^(map|pol|asg|tro|sod|tmr)_/.test(String(each)) ? '' : strip(each),
                  ]),
              )
            : value
      return strip([lists, members, settings])
    }
    const before = await snapshot()
    const id = await draft(
      { kind: 'delete_mappings', mappingIds: [map] },
      { kind: 'delete_policy', policyId: pol },
      { kind: 'create_separation', rule: { name: 'R', purpose: 'P', ...sides } },
      { kind: 'delete_assignments', assignmentIds: [asg] },
      { kind: 'update_assignment', assignmentId: kept, reason: 'Changed', expiresAt: tomorrow },
      gives(ann, editor),
      {
        kind: 'create_overrides',
        overrides: [{ userId: ann, permission: 'content.view', effect: 'deny', reason: 'X', expiresAt: tomorrow }],
      },
      joins(ann, bob),
      { kind: 'remove_members', groupId: group, memberIds: [bob] },
      { kind: 'add_team_members', teamId, userIds: [ann] },
      { kind: 'remove_team_members', teamId, userIds: [bob] },
      { kind: 'give_team_roles', teamId, roles: [{ roleId: editor, reason: 'X' }] },
      { kind: 'take_team_roles', teamRoleIds: [held] },
      { kind: 'update_organization', organization: { roleStrategy: 'highest' } },
    )
    expect((await client.post(`drafts/${id}/apply`, { hash: await hashOf(id) })).body.status).toBe('applied')
    expect(await snapshot()).not.toEqual(before)
    const undone = await client.post(`drafts/${id}/undo`, { hash: await hashOf(id, 'preview-undo') })
    expect([undone.status, undone.body.detail]).toEqual([200, undefined])
    expect(await snapshot()).toEqual(before)
  })

  test('are made whole or not at all, and a draft holds what can be taken back', async () => {
    const id = await draft(mapped(), gives(ann, editor))
    await client.confirm('POST', 'mappings', { groupId: group, roleId: editor })
    expect(await client.post(`drafts/${id}/preview`)).toMatchObject({ status: 409 })
    expect(await client.post(`drafts/${id}/apply`, { hash: 'x' })).toMatchObject({ status: 409 })
    expect(await may(ann, 'content.edit')).toBe(false)
    const gone = { kind: 'delete_group', groupId: group }
    expect(await client.post('drafts', { name: 'X', changes: [gone] })).toMatchObject({
      ...{ status: 409, body: { reason: 'not_undoable' } },
    })
  })

  test('what was changed since cannot be taken back with the rest', async () => {
    const id = await draft(mapped(), joins(ann))
    await client.post(`drafts/${id}/apply`, { hash: await hashOf(id) })
    const [{ id: mappingId }] = (await client.get('mappings')).body.items
    await client.confirm('DELETE', `mappings/${mappingId}`)
    expect(await client.post(`drafts/${id}/preview-undo`)).toMatchObject({ status: 404 })
    expect((await client.get(`groups/${group}/members`)).body.items).toHaveLength(1)
  })

  test('another organization has no such draft, and whoever could not make the changes makes no draft', async () => {
    const id = await draft(mapped())
    const other = await stage.createClient()
    expect(await other.get(`drafts/${id}`)).toMatchObject({ status: 404 })
    expect(await other.post(`drafts/${id}/apply`, { hash: 'x' })).toMatchObject({ status: 404 })
    const { body } = await client.post('api-keys', { name: 'K', access: 'permissions', permissions: ['users.read'] })
    const asked = { Authorization: `Bearer ${body.key}` }
    const refused = await client.send('POST', 'drafts', { name: 'X', changes: [mapped()] }, asked)
    expect(refused).toMatchObject({ status: 403 })
    expect(await client.send('POST', `drafts/${id}/apply`, { hash: await hashOf(id) }, asked)).toMatchObject({
      status: 403,
    })
  })

  test('by command', async () => {
    const scope = ['--organization', client.slug, '--json']
    const input = JSON.stringify([mapped(), joins(ann)])
    const made = await stage.rolecallWith(input, 'draft', 'create', ...scope, '--name', 'Spring')
    const { id } = JSON.parse(made.lines[0] ?? '{}')
    expect((await stage.rolecall('draft', 'preview', ...scope, '--draft', id)).exitCode).toBe(0)
    expect((await stage.rolecall('draft', 'apply', ...scope, '--draft', id)).exitCode).toBe(0)
    expect(await may(ann, 'content.edit')).toBe(true)
    expect((await stage.rolecall('draft', 'undo', ...scope, '--draft', id)).exitCode).toBe(1)
    expect((await stage.rolecall('draft', 'undo', ...scope, '--draft', id, '--yes')).exitCode).toBe(0)
    expect(await may(ann, 'content.edit')).toBe(false)
    expect((await stage.rolecall('draft', 'list', ...scope)).lines.join()).toContain('undone')
  })
})

describe('at a time', () => {
  const soon = (): string => new Date(Date.now() + 1_000).toISOString()
  const due = () => applyDueDrafts(systemContext(stage.services, client.organizationId))

  test('it is made by itself, in the name of whoever put it on the time', async () => {
    const id = await draft(mapped(), joins(ann))
    const past = { hash: await hashOf(id), applyAt: '2020-01-01T00:00:00Z' }
    expect(await client.post(`drafts/${id}/schedule`, past)).toMatchObject({ status: 400 })
    const asked = { hash: await hashOf(id), applyAt: soon() }
    expect(await client.post(`drafts/${id}/schedule`, asked)).toMatchObject({ status: 200 })
    await due()
    expect(await may(ann, 'content.edit')).toBe(false)
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    await due()
    await due()
    expect(await may(ann, 'content.edit')).toBe(true)
    expect(await client.auditOf(id)).toEqual(['draft.create', 'draft.schedule', 'draft.apply'])
  })

  test('it is not made where it would do something else by then, or nobody answers for it, and administrators are told', async () => {
    const id = await draft(mapped(), joins(ann))
    await client.post(`drafts/${id}/schedule`, { hash: await hashOf(id), applyAt: soon() })
    await client.post(`groups/${group}/members`, { userIds: [bob] })
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    await due()
    expect((await client.get(`drafts/${id}`)).body).toMatchObject({
      status: 'open',
      applyAt: null,
      fault: expect.any(String),
    })
    expect(await may(ann, 'content.edit')).toBe(false)
    const alarms = (await client.get('alarms?status=open')).body.items
    expect(alarms).toMatchObject([{ kind: 'draft_stalled', detail: { draftId: id } }])

    const root = await createUser(client, 'root@example.com')
    await give(client.ctx, root, administrator)
    await give(client.ctx, ann, administrator)
    const own = await createDraft(await as(root), { name: 'Own', changes: [gives(bob, editor)] })
    const { hash } = await previewDraft(await as(root), own.id)
    await scheduleDraft(await as(root), { draftId: own.id, hash, applyAt: soon() })
    await deactivateUser(client.ctx, { userId: root })
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    await due()
    expect((await client.get(`drafts/${own.id}`)).body.fault).toContain('no longer has any permissions')
    expect(await may(bob, 'content.edit')).toBe(false)
  })
})

describe('four eyes', () => {
  let root: string
  let second: string

  beforeEach(async () => {
    root = await createUser(client, 'root@example.com')
    second = await createUser(client, 'second@example.com')
    await give(client.ctx, root, administrator)
    const alone = { organization: { secondPerson: 'privileged' } } as const
    const refused = client.confirm('PATCH', `organizations/${client.organizationId}`, alone.organization)
    expect(await refused).toMatchObject({ status: 409, body: { reason: 'one_administrator' } })
    await give(client.ctx, second, administrator)
    const made = await client.confirm('PATCH', `organizations/${client.organizationId}`, alone.organization)
    expect([made.status, made.body.secondPerson]).toEqual([200, 'privileged'])
  })

  const secondPerson = { code: 'against_policy', reason: 'second_person' }

  test('rights over others are given by no way but an approved draft', async () => {
    const ctx = await as(root)
    await expect(give(ctx, ann, administrator)).rejects.toMatchObject(secondPerson)
    const mapping = { kind: 'create_mappings', mappings: [{ groupId: group, roleId: administrator }] } as const
    const { hash, needsSecondPerson } = await previewChange(ctx, mapping)
    await expect(saveChange(ctx, mapping, hash)).rejects.toMatchObject(secondPerson)
    await saveChange(client.ctx, mapping, hash)
    const join = { groupId: group, members: [{ kind: 'add' as const, ids: [ann] }] }
    await expect(updateLocalGroup(ctx, join)).rejects.toMatchObject(secondPerson)
    const custom = (await client.post('roles', { key: 'c', name: 'C', purpose: 'P', allows: ['content.view'] })).body.id
    await give(client.ctx, ann, custom)
    const grown = { kind: 'update_role', role: { roleId: custom, allows: ['roles.assign'] } } as const
    const shown = await previewChange(ctx, grown)
    expect([needsSecondPerson, shown.needsSecondPerson]).toEqual([true, true])
    await expect(saveChange(ctx, grown, shown.hash)).rejects.toMatchObject(secondPerson)
    const override = { userId: ann, permission: 'users.manage', effect: 'allow' as const, reason: 'X' }
    const until = new Date(Date.now() + 86_400_000).toISOString()
    const overrides = { kind: 'create_overrides', overrides: [{ ...override, expiresAt: until }] } as const
    const asked = await previewChange(ctx, overrides)
    await expect(saveChange(ctx, overrides, asked.hash)).rejects.toMatchObject(secondPerson)
    const key = await client.post('assignments', { userId: ann, roleId: administrator, reason: 'By a key' })
    expect(key).toMatchObject({ body: { reason: 'second_person' } })
    const invited = { email: 'new@example.com', roleId: administrator }
    expect((await client.post('invitations', invited)).body.reason).toBe('second_person')
    // What gives no right over others is given as before, and what takes one away, too.
    await give(ctx, bob, editor)
    await saveChange(ctx, grown, 'x').catch(() => {})
    expect(await may(ann, 'roles.assign')).toBe(false)
  })

  test('a draft is approved by somebody who had no hand in it, and just what they saw is made', async () => {
    const made = await createDraft(await as(root), { name: 'New administrator', changes: [gives(ann, administrator)] })
    const { hash, needsSecondPerson } = await previewDraft(await as(root), made.id)
    expect(needsSecondPerson).toBe(true)
    const word = { draftId: made.id, hash }
    await expect(applyDraft(await as(root), word)).rejects.toMatchObject(secondPerson)
    await submitDraft(await as(root), made.id)
    expect((await client.get('alarms?status=open')).body.items[0]).toMatchObject({ kind: 'draft_waiting' })
    const refused = { code: 'forbidden', reason: 'second_person' }
    await expect(approveDraft(await as(root), word)).rejects.toMatchObject(refused)
    expect(await client.post(`drafts/${made.id}/approve`, { hash })).toMatchObject({ status: 403 })
    await rejectDraft(await as(second), { draftId: made.id, note: 'Why Ann?' })
    await submitDraft(await as(root), made.id)
    await approveDraft(await as(second), word)
    expect((await client.get('alarms?status=open')).body.items).toEqual([])

    // Changed since: the word is void, whoever changed it.
    await addToDraft(await as(second), { draftId: made.id, change: gives(bob, administrator) })
    const more = await previewDraft(await as(root), made.id)
    await expect(applyDraft(await as(root), { draftId: made.id, hash: more.hash })).rejects.toMatchObject(secondPerson)
    await expect(approveDraft(await as(second), { draftId: made.id, hash: more.hash })).rejects.toMatchObject(refused)
    await expect(approveDraft(await as(root), { draftId: made.id, hash: more.hash })).rejects.toMatchObject(refused)
    await changeDraft(await as(root), { draftId: made.id, changes: [gives(ann, administrator)] })
    // Whoever has changed it stays one of its hands, whoever touches it later.
    await expect(approveDraft(await as(second), word)).rejects.toMatchObject(refused)
    const third = await createUser(client, 'third@example.com')
    await give(client.ctx, third, administrator)
    word.hash = (await previewDraft(await as(third), made.id)).hash
    await approveDraft(await as(third), word)
    const applied = await applyDraft(await as(root), word)
    expect([applied.status, await may(ann, 'roles.manage')]).toEqual(['applied', true])
    const detail = (await client.get(`audit-events?targetId=${made.id}&limit=1`)).body.items[0].detail
    expect(detail).toMatchObject({ approvedBy: third })
  })

  test('nor by a key of their own, nor once whoever approved it is gone', async () => {
    const { key } = await issueApiKey(await as(second), { name: 'Mine', access: 'everything' })
    const asked = { Authorization: `Bearer ${key}` }
    const byKey = await client.send('POST', 'drafts', { name: 'K', changes: [gives(ann, administrator)] }, asked)
    expect([byKey.status, byKey.body.detail]).toEqual([201, undefined])
    const { hash } = await previewDraft(await as(root), byKey.body.id)
    const word = { draftId: byKey.body.id, hash }
    await expect(approveDraft(await as(second), word)).rejects.toMatchObject({ reason: 'second_person' })
    const { key: inner } = (await client.send('POST', 'api-keys', { name: 'Inner', access: 'everything' }, asked)).body
    const deeper = { Authorization: `Bearer ${inner}` }
    const byInner = await client.send('POST', 'drafts', { name: 'L', changes: [gives(ann, administrator)] }, deeper)
    expect(byInner.status).toBe(201)
    const own = { draftId: byInner.body.id, hash: (await previewDraft(await as(second), byInner.body.id)).hash }
    await expect(approveDraft(await as(second), own)).rejects.toMatchObject({ reason: 'second_person' })

    await approveDraft(await as(root), word)
    await give(client.ctx, bob, administrator)
    const held = (await client.get(`assignments?userId=${root}`)).body.items[0]
    await client.confirm('DELETE', `assignments/${held.id}`)
    word.hash = (await previewDraft(await as(second), byKey.body.id)).hash
    await expect(applyDraft(await as(second), word)).rejects.toMatchObject(secondPerson)
    await deactivateUser(client.ctx, { userId: root })
    await expect(applyDraft(await as(second), word)).rejects.toMatchObject(secondPerson)
  })

  test('is not switched off by one alone, and taking back is a draft where it gives rights', async () => {
    const off = { kind: 'update_organization', organization: { secondPerson: 'never' } } as const
    const shown = await previewChange(await as(root), off)
    expect(shown.needsSecondPerson).toBe(true)
    await expect(saveChange(await as(root), off, shown.hash)).rejects.toMatchObject(secondPerson)
    const asg = (await client.get(`assignments?userId=${second}`)).body.items[0].id
    const third = await createUser(client, 'third@example.com')
    await give(client.ctx, third, administrator)
    const taken = await createDraft(await as(root), {
      name: 'Less',
      changes: [{ kind: 'delete_assignments', assignmentIds: [asg] }],
    })
    const { hash } = await previewDraft(await as(root), taken.id)
    await applyDraft(await as(root), { draftId: taken.id, hash })
    const undo = await previewUndo(await as(root), taken.id)
    expect(undo.needsSecondPerson).toBe(true)
    await expect(undoDraft(await as(root), { draftId: taken.id, hash: undo.hash })).rejects.toMatchObject(secondPerson)
    const back = await client.post(`drafts/${taken.id}/draft-undo`)
    expect(back).toMatchObject({ status: 201, body: { name: 'Take back: Less' } })
    const word = { draftId: back.body.id, hash: (await previewDraft(await as(third), back.body.id)).hash }
    await approveDraft(await as(third), word)
    await applyDraft(await as(root), word)
    expect(await may(second, 'roles.manage')).toBe(true)
    const lift = await createDraft(await as(root), { name: 'Off', changes: [off] })
    const lifted = { draftId: lift.id, hash: (await previewDraft(await as(third), lift.id)).hash }
    await approveDraft(await as(third), lifted)
    await applyDraft(await as(root), lifted)
    await give(await as(root), ann, administrator)
  })

  test('nobody makes the second person themselves', async () => {
    const ctx = await as(root)
    await expect(createEmergencyAccount(ctx, { name: 'Mine' })).rejects.toMatchObject(secondPerson)
    expect((await createEmergencyAccount(client.ctx, { name: 'By an operator' })).userId).toMatch(/^usr_/)
    const password = { userId: second, password: 'Correct horse battery staple 9' }
    await expect(setUserPassword(ctx, password)).rejects.toMatchObject(secondPerson)
    await setUserPassword(ctx, { ...password, userId: bob })
    await client.patch('organization/settings', { emailChange: 'verified' }).catch(() => {})
    const moved = attribute(ctx, second, { emails: [{ value: 'mine@example.com', primary: true }] })
    await expect(moved).rejects.toMatchObject({ code: 'against_policy' })
    // Whoever comes to fit a filter counts, though nobody does yet.
    const custom = (await client.post('roles', { key: 'c', name: 'C', purpose: 'P', allows: ['users.manage'] })).body.id
    const filter = 'userName eq "puppet@example.com"'
    const mapping = { kind: 'create_mappings', mappings: [{ filter, roleId: custom }] } as const
    const shown = await previewChange(ctx, mapping)
    expect(shown.needsSecondPerson).toBe(true)
    await expect(saveChange(ctx, mapping, shown.hash)).rejects.toMatchObject(secondPerson)
    const teamId = (await client.post('teams', { name: 'Team' })).body.id
    await saveChange(
      client.ctx,
      ...(await seen({ kind: 'give_team_roles', teamId, roles: [{ roleId: custom, reason: 'X' }] })),
    )
    const fill = { kind: 'fill_team', teamId, sources: [{ filter }] } as const
    const filled = await previewChange(ctx, fill)
    await expect(saveChange(ctx, fill, filled.hash)).rejects.toMatchObject(secondPerson)
  })

  const seen = async (change: AccessChange): Promise<[AccessChange, string]> => [
    change,
    (await previewChange(client.ctx, change)).hash,
  ]

  test('what gives rights only later wants a word as well, and a rule that is lifted is put into a draft', async () => {
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString()
    await give(client.ctx, ann, administrator, { expiresAt: tomorrow })
    const held = (await client.get(`assignments?userId=${ann}`)).body.items[0]
    const longer = { kind: 'update_assignment', assignmentId: held.id, expiresAt: null } as const
    expect((await previewChange(await as(root), longer)).needsSecondPerson).toBe(true)
    const sides = { first: { permission: 'content.edit' }, second: { permission: 'billing.manage' } }
    const rule = { kind: 'create_separation', rule: { name: 'R', purpose: 'P', ...sides } } as const
    const [made] = await saveChange(client.ctx, rule, (await previewChange(client.ctx, rule)).hash)
    const lift = await createDraft(await as(root), {
      name: 'Lift',
      changes: [{ kind: 'delete_separation', ruleId: made?.id }],
    })
    const word = { draftId: lift.id, hash: (await previewDraft(await as(second), lift.id)).hash }
    await approveDraft(await as(second), word)
    expect((await applyDraft(await as(root), word)).status).toBe('applied')
    const back = await previewUndo(await as(root), lift.id)
    await undoDraft(await as(root), { draftId: lift.id, hash: back.hash })
    expect((await client.get('separation-rules')).body.items).toMatchObject([{ name: 'R', mode: 'enforce' }])
  })

  test('whoever was deleted with rights over others is brought back by an operator, others as ever', async () => {
    const third = await createUser(client, 'third@example.com')
    await give(client.ctx, third, administrator)
    for (const userId of [third, ann]) await deletePerson(await as(root), { userId })
    await expect(restoreDeleted(await as(root), third)).rejects.toMatchObject({
      ...secondPerson,
      message: expect.stringContaining('an operator does it by command'),
    })
    expect(await restoreDeleted(await as(root), ann)).toMatchObject({ status: 'active' })
    expect(await restoreDeleted(client.ctx, third)).toMatchObject({ status: 'active' })
  })

  test('is chosen by whoever holds everything', async () => {
    const ops = (
      await client.post('roles', { key: 'ops', name: 'O', purpose: 'P', allows: ['settings.*', 'users.read'] })
    ).body.id
    await give(client.ctx, ann, ops)
    const off = { kind: 'update_organization', organization: { secondPerson: 'never' } } as const
    await expect(saveChange(await as(ann), off, 'x')).rejects.toMatchObject({ reason: 'ceiling' })
  })
})

describe('a say in a draft', () => {
  let lena: string
  beforeEach(async () => {
    lena = await createUser(client, 'lena@example.com')
    const little = { key: 'little', name: 'L', purpose: 'P', allows: ['users.read', 'settings.view'] }
    await give(client.ctx, lena, (await client.post('roles', little)).body.id)
  })

  test('has whoever could make its changes, or had a hand in it; nobody else renames, sends back, discards or reads it', async () => {
    const id = await draft(mapped())
    const ctx = await as(lena)
    const refused = { code: 'forbidden' }
    await expect(changeDraft(ctx, { draftId: id, name: 'Mine' })).rejects.toMatchObject(refused)
    await expect(discardDraft(ctx, id)).rejects.toMatchObject(refused)
    await expect(submitDraft(ctx, id)).rejects.toMatchObject(refused)
    await expect(rejectDraft(ctx, { draftId: id, note: 'No' })).rejects.toMatchObject(refused)
    await expect(unscheduleDraft(ctx, id)).rejects.toMatchObject(refused)
    expect((await client.get(`drafts/${id}`)).body).toMatchObject({ name: 'Spring', status: 'open' })
    const { body } = await client.post('api-keys', { name: 'K', access: 'permissions', permissions: ['users.invite'] })
    const asked = { Authorization: `Bearer ${body.key}` }
    expect(await client.send('GET', 'drafts', undefined, asked)).toMatchObject({ status: 403 })
  })

  test('two additions at once are both in it', async () => {
    const id = await draft(mapped())
    await Promise.all(
      [gives(ann, editor), gives(bob, editor)].map((change) => addToDraft(client.ctx, { draftId: id, change })),
    )
    expect((await client.get(`drafts/${id}`)).body.changes).toHaveLength(3)
  })

  test('what others have changed since is not taken back over, and what it did not set stays', async () => {
    const { id: asg } = (await client.post('assignments', { userId: ann, roleId: editor, reason: 'Was' })).body
    const id = await draft({ kind: 'update_assignment', assignmentId: asg, reason: 'Changed' })
    await client.post(`drafts/${id}/apply`, { hash: await hashOf(id) })
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString()
    await client.confirm('PATCH', `assignments/${asg}`, { expiresAt: tomorrow })
    const undo = await client.post(`drafts/${id}/undo`, { hash: await hashOf(id, 'preview-undo') })
    expect(undo).toMatchObject({ status: 409, body: { reason: 'changed_since' } })
    const { body } = await client.get(`assignments/${asg}`)
    expect([body.reason, body.expiresAt]).toEqual(['Changed', tomorrow])
  })

  test('a draft that is taken off its time while others are made is not made, by nobody', async () => {
    const id = await draft(mapped(), joins(ann))
    const soon = new Date(Date.now() + 500).toISOString()
    await client.post(`drafts/${id}/schedule`, { hash: await hashOf(id), applyAt: soon })
    await new Promise((resolve) => setTimeout(resolve, 700))
    const due = () => applyDueDrafts(systemContext(stage.services, client.organizationId))
    await unscheduleDraft(client.ctx, id)
    await due()
    expect((await client.get(`drafts/${id}`)).body).toMatchObject({ status: 'open', fault: null })
    await client.post(`drafts/${id}/schedule`, {
      hash: await hashOf(id),
      applyAt: new Date(Date.now() + 500).toISOString(),
    })
    await new Promise((resolve) => setTimeout(resolve, 700))
    await Promise.all([due(), due(), due()])
    expect((await client.get(`drafts/${id}`)).body).toMatchObject({ status: 'applied', fault: null })
    expect((await client.get('alarms?status=open')).body.items).toEqual([])
  })
})
