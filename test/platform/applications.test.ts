// One client id for all customers: people of every organization that it serves sign in to it, each with their own organization in the
// tokens; sessions, refreshing, revocation, logout tokens and deactivation are as with an application of the organization.
import { refreshTokenGrant, tokenIntrospection, tokenRevocation } from 'openid-client'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { deleteApplication } from '#access/applications/delete-application.ts'
import { deliverLogouts } from '#access/applications/deliver-logouts.ts'
import { updateApplication } from '#access/applications/update-application.ts'
import { deactivateUser } from '#access/people/status/deactivate-user.ts'
import {
  listPlatformApplications,
  switchPlatformApplication,
} from '#access/platform/applications/platform-applications.ts'
import { setApplicationTerms } from '#access/platform/applications/terms.ts'
import { listAuditEvents } from '#audit/list-events.ts'
import { type CallContext, enterInstance, platformId } from '#src/context.ts'
import { runCommand, setOrganizationStatus } from '../support/access.ts'
import type { TestOrganization } from '../support/app.ts'
import { startListeningApp } from '../support/listening.ts'
import { type LogoutListener, startLogoutListener } from '../support/logout-listener.ts'
import { createPerson } from '../support/people.ts'
import { callback, createRelyingParty, type RelyingParty, type Tokens, type Visited } from '../support/relying-party.ts'
import { type SignedIn, signIn } from '../support/sessions.ts'
import { verifyDomain } from '../support/sign-in.ts'

let app: Awaited<ReturnType<typeof startListeningApp>>
let listener: LogoutListener
let platform: { ctx: CallContext }
let party: RelyingParty
let one: Customer
let other: Customer

type Customer = { organization: TestOrganization; userId: string; session: SignedIn }

async function customer(): Promise<Customer> {
  const organization = await app.createOrganization()
  const userId = await createPerson(organization)
  return { organization, userId, session: await signIn(organization, userId) }
}

beforeAll(async () => {
  app = await startListeningApp()
  listener = await startLogoutListener()
  const { ctx } = await app.createOrganization()
  platform = { ctx: { ...ctx, organizationId: platformId, entry: enterInstance({}) } }
})
afterAll(async () => {
  await listener.close()
  await app.close()
})
beforeEach(async () => {
  listener.tokens.length = 0
  party = await createRelyingParty(app, platform, { backchannelLogoutUri: listener.uri })
  one = await customer()
  other = await customer()
})

const organizationOf = (tokens: Tokens) => (tokens.claims()?.['organization'] as { id: string } | undefined)?.id

const refusalOf = async ({ left, response }: Visited) =>
  left?.searchParams.get('error_description') ?? left?.searchParams.get('error') ?? (await response.text())

describe('signing in', () => {
  test('people of two organizations, by one client id, each in their own', async () => {
    for (const { organization, userId, session } of [one, other]) {
      const tokens = await party.signIn(session.cookie)
      expect([organizationOf(tokens), tokens.claims()?.sub]).toEqual([organization.id, userId])
      const userinfo = await fetch(`${app.origin}/oauth2/userinfo`, {
        headers: { Authorization: `Bearer ${tokens.access_token}` },
      })
      expect(await userinfo.json()).toMatchObject({ sub: userId, organization: { id: organization.id } })
      const refreshed = await refreshTokenGrant(party.config, tokens.refresh_token ?? '')
      expect(organizationOf(refreshed as Tokens)).toBe(organization.id)
    }
  })

  test('without a session the sign-in page asks for the address, or is that of the organization that is meant', async () => {
    await verifyDomain(one.organization, 'northwind.example.com')
    const pageOf = async (parameters: Record<string, string>) => {
      const { at } = await party.visit((await party.begin(parameters)).url)
      return [at.pathname, at.searchParams.get('organization'), at.searchParams.get('login_hint')]
    }
    const { id, slug } = one.organization
    expect(await pageOf({})).toEqual(['/login', '', null])
    expect(await pageOf({ organization: slug })).toEqual(['/login', slug, null])
    expect(await pageOf({ organization: id })).toEqual(['/login', slug, null])
    expect(await pageOf({ domain_hint: 'northwind.example.com' })).toEqual(['/login', slug, null])
    const hint = 'ada@northwind.example.com'
    expect(await pageOf({ login_hint: hint })).toEqual(['/login', slug, hint])
    expect(await pageOf({ organization: 'nobody-has-this' })).toEqual(['/login', '', null])
    expect(await pageOf({ domain_hint: 'elsewhere.example.net' })).toEqual(['/login', '', null])
  })

  test('meant for another organization than the browser is signed in at, it wants a sign-in there', async () => {
    const { url } = await party.begin({ organization: other.organization.slug })
    const { at } = await party.visit(url, one.session.cookie)
    expect([at.pathname, at.searchParams.get('organization')]).toEqual(['/login', other.organization.slug])
    // Whoever comes back as somebody of yet another organization is refused, not sent round in circles.
    const again = await signIn(one.organization, one.userId)
    const back = await party.visit(at.searchParams.get('return_to') ?? '', again.cookie)
    expect(await refusalOf(back)).toContain('another organization')
    const silent = await party.begin({ organization: other.organization.slug, prompt: 'none' })
    expect((await party.visit(silent.url, one.session.cookie)).left?.searchParams.get('error')).toBe('login_required')
    const unknown = await party.begin({ organization: 'nobody-has-this' })
    expect(await refusalOf(await party.visit(unknown.url, one.session.cookie))).toContain('not available')
  })

  test('an application of one organization stays its own', async () => {
    const own = await createRelyingParty(app, one.organization)
    expect(organizationOf(await own.signIn(one.session.cookie))).toBe(one.organization.id)
    const { url } = await own.begin({ organization: other.organization.slug })
    expect(await refusalOf(await own.visit(url, other.session.cookie))).toContain('another organization')
  })
})

