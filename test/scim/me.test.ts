// /Me (RFC 7644 §3.11): the person whom the token stands for, and nobody else.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { endSession } from '#access/sign-in/sessions/end-sessions.ts'
import { startListeningApp } from '../support/listening.ts'
import { createRelyingParty } from '../support/relying-party.ts'
import { signIn } from '../support/sessions.ts'

let app: Awaited<ReturnType<typeof startListeningApp>>
beforeAll(async () => {
  app = await startListeningApp()
})
afterAll(() => app.close())

async function stage(scope: string) {
  const scim = await app.createScim()
  const userId = await scim.user('ada@example.com', { title: 'Editor' })
  await scim.user('bob@example.com')
  const session = await signIn(scim.organization, userId)
  const party = await createRelyingParty(app, scim.organization)
  const { access_token: token } = await party.signIn(session.cookie, { scope })
  const me = (method = 'GET', directoryId = scim.directoryId, query = '') =>
    app.request(`/scim/v2/${directoryId}/Me${query}`, { method, headers: { authorization: `Bearer ${token}` } })
  return { scim, userId, session, me }
}

test('answers a person’s own resource to an application that was given the scope', async () => {
  const { scim, userId, me } = await stage('openid scim.me')
  const answer = await me()
  const location = (await scim.get(`/Users/${userId}`)).body.meta.location
  expect([answer.status, answer.headers.get('content-location')]).toEqual([200, location])
  expect(await answer.json()).toMatchObject({ id: userId, userName: 'ada@example.com', meta: { location } })
  expect(await (await me('GET', scim.directoryId, '?attributes=title')).json()).not.toHaveProperty('userName')
})

test('nothing else opens by such a token, nothing is changed, and another directory has not the person', async () => {
  const { scim, me } = await stage('openid scim.me')
  const other = await app.createScim()
  expect((await me('PATCH')).status).toBe(405)
  expect((await me('GET', other.directoryId)).status).toBe(404)
  const token = 'x'.repeat(43)
  for (const path of ['/Me', '/Users'])
    expect((await app.request(scim.base + path, { headers: { authorization: `Bearer ${token}` } })).status).toBe(401)
  expect((await app.request(`${scim.base}/Me`)).status).toBe(401)
})

test('without the scope it is 403, and once the session has ended 401', async () => {
  const without = await stage('openid')
  expect((await without.me()).status).toBe(403)
  const ended = await stage('openid scim.me')
  await endSession(ended.scim.organization.ctx, { sessionId: ended.session.sessionId, reason: 'revoked' })
  expect((await ended.me()).status).toBe(401)
})

test('RFC 7644 §3.11: for the token of a directory it is 501, by every method', async () => {
  const scim = await app.createScim()
  for (const method of ['GET', 'PUT', 'PATCH', 'POST', 'DELETE']) {
    const { status, body } = await scim.send(method, '/Me')
    expect([status, body.status]).toEqual([501, '501'])
  }
})
