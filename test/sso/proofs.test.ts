// What counts as a proof: that an address is somebody's, that there were two factors, that the person was there just now.
import { describe, expect, test } from 'vitest'
import { findUserClaims } from '#access/applications/user-claims.ts'
import { acceptInvitation } from '#access/invitations/accept-invitation.ts'
import { createInvitation } from '#access/invitations/create-invitation.ts'
import type { Preset } from '#connections/providers/providers.ts'
import { provisionUser } from '#directory/provision-user.ts'
import { roleId } from '../support/access.ts'
import { linkIn } from '../support/accounts.ts'
import { arriveBySaml, expectRefusedFor, expectSignedIn, person } from '../support/arrivals.ts'
import { arriveByOidc } from '../support/oidc-arrivals.ts'
import { it, type Organization, op, stage, useProviderStage } from '../support/provider-stage.ts'
import { scimClient } from '../support/scim.ts'
import { signIn } from '../support/sessions.ts'
import { createOidcConnection, createSamlConnection, createTestBrowser } from '../support/sign-in.ts'

useProviderStage()

const browser = { state: 'a'.repeat(43), returnTo: '/account', visitor: { ip: null, userAgent: null } }

describe('X-13: what host applications are told of an address', () => {
  const isVerified = async ({ id }: Organization, userId: string): Promise<boolean | undefined> =>
    (await findUserClaims(it.services, { organizationId: id, userId }))?.email_verified

  test('one that a manager or a directory wrote down is not verified, be its domain proven or not', async () => {
    const { organization } = await stage()
    const { directoryId, token } = await it.app.createDirectory(organization)
    const scim = scimClient((path, init) => it.app.request(path, init), { directoryId, token })
    const written = await person(organization, 'ada@example.com')
    const provisioned = await scim.user('bo@example.com')
    for (const userId of [written, provisioned]) expect(await isVerified(organization, userId)).toBe(false)
  })

  test('the link of an invitation proves it, until the address changes by any path', async () => {
    const { organization, client } = await stage()
    await createInvitation(organization.ctx, {
      email: 'new@elsewhere.example.net',
      roleId: await roleId(client, 'viewer'),
    })
    const token = (await linkIn(organization, 'new@elsewhere.example.net')).split('/').at(-1) ?? ''
    const accepted = await acceptInvitation(it.services, {
      ...{ token, name: 'Nora New', password: 'correct horse battery staple', credential: undefined },
      ...{ browser, requestId: 'req_test' },
    })
    expect(accepted.kind).toBe('signed_in')
    const [row] = await it.app.owner`select user_id from email_proofs where organization_id = ${organization.id}`
    const userId = String(row?.['user_id'])
    expect(await isVerified(organization, userId)).toBe(true)
    const emails = (value: string) => JSON.stringify([{ value, primary: true }])
    const write = (value: string) =>
      it.app.owner`update users set attributes = jsonb_set(attributes, '{emails}', ${emails(value)}::text::jsonb)
        where id = ${userId}`
    await write('ceo@example.com')
    expect(await isVerified(organization, userId)).toBe(false)
    await write('new@elsewhere.example.net')
    expect(await isVerified(organization, userId)).toBe(false)
    expect((await client.get(`users/${userId}`)).status).toBe(200)
  })

  test('a link for a new password proves it, and is void once the address has changed', async () => {
    const { organization, client } = await stage()
    await createInvitation(organization.ctx, {
      email: 'rita@elsewhere.example.net',
      roleId: await roleId(client, 'viewer'),
    })
    const token = (await linkIn(organization, 'rita@elsewhere.example.net')).split('/').at(-1) ?? ''
    await acceptInvitation(it.services, {
      ...{ token, name: 'Rita Reset', password: 'correct horse battery staple', credential: undefined },
      ...{ browser, requestId: 'req_test' },
    })
    const [row] = await it.app.owner`select user_id from email_proofs where organization_id = ${organization.id}`
    const userId = String(row?.['user_id'])
    const form = createTestBrowser(it.app.request, it.app.urls.origin)
    const ask = async (email: string) => {
      await form.post('/login/forgot', { email })
      return linkIn(organization, email)
    }
    const choose = async (path: string) => {
      const password = 'another correct horse staple'
      return (await form.post(path, { password, repeat: password })).status
    }
    const write = async (value: string): Promise<void> => {
      await it.app.owner`update users set attributes = jsonb_set(attributes, '{emails}',
        ${JSON.stringify([{ value, primary: true }])}::text::jsonb) where id = ${userId}`
      await it.app.owner`update user_emails set value_key = ${value} where user_id = ${userId}`
    }
    await write('rita@second.example.net')
    const old = await ask('rita@second.example.net')
    await write('rita@third.example.net')
    await choose(old)
    expect(await isVerified(organization, userId)).toBe(false)
    await choose(await ask('rita@third.example.net'))
    expect(await isVerified(organization, userId)).toBe(true)
  })

  test('the provider of the domain proves it by a sign-in with that address; others do not', async () => {
    const { organization, client } = await stage()
    const own = await createSamlConnection(organization, { jit: 'verified_domains' })
    const arrive = (connection: typeof own, nameId: string, email: string) =>
      arriveBySaml(it.app, organization, connection, { nameId, attributes: { email: [email] } })
    const first = await arrive(own, 'ada', 'ada@example.com')
    const ada = String(first.attempt.userId)
    expect(await isVerified(organization, ada)).toBe(true)
    // Another address than the person has proves nothing; nor does one in a domain that nobody has proven.
    const bo = await person(organization, 'bo@example.com')
    await signInByLink(organization, own, bo, 'bo', 'other@example.com')
    expect(await isVerified(organization, bo)).toBe(false)
    const eve = await person(organization, 'eve@unproven.example.net')
    await signInByLink(organization, own, eve, 'eve', 'eve@unproven.example.net')
    expect(await isVerified(organization, eve)).toBe(false)
    // With a second connection, the domain has to be bound to the one that speaks for it.
    const other = await createSamlConnection(organization, { idpEntityId: 'https://partner.example.net' })
    const cy = await arrive(other, 'cy', 'cy@example.com')
    expect(await isVerified(organization, String(cy.attempt.userId))).toBe(false)
    const [domain] = (await client.get('domains')).body.items
    const bind = (id: string) => client.send('PUT', `domains/${domain.id}/connections`, { connectionIds: [id] })
    await bind(other.id)
    await arrive(other, 'cy', 'cy@example.com')
    expect(await isVerified(organization, String(cy.attempt.userId))).toBe(true)
    expect(await isVerified(organization, ada)).toBe(false)
    await it.app.owner`update domains set status = 'lapsed' where id = ${domain.id}`
    expect(await isVerified(organization, String(cy.attempt.userId))).toBe(false)
  })

  test('a provider that denies the address proves nothing', async () => {
    const { organization } = await stage()
    const connection = await createOidcConnection(organization, { issuer: op.issuer, clientId: 'rolecall' })
    const arrive = (claims: Record<string, unknown>) =>
      arriveByOidc({ app: it.app, organization }, op, connection, { claims: { sub: 'ada', ...claims } })
    const ada = await person(organization, 'ada@example.com')
    const session = await signIn(organization, ada)
    const linking = createTestBrowser(it.app.request, it.app.urls.origin)
    linking.cookies.set('__Host-rolecall_session', session.token)
    const claims = { sub: 'ada', email: 'ada@example.com', email_verified: false, auth_time: seconds() }
    const linked = { browser: linking, query: '?link=1' }
    await expectSignedIn(await arriveByOidc({ app: it.app, organization }, op, connection, { claims }, linked), ada)
    expect(await isVerified(organization, ada)).toBe(false)
    await expectSignedIn(await arrive({ email: 'ada@example.com' }), ada)
    expect(await isVerified(organization, ada)).toBe(true)
  })

  async function signInByLink(
    organization: Organization,
    connection: Awaited<ReturnType<typeof createSamlConnection>>,
    userId: string,
    nameId: string,
    email: string,
  ): Promise<void> {
    const linking = createTestBrowser(it.app.request, it.app.urls.origin)
    linking.cookies.set('__Host-rolecall_session', (await signIn(organization, userId)).token)
    const claims = { nameId, attributes: { email: [email] } }
    const how = { browser: linking, query: '?link=1' }
    await expectSignedIn(await arriveBySaml(it.app, organization, connection, claims, how), userId)
  }
})

