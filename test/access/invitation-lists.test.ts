// Invitations beyond one at a time: previews and their warnings, lists of addresses, end dates, managers of brands, and people
// whom a directory brings before they have accepted.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseAddresses } from '#access/invitations/address-list.ts'
import { cancelInvitation, resendInvitation } from '#access/invitations/change-invitation.ts'
import { createInvitation } from '#access/invitations/create-invitation.ts'
import { countInvitations, getInvitation, listInvitations } from '#access/invitations/invitations.ts'
import { previewInvitations } from '#access/invitations/invite-many.ts'
import { addDomain } from '#connections/domains/change-domains.ts'
import type { CallContext } from '#src/context.ts'
import { type AccessStage, type Client, createUser, roleId, startStage } from '../support/access.ts'
import { browserAt, goodPassword, linkIn, outbox, provisionLocalUser } from '../support/accounts.ts'
import { within } from '../support/ceilings.ts'
import { scimClient } from '../support/scim.ts'

let stage: AccessStage
let client: Client
let editor: string
let viewer: string
let aurora: string
let boreal: string
beforeAll(async () => {
  stage = await startStage({ trustedProxies: 1 })
  client = await stage.createClient()
  editor = await roleId(client, 'editor')
  viewer = await roleId(client, 'viewer')
  aurora = (await client.post('brands', { slug: 'aurora', name: 'Aurora' })).body.id
  boreal = (await client.post('brands', { slug: 'boreal', name: 'Boreal' })).body.id
})
afterAll(() => stage.close())

let addresses = 0
const newAddress = (): string => {
  addresses += 1
  return `guest${addresses}@example.com`
}
const soon = new Date(Date.now() + 20 * 86_400_000).toISOString()

describe('a preview', () => {
  test('002-07, 002-09: says what they will hold, and warns; nothing is sent', async () => {
    const email = 'amara@gmail.com'
    const wanted = { email, brands: [{ brandId: aurora, roleId: editor }] }
    const { status, body } = await client.post('invitations/preview', wanted)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      ...{ person: 'new', days: 7, expiresAt: null },
      roles: [{ role: { key: 'editor', purpose: expect.any(String) }, brand: { slug: 'aurora' } }],
    })
    expect(body.warnings.map(({ code }: { code: string }) => code)).toEqual(['personal_mail', 'no_end_date'])
    expect(await outbox(client, email)).toEqual([])
    expect((await client.get(`users?email=${email}`)).body.total).toBe(0)
  })

  test('knows the organization’s own domains, its own list of personal mail, and who is there', async () => {
    const own = await stage.createClient()
    const role = await roleId(own, 'viewer')
    const codes = async (email: string): Promise<string[]> =>
      (await own.post('invitations/preview', { email, roleId: role, expiresAt: soon })).body.warnings.map(
        ({ code }: { code: string }) => code,
      )
    expect(await codes('a@example.com')).toEqual(['foreign_domain'])
    await stage.app.owner`insert into domains (organization_id, id, name, status, challenge, created_at)
      values (${own.organizationId}, 'dom_x', 'example.com', 'verified', 'x', now())`
    expect(await codes('a@example.com')).toEqual([])
    await stage.app
      .owner`update organizations set personal_mail_domains = '["example.net"]' where id = ${own.organizationId}`
    expect(await codes('a@example.net')).toEqual(['personal_mail'])
    expect(await codes('a@gmail.com')).toEqual(['foreign_domain'])
    await createUser(own, 'there@example.com')
    const { body } = await own.post('invitations/preview', { email: 'THERE@example.com', roleId: role })
    expect(body.person).toBe('exists')
  })
})

describe('an end date', () => {
  test('J7: what the invitation brings ends with it; the inviter vouches', async () => {
    const inviter = await provisionLocalUser(client, 'inviter@example.com')
    const ctx: CallContext = { ...client.ctx, actor: { type: 'user', id: inviter.id } }
    const email = newAddress()
    const made = await createInvitation(ctx, { email, brands: [{ brandId: aurora, roleId: viewer }], expiresAt: soon })
    expect(made.roles).toMatchObject([{ brand: { slug: 'aurora' }, expiresAt: soon }])
    expect(made.inviter).toBe('inviter@example.com')
    const { body } = await client.get(`assignments?userId=${made.userId}`)
    expect(body.items).toMatchObject([{ expiresAt: soon, sponsor: 'inviter@example.com' }])
    const past = { email: newAddress(), roleId: viewer, expiresAt: '2001-01-01T00:00:00Z' }
    expect((await client.post('invitations', past)).body.errors[0].path).toBe('expiresAt')
  })
})

