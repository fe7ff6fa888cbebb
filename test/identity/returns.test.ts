// Leavers stay out, by whatever name they come, until their directory brings them again; then the identity goes on to who they are now.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { updateSettings } from '#access/organizations/settings.ts'
import { roleId } from '../support/access.ts'
import { arriveBySaml, expectRefusedFor, expectSignedIn } from '../support/arrivals.ts'
import { createSamlConnection } from '../support/sign-in.ts'
import { type Feed, type IdentityStage, identityStage, scimUser, startStage } from './stage.ts'

let stage: Awaited<ReturnType<typeof startStage>>
let here: IdentityStage
let scim: Feed
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage?.close())
beforeEach(async () => {
  here = await identityStage(stage)
  scim = await here.directory()
})

const ada = 'ada@example.com'
const objectId = 'http://schemas.microsoft.com/identity/claims/objectidentifier'
const body = scimUser(ada, { externalId: 'obj-1' })
const off = { op: 'replace', path: 'active', value: false }
const on = { op: 'replace', path: 'active', value: true }

describe('a rehire after DELETE', () => {
  test('signs in as the new user, by the same identity, without any of the old rights', async () => {
    const former = (await scim.post('/Users', body)).body.id
    await expectSignedIn(await here.arrive({ nameId: ada }), former)
    await here.client.post('assignments', {
      userId: former,
      roleId: await roleId(here.client, 'editor'),
      reason: 'Works here',
    })
    await scim.delete(`/Users/${former}`)
    await expectRefusedFor(await here.arrive({ nameId: ada }), 'removed_by_directory')
    const { status, body: again } = await scim.post('/Users', body)
    expect([status, again.id === former]).toEqual([201, false])
    await expectSignedIn(await here.arrive({ nameId: ada }), again.id)
    await expectSignedIn(await here.arrive({ nameId: ada }), again.id)
    expect((await here.client.get(`users/${again.id}/explain?permission=content.edit`)).body.allowed).toBe(false)
    const detail = await stage.app.owner`select detail from audit_events where action = 'user.link_identity'
      and target_id = ${again.id}`
    expect(detail).toMatchObject([{ detail: { from: former } }])
  })

  test('by the same externalId also without a verified domain, under another address', async () => {
    here = await identityStage(stage, { domain: null, connection: { jit: 'off' } })
    scim = await here.directory()
    const { owner } = stage.app
    const former = (await scim.post('/Users', body)).body.id
    await owner`insert into identities (organization_id, connection_id, subject, user_id, created_at)
      values (${here.client.organizationId}, ${here.connection.id}, 'opaque', ${former}, now())`
    const claims = { nameId: 'opaque', attributes: { email: ['ada@example.com'] } }
    await expectSignedIn(await here.arrive(claims), former)
    await scim.delete(`/Users/${former}`)
    const again = await scim.user('ada.king@example.com', { externalId: 'obj-1' })
    await expectSignedIn(await here.arrive(claims), again)
  })

  test('by the same userName where the directory sends no externalId', async () => {
    here = await identityStage(stage, { domain: null, connection: { jit: 'off' } })
    scim = await here.directory()
    const former = await scim.user(ada)
    await stage.app.owner`insert into identities (organization_id, connection_id, subject, user_id, created_at)
      values (${here.client.organizationId}, ${here.connection.id}, 'opaque', ${former}, now())`
    await scim.delete(`/Users/${former}`)
    const again = await scim.user(ada)
    await expectSignedIn(await here.arrive({ nameId: 'opaque', attributes: {} }), again)
  })

  test('somebody else under the same name does not get the identity where nothing proves it', async () => {
    here = await identityStage(stage, { domain: null, connection: { jit: 'off' } })
    scim = await here.directory()
    const former = (await scim.post('/Users', body)).body.id
    await stage.app.owner`insert into identities (organization_id, connection_id, subject, user_id, created_at)
      values (${here.client.organizationId}, ${here.connection.id}, 'opaque', ${former}, now())`
    await scim.delete(`/Users/${former}`)
    await scim.user(ada, { externalId: 'obj-2' })
    const claims = { nameId: 'opaque', attributes: { email: [ada] } }
    expect((await here.arrive(claims)).attempt.outcome).toBe('refused')
  })

  test('nobody is made by a first sign-in instead, by the name, the address or the externalId of the leaver', async () => {
    const emails = [{ value: 'a.lovelace@example.com', primary: true }]
    const { id } = (await scim.post('/Users', { ...body, emails })).body
    await scim.delete(`/Users/${id}`)
    for (const address of [ada, 'a.lovelace@example.com'])
      await expectRefusedFor(await here.arrive({ nameId: address }), 'removed_by_directory')
    expect((await here.arrive({ nameId: 'bo@example.com' })).attempt.outcome).toBe('signed_in')
  })
})

