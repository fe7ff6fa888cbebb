// How the kit keeps sessions, with a provider that is scripted: cookies as browsers want them, long sessions, several processes, and
// ends that come while a session is refreshed.
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { beforeEach, describe, expect, test } from 'vitest'
import { ownAddress } from '#sdk/authorize.ts'
import { createRolecall, memoryStore, type Rolecall, type RolecallSettings, type SessionStore } from '#sdk/rolecall.ts'
import { cookieSecret } from '../support/product.ts'

const issuer = 'https://id.example.com'
const clientId = 'app_newsroom'
const product = 'https://news.example.com'
const keys = await generateKeyPair('ES256', { extractable: true })
const jwks = { keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'ES256' }] }

let nonce = ''
let padding = 0
let expiresIn = 600
let refreshes: string[] = []
let issued = 0
/** Called while a refresh is under way. */
let meanwhile: () => Promise<void> = async () => {}

beforeEach(() => {
  padding = 0
  expiresIn = 600
  refreshes = []
  meanwhile = async () => {}
})

const sign = (payload: Record<string, unknown>, typ = 'JWT'): Promise<string> =>
  new SignJWT({ iss: issuer, aud: clientId, sub: 'usr_1', sid: 'ses_1', ...payload })
    .setProtectedHeader({ alg: 'ES256', kid: 'one', typ })
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(keys.privateKey)

const provider: typeof fetch = async (input, init) => {
  const { pathname } = new URL(String(input))
  if (pathname === '/jwks') return Response.json(jwks)
  if (pathname !== '/token')
    return Response.json({
      ...{ issuer, jwks_uri: `${issuer}/jwks`, token_endpoint: `${issuer}/token` },
      ...{ authorization_endpoint: `${issuer}/authorize`, end_session_endpoint: `${issuer}/end` },
    })
  const used = new URLSearchParams(String(init?.body)).get('refresh_token')
  if (used !== null) {
    await meanwhile()
    // Good once, as with Rolecall.
    if (refreshes.includes(used)) return Response.json({ error: 'invalid_grant' }, { status: 400 })
    refreshes.push(used)
  }
  issued += 1
  const idToken = await sign({ nonce, padding: 'x'.repeat(padding) })
  const tokens = { access_token: `access-${issued}`, refresh_token: `refresh-${issued}`, expires_in: expiresIn }
  return Response.json({ id_token: idToken, ...tokens })
}

const kit = (settings: Partial<RolecallSettings> = {}): Rolecall =>
  createRolecall({
    ...{ issuer, clientId, clientSecret: 'rca_1', redirectUri: `${product}/callback`, cookieSecret, fetch: provider },
    ...settings,
  })

const cookiesOf = (lines: readonly string[]): string => lines.map((line) => line.split(';')[0]).join('; ')

const requestWith = (cookie: string): Request => new Request(product, { headers: { Cookie: cookie } })

/** The whole sign-in. @returns Set-Cookie of the callback */
async function signIn(rolecall: Rolecall): Promise<string[]> {
  const begun = await rolecall.signIn(new Request(`${product}/sign-in`))
  const asked = new URL(begun.headers.get('location') ?? '').searchParams
  nonce = asked.get('nonce') ?? ''
  const query = new URLSearchParams({ code: 'code', state: asked.get('state') ?? '', iss: issuer })
  const Cookie = cookiesOf(begun.headers.getSetCookie())
  const answer = await rolecall.callback(new Request(`${product}/callback?${query}`, { headers: { Cookie } }))
  if (answer.status !== 303) throw new Error(await answer.text())
  return answer.headers.getSetCookie()
}

const kept = (lines: readonly string[]): string[] => lines.filter((line) => !line.includes('Max-Age=0'))

const endSession = async (rolecall: Rolecall): Promise<number> => {
  const token = await sign(
    { jti: 'one', events: { 'http://schemas.openid.net/event/backchannel-logout': {} } },
    'logout+jwt',
  )
  const body = new URLSearchParams({ logout_token: token })
  return (await rolecall.backchannelLogout(new Request(`${product}/backchannel-logout`, { method: 'POST', body })))
    .status
}

test.each([
  ['/brands?page=2#top', '/brands?page=2#top'],
  [`${product}/brands`, '/brands'],
  [undefined, '/'],
  ['https://evil.example.net/brands', '/'],
  ['//evil.example.net/brands', '/'],
  ['/.//evil.example.net', '/'],
  ['/\\evil.example.net', '/'],
  ['https://news.example.com.evil.example.net/', '/'],
  ['http://[', '/'],
])('after a sign-in, %s is %s', (address, expected) => {
  expect(ownAddress(address, `${product}/callback`)).toBe(expected)
})

