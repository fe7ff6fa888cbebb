// `rolecall team …` and `rolecall asset …`.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AccessStage, type Client, createUser, startStage } from '../support/access.ts'

let stage: AccessStage
let client: Client
beforeAll(async () => {
  stage = await startStage()
  client = await stage.createClient()
})
afterAll(() => stage?.close())

test('a team from the beginning to the end, and an asset that is for it', async () => {
  const run = (...args: string[]) => stage.rolecall(...args, '--organization', client.slug)
  await createUser(client, 'ann@example.com')
  await createUser(client, 'bea@example.com')
  await client.post('brands', { slug: 'aurora', name: 'Aurora' })
  await client.post('groups', { displayName: 'Writers' })
  const made = await run('team', 'create', '--name', 'Press', '--brand', 'aurora', '--leader', 'ann@example.com')
  expect(made.lines[0]).toMatch(/^The team Press is created \(tea_\w+\)/)
  const given = await run('team', 'give', '--team', 'press', '--role', 'viewer', '--reason', 'They look')
  expect(given.lines).toEqual(['Done. 1 person has something more (ann@example.com) from now on'])
  const added = await run('team', 'add', '--team', 'Press', '--user', 'bea@example.com')
  expect(added.lines).toEqual(['Done. 1 person has something more (bea@example.com) from now on'])
  await run('team', 'fill', '--team', 'Press', '--group', 'Writers')
  expect((await run('team', 'list')).lines[1]).toMatch(/^Press +aurora +ann@example.com +2 +tea_/)
  expect((await run('team', 'members', '--team', 'Press')).lines[2]).toMatch(/^bea@example.com +active +Added by hand/)
  expect((await run('team', 'sources', '--team', 'Press')).lines[1]).toMatch(/^Writers/)
  const held = (await run('team', 'roles', '--team', 'Press', '--json')).json.items
  expect(held).toMatchObject([{ role: { key: 'viewer' }, reason: 'They look' }])
  expect((await run('access', 'show', '--user', 'bea@example.com')).lines.at(-1)).toMatch(/viewer +aurora +team Press/)

  await run('asset', 'register-type', '--name', 'library', '--label', 'Content library')
  const put = await run(
    'asset',
    'put',
    '--asset',
    'library/1',
    '--name',
    'Logos',
    '--brand',
    'aurora',
    '--team',
    'Press',
  )
  expect(put.lines).toEqual(['library/1 is registered'])
  const listed = await run('asset', 'list', '--user', 'bea@example.com', '--permission', 'content.view')
  expect(listed.lines[1]).toMatch(/^library\/1 +Logos/)

  const refused = await run('team', 'remove', '--team', 'Press', '--user', 'bea@example.com')
  expect([refused.exitCode, refused.errors[0]]).toEqual([1, expect.stringContaining('Repeat it with --yes')])
  await run('team', 'remove', '--team', 'Press', '--user', 'bea@example.com', '--yes')
  const taken = await run('team', 'take', '--team', 'Press', '--team-role', held[0].id, '--yes')
  expect(taken.exitCode).toBe(0)
  await run('team', 'update', '--team', 'Press', '--name', 'Media', '--leader', 'none', '--yes')
  expect((await run('team', 'delete', '--team', 'Media', '--yes')).lines[0]).toContain('is deleted')
  expect((await run('team', 'members', '--team', 'Media')).exitCode).toBe(1)
  expect((await run('asset', 'delete', '--asset', 'library/1')).exitCode).toBe(0)
})
