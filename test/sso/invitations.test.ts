// Invitations: from the API to the first session, and every way in which a link is worth nothing.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decideOne } from '#access/decisions/effective-access.ts'
import { deactivateUser } from '#access/people/status/deactivate-user.ts'
import { setConnectionStatus } from '#access/sign-in/connection-status.ts'
import { sha256 } from '#platform/crypto.ts'
import { type AccessStage, type Client, createUser, roleId, startStage } from '../support/access.ts'
import {
  browserAt,
  codeOf,
  goodPassword,
  linkIn,
  outbox,
  provisionLocalUser,
  secretIn,
  stateOf,
  tryPassword,
} from '../support/accounts.ts'
import type { TestOrganization } from '../support/app.ts'
import { createSamlConnection, type TestBrowser } from '../support/sign-in.ts'

let stage: AccessStage
let client: Client
let organization: TestOrganization
let editor: string
beforeAll(async () => {
  stage = await startStage({ trustedProxies: 1 })
  client = await stage.createClient()
  organization = { id: client.organizationId, slug: client.slug, ctx: client.ctx }
  editor = await roleId(client, 'editor')
})
afterAll(() => stage.close())

let people = 0
const newAddress = (): string => {
  people += 1
  return `invited${people}@example.com`
}
const browser = (): TestBrowser => browserAt(stage.app)
const invite = (email: string, more: Record<string, unknown> = {}) =>
  client.post('invitations', { email, roleId: editor, ...more })
const accept = (at: TestBrowser, path: string, more: Record<string, string> = {}): Promise<Response> =>
  at.post(path, { name: 'Amara Okafor', password: goodPassword, repeat: goodPassword, ...more })
const mayEdit = async (user: string): Promise<boolean> =>
  (await decideOne(client.ctx, { user, permission: 'content.edit' })).allowed

