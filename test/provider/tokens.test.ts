// What codes and tokens are worth: once, to the application that they are for, while the session lives (RFC 9700).
import {
  authorizationCodeGrant,
  ClientSecretPost,
  Configuration,
  fetchUserInfo,
  randomPKCECodeVerifier,
  refreshTokenGrant,
  tokenIntrospection,
  tokenRevocation,
} from 'openid-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deleteApplication } from '#access/applications/delete-application.ts'
import { rotateApplicationSecret } from '#access/applications/rotate-application-secret.ts'
import { updateApplication } from '#access/applications/update-application.ts'
import { deactivateUser } from '#access/people/status/deactivate-user.ts'
import { reactivateUser } from '#access/people/status/reactivate-user.ts'
import { endSession } from '#access/sign-in/sessions/end-sessions.ts'
import { setOrganizationStatus } from '../support/access.ts'
import { startTestApp, type TestOrganization } from '../support/app.ts'
import { listen, startListeningApp } from '../support/listening.ts'
import { createPerson } from '../support/people.ts'
import { createRelyingParty, type RelyingParty, type Tokens } from '../support/relying-party.ts'
import { type SignedIn, signIn } from '../support/sessions.ts'

let app: Awaited<ReturnType<typeof startListeningApp>>

beforeAll(async () => {
  app = await startListeningApp()
})

afterAll(() => app.close())

type Stage = { organization: TestOrganization; userId: string; session: SignedIn; party: RelyingParty }

async function stage(): Promise<Stage> {
  const organization = await app.createOrganization()
  const userId = await createPerson(organization)
  const session = await signIn(organization, userId)
  return { organization, userId, session, party: await createRelyingParty(app, organization) }
}

const owner = (parts: TemplateStringsArray, ...values: string[]) => app.owner(parts, ...values)

const invalidGrant = expect.objectContaining({ error: 'invalid_grant' })

describe('a code', () => {
  const begun = async () => {
    const it = await stage()
    const flow = await it.party.begin()
    const { left } = await it.party.visit(flow.url, it.session.cookie)
    return { ...it, flow, left: left as URL }
  }
  test('counts once; whoever tries it again ends what it was worth', async () => {
    const { party, flow, left, userId } = await begun()
    const tokens = await party.finish(flow, left)
    await expect(party.finish(flow, left)).rejects.toEqual(invalidGrant)
    await expect(fetchUserInfo(party.config, tokens.access_token, userId)).rejects.toThrow()
    await expect(refreshTokenGrant(party.config, tokens.refresh_token ?? '')).rejects.toEqual(invalidGrant)
  })
  test('counts once of twenty at once', async () => {
    const { party, flow, left } = await begun()
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => party.finish(flow, left)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })
  test('needs the verifier', async () => {
    const { party, flow, left } = await begun()
    await expect(party.finish({ ...flow, verifier: randomPKCECodeVerifier() }, left)).rejects.toEqual(invalidGrant)
  })
  test('needs the same redirect URI', async () => {
    const { party, flow, left } = await begun()
    const other = new URL(left)
    other.pathname = '/elsewhere'
    await expect(party.finish(flow, other)).rejects.toEqual(invalidGrant)
  })
  test('is not for another application', async () => {
    const { organization, flow, left } = await begun()
    const other = await createRelyingParty(app, organization)
    await expect(other.finish(flow, left)).rejects.toEqual(invalidGrant)
  })
  test('needs the secret', async () => {
    const { party, flow, left } = await begun()
    const wrong = new Configuration(
      party.config.serverMetadata(),
      party.clientId,
      {},
      ClientSecretPost('rca_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'),
    )
    const { allowInsecureRequests } = await import('openid-client')
    allowInsecureRequests(wrong)
    const checks = { pkceCodeVerifier: flow.verifier, expectedState: flow.state, expectedNonce: flow.nonce }
    await expect(authorizationCodeGrant(wrong, left, checks)).rejects.toMatchObject({ error: 'invalid_client' })
    expect((await party.finish(flow, left)).access_token).toEqual(expect.any(String))
  })
  test('runs out after a minute', async () => {
    const { party, flow, left } = await begun()
    await owner`update provider_artifacts set expires_at = now() where model = 'AuthorizationCode'`
    await expect(party.finish(flow, left)).rejects.toEqual(invalidGrant)
  })
  test('dies with the session before it is used', async () => {
    const { organization, party, flow, left, session } = await begun()
    await endSession(organization.ctx, { sessionId: session.sessionId, reason: 'revoked' })
    await expect(party.finish(flow, left)).rejects.toEqual(invalidGrant)
  })
})

