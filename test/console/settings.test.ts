// The settings by plain requests: what each form saves, what it keeps when something is wrong, and what is asked before something
// goes for good.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { getSettings } from '#access/organizations/settings.ts'
import { getSignInPolicy } from '#access/sign-in/policy/sign-in-policy.ts'
import { listDomains } from '#connections/domains/domains.ts'
import { outbox } from '../support/accounts.ts'
import { startTestApp, type TestApp, type TestOrganization } from '../support/app.ts'
import { type ConsoleClient, consoleClient, createManager } from '../support/console.ts'

let app: TestApp
let organization: TestOrganization
let client: ConsoleClient
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())
beforeEach(async () => {
  organization = await app.createOrganization()
  client = consoleClient(app, await createManager(organization))
})

const general = {
  ...{ name: 'Nordlicht', accessContact: 'it@example.com', personalMailDomains: 'mail.example\nweb.example' },
  ...{ endDateGraceDays: '14', guestMaxDays: '90', guestDomains: 'Agency.example, studio.example' },
  ...{
    provisioningLogDays: '20',
    signInTraceDays: '60',
    mailDays: '10',
    eraseAfterDays: '5',
    eraseDeleted: 'on',
    reservedDays: '7',
    emailChange: 'never',
  },
  reactivation: 'by_anyone',
}

describe('general', () => {
  test('saves what is typed, and shows it', async () => {
    expect(await client.post('/console/settings', general)).toMatchObject({
      ...{ status: 303, location: '/console/settings?done=saved' },
    })
    expect(await getSettings(organization.ctx)).toEqual({
      ...{ name: 'Nordlicht', accessContact: 'it@example.com', personalMailDomains: ['mail.example', 'web.example'] },
      ...{ endDateGraceDays: 14, guestMaxDays: 90, guestDomains: ['agency.example', 'studio.example'] },
      ...{
        provisioningLogDays: 20,
        signInTraceDays: 60,
        mailDays: 10,
        eraseAfterDays: 5,
        eraseDeleted: true,
        reservedDays: 7,
        emailChange: 'never',
      },
      reactivation: 'by_anyone',
    })
    const page = await client.get('/console/settings')
    for (const words of ['value="Nordlicht"', 'value="90"', 'agency.example\nstudio.example'])
      expect(page.text).toContain(words)
  })

  test('what is left empty is no rule', async () => {
    await client.post('/console/settings', general)
    const empty = {
      accessContact: ' ',
      personalMailDomains: '',
      endDateGraceDays: '',
      guestMaxDays: '',
      guestDomains: '',
    }
    expect((await client.post('/console/settings', { ...general, ...empty })).status).toBe(303)
    expect(await getSettings(organization.ctx)).toMatchObject({
      ...{
        accessContact: null,
        personalMailDomains: null,
        endDateGraceDays: null,
        guestMaxDays: null,
        guestDomains: null,
      },
    })
  })

  test.each([
    ['name', ''],
    ['guestMaxDays', '0'],
    ['guestDomains', 'no domain'],
    ['mailDays', 'many'],
  ])('a wrong %s is said there, and the rest stays typed', async (name, value) => {
    const refused = await client.post('/console/settings', { ...general, [name]: value })
    expect(refused.status).toBe(400)
    expect(refused.text).toContain(`id="${name}-error"`)
    expect(refused.text).toContain('value="it@example.com"')
    expect((await getSettings(organization.ctx)).accessContact).toBeNull()
  })
})

test('sign-in: saves what is typed; nonsense is said', async () => {
  const fields = {
    ...{ passwordSignIn: 'off', secondFactor: 'required', passwordMinLength: '16', sessionIdleMinutes: '30' },
    ...{ sessionAbsoluteMinutes: '480', invitationDays: '3' },
  }
  expect((await client.post('/console/settings/sign-in', fields)).status).toBe(303)
  expect(await getSignInPolicy(organization.ctx)).toMatchObject({
    ...{ passwordSignIn: 'off', secondFactor: 'required', passwordMinLength: 16, sessionIdleMinutes: 30 },
    ...{ sessionAbsoluteMinutes: 480, invitationDays: 3 },
  })
  const refused = await client.post('/console/settings/sign-in', { ...fields, invitationDays: '0' })
  expect([refused.status, refused.text.includes('id="invitationDays-error"')]).toEqual([400, true])
})

