// Second factors: authenticators, recovery codes, their set-up where an organization wants them, and proving oneself again.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  browserAt,
  codeOf,
  goodPassword,
  linkIn,
  type Person,
  provisionLocalUser,
  secretIn,
  stateOf,
  tryPassword,
} from '../support/accounts.ts'
import { startTestApp, type TestApp, type TestOrganization } from '../support/app.ts'
import { createPerson } from '../support/people.ts'
import { signIn as startSession } from '../support/sessions.ts'
import type { TestBrowser } from '../support/sign-in.ts'

let app: TestApp
let organization: TestOrganization
beforeAll(async () => {
  app = await startTestApp({ trustedProxies: 1 })
  organization = await app.createOrganization()
})
afterAll(() => app.close())

let people = 0
const newPerson = (where = organization): Promise<Person> => {
  people += 1
  return provisionLocalUser(where, `person${people}@factors.example.com`)
}

async function signedIn(person: Person): Promise<TestBrowser> {
  const browser = browserAt(app)
  await tryPassword(browser, person.userName, person.password)
  return browser
}

const codesIn = (html: string): string[] =>
  [...html.matchAll(/<code>([a-z2-9-]{19})<\/code>/g)].map(([, code]) => code ?? '')

/** A person with an authenticator; the clock stands one step later, so that its next code is a fresh one. */
async function withTotp(
  where = organization,
): Promise<{ person: Person; secret: string; codes: string[]; browser: TestBrowser }> {
  const person = await newPerson(where)
  const browser = await signedIn(person)
  const secret = secretIn(await (await browser.get('/account/security/totp')).text())
  const answer = await browser.post('/account/security/totp', { code: codeOf(app, secret) })
  const codes = codesIn(await answer.text())
  app.clock.advance(30_000)
  return { person, secret, codes, browser }
}

async function begin({ userName, password }: Person): Promise<{ browser: TestBrowser; state: string }> {
  const browser = browserAt(app)
  const answer = await tryPassword(browser, userName, password)
  return { browser, state: stateOf(answer) }
}

const finish = (browser: TestBrowser, state: string, code: string): Promise<Response> =>
  browser.post('/login/continue', { state, code })

describe('an authenticator', () => {
  test('is set up with a picture or a key, and gives ten recovery codes', async () => {
    const person = await newPerson()
    const browser = await signedIn(person)
    const other = await signedIn(person)
    const page = await (await browser.get('/account/security/totp')).text()
    expect(page).toContain('src="data:image/svg+xml;base64,')
    expect(secretIn(page)).toMatch(/^[A-Z2-7]{32}$/)
    expect(secretIn(await (await browser.get('/account/security/totp')).text())).toBe(secretIn(page))
    expect((await browser.post('/account/security/totp', { code: '000000' })).status).toBe(422)
    const done = await browser.post('/account/security/totp', { code: codeOf(app, secretIn(page)) })
    expect(codesIn(await done.text())).toHaveLength(10)
    expect((await browser.session())?.user.id).toBe(person.id)
    expect(await other.session()).toBeUndefined()
    const [row] = await app.owner`select secret_sealed from totp_factors where user_id = ${person.id}`
    expect(row?.['secret_sealed']).not.toContain(secretIn(page))
    const events = await app.owner`select action from audit_events where target_id = ${person.id}`
    expect(events.map(({ action }) => action)).toContain('user.totp_enrol')
  })

  test('is asked for after the password; only its code opens a session', async () => {
    const { person, secret } = await withTotp()
    const { browser, state } = await begin(person)
    expect(await browser.session()).toBeUndefined()
    expect(await (await browser.get(`/login/continue?state=${state}`)).text()).toContain('Confirm that it is you')
    expect((await finish(browser, state, '123456')).status).toBe(422)
    expect(await browser.session()).toBeUndefined()
    expect((await finish(browser, state, codeOf(app, secret))).headers.get('location')).toBe('/account')
    expect((await browser.session())?.user.id).toBe(person.id)
    const [session] = await app.owner`select has_second_factor, method from sessions where user_id = ${person.id}
      order by id desc limit 1`
    expect(session).toEqual({ has_second_factor: true, method: 'password' })
  })

  test('is believed one step early or late, and no further', async () => {
    const { person, secret } = await withTotp()
    app.clock.advance(120_000)
    for (const [steps, status] of [
      [-2, 422],
      [2, 422],
      [-1, 303],
      [0, 303],
      [1, 303],
    ] as const) {
      const { browser, state } = await begin(person)
      expect((await finish(browser, state, codeOf(app, secret, steps))).status, `${steps}`).toBe(status)
    }
  })

  test('has each code count once, also when two come at the same time', async () => {
    const { person, secret } = await withTotp()
    const code = codeOf(app, secret)
    const sides = await Promise.all(Array.from({ length: 4 }, () => begin(person)))
    const statuses = await Promise.all(sides.map(({ browser, state }) => finish(browser, state, code)))
    expect(statuses.filter(({ status }) => status === 303)).toHaveLength(1)
    const later = await begin(person)
    expect((await finish(later.browser, later.state, codeOf(app, secret, -1))).status).toBe(422)
  })

  test('is not to be guessed: after ten wrong codes it is over for a while', async () => {
    const { person, secret } = await withTotp()
    const { browser, state } = await begin(person)
    for (let tried = 0; tried < 9; tried += 1) await finish(browser, state, '000000')
    const locked = await finish(browser, state, codeOf(app, secret))
    expect(locked.status).toBe(429)
    const anew = await begin(person)
    expect((await finish(anew.browser, anew.state, codeOf(app, secret))).status).toBe(429)
    await app.owner`update throttles set window_ends_at = now()`
    expect((await finish(anew.browser, anew.state, codeOf(app, secret))).status).toBe(303)
  })

  test('belongs to the browser that entered the password', async () => {
    const { person, secret } = await withTotp()
    const { browser, state } = await begin(person)
    const other = browserAt(app)
    await other.get('/login')
    expect((await other.get(`/login/continue?state=${state}`)).status).toBe(410)
    expect((await finish(other, state, codeOf(app, secret))).status).toBe(410)
    expect((await finish(browser, state, codeOf(app, secret))).status).toBe(303)
    expect((await finish(browser, state, codeOf(app, secret, 1))).status).toBe(410)
  })

  test('does not help with a sign-in that has run out, or whose password was changed', async () => {
    const { person, secret } = await withTotp()
    const late = await begin(person)
    await app.owner`update sign_in_requests set expires_at = now() where user_id = ${person.id}`
    expect((await finish(late.browser, late.state, codeOf(app, secret))).status).toBe(410)
    const { browser, state } = await begin(person)
    await browserAt(app).post('/login/forgot', { email: person.userName })
    const password = 'a new phrase 52 wind'
    await browserAt(app).post(await linkIn(organization, person.userName), { password, repeat: password })
    expect((await finish(browser, state, codeOf(app, secret))).status).toBe(410)
  })

  test('can be removed, which ends the other sessions', async () => {
    const { person, browser, secret } = await withTotp()
    const side = await begin(person)
    await finish(side.browser, side.state, codeOf(app, secret))
    expect((await side.browser.session())?.user.id).toBe(person.id)
    const answer = await browser.post('/account/security/totp/remove', {})
    expect(answer.headers.get('location')).toBe('/account/security?done=totp-removed')
    expect(await side.browser.session()).toBeUndefined()
    expect((await tryPassword(browserAt(app), person.userName, person.password)).headers.get('location')).toBe(
      '/account',
    )
    expect(await app.owner`select 1 from recovery_codes where user_id = ${person.id}`).toHaveLength(0)
  })
})

