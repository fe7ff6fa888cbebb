// The OpenID Connect endpoints of a connection: callback, back-channel and front-channel logout.

import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { claimSignIn, findSignIn, isTest, openRequestSecret, type SignInRequest } from '#access/sign-in/requests.ts'
import { newTrace, refuse, type Trace } from '#access/sign-in/trace.ts'
import type { OidcConnection } from '#connections/sign-in/connections.ts'
import { visitorOf } from '#http/client-address.ts'
import { readForm } from '#http/read-form.ts'
import { AppError } from '#platform/errors.ts'
import type { CallContext } from '#src/context.ts'
import { answerSignIn, attemptWithoutRequest, withRefusalPage } from '../common/answer-sign-in.tsx'
import { isSameBrowser, readBrowserState } from '../common/browser-state.ts'
import { type At, connectionOfType } from '../common/connection-at.ts'
import type { SsoEnv, SsoServices } from '../common/services.ts'
import { errorIn } from '../oidc/faults.ts'
import { endByLogoutToken, endByProviderSession } from '../oidc/logout.ts'
import { type OidcSecret, verifyCallback } from '../oidc/sign-in.ts'

/** Mounted at `/oidc`. */
export function createOidcRoutes(services: SsoServices): Hono<SsoEnv> {
  const routes = new Hono<SsoEnv>()
  routes.get('/:connectionId/callback', async (c) => callback(services, c, await connectionOfType(services, c, 'oidc')))
  routes.post(
    '/:connectionId/backchannel-logout',
    bodyLimit({
      maxSize: 65_536,
      onError: () => {
        throw new AppError('too_large', 'The logout token is too large')
      },
    }),
    async (c) => backchannelLogout(services, c, await connectionOfType(services, c, 'oidc')),
  )
  routes.get('/:connectionId/frontchannel-logout', async (c) => {
    const { ctx, connection } = await connectionOfType(services, c, 'oidc')
    const { iss, sid } = c.req.query()
    await endByProviderSession(ctx, connection, { issuer: iss, providerSession: sid })
    return c.body('', 200, { 'Content-Type': 'text/plain; charset=utf-8' })
  })
  return routes
}

/** The redirect URI (OpenID Connect Core 3.1.2.5). Nothing is asked of the provider before the state is known to be ours. */
async function callback(
  services: SsoServices,
  c: Context<SsoEnv>,
  { ctx, connection }: At<OidcConnection>,
): Promise<Response> {
  const trace = newTrace()
  const visitor = visitorOf(c, services.trustedProxies)
  const entrance = attemptWithoutRequest({ method: 'oidc', connectionId: connection.id, visitor, trace })
  return withRefusalPage(c, ctx, entrance, async () => {
    const { search } = new URL(c.req.url)
    const parameters = new URLSearchParams(search)
    trace.received = errorIn(parameters)
    const state = readAnswer(parameters, trace)
    const request = await requestOf(c, ctx, connection, state, trace)
    // The same answer again, by going back or by reloading: whoever is signed in by it is led on.
    if (request.isLive) return c.redirect(request.returnTo, 303)
    return withRefusalPage(c, ctx, { ...entrance, isTest: isTest(request.purpose), isBegun: true }, async () => {
      const url = new URL(services.urls.connection(connection.id).redirectUri + search)
      const secret = openRequestSecret(ctx, request) as OidcSecret
      const identity = await verifyCallback(services.oidc, ctx, connection, { url, state, secret, trace })
      return answerSignIn(
        c,
        ctx,
        { connectionId: connection.id, identity, request, isClaimed: true, message: null, visitor, trace },
        'oidc',
      )
    })
  })
}

/** Each parameter once, and either a code or an error. @returns the state. @throws SignInRefused */
function readAnswer(parameters: URLSearchParams, trace: Trace): string {
  for (const name of ['state', 'code', 'error', 'iss', 'response', 'id_token']) {
    if (parameters.getAll(name).length > 1) refuse(trace, 'malformed', `The answer has ${name} more than once`)
  }
  const [state, code, error] = [parameters.get('state'), parameters.get('code'), parameters.get('error')]
  if (state === null || state === '') return refuse(trace, 'state', 'The answer has no state')
  if ((code === null) === (error === null)) refuse(trace, 'malformed', 'The answer has neither code nor error, or both')
  return state
}

async function requestOf(
  c: Context<SsoEnv>,
  ctx: CallContext,
  connection: OidcConnection,
  state: string,
  trace: Trace,
): Promise<SignInRequest> {
  // Used up before the code is tried: a code that is sent twice makes providers revoke what they gave for it.
  const browser = readBrowserState(c)
  const claimed =
    browser === undefined ? undefined : await claimSignIn(ctx, { state, connectionId: connection.id, browser })
  if (claimed !== undefined) return claimed
  const found = await findSignIn(ctx, state)
  if (found === undefined || found.connectionId !== connection.id || !isSameBrowser(c, found))
    return refuse(trace, 'state', 'The answer belongs to no sign-in that this browser began here')
  return found.isLive ? found : refuse(trace, 'replay', 'The sign-in is finished or has expired')
}

/** OpenID Connect Back-Channel Logout 1.0, 2.8: 200 for a logout that was carried out, 400 for a token that is not valid. */
async function backchannelLogout(
  services: SsoServices,
  c: Context<SsoEnv>,
  { ctx, connection }: At<OidcConnection>,
): Promise<Response> {
  try {
    const form = await readForm(c)
    await endByLogoutToken(services.oidc, ctx, connection, form['logout_token'] ?? '')
    return c.body(null, 200)
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'unavailable') throw error
    return c.json({ error: 'invalid_request', error_description: error.message }, 400)
  }
}
