// What messages say of groups, in every shape that providers send: names change memberships, everything else leaves them alone.
import { expect, test } from 'vitest'
import { listAlarms } from '#access/notices/alarms/alarms.ts'
import { requireOrdinaryRole } from '#access/sign-in/default-role.ts'
import { updateConnection } from '#connections/sign-in/update-connection.ts'
import type { XmlText } from '#sandbox/saml-idp/xml.ts'
import type { Arrival } from '../support/arrivals.ts'
import { arriveBySaml } from '../support/arrivals.ts'
import { arriveByOidc } from '../support/oidc-arrivals.ts'
import { it, type Organization, op, stage, useProviderStage } from '../support/provider-stage.ts'
import { createOidcConnection, createSamlConnection, verifyDomain } from '../support/sign-in.ts'

useProviderStage()

type OidcOptions = Partial<Parameters<typeof createOidcConnection>[1]>

async function oidcStage(options: OidcOptions = {}) {
  const { organization } = await stage()
  const connection = await createOidcConnection(organization, { issuer: op.issuer, clientId: 'rolecall', ...options })
  const arrive = (claims: Record<string, unknown>, script: object = {}) =>
    arriveByOidc({ app: it.app, organization }, op, connection, {
      claims: { sub: 'ada', email: 'ada@example.com', ...claims },
      ...script,
    })
  return { organization, connection, arrive }
}

async function samlStage(options: Parameters<typeof createSamlConnection>[1] = {}) {
  const { organization } = await stage()
  const connection = await createSamlConnection(organization, options)
  const arrive = (attributes: Record<string, readonly XmlText[]>) =>
    arriveBySaml(it.app, organization, connection, {
      attributes: {},
      change: {
        attributes: Object.entries({ email: ['ada@example.com'], ...attributes }).map(([name, values]) => ({
          name,
          values,
        })),
      },
    })
  return { organization, connection, arrive }
}

async function groupsOf(organization: Organization): Promise<string[]> {
  const rows = await it.app.owner`select g.display_name from group_members m
    join groups g on g.organization_id = m.organization_id and g.id = m.group_id
    where m.organization_id = ${organization.id} order by 1`
  return rows.map((row) => String(row['display_name']))
}

const alarmsOf = async (organization: Organization): Promise<number> =>
  (await listAlarms(organization.ctx, {})).filter(({ kind }) => kind === 'groups_unreadable').length

const detailsOf = ({ attempt }: Arrival): string => attempt.trace.steps.map(({ detail }) => detail ?? '').join('\n')

const unreadable: [string, unknown][] = [
  ['an object', { Editors: { '123': 'acme.example.com' } }],
  ['null', null],
  ['an empty text', ''],
  ['blanks', '  '],
  ['numbers', [12, 13]],
  ['a list of objects', [{ name: 'Editors' }]],
  ['true', true],
  ['a number', 7],
  ['a name and a number', ['Editors', 3]],
  ['a list in a list', [['Editors']]],
  ['an empty text among names', ['Editors', '']],
  ['a list written into a text', '["Editors"]'],
  ['control characters', 'Edit\u0000ors'],
  ['a list as Java writes it', '[Editors, Viewers]'],
  ['a list as Python writes it', "['Editors', 'Viewers']"],
  ['a tuple as Python writes it', "('Editors', 'Viewers')"],
  ['a list as PostgreSQL writes it', '{Editors,Viewers}'],
  ['a list as PHP writes it', 'Array'],
  ['a list as .NET writes it', 'System.Collections.Generic.List`1[System.String]'],
  ['an array as Java writes it', '[Ljava.lang.String;@6d06d69c'],
  ['an object as JavaScript writes it', '[object Object]'],
  ['an object as JavaScript writes it, in a list', ['[object Object]', '[object Object]']],
  ['quoted names', '"Editors", "Viewers"'],
  ['XML', '<g>Editors</g>'],
  ['an empty element', '<groups/>'],
  ['the word null', 'null'],
  ['the word null among names', ['Editors', 'null']],
  ['the word undefined', 'undefined'],
  ['the word None', 'None'],
  ['an empty list as text', '[]'],
  ['an empty map as text', '{}'],
  ['a name of zero-width characters', ['Editors', '\u200b']],
  ['a name of a Hangul filler', ['\u3164']],
  ['a blank of Braille', '\u2800'],
  ['a name with a soft hyphen in it', ['Edi\u00adtors']],
  ['a name with a mark of direction', ['\u202eEditors']],
  ['a name that no directory could send', ['x'.repeat(513)]],
]

test.each(unreadable)(
  'OpenID Connect: %s is unreadable: what is stored stays, trace and alarm say so',
  async (_, groups) => {
    const { organization, arrive } = await oidcStage({ preset: 'okta' })
    await arrive({ groups: ['Editors', 'Viewers'] })
    const arrival = await arrive({ groups })
    expect(arrival.attempt.outcome).toBe('signed_in')
    expect(await groupsOf(organization)).toEqual(['Editors', 'Viewers'])
    expect(detailsOf(arrival)).toContain('(unreadable); stored ones stay')
    expect(arrival.attempt.trace.steps).toContainEqual(
      expect.objectContaining({ check: 'groups_unreadable', result: 'note' }),
    )
    await arrive({ groups })
    expect(await alarmsOf(organization)).toBe(1)
  },
)

