// In which language somebody reads the pages of signing in, and that these are right in every one of them.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { changeBranding } from '#access/organizations/branding/change-branding.ts'
import { languages } from '#words/texts/languages.ts'
import { say } from '#words/texts/say.ts'
import { provisionLocalUser } from '../support/accounts.ts'
import type { TestApp } from '../support/app.ts'
import { axeViolations, launchBrowser, openPage, overflowsSideways, pageFaults } from '../support/browser.ts'
import { startListeningApp } from '../support/listening.ts'
import { createPerson, giveRole } from '../support/people.ts'
import { signIn } from '../support/sessions.ts'

let app: TestApp & { origin: string }
let browser: Browser
beforeAll(async () => {
  app = await startListeningApp()
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await app?.close()
})

async function languageOf(path: string, headers: Record<string, string> = {}): Promise<string | undefined> {
  const answer = await app.request(path, { headers: { Accept: 'text/html', ...headers } })
  return /<html lang="([^"]+)"/.exec(await answer.text())?.[1]
}

describe('the language of a page', () => {
  test('is what the application asks for, then the person’s, the browser’s, the organization’s, and English', async () => {
    const organization = await app.createOrganization()
    const userId = await createPerson(organization, 'ana@example.com', 'Ana Duarte')
    const { cookie } = await signIn(organization, userId)
    const attributes = (value: object) =>
      app.owner`update users set attributes = ${app.owner.json(value as never)} where id = ${userId}`
    const login = `/login?organization=${organization.slug}`
    const stepUp = '/login/step-up'

    expect(await languageOf(login)).toBe('en')
    await changeBranding(organization.ctx, { language: 'nl' })
    expect(await languageOf(login)).toBe('nl')
    expect(await languageOf(login, { 'Accept-Language': 'xx, it;q=0.5' })).toBe('it')
    const italian = { 'Accept-Language': 'it', Cookie: cookie }
    await app.owner`update users set attributes = '{}' where id = ${userId}`
    await app.owner`insert into passwords (organization_id, user_id, hash, must_change, changed_at)
      values (${organization.id}, ${userId}, 'x', false, now())`
    expect(await languageOf(stepUp, italian)).toBe('it')
    await attributes({ locale: 'pl-PL' })
    expect(await languageOf(stepUp, italian)).toBe('pl')
    await attributes({ locale: 'pl-PL', preferredLanguage: 'xx, ja;q=0.8, en;q=0.1' })
    expect(await languageOf(stepUp, italian)).toBe('ja')
    const asked = { ...italian, Cookie: `${cookie}; __Host-rolecall_language=ar` }
    expect(await languageOf(stepUp, asked)).toBe('ar')
  })

  test('goes along from the application’s request through all of the sign-in, and is forgotten by the next one', async () => {
    const answer = await app.request('/login?ui_locales=xx%20fr-CA%20en', { headers: { Accept: 'text/html' } })
    const set = answer.headers.get('set-cookie') ?? ''
    expect(set).toMatch(/^__Host-rolecall_language=fr; Path=\/; Max-Age=3600; Secure; HttpOnly/)
    const cookie = { Cookie: '__Host-rolecall_language=fr', 'Accept-Language': 'de' }
    expect(await languageOf('/login/forgot', cookie)).toBe('fr')
    expect(await languageOf('/login/continue?state=gone', cookie)).toBe('fr')
    const next = await app.request('/login', { headers: { Accept: 'text/html', ...cookie } })
    expect(next.headers.get('set-cookie')).toContain('__Host-rolecall_language=; Path=/; Max-Age=0')
  })

  test('is English where the content is: in the console, and on pages that are not translated', async () => {
    const organization = await app.createOrganization()
    const userId = await createPerson(organization, 'eva@example.com', 'Eva Lind')
    const { cookie } = await signIn(organization, userId)
    for (const path of ['/account/data', '/console', '/emergency', '/setup/x'])
      expect([path, await languageOf(path, { Cookie: cookie, 'Accept-Language': 'de' })]).toEqual([path, 'en'])
  })

  test('is the reader’s on refusals, too', async () => {
    const answer = await app.request('/nowhere', { headers: { Accept: 'text/html', 'Accept-Language': 'es' } })
    const html = await answer.text()
    expect([answer.status, html.includes(say('es', 'fault.not_found.title'))]).toEqual([404, true])
    expect(html).toContain(say('es', 'frame.reference'))
  })
})

describe.each(languages)('%s', (language) => {
  test('the pages of signing in are right in light and dark, on a desk and a phone, in its direction', async () => {
    const page = await openPage(browser)
    await page.setExtraHTTPHeaders({ 'Accept-Language': language })
    for (const [path, title] of [
      ['/login', 'frame.signIn'],
      ['/login/password', 'password.title'],
      ['/login/forgot', 'password.forgot'],
      ['/login/continue?state=gone', 'gone.title'],
      ['/login/reset/gone', 'reset.over'],
    ] as const) {
      await page.goto(app.origin + path)
      expect(await page.textContent('h1')).toBe(say(language, title))
      const seen = await page.evaluate('[document.documentElement.lang, getComputedStyle(document.body).direction]')
      expect(seen).toEqual([language, language === 'ar' ? 'rtl' : 'ltr'])
      expect([path, await pageFaults(page)]).toEqual([path, []])
    }
    await page.context().close()
  })

  test('so are the pages that people have about themselves, and those by which they leave', async () => {
    const organization = await app.createOrganization()
    const { id: userId } = await provisionLocalUser(organization, `ana@${language.toLowerCase()}.example.com`)
    await giveRole(organization, { userId, role: 'viewer' })
    const { token: value } = await signIn(organization, userId)
    const page = await openPage(browser)
    const cookie = { name: '__Host-rolecall_session', value, secure: true, httpOnly: true, path: '/' }
    await page.context().addCookies([{ ...cookie, domain: 'localhost', sameSite: 'Lax' }])
    await page.setExtraHTTPHeaders({ 'Accept-Language': language })
    // What is looked at by axe here is what words can break: names of buttons, marks of languages, text that is too long for a phone.
    for (const [path, title] of [
      ['/account', 'account.access'],
      ['/account/sessions', 'account.sessions'],
      ['/account/security', 'account.security'],
      ['/account/organizations', 'orgs.title'],
    ] as const) {
      await page.goto(app.origin + path)
      expect([path, await page.textContent('h1')]).toEqual([path, say(language, title)])
      expect([path, await axeViolations(page)]).toEqual([path, []])
      await page.setViewportSize({ width: 320, height: 800 })
      expect([path, await overflowsSideways(page)]).toEqual([path, false])
      await page.setViewportSize({ width: 1280, height: 800 })
    }
    await page.context().close()
    const headers = { Accept: 'text/html', Cookie: `${cookie.name}=${value}`, 'Accept-Language': language }
    for (const [path, title] of [
      ['/account/profile', 'account.profile'],
      ['/device', 'device.title'],
      ['/oauth2/logout', 'signOut.title'],
      ['/signed-out', 'signedOut.title'],
      ['/invitation/gone', 'welcome.unknown'],
      ['/login/undo/gone', 'reset.over'],
    ] as const) {
      const text = await (await app.request(path, { headers })).text()
      expect([path, /<html lang="([^"]+)"/.exec(text)?.[1]]).toEqual([path, language])
      expect([path, /<h1[^>]*>(.*?)<\/h1>/.exec(text)?.[1]]).toEqual([path, say(language, title)])
    }
  })
})
