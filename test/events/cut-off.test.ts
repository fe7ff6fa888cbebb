// The cut-off receipt: complete once everybody who was told has confirmed, honest until then, and signed.
import { createLocalJWKSet, jwtVerify } from 'jose'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApplication } from '#access/applications/create-application.ts'
import { deliverLogouts } from '#access/applications/deliver-logouts.ts'
import { followEvents } from '#jobs/events.ts'
import { createLog } from '#platform/log.ts'
import { type AccessStage, type Client, createUser, startStage } from '../support/access.ts'
import { launchBrowser, pageFaults } from '../support/browser.ts'
import { createManager, openAs } from '../support/console.ts'
import { type Listening, listen } from '../support/listening.ts'
import { type LogoutListener, startLogoutListener } from '../support/logout-listener.ts'
import { receiveWebhooks, type WebhookReceiver } from '../support/webhook-receiver.ts'

let stage: AccessStage
let client: Client
let logouts: LogoutListener
let to: WebhookReceiver
let applicationId: string
let server: Listening
let status = 503
beforeAll(async () => {
  stage = await startStage()
  client = await stage.createClient()
  server = await listen(() => stage.app)
  logouts = await startLogoutListener()
  to = await receiveWebhooks(() => ({ status }))
  const redirectUris = ['https://news.example.com/callback']
  const wanted = { name: 'Newsroom', redirectUris, backchannelLogoutUri: logouts.uri }
  applicationId = (await createApplication(client.ctx, wanted)).application.id
  await client.post('webhooks', { url: to.url, description: 'Archive', types: ['user.deactivated'] })
  await client.post('webhooks', { url: to.url, description: 'Elsewhere', types: ['user.created'] })
})
afterAll(async () => {
  await Promise.all([logouts.close(), to.close(), server.close()])
  await stage.close()
})

/** Somebody with a session that was used in the application. */
async function signedIn(name: string): Promise<string> {
  const id = await createUser(client, name)
  const session = { organization_id: client.organizationId, id: stage.services.ids.next('ses'), user_id: id }
  await stage.app
    .owner`insert into sessions (organization_id, id, user_id, token_hash, epoch, method, has_second_factor, created_at,
      authenticated_at, last_seen_at, idle_expires_at, expires_at)
    values (${session.organization_id}, ${session.id}, ${id}, ${session.id}, 0, 'saml', false, now(), now(), now(),
      now() + interval '1 hour', now() + interval '1 hour')`
  await stage.app.owner`insert into application_sessions (organization_id, session_id, application_id, created_at)
    values (${session.organization_id}, ${session.id}, ${applicationId}, now())`
  return id
}

const receiptOf = async (userId: string) => (await client.get(`users/${userId}/cut-off-receipt`)).body

describe('the cut-off receipt', () => {
  test('says who has confirmed and who has not, and is complete in the end', async () => {
    const userId = await signedIn('amy@example.com')
    expect((await client.get(`users/${userId}/cut-off-receipt`)).status).toBe(404)
    await client.confirm('POST', `users/${userId}/deactivate`, { note: 'Left' })
    const { receipt: first } = await receiptOf(userId)
    expect(first).toMatchObject({
      userId,
      isComplete: false,
      closed: { sessions: 1 },
      deactivation: { reason: 'administrator' },
    })
    expect(first.told).toMatchObject([
      { kind: 'application', id: applicationId, name: 'Newsroom', status: 'waiting', confirmedAt: null },
      { kind: 'webhook', name: 'Archive', status: 'waiting', confirmedAt: null, attempts: 0 },
    ])
    await deliverLogouts(client.ctx)
    const log = createLog('error', { destination: { write: () => {} } })
    const follower = followEvents(stage.services, log, { tickMillis: 20, dueMillis: 20, leftMillis: 50 })
    try {
      await expect
        .poll(async () => (await receiptOf(userId)).receipt.told)
        .toMatchObject([{ status: 'confirmed' }, { status: 'waiting', attempts: 1, error: 'It answered 503' }])
      status = 204
      await stage.app.owner`update webhooks set next_attempt_at = now() where attempts > 0`
      await expect.poll(async () => (await receiptOf(userId)).receipt.isComplete).toBe(true)
    } finally {
      await follower.stop()
    }
    const { receipt } = await receiptOf(userId)
    for (const { confirmedAt } of receipt.told) expect(Date.parse(confirmedAt)).toBeGreaterThan(Date.now() - 60_000)
  })

  test('is signed by a key that the provider publishes, and a changed one is not', async () => {
    const userId = await signedIn('bea@example.com')
    await client.confirm('POST', `users/${userId}/deactivate`, { note: 'Left' })
    const { receipt, jws } = await receiptOf(userId)
    const keys = createLocalJWKSet((await (await fetch(`${server.origin}/oauth2/jwks`)).json()) as never)
    const { payload, protectedHeader } = await jwtVerify(jws, keys, { issuer: stage.services.urls.provider.issuer })
    expect(protectedHeader).toMatchObject({ alg: 'ES256', typ: 'rolecall-cut-off+jwt' })
    expect(payload).toMatchObject({ sub: userId, receipt })
    const [head, body = '', signature] = jws.split('.')
    const changed = Buffer.from(body, 'base64url').toString().replace('"isComplete":false', '"isComplete":true')
    expect(changed).toContain('"isComplete":true')
    await expect(
      jwtVerify(`${head}.${Buffer.from(changed).toString('base64url')}.${signature}`, keys),
    ).rejects.toThrow()
  })

  test('is nobody’s of another organization, and nothing for a key that may not see people', async () => {
    const userId = await signedIn('cat@example.com')
    await client.confirm('POST', `users/${userId}/deactivate`, { note: 'Left' })
    const other = await stage.createClient()
    expect((await other.get(`users/${userId}/cut-off-receipt`)).status).toBe(404)
  })

  test('has a page, with the document to take along', async () => {
    const userId = await signedIn('dan@example.com')
    await client.confirm('POST', `users/${userId}/deactivate`, { note: 'Left' })
    const browser: Browser = await launchBrowser()
    try {
      const organization = { id: client.organizationId, slug: client.slug, ctx: client.ctx }
      const page = await openAs(browser, { origin: server.origin }, await createManager(organization))
      await page.goto(`${server.origin}/console/users/${userId}/cut-off`)
      expect(await page.locator('main').textContent()).toMatch(
        /They are out here; 2 of 2 have not confirmed it.*Newsroom.*not yet/,
      )
      expect(await pageFaults(page)).toEqual([])
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'Download the signed receipt' }).click(),
      ])
      expect(download.suggestedFilename()).toBe('cut-off.jws')
    } finally {
      await browser.close()
    }
  })
})