describe('a recovery code', () => {
  test('opens once, in any case and without its dashes', async () => {
    const { person, codes } = await withTotp()
    const [first = '', second = ''] = codes
    const one = await begin(person)
    expect((await finish(one.browser, one.state, first)).status).toBe(303)
    const again = await begin(person)
    expect((await finish(again.browser, again.state, first)).status).toBe(422)
    expect((await finish(again.browser, again.state, second.toUpperCase().replaceAll('-', ''))).status).toBe(303)
  })

  test('is not in the database', async () => {
    const { person, codes } = await withTotp()
    const rows = await app.owner`select code_hash from recovery_codes where user_id = ${person.id}`
    expect(rows).toHaveLength(10)
    for (const { code_hash: hash } of rows) for (const code of codes) expect(hash).not.toContain(code)
  })

  test('is void once there are new ones', async () => {
    const { person, codes, browser } = await withTotp()
    const fresh = codesIn(await (await browser.post('/account/security/recovery-codes', {})).text())
    expect(fresh).toHaveLength(10)
    const { browser: side, state } = await begin(person)
    expect((await finish(side, state, codes[0] ?? '')).status).toBe(422)
    expect((await finish(side, state, fresh[0] ?? '')).status).toBe(303)
  })

  test('of somebody else opens nothing', async () => {
    const [one, other] = [await withTotp(), await withTotp()]
    const { browser, state } = await begin(one.person)
    expect((await finish(browser, state, other.codes[0] ?? '')).status).toBe(422)
  })
})

describe('an organization that wants a second factor', () => {
  test('has it set up before the first session', async () => {
    const own = await app.createOrganization()
    await app.owner`update organizations set second_factor = 'required' where id = ${own.id}`
    const person = await newPerson(own)
    const { browser, state } = await begin(person)
    const page = await (await browser.get(`/login/continue?state=${state}`)).text()
    expect(page).toContain('Set up a second factor')
    const secret = secretIn(page)
    expect((await finish(browser, state, '000000')).status).toBe(422)
    expect(await browser.session()).toBeUndefined()
    const done = await finish(browser, state, codeOf(app, secret))
    const html = await done.text()
    expect(codesIn(html)).toHaveLength(10)
    expect(html).toContain('href="/account"')
    expect((await browser.session())?.user.id).toBe(person.id)
    const removal = await browser.post('/account/security/totp/remove', {})
    expect(removal.status).toBe(422)
    expect(await removal.text()).toContain('Your organization wants a second factor')
    app.clock.advance(30_000)
    const next = await begin(person)
    expect((await finish(next.browser, next.state, codeOf(app, secret))).status).toBe(303)
  })
})

