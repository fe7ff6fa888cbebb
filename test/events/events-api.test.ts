// Reading events by the API: by cursor, by waiting and as a stream; whoever may not is refused, and what is too old is said to be.
import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { workOutAccess } from '#access/events/work-out-access.ts'
import { issueApiKey } from '#access/organizations/api-keys/api-keys.ts'
import { removeOld } from '#access/upkeep/retention.ts'
import { createWaiting } from '#api/contract/event-stream.ts'
import type { EventPage } from '#audit/events/read-events.ts'
import { settledPosition } from '#audit/events/rows.ts'
import { AppError } from '#platform/errors.ts'
import type { CallContext } from '#src/context.ts'
import { type AccessStage, type Client, createUser, startStage } from '../support/access.ts'
import { createPlatformKey } from '../support/platform.ts'

let stage: AccessStage
let client: Client
beforeAll(async () => {
  stage = await startStage()
  client = await stage.createClient()
})
afterAll(() => stage.close())

const workOut = async (): Promise<number> => workOutAccess(client.ctx, (await settledPosition(client.ctx)) ?? 0)

async function latest(): Promise<string> {
  await workOut()
  return (await client.get('events?after=latest')).body.next
}

const keyed = (key: string, path: string, headers: Record<string, string> = {}) =>
  stage.request(`/api/v1/${path}`, { headers: { Authorization: `Bearer ${key}`, ...headers } })

type Sent = { id?: string; event?: string; data: string }

/** Reads a stream until `enough` of it has come. */
async function listen(response: Response, enough: (sent: Sent[]) => boolean): Promise<Sent[]> {
  const sent: Sent[] = []
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true })
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const lines = text.slice(0, end).split('\n')
      text = text.slice(end + 2)
      const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2)
      sent.push({ id: field('id') ?? '', event: field('event') ?? '', data: field('data') ?? '' })
    }
    if (enough(sent)) break
  }
  return sent
}

describe('by cursor', () => {
  test('page after page, oldest first, and on from an event or from `next`', async () => {
    const after = await latest()
    const ids: string[] = []
    for (let index = 0; index < 5; index += 1) ids.push(await createUser(client, `page-${index}@example.com`))
    const first = (await client.get(`events?after=${after}&limit=2`)).body
    expect(first).toMatchObject({ hasMore: true, items: [{ type: 'user.created' }, { type: 'user.created' }] })
    expect(first.next).toBe(first.items[1].id)
    const rest = (await client.get(`events?after=${first.next}&types=user.created`)).body
    const seen = [...first.items, ...rest.items].map(({ data }: { data: { userId: string } }) => data.userId)
    expect(seen).toEqual(ids)
    expect((await client.get(`events?after=${rest.next}`)).body).toEqual({ items: [], next: rest.next, hasMore: false })
  })

  test('without a cursor it begins with what there is', async () => {
    const { items } = (await client.get('events?types=organization.created')).body
    expect(items).toMatchObject([{ data: { organizationId: client.organizationId } }])
  })

  test.each([
    'types=nothing.known',
    'after=evt_00000000000000000000000001x',
    'after=evt_7zzzzzzzzzzzzzzzzzzzzzzzzz',
    'limit=0',
    'wait=31',
  ])('%s is refused', async (query) => {
    expect((await client.get(`events?${query}`)).status).toBe(400)
  })

  test('another organization’s event is no cursor here', async () => {
    const other = await stage.createClient()
    const { next } = (await other.get('events?after=latest')).body
    expect((await client.get(`events?after=${next}`)).body).toMatchObject({ status: 400, reason: 'invalidCursor' })
  })

  test('after 30 days: 410 with what to do, and the worker’s own events are gone', async () => {
    const old = await stage.createClient()
    await createUser(old, 'old@example.com')
    await workOutAccess(old.ctx, (await settledPosition(old.ctx)) ?? 0)
    const { items } = (await old.get('events')).body
    const [first, last] = [items[0], items.at(-1)]
    expect(last.type).toBe('access.changed')
    for (const table of ['audit_events', 'derived_events'])
      await stage.app.owner`update ${stage.app.owner(table)} set occurred_at = now() - interval '31 days'
        where organization_id = ${old.organizationId}`
    const gone = await old.get(`events?after=${first.id}`)
    expect(gone).toMatchObject({ status: 410, body: { type: 'urn:rolecall:problem:gone', reason: 'cursor_too_old' } })
    expect(gone.body.detail).toMatch(/begin again without `after`/)
    expect((await old.get('events')).body.items).toEqual([])
    expect(await removeOld(old.ctx)).toMatchObject({ derivedEvents: 1 })
    // The newest cursor has nothing after it that was forgotten.
    const [newest] = await stage.app.owner`select id from audit_events where organization_id = ${old.organizationId}
      order by position desc limit 1`
    expect((await old.get(`events?after=${newest?.['id']}`)).status).toBe(200)
  })
})

