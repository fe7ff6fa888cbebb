// The pages of drafts, over HTTP: put together from previews, sent back, approved by another, made and taken back.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AccessStage, type Client, createUser, roleId, startStage } from '../support/access.ts'
import { type ConsoleClient, consoleClient, createManager } from '../support/console.ts'

let stage: AccessStage
let client: Client
let one: ConsoleClient
let other: ConsoleClient
beforeAll(async () => {
  stage = await startStage()
  client = await stage.createClient()
  const organization = { id: client.organizationId, slug: client.slug, ctx: client.ctx }
  one = consoleClient(stage.app, await createManager(organization))
  other = consoleClient(stage.app, await createManager(organization, { name: 'Bea Second' }))
})
afterAll(() => stage?.close())

/** The hidden fields of the form that goes to an address. */
function fieldsOf(html: string, action: string): Record<string, string> {
  const form = html.split('<form').find((part) => part.includes(`action="${action}"`)) ?? ''
  const inputs = form.split('</form>')[0]?.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g) ?? []
  return Object.fromEntries([...inputs].map(([, name = '', value = '']) => [name, value.replaceAll('&quot;', '"')]))
}

test('changes are put into a draft from their previews, approved by another person, made and taken back', async () => {
  const ann = await createUser(client, 'ann@example.com')
  const administrator = await roleId(client, 'administrator')
  const reading = { roleStrategy: 'union', administratorBrandAccess: 'explicit', secondPerson: 'privileged' }
  const policy = await one.post('/console/policies/reading', reading)
  await one.post('/console/changes', fieldsOf(policy.text, '/console/changes'))
  expect((await client.get(`organizations/${client.organizationId}`)).body.secondPerson).toBe('privileged')

  const emergency = (await one.get('/console/emergency')).text
  expect(emergency).toContain('rolecall emergency create')
  expect(emergency).not.toContain('>Make it<')

  const given = { roleId: administrator, scope: 'organization', reason: 'Deputy' }
  const refused = await one.post(`/console/users/${ann}/give`, given)
  expect(refused.text).toContain('put it into a draft')
  const shown = await one.post(`/console/users/${ann}/give`, { ...given, step: 'preview' })
  expect(shown.text).toContain('A second person has to approve it')
  expect(shown.text).not.toContain('>Save this change<')
  const choice = await one.post('/console/drafts/choose', fieldsOf(shown.text, '/console/drafts/choose'))
  const kept = fieldsOf(choice.text, '/console/drafts/add')
  const added = await one.post('/console/drafts/add', { ...kept, name: 'A deputy' })
  const page = added.location?.split('?')[0] ?? ''
  expect([added.status, page]).toEqual([303, expect.stringContaining('/console/drafts/dft_')])

  const more = await one.post('/console/policies', { name: 'Quiet', permission: 'content.comment' })
  const second = await one.post('/console/drafts/choose', fieldsOf(more.text, '/console/drafts/choose'))
  const draftId = page.split('/').at(-1) ?? ''
  expect(second.text).toMatch(new RegExp(`<option value="${draftId}" selected[^>]*>A deputy`))
  await one.post('/console/drafts/add', { ...fieldsOf(second.text, '/console/drafts/add'), draftId })
  const open = (await one.get(page)).text
  for (const words of ['Give ann@example.com the role Administrator', 'New policy Quiet', 'Ask for approval'])
    expect(open).toContain(words)
  expect(open).not.toContain('>Make all changes<')
  expect(open).not.toContain(`action="${page}/approve"`)

  await one.post(`${page}/submit`)
  expect((await other.get('/console')).text).toContain('A draft waits for the word of a second person')
  const unsaid = await other.post(`${page}/reject`, { note: '' })
  expect([unsaid.status, unsaid.text.includes('say why')]).toEqual([400, true])
  await other.post(`${page}/reject`, { note: 'Without the policy, please' })
  expect((await one.get(page)).text).toContain('Without the policy, please')
  await one.post(`${page}/remove`, { index: '1' })
  await one.post(`${page}/submit`)
  const waiting = (await other.get(page)).text
  expect(waiting).toContain('Waits for approval')
  const word = fieldsOf(waiting, `${page}/approve`)
  expect((await other.post(`${page}/approve`, { hash: 'other' })).status).toBe(412)
  expect((await other.post(`${page}/approve`, word)).status).toBe(303)
  const ready = (await one.get(page)).text
  const late = await one.post(`${page}/schedule`, {
    ...fieldsOf(ready, `${page}/schedule`),
    applyAt: '2020-01-01T00:00',
  })
  expect(late.status).toBe(400)
  expect((await one.post(`${page}/apply`, fieldsOf(ready, `${page}/apply`))).status).toBe(303)
  expect((await client.get(`users/${ann}/explain?permission=roles.manage`)).body.allowed).toBe(true)

  const back = (await one.get(`${page}/undo`)).text
  expect(back).toContain('Take all of it back')
  expect((await one.post(`${page}/undo`, fieldsOf(back, `${page}/undo`))).status).toBe(303)
  expect((await one.get(page)).text).toContain('Undone')
  expect((await client.get(`users/${ann}/explain?permission=roles.manage`)).body.allowed).toBe(false)
  expect((await one.get('/console/drafts')).text).toContain('A deputy')
})
