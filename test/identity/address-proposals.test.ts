// 004-04: who may change addresses. Where nobody may, what a directory says waits for an administrator's word.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createUser } from '../support/access.ts'
import { consoleClient, createManager } from '../support/console.ts'
import { type Feed, type IdentityStage, identityStage, scimUser, startStage } from './stage.ts'

let stage: Awaited<ReturnType<typeof startStage>>
let here: IdentityStage
let scim: Feed
let id: string
const [old, wanted] = ['ada@example.com', 'ada.lovelace@example.com']
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage?.close())
beforeEach(async () => {
  here = await identityStage(stage)
  scim = await here.directory()
  id = (await scim.post('/Users', scimUser(old, { externalId: 'e1' }))).body.id
})

const rule = (emailChange: string) => here.client.patch('settings', { emailChange })
const person = async () => (await here.client.get(`users/${id}`)).body
const proposals = async () => (await here.client.get('address-proposals')).body.items
const alarms = async () => (await here.client.get('alarms?status=open')).body.items
const decide = (decision: string) => here.client.post(`users/${id}/address-proposal/decide`, { decision })

const renames: [string, () => ReturnType<Feed['patch']>][] = [
  [
    'PATCH',
    () =>
      scim.patch(
        `/Users/${id}`,
        { op: 'replace', path: 'userName', value: wanted },
        { op: 'replace', path: 'emails[type eq "work"].value', value: wanted },
        { op: 'replace', path: 'title', value: 'Countess' },
      ),
  ],
  ['PUT', () => scim.put(`/Users/${id}`, scimUser(wanted, { externalId: 'e1', title: 'Countess' }))],
  [
    'Bulk',
    async () => {
      const data = scimUser(wanted, { externalId: 'e1', title: 'Countess' })
      const Operations = [{ method: 'PUT', path: `/Users/${id}`, data }]
      const schemas = ['urn:ietf:params:scim:api:messages:2.0:BulkRequest']
      return scim.post('/Bulk', { schemas, Operations })
    },
  ],
]

describe('never', () => {
  beforeEach(() => rule('never'))

  test.each(renames)('a rename by %s is proposed; the rest of the message counts', async (_how, rename) => {
    expect((await rename()).status).toBe(200)
    expect(await person()).toMatchObject({ userName: old, emails: [old] })
    expect((await scim.get(`/Users/${id}`)).body.title).toBe('Countess')
    expect(await proposals()).toMatchObject([
      { userId: id, directory: { id: scim.directoryId }, userName: wanted, status: 'pending', current: { email: old } },
    ])
    expect(await alarms()).toMatchObject([
      { kind: 'address_proposal', detail: { userId: id, proposed: { email: wanted } } },
    ])
    // The provider says it again with every synchronization.
    await rename()
    expect(await alarms()).toHaveLength(1)
    expect((await here.arrive({ nameId: old })).attempt.userId).toBe(id)
  })

  test('accepted, it is theirs; the alarm is settled', async () => {
    await renames[0]?.[1]()
    expect(await decide('accept')).toMatchObject({ status: 200, body: { status: 'accepted' } })
    expect(await person()).toMatchObject({ userName: wanted, emails: [wanted], directoryId: scim.directoryId })
    expect([await alarms(), await proposals()]).toEqual([[], []])
    expect(await here.client.auditOf(id)).toEqual(
      expect.arrayContaining(['user.propose_address', 'user.accept_address']),
    )
    expect((await decide('accept')).status).toBe(404)
    // The next rename is a proposal of its own.
    await scim.patch(`/Users/${id}`, { op: 'replace', path: 'userName', value: old })
    expect(await proposals()).toMatchObject([{ userName: old }])
  })

  test('refused, it is not proposed again; another one is', async () => {
    await renames[0]?.[1]()
    expect((await decide('refuse')).status).toBe(200)
    await renames[0]?.[1]()
    expect([await alarms(), await proposals()]).toEqual([[], []])
    await scim.patch(`/Users/${id}`, { op: 'replace', path: 'userName', value: 'countess@example.com' })
    expect(await proposals()).toMatchObject([{ userName: 'countess@example.com' }])
  })

  test('what is no address of theirs needs no word: further addresses, another case, names', async () => {
    const emails = [
      { value: old, type: 'work', primary: true },
      { value: 'ada@home.example.org', type: 'home' },
    ]
    await scim.patch(`/Users/${id}`, { op: 'replace', path: 'emails', value: emails })
    await scim.patch(`/Users/${id}`, { op: 'replace', path: 'userName', value: 'Ada@example.com' })
    expect(await proposals()).toEqual([])
    expect(await person()).toMatchObject({ userName: 'Ada@example.com', emails: [old, 'ada@home.example.org'] })
  })

  test('an accepted address that somebody has by now stays a proposal', async () => {
    await renames[0]?.[1]()
    await createUser(here.client, wanted)
    expect(await decide('accept')).toMatchObject({ status: 409, body: { reason: 'uniqueness' } })
    expect(await proposals()).toHaveLength(1)
  })

  test('by command, and on the person’s page', async () => {
    await renames[0]?.[1]()
    const admin = consoleClient(stage.app, await createManager({ ...here.organization }))
    const page = await admin.get(`/console/users/${id}`)
    expect(page.text).toContain('gives them another address')
    expect(page.text).toContain(wanted)
    expect((await admin.get('/console')).text).toContain('gives somebody another address')
    const viewer = consoleClient(
      stage.app,
      await createManager({ ...here.organization }, { name: 'V', role: 'viewer' }),
    )
    expect((await viewer.post(`/console/users/${id}/address-proposal`, { decision: 'accept' })).status).toBe(403)
    expect((await admin.post(`/console/users/${id}/address-proposal`, { decision: 'refuse' })).status).toBe(303)
    expect(await proposals()).toEqual([])
    await scim.patch(`/Users/${id}`, { op: 'replace', path: 'userName', value: 'a.l@example.com' })
    const command = ['user', 'decide-address', '--organization', here.client.slug, '--user', old, '--json']
    const { json } = await stage.rolecall(...command, '--accept')
    expect(json).toMatchObject({ status: 'accepted', userName: 'a.l@example.com' })
    expect(await person()).toMatchObject({ userName: 'a.l@example.com' })
  })
})

describe('directory_only', () => {
  beforeEach(() => rule('directory_only'))

  test('directories rename at once', async () => {
    await renames[0]?.[1]()
    expect(await person()).toMatchObject({ userName: wanted, emails: [wanted] })
    expect(await proposals()).toEqual([])
  })

  test('administrators do not, and the page has no field for it', async () => {
    const local = await createUser(here.client, 'bo@example.com')
    expect(await here.client.patch(`users/${local}`, { userName: 'bob@example.com' })).toMatchObject({
      status: 422,
      body: { reason: 'email_immutable' },
    })
    const admin = consoleClient(stage.app, await createManager({ ...here.organization }))
    const field = async () =>
      /<input[^>]*name="email"[^>]*>/.exec((await admin.get(`/console/users/${local}/edit`)).text)?.[0]
    expect(await field()).toContain('readonly')
    await rule('verified')
    expect(await field()).not.toContain('readonly')
    expect((await here.client.patch(`users/${local}`, { userName: 'bob@example.com' })).status).toBe(200)
  })
})
