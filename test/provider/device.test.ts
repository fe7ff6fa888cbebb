// Signing in on a device without a browser (RFC 8628): the code that is shown there, the pages where it is entered, and who may.
import * as oauth from 'oauth4webapi'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApplication } from '#access/applications/create-application.ts'
import { updateApplication } from '#access/applications/update-application.ts'
import { deactivateUser } from '#access/people/status/deactivate-user.ts'
import { endSession } from '#access/sign-in/sessions/end-sessions.ts'
import { launchBrowser, pageFaults } from '../support/browser.ts'
import { openAs } from '../support/console.ts'
import { startListeningApp } from '../support/listening.ts'
import { createPerson } from '../support/people.ts'
import { signIn } from '../support/sessions.ts'

let app: Awaited<ReturnType<typeof startListeningApp>>
let server: oauth.AuthorizationServer

const insecure = { [oauth.allowInsecureRequests]: true }

beforeAll(async () => {
  app = await startListeningApp()
  const issuer = new URL(app.origin)
  server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure))
})

afterAll(() => app.close())

const owner = (parts: TemplateStringsArray, ...values: string[]) => app.owner(parts, ...values)

async function stage() {
  const organization = await app.createOrganization()
  const userId = await createPerson(organization)
  const session = await signIn(organization, userId)
  const { application } = await createApplication(organization.ctx, {
    ...{ kind: 'public', name: 'Newsroom TV', isDeviceFlowAllowed: true },
  })
  const client: oauth.Client = { client_id: application.id }
  const begin = async (parameters: Record<string, string> = { scope: 'openid' }) =>
    oauth.processDeviceAuthorizationResponse(
      server,
      client,
      await oauth.deviceAuthorizationRequest(server, client, oauth.None(), parameters, insecure),
    )
  const poll = async (code: string) =>
    oauth.processDeviceCodeResponse(
      server,
      client,
      await oauth.deviceCodeGrantRequest(server, client, oauth.None(), code, insecure),
    )
  return { organization, userId, session, client, begin, poll }
}

type Fields = { user_code?: string; confirm?: 'yes'; abort?: 'yes'; xsrf?: string }

const enter = async (cookie: string, fields: Fields, origin = app.origin) => {
  const response = await fetch(`${app.origin}/device`, {
    ...{ method: 'POST', redirect: 'manual' },
    headers: { Cookie: cookie, Origin: origin },
    body: new URLSearchParams({ xsrf: 'ours', ...fields }),
  })
  return { status: response.status, location: response.headers.get('location'), text: await response.text() }
}

const pending = expect.objectContaining({ error: 'authorization_pending' })

