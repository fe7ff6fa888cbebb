// GET /session: who is signed in, for as long as every condition holds, and not a request longer.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deactivateUser } from '#access/people/status/deactivate-user.ts'
import { reactivateUser } from '#access/people/status/reactivate-user.ts'
import { endSession } from '#access/sign-in/sessions/end-sessions.ts'
import {
  type AccessStage,
  type Client,
  createUser,
  read,
  roleId,
  setOrganizationStatus,
  startStage,
} from '../support/access.ts'
import { type SignedIn, signIn } from '../support/sessions.ts'

let stage: AccessStage

beforeAll(async () => {
  stage = await startStage()
})

afterAll(() => stage.close())

const ask = async (cookie?: string) =>
  read(await stage.request('/session', { headers: cookie === undefined ? {} : { Cookie: cookie } }))

async function person(): Promise<{ client: Client; userId: string; session: SignedIn }> {
  const client = await stage.createClient()
  const userId = await createUser(client, 'amara@example.com')
  return { client, userId, session: await signIn(client, userId) }
}

const owner = (parts: TemplateStringsArray, ...values: string[]) => stage.app.owner(parts, ...values)

describe('a live session', () => {
  test('is described with person, organization, roles, brands and both limits', async () => {
    const { client, userId, session } = await person()
    const brand = await client.post('brands', { slug: 'harbor-lane', name: 'Harbor Lane' })
    const [editor, viewer] = [await roleId(client, 'editor'), await roleId(client, 'viewer')]
    await client.post('assignments', { userId, roleId: viewer, reason: 'Works here' })
    await client.post('assignments', { userId, roleId: editor, brandId: brand.body.id, reason: 'Edits there' })

    const { status, headers, body } = await ask(session.cookie)
    expect(status).toBe(200)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(body).toEqual({
      user: { id: userId, userName: 'amara@example.com', displayName: null, email: 'amara@example.com' },
      organization: { id: client.organizationId, slug: client.slug, name: client.slug },
      connection: null,
      roles: [{ key: 'viewer', name: 'Viewer' }],
      brands: [
        { id: brand.body.id, slug: 'harbor-lane', name: 'Harbor Lane', roles: [{ key: 'editor', name: 'Editor' }] },
      ],
      session: {
        id: session.sessionId,
        method: 'password',
        createdAt: expect.stringMatching(/Z$/),
        expiresAt: expect.stringMatching(/Z$/),
        idleExpiresAt: expect.stringMatching(/Z$/),
        hasSecondFactor: false,
      },
      expiresAt: body.session.idleExpiresAt,
    })
  })
  test('moves its idle limit on by being used, at most to the absolute one', async () => {
    const { session } = await person()
    await owner`update sessions set last_seen_at = now() - interval '30 minutes',
      idle_expires_at = now() + interval '30 minutes' where id = ${session.sessionId}`
    await ask(session.cookie)
    await expect
      .poll(async () => (await ask(session.cookie)).body.session.idleExpiresAt)
      .toSatisfy((at: string) => Date.parse(at) > Date.now() + 55 * 60_000)
  })
})

describe('401 without', () => {
  test('a cookie, or with one that was never given out', async () => {
    for (const cookie of [
      undefined,
      '__Host-rolecall_session=',
      '__Host-rolecall_session=x',
      `__Host-rolecall_session=${'A'.repeat(43)}`,
      `__Host-rolecall_session=${'A'.repeat(3000)}`,
      '__Host-rolecall_session=a"b',
    ]) {
      const { status, headers, body } = await ask(cookie)
      expect(status).toBe(401)
      expect(headers.get('content-type')).toBe('application/problem+json')
      expect(body).toMatchObject({ status: 401, type: 'urn:rolecall:problem:unauthenticated' })
    }
  })
  test('the cookie under its name, once', async () => {
    const { session } = await person()
    expect((await ask(`rolecall_session=${session.token}`)).status).toBe(401)
    expect((await ask(`${session.cookie}; ${session.cookie}`)).status).toBe(401)
    expect((await ask(`other=1; ${session.cookie}`)).status).toBe(200)
  })

  const ends: [string, (it: Awaited<ReturnType<typeof person>>) => Promise<unknown>][] = [
    [
      'a session that was ended',
      ({ client, session }) => endSession(client.ctx, { sessionId: session.sessionId, reason: 'revoked' }),
    ],
    [
      'a session idle for too long (W-029)',
      ({ session }) =>
        owner`update sessions set idle_expires_at = now() - interval '1 second' where id = ${session.sessionId}`,
    ],
    [
      'a session past its absolute end (W-029)',
      ({ session }) =>
        owner`update sessions set expires_at = now() - interval '1 second' where id = ${session.sessionId}`,
    ],
    ['a deactivated person', ({ client, userId }) => deactivateUser(client.ctx, { userId })],
    ['a person of a later epoch', ({ userId }) => owner`update users set epoch = epoch + 1 where id = ${userId}`],
    ['a suspended organization', ({ client }) => setOrganizationStatus(client.ctx, 'suspended')],
    [
      'a person who came back: reactivation revives no session',
      async ({ client, userId }) => {
        await deactivateUser(client.ctx, { userId })
        await reactivateUser(client.ctx, { userId })
      },
    ],
    [
      'an organization that was suspended and resumed: its sessions ended',
      async ({ client }) => {
        await setOrganizationStatus(client.ctx, 'suspended')
        await setOrganizationStatus(client.ctx, 'active')
      },
    ],
  ]
  test.each(ends)('%s', async (_, end) => {
    const it = await person()
    expect((await ask(it.session.cookie)).status).toBe(200)
    await end(it)
    expect((await ask(it.session.cookie)).status).toBe(401)
  })
})

test('W-029: an earlier end that the identity provider wants is the end', async () => {
  const client = await stage.createClient()
  const userId = await createUser(client, 'amara@example.com')
  const notAfter = new Date(Date.now() + 5 * 60_000).toISOString()
  const { body } = await ask((await signIn(client, userId, { notAfter })).cookie)
  expect(body.expiresAt).toBe(notAfter)
  expect(body.session.expiresAt).toBe(notAfter)
})

test('W-003: tokens have 256 bits, none comes twice, and the database holds their hash alone', async () => {
  const client = await stage.createClient()
  const userId = await createUser(client, 'amara@example.com')
  const tokens = new Set<string>()
  for (let count = 0; count < 50; count += 1) {
    const { token } = await signIn(client, userId)
    expect(Buffer.from(token, 'base64url')).toHaveLength(32)
    tokens.add(token)
  }
  expect(tokens.size).toBe(50)
  const rows = await stage.app.owner`select to_jsonb(s)::text as row from sessions s`
  const dump = rows.map(({ row }) => String(row)).join('\n')
  for (const token of tokens) expect(dump).not.toContain(token)
})
