// The people side of the console by plain requests: what each form does, what it keeps, and who may use it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listAssignments } from '#access/grants/assignments/assignments.ts'
import { createRole } from '#access/grants/roles/create-role.ts'
import { listRoles } from '#access/grants/roles/roles.ts'
import { getInvitation, listInvitations } from '#access/invitations/invitations.ts'
import { listAuditEvents } from '#audit/list-events.ts'
import { getAuditHead } from '#audit/seal/head.ts'
import { sealEvents } from '#audit/seal/seal-events.ts'
import { getUser } from '#directory/users.ts'
import { parseCsv } from '#platform/csv.ts'
import { outbox } from '../support/accounts.ts'
import { startTestApp, type TestApp, type TestOrganization } from '../support/app.ts'
import { type ConsoleClient, consoleClient, createManager, createTestBrand, savingForm } from '../support/console.ts'
import { createPerson, giveRole } from '../support/people.ts'
import { signIn } from '../support/sessions.ts'

let app: TestApp
let organization: TestOrganization
let admin: ConsoleClient
let manager: ConsoleClient
let viewer: ConsoleClient
let aurora: string
let boreal: string
let viewerRole: string
let editorRole: string
let administratorRole: string

beforeAll(async () => {
  app = await startTestApp()
  organization = await app.createOrganization()
  const { ctx } = organization
  admin = consoleClient(app, await createManager(organization, { name: 'Ada Admin' }))
  aurora = await createTestBrand(organization, 'aurora', 'Aurora')
  boreal = await createTestBrand(organization, 'boreal', 'Boreal')
  await createRole(ctx, {
    ...{ key: 'brand-manager', name: 'Brand manager', purpose: 'Runs a brand', rank: 30, denies: [] },
    allows: ['content.*', 'assets.*', 'workflow.*', 'analytics.*', 'campaigns.*', 'brands.view'].concat([
      ...['users.read', 'users.invite', 'roles.assign', 'audit.view'],
    ]),
  })
  const roles = await listRoles(ctx)
  const idOf = (key: string): string => roles.find((role) => role.key === key)?.id ?? ''
  ;[viewerRole, editorRole, administratorRole] = [idOf('viewer'), idOf('editor'), idOf('administrator')]
  manager = consoleClient(
    app,
    await createManager(organization, { name: 'Bo Manager', role: 'brand-manager', brandId: aurora }),
  )
  viewer = consoleClient(app, await createManager(organization, { name: 'Vi Viewer', role: 'viewer' }))
})
afterAll(() => app.close())

let people = 0
const person = async (name?: string): Promise<string> => {
  people += 1
  return createPerson(organization, `person${people}@example.com`, name ?? `Person ${people}`)
}
const statusOf = async (userId: string): Promise<string> =>
  (await getUser(organization.ctx, { userId, directoryId: null })).status
const rest = (id: string): string => id.slice('usr_'.length)