describe('proving oneself again', () => {
  const age = (person: Person) =>
    app.owner`update sessions set authenticated_at = now() - interval '11 minutes' where user_id = ${person.id}`

  test('is asked of whoever did so more than ten minutes ago, and comes back', async () => {
    const person = await newPerson()
    const browser = await signedIn(person)
    expect((await browser.get('/account/security')).status).toBe(200)
    await age(person)
    const sent = await browser.get('/account/security')
    expect(sent.headers.get('location')).toBe('/login/step-up?return_to=%2Faccount%2Fsecurity')
    for (const path of ['password', 'totp', 'totp/remove', 'recovery-codes', 'passkeys', 'passkeys/question'])
      expect((await browser.post(`/account/security/${path}`, {})).headers.get('location'), path).toContain(
        '/login/step-up',
      )
    const before = browser.cookies.get('__Host-rolecall_session') ?? ''
    const prove = (password: string) => browser.post('/login/step-up', { password, return_to: '/account/security' })
    expect((await prove('wrong')).status).toBe(403)
    expect((await browser.get('/account/security')).status).toBe(303)
    expect((await prove(person.password)).headers.get('location')).toBe('/account/security')
    expect((await browser.get('/account/security')).status).toBe(200)
    // W-002: more rights, another token.
    expect(browser.cookies.get('__Host-rolecall_session')).not.toBe(before)
    const old = browserAt(app)
    old.cookies.set('__Host-rolecall_session', before)
    expect(await old.session()).toBeUndefined()
  })

  test('wants the second factor, where there is one', async () => {
    const { person, secret, browser } = await withTotp()
    await age(person)
    const prove = (code: string) => browser.post('/login/step-up', { password: person.password, code })
    expect((await prove('')).status).toBe(403)
    expect((await prove('000000')).status).toBe(403)
    expect((await prove(codeOf(app, secret))).status).toBe(303)
  })
})

describe('the page of one’s own sign-in', () => {
  test('changes the password for whoever knows the old one, ends other sessions and says so by mail', async () => {
    const person = await newPerson()
    const [browser, other] = [await signedIn(person), await signedIn(person)]
    const change = (oldPassword: string, password: string, repeat = password) =>
      browser.post('/account/security/password', { oldPassword, password, repeat })
    for (const [old, password, repeat, message] of [
      ['wrong', 'a new phrase 52 wind', undefined, 'not your present password'],
      [goodPassword, 'short', undefined, 'This password is too short'],
      [goodPassword, 'password1234', undefined, 'tried first'],
      [goodPassword, 'a new phrase 52 wind', 'other', 'not the same'],
    ] as const) {
      const answer = await change(old, password, repeat)
      expect(answer.status).toBe(422)
      expect(await answer.text()).toContain(message)
    }
    expect((await change(goodPassword, 'a new phrase 52 wind')).headers.get('location')).toBe(
      '/account/security?done=password',
    )
    expect((await browser.session())?.user.id).toBe(person.id)
    expect(await other.session()).toBeUndefined()
    expect((await tryPassword(browserAt(app), person.userName, 'a new phrase 52 wind')).status).toBe(303)
    const [mail] = await app.owner`select kind, recipient from mails where recipient = ${person.userName}`
    expect(mail).toEqual({ kind: 'password_changed', recipient: person.userName })
  })

  test('has nothing to set up for people who come through a provider', async () => {
    const userId = await createPerson(organization, 'provided@factors.example.com')
    const { cookie } = await startSession(organization, userId)
    const browser = browserAt(app)
    browser.cookies.set('__Host-rolecall_session', cookie.split('=')[1] ?? '')
    expect(await (await browser.get('/account/security')).text()).toContain('You sign in through your organization')
    expect((await browser.get('/account/security/totp')).status).toBe(422)
    expect((await browser.post('/account/security/passkeys/question', {})).status).toBe(409)
    expect(
      (
        await browser.post('/account/security/password', {
          oldPassword: '',
          password: goodPassword,
          repeat: goodPassword,
        })
      ).status,
    ).toBe(422)
    expect(await app.owner`select 1 from passwords where user_id = ${userId}`).toHaveLength(0)
  })

  test('is nobody’s without a session', async () => {
    const browser = browserAt(app)
    expect((await browser.get('/account/security')).headers.get('location')).toBe(
      '/login?return_to=%2Faccount%2Fsecurity',
    )
    expect((await browser.post('/account/security/password', {})).headers.get('location')).toContain('/login')
  })
})
