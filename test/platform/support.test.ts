// Support access: an operator in an organization's console, only where it lets them in, for as long as it does, under its eyes.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createApplication } from '#access/applications/create-application.ts'
import { createAssignment } from '#access/grants/assignments/create-assignment.ts'
import { createBrand } from '#access/grants/brands/create-brand.ts'
import { issueApiKey } from '#access/organizations/api-keys/api-keys.ts'
import { deactivateUser } from '#access/people/status/deactivate-user.ts'
import { issuePlatformKey } from '#access/platform/keys/platform-keys.ts'
import { addOperator, removeOperator } from '#access/platform/operators/operators.ts'
import { asSupport, findSupport } from '#access/platform/support/as-support.ts'
import { resolveSession } from '#access/sign-in/sessions/resolve-session.ts'
import { type CallContext, enterInstance, platformId } from '#src/context.ts'
import { runCommand } from '../support/access.ts'
import type { TestOrganization } from '../support/app.ts'
import { axeViolations, launchBrowser, overflowsSideways } from '../support/browser.ts'
import { type ConsolePerson, createManager, openAs } from '../support/console.ts'
import { startListeningApp } from '../support/listening.ts'
import { madeForCookie } from '../support/made-for.ts'
import { createPerson } from '../support/people.ts'
import { postRoutes } from '../support/post-routes.ts'
import { type SignedIn, signIn } from '../support/sessions.ts'

let app: Awaited<ReturnType<typeof startListeningApp>>
let chromium: Browser | undefined
let above: CallContext
let operations: TestOrganization
let customer: TestOrganization
let administrator: ConsolePerson
let operator: Operator
let made = 0

type Operator = { userId: string; session: SignedIn; support: string | undefined }
type Answer = { status: number; location: string; text: string }

async function newOperator(role: 'reader' | 'administrator' = 'administrator'): Promise<Operator> {
  made += 1
  const userId = await createPerson(operations, `olu${made}@example.com`, `Olu Operator ${made}`)
  await addOperator(above, { organization: operations.id, user: userId, role })
  return { userId, session: await signIn(operations, userId, { hasSecondFactor: true }), support: undefined }
}

async function send(
  path: string,
  who: { session: SignedIn; support?: string | undefined },
  form?: Record<string, string>,
): Promise<Answer> {
  const cookie = `${who.session.cookie}${who.support === undefined ? '' : `; __Host-rolecall_support=${who.support}`}`
  const own = (await madeForCookie(app.owner, cookie)) ?? ''
  const isThere = who.support !== undefined && path.startsWith('/console')
  const madeFor = isThere ? own.replace(/^org_\w+/, customer.id) : own
  const body = form === undefined ? {} : { method: 'POST', body: new URLSearchParams({ ...form, made_for: madeFor }) }
  const headers = { Cookie: cookie, Origin: app.origin, Accept: 'text/html' }
  const answer = await fetch(app.origin + path, { redirect: 'manual', headers, ...body })
  const kept = answer.headers.getSetCookie().find((line) => line.startsWith('__Host-rolecall_support='))
  if (kept !== undefined) who.support = /=([^;]+);/.exec(kept)?.[1]
  return { status: answer.status, location: answer.headers.get('location') ?? '', text: await answer.text() }
}

const consent = (form: Record<string, string>) => send('/console/settings/support', administrator, form)
const pageOf = () => `/platform/organizations/${customer.id}`
const ask = (who: Operator, form: Record<string, string> = {}) =>
  send(`${pageOf()}/support`, who, { reason: 'Ticket 17', minutes: '30', ...form })
const accesses = () =>
  app.owner`select id, status, may_write, operator_name, ends_at from support_accesses
    where organization_id = ${customer.id} order by requested_at desc, id desc`
const newest = async () => String((await accesses())[0]?.['id'])
const enter = async (who: Operator) => send(`${pageOf()}/support/${await newest()}/enter`, who, {})
const actions = async () =>
  (await app.owner`select action from audit_events where organization_id = ${customer.id} order by position`).map(
    ({ action }) => String(action),
  )

