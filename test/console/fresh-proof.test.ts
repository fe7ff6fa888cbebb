// What an old session may not do: whatever decides who manages something or who may come in wants a fresh proof. Each of
// these is refused to a session whose proof is old, changes nothing, and works with a fresh one.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createAssignment } from '#access/grants/assignments/create-assignment.ts'
import { managing } from '#access/grants/managers/management.ts'
import { createRole } from '#access/grants/roles/create-role.ts'
import { listRoles } from '#access/grants/roles/roles.ts'
import { scheduleReview } from '#access/reviews/schedule-review.ts'
import { createTestLink } from '#access/sign-in/test-links.ts'
import { issueDirectoryToken } from '#connections/directories/issue-directory-token.ts'
import { addDomain } from '#connections/domains/change-domains.ts'
import { createSetupLink } from '#connections/setup-links/change-setup-links.ts'
import { createGroup } from '#directory/create-group.ts'
import { change } from '../support/access.ts'
import { goodPassword, provisionLocalUser } from '../support/accounts.ts'
import { startTestApp, type TestApp, type TestOrganization } from '../support/app.ts'
import { type ConsoleClient, consoleClient, createManager, savingForm } from '../support/console.ts'
import { createPerson, giveRole } from '../support/people.ts'
import { signIn } from '../support/sessions.ts'
import { createSamlConnection } from '../support/sign-in.ts'

let app: TestApp
let organization: TestOrganization
let old: ConsoleClient
let fresh: ConsoleClient
let administrator: string
let roles: Record<string, string>

const hoursAgo = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString()

beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())
beforeEach(async () => {
  organization = await app.createOrganization()
  const { userId, session } = await createManager(organization)
  administrator = userId
  fresh = consoleClient(app, { userId, session })
  old = consoleClient(app, {
    userId,
    session: await signIn(organization, userId, { authenticatedAt: hoursAgo(12) }),
  })
  roles = Object.fromEntries((await listRoles(organization.ctx)).map(({ key, id }) => [key, id]))
})

const passing = ['sessions', 'sign_in_requests', 'sign_in_attempts']

/** Everything that the organization has, but for what each request may leave. */
async function everything(): Promise<string> {
  const tables = await app.owner<{ name: string }[]>`select c.table_name as name from information_schema.columns c
    join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
    where c.table_schema = 'public' and c.column_name = 'organization_id' and t.table_type = 'BASE TABLE' order by 1`
  const parts: string[] = []
  for (const { name } of tables.filter((table) => !passing.includes(table.name))) {
    const [row] = await app.owner.unsafe(
      `select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as sum from ${name} t where organization_id = $1`,
      [organization.id],
    )
    parts.push(`${name} ${row?.['sum']}`)
  }
  const [own] = await app.owner`select md5(o::text) as sum from organizations o where id = ${organization.id}`
  return [...parts, own?.['sum']].join('\n')
}

type Request = { path: string; fields?: Record<string, string> }

const person = (name = 'bo@example.com'): Promise<string> => createPerson(organization, name, 'Bo')
const managerRole = (): string => roles['administrator'] ?? ''

async function adminGroup(): Promise<string> {
  const { ctx } = organization
  const content = { displayName: 'Admins', externalId: null, attributes: {} }
  const { id } = await createGroup(ctx, { directoryId: null, content, memberIds: [] })
  const mappings = [{ groupId: id, roleId: managerRole(), brandId: null }]
  await change(ctx, { kind: 'create_mappings', mappings })
  return id
}

async function adminMapping(): Promise<string> {
  await adminGroup()
  const [row] = await app.owner`select id from mappings where organization_id = ${organization.id}`
  return row?.['id'] as string
}

async function assignmentOf(userId: string, role: string): Promise<string> {
  const reason = 'Works here'
  return (await createAssignment(organization.ctx, { userId, roleId: roles[role] ?? '', brandId: null, reason })).id
}

const emergency = async (): Promise<string> => {
  await fresh.post('/console/emergency', { name: 'Envelope' })
  const [row] = await app.owner`select user_id as id from emergency_accounts where organization_id = ${organization.id}`
  return row?.['id'] as string
}