describe('an invitation', () => {
  test('000-12: special permissions may come with it, until a date, and count once it is accepted', async () => {
    const [email, expiresAt] = [newAddress(), new Date(Date.now() + 7 * 86_400_000).toISOString()]
    const special = { permission: 'billing.view', reason: 'Checks the invoices of spring' }
    expect(await invite(email, { overrides: [special] })).toMatchObject({ status: 400 })
    const brandId = (await client.post('brands', { slug: 'pier', name: 'Pier' })).body.id
    expect(await invite(email, { expiresAt, overrides: [{ ...special, brandId }] })).toMatchObject({ status: 400 })
    // One permission is given and refused in one place by nobody.
    const both = [special, { ...special, effect: 'deny' }]
    expect(await invite(email, { expiresAt, overrides: both })).toMatchObject({
      ...{ status: 400, body: { errors: [{ path: 'overrides.1.permission' }] } },
    })
    const { status, body } = await invite(email, { expiresAt, overrides: [special] })
    expect([status, body.detail]).toEqual([201, undefined])
    expect(body).toMatchObject({
      roles: [{ role: { key: 'editor' } }],
      overrides: [{ permission: 'billing.view', effect: 'allow', brand: null }],
    })
    const [mail] = await outbox(organization, email)
    expect(mail?.text).toMatch(/As an exception, you may: billing\.view in .* until /)
    const listed = await client.get(`assignments?userId=${body.userId}&kind=override`)
    expect(listed.body.items).toMatchObject([{ reason: special.reason, override: { permission: 'billing.view' } }])
    const again = await invite(email, { expiresAt, overrides: [special] })
    expect(again).toMatchObject({ status: 201, body: { id: body.id, sentCount: 2 } })
    expect(await invite(email, { expiresAt })).toMatchObject({ status: 409, body: { reason: 'other_roles' } })
  })

  test('000-12: needs an address and a role; brands and a note may come with it', async () => {
    const email = newAddress()
    const brand = (await client.post('brands', { slug: 'harbor-lane', name: 'Harbor Lane' })).body
    const { status, body } = await invite(email, {
      displayName: 'Amara',
      brands: [{ brandId: brand.id, roleId: editor }],
      note: 'Glad to have you <b>here</b>\n"soon"',
    })
    expect(status).toBe(201)
    expect(body).toMatchObject({
      email,
      status: 'pending',
      displayName: 'Amara',
      sentCount: 1,
      delivery: { status: 'kept' },
    })
    expect(
      body.roles.map(({ role, brand: held }: { role: { key: string }; brand: { slug: string } | null }) => [
        role.key,
        held?.slug ?? null,
      ]),
    ).toEqual([
      ['editor', null],
      ['editor', 'harbor-lane'],
    ])
    expect(Date.parse(body.expiresAt) - Date.parse(body.createdAt)).toBeCloseTo(7 * 86_400_000, -5)
    expect(await client.auditOf(body.id)).toEqual(['invitation.create'])
    expect(JSON.stringify(body)).not.toContain('/invitation/')
    const [mail] = await outbox(organization, email)
    expect(mail?.subject).toBe(`You are invited to ${client.slug}`)
    expect(mail?.text).toContain('> Glad to have you <b>here</b>\n> "soon"')
    expect(mail?.html).not.toContain('<b>')
    expect(mail?.html).toContain('&#60;b&#62;here&#60;/b&#62;<br>&#34;soon&#34;')
    const page = await (await browser().get(await linkIn(organization, email))).text()
    expect(page).toContain('Glad to have you &lt;b&gt;here&lt;/b&gt;')
    expect(page).toContain(email)
  })

  test('makes a person who holds nothing before they accept (002-03), and their roles afterwards', async () => {
    const email = newAddress()
    const { body } = await invite(email)
    expect((await client.get(`users/${body.userId}`)).body.status).toBe('invited')
    expect(await decideOne(client.ctx, { user: email, permission: 'content.edit' })).toMatchObject({
      allowed: false,
      reason: 'user_invited',
    })
    expect((await tryPassword(browser(), email, goodPassword)).status).toBe(403)
    const at = browser()
    const path = await linkIn(organization, email)
    const answer = await accept(at, path)
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/account'])
    expect((await at.session())?.user.id).toBe(body.userId)
    expect(await mayEdit(email)).toBe(true)
    expect((await client.get(`users/${body.userId}`)).body).toMatchObject({
      status: 'active',
      displayName: 'Amara Okafor',
    })
    expect((await client.get(`invitations/${body.id}`)).body).toMatchObject({ status: 'accepted' })
    expect((await tryPassword(browser(), email, goodPassword)).status).toBe(303)
    const { body: attempts } = await client.get(`sign-in-attempts?userId=${body.userId}`)
    expect(attempts.items.map(({ method }: { method: string }) => method)).toContain('invitation')
  })

  test('keeps its link when name or password will not do', async () => {
    const email = newAddress()
    await invite(email)
    const path = await linkIn(organization, email)
    for (const [fields, message] of [
      [{ password: 'short', repeat: 'short' }, 'This password is too short'],
      [{ repeat: 'other' }, 'not the same'],
      [{ name: ' ' }, 'must not be empty'],
      [{ password: `${email}`, repeat: email }, 'your own name'],
    ] as const) {
      const answer = await accept(browser(), path, fields)
      expect(answer.status).toBe(422)
      expect(await answer.text()).toContain(message)
    }
    expect((await accept(browser(), path)).status).toBe(303)
  })

  test('asks for the second factor that the organization wants', async () => {
    const own = await stage.createClient()
    await stage.app.owner`update organizations set second_factor = 'required' where id = ${own.organizationId}`
    const email = newAddress()
    await own.post('invitations', { email, roleId: await roleId(own, 'viewer') })
    const at = browser()
    const answer = await accept(at, await linkIn(own, email))
    expect(answer.headers.get('location')).toContain('/login/continue')
    expect(await at.session()).toBeUndefined()
    const state = stateOf(answer)
    const secret = secretIn(await (await at.get(`/login/continue?state=${state}`)).text())
    await at.post('/login/continue', { state, code: codeOf(stage.app, secret) })
    expect((await at.session())?.user.userName).toBe(email)
  })
})

