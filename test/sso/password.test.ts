// Signing in with a password: what opens a session, what does not, and what nobody learns from it.
import { argon2Sync, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deactivateUser } from '#access/people/status/deactivate-user.ts'
import { reactivateUser } from '#access/people/status/reactivate-user.ts'
import { listAttempts } from '#access/sign-in/attempts.ts'
import { setConnectionStatus } from '#access/sign-in/connection-status.ts'
import { deleteUser } from '#directory/delete-user.ts'
import {
  browserAt,
  goodPassword,
  linkIn,
  type Person,
  provisionLocalUser,
  stateOf,
  tryPassword,
} from '../support/accounts.ts'
import { startTestApp, type TestApp, type TestOrganization } from '../support/app.ts'
import { createPerson } from '../support/people.ts'
import { createSamlConnection, createTestBrowser, verifyDomain } from '../support/sign-in.ts'

let app: TestApp
let organization: TestOrganization
beforeAll(async () => {
  app = await startTestApp({ trustedProxies: 1 })
  organization = await app.createOrganization()
})
afterAll(() => app.close())

let people = 0
const newPerson = (options: Parameters<typeof provisionLocalUser>[2] = {}, where = organization): Promise<Person> => {
  people += 1
  return provisionLocalUser(where, `person${people}@local.example.com`, options)
}
const enforce = async (where: TestOrganization): Promise<void> => {
  const { id } = await createSamlConnection(where)
  await setConnectionStatus(where.ctx, { connectionId: id, status: 'enforced', isForced: true })
}

describe('the right password', () => {
  test('opens a session, by user name or e-mail in any case', async () => {
    const person = await newPerson({ email: 'Other.Address@Local.Example.com' })
    for (const name of [person.userName.toUpperCase(), ' other.address@local.example.com ']) {
      const browser = browserAt(app)
      const answer = await tryPassword(browser, name, person.password)
      expect([answer.status, answer.headers.get('location')]).toEqual([303, '/account'])
      expect((await browser.session())?.user.id).toBe(person.id)
    }
    const [attempt] = await listAttempts(organization.ctx, { userId: person.id, limit: 1 })
    expect(attempt).toMatchObject({ method: 'password', outcome: 'signed_in', reason: null, userId: person.id })
    expect(JSON.stringify(attempt)).not.toContain(person.password)
  })

  test('is the same however its accents are typed', async () => {
    const person = await newPerson({ password: 'cafe\u0301 lantern drift 47' })
    expect((await tryPassword(browserAt(app), person.userName, 'caf\u00e9 lantern drift 47')).status).toBe(303)
  })

  test('asks which organization, where it fits several', async () => {
    const [first, second] = [await app.createOrganization(), await app.createOrganization()]
    for (const each of [first, second]) await provisionLocalUser(each, 'both@several.example.com')
    const answer = await tryPassword(browserAt(app), 'both@several.example.com', goodPassword)
    const html = await answer.text()
    expect(answer.status).toBe(200)
    expect(answer.headers.getSetCookie().join()).not.toContain('rolecall_session')
    for (const { slug } of [first, second]) expect(html).toContain(`organization=${slug}`)
    const chosen = await tryPassword(browserAt(app), 'both@several.example.com', goodPassword, {
      organization: second.slug,
    })
    expect(chosen.status).toBe(303)
  })

  test('opens the one account of several that it belongs to', async () => {
    const [first, second] = [await app.createOrganization(), await app.createOrganization()]
    await provisionLocalUser(first, 'two@several.example.com', { password: 'a quite different 81 phrase' })
    const wanted = await provisionLocalUser(second, 'two@several.example.com')
    const browser = browserAt(app)
    await tryPassword(browser, 'two@several.example.com', goodPassword)
    expect((await browser.session())?.user.id).toBe(wanted.id)
  })

  test('that was given by somebody else has to be changed first', async () => {
    const person = await newPerson({ mustChange: true })
    const browser = browserAt(app)
    const answer = await tryPassword(browser, person.userName, person.password)
    expect(answer.headers.get('location')).toMatch(/^\/login\/continue\?state=/)
    expect(await browser.session()).toBeUndefined()
    const state = stateOf(answer)
    expect(await (await browser.get(`/login/continue?state=${state}`)).text()).toContain(
      'Choose a password of your own',
    )
    const change = (password: string, repeat = password) => browser.post('/login/continue', { state, password, repeat })
    expect((await change('short')).status).toBe(422)
    expect((await change('a new phrase 52 wind', 'another')).status).toBe(422)
    expect((await change('a new phrase 52 wind')).headers.get('location')).toBe('/account')
    expect((await browser.session())?.user.id).toBe(person.id)
    expect((await change('a third phrase 52 wind')).status).toBe(410)
    expect((await tryPassword(browserAt(app), person.userName, person.password)).status).toBe(403)
    expect((await tryPassword(browserAt(app), person.userName, 'a new phrase 52 wind')).status).toBe(303)
  })
})

