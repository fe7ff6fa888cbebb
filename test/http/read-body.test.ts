// Bodies without a declared length: whoever is not known yet gets no more read than is needed to tell that it is too much.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../support/app.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

const chunk = 65_536

/** Posts a body that never ends. @returns the status, and how much of it was read */
async function flood(path: string, headers: Record<string, string>) {
  let sent = 0
  const body = new ReadableStream({
    pull(controller) {
      sent += chunk
      controller.enqueue(new Uint8Array(chunk).fill(97))
    },
  })
  const { status } = await app.request(path, { method: 'POST', headers, body, duplex: 'half' } as RequestInit)
  return { status, sent }
}

test.each([
  ['/csp-reports', 'application/csp-report', 16_384],
  ['/login', 'application/x-www-form-urlencoded', 65_536],
])('%s: a body that never ends is refused soon', async (path, type, limit) => {
  const { status, sent } = await flood(path, { 'content-type': type, origin: 'https://id.example.com' })
  expect(status).toBe(413)
  // The limit, and what was on its way already.
  expect(sent).toBeLessThanOrEqual(limit + 3 * chunk)
})

test('a directory, which is known, is let finish for a while, so that it reads why', async () => {
  const { directoryId, token } = await app.createScim()
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' }
  const { status, sent } = await flood(`/scim/v2/${directoryId}/Users`, headers)
  expect(status).toBe(413)
  expect(sent).toBeGreaterThan(16_777_216)
})
