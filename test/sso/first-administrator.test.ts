// The first start: one link, good once, makes organization and administrator. There is no default password.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { offerFirstAdministrator } from '#access/organizations/first-administrator.ts'
import { goodPassword } from '../support/accounts.ts'
import { startTestApp, type TestApp } from '../support/app.ts'
import { createTestBrowser } from '../support/sign-in.ts'

let app: TestApp

beforeEach(async () => {
  app = await startTestApp()
})

afterEach(() => app.close())

const fields = {
  ...{ organization: 'Northwind Média', name: 'Ada Okafor', email: 'ada@example.com' },
  ...{ password: goodPassword, repeat: goodPassword },
}

const offer = async (): Promise<string> => {
  const token = await offerFirstAdministrator(app.services)
  if (token === undefined) throw new Error('Nothing is offered')
  return `/first/${token}`
}

const newBrowser = () => createTestBrowser(app.request, app.urls.origin)

test('the link leads into the console, once', async () => {
  const path = await offer()
  const browser = newBrowser()
  expect((await browser.get(path)).status).toBe(200)
  const made = await browser.post(path, fields)
  expect([made.status, made.headers.get('location')]).toEqual([303, '/console'])
  const page = await browser.get('/console')
  expect(page.status).toBe(200)
  expect(await page.text()).toContain('Northwind Média')
  expect((await newBrowser().get(path)).status).toBe(410)
  expect((await newBrowser().post(path, fields)).status).toBe(410)
  const rows = await app.owner`select slug from organizations`
  expect(rows).toMatchObject([{ slug: 'northwind-media' }])
  expect(await app.owner`select action from audit_events where action like '%first_administrator'`).toHaveLength(1)
})

test('before the link was used, the address of the server says so; afterwards it leads to signing in', async () => {
  const path = await offer()
  const begin = await newBrowser().get('/')
  expect([begin.status, begin.headers.get('location')]).toEqual([303, '/first'])
  expect(await (await newBrowser().get('/first')).text()).toContain('Open the link that the server printed')
  await newBrowser().post(path, fields)
  for (const at of ['/', '/first']) expect((await newBrowser().get(at)).headers.get('location')).toBe('/account')
})

test('eight at once make one organization', async () => {
  const path = await offer()
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, index) => newBrowser().post(path, { ...fields, email: `ada${index}@example.com` })),
  )
  expect(answers.filter(({ status }) => status === 303)).toHaveLength(1)
  expect(await app.owner`select id from organizations`).toHaveLength(1)
  expect(await app.owner`select id from users`).toHaveLength(1)
})

test('what is wrong is said, what was typed stays, and the link stays good', async () => {
  const path = await offer()
  const browser = newBrowser()
  const refused = await browser.post(path, { ...fields, password: 'short', repeat: 'short' })
  expect(refused.status).toBe(422)
  expect(await refused.text()).toContain('Northwind Média')
  expect((await browser.post(path, { ...fields, email: 'nobody' })).status).toBe(422)
  expect((await browser.post(path, fields)).status).toBe(303)
})

test('a new start makes the old link void', async () => {
  const [first, second] = [await offer(), await offer()]
  expect((await newBrowser().get(first)).status).toBe(410)
  expect((await newBrowser().get(second)).status).toBe(200)
})

test('it ends after a day', async () => {
  const path = await offer()
  await app.owner`update instance_keys set created_at = now() - interval '25 hours' where id = 'first_administrator'`
  expect((await newBrowser().get(path)).status).toBe(410)
})

test('nothing is offered, and no old link counts, once there is an organization', async () => {
  const path = await offer()
  await app.createOrganization()
  expect(await offerFirstAdministrator(app.services)).toBeUndefined()
  expect((await newBrowser().post(path, fields)).status).toBe(410)
})
