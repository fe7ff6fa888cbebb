// The pages of those who run the installation: who gets in, what a reader may not, and that nothing changes without a fresh proof.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApplication } from '#access/applications/create-application.ts'
import { deactivateUser } from '#access/people/status/deactivate-user.ts'
import { issuePlatformKey } from '#access/platform/keys/platform-keys.ts'
import { addOperator, type OperatorRole, removeOperator } from '#access/platform/operators/operators.ts'
import { type CallContext, enterInstance, platformId } from '#src/context.ts'
import { runCommand } from '../support/access.ts'
import type { TestOrganization } from '../support/app.ts'
import { launchBrowser } from '../support/browser.ts'
import { openAs } from '../support/console.ts'
import { startListeningApp } from '../support/listening.ts'
import { asFromPage } from '../support/made-for.ts'
import { createPerson } from '../support/people.ts'
import { type SignedIn, signIn } from '../support/sessions.ts'
import { startWalk, type Walk, walkPages } from '../support/walk.ts'

let app: Awaited<ReturnType<typeof startListeningApp>>
let browser: Browser | undefined
let above: CallContext
let operations: TestOrganization
let customer: TestOrganization
let walk: Walk
const ids: Record<string, string> = {}
let people = 0

async function operator(role: OperatorRole | undefined): Promise<{ userId: string; session: SignedIn }> {
  people += 1
  const userId = await createPerson(operations, `operator${people}@example.com`, `Olu Operator ${people}`)
  if (role !== undefined) await addOperator(above, { organization: operations.id, user: userId, role })
  return { userId, session: await signIn(operations, userId, { hasSecondFactor: true }) }
}

const get = (path: string, { session }: { session: SignedIn }) =>
  fetch(app.origin + path, { redirect: 'manual', headers: { Cookie: session.cookie, Accept: 'text/html' } })

const post = async (path: string, { session }: { session: SignedIn }, form: Record<string, string> = {}) => {
  const headers = { Cookie: session.cookie, Origin: app.origin, Accept: 'text/html' }
  const init: RequestInit = { method: 'POST', redirect: 'manual', headers, body: new URLSearchParams(form) }
  return fetch(app.origin + path, await asFromPage(app.owner, init))
}

const statusOf = async (organization: TestOrganization) =>
  (await app.owner`select status from organizations where id = ${organization.id}`)[0]?.['status']

beforeAll(async () => {
  app = await startListeningApp()
  browser = await launchBrowser()
  operations = await app.createOrganization('operations')
  customer = await app.createOrganization('northwind')
  above = { ...operations.ctx, organizationId: platformId, entry: enterInstance({}) }
  const { id: key } = await issuePlatformKey(above, { name: 'Newsroom backend', scopes: ['organizations.read'] })
  await createApplication(above, { name: 'Newsroom', redirectUris: ['https://news.example.com/callback'] })
  Object.assign(ids, { customer: customer.id, key })
  await app.owner`insert into mails (organization_id, id, kind, recipient, subject, body_sealed, status, next_attempt_at, created_at)
    values (${operations.id}, 'mal_walk', 'alarm', 'x@example.com', 'x', '', 'queued', now() + interval '1 hour', now())`
  const administrator = await operator('administrator')
  if (browser !== undefined) {
    const opened = browser
    walk = await startWalk((view) => openAs(opened, app, administrator, view))
  }
})
afterAll(async () => {
  await browser?.close()
  await app?.close()
})

const everyPage = [
  ['/platform', 'northwind'],
  ['/platform?q=nobody', 'No organizations match'],
  ['/platform/organizations/:customer', 'None found'],
  ['/platform/organizations/:customer/suspend', 'Everybody is signed out'],
  ['/platform/organizations/:customer/delete', 'Until then it can be restored'],
  ['/platform/applications', 'Newsroom'],
  ['/platform/keys', 'Newsroom backend'],
  ['/platform/keys/:key/revoke', 'It cannot be undone'],
  ['/platform/operators', 'Olu Operator 1'],
  ['/platform/queue', 'Mails'],
  ['/platform/mail', 'no mail server'],
  ['/platform/installation', 'as this version has them'],
  ['/platform/organizations/:customer/support', 'Its administrators read your name'],
  ['/platform/audit', 'Operator added'],
] as const

