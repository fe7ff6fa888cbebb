// A POST that is sent again because its answer got lost is answered as the first time, and makes nothing twice.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AccessStage, type Answer, type Client, roleId, startStage } from '../support/access.ts'
import { createPlatformKey, type PlatformClient } from '../support/platform.ts'

let stage: AccessStage
let client: Client
let platform: PlatformClient

beforeAll(async () => {
  stage = await startStage()
  client = await stage.createClient()
  platform = await createPlatformKey(stage)
})
afterAll(() => stage.close())

let keys = 0
function freshKey(): string {
  keys += 1
  return `key-${keys}`
}

const keyed = (key: string) => ({ 'Idempotency-Key': key })
const post = (path: string, body: unknown, key: string): Promise<Answer> => client.send('POST', path, body, keyed(key))

const told = ({ status, body }: Answer) => ({ status, body })

const count = async (path: string) => (await client.get(`${path}?limit=200`)).body.items.length

describe('the same request again', () => {
  test.each([
    ['a brand', 'brands', () => ({ slug: `b-${freshKey()}`, name: 'B' })],
    ['an API key, with the secret that is shown once', 'api-keys', () => ({ name: 'K' })],
    ['a setup link, with its address', 'setup-links', () => ({ label: 'IT' })],
    [
      'an invitation, without a second mail',
      'invitations',
      () => ({ email: `${freshKey()}@example.com`, roleId: viewer }),
    ],
    ['a user', 'users', () => ({ userName: `${freshKey()}@example.com` })],
  ])('%s is made once', async (_, path, bodyOf) => {
    const [key, body] = [freshKey(), bodyOf()]
    const before = [await count(path), await count('mails')]
    const first = await post(path, body, key)
    expect([first.status, first.body.detail, first.headers.get('idempotency-replayed')]).toEqual([201, undefined, null])
    const again = await post(path, body, key)
    expect(told(again)).toEqual(told(first))
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    expect(again.headers.get('content-type')).toBe(first.headers.get('content-type'))
    const mails = path === 'invitations' ? 1 : 0
    expect([await count(path), await count('mails')]).toEqual([(before[0] ?? 0) + 1, (before[1] ?? 0) + mails])
  })

  let viewer: string
  beforeAll(async () => {
    viewer = await roleId(client, 'viewer')
  })

  test('an organization with all that belongs to it, once', async () => {
    const body = {
      slug: 'once',
      name: 'Once',
      setupLink: { label: 'IT' },
      administrators: [{ email: 'a@example.com' }],
    }
    const send = () => platform.send('POST', 'organizations', body, undefined, keyed('once'))
    const [first, again] = [await send(), await send()]
    expect([first.status, again.headers.get('idempotency-replayed')]).toEqual([201, 'true'])
    expect(again.body).toEqual(first.body)
    const events = await platform.send('GET', `audit-events?targetId=${first.body.organization.id}`)
    expect(events.body.items).toHaveLength(1)
  })

  test('ten at once: one is made; the others are told to wait, or get its answer', async () => {
    const [key, body] = [freshKey(), { slug: 'many', name: 'Many' }]
    const answers = await Promise.all(Array.from({ length: 10 }, () => post('brands', body, key)))
    const made = answers.filter(({ status }) => status === 201)
    expect(new Set(made.map(({ body: brand }) => brand.id)).size).toBe(1)
    expect(made.filter(({ headers }) => headers.get('idempotency-replayed') === null)).toHaveLength(1)
    for (const answer of answers.filter(({ status }) => status !== 201))
      expect([answer.status, answer.body.reason]).toEqual([409, 'idempotency_in_progress'])
    expect((await post('brands', body, key)).body.id).toBe(made[0]?.body.id)
  })
})

