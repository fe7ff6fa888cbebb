// Who is linked by an address, and who is not: an address that its provider denies, somebody who manages something, a domain
// that belongs to other connections, and texts that only look like addresses.

import { describe, expect, test } from 'vitest'
import { createAssignment } from '#access/grants/assignments/create-assignment.ts'
import { createRole } from '#access/grants/roles/create-role.ts'
import { listRoles } from '#access/grants/roles/roles.ts'
import { requireOrdinaryRole } from '#access/sign-in/default-role.ts'
import type { Preset } from '#connections/providers/providers.ts'
import { updateConnection } from '#connections/sign-in/update-connection.ts'
import { arriveBySaml, type Claims, expectRefusedFor, expectSignedIn, person } from '../support/arrivals.ts'
import { consoleClient, createManager, createTestBrand } from '../support/console.ts'
import { arriveByOidc } from '../support/oidc-arrivals.ts'
import { giveRole } from '../support/people.ts'
import { it, type Organization, op, stage, useProviderStage } from '../support/provider-stage.ts'
import { scimClient } from '../support/scim.ts'
import { signIn } from '../support/sessions.ts'
import { createOidcConnection, createSamlConnection, createTestBrowser } from '../support/sign-in.ts'

useProviderStage()

const expectLinked = async (userId: string): Promise<void> => {
  const rows = await it.app.owner`select 1 from identities where user_id = ${userId}`
  expect(rows.length).toBe(1)
}

const identitiesOf = async (userId: string): Promise<number> =>
  (await it.app.owner`select 1 from identities where user_id = ${userId}`).length

const denials: [string, Record<string, unknown>][] = [
  ...[false, 'false', 'False', 0, '0', 1, 'no', '', [], {}, null, 'TRUE'].map((value): [string, object] => [
    `email_verified ${JSON.stringify(value)}`,
    { email_verified: value },
  ]),
  ...[false, 0, '0', 'False', []].map((value): [string, object] => [
    `xms_edov ${JSON.stringify(value)}`,
    { email_verified: true, xms_edov: value },
  ]),
] as [string, Record<string, unknown>][]

describe('X-07: what a provider says of the address', () => {
  test.each(['generic', 'entra', 'adfs', 'okta', 'keycloak', 'google'] as Preset[])(
    'OpenID Connect, %s: only a plain yes or nothing at all lets the address count',
    async (preset) => {
      const { organization } = await stage()
      const connection = await createOidcConnection(organization, {
        ...{ issuer: op.issuer, clientId: 'rolecall', jit: 'off', preset },
      })
      const hosted = preset === 'google' ? { hd: 'example.com' } : {}
      const userId = await person(organization, 'ada@example.com')
      const shared = { tid: 'tenant', email: 'ada@example.com', ...hosted }
      for (const [index, [name, claims]] of denials.entries()) {
        const all = { ...shared, ...claims, sub: `denied-${index}`, oid: `denied-${index}` }
        const arrival = await arriveByOidc({ app: it.app, organization }, op, connection, { claims: all })
        expect([name, arrival.attempt.reason]).toEqual([name, 'email_not_verified'])
      }
      // Userinfo may not take back what the token says, nor the other way round.
      const contradicted = await arriveByOidc({ app: it.app, organization }, op, connection, {
        claims: { ...shared, sub: 'x', oid: 'x', email_verified: true },
        userinfo: { email_verified: false },
      })
      await expectRefusedFor(contradicted, 'email_not_verified')
      expect(await identitiesOf(userId)).toBe(0)
      for (const [subject, claims] of [
        ['absent', {}],
        ['yes', { email_verified: true, xms_edov: true }],
        ['text', { email_verified: 'true' }],
      ] as const) {
        const all = { ...shared, sub: subject, oid: subject, ...claims }
        await expectSignedIn(await arriveByOidc({ app: it.app, organization }, op, connection, { claims: all }), userId)
      }
    },
  )

  test('SAML: attributes that state it count in the same way', async () => {
    const { organization } = await stage()
    const connection = await createSamlConnection(organization, { jit: 'off' })
    const userId = await person(organization, 'ada@example.com')
    const arrive = (nameId: string, attributes: Record<string, string[]>) =>
      arriveBySaml(it.app, organization, connection, {
        nameId,
        attributes: { email: ['ada@example.com'], ...attributes },
      })
    const stated: Record<string, string[]>[] = [
      { email_verified: ['false'] },
      { emailVerified: ['False'] },
      { 'http://schemas.example.com/claims/email_verified': ['0'] },
      { xms_edov: ['no'] },
      { email_verified: [] },
      { email_verified: ['true', 'false'] },
    ]
    for (const [index, attributes] of stated.entries())
      await expectRefusedFor(await arrive(`subject-${index}`, attributes), 'email_not_verified')
    await expectSignedIn(await arrive('subject-yes', { email_verified: ['true'] }), userId)
    await expectSignedIn(await arrive('subject-absent', {}), userId)
  })
})

