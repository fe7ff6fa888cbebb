// What people change of themselves: name, language and time zone where no directory decides, and their address once a link proves it.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createUser, roleId } from '../support/access.ts'
import { browserAt, linkIn, provisionLocalUser } from '../support/accounts.ts'
import { signIn } from '../support/sessions.ts'
import { type IdentityStage, identityStage, startStage } from './stage.ts'

let stage: Awaited<ReturnType<typeof startStage>>
let here: IdentityStage
let userId: string
let browser: ReturnType<typeof browserAt>
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage?.close())
beforeEach(async () => {
  here = await identityStage(stage)
  userId = (await provisionLocalUser(here.organization, 'ada@example.com')).id
  browser = await asUser(userId)
})

async function asUser(id: string) {
  const own = browserAt(stage.app)
  own.cookies.set('__Host-rolecall_session', (await signIn(here.organization, id)).token)
  return own
}

const user = async (id = userId) => (await here.client.get(`users/${id}`)).body
const profile = (fields: Record<string, string>) =>
  browser.post('/account/profile', { displayName: 'Ada', language: 'de-CH', timeZone: 'Europe/Zurich', ...fields })

describe('about oneself', () => {
  test('name, language and time zone are saved, and what is none is said', async () => {
    expect((await browser.get('/account/profile')).status).toBe(200)
    expect((await profile({})).status).toBe(303)
    expect((await user()).displayName).toBe('Ada')
    const [row] = await stage.app.owner`select attributes from users where id = ${userId}`
    expect(row?.['attributes']).toMatchObject({ preferredLanguage: 'de-CH', timezone: 'Europe/Zurich' })
    const wrong = await profile({ language: 'nonsense!', timeZone: 'Mars/Olympus' })
    expect(wrong.status).toBe(400)
    expect(await wrong.text()).toMatch(/must be a language[\s\S]*must be a time zone/)
    expect(await here.client.auditOf(userId)).toContain('user.change_own_profile')
  })

  test('a directory decides for its people', async () => {
    const scim = await here.directory()
    const managed = await scim.user('bo@example.com')
    browser = await asUser(managed)
    expect(await (await browser.get('/account/profile')).text()).toContain('Okta decides')
    expect((await profile({})).status).toBe(400)
    expect((await browser.post('/account/profile/address', { email: 'x@example.com' })).status).toBe(400)
    expect((await user(managed)).displayName).toBeNull()
  })

  test('nobody gives themselves a role by it', async () => {
    const filter = 'preferredLanguage eq "de-CH"'
    await here.client.confirm('POST', 'mappings', { filter, roleId: await roleId(here.client, 'editor') })
    expect((await profile({})).status).toBe(400)
    expect((await user()).displayName).not.toBe('Ada')
    expect((await profile({ language: 'fr' })).status).toBe(303)
  })
})

describe('the address', () => {
  const ask = (email: string) => browser.post('/account/profile/address', { email })

  test('changes once the link is opened by whoever asked; the old one is told and signs nobody in', async () => {
    expect((await ask('ada.king@example.com')).status).toBe(303)
    expect((await user()).emails).toEqual(['ada@example.com'])
    const link = await linkIn(here.organization, 'ada.king@example.com')
    expect(link).toMatch(/^\/account\/profile\/address\//)
    expect(await (await browser.get(link)).text()).toContain('ada.king@example.com')
    expect((await user()).emails).toEqual(['ada@example.com'])
    expect((await browser.post(link, {})).status).toBe(303)
    expect(await user()).toMatchObject({ userName: 'ada.king@example.com', emails: ['ada.king@example.com'] })
    expect((await browser.post(link, {})).status).toBe(400)
    const mails = await stage.app
      .owner`select recipient from mails where kind = 'address_change' and target_id = ${userId} order by id`
    expect(mails.map(({ recipient }) => recipient)).toEqual(['ada.king@example.com', 'ada@example.com'])
    const [proof] = await stage.app.owner`select value_key from email_proofs where user_id = ${userId}`
    expect(proof).toEqual({ value_key: 'ada.king@example.com' })
  })

  test('not by a link of somebody else, without a session, or after they were switched off', async () => {
    await ask('new@example.com')
    const link = await linkIn(here.organization, 'new@example.com')
    const other = await asUser(await createUser(here.client, 'cy@example.com'))
    expect((await other.post(link, {})).status).toBe(400)
    expect((await browserAt(stage.app).post(link, {})).status).not.toBe(200)
    await here.client.confirm('POST', `users/${userId}/deactivate`)
    await here.client.post(`users/${userId}/reactivate`)
    browser = await asUser(userId)
    expect((await browser.post(link, {})).status).toBe(400)
    expect((await user()).emails).toEqual(['ada@example.com'])
  })

  test('not to one that somebody has by then, nor where addresses never change, nor to what is none', async () => {
    await ask('taken@example.com')
    await createUser(here.client, 'taken@example.com')
    expect((await browser.post(await linkIn(here.organization, 'taken@example.com'), {})).status).toBe(400)
    expect((await ask('no address')).status).toBe(400)
    await here.client.patch('settings', { emailChange: 'never' })
    expect((await ask('new@example.com')).status).toBe(400)
    expect((await user()).emails).toEqual(['ada@example.com'])
  })
})
