// The beginning of a sign-in through a provider: `GET /sign-in/{connectionId}`. What it is for comes along: a page to return
// to, a test, an invitation, or a link that somebody who is signed in asked for.

import { type Context, Hono } from 'hono'
import { isRecent } from '#access/accounts/sign-in/step-up.ts'
import { requireOpen } from '#access/sign-in/finish-sign-in.ts'
import { findInvited } from '#access/sign-in/invited.ts'
import { beginSignIn, type SignInPurpose } from '#access/sign-in/requests.ts'
import { type LiveSession, resolveSession } from '#access/sign-in/sessions/resolve-session.ts'
import { findTest } from '#access/sign-in/test-links.ts'
import { newTrace, refuse, type Trace } from '#access/sign-in/trace.ts'
import type { Connection } from '#connections/sign-in/connections.ts'
import { visitorOf } from '#http/client-address.ts'
import { leaveFor, type Outgoing } from '#http/leave.tsx'
import { readForm } from '#http/read-form.ts'
import { safeTarget } from '#http/return-to.ts'
import { sessionTokenHash } from '#http/session.ts'
import { keepBeside } from '#http/sessions-beside.ts'
import { issueToken } from '#platform/crypto.ts'
import type { CallContext } from '#src/context.ts'
import { withRefusalPage } from '../common/answer-sign-in.tsx'
import { ensureBrowserState } from '../common/browser-state.ts'
import { connectionAt } from '../common/connection-at.ts'
import { loginHintOf } from '../common/login-hint.ts'
import type { SsoEnv, SsoServices } from '../common/services.ts'
import { authorizationUrl } from '../oidc/sign-in.ts'
import { authnRequest, newMessageId, partyOf } from '../saml/service-provider.ts'

type Intent = {
  purpose: SignInPurpose
  userId: string | null
  returnTo: string
  forceAuthn: boolean
  /** Whether only a proof made after this counts; a test only asks for one, to see the provider's page. */
  needsProof: boolean
}

type Asked = {
  connection: Connection
  session: LiveSession | undefined
  returnTo: string
  trace: Trace
  given: Given
}

type Beginning = {
  connection: Connection
  intent: Intent
  loginHint: string | undefined
  /** The session that the new one will take the place of: no browser keeps two (session fixation, and left-overs). */
  replaces: string | undefined
}

/** Mounted at `/sign-in`. */
export function createStart(services: SsoServices): Hono<SsoEnv> {
  const routes = new Hono<SsoEnv>()
  routes.get('/:connectionId', (c) => start(services, c, c.req.query()))
  // A provider or a portal may post what it says (OpenID Connect Core 4); nothing else can be asked for that way.
  routes.post('/:connectionId', async (c) => {
    const { iss, login_hint, target_link_uri } = await readForm(c)
    return start(services, c, { iss, login_hint, target_link_uri })
  })
  return routes
}

/** What stands in the link, or was posted. */
type Given = Readonly<Record<string, string | undefined>>

async function start(services: SsoServices, c: Context<SsoEnv>, given: Given): Promise<Response> {
  const { ctx, connection } = await connectionAt(services, c)
  const trace = newTrace()
  const isTest = given['test'] !== undefined
  const entrance = {
    method: connection.type,
    connectionId: connection.id,
    visitor: visitorOf(c, services.trustedProxies),
    ...{ trace, isTest, isBegun: false },
  }
  return withRefusalPage(c, ctx, entrance, async () => {
    const session = await sessionHere(services, c, ctx)
    entrance.isBegun = session !== undefined
    requireIssuer(connection, given['iss'], trace)
    const isLink = given['link'] !== undefined && session !== undefined
    // Whoever is found at an open browser must not give the account another way in.
    if (isLink && isOurPage(c) && !(await isRecent(ctx, session))) return c.redirect(proofFirst(c), 303)
    const returnTo = safeTarget(given['target_link_uri'] ?? given['return_to'], services.urls.origin)
    const loginHint = loginHintOf(given['login_hint'])
    const intent = await intentOf(c, ctx, { connection, session, returnTo, trace, given })
    requireOpen(connection, intent.purpose, trace)
    // Providers that post across sites do not bring our cookies back, so it is kept before.
    await keepBeside(c, services, ctx.organizationId)
    return leaveFor(c, await begin(services, c, ctx, { connection, intent, loginHint, replaces: session?.sessionId }))
  })
}

