// Rolecall as an OpenID provider (OpenID Connect Core 1.0, Discovery 1.0, RFC 7009, RFC 7662, RFC 9207). oidc-provider does the
// protocol; who is signed in, and what a page looks like, is ours.
import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { type Context, Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import {
  continuationPath,
  dropWaitingRequest,
  findWaitingRequest,
  type WaitingRequest,
} from '#access/applications/authorization-requests.ts'
import { type ClientReader, createClientReader } from '#access/applications/clients.ts'
import type { AppEnv } from '#http/env.ts'
import { renderPage } from '#http/pages.ts'
import { readSession } from '#http/session.ts'
import { sessionsBeside } from '#http/sessions-beside.ts'
import { ErrorPage } from '#http/ui/error-page.tsx'
import { notFound } from '#platform/errors.ts'
import { innerCookieName, routes } from './configuration.ts'
import { createConfirmation } from './confirmation.tsx'
import { createDevice } from './device.tsx'
import { createEngine, type Engine, type ProviderServices } from './engine.ts'
import { createLogout } from './logout.tsx'
import { meantOrganization } from './meant-organization.ts'
import { beginVisit, type Failure, type Visit } from './visits.ts'

const discovery = ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server']

/** A request that waits is kept as it is. */
const maxUrlLength = 8_192

/** Endpoints that applications call by themselves: no browser, no session. */
const direct = [routes.token, routes.userinfo, routes.jwks, routes.introspection, routes.revocation]

/** @returns an app to be mounted at `/` */
export function createProvider(services: ProviderServices): Hono<AppEnv> {
  const { database } = services
  const clients = createClientReader(services)
  const engine = createEngine(services, clients)
  const session = readSession(services)
  const provider = new Hono<AppEnv>()
  for (const path of [...discovery, ...direct]) provider.all(path, (c) => pass(c, services, engine))
  provider.get(routes.authorization, session, async (c) => {
    await chooseSession(c, services, clients)
    return pass(c, services, engine)
  })
  provider.post(routes.authorization, postedRequest)
  provider.get(`${continuationPath('')}:uid`, session, async (c) => {
    const uid = c.req.param('uid') ?? ''
    const request = await findWaitingRequest(database, uid)
    if (request === undefined) return renderFailure(c, expired)
    await chooseSession(c, services, clients, request.params)
    if (c.get('session') === undefined) return c.redirect(`/login?return_to=${encodeURIComponent(c.req.path)}`, 303)
    await dropWaitingRequest(database, uid)
    return pass(c, services, engine, request)
  })
  const choose = (c: Context<AppEnv>, params: WaitingRequest['params']) => chooseSession(c, services, clients, params)
  provider.route('/', createConfirmation(services, { clients, session, choose }))
  const passDevice = async (c: Context<AppEnv>) => {
    const { visit, status } = await carry(c, services, engine)
    return visit.device ?? (visit.failure === undefined ? alreadySent(status) : renderFailure(c, visit.failure))
  }
  provider.route('/', createDevice(services, { clients, session, pass: passDevice }))
  provider.route('/', createLogout(services, clients, session))
  return provider
}

/** Of the sessions in the browser, the one of the organization that the request means; the current one where it means none. */
async function chooseSession(
  c: Context<AppEnv>,
  services: ProviderServices,
  clients: ClientReader,
  params: Readonly<Record<string, string | undefined>> = c.req.query(),
): Promise<void> {
  const client = await clients.find(params['client_id'] ?? '')
  if (client === undefined) return
  const meant = await meantOrganization(services, clients, { client, params: pick(params) })
  if (meant === undefined || meant.id === c.get('session')?.organizationId) return
  const beside = (await sessionsBeside(c, services)).find(({ organizationId }) => organizationId === meant.id)
  if (beside !== undefined) c.set('session', beside)
}

/** A hint leads to a page of sign-in; only a name chooses among sessions. */
const pick = ({ organization }: Readonly<Record<string, string | undefined>>) => ({ organization })

/**
 * An authorization request by POST (OpenID Connect Core 3.1.2.1) goes on as one by GET: browsers send no session cookie with a form
 * of another site, but with the redirect that answers it.
 */
async function postedRequest(c: Context<AppEnv>): Promise<Response> {
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(c.req.header('content-type') ?? '')
  if (!isForm || Number(c.req.header('content-length') ?? 0) > maxUrlLength) return renderFailure(c, malformed)
  const parameters = new URLSearchParams(await c.req.text()).toString()
  if (parameters.length > maxUrlLength) return renderFailure(c, malformed)
  return c.redirect(`${routes.authorization}?${parameters}`, 303)
}

/** Lets oidc-provider answer, on the connection itself. @param waiting the request to carry out in place of this one */
async function pass(
  c: Context<AppEnv>,
  services: ProviderServices,
  engine: Engine,
  waiting?: WaitingRequest,
): Promise<Response> {
  // PostgreSQL keeps no NUL, and nothing that OAuth knows has one, or is that long.
  if (/%00/.test(c.req.url) || c.req.url.length > maxUrlLength) return renderFailure(c, malformed)
  const { visit, status } = await carry(c, services, engine, waiting)
  return visit.failure === undefined ? alreadySent(status) : renderFailure(c, visit.failure)
}

/** An older session beside the current one is no proof of who is there now. */
async function newestProofOf(c: Context<AppEnv>, services: ProviderServices): Promise<string | null> {
  const sessions = [c.get('session') ?? [], await sessionsBeside(c, services)].flat()
  return (
    sessions
      .map(({ authenticatedAt }) => authenticatedAt)
      .toSorted()
      .at(-1) ?? null
  )
}

/** A clone is a Response of the platform: @hono/node-server does not look for the mark on its own kind. */
const alreadySent = (status: number): Response =>
  new Response(null, { status, headers: RESPONSE_ALREADY_SENT.headers }).clone()

/** @throws AppError not_found without a connection, unavailable */
async function carry(
  c: Context<AppEnv>,
  services: ProviderServices,
  engine: Engine,
  waiting?: WaitingRequest,
): Promise<{ visit: Visit; status: number }> {
  const { incoming, outgoing } = (c.env ?? {}) as Partial<HttpBindings>
  // It writes on the connection, so a request needs one.
  if (incoming === undefined || outgoing === undefined) throw notFound('Page')
  const answer = await engine.current()
  const session = c.get('session')
  // Before the cookies are those of the provider alone.
  const newestProof = await newestProofOf(c, services)
  const { host, protocol } = new URL(services.urls.provider.issuer)
  Object.assign(incoming.headers, { 'x-forwarded-host': host, 'x-forwarded-proto': protocol.slice(0, -1) })
  incoming.headers.cookie = session === undefined ? '' : `${innerCookieName}=${session.sessionId}`
  if (waiting !== undefined) incoming.url = `${routes.authorization}?${new URLSearchParams(waiting.params)}`
  for (const [name, value] of Object.entries(c.get('frame'))) outgoing.setHeader(name, value)
  const visit = beginVisit(incoming, { session, newestProof }, waiting)
  await answer(incoming, outgoing)
  return { visit, status: outgoing.statusCode }
}

const expired: Failure = { status: 400, code: 'expired', description: undefined }

const malformed: Failure = {
  status: 400,
  code: 'invalid_request',
  description: 'the request is too long or holds what no parameter may hold',
}

/** What went wrong between an application and us, for the person who is in between. */
function renderFailure(c: Context<AppEnv>, { status, code, description }: Failure): Promise<Response> {
  const page = ErrorPage({
    title: 'This sign-in cannot go on',
    advice:
      'Go back to the application and start again. If it happens again, give the reference below to your administrator.',
    ...(code === 'expired' ? { detail: 'It waited too long, or was finished already.' } : {}),
    ...(description === undefined ? {} : { detail: `${code}: ${description}` }),
    reference: c.get('requestId'),
  })
  return renderPage(c, page, { status: status as ContentfulStatusCode })
}
