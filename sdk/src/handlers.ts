// The four requests of a sign-in that the product answers: its beginning, its return, signing out, and being told of an end.
import { beginFlow, type Flow, ownAddress, readAnswer, type SignInOptions } from './authorize.ts'
import { readText } from './body.ts'
import { readCookies, writeCookie } from './cookies.ts'
import { RolecallError, unreached } from './errors.ts'
import type { CookieNamed, Keeper } from './keepers.ts'
import type { OpenId } from './openid.ts'
import type { RolecallSettings } from './rolecall.ts'
import { keptOf } from './sessions.ts'
import { refused } from './verify.ts'

export type Handlers = {
  /** Whether a request is for the kit. */
  serves(method: string, pathname: string): boolean
  /** Answers the requests that are for the kit; undefined for all others. */
  handle(request: Request): Promise<Response | undefined>
  /** Sends the browser to Rolecall. Of the address it takes `organization`, `login_hint`, `prompt` and `return_to`, unless given. */
  signIn(request: Request, options?: SignInOptions): Promise<Response>
  callback(request: Request): Promise<Response>
  /** By POST from a page of your own: ends the session here, and leads to the end of the one at Rolecall. */
  signOut(request: Request): Promise<Response>
  /** Called by Rolecall itself. */
  backchannelLogout(request: Request): Promise<Response>
  /** The answer to somebody who may not: browsers that are not signed in are sent to sign in, and come back. */
  deny(error: RolecallError, request: Request): Response
}

type Parts = { openId: OpenId; keeper: Keeper; cookies: CookieNamed }

type Handler = (request: Request) => Promise<Response>

const flowSeconds = 600

export function createHandlers(settings: RolecallSettings, parts: Parts): Handlers {
  const { paths = {}, redirectUri, onError = plainError } = settings
  const told =
    (handler: Handler): Handler =>
    async (request) => {
      try {
        return await handler(request)
      } catch (error) {
        return onError(error instanceof RolecallError ? error : unreached(error), request)
      }
    }
  const signIn = (request: Request, options?: SignInOptions): Promise<Response> =>
    told(() => begin(settings, parts, options ?? optionsOf(request)))(request)
  const handlers = {
    signIn,
    callback: told((request) => finish(settings, parts, request)),
    signOut: told((request) => leave(settings, parts, request)),
    backchannelLogout: told((request) => hearLogout(parts, request)),
  }
  const { signIn: beginning = '/sign-in', signOut = '/sign-out', backchannelLogout = '/backchannel-logout' } = paths
  const routes = new Map<string, Handler>([
    [`GET ${beginning}`, signIn],
    [`GET ${new URL(redirectUri).pathname}`, handlers.callback],
    [`POST ${signOut}`, handlers.signOut],
    [`POST ${backchannelLogout}`, handlers.backchannelLogout],
  ])
  const routeOf = (method: string, pathname: string): Handler | undefined => routes.get(`${method} ${pathname}`)
  return {
    ...handlers,
    serves: (method, pathname) => routeOf(method, pathname) !== undefined,
    handle: async (request) => routeOf(request.method, new URL(request.url).pathname)?.(request),
    deny: (error, request) => deny(error, request, beginning),
  }
}

function optionsOf({ url }: Request): SignInOptions {
  const asked = new URL(url).searchParams
  const one = (name: string): string | undefined => asked.get(name) ?? undefined
  return {
    organization: one('organization'),
    loginHint: one('login_hint'),
    prompt: one('prompt'),
    returnTo: one('return_to'),
  }
}

async function begin(
  settings: RolecallSettings,
  { openId, cookies }: Parts,
  options: SignInOptions,
): Promise<Response> {
  const { clientId, redirectUri, scope = 'openid profile email' } = settings
  const { url, flow } = await beginFlow(await openId.metadata(), { clientId, redirectUri, scope }, options)
  const sealed = await cookies.seal.close('sign-in', flow, flowSeconds)
  return redirect(url, [writeCookie(flowCookie(cookies, flow.state), sealed, { ...cookies, maxAge: flowSeconds })])
}

/** Each sign-in has its own, so that two tabs do not get in each other's way. */
const flowCookie = ({ name }: CookieNamed, state: string): string =>
  `${name}_${state.replaceAll(/[^\w-]/g, '').slice(0, 16)}`

async function finish(
  settings: RolecallSettings,
  { openId, keeper, cookies }: Parts,
  request: Request,
): Promise<Response> {
  const { redirectUri, issuer } = settings
  const answer = new URL(request.url).searchParams
  const name = flowCookie(cookies, answer.get('state') ?? '')
  const flow = await cookies.seal.open<Flow>('sign-in', readCookies(request).get(name) ?? '')
  if (flow === undefined) throw refused('This sign-in was not begun here, or too long ago')
  const code = readAnswer(answer, issuer, flow)
  const tokens = await openId.redeem(code, { redirectUri, verifier: flow.verifier, nonce: flow.nonce })
  const begun = await keeper.begin(request, keptOf(tokens))
  return redirect(ownAddress(flow.returnTo, redirectUri), [writeCookie(name, '', { ...cookies, maxAge: 0 }), ...begun])
}

async function leave(settings: RolecallSettings, { openId, keeper }: Parts, request: Request): Promise<Response> {
  const { redirectUri, clientId } = settings
  const { origin } = new URL(redirectUri)
  if (isForeign(request, origin))
    throw new RolecallError('forbidden', 'Sign-out is asked for by a page of your own', { status: 403 })
  const found = await keeper.find(request)
  const setCookies = await keeper.drop(request)
  const back = settings.postLogoutRedirectUri ?? `${origin}/`
  if (found === undefined) return redirect(back, setCookies)
  const { end_session_endpoint } = await openId.metadata()
  const asked = { id_token_hint: found.kept.idToken, client_id: clientId, post_logout_redirect_uri: back }
  return redirect(`${end_session_endpoint}?${new URLSearchParams(asked)}`, setCookies)
}

/** Sec-Fetch-Site, where the browser says it, knows better than an Origin that a policy may have taken away. */
function isForeign({ headers }: Request, origin: string): boolean {
  const site = headers.get('sec-fetch-site')
  if (site !== null) return site !== 'same-origin' && site !== 'none'
  return (headers.get('origin') ?? origin) !== origin
}

async function hearLogout({ openId, keeper }: Parts, request: Request): Promise<Response> {
  const text = request.body === null ? '' : await readText(request.body)
  const token = new URLSearchParams(text).get('logout_token') ?? ''
  const { sid } = await openId.readLogoutToken(token)
  await keeper.end(sid)
  return new Response(null, { status: 200, headers: { 'Cache-Control': 'no-store' } })
}

function deny(error: RolecallError, request: Request, signIn: string): Response {
  const isPage = request.method === 'GET' && (request.headers.get('accept') ?? '').includes('text/html')
  if (error.code !== 'unauthenticated' || !isPage) return plainError(error)
  const { pathname, search } = new URL(request.url)
  return redirect(`${signIn}?${new URLSearchParams({ return_to: `${pathname}${search}` })}`, [])
}

function plainError({ message, status = 500 }: RolecallError): Response {
  const retry: Record<string, string> = status === 503 ? { 'Retry-After': '2' } : {}
  const headers = { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store', ...retry }
  return new Response(`${message}\n`, { status, headers })
}

function redirect(location: string, setCookies: readonly string[]): Response {
  const headers = new Headers({ Location: location, 'Cache-Control': 'no-store' })
  for (const cookie of setCookies) headers.append('Set-Cookie', cookie)
  return new Response(null, { status: 303, headers })
}