/** In the console, by the whole way. */
async function letIn({ mayWrite = false } = {}): Promise<Operator> {
  const write: Record<string, string> = mayWrite ? { mayWrite: 'on' } : {}
  expect((await consent({ mode: 'open', hours: '2', ...write })).status).toBe(303)
  const who = await newOperator()
  await ask(who, mayWrite ? { wantsWrite: 'on' } : {})
  expect((await enter(who)).location).toBe('/console')
  return who
}

const isIn = async (who: Operator) => {
  const { support } = who
  const { status, location } = await send('/console/users', who)
  who.support = support
  return status === 200 ? 'in' : location
}

/** What their requests are carried out with. */
async function contextOf({ session: { tokenHash }, support: id = '' }: Operator) {
  const session = await resolveSession(app.services.database, tokenHash)
  const support = await findSupport(app.services, { id, tokenHash })
  if (session === undefined || support === undefined) throw new Error('They are in')
  return asSupport(app.services, { ...session, tokenHash }, { support, requestId: 'req_test' })
}

/** What the organization holds, apart from what it writes down of the access itself. */
const stateOf = async () =>
  JSON.stringify(
    await app.owner`select (select json_agg(u.* order by id) from users u where organization_id = ${customer.id}) u,
      (select json_agg(r.* order by id) from roles r where organization_id = ${customer.id}) r,
      (select json_agg(o.*) from organizations o where id = ${customer.id}) o,
      (select json_agg(s.*) from support_consents s where organization_id = ${customer.id}) s,
      (select count(*) from audit_events where organization_id = ${customer.id} and action not like 'support.%') a,
      (select count(*) from api_keys) k, (select count(*) from setup_links) l, (select count(*) from directory_tokens) t`,
  )

beforeAll(async () => {
  app = await startListeningApp()
  chromium = await launchBrowser()
  operations = await app.createOrganization('operations')
  above = { ...operations.ctx, organizationId: platformId, entry: enterInstance({}) }
})
afterAll(async () => {
  await chromium?.close()
  await app?.close()
})
beforeEach(async () => {
  customer = await app.createOrganization()
  administrator = await createManager(customer)
  operator = await newOperator()
})

