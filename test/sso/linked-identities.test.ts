// An identity that is linked to somebody: they hear of it, and can take it back from the mail or on their page.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { listAlarms } from '#access/notices/alarms/alarms.ts'
import { deactivateUser } from '#access/people/status/deactivate-user.ts'
import { approveLinkRequest } from '#access/sign-in/decide-link-request.ts'
import { listLinkRequests } from '#access/sign-in/link-requests.ts'
import type { SamlConnection } from '#connections/sign-in/connections.ts'
import { type AccessStage, type Client, startStage } from '../support/access.ts'
import { linkIn, outbox, provisionLocalUser } from '../support/accounts.ts'
import type { TestOrganization } from '../support/app.ts'
import { arriveBySaml, expectRefusedFor, expectSignedIn, person } from '../support/arrivals.ts'
import { giveRole } from '../support/people.ts'
import { signIn } from '../support/sessions.ts'
import { createSamlConnection, createTestBrowser, type TestBrowser, verifyDomain } from '../support/sign-in.ts'

let stage: AccessStage
let client: Client
let organization: TestOrganization
let connection: SamlConnection
const ada = 'ada@example.com'

beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.close())
beforeEach(async () => {
  client = await stage.createClient()
  organization = { id: client.organizationId, slug: client.slug, ctx: client.ctx }
  await verifyDomain(organization, 'example.com')
  connection = await createSamlConnection(organization, { jit: 'verified_domains' })
})

const browser = (): TestBrowser => createTestBrowser(stage.request, stage.app.urls.origin)
const arrive = (nameId: string, options = {}) =>
  arriveBySaml(stage.app, organization, connection, { nameId, attributes: { email: [ada] } }, options)
const mailsAboutLinks = async (to = ada) =>
  (await outbox(organization, to)).filter(({ kind }) => kind === 'identity_linked')
const identitiesOf = async (userId: string): Promise<number> =>
  (await stage.app.owner`select 1 from identities where user_id = ${userId}`).length

describe('X-08: the person is told of an identity that is linked to them', () => {
  test('by an address, at the first sign-in; not again, and not who is created by it', async () => {
    const userId = await person(organization, ada)
    await expectSignedIn(await arrive('subject'), userId)
    const [mail, ...more] = await mailsAboutLinks()
    expect(more).toEqual([])
    expect(mail?.text).toContain(connection.name)
    await expectSignedIn(await arrive('subject'), userId)
    expect(await mailsAboutLinks()).toHaveLength(1)
    const created = { nameId: 'new@example.com', attributes: { email: ['new@example.com'] } }
    expect((await arriveBySaml(stage.app, organization, connection, created)).status).toBe(303)
    expect(await mailsAboutLinks('new@example.com')).toEqual([])
  })

  test('by their own wish, and by an administrator’s approval', async () => {
    const local = await provisionLocalUser(organization, ada)
    const own = browser()
    own.cookies.set('__Host-rolecall_session', (await signIn(organization, local.id)).token)
    await expectSignedIn(await arrive('own', { browser: own, query: '?link=1' }), local.id)
    expect(await mailsAboutLinks()).toHaveLength(1)
    await giveRole(organization, { userId: local.id, role: 'administrator' })
    await expectRefusedFor(await arrive('other'), 'link_needs_approval')
    const [request] = await listLinkRequests(client.ctx, { limit: 1 })
    await approveLinkRequest(client.ctx, request?.id ?? '')
    expect(await mailsAboutLinks()).toHaveLength(2)
  })
})

