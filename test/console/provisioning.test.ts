// The provisioning log in the console: filters, one request beside its answer, what was tolerated and what to do.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listProvisioningEvents } from '#connections/provisioning/events.ts'
import { startTestApp, type TestApp } from '../support/app.ts'
import { type ConsoleClient, consoleClient, createManager } from '../support/console.ts'

let app: TestApp
let scim: Awaited<ReturnType<TestApp['createScim']>>
let client: ConsoleClient

const send = (method: string, path: string, body?: unknown) =>
  app.request(`/scim/v2/${scim.directoryId}${path}`, {
    method,
    headers: { authorization: `Bearer ${scim.token}`, 'content-type': 'application/scim+json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })

beforeAll(async () => {
  app = await startTestApp()
  scim = await app.createScim()
  client = consoleClient(app, await createManager(scim.organization))
})
afterAll(() => app.close())

const rows = (text: string): string[] =>
  [...text.matchAll(/href="\/console\/provisioning\/prv_[^"]+"[^>]*>\s*([A-Z]+ [^<]+?)\s*</g)].map(
    ([, row = '']) => row,
  )

async function page(query: string): Promise<string[]> {
  await app.provisioning.flush()
  return rows((await client.get(`/console/provisioning${query}`)).text)
}

describe('the provisioning log', () => {
  test('is empty with a word, then lists the newest first and narrows', async () => {
    expect((await client.get('/console/provisioning')).text).toContain('Nothing has been delivered yet')
    const created = (await (
      await send('POST', '/Users', { userName: 'ada@example.com', password: 'hush-hush' })
    ).json()) as { id: string }
    await send('POST', '/Users', { userName: 'ada@example.com' })
    await send('GET', '/Users?filter=userName%20eq%20%22bob%22')
    expect(await page('')).toEqual(['GET /Users?filter=userName eq &quot;bob&quot;', 'POST /Users', 'POST /Users'])
    expect(await page('?status=failed')).toEqual(['POST /Users'])
    expect(await page('?status=changed')).toHaveLength(1)
    expect(await page(`?target=${created.id}`)).toHaveLength(1)
    expect(await page('?q=bob')).toHaveLength(1)
    expect(await page('?q=nothing-like-it')).toEqual([])
    expect(await page(`?directory=${scim.directoryId}`)).toHaveLength(3)
    // What cannot be meant narrows nothing.
    expect(await page('?directory=x&target=y&status=z&before=w&q=%00')).toHaveLength(3)
  })

  test('a refused request is beside its answer with advice, and without secrets', async () => {
    const { ctx } = scim.organization
    const [refused] = await listProvisioningEvents(ctx, { status: 'failed', limit: 1 })
    const shown = await client.get(`/console/provisioning/${refused?.id}`)
    expect(shown.text).toContain('What to do:')
    expect(shown.text).toContain('Somebody has this userName already')
    const [changed] = await listProvisioningEvents(ctx, { status: 'changed', limit: 1 })
    const secret = await client.get(`/console/provisioning/${changed?.id}`)
    expect([secret.text.includes('hush-hush'), secret.text.includes('[redacted]')]).toEqual([false, true])
    expect(secret.text).toContain('A password came along')
    expect(secret.text).toContain(`/console/users/${changed?.targetId}`)
  })

  test('another organization’s is not there', async () => {
    const other = await app.createOrganization()
    const stranger = consoleClient(app, await createManager(other))
    const [event] = await listProvisioningEvents(scim.organization.ctx, { limit: 1 })
    expect((await stranger.get(`/console/provisioning/${event?.id}`)).status).toBe(404)
    expect((await stranger.get('/console/provisioning/prv_nonsense')).status).toBe(404)
    expect(rows((await stranger.get('/console/provisioning')).text)).toEqual([])
  })
})