describe('X-07: people who manage something', () => {
  type Given = { name: string; give(organization: Organization, userId: string): Promise<void>; isInvited?: boolean }
  const later = async ({ ctx }: Organization, userId: string): Promise<void> => {
    const role = (await listRoles(ctx)).find(({ key }) => key === 'administrator')
    const validFrom = new Date(Date.now() + 30 * 86_400_000).toISOString()
    await createAssignment(ctx, { userId, roleId: role?.id ?? '', reason: 'From next month', validFrom })
  }
  const given: Given[] = [
    {
      name: 'an administrator',
      give: (organization, userId) => giveRole(organization, { userId, role: 'administrator' }),
    },
    {
      name: 'a manager of one brand',
      give: async (organization, userId) => {
        const brandId = await createTestBrand(organization, 'aurora', 'Aurora')
        await giveRole(organization, { userId, role: 'administrator', brandId })
      },
    },
    { name: 'somebody who becomes one later', give: later },
    {
      name: 'somebody who is invited as one',
      give: (organization, userId) => giveRole(organization, { userId, role: 'administrator' }),
      isInvited: true,
    },
  ]

  test.each(given)('$name is not linked by an address', async ({ give, isInvited = false }) => {
    const { organization, client } = await stage()
    const connection = await createSamlConnection(organization, { jit: 'verified_domains' })
    const boss = await person(organization, 'boss@example.com', { isInvited })
    const ada = await person(organization, 'ada@example.com')
    await give(organization, boss)
    const arrive = (claims: Claims) => arriveBySaml(it.app, organization, connection, claims)
    await expectRefusedFor(
      await arrive({ nameId: 'evil', attributes: { email: ['boss@example.com'] } }),
      'link_needs_approval',
    )
    expect(await identitiesOf(boss)).toBe(0)
    const { body } = await client.get('link-requests?status=pending')
    expect(body.items).toMatchObject([{ userId: boss, subject: 'evil', email: 'boss@example.com' }])
    // Somebody who manages nothing is, as ever.
    await expectSignedIn(await arrive({ nameId: 'ada', attributes: { email: ['ada@example.com'] } }), ada)
  })

  test('OpenID Connect links them no more than SAML does', async () => {
    const { organization } = await stage()
    const connection = await createOidcConnection(organization, { issuer: op.issuer, clientId: 'rolecall', jit: 'off' })
    const boss = await person(organization, 'boss@example.com')
    await giveRole(organization, { userId: boss, role: 'administrator' })
    const claims = { sub: 'evil', email: 'boss@example.com', email_verified: true }
    const arrival = await arriveByOidc({ app: it.app, organization }, op, connection, { claims })
    await expectRefusedFor(arrival, 'link_needs_approval')
    expect(await identitiesOf(boss)).toBe(0)
  })

  test('the administrators are told once; approved, the identity is theirs; refused, it asks in vain', async () => {
    const { organization, client } = await stage()
    const connection = await createSamlConnection(organization, { jit: 'off' })
    const boss = await person(organization, 'boss@example.com')
    await giveRole(organization, { userId: boss, role: 'administrator' })
    const attributes = { email: ['boss@example.com'] }
    const arrive = (nameId: string) => arriveBySaml(it.app, organization, connection, { nameId, attributes })
    for (const nameId of ['mine', 'mine', 'not-mine'])
      await expectRefusedFor(await arrive(nameId), 'link_needs_approval')
    const alarms = (await client.get('alarms?status=open')).body.items
    expect(alarms.map(({ kind, detail }: { kind: string; detail: object }) => [kind, detail])).toMatchObject([
      ['link_request', { subject: 'not-mine', userId: boss, connectionId: connection.id }],
      ['link_request', { subject: 'mine', userId: boss, connectionId: connection.id }],
    ])
    const [notMine, mine] = (await client.get('link-requests')).body.items
    expect((await client.post(`link-requests/${mine.id}/approve`)).body).toMatchObject({ status: 'approved' })
    expect((await client.post(`link-requests/${notMine.id}/refuse`)).body).toMatchObject({ status: 'refused' })
    expect((await client.post(`link-requests/${notMine.id}/approve`)).status).toBe(409)
    await expectSignedIn(await arrive('mine'), boss)
    await expectRefusedFor(await arrive('not-mine'), 'link_needs_approval')
    await expectLinked(boss)
    expect((await client.get('alarms?status=open')).body.items).toEqual([])
    const actions = await client.auditOf(boss)
    expect(actions.filter((action) => action.includes('link'))).toEqual([
      ...['user.request_link', 'user.request_link', 'user.approve_link', 'user.refuse_link'],
    ])
  })

  test('a provider that invents names asks ten times for a person, and no more', async () => {
    const { organization, client } = await stage()
    const connection = await createSamlConnection(organization, { jit: 'off' })
    const boss = await person(organization, 'boss@example.com')
    await giveRole(organization, { userId: boss, role: 'administrator' })
    const attributes = { email: ['boss@example.com'] }
    for (let index = 0; index < 13; index += 1)
      await arriveBySaml(it.app, organization, connection, { nameId: `name-${index}`, attributes })
    expect((await client.get('link-requests')).body.items).toHaveLength(10)
    expect((await client.get('alarms?status=open')).body.items).toHaveLength(10)
  })

  test('a test sign-in shows it and leaves nothing to approve', async () => {
    const { organization, client } = await stage()
    const connection = await createSamlConnection(organization, { jit: 'off' })
    const boss = await person(organization, 'boss@example.com')
    await giveRole(organization, { userId: boss, role: 'administrator' })
    const { url } = (await client.post(`connections/${connection.id}/test-links`)).body
    const claims = { nameId: 'evil', attributes: { email: ['boss@example.com'] } }
    const arrival = await arriveBySaml(it.app, organization, connection, claims, { query: new URL(url).search })
    expect(arrival.page).toContain('manages something')
    expect((await client.get('link-requests')).body.items).toEqual([])
  })

  test('whoever is below the person, or is that person, approves nothing; another organization finds nothing', async () => {
    const { organization, client } = await stage()
    const connection = await createSamlConnection(organization, { jit: 'off' })
    const owner = await createManager(organization, { name: 'Olga Owner' })
    await arriveBySaml(it.app, organization, connection, {
      ...{ nameId: 'evil', attributes: { email: ['olga.owner@example.com'] } },
    })
    const [request] = (await client.get('link-requests')).body.items
    await createRole(organization.ctx, {
      ...{ key: 'helper', name: 'Helper', purpose: 'Helps people', rank: 10 },
      allows: ['users.manage'],
    })
    const below = await createManager(organization, { name: 'Hedda Helper', role: 'helper' })
    const path = `/console/sign-ins/link-requests/${request.id}/approve`
    for (const [who, status] of [
      [below, 403],
      [owner, 403],
    ] as const)
      expect((await consoleClient(it.app, who).post(path)).status).toBe(status)
    expect(await identitiesOf(owner.userId)).toBe(0)
    const other = await it.createClient()
    expect((await other.post(`link-requests/${request.id}/approve`)).status).toBe(404)
    const second = await createManager(organization, { name: 'Otto Owner' })
    const pages = consoleClient(it.app, second)
    expect((await pages.get('/console/sign-ins/link-requests')).text).toContain('olga.owner@example.com')
    expect(await pages.post(path)).toMatchObject({ status: 303 })
    await expectLinked(owner.userId)
  })

  test('their own word with a fresh proof links; an old session has to prove itself first', async () => {
    const { organization } = await stage()
    const connection = await createSamlConnection(organization, { jit: 'off' })
    const boss = await person(organization, 'boss@example.com')
    await giveRole(organization, { userId: boss, role: 'administrator' })
    const browser = createTestBrowser(it.app.request, it.app.urls.origin)
    const session = await signIn(organization, boss)
    browser.cookies.set('__Host-rolecall_session', session.token)
    await it.app.owner`update sessions set authenticated_at = now() - interval '1 hour' where id = ${session.sessionId}`
    const asked = await browser.get(`/sign-in/${connection.id}?link=1`)
    expect([asked.status, asked.headers.get('location')]).toEqual([
      303,
      `/login/step-up?return_to=${encodeURIComponent(`/sign-in/${connection.id}?link=1`)}`,
    ])
    await it.app.owner`update sessions set authenticated_at = now() where id = ${session.sessionId}`
    const claims = { nameId: 'mine', attributes: { email: ['boss@example.com'] } }
    await expectSignedIn(
      await arriveBySaml(it.app, organization, connection, claims, { browser, query: '?link=1' }),
      boss,
    )
  })

  test('the directory of the connection itself names them by externalId; another directory’s people are not meant', async () => {
    const { organization } = await stage()
    const [own, other] = [await it.app.createDirectory(organization), await it.app.createDirectory(organization)]
    const scim = (of: typeof own) => scimClient((path, init) => it.app.request(path, init), of)
    const boss = await scim(own).user('boss@example.com', { externalId: 'object-1' })
    const rival = await scim(other).user('rival@example.com', { externalId: 'object-2' })
    for (const userId of [boss, rival]) await giveRole(organization, { userId, role: 'administrator' })
    const connection = await createSamlConnection(organization, {
      ...{ preset: 'entra', jit: 'off', directoryId: own.directoryId },
    })
    const objectId = 'http://schemas.microsoft.com/identity/claims/objectidentifier'
    const arrive = (id: string) =>
      arriveBySaml(it.app, organization, connection, { nameId: id, attributes: { [objectId]: [id] } })
    await expectSignedIn(await arrive('object-1'), boss)
    await expectRefusedFor(await arrive('object-2'), 'unknown_user')
  })
})

