// Webhooks: signed as Standard Webhooks says, in order, again and again where they are not taken, each by itself.
import { Webhook as StandardWebhook } from 'standardwebhooks'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type EventFollower, followEvents } from '#jobs/events.ts'
import { createLog } from '#platform/log.ts'
import { verifyWebhook } from '#sdk/webhooks.ts'
import { type AccessStage, type Client, createUser, startStage } from '../support/access.ts'
import { createPlatformKey } from '../support/platform.ts'
import { type Received, receiveWebhooks, type WebhookReceiver } from '../support/webhook-receiver.ts'

let stage: AccessStage
let follower: EventFollower
const receivers: WebhookReceiver[] = []
beforeAll(async () => {
  stage = await startStage()
  follower = followEvents(stage.services, createLog('error', { destination: { write: () => {} } }), {
    tickMillis: 20,
    dueMillis: 50,
  })
})
afterAll(async () => {
  await follower.stop()
  await stage.close()
})
afterEach(async () => {
  for (const receiver of receivers.splice(0)) await receiver.close()
})

async function receiver(answer?: WebhookReceiver['answer']): Promise<WebhookReceiver> {
  const made = await receiveWebhooks(answer)
  receivers.push(made)
  return made
}

type Made = { id: string; secret: string; publicKey: string }

async function hook(client: Client, to: WebhookReceiver, more: object = {}): Promise<Made> {
  const { status, body } = await client.post('webhooks', { url: to.url, types: ['user.created'], ...more })
  expect(status).toBe(201)
  return body
}

const headersOf = ({ headers }: Received) => headers as Record<string, string>
const usersOf = (received: readonly Received[]) => received.map(({ event }) => event.data['userId'])
/** As if the pause were over. */
const hurry = (id: string) => stage.app.owner`update webhooks set next_attempt_at = now() where id = ${id}`
const stateOf = async (client: Client, id: string) => (await client.get(`webhooks/${id}`)).body

describe('signatures', () => {
  test('hold for receivers that others wrote, and for the kit by secret and by key', async () => {
    const client = await stage.createClient()
    const to = await receiver()
    const { secret, publicKey } = await hook(client, to)
    const userId = await createUser(client, 'sig@example.com')
    const [came] = await to.until(1)
    if (came === undefined) throw new Error('Nothing came')
    expect(new StandardWebhook(secret).verify(came.body, headersOf(came))).toMatchObject({ data: { userId } })
    for (const by of [secret, publicKey])
      expect(await verifyWebhook({ headers: headersOf(came), body: came.body, secret: by })).toEqual(came.event)
    expect(came.headers['webhook-id']).toBe(came.event.id)
    expect(came.headers['webhook-signature']).toMatch(/^v1,\S+ v1a,\S+$/)
  })

  test('of another secret, of a changed body and of five minutes ago do not', async () => {
    const client = await stage.createClient()
    const to = await receiver()
    const { secret, publicKey } = await hook(client, to)
    await createUser(client, 'forged@example.com')
    const [came] = await to.until(1)
    if (came === undefined) throw new Error('Nothing came')
    const delivery = { headers: headersOf(came), body: came.body }
    const other = await hook(client, to)
    const later = new Date(Date.now() + 301_000)
    for (const [changed, reason] of [
      [{ ...delivery, secret: other.secret }, 'signature'],
      [{ ...delivery, secret: other.publicKey }, 'signature'],
      [{ ...delivery, secret, body: came.body.replace('user.created', 'user.deleted') }, 'signature'],
      [{ ...delivery, secret: publicKey, headers: { ...delivery.headers, 'webhook-id': 'evt_other' } }, 'signature'],
      [{ ...delivery, secret, now: later }, 'too_old'],
      [{ ...delivery, secret, headers: {} }, 'missing'],
    ] as const)
      await expect(verifyWebhook(changed)).rejects.toMatchObject({ code: 'invalid_signature', reason })
    expect(() => new StandardWebhook(other.secret).verify(came.body, headersOf(came))).toThrow()
  })

  test('by the former secret go on while it is changed, and end with the overlap', async () => {
    const client = await stage.createClient()
    const to = await receiver()
    const first = await hook(client, to)
    const second = (await client.post(`webhooks/${first.id}/secret`, { overlapHours: 1 })).body
    expect(second.secret).not.toBe(first.secret)
    await createUser(client, 'overlap@example.com')
    const [both] = await to.until(1)
    for (const secret of [first.secret, first.publicKey, second.secret, second.publicKey])
      expect(await verifyWebhook({ headers: headersOf(both as Received), body: both?.body ?? '', secret })).toBeTruthy()
    await client.post(`webhooks/${first.id}/secret`, { overlapHours: 0 })
    await createUser(client, 'after@example.com')
    const [, alone] = await to.until(2)
    const delivery = { headers: headersOf(alone as Received), body: alone?.body ?? '' }
    await expect(verifyWebhook({ ...delivery, secret: second.secret })).rejects.toMatchObject({ reason: 'signature' })
  })

  test('the secret is shown once, and is nowhere in plain', async () => {
    const client = await stage.createClient()
    const to = await receiver()
    const { id, secret } = await hook(client, to)
    const [bare] = [secret.slice('whsec_'.length)]
    const [row] = await stage.app.owner`select to_jsonb(w)::text as row from webhooks w where id = ${id}`
    const [trail] = await stage.app
      .owner`select string_agg(detail::text, '') as text from audit_events where target_id = ${id}`
    for (const text of [row?.['row'], trail?.['text'], JSON.stringify((await client.get('webhooks')).body)])
      expect(text).not.toContain(bare)
    expect(trail?.['text']).not.toContain('/hook')
  })
})

