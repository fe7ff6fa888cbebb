// Who somebody is who comes back from a provider: the stored identity, a link that may be made, or a new person where the
// connection allows that (ADR 0030).

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createRole } from '#access/grants/roles/create-role.ts'
import { updateRoleWithin } from '#access/grants/roles/update-role.ts'
import { approveUser } from '#access/people/status/approve-user.ts'
import { setConnectionStatus } from '#access/sign-in/connection-status.ts'
import { requireOrdinaryRole } from '#access/sign-in/default-role.ts'
import { createConnection } from '#connections/sign-in/create-connection.ts'
import { updateConnection } from '#connections/sign-in/update-connection.ts'
import { inTransaction } from '#src/context.ts'
import { startTestApp, type TestApp, type TestOrganization } from '../support/app.ts'
import { arriveBySaml, type Claims, expectRefusedFor, expectSignedIn, person } from '../support/arrivals.ts'
import { scimClient } from '../support/scim.ts'
import { signIn } from '../support/sessions.ts'
import { createSamlConnection, createTestBrowser, verifyDomain } from '../support/sign-in.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

type ConnectionOptions = Parameters<typeof createSamlConnection>[1]

async function stage(options: ConnectionOptions = {}, { domain }: { domain?: string } = { domain: 'example.com' }) {
  const organization = await app.createOrganization()
  if (domain !== undefined) await verifyDomain(organization, domain)
  const connection = await createSamlConnection(organization, options)
  const arrive = (claims: Claims, how?: Parameters<typeof arriveBySaml>[4]) =>
    arriveBySaml(app, organization, connection, claims, how)
  return { organization, connection, arrive }
}

const usersOf = async (organization: TestOrganization): Promise<number> =>
  (await app.owner`select 1 from users where organization_id = ${organization.id}`).length

describe('linking', () => {
  test('a person with the address in a verified domain is linked, and known by the subject from then on', async () => {
    const { organization, arrive } = await stage({ jit: 'off' })
    const [ada, bob] = [await person(organization, 'ada@example.com'), await person(organization, 'bob@example.com')]
    await expectSignedIn(await arrive({ nameId: 'subject-1', attributes: { email: ['ADA@Example.com'] } }), ada)
    // The same subject with another person's address is still the same person.
    await expectSignedIn(await arrive({ nameId: 'subject-1', attributes: { email: ['bob@example.com'] } }), ada)
    expect(bob).not.toBe(ada)
    const [audit] =
      await app.owner`select detail from audit_events where action = 'user.link_identity' and target_id = ${ada}`
    expect(audit?.['detail']).toMatchObject({ subject: 'subject-1' })
  })

  test('without a verified domain an address proves nothing', async () => {
    const { organization, arrive } = await stage({ jit: 'off' }, {})
    await person(organization, 'eve@unproven.example.com')
    await expectRefusedFor(await arrive({ nameId: 'eve@unproven.example.com' }), 'link_needs_confirmation')
  })

  test('an address that people have as a further one means nobody, and makes nobody', async () => {
    const { organization, arrive } = await stage({ jit: 'verified_domains' })
    for (const name of ['one', 'two']) {
      const emails = [{ value: `${name}@example.com`, primary: true }, { value: 'team@example.com' }]
      await person(organization, `${name}@example.com`, { userName: name, attributes: { emails } })
    }
    const claims = { nameId: 'x', attributes: { email: ['team@example.com'] } }
    await expectRefusedFor(await arrive(claims), 'link_needs_confirmation')
  })

  test('somebody who is signed in may link the identity, without any domain', async () => {
    const { organization, connection, arrive } = await stage({ jit: 'off' }, {})
    const ada = await person(organization, 'ada@unproven.example.com')
    const browser = createTestBrowser(app.request, app.urls.origin)
    browser.cookies.set('__Host-rolecall_session', (await signIn(organization, ada)).token)
    const claims = { nameId: 'subject-2', attributes: { email: ['other@unproven.example.com'] } }
    await expectSignedIn(await arrive(claims, { browser, query: '?link=1' }), ada)
    await expectSignedIn(await arrive(claims), ada)
    // Somebody else cannot take it.
    const bob = await person(organization, 'bob@unproven.example.com')
    const second = createTestBrowser(app.request, app.urls.origin)
    second.cookies.set('__Host-rolecall_session', (await signIn(organization, bob)).token)
    const taken = await arrive(claims, { browser: second, query: '?link=1' })
    expect([taken.attempt.outcome, taken.attempt.reason]).toEqual(['refused', 'identity_of_another'])
    const stranger = createTestBrowser(app.request, app.urls.origin)
    expect((await stranger.get(`/sign-in/${connection.id}?link=1`)).status).toBe(403)
    // Nor does another site have somebody link what is not theirs.
    for (const [site, status] of [
      ['cross-site', 403],
      ['same-site', 403],
      ['same-origin', 303],
      ['none', 303],
    ] as const)
      expect((await browser.get(`/sign-in/${connection.id}?link=1`, { 'sec-fetch-site': site })).status, site).toBe(
        status,
      )
  })

  test('the directory of the same provider links by externalId, and its word on status holds', async () => {
    const organization = await app.createOrganization()
    const { directoryId, token } = await app.createDirectory(organization)
    const scim = scimClient((path, init) => app.request(path, init), { directoryId, token })
    const userId = await scim.user('ada@scim.example.com', { externalId: 'object-1' })
    const connection = await createSamlConnection(organization, { preset: 'entra', jit: 'off', directoryId })
    const objectId = 'http://schemas.microsoft.com/identity/claims/objectidentifier'
    const claims = { nameId: 'opaque', attributes: { [objectId]: ['object-1'] } }
    await expectSignedIn(await arriveBySaml(app, organization, connection, claims), userId)
    await scim.patch(`/Users/${userId}`, { op: 'replace', path: 'active', value: false })
    await expectRefusedFor(await arriveBySaml(app, organization, connection, claims), 'inactive')
    await scim.patch(`/Users/${userId}`, { op: 'replace', path: 'active', value: true })
    await expectSignedIn(await arriveBySaml(app, organization, connection, claims), userId)
    await scim.delete(`/Users/${userId}`)
    await expectRefusedFor(await arriveBySaml(app, organization, connection, claims), 'removed_by_directory')
  })
})

