// A second factor of whoever manages something, apart from everybody else: which ways of signing in lead to one, what runs without
// one, and who may loosen how people sign in.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createEmergencyAccount } from '#access/accounts/emergency/emergency.ts'
import { createRole } from '#access/grants/roles/create-role.ts'
import { getSignInPolicy, updateSignInPolicy } from '#access/sign-in/policy/sign-in-policy.ts'
import type { SamlConnection } from '#connections/sign-in/connections.ts'
import { authnMethodsAttribute, twoFactorMethods } from '#connections/sign-in/second-factors.ts'
import { type AccessStage, type Client, startStage } from '../support/access.ts'
import { browserAt, codeOf, goodPassword, provisionLocalUser, secretIn, tryPassword } from '../support/accounts.ts'
import type { TestOrganization } from '../support/app.ts'
import { arriveBySaml, person } from '../support/arrivals.ts'
import { consoleClient, createManager, createTestBrand } from '../support/console.ts'
import { giveRole } from '../support/people.ts'
import { signIn } from '../support/sessions.ts'
import { createSamlConnection, createTestBrowser, type TestBrowser, verifyDomain } from '../support/sign-in.ts'

let stage: AccessStage
let client: Client
let organization: TestOrganization
beforeAll(async () => {
  stage = await startStage({ trustedProxies: 1 })
})
afterAll(() => stage.close())
beforeEach(async () => {
  client = await stage.createClient()
  organization = { id: client.organizationId, slug: client.slug, ctx: client.ctx }
})

const door = '/login/second-factor?return_to='
const requireFactors = () => updateSignInPolicy(client.ctx, { managerSecondFactor: 'required' })
const where = async (browser: TestBrowser, path = '/console'): Promise<[number, string | null]> => {
  const answer = await browser.get(path)
  return [answer.status, answer.headers.get('location')]
}

async function bySaml(role: string, attributes: Record<string, string[]> = {}) {
  await verifyDomain(organization, 'example.com')
  const connection = (await createSamlConnection(organization, { jit: 'off' })) as SamlConnection
  const email = 'ada@example.com'
  const userId = await person(organization, email)
  const arrive = (browser = createTestBrowser(stage.request, stage.app.urls.origin), query = '') =>
    arriveBySaml(
      stage.app,
      organization,
      connection,
      { nameId: email, attributes: { email: [email], ...attributes } },
      { browser, query },
    )
  // An address alone links nobody who manages something.
  await arrive()
  await giveRole(organization, { userId, role })
  return { userId, connection, arrive }
}

/** Sets an authenticator up at the door. @returns its secret */
async function enrol(browser: TestBrowser): Promise<string> {
  const page = await (await browser.get('/login/second-factor?return_to=/console')).text()
  const secret = secretIn(page)
  const done = await browser.post('/login/second-factor', { return_to: '/console', code: codeOf(stage.app, secret) })
  const text = await done.text()
  expect([done.status, text.match(/<code>[a-z2-9-]{19}<\/code>/g)?.length, text.includes('href="/console"')]).toEqual([
    200,
    10,
    true,
  ])
  stage.app.clock.advance(30_000)
  return secret
}