const connection = async (): Promise<string> => (await createSamlConnection(organization)).id
const application = async (): Promise<string> => {
  await fresh.post('/console/settings/applications', { name: 'Newsroom', redirectUris: 'https://news.example.com/cb' })
  const [row] = await app.owner`select id from applications where organization_id = ${organization.id}`
  return row?.['id'] as string
}
const adminTeam = async (holds = true): Promise<string> => {
  const [team] = await change(organization.ctx, { kind: 'create_team', name: 'Heads' })
  const teamId = team?.id ?? ''
  const held = [{ roleId: managerRole(), reason: 'They run it' }]
  if (holds) await change(organization.ctx, { kind: 'give_team_roles', teamId, roles: held })
  return teamId
}
const domain = async (): Promise<string> => (await addDomain(organization.ctx, { name: 'proof.example.com' })).id
const custom = async (allows: string[]): Promise<string> => {
  const role = { key: 'custom', name: 'Custom', purpose: 'Tests', rank: 20, denies: [] }
  return (await createRole(organization.ctx, { ...role, allows })).id
}

const invitation = (roleId: string): Record<string, string> => ({ email: 'in@example.com', roleId, step: 'send' })
const signInPolicy = {
  ...{ passwordSignIn: 'allowed', secondFactor: 'optional', signInPage: 'named', passwordMinLength: '14' },
  ...{ sessionIdleMinutes: '60', sessionAbsoluteMinutes: '720', invitationDays: '7' },
  ...{ managerSecondFactor: 'optional', freshProofMinutes: '10' },
}
const passwords = { password: goodPassword, repeat: goodPassword }

