// Detours around the ceiling that go by time, by brands, by the organization's settings or by who may come in: each beside a
// change of the same form within the caller's rights.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { setUserPassword } from '#access/accounts/passwords/change-password.ts'
import { updateAssignment } from '#access/grants/assignments/update-assignment.ts'
import { createBrand } from '#access/grants/brands/create-brand.ts'
import { updateBrand } from '#access/grants/brands/update-brand.ts'
import { rightsOfKey } from '#access/grants/managers/key-scope.ts'
import { installRolePack } from '#access/grants/roles/install-role-pack.ts'
import { createInvitation } from '#access/invitations/create-invitation.ts'
import { settleAlarm } from '#access/notices/alarms/settle-alarm.ts'
import { issueApiKey } from '#access/organizations/api-keys/api-keys.ts'
import { updateSettings } from '#access/organizations/settings.ts'
import { previewBulk } from '#access/people/bulk/preview-bulk.ts'
import { updateLocalGroup } from '#access/people/local.ts'
import { deactivateUser } from '#access/people/status/deactivate-user.ts'
import { previewReactivation } from '#access/people/status/preview-reactivation.ts'
import { setConnectionStatus } from '#access/sign-in/connection-status.ts'
import { updateSignInPolicy } from '#access/sign-in/policy/sign-in-policy.ts'
import { endUnsponsored } from '#access/upkeep/sponsors.ts'
import { revokeDirectoryToken } from '#connections/directories/revoke-directory-token.ts'
import { updateDirectory } from '#connections/directories/update-directory.ts'
import { addDomain, bindDomain } from '#connections/domains/change-domains.ts'
import { createGroup } from '#directory/create-group.ts'
import type { CallContext } from '#src/context.ts'
import { startTestApp, type TestApp, type TestOrganization } from '../support/app.ts'
import { attribute, furnishing, give, make, map, policy } from '../support/ceiling-stage.ts'
import { actingAs, beyondCeiling } from '../support/ceilings.ts'
import { createTestBrand } from '../support/console.ts'
import { scimClient } from '../support/scim.ts'
import { createSamlConnection } from '../support/sign-in.ts'

let app: TestApp
let organization: TestOrganization
let owner: string
let admin: string
let asOwner: CallContext
let asAdmin: CallContext

beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app?.close())

const { roleId, person, role, group } = furnishing(() => organization)

beforeEach(async () => {
  organization = await app.createOrganization()
  await installRolePack(organization.ctx, 'owner5')
  owner = await person('Olga Owner', 'owner')
  admin = await person('Adam Admin', 'admin')
  asOwner = await actingAs(organization, owner)
  asAdmin = await actingAs(organization, admin)
})

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString()

const password = 'Correct-Horse-77-battery'

const lastAdministrator = { code: 'conflict', reason: 'last_administrator' }

/** Somebody with one role of their own, acting. */
async function acting(name: string, allows: string[], denies: string[] = []): Promise<CallContext> {
  const id = await person(name)
  await give(organization.ctx, id, (await role(allows, denies)).id)
  return actingAs(organization, id)
}

const keyFor = (...permissions: string[]) => ({ name: 'K', access: 'permissions' as const, permissions })

const idOf = async (table: string): Promise<string> => {
  const [row] = await app.owner`select id from ${app.owner(table)}
    where organization_id = ${organization.id} order by id desc limit 1`
  return String(row?.['id'])
}

async function directoryGroup(directoryId: string): Promise<string> {
  const content = { displayName: 'Bosses', externalId: 'bosses', attributes: {} }
  return (await createGroup(organization.ctx, { directoryId, content, memberIds: [] })).id
}