test('a domain is added with the record to make, and removed after its name was typed', async () => {
  expect((await client.post('/console/settings/domains', { name: 'not a domain' })).status).toBe(400)
  expect((await client.post('/console/settings/domains', { name: 'Nordlicht.example' })).status).toBe(303)
  expect((await client.get('/console/settings/domains')).text).toContain('_rolecall.nordlicht.example')
  const [domain] = await listDomains(organization.ctx)
  const path = `/console/settings/domains/${domain?.id}/remove`
  expect((await client.get(path)).text).toContain('Type nordlicht.example to confirm')
  const wrong = await client.post(path, { proof: 'nordlicht' })
  expect([wrong.status, wrong.text.includes('Type nordlicht.example to go on')]).toEqual([400, true])
  expect(await listDomains(organization.ctx)).toHaveLength(1)
  expect((await client.post(path, { proof: 'nordlicht.example' })).status).toBe(303)
  expect(await listDomains(organization.ctx)).toEqual([])
})

const copied = (html: string, id: string): string => new RegExp(`id="${id}"[^>]*value="([^"]*)"`).exec(html)?.[1] ?? ''

describe('applications', () => {
  const register = async (): Promise<{ id: string; secret: string }> => {
    const fields = { name: 'Newsroom', redirectUris: 'https://newsroom.example.com/callback' }
    const { text } = await client.post('/console/settings/applications', fields)
    return { id: copied(text, 'client-id'), secret: copied(text, 'client-secret') }
  }

  test('show their secret once, and are changed', async () => {
    const { id, secret } = await register()
    expect(secret.length).toBeGreaterThan(20)
    const path = `/console/settings/applications/${id}`
    expect((await client.get(path)).text).not.toContain(secret)
    const wrong = await client.post(path, { name: 'Newsroom', redirectUris: 'http://elsewhere.example.com' })
    expect([wrong.status, wrong.text.includes('http://elsewhere.example.com')]).toEqual([400, true])
    const fields = { name: 'News desk', redirectUris: 'https://desk.example.com/callback' }
    expect((await client.post(path, fields)).status).toBe(303)
    expect((await client.get(path)).text).toContain('https://desk.example.com/callback')
  })

  test('get a new secret, are turned off and on, and deleted, each after their name was typed', async () => {
    const { id, secret } = await register()
    const path = `/console/settings/applications/${id}`
    for (const change of ['rotate', 'disable', 'delete']) {
      expect((await client.get(`${path}/${change}`)).text).toContain('Type Newsroom to confirm')
      expect((await client.post(`${path}/${change}`, { proof: 'News' })).status).toBe(400)
    }
    const rotated = await client.post(`${path}/rotate`, { proof: 'newsroom' })
    expect([copied(rotated.text, 'client-secret').length, rotated.text.includes(secret)]).toEqual([
      secret.length,
      false,
    ])
    expect((await client.post(`${path}/disable`, { proof: 'Newsroom' })).status).toBe(303)
    expect((await client.get(path)).text).toContain('Turn on')
    expect((await client.post(`${path}/enable`)).status).toBe(303)
    expect((await client.get(path)).text).toContain('Turn off')
    expect((await client.post(`${path}/delete`, { proof: 'Newsroom' })).location).toContain('done=deleted')
    expect((await client.get(path)).status).toBe(404)
  })
})

test('an API key is shown once, works, and is revoked after its name was typed', async () => {
  const { text } = await client.post('/console/settings/api-keys', { name: 'Nightly', access: 'everything' })
  const key = copied(text, 'api-key')
  const asked = async () =>
    (await app.request('/api/v1/brands', { headers: { authorization: `Bearer ${key}` } })).status
  expect(await asked()).toBe(200)
  const list = await client.get('/console/settings/api-keys')
  expect(list.text).not.toContain(key)
  const path = /href="(\/console\/settings\/api-keys\/[\w-]+\/revoke)"/.exec(list.text)?.[1] ?? ''
  expect((await client.post(path, { proof: 'no' })).status).toBe(400)
  expect(await asked()).toBe(200)
  expect((await client.post(path, { proof: 'Nightly' })).status).toBe(303)
  expect(await asked()).toBe(401)
  expect((await client.get('/console/settings/api-keys/key_nobody/revoke')).status).toBe(404)
})

test('a test mail goes to the address that is typed', async () => {
  expect((await client.post('/console/settings/mail/test', { to: 'nobody' })).status).toBe(400)
  expect((await client.post('/console/settings/mail/test', { to: 'ops@example.com' })).status).toBe(303)
  expect(await outbox(organization, 'ops@example.com')).toHaveLength(1)
})