const cases: [string, () => Promise<Request>][] = [
  [
    'giving an administrative role',
    async () => ({
      path: `/console/users/${await person()}/give`,
      fields: { roleId: managerRole(), scope: 'organization', reason: 'Needed' },
    }),
  ],
  [
    'changing an administrative assignment',
    async () => {
      const id = await person()
      return {
        path: `/console/users/${id}/assignments/${await assignmentOf(id, 'administrator')}`,
        fields: { reason: 'Longer' },
      }
    },
  ],
  [
    'inviting somebody to an administrative role',
    async () => ({ path: '/console/invitations/new', fields: invitation(managerRole()) }),
  ],
  [
    'adding somebody to a group that gives an administrative role',
    async () => ({ path: `/console/groups/${await adminGroup()}/members`, fields: { member: await person() } }),
  ],
  [
    'adding a group to such a group',
    async () => {
      const content = { displayName: 'Inner', externalId: null, attributes: {} }
      const inner = await createGroup(organization.ctx, { directoryId: null, content, memberIds: [] })
      return { path: `/console/groups/${await adminGroup()}/members`, fields: { member: inner.id } }
    },
  ],
  [
    'making a role that manages',
    async () => ({
      path: '/console/roles',
      fields: {
        name: 'Big',
        key: 'big',
        purpose: 'Big',
        rank: '30',
        'permission.users.manage': 'allow',
      },
    }),
  ],
  ['deleting a role that manages', async () => ({ path: `/console/roles/${await custom(['users.manage'])}/delete` })],
  [
    'issuing an API key',
    async () => ({ path: '/console/settings/api-keys', fields: { name: 'Key', access: 'everything' } }),
  ],
  [
    'revoking an API key',
    async () => {
      await app.createApiKey(organization)
      const [row] = await app.owner`select id from api_keys where organization_id = ${organization.id}`
      return { path: `/console/settings/api-keys/${row?.['id']}/revoke`, fields: { proof: 'Test' } }
    },
  ],
  ['creating a directory with its token', async () => ({ path: '/console/directories', fields: { name: 'Entra' } })],
  [
    'issuing a directory token',
    async () => ({ path: `/console/directories/${(await app.createDirectory(organization)).directoryId}/tokens` }),
  ],
  [
    'revoking a directory token',
    async () => {
      const { directoryId } = await app.createDirectory(organization)
      const token = await issueDirectoryToken(organization.ctx, { directoryId })
      return {
        path: `/console/directories/${directoryId}/tokens/${token.id}/revoke`,
        fields: { proof: token.lastFour },
      }
    },
  ],
  [
    'switching a directory off',
    async () => ({
      path: `/console/directories/${(await app.createDirectory(organization)).directoryId}/disable`,
      fields: { proof: 'Directory' },
    }),
  ],
  [
    'beginning to connect a provider',
    async () => ({ path: '/console/connect', fields: { preset: 'generic', type: 'saml', arrivals: 'active' } }),
  ],
  [
    'changing a connection',
    async () => ({
      path: `/console/connections/${await connection()}/settings`,
      fields: { name: 'Renamed', jit: 'off' },
    }),
  ],
  [
    'opening or closing a connection',
    async () => {
      const { id, name } = await createSamlConnection(organization)
      return { path: `/console/connections/${id}/status`, fields: { to: 'disabled', proof: name } }
    },
  ],
  [
    'entering a provider',
    async () => ({ path: `/console/connect/${await connection()}/domains`, fields: { name: 'wizard.example.com' } }),
  ],
  [
    'making a setup link',
    async () => ({ path: '/console/connections/setup-links', fields: { label: 'IT', days: '7', arrivals: 'active' } }),
  ],
  [
    'revoking a setup link',
    async () => ({
      path: `/console/connections/setup-links/${(await createSetupLink(organization.ctx, { label: 'IT' })).link.id}/revoke`,
    }),
  ],
  ['adding a domain', async () => ({ path: '/console/settings/domains', fields: { name: 'new.example.com' } })],
  [
    'removing a domain',
    async () => ({
      path: `/console/settings/domains/${await domain()}/remove`,
      fields: { proof: 'proof.example.com' },
    }),
  ],
  [
    'registering an application',
    async () => ({
      path: '/console/settings/applications',
      fields: { name: 'Newsroom', redirectUris: 'https://news.example.com/cb' },
    }),
  ],
  [
    'changing the addresses of an application',
    async () => ({
      path: `/console/settings/applications/${await application()}`,
      fields: { name: 'Newsroom', redirectUris: 'https://other.example.com/cb' },
    }),
  ],
  [
    'a new secret of an application',
    async () => ({
      path: `/console/settings/applications/${await application()}/rotate`,
      fields: { proof: 'Newsroom' },
    }),
  ],
  ['making an emergency account', async () => ({ path: '/console/emergency', fields: { name: 'Envelope' } })],
  ['resealing an emergency account', async () => ({ path: `/console/emergency/accounts/${await emergency()}/reseal` })],
  [
    'creating somebody with a password',
    async () => ({ path: '/console/users/new', fields: { userName: 'new@example.com', ...passwords } }),
  ],
  [
    'another person’s password',
    async () => ({
      path: `/console/users/${(await provisionLocalUser(organization, 'cy@example.com')).id}/password`,
      fields: passwords,
    }),
  ],
  [
    'another person’s address',
    async () => ({
      path: `/console/users/${await person()}/edit`,
      fields: { userName: 'bo@example.com', email: 'evil@example.com' },
    }),
  ],
  [
    'deactivating somebody',
    async () => ({ path: `/console/users/${await person()}/deactivate`, fields: { proof: 'bo@example.com' } }),
  ],
  [
    'the settings of the organization',
    async () => ({
      path: '/console/settings',
      fields: {
        name: 'New name',
        provisioningLogDays: '20',
        signInTraceDays: '60',
        mailDays: '10',
        eraseAfterDays: '5',
        reservedDays: '90',
        emailChange: 'never',
      },
    }),
  ],
  [
    'scheduling an access review',
    async () => ({
      path: '/console/reviews',
      fields: {
        name: 'All',
        reviewerRule: 'sponsor',
        noAnswer: 'remove',
        dueDays: '1',
        graceDays: '0',
        undoHours: '0',
      },
    }),
  ],
  [
    'taking an access review over',
    async () => {
      const { id } = await scheduleReview(organization.ctx, { name: 'All', fallbackId: administrator })
      return { path: `/console/reviews/${id}/take-over` }
    },
  ],
  ['the sign-in policy', async () => ({ path: '/console/settings/sign-in', fields: signInPolicy })],
]

const wantsProof = '/login/step-up?return_to='

