// A directory brings somebody whom the organization has from elsewhere: by its policy they become its own, wait for a word, or stay.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createUser, roleId } from '../support/access.ts'
import { provisionLocalUser } from '../support/accounts.ts'
import { consoleClient, createManager } from '../support/console.ts'
import { enterprise } from '../support/scim.ts'
import { type Feed, type IdentityStage, identityStage, scimUser, startStage } from './stage.ts'

let stage: Awaited<ReturnType<typeof startStage>>
let here: IdentityStage
let scim: Feed
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage?.close())
beforeEach(async () => {
  here = await identityStage(stage)
  scim = await here.directory()
})

const ada = 'ada@example.com'
const policy = (adoption: string) => here.client.patch(`directories/${scim.directoryId}`, { adoption })
const find = async (feed: Feed, userName = ada): Promise<string[]> =>
  (await feed.list('Users', `userName eq "${userName}"`)).body.Resources.map(({ id }: { id: string }) => id)
const requests = async () =>
  (await here.client.get(`directories/${scim.directoryId}/adoption-requests`)).body.items as {
    id: string
    reason: string
    status: string
  }[]
const alarms = async (): Promise<string[]> =>
  (await here.client.get('alarms?status=open')).body.items.map(({ kind }: { kind: string }) => kind)
const decide = (decision: string, ids: unknown = 'all') =>
  here.client.post(`directories/${scim.directoryId}/adoption-requests/decide`, { requests: ids, decision })
const living = async () =>
  (
    await stage.app.owner`select id from users where organization_id = ${here.client.organizationId}
    and deleted_at is null and user_name_key like 'ada%'`
  ).length

