// Rights that cannot be stretched: each detour is tried by somebody who may not do everything, beside the same change within
// their rights.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { setUserPassword } from '#access/accounts/passwords/change-password.ts'
import { createAssignment } from '#access/grants/assignments/create-assignment.ts'
import { deleteAssignment } from '#access/grants/assignments/delete-assignment.ts'
import { updateAssignment } from '#access/grants/assignments/update-assignment.ts'
import { listPolicies } from '#access/grants/policies/policies.ts'
import { cloneRole, createRole } from '#access/grants/roles/create-role.ts'
import { installRolePack } from '#access/grants/roles/install-role-pack.ts'
import { listRoles } from '#access/grants/roles/roles.ts'
import { cancelInvitation, resendInvitation } from '#access/invitations/change-invitation.ts'
import { createInvitation } from '#access/invitations/create-invitation.ts'
import { issueApiKey } from '#access/organizations/api-keys/api-keys.ts'
import { provisionLocalUser, updateLocalGroup } from '#access/people/local.ts'
import { deactivateUser } from '#access/people/status/deactivate-user.ts'
import { reactivateUser } from '#access/people/status/reactivate-user.ts'
import { previewChange, saveChange } from '#access/previews/preview.ts'
import { endUserSessions } from '#access/sign-in/sessions/end-sessions.ts'
import type { CallContext } from '#src/context.ts'
import { startTestApp, type TestApp, type TestOrganization } from '../support/app.ts'
import { attribute, furnishing, give, make, map, policy } from '../support/ceiling-stage.ts'
import { actingAs, beyondCeiling } from '../support/ceilings.ts'
import { consoleClient, createTestBrand } from '../support/console.ts'
import { signIn } from '../support/sessions.ts'

let app: TestApp
let organization: TestOrganization
let owner: string
let admin: string
/** What the owner and the Admin of the pack `owner5` may do: the Admin everything but to change billing. */
let asOwner: CallContext
let asAdmin: CallContext

beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app?.close())

beforeEach(async () => {
  organization = await app.createOrganization()
  await installRolePack(organization.ctx, 'owner5')
  owner = await person('Olga Owner', 'owner')
  admin = await person('Adam Admin', 'admin')
  asOwner = await actingAs(organization, owner)
  asAdmin = await actingAs(organization, admin)
})

const { roleId, person, role, group } = furnishing(() => organization)

const lastAdministrator = { code: 'conflict', reason: 'last_administrator' }

test('a policy is not lifted by somebody whom it excepts in the organization and binds in brands', async () => {
  const excepted = await role(['content.view'])
  await make(organization.ctx, policy('content.edit', [excepted.id]))
  await give(organization.ctx, admin, excepted.id)
  const policyId = (await listPolicies(organization.ctx))[0]?.id ?? ''
  const lift = { kind: 'delete_policy', policyId } as const
  await expect(make(await actingAs(organization, admin), lift)).rejects.toMatchObject(beyondCeiling)
  await make(organization.ctx, lift)
})