describe('where a second factor is required of managers', () => {
  test('signing in with a password asks whoever manages something, and nobody else', async () => {
    await requireFactors()
    const [boss, editor, plain] = await Promise.all(
      ['boss', 'editor', 'plain'].map((name) => provisionLocalUser(organization, `${name}@${client.slug}.example.com`)),
    )
    const aurora = await createTestBrand(organization, 'aurora', 'Aurora')
    await giveRole(organization, { userId: boss?.id ?? '', role: 'administrator', brandId: aurora })
    await giveRole(organization, { userId: editor?.id ?? '', role: 'editor' })
    const at = async (name = ''): Promise<string> =>
      (await tryPassword(browserAt(stage.app), name, goodPassword)).headers.get('location') ?? ''
    expect(await at(boss?.userName)).toContain('/login/continue?state=')
    expect(await at(editor?.userName)).toBe('/account')
    expect(await at(plain?.userName)).toBe('/account')
  })

  test('whoever comes through a provider that attests none sets one up before the console opens, once', async () => {
    await requireFactors()
    const { arrive } = await bySaml('administrator')
    const { browser } = await arrive()
    expect(await where(browser, '/account')).toEqual([200, null])
    expect(await where(browser, '/console/users?q=x')).toEqual([
      303,
      `${door}${encodeURIComponent('/console/users?q=x')}`,
    ])
    expect((await browser.post('/console/brands', { name: 'A', slug: 'a' })).headers.get('location')).toBe(
      `${door}%2Fconsole`,
    )
    const wrong = await browser.post('/login/second-factor', { return_to: '/console', code: '000000' })
    expect(wrong.status).toBe(422)
    const secret = await enrol(browser)
    expect(await where(browser)).toEqual([200, null])

    const { browser: next } = await arrive()
    expect((await where(next))[1]).toBe(`${door}%2Fconsole`)
    const page = await (await next.get('/login/second-factor?return_to=/console')).text()
    expect(page).toContain('Six digits from your authenticator app')
    expect((await next.post('/login/second-factor', { return_to: '/console', code: '000000' })).status).toBe(422)
    const shown = await next.post('/login/second-factor', { return_to: '/console', code: codeOf(stage.app, secret) })
    expect([shown.status, shown.headers.get('location')]).toEqual([303, '/console'])
    expect(await where(next)).toEqual([200, null])
  })

  test('one that the provider attests counts', async () => {
    await requireFactors()
    const { arrive } = await bySaml('administrator', { [authnMethodsAttribute]: [...twoFactorMethods] })
    expect(await where((await arrive()).browser)).toEqual([200, null])
  })

  test('somebody who manages nothing is let through as before', async () => {
    await requireFactors()
    const { arrive } = await bySaml('editor')
    const { browser } = await arrive()
    expect(await where(browser, '/account')).toEqual([200, null])
    expect((await where(browser, '/login/second-factor?return_to=/account'))[1]).toBe('/account')
    expect(
      (await browser.post('/login/second-factor', { return_to: '/account', code: '1' })).headers.get('location'),
    ).toBe('/account')
  })

  test('sessions that run lose the console, and nothing else', async () => {
    const { userId, session } = await createManager(organization)
    const [without, withOne] = [
      consoleClient(stage.app, { userId, session }),
      await signIn(organization, userId, { hasSecondFactor: true }),
    ]
    expect((await without.get('/console')).status).toBe(200)
    await requireFactors()
    expect((await without.get('/console')).location).toContain(door)
    expect((await without.get('/account')).status).toBe(200)
    expect((await consoleClient(stage.app, { userId, session: withOne }).get('/console')).status).toBe(200)
  })

  test('an old session sets none up: the person proves first who they are', async () => {
    await requireFactors()
    const { userId } = await createManager(organization)
    const authenticatedAt = new Date(Date.now() - 3_600_000).toISOString()
    const old = consoleClient(stage.app, { userId, session: await signIn(organization, userId, { authenticatedAt }) })
    expect((await old.get('/login/second-factor?return_to=/console')).location).toContain('/login/step-up?return_to=')
    expect((await old.post('/login/second-factor', { code: '123456' })).location).toContain('/login/step-up?return_to=')
    expect(await stage.app.owner`select 1 from totp_factors where user_id = ${userId}`).toHaveLength(0)
  })

  test('an emergency account has one', async () => {
    await requireFactors()
    const { userName, password, totpSecret } = await createEmergencyAccount(client.ctx, { name: 'Safe' })
    const browser = browserAt(stage.app)
    await browser.post('/emergency', { userName, password, code: codeOf(stage.app, totpSecret), reason: 'Drill' })
    expect(await where(browser)).toEqual([200, null])
  })

  test('the last one is not taken away', async () => {
    await requireFactors()
    const local = await provisionLocalUser(organization, `cy@${client.slug}.example.com`)
    await giveRole(organization, { userId: local.id, role: 'administrator' })
    const browser = browserAt(stage.app)
    browser.cookies.set('__Host-rolecall_session', (await signIn(organization, local.id)).token)
    await enrol(browser)
    expect((await browser.post('/account/security/totp/remove', {})).status).toBe(422)
    await updateSignInPolicy(client.ctx, { managerSecondFactor: 'optional' })
    expect((await browser.post('/account/security/totp/remove', {})).status).toBe(303)
  })
})