describe('choosing people', () => {
  test('004-10: the choice goes along from page to page, and to what is done', async () => {
    const [first, second] = [await person('Chosen One'), await person('Chosen Two')]
    const on = await admin.post('/console/users/choose', {
      query: 'q=chosen',
      shown: `${first}.${second}`,
      next: 'abc',
      do: 'next',
      [`user.${first}`]: 'on',
    })
    expect([on.status, on.location]).toEqual([303, `/console/users?q=chosen&chosen=${rest(first)}&cursor=abc`])
    const back = await admin.post('/console/users/choose', {
      query: `q=chosen&chosen=${rest(first)}`,
      shown: second,
      next: '',
      do: 'first',
      [`user.${second}`]: 'on',
    })
    expect(back.location).toBe(`/console/users?q=chosen&chosen=${rest(first)}.${rest(second)}`)
    const page = await admin.get(back.location ?? '')
    expect(page.text.match(/checked/g)).toHaveLength(2 + 5)
    const unchosen = await admin.post('/console/users/choose', {
      query: `chosen=${rest(first)}.${rest(second)}`,
      shown: `${first}.${second}`,
      do: 'deactivate',
      [`user.${second}`]: 'on',
    })
    expect(unchosen.location).toBe(`/console/users/bulk/deactivate?chosen=${rest(second)}`)
  })

  test('004-10: boxes for whoever may change many, saying page or all; none for who may not, by any way', async () => {
    await Promise.all([person('Boxed One'), person('Boxed Two')])
    const page = (await admin.get('/console/users?q=boxed')).text
    expect(page.match(/type="checkbox" id="user\./g) ?? page.match(/name="user\./g)).toHaveLength(2)
    expect(page).toContain('aria-label="Choose everybody on this page"')
    expect(page).toContain('Choose all 2')
    const all = (await admin.get('/console/users?q=boxed&all=1')).text
    expect(all).toContain('2 chosen, all that are found')
    expect(all.match(/name="user\.[^>]*checked/g)).toHaveLength(2)
    const boxes = {
      ...{ key: 'lookout', name: 'Lookout', purpose: 'Looks', rank: 5, denies: [] },
      allows: ['users.read'],
    }
    await createRole(organization.ctx, boxes)
    const reader = await createManager(organization, { name: 'Re Ader', role: 'lookout' })
    const lookout = consoleClient(app, reader)
    const read = await lookout.get('/console/users?q=boxed')
    expect([read.status, read.text.includes('Boxed One')]).toEqual([200, true])
    for (const words of [
      'name="user.',
      'class="choose"',
      'Choose everybody',
      'Choose all',
      'selection-bar',
      'name="do"',
    ])
      expect([words, read.text.includes(words)]).toEqual([words, false])
    expect((await lookout.get('/console/users/bulk/deactivate?q=boxed&all=1')).status).toBe(403)
    expect((await lookout.post('/console/users/bulk/deactivate', { query: 'q=boxed&all=1' })).status).toBe(403)
  })

  test('of all that are found, those are kept in mind who are left out', async () => {
    const [first, second] = [await person('Everyone A'), await person('Everyone B')]
    const left = await admin.post('/console/users/choose', {
      query: 'q=everyone&all=1',
      shown: `${first}.${second}`,
      do: 'deactivate',
      [`user.${first}`]: 'on',
    })
    expect(left.location).toBe(`/console/users/bulk/deactivate?q=everyone&all=1&chosen=${rest(second)}`)
    const query = (left.location ?? '').split('?')[1] ?? ''
    const preview = await admin.post('/console/users/bulk/deactivate', { query })
    expect(preview.text).toContain('Everyone A')
    expect(preview.text).not.toContain('Everyone B')
  })

  test('nobody chosen leads back to the list', async () => {
    const answer = await admin.post('/console/users/choose', { query: '', shown: '', do: 'deactivate' })
    expect(answer.location).toBe('/console/users')
  })
})

describe('many at once', () => {
  const hidden = (html: string, name: string): string =>
    new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1]?.replaceAll('&amp;', '&') ?? ''

  test('004-11: question, preview, outcome', async () => {
    const [first, second] = [await person('Bulk One'), await person('Bulk Two')]
    const query = `chosen=${rest(first)}.${rest(second)}`
    const form = { query, roleId: viewerRole, scope: aurora, reason: '' }
    const refused = await admin.post('/console/users/bulk/assign', form)
    expect(refused.status).toBe(400)
    expect(refused.text).toContain('say why')
    const wanted = { ...form, reason: 'Launch team' }
    const preview = await admin.post('/console/users/bulk/assign', wanted)
    expect(preview.text).toContain('Give the role to 2 people')
    expect(await listAssignments(organization.ctx, { userId: first })).toEqual([])
    const run = { ...wanted, hash: hidden(preview.text, 'hash'), at: hidden(preview.text, 'at') }
    const begun = await admin.post('/console/users/bulk/assign/run', run)
    expect(begun.location).toMatch(/^\/console\/users\/bulk\/changes\/chg_/)
    const done = await admin.get(begun.location ?? '')
    expect(done.text.match(/Done<\/span>/g)).toHaveLength(2)
    expect(done.text).not.toContain('<progress')
    expect(await listAssignments(organization.ctx, { userId: second })).toMatchObject([{ reason: 'Launch team' }])
    const again = await admin.post('/console/users/bulk/assign/run', run)
    expect(again.status).toBe(412)
    expect(again.text).toContain('Something has changed since you looked')
  })

  test('a manager of a brand gives roles there to people of the brand, and switches nobody off', async () => {
    const [inside, outside] = [await person('Inside'), await person('Outside')]
    await giveRole(organization, { userId: inside, role: 'viewer', brandId: aurora })
    const query = `chosen=${rest(inside)}.${rest(outside)}`
    const preview = await manager.post('/console/users/bulk/assign', {
      ...{ query, roleId: editorRole, scope: aurora, reason: 'Covers' },
    })
    expect(preview.text).toContain('Give the role to 1 person')
    const elsewhere = await manager.post('/console/users/bulk/assign', {
      ...{ query, roleId: editorRole, scope: boreal, reason: 'Covers' },
    })
    expect(elsewhere.status).toBe(400)
    expect((await manager.post('/console/users/bulk/deactivate', { query })).status).toBe(403)
    expect(await statusOf(inside)).toBe('active')
  })
})

describe('one person', () => {
  test('somebody is deleted with their name typed, listed, and restored', async () => {
    const id = await createPerson(organization, 'wrong.one@example.com', 'Wrong One')
    const wrong = await admin.post(`/console/users/${id}/delete`, { proof: 'yes' })
    expect([wrong.status, wrong.text.includes('Type wrong.one@example.com to go on')]).toEqual([400, true])
    const done = await admin.post(`/console/users/${id}/delete`, { proof: 'wrong.one@example.com', note: 'By mistake' })
    expect(done.location).toBe('/console/deleted-people?done=deleted')
    expect((await admin.get(`/console/users/${id}`)).status).toBe(404)
    const list = await admin.get('/console/deleted-people')
    for (const words of ['Wrong One', 'By mistake', 'Ada Admin']) expect(list.text).toContain(words)
    expect((await manager.get('/console/deleted-people')).status).toBe(403)
    expect((await manager.post(`/console/deleted-people/${id}/restore`)).status).toBe(403)
    const restored = await admin.post(`/console/deleted-people/${id}/restore`)
    expect(restored.location).toBe(`/console/users/${id}?done=restored`)
    await admin.post(`/console/users/${id}/delete`, { proof: 'wrong.one@example.com' })
    await app.owner`update users set deleted_at = now() - interval '90 days', status_changed_at = now() - interval '90 days'
      where id = ${id}`
    expect((await admin.get('/console/deleted-people')).text).toContain(`/console/users/${id}/erase`)
    const erased = await admin.post(`/console/users/${id}/erase`, { proof: 'wrong.one@example.com' })
    expect(erased.location).toBe('/console/users?done=erased')
  })

  test('000-31: is switched off after their address was typed, and on again by choice', async () => {
    const id = await person()
    await giveRole(organization, { userId: id, role: 'viewer' })
    await signIn(organization, id)
    const page = await admin.get(`/console/users/${id}/deactivate`)
    expect(page.text).toContain('1 session')
    const wrong = await admin.post(`/console/users/${id}/deactivate`, { proof: 'yes', note: 'Left us' })
    expect(wrong.status).toBe(400)
    expect(wrong.text).toContain('Left us')
    expect(await statusOf(id)).toBe('active')
    const { userName } = await getUser(organization.ctx, { userId: id, directoryId: null })
    const done = await admin.post(`/console/users/${id}/deactivate`, { proof: userName, note: 'Left us' })
    expect(done.location).toBe(`/console/users/${id}?done=deactivated`)
    expect((await admin.get(`/console/users/${id}`)).text).toContain('Left us')
    const [held] = await listAssignments(organization.ctx, { userId: id })
    const on = await admin.post(`/console/users/${id}/reactivate`, { restore: 'some' })
    expect(on.status).toBe(303)
    expect(await statusOf(id)).toBe('active')
    expect(held).toBeDefined()
    expect(await listAssignments(organization.ctx, { userId: id })).toEqual([])
  })

  test('is given a role and loses it; what was typed stays after a refusal', async () => {
    const id = await person()
    const form = { roleId: editorRole, scope: aurora, reason: ' ', sponsor: 'somebody' }
    const refused = await admin.post(`/console/users/${id}/give`, form)
    expect(refused.status).toBe(400)
    expect(refused.text).toContain('value="somebody"')
    expect(refused.text).toContain('a direct assignment needs a reason')
    await admin.post(`/console/users/${id}/give`, { ...form, reason: 'Covers', expiresAt: '2099-05-31' })
    const [given] = await listAssignments(organization.ctx, { userId: id })
    expect(given).toMatchObject({ brand: { slug: 'aurora' }, reason: 'Covers', sponsor: 'somebody' })
    expect(new Date(given?.expiresAt ?? '').toISOString()).toBe('2099-05-31T23:59:59.000Z')
    const path = `/console/users/${id}/assignments/${given?.id}`
    const moved = await admin.post(path, { reason: 'Longer', sponsor: '', expiresAt: '2099-06-30', reviewAt: '' })
    expect(moved.status).toBe(303)
    expect((await listAssignments(organization.ctx, { userId: id }))[0]).toMatchObject({
      reason: 'Longer',
      sponsor: null,
    })
    const preview = await admin.post(`${path}/delete`)
    expect([preview.status, preview.text.includes('Left without any access')]).toEqual([200, true])
    expect(await listAssignments(organization.ctx, { userId: id })).toHaveLength(1)
    expect((await admin.post('/console/changes', savingForm(preview.text))).status).toBe(303)
    expect(await listAssignments(organization.ctx, { userId: id })).toEqual([])
  })

  test('004-04, 004-06: profile and password of a local one; of a managed one, neither', async () => {
    const id = await person()
    const profile = { displayName: 'Zoë', givenName: 'Zoë', familyName: '', email: 'zoe@example.com', userName: 'zoe' }
    const bad = await admin.post(`/console/users/${id}/edit`, { ...profile, email: 'nonsense' })
    expect([bad.status, bad.text.includes('must be an e-mail address')]).toEqual([400, true])
    expect((await admin.post(`/console/users/${id}/edit`, profile)).status).toBe(303)
    expect(await getUser(organization.ctx, { userId: id, directoryId: null })).toMatchObject({
      ...{ displayName: 'Zoë', userName: 'zoe' },
      attributes: { name: { givenName: 'Zoë' }, emails: [{ value: 'zoe@example.com', primary: true }] },
    })
    const two = { password: 'mossy lantern 47 drift', repeat: 'mossy lantern 48 drift', mustChange: 'on' }
    expect((await admin.post(`/console/users/${id}/password`, two)).text).toContain('The two do not match')
    const short = await admin.post(`/console/users/${id}/password`, { password: 'short', repeat: 'short' })
    expect([short.status, short.text.includes('"short"')]).toEqual([400, false])
    expect((await admin.post(`/console/users/${id}/password`, { ...two, repeat: two.password })).status).toBe(303)
    const scim = await app.createScim()
    const managed = await scim.user('managed@example.com')
    const boss = consoleClient(app, await createManager(scim.organization))
    const refused = await boss.post(`/console/users/${managed}/edit`, { ...profile, userName: 'x' })
    expect([refused.status, refused.text.includes('change it at the identity provider')]).toEqual([400, true])
  })

  test('004-03: is created with a password, and can hold roles at once', async () => {
    const form = { userName: 'new@example.com', password: 'mossy lantern 47 drift', repeat: 'mossy lantern 47 drift' }
    const made = await admin.post('/console/users/new', {
      ...form,
      roleId: viewerRole,
      [`brand.${aurora}`]: editorRole,
    })
    const id = /usr_\w+/.exec(made.location ?? '')?.[0] ?? ''
    expect(await listAssignments(organization.ctx, { userId: id })).toHaveLength(2)
    const twice = await admin.post('/console/users/new', form)
    expect([twice.status, twice.text.includes('mossy')]).toEqual([400, false])
  })
})

describe('a manager of a brand', () => {
  test('sees the people of the brand, and nobody else', async () => {
    const inside = await person('Within Aurora')
    await giveRole(organization, { userId: inside, role: 'viewer', brandId: aurora })
    await giveRole(organization, { userId: inside, role: 'editor', brandId: boreal })
    const outside = await person('Without')
    const list = await manager.get('/console/users')
    expect(list.text).toContain('Within Aurora')
    expect(list.text).not.toContain('Ada Admin')
    expect((await manager.get(`/console/users/${outside}`)).status).toBe(404)
    const page = await manager.get(`/console/users/${inside}`)
    expect(page.text).toContain('Viewer')
    expect(page.text).not.toContain('Boreal')
    for (const tab of ['sessions', 'sign-ins', 'edit', 'deactivate'])
      expect((await manager.get(`/console/users/${inside}/${tab}`)).status).toBe(403)
  })

  test('has their brand as home, with what can be done there', async () => {
    const brands = await manager.get('/console/brands')
    expect(brands.text).toContain('Aurora')
    expect(brands.text).not.toContain('Boreal')
    const page = await manager.get(`/console/brands/${aurora}`)
    expect(page.text).toContain('Invite here')
    expect(page.text).not.toContain(`/console/brands/${aurora}/edit`)
    expect((await manager.get(`/console/brands/${boreal}`)).status).toBe(404)
    expect((await manager.get(`/console/brands/${boreal}/people.csv`)).status).toBe(404)
    const csv = await manager.get(`/console/brands/${aurora}/people.csv`)
    expect(parseCsv(csv.text)[0]).toContain('through')
    expect((await manager.post('/console/brands', { name: 'Own', slug: 'own' })).status).toBe(400)
  })

  test('J7: invites into the brand within their own rights, until a date', async () => {
    const form = await manager.get(`/console/invitations/new?brand=${aurora}`)
    expect(form.text).not.toContain('Administrator')
    expect(form.text).not.toContain('Boreal')
    const wanted = { email: 'freelancer@gmail.com', [`brand.${aurora}`]: viewerRole, expiresAt: '2099-01-31' }
    const review = await manager.post('/console/invitations/new', wanted)
    expect(review.text).toContain('gmail.com is personal mail')
    expect(await outbox(organization, 'freelancer@gmail.com')).toEqual([])
    const sent = await manager.post('/console/invitations/new', { ...wanted, step: 'send' })
    const id = /inv_\w+/.exec(sent.location ?? '')?.[0] ?? ''
    expect(await getInvitation(organization.ctx, id)).toMatchObject({
      ...{ inviter: 'Bo Manager', status: 'pending' },
      roles: [{ brand: { slug: 'aurora' }, expiresAt: '2099-01-31T23:59:59.000Z' }],
    })
    const above = { email: 'boss@example.com', [`brand.${aurora}`]: administratorRole, step: 'send' }
    const refused = await manager.post('/console/invitations/new', above)
    expect([refused.status, refused.text.includes('what you do not hold yourself')]).toEqual([400, true])
    const elsewhere = { email: 'boss@example.com', [`brand.${boreal}`]: viewerRole, step: 'send' }
    expect((await manager.post('/console/invitations/new', elsewhere)).status).toBe(400)
    expect((await manager.post(`/console/invitations/${id}/resend`)).status).toBe(303)
    expect((await manager.post(`/console/invitations/${id}/cancel`)).status).toBe(303)
  })

  test('reads what has happened in the brand', async () => {
    const page = await manager.get('/console/audit')
    expect(page.text).toContain('Invitation created')
    expect(page.text).not.toContain('Person deactivated')
    const [event] = await listAuditEvents(organization.ctx, { filter: { action: 'user.deactivate' }, limit: 1 })
    expect((await manager.get(`/console/audit/${event?.id}`)).status).toBe(404)
  })
})

describe('somebody who manages nothing', () => {
  test('001-01: sees none of it', async () => {
    for (const path of ['users', 'groups', 'brands', 'invitations', 'audit', 'audit/export', 'users/new'])
      expect([path, (await viewer.get(`/console/${path}`)).status]).toEqual([path, 403])
    expect((await viewer.post('/console/users/new', {})).status).toBe(403)
  })
})

describe('lists of invitations', () => {
  test('000-15: line by line, before and after; going back keeps the list', async () => {
    const text = 'one@example.com, Two <two@example.com>\nnonsense'
    const form = { text, roleId: viewerRole, note: 'Hello\r\nthere' }
    const review = await admin.post('/console/invitations/bulk', form)
    expect(review.text).toContain('Invite 2 people')
    expect(await outbox(organization, 'one@example.com')).toEqual([])
    const back = await admin.post('/console/invitations/bulk', { ...form, step: 'back' })
    expect(back.text).toContain('Two &lt;two@example.com&gt;')
    const done = await admin.post('/console/invitations/bulk', { ...form, step: 'send' })
    expect(done.text.match(/Invited<\/span>/g)).toHaveLength(2)
    expect(await listInvitations(organization.ctx, { q: 'two@' })).toMatchObject([
      { displayName: 'Two', note: 'Hello\nthere' },
    ])
  })
})

describe('groups', () => {
  test('a local one is made, filled, renamed and deleted', async () => {
    const id = await person('Grouped')
    const made = await admin.post('/console/groups', { displayName: 'Freelancers' })
    const path = made.location?.replace('?done=created', '') ?? ''
    expect((await admin.post(`${path}/members`, { member: id })).status).toBe(303)
    expect((await admin.get(path)).text).toContain('Grouped')
    expect((await admin.get(`${path}?q=grouped`)).text).toContain('Is in it')
    const taken = await admin.post(`${path}/members/remove`, { member: id, name: 'Grouped' })
    expect(taken.text).toContain('Take Grouped out of Freelancers')
    expect((await admin.get(path)).text).toContain('Grouped')
    await admin.post('/console/changes', savingForm(taken.text))
    expect((await admin.get(path)).text).toContain('Nobody is in it')
    expect((await admin.post(path, { displayName: '' })).status).toBe(400)
    await admin.post(path, { displayName: 'Externals' })
    expect((await admin.get('/console/groups?q=external')).text).toContain('Externals')
    const preview = await admin.post(`${path}/delete`)
    const form = savingForm(preview.text)
    const wrong = await admin.post('/console/changes', { ...form, proof: 'Freelancers' })
    expect([wrong.status, wrong.text.includes('Type Externals to go on')]).toEqual([400, true])
    expect((await admin.get(path)).status).toBe(200)
    const done = await admin.post('/console/changes', { ...form, proof: 'externals' })
    expect([done.status, done.location]).toEqual([303, '/console/groups?done=deleted'])
    expect((await admin.get(path)).status).toBe(404)
  })

  test('one of a directory is looked at, not changed', async () => {
    const scim = await app.createScim()
    const boss = consoleClient(app, await createManager(scim.organization))
    const group = await scim.group('Synced', [await scim.user('synced@example.com')])
    const page = await boss.get(`/console/groups/${group}`)
    expect(page.text).toContain('They are kept by')
    expect(page.text).not.toContain('Add somebody')
    const refused = await boss.post(`/console/groups/${group}/delete`)
    expect(refused.status).toBe(409)
  })

  test('of the same name are told apart by a warning', async () => {
    const scim = await app.createScim()
    const boss = consoleClient(app, await createManager(scim.organization))
    const [first, other] = [await scim.group('Twins'), await scim.group('Other')]
    expect((await boss.get(`/console/groups/${first}`)).text).not.toContain('same name')
    await scim.group('TWINS ')
    expect((await boss.get(`/console/groups/${first}`)).text).toContain('1 other group has the same name')
    expect((await boss.get('/console/groups')).text.match(/Same name/g)).toHaveLength(2)
    expect((await boss.get(`/console/groups/${other}`)).text).not.toContain('same name')
  })
})

describe('brands', () => {
  test('are made, renamed, and deleted after a preview and their name typed', async () => {
    const taken = await admin.post('/console/brands', { name: 'Aurora again', slug: 'aurora' })
    expect([taken.status, taken.text.includes('Aurora again')]).toEqual([400, true])
    const made = await admin.post('/console/brands', { name: 'Solo', slug: 'solo' })
    const path = made.location?.replace('?done=created', '') ?? ''
    expect((await admin.post(path, { name: 'Solo TV', slug: 'solo' })).status).toBe(303)
    const id = await person('Soloist')
    await giveRole(organization, { userId: id, role: 'viewer', brandId: path.split('/').at(-1) ?? '' })
    const preview = await admin.post(`${path}/delete`)
    expect(preview.text).toContain('1 person in Solo TV')
    expect(preview.text).toContain('Soloist')
    const form = savingForm(preview.text)
    expect((await admin.post('/console/changes', { ...form, proof: 'no' })).status).toBe(400)
    expect((await admin.post('/console/changes', { ...form, proof: 'Solo TV' })).location).toBe(
      '/console/brands?done=deleted',
    )
    expect((await admin.get(path)).status).toBe(404)
  })

  test('000-26: say who has access and through what', async () => {
    const id = await person('Reader')
    await giveRole(organization, { userId: id, role: 'viewer', brandId: boreal })
    const page = await admin.get(`/console/brands/${boreal}?q=reader`)
    expect(page.text).toContain('Directly: Works here')
    expect((await admin.get(`/console/brands/${boreal}/give?q=reader`)).text).toContain(
      `/console/users/${id}/give?brand=${boreal}`,
    )
  })
})

describe('the audit trail', () => {
  test('is searched by days and kinds, and taken along', async () => {
    const today = new Date().toISOString().slice(0, 10)
    expect((await admin.get(`/console/audit?action=brand.&from=${today}&to=${today}`)).text).toContain('Brand created')
    expect((await admin.get('/console/audit')).text).not.toContain('audit verify')
    await sealEvents(organization.ctx)
    const head = await getAuditHead(organization.ctx)
    expect((await admin.get('/console/audit')).text).toContain(head?.hash ?? 'no head')
    expect((await admin.get('/console/audit?from=2001-01-01&to=2001-01-02')).text).toContain('No entries match')
    const csv = await admin.get('/console/audit/export?action=brand.')
    expect(parseCsv(csv.text).length).toBeGreaterThan(2)
    const lines = (await admin.get('/console/audit/export?format=ndjson&action=brand.')).text.trim().split('\n')
    expect(lines.every((line) => JSON.parse(line).action.startsWith('brand.'))).toBe(true)
  })

  test('an event says what was before and after', async () => {
    const [event] = await listAuditEvents(organization.ctx, { filter: { action: 'assignment.update' }, limit: 1 })
    const page = await admin.get(`/console/audit/${event?.id}`)
    expect(page.text).toMatch(/<del>.*Covers/)
    expect(page.text).toMatch(/<ins>.*Longer/)
  })
})