test('W-002 each sign-in opens a session of its own, and ends the one that the browser had', async () => {
  const { organization, arrive } = await stage({ jit: 'off' })
  const ada = await person(organization, 'ada@example.com')
  const browser = createTestBrowser(app.request, app.urls.origin)
  const before = await signIn(organization, ada)
  browser.cookies.set('__Host-rolecall_session', before.token)
  await expectSignedIn(await arrive({ nameId: 'ada@example.com' }, { browser }), ada)
  expect(browser.cookies.get('__Host-rolecall_session')).not.toBe(before.token)
  const [old] = await app.owner`select end_reason from sessions where id = ${before.sessionId}`
  expect(old?.['end_reason']).toBe('replaced')
  // A value that somebody planted opens nothing and is not kept.
  const planted = createTestBrowser(app.request, app.urls.origin)
  planted.cookies.set('__Host-rolecall_session', 'A'.repeat(43))
  await expectSignedIn(await arrive({ nameId: 'ada@example.com' }, { browser: planted }), ada)
  expect(planted.cookies.get('__Host-rolecall_session')).not.toBe('A'.repeat(43))
})

describe('first sign-ins', () => {
  test('off: nobody comes to exist', async () => {
    const { organization, arrive } = await stage({ jit: 'off' })
    await expectRefusedFor(await arrive({ nameId: 'new@example.com' }), 'unknown_user')
    expect(await usersOf(organization)).toBe(0)
  })

  test('verified domains: a person of one is created with the default role; others are not', async () => {
    const { organization, connection, arrive } = await stage({ jit: 'verified_domains' })
    const [viewer] = await app.owner`select id from roles where organization_id = ${organization.id} and key = 'viewer'`
    await updateConnection(
      organization.ctx,
      { connectionId: connection.id, defaultRoleId: viewer?.['id'] },
      requireOrdinaryRole,
    )
    const attributes = { email: ['new@example.com'], firstName: ['Noor'], lastName: ['Ewing'] }
    const arrival = await arrive({ nameId: 'subject', attributes })
    const session = (await arrival.browser.session()) as
      | { user: { displayName: string }; roles: { key: string }[] }
      | undefined
    expect(session).toMatchObject({
      user: { userName: 'new@example.com', displayName: 'Noor Ewing' },
      roles: [{ key: 'viewer' }],
    })
    await expectRefusedFor(await arrive({ nameId: 'new@elsewhere.example.com' }), 'jit_domain')
    await expectRefusedFor(await arrive({ nameId: 'no-address', attributes: {} }), 'no_address')
    expect(await usersOf(organization)).toBe(1)
  })

  test('C-026 attributes that pose as roles, organization or brand give nothing', async () => {
    const { arrive } = await stage({ jit: 'verified_domains' })
    const hostile = {
      role: ['owner'],
      roles: ['administrator'],
      isAdmin: ['true'],
      org_id: ['org_x'],
      brand: ['aurora'],
    }
    const arrival = await arrive({ nameId: 'new@example.com', attributes: { email: ['new@example.com'], ...hostile } })
    expect(await arrival.browser.session()).toMatchObject({ roles: [], brands: [] })
  })

  test('nor one that comes to administer while it is made the default', async () => {
    const { organization, connection } = await stage({ jit: 'verified_domains' })
    const { ctx } = organization
    const helper = { key: 'helper', name: 'Helper', purpose: 'Helps', rank: 5, owner: null, reviewAt: null }
    const { id: roleId } = await createRole(ctx, { ...helper, allows: ['content.view'], denies: [] })
    const change = { connectionId: connection.id, defaultRoleId: roleId }
    const named: Promise<unknown>[] = []
    await inTransaction(ctx, async (tx) => {
      await updateRoleWithin(tx, ctx, { roleId, allows: ['content.view', 'roles.assign'] })
      named.push(updateConnection(ctx, change, requireOrdinaryRole).catch((error: unknown) => error))
      // Until it waits for the role's row.
      const waiting = async () =>
        (await app.owner`select 1 from pg_stat_activity where wait_event_type = 'Lock'`).length
      await expect.poll(waiting).toBeGreaterThan(0)
    })
    expect(await Promise.all(named)).toEqual([expect.objectContaining({ code: 'invalid' })])
  })

  test('the default role is never one that administers', async () => {
    const { organization, connection, arrive } = await stage({ jit: 'verified_domains' })
    const [admin] =
      await app.owner`select id from roles where organization_id = ${organization.id} and key = 'administrator'`
    const named = (roleId: string) =>
      updateConnection(organization.ctx, { connectionId: connection.id, defaultRoleId: roleId }, requireOrdinaryRole)
    await expect(named(admin?.['id'])).rejects.toMatchObject({ code: 'invalid' })
    await expect(named('rol_unknown')).rejects.toMatchObject({ code: 'invalid' })
    // Even where it got there: nothing is given.
    await updateConnection(
      organization.ctx,
      { connectionId: connection.id, defaultRoleId: admin?.['id'] },
      async () => {},
    )
    const arrival = await arrive({ nameId: 'new@example.com' })
    expect(await arrival.browser.session()).toMatchObject({ roles: [] })
  })

  test('approval: the person waits for an administrator', async () => {
    const { organization, arrive } = await stage({ jit: 'approval' }, {})
    const first = await arrive({ nameId: 'waiting@somewhere.example.com' })
    expect([first.attempt.outcome, first.status]).toEqual(['pending', 403])
    await expectRefusedFor(await arrive({ nameId: 'waiting@somewhere.example.com' }), 'awaits_approval')
    const userId = first.attempt.userId as string
    await approveUser(organization.ctx, userId)
    await expectSignedIn(await arrive({ nameId: 'waiting@somewhere.example.com' }), userId)
  })

  test('whom a directory removed is not created again under any of their names', async () => {
    const organization = await app.createOrganization()
    await verifyDomain(organization, 'gone.example.com')
    const { directoryId, token } = await app.createDirectory(organization)
    const scim = scimClient((path, init) => app.request(path, init), { directoryId, token })
    await scim.delete(`/Users/${await scim.user('ada@gone.example.com', { externalId: 'object-9' })}`)
    const connection = await createSamlConnection(organization, { jit: 'verified_domains', preset: 'entra' })
    const objectId = 'http://schemas.microsoft.com/identity/claims/objectidentifier'
    const email = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress'
    for (const attributes of [
      { [email]: ['ADA@gone.example.com'] },
      { [email]: ['other@gone.example.com'], [objectId]: ['object-9'] },
    ]) {
      await expectRefusedFor(
        await arriveBySaml(app, organization, connection, { nameId: 'subject', attributes }),
        'removed_by_directory',
      )
    }
    expect(await usersOf(organization)).toBe(1)
  })
})