describe('X-17: an old session is asked for a fresh proof, and changes nothing, for', () => {
  test.each(cases)('%s', async (_, request) => {
    const { path, fields = {} } = await request()
    const before = await everything()
    const refused = await old.post(path, fields)
    expect(refused).toMatchObject({ status: 303, location: expect.stringContaining(wantsProof) })
    expect(await everything()).toBe(before)
    const done = await fresh.post(path, fields)
    expect([done.status, done.location?.includes(wantsProof) ?? false]).toEqual([
      done.status === 200 ? 200 : 303,
      false,
    ])
    expect(await everything()).not.toBe(before)
  })

  test.each<[string, () => Promise<Request>]>([
    [
      'a mapping to an administrative role',
      async () => {
        const content = { displayName: 'All', externalId: null, attributes: {} }
        const { id } = await createGroup(organization.ctx, { directoryId: null, content, memberIds: [] })
        return { path: '/console/mappings/preview', fields: { groupId: id, roleId: managerRole() } }
      },
    ],
    [
      'an administrative role for a team',
      async () => ({
        path: `/console/teams/${await adminTeam(false)}/give`,
        fields: { roleId: managerRole(), scope: 'organization', reason: 'Needed' },
      }),
    ],
    [
      'adding somebody to a team that holds one',
      async () => ({ path: `/console/teams/${await adminTeam()}/members`, fields: { member: await person() } }),
    ],
    [
      'a group that fills such a team',
      async () => {
        const content = { displayName: 'Fill', externalId: null, attributes: {} }
        const { id } = await createGroup(organization.ctx, { directoryId: null, content, memberIds: [] })
        return { path: `/console/teams/${await adminTeam()}/fill`, fields: { kind: 'group', groupId: id } }
      },
    ],
    ['taking such a mapping back', async () => ({ path: `/console/mappings/${await adminMapping()}/delete` })],
    [
      'taking an administrative role back',
      async () => {
        const id = await person()
        return { path: `/console/users/${id}/assignments/${await assignmentOf(id, 'administrator')}/delete` }
      },
    ],
    [
      'a policy about management',
      async () => ({
        path: '/console/policies',
        fields: { name: 'No one', permission: 'users.read', [`except.${managerRole()}`]: 'on' },
      }),
    ],
    ['how roles are read', async () => ({ path: '/console/policies/reading', fields: { roleStrategy: 'highest' } })],
  ])('%s, from its preview on', async (_, request) => {
    const { path, fields = {} } = await request()
    const before = await everything()
    expect((await old.post(path, fields)).location).toContain(wantsProof)
    const preview = await fresh.post(path, fields)
    expect(preview.status).toBe(200)
    const form = savingForm(preview.text)
    expect((await old.post('/console/changes', form)).location).toContain(wantsProof)
    expect(await everything()).toBe(before)
    expect((await fresh.post('/console/changes', form)).status).toBe(303)
    expect(await everything()).not.toBe(before)
  })

  test('many people at once, and somebody’s return and erasure', async () => {
    const id = await person()
    const chosen = `chosen=${id.slice('usr_'.length)}`
    const preview = await fresh.post('/console/users/bulk/deactivate', { query: chosen })
    const hash = /name="hash" value="([^"]+)"/.exec(preview.text)?.[1] ?? ''
    const run = { query: chosen, hash, at: new Date().toISOString() }
    expect((await old.post('/console/users/bulk/deactivate/run', run)).location).toContain(wantsProof)
    expect((await fresh.post('/console/users/bulk/deactivate/run', run)).location).toContain('/bulk/changes/')
    expect((await old.post(`/console/users/${id}/reactivate`, {})).location).toContain(wantsProof)
    await app.owner`update organizations set erase_after_days = 0 where id = ${organization.id}`
    const typed = { proof: 'bo@example.com' }
    expect((await old.post(`/console/users/${id}/erase`, typed)).location).toContain(wantsProof)
    expect((await fresh.post(`/console/users/${id}/erase`, typed)).location).toBe('/console/users?done=erased')
  })

  test('a profile that a mapping by attributes reads as an administrator’s', async () => {
    const mappings = [{ filter: 'name.familyName eq "Chief"', roleId: await custom(['audit.view']), brandId: null }]
    await change(organization.ctx, { kind: 'create_mappings', mappings })
    const id = await person()
    const fields = { userName: 'bo@example.com', displayName: 'Bo', givenName: 'Bo', familyName: 'Chief' }
    expect((await old.post(`/console/users/${id}/edit`, fields)).location).toContain(wantsProof)
    expect((await old.post(`/console/users/${id}/edit`, { ...fields, familyName: 'Miller' })).location).toContain(
      'done=saved',
    )
    expect((await fresh.post(`/console/users/${id}/edit`, fields)).location).toContain('done=saved')
  })

  test.each([
    ['API keys', '/console/settings/api-keys'],
    ['a new user with a password', '/console/users/new'],
    ['somebody’s password', async () => `/console/users/${await person()}/edit`],
    ['an envelope', async () => `/console/emergency/accounts/${await emergency()}/reseal`],
  ])('the page of %s, before anything is typed', async (_, where) => {
    const path = typeof where === 'string' ? where : await where()
    expect((await old.get(path)).location).toBe(`${wantsProof}${encodeURIComponent(path)}`)
    expect((await fresh.get(path)).status).toBe(200)
  })
})

