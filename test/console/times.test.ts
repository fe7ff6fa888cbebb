// Times in the console: in the zone of whoever looks, with the exact UTC on hover; UTC says so.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { timeInZone } from '#words/zones.ts'
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

test('the end of a day that was chosen stays that day', () => {
  expect(timeInZone('2030-01-31T23:59:59.000Z', 'Europe/Berlin')).toBe('31 Jan 2030, 23:59 UTC')
  expect(timeInZone('2030-07-31T12:00:00.000Z', 'Europe/Berlin')).toBe('31 Jul 2030, 14:00')
})