describe('delivery', () => {
  test('in the order of what happened, and each once where nothing fails', async () => {
    const client = await stage.createClient()
    const to = await receiver()
    await hook(client, to)
    const ids: string[] = []
    for (let index = 0; index < 40; index += 1) ids.push(await createUser(client, `o${index}@example.com`))
    await to.until(40)
    expect(usersOf(to.received)).toEqual(ids)
  })

  test('one that is not taken holds back those after it, is sent again with the same id, and nothing is lost', async () => {
    const client = await stage.createClient()
    let isUp = false
    const to = await receiver(() => ({ status: isUp ? 200 : 500, body: 'out of order' }))
    const { id } = await hook(client, to)
    const ids = [await createUser(client, 'r1@example.com'), await createUser(client, 'r2@example.com')]
    await expect.poll(() => to.received.length).toBe(1)
    await expect
      .poll(async () => stateOf(client, id))
      .toMatchObject({ attempts: 1, failingEventId: to.received[0]?.event.id })
    const { nextAttemptAt } = await stateOf(client, id)
    expect(Date.parse(nextAttemptAt) - Date.now()).toBeGreaterThan(2_000)
    expect(Date.parse(nextAttemptAt) - Date.now()).toBeLessThan(7_000)
    isUp = true
    await hurry(id)
    await to.until(2)
    expect(usersOf(to.received)).toEqual([ids[0], ...ids])
    expect(to.received[1]?.headers['webhook-id']).toBe(to.received[0]?.headers['webhook-id'])
    await expect.poll(async () => (await client.get(`webhooks/${id}/attempts`)).body.items.length).toBe(3)
    const { items } = (await client.get(`webhooks/${id}/attempts?status=failed`)).body
    expect(items).toMatchObject([{ attempt: 1, status: 500, error: 'It answered 500', isDelivered: false }])
    const attempt = (await client.get(`webhooks/${id}/attempts/${items[0].id}`)).body
    expect(attempt).toMatchObject({ answer: 'out of order', request: { headers: { 'webhook-id': items[0].eventId } } })
    expect(JSON.parse(attempt.request.body)).toMatchObject({ type: 'user.created' })
    expect(await stateOf(client, id)).toMatchObject({ attempts: 0, failingSince: null, nextAttemptAt: null })
  })

  test('one that is slow slows nobody else', async () => {
    const client = await stage.createClient()
    const slow = await receiver(() => ({ status: 200, afterMillis: 1_500 }))
    const quick = await receiver()
    await hook(client, slow)
    await hook(client, quick)
    for (let index = 0; index < 5; index += 1) await createUser(client, `s${index}@example.com`)
    const begun = Date.now()
    await quick.until(5)
    expect(Date.now() - begun).toBeLessThan(1_500)
    expect(slow.taken.length).toBeLessThan(3)
  })

  test('Retry-After is kept to', async () => {
    const client = await stage.createClient()
    const to = await receiver(() => ({ status: 429, headers: { 'Retry-After': '900' } }))
    const { id } = await hook(client, to)
    await createUser(client, 'wait@example.com')
    await expect.poll(async () => (await stateOf(client, id)).attempts).toBe(1)
    const { nextAttemptAt } = await stateOf(client, id)
    expect(Math.abs(Date.parse(nextAttemptAt) - Date.now() - 900_000)).toBeLessThan(20_000)
  })

  test('410 pauses it at once, with an alarm; resumed, it is told what it has missed', async () => {
    const client = await stage.createClient()
    let status = 410
    const to = await receiver(() => ({ status }))
    const { id } = await hook(client, to, { description: 'Newsroom' })
    const userId = await createUser(client, 'gone@example.com')
    await expect.poll(async () => stateOf(client, id)).toMatchObject({ status: 'paused', pauseReason: 'gone' })
    const { items } = (await client.get('alarms?status=open')).body
    expect(items).toMatchObject([{ kind: 'webhook_paused', detail: { webhookId: id, name: 'Newsroom' } }])
    const missed = await createUser(client, 'missed@example.com')
    status = 204
    await client.post(`webhooks/${id}/resume`, {})
    await to.until(2)
    expect(usersOf(to.taken)).toEqual([userId, missed])
  })

  test('repeated failure raises an alarm, three days of it pause, and success settles it', async () => {
    const client = await stage.createClient()
    let status = 503
    const to = await receiver(() => ({ status }))
    const { id } = await hook(client, to)
    await createUser(client, 'fail@example.com')
    const open = async () =>
      (await client.get('alarms?status=open')).body.items.map(({ kind }: { kind: string }) => kind)
    for (let attempt = 1; attempt < 5; attempt += 1) {
      await expect.poll(async () => (await stateOf(client, id)).attempts).toBe(attempt)
      expect(await open()).toEqual([])
      await hurry(id)
    }
    await expect.poll(open).toEqual(['webhook_failing'])
    status = 204
    await expect.poll(async () => (await stateOf(client, id)).attempts).toBe(5)
    await hurry(id)
    await expect.poll(open).toEqual([])
    status = 503
    await createUser(client, 'fail2@example.com')
    await expect.poll(async () => (await stateOf(client, id)).attempts).toBe(1)
    await stage.app.owner`update webhooks set failing_since = now() - interval '73 hours' where id = ${id}`
    await hurry(id)
    await expect.poll(async () => stateOf(client, id)).toMatchObject({ status: 'paused', pauseReason: 'failing' })
    expect(await open()).toEqual(['webhook_paused'])
    expect(await client.auditOf(id)).toContain('webhook.pause')
  })

  test('what a node leaves that died under its lease is gone on with', async () => {
    const client = await stage.createClient()
    const to = await receiver()
    const { id } = await hook(client, to)
    await stage.app
      .owner`update webhooks set lease_holder = 'run_dead', lease_until = now() + interval '1 second' where id = ${id}`
    const userId = await createUser(client, 'lease@example.com')
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(to.received).toEqual([])
    await to.until(1)
    expect(usersOf(to.taken)).toEqual([userId])
  })
})

