// Emergency accounts: the door that works when nothing else does, and that nobody uses unseen.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEmergencyAccount, type NewEmergencyAccount } from '#access/accounts/emergency/emergency.ts'
import { signEmergencyReport } from '#access/accounts/emergency/emergency-uses.ts'
import { decideOne } from '#access/decisions/effective-access.ts'
import { deactivateUser } from '#access/people/status/deactivate-user.ts'
import { listAttempts } from '#access/sign-in/attempts.ts'
import { setConnectionStatus } from '#access/sign-in/connection-status.ts'
import { type AccessStage, type Client, startStage } from '../support/access.ts'
import { browserAt, codeOf, outbox, provisionLocalUser, tryPassword } from '../support/accounts.ts'
import type { TestOrganization } from '../support/app.ts'
import { giveRole } from '../support/people.ts'
import { createSamlConnection, type TestBrowser } from '../support/sign-in.ts'

let stage: AccessStage
beforeAll(async () => {
  stage = await startStage({ trustedProxies: 1 })
})
afterAll(() => stage.close())

type Bench = { client: Client; organization: TestOrganization; account: NewEmergencyAccount }

async function bench(): Promise<Bench> {
  const client = await stage.createClient()
  const organization = { id: client.organizationId, slug: client.slug, ctx: client.ctx }
  return { client, organization, account: await createEmergencyAccount(client.ctx, { name: 'Safe' }) }
}

async function enforce(organization: TestOrganization): Promise<string> {
  const { id } = await createSamlConnection(organization)
  await setConnectionStatus(organization.ctx, { connectionId: id, status: 'enforced', isForced: true })
  return id
}

const enter = (
  browser: TestBrowser,
  account: NewEmergencyAccount,
  more: Record<string, string> = {},
): Promise<Response> =>
  browser.post('/emergency', {
    ...{ userName: account.userName, password: account.password, reason: 'The provider is down' },
    code: codeOf(stage.app, account.totpSecret),
    ...more,
  })
const browser = (): TestBrowser => browserAt(stage.app)

describe('J6', () => {
  test('an emergency account opens while sign-in is enforced, for an hour, and everybody hears of it', async () => {
    const { client, organization, account } = await bench()
    const people = { administrator: 'admin@example.com', editor: 'editor@example.com', former: 'former@example.com' }
    for (const [role, email] of Object.entries(people)) {
      const { id } = await provisionLocalUser(organization, `${client.slug}-${email}`, { email })
      await giveRole(organization, { userId: id, role: role === 'former' ? 'administrator' : role })
      if (role === 'former') await deactivateUser(client.ctx, { userId: id })
    }
    await enforce(organization)
    const at = browser()
    expect((await enter(at, account)).headers.get('location')).toBe('/account')
    expect((await at.session())?.user.id).toBe(account.userId)
    const [session] = await stage.app.owner`select method, has_second_factor,
      round(extract(epoch from expires_at - created_at) / 60)::int as minutes from sessions where user_id = ${account.userId}`
    expect(session).toEqual({ method: 'emergency', has_second_factor: true, minutes: 60 })
    expect((await decideOne(client.ctx, { user: account.userId, permission: 'roles.assign' })).allowed).toBe(true)
    expect(await client.auditOf(account.userId)).toContain('emergency.use')
    const mails = (await outbox(organization)).filter(({ kind }) => kind === 'emergency_use')
    expect(mails.map(({ to }) => to)).toEqual([people.administrator])
    expect(mails[0]?.text).toContain('> The provider is down')
    const [attempt] = (await client.get(`sign-in-attempts?userId=${account.userId}`)).body.items
    expect(attempt).toMatchObject({
      method: 'emergency',
      outcome: 'signed_in',
      trace: { received: { reason: 'The provider is down' } },
    })
    const { items } = (await client.get('emergency-accounts')).body
    expect(items).toMatchObject([
      { userId: account.userId, displayName: 'Safe', isProven: true, recoveryCodesLeft: 10 },
    ])
  })

  test('enforcing wants an account that was proven within 90 days', async () => {
    const { organization, account, client } = await bench()
    const { id: connectionId } = await createSamlConnection(organization)
    await stage.app.owner`update connections set tested_at = now() where id = ${connectionId}`
    const attempt = () => setConnectionStatus(organization.ctx, { connectionId, status: 'enforced' })
    await expect(attempt()).rejects.toMatchObject({ reason: 'no_emergency_account' })
    await enter(browser(), account, { reason: 'Drill' })
    await stage.app
      .owner`update emergency_accounts set last_used_at = now() - interval '91 days' where user_id = ${account.userId}`
    await expect(attempt()).rejects.toMatchObject({ reason: 'no_emergency_account' })
    expect((await client.get('emergency-accounts')).body.items[0].isProven).toBe(false)
    await enter(browser(), account, { reason: 'Drill', code: account.recoveryCodes[0] ?? '' })
    expect((await attempt()).status).toBe('enforced')
  })

  test('a recovery code stands in for the authenticator, once', async () => {
    const { account } = await bench()
    const [code = ''] = account.recoveryCodes
    expect((await enter(browser(), account, { code })).status).toBe(303)
    expect((await enter(browser(), account, { code })).status).toBe(403)
  })
})

