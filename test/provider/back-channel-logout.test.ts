// Applications are told of every end of a session that they were used in (OpenID Connect Back-Channel Logout 1.0).
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { deleteApplication } from '#access/applications/delete-application.ts'
import { deliverLogouts } from '#access/applications/deliver-logouts.ts'
import { deactivateUser } from '#access/people/status/deactivate-user.ts'
import { endSession } from '#access/sign-in/sessions/end-sessions.ts'
import { startWorker, type Worker } from '#jobs/worker.ts'
import { createLog } from '#platform/log.ts'
import { setOrganizationStatus } from '../support/access.ts'
import type { TestOrganization } from '../support/app.ts'
import { startListeningApp } from '../support/listening.ts'
import { type LogoutListener, startLogoutListener } from '../support/logout-listener.ts'
import { asFromPage } from '../support/made-for.ts'
import { createPerson } from '../support/people.ts'
import { createRelyingParty, type RelyingParty } from '../support/relying-party.ts'
import { type SignedIn, signIn } from '../support/sessions.ts'

let app: Awaited<ReturnType<typeof startListeningApp>>
let listener: LogoutListener

beforeAll(async () => {
  app = await startListeningApp()
  listener = await startLogoutListener()
})

afterAll(async () => {
  await listener.close()
  await app.close()
})

beforeEach(() => {
  listener.tokens.length = 0
  listener.answerWith(200)
})

type Stage = { organization: TestOrganization; userId: string; session: SignedIn; party: RelyingParty }

/** A person who is signed in to an application that wants to be told. */
async function stage(): Promise<Stage> {
  const organization = await app.createOrganization()
  const userId = await createPerson(organization)
  const session = await signIn(organization, userId)
  const party = await createRelyingParty(app, organization, { backchannelLogoutUri: listener.uri })
  await party.signIn(session.cookie)
  return { organization, userId, session, party }
}

const owner = (parts: TemplateStringsArray, ...values: string[]) => app.owner(parts, ...values)

const ended = (it: Stage) => endSession(it.organization.ctx, { sessionId: it.session.sessionId, reason: 'revoked' })

const logoutRow = async ({ session }: Stage) => {
  const [row] = await owner`select status, attempts, last_error as error,
    extract(epoch from next_attempt_at - now())::int as pause from application_logouts where session_id = ${session.sessionId}`
  return row
}

const post = async (path: string, cookie: string) => {
  const headers = { Cookie: cookie, Origin: app.origin, 'Content-Type': 'application/x-www-form-urlencoded' }
  const form: RequestInit = { method: 'POST', redirect: 'manual', headers, body: '' }
  return fetch(`${app.origin}${path}`, await asFromPage(app.owner, form))
}