describe('a leaver whom Entra renames', () => {
  const renamed = '0123456789abcdef0123456789abcdefada@example.com'
  const rename = (userName: string, email: string) => [
    { op: 'replace', path: 'userName', value: userName },
    { op: 'replace', path: 'emails[type eq "work"].value', value: email },
  ]

  test('stays out, and comes back when the directory renames and restores them', async () => {
    const { id } = (await scim.post('/Users', body)).body
    await scim.patch(`/Users/${id}`, off)
    await scim.patch(`/Users/${id}`, ...rename(renamed, renamed))
    await expectRefusedFor(await here.arrive({ nameId: ada }), 'removed_by_directory')
    await scim.patch(`/Users/${id}`, ...rename(ada, ada), on)
    await expectSignedIn(await here.arrive({ nameId: ada }), id)
  })

  test('gives the address to whom the same directory brings under it, and cannot come back beside them', async () => {
    const { id } = (await scim.post('/Users', body)).body
    await scim.patch(`/Users/${id}`, off, { op: 'replace', path: 'userName', value: renamed })
    const next = await scim.post('/Users', { ...body, externalId: 'obj-2' })
    expect(next.status).toBe(201)
    await expectSignedIn(await here.arrive({ nameId: ada }), next.body.id)
    // The provider may go on writing of them.
    const home = { op: 'add', path: 'emails', value: [{ value: 'home@example.com', type: 'home' }] }
    expect(
      (await scim.patch(`/Users/${id}`, { op: 'replace', path: 'userName', value: `x${renamed}` }, home)).status,
    ).toBe(200)
    expect(await scim.patch(`/Users/${id}`, on)).toMatchObject({ status: 409, body: { scimType: 'uniqueness' } })
    await scim.delete(`/Users/${next.body.id}`)
    expect((await scim.patch(`/Users/${id}`, on)).status).toBe(200)
  })

  test('a name that somebody who is there has given up is reserved, and free where nothing is', async () => {
    const id = await scim.user(ada)
    await scim.patch(`/Users/${id}`, { op: 'replace', path: 'userName', value: 'ada.king@example.com' })
    const { attempt } = await here.arrive({ nameId: ada })
    expect([attempt.outcome, JSON.stringify(attempt.trace)]).toEqual([
      'refused',
      expect.stringContaining('is reserved until'),
    ])
    await updateSettings(here.organization.ctx, { reservedDays: 0 })
    const newcomer = await here.arrive({ nameId: ada })
    expect(newcomer.attempt).toMatchObject({ outcome: 'signed_in' })
    expect(newcomer.attempt.userId).not.toBe(id)
  })
})