const seconds = (ago = 0): number => Math.floor(Date.now() / 1000) - ago

describe('X-15: two factors', () => {
  const multiple = 'http://schemas.microsoft.com/claims/multipleauthn'
  const methods = 'http://schemas.microsoft.com/claims/authnmethodsreferences'

  test('SAML: only the attribute and the context that mean it', async () => {
    const { organization } = await stage()
    const connection = await createSamlConnection(organization)
    const lastFactor = async (attributes: Record<string, string[]>, change = {}) => {
      const all = { email: ['ada@example.com'], ...attributes }
      await arriveBySaml(it.app, organization, connection, { nameId: 'ada', attributes: all, change })
      const [row] = await it.app.owner`select has_second_factor from sessions where organization_id = ${organization.id}
        order by id desc limit 1`
      return row?.['has_second_factor']
    }
    for (const name of ['displayName', 'groups', 'department', 'http://schemas.example.com/authnmethodsreferences'])
      expect([name, await lastFactor({ [name]: [multiple] })]).toEqual([name, false])
    expect(await lastFactor({ [methods]: ['http://schemas.example.com/password'] })).toBe(false)
    expect(await lastFactor({ [methods]: [multiple] })).toBe(true)
    const context = (reference: string) =>
      lastFactor(
        {},
        {
          assertion: {
            authnStatement: `<saml:AuthnStatement AuthnInstant="${new Date().toISOString()}"><saml:AuthnContext><saml:AuthnContextClassRef>${reference}</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>`,
          },
        },
      )
    expect(await context('urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport')).toBe(false)
    expect(await context('https://refeds.org/profile/mfa')).toBe(true)
  })

  const cases: [Preset, Record<string, unknown>, boolean][] = [
    ['generic', { amr: ['mfa'] }, true],
    ['generic', { amr: ['pwd', 'otp'] }, true],
    ['generic', { amr: ['pwd'] }, false],
    ['generic', { amr: ['otp'] }, false],
    ['generic', { amr: ['pwd', 'pin'] }, false],
    ['generic', { amr: ['ngcmfa'] }, false],
    ['generic', { name: 'mfa', groups: ['mfa'], acr: 'mfa' }, false],
    ['generic', { acr: 'https://refeds.org/profile/mfa' }, true],
    ['entra', { amr: ['ngcmfa', 'rsa'] }, true],
    ['okta', { acr: 'urn:okta:loa:2fa:any' }, true],
    ['okta', { acr: 'urn:okta:loa:1fa:any' }, false],
    ['keycloak', { acr: '2' }, false],
  ]

  test.each(cases)('OpenID Connect, %s: %j is %s', async (preset, claims, expected) => {
    const { organization } = await stage()
    const connection = await createOidcConnection(organization, { issuer: op.issuer, clientId: 'rolecall', preset })
    const all = { sub: 's', tid: 't', oid: 'o', email: 'ada@example.com', ...claims }
    await arriveByOidc({ app: it.app, organization }, op, connection, { claims: all, userinfo: { amr: ['mfa'] } })
    const [row] = await it.app.owner`select has_second_factor from sessions where organization_id = ${organization.id}`
    expect(row?.['has_second_factor']).toBe(expected)
  })
})