const at = (path: string): string => app.origin + path.replace(/:(\w+)/g, (_, name: string) => ids[name] ?? '')

walkPages(everyPage, () => walk, at)

describe('who gets in', () => {
  test.each(everyPage)('%s is not there for people of organizations, administrators of them too', async (path) => {
    const nobody = await operator(undefined)
    const stranger = await createPerson(customer, `stranger${people}@example.com`)
    const session = await signIn(customer, stranger, { hasSecondFactor: true })
    for (const person of [nobody, { session }]) {
      const [page, unknown] = [
        await get(at(path).slice(app.origin.length), person),
        await get('/platform/nothing', person),
      ]
      expect([page.status, unknown.status]).toEqual([404, 404])
    }
    expect((await fetch(at(path), { redirect: 'manual', headers: { Accept: 'text/html' } })).status).toBe(303)
  })

  test('a password alone is not enough', async () => {
    const { userId } = await operator('administrator')
    const session = await signIn(operations, userId, { hasSecondFactor: false })
    const answer = await get('/platform', { session })
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/login/second-factor?return_to=%2Fplatform'])
    const bySingleSignOn = await signIn(operations, userId, { hasSecondFactor: false, method: 'saml' })
    expect((await get('/platform', { session: bySingleSignOn })).status).toBe(200)
  })

  test('removed or deactivated, somebody is out with the very next request', async () => {
    const [removed, deactivated] = [await operator('administrator'), await operator('administrator')]
    for (const person of [removed, deactivated]) expect((await get('/platform', person)).status).toBe(200)
    await removeOperator(above, removed.userId)
    await deactivateUser(operations.ctx, { userId: deactivated.userId })
    expect((await get('/platform', removed)).status).toBe(404)
    expect((await get('/platform', deactivated)).status).toBe(303)
  })

  test('whoever is erased is no longer an operator, and no name stays', async () => {
    const { userId } = await operator('reader')
    await app.owner`update users set status = 'erased' where id = ${userId}`
    expect(await app.owner`select from platform_operators where user_id = ${userId}`).toHaveLength(0)
  })

  test('the database asks for itself whether the session is an operator’s', async () => {
    const [nobody, somebody] = [await operator(undefined), await operator('reader')]
    const enter = ({ userId, session }: typeof nobody) =>
      app.serverRole()`select enter_operator(${operations.id}, ${userId}, ${session.tokenHash})`
    await expect(enter(nobody)).rejects.toMatchObject({ code: 'RC401' })
    await expect(enter({ ...nobody, userId: somebody.userId })).rejects.toMatchObject({ code: 'RC401' })
    expect(await enter(somebody)).toHaveLength(1)
  })
})