describe('by hand', () => {
  test('an event, or all of a time, once more, with the ids that they have', async () => {
    const client = await stage.createClient()
    const to = await receiver()
    const { id } = await hook(client, to)
    const begun = new Date(Date.now() - 1_000).toISOString()
    for (const name of ['p1', 'p2', 'p3']) await createUser(client, `${name}@example.com`)
    const first = (await to.until(3)).map(({ event }) => event.id)
    expect((await client.post(`webhooks/${id}/replays`, { eventId: first[1] })).status).toBe(202)
    await to.until(4)
    expect(to.taken[3]?.event.id).toBe(first[1])
    await client.post(`webhooks/${id}/replays`, { from: begun })
    await to.until(7)
    expect(to.taken.slice(4).map(({ event }) => event.id)).toEqual(first)
    await expect
      .poll(
        async () =>
          (await client.get(`webhooks/${id}/attempts`)).body.items.filter(
            ({ kind }: { kind: string }) => kind === 'replay',
          ).length,
      )
      .toBe(4)
    for (const wrong of [{}, { eventId: first[0], from: begun }])
      expect((await client.post(`webhooks/${id}/replays`, wrong)).status).toBe(400)
    const other = await stage.createClient()
    const { next } = (await other.get('events?after=latest')).body
    expect((await client.post(`webhooks/${id}/replays`, { eventId: next })).status).toBe(404)
  })

  test('an event that is in the way is left out', async () => {
    const client = await stage.createClient()
    let poison = ''
    const to = await receiver(({ event }) => ({ status: event.data['userId'] === poison ? 422 : 204 }))
    const { id } = await hook(client, to)
    await client.post(`webhooks/${id}/pause`)
    poison = await createUser(client, 'poison@example.com')
    const after = await createUser(client, 'fine@example.com')
    await client.post(`webhooks/${id}/resume`, {})
    await expect.poll(async () => (await stateOf(client, id)).failingEventId).toMatch(/^evt_/)
    const { failingEventId } = await stateOf(client, id)
    expect((await client.post(`webhooks/${id}/skip`, { eventId: 'evt_other' })).status).toBe(409)
    expect((await client.post(`webhooks/${id}/skip`, { eventId: failingEventId })).status).toBe(200)
    await to.until(1)
    expect(usersOf(to.taken)).toEqual([after])
  })

  test('a test shows at once what is answered, also of one that is paused', async () => {
    const client = await stage.createClient()
    const to = await receiver(() => ({ status: 200, body: 'hello' }))
    const { id, secret } = await hook(client, to)
    await client.post(`webhooks/${id}/pause`)
    const { status, body } = await client.post(`webhooks/${id}/test`)
    expect([status, body]).toEqual([200, expect.objectContaining({ kind: 'test', isDelivered: true, answer: 'hello' })])
    const [came] = to.received
    expect(await verifyWebhook({ headers: headersOf(came as Received), body: came?.body ?? '', secret })).toMatchObject(
      {
        ...{ type: 'webhook.test', data: { webhookId: id } },
      },
    )
  })

  test('resumed from now on, it hears nothing of before; deleted, nothing any more', async () => {
    const client = await stage.createClient()
    const to = await receiver()
    const { id } = await hook(client, to)
    await client.post(`webhooks/${id}/pause`)
    await createUser(client, 'before@example.com')
    await client.post(`webhooks/${id}/resume`, { from: 'now' })
    const now = await createUser(client, 'now@example.com')
    await to.until(1)
    expect(usersOf(to.taken)).toEqual([now])
    expect((await client.delete(`webhooks/${id}`)).status).toBe(204)
    await createUser(client, 'later@example.com')
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(to.received.length).toBe(1)
    expect((await client.get(`webhooks/${id}`)).status).toBe(404)
  })
})

