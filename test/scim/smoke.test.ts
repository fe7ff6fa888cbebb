import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../support/app.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())
test('smoke', async () => {
  const scim = await app.createScim()
  const id = await scim.user('a@example.com')
  expect((await scim.get(`/Users/${id}`)).body.userName).toBe('a@example.com')
})
