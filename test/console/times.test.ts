// Times in pages: in the zone of whoever looks, with the exact UTC on hover; UTC says so.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAssignment } from '#access/grants/assignments/create-assignment.ts'
import { startTestApp, type TestApp, type TestOrganization } from '../support/app.ts'
import { type ConsolePerson, consoleClient, createManager } from '../support/console.ts'

let app: TestApp
let organization: TestOrganization
let ada: ConsolePerson
beforeAll(async () => {
  app = await startTestApp()
  organization = await app.createOrganization()
  ada = await createManager(organization)
  await app.owner`update users set created_at = '2030-01-31T23:30:00Z' where id = ${ada.userId}`
})
afterAll(() => app.close())

const exact = 'title="Thu, 31 Jan 2030 23:30:00 UTC"'
const seen = async (cookie = ''): Promise<string> => {
  const session = { ...ada.session, cookie: `${ada.session.cookie}${cookie}` }
  return (await consoleClient(app, { ...ada, session }).get(`/console/users/${ada.userId}`)).text
}

test('of the browser, and of the profile before it; else UTC, which says so', async () => {
  const plain = await seen()
  expect(plain).toContain(`${exact}>31 Jan 2030, 23:30 UTC<`)
  expect(await seen('; __Host-rolecall_zone=Asia~Tokyo')).toContain(`${exact}>1 Feb 2030, 08:30<`)
  expect(await seen('; __Host-rolecall_zone=No~Where')).toContain('31 Jan 2030, 23:30 UTC')
  await app.owner`update users set attributes = attributes || '{"timezone": "Europe/Berlin"}' where id = ${ada.userId}`
  expect(await seen('; __Host-rolecall_zone=Asia~Tokyo')).toContain(`${exact}>1 Feb 2030, 00:30<`)
})

describe('on the pages that people have about themselves', () => {
  const pages = ['/account', '/account/sessions', '/account/security']
  const read = async (path: string, cookie = ''): Promise<string> => {
    const session = { ...ada.session, cookie: `${ada.session.cookie}${cookie}` }
    return (await consoleClient(app, { ...ada, session }).get(path)).text
  }
  beforeAll(async () => {
    const [role] = await app.owner`select id from roles where organization_id = ${organization.id} and key = 'viewer'`
    await createAssignment(organization.ctx, {
      ...{ userId: ada.userId, roleId: String(role?.['id']), reason: 'For a while' },
      expiresAt: '2090-01-31T23:30:00Z',
    })
    await app.owner`update sessions set created_at = '2030-01-31T23:30:00Z', authenticated_at = now() where user_id = ${ada.userId}`
    await app.owner`insert into passkeys (organization_id, id, user_id, credential_id, public_key, counter, transports, name, is_backed_up, created_at)
      select organization_id, 'psk_times', id, 'x', 'x', 0, '[]', 'Laptop', false, '2030-01-31T23:30:00Z' from users where id = ${ada.userId}`
  })
  test.each(pages)('%s', async (path) => {
    await app.owner`update users set attributes = attributes - 'timezone' where id = ${ada.userId}`
    expect(await read(path)).toMatch(/title="\w+, 31 Jan 20[39]0 23:30:00 UTC">31 Jan 20[39]0, 23:30 UTC</)
    expect(await read(path, '; __Host-rolecall_zone=Asia~Tokyo')).toMatch(/23:30:00 UTC">1 Feb 20[39]0, 08:30</)
    await app.owner`update users set attributes = attributes || '{"timezone": "Europe/Berlin"}' where id = ${ada.userId}`
    expect(await read(path, '; __Host-rolecall_zone=Asia~Tokyo')).toMatch(/23:30:00 UTC">1 Feb 20[39]0, 00:30</)
  })
})

test('a page printed for an envelope names the zone, and one behind a setup link has the browser’s', async () => {
  await app.owner`update users set attributes = attributes || '{"timezone": "Europe/Berlin"}' where id = ${ada.userId}`
  const client = consoleClient(app, ada)
  expect((await client.post('/console/emergency', { name: 'Safe' })).text).toMatch(
    />\d+ \w+ \d+ at \d\d:\d\d \(Europe\/Berlin\)</,
  )
  const made = await client.post('/console/connections/setup-links', { label: 'Sam', days: '7' })
  const link = new URL(/value="(http[^"]+\/setup\/[^"]+)"/.exec(made.text)?.[1] ?? '')
  const page = await app.request(link.pathname, { headers: { cookie: '__Host-rolecall_zone=Asia~Tokyo' } })
  expect(await page.text()).toMatch(/For Sam, until <time [^>]+ UTC">\d+ \w+ \d+, \d\d:\d\d</)
})
