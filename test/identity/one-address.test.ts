// One address, one living account: by a constraint of the database, so on every path. Further addresses are nobody's.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createLocalUser } from '#access/accounts/create-local-user.ts'
import { createInvitation } from '#access/invitations/create-invitation.ts'
import { updateSettings } from '#access/organizations/settings.ts'
import { fold } from '#directory/fold.ts'
import { type AccessStage, type Client, createUser, roleId, startStage } from '../support/access.ts'
import { browserAt, goodPassword, provisionLocalUser } from '../support/accounts.ts'
import { arriveBySaml, expectRefusedFor } from '../support/arrivals.ts'
import { core, type ScimClient, scimClient } from '../support/scim.ts'
import { createSamlConnection, verifyDomain } from '../support/sign-in.ts'

let stage: AccessStage
let client: Client
let scim: ScimClient
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage?.close())
beforeEach(async () => {
  client = await stage.createClient()
  const { id: directoryId, token } = (await client.post('directories', { name: 'Okta' })).body
  scim = scimClient((path, init) => stage.request(path, init), { directoryId, token })
})

const taken = 'Ada.Lovelace@Example.com'
const primary = (value: string) => [{ value, type: 'work', primary: true }]
const living = async (key = 'ada.lovelace@example.com') =>
  (
    await stage.app.owner`select id from users where organization_id = ${client.organizationId} and email_key = ${key}
    and deleted_at is null and address_yielded_to is null`
  ).length

describe('a second account with the address', () => {
  const email = 'ADA.lovelace@example.com'
  const paths: [string, () => Promise<unknown>][] = [
    ['API', () => client.post('users', { userName: 'two', emails: [email] })],
    ['a userName that is the address', () => client.post('users', { userName: email })],
    ['SCIM POST', () => scim.post('/Users', { schemas: [`${core}:User`], userName: 'two', emails: primary(email) })],
    [
      'SCIM POST, address by fullwidth letters',
      () => scim.post('/Users', { userName: 'two', emails: primary('ａｄａ.lovelace@example.com') }),
    ],
    [
      'SCIM PATCH',
      async () => scim.patch(`/Users/${await scim.user('two')}`, { op: 'add', path: 'emails', value: primary(email) }),
    ],
    ['SCIM PUT', async () => scim.put(`/Users/${await scim.user('two')}`, { userName: 'two', emails: primary(email) })],
  ]
  test.each(paths)('is 409 by %s', async (_, write) => {
    await client.post('users', { userName: 'one', emails: [taken] })
    const answer = (await write()) as { status: number; body: { reason?: string; scimType?: string } }
    expect(answer.status).toBe(409)
    expect(answer.body.reason ?? answer.body.scimType).toBe('uniqueness')
    expect(await living()).toBe(1)
  })

  test('is a conflict by invitation, with a password, and by command', async () => {
    await client.post('users', { userName: 'one', emails: [taken] })
    const uniqueness = { code: 'conflict', reason: 'uniqueness' }
    const invitation = { email, roleId: await roleId(client, 'viewer') }
    await expect(createInvitation(client.ctx, invitation)).rejects.toMatchObject(uniqueness)
    const local = { userName: 'two', email, password: goodPassword }
    await expect(createLocalUser(client.ctx, local)).rejects.toMatchObject(uniqueness)
    const command = ['invitation', 'create', '--organization', client.slug, '--email', email, '--role', 'viewer']
    const { exitCode, errors } = await stage.rolecall(...command)
    expect([exitCode, errors.join()]).toEqual([1, expect.stringContaining('exists already')])
    expect(await living()).toBe(1)
  })

  test('is not made by a first sign-in either: the person is linked, or nobody comes in', async () => {
    const organization = { id: client.organizationId, slug: client.slug, ctx: client.ctx }
    await verifyDomain(organization, 'example.com')
    const connection = await createSamlConnection(organization, { jit: 'approval' })
    await client.post('users', { userName: 'one', emails: [taken] })
    await client.post('users', { userName: 'two', emails: ['two@example.com', 'alias@example.com'] })
    const linked = await arriveBySaml(stage.app, organization, connection, {
      nameId: 'x',
      attributes: { email: [taken] },
    })
    expect(linked.attempt.outcome).toBe('signed_in')
    const alias = { nameId: 'y', attributes: { email: ['alias@example.com'] } }
    await expectRefusedFor(await arriveBySaml(stage.app, organization, connection, alias), 'link_needs_confirmation')
    expect([await living(), await living('alias@example.com')]).toEqual([1, 0])
  })

  test('is made by none of sixteen at once but the first', async () => {
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, index) =>
        index % 2 === 0
          ? scim.post('/Users', { schemas: [`${core}:User`], userName: `race-${index}`, emails: primary(email) })
          : client.post('users', { userName: `race-${index}`, emails: [email] }),
      ),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(15).fill(409)])
    expect(await living()).toBe(1)
  })
})