describe('a refresh token', () => {
  test('is replaced by each use, and the use of an old one ends them all', async () => {
    const { session, party, userId } = await stage()
    const first = await party.signIn(session.cookie)
    const second = await refreshTokenGrant(party.config, first.refresh_token ?? '')
    expect(second.refresh_token).not.toBe(first.refresh_token)
    expect(second.claims()?.sub).toBe(userId)
    expect((await fetchUserInfo(party.config, second.access_token, userId)).sub).toBe(userId)
    await expect(refreshTokenGrant(party.config, first.refresh_token ?? '')).rejects.toEqual(invalidGrant)
    await expect(refreshTokenGrant(party.config, second.refresh_token ?? '')).rejects.toEqual(invalidGrant)
  })
  test('of twenty uses at once one succeeds', async () => {
    const { session, party } = await stage()
    const { refresh_token: token = '' } = await party.signIn(session.cookie)
    const uses = Array.from({ length: 20 }, () => refreshTokenGrant(party.config, token))
    const outcomes = await Promise.allSettled(uses)
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(1)
  })
  test('keeps a session from running idle: whoever works in the application is there', async () => {
    const { session, party } = await stage()
    const tokens = await party.signIn(session.cookie)
    await owner`update sessions set last_seen_at = now() - interval '50 minutes',
      idle_expires_at = now() + interval '10 minutes' where id = ${session.sessionId}`
    await refreshTokenGrant(party.config, tokens.refresh_token ?? '')
    const [row] = await owner`select idle_expires_at > now() + interval '55 minutes' as moved from sessions
      where id = ${session.sessionId}`
    expect(row?.['moved']).toBe(true)
  })
  test('is not for another application', async () => {
    const { organization, session, party } = await stage()
    const { refresh_token: token = '' } = await party.signIn(session.cookie)
    const other = await createRelyingParty(app, organization)
    await expect(refreshTokenGrant(other.config, token)).rejects.toEqual(invalidGrant)
  })
  test('tells roles as they are now', async () => {
    const { organization, session, party, userId } = await stage()
    const { refresh_token: token = '' } = await party.signIn(session.cookie)
    const { giveRole } = await import('../support/people.ts')
    await giveRole(organization, { userId, role: 'editor' })
    expect((await refreshTokenGrant(party.config, token)).claims()?.['roles']).toEqual(['editor'])
  })
})

describe('introspection and revocation', () => {
  test('tell an application of its own tokens, and no other', async () => {
    const { organization, session, party, userId } = await stage()
    const tokens = await party.signIn(session.cookie)
    const mine = await tokenIntrospection(party.config, tokens.access_token)
    expect(mine).toMatchObject({ active: true, sub: userId, client_id: party.clientId, iss: app.origin })
    expect(mine).not.toHaveProperty('jti')
    expect((await tokenIntrospection(party.config, tokens.refresh_token ?? '')).active).toBe(true)
    const other = await createRelyingParty(app, organization)
    expect(await tokenIntrospection(other.config, tokens.access_token)).toEqual({ active: false })
    expect(await tokenIntrospection(party.config, 'nothing')).toEqual({ active: false })
  })
  test('revoking a refresh token ends the access tokens of its grant; another application cannot', async () => {
    const { organization, session, party, userId } = await stage()
    const tokens = await party.signIn(session.cookie)
    const other = await createRelyingParty(app, organization)
    await tokenRevocation(other.config, tokens.refresh_token ?? '')
    expect((await tokenIntrospection(party.config, tokens.refresh_token ?? '')).active).toBe(true)
    await tokenRevocation(party.config, tokens.refresh_token ?? '')
    await expect(fetchUserInfo(party.config, tokens.access_token, userId)).rejects.toThrow()
    await expect(refreshTokenGrant(party.config, tokens.refresh_token ?? '')).rejects.toEqual(invalidGrant)
  })
})