describe('verified_domain, the default', () => {
  test('sign-in first, then SCIM: found before the POST, adopted by it, the same person with what they have', async () => {
    const first = await here.arrive({ nameId: ada })
    const userId = first.attempt.userId ?? ''
    const role = await roleId(here.client, 'editor')
    await here.client.post('assignments', { userId, roleId: role, reason: 'Works here' })
    expect(await find(scim)).toEqual([userId])
    const made = await scim.post('/Users', scimUser(ada, { externalId: 'e1', displayName: 'Ada' }))
    expect(made).toMatchObject({ status: 201, body: { id: userId, externalId: 'e1', displayName: 'Ada' } })
    expect((await scim.post('/Users', scimUser(ada))).status).toBe(409)
    expect(await find(scim)).toEqual([userId])
    expect((await here.client.get(`users/${userId}`)).body).toMatchObject({
      directoryId: scim.directoryId,
      status: 'active',
    })
    const explained = await here.client.get(`users/${userId}/explain?permission=content.edit`)
    expect(explained.body.allowed).toBe(true)
    expect(await here.client.auditOf(userId)).toContain('user.adopt')
    expect((await here.arrive({ nameId: ada })).attempt.userId).toBe(userId)
  })

  test('what the directory does not mention stays: the address above all, by which they sign in', async () => {
    const { id } = await provisionLocalUser(here.organization, 'ada-local', { email: ada })
    expect((await scim.post('/Users', { userName: 'ada-local' })).status).toBe(201)
    expect((await here.client.get(`users/${id}`)).body.emails).toEqual([ada])
  })

  test('by the address, where the userName is another one; by PATCH, PUT, a group, DELETE after a look-up', async () => {
    const ids = await Promise.all(
      ['one', 'two', 'three', 'four', 'five'].map((name) => createUser(here.client, `${name}@example.com`)),
    )
    const [one = '', two = '', three = '', four = '', five = ''] = ids
    const emails = [{ value: 'ONE@example.com', primary: true }]
    expect((await scim.post('/Users', { ...scimUser('u1'), emails })).body).toMatchObject({ id: one, userName: 'u1' })
    expect((await scim.get(`/Users/${two}`)).status).toBe(200)
    expect((await scim.patch(`/Users/${two}`, { op: 'replace', path: 'title', value: 'Lead' })).status).toBe(200)
    expect((await scim.put(`/Users/${three}`, scimUser('three@example.com'))).status).toBe(200)
    expect(await scim.group('Ops', [four])).toMatch(/^grp_/)
    expect((await scim.patch(`/Users/${five}`, { op: 'replace', path: 'active', value: false })).body.active).toBe(
      false,
    )
    const owned = (await scim.get('/Users')).body.Resources.map(({ id }: { id: string }) => id)
    expect(owned.sort()).toEqual([...ids].sort())
    const six = await createUser(here.client, 'six@example.com')
    expect((await scim.delete(`/Users/${six}`)).status).toBe(204)
    expect((await here.client.get(`users/${six}`)).status).toBe(404)
  })

  test('not in a domain that is not verified, nor in one bound to the connection of another directory', async () => {
    const userId = await createUser(here.client, 'ada@elsewhere.example.org')
    expect((await scim.get(`/Users/${userId}`)).status).toBe(404)
    const elsewhere = scimUser('ada@elsewhere.example.org')
    expect(await scim.post('/Users', elsewhere)).toMatchObject({ status: 409, body: { scimType: 'uniqueness' } })
    expect(await find(scim, 'ada@elsewhere.example.org')).toEqual([userId])
    expect((await scim.put(`/Users/${userId}`, elsewhere)).status).toBe(409)
    expect(await requests()).toMatchObject([{ reason: 'unverified', status: 'pending' }])
    expect(await alarms()).toEqual(['adoption_request'])
    expect((await here.client.get(`users/${userId}`)).body.directoryId).toBeNull()

    const other = await here.directory('Partner')
    const { owner } = stage.app
    await owner`update connections set directory_id = ${other.directoryId} where id = ${here.connection.id}`
    await owner`insert into domain_connections (organization_id, domain_id, connection_id)
      select organization_id, id, ${here.connection.id} from domains`
    await createUser(here.client, ada)
    expect((await scim.post('/Users', scimUser(ada))).status).toBe(409)
    expect((await other.post('/Users', scimUser(ada))).status).toBe(201)
  })

  test('somebody who manages something only after a word, and no emergency account at all', async () => {
    const userId = await createUser(here.client, ada)
    await here.client.post('assignments', {
      userId,
      roleId: await roleId(here.client, 'administrator'),
      reason: 'Runs it',
    })
    expect((await scim.post('/Users', scimUser(ada))).status).toBe(409)
    expect(await requests()).toMatchObject([{ reason: 'manager', status: 'pending' }])
    expect((await here.client.get(`users/${userId}`)).body.directoryId).toBeNull()
    expect((await decide('adopt')).body.items).toMatchObject([{ userId, error: null }])
    expect((await here.client.get(`users/${userId}`)).body.directoryId).toBe(scim.directoryId)
    expect(await alarms()).toEqual([])
    await stage.app.owner`insert into emergency_accounts (organization_id, user_id, created_at)
      values (${here.client.organizationId}, ${await createUser(here.client, 'ada.sealed@example.com')}, now())`
    expect((await scim.post('/Users', scimUser('ada.sealed@example.com'))).status).toBe(409)
    expect((await decide('adopt')).body.items).toMatchObject([{ error: expect.stringContaining('emergency') }])
  })

  test('whom two directories bring goes to the second, and not back by itself', async () => {
    const userId = await scim.user(ada, { emails: scimUser(ada)['emails'] })
    const second = await here.directory('Entra')
    expect((await second.post('/Users', scimUser(ada))).body.id).toBe(userId)
    expect((await scim.get(`/Users/${userId}`)).status).toBe(404)
    expect((await scim.patch(`/Users/${userId}`, { op: 'replace', path: 'active', value: false })).status).toBe(404)
    expect((await scim.post('/Users', scimUser(ada))).status).toBe(409)
    expect(await find(scim)).toEqual([userId])
    expect(await requests()).toMatchObject([{ reason: 'taken_over' }])
    expect((await here.client.get(`users/${userId}`)).body).toMatchObject({
      status: 'active',
      directoryId: second.directoryId,
    })
    expect(await living()).toBe(1)
  })

  test('stays in the groups of the first, which may say so again, and take them out', async () => {
    const userId = await scim.user(ada, { emails: scimUser(ada)['emails'] })
    const bob = await scim.user('bob@example.com')
    const groupId = await scim.group('Editors', [userId])
    const second = await here.directory('Entra')
    expect((await second.post('/Users', scimUser(ada))).body.id).toBe(userId)
    const listed = async () => {
      const { members = [] } = (await scim.get(`/Groups/${groupId}`)).body
      return members.map(({ value }: { value: string }) => value).sort()
    }
    const put = (...ids: string[]) =>
      scim.put(`/Groups/${groupId}`, { displayName: 'Editors', members: ids.map((value) => ({ value })) })
    expect(await listed()).toEqual([userId])
    expect((await put(userId, bob)).status).toBe(200)
    const again = { op: 'add', path: 'members', value: [{ value: userId }] }
    expect((await scim.patch(`/Groups/${groupId}`, again)).status).toBe(204)
    expect(await listed()).toEqual([userId, bob].sort())
    expect((await put(bob)).status).toBe(200)
    expect(await listed()).toEqual([bob])
    expect((await put(userId, bob)).status).toBe(400)
  })
})