describe('X-08: the link of the mail', () => {
  test('takes the identity back once, without a session, and ends what came by it', async () => {
    const userId = await person(organization, ada)
    const arrived = await arrive('subject')
    const other = await signIn(organization, userId)
    const path = await linkIn(organization, ada)
    const anybody = browser()
    for (let times = 0; times < 2; times += 1) {
      const page = await anybody.get(path)
      expect([page.status, (await page.text()).includes('Remove the sign-in')]).toEqual([200, true])
    }
    expect(await identitiesOf(userId)).toBe(1)
    expect((await anybody.post(path, {})).status).toBe(200)
    expect(await identitiesOf(userId)).toBe(0)
    expect(await arrived.browser.session()).toBeUndefined()
    const kept = await stage.request('/session', { headers: { cookie: other.cookie } })
    expect(kept.status).toBe(200)
    expect(await client.auditOf(userId)).toContain('user.unlink_identity')
    expect((await anybody.post(path, {})).status).toBe(410)
    expect((await anybody.get(path)).status).toBe(410)
    expect((await listAlarms(client.ctx)).map(({ kind }) => kind)).not.toContain('link_undone')
    // The same provider does not bring it back by itself; an administrator may.
    await expectRefusedFor(await arrive('subject'), 'link_needs_approval')
    expect(await identitiesOf(userId)).toBe(0)
    const [request] = await listLinkRequests(client.ctx, { status: 'pending', limit: 1 })
    await approveLinkRequest(client.ctx, request?.id ?? '')
    await expectSignedIn(await arrive('subject'), userId)
  })

  test('alarms where the person manages something', async () => {
    const userId = await person(organization, ada)
    await arrive('subject')
    const path = await linkIn(organization, ada)
    await giveRole(organization, { userId, role: 'administrator' })
    expect((await browser().post(path, {})).status).toBe(200)
    const alarm = (await listAlarms(client.ctx)).find(({ kind }) => kind === 'link_undone')
    expect(alarm?.detail).toMatchObject({ userId, connectionId: connection.id, subject: 'subject' })
  })

  test('is good for a week, is kept as a hash alone, and wants a form of ours', async () => {
    const userId = await person(organization, ada)
    await arrive('subject')
    const path = await linkIn(organization, ada)
    const token = path.split('/').at(-1) ?? ''
    const [row] = await stage.app.owner`select x.token_hash, x.expires_at - x.created_at = interval '7 days' as week
      from identity_undos x where user_id = ${userId}`
    expect([row?.['week'], row?.['token_hash'].includes(token)]).toEqual([true, false])
    expect((await browser().postAcrossSites(path, {})).status).toBe(403)
    await stage.app.owner`update identity_undos set expires_at = now() - interval '1 second' where user_id = ${userId}`
    expect((await browser().get(path)).status).toBe(410)
    expect((await browser().post(path, {})).status).toBe(410)
    expect(await identitiesOf(userId)).toBe(1)
    expect((await browser().get(`/login/undo/${token.slice(1)}x`)).status).toBe(410)
  })

  test('still works for somebody who was switched off meanwhile', async () => {
    const userId = await person(organization, ada)
    await arrive('subject')
    await deactivateUser(client.ctx, { userId })
    expect((await browser().post(await linkIn(organization, ada), {})).status).toBe(200)
    expect(await identitiesOf(userId)).toBe(0)
  })
})

describe('X-08: on the page Security', () => {
  const signedIn = async (userId: string, authenticatedAt?: string): Promise<TestBrowser> => {
    const at = browser()
    const session = await signIn(organization, userId, authenticatedAt === undefined ? {} : { authenticatedAt })
    at.cookies.set('__Host-rolecall_session', session.token)
    return at
  }

  test('an identity is listed and removed, with a fresh proof', async () => {
    const { id } = await provisionLocalUser(organization, ada)
    const arrived = await arrive('subject')
    const path = `/account/security/identities/${connection.id}/remove`
    const old = await signedIn(id, new Date(Date.now() - 3_600_000).toISOString())
    expect((await old.post(path, {})).headers.get('location')).toContain('/login/step-up')
    expect(await identitiesOf(id)).toBe(1)
    const at = await signedIn(id)
    expect(await (await at.get('/account/security')).text()).toContain(path)
    expect(await (await at.get(path)).text()).not.toContain('only way to sign in')
    expect((await at.post(path, {})).headers.get('location')).toBe('/account/security?done=unlinked')
    expect([await identitiesOf(id), await arrived.browser.session()]).toEqual([0, undefined])
    expect((await at.post(path, {})).status).toBe(404)
  })

  test('the last way in wants to be meant', async () => {
    const userId = await person(organization, ada)
    await arrive('subject')
    const at = await signedIn(userId)
    const path = `/account/security/identities/${connection.id}/remove`
    expect(await (await at.get(path)).text()).toContain('only way to sign in')
    expect((await at.post(path, {})).status).toBe(422)
    expect(await identitiesOf(userId)).toBe(1)
    expect((await at.post(path, { isLastAccepted: 'on' })).status).toBe(303)
    expect(await identitiesOf(userId)).toBe(0)
  })

  test('nobody else’s', async () => {
    const userId = await person(organization, ada)
    await arrive('subject')
    const stranger = await provisionLocalUser(organization, 'bo@example.com')
    const at = await signedIn(stranger.id)
    expect((await at.post(`/account/security/identities/${connection.id}/remove`, {})).status).toBe(404)
    expect(await identitiesOf(userId)).toBe(1)
  })
})