describe('whose it is', () => {
  test('an organization’s hears of its own, and no other organization sees or changes it', async () => {
    const [mine, other] = [await stage.createClient(), await stage.createClient()]
    const to = await receiver()
    const { id } = await hook(mine, to)
    await createUser(other, 'theirs@example.com')
    const own = await createUser(mine, 'own@example.com')
    await to.until(1)
    expect(usersOf(to.taken)).toEqual([own])
    for (const [method, path] of [
      ['GET', `webhooks/${id}`],
      ['PATCH', `webhooks/${id}`],
      ['POST', `webhooks/${id}/test`],
      ['DELETE', `webhooks/${id}`],
      ['GET', `webhooks/${id}/attempts`],
    ] as const)
      expect([path, (await other.send(method, path, method === 'PATCH' ? {} : undefined)).status]).toEqual([path, 404])
    expect(
      (await mine.post('webhooks', { url: to.url, reach: 'only', organizationIds: [other.organizationId] })).status,
    ).toBe(400)
  })

  test('the platform’s hears of all that it reaches, in one order', async () => {
    const [one, two] = [await stage.createClient(), await stage.createClient()]
    const key = await createPlatformKey(stage, { scopes: ['webhooks.write', 'events.read'], access: 'nothing' })
    const [all, some] = [await receiver(), await receiver()]
    const make = (to: WebhookReceiver, more: object) =>
      key.send('POST', 'webhooks', { url: to.url, types: ['user.created'], ...more })
    expect((await make(all, {})).status).toBe(201)
    expect((await make(some, { reach: 'only', organizationIds: [two.organizationId] })).status).toBe(201)
    const ids = [
      await createUser(one, 'pl1@example.com'),
      await createUser(two, 'pl2@example.com'),
      await createUser(one, 'pl3@example.com'),
    ]
    await all.until(3)
    await some.until(1)
    expect(usersOf(all.taken)).toEqual(ids)
    expect(usersOf(some.taken)).toEqual([ids[1]])
    expect((await key.send('GET', 'webhooks')).body.items).toHaveLength(2)
    expect((await one.get('webhooks')).body.items).toEqual([])
    const without = await createPlatformKey(stage, { scopes: ['events.read'] })
    expect((await without.send('POST', 'webhooks', { url: all.url })).status).toBe(403)
  })
})
