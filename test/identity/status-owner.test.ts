// Who switched somebody off, switches them on again: what an administrator did the provider's next push does not undo, and what the
// directory did an administrator does not.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Feed, type IdentityStage, identityStage, scimUser, startStage } from './stage.ts'

let stage: Awaited<ReturnType<typeof startStage>>
let here: IdentityStage
let scim: Feed
let id: string
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage?.close())
beforeEach(async () => {
  here = await identityStage(stage)
  scim = await here.directory()
  id = await scim.user('ada@example.com')
})

const say = (value: unknown) => scim.patch(`/Users/${id}`, { op: 'replace', path: 'active', value })
const row = async () =>
  (
    await stage.app
      .owner`select status, status_reason as reason, is_held_by_directory as "isHeld" from users where id = ${id}`
  )[0]
const alarms = async () => (await here.client.get('alarms?status=open')).body.items
const byHand = (verb: 'deactivate' | 'reactivate') => here.client.confirm('POST', `users/${id}/${verb}`)

describe('an administrator’s block', () => {
  test.each([
    ['PATCH', () => say(true)],
    ['PATCH of text', () => say('True')],
    ['PUT', () => scim.put(`/Users/${id}`, scimUser('ada@example.com', { title: 'Lead' }))],
  ])('outlasts a push of active: true by %s, with one alarm that names the directory', async (_, push) => {
    await byHand('deactivate')
    for (const _time of [1, 2]) expect(await push()).toMatchObject({ status: 200, body: { active: false } })
    expect(await row()).toEqual({ status: 'inactive', reason: 'administrator', isHeld: false })
    expect(await alarms()).toMatchObject([
      { kind: 'reactivation_held', detail: { userId: id, directoryId: scim.directoryId } },
    ])
    expect((await byHand('reactivate')).body.status).toBe('active')
  })

  test('lifted, leaves somebody off whom the directory has switched off meanwhile, until it lifts that', async () => {
    await byHand('deactivate')
    await say(false)
    expect(await row()).toEqual({ status: 'inactive', reason: 'administrator', isHeld: true })
    expect((await byHand('reactivate')).body).toMatchObject({ status: 'inactive', statusReason: 'directory' })
    expect((await say(true)).body.active).toBe(true)
    expect(await row()).toEqual({ status: 'active', reason: null, isHeld: false })
  })

  test('is lifted in whole where the directory took its word back', async () => {
    await byHand('deactivate')
    await say(false)
    await say(true)
    expect((await byHand('reactivate')).body.status).toBe('active')
  })

  test('also holds for whom the directory had switched off before', async () => {
    await say(false)
    await byHand('deactivate')
    expect((await say(true)).body.active).toBe(false)
    expect((await byHand('reactivate')).body.status).toBe('active')
  })

  test('outlasts DELETE and POST of the same person, until it is lifted', async () => {
    const whole = scimUser('cy@example.com', { externalId: 'st' })
    id = (await scim.post('/Users', whole)).body.id
    await byHand('deactivate')
    await scim.delete(`/Users/${id}`)
    const again = await scim.post('/Users', whole)
    expect(again).toMatchObject({ status: 201, body: { active: false } })
    id = again.body.id
    expect(await alarms()).toMatchObject([{ kind: 'reactivation_held', detail: { userId: id } }])
    expect((await byHand('reactivate')).body.status).toBe('active')
    await scim.delete(`/Users/${id}`)
    expect((await scim.post('/Users', whole)).body.active).toBe(true)
  })

  const names = { userName: 'ada@example.com', externalId: 'a1' }
  const hidden = '0123456789abcdef0123456789abcdefada@example.com'
  const ways: [string, () => Promise<string>][] = [
    [
      'deleted, brought switched off, and switched on',
      async () => {
        await scim.delete(`/Users/${id}`)
        const made = await scim.post('/Users', scimUser('ada@example.com', { externalId: 'a1', active: false }))
        await scim.patch(`/Users/${made.body.id}`, { op: 'replace', path: 'active', value: true })
        return made.body.id
      },
    ],
    [
      'renamed as the provider renames its deleted, deleted, and brought under another externalId',
      async () => {
        const rename = { op: 'replace', value: { userName: hidden, externalId: null } }
        await scim.patch(`/Users/${id}`, rename)
        await scim.delete(`/Users/${id}`)
        return (await scim.post('/Users', scimUser('ada@example.com', { externalId: 'other' }))).body.id
      },
    ],
    [
      'deleted, and brought under other names with the same address',
      async () => {
        await scim.delete(`/Users/${id}`)
        const emails = scimUser('ada@example.com')['emails']
        return (await scim.post('/Users', scimUser('a.lovelace', { externalId: 'other', emails }))).body.id
      },
    ],
    [
      'made somebody else, and brought again',
      async () => {
        await scim.put(`/Users/${id}`, scimUser('somebody.else@example.com', { externalId: 'b2' }))
        return (await scim.post('/Users', scimUser(names.userName, { externalId: names.externalId }))).body.id
      },
    ],
    [
      'deleted, and brought by another directory',
      async () => {
        await scim.delete(`/Users/${id}`)
        const second = await here.directory('Entra')
        return (await second.post('/Users', scimUser('ada@example.com'))).body.id
      },
    ],
  ]
  test.each(ways)('outlasts somebody %s, until an administrator lifts it for good', async (_how, bring) => {
    await scim.patch(`/Users/${id}`, { op: 'replace', path: 'externalId', value: names.externalId })
    await byHand('deactivate')
    const again = await bring()
    const status = async () => (await here.client.get(`users/${again}`)).body
    expect(await status()).toMatchObject({ status: 'inactive', statusReason: 'administrator' })
    expect((await here.arrive({ nameId: 'ada@example.com' })).attempt.outcome).toBe('refused')
    expect((await alarms()).map(({ kind }: { kind: string }) => kind)).toContain('reactivation_held')
    expect((await here.client.post(`users/${again}/reactivate`)).body.status).toBe('active')
    expect((await here.arrive({ nameId: 'ada@example.com' })).attempt.userId).toBe(again)
  })

  test('holds when another directory adopts them', async () => {
    await byHand('deactivate')
    const second = await here.directory('Entra')
    expect(await second.post('/Users', scimUser('ada@example.com'))).toMatchObject({
      status: 201,
      body: { id, active: false },
    })
    expect(await row()).toMatchObject({ status: 'inactive', reason: 'administrator' })
  })
})

describe('the directory’s word', () => {
  test('is lifted by the directory, not by hand', async () => {
    await say(false)
    expect(await byHand('reactivate')).toMatchObject({ status: 409, body: { reason: 'held_by_directory' } })
    expect((await say(true)).body.active).toBe(true)
  })

  test('by hand, too, where the directory is switched off', async () => {
    await say(false)
    await here.client.patch(`directories/${scim.directoryId}`, { status: 'disabled' })
    expect((await byHand('reactivate')).body.status).toBe('active')
  })
})

test('a setting lets either side lift what the other one switched off', async () => {
  await here.client.patch('settings', { reactivation: 'by_anyone' })
  await byHand('deactivate')
  expect((await say(true)).body.active).toBe(true)
  await say(false)
  expect((await byHand('reactivate')).body.status).toBe('active')
  expect(await alarms()).toEqual([])
})