describe('W-016', () => {
  test('the token is hashed, and good once', async () => {
    const email = newAddress()
    const { body } = await invite(email)
    const path = await linkIn(organization, email)
    const token = path.split('/').at(-1) ?? ''
    const [row] = await stage.app.owner`select * from invitations where id = ${body.id}`
    expect(row?.['token_hash']).toBe(sha256(token))
    const dump = await stage.app.owner`select row_to_json(m)::text as text from mails m union all
      select row_to_json(i)::text from invitations i union all select row_to_json(a)::text from audit_events a`
    expect(dump.some(({ text }) => String(text).includes(token))).toBe(false)
    for (let looks = 0; looks < 3; looks += 1) expect((await browser().get(path)).status).toBe(200)
    const statuses = (await Promise.all([1, 2, 3, 4].map(() => accept(browser(), path)))).map(({ status }) => status)
    expect(statuses.toSorted()).toEqual([303, 410, 410, 410])
    expect((await accept(browser(), path)).status).toBe(410)
    const over = await browser().get(path)
    expect(over.status).toBe(410)
    expect(await over.text()).toContain('was accepted')
  })

  test('000-13: it ends after seven days, with a page that says so', async () => {
    const email = newAddress()
    const { body } = await invite(email)
    const path = await linkIn(organization, email)
    const shift = (interval: string) =>
      stage.app.owner`update invitations set expires_at = expires_at - ${interval}::interval where id = ${body.id}`
    await shift('6 days 23 hours')
    expect((await browser().get(path)).status).toBe(200)
    await shift('1 hour')
    const over = await browser().get(path)
    expect(over.status).toBe(410)
    expect(await over.text()).toMatch(/has expired.*for a new one/s)
    expect((await accept(browser(), path)).status).toBe(410)
    expect((await client.get(`invitations/${body.id}`)).body.status).toBe('expired')
    expect((await client.get('invitations?status=expired')).body.items.map(({ id }: { id: string }) => id)).toContain(
      body.id,
    )
    expect((await client.post(`invitations/${body.id}/resend`)).body).toMatchObject({ status: 'pending', sentCount: 2 })
    expect((await browser().get(path)).status).toBe(404)
    expect((await accept(browser(), await linkIn(organization, email))).status).toBe(303)
  })

  test('000-18: a resend makes the old link void', async () => {
    const email = newAddress()
    const { body } = await invite(email)
    const older = await linkIn(organization, email)
    expect((await client.post(`invitations/${body.id}/resend`)).status).toBe(200)
    const newer = await linkIn(organization, email)
    expect((await accept(browser(), older)).status).toBe(404)
    expect((await accept(browser(), newer)).status).toBe(303)
    expect(await client.auditOf(body.id)).toEqual(['invitation.create', 'invitation.resend'])
    expect((await client.post(`invitations/${body.id}/resend`)).status).toBe(409)
  })

  test('000-19: cancelled, it opens nothing and brings no role; the person can be invited anew', async () => {
    const email = newAddress()
    const { body } = await invite(email)
    const path = await linkIn(organization, email)
    expect((await client.delete(`invitations/${body.id}`)).status).toBe(204)
    expect((await browser().get(path)).status).toBe(410)
    expect((await accept(browser(), path)).status).toBe(410)
    expect((await client.get(`invitations/${body.id}`)).body.status).toBe('cancelled')
    expect(await client.auditOf(body.id)).toEqual(['invitation.create', 'invitation.cancel'])
    expect((await client.delete(`invitations/${body.id}`)).status).toBe(409)
    const viewer = await roleId(client, 'viewer')
    const again = await client.post('invitations', { email, roleId: viewer })
    expect(again.status).toBe(201)
    expect(again.body.userId).toBe(body.userId)
    expect(again.body.roles).toMatchObject([{ role: { key: 'viewer' } }])
    expect((await accept(browser(), await linkIn(organization, email))).status).toBe(303)
    expect(await mayEdit(email)).toBe(false)
  })

  test('a person who was switched off cannot accept any more', async () => {
    const email = newAddress()
    const { body } = await invite(email)
    const path = await linkIn(organization, email)
    await deactivateUser(client.ctx, { userId: body.userId })
    expect((await accept(browser(), path)).status).toBe(410)
    expect((await client.get(`invitations/${body.id}`)).body.status).toBe('withdrawn')
  })

  test('in the browser of somebody else it says so, and offers to sign them out', async () => {
    const email = newAddress()
    await invite(email)
    const path = await linkIn(organization, email)
    const other = await provisionLocalUser(organization, newAddress())
    const at = browser()
    await tryPassword(at, other.userName, other.password)
    const page = await at.get(path)
    expect(page.status).toBe(409)
    expect(await page.text()).toContain('for somebody else')
    expect((await accept(at, path)).status).toBe(409)
    expect((await at.session())?.user.id).toBe(other.id)
    expect((await at.post(`${path}/sign-out`, {})).headers.get('location')).toBe(path)
    expect(await at.session()).toBeUndefined()
    expect((await at.get(path)).status).toBe(200)
    expect((await accept(at, path)).status).toBe(303)
    expect((await at.session())?.user.userName).toBe(email)
  })

  test('a cut, changed or invented token is nobody’s', async () => {
    const email = newAddress()
    await invite(email)
    const path = await linkIn(organization, email)
    for (const wrong of [path.slice(0, -1), `${path}A`, '/invitation/x', `/invitation/${'A'.repeat(43)}`]) {
      expect((await browser().get(wrong)).status).toBe(404)
      expect((await accept(browser(), wrong)).status).toBe(404)
    }
    expect((await browser().get(path)).status).toBe(200)
  })
})