describe('one text means one person', () => {
  test('whose address it is, where it is somebody else’s userName', async () => {
    const organization = { ctx: client.ctx }
    await provisionLocalUser(organization, 'y@example.com', { email: 'else@example.com' })
    const { id } = await provisionLocalUser(organization, 'two', { email: 'y@example.com' })
    const browser = browserAt(stage.app)
    const answer = await browser.post('/login/password', { email: 'y@example.com', password: goodPassword })
    expect(answer.status).toBe(303)
    expect((await browser.session())?.user.id).toBe(id)
    await browserAt(stage.app).post('/login/forgot', { email: 'y@example.com' })
    const mails = await stage.app.owner`select recipient from mails where kind = 'password_reset'
      and organization_id = ${client.organizationId}`
    expect(mails).toEqual([{ recipient: 'y@example.com' }])
  })

  test.each(['pad@example.com ', '\u00a0pad@example.com', 'pad\u200b@example.com'])(
    '%j is no other address',
    async (value) => {
      await scim.user('pad', { emails: primary('pad@example.com') })
      expect((await scim.post('/Users', { userName: 'other', emails: primary(value) })).status).toBe(409)
    },
  )
})

describe('what may be', () => {
  test('further addresses repeat, and the address of somebody deleted is free', async () => {
    for (const name of ['one', 'two']) {
      const emails = [`${name}@example.com`, 'office@example.com']
      expect((await client.post('users', { userName: name, emails })).status).toBe(201)
    }
    const id = await scim.user('ada', { emails: primary(taken) })
    await scim.delete(`/Users/${id}`)
    expect(await scim.user('ada', { emails: primary(taken) })).not.toBe(id)
  })

  test('an address that is given up is reserved, and a switched off person keeps theirs', async () => {
    const id = await scim.user('ada', { emails: primary(taken) })
    await scim.patch(`/Users/${id}`, { op: 'replace', path: 'emails', value: primary('new@example.com') })
    expect((await client.post('users', { userName: 'ada.lovelace@example.com' })).status).toBe(409)
    await updateSettings(client.ctx, { reservedDays: 0 })
    const next = await createUser(client, 'ada.lovelace@example.com')
    await client.confirm('POST', `users/${next}/deactivate`)
    expect((await client.post('users', { userName: 'x', emails: [taken] })).status).toBe(409)
  })
})

describe('an address is one, however it is written', () => {
  const spellings: [string, string, string][] = [
    ['an international domain', 'eve@bücher.example', 'eve@xn--bcher-kva.example'],
    ['the same, the other way round', 'eve@xn--bcher-kva.example', 'eve@BÜCHER.example'],
    ['several labels', 'eve@münchen.bücher.example', 'eve@xn--mnchen-3ya.xn--bcher-kva.example'],
    ['another script', 'eve@ひとpartあ.example', 'eve@xn--part-y53cpipc.example'],
    ['decomposed letters', 'eve@bu\u0308cher.example', 'eve@bücher.example'],
    ['a prefix of Exchange', 'SMTP:eve@example.com', 'eve@example.com'],
    ['a scheme', 'mailto:eve@example.com', 'eve@example.com'],
    ['a name before it', 'Eve <eve@example.com>', 'eve@example.com'],
    ['angle brackets', '<eve@example.com>', 'eve@example.com'],
    ['quotes', '"eve@example.com"', 'eve@example.com'],
    ['a dot at its end', 'eve@example.com.', 'eve@example.com'],
    ['a filler that nobody sees', 'eve\u3164@example.com', 'eve@example.com'],
    ['a variation selector', 'eve@example.com\ufe0f', 'eve@example.com'],
  ]
  test.each(spellings)('%s', async (_what, first, second) => {
    expect((await scim.post('/Users', { userName: 'one', emails: primary(first) })).status).toBe(201)
    const again = await scim.post('/Users', { userName: 'two', emails: primary(second) })
    expect(again).toMatchObject({ status: 409, body: { scimType: 'uniqueness' } })
  })

  test('a leaver does not come in by the other spelling of the domain', async () => {
    const organization = { id: client.organizationId, slug: client.slug, ctx: client.ctx }
    await verifyDomain(organization, 'xn--bcher-kva.example')
    const connection = await createSamlConnection(organization, { jit: 'verified_domains' })
    const claims = (email: string) => ({ nameId: 'n2', attributes: { email: [email] } })
    const arrive = (email: string) => arriveBySaml(stage.app, organization, connection, claims(email))
    const made = await scim.post('/Users', { userName: 'eve', emails: primary('eve@bücher.example') })
    expect((await arrive('eve@xn--bcher-kva.example')).attempt.userId).toBe(made.body.id)
    await scim.delete(`/Users/${made.body.id}`)
    await expectRefusedFor(await arrive('eve@bücher.example'), 'removed_by_directory')
    await expectRefusedFor(await arrive('eve@xn--bcher-kva.example'), 'removed_by_directory')
  })

  test('the code and the database make the same key of it', async () => {
    const texts = [
      ...spellings.flatMap(([, ...both]) => both),
      'a@straße.de',
      'a@ليهمابتكلموشعربي.example',
      'ａ@日本語。jp',
    ]
    const rows = await stage.app.owner`select t, address_key(t) as key from unnest(${texts}::text[]) t`
    const bare = /^[^\s<>":]+@[^\s<>":]+[^.\s<>":]$/u
    for (const { t, key } of rows) {
      if (bare.test(t) && !/\u3164|\ufe0f/.test(t)) expect([t, fold(t)]).toEqual([t, key])
    }
    expect(rows.map(({ key }) => key)).toContain('eve@xn--part-y53cpipc.example')
  })
})
