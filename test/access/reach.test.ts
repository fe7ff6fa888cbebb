// Who can say who somebody is, can be anybody: connections, directories, domains, applications and setup links in the hands of
// somebody who connects systems and may do little else; and who comes in by an invitation or a directory.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createApplication } from '#access/applications/create-application.ts'
import { rotateApplicationSecret } from '#access/applications/rotate-application-secret.ts'
import { updateApplication } from '#access/applications/update-application.ts'
import { createAssignment } from '#access/grants/assignments/create-assignment.ts'
import { managing } from '#access/grants/managers/management.ts'
import { createRole } from '#access/grants/roles/create-role.ts'
import { installRolePack } from '#access/grants/roles/install-role-pack.ts'
import { listRoles } from '#access/grants/roles/roles.ts'
import { createInvitation } from '#access/invitations/create-invitation.ts'
import { previewChange, saveChange } from '#access/previews/preview.ts'
import { setConnectionStatus } from '#access/sign-in/connection-status.ts'
import { requireOrdinaryRole } from '#access/sign-in/default-role.ts'
import { createDirectory } from '#connections/directories/create-directory.ts'
import { issueDirectoryToken } from '#connections/directories/issue-directory-token.ts'
import { updateDirectory } from '#connections/directories/update-directory.ts'
import { addDomain, removeDomain, verifyDomain } from '#connections/domains/change-domains.ts'
import { createSetupLink } from '#connections/setup-links/change-setup-links.ts'
import { createConnection } from '#connections/sign-in/create-connection.ts'
import { updateConnection } from '#connections/sign-in/update-connection.ts'
import type { CallContext } from '#src/context.ts'
import { startTestApp, type TestApp, type TestOrganization } from '../support/app.ts'
import { actingAs, beyondCeiling } from '../support/ceilings.ts'
import { createPerson } from '../support/people.ts'
import { type ScimClient, scimClient } from '../support/scim.ts'
import { createSamlConnection } from '../support/sign-in.ts'

let app: TestApp
let organization: TestOrganization
let owner: string
/** May connect systems, and see settings. */
let integrator: CallContext
let asOwner: CallContext

beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app?.close())

beforeEach(async () => {
  await app.owner`delete from domains`
  organization = await app.createOrganization()
  await installRolePack(organization.ctx, 'owner5')
  owner = await holder('olga@example.com', 'owner')
  await createRole(organization.ctx, {
    ...{ key: 'integrator', name: 'Integrator', purpose: 'Connects systems', rank: 20 },
    allows: ['settings.*'],
  })
  integrator = await actingAs(organization, await holder('ivo@other.example.com', 'integrator'))
  asOwner = await actingAs(organization, owner)
})

const roleId = async (key: string): Promise<string> =>
  (await listRoles(organization.ctx)).find((role) => role.key === key)?.id ?? ''

async function holder(userName: string, key?: string): Promise<string> {
  const id = await createPerson(organization, userName)
  await app.owner`update users set attributes = ${app.owner.json({ emails: [{ value: userName, primary: true }] })}
    where id = ${id}`
  await app.owner`insert into user_emails (organization_id, value_key, user_id) values (${organization.id}, ${userName}, ${id})`
  if (key !== undefined)
    await createAssignment(organization.ctx, { userId: id, roleId: await roleId(key), reason: 'Test' })
  return id
}

const proveDomain = ({ ctx }: TestOrganization, name: string) => addDomain(ctx, { name, isVerified: true })

async function map(target: object, key: string): Promise<void> {
  const change = { kind: 'create_mappings', mappings: [{ ...target, roleId: await roleId(key) }] } as const
  const { hash } = await previewChange(organization.ctx, change)
  await saveChange(organization.ctx, change, hash)
}

const link = (connectionId: string, userId: string) =>
  app.owner`insert into identities (organization_id, connection_id, subject, user_id, created_at)
    values (${organization.id}, ${connectionId}, ${userId}, ${userId}, now())`

async function directoryOf(): Promise<{ directoryId: string; scim: ScimClient }> {
  const { directoryId, token } = await app.createDirectory(organization)
  return { directoryId, scim: scimClient((path, init) => app.request(path, init), { directoryId, token }) }
}