describe('somebody who may not sign in hears the same as after a wrong password', () => {
  const refusals: [string, string, (person: Person) => Promise<unknown>][] = [
    ['is deactivated', 'inactive', ({ id }) => deactivateUser(organization.ctx, { userId: id })],
    ['was deleted', '', ({ id }) => deleteUser(organization.ctx, { userId: id, directoryId: null })],
  ]
  test.each(refusals)('who %s', async (_, reason, act) => {
    const person = await newPerson()
    expect((await tryPassword(browserAt(app), person.userName, person.password)).status).toBe(303)
    await act(person)
    const answer = await tryPassword(browserAt(app), person.userName, person.password)
    const wrong = await tryPassword(browserAt(app), person.userName, 'wrong')
    expect(answer.status).toBe(403)
    expect(await answer.text()).toBe(await wrong.text())
    const attempts = await listAttempts(organization.ctx, { userId: person.id, limit: 5 })
    if (reason !== '') expect(attempts.map((each) => each.reason)).toContain(reason)
  })

  test('and comes back with the reactivation', async () => {
    const person = await newPerson()
    const reference = { userId: person.id, directoryId: null }
    await deactivateUser(organization.ctx, { ...reference })
    await reactivateUser(organization.ctx, reference)
    expect((await tryPassword(browserAt(app), person.userName, person.password)).status).toBe(303)
  })

  test('of a suspended organization, or one that has switched passwords off', async () => {
    const own = await app.createOrganization()
    const person = await newPerson({}, own)
    for (const [column, value] of [
      ['status', 'suspended'],
      ['password_sign_in', 'off'],
    ] as const) {
      await app.owner`update organizations set ${app.owner({ [column]: value })} where id = ${own.id}`
      expect((await tryPassword(browserAt(app), person.userName, person.password)).status).toBe(403)
      await app.owner`update organizations set status = 'active', password_sign_in = 'allowed' where id = ${own.id}`
    }
    expect((await tryPassword(browserAt(app), person.userName, person.password)).status).toBe(303)
  })
})

describe('W-057', () => {
  test('where sign-in is enforced, neither password nor reset nor invitation opens anything', async () => {
    const own = await app.createOrganization()
    const person = await newPerson({}, own)
    expect((await tryPassword(browserAt(app), person.userName, person.password)).status).toBe(303)
    await browserAt(app).post('/login/forgot', { email: person.userName })
    const early = await linkIn(own, person.userName)
    await enforce(own)
    expect((await tryPassword(browserAt(app), person.userName, person.password)).status).toBe(403)
    const [attempt] = await listAttempts(own.ctx, { userId: person.id, limit: 1 })
    expect(attempt).toMatchObject({ outcome: 'refused', reason: 'sign_in_enforced' })
    const [event] = await app.owner`select action, detail from audit_events
      where organization_id = ${own.id} and action = 'sign_in.refuse' order by id desc limit 1`
    expect(event?.['detail']).toMatchObject({ reason: 'sign_in_enforced', userId: person.id })
    const before = await app.owner`select id from mails where organization_id = ${own.id}`
    expect((await browserAt(app).post('/login/forgot', { email: person.userName })).status).toBe(200)
    expect(await app.owner`select id from mails where organization_id = ${own.id}`).toHaveLength(before.length)
    expect((await browserAt(app).get(early)).status).toBe(410)
    const reset = await browserAt(app).post(early, { password: 'a new phrase 52 wind', repeat: 'a new phrase 52 wind' })
    expect(reset.status).toBe(410)
    const elsewhere = await app.createOrganization()
    const other = await tryPassword(browserAt(app), person.userName, person.password, { organization: elsewhere.slug })
    expect(other.status).toBe(403)
  })
})

describe('W-001', () => {
  test('every cookie of a sign-in is bound to the host, out of reach of scripts, and small', async () => {
    const person = await newPerson({ mustChange: true })
    const browser = browserAt(app)
    const lines: string[] = []
    const collect = (answer: Response): Response => {
      lines.push(...answer.headers.getSetCookie())
      return answer
    }
    const state = stateOf(collect(await tryPassword(browser, person.userName, person.password)))
    collect(await browser.get(`/login/continue?state=${state}`))
    const fields = { state, password: 'a new phrase 52 wind', repeat: 'a new phrase 52 wind' }
    collect(await browser.post('/login/continue', fields))
    expect(lines.length).toBeGreaterThan(1)
    for (const line of lines) {
      expect(line).toMatch(/^__Host-rolecall_(session|login)=/)
      expect(line).toMatch(/; Path=\/;.*; Secure; HttpOnly; SameSite=(Lax|None)$/)
      expect(line).not.toMatch(/domain=/i)
      expect(line.length).toBeLessThan(4_096)
      expect(line.includes('SameSite=None')).toBe(line.startsWith('__Host-rolecall_login='))
    }
    expect(lines.some((line) => /^__Host-rolecall_session=[\w-]{43};.*SameSite=Lax$/.test(line))).toBe(true)
    expect(lines.some((line) => /^__Host-rolecall_login=.*Max-Age=600/.test(line))).toBe(true)
  })
})