describe('lists of addresses', () => {
  test.each([
    ['a@example.com, b@example.com;c@example.com', ['a@example.com', 'b@example.com', 'c@example.com']],
    ['a@example.com b@example.com\n\nc@example.com', ['a@example.com', 'b@example.com', 'c@example.com']],
    ['"Okafor" <a@example.com>, Mei Lin <b@example.com>', ['a@example.com', 'b@example.com']],
  ])('%j', (text, expected) => {
    expect(parseAddresses(text).map(({ email }) => email)).toEqual(expected)
  })

  test('tables with headings, in whatever order', () => {
    const text =
      'Role;E-mail;First name;Last name;Until\neditor;a@example.com;Amara;Okafor;2099-01-31\n;b@example.com;;;'
    expect(parseAddresses(text)).toEqual([
      {
        line: 2,
        email: 'a@example.com',
        displayName: 'Amara Okafor',
        role: 'editor',
        brand: null,
        until: '2099-01-31',
      },
      { line: 3, email: 'b@example.com', displayName: null, role: null, brand: null, until: null },
    ])
  })

  test('000-15: everybody gets the same, with an outcome each; doing it again invites nobody twice', async () => {
    const [first, second] = [newAddress(), newAddress()]
    await createUser(client, 'exists@example.com')
    const wanted = {
      text: `${first}, Second <${second}>\nexists@example.com ${first.toUpperCase()}\nnot-an-address`,
      ...{ roleId: viewer, brands: [{ brandId: aurora, roleId: editor }], note: 'Welcome', expiresAt: soon },
    }
    const outcomesOf = (body: { outcomes: { outcome: string }[] }) => body.outcomes.map(({ outcome }) => outcome)
    const preview = await client.post('invitations/bulk', { ...wanted, isPreview: true })
    expect(outcomesOf(preview.body)).toEqual(['ready', 'ready', 'exists', 'repeated', 'invalid'])
    expect(await outbox(client, first)).toEqual([])
    const { status, body } = await client.post('invitations/bulk', wanted)
    expect(status).toBe(200)
    expect(outcomesOf(body)).toEqual(['invited', 'invited', 'exists', 'repeated', 'invalid'])
    expect(body.counts).toEqual({ invited: 2, exists: 1, repeated: 1, invalid: 1 })
    for (const { invitationId } of body.outcomes.slice(0, 2)) {
      const { roles, note } = (await client.get(`invitations/${invitationId}`)).body
      expect([roles.map(({ role }: { role: { key: string } }) => role.key), note]).toEqual([
        ['viewer', 'editor'],
        'Welcome',
      ])
    }
    const again = await client.post('invitations/bulk', wanted)
    expect(outcomesOf(again.body).slice(0, 2)).toEqual(['already_invited', 'already_invited'])
    expect(await outbox(client, first)).toHaveLength(1)
  })

  test('003-02: each with a role, a brand and an end of their own', async () => {
    const [first, second, third] = [newAddress(), newAddress(), newAddress()]
    const text = `email,role,brand,until\n${first},Editor,Boreal,2099-01-31\n${second},nobody,,\n${third},viewer,nowhere,\n`
    const { body } = await client.post('invitations/bulk', { text })
    expect(body.outcomes).toMatchObject([
      { outcome: 'invited' },
      { outcome: 'invalid', reason: 'unknown_role' },
      { outcome: 'invalid', reason: 'unknown_brand' },
    ])
    const { roles } = (await client.get(`invitations/${body.outcomes[0].invitationId}`)).body
    expect(roles).toMatchObject([
      { role: { key: 'editor' }, brand: { slug: 'boreal' }, expiresAt: '2099-01-31T23:59:59.000Z' },
    ])
  })

  test.each([
    ['nothing', { text: ' ', roleId: 'x' }],
    ['an open quote', { text: 'email,role\n"a@example.com,x', roleId: 'x' }],
    ['too many', { text: Array.from({ length: 1_001 }, (_, index) => `n${index}@example.com`).join('\n') }],
  ])('refuses %s', async (_, body) => {
    expect((await client.post('invitations/bulk', body)).status).toBe(400)
  })
})