describe('X-07: a domain that is bound to connections', () => {
  test('lets those link and create by it, and no others', async () => {
    const { organization, client } = await stage()
    const own = await createSamlConnection(organization, { jit: 'verified_domains' })
    const other = await createSamlConnection(organization, {
      ...{ jit: 'verified_domains', idpEntityId: 'https://partner.example.net' },
    })
    const arrive = (connection: typeof own, name: string) =>
      arriveBySaml(it.app, organization, connection, {
        nameId: name,
        attributes: { email: [`${name}@example.com`] },
      })
    const { body: domains } = await client.get('domains')
    const domain = domains.items.find(({ name }: { name: string }) => name === 'example.com')
    expect(domain.connectionIds).toEqual([])
    const bound = await client.send('PUT', `domains/${domain.id}/connections`, { connectionIds: [own.id] })
    expect([bound.status, bound.body.connectionIds]).toEqual([200, [own.id]])
    await person(organization, 'ada@example.com')
    await expectRefusedFor(await arrive(other, 'ada'), 'domain_of_another')
    await expectRefusedFor(await arrive(other, 'new'), 'domain_of_another')
    expect((await arrive(own, 'ada')).attempt.outcome).toBe('signed_in')
    expect((await arrive(own, 'new')).attempt.outcome).toBe('signed_in')
    const unknown = await client.send('PUT', `domains/${domain.id}/connections`, { connectionIds: ['con_none'] })
    expect(unknown.status).toBe(400)
    const command = await it.rolecall('domain', 'bind', 'example.com', '--organization', client.slug, '--json')
    expect(command.json.connectionIds).toEqual([])
    expect((await arrive(other, 'third')).attempt.outcome).toBe('signed_in')
    expect(await client.auditOf(domain.id)).toEqual(['domain.add', 'domain.bind', 'domain.bind'])
  })

  test('is bound on the page of the domains', async () => {
    const { organization, client } = await stage()
    const connection = await createSamlConnection(organization)
    const pages = consoleClient(it.app, await createManager(organization))
    const { items } = (await client.get('domains')).body
    const [{ id }] = items
    const path = `/console/settings/domains/${id}/connections`
    expect((await pages.post(path, { [`connection.${connection.id}`]: 'on' })).status).toBe(303)
    expect((await pages.get('/console/settings/domains')).text).toContain(`Only ${connection.name} may recognize`)
    expect((await client.get(`domains/${id}`)).body.connectionIds).toEqual([connection.id])
  })
})

