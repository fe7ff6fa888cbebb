// `/invitation/{token}`: looking at an invitation does not use it up, accepting it does.
import { type Context, Hono } from 'hono'
import type { Child } from 'hono/jsx'
import { linkAccounts } from '#access/accounts/links/links.ts'
import type { SignedIn } from '#access/accounts/sign-in/complete-sign-in.ts'
import {
  acceptInvitation,
  findInvitation,
  invitationPasskeyQuestion,
  type OpenInvitation,
} from '#access/invitations/accept-invitation.ts'
import { getOwnAccess } from '#access/people/own/own-access.ts'
import { requireSameOrigin } from '#http/origin-check.ts'
import { renderPage } from '#http/pages.ts'
import { type Form, readForm } from '#http/read-form.ts'
import { readSession, userContext } from '#http/session.ts'
import { signOutHere } from '#http/session-ends.ts'
import { sha256 } from '#platform/crypto.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { faultOf, newPasswordOf } from '../login/new-password.tsx'
import { browserOf, type LocalEnv, type LocalServices, refuseToken, showSignedIn } from '../login/shared.tsx'
import { InvitationPage, OtherPersonPage, OverPage, UnknownPage } from './invitation-pages.tsx'

/** Mounted at `/invitation`. */
export function createInvitationPages(services: LocalServices): Hono<LocalEnv> {
  const routes = new Hono<LocalEnv>()
  const sameOrigin = requireSameOrigin({ origin: services.urls.origin })
  const session = readSession(services)

  routes.get('/:token', session, (c) =>
    withOpenInvitation(c, services, (found) => show(c, { found, token: tokenOf(c) })),
  )

  routes.post('/:token/sign-out', sameOrigin, session, async (c) => {
    await signOutHere(c, services)
    return c.redirect(`/invitation/${tokenOf(c)}`, 303)
  })

  routes.post('/:token/question', sameOrigin, session, async (c) => {
    const question = await invitationPasskeyQuestion(services, { token: tokenOf(c), requestId: c.get('requestId') })
    if (question === undefined) throw notFound('Invitation')
    return c.json(question)
  })

  routes.post('/:token', sameOrigin, session, async (c) => {
    const form = await readForm(c)
    return withOpenInvitation(c, services, (found) => accept(c, services, found, form))
  })
  return routes
}

const tokenOf = (c: Context<LocalEnv>): string => c.req.param('token') ?? ''

/** Unknown, over, or opened by somebody else: each has a page of its own. */
async function withOpenInvitation(
  c: Context<LocalEnv>,
  services: LocalServices,
  work: (found: OpenInvitation) => Promise<Response>,
): Promise<Response> {
  const found = await findInvitation(services, { token: tokenOf(c), requestId: c.get('requestId') })
  if (found === undefined) return refuseToken(c, services, () => renderUnknown(c))
  c.set('shownFor', found.account.organization.id)
  if (found.invitation.status !== 'pending')
    return renderPage(c, <OverPage found={found} reference={c.get('requestId')} />, { status: 410 })
  const live = c.get('session')
  // Whoever is signed in at another organization may be the same human: that session stays, beside the one to come.
  const isElsewhere = live !== undefined && live.organizationId !== found.account.organization.id
  if (live === undefined || isElsewhere || live.userId === found.account.userId) return work(found)
  const { name } = await getOwnAccess(userContext(services, live, c.get('requestId')))
  return renderPage(c, <OtherPersonPage found={found} token={tokenOf(c)} userName={name} />, { status: 409 })
}

type Shown = { found: OpenInvitation; token: string; name?: string | undefined; error?: Child }

async function show(c: Context<LocalEnv>, shown: Shown): Promise<Response> {
  const page = <InvitationPage {...shown} elsewhere={await elsewhereOf(c, shown.found)} />
  return renderPage(c, page, { status: shown.error === undefined ? 200 : 422 })
}

/** The organization that the browser is signed in at, where that is another one; said to nobody but who sits at it. */
async function elsewhereOf(c: Context<LocalEnv>, { ctx, account }: OpenInvitation): Promise<string | undefined> {
  const live = c.get('session')
  if (live === undefined || live.organizationId === account.organization.id) return undefined
  const { organization } = await getOwnAccess(userContext(ctx, live, c.get('requestId')))
  return organization.name
}

async function accept(
  c: Context<LocalEnv>,
  services: LocalServices,
  found: OpenInvitation,
  form: Form,
): Promise<Response> {
  const token = tokenOf(c)
  const { name = '', credential } = form
  try {
    const isByPasskey = credential !== undefined && credential !== ''
    const password = isByPasskey ? '' : newPasswordOf(form)
    const isLinking = form['link'] === 'on'
    const browser = browserOf(c, services, isLinking ? '/account/organizations' : '/account')
    const acceptance = { token, name: name.trim() === '' && isByPasskey ? found.invitation.email : name, password }
    const requestId = c.get('requestId')
    const outcome = await acceptInvitation(services, { ...acceptance, credential, browser, requestId })
    if (outcome.kind === 'signed_in' && isLinking) await linkWith(c, services, outcome)
    if (outcome.kind === 'pending' || outcome.kind === 'signed_in') return await showSignedIn(c, services, outcome)
    return await withOpenInvitation(c, services, () => Promise.resolve(renderUnknown(c)))
  } catch (error) {
    return show(c, { found, token, name, error: faultOf(error) })
  }
}

/** Where both have been proven just now; otherwise the page that comes next offers it. */
async function linkWith(c: Context<LocalEnv>, services: LocalServices, { token, userId }: SignedIn): Promise<void> {
  const session = c.get('session')
  if (session === undefined) return
  const other = { tokenHash: sha256(token), userId }
  await linkAccounts(services, { session, other, requestId: c.get('requestId') }).catch((error: unknown) => {
    // The invitation is accepted whatever becomes of the link.
    if (!(error instanceof AppError && error.reason === 'not_linkable')) throw error
  })
}

const renderUnknown = (c: Context<LocalEnv>): Promise<Response> =>
  renderPage(c, <UnknownPage reference={c.get('requestId')} />, { status: 404 })