describe('afterwards', () => {
  test('a use waits for a report, which somebody else signs once the account is sealed anew', async () => {
    const { account, client } = await bench()
    const at = browser()
    await enter(at, account)
    const [opened] = (await client.get('emergency-accounts')).body.items
    expect(opened).toMatchObject({ isOpened: true, isProven: true })
    const [use] = (await client.get('emergency-uses')).body.items
    expect(use).toMatchObject({ reason: 'The provider is down', isSealedAnew: false, report: null })
    const path = `emergency-uses/${use.id}/report`
    const statement = 'The certificate had run out; it is replaced.'
    expect(await client.post(path, { statement: ' ' })).toMatchObject({ status: 400 })
    expect(await client.post(path, { statement })).toMatchObject({ status: 409, body: { reason: 'not_sealed' } })

    const envelope = (await client.post(`emergency-accounts/${account.userId}/reseal`)).body
    expect(await at.session()).toBeUndefined()
    const fresh = { ...account, ...envelope }
    for (const stale of [
      { ...fresh, password: account.password },
      { ...fresh, totpSecret: account.totpSecret },
    ])
      expect((await enter(browser(), stale)).status).toBe(403)
    expect((await enter(browser(), fresh, { code: account.recoveryCodes[0] ?? '' })).status).toBe(403)
    expect((await client.get('emergency-accounts')).body.items[0]).toMatchObject({
      ...{ isOpened: false, isProven: false, recoveryCodesLeft: 10 },
    })
    const self = { ...client.ctx, actor: { type: 'user', id: account.userId } } as const
    await expect(signEmergencyReport(self, { useId: use.id, statement })).rejects.toMatchObject({
      ...{ code: 'forbidden', reason: 'own_report' },
    })
    expect((await client.post(path, { statement })).body.report).toMatchObject({ statement })
    expect(await client.post(path, { statement })).toMatchObject({ status: 409, body: { reason: 'already_signed' } })
    expect(await client.auditOf(account.userId)).toEqual(
      expect.arrayContaining(['emergency.use', 'emergency.reseal', 'emergency.report']),
    )
    expect((await enter(browser(), fresh)).status).toBe(303)
  })

  test('of an account that is switched off, the report can be signed as it is', async () => {
    const { account, client } = await bench()
    await enter(browser(), account)
    await deactivateUser(client.ctx, { userId: account.userId })
    const [use] = (await client.get('emergency-uses')).body.items
    expect((await client.post(`emergency-uses/${use.id}/report`, { statement: 'Stolen' })).status).toBe(200)
    expect((await client.post(`emergency-accounts/${account.userId}/reseal`)).status).toBe(404)
  })
})

test('a drill proves the account, opens nothing and needs no report', async () => {
  const { account, client, organization } = await bench()
  const { id } = await provisionLocalUser(organization, `${client.slug}-boss`, { email: 'boss@example.com' })
  await giveRole(organization, { userId: id, role: 'administrator' })
  const at = browser()
  const wrong = await enter(at, account, { isDrill: 'on', password: 'wrong' })
  expect([wrong.status, (await wrong.text()).includes('checked')]).toEqual([403, true])
  const answer = await enter(at, account, { isDrill: 'on', reason: 'The monthly drill' })
  expect([answer.status, (await answer.text()).includes('It works')]).toEqual([200, true])
  expect(await at.session()).toBeUndefined()
  expect(await stage.app.owner`select id from sessions where user_id = ${account.userId}`).toEqual([])
  expect((await client.get('emergency-accounts')).body.items).toMatchObject([{ isProven: true, isOpened: false }])
  expect((await client.get('emergency-uses')).body.items).toEqual([])
  const [mail] = (await outbox(organization)).filter(({ kind }) => kind === 'emergency_use')
  expect(mail?.text).toContain('The drill opened no session')
  expect((await listAttempts(client.ctx, { userId: account.userId, limit: 1 }))[0]).toMatchObject({ outcome: 'tested' })
  expect(await client.auditOf(account.userId)).toContain('emergency.drill')
})

