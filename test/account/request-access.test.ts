// 000-37: whoever misses something asks for it; the administrators are told, and settle it.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { listAlarms } from '#access/notices/alarms/alarms.ts'
import { settleAlarm } from '#access/notices/alarms/settle-alarm.ts'
import { updateSettings } from '#access/organizations/settings.ts'
import { alarmLetter } from '#words/letters/alarm.ts'
import { startTestApp, type TestApp, type TestOrganization } from '../support/app.ts'
import { type ConsoleClient, consoleClient, createManager, createTestBrand } from '../support/console.ts'

let app: TestApp
let organization: TestOrganization
let admin: ConsoleClient
let wren: ConsoleClient
let wrenId: string
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())
beforeEach(async () => {
  organization = await app.createOrganization()
  admin = consoleClient(app, await createManager(organization))
  const person = await createManager(organization, { name: 'Wren Writer', role: 'viewer' })
  wren = consoleClient(app, person)
  wrenId = person.userId
})

const words = 'Editing in Aurora, for the <b>spring</b> campaign'
const requests = async () =>
  (await listAlarms(organization.ctx, { isOpen: true })).filter(({ kind }) => kind === 'access_request')

test('is told to the administrators, once, and shown as waiting', async () => {
  expect((await wren.get('/account')).text).toContain('What you need, and what for')
  expect(await wren.post('/account/request', { words })).toMatchObject({ status: 303, location: '/account#ask' })
  const detail = { userId: wrenId, userName: 'wren.writer@example.com', displayName: 'Wren Writer', words }
  expect(await requests()).toMatchObject([{ detail }])
  const page = await wren.get('/account')
  expect(page.text).toContain('You have asked for access')
  expect(page.text).not.toContain('What you need, and what for')
  const overview = await admin.get('/console')
  expect(overview.text).toContain('Somebody asks for access')
  expect(overview.text).toContain('&lt;b&gt;spring&lt;/b&gt;')
  const letter = alarmLetter(
    { kind: 'access_request', detail },
    { organization: 'Nordlicht', page: app.urls.page, zone: undefined },
  )
  expect([letter.subject, letter.paragraphs[0]]).toEqual([
    'Wren Writer (wren.writer@example.com) asks for access at Nordlicht',
    `Wren Writer (wren.writer@example.com) writes: ${words}`,
  ])
  const again = await wren.post('/account/request', { words: 'And more' })
  expect(again.status).toBe(400)
  expect(await requests()).toHaveLength(1)
})

test('once settled, they may ask again, three times a day', async () => {
  for (const turn of [1, 2, 3]) {
    expect((await wren.post('/account/request', { words: `Request ${turn}` })).status).toBe(303)
    await settleAlarm(organization.ctx, (await requests())[0]?.id ?? '')
  }
  const refused = await wren.post('/account/request', { words: 'Once more, please' })
  expect([refused.status, refused.text.includes('often enough for today')]).toEqual([400, true])
  expect(refused.text).toContain('value="Once more, please"')
  expect(await requests()).toEqual([])
})

test.each(['', '   ', 'x'.repeat(301), 'two\u0007bells'])('nonsense is said at the field: %j', async (text) => {
  const refused = await wren.post('/account/request', { words: text })
  expect([refused.status, refused.text.includes('id="words-error"')]).toEqual([400, true])
  expect(await requests()).toEqual([])
})

test('two requests at once are one', async () => {
  const answers = await Promise.all(
    [1, 2, 3].map((turn) => wren.post('/account/request', { words: `At once ${turn}` })),
  )
  expect(answers.map(({ status }) => status).sort()).toEqual([303, 400, 400])
  expect(await requests()).toHaveLength(1)
})

test('another site cannot ask in their name, and nobody without a session', async () => {
  const { session } = await createManager(organization, { name: 'Finn Reader', role: 'viewer' })
  const send = (headers: Record<string, string>) =>
    app.request('/account/request', {
      ...{ method: 'POST', body: 'words=Everything' },
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    })
  const elsewhere = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
  expect((await send({ cookie: session.cookie, ...elsewhere })).status).toBe(403)
  expect((await send({ origin: app.urls.origin })).status).not.toBe(200)
  expect(await requests()).toEqual([])
})

test('a manager whom a page refuses sees whom to ask and asks from there, with what was refused', async () => {
  const brandId = await createTestBrand(organization, 'aurora', 'Aurora')
  const manager = consoleClient(
    app,
    await createManager(organization, { name: 'Bran Dee', role: 'administrator', brandId }),
  )
  await updateSettings(organization.ctx, { accessContact: 'it@example.com' })
  for (const path of ['/console/mappings', '/console/settings', '/console/users/new']) {
    const page = await manager.get(path)
    expect([path, page.status]).toEqual([path, 403])
    expect(page.text).toContain('it@example.com')
    expect(page.text).toContain('action="/account/request"')
  }
  const refused = 'This needs the permission users.read (“See the list of users and their access”)'
  expect((await manager.get('/console/mappings')).text).toContain(`value="${refused}"`)
  // Roles are made of the catalogue's permissions, so those are named.
  expect((await manager.get('/console/settings')).text).toContain('settings.view (“See settings”)')
  expect(await manager.post('/account/request', { words: 'To map a group', refused })).toMatchObject({ status: 303 })
  const [request] = await requests()
  expect(request?.detail).toMatchObject({ userName: 'bran.dee@example.com', words: 'To map a group', refused })
  const letter = alarmLetter(
    { kind: 'access_request', detail: request?.detail ?? {} },
    { organization: 'Nordlicht', page: app.urls.page, zone: undefined },
  )
  expect(letter.paragraphs[1]).toBe(`What they were told: ${refused}.`)
  expect((await admin.get('/console')).text).toContain(refused)
})
