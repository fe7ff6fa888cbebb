// 000-36 People are told what has changed of their access through groups, mappings, teams, roles and filters, once for all of it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { getMail } from '#access/notices/mail/mails.ts'
import { sendAccessDigests } from '#access/people/digest/send-digests.ts'
import { createGroup } from '#directory/create-group.ts'
import type { CallContext } from '#src/context.ts'
import { type AccessStage, type Client, change, createUser, roleId, startStage } from '../support/access.ts'
import { make } from '../support/ceiling-stage.ts'
import { actingAs } from '../support/ceilings.ts'
import { consoleClient, createManager } from '../support/console.ts'
import { createPerson, giveRole } from '../support/people.ts'

let stage: AccessStage
let client: Client
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage?.close())

const owner = (parts: TemplateStringsArray, ...values: string[]) => stage.app.owner(parts, ...values)
const send = () => sendAccessDigests({ ...client.ctx, actor: { type: 'system', id: 'worker' } })
const due = async (): Promise<number> =>
  (
    await owner`select from due_work('upkeep') where kind = 'access_digest' and organization_id = ${client.organizationId}`
  ).length

const past = [
  ...['organizations', 'brands', 'users', 'groups', 'group_members', 'group_nestings', 'roles', 'role_permissions'],
  ...[
    'mappings',
    'assignments',
    'teams',
    'team_members',
    'team_sources',
    'team_roles',
    'review_tasks',
    'separation_rules',
  ],
]
/** Time goes on: everything there is happened so much earlier. */
async function pass(interval: string): Promise<void> {
  const sql = stage.app.owner
  await sql.unsafe(`set session_replication_role = replica`)
  for (const table of past) {
    const own = table === 'organizations' ? 'id' : 'organization_id'
    await sql.unsafe(
      `update public.${table} set recorded_at = recorded_at - interval '${interval}' where ${own} = $1`,
      [client.organizationId],
    )
    await sql.unsafe(
      `update history.${table} set recorded_at = recorded_at - interval '${interval}', valid_to = valid_to - interval '${interval}' where ${own} = $1`,
      [client.organizationId],
    )
  }
  await sql.unsafe(`update organizations set created_at = created_at - interval '${interval}' where id = $1`, [
    client.organizationId,
  ])
  await sql.unsafe(
    `update audit_events set occurred_at = occurred_at - interval '${interval}' where organization_id = $1`,
    [client.organizationId],
  )
  await sql.unsafe(
    `update access_digests set told_from = told_from - interval '${interval}', told_until = told_until - interval '${interval}' where organization_id = $1`,
    [client.organizationId],
  )
  await sql.unsafe(`set session_replication_role = origin`)
}
const mails = async (): Promise<Record<string, string>> => {
  const rows = await owner`select id, recipient from mails
    where organization_id = ${client.organizationId} and kind = 'access_digest' order by id`
  const texts = rows.map(async ({ id, recipient }) => [recipient, (await getMail(client.ctx, id)).body?.text ?? ''])
  return Object.fromEntries(await Promise.all(texts))
}
const clearMails = () => owner`delete from mails where organization_id = ${client.organizationId}`

const ids: Record<string, string> = {}
async function newClient(): Promise<void> {
  client = await stage.createClient()
  for (const name of ['ada', 'ben', 'cleo']) ids[name] = await createUser(client, `${name}@example.com`)
  for (const role of ['editor', 'viewer']) ids[role] = await roleId(client, role)
  ids['aurora'] = (await client.post('brands', { slug: 'aurora', name: 'Aurora' })).body.id
  ids['writers'] = await group('Writers', ['ada', 'ben'])
  await pass('2 days')
  await send()
  await pass('2 days')
}
const group = async (displayName: string, names: string[]): Promise<string> => {
  const content = { displayName, externalId: null, attributes: {} }
  const memberIds = names.map((name) => ids[name] ?? '')
  return (await createGroup(client.ctx, { directoryId: null, content, memberIds })).id
}
const done = async (method: string, path: string, body?: unknown) => {
  const answer = await client.confirm(method, path, body)
  expect([path, answer.status]).toEqual([path, expect.toSatisfy((status: number) => status < 300)])
  return answer.body
}
const map = async (more: Record<string, unknown> = {}): Promise<string> => {
  const body = { groupId: ids['writers'], roleId: ids['editor'], brandId: ids['aurora'], ...more }
  return (await done('POST', 'mappings', body)).id
}

