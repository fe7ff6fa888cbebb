// @auth/core, the library under Auth.js and NextAuth, as that of a host application. It knows no back-channel logout, so the
// application asks the userinfo endpoint whether its access token still counts, at every page.
import { randomBytes } from 'node:crypto'
import { textAt } from '#sandbox/json.ts'
import { serveOnLoopback } from '#sandbox/sign-in/loopback.ts'
import { installNpm } from '../foreign-packages.ts'
import { hostChecks, pageWithRoles, registerHost } from './host.ts'
import type { Peer } from './peer.ts'
import { createTenant } from './tenant.ts'

const version = '0.41.3'

type AuthCore = { Auth(request: Request, config: object): Promise<Response>; skipCSRFCheck: symbol }
type Session = { roles?: string[]; idToken?: string } | null
type Endpoints = { userinfo_endpoint: string; end_session_endpoint: string }
type Application = { issuer: string; clientId: string; clientSecret: string; own: string }

export const authCore: Peer = {
  name: 'auth-core',
  title: '@auth/core as host application',
  async start(rolecall) {
    const core = (await installNpm([`@auth/core@${version}`])('@auth/core')) as AuthCore
    const tenant = await createTenant(rolecall, 'auth-core', 'auth-core.example.com')
    const { origin, close } = await serveOnLoopback(async (own) => {
      const made = await registerHost(tenant, {
        redirectUri: `${own}/auth/callback/rolecall`,
        afterSignOut: `${own}/`,
      })
      const [issuer, clientId, clientSecret] = ['issuer', 'clientId', 'clientSecret'].map((name) =>
        textAt(made, name),
      ) as [string, string, string]
      return createApplication(core, { issuer, clientId, clientSecret, own })
    })
    return {
      version,
      checks: hostChecks({
        ...{ tenant, signInUrl: `${origin}/sign-in`, signOutUrl: `${origin}/sign-out`, isTold: true },
        page: pageWithRoles(`${origin}/`),
      }),
      lastWords: tenant.lastAttempts,
      stop: close,
    }
  },
}

async function createApplication({ Auth, skipCSRFCheck }: AuthCore, application: Application) {
  const { issuer, own } = application
  const endpoints = (await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()) as Endpoints
  // What the application does by itself, as the server actions of Auth.js do, comes from no form.
  const config = { ...configOf(application, endpoints), skipCSRFCheck }
  const ask = (path: string, { headers }: Request, fields?: Record<string, string>): Promise<Response> => {
    const cookie = headers.get('cookie') ?? ''
    const body = fields === undefined ? {} : { method: 'POST', body: new URLSearchParams(fields) }
    return Auth(new Request(`${own}/auth/${path}`, { headers: { cookie }, ...body }), config)
  }
  const sessionOf = async (request: Request): Promise<[Session, Response]> => {
    const answer = await ask('session', request)
    return [(await answer.json()) as Session, answer]
  }
  return async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url)
    if (pathname.startsWith('/auth/')) return Auth(request, config)
    if (pathname === '/sign-in') return ask('signin/rolecall', request, { callbackUrl: `${own}/` })
    const [session, answer] = await sessionOf(request)
    if (pathname !== '/sign-out') {
      const text = session === null ? 'Nobody' : `Roles: ${session.roles?.join(', ')}`
      return new Response(text, { headers: cookiesOf(answer) })
    }
    const headers = cookiesOf(await ask('signout', request, {}))
    const back = { id_token_hint: session?.idToken ?? '', post_logout_redirect_uri: `${own}/` }
    headers.set('location', `${endpoints.end_session_endpoint}?${new URLSearchParams(back)}`)
    return new Response(null, { status: 303, headers })
  }
}

const cookiesOf = (answer: Response): Headers =>
  new Headers(answer.headers.getSetCookie().map((cookie): [string, string] => ['set-cookie', cookie]))

type Token = { accessToken?: string; idToken?: string; roles?: string[] }
type Tokens = { access_token: string; id_token: string }

const configOf = ({ issuer, clientId, clientSecret }: Application, { userinfo_endpoint: userinfo }: Endpoints) => ({
  ...{ basePath: '/auth', secret: randomBytes(32).toString('hex'), trustHost: true },
  providers: [
    {
      ...{ id: 'rolecall', name: 'Rolecall', type: 'oidc', issuer, clientId, clientSecret },
      ...{ checks: ['pkce', 'state', 'nonce'], authorization: { params: { scope: 'openid profile email' } } },
    },
  ],
  callbacks: {
    async jwt({ token, account, profile }: { token: Token; account?: Tokens; profile?: { roles?: string[] } }) {
      if (account !== undefined && account !== null) {
        return { ...token, accessToken: account.access_token, idToken: account.id_token, roles: profile?.roles }
      }
      const answer = await fetch(userinfo, { headers: { authorization: `Bearer ${token.accessToken}` } })
      return answer.ok ? token : null
    },
    session: ({ session, token }: { session: object; token: Token }) => ({
      ...session,
      roles: token.roles,
      idToken: token.idToken,
    }),
  },
})