describe('what changes something', () => {
  const changes = [
    ['/platform/organizations/:customer/suspend', { proof: 'northwind' }],
    ['/platform/organizations/:customer/delete', { proof: 'northwind' }],
    ['/platform/organizations/:customer/resume', {}],
    ['/platform/keys', { name: 'Another' }],
    ['/platform/keys/:key/revoke', { proof: 'Newsroom backend' }],
    ['/platform/operators', { user: 'operator1@example.com', role: 'reader' }],
    ['/platform/operators/:customer/remove', {}],
    ['/platform/applications', { name: 'CMS', kind: 'confidential', redirectUris: 'https://cms.example.com/cb' }],
    ['/platform/queue/:customer/mail/retry', {}],
    ['/platform/mail/test', { to: 'olu@example.com' }],
    ['/platform/organizations/:customer/support', { reason: 'Ticket 17', minutes: '30' }],
  ] as const

  test.each(changes)('%s is refused to a reader, and wants a fresh proof of an administrator', async (path, form) => {
    const trail = async () => (await app.owner`select count(*)::int as n from audit_events`)[0]?.['n']
    const reader = await operator('reader')
    const stale = await operator('administrator')
    await app.owner`update sessions set authenticated_at = now() - interval '1 hour' where id = ${stale.session.sessionId}`
    const before = await trail()
    const place = path.replace(/:(\w+)/g, (_, name: string) => ids[name] ?? '')
    expect([400, 403]).toContain((await post(place, reader, form)).status)
    const answer = await post(place, stale, form)
    const proof = answer.headers.get('location')?.startsWith('/login/step-up?return_to=%2Fplatform')
    expect([answer.status, proof]).toEqual([303, true])
    expect([await trail(), await statusOf(customer)]).toEqual([before, 'active'])
  })

  test('an application is registered, and its secret is shown once', async () => {
    const administrator = await operator('administrator')
    const form = { name: 'CMS', kind: 'confidential', redirectUris: 'https://cms.example.com/cb' }
    expect((await post('/platform/applications', administrator, { ...form, redirectUris: 'nowhere' })).status).toBe(400)
    const made = await (await post('/platform/applications', administrator, form)).text()
    const secret = /value="(rca_[\w-]+)"/.exec(made)?.[1] ?? 'none'
    expect(made).toContain('This secret is shown once')
    const list = await (await get('/platform/applications', administrator)).text()
    expect([list.includes('CMS'), list.includes(secret)]).toEqual([true, false])
    const [row] = await app.owner`select organization_id from applications where name = 'CMS'`
    expect(row?.['organization_id']).toBe(platformId)
  })

  test('what waits is seen by organization, without anybody’s address, and is tried again', async () => {
    const administrator = await operator('administrator')
    const mail = (
      id: string,
      error: string | null,
    ) => app.owner`insert into mails (organization_id, id, kind, recipient, subject,
        body_sealed, status, attempts, next_attempt_at, last_error, created_at)
      values (${customer.id}, ${id}, 'test', 'secret@example.com', 'Hidden subject', '', 'queued', 1, now() + interval '1 hour', ${error}, now())`
    await mail('mal_one', null)
    await mail('mal_two', 'Mailbox unavailable')
    const page = await (await get('/platform/queue', await operator('reader'))).text()
    expect(page).toContain('Mailbox unavailable')
    expect(page).not.toMatch(/secret@example|Hidden subject|Try again now/)
    expect((await post(`/platform/queue/${customer.id}/mail/retry`, administrator)).status).toBe(303)
    const due =
      await app.owner`select id from mails where organization_id = ${customer.id} and next_attempt_at <= now()`
    expect(due).toHaveLength(2)
    expect((await post(`/platform/queue/${customer.id}/nothing/retry`, administrator)).status).toBe(404)
    expect((await post('/platform/queue/org_x/mail/retry', administrator)).status).toBe(404)
    await app.owner`delete from mails where organization_id = ${customer.id}`
    // To a transaction of an organization there is no queue.
    const sql = app.serverRole()
    const own = await sql.begin(async (tx) => {
      await tx`select set_config('rolecall.organization_id', ${customer.id}, true)`
      return tx`select from platform_queue()`
    })
    expect(own).toHaveLength(0)
  })

  test('a test mail goes from the operators’ organization, and its fate is shown', async () => {
    const administrator = await operator('administrator')
    expect((await post('/platform/mail/test', administrator, { to: 'nobody' })).status).toBe(400)
    expect((await post('/platform/mail/test', administrator, { to: 'olu@example.com' })).status).toBe(303)
    const page = await (await get('/platform/mail', administrator)).text()
    expect([page.includes('olu@example.com'), page.includes('kept')]).toEqual([true, true])
    const rows = await app.owner`select distinct organization_id from mails where kind = 'test'`
    expect(rows.map(({ organization_id: id }) => id)).toEqual([operations.id])
  })

  test('after the proof, people come to the page of the form', async () => {
    const stale = await operator('administrator')
    await app.owner`update sessions set authenticated_at = now() - interval '1 hour' where id = ${stale.session.sessionId}`
    const places = [
      ['/platform/mail/test', '/platform/mail'],
      [`/platform/queue/${customer.id}/mail/retry`, '/platform/queue'],
      [`/platform/organizations/${customer.id}/resume`, `/platform/organizations/${customer.id}`],
    ]
    for (const [path = '', page = ''] of places) {
      const answer = await post(path, stale, { to: 'olu@example.com' })
      expect(answer.headers.get('location')).toBe(`/login/step-up?return_to=${encodeURIComponent(page)}`)
    }
  })

  test('suspended by page with the slug typed, and resumed; both trails say who', async () => {
    const administrator = await operator('administrator')
    const path = `/platform/organizations/${customer.id}`
    expect((await post(`${path}/suspend`, administrator, { proof: 'wrong' })).status).toBe(400)
    expect(await statusOf(customer)).toBe('active')
    expect((await post(`${path}/suspend`, administrator, { proof: 'northwind' })).status).toBe(303)
    expect(await statusOf(customer)).toBe('suspended')
    expect((await post(`${path}/resume`, administrator)).status).toBe(303)
    expect(await statusOf(customer)).toBe('active')
    const rows = await app.owner`select organization_id, action, actor_type, actor_id from audit_events
      where target_id = ${customer.id} and actor_id = ${administrator.userId} order by position`
    expect(rows.map(({ organization_id: owner, action }) => [owner, action])).toEqual([
      [customer.id, 'organization.suspend'],
      [platformId, 'organization.update'],
      [customer.id, 'organization.resume'],
      [platformId, 'organization.update'],
    ])
    expect(await (await get('/platform/audit', administrator)).text()).toContain('Olu Operator')
  })

  test('nobody locks the operators out: their own organization is ended by command alone', async () => {
    const administrator = await operator('administrator')
    for (const change of ['suspend', 'delete']) {
      const answer = await post(`/platform/organizations/${operations.id}/${change}`, administrator, {
        proof: 'operations',
      })
      expect([change, answer.status, await statusOf(operations)]).toEqual([change, 409, 'active'])
    }
    const reader = await operator('reader')
    expect((await get(`/platform/organizations/${customer.id}/suspend`, reader)).status).toBe(403)
  })

  test('a form of another site changes nothing', async () => {
    const administrator = await operator('administrator')
    const answer = await fetch(`${app.origin}/platform/organizations/${customer.id}/suspend`, {
      method: 'POST',
      headers: { Cookie: administrator.session.cookie, Origin: 'https://evil.example.com' },
      body: new URLSearchParams({ proof: 'northwind' }),
    })
    expect([answer.status, await statusOf(customer)]).toEqual([403, 'active'])
  })
})

test('by command: added, listed, of one organization alone, removed', async () => {
  const services = { ...app.services, urls: app.urls }
  const run = (...args: string[]) => runCommand(services, args)
  const userId = await createPerson(operations, 'by.command@example.com', 'Cora Command')
  const add = (organization: string, user: string) =>
    run('operator', 'add', '--organization', organization, '--user', user, '--role', 'reader')
  expect((await add('operations', 'BY.command@example.com')).lines).toEqual(['Cora Command is an operator (reader)'])
  await createPerson(customer, 'elsewhere@example.com')
  const elsewhere = await add('northwind', 'elsewhere@example.com')
  expect([elsewhere.exitCode, elsewhere.errors.join()]).toEqual([1, expect.stringContaining('one organization')])
  expect((await add('operations', 'nobody@example.com')).exitCode).toBe(1)
  expect((await run('operator', 'list')).lines.join('\n')).toContain('Cora Command')
  await run('operator', 'remove', '--user', userId)
  expect((await run('operator', 'list')).lines.join('\n')).not.toContain('Cora Command')
})