describe('who may', () => {
  test('a key with events.read and nothing else reads them; one without is refused', async () => {
    const scoped = async (permissions: string[]) =>
      (await issueApiKey(client.ctx, { name: 'Scoped', access: 'permissions', permissions })).key
    const reading = await scoped(['events.read'])
    expect((await keyed(reading, 'events')).status).toBe(200)
    expect((await keyed(reading, 'users')).status).toBe(403)
    const refused = await keyed(await scoped(['audit.view', 'users.read']), 'events')
    expect([refused.status, await refused.json()]).toEqual([
      403,
      expect.objectContaining({ permission: 'events.read' }),
    ])
    expect((await stage.request('/api/v1/events')).status).toBe(401)
  })

  test('a platform key with the scope reads those of every organization in one order, and another one none', async () => {
    const other = await stage.createClient()
    const key = await createPlatformKey(stage, { scopes: ['events.read'], access: 'nothing' })
    const { next } = (await key.send('GET', 'events?after=latest')).body
    const [one, two] = [await createUser(client, 'one@example.com'), await createUser(other, 'two@example.com')]
    const { body } = await key.send('GET', `events?after=${next}&types=user.created`)
    expect(body.items).toMatchObject([
      { organizationId: client.organizationId, data: { userId: one } },
      { organizationId: other.organizationId, data: { userId: two } },
    ])
    expect((await key.send('GET', `events?after=${body.next}&types=user.created`)).body.items).toEqual([])
    const without = await createPlatformKey(stage, { scopes: ['organizations.read'] })
    expect((await without.send('GET', 'events')).status).toBe(403)
    const named = await createPlatformKey(stage, {})
    expect((await named.send('GET', 'events?types=user.created', undefined, other.slug)).body.items).toMatchObject([
      { data: { userId: two } },
    ])
    const sql = stage.app.serverRole()
    const seen = await sql`select * from platform_events(0, 999999999, now() - interval '30 days', 'all', '{}',
      array['user.provision'], 10)`
    expect(seen).toEqual([])
  })
})

