// Sign-ins that the identity provider begins. They arrive by a post across sites, to which browsers give no session cookie;
// so the verified identity waits for a moment, and the browser comes back by a page of ours. If somebody else is signed in
// there by then, it asks before it swaps them.

import { type Context, Hono } from 'hono'
import { signInContext } from '#access/accounts/account/sign-in-context.ts'
import type { SignInAnswer } from '#access/sign-in/finish-sign-in.ts'
import { findIdentityOwner } from '#access/sign-in/identities.ts'
import {
  beginSignIn,
  findSignIn,
  openRequestSecret,
  resolveSignIn,
  type SignInRequest,
} from '#access/sign-in/requests.ts'
import { resolveSession } from '#access/sign-in/sessions/resolve-session.ts'
import { isMessageUsed } from '#access/sign-in/used-messages.ts'
import { redirectOnward } from '#http/onward.tsx'
import { requireSameOrigin } from '#http/origin-check.ts'
import { renderPage } from '#http/pages.ts'
import { sessionTokenHash } from '#http/session.ts'
import { issueToken } from '#platform/crypto.ts'
import { notFound } from '#platform/errors.ts'
import type { CallContext } from '#src/context.ts'
import { answerSignIn } from '../common/answer-sign-in.tsx'
import { ensureBrowserState, isSameBrowser } from '../common/browser-state.ts'
import { SwapPage } from '../common/pages.tsx'
import type { SsoEnv, SsoServices } from '../common/services.ts'

type Unsolicited = Omit<SignInAnswer, 'request'> & { returnTo: string }

/** Keeps the verified sign-in and sends the browser to where it goes on. */
export async function keepUnsolicited(c: Context<SsoEnv>, ctx: CallContext, arrived: Unsolicited): Promise<Response> {
  const { plain: state } = issueToken(ctx.randomBytes)
  const { connectionId, identity, message, trace, visitor, returnTo } = arrived
  await beginSignIn(ctx, {
    ...{ state, connectionId, returnTo },
    purpose: 'approval',
    browser: ensureBrowserState(c, ctx.randomBytes),
    secret: { identity, message, trace, visitor },
  })
  return c.redirect(`/sign-in/continue/${state}`, 303)
}

/** Mounted at `/sign-in/continue`. */
export function createContinuation(services: SsoServices): Hono<SsoEnv> {
  const routes = new Hono<SsoEnv>()
  routes.get('/:state', async (c) => {
    const { ctx, request, kept } = await waiting(services, c)
    const tokenHash = sessionTokenHash(c)
    const session = tokenHash === undefined ? undefined : await resolveSession(services.database, tokenHash)
    if (session === undefined) return finish(c, ctx, request, kept)
    if (await isAgain(ctx, { request, kept, userId: session.userId })) return c.redirect(request.returnTo, 303)
    const name = kept.identity.profile.displayName ?? kept.identity.profile.email ?? kept.identity.subject
    return renderPage(c, <SwapPage action={c.req.path} name={name} />)
  })
  routes.post('/:state', requireSameOrigin({ origin: services.urls.origin }), async (c) => {
    const { ctx, request, kept } = await waiting(services, c)
    const answer = await finish(c, ctx, request, kept)
    const next = answer.headers.get('location')
    return next === null ? answer : redirectOnward(c, next)
  })
  return routes
}

/** Whether the message was used before, by the person who is signed in: by going back, or a repost. */
async function isAgain(
  ctx: CallContext,
  { request, kept, userId }: { request: SignInRequest; kept: Kept; userId: string },
): Promise<boolean> {
  const connectionId = request.connectionId ?? ''
  if (kept.message === null || !(await isMessageUsed(ctx, connectionId, kept.message))) return false
  return (await findIdentityOwner(ctx, { connectionId, subject: kept.identity.subject })) === userId
}

type Kept = Pick<SignInAnswer, 'identity' | 'message' | 'trace' | 'visitor'>

async function waiting(
  services: SsoServices,
  c: Context<SsoEnv>,
): Promise<{ ctx: CallContext; request: SignInRequest; kept: Kept }> {
  const state = c.req.param('state') ?? ''
  const organizationId = await resolveSignIn(services.database, state)
  if (organizationId === undefined) throw notFound('Sign-in')
  const ctx = signInContext(services, organizationId, c.get('requestId'))
  const request = await findSignIn(ctx, state)
  if (request === undefined || request.isOver || request.purpose !== 'approval' || !isSameBrowser(c, request))
    throw notFound('Sign-in')
  return { ctx, request, kept: openRequestSecret(ctx, request) as unknown as Kept }
}

const finish = (c: Context<SsoEnv>, ctx: CallContext, request: SignInRequest, kept: Kept): Promise<Response> =>
  answerSignIn(c, ctx, { ...kept, connectionId: request.connectionId ?? '', request }, 'saml')