describe('who is let in', () => {
  test('nobody, unless the organization has said so', async () => {
    expect((await send(pageOf(), operator)).text).toContain('lets no support in')
    const refused = await ask(operator)
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('lets no support in')])
    expect(await accesses()).toHaveLength(0)
    expect(await isIn({ ...operator, support: 'sup_01hzzzzzzzzzzzzzzzzzzzzzzz' })).toBe('/platform?done=supportEnded')
    expect((await send('/console', operator)).status).toBe(403)
  })

  test('on request, whoever is granted it, and no longer than that; the trail says all of it', async () => {
    await consent({ mode: 'on_request' })
    expect((await ask(operator)).location).toContain('done=supportAsked')
    expect((await enter(operator)).status).toBe(409)
    const overview = await send('/console', administrator)
    expect(overview.text).toContain('Support asks to come in')
    const page = await send('/console/settings/support', administrator)
    expect(page.text).toContain('Ticket 17')
    const id = await newest()
    await send(`/console/settings/support/${id}/decide`, administrator, { decision: 'grant', mayWrite: 'on' })
    expect((await accesses())[0]).toMatchObject({ status: 'granted', may_write: true })
    expect((await send('/console', administrator)).text).not.toContain('Support asks to come in')
    expect((await enter(operator)).location).toBe('/console')
    const inside = await send('/console', operator)
    expect([inside.status, inside.text]).toEqual([200, expect.stringContaining('You are here as support')])
    expect((await send('/console', administrator)).text).toContain('Support is in this console')
    expect((await send('/console/leave-support', operator, {})).location).toBe(pageOf())
    expect((await send('/console', administrator)).text).not.toContain('Support is in this console')
    const trail = await actions()
    for (const action of [
      'support.consent',
      'support.request',
      'support.grant',
      'support.enter',
      'support.view',
      'support.leave',
    ])
      expect(trail).toContain(action)
    const audit = await send('/console/audit?action=support.', administrator)
    expect(audit.text).toContain(`Olu Operator ${made} (support)`)
    // Used up: whoever has left asks again.
    expect((await enter(operator)).status).toBe(409)
  })

  test('what is refused, and what nobody has decided, lets nobody in', async () => {
    await consent({ mode: 'on_request' })
    await ask(operator)
    await send(`/console/settings/support/${await newest()}/decide`, administrator, { decision: 'refuse' })
    expect((await enter(operator)).status).toBe(409)
    await ask(operator)
    await app.owner`update support_accesses set requested_at = now() - interval '25 hours' where organization_id = ${customer.id}`
    const decided = await send(`/console/settings/support/${await newest()}/decide`, administrator, {
      decision: 'grant',
    })
    expect(decided.status).toBe(409)
    // Writing is granted by nobody's silence.
    await ask(operator, { wantsWrite: 'on' })
    await send(`/console/settings/support/${await newest()}/decide`, administrator, { decision: 'grant' })
    expect((await accesses())[0]).toMatchObject({ status: 'granted', may_write: false })
  })

  test('a reader, and an old proof, ask for nothing and enter nothing', async () => {
    await consent({ mode: 'open', hours: '2' })
    expect((await ask(await newOperator('reader'))).status).toBe(403)
    await ask(operator)
    await app.owner`update sessions set authenticated_at = now() - interval '20 minutes' where id = ${operator.session.sessionId}`
    expect((await enter(operator)).location).toContain('/login/step-up')
    expect((await ask(operator)).location).toContain('/login/step-up')
    expect((await accesses())[0]).toMatchObject({ status: 'granted' })
  })

  test('only the organization’s own word counts, not that of the platform', async () => {
    const { key } = await issuePlatformKey(above, { name: 'All', scopes: [], access: 'everything' })
    const own = await issueApiKey(customer.ctx, { name: 'Own' })
    const put = (bearer: string, body: unknown, headers: Record<string, string> = {}) =>
      app.request('/api/v1/support-consent', {
        method: 'PUT',
        headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      })
    const named = { 'Rolecall-Organization': customer.slug }
    const refused = await put(key, { mode: 'open', hours: 1 }, named)
    expect([refused.status, await refused.json()]).toEqual([403, expect.objectContaining({ reason: 'own_word' })])
    expect((await put(own.key, { mode: 'open' })).status).toBe(400)
    expect(await (await put(own.key, { mode: 'open', hours: 1 })).json()).toMatchObject({
      mode: 'open',
      mayWrite: false,
    })
    await ask(operator)
    const list = await app.request('/api/v1/support-accesses', { headers: { authorization: `Bearer ${own.key}` } })
    expect(await list.json()).toMatchObject({ items: [{ reason: 'Ticket 17', status: 'granted', minutes: 30 }] })
    expect((await put(key, { mode: 'never' }, named)).status).toBe(200)
    expect((await enter(operator)).status).toBe(409)
    const listed = await runCommand({ ...app.services, urls: app.urls }, [
      'support',
      'list',
      '--organization',
      customer.slug,
    ])
    expect(listed.lines.join('\n')).toContain('ended')
  })
})