describe('whoever is invited', () => {
  test.each(['never', 'confirm'])('waits for a word under %s, whatever address is brought', async (wanted) => {
    await policy(wanted)
    const invitation = { email: ada, roleId: await roleId(here.client, 'editor') }
    const { userId } = (await here.client.post('invitations', invitation)).body
    const emails = [{ value: 'mallory@elsewhere.example.org', primary: true }]
    expect((await scim.post('/Users', { ...scimUser(ada), emails })).status).toBe(409)
    expect((await here.client.get(`users/${userId}`)).body).toMatchObject({ status: 'invited', directoryId: null })
    expect(await requests()).toMatchObject([{ reason: wanted, status: 'pending' }])
  })

  test('to manage something is found after the refusal', async () => {
    const invitation = { email: ada, roleId: await roleId(here.client, 'administrator') }
    const { userId } = (await here.client.post('invitations', invitation)).body
    expect((await scim.post('/Users', scimUser(ada))).status).toBe(409)
    expect(await find(scim)).toEqual([userId])
    expect(await alarms()).toEqual(['invitation_claimed'])
    expect(await requests()).toMatchObject([{ reason: 'manager', status: 'pending' }])
  })

  test('at an address of an unverified domain is told of as that', async () => {
    const guest = 'ada@partner.example.org'
    const invitation = { email: guest, roleId: await roleId(here.client, 'editor') }
    await here.client.post('invitations', invitation)
    expect((await scim.post('/Users', scimUser(guest))).status).toBe(409)
    expect(await requests()).toMatchObject([{ reason: 'unverified', status: 'pending' }])
  })
})

test('whom the policy gives the directory in the end, nobody is asked about any more', async () => {
  await policy('confirm')
  const userId = await createUser(here.client, ada)
  expect((await scim.post('/Users', scimUser(ada))).status).toBe(409)
  expect(await alarms()).toEqual(['adoption_request'])
  await policy('always')
  expect((await scim.post('/Users', scimUser(ada))).body.id).toBe(userId)
  expect([await alarms(), (await requests()).map(({ status }) => status)]).toEqual([[], ['adopted']])
})

test('whoever waits is no member yet, and the refusal says who waits for what', async () => {
  await policy('confirm')
  const userId = await createUser(here.client, ada)
  expect((await scim.post('/Users', scimUser(ada))).status).toBe(409)
  const group = { displayName: 'Editors', members: [{ value: userId }] }
  const { status, body } = await scim.post('/Groups', group)
  expect([status, body.scimType]).toEqual([400, 'invalidValue'])
  expect(body.detail).toContain(`An administrator has to confirm that this directory takes over ${ada}`)
  const unknown = await createUser(here.client, 'nobody.asked@example.com')
  const refused = await scim.post('/Groups', { ...group, members: [{ value: unknown }] })
  expect([refused.status, refused.body.detail.includes('nobody.asked')]).toEqual([400, false])
  await decide('adopt')
  expect((await scim.post('/Groups', group)).status).toBe(201)
})