describe('whom it serves', () => {
  test.each([
    ['only', () => ({ reach: 'only' as const, organizationIds: [one.organization.id] })],
    ['except', () => ({ reach: 'except' as const, organizationIds: [other.organization.id] })],
  ])('%s: nobody else signs in, and what it held there is gone', async (_, terms) => {
    const before = await party.signIn(other.session.cookie)
    const kept = await party.signIn(one.session.cookie)
    await setApplicationTerms(platform.ctx, party.clientId, terms())
    const { url } = await party.begin()
    expect(await refusalOf(await party.visit(url, other.session.cookie))).toContain('not available')
    expect((await tokenIntrospection(party.config, before.access_token)).active).toBe(false)
    await expect(refreshTokenGrant(party.config, before.refresh_token ?? '')).rejects.toThrow()
    expect((await tokenIntrospection(party.config, kept.access_token)).active).toBe(true)
    expect(organizationOf(await party.signIn(one.session.cookie))).toBe(one.organization.id)
    const named = async ({ organization }: Customer) =>
      (await listPlatformApplications(organization.ctx)).map(({ id }) => id).includes(party.clientId)
    expect([await named(one), await named(other)]).toEqual([true, false])
  })

  test('an organization switches an optional one off for itself, and nobody else notices', async () => {
    const choice = { applicationId: party.clientId, isOn: false }
    await expect(switchPlatformApplication(one.organization.ctx, choice)).rejects.toMatchObject({
      reason: 'not_optional',
    })
    await setApplicationTerms(platform.ctx, party.clientId, { isOptional: true })
    const [mine, theirs] = [await party.signIn(one.session.cookie), await party.signIn(other.session.cookie)]
    await switchPlatformApplication(one.organization.ctx, choice)
    expect((await tokenIntrospection(party.config, mine.access_token)).active).toBe(false)
    expect((await tokenIntrospection(party.config, theirs.access_token)).active).toBe(true)
    const { url } = await party.begin()
    expect(await refusalOf(await party.visit(url, one.session.cookie))).toContain('not available')
    const events = await listAuditEvents(one.organization.ctx, { filter: { targetId: party.clientId }, limit: 10 })
    expect(events.map(({ action }) => action)).toEqual(['application.switch_off'])
    expect(await listAuditEvents(other.organization.ctx, { filter: { targetId: party.clientId }, limit: 10 })).toEqual(
      [],
    )
    await switchPlatformApplication(one.organization.ctx, { ...choice, isOn: true })
    expect(organizationOf(await party.signIn(one.session.cookie))).toBe(one.organization.id)
    // Made mandatory again, an old choice does not count.
    await switchPlatformApplication(one.organization.ctx, choice)
    await setApplicationTerms(platform.ctx, party.clientId, { isOptional: false })
    expect(organizationOf(await party.signIn(one.session.cookie))).toBe(one.organization.id)
  })

  test('what an organization may not: see its secret or addresses, change or delete it', async () => {
    const { ctx } = one.organization
    await expect(
      updateApplication(ctx, { applicationId: party.clientId, redirectUris: ['https://evil.example.com/'] }),
    ).rejects.toMatchObject({ code: 'not_found' })
    await expect(deleteApplication(ctx, party.clientId)).rejects.toMatchObject({ code: 'not_found' })
    const [listed] = (await listPlatformApplications(ctx)).filter(({ id }) => id === party.clientId)
    expect(Object.keys(listed ?? {}).sort()).toEqual(['id', 'isOn', 'isOptional', 'kind', 'name'])
    const own = await createRelyingParty(app, one.organization)
    await expect(switchPlatformApplication(ctx, { applicationId: own.clientId, isOn: false })).rejects.toMatchObject({
      code: 'not_found',
    })
  })
})