describe('W-002', () => {
  test('a session that was put into the browser before is not the one after, and dies', async () => {
    const [attacker, victim] = [await newPerson(), await newPerson()]
    const theirs = browserAt(app)
    await tryPassword(theirs, attacker.userName, attacker.password)
    const planted = theirs.cookies.get('__Host-rolecall_session') ?? ''
    const browser = browserAt(app)
    browser.cookies.set('__Host-rolecall_session', planted)
    expect((await browser.session())?.user.id).toBe(attacker.id)
    await tryPassword(browser, victim.userName, victim.password)
    expect(browser.cookies.get('__Host-rolecall_session')).not.toBe(planted)
    expect((await browser.session())?.user.id).toBe(victim.id)
    expect(await theirs.session()).toBeUndefined()
  })

  test('a made-up session is not adopted', async () => {
    const person = await newPerson()
    const browser = browserAt(app)
    const planted = randomBytes(32).toString('base64url')
    browser.cookies.set('__Host-rolecall_session', planted)
    await tryPassword(browser, person.userName, person.password)
    expect(browser.cookies.get('__Host-rolecall_session')).not.toBe(planted)
    expect((await browser.session())?.user.id).toBe(person.id)
  })
})

/** Attempts, eight at a time. */
async function eachOf(count: number, attempt: (tried: number) => Promise<Response>): Promise<number[]> {
  const statuses: number[] = []
  const queue = Array.from({ length: count }, (_, tried) => tried).values()
  const work = async (): Promise<void> => {
    for (const tried of queue) statuses.push((await attempt(tried)).status)
  }
  await Promise.all(Array.from({ length: 8 }, work))
  return statuses
}

const counted = (statuses: number[]): Record<number, number> =>
  Object.fromEntries([...new Set(statuses)].map((each) => [each, statuses.filter((one) => one === each).length]))

describe('W-011', () => {
  test('wrong passwords for one account are limited, from however many addresses; the owner gets in again', async () => {
    const person = await newPerson()
    const statuses: number[] = []
    for (let tried = 0; tried < 100; tried += 1)
      statuses.push((await tryPassword(browserAt(app), person.userName, 'wrong')).status)
    expect(statuses.slice(0, 10)).toEqual(Array(10).fill(403))
    expect(new Set(statuses.slice(10))).toEqual(new Set([429]))
    const locked = await tryPassword(browserAt(app), person.userName, person.password)
    expect(locked.status).toBe(429)
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(Number(locked.headers.get('retry-after'))).toBeLessThanOrEqual(900)
    await app.owner`update throttles set window_ends_at = now() where window_ends_at > now()`
    expect((await tryPassword(browserAt(app), person.userName, person.password)).status).toBe(303)
  }, 60_000)

  test('the lock is the same for somebody who does not exist', async () => {
    for (let tried = 0; tried < 10; tried += 1) await tryPassword(browserAt(app), 'nobody@lock.example.net', 'wrong')
    expect((await tryPassword(browserAt(app), 'NOBODY@lock.example.net', 'wrong')).status).toBe(429)
  })

  test('a reset of the password lifts the lock', async () => {
    const person = await newPerson()
    for (let tried = 0; tried < 11; tried += 1) await tryPassword(browserAt(app), person.userName, 'wrong')
    await browserAt(app).post('/login/forgot', { email: person.userName })
    const password = 'a new phrase 52 wind'
    await browserAt(app).post(await linkIn(organization, person.userName), { password, repeat: password })
    expect((await tryPassword(browserAt(app), person.userName, password)).status).toBe(303)
  })

  test('one password over many accounts is limited by address, whatever the request says of it', async () => {
    const direct = await startTestApp({ databaseUrl: app.databaseUrl, ownerUrl: app.ownerUrl })
    const statuses = await eachOf(70, (tried) => {
      const spoofed: TestApp['request'] = (path, init = {}) => {
        const headers = { ...(init.headers as Record<string, string>), 'x-forwarded-for': `203.0.113.${tried}` }
        return direct.request(path, { ...init, headers })
      }
      const browser = createTestBrowser(spoofed, direct.urls.origin)
      return tryPassword(browser, `spray${tried}@example.net`, 'Summer2030!')
    })
    expect(counted(statuses)).toEqual({ 403: 60, 429: 10 })
    const person = await newPerson()
    expect((await tryPassword(browserAt(app), person.userName, person.password)).status).toBe(303)
    await direct.close()
  }, 60_000)

  test('behind a proxy, what the client wrote itself does not count', async () => {
    const statuses = await eachOf(65, (tried) =>
      tryPassword(browserAt(app, `203.0.113.${tried}, 192.0.2.77`), `proxied${tried}@example.net`, 'wrong'),
    )
    expect(counted(statuses)).toEqual({ 403: 60, 429: 5 })
  }, 60_000)
})