describe('what is found after a refusal', () => {
  test.each(['never', 'confirm', 'verified_domain'])('of a change of its own person, under %s', async (wanted) => {
    await policy(wanted)
    const holder = await createUser(here.client, 'taken@example.com')
    const own = await scim.user('own@example.com')
    const rename = { op: 'replace', value: { userName: 'taken@example.com' } }
    expect((await scim.patch(`/Users/${own}`, rename)).status).toBe(409)
    expect(await find(scim, 'taken@example.com')).toEqual([holder])
    expect((await scim.put(`/Users/${own}`, scimUser('taken@example.com'))).status).toBe(409)
    expect(await requests()).toMatchObject([{ reason: 'confirm', status: 'pending' }])
    // Its own people it finds anyway, and nobody is asked for.
    const other = await scim.user('other@example.com')
    const same = { op: 'replace', value: { userName: 'other@example.com' } }
    expect((await scim.patch(`/Users/${own}`, same)).status).toBe(409)
    expect(await find(scim, 'other@example.com')).toEqual([other])
    expect(await requests()).toHaveLength(1)
  })

  test('where the userName is one person’s and the address another’s: both', async () => {
    const one = await createUser(here.client, 'p1@example.com')
    const two = (await here.client.post('users', { userName: 'p2', emails: ['p2@example.com'] })).body.id
    const emails = scimUser('p2@example.com')['emails']
    expect((await scim.post('/Users', scimUser('p1@example.com', { emails }))).status).toBe(409)
    expect(await find(scim, 'p1@example.com')).toContain(one)
    const found = (await scim.list('Users', 'emails.value eq "p2@example.com"')).body.Resources
    expect(found.map(({ id }: { id: string }) => id)).toEqual([two])
  })

  test('by what the directory calls them, its own userName and externalId', async () => {
    await policy('confirm')
    const userId = await createUser(here.client, ada)
    const emails = scimUser(ada)['emails']
    expect((await scim.post('/Users', { ...scimUser('upn@corp.local', { externalId: 'x9' }), emails })).status).toBe(
      409,
    )
    expect(await find(scim, 'upn@corp.local')).toEqual([userId])
    expect((await scim.list('Users', 'externalId eq "x9"')).body.Resources).toMatchObject([{ id: userId }])
    const other = await here.directory('Entra')
    expect(await find(other, 'upn@corp.local')).toEqual([])
  })

  test('also where the userName is one person’s and the address another’s', async () => {
    const named = await createUser(here.client, 'ada')
    await createUser(here.client, ada)
    expect((await scim.post('/Users', { ...scimUser('ada'), emails: scimUser(ada)['emails'] })).status).toBe(409)
    expect(await find(scim, 'ada')).toContain(named)
    expect(await requests()).toHaveLength(2)
  })
})

test('a group write that is refused adopts nobody', async () => {
  const userId = await createUser(here.client, ada)
  const group = await scim.group('Ops')
  const value = [{ value: userId }, { value: 'usr_00000000000000000000000000' }]
  expect((await scim.patch(`/Groups/${group}`, { op: 'add', path: 'members', value })).status).toBe(400)
  expect((await here.client.get(`users/${userId}`)).body.directoryId).toBeNull()
})