test('OpenID Connect: names change memberships, a bare text and an empty list too', async () => {
  const { organization, arrive } = await oidcStage()
  await arrive({ groups: ['Editors', 'Viewers'] })
  expect(await groupsOf(organization)).toEqual(['Editors', 'Viewers'])
  await arrive({ groups: 'Editors, all of them' })
  expect(await groupsOf(organization)).toEqual(['Editors, all of them'])
  await arrive({ groups: [] })
  expect([await groupsOf(organization), await alarmsOf(organization)]).toEqual([[], 0])
})

test('names that only resemble something written into a text are names', async () => {
  const { organization, arrive } = await oidcStage()
  const names = ['(Alle)', 'Array Team', 'List', 'Nonesuch', 'Sales <EMEA>', '[EU] Sales [DE]', '{x} and {y}']
  await arrive({ groups: names })
  expect((await groupsOf(organization)).sort()).toEqual(names)
})

test('another form or case of the same characters is the same group, and what stands around a name is none of it', async () => {
  const { organization, arrive } = await oidcStage()
  await arrive({ groups: ['Caf\u00e9', 'Cafe\u0301', 'CAF\u00c9 ', '\ufeffCaf\u00e9', 'Caf\u00e9\ufe0f'] })
  await arrive({ groups: ['CAFE\u0301'] })
  await arrive({ sub: 'bob', email: 'bob@example.com', groups: 'caf\u00e9' })
  expect(await groupsOf(organization)).toEqual(['Caf\u00e9', 'Caf\u00e9'])
  const [row] = await it.app.owner`select count(*)::int as count from groups where organization_id = ${organization.id}`
  expect(row?.['count']).toBe(1)
  await arrive({ groups: [] })
  expect(await groupsOf(organization)).toEqual(['Caf\u00e9'])
})

test('two groups of old that differ in case alone stay two: the exact name comes first', async () => {
  const { organization, connection, arrive } = await oidcStage()
  await arrive({ groups: ['Editors', 'Other'] })
  await it.app.owner`update groups set display_name = 'EDITORS', display_name_key = 'editors'
    where organization_id = ${organization.id} and display_name = 'Other'`
  await it.app
    .owner`update connection_groups set value = 'EDITORS' where connection_id = ${connection.id} and value = 'Other'`
  await arrive({ sub: 'bob', email: 'bob@example.com', groups: ['EDITORS'] })
  await arrive({ groups: [] })
  expect(await groupsOf(organization)).toEqual(['EDITORS'])
})

const nested = { raw: '<g xmlns="urn:x">Editors</g>' }
const nil = '<saml:AttributeValue xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>'

test.each<[string, readonly XmlText[]]>([
  ['nested XML', [nested]],
  ['nested XML beside a name', ['Editors', nested]],
  ['an empty value', ['']],
])('SAML: %s is unreadable', async (_, groups) => {
  const { organization, arrive } = await samlStage({ preset: 'okta' })
  await arrive({ groups: ['Editors', 'Viewers'] })
  const arrival = await arrive({ groups })
  expect(arrival.attempt.outcome).toBe('signed_in')
  expect(await groupsOf(organization)).toEqual(['Editors', 'Viewers'])
  expect(detailsOf(arrival)).toContain('(unreadable); stored ones stay')
  expect(await alarmsOf(organization)).toBe(1)
  await arrive({ groups: ['Viewers'] })
  expect(await groupsOf(organization)).toEqual(['Viewers'])
})

test('SAML: a nil value is unreadable, an attribute without values is none', async () => {
  const { organization, connection, arrive } = await samlStage()
  await arrive({ groups: ['Editors'] })
  const statement = (values: string) =>
    arriveBySaml(it.app, organization, connection, {
      change: {
        assertion: {
          attributeStatement: `<saml:AttributeStatement><saml:Attribute Name="email"><saml:AttributeValue>ada@example.com</saml:AttributeValue></saml:Attribute><saml:Attribute Name="groups">${values}</saml:Attribute></saml:AttributeStatement>`,
        },
      },
    })
  expect(detailsOf(await statement(nil))).toContain('unreadable')
  expect(await groupsOf(organization)).toEqual(['Editors'])
  await statement('')
  expect(await groupsOf(organization)).toEqual([])
})