describe('W-012', () => {
  test('existing, absent, provider-only and deactivated: the same answer, and none that tells by being early', async () => {
    const enforced = await app.createOrganization()
    await verifyDomain(enforced, 'provider-only.example.com')
    await enforce(enforced)
    const existing = await newPerson()
    const gone = await newPerson()
    await deactivateUser(organization.ctx, { userId: gone.id })
    const kinds: Record<string, string> = {
      existing: existing.userName,
      absent: 'nobody@nowhere.example.net',
      providerOnly: 'person@provider-only.example.com',
      withoutPassword: 'no-password@local.example.com',
      deactivated: gone.userName,
    }
    await createPerson(enforced, kinds['providerOnly'])
    await createPerson(organization, kinds['withoutPassword'])
    const times: Record<string, number[]> = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, []]))
    const answers = new Set<string>()
    const trials = Array.from({ length: 10 }, () => Object.entries(kinds)).flat()
    const one = async ([kind, email]: [string, string]): Promise<void> => {
      const startedAt = performance.now()
      const answer = await tryPassword(browserAt(app), email, 'wrong password 1')
      times[kind]?.push(performance.now() - startedAt)
      const html = (await answer.text()).replaceAll(email, '[email]').replaceAll(/nonce="[^"]*"/g, '')
      const headers = [...answer.headers].filter(
        ([name]) => !['x-request-id', 'set-cookie', 'content-security-policy'].includes(name),
      )
      answers.add(JSON.stringify([answer.status, headers, html]))
    }
    const sweeping = setInterval(() => void app.owner`delete from throttles`.catch(() => {}), 40)
    const queue = trials.values()
    await Promise.all(
      Array.from({ length: 6 }, async () => {
        for (const trial of queue) await one(trial)
      }),
    )
    clearInterval(sweeping)
    expect([...answers]).toHaveLength(1)
    expect(JSON.parse([...answers][0] ?? '[]')[0]).toBe(403)
    // All wait for the same moment; how long the work before it took does not show.
    for (const [kind, each] of Object.entries(times)) expect(Math.min(...each), kind).toBeGreaterThanOrEqual(245)
  }, 60_000)
})

describe('W-020', () => {
  test('passwords are kept as argon2id, each with its salt', async () => {
    const people = [await newPerson(), await newPerson()]
    const rows = await app.owner`select hash from passwords where user_id in ${app.owner(people.map(({ id }) => id))}`
    const hashes = rows.map((row) => String(row['hash']))
    for (const hash of hashes) {
      const [, , , cost = '', salt = ''] = hash.split('$')
      expect(hash).toMatch(/^\$argon2id\$v=19\$/)
      const [memory = 0, passes = 0, lanes] = cost.split(',').map((part) => Number(part.slice(2)))
      expect(memory).toBeGreaterThanOrEqual(19_456)
      expect(passes).toBeGreaterThanOrEqual(2)
      expect(lanes).toBe(1)
      expect(Buffer.from(salt, 'base64')).toHaveLength(16)
    }
    expect(new Set(hashes).size).toBe(2)
  })

  test('a hash of a lower cost is made anew at sign-in, and still opens', async () => {
    const person = await newPerson()
    const salt = randomBytes(16)
    const weak = argon2Sync('argon2id', {
      ...{ message: person.password, nonce: salt, memory: 8_192, passes: 1, parallelism: 1, tagLength: 32 },
    })
    const bare = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '')
    const old = `$argon2id$v=19$m=8192,t=1,p=1$${bare(salt)}$${bare(weak)}`
    await app.owner`update passwords set hash = ${old} where user_id = ${person.id}`
    expect((await tryPassword(browserAt(app), person.userName, 'wrong')).status).toBe(403)
    expect((await app.owner`select hash from passwords where user_id = ${person.id}`)[0]?.['hash']).toBe(old)
    expect((await tryPassword(browserAt(app), person.userName, person.password)).status).toBe(303)
    const [row] = await app.owner`select hash from passwords where user_id = ${person.id}`
    expect(row?.['hash']).toMatch(/m=19456,t=2,p=1/)
    expect((await tryPassword(browserAt(app), person.userName, person.password)).status).toBe(303)
  })
})