describe('groups from claims', () => {
  const groupsOf = async (userId: string): Promise<string[]> => {
    const rows = await app.owner`select g.display_name as name from group_members m join groups g
      on g.organization_id = m.organization_id and g.id = m.group_id where m.user_id = ${userId} order by 1`
    return rows.map(({ name }) => name as string)
  }

  test('listed, absent, overage and empty are four different things', async () => {
    const { arrive } = await stage({ jit: 'verified_domains' })
    const email = ['ada@example.com']
    const arrival = await arrive({ attributes: { email, groups: ['Editors', '/ships/north', 'A, B'] } })
    const userId = arrival.attempt.userId as string
    expect(await groupsOf(userId)).toEqual(['/ships/north', 'A, B', 'Editors'])
    await arrive({ attributes: { email } })
    expect(await groupsOf(userId)).toHaveLength(3)
    await arrive({
      attributes: { email, groups: ['Editors'], 'http://schemas.microsoft.com/claims/groups.link': ['https://x'] },
    })
    expect(await groupsOf(userId)).toHaveLength(3)
    await arrive({ attributes: { email, groups: ['Editors'] } })
    expect(await groupsOf(userId)).toEqual(['Editors'])
    await arrive({ attributes: { email, groups: [] } })
    expect(await groupsOf(userId)).toEqual([])
  })

  test('of more than 1,000 groups the first 1,000 count', { timeout: 60_000 }, async () => {
    const { arrive } = await stage({ jit: 'verified_domains' })
    const groups = Array.from({ length: 1_050 }, (_, index) => `Group ${String(index).padStart(4, '0')}`)
    const arrival = await arrive({ attributes: { email: ['ada@example.com'], groups } })
    expect(await groupsOf(arrival.attempt.userId as string)).toEqual(groups.slice(0, 1_000))
  })

  test('many first sign-ins at once make one group of a new name', async () => {
    const { organization, arrive } = await stage({ jit: 'verified_domains' })
    const arrivals = await Promise.all(
      Array.from({ length: 8 }, (_, index) => {
        const email = `person-${index}@example.com`
        return arrive({ nameId: email, attributes: { email: [email], groups: ['Fresh', `Own ${index % 2}`] } })
      }),
    )
    expect(arrivals.map(({ status }) => status)).toEqual(arrivals.map(() => 303))
    const rows = await app.owner`select display_name from groups where organization_id = ${organization.id} order by 1`
    expect(rows.map(({ display_name: name }) => name)).toEqual(['Fresh', 'Own 0', 'Own 1'])
  })

  test('a directory decides the groups of its people', async () => {
    const organization = await app.createOrganization()
    await verifyDomain(organization, 'managed.example.com')
    const { directoryId, token } = await app.createDirectory(organization)
    const scim = scimClient((path, init) => app.request(path, init), { directoryId, token })
    const userId = await scim.user('ada@managed.example.com')
    await scim.group('From the directory', [userId])
    const connection = await createSamlConnection(organization, { jit: 'off' })
    const claims = {
      nameId: 'ada@managed.example.com',
      attributes: { email: ['ada@managed.example.com'], groups: ['Administrators'] },
    }
    await expectSignedIn(await arriveBySaml(app, organization, connection, claims), userId)
    expect(await groupsOf(userId)).toEqual(['From the directory'])
  })
})