describe('X-01: whoever holds more cannot be locked out', () => {
  test('X-01: an Admin gives no owner a role that denies, by whatever way', async () => {
    const deny = await createRole(asAdmin, { key: 'nothing', name: 'Nothing', purpose: 'Denies', denies: ['*'] })
    await expect(give(asAdmin, owner, deny.id)).rejects.toMatchObject(beyondCeiling)
    await expect(map(asAdmin, { groupId: await group([owner]) }, deny.id)).rejects.toMatchObject(beyondCeiling)
    await expect(map(asAdmin, { filter: 'userName sw "olga"' }, deny.id)).rejects.toMatchObject(beyondCeiling)
    const mapped = await group()
    await map(asAdmin, { groupId: mapped }, deny.id)
    const join = { groupId: mapped, members: [{ kind: 'add' as const, ids: [owner] }] }
    await expect(updateLocalGroup(asAdmin, join)).rejects.toMatchObject(beyondCeiling)
    const later = { validFrom: new Date(Date.now() + 86_400_000).toISOString() }
    await expect(give(asAdmin, owner, deny.id, later)).rejects.toMatchObject(beyondCeiling)
    // Somebody who holds no more than they do may be restricted.
    await give(asAdmin, await person('Vera Viewer', 'viewer'), deny.id)
  })

  test('X-01: nor by a group in a group, a policy, or how roles are read', async () => {
    const deny = await createRole(asAdmin, { key: 'nothing', name: 'Nothing', purpose: 'Denies', denies: ['*'] })
    const [inner, outer] = [await group([owner]), await group()]
    await map(asAdmin, { groupId: outer }, deny.id)
    const nest = { groupId: outer, members: [{ kind: 'add' as const, ids: [inner] }] }
    await expect(updateLocalGroup(asAdmin, nest)).rejects.toMatchObject(beyondCeiling)
    await expect(make(asAdmin, policy('billing.manage'))).rejects.toMatchObject(beyondCeiling)
    await expect(make(asAdmin, policy('*', [await roleId('admin')]))).rejects.toMatchObject(beyondCeiling)
    await give(organization.ctx, owner, (await role(['content.view'], [], 500)).id)
    const highest = { kind: 'update_organization', organization: { roleStrategy: 'highest' } } as const
    await expect(make(asAdmin, highest)).rejects.toMatchObject(beyondCeiling)
  })

  test('X-01: nobody, whatever they hold, takes away the last one who can administer', async () => {
    const deny = await role([], ['*'])
    await expect(give(asOwner, owner, deny.id)).rejects.toMatchObject(lastAdministrator)
    await expect(map(asOwner, { groupId: await group([owner]) }, deny.id)).rejects.toMatchObject(lastAdministrator)
    await expect(map(asOwner, { filter: 'active eq true' }, deny.id)).rejects.toMatchObject(lastAdministrator)
    await expect(make(asOwner, policy('roles.manage'))).rejects.toMatchObject(lastAdministrator)
    await expect(make(asOwner, policy('*.manage', [await roleId('admin')]))).rejects.toMatchObject(lastAdministrator)
    const later = { validFrom: new Date(Date.now() + 86_400_000).toISOString() }
    await expect(give(asOwner, owner, deny.id, later)).rejects.toMatchObject(lastAdministrator)
    // Where somebody else can, it may be done; and what only takes other things, anyhow.
    await make(asOwner, policy('content.delete', [await roleId('editor')]))
    const second = await person('Sam Second', 'owner')
    await give(asOwner, second, deny.id)
  })

  test('X-01: the rule looks at the way roles are read, at ranks and at excepted roles', async () => {
    const above = await role(['content.view'], [], 500)
    const highest = { kind: 'update_organization', organization: { roleStrategy: 'highest' } } as const
    await make(asOwner, highest)
    await expect(give(organization.ctx, owner, above.id)).rejects.toMatchObject(lastAdministrator)
    const low = await role(['content.view'], [], 1)
    await give(organization.ctx, owner, low.id)
    const raise = { kind: 'update_role', role: { roleId: low.id, rank: 500 } } as const
    await expect(make(organization.ctx, raise)).rejects.toMatchObject(lastAdministrator)
    await make(organization.ctx, { kind: 'update_organization', organization: { roleStrategy: 'union' } })
    const pass = await give(organization.ctx, owner, above.id)
    await make(organization.ctx, policy('users.manage', [above.id]))
    const drop = { kind: 'delete_assignments', assignmentIds: [pass.id] } as const
    await expect(make(organization.ctx, drop)).rejects.toMatchObject(lastAdministrator)
  })

  test('X-01: a directory that takes in the last administrator by a deny is honoured, with an alarm', async () => {
    const client = await app.createScim()
    const { ctx } = client.organization
    const roles = await listRoles(ctx)
    const boss = await client.post('/Users', { userName: 'boss@example.com' })
    const everything = roles.find(({ key }) => key === 'administrator')?.id ?? ''
    await createAssignment(ctx, { userId: boss.body.id, roleId: everything, reason: 'Runs it' })
    const deny = await createRole(ctx, { key: 'nothing', name: 'Nothing', purpose: 'Denies', denies: ['*'] })
    const made = await client.post('/Groups', { displayName: 'Locked' })
    const mapping = { kind: 'create_mappings', mappings: [{ groupId: made.body.id, roleId: deny.id }] } as const
    const { hash } = await previewChange(ctx, mapping)
    await saveChange(ctx, mapping, hash)
    const join = { op: 'add', path: 'members', value: [{ value: boss.body.id }] }
    const answer = await client.patch(`/Groups/${made.body.id}`, join)
    expect(answer.status).toBe(204)
    const alarms = await app.owner`select kind from alarms where organization_id = ${client.organization.id}`
    expect(alarms).toEqual([{ kind: 'last_administrator' }])
  })
})