describe('X-06: connections', () => {
  const oidc = { type: 'oidc', issuer: 'https://op.example.net', clientId: 'x', clientSecret: 'secret' } as const

  test('X-06: a draft may be made, and opens after a test; by force for whoever may do everything', async () => {
    const { id } = await createConnection(integrator, oidc, requireOrdinaryRole)
    const open = { connectionId: id, status: 'optional' } as const
    for (const ctx of [integrator, asOwner, organization.ctx])
      await expect(setConnectionStatus(ctx, open)).rejects.toMatchObject({ code: 'conflict', reason: 'not_tested' })
    await expect(setConnectionStatus(integrator, { ...open, isForced: true })).rejects.toMatchObject(beyondCeiling)
    expect((await setConnectionStatus(asOwner, { ...open, isForced: true })).status).toBe('optional')
    const [row] =
      await app.owner`select detail from audit_events where target_id = ${id} and action = 'connection.status'`
    expect(row?.['detail']).toMatchObject({ isForced: true, status: 'optional' })
  })

  test('X-06: one that an owner comes by is not changed, opened, closed or given another secret', async () => {
    const connection = await createSamlConnection(organization)
    await link(connection.id, owner)
    const { id: connectionId } = connection
    await expect(updateConnection(integrator, { connectionId, jit: 'off' }, requireOrdinaryRole)).rejects.toMatchObject(
      beyondCeiling,
    )
    await expect(
      updateConnection(integrator, { connectionId, isSha1Allowed: true }, requireOrdinaryRole),
    ).rejects.toMatchObject(beyondCeiling)
    for (const status of ['disabled', 'draft', 'enforced'] as const)
      await expect(setConnectionStatus(integrator, { connectionId, status })).rejects.toMatchObject(beyondCeiling)
    expect((await updateConnection(asOwner, { connectionId, jit: 'off' }, requireOrdinaryRole)).jit).toBe('off')
  })

  test('X-06: nor opened where addresses would link somebody who may do more', async () => {
    const { id: connectionId } = await createConnection(integrator, oidc, requireOrdinaryRole)
    await app.owner`update connections set status = 'tested', tested_at = now() where id = ${connectionId}`
    await holder('edda@work.example.com', 'editor')
    await proveDomain(organization, 'work.example.com')
    const open = { connectionId, status: 'optional' } as const
    await expect(setConnectionStatus(integrator, open)).rejects.toMatchObject(beyondCeiling)
    await removeDomain(organization.ctx, 'work.example.com')
    // Owners are linked by no address, so that theirs does not stand in the way.
    await proveDomain(organization, 'example.com')
    expect((await setConnectionStatus(integrator, open)).status).toBe('optional')
  })

  test('X-06: nor bound to a directory, a role or a group that is beyond them', async () => {
    const { directoryId, scim } = await directoryOf()
    await map({ groupId: await scim.group('Owners', []) }, 'owner')
    const draft = await createConnection(integrator, oidc, requireOrdinaryRole)
    await expect(createConnection(integrator, { ...oidc, directoryId }, requireOrdinaryRole)).rejects.toMatchObject(
      beyondCeiling,
    )
    const bind = { connectionId: draft.id, directoryId }
    await expect(updateConnection(integrator, bind, requireOrdinaryRole)).rejects.toMatchObject(beyondCeiling)
    const other = await createSamlConnection(organization)
    const group = await scim.group('Claimed', [])
    await map({ groupId: group }, 'owner')
    await app.owner`insert into connection_groups (organization_id, connection_id, value, group_id)
      values (${organization.id}, ${other.id}, 'claimed', ${group})`
    await expect(
      updateConnection(integrator, { connectionId: other.id, jit: 'off' }, requireOrdinaryRole),
    ).rejects.toMatchObject(beyondCeiling)
  })
})