describe('X-17: an old session still does', () => {
  test.each<[string, () => Promise<Request>]>([
    [
      'give a role that manages nothing',
      async () => ({
        path: `/console/users/${await person()}/give`,
        fields: { roleId: roles['editor'] ?? '', scope: 'organization', reason: 'Writes' },
      }),
    ],
    [
      'invite to such a role',
      async () => ({ path: '/console/invitations/new', fields: invitation(roles['viewer'] ?? '') }),
    ],
    [
      'make a role that manages nothing',
      async () => ({
        path: '/console/roles',
        fields: { name: 'Small', key: 'small', purpose: 'Small', rank: '3', 'permission.content.view': 'allow' },
      }),
    ],
    ['make a brand', async () => ({ path: '/console/brands', fields: { name: 'Aurora', slug: 'aurora' } })],
    ['make a group, and add to it', async () => ({ path: '/console/groups', fields: { displayName: 'Writers' } })],
  ])('%s', async (_, request) => {
    const { path, fields = {} } = await request()
    const before = await everything()
    const done = await old.post(path, fields)
    expect([done.status, done.location?.includes(wantsProof)]).toEqual([303, false])
    expect(await everything()).not.toBe(before)
  })

  test('read its pages', async () => {
    for (const path of ['', '/users', '/roles', '/mappings', '/connections', '/directories', '/settings', '/emergency'])
      expect([path, (await old.get(`/console${path}`)).status]).toEqual([path, 200])
    const id = await connection()
    await createTestLink(organization.ctx, id)
    expect((await old.get(`/console/connect/${id}`)).status).toBe(200)
    expect(administrator).toMatch(/^usr_/)
    await giveRole(organization, { userId: await person(), role: 'viewer' })
  })
})

test('X-17: the database knows the same management permissions', async () => {
  const others = ['content.view', 'users.own', 'app.users.read']
  const rows = await app.owner<{ name: string; manages: boolean }[]>`select name, manages_something(name) as manages
    from unnest(${[...managing, '*', 'users.*', ...others]}::text[]) name`
  expect(rows.filter(({ manages }) => !manages).map(({ name }) => name)).toEqual(others)
})

test('X-17: how long a proof counts is the organization’s to say', async () => {
  const policy = { ...signInPolicy, freshProofMinutes: '3' }
  expect((await fresh.post('/console/settings/sign-in', policy)).location).toContain('done=saved')
  const session = await signIn(organization, administrator, { authenticatedAt: hoursAgo(4 / 60) })
  const later = consoleClient(app, { userId: administrator, session })
  expect((await later.post('/console/settings/domains', { name: 'a.example.com' })).location).toContain(wantsProof)
  await fresh.post('/console/settings/sign-in', { ...policy, freshProofMinutes: '5' })
  expect((await later.post('/console/settings/domains', { name: 'a.example.com' })).location).toContain('done=created')
  for (const freshProofMinutes of ['0', '61'])
    expect((await fresh.post('/console/settings/sign-in', { ...policy, freshProofMinutes })).status).toBe(400)
})
