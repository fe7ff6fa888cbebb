// Exceptions for one person, over HTTP: asked for, shown before they are made, and part of an invitation.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AccessStage, type Client, createUser, roleId, startStage } from '../support/access.ts'
import { type ConsoleClient, consoleClient, createManager, savingForm } from '../support/console.ts'

let stage: AccessStage
let client: Client
let manager: ConsoleClient
beforeAll(async () => {
  stage = await startStage()
  client = await stage.createClient()
  const organization = { id: client.organizationId, slug: client.slug, ctx: client.ctx }
  manager = consoleClient(stage.app, await createManager(organization))
})
afterAll(() => stage?.close())

const inAWeek = (): string => new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10)

test('001-04: an exception is shown before it is made, and stands on the page of the person', async () => {
  const ann = await createUser(client, 'ann@example.com')
  const page = `/console/users/${ann}`
  expect((await manager.get(page)).text).not.toContain('Override a permission')
  await client.post('assignments', { userId: ann, roleId: await roleId(client, 'editor'), reason: 'Test' })
  expect((await manager.get(page)).text).toContain(`href="${page}/override"`)

  const fields = { effect: 'deny', permission: 'content.edit', scope: 'organization', reason: 'On probation' }
  const endless = await manager.post(`${page}/override`, fields)
  expect([endless.status, endless.text.includes('On probation')]).toEqual([400, true])
  const shown = await manager.post(`${page}/override`, { ...fields, expiresAt: inAWeek() })
  expect([shown.status, shown.text]).toEqual([200, expect.stringContaining('ann@example.com may not content.edit')])
  expect((await client.get('assignments?kind=override')).body.items).toEqual([])
  expect((await manager.post('/console/changes', savingForm(shown.text))).status).toBe(303)

  const [made] = (await client.get('assignments?kind=override')).body.items
  expect(made).toMatchObject({ reason: 'On probation', override: { permission: 'content.edit', effect: 'deny' } })
  const after = (await manager.get(page)).text
  for (const words of ['Override: may not content.edit', 'On probation', `${page}/assignments/${made.id}`])
    expect(after).toContain(words)
  const why = (await manager.get(`${page}/why?permission=content.edit`)).text
  expect(why).toContain('No: content.edit')
  expect(why).toContain('Override: may not content.edit')

  const end = await manager.post(`${page}/assignments/${made.id}/delete`, {})
  expect((await manager.post('/console/changes', savingForm(end.text))).status).toBe(303)
  expect((await manager.get(`${page}/why?permission=content.edit`)).text).toContain('Yes: content.edit')
})

test('000-12: an invitation carries a special permission, which its review shows', async () => {
  const form = {
    ...{ email: 'bea@example.com', roleId: await roleId(client, 'viewer'), expiresAt: inAWeek() },
    ...{ special: 'analytics.export', specialScope: 'organization', specialReason: 'Reports for spring' },
  }
  const endless = await manager.post('/console/invitations/new', { ...form, expiresAt: '' })
  expect([endless.status, endless.text]).toEqual([400, expect.stringContaining('an override needs an end')])
  const review = await manager.post('/console/invitations/new', form)
  expect([review.status, review.text]).toEqual([200, expect.stringMatching(/May <code>analytics.export<.code>/)])
  const sent = await manager.post('/console/invitations/new', { ...form, step: 'send' })
  expect(sent.status).toBe(303)
  const made = await manager.get(sent.location ?? '')
  expect(made.text).toMatch(/may <code>analytics.export<.code> in/)
})