describe('switching it on', () => {
  test('takes a second factor of one’s own, so that nobody shuts themselves out', async () => {
    const { userId, session } = await createManager(organization)
    const admin = consoleClient(stage.app, { userId, session })
    const refused = await admin.post('/console/settings/sign-in', policyForm({ managerSecondFactor: 'required' }))
    expect([refused.status, refused.text.includes('/login/second-factor')]).toEqual([400, true])
    expect((await getSignInPolicy(client.ctx)).managerSecondFactor).toBe('optional')
    const browser = createTestBrowser(stage.request, stage.app.urls.origin)
    browser.cookies.set('__Host-rolecall_session', session.token)
    await enrol(browser)
    const answer = await browser.post('/console/settings/sign-in', policyForm({ managerSecondFactor: 'required' }))
    expect(answer.headers.get('location')).toBe('/console/settings/sign-in?done=saved')
    expect(await where(browser)).toEqual([200, null])
  })

  test('by a key and on the command line', async () => {
    expect((await client.patch('sign-in-policy', { managerSecondFactor: 'required' })).body.managerSecondFactor).toBe(
      'required',
    )
    const shown = await stage.rolecall('organization', 'sign-in-policy', '--organization', client.slug)
    expect(shown.lines.join('\n')).toMatch(/managers +required/)
    await stage.rolecall(
      'organization',
      'sign-in-policy',
      '--organization',
      client.slug,
      '--manager-second-factor',
      'optional',
      '--fresh-proof-minutes',
      '5',
    )
    expect(await getSignInPolicy(client.ctx)).toMatchObject({ managerSecondFactor: 'optional', freshProofMinutes: 5 })
  })
})

const policyForm = (changes: Record<string, string> = {}): Record<string, string> => ({
  ...{ passwordSignIn: 'off', secondFactor: 'required', managerSecondFactor: 'optional', signInPage: 'named' },
  ...{ passwordMinLength: '12', sessionIdleMinutes: '60', sessionAbsoluteMinutes: '720', invitationDays: '7' },
  ...{ freshProofMinutes: '10', ...changes },
})

describe('weakening how people sign in', () => {
  const weaker: [string, string][] = [
    ['secondFactor', 'optional'],
    ['managerSecondFactor', 'optional'],
    ['passwordSignIn', 'allowed'],
    ['passwordMinLength', '11'],
    ['sessionIdleMinutes', '61'],
    ['sessionAbsoluteMinutes', '721'],
    ['freshProofMinutes', '11'],
    ['invitationDays', '8'],
  ]
  test.each(weaker)('by %s takes all rights there are', async (name, value) => {
    await updateSignInPolicy(client.ctx, {
      passwordSignIn: 'off',
      secondFactor: 'required',
      managerSecondFactor: 'required',
    })
    const role = { key: 'settings', name: 'Settings', purpose: 'Settings', rank: 30, denies: [] }
    await createRole(client.ctx, { ...role, allows: ['settings.*'] })
    const as = async (key: string) => {
      const { userId } = await createManager(organization, { name: key, role: key })
      return consoleClient(stage.app, {
        userId,
        session: await signIn(organization, userId, { hasSecondFactor: true }),
      })
    }
    const [limited, administrator] = [await as('settings'), await as('administrator')]
    const before = await getSignInPolicy(client.ctx)
    const form = policyForm({ managerSecondFactor: 'required', [name]: value })
    const refused = await limited.post('/console/settings/sign-in', form)
    expect([refused.status, refused.text.includes('which you do not hold yourself')]).toEqual([400, true])
    expect(await getSignInPolicy(client.ctx)).toEqual(before)
    const stronger = policyForm({ managerSecondFactor: 'required', passwordMinLength: '13', sessionIdleMinutes: '30' })
    expect((await limited.post('/console/settings/sign-in', stronger)).status).toBe(303)
    expect((await administrator.post('/console/settings/sign-in', form)).status).toBe(303)
    expect(String((await getSignInPolicy(client.ctx))[name as keyof typeof before])).toBe(value)
  })
})
