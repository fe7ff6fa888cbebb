// Accounts that one human has in several organizations: joined by themselves with proof in both, seen by no organization, and good for
// a sign-in only where an organization says so and as long as both proofs hold.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { linkedAccounts } from '#access/accounts/links/links.ts'
import { createInvitation } from '#access/invitations/create-invitation.ts'
import { exportPerson } from '#access/people/personal-data/export-person.ts'
import { deactivateUser } from '#access/people/status/deactivate-user.ts'
import { eraseUser } from '#access/people/status/erase-user.ts'
import { reactivateUser } from '#access/people/status/reactivate-user.ts'
import { updateSignInPolicy } from '#access/sign-in/policy/sign-in-policy.ts'
import { endUserSessions } from '#access/sign-in/sessions/end-sessions.ts'
import type { NewSession } from '#access/sign-in/sessions/start-session.ts'
import { browserAt, goodPassword, linkIn, type Person, provisionLocalUser } from '../support/accounts.ts'
import type { TestOrganization } from '../support/app.ts'
import { axeViolations, launchBrowser, openPage, overflowsSideways } from '../support/browser.ts'
import { startListeningApp } from '../support/listening.ts'
import { type SignedIn, signIn } from '../support/sessions.ts'
import { createSamlConnection, type TestBrowser } from '../support/sign-in.ts'

let app: Awaited<ReturnType<typeof startListeningApp>>
let browser: TestBrowser
let one: Account
let other: Account
let people = 0

type Account = { organization: TestOrganization; person: Person; session: SignedIn }

const page = '/account/organizations'

async function account(session: Partial<NewSession> = {}): Promise<Account> {
  people += 1
  const organization = await app.createOrganization()
  const person = await provisionLocalUser(organization, `freelancer${people}@example.com`)
  return { organization, person, session: await signIn(organization, person.id, { hasSecondFactor: true, ...session }) }
}

/** A browser at the first of these, with sessions at the others beside it. */
function at(here: Account, ...beside: Account[]): TestBrowser {
  const made = browserAt(app)
  made.cookies.set('__Host-rolecall_session', here.session.token)
  if (beside.length > 0)
    made.cookies.set('__Host-rolecall_beside', beside.map(({ session }) => session.token).join('.'))
  return made
}

const link = (from: TestBrowser, { organization }: Account) =>
  from.post(`${page}/link`, { organization: organization.id })
const switchTo = (from: TestBrowser, { organization }: Account) =>
  from.post(`${page}/switch`, { organization: organization.id })
const accept = ({ organization }: Account, linkedSignIn: 'own' | 'accepted' = 'accepted') =>
  updateSignInPolicy(organization.ctx, { linkedSignIn })
const links = async () => (await app.owner`select count(*)::int as n from platform_account_links`)[0]?.['n']
const textOf = async (from: TestBrowser) => (await from.get(page)).text()

/** Linked, and signed in at the first alone. */
async function linked(): Promise<TestBrowser> {
  expect((await link(at(one, other), other)).headers.get('location')).toBe(`${page}?done=linked`)
  return at(one)
}

/** Whether the linked account is reached by the proof of the one here. */
async function comesIn(from: TestBrowser): Promise<boolean> {
  const answer = await switchTo(from, other)
  return answer.status === 303 && (await from.session())?.user.id === other.person.id
}

beforeAll(async () => {
  app = await startListeningApp()
})
afterAll(() => app.close())
beforeEach(async () => {
  await app.owner`delete from platform_account_links`
  one = await account()
  other = await account()
  browser = at(one, other)
})