describe('the list of invitations', () => {
  test('000-17: who, by whom, searched by words and brand, the newest first', async () => {
    const own = await stage.createClient()
    const role = await roleId(own, 'viewer')
    const brandId = (await own.post('brands', { slug: 'solo', name: 'Solo' })).body.id
    await own.post('invitations', { email: 'zoe@example.com', displayName: 'Zoë Ström', roleId: role })
    await own.post('invitations', { email: 'mei@example.com', brands: [{ brandId, roleId: role }] })
    const emails = async (query: string): Promise<string[]> =>
      (await own.get(`invitations?${query}`)).body.items.map(({ email }: { email: string }) => email)
    expect(await emails('order=newest')).toEqual(['mei@example.com', 'zoe@example.com'])
    expect(await emails('q=strom')).toEqual(['zoe@example.com'])
    expect(await emails(`brandId=${brandId}`)).toEqual(['mei@example.com'])
    expect(await emails('status=expired')).toEqual([])
    const { body } = await own.get('invitations?q=zoe')
    expect(body.items[0]).toMatchObject({ inviter: 'Test', delivery: { status: 'kept' } })
    expect(await countInvitations(own.ctx, { status: 'pending' })).toBe(2)
  })
})

describe('a manager of a brand', () => {
  const areas = ['content.*', 'assets.*', 'workflow.*', 'analytics.*', 'campaigns.*', 'brands.*', 'users.*']
  const manager = (): CallContext => ({
    ...within(client.ctx, { allows: [], denies: [] }, new Map([[aurora, { allows: areas, denies: [] }]])),
    permissions: new Set(),
    brandPermissions: new Map([[aurora, new Set(['invitations.read', 'invitations.write'])]]),
  })

  test('000-02, 000-40: invites into that brand, to no other, and to nothing in the organization', async () => {
    const [email, ctx] = [newAddress(), manager()]
    const made = await createInvitation(ctx, { email, brands: [{ brandId: aurora, roleId: viewer }] })
    expect(made.roles).toMatchObject([{ brand: { slug: 'aurora' } }])
    const elsewhere = { email: newAddress(), brands: [{ brandId: boreal, roleId: viewer }] }
    await expect(createInvitation(ctx, elsewhere)).rejects.toMatchObject({ code: 'forbidden', reason: 'other_brand' })
    await expect(createInvitation(ctx, { email: newAddress(), roleId: viewer })).rejects.toMatchObject({
      reason: 'permission',
    })
    const administrator = await roleId(client, 'administrator')
    const above = { email: newAddress(), brands: [{ brandId: aurora, roleId: administrator }] }
    await expect(createInvitation(ctx, above)).rejects.toMatchObject({ reason: 'ceiling' })
    const many = await previewInvitations(ctx, {
      text: `${newAddress()}`,
      brands: [{ brandId: boreal, roleId: viewer }],
    })
    expect(many.outcomes).toMatchObject([{ outcome: 'failed', reason: 'other_brand' }])
  })

  test('sees and changes the invitations to that brand alone', async () => {
    const own = (
      await client.post('invitations', { email: newAddress(), brands: [{ brandId: aurora, roleId: viewer }] })
    ).body
    const both = (
      await client.post('invitations', {
        email: newAddress(),
        brands: [
          { brandId: aurora, roleId: viewer },
          { brandId: boreal, roleId: viewer },
        ],
      })
    ).body
    const foreign = (
      await client.post('invitations', { email: newAddress(), brands: [{ brandId: boreal, roleId: viewer }] })
    ).body
    const ctx = manager()
    const ids = (await listInvitations(ctx)).map(({ id }) => id)
    expect(ids).toContain(own.id)
    expect(ids).not.toContain(both.id)
    expect(ids).not.toContain(foreign.id)
    await expect(getInvitation(ctx, foreign.id)).rejects.toMatchObject({ code: 'not_found' })
    await expect(cancelInvitation(ctx, foreign.id)).rejects.toMatchObject({ code: 'not_found' })
    await expect(cancelInvitation(ctx, both.id)).rejects.toMatchObject({ code: 'forbidden', reason: 'other_brand' })
    expect((await resendInvitation(ctx, own.id)).sentCount).toBe(2)
    await cancelInvitation(ctx, own.id)
    expect((await client.get(`audit-events?brandId=${aurora}&targetId=${own.id}`)).body.items).toHaveLength(3)
  })
})

