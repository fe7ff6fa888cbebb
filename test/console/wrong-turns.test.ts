// Pages that people come to with something else in mind: refusals, requests, links that nobody mails, envelopes.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createEmergencyAccount } from '#access/accounts/emergency/emergency.ts'
import { keepForm } from '#access/accounts/sign-in/kept-forms.ts'
import { createAssignment } from '#access/grants/assignments/create-assignment.ts'
import { countOverview } from '#access/organizations/overview.ts'
import { requestAccess } from '#access/people/own/request-access.ts'
import { listAttempts, recordRefusal } from '#access/sign-in/attempts.ts'
import { newTrace } from '#access/sign-in/trace.ts'
import { listAuditEvents } from '#audit/list-events.ts'
import { namesOf } from '#audit/names-of.ts'
import { startTestApp, type TestApp, type TestOrganization } from '../support/app.ts'
import { type ConsoleClient, consoleClient, createManager, createTestBrand } from '../support/console.ts'
import { createPerson } from '../support/people.ts'
import { createSamlConnection } from '../support/sign-in.ts'

let app: TestApp
let organization: TestOrganization
let admin: ConsoleClient
let viewer: ConsoleClient
let brandManager: ConsoleClient
let managerId: string
let brandId: string
beforeAll(async () => {
  app = await startTestApp()
  organization = await app.createOrganization()
  const manager = await createManager(organization)
  managerId = manager.userId
  admin = consoleClient(app, manager)
  brandId = await createTestBrand(organization, 'aurora', 'Aurora')
  const beth = { name: 'Beth Aurora', role: 'administrator', brandId }
  brandManager = consoleClient(app, await createManager(organization, beth))
  viewer = consoleClient(app, await createManager(organization, { name: 'Vi Ewer', role: 'viewer' }))
})
afterAll(() => app.close())

const forms = ['roles/new', 'brands/new', 'groups/new', 'mappings/new', 'users/new']

test.each(forms)('a form is for whoever may save it: %s', async (form) => {
  expect((await admin.get(`/console/${form}`)).status).toBe(200)
  const refused = await brandManager.get(`/console/${form}`)
  expect(refused.status).toBe(403)
  // Who took a wrong turn keeps the menu, and a way on.
  expect(refused.text).toContain('href="/console/users"')
  expect(refused.text).toContain('To the overview')
})

test('what is not there keeps the menu, too; whoever manages nothing has none', async () => {
  const missing = await admin.get('/console/users/usr_00000000000000000000000000')
  expect(missing.status).toBe(404)
  expect(missing.text).toContain('href="/console/mappings"')
  for (const path of ['/console/nonsense', '/console/nonsense/at/all']) {
    const nothing = await admin.get(path)
    expect([path, nothing.status]).toEqual([path, 404])
    expect(nothing.text).toContain('To the overview')
    expect(nothing.text).toContain('href="/console/mappings"')
  }
  expect((await viewer.get('/console/users')).text).not.toContain('href="/console/users"')
})

test('a manager of a brand is told whom they see', async () => {
  expect((await admin.get('/console/users')).text).toContain('Everybody who belongs to the organization')
  const { text } = await brandManager.get('/console/users')
  expect(text).toContain('The people of the brands that you manage')
  expect(text).not.toContain('Everybody who belongs')
})

test('a request for access stands on the page that the alarm leads to, until it is answered', async () => {
  const { userId } = await createManager(organization, { name: 'Ana Lyst', role: 'viewer' })
  await requestAccess(
    { ...organization.ctx, actor: { type: 'user', id: userId } },
    { words: 'I should see the numbers of Aurora' },
  )
  const overview = await admin.get('/console')
  expect(overview.text).toContain(`href="/console/users/${userId}"`)
  const page = await admin.get(`/console/users/${userId}`)
  expect(page.text).toContain('I should see the numbers of Aurora')
  const settle = /action="(\/console\/alarms\/[^"]+\/settle)"/.exec(page.text)?.[1] ?? ''
  await admin.post(settle)
  expect((await admin.get(`/console/users/${userId}`)).text).not.toContain('I should see the numbers')
})

test('without a mail server the page of an invitation shows the link to hand on', async () => {
  const { id: roleId } = (
    await app.owner`select id from roles where organization_id = ${organization.id}
    and key = 'viewer'`
  )[0] as { id: string }
  const made = await admin.post('/console/invitations/new', { email: 'guest@example.com', roleId, step: 'send' })
  expect(made.location).toMatch(/done=kept$/)
  const path = made.location?.split('?')[0] ?? ''
  expect((await admin.get(path)).text).toContain('Hand the link on yourself')
  const shown = await admin.post(`${path}/link`)
  const link = /value="https:\/\/id\.example\.com(\/invitation\/[^"]+)"/.exec(shown.text)?.[1] ?? ''
  expect((await app.request(link)).status).toBe(200)
  expect((await viewer.post(`${path}/link`)).status).toBe(403)
})