describe('who can be invited', () => {
  test('000-06: nobody who is there already, in whichever case', async () => {
    const email = newAddress()
    await provisionLocalUser(organization, email)
    const named = newAddress()
    await provisionLocalUser(organization, 'quite-another-name', { email: named })
    for (const taken of [email, email.toUpperCase(), named]) {
      const { status, body } = await invite(taken)
      expect([status, body.reason]).toEqual([409, 'uniqueness'])
    }
    const other = await stage.createClient()
    expect((await other.post('invitations', { email, roleId: await roleId(other, 'viewer') })).status).toBe(201)
  })

  test('the same person again: that is a resend, one invitation and one user, also at the same time', async () => {
    const email = newAddress()
    const answers = await Promise.all([1, 2, 3, 4].map(() => invite(email)))
    const fine = answers.filter(({ status }) => status === 201)
    expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true)
    expect(new Set(fine.map(({ body }) => body.id)).size).toBe(1)
    const again = await invite(email.toUpperCase())
    expect(again.status).toBe(201)
    expect(again.body.id).toBe(fine[0]?.body.id)
    expect(await stage.app.owner`select 1 from users where user_name_key = ${email}`).toHaveLength(1)
    expect((await accept(browser(), await linkIn(organization, email))).status).toBe(303)
  })

  test('but not to other roles behind the back of the first invitation', async () => {
    const email = newAddress()
    await invite(email)
    const { status, body } = await client.post('invitations', { email, roleId: await roleId(client, 'administrator') })
    expect([status, body.reason]).toEqual([409, 'other_roles'])
  })

  test.each([
    ['no role', { email: 'a@example.com' }, 400],
    ['no address', { email: 'nobody', roleId: 'x' }, 400],
    ['a line break in the address', { email: 'a@example.com\r\nBcc: b@example.com', roleId: 'x' }, 400],
    ['an unknown role', { email: 'b@example.com', roleId: 'rol_00000000000000000000000000' }, 404],
    ['too many days', { email: 'c@example.com', roleId: 'x', days: 91 }, 400],
    ['an unknown field', { email: 'd@example.com', roleId: 'x', isAdmin: true }, 400],
  ])('refused: %s', async (_, input, expected) => {
    expect((await client.post('invitations', input)).status).toBe(expected)
  })

  test('another organization’s invitations are not there', async () => {
    const { body } = await invite(newAddress())
    const other = await stage.createClient()
    expect((await other.get(`invitations/${body.id}`)).status).toBe(404)
    expect((await other.post(`invitations/${body.id}/resend`)).status).toBe(404)
    expect((await other.delete(`invitations/${body.id}`)).status).toBe(404)
    expect((await other.get('invitations')).body.items).toEqual([])
    const foreignRole = await roleId(other, 'editor')
    expect((await client.post('invitations', { email: newAddress(), roleId: foreignRole })).status).toBe(404)
    const key = { ...client.ctx, permissions: new Set<never>() }
    const { createInvitation } = await import('#access/invitations/create-invitation.ts')
    await expect(createInvitation(key, { email: newAddress(), roleId: editor })).rejects.toMatchObject({
      code: 'forbidden',
    })
  })
})