describe('whom a directory brings', () => {
  const directory = async () => {
    const own = await stage.createClient()
    const organization = { id: own.organizationId, slug: own.slug, ctx: own.ctx }
    // A directory completes invitations at addresses of the organization's own.
    await stage.app.owner`delete from domains where name = 'example.com'`
    await addDomain(organization.ctx, { name: 'example.com', isVerified: true })
    const { directoryId, token } = await stage.app.createDirectory(organization)
    const scim = scimClient((path, init) => stage.app.request(path, init), { directoryId, token })
    return { own, directoryId, scim, role: await roleId(own, 'editor') }
  }
  const user = (userName: string, more: Record<string, unknown> = {}) => ({
    ...{ schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName, externalId: 'e1', active: true },
    emails: [{ value: userName, primary: true }],
    ...more,
  })

  test('is the person who was invited: the same id, active, with the roles of the invitation', async () => {
    const { own, directoryId, scim, role } = await directory()
    const { body: invitation } = await own.post('invitations', { email: 'Guest@example.com', roleId: role })
    const found = await scim.list('Users', 'userName eq "guest@example.com"')
    expect(found.body.Resources).toMatchObject([{ id: invitation.userId }])
    const made = await scim.post('/Users', user('guest@example.com', { displayName: 'Guest' }))
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({ id: invitation.userId, active: true, externalId: 'e1', displayName: 'Guest' })
    expect((await scim.get(`/Users/${invitation.userId}`)).body).toEqual(made.body)
    expect((await own.get(`invitations/${invitation.id}`)).body.status).toBe('accepted')
    expect((await own.get(`users/${invitation.userId}`)).body).toMatchObject({ status: 'active', directoryId })
    const explained = await own.get(`users/${invitation.userId}/explain?permission=content.edit`)
    expect(explained.body.allowed).toBe(true)
    expect(await own.auditOf(invitation.userId)).toEqual([
      'user.provision',
      'user.adopt',
      'user.update',
      'user.activate',
    ])
    expect((await scim.post('/Users', user('guest@example.com'))).status).toBe(409)
    const page = await browserAt(stage.app).post(await linkIn(own, 'Guest@example.com'), {
      ...{ name: 'Guest', password: goodPassword, repeat: goodPassword },
    })
    expect(page.status).not.toBe(303)
  })

  test('also by another userName, where an address is the one that was invited', async () => {
    const { own, scim, role } = await directory()
    const { body: invitation } = await own.post('invitations', { email: 'alias@example.com', roleId: role })
    const emails = [{ value: 'ALIAS@example.com', primary: true }]
    const made = await scim.post('/Users', user('u1234', { emails }))
    expect([made.status, made.body.id, made.body.userName]).toEqual([201, invitation.userId, 'u1234'])
    expect((await own.get('users?email=alias@example.com')).body.items).toMatchObject([{ id: invitation.userId }])
  })

  test('not by a further address, which may be several people’s', async () => {
    const { own, scim, role } = await directory()
    const { body: invitation } = await own.post('invitations', { email: 'shared@example.com', roleId: role })
    const emails = [{ value: 'own@example.com', primary: true }, { value: 'shared@example.com' }]
    const made = await scim.post('/Users', user('own@example.com', { emails }))
    expect([made.status, made.body.id === invitation.userId]).toEqual([201, false])
    expect((await own.get(`invitations/${invitation.id}`)).body.status).toBe('pending')
  })

  test('who comes switched off is not let in, and the invitation is withdrawn', async () => {
    const { own, scim, role } = await directory()
    const { body: invitation } = await own.post('invitations', { email: 'off@example.com', roleId: role })
    const made = await scim.post('/Users', user('off@example.com', { active: false }))
    expect([made.status, made.body.id, made.body.active]).toEqual([201, invitation.userId, false])
    expect((await own.get(`invitations/${invitation.id}`)).body.status).toBe('withdrawn')
    expect((await own.get(`users/${invitation.userId}`)).body).toMatchObject({
      status: 'inactive',
      statusReason: 'directory',
    })
  })

  test('after the invitation was cancelled, they come without its roles', async () => {
    const { own, scim, role } = await directory()
    const { body: invitation } = await own.post('invitations', { email: 'late@example.com', roleId: role })
    await own.delete(`invitations/${invitation.id}`)
    expect((await scim.post('/Users', user('late@example.com'))).body.id).toBe(invitation.userId)
    expect((await own.get(`assignments?userId=${invitation.userId}`)).body.items).toEqual([])
  })

  test('an active local person is nobody whom a directory may take that takes over nobody', async () => {
    const { own, scim, directoryId } = await directory()
    await own.patch(`directories/${directoryId}`, { adoption: 'never' })
    await createUser(own, 'local@example.com')
    expect((await scim.post('/Users', user('local@example.com'))).status).toBe(409)
  })

  test('sixteen at once make one person', async () => {
    const { own, scim, role } = await directory()
    await own.post('invitations', { email: 'race@example.com', roleId: role })
    const answers = await Promise.all(Array.from({ length: 16 }, () => scim.post('/Users', user('race@example.com'))))
    const statuses = answers.map(({ status }) => status).sort()
    expect(statuses).toEqual([201, ...Array(15).fill(409)])
    expect((await own.get('users?q=race')).body.total).toBe(1)
  })
})