describe('X-02: what a policy takes from everybody gives nobody anything', () => {
  test('X-02: whoever has everything but one thing stays below who has it, whatever policies there are', async () => {
    const max = await person('Max Most')
    await give(organization.ctx, max, (await role(['*'], ['billing.manage'], 95)).id)
    const vera = await person('Vera Viewer', 'viewer')
    await make(organization.ctx, policy('content.delete'))
    const asMax = await actingAs(organization, max)
    for (const userId of [max, vera])
      await expect(give(asMax, userId, await roleId('owner'))).rejects.toMatchObject(beyondCeiling)
    await expect(setUserPassword(asMax, { userId: owner, password })).rejects.toMatchObject(beyondCeiling)
    await deactivateUser(organization.ctx, { userId: owner })
    await expect(setUserPassword(asMax, { userId: owner, password })).rejects.toMatchObject(beyondCeiling)
    // The policy binds them as it binds all: it may be lifted again.
    await make(asMax, { kind: 'delete_policy', policyId: await idOf('policies') })
    await setUserPassword(asMax, { userId: vera, password })
  })

  test('X-02: an administrator whom a policy binds looks after those whom it excepts, and gets nothing by it', async () => {
    const editor = await roleId('editor')
    await make(organization.ctx, policy('content.publish', [editor]))
    asOwner = await actingAs(organization, owner)
    const [eda, brandId] = [await person('Eda Editor', 'editor'), await createTestBrand(organization, 'one', 'One')]
    await give(asOwner, await person('Vera Viewer'), editor)
    await updateBrand(asOwner, { brandId, slug: 'other' })
    await deactivateUser(asOwner, { userId: eda })
    for (const key of [keyFor('content.publish'), { name: 'K', access: 'everything' as const }])
      await expect(issueApiKey(asOwner, key)).rejects.toMatchObject(beyondCeiling)
    await expect(give(asOwner, owner, editor)).rejects.toMatchObject(beyondCeiling)
    const lift = { kind: 'delete_policy', policyId: await idOf('policies') } as const
    await expect(make(asOwner, lift)).rejects.toMatchObject(beyondCeiling)
  })

  test('X-02: a key has what its maker may do, not what their role says', async () => {
    await make(organization.ctx, policy('settings.integrations', [await roleId('owner')]))
    asAdmin = await actingAs(organization, admin)
    const key = keyFor('settings.integrations')
    await expect(issueApiKey(asAdmin, key)).rejects.toMatchObject(beyondCeiling)
    await issueApiKey(asAdmin, { ...key, permissions: ['users.read'] })
  })

  test('X-02: a key lifts no policy, and no role counts for less while one holds', async () => {
    const rights = rightsOfKey({
      ...{ access: 'permissions', permissions: ['roles.*', 'users.*', 'app.gold'], brandIds: null },
      addressRanges: null,
    })
    const key: CallContext = { ...organization.ctx, actor: { type: 'api_key', id: 'key_1' }, ...rights }
    await make(organization.ctx, policy('app.gold'))
    const lift = { kind: 'delete_policy', policyId: await idOf('policies') } as const
    await expect(make(key, lift)).rejects.toMatchObject(beyondCeiling)
    await make(organization.ctx, policy('billing.manage', [await roleId('admin')]))
    asAdmin = await actingAs(organization, admin)
    const vera = await person('Vera Viewer', 'viewer')
    const pays = await role(['billing.manage'])
    await expect(give(asAdmin, vera, pays.id)).rejects.toMatchObject(beyondCeiling)
    await give(asAdmin, vera, (await role(['content.edit'])).id)
  })

  test('X-02: patterns that meet only in one name are told apart by it', async () => {
    const tom = await person('Tom Target')
    await give(organization.ctx, tom, (await role(['app.a.*.*'])).id)
    const mine = await role(['app.*', 'users.*', 'roles.*'], ['app.*.*.c'])
    const actor = await person('Ada Actor')
    await give(organization.ctx, actor, mine.id)
    await make(organization.ctx, policy('app.*.b.*', [mine.id, await roleId('owner')]))
    const lift = { kind: 'delete_policy', policyId: await idOf('policies') } as const
    await expect(make(await actingAs(organization, actor), lift)).rejects.toMatchObject(beyondCeiling)
  })

  test('X-02: a restriction in a brand binds there what somebody holds in the organization', async () => {
    const brandId = await createTestBrand(organization, 'one', 'One')
    await make(organization.ctx, { kind: 'update_organization', organization: { roleStrategy: 'highest' } })
    await give(organization.ctx, admin, (await role(['content.view'], ['content.publish'], 5)).id, { brandId })
    const vera = await person('Vera Viewer')
    const publishes = await role(['content.publish'])
    await expect(give(asAdmin, vera, publishes.id, { brandId })).rejects.toMatchObject(beyondCeiling)
    await give(asAdmin, vera, publishes.id)
  })

  test('X-02: a group that is still empty stands for whoever comes into it', async () => {
    const { directoryId } = await app.createDirectory(organization)
    const groupId = await directoryGroup(directoryId)
    const [pays, not] = [await role(['billing.*']), await role(['content.view'], ['billing.manage', 'content.edit'])]
    await map(organization.ctx, { groupId }, pays.id)
    await map(organization.ctx, { groupId }, not.id)
    const denies = (list: string[]) => ({ kind: 'update_role', role: { roleId: not.id, denies: list } }) as const
    await expect(make(asAdmin, denies([]))).rejects.toMatchObject(beyondCeiling)
    await make(asAdmin, denies(['billing.manage']))
  })

  test('X-02: what somebody would hold by being deactivated counts, and what shed members held', async () => {
    await map(organization.ctx, { filter: 'active eq false' }, (await role(['billing.manage'])).id)
    const vera = await person('Vera Viewer', 'viewer')
    await expect(deactivateUser(asAdmin, { userId: vera })).rejects.toMatchObject(beyondCeiling)
    const paul = await person('Paul Payer')
    await give(organization.ctx, paul, (await role(['billing.manage'])).id)
    const [inner, outer] = [await group([paul]), await group()]
    await updateLocalGroup(organization.ctx, { groupId: outer, members: [{ kind: 'add', ids: [inner] }] })
    await map(organization.ctx, { groupId: outer }, (await role([], ['billing.*'])).id)
    await expect(make(asAdmin, { kind: 'delete_group', groupId: inner })).rejects.toMatchObject(beyondCeiling)
  })

  test('X-02: a title that a filter reads is as good as the role behind it', async () => {
    await map(organization.ctx, { filter: 'title eq "Boss"' }, (await role(['billing.manage'])).id)
    const vera = await person('Vera Viewer', 'viewer')
    await expect(attribute(asAdmin, vera, { title: 'Boss' })).rejects.toMatchObject(beyondCeiling)
    await attribute(asAdmin, vera, { title: 'Clerk' })
  })

  describe('X-03: rights that end stay rights that end', () => {
    test('X-03: nothing that somebody issues outlasts what they hold', async () => {
      const tim = await person('Tim Temp')
      await give(organization.ctx, tim, await roleId('admin'), { expiresAt: inDays(1) })
      const asTim = await actingAs(organization, tim)
      const key = keyFor('users.read')
      for (const expiresAt of [null, inDays(2)])
        await expect(issueApiKey(asTim, { ...key, expiresAt })).rejects.toMatchObject(beyondCeiling)
      await issueApiKey(asTim, { ...key, expiresAt: inDays(0.5) })
      const brandId = await createTestBrand(organization, 'one', 'One')
      await expect(give(asTim, tim, await roleId('viewer'), { brandId })).rejects.toMatchObject(beyondCeiling)
      await give(asTim, tim, await roleId('viewer'), { brandId, expiresAt: inDays(0.5) })
    })

    test('X-03: a key with limited access issues no key', async () => {
      const scope = keyFor('settings.manage', 'users.*')
      const { key } = await issueApiKey(organization.ctx, { ...scope, addressRanges: ['0.0.0.0/0', '::/0'] })
      const issue = (secret: string) =>
        app.request('/api/v1/api-keys', {
          method: 'POST',
          headers: { Authorization: `Bearer ${secret}`, 'Content-Type': 'application/json' },
          body: JSON.stringify({ ...scope, expiresAt: null }),
        })
      expect((await issue(key)).status).toBe(403)
      const whole = await issueApiKey(organization.ctx, { name: 'All', access: 'everything' })
      expect((await issue(whole.key)).status).toBe(201)
    })

    test('X-03: who vouches for an assignment is no way to end it, or to keep it', async () => {
      const gone = await person('Gus Gone')
      await deactivateUser(organization.ctx, { userId: gone })
      const brandId = await createTestBrand(organization, 'one', 'One')
      const views = await role(['content.view'])
      const sponsor = 'gus.gone@example.com'
      const { id: ofOwner } = await give(organization.ctx, owner, views.id, { brandId })
      await expect(updateAssignment(asAdmin, { assignmentId: ofOwner, sponsor })).rejects.toMatchObject(beyondCeiling)
      const { id: own } = await give(organization.ctx, admin, views.id, { brandId, sponsor: 'Sue' })
      await expect(updateAssignment(asAdmin, { assignmentId: own, sponsor: null })).rejects.toMatchObject(beyondCeiling)
      const vera = await person('Vera Viewer')
      const { id } = await give(organization.ctx, vera, views.id, { brandId })
      expect(await updateAssignment(asAdmin, { assignmentId: id, sponsor })).toMatchObject({ sponsor })
    })
  })

  describe('X-04: an administrator whose time ends is none for good', () => {
    test('X-04: the last one without an end is neither ended, deactivated nor demoted', async () => {
      const tim = await person('Tim Temp')
      const { id: temporary } = await give(organization.ctx, tim, await roleId('owner'), { expiresAt: inDays(1) })
      const asTim = await actingAs(organization, tim)
      const [row] = await app.owner`select id from assignments where user_id = ${owner}`
      const assignmentId = String(row?.['id'])
      await expect(deactivateUser(asTim, { userId: owner })).rejects.toMatchObject(lastAdministrator)
      await expect(updateAssignment(asTim, { assignmentId, expiresAt: inDays(300) })).rejects.toMatchObject({
        ...lastAdministrator,
        message: expect.stringContaining('without an end date'),
      })
      await expect(give(asTim, owner, (await role([], ['users.*'])).id)).resolves.toBeDefined()
      await updateAssignment(asTim, { assignmentId: temporary, expiresAt: null })
      await updateAssignment(asTim, { assignmentId, expiresAt: inDays(300) })
    })

    test('X-04: a sponsor who leaves ends everything they vouched for but what the last administrator holds', async () => {
      const sue = await person('Sue Sponsor')
      const vera = await person('Vera Viewer')
      const sponsor = 'sue.sponsor@example.com'
      await app.owner`update assignments set sponsor = ${sponsor} where user_id = ${owner}`
      await give(organization.ctx, vera, await roleId('viewer'), { sponsor })
      await deactivateUser(organization.ctx, { userId: sue })
      await endUnsponsored(organization.ctx)
      const ends = await app.owner`select user_id = ${owner} as "isOwner", expires_at is null as "isLasting",
        sponsor_left_at is not null as "isTold" from assignments
      where organization_id = ${organization.id} and sponsor is not null order by 1`
      expect([...ends]).toEqual([
        { isOwner: false, isLasting: false, isTold: true },
        { isOwner: true, isLasting: true, isTold: true },
      ])
      const told = await app.owner`select count(*)::int as count from alarms
      where organization_id = ${organization.id} and kind = 'sponsor_left'`
      expect(told[0]?.['count']).toBe(2)
    })
  })

  describe('X-05: brands are no back door', () => {
    test('X-05: a brand does not go while somebody above holds something there, or will', async () => {
      const [now, later, mapped, own] = await Promise.all(
        ['now', 'later', 'mapped', 'own'].map((slug) => createTestBrand(organization, slug, slug)),
      )
      const zoe = await person('Zoe Zimmer')
      await give(organization.ctx, zoe, await roleId('owner'), { brandId: now })
      await give(organization.ctx, zoe, await roleId('owner'), { brandId: later, validFrom: inDays(1) })
      await map(organization.ctx, { groupId: await group() }, await roleId('owner'), mapped)
      for (const brandId of [now, later, mapped])
        await expect(make(asAdmin, { kind: 'delete_brand', brandId: String(brandId) })).rejects.toMatchObject(
          beyondCeiling,
        )
      await make(asAdmin, { kind: 'delete_brand', brandId: String(own) })
    })

    test('X-05: a slug, by which host applications know a brand, is not handed on', async () => {
      const brandId = await createTestBrand(organization, 'gold', 'Gold')
      await expect(updateBrand(asAdmin, { brandId, slug: 'silver' })).rejects.toMatchObject(beyondCeiling)
      await updateBrand(asAdmin, { brandId, name: 'Golden' })
      await updateBrand(asOwner, { brandId, slug: 'golden' })
      await expect(createBrand(asAdmin, { slug: 'gold', name: 'Gold' })).rejects.toMatchObject(beyondCeiling)
      await make(asAdmin, { kind: 'delete_brand', brandId })
      await expect(createBrand(asAdmin, { slug: 'golden', name: 'Gold' })).rejects.toMatchObject(beyondCeiling)
      await createBrand(asAdmin, { slug: 'platinum', name: 'Platinum' })
      await createBrand(asOwner, { slug: 'gold', name: 'Gold' })
    })
  })

  describe('X-06: who comes in, and how, is not decided from below', () => {
    test('X-06: enforcing a connection, or ending it, takes whoever is above nobody', async () => {
      const integrator = await acting('Ivo Integrator', ['settings.*'])
      await createSamlConnection(organization)
      const connectionId = await idOf('connections')
      await app.owner`update connections set tested_at = now(), status = 'enforced' where id = ${connectionId}`
      for (const status of ['optional', 'disabled'] as const)
        await expect(setConnectionStatus(integrator, { connectionId, status })).rejects.toMatchObject(beyondCeiling)
      await app.owner`update connections set status = 'optional' where id = ${connectionId}`
      const enforce = { connectionId, status: 'enforced' } as const
      await expect(setConnectionStatus(integrator, enforce)).rejects.toMatchObject(beyondCeiling)
      // The owner gets as far as what enforcing asks of everybody.
      await expect(setConnectionStatus(asOwner, enforce)).rejects.toMatchObject({ reason: 'no_emergency_account' })
    })

    test('X-06: nor does it loosen a rule that protects people', async () => {
      await updateSettings(organization.ctx, { emailChange: 'never', guestMaxDays: 90, guestDomains: ['a.example'] })
      const weaker = [
        { emailChange: 'verified' },
        { eraseAfterDays: 0 },
        { guestMaxDays: null },
        { guestMaxDays: 91 },
        { guestDomains: null },
        { guestDomains: ['a.example', 'b.example'] },
      ] as const
      for (const change of weaker)
        await expect(updateSettings(asAdmin, change as never)).rejects.toMatchObject(beyondCeiling)
      await updateSettings(asAdmin, { guestMaxDays: 30, guestDomains: [], name: 'Other' })
      await updateSettings(asOwner, { emailChange: 'verified', guestMaxDays: null, guestDomains: null })
    })

    test('X-06: passwords are not ended by whoever has somebody above them', async () => {
      await expect(updateSignInPolicy(asAdmin, { passwordSignIn: 'off' })).rejects.toMatchObject(beyondCeiling)
      await updateSignInPolicy(asAdmin, { passwordMinLength: 14 })
      await updateSignInPolicy(asOwner, { passwordSignIn: 'off' })
    })

    test('X-06: a directory or a domain of those above is neither cut off nor bound', async () => {
      const integrator = await acting('Ivo Integrator', ['settings.*'])
      const { directoryId } = await app.createDirectory(organization)
      await map(organization.ctx, { groupId: await directoryGroup(directoryId) }, await roleId('owner'))
      const tokenId = await idOf('directory_tokens')
      await expect(revokeDirectoryToken(integrator, { directoryId, tokenId })).rejects.toMatchObject(beyondCeiling)
      const theirs = await app.createDirectory(organization)
      const token = await idOf('directory_tokens')
      await revokeDirectoryToken(integrator, { directoryId: theirs.directoryId, tokenId: token })
      const name = `d${Math.random().toString(36).slice(2)}.test`
      await addDomain(organization.ctx, { name, isVerified: true })
      await bindDomain(integrator, { domain: name, connectionIds: [] })
      await app.owner`insert into user_emails (organization_id, value_key, user_id)
      values (${organization.id}, ${`olga@${name}`}, ${owner})`
      await expect(bindDomain(integrator, { domain: name, connectionIds: [] })).rejects.toMatchObject(beyondCeiling)
    })

    test('X-06: letting arrivals in decides about those who wait, and opens a directory only within the rights', async () => {
      const { directoryId } = await app.createDirectory(organization)
      const other = await app.createDirectory(organization)
      for (const id of [directoryId, other.directoryId])
        await updateDirectory(organization.ctx, { directoryId: id, arrivals: 'staged' })
      await map(organization.ctx, { groupId: await directoryGroup(directoryId) }, await roleId('owner'))
      for (const id of [directoryId, other.directoryId])
        await make(asAdmin, { kind: 'admit_arrivals', directoryId: id })
      const arrivals = await app.owner`select id, arrivals from directories where organization_id = ${organization.id}`
      expect(Object.fromEntries(arrivals.map((row) => [row['id'], row['arrivals']]))).toEqual({
        [directoryId]: 'staged',
        [other.directoryId]: 'active',
      })
    })

    test('X-06: a directory takes over nobody who would manage something, by group as by invitation', async () => {
      const name = `d${Math.random().toString(36).slice(2)}.test`
      const { directoryId, token } = await app.createDirectory(organization)
      const scim = scimClient((path, init) => app.request(path, init), { directoryId, token })
      const invite = async (userName: string): Promise<string> => {
        await createInvitation(organization.ctx, { email: userName, roleId: await roleId('viewer'), brands: [] })
        const [row] =
          await app.owner`select id from users where organization_id = ${organization.id} and user_name = ${userName}`
        await app.owner`delete from assignments where user_id = ${row?.['id']}`
        return String(row?.['id'])
      }
      const bring = (userName: string) => scim.post('/Users', { userName, emails: [{ value: 'other@example.net' }] })
      await map(organization.ctx, { groupId: await group([await invite(`boss@${name}`)]) }, await roleId('owner'))
      expect(await bring(`boss@${name}`)).toMatchObject({ status: 409 })
      await invite(`clerk@${name}`)
      expect(await bring(`clerk@${name}`)).toMatchObject({ status: 201 })
    })
  })

  describe('X-06: what is refused is shown as refused, and tells no more than it must', () => {
    test('X-06: previews of people above are refused as the change is', async () => {
      const eva = await person('Eva Ex', 'owner')
      await deactivateUser(organization.ctx, { userId: eva })
      await expect(previewReactivation(asAdmin, eva)).rejects.toMatchObject(beyondCeiling)
      const vera = await person('Vera Viewer', 'viewer')
      const shown = await previewBulk(asAdmin, {
        action: { kind: 'deactivate', note: null },
        selection: { userIds: [owner, vera] },
      } as never)
      expect(shown).toMatchObject({ ready: 1, blocked: 1, reasons: [{ reason: 'ceiling' }] })
    })

    test('X-06: an invitation tells nobody who is above them', async () => {
      const brandId = await createTestBrand(organization, 'one', 'One')
      const manager = await person('Bea Brand')
      await give(organization.ctx, manager, (await role(['users.invite', 'content.view'])).id, { brandId })
      await person('Vera Viewer', 'viewer')
      const asManager = await actingAs(organization, manager)
      const views = await role(['content.view'])
      for (const email of ['olga.owner@example.com', 'vera.viewer@example.com'])
        await expect(
          createInvitation(asManager, { email, brands: [{ brandId, roleId: views.id }] }),
        ).rejects.toMatchObject({ code: 'conflict', reason: 'uniqueness' })
    })

    test('X-06: nobody settles the alarm about what they gave themselves', async () => {
      await give(asAdmin, admin, await roleId('viewer'))
      const alarm = await idOf('alarms')
      await expect(settleAlarm(asAdmin, alarm)).rejects.toMatchObject({ code: 'forbidden', reason: 'yourself' })
      expect(await settleAlarm(asOwner, alarm)).toMatchObject({ settledBy: owner })
      expect(await settleAlarm(asAdmin, alarm)).toMatchObject({ settledBy: owner })
    })
  })
})