describe('states of a connection', () => {
  test('a draft serves tests alone; a test changes nothing and makes it tested', async () => {
    const organization = await app.createOrganization()
    await verifyDomain(organization, 'draft.example.com')
    const open = await createSamlConnection(organization, { jit: 'verified_domains' })
    await setConnectionStatus(organization.ctx, { connectionId: open.id, status: 'draft' })
    const browser = createTestBrowser(app.request, app.urls.origin)
    expect((await browser.get(`/sign-in/${open.id}`)).status).toBe(403)
    const key = await app.createApiKey(organization)
    const made = await app.request(`/api/v1/connections/${open.id}/test-links`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
    })
    const { url } = (await made.json()) as { url: string }
    const before = await usersOf(organization)
    const query = new URL(url).search
    const arrival = await arriveBySaml(app, organization, open, { nameId: 'new@draft.example.com' }, { query })
    expect(arrival.attempt.outcome).toBe('tested')
    expect(arrival.page).toContain('This sign-in would work')
    expect([await usersOf(organization), await arrival.browser.session()]).toEqual([before, undefined])
    const [row] = await app.owner`select status, tested_at from connections where id = ${open.id}`
    expect(row).toMatchObject({ status: 'tested', tested_at: expect.anything() })
    const refused = await arriveBySaml(app, organization, open, { nameId: 'new@other.example.com' }, { query })
    expect(refused.page).toContain('is not verified for this organization')
    expect((await browser.get(`/sign-in/${open.id}?test=invented`)).status).toBe(403)
  })

  test('enforcing asks for a test and an emergency account; disabling ends what came in', async () => {
    const { organization, connection, arrive } = await stage({ jit: 'verified_domains' })
    const enforce = () => setConnectionStatus(organization.ctx, { connectionId: connection.id, status: 'enforced' })
    await expect(enforce()).rejects.toMatchObject({ code: 'conflict', reason: 'not_tested' })
    const arrival = await arrive({ nameId: 'ada@example.com' })
    await expect(enforce()).rejects.toMatchObject({ code: 'conflict', reason: 'no_emergency_account' })
    const userId = arrival.attempt.userId as string
    const local = await signIn(organization, userId)
    await app.owner`insert into sessions select (jsonb_populate_record(s, jsonb_build_object('id', 'ses_' || lpad(n::text, 26, '0'),
        'token_hash', s.token_hash || n))).* from sessions s, generate_series(1, 120) n where s.id = ${local.sessionId}`
    await setConnectionStatus(organization.ctx, { connectionId: connection.id, status: 'enforced', isForced: true })
    const [ended] = await app.owner`select end_reason from sessions where id = ${local.sessionId}`
    expect(ended?.['end_reason']).toBe('connection_enforced')
    // Each of them is told, with whose they were.
    const told = await app.owner`select detail from audit_events where organization_id = ${organization.id}
      and action = 'session.end' and detail ->> 'reason' = 'connection_enforced' order by position`
    expect(told.map(({ detail }) => [detail.count, detail.sessions.length, detail.userIds])).toEqual([
      [100, 100, [userId]],
      [21, 21, [userId]],
    ])
    expect(new Set(told.flatMap(({ detail }) => detail.sessions)).size).toBe(121)
    expect(await arrival.browser.session()).toBeDefined()
    await setConnectionStatus(organization.ctx, { connectionId: connection.id, status: 'disabled' })
    expect(await arrival.browser.session()).toBeUndefined()
  })

  test('a connection of another organization is not found', async () => {
    const { connection } = await stage()
    const other = await app.createOrganization()
    const change = { connectionId: connection.id, status: 'disabled' } as const
    await expect(setConnectionStatus(other.ctx, change)).rejects.toMatchObject({ code: 'not_found' })
    await expect(
      updateConnection(other.ctx, { connectionId: connection.id, name: 'Mine' }, requireOrdinaryRole),
    ).rejects.toMatchObject({
      code: 'not_found',
    })
    await expect(createConnection(other.ctx, { type: 'saml' }, requireOrdinaryRole)).rejects.toMatchObject({
      code: 'invalid',
    })
  })
})