describe('the emergency door opens', () => {
  test.each([
    ['without a reason', { reason: '  ' }, 422],
    ['with a wrong password', { password: 'wrong' }, 403],
    ['without a code', { code: '' }, 403],
    ['with a wrong code', { code: '000000' }, 403],
    ['for an unknown name', { userName: 'emergency-0000000000' }, 403],
  ])('for nobody %s', async (_, fields, status) => {
    const { account, organization } = await bench()
    const at = browser()
    const answer = await enter(at, account, fields)
    expect(answer.status).toBe(status)
    expect(await at.session()).toBeUndefined()
    expect((await outbox(organization)).filter(({ kind }) => kind === 'emergency_use')).toEqual([])
    expect((await enter(browser(), account)).status).toBe(303)
  })

  test('for emergency accounts alone, and they by no other door', async () => {
    const { account, organization, client } = await bench()
    const usual = await provisionLocalUser(organization, `${client.slug}-usual@example.com`)
    expect((await enter(browser(), { ...account, userName: usual.userName, password: usual.password })).status).toBe(
      403,
    )
    expect((await tryPassword(browser(), account.userName, account.password)).status).toBe(403)
    const [attempt] = await listAttempts(client.ctx, { userId: account.userId, limit: 1 })
    expect(attempt?.reason).toBe('emergency_account')
    expect(
      (await client.send('PUT', `users/${account.userId}/password`, { password: 'a new phrase 52 wind' })).body.reason,
    ).toBe('emergency_account')
    const at = browser()
    await enter(at, account)
    expect(await (await at.get('/account/security')).text()).toContain('This is an emergency account')
    expect((await at.post('/account/security/totp/remove', {})).status).toBe(422)
  })

  test('not for one that was switched off, nor in a suspended organization', async () => {
    const { account, client } = await bench()
    const code = (index: number): Record<string, string> => ({ code: account.recoveryCodes[index] ?? '' })
    await stage.app.owner`update organizations set status = 'suspended' where id = ${client.organizationId}`
    expect((await enter(browser(), account, code(0))).status).toBe(403)
    await stage.app.owner`update organizations set status = 'active' where id = ${client.organizationId}`
    expect((await enter(browser(), account, code(1))).status).toBe(303)
    await deactivateUser(client.ctx, { userId: account.userId })
    expect((await enter(browser(), account, code(2))).status).toBe(403)
  })

  test('W-011: not for whoever tries often', async () => {
    const { account } = await bench()
    for (let tried = 0; tried < 5; tried += 1)
      expect((await enter(browser(), account, { password: 'wrong' })).status).toBe(403)
    expect((await enter(browser(), account)).status).toBe(429)
    await stage.app.owner`update throttles set window_ends_at = now()`
    expect((await enter(browser(), account)).status).toBe(303)
  })
})

test('W-011: the emergency door is tried twenty times from one address', async () => {
  const { account } = await bench()
  const ip = '198.51.100.78'
  const statuses: number[] = []
  for (let tried = 0; tried < 22; tried += 1)
    statuses.push((await enter(browserAt(stage.app, ip), { ...account, userName: `emergency-${tried}` })).status)
  expect([new Set(statuses.slice(0, 20)), statuses.slice(20)]).toEqual([new Set([403]), [429, 429]])
  expect((await enter(browser(), account)).status).toBe(303)
})

describe('the command line', () => {
  test('makes an account, shows everything once, and keeps nothing of it in clear', async () => {
    const client = await stage.createClient()
    const made = await stage.rolecall(
      'emergency',
      'create',
      '--organization',
      client.slug,
      '--name',
      'Head office',
      '--json',
    )
    expect(made.errors).toEqual([])
    const { userId, userName, password, totpSecret, totpUri, recoveryCodes, signInUrl } = made.json
    expect(signInUrl).toBe('https://id.example.com/emergency')
    expect(userName).toMatch(/^emergency-[0-9a-f]{10}$/)
    expect(password.length).toBeGreaterThanOrEqual(24)
    expect(totpUri).toMatch(new RegExp(`^otpauth://totp/.*secret=${totpSecret}`))
    expect(recoveryCodes).toHaveLength(10)
    expect((await enter(browser(), made.json, { isDrill: 'on' })).status).toBe(200)
    const dump = await stage.app.owner`
      select row_to_json(t)::text as text from totp_factors t union all select row_to_json(r)::text from recovery_codes r
      union all select row_to_json(p)::text from passwords p union all select row_to_json(e)::text from audit_events e`
    for (const secret of [password, totpSecret, ...recoveryCodes])
      expect(
        dump.some(({ text }) => String(text).includes(secret)),
        'in clear',
      ).toBe(false)
    const listed = await stage.rolecall('emergency', 'list', '--organization', client.slug)
    expect(listed.lines[1]).toMatch(new RegExp(`^${userName} +Head office +active +\\S+ +yes$`))
    expect(await client.auditOf(userId)).toContain('emergency.create')
  })

  test('seals an account anew', async () => {
    const { account, client } = await bench()
    const again = await stage.rolecall(
      ...['emergency', 'reseal', '--organization', client.slug, '--user', account.userName, '--json'],
    )
    expect(again.json).toMatchObject({ userId: account.userId, userName: account.userName })
    expect((await enter(browser(), account, { isDrill: 'on' })).status).toBe(403)
    expect((await enter(browser(), again.json, { isDrill: 'on' })).status).toBe(200)
  })
})
