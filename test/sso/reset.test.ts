// Forgotten passwords: nobody learns who has an account, and a link is worth little.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deactivateUser } from '#access/people/status/deactivate-user.ts'
import { sha256 } from '#platform/crypto.ts'
import { browserAt, linkIn, outbox, type Person, provisionLocalUser, tryPassword } from '../support/accounts.ts'
import { startTestApp, type TestApp, type TestOrganization } from '../support/app.ts'
import { createPerson } from '../support/people.ts'

let app: TestApp
let organization: TestOrganization
beforeAll(async () => {
  app = await startTestApp({ trustedProxies: 1 })
  organization = await app.createOrganization()
})
afterAll(() => app.close())

let people = 0
const newPerson = (): Promise<Person> => {
  people += 1
  return provisionLocalUser(organization, `person${people}@reset.example.com`)
}
let asked = 0
function newAddress(): string {
  asked += 1
  return `192.0.2.${asked % 250}`
}

const ask = (email: string, headers: Record<string, string> = {}): Promise<Response> =>
  app.request('/login/forgot', {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'sec-fetch-site': 'same-origin',
      'x-forwarded-for': newAddress(),
      ...headers,
    },
    body: new URLSearchParams({ email }).toString(),
  })
const password = 'a new phrase 52 wind'
const reset = (path: string, chosen = password): Promise<Response> =>
  browserAt(app).post(path, { password: chosen, repeat: chosen })

describe('W-018', () => {
  test('a link sets a new password, once, and ends every session', async () => {
    const person = await newPerson()
    const browser = browserAt(app)
    await tryPassword(browser, person.userName, person.password)
    await ask(person.userName)
    const path = await linkIn(organization, person.userName)
    const token = path.split('/').at(-1) ?? ''
    const [row] = await app.owner`select token_hash from password_resets where user_id = ${person.id}`
    expect(row?.['token_hash']).toBe(sha256(token))
    for (let looks = 0; looks < 2; looks += 1) {
      const page = await browserAt(app).get(path)
      expect(page.status).toBe(200)
      expect(page.headers.get('referrer-policy')).toBe('strict-origin')
    }
    expect((await reset(path, 'short')).status).toBe(422)
    expect((await reset(path)).status).toBe(200)
    expect(await browser.session()).toBeUndefined()
    expect((await reset(path, 'another phrase 61 sea')).status).toBe(410)
    expect((await browserAt(app).get(path)).status).toBe(410)
    expect((await tryPassword(browserAt(app), person.userName, person.password)).status).toBe(403)
    expect((await tryPassword(browserAt(app), person.userName, password)).status).toBe(303)
    expect((await outbox(organization, person.userName)).map(({ kind }) => kind)).toEqual([
      'password_reset',
      'password_changed',
    ])
    const events = await app.owner`select action from audit_events where target_id = ${person.id}`
    expect(events.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['user.password_reset_request', 'user.password_reset']),
    )
  })

  test('a link is good for 30 minutes', async () => {
    const person = await newPerson()
    await ask(person.userName)
    const path = await linkIn(organization, person.userName)
    await app.owner`update password_resets set expires_at = expires_at - interval '29 minutes' where user_id = ${person.id}`
    expect((await browserAt(app).get(path)).status).toBe(200)
    await app.owner`update password_resets set expires_at = expires_at - interval '1 minute' where user_id = ${person.id}`
    expect((await browserAt(app).get(path)).status).toBe(410)
    expect((await reset(path)).status).toBe(410)
  })

  test('a newer link makes the older one void', async () => {
    const person = await newPerson()
    await ask(person.userName)
    const older = await linkIn(organization, person.userName)
    await ask(person.userName)
    const newer = await linkIn(organization, person.userName)
    expect(newer).not.toBe(older)
    expect((await reset(older)).status).toBe(410)
    expect((await reset(newer)).status).toBe(200)
  })

  test('of two at once, one counts', async () => {
    const person = await newPerson()
    await ask(person.userName)
    const path = await linkIn(organization, person.userName)
    const statuses = (await Promise.all([1, 2, 3, 4].map((n) => reset(path, `phrase number ${n} wind`)))).map(
      ({ status }) => status,
    )
    expect(statuses.toSorted()).toEqual([200, 410, 410, 410])
  })

  test('the link leads to our own origin, whatever host the request names', async () => {
    const person = await newPerson()
    const poison = {
      host: 'evil.example.net',
      'x-forwarded-host': 'evil.example.net',
      forwarded: 'host=evil.example.net',
      'x-forwarded-proto': 'http',
    }
    expect((await ask(person.userName, poison)).status).toBe(200)
    const [mail] = await outbox(organization, person.userName)
    expect(mail?.text).toContain('https://id.example.com/login/reset/')
    expect(`${mail?.text}${mail?.html}`).not.toContain('evil')
  })

  test('a guessed or cut token opens nothing', async () => {
    const person = await newPerson()
    await ask(person.userName)
    const path = await linkIn(organization, person.userName)
    for (const wrong of [
      path.slice(0, -1),
      `${path}A`,
      '/login/reset/x',
      path.toUpperCase().replace('/LOGIN/RESET', '/login/reset'),
    ])
      expect((await browserAt(app).get(wrong)).status).toBe(410)
    expect((await browserAt(app).get(path)).status).toBe(200)
  })

  test('a person who was switched off meanwhile cannot use it', async () => {
    const person = await newPerson()
    await ask(person.userName)
    const path = await linkIn(organization, person.userName)
    await deactivateUser(organization.ctx, { userId: person.id })
    expect((await reset(path)).status).toBe(410)
  })
})