describe('what ends it, with the very next request', () => {
  const gone = '/platform?done=supportEnded'
  const endings: [string, (who: Operator) => Promise<unknown>][] = [
    ['an administrator', async () => send(`/console/settings/support/${await newest()}/end`, administrator, {})],
    ['the organization’s word taken back', () => consent({ mode: 'never' })],
    ['its time', () => app.owner`update support_accesses set ends_at = now() where organization_id = ${customer.id}`],
    ['the operator removed', ({ userId }) => removeOperator(above, userId)],
  ]
  test.each(endings)('%s', async (_, end) => {
    const who = await letIn()
    expect(await isIn(who)).toBe('in')
    await end(who)
    expect(await isIn(who)).toBe(gone)
  })

  test('the operator’s account, role or session', async () => {
    const deactivated = await letIn()
    await deactivateUser(operations.ctx, { userId: deactivated.userId })
    expect(await isIn(deactivated)).toContain('/login')
    const reader = await letIn()
    await addOperator(above, { organization: operations.id, user: reader.userId, role: 'reader' })
    expect(await isIn(reader)).toBe(gone)
    const signedOut = await letIn()
    const { support } = signedOut
    await send('/account/sign-out', signedOut, {})
    expect(await isIn({ ...signedOut, support })).toContain('/login')
    // Nor does a new session of the same person go on.
    const again = {
      ...signedOut,
      support,
      session: await signIn(operations, signedOut.userId, { hasSecondFactor: true }),
    }
    expect(await isIn(again)).toBe(gone)
    expect(await app.owner`select from current_supports(${customer.id})`).toHaveLength(0)
  })

  test('a suspended organization', async () => {
    const who = await letIn()
    await app.owner`update organizations set status = 'suspended' where id = ${customer.id}`
    expect(await isIn(who)).toBe(gone)
  })

  test('the hours that it is open for bound the minutes that were asked for', async () => {
    await consent({ mode: 'open', hours: '1' })
    await ask(operator, { minutes: '480' })
    await enter(operator)
    const minutes = (new Date(String((await accesses())[0]?.['ends_at'])).getTime() - Date.now()) / 60_000
    expect(minutes).toBeLessThan(61)
    for (const wrong of ['4', '481', 'x']) expect((await ask(operator, { minutes: wrong })).status).toBe(400)
  })
})