describe('the other policies', () => {
  test('always asks for no domain; never takes nobody; confirm waits for each', async () => {
    const names = ['a1', 'a2', 'a3'].map((name) => `${name}@elsewhere.example.org`)
    const ids = await Promise.all(names.map((name) => createUser(here.client, name)))
    await policy('always')
    expect((await scim.post('/Users', scimUser(names[0] ?? ''))).body.id).toBe(ids[0])
    await policy('never')
    const verified = await createUser(here.client, ada)
    expect((await scim.get(`/Users/${verified}`)).status).toBe(404)
    expect((await scim.post('/Users', scimUser(ada))).status).toBe(409)
    expect(await find(scim)).toEqual([verified])
    await policy('confirm')
    expect((await scim.post('/Users', scimUser(names[1] ?? '', { title: 'Lead' }))).status).toBe(409)
    expect((await scim.post('/Users', scimUser(names[1] ?? '', { title: 'Chief' }))).status).toBe(409)
    expect((await requests()).map(({ reason }) => reason)).toEqual(['confirm', 'never'])
    const [confirm] = await requests()
    expect((await decide('adopt', [confirm?.id])).body.items).toMatchObject([{ userId: ids[1], error: null }])
    expect((await scim.get(`/Users/${ids[1]}`)).body).toMatchObject({ title: 'Chief', active: true })
  })

  test('what an administrator refused stays refused, also where the policy would allow it', async () => {
    await policy('confirm')
    const userId = await createUser(here.client, ada)
    await scim.post('/Users', scimUser(ada))
    expect((await decide('refuse')).status).toBe(200)
    await policy('always')
    expect((await scim.post('/Users', scimUser(ada))).status).toBe(409)
    expect((await here.client.get(`users/${userId}`)).body.directoryId).toBeNull()
    expect(await requests()).toMatchObject([{ status: 'refused' }])
    const [request] = await requests()
    expect((await decide('adopt', [request?.id])).body.items).toMatchObject([{ error: null }])
  })

  test('by command: the policy, the list, the word', async () => {
    const scope = ['--organization', here.client.slug, '--directory', 'Okta']
    expect((await stage.rolecall('directory', 'policy', ...scope, '--adoption', 'confirm')).lines).toEqual([
      'Okta: confirm',
    ])
    await createUser(here.client, ada)
    await scim.post('/Users', scimUser(ada))
    expect((await stage.rolecall('directory', 'adoptions', ...scope)).lines.join('\n')).toContain('confirm')
    expect((await stage.rolecall('directory', 'adopt', ...scope)).lines).toEqual([`${ada}: taken over`])
    expect((await stage.rolecall('directory', 'policy', ...scope, '--adoption', 'some')).exitCode).toBe(1)
  })

  test('another organization’s requests are not found', async () => {
    await policy('confirm')
    await createUser(here.client, ada)
    await scim.post('/Users', scimUser(ada))
    const [request] = await requests()
    const other = await stage.createClient()
    const path = `directories/${scim.directoryId}/adoption-requests`
    expect((await other.get(path)).status).toBe(404)
    expect((await other.post(`${path}/decide`, { requests: [request?.id], decision: 'adopt' })).status).toBe(404)
  })
})

test('the page says what would change for each, who manages something, and takes back a refusal', async () => {
  await policy('confirm')
  const person = { userName: ada, displayName: 'Ada Admin', emails: [ada], givenName: 'Ada' }
  const userId = (await here.client.post('users', person)).body.id
  const role = await roleId(here.client, 'administrator')
  await here.client.post('assignments', { userId, roleId: role, reason: 'Runs it' })
  const said = { displayName: 'Ada L.', title: 'Countess', [enterprise]: { department: 'Maths' } }
  expect((await scim.post('/Users', scimUser(ada, said))).status).toBe(409)
  const admin = consoleClient(stage.app, await createManager(here.organization))
  const path = `/console/directories/${scim.directoryId}/adoptions`
  const { text } = await admin.get(path)
  for (const words of [
    'Name: Ada Admin → Ada L.',
    'title: none → Countess',
    'department: none → Maths',
    'Manages something',
  ])
    expect(text).toContain(words)
  // What it does not mention stays, and what is the same is no change.
  for (const words of ['E-mail address:', 'First and last name:', 'User name:']) expect(text).not.toContain(words)
  await admin.post(path, { decision: 'refuse', request: (await requests())[0]?.id ?? '' })
  expect((await admin.get(path)).text).toContain('Confirm after all')
  await admin.post(path, { decision: 'adopt', request: (await requests())[0]?.id ?? '' })
  expect((await here.client.get(`users/${userId}`)).body).toMatchObject({
    displayName: 'Ada L.',
    directoryId: scim.directoryId,
  })
})