describe('X-12: what only looks like an address', () => {
  const guests = [
    'name_partner.example.org#EXT#@example.com',
    'name_partner.example.org#ext#@example.com',
    'name_partner.example.org%23EXT%23@example.com',
    'name_partner.example.org＃EXT＃@example.com',
    'a b@example.com',
    'x@y@example.com',
  ]
  const usersOf = async ({ id }: Organization) =>
    (await it.app.owner`select 1 from users where organization_id = ${id}`).length
  const emailFormat = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress'

  test.each(guests)('%s creates and links nobody, as NameID, attribute or claim', async (name) => {
    const { organization } = await stage()
    const saml = await createSamlConnection(organization, { preset: 'entra', nameIdIsEmail: true })
    const arrive = (claims: Claims) => arriveBySaml(it.app, organization, saml, claims)
    const asNameId = { nameId: { value: name, format: emailFormat } }
    await expectRefusedFor(await arrive({ attributes: {}, change: asNameId }), 'no_address')
    await expectRefusedFor(await arrive({ nameId: 'opaque', attributes: { email: [name] } }), 'no_address')
    for (const preset of ['entra', 'adfs', 'generic'] as const) {
      const oidc = await createOidcConnection(organization, { issuer: op.issuer, clientId: 'rolecall', preset })
      const claims = { sub: 's', tid: 't', oid: 'o', email: name, upn: name, preferred_username: name }
      const arrival = await arriveByOidc({ app: it.app, organization }, op, oidc, { claims })
      await expectRefusedFor(arrival, 'no_address')
    }
    expect(await usersOf(organization)).toBe(0)
    const good = { nameId: { value: 'ada@example.com', format: emailFormat } }
    expect((await arrive({ attributes: {}, change: good })).attempt.outcome).toBe('signed_in')
  })

  test('a NameID is an address where its format, or the connection, says so', async () => {
    const { organization, client } = await stage()
    const connection = await createSamlConnection(organization)
    const arrive = (value: string, format?: string) =>
      arriveBySaml(it.app, organization, connection, {
        attributes: {},
        change: { nameId: { value, ...(format === undefined ? {} : { format }) } },
      })
    const unspecified = 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified'
    const persistent = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'
    for (const format of [undefined, unspecified, persistent])
      await expectRefusedFor(await arrive('ada@example.com', format), 'no_address')
    expect((await arrive('bo@example.com', emailFormat)).attempt.outcome).toBe('signed_in')
    expect((await client.patch(`connections/${connection.id}`, { nameIdIsEmail: true })).status).toBe(200)
    expect((await arrive('ada@example.com', unspecified)).attempt.outcome).toBe('signed_in')
    const pages = consoleClient(it.app, await createManager(organization))
    const form = await pages.get(`/console/connections/${connection.id}/settings`)
    expect(form.text).toMatch(/name="nameIdIsEmail"[^>]*checked/)
  })

  test('a UPN or preferred_username is no address, unless an administrator names it as one', async () => {
    const { organization } = await stage()
    for (const preset of ['entra', 'adfs', 'generic', 'keycloak'] as const) {
      const connection = await createOidcConnection(organization, { issuer: op.issuer, clientId: 'rolecall', preset })
      const name = `${preset}@example.com`
      const claims = { sub: preset, tid: 't', oid: preset, upn: name, preferred_username: name, unique_name: name }
      const arrive = () => arriveByOidc({ app: it.app, organization }, op, connection, { claims })
      await expectRefusedFor(await arrive(), 'no_address')
      await updateConnection(
        organization.ctx,
        { connectionId: connection.id, attributes: { email: ['email', 'upn'] } },
        requireOrdinaryRole,
      )
      expect((await arrive()).attempt.outcome).toBe('signed_in')
    }
  })
})