describe('X-02: attributes that a filter reads', () => {
  beforeEach(async () => {
    const paid = await role(['billing.manage'])
    await map(organization.ctx, { filter: 'title eq "Finance"' }, paid.id)
    const reading = await role(['content.view'])
    await map(organization.ctx, { filter: 'emails.value ew "@readers.example.com"' }, reading.id)
  })

  test('X-02: nobody writes their own or somebody’s attributes to gain by them', async () => {
    const vera = await person('Vera Viewer', 'viewer')
    for (const userId of [admin, vera])
      await expect(attribute(asAdmin, userId, { title: 'Finance' })).rejects.toMatchObject(beyondCeiling)
    const content = { userName: 'new@example.com', externalId: null, displayName: null, isActive: true }
    const made = provisionLocalUser(asAdmin, { ...content, attributes: { title: 'Finance' } })
    await expect(made).rejects.toMatchObject(beyondCeiling)
    await attribute(asAdmin, vera, { emails: [{ value: 'vera@readers.example.com', primary: true }] })
    await attribute(asOwner, vera, { title: 'Finance' })
  })

  test('X-02: nor takes by them from somebody above', async () => {
    const deny = await role([], ['content.view'])
    await map(organization.ctx, { filter: 'title eq "Gone"' }, deny.id)
    await expect(attribute(asAdmin, owner, { title: 'Gone' })).rejects.toMatchObject(beyondCeiling)
  })
})

describe('X-03: what restricts oneself', () => {
  test('X-03: one’s own deny is not taken back, ended, or left behind in a group', async () => {
    const deny = await role([], ['content.delete'])
    const direct = await give(organization.ctx, admin, deny.id)
    await expect(deleteAssignment(asAdmin, direct.id)).rejects.toMatchObject(beyondCeiling)
    const soon = new Date(Date.now() + 60_000).toISOString()
    const ending = { assignmentId: direct.id, expiresAt: soon }
    await expect(updateAssignment(asAdmin, ending)).rejects.toMatchObject(beyondCeiling)
    const other = await role([], ['content.publish'])
    const denied = await group([admin])
    await map(organization.ctx, { groupId: denied }, other.id)
    await expect(make(asAdmin, { kind: 'remove_members', groupId: denied, memberIds: [admin] })).rejects.toMatchObject(
      beyondCeiling,
    )
    await expect(make(asAdmin, { kind: 'delete_group', groupId: denied })).rejects.toMatchObject(beyondCeiling)
    const weaker = { roleId: deny.id, denies: [] }
    await expect(make(asAdmin, { kind: 'update_role', role: weaker })).rejects.toMatchObject(beyondCeiling)
    // Of somebody else, who holds no more than they do, it is.
    const vera = await person('Vera Viewer', 'viewer')
    await deleteAssignment(asAdmin, (await give(organization.ctx, vera, deny.id)).id)
  })

  test('X-03: one’s own end date is not moved, nor passed by another way', async () => {
    const until = new Date(Date.now() + 86_400_000).toISOString()
    const [dora, adminRole] = [await person('Dora Deputy'), await roleId('admin')]
    const own = await give(organization.ctx, dora, adminRole, { expiresAt: until })
    const asDora = await actingAs(organization, dora)
    for (const expiresAt of [null, new Date(Date.now() + 2 * 86_400_000).toISOString()])
      await expect(updateAssignment(asDora, { assignmentId: own.id, expiresAt })).rejects.toMatchObject(beyondCeiling)
    const copy = await cloneRole(asDora, { roleId: adminRole, key: 'copy', name: 'Copy', purpose: 'The same' })
    await expect(give(asDora, dora, copy.id)).rejects.toMatchObject(beyondCeiling)
    const lasting = await group([dora])
    await expect(map(asDora, { groupId: lasting }, adminRole)).rejects.toMatchObject(beyondCeiling)
    await give(asDora, await person('Vera Viewer'), await roleId('viewer'))
  })

  test('X-03: a policy against oneself stays, and a policy spares nobody but others', async () => {
    await make(organization.ctx, policy('content.delete', [await roleId('owner')]))
    const [{ id: policyId }] =
      (await app.owner`select id from policies where organization_id = ${organization.id}`) as [{ id: string }]
    await expect(make(asAdmin, { kind: 'delete_policy', policyId })).rejects.toMatchObject(beyondCeiling)
    await expect(make(asAdmin, policy('content.edit', [await roleId('admin')]))).rejects.toMatchObject(beyondCeiling)
    await make(asOwner, { kind: 'delete_policy', policyId })
    const above = [await roleId('owner'), await roleId('administrator'), await roleId('admin')]
    await make(asAdmin, policy('content.edit', above))
  })

  test('X-03: how roles are read does not shed a deny', async () => {
    const deny = await role([], ['content.delete'], 1)
    await give(organization.ctx, admin, deny.id)
    const highest = { kind: 'update_organization', organization: { roleStrategy: 'highest' } } as const
    await expect(make(asAdmin, highest)).rejects.toMatchObject(beyondCeiling)
    await make(asOwner, highest)
  })

  test('X-03: an owner’s mapping, group, assignment and account stay', async () => {
    const owners = await group([owner])
    await map(organization.ctx, { groupId: owners }, await roleId('owner'))
    const [{ id }] = (await app.owner`select id from mappings where organization_id = ${organization.id}`) as [
      { id: string },
    ]
    await expect(make(asAdmin, { kind: 'delete_mappings', mappingIds: [id] })).rejects.toMatchObject(beyondCeiling)
    await expect(make(asAdmin, { kind: 'delete_group', groupId: owners })).rejects.toMatchObject(beyondCeiling)
    const brandId = await createTestBrand(organization, 'aurora', 'Aurora')
    await give(organization.ctx, owner, await roleId('viewer'), { brandId })
    await expect(make(asAdmin, { kind: 'delete_brand', brandId })).rejects.toMatchObject(beyondCeiling)
    await expect(deactivateUser(asAdmin, { userId: owner })).rejects.toMatchObject(beyondCeiling)
  })

  test('X-03: in a brand, a new membership does not replace a deny of the organization', async () => {
    await make(organization.ctx, {
      kind: 'update_organization',
      organization: { administratorBrandAccess: 'implicit' },
    })
    const most = await role(['*'], ['content.delete'])
    const lead = await person('Lena Lead')
    await give(organization.ctx, lead, most.id)
    const brandId = await createTestBrand(organization, 'aurora', 'Aurora')
    const asLead = await actingAs(organization, lead)
    const own = give(asLead, lead, await roleId('editor'), { brandId })
    await expect(own).rejects.toMatchObject(beyondCeiling)
    await give(asLead, await person('Vera Viewer'), await roleId('viewer'), { brandId })
  })
})