describe('the end', () => {
  test.each<[string, (it: Customer) => Promise<unknown>]>([
    ['deactivation', ({ organization, userId }) => deactivateUser(organization.ctx, { userId })],
    ['suspension of the organization', ({ organization }) => setOrganizationStatus(organization.ctx, 'suspended')],
  ])(
    'by %s comes with the very next request, is told to the application, and touches nobody elsewhere',
    async (_, end) => {
      const [mine, theirs] = [await party.signIn(one.session.cookie), await party.signIn(other.session.cookie)]
      await end(one)
      expect((await tokenIntrospection(party.config, mine.access_token)).active).toBe(false)
      await expect(refreshTokenGrant(party.config, mine.refresh_token ?? '')).rejects.toThrow()
      expect((await tokenIntrospection(party.config, theirs.access_token)).active).toBe(true)
      expect(await deliverLogouts(one.organization.ctx)).toEqual({ sent: 1, failed: 0 })
      expect(await deliverLogouts(other.organization.ctx)).toEqual({ sent: 0, failed: 0 })
      const [, payload = ''] = listener.tokens[0]?.split('.') ?? []
      expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({
        ...{ aud: party.clientId, sub: one.userId, sid: one.session.sessionId },
      })
    },
  )

  test('revoked, one is gone; switched off by the platform, all are', async () => {
    const [mine, theirs] = [await party.signIn(one.session.cookie), await party.signIn(other.session.cookie)]
    await tokenRevocation(party.config, mine.refresh_token ?? '')
    expect((await tokenIntrospection(party.config, mine.access_token)).active).toBe(false)
    expect((await tokenIntrospection(party.config, theirs.access_token)).active).toBe(true)
    const again = await party.signIn(one.session.cookie)
    await updateApplication(platform.ctx, { applicationId: party.clientId, status: 'disabled' })
    const rows = await app.owner`select from provider_artifacts where payload ->> 'clientId' = ${party.clientId}
      and organization_id is not null`
    expect(rows).toHaveLength(0)
    await updateApplication(platform.ctx, { applicationId: party.clientId, status: 'active' })
    for (const { access_token: token } of [again, theirs])
      expect((await tokenIntrospection(party.config, token)).active).toBe(false)
  })
})

test('a machine is not for the platform, and says what is', async () => {
  const { createApplication } = await import('#access/applications/create-application.ts')
  await expect(createApplication(platform.ctx, { name: 'Robot', kind: 'machine' })).rejects.toMatchObject({
    message: expect.stringContaining('platform key'),
  })
})

test('by command: registered, served to some, listed', async () => {
  const services = { ...app.services, urls: app.urls }
  const run = (...args: string[]) => runCommand(services, args)
  const made = await run(
    'application',
    'create',
    '--platform',
    '--name',
    'Studio',
    '--redirect-uri',
    callback,
    '--json',
  )
  expect(made.errors).toEqual([])
  const { slug, id } = one.organization
  const served = await run('application', 'serve', '--application', made.json.clientId, '--only', slug, '--optional')
  expect(served.lines).toEqual([`The application ${made.json.clientId} serves only ${id}; they may switch it off`])
  expect((await run('application', 'list', '--platform')).lines.join('\n')).toContain('Studio')
  expect((await run('application', 'list', '--organization', slug)).lines.join('\n')).not.toContain('Studio')
  const nobody = await run('application', 'list')
  expect([nobody.exitCode, nobody.errors.join()]).toEqual([1, expect.stringContaining('--platform')])
})