describe('a logout token', () => {
  let worker: Worker
  beforeAll(() => {
    worker = startWorker(app.services, createLog('silent'), { tickMillis: 50 })
  })
  afterAll(() => worker.stop())

  const ends: [string, (it: Stage) => Promise<unknown>][] = [
    ['signing out', ({ session }) => post('/account/sign-out', session.cookie)],
    ['signing out everywhere', ({ session }) => post('/account/sessions/end-all', session.cookie)],
    [
      'ending it from another device',
      async ({ organization, userId, session }) => {
        const other = await signIn(organization, userId)
        await post(`/account/sessions/${session.sessionId}/end`, other.cookie)
      },
    ],
    ['an application that asks for it', ({ session }) => post('/oauth2/logout/confirm', session.cookie)],
    [
      'an administrator, over the API',
      async ({ organization, session }) => {
        const headers = { Authorization: `Bearer ${await app.createApiKey(organization)}` }
        await app.request(`/api/v1/sessions/${session.sessionId}`, { method: 'DELETE', headers })
      },
    ],
    ['deactivation', ({ organization, userId }) => deactivateUser(organization.ctx, { userId })],
    [
      'its idle limit',
      ({ session }) => owner`update sessions set idle_expires_at = now() where id = ${session.sessionId}`,
    ],
    [
      'its absolute limit',
      ({ session }) => owner`update sessions set expires_at = now() where id = ${session.sessionId}`,
    ],
    ['suspension of the organization', ({ organization }) => setOrganizationStatus(organization.ctx, 'suspended')],
  ]
  test.each(ends)('comes after %s', async (_, end) => {
    const it = await stage()
    await end(it)
    await expect.poll(() => listener.tokens.length, { timeout: 5_000 }).toBe(1)
    const [token = ''] = listener.tokens
    const keys = createRemoteJWKSet(new URL(`${app.origin}/oauth2/jwks`))
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      issuer: app.origin,
      audience: it.party.clientId,
      typ: 'logout+jwt',
    })
    expect(protectedHeader.alg).toBe('RS256')
    expect(payload).toMatchObject({ sub: it.userId, sid: it.session.sessionId, jti: expect.any(String) })
    expect(payload['events']).toEqual({ 'http://schemas.openid.net/event/backchannel-logout': {} })
    expect(payload).not.toHaveProperty('nonce')
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(120)
    await expect.poll(async () => (await logoutRow(it))?.['status']).toBe('sent')
  })

  test('does not come to an application that the session was not used in', async () => {
    const it = await stage()
    const other = await signIn(it.organization, it.userId)
    await endSession(it.organization.ctx, { sessionId: other.sessionId, reason: 'revoked' })
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(listener.tokens).toEqual([])
  })
})

describe('a delivery', () => {
  test('that is not accepted waits, is tried again, and succeeds', async () => {
    const it = await stage()
    listener.answerWith(503)
    await ended(it)
    expect(await deliverLogouts(it.organization.ctx)).toEqual({ sent: 0, failed: 1 })
    const waiting = await logoutRow(it)
    expect(waiting).toMatchObject({ status: 'queued', attempts: 1, error: 'The application answered 503' })
    expect(waiting?.['pause']).toBeGreaterThanOrEqual(3)
    expect(waiting?.['pause']).toBeLessThanOrEqual(6)
    expect(await deliverLogouts(it.organization.ctx)).toEqual({ sent: 0, failed: 0 })

    listener.answerWith(204)
    await owner`update application_logouts set next_attempt_at = now() - interval '1 second' where session_id = ${it.session.sessionId}`
    expect(await deliverLogouts(it.organization.ctx)).toEqual({ sent: 1, failed: 0 })
    expect(await logoutRow(it)).toMatchObject({ status: 'sent', attempts: 2, error: null })
    const ids = listener.tokens.map((token) => JSON.parse(atob(token.split('.')[1] ?? '')).jti)
    expect(new Set(ids).size).toBe(2)
  })
  test.each([
    ['after ten attempts', 'attempts = 9'],
    ['after a day', "created_at = now() - interval '25 hours'"],
  ])('is given up %s, visibly', async (_, change) => {
    const it = await stage()
    listener.answerWith(400)
    await ended(it)
    await app.owner.unsafe(`update application_logouts set ${change} where session_id = '${it.session.sessionId}'`)
    expect(await deliverLogouts(it.organization.ctx)).toEqual({ sent: 0, failed: 1 })
    expect(await logoutRow(it)).toMatchObject({ status: 'failed', error: 'The application answered 400', pause: null })
  })
  test('happens once, however many nodes look at the same time', async () => {
    const it = await stage()
    await ended(it)
    const runs = await Promise.all(Array.from({ length: 5 }, () => deliverLogouts(it.organization.ctx)))
    expect(runs.reduce((sum, { sent }) => sum + sent, 0)).toBe(1)
    expect(listener.tokens).toHaveLength(1)
    expect(decodeProtectedHeader(listener.tokens[0] ?? '').typ).toBe('logout+jwt')
  })
  test('to an application that is gone is dropped', async () => {
    const it = await stage()
    await ended(it)
    await deleteApplication(it.organization.ctx, it.party.clientId)
    expect(await deliverLogouts(it.organization.ctx)).toEqual({ sent: 0, failed: 0 })
    expect(await logoutRow(it)).toBeUndefined()
  })
})
