// Checklists for joining and leaving (001-09, 003-15): begun by themselves, told to their owners, settled, cancelled, off.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { beginChecklists } from '#access/checklists/begin-checklists.ts'
import { type AccessStage, type Client, createUser, roleId, startStage } from '../support/access.ts'
import { consoleClient, createManager } from '../support/console.ts'
import { signIn } from '../support/sessions.ts'

let stage: AccessStage
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage?.close())

const run = (client: Client) => beginChecklists({ ...client.ctx, actor: { type: 'system', id: 'worker' } })
const due = async (client: Client): Promise<number> =>
  (
    await stage.app
      .owner`select from due_work('upkeep') where kind = 'checklist' and organization_id = ${client.organizationId}`
  ).length
const lists = async (client: Client, query = '') => (await client.get(`checklists${query}`)).body.items
const mails = async (client: Client, id: string) =>
  (await client.get(`mails?targetId=${id}`)).body.items.map(({ recipient, subject }: never) => [recipient, subject])

test('003-15: whoever leaves gets a list, its owners are told, and with the last task it is done', async () => {
  const client = await stage.createClient()
  const [helper, leaver, stays] = await Promise.all(
    ['helper', 'leaver', 'stays'].map((name) => createUser(client, `${name}@example.com`)),
  )
  const before = await createUser(client, 'before@example.com')
  await client.confirm('POST', `users/${before}/deactivate`)
  const tasks = [
    { title: 'Collect the laptop', ownerId: helper, dueDays: 0 },
    { title: 'Tell the customers', note: 'Those of the last year' },
  ]
  const made = await client.post('checklist-templates', { name: 'Leaver', kind: 'leaving', tasks })
  expect(made.body).toMatchObject({
    status: 'on',
    open: 0,
    waiting: 0,
    tasks: [{ dueDays: 0 }, { dueDays: 7, ownerId: null }],
  })
  expect([await due(client), await lists(client)]).toEqual([0, []])

  await client.confirm('POST', `users/${leaver}/deactivate`)
  expect([await due(client), (await client.get(`checklist-templates/${made.body.id}`)).body.waiting]).toEqual([1, 1])
  await run(client)
  await run(client)
  const [list, ...others] = await lists(client)
  expect([list.user.id, list.status, list.kind, others]).toEqual([leaver, 'open', 'leaving', []])
  expect(list.tasks.map(({ owner }: { owner: { id: string } | null }) => owner?.id)).toEqual([helper, undefined])
  // Told at the beginning, and once more about what was due that very day.
  expect(await mails(client, list.id)).toEqual([
    ['helper@example.com', expect.stringContaining('Overdue: Leaver')],
    ['helper@example.com', expect.stringContaining('leaver@example.com leaves')],
  ])
  expect(await due(client)).toBe(0)

  const settle = (position: number, outcome: string) =>
    client.send('PUT', `checklists/${list.id}/tasks/${position}`, { outcome, comment: 'By hand' })
  expect((await settle(0, 'done')).body.status).toBe('open')
  expect((await settle(1, 'not_needed')).body).toMatchObject({
    status: 'done',
    tasks: [{ outcome: 'done' }, { comment: 'By hand' }],
  })
  expect((await settle(1, 'open')).body).toMatchObject({ status: 'open', endedAt: null })
  expect((await settle(2, 'done')).status).toBe(404)
  expect((await settle(0, 'perhaps')).status).toBe(400)
  const trail = (await client.get(`audit-events?targetId=${leaver}&limit=50`)).body.items.map(
    ({ action }: never) => action,
  )
  expect(trail).toEqual(expect.arrayContaining(['checklist.begin', 'checklist.settle_task']))

  // Who comes back and leaves again is another occasion; who stays has none.
  await client.confirm('POST', `users/${leaver}/reactivate`)
  await client.confirm('POST', `users/${leaver}/deactivate`)
  await run(client)
  expect((await lists(client, `?userId=${leaver}`)).length).toBe(2)
  expect(await lists(client, `?userId=${stays}`)).toEqual([])
})