describe('as it happens', () => {
  test('a wait ends with the first event, and with nothing when the time is over', async () => {
    const after = await latest()
    const waiting = client.get(`events?after=${after}&wait=10`)
    const userId = await createUser(client, 'waited@example.com')
    expect((await waiting).body.items).toMatchObject([{ data: { userId } }])
    const begun = performance.now()
    const { next } = (await waiting).body
    expect((await client.get(`events?after=${next}&wait=1`)).body).toMatchObject({ items: [], next })
    expect(performance.now() - begun).toBeGreaterThan(900)
  })

  test('a stream tells what comes, and goes on after Last-Event-ID without a gap', async () => {
    const response = await keyed(client.key, 'events?types=user.created', { Accept: 'text/event-stream' })
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/)
    const first = await createUser(client, 's1@example.com')
    const sent = await listen(response, (all) => all.some(({ event }) => event === 'user.created'))
    expect(sent[0]).toMatchObject({ event: 'open', id: expect.stringMatching(/^evt_/) })
    expect(JSON.parse(sent.at(-1)?.data ?? '{}')).toMatchObject({ type: 'user.created', data: { userId: first } })
    // While nobody listened.
    const missed = await createUser(client, 's2@example.com')
    const again = await keyed(client.key, 'events?types=user.created', {
      ...{ Accept: 'text/event-stream', 'Last-Event-ID': sent.at(-1)?.id ?? '' },
    })
    const resumed = await listen(again, (all) => all.some(({ event }) => event === 'user.created'))
    expect(JSON.parse(resumed.at(-1)?.data ?? '{}')).toMatchObject({ data: { userId: missed } })
  })

  test('while a change goes on for long, `latest` is no cursor: 503, also for a stream, and nothing is skipped', async () => {
    const key = await createPlatformKey(stage, { scopes: ['events.read'], access: 'nothing' })
    const held = await stage.app.owner.reserve()
    let userId = ''
    try {
      await held`begin`
      await held`select pg_current_xact_id()`
      await held`insert into audit_events (organization_id, id, occurred_at, actor_type, actor_id, action, target_type, target_id, detail,
          request_id)
        values (${client.organizationId}, ${stage.services.ids.next('evt')}, now(), 'system', 'x', 'user.update', 'user', 'usr_held',
          '{}', 'req')`
      const answers = await Promise.all([
        client.send('GET', 'events?after=latest'),
        key.send('GET', 'events?after=latest'),
        keyed(client.key, 'events', { Accept: 'text/event-stream' }).then(async (response) => ({
          ...{ status: response.status, body: await response.json(), headers: response.headers },
        })),
      ])
      for (const answer of answers) expect(answer).toMatchObject({ status: 503, body: { reason: 'not_settled' } })
      expect(answers[2].headers.get('retry-after')).toBe('2')
      userId = await createUser(client, 'held@example.com')
      await held`commit`
    } finally {
      held.release()
    }
    const { next } = (await client.get('events?after=latest')).body
    expect(next).toMatch(/^evt_/)
    expect((await client.get(`events?types=user.created`)).body.items.at(-1)).toMatchObject({ data: { userId } })
  }, 60_000)

  test('a stream of a revoked key ends', async () => {
    const { key, id } = await issueApiKey(client.ctx, { name: 'Short' })
    const response = await keyed(key, 'events', { Accept: 'text/event-stream' })
    const reading = listen(response, () => false)
    await client.delete(`api-keys/${id}`)
    const sent = await reading
    expect(sent.at(-1)).toMatchObject({ event: 'error', data: expect.stringContaining('unauthenticated') })
  })

  test('one key has so many streams open and no more', async () => {
    const { key } = await stage.createClient()
    const open = await Promise.all(
      Array.from({ length: 20 }, () => keyed(key, 'events', { Accept: 'text/event-stream' })),
    )
    const refused = await keyed(key, 'events', { Accept: 'text/event-stream' })
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '5'])
    await Promise.all(open.map((response) => response.body?.cancel()))
    await expect
      .poll(
        async () => {
          const response = await keyed(key, 'events', { Accept: 'text/event-stream' })
          await response.body?.cancel()
          return response.status
        },
        { timeout: 20_000 },
      )
      .toBe(200)
  })

  test('one organization has so many streams open and no more, whatever keys it has', async () => {
    const { ask } = stillReader({ perOrganization: 2 })
    expect(await ask('key_1')).toBe(200)
    expect(await ask('key_2')).toBe(200)
    expect(await ask('key_3')).toBe(429)
  })

  test('a client that reads nothing gives its place back', async () => {
    const { ask } = stillReader({ perCaller: 1, stallMillis: 300 })
    expect(await ask('key_1')).toBe(200)
    expect(await ask('key_1')).toBe(429)
    await expect.poll(() => ask('key_1'), { timeout: 10_000 }).toBe(200)
  })
})

/** Streams of large pages without end, of which nobody reads a byte. */
function stillReader(limits: Parameters<typeof createWaiting>[0]['limits'] & object) {
  const event = { ...{ id: 'evt_1', type: 'user.created', version: 1, timestamp: '', organizationId: 'o' }, data: {} }
  const items = Array.from({ length: 500 }, () => ({ ...event, actor: { type: 'system', id: 'x'.repeat(2_000) } }))
  const page = { items, cursors: items.map(({ id }) => id), next: 'evt_1', hasMore: true } as unknown as EventPage
  const waiting = createWaiting({ news: undefined, isStopping: () => false, limits })
  const app = new Hono()
  app.get('/:key', (c) => {
    const ctx = { organizationId: 'o', actor: { type: 'api_key', id: c.req.param('key') } } as CallContext
    return waiting.stream({ c, ctx }, async () => page, 'evt_0')
  })
  app.onError((error, c) => c.text('', error instanceof AppError && error.code === 'too_many' ? 429 : 500))
  return { ask: async (key: string) => (await app.request(`/${key}`)).status }
}