describe('one externalId on two', () => {
  test('means the one who is there, in look-ups and at sign-in', async () => {
    const { directoryId } = scim
    const preset = { preset: 'entra', jit: 'off', idpEntityId: 'https://sts.windows.net/x/', directoryId } as const
    here = { ...here, connection: await createSamlConnection(here.organization, preset) }
    const claims = { nameId: 'opaque', attributes: { [objectId]: ['obj-1'] } }
    const arrive = () => arriveBySaml(stage.app, here.organization, here.connection, claims)
    const former = (await scim.post('/Users', body)).body.id
    await scim.patch(`/Users/${former}`, off)
    const married = await scim.post('/Users', scimUser('ada.king@example.com', { externalId: 'obj-1' }))
    expect(married.status).toBe(201)
    const found = await scim.list('Users', 'externalId eq "obj-1"')
    expect(found.body).toMatchObject({ totalResults: 1, Resources: [{ id: married.body.id }] })
    await expectSignedIn(await arrive(), married.body.id)
    await scim.patch(`/Users/${married.body.id}`, off)
    expect((await scim.list('Users', 'externalId eq "obj-1"')).body.totalResults).toBe(2)
    await expectRefusedFor(await arrive(), 'inactive')
  })
})

describe('somebody whom the directory switches off and brings again as another', () => {
  const switchTo = (id: string, value: boolean) => scim.patch(`/Users/${id}`, { op: 'replace', path: 'active', value })
  const emails = scimUser('nina@example.com')['emails']

  test.each<[string, (id: string) => Promise<unknown>, Record<string, unknown>]>([
    [
      'under the same externalId',
      (id) => switchTo(id, false),
      { userName: 'nina.new@example.com', externalId: 'emp-1' },
    ],
    [
      'after a rename of the old one',
      async (id) => {
        const value = '0123456789abcdef0123456789abcdefnina@example.com'
        await scim.patch(`/Users/${id}`, { op: 'replace', path: 'userName', value })
        await switchTo(id, false)
      },
      { userName: 'nina@example.com', externalId: 'emp-1', emails },
    ],
    ['with the same address', (id) => switchTo(id, false), { userName: 'nina.ross', externalId: 'emp-2', emails }],
  ])('%s signs in by the identity that the old one had', async (_how, leave, names) => {
    const first = (await scim.post('/Users', scimUser('nina@example.com', { externalId: 'emp-1' }))).body.id
    const claims = { nameId: 'opaque-nina', attributes: { email: ['nina@example.com'] } }
    expect((await here.arrive(claims)).attempt.userId).toBe(first)
    await leave(first)
    expect((await here.arrive(claims)).attempt.outcome).toBe('refused')
    const body = { ...scimUser(String(names['userName'])), ...names }
    const second = (await scim.post('/Users', body)).body.id
    expect(second).not.toBe(first)
    for (const _ of [1, 2])
      expect((await here.arrive(claims)).attempt).toMatchObject({ outcome: 'signed_in', userId: second })
    expect(await here.client.auditOf(second)).toContain('user.link_identity')
  })

  test('whom an administrator switched off keeps the identity, and stays out', async () => {
    const first = (await scim.post('/Users', scimUser('nina@example.com', { externalId: 'emp-1' }))).body.id
    const claims = { nameId: 'opaque-nina', attributes: { email: ['nina@example.com'] } }
    await here.arrive(claims)
    await here.client.confirm('POST', `users/${first}/deactivate`)
    await scim.post('/Users', scimUser('nina.new@example.com', { externalId: 'emp-1' }))
    expect((await here.arrive(claims)).attempt.outcome).toBe('refused')
  })

  test('an address that was given on comes back with whoever is switched on again', async () => {
    const first = (await scim.post('/Users', scimUser('nina@example.com', { externalId: 'emp-1' }))).body.id
    await switchTo(first, false)
    const second = (await scim.post('/Users', scimUser('nina.ross', { externalId: 'emp-2', emails }))).body.id
    expect((await switchTo(first, true)).status).toBe(409)
    await switchTo(second, false)
    expect((await switchTo(first, true)).status).toBe(200)
    expect((await here.arrive({ nameId: 'nina@example.com' })).attempt.userId).toBe(first)
    expect((await switchTo(second, true)).status).toBe(409)
  })
})