describe('W-057', () => {
  test('where sign-in is enforced, an invitation is accepted through the provider alone', async () => {
    const own = await stage.createClient()
    const at = { id: own.organizationId, slug: own.slug, ctx: own.ctx }
    const connection = await createSamlConnection(at, { name: 'Example Okta' })
    const email = newAddress()
    await own.post('invitations', { email, roleId: await roleId(own, 'viewer') })
    const path = await linkIn(own, email)
    const token = path.split('/').at(-1)
    const open = await (await browser().get(path)).text()
    expect(open).toContain('name="password"')
    expect(open).toContain(`/sign-in/${connection.id}?invitation=${token}`)
    await setConnectionStatus(own.ctx, { connectionId: connection.id, status: 'enforced', isForced: true })
    const page = await (await browser().get(path)).text()
    expect(page).not.toContain('name="password"')
    expect(page).toContain(`/sign-in/${connection.id}?invitation=${token}`)
    const side = browser()
    expect((await accept(side, path)).status).toBe(403)
    expect((await side.post(`${path}/question`, {})).status).toBe(404)
    expect(await side.session()).toBeUndefined()
    expect(await stage.app.owner`select 1 from passwords where organization_id = ${own.organizationId}`).toHaveLength(0)
  })
})

describe('the command line', () => {
  test('invites, lists and cancels', async () => {
    const email = newAddress()
    const scope = ['--organization', client.slug]
    await client.post('brands', { slug: 'juniper', name: 'Juniper' })
    const made = await stage.rolecall(
      ...[
        'invitation',
        'create',
        ...scope,
        '--email',
        email,
        '--role',
        'editor',
        '--brand',
        'juniper',
        '--brand',
        'harbor-lane',
      ],
      ...['--name', 'Amara', '--note', 'Welcome', '--json'],
    )
    expect(made.errors).toEqual([])
    expect(made.json).toMatchObject({ email, status: 'pending', displayName: 'Amara', note: 'Welcome' })
    expect(made.json.roles).toHaveLength(2)
    expect(made.lines.join()).not.toContain('/invitation/')
    const shown = await stage.rolecall('mail', 'show', ...scope, '--mail', made.json.delivery.mailId)
    expect(shown.lines.join('\n')).toContain('https://id.example.com/invitation/')
    const listed = await stage.rolecall('invitation', 'list', ...scope, '--status', 'pending')
    expect(listed.lines.some((line) => line.includes(email) && line.includes('editor@harbor-lane'))).toBe(true)
    const cancelled = await stage.rolecall('invitation', 'cancel', ...scope, '--invitation', made.json.id)
    expect(cancelled.exitCode).toBe(0)
    expect((await stage.rolecall('invitation', 'resend', ...scope, '--invitation', made.json.id)).exitCode).toBe(1)
  })
})