describe('a device', () => {
  test('gets tokens once its person has entered the code, seen the application’s name and confirmed', async () => {
    const { begin, poll, session, userId } = await stage()
    const asked = await begin()
    expect(asked).toMatchObject({ verification_uri: `${app.origin}/device`, expires_in: 600 })
    await expect(poll(asked.device_code)).rejects.toEqual(pending)
    const shown = await enter(session.cookie, { user_code: asked.user_code.toLowerCase() })
    expect(shown.text).toContain('Sign in to Newsroom TV there?')
    expect(shown.text).toContain(asked.user_code)
    await expect(poll(asked.device_code)).rejects.toEqual(pending)
    const done = await enter(session.cookie, { user_code: asked.user_code, confirm: 'yes' })
    expect(done.text).toContain('You are signed in there')
    const tokens = await poll(asked.device_code)
    expect(oauth.getValidatedIdTokenClaims(tokens)?.sub).toBe(userId)
    expect(tokens.refresh_token).toBeDefined()
    await expect(poll(asked.device_code)).rejects.toEqual(expect.objectContaining({ error: 'invalid_grant' }))
    expect((await enter(session.cookie, { user_code: asked.user_code })).text).toContain('No device is waiting')
  })

  test('is told where its person refuses', async () => {
    const { begin, poll, session } = await stage()
    const asked = await begin()
    expect((await enter(session.cookie, { user_code: asked.user_code, abort: 'yes' })).text).toContain(
      'Sign-in refused',
    )
    await expect(poll(asked.device_code)).rejects.toEqual(expect.objectContaining({ error: 'access_denied' }))
  })

  test('is not signed in by a link, by a page of elsewhere, or without a session', async () => {
    const { begin, poll, session } = await stage()
    const asked = await begin()
    const link = await fetch(asked.verification_uri_complete ?? '', { headers: { Cookie: session.cookie } })
    expect(await link.text()).toContain('If somebody else gave you the code')
    const fields = { user_code: asked.user_code, confirm: 'yes' as const }
    expect((await enter(session.cookie, fields, 'https://evil.example.com')).status).toBe(403)
    expect((await enter('', fields)).location).toMatch(/^\/login\?return_to=/)
    await expect(poll(asked.device_code)).rejects.toEqual(pending)
    await enter(session.cookie, fields)
    expect((await poll(asked.device_code)).access_token).toBeDefined()
  })

  test('of another organization is as unknown as none, and goes on waiting', async () => {
    const { begin, poll, session } = await stage()
    const stranger = await stage()
    const asked = await begin()
    expect((await enter(stranger.session.cookie, { user_code: asked.user_code })).text).toContain(
      'No device is waiting',
    )
    expect((await enter(stranger.session.cookie, { user_code: 'BBBB-BBBB' })).text).toContain('No device is waiting')
    await expect(poll(asked.device_code)).rejects.toEqual(pending)
    await enter(stranger.session.cookie, { user_code: asked.user_code, confirm: 'yes' })
    await expect(poll(asked.device_code)).rejects.toThrow()
    const again = await begin()
    await enter(session.cookie, { user_code: again.user_code, confirm: 'yes' })
    expect((await poll(again.device_code)).access_token).toBeDefined()
  })

  test('may sign in only for an application that is registered so', async () => {
    const { begin, organization, client } = await stage()
    await updateApplication(organization.ctx, {
      ...{ applicationId: client.client_id, isDeviceFlowAllowed: false, redirectUris: ['com.example.tv:/callback'] },
    })
    await expect(begin()).rejects.toThrow()
  })

  test('cannot say how recently its person signed in', async () => {
    const { begin, poll, session } = await stage()
    const asked = await begin({ scope: 'openid', max_age: '1' })
    await enter(session.cookie, { user_code: asked.user_code, confirm: 'yes' })
    await expect(poll(asked.device_code)).rejects.toEqual(expect.objectContaining({ error: 'access_denied' }))
  })

  test('loses everything with the session, and before it has fetched it', async () => {
    const ends: ((it: Awaited<ReturnType<typeof stage>>) => Promise<unknown>)[] = [
      ({ organization, session }) => endSession(organization.ctx, { sessionId: session.sessionId, reason: 'revoked' }),
      ({ organization, userId }) => deactivateUser(organization.ctx, { userId }),
    ]
    for (const end of ends) {
      const it = await stage()
      const asked = await it.begin()
      await enter(it.session.cookie, { user_code: asked.user_code, confirm: 'yes' })
      await end(it)
      await expect(it.poll(asked.device_code)).rejects.toEqual(expect.objectContaining({ error: 'invalid_grant' }))
    }
  })
})

test('neither code is in the database, nor works by what is there', async () => {
  const { begin, poll } = await stage()
  const asked = await begin()
  const rows = await owner`select model, id_hash, payload::text from provider_artifacts`
  const kept = JSON.stringify(rows)
  for (const code of [asked.device_code, asked.user_code, asked.user_code.replace('-', '')])
    expect(kept).not.toContain(code)
  const [row] = rows.filter(({ model }) => model === 'DeviceCode').slice(-1)
  await expect(poll(`#${row?.['id_hash']}`)).rejects.toEqual(expect.objectContaining({ error: 'invalid_grant' }))
})

test('codes are not to be guessed: twenty wrong ones, and then none for a while', async () => {
  const { begin, session } = await stage()
  const asked = await begin()
  for (let count = 0; count < 20; count += 1) await enter(session.cookie, { user_code: 'BCDF-GHJK' })
  const refused = await enter(session.cookie, { user_code: asked.user_code })
  expect(refused.status).toBe(429)
  // Another person at another address.
  const other = await stage()
  const theirs = await other.begin()
  expect((await enter(other.session.cookie, { user_code: theirs.user_code })).status).toBe(200)
})

test('the pages can be used by everybody', async () => {
  const { begin, session, userId } = await stage()
  const asked = await begin()
  const browser = await launchBrowser()
  const page = await openAs(browser, app, { userId, session })
  await page.goto(asked.verification_uri_complete ?? '')
  expect(await pageFaults(page)).toEqual([])
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('heading', { name: 'Sign in to Newsroom TV there?' }).waitFor()
  expect(await pageFaults(page)).toEqual([])
  await page.getByRole('button', { name: 'Sign in there' }).click()
  await page.getByRole('heading', { name: 'You are signed in there' }).waitFor()
  expect(await pageFaults(page)).toEqual([])
  await browser.close()
})