describe('joining two accounts', () => {
  test('wants both sessions in one browser, each proven within ten minutes', async () => {
    expect((await link(at(one), other)).status).toBe(200)
    expect(await links()).toBe(0)
    const old = (account: Account) =>
      app.owner`update sessions set authenticated_at = now() - interval '11 minutes' where id = ${account.session.sessionId}`
    const fresh = (account: Account) =>
      app.owner`update sessions set authenticated_at = now() where id = ${account.session.sessionId}`
    await old(one)
    expect((await link(browser, other)).headers.get('location')).toContain('/login/step-up')
    await fresh(one)
    await old(other)
    expect((await link(browser, other)).headers.get('location')).toBe(`${page}?done=proveThere`)
    expect(await links()).toBe(0)
    await fresh(other)
    expect((await link(browser, other)).headers.get('location')).toBe(`${page}?done=linked`)
    expect(await links()).toBe(1)
    // Said again, nothing more comes of it.
    await link(browser, other)
    expect(await links()).toBe(1)
  })

  test('is refused for emergency accounts, for one organization, and for whoever holds no session', async () => {
    const sealed = await account({ method: 'emergency' })
    expect((await link(at(one, sealed), sealed)).status).toBe(409)
    const colleague = await provisionLocalUser(one.organization, `colleague${people}@example.com`)
    const twin: Account = { ...one, person: colleague, session: await signIn(one.organization, colleague.id) }
    const direct = (hash: string) =>
      app.owner`select link_accounts(${one.session.tokenHash}, ${hash}, 10) as outcome`.then(
        ([row]) => row?.['outcome'],
      )
    expect(await direct(twin.session.tokenHash)).toBe('refused')
    expect(await direct(one.session.tokenHash)).toBe('refused')
    expect(await direct('nobody')).toBe('refused')
    expect(await links()).toBe(0)
  })

  test('comes with an invitation that is accepted while signed in elsewhere, by the person’s own tick', async () => {
    for (const tick of [{}, { link: 'on' }]) {
      const host = await account()
      const [role] =
        await app.owner`select id from roles where organization_id = ${host.organization.id} and key = 'viewer'`
      const email = `invited${people}@example.com`
      await createInvitation(host.organization.ctx, { email, roleId: String(role?.['id']) })
      const path = await linkIn(host.organization, email)
      const from = at(one)
      const shown = await (await from.get(path)).text()
      expect(shown).toContain(`Link it with my account at ${one.organization.slug}`)
      const form = { name: 'Free Lancer', password: goodPassword, repeat: goodPassword, ...tick }
      expect((await from.post(path, form)).status).toBe(303)
      expect(await links()).toBe('link' in tick ? 1 : 0)
      // The session elsewhere goes on.
      expect(await textOf(from)).toContain(`Switch to ${one.organization.slug}`)
    }
  })

  test('ends by the person, from either side, and leaves sessions as they are', async () => {
    await link(browser, other)
    const from = at(other, one)
    expect(await textOf(from)).toContain(`Unlink ${one.organization.slug}`)
    await from.post(`${page}/unlink`, { user: one.person.id })
    expect(await links()).toBe(0)
    const live =
      await app.owner`select count(*)::int as n from sessions where ended_at is null and id = any (${[one.session.sessionId, other.session.sessionId]})`
    expect(live[0]?.['n']).toBe(2)
  })

  test('is no other person’s to end or to see', async () => {
    await link(browser, other)
    const stranger = await account()
    const from = at(stranger)
    for (const user of [one.person.id, other.person.id]) await from.post(`${page}/unlink`, { user })
    expect(await links()).toBe(1)
    expect(await textOf(from)).not.toContain(one.organization.slug)
    expect(await linkedAccounts(app.services.database, stranger.session.tokenHash)).toEqual([])
  })
})

