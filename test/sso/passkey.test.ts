// Passkeys in a real browser, with an authenticator that tests bring: added, used alone and as second factor, and abused.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listRoles } from '#access/grants/roles/roles.ts'
import { createInvitation } from '#access/invitations/create-invitation.ts'
import { deactivateUser } from '#access/people/status/deactivate-user.ts'
import { listAttempts } from '#access/sign-in/attempts.ts'
import { setConnectionStatus } from '#access/sign-in/connection-status.ts'
import { goodPassword, linkIn, type Person, provisionLocalUser } from '../support/accounts.ts'
import type { TestApp, TestOrganization } from '../support/app.ts'
import { addVirtualAuthenticator, collectPageErrors, launchBrowser, openPage } from '../support/browser.ts'
import { startListeningApp } from '../support/listening.ts'
import { createSamlConnection } from '../support/sign-in.ts'

let app: TestApp & { origin: string }
let chromium: Browser
let organization: TestOrganization
beforeAll(async () => {
  app = await startListeningApp()
  chromium = await launchBrowser()
  organization = await app.createOrganization()
})
afterAll(async () => {
  await chromium.close()
  await app.close()
})

let people = 0
const newPerson = (where = organization): Promise<Person> => {
  people += 1
  return provisionLocalUser(where, `person${people}@passkeys.example.com`)
}

