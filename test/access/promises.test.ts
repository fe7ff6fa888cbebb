// Promises of the user guides about roles and people that have no other home: custom roles, causes of a refusal, notices,
// exceptions with a review date, addresses, erasure.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { countOverview } from '#access/organizations/overview.ts'
import { type AccessStage, type Client, createUser, roleId, startStage } from '../support/access.ts'
import { outbox } from '../support/accounts.ts'
import { within } from '../support/ceilings.ts'
import { scimClient } from '../support/scim.ts'
import { signIn } from '../support/sessions.ts'

let stage: AccessStage
let client: Client

beforeAll(async () => {
  stage = await startStage()
})

afterAll(() => stage.close())

beforeEach(async () => {
  client = await stage.createClient()
})

const person = async (userName = 'mara@example.com'): Promise<string> =>
  (await client.post('users', { userName, emails: [userName], displayName: 'Mara Quill' })).body.id

const allowed = async (userId: string, permission: string): Promise<boolean> =>
  (await client.get(`users/${userId}/explain?permission=${permission}`)).body.allowed

test('Reviewer, Publisher and Analyst can be built from permissions (000-22, 003-05)', async () => {
  const roles = {
    reviewer: ['content.view', 'content.comment', 'content.approve'],
    publisher: ['content.view', 'content.publish'],
    analyst: ['analytics.*'],
  }
  const probes = [
    'content.create',
    'content.edit',
    'content.comment',
    'content.approve',
    'content.publish',
    'analytics.export',
  ]
  const held: Record<string, string[]> = {}
  for (const [key, allows] of Object.entries(roles)) {
    const role = await client.post('roles', { key, name: key, purpose: `What a ${key} does`, allows })
    const userId = await createUser(client, `${key}@example.com`)
    await client.post('assignments', { userId, roleId: role.body.id, reason: 'Because' })
    const answers = await Promise.all(probes.map((probe) => allowed(userId, probe)))
    held[key] = probes.filter((_, index) => answers[index])
  }
  expect(held).toEqual({
    reviewer: ['content.comment', 'content.approve'],
    publisher: ['content.publish'],
    analyst: ['analytics.export'],
  })
})

test('a host application extends the catalogue; only what is registered can be held (C1, 001-07)', async () => {
  const role = { key: 'sender', name: 'Sender', purpose: 'Sends', allows: ['app.newsletter.send:weekly'] }
  expect(await client.post('roles', role)).toMatchObject({ status: 400 })
  const entry = { description: 'Send newsletters', parameter: 'edition' }
  expect((await client.send('PUT', 'permissions/app.newsletter.send', entry)).status).toBe(200)
  expect((await client.send('PUT', 'permissions/app.newsletter.send', entry)).status).toBe(200)
  expect((await client.post('roles', role)).status).toBe(201)
  expect((await client.get('permissions')).body.items).toContainEqual({
    ...{ name: 'app.newsletter.send', ...entry, isBuiltIn: false },
  })
  expect(await client.delete('permissions/app.newsletter.send')).toMatchObject({
    status: 409,
    body: { reason: 'in_use' },
  })
  expect(await client.send('PUT', 'permissions/content.fly', { description: 'x' })).toMatchObject({ status: 400 })
})

test('people are told when what they may do changes: what, why, by whom, until when (000-36)', async () => {
  const userId = await person()
  const made = await client.post('assignments', {
    ...{ userId, roleId: await roleId(client, 'editor'), reason: 'Covers for <b>Ada</b>' },
    expiresAt: '2099-01-31T12:00:00Z',
  })
  await client.confirm('PATCH', `assignments/${made.body.id}`, { expiresAt: '2099-03-31T12:00:00Z', reason: 'Longer' })
  await client.confirm('DELETE', `assignments/${made.body.id}`)
  const mails = await outbox({ ctx: client.ctx }, 'mara@example.com')
  expect(mails.map(({ kind }) => kind)).toEqual(['access_changed', 'access_changed', 'access_changed'])
  expect(mails[0]?.text).toMatch(/gave you the role Editor in .* until 31 January 2099 at 12:00 UTC/)
  expect(mails[0]?.text).toContain('> Covers for <b>Ada</b>')
  expect(mails[0]?.html).not.toContain('<b>Ada')
  expect(mails[2]?.text).toContain('took from you the role Editor')
})

test('exceptions carry a reason and a date for a review; what is overdue is counted (000-30)', async () => {
  const userId = await person()
  const fields = { userId, roleId: await roleId(client, 'viewer'), reason: 'An exception' }
  const made = await client.post('assignments', { ...fields, reviewAt: '2099-01-01T00:00:00Z' })
  expect(made.body).toMatchObject({ reason: 'An exception', reviewAt: '2099-01-01T00:00:00.000Z' })
  expect((await countOverview(client.ctx)).overdueReviews).toEqual({ assignments: 0, roles: 0 })
  await stage.app.owner`update assignments set review_at = now() - interval '1 day' where id = ${made.body.id}`
  expect((await countOverview(client.ctx)).overdueReviews).toEqual({ assignments: 1, roles: 0 })
})