describe('a list as people have it at hand', () => {
  test.each([
    ['Müller, Jörg <joerg@example.com>', [['Müller, Jörg', 'joerg@example.com']]],
    ['Müller, Jörg [mailto:j@example.com]', [['Müller, Jörg', 'j@example.com']]],
    ['Jörg Müller [j@example.com]', [['Jörg Müller', 'j@example.com']]],
    ['j@example.com (Jörg)', [['Jörg', 'j@example.com']]],
    ['Jörg Müller j@example.com', [['Jörg Müller', 'j@example.com']]],
    ['a@example.com, Ada Lovelace', [['Ada Lovelace', 'a@example.com']]],
    ['Ada\ta@example.com', [['Ada', 'a@example.com']]],
    ['a@example.com\tAda Lovelace', [['Ada Lovelace', 'a@example.com']]],
    [
      '"Müller, Jörg" <joerg@example.com>; Lin, Mei <mei@example.com>',
      [
        ['Müller, Jörg', 'joerg@example.com'],
        ['Lin, Mei', 'mei@example.com'],
      ],
    ],
    [
      'a@example.com, Müller, Jörg <joerg@example.com>, b@example.com c@example.com',
      [
        [null, 'a@example.com'],
        ['Müller, Jörg', 'joerg@example.com'],
        [null, 'b@example.com'],
        [null, 'c@example.com'],
      ],
    ],
    [
      'nonsense; Two <two@example.com>',
      [
        [null, 'nonsense'],
        ['Two', 'two@example.com'],
      ],
    ],
  ])('%s', (text, people) => {
    expect(parseAddresses(text).map(({ displayName, email }) => [displayName, email])).toEqual(people)
  })

  test('without any role the form is at fault, not each line; with one in a line, that line is fine', async () => {
    const text = `${newAddress()}\n${newAddress()}`
    await expect(previewInvitations(client.ctx, { text })).rejects.toMatchObject({
      code: 'invalid',
      fields: [{ path: 'roleId', message: expect.stringContaining('choose a role') }],
    })
    const table = `email,role\n${newAddress()},viewer\n${newAddress()},`
    const { outcomes } = await previewInvitations(client.ctx, { text: table })
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['ready', 'invalid'])
  })
})