describe('X-04: what somebody will hold counts as well', () => {
  test('X-04: a role that attributes or first sign-ins give is not widened to administrators’, by nobody', async () => {
    const byFilter = await role(['content.view'])
    await map(organization.ctx, { filter: 'title eq "Finance"' }, byFilter.id)
    for (const allows of [['*'], ['users.*', 'roles.*', 'settings.*', 'billing.*'], ['*.*']])
      await expect(make(asOwner, { kind: 'update_role', role: { roleId: byFilter.id, allows } })).rejects.toMatchObject(
        { code: 'invalid' },
      )
    const byDefault = await role(['content.view'])
    await app.owner`insert into connections (organization_id, id, type, preset, name, status, settings, jit, default_role_id,
      is_idp_initiated_allowed, created_at, updated_at) values (${organization.id}, 'con_x', 'saml', 'generic', 'X', 'draft',
      '{}', 'off', ${byDefault.id}, false, now(), now())`
    for (const allows of [['*.manage'], ['users.*'], ['roles.assign']])
      await expect(
        make(asOwner, { kind: 'update_role', role: { roleId: byDefault.id, allows } }),
      ).rejects.toMatchObject({ code: 'invalid' })
    await make(asOwner, { kind: 'update_role', role: { roleId: byDefault.id, allows: ['content.*'] } })
  })

  test('X-04: a role widened beyond oneself is refused though nobody holds it yet', async () => {
    const own = await createRole(asAdmin, { key: 'own', name: 'Own', purpose: 'Own', allows: ['content.view'] })
    const widened = { roleId: own.id, allows: ['content.view', 'billing.manage'] }
    await expect(make(asAdmin, { kind: 'update_role', role: widened })).rejects.toMatchObject(beyondCeiling)
    await make(asAdmin, { kind: 'update_role', role: { roleId: own.id, allows: ['content.*'] } })
    const wild = { key: 'wild', name: 'Wild', purpose: 'Wild', allows: ['*.manage'] }
    await expect(createRole(asAdmin, wild)).rejects.toMatchObject(beyondCeiling)
  })

  test('X-04: accounts of whoever will be an owner are theirs', async () => {
    const heir = await person('Hans Heir')
    const validFrom = new Date(Date.now() + 86_400_000).toISOString()
    const later = await give(organization.ctx, heir, await roleId('owner'), { validFrom })
    const password = { userId: heir, password: 'correct horse battery staple' }
    await expect(setUserPassword(asAdmin, password)).rejects.toMatchObject(beyondCeiling)
    const emails = [{ value: 'mine@example.com', primary: true }]
    await expect(attribute(asAdmin, heir, { emails })).rejects.toMatchObject(beyondCeiling)
    await expect(endUserSessions(asAdmin, { userId: heir, reason: 'revoked' })).rejects.toMatchObject(beyondCeiling)
    await expect(deactivateUser(asAdmin, { userId: heir })).rejects.toMatchObject(beyondCeiling)
    await expect(deleteAssignment(asAdmin, later.id)).rejects.toMatchObject(beyondCeiling)
    const vera = await person('Vera Viewer', 'viewer')
    await setUserPassword(asAdmin, { ...password, userId: vera })
    expect(await endUserSessions(asAdmin, { userId: vera, reason: 'revoked' })).toBe(0)
  })

  test('X-04: an ex-owner is not brought back, whatever is restored, and an owner’s sessions go on', async () => {
    const gone = await person('Gina Gone', 'owner')
    await deactivateUser(organization.ctx, { userId: gone })
    for (const restore of ['all', 'none'] as const)
      await expect(reactivateUser(asAdmin, { userId: gone, restore })).rejects.toMatchObject(beyondCeiling)
    const ending = endUserSessions(asAdmin, { userId: owner, reason: 'revoked' })
    await expect(ending).rejects.toMatchObject(beyondCeiling)
    const vera = await person('Vera Viewer', 'viewer')
    await deactivateUser(asAdmin, { userId: vera })
    expect((await reactivateUser(asAdmin, { userId: vera, restore: 'all' })).status).toBe('active')
  })

  test('X-04: invitations to more than the inviter holds are neither made, sent again nor cancelled', async () => {
    const [ownerRole, viewer] = [await roleId('owner'), await roleId('viewer')]
    const above = { email: 'boss@example.com', roleId: ownerRole }
    await expect(createInvitation(asAdmin, above)).rejects.toMatchObject(beyondCeiling)
    const { id } = await createInvitation(organization.ctx, above)
    await expect(resendInvitation(asAdmin, id)).rejects.toMatchObject(beyondCeiling)
    await expect(cancelInvitation(asAdmin, id)).rejects.toMatchObject(beyondCeiling)
    const own = await createInvitation(asAdmin, { email: 'vera@example.com', roleId: viewer })
    await resendInvitation(asAdmin, own.id)
    await cancelInvitation(asAdmin, own.id)
  })

  test('X-04: keys that may do everything are for whoever may', async () => {
    await expect(issueApiKey(asAdmin, { name: 'Mine' })).rejects.toMatchObject(beyondCeiling)
    expect((await issueApiKey(asOwner, { name: 'Ours' })).key).toMatch(/^rck_/)
  })
})