describe('why a role cannot be given (002-12)', () => {
  test.each([
    [
      'the role is not there',
      { roleId: 'rol_00000000000000000000000000' },
      { status: 404, body: { detail: 'Role not found' } },
    ],
    [
      'the brand is not there',
      { brandId: 'brd_00000000000000000000000000' },
      { status: 404, body: { detail: 'Brand not found' } },
    ],
    [
      'the person is not there',
      { userId: 'usr_00000000000000000000000000' },
      { status: 404, body: { detail: 'User not found' } },
    ],
    ['a reason is missing', { reason: '' }, { status: 400 }],
  ])('%s', async (_, wrong, answer) => {
    const fields = { userId: await person(), roleId: await roleId(client, 'viewer'), reason: 'Because' }
    expect(await client.post('assignments', { ...fields, ...wrong })).toMatchObject(answer)
  })

  test('missing permission, another brand, and beyond one’s own rights are three different refusals', async () => {
    const { createAssignment } = await import('#access/grants/assignments/create-assignment.ts')
    const { ctx } = client
    const [mine, theirs] = [
      (await client.post('brands', { slug: 'mine', name: 'Mine' })).body.id,
      (await client.post('brands', { slug: 'theirs', name: 'Theirs' })).body.id,
    ]
    const userId = await person()
    const held = { allows: ['content.view', 'roles.assign'], denies: [] }
    const lead = {
      ...within(ctx, { allows: [], denies: [] }, new Map([[mine, held]])),
      permissions: new Set<never>(),
      brandPermissions: new Map([[mine, new Set(['assignments.write' as const])]]),
    }
    const viewing = await client.post('roles', { key: 'see', name: 'See', purpose: 'Sees', allows: ['content.view'] })
    const give = (brandId: string | null, role: string) =>
      createAssignment(lead, { userId, roleId: role, brandId, reason: 'Because' })
    const editor = await roleId(client, 'editor')
    await expect(give(null, viewing.body.id)).rejects.toMatchObject({ code: 'forbidden', reason: 'permission' })
    await expect(give(theirs, viewing.body.id)).rejects.toMatchObject({ code: 'forbidden', reason: 'other_brand' })
    await expect(give(mine, editor)).rejects.toMatchObject({ code: 'forbidden', reason: 'ceiling' })
    await expect(give(mine, viewing.body.id)).resolves.toMatchObject({ brand: { slug: 'mine' } })
  })
})

describe('addresses (004-04)', () => {
  test('where they are never changed, an administrator’s change is refused, and a directory’s is not', async () => {
    expect((await client.patch('settings', { emailChange: 'never' })).status).toBe(200)
    const userId = await person()
    const refused = { status: 422, body: { reason: 'email_immutable' } }
    expect(await client.patch(`users/${userId}`, { emails: ['other@example.com'] })).toMatchObject(refused)
    expect(await client.patch(`users/${userId}`, { userName: 'other@example.com' })).toMatchObject(refused)
    expect((await client.patch(`users/${userId}`, { displayName: 'Mara Q.' })).status).toBe(200)
    const organization = { id: client.organizationId, slug: client.slug, ctx: client.ctx }
    const scim = scimClient((path, init) => stage.request(path, init), await stage.app.createDirectory(organization))
    const managed = await scim.user('ada@example.com')
    const renamed = await scim.patch(`/Users/${managed}`, {
      op: 'replace',
      path: 'userName',
      value: 'ada2@example.com',
    })
    expect(renamed.status).toBe(200)
  })
})

describe('erasing (001-05, 002-10)', () => {
  const erase = (userId: string, confirm = 'mara@example.com') => client.post(`users/${userId}/erase`, { confirm })

  test('waits for the retention, wants the name again, and leaves nothing but the id', async () => {
    const userId = await person()
    await client.post('assignments', { userId, roleId: await roleId(client, 'editor'), reason: 'Because' })
    await signIn({ ctx: client.ctx }, userId)
    expect(await erase(userId)).toMatchObject({ status: 409, body: { reason: 'retention' } })
    await client.confirm('POST', `users/${userId}/deactivate`)
    expect(await erase(userId)).toMatchObject({ status: 409, body: { reason: 'retention' } })
    await stage.app.owner`update users set status_changed_at = now() - interval '31 days' where id = ${userId}`
    expect(await erase(userId, 'somebody else')).toMatchObject({ status: 400 })
    expect((await client.get(`users/${userId}`)).body.userName).toBe('mara@example.com')
    expect((await erase(userId)).status).toBe(204)
    expect((await client.get(`users/${userId}`)).status).toBe(404)
    const [row] = await stage.app
      .owner`select user_name, display_name, attributes, status from users where id = ${userId}`
    expect(row).toEqual({ user_name: `erased-${userId}`, display_name: null, attributes: {}, status: 'erased' })
    expect(await client.auditOf(userId)).toContain('user.erase')
    const [found] = await stage.app
      .owner`select (select count(*)::int from sessions where user_id = ${userId}) as sessions,
      (select count(*)::int from assignments where user_id = ${userId}) as assignments,
      (select count(*)::int from user_emails where user_id = ${userId}) as emails,
      (select count(*)::int from mails where organization_id = ${client.organizationId}) as mails`
    expect(found).toEqual({ sessions: 0, assignments: 0, emails: 0, mails: 0 })
  })

  test('every table that knows a person by user_id is on the list', async () => {
    const rows = await stage.app.owner`select c.table_name as name from information_schema.columns c
      join information_schema.tables t using (table_schema, table_name)
      where c.column_name = 'user_id' and c.table_schema = 'public' and t.table_type = 'BASE TABLE'`
    const { tables } = await import('#access/people/status/erase-user.ts')
    // Provider artifacts are dropped by the deactivation that has to come first; reports are about an account, and stay; lines of
    // access reviews lose the names (test/access/reviews.test.ts); reserved names are made by the erasing, as keyed hashes;
    // operators go by a trigger (test/console/platform.test.ts).
    expect(
      rows
        .map(({ name }) => name)
        .filter(
          (name) =>
            ![
              ...[
                'provider_artifacts',
                'emergency_uses',
                'access_review_lines',
                'reserved_names',
                'platform_operators',
              ],
            ].includes(name),
        )
        .sort(),
    ).toEqual([...tables].sort())
  })
})