test('001-09: of a brand, for whoever joins and holds something there; off, it begins nothing; cancelled, it stays so', async () => {
  const client = await stage.createClient()
  const brandId = (await client.post('brands', { slug: 'aurora', name: 'Aurora' })).body.id
  const viewer = await roleId(client, 'viewer')
  const wanted = { name: 'Joiner', kind: 'joining', brandId, tasks: [{ title: 'Say hello' }] }
  const { id } = (await client.post('checklist-templates', wanted)).body
  const [inside, outside] = [await createUser(client, 'in@example.com'), await createUser(client, 'out@example.com')]
  await client.post('assignments', { userId: inside, roleId: viewer, brandId, reason: 'Works here' })
  await run(client)
  const [list, ...more] = await lists(client)
  expect([list.user.id, more]).toEqual([inside, []])
  expect((await client.post(`checklists/${list.id}/cancel`, {})).status).toBe(204)
  expect((await client.post(`checklists/${list.id}/cancel`, {})).status).toBe(404)
  expect((await client.send('PUT', `checklists/${list.id}/tasks/0`, { outcome: 'done' })).status).toBe(409)
  await run(client)
  expect(await lists(client)).toHaveLength(1)

  await client.patch(`checklist-templates/${id}`, { status: 'off' })
  await client.post('assignments', { userId: outside, roleId: viewer, brandId, reason: 'Works here' })
  expect(await due(client)).toBe(0)
  // On again, it catches up with nobody who joined while it was off.
  await client.patch(`checklist-templates/${id}`, { status: 'on' })
  expect(await due(client)).toBe(0)
  const byHand = await client.post('checklists', { userId: outside, templateId: id })
  expect(byHand.body).toMatchObject({ status: 'open', user: { id: outside } })
  expect((await client.post('checklists', { userId: 'usr_x', templateId: id })).status).toBe(404)
  for (const body of [
    { ...wanted, tasks: [] },
    { ...wanted, tasks: [{ title: 'x', ownerId: 'usr_x' }] },
  ])
    expect((await client.post('checklist-templates', body)).status).toBe(400)
  expect((await client.post('checklist-templates', { ...wanted, brandId: 'brd_x' })).status).toBe(404)
  expect((await client.send('DELETE', `checklist-templates/${id}`)).status).toBe(204)
  expect(await lists(client)).toEqual([])
})

test('by command, in the console, and by its owner, who sees nothing of others', async () => {
  const client = await stage.createClient()
  const organization = { id: client.organizationId, slug: client.slug, ctx: client.ctx }
  const pages = consoleClient(stage.app, await createManager(organization))
  const [owner, other, leaver] = await Promise.all(
    ['owner', 'other', 'leaver'].map((name) => createUser(client, `${name}@example.com`)),
  )
  const none = await pages.post('/console/checklists/templates/new', { name: 'Leaver', kind: 'leaving' })
  expect([none.status, none.text.includes('has no task')]).toEqual([400, true])
  const fields = {
    name: 'Leaver',
    kind: 'leaving',
    'title.0': 'Collect the badge',
    'owner.0': owner ?? '',
    'days.0': '3',
  }
  expect((await pages.post('/console/checklists/templates/new', fields)).status).toBe(303)
  const scope = ['--organization', client.slug, '--json'] as const
  const { items } = (await stage.rolecall('checklist', 'templates', ...scope)).json
  expect(items).toMatchObject([
    { name: 'Leaver', kind: 'leaving', tasks: [{ title: 'Collect the badge', dueDays: 3 }] },
  ])
  const begun = (
    await stage.rolecall('checklist', 'begin', '--template', items[0].id, '--user', 'leaver@example.com', ...scope)
  ).json
  expect((await pages.get('/console/checklists')).text).toContain('0 of 1 task')
  expect((await pages.get(`/console/checklists/${begun.id}`)).text).toContain('Collect the badge')

  const asPerson = async (userId: string) =>
    consoleClient(stage.app, { userId, session: await signIn(organization, userId) })
  const [theirs, others] = [await asPerson(owner ?? ''), await asPerson(other ?? '')]
  expect((await theirs.get('/account/tasks')).text).toContain('Collect the badge')
  expect((await others.get('/account/tasks')).text).toContain('Nothing is to be done')
  const path = `/account/tasks/${begun.id}/0`
  expect((await others.post(path, { outcome: 'done' })).status).toBe(404)
  expect((await theirs.post(path, { outcome: 'done', comment: 'In the drawer' })).status).toBe(303)
  expect((await theirs.get('/account/tasks')).text).toContain('Nothing is to be done')
  const shown = (await pages.get(`/console/checklists/${begun.id}`)).text
  expect([shown.includes('In the drawer'), shown.includes('Open it again')]).toEqual([true, true])
  expect((await pages.post(`/console/checklists/${begun.id}/tasks/0`, { outcome: 'open' })).status).toBe(303)
  const settle = ['checklist', 'settle', '--checklist', begun.id, '--task', '1', '--outcome', 'done'] as const
  expect((await stage.rolecall(...settle, ...scope)).json).toMatchObject({ status: 'done' })
  expect(leaver).toMatch(/^usr_/)
})
