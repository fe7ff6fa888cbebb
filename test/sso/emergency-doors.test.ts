// Emergency accounts have what was sealed, and no other way in: nobody gives them one, and resealing takes away whatever
// they have.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createEmergencyAccount, type NewEmergencyAccount } from '#access/accounts/emergency/emergency.ts'
import { resendInvitation } from '#access/invitations/change-invitation.ts'
import { listAttempts } from '#access/sign-in/attempts.ts'
import { approveLinkRequest } from '#access/sign-in/decide-link-request.ts'
import { type AccessStage, type Client, startStage } from '../support/access.ts'
import { browserAt, codeOf, goodPassword, provisionLocalUser, tryPassword } from '../support/accounts.ts'
import type { TestOrganization } from '../support/app.ts'
import { createSamlConnection, type TestBrowser } from '../support/sign-in.ts'

let stage: AccessStage
let client: Client
let organization: TestOrganization
let account: NewEmergencyAccount
let connectionId: string

beforeAll(async () => {
  stage = await startStage({ trustedProxies: 1 })
})
afterAll(() => stage.close())
beforeEach(async () => {
  client = await stage.createClient()
  organization = { id: client.organizationId, slug: client.slug, ctx: client.ctx }
  account = await createEmergencyAccount(client.ctx, { name: 'Safe' })
  connectionId = (await createSamlConnection(organization)).id
})

async function entered(code = codeOf(stage.app, account.totpSecret)): Promise<TestBrowser> {
  const browser = browserAt(stage.app)
  const { userName, password } = account
  const form = { userName, password, code, reason: 'The provider is down' }
  expect((await browser.post('/emergency', form)).status).toBe(303)
  return browser
}

const count = async (table: string): Promise<number> => {
  const [row] = await stage.app.owner`select count(*)::int as count from ${stage.app.owner(table)}
    where user_id = ${account.userId}`
  return Number(row?.['count'])
}

describe('X-09: an emergency account is given no other way in', () => {
  test('by linking an identity from its session; somebody else may', async () => {
    const browser = await entered()
    const refused = await browser.get(`/sign-in/${connectionId}?link=1`)
    expect(refused.status).toBe(403)
    const [attempt] = await listAttempts(client.ctx, { limit: 1 })
    expect(attempt?.reason).toBe('emergency_account')
    const person = await provisionLocalUser(organization, `ada@${client.slug}.example.com`)
    const other = browserAt(stage.app)
    await tryPassword(other, person.userName, goodPassword)
    expect((await other.get(`/sign-in/${connectionId}?link=1`)).headers.get('location')).toContain('idp.example.net')
  })

  test('by a password, an authenticator, a passkey or new codes of its own', async () => {
    const browser = await entered()
    const passwords = { oldPassword: account.password, password: goodPassword, repeat: goodPassword }
    expect((await browser.post('/account/security/password', passwords)).status).toBe(422)
    expect((await browser.post('/account/security/totp/remove', {})).status).toBe(422)
    expect((await browser.post('/account/security/recovery-codes', {})).status).toBe(422)
    expect((await browser.post('/account/security/passkeys/question', {})).status).not.toBe(200)
    expect(await (await entered(account.recoveryCodes[0])).session()).toBeDefined()
  })

  test('by administrators’ pages and the API', async () => {
    const { userId, userName } = account
    const address = { emails: [{ value: 'evil@example.com', primary: true }] }
    expect((await client.patch(`users/${userId}`, { attributes: address })).status).not.toBe(200)
    expect((await client.patch(`users/${userId}`, { ...address })).status).not.toBe(200)
    expect((await client.patch(`users/${userId}`, { userName: 'evil@example.com' })).status).not.toBe(200)
    expect((await client.post(`users/${userId}/password`, { password: goodPassword })).status).not.toBe(204)
    expect((await client.post('invitations', { email: userName })).status).not.toBe(201)
    const [row] = await stage.app.owner`select user_name, attributes from users where id = ${userId}`
    expect(row).toEqual({ user_name: userName, attributes: {} })
    expect(await count('user_emails')).toBe(0)
  })

  test('by a directory that knows its name', async () => {
    const { directoryId, token } = await stage.app.createDirectory(organization)
    const answer = await stage.request(`/scim/v2/${directoryId}/Users`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
      body: JSON.stringify({ userName: account.userName, emails: [{ value: 'evil@example.com' }] }),
    })
    expect(answer.status).toBe(409)
    const [row] = await stage.app.owner`select directory_id from users where id = ${account.userId}`
    expect(row?.['directory_id']).toBeNull()
  })

  test.each([
    ['identities', { connection_id: true, subject: 'evil' }],
    [
      'passkeys',
      { id: 'pky_x', credential_id: 'x', public_key: 'x', counter: 0, transports: [], name: 'x', is_backed_up: false },
    ],
    ['password_resets', { token_hash: 'x', expires_at: new Date().toISOString() }],
    [
      'link_requests',
      {
        id: 'lrq_x',
        connection_id: true,
        subject: 'x',
        email: 'x',
        status: 'pending',
        last_seen_at: new Date().toISOString(),
      },
    ],
    ['api_keys', { id: 'key_x', name: 'x', access: 'everything', key_hash: 'x', last_four: 'xxxx', is_open: true }],
  ])('past every verb, into %s', async (table, row) => {
    await expect(plant(table, row, false)).rejects.toMatchObject({ code: 'RC423' })
    expect(await count(table)).toBe(0)
  })
})

