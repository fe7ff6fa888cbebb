// Webhook rows of docs/attacks.md: where they must not lead, what nobody can forge, and what becomes of messages when a node or a
// receiver goes down.
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook as StandardWebhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testWebhook } from '#access/events/webhooks/change-status.ts'
import { createWebhook } from '#access/events/webhooks/write-webhook.ts'
import { followEvents } from '#jobs/events.ts'
import { createLog } from '#platform/log.ts'
import { createOutgoing } from '#platform/outgoing.ts'
import { verifyWebhook } from '#sdk/webhooks.ts'
import { type AccessStage, type Client, createUser, startStage } from '../support/access.ts'
import { receiveWebhooks } from '../support/webhook-receiver.ts'

let stage: AccessStage
let client: Client
beforeAll(async () => {
  stage = await startStage()
  client = await stage.createClient()
})
afterAll(() => stage.close())

const log = createLog('error', { destination: { write: () => {} } })
const strict = createOutgoing({ isLoopbackAllowed: false })
/** As an installation that is not for development. */
const inPublic = () => ({ ...client.ctx, outgoing: strict })

describe('W-041 a webhook leads nowhere inside', () => {
  test.each([
    'http://hooks.example.com/',
    'https://127.0.0.1/',
    'https://127.1/',
    'https://2130706433/',
    'https://0x7f000001/',
    'https://0177.0.0.1/',
    'https://0/',
    'https://localhost/',
    'https://localhost./',
    'https://10.0.0.1/',
    'https://172.16.0.1/',
    'https://192.168.1.1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://100.64.0.1/',
    'https://[::1]/',
    'https://[::]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:7f00:1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[fd00::1]/',
    'https://[fe80::1]/',
    'https://metadata.google.internal/',
    'https://printer.local/',
    'https://intranet/',
    'https://user:secret@hooks.example.com/',
    'https://hooks.example.com:5432/',
    'https://hooks.example.com:6379/',
    'https://hooks.example.com/#fragment',
    'ftp://hooks.example.com/',
    'file:///etc/passwd',
    'gopher://hooks.example.com/',
    'javascript:alert(1)',
    '',
  ])('%s is refused as it is saved', async (url) => {
    await expect(createWebhook(inPublic(), { url })).rejects.toMatchObject({ code: 'invalid' })
  })

  test('a public address is saved: the positive control', async () => {
    expect(await createWebhook(inPublic(), { url: 'https://hooks.example.com:8443/x?token=1' })).toMatchObject({
      status: 'active',
    })
  })

  test('an address that came to be saved is refused as something is sent, and so is a name that leads inside', async () => {
    const asked: string[] = []
    const server = createServer((request, response) => {
      asked.push(request.url ?? '')
      response.end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    try {
      const { id } = await createWebhook(inPublic(), { url: 'https://hooks.example.com/' })
      for (const url of [
        `http://127.0.0.1:${port}/`,
        `https://localtest.me:${port}/`,
        `https://[::ffff:127.0.0.1]:${port}/`,
      ]) {
        await stage.app.owner`update webhooks set url = ${url} where id = ${id}`
        expect(await testWebhook(inPublic(), id)).toMatchObject({ isDelivered: false, status: null })
      }
      expect(asked).toEqual([])
    } finally {
      server.close()
    }
  })

  test('a redirect is followed nowhere', async () => {
    const inside: string[] = []
    const target = await receiveWebhooks((came) => {
      inside.push(came.body)
      return { status: 200 }
    })
    const redirecting = await receiveWebhooks(() => ({ status: 307, headers: { Location: target.url } }))
    const { id } = await createWebhook(client.ctx, { url: redirecting.url })
    expect(await testWebhook(client.ctx, id)).toMatchObject({
      isDelivered: false,
      error: expect.stringContaining('redirect'),
    })
    expect(inside).toEqual([])
    await Promise.all([target.close(), redirecting.close()])
  })

  test('an answer without end is cut off, and what is kept of one is short', async () => {
    const endless = await receiveWebhooks(() => ({ status: 200, body: 'x'.repeat(200_000) }))
    const long = await receiveWebhooks(() => ({ status: 200, body: 'y'.repeat(50_000) }))
    const one = await createWebhook(client.ctx, { url: endless.url })
    const { isDelivered, answer } = await testWebhook(client.ctx, one.id)
    expect([isDelivered, answer?.length]).toEqual([true, 2_000])
    const two = await createWebhook(client.ctx, { url: long.url })
    expect((await testWebhook(client.ctx, two.id)).answer).toHaveLength(2_000)
    await Promise.all([endless.close(), long.close()])
  })
})

describe('W-043 nobody forges a message', () => {
  test('changed, replayed after five minutes, under another id, or by another key', async () => {
    const to = await receiveWebhooks()
    const { id, secret, publicKey } = await createWebhook(client.ctx, { url: to.url })
    await testWebhook(client.ctx, id)
    const [came] = to.received
    if (came === undefined) throw new Error('Nothing came')
    const headers = came.headers as Record<string, string>
    const standard = new StandardWebhook(secret)
    expect(standard.verify(came.body, headers)).toMatchObject({ type: 'webhook.test' })
    const stale = { ...headers, 'webhook-timestamp': String(Number(headers['webhook-timestamp']) - 301) }
    const forged: [string, Record<string, string>][] = [
      [`${came.body} `, headers],
      [came.body.replace('webhook.test', 'user.deactivated'), headers],
      [came.body, { ...headers, 'webhook-id': 'evt_other' }],
      [came.body, stale],
      [came.body, { ...headers, 'webhook-signature': `v1,${randomBytes(32).toString('base64')}` }],
      [came.body, { ...headers, 'webhook-signature': `v2,${randomBytes(64).toString('base64')}` }],
      [came.body, { ...headers, 'webhook-signature': '' }],
    ]
    for (const [body, changed] of forged) {
      expect(() => standard.verify(body, changed)).toThrow()
      for (const by of [secret, publicKey])
        await expect(verifyWebhook({ body, headers: changed, secret: by })).rejects.toMatchObject({
          code: 'invalid_signature',
        })
    }
    for (const by of [secret, publicKey])
      expect(await verifyWebhook({ body: came.body, headers, secret: by })).toBeTruthy()
    await to.close()
  })
})

describe('W-037 the secret of a webhook at rest', () => {
  test('is sealed for its row, and opens in no other', async () => {
    const to = await receiveWebhooks()
    const [one, other] = [
      await createWebhook(client.ctx, { url: to.url }),
      await createWebhook(client.ctx, { url: to.url }),
    ]
    await stage.app
      .owner`update webhooks set secret_sealed = (select secret_sealed from webhooks where id = ${one.id}) where id = ${other.id}`
    await expect(testWebhook(client.ctx, other.id)).rejects.toMatchObject({ code: 'internal' })
    expect(await testWebhook(client.ctx, one.id)).toMatchObject({ isDelivered: true })
    await to.close()
  })
})

describe('R-014 and R-017 nodes and receivers go down', () => {
  test('R-014 a node that stops in the middle leaves the rest to another: all are taken, in order', async () => {
    const own = await stage.createClient()
    const to = await receiveWebhooks(() => ({ status: 204, afterMillis: 20 }))
    await createWebhook(own.ctx, { url: to.url, types: ['user.created'] })
    const first = followEvents(stage.services, log, { tickMillis: 10 })
    const ids: string[] = []
    for (let index = 0; index < 30; index += 1) ids.push(await createUser(own, `r${index}@example.com`))
    await to.until(5)
    await first.stop()
    const taken = to.taken.length
    expect(taken).toBeLessThan(30)
    const second = followEvents(stage.services, log, { tickMillis: 10, leftMillis: 50 })
    try {
      await to.until(30)
      expect(to.received.map(({ event }) => event.data['userId'])).toEqual(ids)
    } finally {
      await second.stop()
      await to.close()
    }
  })

  test('R-017 an hour of failures loses nothing, keeps the order, and holds up nobody else', async () => {
    const own = await stage.createClient()
    let isUp = false
    const down = await receiveWebhooks(() => ({ status: isUp ? 204 : 500 }))
    const fine = await receiveWebhooks()
    const { id } = await createWebhook(own.ctx, { url: down.url, types: ['user.created'] })
    await createWebhook(own.ctx, { url: fine.url, types: ['user.created'] })
    const follower = followEvents(stage.services, log, { tickMillis: 10, dueMillis: 20 })
    try {
      const ids: string[] = []
      for (let index = 0; index < 10; index += 1) ids.push(await createUser(own, `d${index}@example.com`))
      await fine.until(10)
      const pauses: number[] = []
      // Five attempts, whose pauses add up to three quarters of an hour.
      for (let attempt = 1; attempt <= 5; attempt += 1) {
        const row = () =>
          stage.app.owner`select attempts, next_attempt_at from webhooks where id = ${id} and lease_holder is null`
        await expect.poll(async () => (await row())[0]?.['attempts']).toBe(attempt)
        pauses.push(Date.parse(String((await row())[0]?.['next_attempt_at'])) - Date.now())
        isUp = attempt === 5
        await stage.app.owner`update webhooks set next_attempt_at = now() where id = ${id}`
      }
      await down.until(10)
      expect(down.taken.map(({ event }) => event.data['userId'])).toEqual(ids)
      expect(pauses.every((pause, index) => index === 0 || pause > (pauses[index - 1] ?? 0) * 2)).toBe(true)
    } finally {
      await follower.stop()
      await Promise.all([down.close(), fine.close()])
    }
  })
})