test('what is left out means none with Okta and JumpCloud, and nothing with others', async () => {
  for (const [preset, left] of [
    ['okta', []],
    ['jumpcloud', []],
    ['keycloak', ['Editors']],
    ['generic', ['Editors']],
  ] as const) {
    const oidc = await oidcStage({ preset })
    await oidc.arrive({ groups: ['Editors'] })
    await oidc.arrive({})
    const saml = await samlStage({ preset })
    await saml.arrive({ groups: ['Editors'] })
    await saml.arrive({})
    expect([preset, await groupsOf(oidc.organization), await groupsOf(saml.organization)]).toEqual([preset, left, left])
  }
})

test('that it means none is a choice, and needs everything that the provider would say', async () => {
  const kept = await oidcStage({ preset: 'okta', absentGroups: 'kept' })
  await kept.arrive({ groups: ['Editors'] })
  await kept.arrive({})
  expect(await groupsOf(kept.organization)).toEqual(['Editors'])
  await updateConnection(
    kept.organization.ctx,
    { connectionId: kept.connection.id, absentGroups: 'none' },
    requireOrdinaryRole,
  )
  await kept.arrive({}, { answerUserinfo: () => new Response('down', { status: 503 }) })
  expect(await groupsOf(kept.organization)).toEqual(['Editors'])
  await kept.arrive({}, { token: (body: object) => ({ ...body, scope: 'openid email profile' }) })
  expect(await groupsOf(kept.organization)).toEqual(['Editors'])
  expect(detailsOf(await kept.arrive({}))).toContain('which for this connection means none')
  expect(await groupsOf(kept.organization)).toEqual([])
})

test('paths lead into claims, a backslash keeps a dot, and a claim of exactly that name comes first', async () => {
  const { organization, connection, arrive } = await oidcStage({ preset: 'keycloak' })
  const groups = (names: string[]) =>
    updateConnection(
      organization.ctx,
      { connectionId: connection.id, attributes: { groups: names } },
      requireOrdinaryRole,
    )
  await groups(['resource_access.rolecall.roles'])
  await arrive({ resource_access: { rolecall: { roles: ['Editors'] } } })
  expect(await groupsOf(organization)).toEqual(['Editors'])
  await arrive(
    { resource_access: { account: { roles: ['x'] } } },
    { userinfo: { resource_access: { rolecall: { roles: ['Viewers'] } } } },
  )
  expect(await groupsOf(organization)).toEqual(['Viewers'])
  await groups(['resource_access.shop\\.example\\.com.roles'])
  await arrive({ resource_access: { 'shop.example.com': { roles: ['Buyers'] } } })
  expect(await groupsOf(organization)).toEqual(['Buyers'])
  await groups(['https://example.com/groups'])
  await arrive({ 'https://example.com/groups': ['Sellers'] })
  expect(await groupsOf(organization)).toEqual(['Sellers'])
  await groups(['a.b'])
  expect(detailsOf(await arrive({ a: { b: { c: 1 } } }))).toContain('unreadable')
  for (const a of ['text', null, ['b'], { b: null }])
    expect(detailsOf(await arrive({ a }))).toContain('names of groups are expected')
  expect(detailsOf(await arrive({ a: {} }))).toContain('not-provided')
  expect(await groupsOf(organization)).toEqual(['Sellers'])
})

test('one text is split where the connection says so, and only there', async () => {
  for (const separator of [';', ',']) {
    const oidc = await oidcStage({ groupSeparator: separator })
    await oidc.arrive({ groups: `Editors${separator} Viewers${separator}` })
    const saml = await samlStage({ groupSeparator: separator })
    await saml.arrive({ groups: [`Editors${separator} Viewers`] })
    const both = ['Editors', 'Viewers']
    expect([await groupsOf(oidc.organization), await groupsOf(saml.organization)]).toEqual([both, both])
  }
})

test('groups by their OID, and as Keycloak calls them', async () => {
  const oid = await samlStage()
  await oid.arrive({ 'urn:oid:1.3.6.1.4.1.5923.1.5.1.1': ['Editors'] })
  expect(await groupsOf(oid.organization)).toEqual(['Editors'])
  const keycloak = await samlStage({ preset: 'keycloak' })
  await keycloak.arrive({ member: ['/Editors'], Role: ['viewer', 'offline_access'] })
  expect(await groupsOf(keycloak.organization)).toEqual(['/Editors', 'offline_access', 'viewer'])
})

test('a list of addresses is read, and of several the one in a verified domain counts', async () => {
  const { organization } = await stage()
  await verifyDomain(organization, 'example.com')
  const connection = await createOidcConnection(organization, {
    ...{ issuer: op.issuer, clientId: 'rolecall', preset: 'entra' as const },
  })
  for (const claims of [
    { emails: ['ada@example.com'] },
    { email: ['private@elsewhere.example.org', 'ada@example.com'] },
  ]) {
    const { attempt } = await arriveByOidc({ app: it.app, organization }, op, connection, {
      claims: { sub: 'x', tid: 't', oid: JSON.stringify(claims).length.toString(), ...claims },
    })
    expect([attempt.outcome, attempt.trace.mapped['profile']]).toEqual([
      'signed_in',
      expect.objectContaining({ email: 'ada@example.com' }),
    ])
  }
})