/** @param isForced past the triggers, as it was before there were any */
async function plant(table: string, row: Record<string, unknown>, isForced: boolean): Promise<void> {
  const own = Object.hasOwn(row, 'connection_id') ? { connection_id: connectionId } : {}
  const record = {
    ...{ organization_id: organization.id, user_id: account.userId, created_at: new Date().toISOString() },
    ...{ ...row, ...own },
  }
  await stage.app.owner.begin(async (sql) => {
    if (isForced) await sql`set local session_replication_role = replica`
    await sql`insert into ${sql(table)} select r.* from jsonb_populate_record(null::${sql(table)}, ${sql.json(record as never)}) r`
  })
}

test('X-09: resealing takes away whatever it was given, and leaves other people’s', async () => {
  const later = new Date(Date.now() + 3_600_000).toISOString()
  await plant('identities', { connection_id: true, subject: 'evil' }, true)
  await plant('user_emails', { value_key: 'evil@example.com' }, true)
  await plant('email_proofs', { value_key: 'evil@example.com', how: 'reset', proven_at: later }, true)
  await plant(
    'passkeys',
    { id: 'pky_y', credential_id: 'y', public_key: 'x', counter: 0, transports: [], name: 'x', is_backed_up: false },
    true,
  )
  await plant('password_resets', { token_hash: 'y', expires_at: later }, true)
  await plant(
    'api_keys',
    { id: 'key_y', name: 'x', access: 'everything', key_hash: 'y', last_four: 'xxxx', is_open: true },
    true,
  )
  await plant(
    'link_requests',
    {
      id: 'lrq_01m8fgjn5t0zkj61jgspnp2bd5',
      connection_id: true,
      subject: 'x',
      email: 'x',
      status: 'pending',
      last_seen_at: later,
    },
    true,
  )
  await expect(approveLinkRequest(client.ctx, 'lrq_01m8fgjn5t0zkj61jgspnp2bd5')).rejects.toMatchObject({
    reason: 'emergency_account',
  })
  const other = await provisionLocalUser(organization, `bo@${client.slug}.example.com`)
  const at = await entered()

  expect((await client.post(`emergency-accounts/${account.userId}/reseal`)).status).toBe(200)
  for (const table of ['identities', 'user_emails', 'email_proofs', 'passkeys', 'link_requests'])
    expect([table, await count(table)]).toEqual([table, 0])
  const { owner } = stage.app
  const [state] = await owner`select
    (select bool_and(used_at is not null) from password_resets where user_id = ${account.userId}) as resets,
    (select bool_and(revoked_at is not null) from api_keys where user_id = ${account.userId}) as keys`
  expect(state).toEqual({ resets: true, keys: true })
  expect(await at.session()).toBeUndefined()
  expect((await tryPassword(browserAt(stage.app), other.userName, goodPassword)).status).toBe(303)
  await expect(resendInvitation(client.ctx, 'inv_01m8fgjn5t0zkj61jgspnp2bd5')).rejects.toMatchObject({
    code: 'not_found',
  })
})