describe('000-36 the digest', () => {
  test('tells once what a mapping and a group gave and took, through what and by whom, and nothing twice', async () => {
    await newClient()
    const mapping = await map()
    expect([await mails(), await due()]).toEqual([{}, 1])
    // Not yet: its last word may not have been said.
    await send()
    expect(await mails()).toEqual({})
    await pass('10 minutes')
    await send()
    const told = await mails()
    expect(Object.keys(told)).toEqual([])
    await pass('1 day')
    // Two nodes tell nobody twice.
    await Promise.all([send(), send()])
    expect(
      await owner`select from mails where organization_id = ${client.organizationId} and kind = 'access_digest'`,
    ).toHaveLength(2)
    const first = await mails()
    expect(Object.keys(first).sort()).toEqual(['ada@example.com', 'ben@example.com'])
    expect(first['ada@example.com']).toContain('You now hold Editor in Aurora, through: group Writers.')
    expect(await due()).toBe(0)
    await clearMails()
    await pass('2 days')
    await send()
    expect(await mails()).toEqual({})
    await done('DELETE', `mappings/${mapping}`)
    await pass('2 days')
    await send()
    expect((await mails())['ben@example.com']).toContain(
      'You no longer hold Editor in Aurora. It came through: group Writers.',
    )
    const trail = await client.auditOf(client.organizationId)
    expect(trail.filter((action) => action === 'access_digest.send')).toHaveLength(2)
  })
  test('says nothing of what was undone in between, of what is given directly, and to whoever is inactive or has no address', async () => {
    await newClient()
    const mapping = await map()
    await done('DELETE', `mappings/${mapping}`)
    await done('POST', 'assignments', { userId: ids['cleo'], roleId: ids['viewer'], reason: 'Works here' })
    const nameless = await createUser(client, 'nameless')
    await pass('2 days')
    await send()
    expect(await mails()).toEqual({})
    await map({ roleId: ids['viewer'] })
    await done('POST', `groups/${ids['writers']}/members`, { userIds: [nameless] })
    await done('POST', `users/${ids['ben']}/deactivate`)
    await pass('2 days')
    await send()
    expect(Object.keys(await mails())).toEqual(['ada@example.com'])
  })
  test('says that a rule of separation withholds a role, and not that they hold it; and that it does no more', async () => {
    await newClient()
    const reading = await map({ groupId: await group('Readers', ['ada']), roleId: ids['viewer'] })
    const sides = { first: { roleId: ids['viewer'] }, second: { roleId: ids['editor'] }, mode: 'enforce' }
    await done('POST', 'separation-rules', { name: 'Four eyes', purpose: 'Fraud', ...sides })
    await map()
    await pass('2 days')
    await send()
    const told = await mails()
    expect(told['ada@example.com']).toContain(
      'The rule Four eyes withholds Editor in Aurora from you. You would hold it through: group Writers.',
    )
    expect(told['ada@example.com']).not.toContain('You hold Editor')
    expect(told['ben@example.com']).toContain('You now hold Editor in Aurora')
    await done('DELETE', `mappings/${reading}`)
    await clearMails()
    await pass('2 days')
    await send()
    expect((await mails())['ada@example.com']).toContain('You now hold Editor in Aurora, through: group Writers.')
  })
  test('says when an exception counts no more, since the role below it is gone, and when it counts again', async () => {
    await newClient()
    const mapping = await map({ roleId: ids['viewer'] })
    const wanted = { userId: ids['ada'], brandId: ids['aurora'], permission: 'content.publish', effect: 'allow' }
    await done('POST', 'overrides', { ...wanted, reason: 'x', expiresAt: '2098-01-01T00:00:00Z' })
    await pass('2 days')
    await send()
    await clearMails()
    await done('DELETE', `mappings/${mapping}`)
    await pass('2 days')
    await send()
    const gone = (await mails())['ada@example.com']
    expect(gone).toContain('Your own permission content.publish in Aurora no longer counts')
    await clearMails()
    await map({ roleId: ids['viewer'] })
    await pass('2 days')
    await send()
    expect((await mails())['ada@example.com']).toContain('Your own permission content.publish in Aurora now counts')
  })
  test('names whoever has changed it for this person, and nobody who changed something for others', async () => {
    await newClient()
    await map()
    await pass('2 days')
    await send()
    await clearMails()
    const acting = async (name: string): Promise<CallContext> => {
      const id = await createPerson(client, `${name}@example.com`, name)
      await giveRole(client, { userId: id, role: 'administrator' })
      return actingAs({ id: client.organizationId, slug: client.slug, ctx: client.ctx }, id)
    }
    const [root, second] = [await acting('Root'), await acting('Second')]
    const [dora, eva] = [await createUser(client, 'dora@example.com'), await createUser(client, 'eva@example.com')]
    await pass('2 days')
    await send()
    const add = (memberIds: string[]) => ({ kind: 'add_members', groupId: ids['writers'] ?? '', memberIds }) as const
    await make(root, add([ids['cleo'] ?? '']))
    await make(second, add([dora]))
    await pass('2 days')
    await send()
    const told = await mails()
    expect(told['cleo@example.com']).toContain('through: group Writers. Changed by Root.')
    expect(told['dora@example.com']).toContain('through: group Writers. Changed by Second.')
    // By a key, which brought it about, and not by whoever came after.
    await clearMails()
    await done('POST', `groups/${ids['writers']}/members`, { userIds: [eva] })
    await make(second, { kind: 'remove_members', groupId: ids['writers'] ?? '', memberIds: [dora] })
    await pass('2 days')
    await send()
    expect((await mails())['eva@example.com']).not.toContain('Second')
    expect((await mails())['dora@example.com']).toContain('Changed by Second.')
  })
  test('tells of teams, of groups in them, of filters, and of what a role allows by now', async () => {
    await newClient()
    const team = (await done('POST', 'teams', { name: 'Press' })).id
    const role = { key: 'officer', name: 'Officer', purpose: 'Speaks', allows: ['content.view'] }
    const { id: roleOfTeam } = await done('POST', 'roles', role)
    const held = { roleId: roleOfTeam, brandId: ids['aurora'], reason: 'The press desk' }
    await done('POST', `teams/${team}/roles`, held)
    await done('POST', `teams/${team}/members`, { userIds: [ids['cleo']] })
    await done('POST', `teams/${team}/sources`, { groupId: ids['writers'] })
    await map({ groupId: undefined, filter: 'userName eq "ada@example.com"' })
    await pass('2 days')
    await send()
    const told = await mails()
    expect(told['cleo@example.com']).toContain('You now hold Officer in Aurora, through: team Press')
    expect(told['ben@example.com']).toContain('through: team Press')
    expect(told['ada@example.com']).toContain('through: filter userName eq "ada@example.com"')
    await clearMails()
    await done('PATCH', `roles/${roleOfTeam}`, { allows: ['content.edit'] })
    await pass('2 days')
    await send()
    const changed = await mails()
    expect(changed['cleo@example.com']).toContain(
      'The role Officer now allows: content.edit. The role Officer no longer allows: content.view.',
    )
    await clearMails()
    // A role of a team that has come to its end.
    await owner`update team_roles set expires_at = now() + interval '1 second' where team_id = ${team}`
    await pass('1 minute')
    await owner`update team_roles set expires_at = now() - interval '1 day' where team_id = ${team}`
    await pass('2 days')
    await send()
    expect((await mails())['cleo@example.com']).toContain('You no longer hold Officer in Aurora')
  })
  test('names who has changed it: a person, or the directory that pushed a group', async () => {
    await newClient()
    const by = { type: 'user', id: ids['cleo'] ?? '' } as const
    const mapping = { groupId: ids['writers'] ?? '', roleId: ids['editor'] ?? '', brandId: ids['aurora'] ?? '' }
    await change({ ...client.ctx, actor: by }, { kind: 'create_mappings', mappings: [mapping] })
    const scim = await stage.app.createDirectory({ id: client.organizationId, slug: client.slug, ctx: client.ctx })
    const pushed = await stage.request(`/scim/v2/${scim.directoryId}/Groups`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${scim.token}`, 'Content-Type': 'application/scim+json' },
      body: JSON.stringify({ schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'], displayName: 'Pushed' }),
    })
    const { id } = (await pushed.json()) as { id: string }
    await map({ groupId: id, roleId: ids['viewer'] })
    await owner`update users set directory_id = ${scim.directoryId} where id = ${ids['ada'] ?? ''}`
    await pass('2 days')
    await send()
    expect((await mails())['ben@example.com']).toContain('through: group Writers. Changed by cleo@example.com.')
    await clearMails()
    const add = { op: 'add', path: 'members', value: [{ value: ids['ada'] }] }
    await stage.request(`/scim/v2/${scim.directoryId}/Groups/${id}`, {
      method: 'PATCH',
      headers: { Authorization: `Bearer ${scim.token}`, 'Content-Type': 'application/scim+json' },
      body: JSON.stringify({ schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: [add] }),
    })
    await pass('2 days')
    await send()
    const [directory] = await owner`select name from directories where id = ${scim.directoryId}`
    expect(Object.values(await mails()).join()).toContain(`through: group Pushed. Changed by ${directory?.['name']}.`)
  })
  test('goes by the pace of the organization, and has an off switch and a preview', async () => {
    await newClient()
    expect((await client.send('PUT', 'access-digest', { pace: 'weekly' })).status).toBe(400)
    expect((await client.send('PUT', 'access-digest', { pace: 'hourly' })).body.pace).toBe('hourly')
    await map()
    await pass('20 minutes')
    const seen = (await client.get('access-digest/preview')).body
    expect(seen.people.map(({ userId }: { userId: string }) => userId).sort()).toEqual([ids['ada'], ids['ben']].sort())
    expect(seen.people[0].sentences[0]).toContain('You now hold Editor in Aurora')
    expect(await mails()).toEqual({})
    await pass('50 minutes')
    expect(await due()).toBe(1)
    await send()
    expect(Object.keys(await mails())).toHaveLength(2)
    await clearMails()
    await client.send('PUT', 'access-digest', { pace: 'off' })
    await map({ roleId: ids['viewer'] })
    await pass('2 days')
    await send()
    expect([await mails(), await due()]).toEqual([{}, 0])
    // On again, it tells what happens from then on.
    await client.send('PUT', 'access-digest', { pace: 'daily' })
    await pass('2 days')
    await send()
    expect(await mails()).toEqual({})
    expect(await client.auditOf(client.organizationId)).toContain('access_digest.set')
    const other = await stage.createClient()
    expect((await other.get('access-digest')).body.pace).toBe('daily')
  })
  test('goes on with the rest where it was stopped, and tells a thousand people in batches', async () => {
    await newClient()
    const sql = stage.app.owner
    await sql.unsafe(`insert into users (organization_id, id, user_name, user_name_key, status, status_changed_at, attributes, created_at, updated_at, recorded_at)
      select '${client.organizationId}', 'usr_' || lpad(i::text, 26, '0'), 'p' || i || '@example.com', 'p' || i || '@example.com', 'active', now(), '{}',
        now(), now(), now() - interval '9 days' from generate_series(1, 1000) i`)
    await sql.unsafe(`insert into group_members (organization_id, group_id, user_id, created_at)
      select '${client.organizationId}', '${ids['writers']}', 'usr_' || lpad(i::text, 26, '0'), now() from generate_series(1, 1000) i`)
    await map()
    await pass('2 days')
    await owner`insert into access_digest_people (organization_id, user_id) values (${client.organizationId}, ${ids['cleo'] ?? ''})`
    await send()
    expect(Object.keys(await mails())).toHaveLength(0)
    await send()
    expect(Object.keys(await mails())).toHaveLength(1_002)
  })
})

test('by command and in the console', async () => {
  await newClient()
  const scope = ['--organization', client.slug, '--json'] as const
  expect((await stage.rolecall('access', 'digest', ...scope)).json.pace).toBe('daily')
  expect((await stage.rolecall('access', 'digest', '--pace', 'hourly', ...scope)).json.pace).toBe('hourly')
  await map()
  await pass('20 minutes')
  expect((await stage.rolecall('access', 'digest', '--preview', ...scope)).json.people).toHaveLength(2)
  const pages = consoleClient(
    stage.app,
    await createManager({ id: client.organizationId, slug: client.slug, ctx: client.ctx }),
  )
  expect((await pages.get('/console/settings/mail')).text).toContain('at most once an hour')
  expect((await pages.get('/console/settings/mail/digest')).text).toContain('You now hold Editor in Aurora')
  expect((await pages.post('/console/settings/mail/digest', { pace: 'off' })).status).toBe(303)
  expect((await client.get('access-digest')).body.pace).toBe('off')
})