async function enterPassword(page: Page, { userName, password }: Person): Promise<void> {
  await page.goto(`${app.origin}/login`)
  await page.getByLabel('E-mail or user name').fill(userName)
  await page.getByRole('button', { name: 'Continue', exact: true }).click()
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

const authenticators = new WeakMap<Page, Awaited<ReturnType<typeof addVirtualAuthenticator>>>()

/** A browser in which a person has a passkey, signed out or still in. */
async function withPasskey(where = organization): Promise<{ page: Page; person: Person; passkeyId: string }> {
  const person = await newPerson(where)
  const page = await openPage(chromium)
  authenticators.set(page, await addVirtualAuthenticator(page))
  await enterPassword(page, person)
  await page.waitForURL(`${app.origin}/account`)
  await page.goto(`${app.origin}/account/security`)
  await page.getByLabel('Name of this device').fill('Work laptop')
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  await page.getByText('The passkey is added').waitFor()
  const [row] = await app.owner`select id from passkeys where user_id = ${person.id}`
  return { page, person, passkeyId: String(row?.['id']) }
}

async function signOut(page: Page): Promise<void> {
  await page.goto(`${app.origin}/account`)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.waitForURL(`${app.origin}/signed-out`)
}

const sessionUser = (page: Page): Promise<string | null> =>
  page.evaluate(`fetch('/session').then((answer) => answer.ok ? answer.json().then(({ user }) => user.id) : null)`)

/** Asks for a question and answers it, without sending the answer. The page has the library. */
const answerOf = (page: Page, change = ''): Promise<string> =>
  page.evaluate<string>(`(async () => {
    const asked = await fetch('/login/passkey/question', { method: 'POST', body: new URLSearchParams() })
    const optionsJSON = await asked.json()
    ${change}
    return JSON.stringify(await SimpleWebAuthnBrowser.startAuthentication({ optionsJSON }))
  })()`)

/** Sends an answer as the page's form does. @returns the status, after redirects */
const send = (page: Page, credential: string): Promise<number> =>
  page.evaluate<number>(`fetch('/login/passkey', {
    method: 'POST', body: new URLSearchParams({ credential: ${JSON.stringify(credential)} }) }).then(({ status }) => status)`)

describe('a passkey', () => {
  test('signs in alone, and counts as a second factor', async () => {
    const { page, person } = await withPasskey()
    const errors = collectPageErrors(page)
    await signOut(page)
    await page.goto(`${app.origin}/login?return_to=/account/sessions`)
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.waitForURL(`${app.origin}/account/sessions`)
    expect(await sessionUser(page)).toBe(person.id)
    const [session] =
      await app.owner`select method, has_second_factor from sessions where user_id = ${person.id} order by id desc limit 1`
    expect(session).toEqual({ method: 'passkey', has_second_factor: true })
    const [attempt] = await listAttempts(organization.ctx, { userId: person.id, limit: 1 })
    expect(attempt).toMatchObject({ method: 'passkey', outcome: 'signed_in' })
    const [row] = await app.owner`select counter, last_used_at from passkeys where user_id = ${person.id}`
    expect(row?.['counter']).toBeGreaterThan(1)
    expect(row?.['last_used_at']).not.toBeNull()
    expect(errors).toEqual([])
    await page.context().close()
  })

  test('is the second factor after a password, where the organization wants one', async () => {
    const own = await app.createOrganization()
    const { page, person } = await withPasskey(own)
    await app.owner`update organizations set second_factor = 'required' where id = ${own.id}`
    await signOut(page)
    await enterPassword(page, person)
    await page.getByRole('heading', { name: 'Confirm that it is you' }).waitFor()
    expect(await sessionUser(page)).toBeNull()
    await page.getByRole('button', { name: 'Use a passkey' }).click()
    await page.waitForURL(`${app.origin}/account`)
    const [session] =
      await app.owner`select method, has_second_factor from sessions where user_id = ${person.id} order by id desc limit 1`
    expect(session).toEqual({ method: 'password', has_second_factor: true })
    await page.goto(`${app.origin}/account/security`)
    await page.getByRole('button', { name: 'Remove Work laptop' }).click()
    await page.getByText('Your organization wants a second factor').waitFor()
    await page.context().close()
  })

  test('proves again who one is', async () => {
    const { page, person } = await withPasskey()
    await app.owner`update sessions set authenticated_at = now() - interval '11 minutes' where user_id = ${person.id}`
    await page.goto(`${app.origin}/account/security`)
    await page.getByRole('heading', { name: 'Confirm that it is you' }).waitFor()
    await page.getByRole('button', { name: 'Use a passkey' }).click()
    await page.waitForURL(`${app.origin}/account/security`)
    expect(await sessionUser(page)).toBe(person.id)
    await page.context().close()
  })

  test('is renamed and removed; afterwards it opens nothing', async () => {
    const { page } = await withPasskey()
    await page.getByLabel('Name of Work laptop').fill('Old <b>laptop</b>')
    await page.getByRole('button', { name: 'Rename Work laptop' }).click()
    await page.getByText('The passkey has its new name').waitFor()
    await page.getByRole('button', { name: 'Remove Old <b>laptop</b>' }).click()
    await page.getByText('The passkey is removed').waitFor()
    await signOut(page)
    await page.goto(`${app.origin}/login`)
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.getByText('This passkey could not be used here').waitFor()
    await page.context().close()
  })

  test('accepts an invitation, and is then the only way in, so it cannot be removed', async () => {
    const email = 'invited@passkeys.example.com'
    const viewer = (await listRoles(organization.ctx)).find(({ key }) => key === 'viewer')
    await createInvitation(organization.ctx, { email, roleId: viewer?.id ?? '' })
    const page = await openPage(chromium)
    await addVirtualAuthenticator(page)
    await page.goto(`${app.origin}${await linkIn(organization, email)}`)
    await page.getByLabel('Your name').fill('Amara Okafor')
    await page.getByRole('button', { name: 'Accept with a passkey' }).click()
    await page.waitForURL(`${app.origin}/account`)
    await page.getByText('Amara Okafor').first().waitFor()
    await page.goto(`${app.origin}/account/security`)
    await page.getByRole('button', { name: 'Remove Passkey' }).click()
    await page.getByText('This is your only way to sign in').waitFor()
    await page.context().close()
  })
})

describe('an answer of a passkey counts', () => {
  test('once', async () => {
    const { page, person } = await withPasskey()
    await signOut(page)
    await page.goto(`${app.origin}/login`)
    const answer = await answerOf(page)
    expect(await send(page, answer)).toBe(200)
    expect(await sessionUser(page)).toBe(person.id)
    await signOut(page)
    await page.goto(`${app.origin}/login`)
    expect(await send(page, answer)).toBe(403)
    expect(await sessionUser(page)).toBeNull()
    await page.context().close()
  })

  test('in the browser that asked, within five minutes', async () => {
    const { page, person } = await withPasskey()
    await signOut(page)
    await page.goto(`${app.origin}/login`)
    const stolen = await answerOf(page)
    const thief = await openPage(chromium)
    await thief.goto(`${app.origin}/login`)
    await thief.evaluate(
      `fetch('/login/passkey/question', { method: 'POST', body: new URLSearchParams() }).then(() => {})`,
    )
    expect(await send(thief, stolen)).toBe(403)
    const late = await answerOf(page)
    await app.owner`update provider_artifacts set expires_at = now() where model = 'PasskeyChallenge'`
    expect(await send(page, late)).toBe(403)
    expect(await send(page, await answerOf(page))).toBe(200)
    expect(await sessionUser(page)).toBe(person.id)
    for (const each of [page, thief]) await each.context().close()
  })

  test('only with the person verified', async () => {
    const { page } = await withPasskey()
    await signOut(page)
    await page.goto(`${app.origin}/login`)
    await authenticators.get(page)?.setUserVerified(false)
    expect(await send(page, await answerOf(page, `optionsJSON.userVerification = 'discouraged'`))).toBe(403)
    await authenticators.get(page)?.setUserVerified(true)
    expect(await send(page, await answerOf(page))).toBe(200)
    await page.context().close()
  })

  test('only while its counter goes up: a copied authenticator is refused', async () => {
    const { page, passkeyId } = await withPasskey()
    await signOut(page)
    await page.goto(`${app.origin}/login`)
    await app.owner`update passkeys set counter = 1000 where id = ${passkeyId}`
    expect(await send(page, await answerOf(page))).toBe(403)
    await app.owner`update passkeys set counter = 1 where id = ${passkeyId}`
    expect(await send(page, await answerOf(page))).toBe(200)
    await page.context().close()
  })

  test('only unchanged', async () => {
    const { page } = await withPasskey()
    await signOut(page)
    await page.goto(`${app.origin}/login`)
    type Answer = { id: string; response: Record<string, string> }
    const changes: ((answer: Answer) => unknown)[] = [
      ({ response }) => (response['signature'] = `${response['signature']?.slice(0, -4)}AAAA`),
      ({ response }) => (response['userHandle'] = Buffer.from('usr_somebody').toString('base64url')),
      ({ response }) => {
        const data = JSON.parse(Buffer.from(response['clientDataJSON'] ?? '', 'base64url').toString())
        response['clientDataJSON'] = Buffer.from(
          JSON.stringify({ ...data, origin: 'https://evil.example.net' }),
        ).toString('base64url')
      },
      (answer) => (answer.id = 'AAAA'),
      (answer) => delete (answer as Partial<Answer>).response,
    ]
    for (const change of changes) {
      const answer = JSON.parse(await answerOf(page)) as Answer
      change(answer)
      expect(await send(page, JSON.stringify(answer))).toBe(403)
    }
    for (const nonsense of ['', 'null', '[]', '{', '{"__proto__":{}}']) expect(await send(page, nonsense)).toBe(403)
    expect(await send(page, await answerOf(page))).toBe(200)
    await page.context().close()
  })

  test('only of people who may sign in (W-057)', async () => {
    const own = await app.createOrganization()
    const { page, person } = await withPasskey(own)
    await signOut(page)
    await page.goto(`${app.origin}/login`)
    const { id } = await createSamlConnection(own)
    await setConnectionStatus(own.ctx, { connectionId: id, status: 'enforced', isForced: true })
    expect(await send(page, await answerOf(page))).toBe(403)
    const [attempt] = await listAttempts(own.ctx, { userId: person.id, limit: 1 })
    expect(attempt).toMatchObject({ method: 'passkey', reason: 'sign_in_enforced' })
    await setConnectionStatus(own.ctx, { connectionId: id, status: 'optional', isForced: true })
    await app.owner`update organizations set password_sign_in = 'off' where id = ${own.id}`
    expect(await send(page, await answerOf(page))).toBe(200)
    await signOut(page)
    await page.goto(`${app.origin}/login`)
    await deactivateUser(own.ctx, { userId: person.id })
    expect(await send(page, await answerOf(page))).toBe(403)
    await page.context().close()
  })

  test('as second factor, only of the person whose password it was', async () => {
    const own = await app.createOrganization()
    await app.owner`update organizations set second_factor = 'optional' where id = ${own.id}`
    const [mine, theirs] = [await withPasskey(own), await withPasskey(own)]
    await app.owner`update organizations set second_factor = 'required' where id = ${own.id}`
    await signOut(mine.page)
    await enterPassword(mine.page, theirs.person)
    await mine.page.getByRole('heading', { name: 'Confirm that it is you' }).waitFor()
    const state = new URL(mine.page.url()).searchParams.get('state') ?? ''
    const status = await mine.page.evaluate<number>(`(async () => {
      const form = new URLSearchParams({ state: ${JSON.stringify(state)} })
      const asked = await fetch('/login/continue/question', { method: 'POST', body: form })
      const optionsJSON = { ...(await asked.json()), allowCredentials: [] }
      form.set('credential', JSON.stringify(await SimpleWebAuthnBrowser.startAuthentication({ optionsJSON })))
      return fetch('/login/continue', { method: 'POST', body: form }).then(({ status }) => status)
    })()`)
    expect(status).toBe(422)
    expect(await sessionUser(mine.page)).toBeNull()
    for (const { page } of [mine, theirs]) await page.context().close()
  })
})

test('without scripts the password is there, and nothing that would need them', async () => {
  const person = await newPerson()
  const page = await openPage(chromium, { scripts: false })
  await page.goto(`${app.origin}/login`)
  expect(await page.getByRole('button', { name: 'Sign in with a passkey' }).isVisible()).toBe(false)
  await page.getByLabel('E-mail or user name').fill(person.userName)
  await page.getByRole('button', { name: 'Continue', exact: true }).click()
  await page.getByLabel('Password').fill(goodPassword)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.waitForURL(`${app.origin}/account`)
  await page.context().close()
})
