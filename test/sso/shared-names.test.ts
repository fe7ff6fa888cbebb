// One address in several organizations, and many people behind one address of the network: limits keep guessers
// out, and nobody else.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { limits } from '#access/accounts/account/rate-limits.ts'
import { createEmergencyAccount } from '#access/accounts/emergency/emergency.ts'
import { passwordWrite } from '#access/accounts/passwords/passwords.ts'
import { listAttempts } from '#access/sign-in/attempts.ts'
import { provisionUser } from '#directory/provision-user.ts'
import { inTransaction } from '#src/context.ts'
import {
  browserAt,
  codeOf,
  goodPassword,
  linkIn,
  outbox,
  provisionLocalUser,
  tryPassword,
} from '../support/accounts.ts'
import { startTestApp, type TestApp, type TestOrganization } from '../support/app.ts'
import { verifyDomain } from '../support/sign-in.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp({ trustedProxies: 1 })
})
afterAll(() => app.close())

let people = 0
const newAddress = (): string => {
  people += 1
  return `ada${people}@shared.example.com`
}

/**
 * A user of the organization who has somebody's address beside their own name, and a password that only they know: the first one to
 * sign in by, the others as a further one, since no two have one sign-in address.
 */
async function plant({ ctx }: TestOrganization, address: string, serial: number): Promise<string> {
  const further = serial === 0 ? [] : [{ value: `planted-${serial}-${address}`, primary: true }]
  const attributes = { emails: [...further, { value: address, primary: serial === 0 }] }
  const userName = `planted-${serial}-${address}`
  const { id } = await provisionUser(ctx, {
    directoryId: null,
    content: { userName, externalId: null, displayName: null, isActive: true, attributes },
  })
  const write = await passwordWrite(ctx, { userId: id, password: `planted phrase ${serial} 93`, mustChange: false })
  await inTransaction(ctx, (tx) => tx.commitWith(write))
  return id
}

/** Ada is at home in one organization; the other has taken her address five times. */
async function stage() {
  const [other, home] = [await app.createOrganization(), await app.createOrganization()]
  const address = newAddress()
  // The other organization is the older one, and so comes first wherever nothing else decides.
  for (let serial = 0; serial < 5; serial += 1) await plant(other, address, serial)
  const person = await provisionLocalUser(home, address)
  return { other, home, address, person }
}

const reasons = async ({ ctx }: TestOrganization): Promise<(string | null)[]> =>
  (await listAttempts(ctx, { limit: 50 })).map(({ reason }) => reason)

/** Attempts at once, each from a browser of its own: how their answers begin does not depend on the order. */
const tryAtOnce = (count: number, attempt: (index: number) => Promise<Response>): Promise<number[]> =>
  Promise.all(Array.from({ length: count }, async (_, index) => (await attempt(index)).status))

const forget = () => app.owner`delete from throttles`

describe('X-19: what one organization does changes nothing at another', () => {
  test('five of its users with somebody’s address: their password and their reset go on working', async () => {
    const { other, home, address, person } = await stage()
    const browser = browserAt(app)
    expect((await tryPassword(browser, address, goodPassword)).status).toBe(303)
    expect((await browser.session())?.user.id).toBe(person.id)
    await browserAt(app).post('/login/forgot', { email: address })
    const path = await linkIn(home, address)
    const password = 'a new phrase 52 wind'
    expect((await browserAt(app).post(path, { password, repeat: password })).status).toBe(200)
    expect((await tryPassword(browserAt(app), address, password)).status).toBe(303)
    // The planted ones are no way in for anybody else, and no organization has more than its share.
    expect((await outbox(other, address)).length).toBeLessThanOrEqual(2)
    expect(await reasons(other)).toEqual([])
  })

  test('failures are recorded where the account is, and nowhere else', async () => {
    const { other, home, address } = await stage()
    expect((await tryPassword(browserAt(app), address, 'wrong')).status).toBe(403)
    expect(await reasons(home)).toEqual(['wrong_password'])
    expect(await reasons(other)).toEqual([])
    // Where the organization is named, it is that one's.
    const named = await tryPassword(browserAt(app), address, 'wrong', { organization: other.slug })
    expect(named.status).toBe(403)
    expect(await reasons(home)).toEqual(['wrong_password'])
    expect(new Set(await reasons(other))).toEqual(new Set(['wrong_password']))
  })

  test('the lock of one organization’s door is not that of another’s', async () => {
    const { other, home, address, person } = await stage()
    for (let tried = 0; tried < 12; tried += 1)
      await tryPassword(browserAt(app), address, 'wrong', { organization: other.slug })
    expect((await tryPassword(browserAt(app), address, 'wrong', { organization: other.slug })).status).toBe(429)
    for (const more of [{}, { organization: home.slug }]) {
      const browser = browserAt(app)
      expect((await tryPassword(browser, address, goodPassword, more)).status).toBe(303)
      expect((await browser.session())?.user.id).toBe(person.id)
    }
  })

  test('signing in to one’s own account gives no further try at another organization’s', async () => {
    const { address } = await stage()
    const statuses: number[] = []
    for (let round = 0; round < 7; round += 1) {
      statuses.push((await tryPassword(browserAt(app), address, 'a guess')).status)
      statuses.push((await tryPassword(browserAt(app), address, 'planted phrase 0 93')).status)
    }
    expect(statuses.filter((status) => status === 303)).not.toHaveLength(0)
    // By now ten tries at the person were made, the successful ones elsewhere included.
    expect((await tryPassword(browserAt(app), address, goodPassword)).status).not.toBe(303)
    await forget()
    expect((await tryPassword(browserAt(app), address, goodPassword)).status).toBe(303)
  })

  test('a lock seen at one door tells nothing at another', async () => {
    const { home, address } = await stage()
    const seen = async (name: string): Promise<number[]> => {
      const statuses: number[] = []
      for (let tried = 0; tried < 11; tried += 1)
        statuses.push((await tryPassword(browserAt(app), name, 'wrong')).status)
      for (let tried = 0; tried < 11; tried += 1)
        statuses.push((await tryPassword(browserAt(app), name, 'wrong', { organization: home.slug })).status)
      return statuses
    }
    const [somebody, nobody] = await Promise.all([seen(address), seen('nobody@shared.example.com')])
    expect(somebody).toEqual(nobody)
  })

  test('an emergency account opens with its own password, whoever else has one of its name', async () => {
    const [other, home] = [await app.createOrganization(), await app.createOrganization()]
    const make = (organization: TestOrganization) => createEmergencyAccount(organization.ctx, { name: 'Head office' })
    const [theirs, ours] = [await make(other), await make(home)]
    // By chance alone: no verb, and no trigger, lets one be named like another.
    await app.owner.begin(async (sql) => {
      await sql`set local session_replication_role = replica`
      await sql`update users set user_name = ${ours.userName}, user_name_key = ${ours.userName} where id = ${theirs.userId}`
    })
    const browser = browserAt(app)
    const answer = await browser.post('/emergency', {
      ...{ userName: ours.userName, password: ours.password, reason: 'A drill of ours' },
      code: codeOf(app, ours.totpSecret),
    })
    expect(answer.status).toBe(303)
    expect((await browser.session())?.user.id).toBe(ours.userId)
  })
})