describe('X-16: a fresh proof', () => {
  const provenMinutesAgo = async (organization: Organization): Promise<number> => {
    const [row] = await it.app.owner`select extract(epoch from now() - authenticated_at)::int / 60 as minutes
      from sessions where organization_id = ${organization.id} order by id desc limit 1`
    return Number(row?.['minutes'])
  }

  test('OpenID Connect: an old or missing auth_time is refused where a new proof was asked for', async () => {
    const { organization } = await stage()
    const connection = await createOidcConnection(organization, { issuer: op.issuer, clientId: 'rolecall' })
    const arrive = (claims: Record<string, unknown>, query = '?prompt=login') => {
      const all = { sub: 'ada', email: 'ada@example.com', ...claims }
      return arriveByOidc({ app: it.app, organization }, op, connection, { claims: all }, { query })
    }
    expect((await arrive({ auth_time: seconds() })).attempt.outcome).toBe('signed_in')
    expect(await provenMinutesAgo(organization)).toBe(0)
    expect(op.authorizations.at(-1)).toMatchObject({ max_age: '0', prompt: 'login' })
    for (const claims of [
      {},
      { auth_time: seconds(86_400) },
      { auth_time: seconds(300) },
      { auth_time: seconds(-600) },
    ])
      await expectRefusedFor(await arrive(claims), 'not_fresh')
    for (const claims of [{ auth_time: String(seconds()) }, { auth_time: null }])
      await expectRefusedFor(await arrive(claims), 'id_token')
    // Asked for nothing, they get in; but their session is as old as the proof, or as if there was none.
    expect((await arrive({ auth_time: seconds(3_600) }, '')).attempt.outcome).toBe('signed_in')
    expect(await provenMinutesAgo(organization)).toBe(60)
    expect((await arrive({}, '')).attempt.outcome).toBe('signed_in')
    expect(await provenMinutesAgo(organization)).toBe(1_440)
  })

  test('SAML: an AuthnInstant from before the request is refused where a new proof was asked for', async () => {
    const { organization } = await stage()
    const connection = await createSamlConnection(organization)
    const arrive = (minutesAgo: number, query = '?prompt=login') =>
      arriveBySaml(
        it.app,
        organization,
        connection,
        {
          ...{ nameId: 'ada', attributes: { email: ['ada@example.com'] } },
          change: { times: { authnInstant: new Date(Date.now() - minutesAgo * 60_000) } },
        },
        { query },
      )
    expect((await arrive(0)).attempt.outcome).toBe('signed_in')
    await expectRefusedFor(await arrive(1_440), 'not_fresh')
    await expectRefusedFor(await arrive(5), 'not_fresh')
    expect((await arrive(60, '')).attempt.outcome).toBe('signed_in')
    expect(await provenMinutesAgo(organization)).toBe(60)
  })
})

test('X-12: the userName of a guest is told to nobody as an address', async () => {
  const { organization } = await stage()
  const content = { externalId: null, displayName: null, isActive: true, attributes: {} }
  const create = async (userName: string) =>
    (await provisionUser(organization.ctx, { directoryId: null, content: { ...content, userName } })).id
  const told = async (userId: string) =>
    (await findUserClaims(it.services, { organizationId: organization.id, userId }))?.email
  expect(await told(await create('name_partner.example.org#EXT#@example.com'))).toBeUndefined()
  expect(await told(await create('plain@example.com'))).toBe('plain@example.com')
})