describe('000-38', () => {
  test('the answer is the same for everybody; mail goes to active people with a password alone', async () => {
    const [active, inactive] = [await newPerson(), await newPerson()]
    await deactivateUser(organization.ctx, { userId: inactive.id })
    await createPerson(organization, 'provided@reset.example.com')
    const kinds = [
      active.userName,
      inactive.userName,
      'provided@reset.example.com',
      'nobody@reset.example.com',
      'x',
      '',
    ]
    const answers: [number, string][] = []
    const times: number[] = []
    for (const email of kinds) {
      const startedAt = performance.now()
      const answer = await ask(email)
      answers.push([answer.status, (await answer.text()).replaceAll(/nonce="[^"]*"/g, '')])
      times.push(performance.now() - startedAt)
    }
    expect(new Set(answers.map((each) => JSON.stringify(each))).size).toBe(1)
    expect(answers[0]?.[0]).toBe(200)
    expect(Math.min(...times)).toBeGreaterThan(240)
    const recipients = (await outbox(organization)).map(({ to }) => to)
    expect(recipients.filter((to) => to === active.userName)).toHaveLength(1)
    for (const none of kinds.slice(1)) expect(recipients).not.toContain(none)
  })

  test('goes to the address on record, not to what was typed', async () => {
    await provisionLocalUser(organization, 'short-name', { email: 'real.person@reset.example.com' })
    await ask('SHORT-NAME')
    expect(await outbox(organization, 'real.person@reset.example.com')).toHaveLength(1)
  })

  test('one address asks thirty times in a quarter of an hour', async () => {
    const statuses: number[] = []
    for (let tried = 0; tried < 32; tried += 1)
      statuses.push((await ask(`p${tried}@nowhere.example.net`, { 'x-forwarded-for': '198.51.100.77' })).status)
    expect([new Set(statuses.slice(0, 30)), statuses.slice(30)]).toEqual([new Set([200]), [429, 429]])
  })

  test('a person gets five mails an hour at most, and the answer stays the same', async () => {
    const person = await newPerson()
    for (let times = 0; times < 8; times += 1) expect((await ask(person.userName)).status).toBe(200)
    expect(await outbox(organization, person.userName)).toHaveLength(5)
  })
})