describe('coming in by a linked account', () => {
  test('not unless the organization accepts it; then by a session as old as the proof, under its own rules', async () => {
    const from = await linked()
    expect(await textOf(from)).toContain(`Sign in at ${other.organization.slug}`)
    expect(await comesIn(from)).toBe(false)
    await accept(other)
    expect(await textOf(from)).toContain(`Switch to ${other.organization.slug}`)
    await app.owner`update sessions set authenticated_at = now() - interval '3 minutes' where id = ${one.session.sessionId}`
    expect(await comesIn(from)).toBe(true)
    const [made] =
      await app.owner`select method, has_second_factor, authenticated_at < now() - interval '2 minutes' as is_old
      from sessions where organization_id = ${other.organization.id} order by created_at desc limit 1`
    expect(made).toMatchObject({ method: 'password', has_second_factor: true, is_old: true })
    // The one that vouched stays beside it.
    expect(await textOf(from)).toContain(`Switch to ${one.organization.slug}`)
  })

  const refusals: [string, () => Promise<unknown>][] = [
    [
      'without a second factor',
      () => app.owner`update sessions set has_second_factor = false where id = ${one.session.sessionId}`,
    ],
    [
      'that came through a provider',
      () => app.owner`update sessions set method = 'saml' where id = ${one.session.sessionId}`,
    ],
    [
      'of an emergency account',
      () => app.owner`update sessions set method = 'emergency' where id = ${one.session.sessionId}`,
    ],
    ['where a provider is enforced', () => enforce(other)],
    ['where passwords are off', () => updateSignInPolicy(other.organization.ctx, { passwordSignIn: 'off' })],
    ['where the organization takes its word back', () => accept(other, 'own')],
    ['to an organization that is suspended', () => suspend(other)],
    ['from an organization that is suspended', () => suspend(one)],
    [
      'after the session here was revoked',
      () => app.owner`update sessions set ended_at = now() where id = ${one.session.sessionId}`,
    ],
    [
      'after the sessions there were revoked',
      () => endUserSessions(other.organization.ctx, { userId: other.person.id, reason: 'revoked' }),
    ],
    ['to somebody who is deactivated', () => deactivateUser(other.organization.ctx, { userId: other.person.id })],
    ['from somebody who is deactivated', () => deactivateUser(one.organization.ctx, { userId: one.person.id })],
    ['after a password there was set anew', () => reset(other)],
    ['after a password here was set anew', () => reset(one)],
    ['after a factor there was lost', () => app.owner`delete from totp_factors where user_id = ${other.person.id}`],
    ['after a passkey came in here', () => passkey(one)],
  ]
  test.each(refusals)('not by a sign-in %s', async (_, happens) => {
    await app.owner`insert into totp_factors (organization_id, user_id, secret_sealed, confirmed_at, created_at)
      values (${other.organization.id}, ${other.person.id}, 'x', now(), now())`
    const from = await linked()
    await accept(other)
    expect(await comesIn(at(one))).toBe(true)
    await happens()
    expect(await comesIn(from)).toBe(false)
  })

  test('a proof that is newer than the revocation counts again', async () => {
    await linked()
    await accept(other)
    await endUserSessions(other.organization.ctx, { userId: other.person.id, reason: 'revoked' })
    one.session = await signIn(one.organization, one.person.id, { hasSecondFactor: true })
    expect(await comesIn(at(one))).toBe(true)
  })
})

describe('what becomes of the link', () => {
  test.each([
    [
      'deactivation, which a reactivation does not undo',
      async () => {
        await deactivateUser(other.organization.ctx, { userId: other.person.id })
        await reactivateUser(other.organization.ctx, { userId: other.person.id })
      },
    ],
    [
      'erasure',
      async () => {
        await deactivateUser(other.organization.ctx, { userId: other.person.id })
        await app.owner`update users set status_changed_at = now() - interval '40 days' where id = ${other.person.id}`
        await eraseUser(other.organization.ctx, { userId: other.person.id, confirm: other.person.userName })
      },
    ],
    ['a new password', () => reset(one)],
  ] as const)('it ends with %s, and nothing ends at the other organization', async (_, happens) => {
    await linked()
    const ids = async () =>
      (await app.owner`select id from sessions where user_id = ${one.person.id} and ended_at is null`).length
    const before = await ids()
    await happens()
    expect([await links(), await ids()]).toEqual([0, before])
  })

  test.each([
    [
      'a suspension, and works again after it',
      async () => {
        await suspend(other)
        await app.owner`update organizations set status = 'active' where id = ${other.organization.id}`
      },
    ],
    [
      'signing out, and sessions that end',
      () => endUserSessions(other.organization.ctx, { userId: other.person.id, reason: 'revoked' }),
    ],
    [
      'a password that is only hashed anew',
      () => app.owner`update passwords set hash = hash where user_id = ${one.person.id}`,
    ],
  ] as const)('it outlives %s', async (_, happens) => {
    await linked()
    await happens()
    expect(await links()).toBe(1)
  })
})