describe('001-03: the mail', () => {
  const mailTo = async (email: string): Promise<string> => (await outbox(organization, email)).at(-1)?.text ?? ''

  test('says who invites to what, how to set up the account, and how to sign in', async () => {
    const email = newAddress()
    const brandId = (await client.post('brands', { slug: 'boreal', name: 'Boreal' })).body.id
    const made = await client.post('invitations', {
      ...{ email, givenName: 'Amara', familyName: 'Okafor', roleId: editor, expiresAt: '2099-01-31T12:00:00Z' },
      brands: [{ brandId, roleId: await roleId(client, 'viewer') }],
    })
    expect(made.body).toMatchObject({ displayName: 'Amara Okafor' })
    const person = (await client.get(`users/${made.body.userId}`)).body
    expect(person).toMatchObject({ givenName: 'Amara', familyName: 'Okafor', displayName: 'Amara Okafor' })
    const text = await mailTo(email)
    expect(text).toContain('Editor in ')
    expect(text).toContain('until 31 January 2099 at 12:00 UTC and Viewer in Boreal')
    expect(text).toContain('choose a password or a passkey')
    await client.post(`invitations/${made.body.id}/resend`)
    expect(await mailTo(email)).toContain('Viewer in Boreal')
  })

  test('names the provider where everybody signs in through one', async () => {
    const other = await stage.createClient()
    const here = { id: other.organizationId, slug: other.slug, ctx: other.ctx }
    const { id } = await createSamlConnection(here, { name: 'Okta' })
    await stage.app.owner`update connections set status = 'enforced' where id = ${id}`
    const email = newAddress()
    await other.post('invitations', { email, roleId: await roleId(other, 'editor') })
    const text = (await outbox(here, email)).at(-1)?.text
    expect(text).toContain('sign in through Okta')
    expect(text).not.toContain('choose a password')
  })
})

