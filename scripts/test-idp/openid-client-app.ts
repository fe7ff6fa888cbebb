// A host application without the kit, on openid-client and jose, as products write it that have their own way of signing people in.
import { randomUUID } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { html } from 'hono/html'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import * as openid from 'openid-client'

type Settings = { issuer: string; clientId: string; clientSecret: string; apiKey: string; origin: string }

type Brand = { id: string; slug: string; roles: string[] }
type Person = { sub: string; sid: string; name: string; roles: string[]; brands: Brand[]; idToken: string }

export async function createHostApp({ issuer, clientId, clientSecret, apiKey, origin }: Settings): Promise<Hono> {
  // Development alone needs http.
  const execute = issuer.startsWith('http:') ? [openid.allowInsecureRequests] : []
  const rolecall = await openid.discovery(new URL(issuer), clientId, clientSecret, undefined, { execute })
  const keys = createRemoteJWKSet(new URL(rolecall.serverMetadata().jwks_uri ?? ''))
  // One process, two maps; a product keeps these in its database.
  const [people, begun] = [new Map<string, Person>(), new Map<string, openid.AuthorizationCodeGrantChecks>()]
  const personOf = (c: Context): Person | undefined => people.get(getCookie(c, 'newsroom') ?? '')

  async function mayPublish(sub: string, brand: string): Promise<boolean> {
    const question = {
      subject: { type: 'user', id: sub },
      action: { name: 'content.publish' },
      resource: { type: 'brand', id: brand },
    }
    const headers = { Authorization: `Bearer ${apiKey}`, 'Content-Type': 'application/json' }
    const answer = await fetch(`${issuer}/access/v1/evaluation`, {
      method: 'POST',
      headers,
      body: JSON.stringify(question),
    })
    return ((await answer.json()) as { decision?: boolean }).decision === true
  }

  const app = new Hono()
  app.get('/', async (c) => {
    const person = personOf(c)
    if (person === undefined) return c.html(html`<h1>Newsroom</h1><a href="/sign-in">Sign in</a>`)
    const rows = person.brands.map(async ({ id, slug, roles }) => {
      const decision = (await mayPublish(person.sub, id)) ? 'may publish' : 'may not publish'
      return html`<li>${slug}: ${roles.join(', ')} (${decision})</li>`
    })
    return c.html(html`<h1>Hello ${person.name}</h1><p>Roles: ${person.roles.join(', ') || 'none'}</p>
      <ul>${await Promise.all(rows)}</ul><a href="/sign-out">Sign out</a>`)
  })
  app.get('/sign-in', async (c) => {
    const [state, verifier, nonce] = [openid.randomState(), openid.randomPKCECodeVerifier(), openid.randomNonce()]
    begun.set(state, { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce })
    setCookie(c, 'newsroom-state', state, { httpOnly: true, sameSite: 'Lax', path: '/', maxAge: 600 })
    const challenge = {
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    }
    const request = { redirect_uri: `${origin}/callback`, scope: 'openid profile email', state, nonce, ...challenge }
    return c.redirect(openid.buildAuthorizationUrl(rolecall, request).href)
  })
  app.get('/callback', async (c) => {
    const state = getCookie(c, 'newsroom-state') ?? ''
    const checks = begun.get(state)
    begun.delete(state)
    if (checks === undefined) return c.redirect('/')
    const { search } = new URL(c.req.url)
    const tokens = await openid.authorizationCodeGrant(rolecall, new URL(`${origin}/callback${search}`), checks)
    const id = randomUUID()
    people.set(id, { ...(tokens.claims() as unknown as Person), idToken: tokens.id_token ?? '' })
    setCookie(c, 'newsroom', id, { httpOnly: true, sameSite: 'Lax', path: '/' })
    return c.redirect('/')
  })
  app.get('/sign-out', (c) => {
    const person = personOf(c)
    people.delete(deleteCookie(c, 'newsroom') ?? '')
    const back = { id_token_hint: person?.idToken ?? '', post_logout_redirect_uri: `${origin}/` }
    return c.redirect(person === undefined ? '/' : openid.buildEndSessionUrl(rolecall, back).href)
  })
  // However the session ends at Rolecall, by whomever: here it ends within a second.
  app.post('/backchannel-logout', async (c) => {
    const { logout_token: token } = await c.req.parseBody()
    const expected = { issuer, audience: clientId, typ: 'logout+jwt' }
    const verified = await jwtVerify(String(token), keys, expected).catch(() => undefined)
    if (verified === undefined) return c.body(null, 400)
    for (const [id, { sid }] of people) if (sid === verified.payload['sid']) people.delete(id)
    return c.body(null, 204)
  })
  return app
}