describe('cookies', () => {
  test('are bound to the host, out of reach of scripts, and only go over TLS', async () => {
    const lines = await signIn(kit())
    expect(lines.length).toBe(2)
    for (const line of lines) {
      expect(line).toMatch(/^__Host-rolecall/)
      expect(line.split('; ').slice(1, 5)).toEqual(['Path=/', 'HttpOnly', 'SameSite=Lax', 'Secure'])
    }
    // What is in them is sealed.
    expect(lines.join()).not.toMatch(/refresh-|usr_1/)
  })

  test('of a long session are several, and what is left of a longer one is taken away', async () => {
    const rolecall = kit()
    padding = 5_000
    expiresIn = 30
    const long = kept(await signIn(rolecall))
    expect(long.length).toBe(3)
    expect(long.every((line) => line.length < 4_096)).toBe(true)
    padding = 0
    expiresIn = 600
    const { session, setCookies } = await rolecall.visit(requestWith(cookiesOf(long)))
    expect(session?.claims['padding']).toBe('')
    expect(kept(setCookies).length).toBe(1)
    const gone = setCookies.filter((line) => line.includes('Max-Age=0')).map((line) => line.split('=')[0])
    expect(gone).toEqual(['__Host-rolecall.1', '__Host-rolecall.2'])
    // A part that is missing makes it nobody's session.
    expect((await rolecall.visit(requestWith(cookiesOf(long.slice(0, 2))))).session).toBeUndefined()
  })

  test('of a session that is too long for them ask for a store', async () => {
    padding = 9_000
    await expect(signIn(kit())).rejects.toThrow(/give a store/)
    expect(kept(await signIn(kit({ store: memoryStore() }))).length).toBe(1)
  })

  test('that an older secret has sealed still open, and those of a stranger do not', async () => {
    const cookie = cookiesOf(kept(await signIn(kit())))
    const newer = 'another secret of the tests, as long as the first'
    const subject = async (secrets: string[]) =>
      (await kit({ cookieSecret: secrets }).visit(requestWith(cookie))).session?.claims.sub
    expect([await subject([newer, cookieSecret]), await subject([newer])]).toEqual(['usr_1', undefined])
    expect(() => kit({ cookieSecret: 'short' })).toThrow(/32/)
  })
})

/** A store that two processes share, with the lock that a database has. */
function sharedStore(): SessionStore {
  const queues = new Map<string, Promise<unknown>>()
  return {
    ...memoryStore(),
    lock: async (id, work) => {
      const turn = (queues.get(id) ?? Promise.resolve()).then(work, work)
      queues.set(id, turn)
      return turn
    },
  }
}

describe('refreshing', () => {
  test('two processes that share a store refresh once', async () => {
    const store = sharedStore()
    const [one, other] = [kit({ store }), kit({ store })]
    expiresIn = 30
    const cookie = cookiesOf(kept(await signIn(one)))
    expiresIn = 600
    const visits = await Promise.all([one, other, one, other].map((process) => process.visit(requestWith(cookie))))
    expect(visits.map(({ session }) => session?.claims.sub)).toEqual(Array(4).fill('usr_1'))
    expect(refreshes.length).toBe(1)
  })

  test.each<[string, () => Partial<RolecallSettings>]>([
    ['cookies', () => ({})],
    ['a store', () => ({ store: memoryStore() })],
  ])('a session in %s that ends meanwhile stays ended', async (_, settings) => {
    const rolecall = kit(settings())
    expiresIn = 30
    const cookie = cookiesOf(kept(await signIn(rolecall)))
    meanwhile = async () => {
      expect(await endSession(rolecall)).toBe(200)
    }
    const visit = await rolecall.visit(requestWith(cookie))
    expect(visit.session).toBeUndefined()
    expect(kept(visit.setCookies)).toEqual([])
    expect((await rolecall.visit(requestWith(cookie))).session).toBeUndefined()
  })

  test('where no cookie can be set, a session in cookies is not refreshed, and one in a store is', async () => {
    for (const [settings, expected] of [
      [{}, undefined],
      [{ store: memoryStore() }, 'usr_1'],
    ] as const) {
      const rolecall = kit(settings)
      expiresIn = 30
      const cookie = cookiesOf(kept(await signIn(rolecall)))
      expiresIn = 600
      refreshes = []
      const { session } = await rolecall.visit(requestWith(cookie), { isReadOnly: true })
      expect([session?.claims.sub, refreshes.length]).toEqual([expected, expected === undefined ? 0 : 1])
    }
  })
})

test('a store holds nothing that opens a session: ids are hashes, and what is under them is sealed', async () => {
  const written: string[] = []
  const inner = memoryStore()
  const store: SessionStore = {
    ...inner,
    create: async (id, text, about) => {
      written.push(id, text)
      await inner.create(id, text, about)
    },
  }
  const rolecall = kit({ store })
  const cookie = cookiesOf(kept(await signIn(rolecall)))
  const [id = '', text = ''] = written
  expect(cookie).not.toContain(id)
  expect((await rolecall.visit(requestWith(`__Host-rolecall=${id}`))).session).toBeUndefined()
  expect((await kit().visit(requestWith(`__Host-rolecall=1~${text}`))).session).toBeUndefined()
  expect((await rolecall.visit(requestWith(cookie))).session?.claims.sub).toBe('usr_1')
})