describe('of several addresses', () => {
  test('the one in a verified domain counts; otherwise the trace says why nobody is meant', async () => {
    const { organization } = await stage()
    const [saml, oidc] = [
      await createSamlConnection(organization),
      await createOidcConnection(organization, { issuer: op.issuer, clientId: 'rolecall' }),
    ]
    const ada = await person(organization, 'ada@example.com')
    await person(organization, 'bo@example.com')
    const bySaml = (nameId: string, email: string[]) =>
      arriveBySaml(it.app, organization, saml, { nameId, attributes: { email } })
    const byOidc = (sub: string, email: string[]) =>
      arriveByOidc({ app: it.app, organization }, op, oidc, { claims: { sub, email } })
    for (const arrive of [bySaml, byOidc]) {
      await expectSignedIn(await arrive('ada', ['ada@private.example.net', 'ada@example.com']), ada)
      const both = await arrive('both', ['bo@example.com', 'ada@example.com'])
      await expectRefusedFor(both, 'several_addresses')
      expect(JSON.stringify(both.attempt.trace.steps)).toContain('bo@example.com, ada@example.com')
      await expectRefusedFor(await arrive('none', ['a@one.example.net', 'b@two.example.net']), 'several_addresses')
      await expectSignedIn(await arrive('same', ['ADA@example.com', 'ada@example.com']), ada)
      // A second name of the same mailbox, at the same provider, is nobody's here.
      await expectSignedIn(await arrive('alias', ['ada.lund@example.com', 'ada@example.com']), ada)
      await expectRefusedFor(await arrive('aliases', ['a.l@example.com', 'ada.lund@example.com']), 'several_addresses')
    }
  })
})