describe('a local user who is created directly (004-03)', () => {
  const create = (...options: string[]) =>
    stage.rolecall('user', 'create', '--organization', client.slug, '--json', ...options)

  test('signs in with the given password, and then chooses one', async () => {
    const email = newAddress()
    const made = await create('--user-name', email, '--name', 'Amara', '--role', 'editor', '--password', goodPassword)
    expect(made.json).toMatchObject({ userName: email, status: 'active', mustChangePassword: true })
    const answer = await tryPassword(browser(), email, goodPassword)
    expect(answer.headers.get('location')).toContain('/login/continue')
    expect(await mayEdit(email)).toBe(true)
    expect(made.lines.join()).not.toContain(goodPassword)
  })

  test('has four distinct errors', async () => {
    const taken = newAddress()
    await create('--user-name', taken, '--password', goodPassword)
    const duplicate = await create('--user-name', taken, '--password', goodPassword)
    const short = await create('--user-name', newAddress(), '--password', 'short')
    const missing = await create('--user-name', newAddress())
    const { createLocalUser } = await import('#access/accounts/create-local-user.ts')
    const denied = await createLocalUser(
      { ...client.ctx, permissions: new Set() },
      { userName: newAddress(), password: goodPassword },
    ).catch((error: Error) => error.message)
    const messages = [duplicate.errors, short.errors, missing.errors, [String(denied)]].map((each) => each.join())
    expect(messages).toEqual([
      'error: A user with this userName exists already',
      'error: The password needs at least 12 characters',
      'error: Give the password by --stdin (or --password)',
      'This needs the permission users.write',
    ])
  })

  test('the same by API, with name and roles, and the same four errors', async () => {
    const email = newAddress()
    const brandId = (await client.post('brands', { slug: 'direct', name: 'Direct' })).body.id
    const roles = [{ roleId: await roleId(client, 'editor'), brandId }]
    const person = {
      userName: email,
      emails: [email],
      givenName: 'Amara',
      familyName: 'Okafor',
      password: goodPassword,
    }
    const made = await client.post('users', { ...person, roles })
    expect(made).toMatchObject({
      status: 201,
      body: { status: 'active', emails: [email], givenName: 'Amara', familyName: 'Okafor', directoryId: null },
    })
    expect(JSON.stringify(made.body)).not.toContain(goodPassword)
    const held = (await client.get(`users/${made.body.id}/access`)).body.assignments
    expect(held).toMatchObject([{ role: { key: 'editor' }, brand: { id: brandId } }])
    const answer = await tryPassword(browser(), email, goodPassword)
    expect(answer.headers.get('location')).toContain('/login/continue')

    const weak = await client.post('api-keys', { name: 'Weak', access: 'permissions', permissions: ['users.manage'] })
    const as = (key: string, body: object) => client.send('POST', 'users', body, { Authorization: `Bearer ${key}` })
    const other = newAddress()
    const reader = await client.post('api-keys', { name: 'Reader', access: 'permissions', permissions: ['users.read'] })
    expect(await client.post('users', person)).toMatchObject({ status: 409, body: { reason: 'uniqueness' } })
    expect(await client.post('users', { userName: other, password: 'short' })).toMatchObject({
      status: 400,
      body: { reason: 'password_short', errors: [{ path: 'password' }] },
    })
    const nameless = await client.post('users', { password: goodPassword })
    expect([nameless.status, nameless.body.errors[0].path]).toEqual([400, 'userName'])
    expect(await as(reader.body.key, { userName: other, password: goodPassword })).toMatchObject({
      status: 403,
      body: { reason: 'permission' },
    })
    // Whoever may manage people gives nobody more than they hold.
    expect((await as(weak.body.key, { userName: other, password: goodPassword, roles })).status).toBe(403)
    const without = await client.post('users', { userName: other, roles })
    expect([without.status, without.body.errors[0].path]).toEqual([400, 'roles'])
    expect((await client.get(`users?userName=${other}`)).body.items).toEqual([])
  })

  test('004-06, C16: an administrator sets a new password; all sessions end; directory users are refused', async () => {
    const email = newAddress()
    const { id } = await provisionLocalUser(organization, email)
    const at = browser()
    await tryPassword(at, email, goodPassword)
    const put = (userId: string, password: string) =>
      client.send('PUT', `users/${userId}/password`, { password, mustChange: false })
    expect((await put(id, 'short')).body.reason).toBe('password_short')
    expect((await at.session())?.user.id).toBe(id)
    expect((await put(id, 'a new phrase 52 wind')).status).toBe(204)
    expect(await at.session()).toBeUndefined()
    expect((await tryPassword(browser(), email, 'a new phrase 52 wind')).headers.get('location')).toBe('/account')
    expect(await client.auditOf(id)).toContain('user.password_set')
    const piped = await stage.rolecallWith(
      'another phrase 61 sea\n',
      'user',
      'set-password',
      '--organization',
      client.slug,
      '--user',
      email,
      '--stdin',
      '--json',
    )
    expect(piped.json).toMatchObject({ userName: email, mustChangePassword: true })
    expect((await tryPassword(browser(), email, 'another phrase 61 sea')).headers.get('location')).toContain(
      '/login/continue',
    )

    const { directoryId } = await stage.app.createDirectory(organization)
    const { provisionUser } = await import('#directory/provision-user.ts')
    const content = { userName: newAddress(), externalId: null, displayName: null, isActive: true, attributes: {} }
    const managed = await provisionUser(client.ctx, { directoryId, content })
    const refused = await put(managed.id, goodPassword)
    expect([refused.status, refused.body.reason]).toEqual([409, 'managed_by_directory'])
    const invited = (await invite(newAddress())).body.userId
    expect((await put(invited, goodPassword)).body.reason).toBe('user_invited')
    const other = await stage.createClient()
    expect((await other.send('PUT', `users/${id}/password`, { password: goodPassword })).status).toBe(404)
    expect((await put(await createUser(client, newAddress()), goodPassword)).status).toBe(204)
  })

  test('C6: the least length is the organization’s, but never below six', async () => {
    const own = await stage.createClient()
    const set = (length: number) =>
      stage.app.owner`update organizations set password_min_length = ${length} where id = ${own.organizationId}`
    const userId = await createUser(own, newAddress())
    const put = async (password: string) => (await own.send('PUT', `users/${userId}/password`, { password })).status
    expect(await put('vexing-tide')).toBe(400)
    await set(8)
    expect(await put('vexing-tide')).toBe(204)
    await set(1)
    expect(await put('vexi5')).toBe(400)
    expect(await put('vexi5b')).toBe(204)
  })
})