test('and that of many lists the links to hand on, once somebody asks for them', async () => {
  const [role] = await app.owner`select id from roles where organization_id = ${organization.id} and key = 'viewer'`
  const text = 'Mei Lin <mei.many@example.com>, theo.many@example.com, mei.many@example.com'
  const sent = await admin.post('/console/invitations/bulk', { text, roleId: role?.['id'] as string, step: 'send' })
  expect(sent.text).toContain('There is no mail server, so nothing was sent.')
  expect(sent.text).not.toContain('/invitation/')
  const ids = /name="ids" value="([^"]+)"/.exec(sent.text)?.[1] ?? ''
  expect(ids.split(' ')).toHaveLength(2)
  const shown = await admin.post('/console/invitations/bulk/links', { ids })
  expect(shown.text).toContain('Mei Lin (mei.many@example.com)')
  const links = [...shown.text.matchAll(/value="https:\/\/id\.example\.com(\/invitation\/[^"]+)"/g)].map(
    ([, path]) => path ?? '',
  )
  expect(new Set(links).size).toBe(2)
  for (const link of links) expect((await app.request(link)).status).toBe(200)
  expect((await viewer.post('/console/invitations/bulk/links', { ids })).status).toBe(403)
  await admin.post(`/console/invitations/${ids.split(' ')[0]}/cancel`)
  const over = await admin.post('/console/invitations/bulk/links', { ids })
  expect(over.text).toContain('the invitation is no longer pending')
  expect(over.text.match(/\/invitation\//g)).toHaveLength(1)
})

test('emergency accounts are no people; their envelope says whose they are, and has a code to scan', async () => {
  const before = await countOverview(organization.ctx)
  await createEmergencyAccount(organization.ctx, { name: 'Safe in Bern' })
  const after = await countOverview(organization.ctx)
  expect([after.people, after.emergencyAccounts.all]).toEqual([before.people, before.emergencyAccounts.all + 1])
  const { text } = await admin.post('/console/emergency', { name: 'Safe in Zug' })
  const { name } = (await app.owner`select name from organizations where id = ${organization.id}`)[0] as {
    name: string
  }
  for (const told of [`Emergency account of ${name}`, 'Safe in Zug', 'data:image/svg+xml;base64,'])
    expect(text).toContain(told)
})

test('a reference is found as it is read out: without its hyphen, in small letters, with blanks', async () => {
  const attempt = { method: 'password', connectionId: null, userId: null, reason: 'unknown_user' } as const
  const reference = await recordRefusal(organization.ctx, {
    ...{ ...attempt, trace: newTrace(), ip: null, userAgent: null },
  })
  for (const typed of [reference, reference.replace('-', ''), ` ${reference.toLowerCase().replace('-', ' ')} `])
    expect(await listAttempts(organization.ctx, { reference: typed, limit: 2 })).toMatchObject([{ reference }])
  expect(await listAttempts(organization.ctx, { reference: '-', limit: 2 })).toEqual([])
})

test('what is kept by ids is shown by names: events, their lists, and what is carried out after a fresh proof', async () => {
  const [role] =
    await app.owner`select id, name from roles where organization_id = ${organization.id} and key = 'viewer'`
  const roleId = role?.['id'] as string
  const userId = await createPerson(organization, 'named@example.com', 'Nora Named')
  await createAssignment(organization.ctx, { userId, roleId, reason: 'Helps out' })
  const [event] = await listAuditEvents(organization.ctx, { filter: { action: 'assignment.create' }, limit: 1 })
  const page = await admin.get(`/console/audit/${event?.id}`)
  const details = page.text.slice(page.text.indexOf('Details'), page.text.indexOf('Everything about this'))
  for (const shown of ['Nora Named', role?.['name'] as string]) expect(details).toContain(shown)
  for (const raw of [userId, roleId, 'User id', '{', '<pre']) expect(details).not.toContain(raw)
  // Its key stands beside the id of a role in many events: that is one thing.
  expect(details.match(/<dt>Role<\/dt>/g)).toHaveLength(1)
  const bare = { ...organization.ctx, permissions: new Set(['roles.read'] as const) }
  expect([...(await namesOf(bare, [userId, roleId])).keys()]).toEqual([roleId])
  const elsewhere = await app.createOrganization()
  expect((await namesOf(elsewhere.ctx, [userId, roleId])).size).toBe(0)

  // The page that comes after a fresh proof says what is about to be done, and where.
  const fields = {
    roleId,
    [`brand.${brandId}`]: roleId,
    isTold: 'on',
    ids: `${userId} ${brandId}`,
    step: 'review',
    password: 'hunter2hunter2',
    previewHash: 'abc',
  }
  const ctx = { ...organization.ctx, actor: { type: 'user', id: managerId } } as const
  const again = await admin.get(
    `/console/again/${await keepForm(ctx, { path: `/console/users/${userId}/give?a=b`, fields })}`,
  )
  const shown = again.text.slice(again.text.indexOf('<dl'), again.text.indexOf('</dl>'))
  for (const said of [
    'Users › Nora Named › Give',
    'Role',
    'Brand Aurora',
    'Is told',
    'yes',
    'Nora Named, Aurora',
    '(not shown)',
  ])
    expect(shown).toContain(said)
  for (const raw of [userId, roleId, brandId, 'hunter2', 'review', 'abc', 'step']) expect(shown).not.toContain(raw)
  expect(again.text).toContain('name="previewHash" value="abc"')
})

test('pages say in words what is kept by keys: states of connections, packs of roles, targets of events', async () => {
  const { id } = await createSamlConnection(organization)
  await app.owner`update connections set status = 'optional' where id = ${id}`
  const overview = await admin.get('/console')
  expect(overview.text).not.toMatch(/<th scope="row">\d{4}-\d\d-\d\d/)
  const row = overview.text.slice(overview.text.indexOf(`href="/console/connections/${id}"`))
  expect(row.slice(0, row.indexOf('</tr>'))).not.toContain('optional')
  expect((await admin.get('/console/roles')).text.replaceAll(/<[^>]+>/g, '')).not.toMatch(/mixer3|owner5/)
})