describe('what is not the same', () => {
  test('another body, path or query with the key is refused and does nothing', async () => {
    const key = freshKey()
    await post('brands', { slug: 'first', name: 'First' }, key)
    const before = await count('brands')
    for (const [path, body] of [
      ['brands', { slug: 'second', name: 'Second' }],
      ['api-keys', { slug: 'first', name: 'First' }],
      ['brands?x=1', { slug: 'first', name: 'First' }],
    ] as const) {
      const answer = await post(path, body, key)
      expect([path, answer.status, answer.body.reason]).toEqual([path, 422, 'idempotency_key_reused'])
    }
    expect(await count('brands')).toBe(before)
  })

  test('the key of another caller, or in another organization, is another key', async () => {
    const key = freshKey()
    const other = await stage.createClient()
    const body = { slug: 'shared', name: 'Shared' }
    const mine = await post('brands', body, key)
    const theirs = await other.send('POST', 'brands', body, keyed(key))
    expect([mine.status, theirs.status]).toEqual([201, 201])
    expect(theirs.body.id).not.toBe(mine.body.id)
    const ofPlatform = await platform.send('POST', 'brands', body, client.slug, keyed(key))
    expect(ofPlatform.status).toBe(409)
  })

  test('without the header everything is as before', async () => {
    const first = await client.post('api-keys', { name: 'Twice' })
    const second = await client.post('api-keys', { name: 'Twice' })
    expect(first.body.id).not.toBe(second.body.id)
  })
})

describe('failures', () => {
  test('are not kept: the key is good for the request once it is put right', async () => {
    const key = freshKey()
    const refused = await post('brands', { slug: 'Not A Slug', name: 'X' }, key)
    expect(refused.status).toBe(400)
    expect((await post('brands', { slug: 'a-slug', name: 'X' }, key)).status).toBe(201)
  })

  test('take back all that the request did', async () => {
    const key = freshKey()
    const body = { slug: 'half', name: 'Half', administrators: [{ email: 'no address' }] }
    const refused = await platform.send('POST', 'organizations', body, undefined, keyed(key))
    expect(refused.status).toBe(400)
    const { administrators: _, ...rest } = body
    expect((await platform.send('POST', 'organizations', rest, undefined, keyed(key))).status).toBe(201)
  })

  test('a change that wants its preview seen first is made with the same key', async () => {
    const { body: group } = await client.post('groups', { displayName: 'Writers' })
    const body = { groupId: group.id, roleId: await roleId(client, 'viewer') }
    const key = freshKey()
    const shown = await post('mappings', body, key)
    expect(shown.status).toBe(428)
    const headers = { ...keyed(key), 'Preview-Hash': shown.body.preview.hash }
    const made = await client.send('POST', 'mappings', body, headers)
    const again = await client.send('POST', 'mappings', body, headers)
    expect([made.status, again.body]).toEqual([201, made.body])
  })

  test.each(['a b', 'x'.repeat(256), 'caf\u00e9'])('%s is no key', async (key) => {
    const answer = await post('brands', { slug: 'no-key', name: 'X' }, key)
    expect([answer.status, answer.body.reason]).toEqual([400, 'idempotency_key'])
  })

  test('a key is free again when its day is over, before anything is swept', async () => {
    const key = freshKey()
    await post('brands', { slug: 'of-the-day', name: 'X' }, key)
    await stage.app.owner`update idempotent_answers set expires_at = now() - interval '1 minute'`
    const fresh = await post('brands', { slug: 'of-the-next', name: 'X' }, key)
    expect([fresh.status, fresh.headers.get('idempotency-replayed')]).toEqual([201, null])
    expect((await post('brands', { slug: 'of-the-next', name: 'X' }, key)).body).toEqual(fresh.body)
  })

  test('a kept answer is sealed, gone after a day, and never done again where it cannot be opened', async () => {
    const key = freshKey()
    const body = { name: 'Sealed' }
    const { body: made } = await post('api-keys', body, key)
    const [row] = await stage.app
      .owner`select a::text as row from idempotent_answers a order by expires_at desc limit 1`
    expect(row?.['row']).not.toContain(made.key)
    await stage.app.owner`update idempotent_answers set answer_sealed = 'v1.gone.AAAA'`
    const before = await count('api-keys')
    const unreadable = await post('api-keys', body, key)
    expect([unreadable.status, unreadable.body.reason]).toEqual([409, 'idempotency_unreadable'])
    expect(await count('api-keys')).toBe(before)
    await stage.app.owner`update idempotent_answers set expires_at = now() - interval '1 second'`
    await stage.app.owner`select sweep_expired()`
    expect(await stage.app.owner`select from idempotent_answers`).toHaveLength(0)
    expect((await post('api-keys', body, key)).status).toBe(201)
  })
})
