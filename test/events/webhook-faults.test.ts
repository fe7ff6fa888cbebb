// Webhooks under receivers that misbehave, changes in mid-run, and callers who may not read what happened.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { issueApiKey } from '#access/organizations/api-keys/api-keys.ts'
import { removeOldOfPlatform } from '#access/upkeep/retention.ts'
import { type EventFollower, followEvents } from '#jobs/events.ts'
import { createLog } from '#platform/log.ts'
import { createOutgoing } from '#platform/outgoing.ts'
import { verifyWebhook } from '#sdk/webhooks.ts'
import { enterInstance, platformId } from '#src/context.ts'
import { type AccessStage, type Client, createUser, startStage } from '../support/access.ts'
import { createPlatformKey } from '../support/platform.ts'
import { receiveWebhooks, type WebhookReceiver } from '../support/webhook-receiver.ts'

let stage: AccessStage
let follower: EventFollower
const follow = () =>
  followEvents(stage.services, createLog('error', { destination: { write: () => {} } }), {
    ...{ tickMillis: 20, dueMillis: 50 },
  })
const receivers: WebhookReceiver[] = []
beforeAll(async () => {
  stage = await startStage()
  follower = follow()
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

type Made = { id: string; secret: string }

async function hook(client: Client, to: WebhookReceiver, more: object = {}): Promise<Made> {
  const { status, body } = await client.post('webhooks', { url: to.url, types: ['user.created'], ...more })
  expect([status, body.detail]).toEqual([201, undefined])
  return body
}

async function createUsers(client: Client, count: number, name = 'user'): Promise<void> {
  for (let at = 0; at < count; at += 1) await createUser(client, `${name}${at}@example.com`)
}

const deliveryOf = ({ headers, body }: WebhookReceiver['received'][number]) => ({
  headers: headers as Record<string, string>,
  body,
})

describe('an answer', () => {
  test.each([
    ['is cut in the middle of a character', { status: 200, body: `${'a'.repeat(1_999)}😀` }],
    ['is larger than what is read', { status: 200, body: 'a'.repeat(200_000) }],
    ['is not encoded as it says', { status: 200, headers: { 'content-encoding': 'gzip' }, body: 'plain' }],
  ])('that %s counts by its status, once', async (_, answer) => {
    const client = await stage.createClient()
    const to = await receiver(() => answer)
    const { id } = await hook(client, to)
    await createUsers(client, 2)
    await to.until(2)
    const kept = async () => (await client.get(`webhooks/${id}/attempts`)).body.items as { isDelivered: boolean }[]
    await expect.poll(async () => (await kept()).map(({ isDelivered }) => isDelivered)).toEqual([true, true])
    expect(to.received).toHaveLength(2)
  })

  test('that cannot be kept as it is, and is a failure, is counted as one', async () => {
    const client = await stage.createClient()
    const to = await receiver(() => ({ status: 500, body: `${'a'.repeat(1_999)}😀` }))
    const { id } = await hook(client, to)
    await createUsers(client, 1)
    await expect.poll(async () => (await client.get(`webhooks/${id}`)).body.attempts, { timeout: 5_000 }).toBe(1)
    const attempt = (await client.get(`webhooks/${id}/attempts`)).body.items[0]
    expect((await client.get(`webhooks/${id}/attempts/${attempt.id}`)).body.answer).toContain('aaa')
  })
})

describe('a run that is under way', () => {
  test('goes to another address and signs by the new secret alone, as soon as that is said', async () => {
    const client = await stage.createClient()
    const slow = () => ({ status: 204, afterMillis: 50 })
    const [old, other] = [await receiver(slow), await receiver()]
    const { id, secret } = await hook(client, old)
    await createUsers(client, 30)
    await old.until(2)
    const rotated = (await client.post(`webhooks/${id}/secret`, { overlapHours: 0 })).body.secret
    expect((await client.patch(`webhooks/${id}`, { url: other.url })).status).toBe(200)
    const atChange = old.received.length
    await expect.poll(() => other.received.length, { timeout: 10_000 }).toBeGreaterThan(15)
    // What was sent within the moment in which it is looked whether the run is still the one.
    expect(old.received.length - atChange).toBeLessThan(10)
    const last = other.received.at(-1)
    if (last === undefined) throw new Error('Nothing came')
    expect(await verifyWebhook({ ...deliveryOf(last), secret: rotated })).toBeTruthy()
    await expect(verifyWebhook({ ...deliveryOf(last), secret })).rejects.toMatchObject({ reason: 'signature' })
  })

  test('ends after the message that it is at when the node stops', async () => {
    const client = await stage.createClient()
    const to = await receiver(() => ({ status: 204, afterMillis: 200 }))
    await hook(client, to)
    await createUsers(client, 12)
    await to.until(1)
    await follower.stop()
    const atStop = to.received.length
    await new Promise((resolve) => setTimeout(resolve, 600))
    expect(to.received.length).toBe(atStop)
    expect(atStop).toBeLessThan(8)
    follower = follow()
    await to.until(12)
  })
})

test('slow receivers of one organization leave room for those of others', async () => {
  const [slow, quick] = [await stage.createClient(), await stage.createClient()]
  const late = await receiver(() => ({ status: 204, afterMillis: 3_000 }))
  for (let at = 0; at < 12; at += 1) await hook(slow, late)
  const prompt = await receiver()
  await hook(quick, prompt)
  await createUsers(slow, 2)
  await expect.poll(() => late.received.length).toBeGreaterThan(5)
  // Not all of its webhooks at once.
  expect(late.received.length).toBeLessThan(12)
  await createUsers(quick, 3)
  await prompt.until(3, 2_500)
})

test('each former secret signs until the time that was said for it', async () => {
  const client = await stage.createClient()
  const to = await receiver()
  const first = await hook(client, to)
  for (let times = 0; times < 2; times += 1)
    expect((await client.post(`webhooks/${first.id}/secret`, { overlapHours: 168 })).status).toBe(200)
  await createUsers(client, 1)
  const [came] = await to.until(1)
  if (came === undefined) throw new Error('Nothing came')
  expect(await verifyWebhook({ ...deliveryOf(came), secret: first.secret })).toBeTruthy()
})

test('one replay at a time, and none is left after going on from now', async () => {
  const client = await stage.createClient()
  const to = await receiver()
  const { id } = await hook(client, to)
  await createUsers(client, 3)
  await to.until(3)
  await client.post(`webhooks/${id}/pause`)
  const from = { from: '2026-01-01T00:00:00Z' }
  expect((await client.post(`webhooks/${id}/replays`, from)).status).toBe(202)
  expect(await client.post(`webhooks/${id}/replays`, from)).toMatchObject({
    ...{ status: 409, body: { reason: 'replay_open' } },
  })
  await client.post(`webhooks/${id}/resume`, { from: 'now' })
  await createUser(client, 'after@example.com')
  await to.until(4)
  expect(to.taken.map(({ event }) => event.data['userId']).length).toBe(4)
})

describe('whoever may not read events', () => {
  test('has none sent anywhere, sees no message, and no secret of an address', async () => {
    const client = await stage.createClient()
    const to = await receiver()
    const { id } = await hook(client, to, { url: `${to.url}?token=hidden` })
    await createUsers(client, 1)
    await to.until(1)
    const attempts = async () => (await client.get(`webhooks/${id}/attempts`)).body.items
    await expect.poll(async () => (await attempts()).length).toBe(1)
    const [attempt] = await attempts()
    const keyed = async (...permissions: string[]) => {
      const { key } = await issueApiKey(client.ctx, { name: 'Narrow', access: 'permissions', permissions })
      const headers = { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' }
      return async (path: string, method = 'GET', sent?: object) => {
        const init = { method, headers, ...(sent === undefined ? {} : { body: JSON.stringify(sent) }) }
        const answer = await stage.request(`/api/v1/${path}`, init)
        return { status: answer.status, text: await answer.text() }
      }
    }
    const integrator = await keyed('settings.integrations')
    expect((await integrator('webhooks', 'POST', { url: to.url })).status).toBe(403)
    expect((await integrator(`webhooks/${id}/replays`, 'POST', { eventId: attempt.eventId })).status).toBe(403)
    expect((await integrator(`webhooks/${id}/attempts/${attempt.id}`)).status).toBe(403)
    const looker = await keyed('settings.view')
    expect((await looker(`webhooks/${id}/attempts/${attempt.id}`)).status).toBe(403)
    const seen = await looker(`webhooks/${id}`)
    expect([seen.status, seen.text.includes('hidden')]).toEqual([200, false])
    const both = await keyed('settings.integrations', 'events.read')
    expect((await both(`webhooks/${id}/attempts/${attempt.id}`)).status).toBe(200)
    expect((await both(`webhooks/${id}`)).text).toContain('hidden')
  })

  test('above the organizations, too', async () => {
    const to = await receiver()
    const make = async (...scopes: ('webhooks.write' | 'events.read')[]) => {
      const key = await createPlatformKey(stage, { scopes })
      return key.send('POST', 'webhooks', { url: to.url, reach: 'only', organizationIds: ['org_nothing'] })
    }
    expect((await make('webhooks.write')).status).toBe(403)
    expect(await make('webhooks.write', 'events.read')).toMatchObject({
      ...{ status: 400, body: { errors: [{ path: 'organizationIds' }] } },
    })
  })
})

test('attempts of the platform’s webhooks go after thirty days', async () => {
  const { owner } = stage.app
  await owner`insert into webhooks (organization_id, id, url, description, reach, organization_ids, status, secret_sealed, public_key,
      position, attempts, created_at, created_by)
    values ('platform', 'whk_old', 'https://a.example.com', '', 'all', '[]', 'paused', '', '', 0, 0, now(), 'x')`
  for (const days of [29, 31])
    await owner`insert into webhook_attempts (organization_id, id, webhook_id, kind, event_id, event_type, event_organization_id,
        attempt, sent_at, duration_millis, is_delivered, request_headers, request_body)
      values ('platform', ${`wha_${days}`}, 'whk_old', 'event', 'evt_x', 'user.created', 'org_x', 1,
        now() - make_interval(days => ${days}), 1, true, '{}', '{}')`
  const { client } = { client: await stage.createClient() }
  await removeOldOfPlatform({ ...client.ctx, organizationId: platformId, entry: enterInstance({}) })
  expect((await owner`select id from webhook_attempts where webhook_id = 'whk_old'`).map(({ id }) => id)).toEqual([
    'wha_29',
  ])
  await owner`delete from webhooks where id = 'whk_old'`
})

test.each(['https://[::7f00:1]/', 'https://[4000::1]/', 'https://168.63.129.16/'])('%s is no public address', (url) => {
  const outgoing = createOutgoing({ isLoopbackAllowed: false })
  expect(() => outgoing.check(url)).toThrow('not a public one')
  expect(() => outgoing.check('https://[2606:4700::1111]/')).not.toThrow()
})