describe('everything dies, on every node, with the very next request, by', () => {
  let other: Awaited<ReturnType<typeof startTestApp>>
  let node: Awaited<ReturnType<typeof listen>>
  beforeAll(async () => {
    // A second node on the same database, with the same public origin.
    other = await startTestApp({ databaseUrl: app.databaseUrl, ownerUrl: app.ownerUrl, origin: app.origin })
    node = await listen(() => other)
  })
  afterAll(async () => {
    await node.close()
    await other.close()
  })

  /** The same provider, reached by way of the other node. */
  const elsewhere = (party: RelyingParty): Configuration => {
    const metadata = party.config.serverMetadata()
    const moved = Object.entries(metadata).map(([name, value]) => [
      name,
      typeof value === 'string' && name !== 'issuer' ? value.replace(app.origin, node.origin) : value,
    ])
    return new Configuration(Object.fromEntries(moved), party.clientId, party.clientSecret)
  }

  const expectDead = async (it: Stage, tokens: Tokens): Promise<void> => {
    const { allowInsecureRequests } = await import('openid-client')
    const configs = [it.party.config, elsewhere(it.party)]
    for (const config of configs) {
      allowInsecureRequests(config)
      await expect(refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toThrow()
      await expect(fetchUserInfo(config, tokens.access_token, it.userId)).rejects.toThrow()
      const introspected = await tokenIntrospection(config, tokens.access_token).catch(() => ({ active: false }))
      expect(introspected.active).toBe(false)
    }
  }

  const ends: [string, (it: Stage) => Promise<unknown>][] = [
    ['deactivation', ({ organization, userId }) => deactivateUser(organization.ctx, { userId })],
    [
      'deactivation and reactivation',
      async ({ organization, userId }) => {
        await deactivateUser(organization.ctx, { userId })
        await reactivateUser(organization.ctx, { userId })
      },
    ],
    [
      'the end of the session',
      ({ organization, session }) => endSession(organization.ctx, { sessionId: session.sessionId, reason: 'revoked' }),
    ],
    [
      'its idle limit, before anybody has noticed',
      ({ session }) => owner`update sessions set idle_expires_at = now() where id = ${session.sessionId}`,
    ],
    [
      'its absolute limit',
      ({ session }) => owner`update sessions set expires_at = now() where id = ${session.sessionId}`,
    ],
    ['a later epoch of the person', ({ userId }) => owner`update users set epoch = epoch + 1 where id = ${userId}`],
    ['suspension of the organization', ({ organization }) => setOrganizationStatus(organization.ctx, 'suspended')],
    [
      'switching the application off and on',
      async ({ organization, party }) => {
        await updateApplication(organization.ctx, { applicationId: party.clientId, status: 'disabled' })
        await updateApplication(organization.ctx, { applicationId: party.clientId, status: 'active' })
      },
    ],
    ['deletion of the application', ({ organization, party }) => deleteApplication(organization.ctx, party.clientId)],
  ]
  test.each(ends)('%s', async (_, end) => {
    const it = await stage()
    const tokens = await it.party.signIn(it.session.cookie)
    expect((await tokenIntrospection(it.party.config, tokens.access_token)).active).toBe(true)
    await end(it)
    await expectDead(it, tokens)
  })

  test('and nothing dies with the session of somebody else, or another one of the same person', async () => {
    const it = await stage()
    const tokens = await it.party.signIn(it.session.cookie)
    const second = await signIn(it.organization, it.userId)
    await endSession(it.organization.ctx, { sessionId: second.sessionId, reason: 'revoked' })
    expect((await refreshTokenGrant(it.party.config, tokens.refresh_token ?? '')).claims()?.sub).toBe(it.userId)
  })
})

test('a new secret takes the place of the old one at once; tokens go on', async () => {
  const { organization, session, party } = await stage()
  const tokens = await party.signIn(session.cookie)
  const secret = await rotateApplicationSecret(organization.ctx, party.clientId)
  await expect(refreshTokenGrant(party.config, tokens.refresh_token ?? '')).rejects.toMatchObject({
    error: 'invalid_client',
  })
  const { allowInsecureRequests } = await import('openid-client')
  const renewed = new Configuration(party.config.serverMetadata(), party.clientId, secret)
  allowInsecureRequests(renewed)
  expect((await refreshTokenGrant(renewed, tokens.refresh_token ?? '')).access_token).toEqual(expect.any(String))
})

test('W-037, C-003: a dump of the database holds nothing that could be presented', async () => {
  const { organization, session, party } = await stage()
  const waiting = await party.visit((await party.begin()).url)
  const flow = await party.begin()
  const { left } = await party.visit(flow.url, session.cookie)
  const unused = await party.visit((await party.begin()).url, session.cookie)
  const tokens = await party.finish(flow, left)
  const renewed = await refreshTokenGrant(party.config, tokens.refresh_token ?? '')

  const tables = await app.owner`select table_name as name from information_schema.tables where table_schema = 'public'
    and table_type = 'BASE TABLE'`
  const dumps = await Promise.all(
    tables.map(({ name }) => app.owner`select to_jsonb(t)::text as row from ${app.owner(String(name))} t`),
  )
  const dump = dumps
    .flat()
    .map(({ row }) => String(row))
    .join('\n')
  expect(dump).toContain(session.tokenHash)
  expect(dump).toContain(organization.id)
  const secrets = {
    secret: party.clientSecret,
    session: session.token,
    usedCode: left?.searchParams.get('code'),
    code: unused.left?.searchParams.get('code'),
    access: tokens.access_token,
    refresh: tokens.refresh_token,
    secondRefresh: renewed.refresh_token,
    secondAccess: renewed.access_token,
    waiting: waiting.at.searchParams.get('return_to')?.split('/').at(-1),
  }
  for (const [name, secret] of Object.entries(secrets)) {
    expect(secret, name).toEqual(expect.any(String))
    expect(dump.includes(secret as string), name).toBe(false)
  }
  const { keys } = (await (await fetch(`${app.origin}/oauth2/jwks`)).json()) as { keys: { kid: string }[] }
  expect(dump).toContain(keys[0]?.kid)
  expect(dump).not.toMatch(/"d": ?"/)
  const log = app.log.lines.join('\n')
  for (const [name, secret] of Object.entries(secrets)) {
    if (name !== 'waiting') expect(log.includes(secret as string), name).toBe(false)
  }
})
