// The pages of separation of duties, over HTTP: a rule made, broken, excepted from and deleted by way of previews.
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

async function save(path: string, fields: Record<string, string>, words: string): Promise<void> {
  const shown = await manager.post(path, fields)
  expect([shown.status, shown.text]).toEqual([200, expect.stringContaining(words)])
  expect((await manager.post('/console/changes', savingForm(shown.text))).status).toBe(303)
}

test('a rule is made, shows who breaks it, excepts somebody, is watched, and goes', async () => {
  const ann = await createUser(client, 'ann@example.com')
  await client.post('assignments', { userId: ann, roleId: await roleId(client, 'administrator'), reason: 'Test' })
  expect((await manager.get('/console/policies')).text).toContain('href="/console/separation"')
  const fields = {
    ...{ name: 'Four eyes', purpose: 'Whoever makes does not start', mode: 'enforce' },
    ...{ first: 'permission:campaigns.create', second: 'permission:campaigns.activate' },
  }
  const unchosen = await manager.post('/console/separation', { ...fields, second: '' })
  expect([unchosen.status, unchosen.text]).toEqual([400, expect.stringContaining('Choose a role or a permission')])
  await save('/console/separation', fields, 'what the rule Four eyes keeps apart')
  const [rule] = (await client.get('separation-rules')).body.items
  const page = `/console/separation/${rule.id}`
  expect((await manager.get('/console/separation')).text).toContain(`href="${page}"`)
  const seen = (await manager.get(page)).text
  for (const words of ['ann@example.com', 'Enforced', 'Whoever makes does not start']) expect(seen).toContain(words)
  expect((await manager.get(`/console/users/${ann}/why?permission=campaigns.activate`)).text).toContain(
    'They hold what a rule keeps apart from it',
  )

  const until = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10)
  const excepted = { person: 'ann@example.com', scope: 'organization', reason: 'Holidays', expiresAt: until }
  const nobody = await manager.post(`${page}/exceptions`, { ...excepted, person: 'nobody@example.com' })
  expect([nobody.status, nobody.text]).toEqual([400, expect.stringContaining('Nobody here has this address')])
  await save(`${page}/mode`, {}, 'Only watch the rule Four eyes')
  expect((await manager.get(page)).text).toContain('Watched')
  await save(`${page}/exceptions`, excepted, 'Except ann@example.com from Four eyes')
  expect((await manager.get(page)).text).toContain('Holidays')
  await save(`${page}/delete`, {}, 'Delete the rule Four eyes')
  expect((await manager.get(page)).status).toBe(404)
})