describe('what is out of reach', () => {
  test('every form of the console, while it only reads', async () => {
    const who = await letIn()
    const paths = postRoutes(app, ['/console'], { id: administrator.userId }).filter(
      (path) => path !== '/console/leave-support',
    )
    expect(paths.length).toBeGreaterThan(120)
    const before = await stateOf()
    const passed: string[] = []
    for (const path of paths) {
      const { status } = await send(path, who, { name: 'X', reason: 'X', to: 'off', mode: 'open', hours: '9' })
      if (status !== 403) passed.push(`${path} ${status}`)
    }
    expect(passed).toEqual([])
    expect(await stateOf()).toBe(before)
    // The same door lets them out.
    expect((await send('/console/leave-support', who, {})).status).toBe(303)
  })

  test('changes, for the database too, whatever the server thinks', async () => {
    for (const mayWrite of [false, true]) {
      const who = await letIn({ mayWrite })
      const { ctx } = await contextOf(who)
      const { ceiling: _, ...free } = ctx
      const creating = createBrand({ ...free, permissions: 'all' }, { slug: `brand-${mayWrite}`, name: 'X' })
      if (mayWrite) expect((await creating).slug).toBe('brand-true')
      else await expect(creating).rejects.toMatchObject({ code: 'forbidden', reason: 'support_reads_only' })
    }
  })

  test('secrets and ways in, whether they may write or not', async () => {
    const who = await letIn({ mayWrite: true })
    const { directoryId } = await app.createDirectory(customer)
    const { userId } = administrator
    const hidden = [
      '/console/settings/api-keys',
      '/console/settings/mail',
      '/console/emergency',
      '/console/connect',
      '/console/again',
    ]
    for (const path of hidden) expect([path, (await send(path, who)).status]).toEqual([path, 403])
    const before = await stateOf()
    const making = [
      ...[
        '/console/settings/api-keys',
        '/console/connect',
        '/console/connect/setup-links',
        '/console/settings/applications',
      ],
      ...[
        `/console/directories/${directoryId}/tokens`,
        `/console/directories/${directoryId}/clients`,
        '/console/emergency',
      ],
      ...[
        `/console/users/${userId}/erase`,
        '/console/invitations/new',
        '/console/users/new',
        '/console/settings/sign-in',
      ],
      ...[
        '/console/settings/support',
        '/console/settings',
        '/console/settings/mail/server',
        '/console/settings/domains',
      ],
      ...postRoutes(app, ['/console/connect', '/console/emergency', '/console/settings/api-keys'], { id: userId }),
      ...postRoutes(app, ['/console/users'], { id: userId }).filter((path) => /password|factor|erase|reset/.test(path)),
    ]
    for (const path of making) {
      const { status, text } = await send(path, who, {
        name: 'X',
        email: 'x@example.com',
        userName: 'x',
        password: 'a long password of theirs',
        access: 'everything',
      })
      expect([path, [400, 403, 404].includes(status)]).toEqual([path, true])
      expect(text).not.toMatch(/rck_|rpk_|rct_|\/setup\/|\/invitation\//)
    }
    expect(await stateOf()).toBe(before)
  })

  test('rights: nothing that gives somebody more goes through, and changes of other things do', async () => {
    const who = await letIn({ mayWrite: true })
    const somebody = await createPerson(customer, 'somebody@example.com', 'Some Body')
    const roles = await app.owner`select id from roles where organization_id = ${customer.id}`
    const { ctx } = await contextOf(who)
    const held = async () =>
      (
        await app.owner`select count(*)::int as n from effective_assignments where organization_id = ${customer.id}`
      )[0]?.['n']
    const before = await held()
    for (const { id: roleId } of roles)
      await expect(
        createAssignment(ctx, { userId: somebody, roleId: String(roleId), reason: 'X' }),
      ).rejects.toMatchObject({ code: 'forbidden', reason: 'ceiling' })
    expect(await held()).toBe(before)
    // The same by somebody who holds it goes through.
    const control = { userId: somebody, roleId: String(roles[0]?.['id']), reason: 'X' }
    await createAssignment(customer.ctx, control)
    expect(await held()).toBe(before + 1)
    expect((await send('/console/brands', who, { slug: 'by-support', name: 'By support' })).status).toBe(303)
    const [row] = await app.owner`select actor_type, actor_id from audit_events
      where organization_id = ${customer.id} and action = 'brand.create'`
    expect(row).toMatchObject({ actor_type: 'support', actor_id: who.support })
    await app.owner`update sessions set authenticated_at = now() - interval '20 minutes' where id = ${who.session.sessionId}`
    expect((await send('/console/brands', who, { slug: 'late', name: 'Late' })).location).toContain('/login/step-up')
  })

  test('rights and ways in, by any form of the console, whatever it is filled with', async () => {
    const who = await letIn({ mayWrite: true })
    const somebody = await createPerson(customer, 'somebody@example.com', 'Some Body')
    const [role] =
      await app.owner`select id from roles where organization_id = ${customer.id} and key = 'administrator'`
    const counts = async () =>
      (
        await app.owner`select (select count(*) from effective_assignments where organization_id = ${customer.id}) held,
          (select count(*) from api_keys) keys, (select count(*) from setup_links) links, (select count(*) from directory_tokens) tokens,
          (select count(*) from invitations) invitations, (select count(*) from password_resets) resets,
          (select count(*) from passwords) passwords, (select count(*) from emergency_accounts) emergency,
          (select count(*) from applications) applications, (select count(*) from connections) connections,
          (select count(*) from support_accesses where may_write) writing`
      )[0]
    const before = await counts()
    const form = {
      ...{
        name: 'X',
        slug: 'x',
        reason: 'X',
        roleId: String(role?.['id']),
        userId: somebody,
        member: somebody,
        brandId: '',
      },
      ...{
        email: 'y@example.com',
        userName: 'y',
        displayName: 'Y',
        decision: 'grant',
        mayWrite: 'on',
        access: 'everything',
      },
      ...{ to: 'on', change: 'on', password: 'a long password of theirs', repeat: 'a long password of theirs' },
    }
    for (const path of postRoutes(app, ['/console'], { id: somebody }).filter(
      (each) => each !== '/console/leave-support',
    ))
      expect([path, (await send(path, who, form)).status < 500]).toEqual([path, true])
    expect(await counts()).toEqual(before)
  })

  test('other organizations, from inside of one and from their own administrators', async () => {
    const who = await letIn({ mayWrite: true })
    const id = await newest()
    const other = await app.createOrganization()
    const stranger = await createManager(other)
    for (const path of [`/console/users/${stranger.userId}`, `/console/users/${stranger.userId}/deactivate`])
      expect((await send(path, who)).status).toBe(404)
    expect((await send(`/console/settings/support/${id}/end`, stranger, {})).status).toBe(404)
    expect((await send(`/console/settings/support/${id}/decide`, stranger, { decision: 'grant' })).status).toBe(404)
    expect((await send(`/platform/organizations/${other.id}/support/${id}/enter`, who, {})).status).toBe(404)
    // Another operator does not come in by it, nor a person of the organization.
    const colleague = await newOperator()
    expect(await isIn({ ...colleague, support: who.support })).toBe('/platform?done=supportEnded')
    expect((await send(`${pageOf()}/support/${id}/leave`, colleague, {})).status).toBe(404)
    expect(await isIn(who)).toBe('in')
  })

  test('accounts and applications: they are nobody of the organization', async () => {
    const who = await letIn({ mayWrite: true })
    expect((await send('/account', who)).text).toContain('operations')
    expect((await send('/account', who)).text).not.toContain('You are here as support')
    const headers = {
      Cookie: `${who.session.cookie}; __Host-rolecall_support=${who.support}`,
      Accept: 'application/json',
    }
    const session = await (await fetch(`${app.origin}/session`, { headers })).json()
    expect(session).toMatchObject({ user: { id: who.userId }, organization: { id: operations.id } })
    const { application } = await createApplication(customer.ctx, {
      name: 'CMS',
      redirectUris: ['https://app.example.com/cb'],
    })
    const query = new URLSearchParams({
      ...{
        client_id: application.id,
        response_type: 'code',
        scope: 'openid',
        redirect_uri: 'https://app.example.com/cb',
      },
      ...{ code_challenge: 'x'.repeat(43), code_challenge_method: 'S256', prompt: 'none', state: 'a' },
    })
    const answer = await send(`/oauth2/authorize?${query}`, who)
    expect(answer.location).not.toContain('code=')
  })

  test('a form of one console does not change another one, coming in or leaving', async () => {
    const who = await letIn({ mayWrite: true })
    const { support } = who
    const own = `${operations.id}.${who.userId}`
    const raw = (cookie: string, madeFor: string) =>
      fetch(`${app.origin}/console/brands`, {
        method: 'POST',
        redirect: 'manual',
        headers: { Cookie: cookie, Origin: app.origin, Accept: 'text/html' },
        body: new URLSearchParams({ slug: 'mixed', name: 'Mixed', made_for: madeFor }),
      })
    const inside = `${who.session.cookie}; __Host-rolecall_support=${support}`
    expect((await raw(inside, own)).status).toBe(409)
    expect((await raw(who.session.cookie, `${customer.id}.${who.userId}`)).status).toBe(409)
  })
})

test('what support has begun, nobody goes on with in its name', async () => {
  const { actorContext, makersContext } = await import('#access/grants/managers/actor-context.ts')
  await letIn({ mayWrite: true })
  const id = await newest()
  expect(await actorContext(customer.ctx, { type: 'support', id })).toBeUndefined()
  expect(await makersContext(customer.ctx, id)).toBeUndefined()
})

test('its pages are right for everybody, and the banner stands on both sides', async () => {
  if (chromium === undefined) return
  const who = await letIn()
  const { hostname } = new URL(app.origin)
  const page = await openAs(chromium, app, who)
  const cookie = { name: '__Host-rolecall_support', value: who.support ?? '', domain: hostname, path: '/' }
  await page.context().addCookies([{ ...cookie, secure: true, httpOnly: true }])
  for (const size of [
    { width: 1280, height: 800 },
    { width: 320, height: 700 },
  ]) {
    await page.setViewportSize(size)
    await page.goto(`${app.origin}/console/users`)
    await page.getByText('You are here as support').waitFor()
    expect([await axeViolations(page), await overflowsSideways(page)]).toEqual([[], false])
  }
  await page.getByRole('button', { name: 'Leave' }).click()
  await page.waitForURL(/platform/)
  await page.goto(`${app.origin}${pageOf()}/support`)
  expect([await axeViolations(page), await overflowsSideways(page)]).toEqual([[], false])
  await page.context().close()
  await letIn()
  const own = await openAs(chromium, app, administrator)
  await own.goto(`${app.origin}/console/settings/support`)
  await own.getByText('Support is in this console').waitFor()
  expect([await axeViolations(own), await overflowsSideways(own)]).toEqual([[], false])
  await own
    .getByRole('button', { name: /End access/ })
    .first()
    .click()
  await own.getByText('Ended', { exact: true }).waitFor()
  await own.context().close()
})