describe('no organization sees it', () => {
  test('in its tables, its trail, an export of the person, or by a transaction of its own', async () => {
    const from = await linked()
    await accept(other)
    await comesIn(from)
    const secrets = [one.organization.id, one.organization.slug, one.person.id, one.person.userName]
    const trail = await app.owner`select * from audit_events where organization_id = ${other.organization.id}`
    const attempts = await app.owner`select * from sign_in_attempts where organization_id = ${other.organization.id}`
    const sessions = await app.owner`select * from sessions where organization_id = ${other.organization.id}`
    const exported = await exportPerson(other.organization.ctx, other.person.id)
    const said = JSON.stringify([trail, attempts, sessions, exported])
    for (const secret of secrets) expect(said).not.toContain(secret)
    expect(said).not.toMatch(/account\.link|platform_account/i)
    const sql = app.serverRole()
    const seen = await sql.begin(async (tx) => {
      await tx`select set_config('rolecall.organization_id', ${other.organization.id}, true)`
      return tx`select from platform_account_links`
    })
    expect(seen).toHaveLength(0)
    const [platform] =
      await app.owner`select count(*)::int as n from audit_events where organization_id = 'platform' and action = 'account.link'
      and target_id = ${one.person.id}`
    expect(platform?.['n']).toBe(1)
  })

  test('in what a sign-in there is recorded as: the same as one of its own', async () => {
    const from = await linked()
    await accept(other)
    await comesIn(from)
    await signIn(other.organization, other.person.id, { hasSecondFactor: true })
    const rows = await app.owner`select detail - 'userId' as detail from audit_events
      where organization_id = ${other.organization.id} and action = 'session.start'`
    expect(new Set(rows.map(({ detail }) => JSON.stringify(detail))).size).toBe(1)
  })
})

const suspend = ({ organization }: Account) =>
  app.owner`update organizations set status = 'suspended' where id = ${organization.id}`

const reset = ({ organization, person }: Account) =>
  app.owner`update passwords set hash = 'x', changed_at = now() + interval '1 second' where organization_id = ${organization.id} and user_id = ${person.id}`

const passkey = ({ organization, person }: Account) =>
  app.owner`insert into passkeys select p.* from jsonb_populate_record(null::passkeys, ${app.owner.json({
    ...{
      organization_id: organization.id,
      user_id: person.id,
      id: `pky_${people}`,
      name: 'x',
      credential_id: `c${people}`,
    },
    ...{ public_key: 'x', counter: 0, transports: [], is_backed_up: false, created_at: new Date().toISOString() },
  })}) p`

async function enforce({ organization }: Account): Promise<void> {
  const connection = await createSamlConnection(organization)
  await app.owner`update connections set status = 'enforced' where id = ${connection.id}`
}

test('the page is right for everybody, with what it offers', async () => {
  const chromium = await launchBrowser()
  if (chromium === undefined) return
  const third = await account()
  await link(at(one, third), third)
  await accept(third)
  const opened = await openPage(chromium)
  const { hostname } = new URL(app.origin)
  for (const [name, value] of [
    ['__Host-rolecall_session', one.session.token],
    ['__Host-rolecall_beside', other.session.token],
  ] as const)
    await opened.context().addCookies([{ name, value, domain: hostname, path: '/', secure: true, httpOnly: true }])
  for (const width of [1280, 320]) {
    await opened.setViewportSize({ width, height: 900 })
    await opened.goto(app.origin + page)
    expect([await axeViolations(opened), await overflowsSideways(opened)]).toEqual([[], false])
  }
  await opened.getByRole('button', { name: `Link with ${other.organization.slug}` }).click()
  await opened.getByText('The accounts are linked').waitFor()
  await opened.getByRole('button', { name: new RegExp(`Switch to ${third.organization.slug}`) }).click()
  await opened.waitForURL(/account/)
  await opened.getByText(third.organization.slug).first().waitFor()
  await chromium.close()
})