describe('X-06: directories', () => {
  test('X-06: a token for one whose group is mapped beyond them, empty or not, is not issued', async () => {
    const { directoryId, scim } = await directoryOf()
    expect((await issueDirectoryToken(integrator, { directoryId })).token).toMatch(/^rcs_/)
    await map({ groupId: await scim.group('Owners', []) }, 'owner')
    await expect(issueDirectoryToken(integrator, { directoryId })).rejects.toMatchObject(beyondCeiling)
    const off = { directoryId, status: 'disabled' } as const
    await expect(updateDirectory(integrator, off)).rejects.toMatchObject(beyondCeiling)
    expect((await updateDirectory(integrator, { directoryId, name: 'Renamed' })).name).toBe('Renamed')
    expect((await issueDirectoryToken(asOwner, { directoryId })).token).toMatch(/^rcs_/)
  })

  test('X-06: nor a new one made, where a filter gives more than they hold by attributes', async () => {
    await createDirectory(integrator, { name: 'First' })
    await map({ filter: 'title eq "Editor"' }, 'editor')
    await expect(createDirectory(integrator, { name: 'Second' })).rejects.toMatchObject(beyondCeiling)
    await expect(createSetupLink(integrator, { label: 'Me' })).rejects.toMatchObject(beyondCeiling)
  })

  test('X-06: a setup link does what its maker may, also after things have changed', async () => {
    const { token, link: made } = await createSetupLink(integrator, { label: 'Me' })
    const post = (path: string, fields: Record<string, string>) =>
      app.request(`/setup/${token}${path}`, {
        method: 'POST',
        headers: {
          ...{ 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' },
          ...{ origin: app.urls.origin, 'sec-fetch-site': 'same-origin' },
        },
        body: new URLSearchParams(fields).toString(),
      })
    expect((await post('', { preset: 'okta', type: 'saml' })).status).toBe(303)
    expect((await post('/token', {})).status).toBe(200)
    const [row] = await app.owner`select directory_id from setup_links where id = ${made.id}`
    const ctx: CallContext = { ...organization.ctx, actor: { type: 'directory', id: row?.['directory_id'] } }
    const { createGroup } = await import('#directory/create-group.ts')
    const content = { displayName: 'Owners', externalId: null, attributes: {} }
    const group = await createGroup(ctx, { directoryId: row?.['directory_id'], content, memberIds: [] })
    await map({ groupId: group.id }, 'owner')
    expect((await post('/token', {})).status).toBe(403)
  })
})

describe('X-06: domains and applications', () => {
  test('X-06: a domain with an owner’s address is proven and given up by whoever may do everything', async () => {
    for (const name of ['example.com', 'empty.example.com']) {
      const { challenge } = await addDomain(integrator, { name })
      app.txt.set(`_rolecall.${name}`, [`rolecall-domain-verification=${challenge}`])
    }
    await expect(verifyDomain(integrator, 'example.com')).rejects.toMatchObject(beyondCeiling)
    expect((await verifyDomain(integrator, 'empty.example.com')).status).toBe('verified')
    expect((await verifyDomain(asOwner, 'example.com')).status).toBe('verified')
    await expect(removeDomain(integrator, 'example.com')).rejects.toMatchObject(beyondCeiling)
    await removeDomain(integrator, 'empty.example.com')
    await removeDomain(asOwner, 'example.com')
  })

  test('X-06: an application’s addresses and secret are not for whoever may do less than those who sign in', async () => {
    const wanted = { name: 'Mine', redirectUris: ['https://app.example.com/callback'] }
    await expect(createApplication(integrator, wanted)).rejects.toMatchObject(beyondCeiling)
    const { application } = await createApplication(asOwner, wanted)
    const change = { applicationId: application.id, redirectUris: ['https://evil.example.net/callback'] }
    await expect(updateApplication(integrator, change)).rejects.toMatchObject(beyondCeiling)
    const logout = { applicationId: application.id, backchannelLogoutUri: 'https://evil.example.net/logout' }
    await expect(updateApplication(integrator, logout)).rejects.toMatchObject(beyondCeiling)
    await expect(rotateApplicationSecret(integrator, application.id)).rejects.toMatchObject(beyondCeiling)
    const named = await updateApplication(integrator, { applicationId: application.id, name: 'Ours' })
    expect(named.name).toBe('Ours')
  })
})

describe('X-10: nobody is invited past those who would let them in', () => {
  const invite = async (email: string) => createInvitation(organization.ctx, { email, roleId: await roleId('viewer') })

  test('X-10: whoever waits behind a staged directory is not, and keeps what they hold', async () => {
    const made = await createDirectory(organization.ctx, { name: 'Staged', arrivals: 'staged' })
    const { id: directoryId } = made.directory
    const scim = scimClient((path, init) => app.request(path, init), { directoryId, token: made.token.token })
    const emails = [{ value: 'boss@example.com', primary: true }]
    const boss = await scim.user('boss@example.com', { emails })
    await map({ groupId: await scim.group('Owners', [boss]) }, 'owner')
    await createAssignment(organization.ctx, { userId: boss, roleId: await roleId('viewer'), reason: 'Early' })
    await expect(invite('boss@example.com')).rejects.toMatchObject({ code: 'conflict', reason: 'waiting' })
    const [row] =
      await app.owner`select status, (select count(*)::int from assignments a where a.user_id = u.id) as held
      from users u where id = ${boss}`
    expect(row).toEqual({ status: 'invited', held: 1 })
    expect((await invite('new@example.com')).status).toBe('pending')
  })

  test('X-10: nor whoever is inactive; and what an earlier invitation left is dropped with an audit row', async () => {
    const gone = await holder('gone@example.com')
    await app.owner`update users set status = 'inactive', status_reason = 'administrator' where id = ${gone}`
    await expect(invite('gone@example.com')).rejects.toMatchObject({ code: 'conflict', reason: 'uniqueness' })
    const first = await invite('late@example.com')
    const { cancelInvitation } = await import('#access/invitations/change-invitation.ts')
    await cancelInvitation(organization.ctx, first.id)
    await createAssignment(organization.ctx, { userId: first.userId, roleId: await roleId('editor'), reason: 'Early' })
    await invite('late@example.com')
    const audited = await app.owner`select detail ->> 'at' as at from audit_events
      where organization_id = ${organization.id} and action = 'assignment.delete' order by id`
    expect(audited.map(({ at }) => at)).toEqual(['invitation_cancelled', 'invitation'])
  })
})

describe('X-11: a directory completes invitations within bounds', () => {
  const bring = (scim: ScimClient, userName: string) =>
    scim.post('/Users', {
      ...{ schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName },
      emails: [{ value: userName, primary: true }],
    })

  const alarms = () => app.owner`select kind, detail from alarms where organization_id = ${organization.id}`

  test('X-11: of people who are invited to manage something, it completes none, and an alarm tells', async () => {
    await proveDomain(organization, 'x11.example.com')
    const { scim } = await directoryOf()
    const invitation = await createInvitation(organization.ctx, {
      email: 'boss@x11.example.com',
      roleId: await roleId('owner'),
    })
    for (const userName of ['boss@x11.example.com', 'BOSS@x11.example.com'])
      expect((await bring(scim, userName)).status).toBe(409)
    const [row] = await app.owner`select status, directory_id from users where id = ${invitation.userId}`
    expect(row).toEqual({ status: 'invited', directory_id: null })
    expect(await alarms()).toMatchObject([{ kind: 'invitation_claimed' }, { kind: 'invitation_claimed' }])
    await createInvitation(organization.ctx, { email: 'vera@x11.example.com', roleId: await roleId('viewer') })
    expect((await bring(scim, 'vera@x11.example.com')).status).toBe(201)
  })

  test('X-11: nor where nobody has proven the domain of the address', async () => {
    const { scim } = await directoryOf()
    await createInvitation(organization.ctx, { email: 'vera@elsewhere.example.com', roleId: await roleId('viewer') })
    expect((await bring(scim, 'vera@elsewhere.example.com')).status).toBe(409)
    expect(await alarms()).toHaveLength(1)
    expect((await bring(scim, 'other@elsewhere.example.com')).status).toBe(201)
  })

  test('X-11: and where its people wait, so does whoever was invited', async () => {
    await proveDomain(organization, 'x11.example.com')
    const made = await createDirectory(organization.ctx, { name: 'Staged', arrivals: 'staged' })
    const { id: directoryId } = made.directory
    const scim = scimClient((path, init) => app.request(path, init), { directoryId, token: made.token.token })
    const invitation = await createInvitation(organization.ctx, {
      email: 'wanda@x11.example.com',
      roleId: await roleId('viewer'),
    })
    const answer = await bring(scim, 'wanda@x11.example.com')
    expect([answer.status, answer.body.id, answer.body.active]).toEqual([201, invitation.userId, true])
    const [row] = await app.owner`select status, directory_id from users where id = ${invitation.userId}`
    expect(row).toEqual({ status: 'invited', directory_id: directoryId })
    const { approveUser } = await import('#access/people/status/approve-user.ts')
    expect((await approveUser(organization.ctx, invitation.userId)).status).toBe('active')
  })
})

test('what the database takes for managing is what the service takes for it', async () => {
  for (const name of managing) {
    const role = await createRole(organization.ctx, {
      key: `r-${name.replace('.', '-')}`,
      name,
      purpose: name,
      allows: [name],
    })
    const id = await createPerson(organization, `${name}@example.com`)
    await createAssignment(organization.ctx, { userId: id, roleId: role.id, reason: 'Test' })
    const [row] = await app.owner`select manages_anything(${organization.id}, ${id}) as manages`
    expect([name, row?.['manages']]).toEqual([name, true])
  }
  const plain = await holder('plain@example.com', 'editor')
  const [row] = await app.owner`select manages_anything(${organization.id}, ${plain}) as manages`
  expect(row?.['manages']).toBe(false)
})