/** Who begins a sign-in in the name of a provider has to mean ours (OpenID Connect Core 4). @throws SignInRefused */
function requireIssuer({ type, settings }: Connection, issuer: string | undefined, trace: Trace): void {
  const ours = type === 'oidc' ? settings.issuer : settings.idpEntityId
  if (issuer !== undefined && issuer !== ours)
    refuse(
      trace,
      'issuer',
      `The sign-in was begun for the provider ${issuer.slice(0, 200)}, and this connection is of ${ours}`,
    )
}

const proofOf = (isWanted: boolean) => ({ forceAuthn: isWanted, needsProof: isWanted })

/** What the sign-in is for, by the parameters of its link. */
async function intentOf(c: Context<SsoEnv>, ctx: CallContext, asked: Asked): Promise<Intent> {
  const { connection, session, returnTo, trace } = asked
  const { test, invitation, link, prompt } = asked.given
  const plain = { purpose: 'sign_in', userId: null, returnTo, ...proofOf(prompt === 'login') } as const
  if (test !== undefined) {
    const purpose = await findTest(ctx, connection.id, test)
    if (purpose === undefined) return refuse(trace, 'test_link', 'The link of the test sign-in has expired')
    return { ...plain, purpose, forceAuthn: true }
  }
  if (invitation !== undefined) {
    const userId = await findInvited(ctx, invitation)
    if (userId === undefined) return refuse(trace, 'invitation', 'The invitation was used or cancelled, or has expired')
    return { ...plain, purpose: 'invitation', userId }
  }
  if (link === undefined) return plain
  if (session === undefined) return refuse(trace, 'link_session', 'Whoever asks for a link has to be signed in')
  // What such a session adds would outlive the envelope.
  if (session.method === 'emergency')
    return refuse(trace, 'emergency_account', 'Emergency accounts do not sign in through a provider')
  // Our own page asks, not somebody else's who would like to see their identity linked to this person.
  if (!isOurPage(c)) return refuse(trace, 'link_origin', 'Another site asked for the link')
  return { ...plain, purpose: 'link', userId: session.userId, ...proofOf(true) }
}

const isOurPage = (c: Context<SsoEnv>): boolean =>
  !/^(cross-site|same-site)$/.test(c.req.header('sec-fetch-site') ?? '')

/** To the page where the person proves anew who they are, and back here. */
function proofFirst(c: Context<SsoEnv>): string {
  const { pathname, search } = new URL(c.req.url)
  return `/login/step-up?return_to=${encodeURIComponent(pathname + search)}`
}

/** The live session of this browser in the connection's organization. Providers that post across sites do not bring its cookie. */
async function sessionHere(
  services: SsoServices,
  c: Context<SsoEnv>,
  ctx: CallContext,
): Promise<LiveSession | undefined> {
  const tokenHash = sessionTokenHash(c)
  const session = tokenHash === undefined ? undefined : await resolveSession(services.database, tokenHash)
  return session?.organizationId === ctx.organizationId ? session : undefined
}

/** Keeps what the answer is compared with, and says where the browser goes. */
async function begin(
  services: SsoServices,
  c: Context<SsoEnv>,
  ctx: CallContext,
  beginning: Beginning,
): Promise<Outgoing> {
  const { connection, intent, loginHint, replaces } = beginning
  const { forceAuthn, needsProof, ...kept } = intent
  const secret = { replaces, ...(needsProof ? { provenSince: ctx.clock.now().toISOString() } : {}) }
  const urls = services.urls.connection(connection.id)
  const browser = ensureBrowserState(c, ctx.randomBytes)
  const shared = { ...kept, connectionId: connection.id, browser }
  if (connection.type === 'saml') {
    const id = newMessageId(ctx)
    await beginSignIn(ctx, { ...shared, state: id, secret })
    return authnRequest(partyOf(ctx, connection, urls), { id, forceAuthn })
  }
  const state = issueToken(ctx.randomBytes).plain
  const request = { state, redirectUri: urls.redirectUri, forceAuthn, loginHint }
  const { url, secret: ofProvider } = await authorizationUrl(services.oidc, ctx, connection, request)
  await beginSignIn(ctx, { ...shared, state, secret: { ...ofProvider, ...secret } })
  return { kind: 'redirect', url }
}