describe('X-21: behind one address', () => {
  const office = '203.0.113.200'

  test('more people sign in than may guess; those who guess are stopped all the same', async () => {
    const organization = await app.createOrganization()
    const crowd = await Promise.all(
      Array.from({ length: 8 }, (_, index) => provisionLocalUser(organization, `crowd${index}@office.example.com`)),
    )
    const attempts = limits.passwordPerAddress.attempts
    await forget()
    const signInAll = (from: number) =>
      tryAtOnce(crowd.length, async (index) => {
        const person = crowd[index]
        if (person === undefined) throw new Error('Nobody')
        const found = await browserAt(app, office).post('/login', { email: person.userName })
        expect(found.status).toBe(200)
        const answer = await tryPassword(browserAt(app, office), person.userName, person.password)
        expect(answer.status, `${from + index}`).toBe(303)
        return answer
      })
    for (let from = 0; from <= attempts; from += crowd.length) await signInAll(from)
    const counted = await app.owner`select max(count) as most from throttles`
    expect(Number(counted[0]?.['most'])).toBeLessThanOrEqual(1)
    const guess = (index: number) => tryPassword(browserAt(app, office), `guess${index}@office.example.com`, 'wrong')
    expect(await tryAtOnce(attempts, guess)).toEqual(Array(attempts).fill(403))
    expect(await tryAtOnce(2, (index) => guess(attempts + index))).toEqual([429, 429])
  }, 120_000)

  test('one’s own sign-ins give no further guesses', async () => {
    const organization = await app.createOrganization()
    const person = await provisionLocalUser(organization, 'insider@office.example.com')
    const ip = '203.0.113.201'
    const { attempts } = limits.passwordPerAddress
    for (let from = 0; from < attempts; from += 10) {
      const guesses = await tryAtOnce(Math.min(10, attempts - from), (index) =>
        tryPassword(browserAt(app, ip), `other${from + index}@office.example.com`, 'wrong'),
      )
      expect(new Set(guesses)).toEqual(new Set([403]))
      await tryPassword(browserAt(app, ip), person.userName, person.password)
    }
    expect((await tryPassword(browserAt(app, ip), 'one-more@office.example.com', 'wrong')).status).toBe(429)
  }, 60_000)

  test('addresses of a proven domain are looked up without limit, links that exist are opened without limit', async () => {
    const organization = await app.createOrganization()
    await verifyDomain(organization, 'crowd.example.com')
    const ip = '203.0.113.202'
    for (let index = 0; index <= limits.discoveryPerAddress.attempts; index += 1) {
      const answer = await browserAt(app, ip).post('/login', { email: `p${index}@crowd.example.com` })
      expect(answer.status).toBe(200)
    }
    const unknown: number[] = []
    for (let index = 0; index < limits.invitationPerAddress.attempts + 1; index += 1)
      unknown.push((await browserAt(app, ip).get(`/invitation/nobody-made-${index}`)).status)
    expect([unknown[0], unknown.at(-1)]).toEqual([404, 429])
  }, 60_000)
})