describe('X-05: policies bind management permissions', () => {
  test('X-05: whoever is denied the audit trail has none, on pages and in exports', async () => {
    const client = consoleClient(app, { userId: admin, session: await signIn(organization, admin) })
    expect((await client.get('/console/audit')).status).toBe(200)
    await make(organization.ctx, policy('audit.view', [await roleId('owner')]))
    expect((await client.get('/console/audit')).status).toBe(403)
    expect((await client.get('/console/audit/export?format=csv')).status).toBe(403)
    const mine = consoleClient(app, { userId: owner, session: await signIn(organization, owner) })
    expect((await mine.get('/console/audit')).status).toBe(200)
  })

  test('X-05: a policy of one brand binds there, and a deny of every kind binds everywhere', async () => {
    const brandId = await createTestBrand(organization, 'aurora', 'Aurora')
    const lead = await person('Lena Lead')
    await give(organization.ctx, lead, await roleId('admin'), { brandId })
    const before = await actingAs(organization, lead)
    expect(before.brandPermissions?.get(brandId)?.has('assignments.write')).toBe(true)
    const ruled = { name: 'No roles here', permission: 'roles.assign', brandId, exceptRoleIds: [] }
    await make(organization.ctx, { kind: 'create_policy', policy: ruled })
    const after = await actingAs(organization, lead)
    expect(after.brandPermissions?.get(brandId)?.has('assignments.write')).toBe(false)
    await give(organization.ctx, admin, (await role([], ['users.*'])).id)
    const bound = await actingAs(organization, admin)
    expect(bound.permissions !== 'all' && bound.permissions.has('users.write')).toBe(false)
  })
})

test('what the preview would refuse is refused with the person and the permission by name', async () => {
  const deny = await role([], ['content.delete'])
  const change = { kind: 'create_mappings', mappings: [{ groupId: await group([owner]), roleId: deny.id }] } as const
  await expect(previewChange(asAdmin, change)).rejects.toMatchObject({
    ...beyondCeiling,
    message: expect.stringMatching(/Olga Owner.*go beyond your own/),
    extensions: { concerns: { id: owner, brandId: null } },
  })
})
