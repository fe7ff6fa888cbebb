// What people see of themselves: their session as JSON, their access, their sessions, the way out.
import { type Context, Hono } from 'hono'
import { isNewInstallation } from '#access/organizations/first-administrator.ts'
import { getOwnAccess } from '#access/people/own/own-access.ts'
import { listOwnChanges } from '#access/people/own/own-changes.ts'
import { listOwnTeams } from '#access/people/own/own-teams.ts'
import { getOwnRequest, requestAccess } from '#access/people/own/request-access.ts'
import { listOwnReviews } from '#access/reviews/lines/own-lines.ts'
import { endOwnSession, endOwnSessions, listOwnSessions } from '#access/sign-in/sessions/own-sessions.ts'
import type { AppEnv } from '#http/env.ts'
import { postAway } from '#http/leave.tsx'
import { requireSameOrigin } from '#http/origin-check.ts'
import { renderPage } from '#http/pages.ts'
import { readForm } from '#http/read-form.ts'
import { requireMadeHere, requireSession } from '#http/require-session.tsx'
import { ownContext, readSession, sessionOf, userContext } from '#http/session.ts'
import { forgetSession, signOutHere, tellApplications } from '#http/session-ends.ts'
import { sessionsBeside } from '#http/sessions-beside.ts'
import { SignedOutPage } from '#http/ui/signed-out-page.tsx'
import { AppError } from '#platform/errors.ts'
import type { CallContext } from '#src/context.ts'
import { AccessPage } from './access-page.tsx'
import type { AccountServices } from './env.ts'
import { LeavingPage } from './leaving-page.tsx'
import { createOrganizationPages } from './organizations.tsx'
import { createReviewPages } from './reviews.tsx'
import { answerSession } from './session-json.ts'
import { SessionsPage } from './sessions-page.tsx'
import { createTaskPages } from './tasks.tsx'
import { createTeamPages } from './teams.tsx'

/** @returns an app to be mounted at `/` */
export function createAccount(services: AccountServices): Hono<AppEnv> {
  const account = new Hono<AppEnv>()
  account.get('/', readSession(services), async (c) => {
    const session = c.get('session')
    if (session === undefined) return c.redirect((await isNewInstallation(services)) ? '/first' : '/account', 303)
    const { isManager } = await getOwnAccess(userContext(services, session, c.get('requestId')))
    return c.redirect(isManager ? '/console' : '/account', 303)
  })
  account.get('/session', answerSession(services))
  account.get('/signed-out', async (c) => {
    const isElsewhere = (await sessionsBeside(c, services)).length > 0
    return renderPage(c, <SignedOutPage isElsewhere={isElsewhere} />)
  })
  account.route('/account/organizations', createOrganizationPages(services))
  account.route('/account/reviews', createReviewPages(services))
  account.route('/account/tasks', createTaskPages(services))
  account.route('/account/teams', createTeamPages(services))
  account.route('/account', createPages(services))
  return account
}

function createPages(services: AccountServices): Hono<AppEnv> {
  const pages = new Hono<AppEnv>()
  const sameOrigin = requireSameOrigin({ origin: services.urls.origin })
  const [session, own] = [readSession(services), [readSession(services), requireSession(services)] as const]

  pages.post('/sign-out', sameOrigin, session, requireMadeHere(services), async (c) => {
    // An older session at the same organization is not to come back by it.
    await sessionsBeside(c, services)
    const ended = await signOutHere(c, services)
    const next = ended === undefined ? undefined : await services.afterSignOut(ended, c.get('requestId'))
    if (next === undefined) return c.redirect('/signed-out', 303)
    if (next.kind === 'post') return postAway(c, next)
    // A redirect of the form's own answer would have to be allowed by every page that has the button (CSP form-action).
    c.header('Refresh', `0;url=${next.url}`)
    return renderPage(c, <LeavingPage {...next} />)
  })

  pages.get('/', ...own, async (c) => {
    const ctx = ownContext(services, c)
    return showAccess(c, ctx, {})
  })

  pages.post('/request', sameOrigin, ...own, async (c) => {
    const ctx = ownContext(services, c)
    const { words = '', refused } = await readForm(c)
    try {
      await requestAccess(ctx, { words, refused })
    } catch (error) {
      if (!(error instanceof AppError) || !correctable.has(error.code)) throw error
      return showAccess(c, ctx, { words, error: error.fields?.[0]?.message ?? error.message })
    }
    return c.redirect('/account#ask', 303)
  })

  pages.get('/sessions', ...own, async (c) => {
    const { sessionId } = sessionOf(c)
    const ctx = ownContext(services, c)
    const [{ name, organization, timeZone, isManager }, sessions] = await Promise.all([
      getOwnAccess(ctx),
      listOwnSessions(ctx),
    ])
    const shown = { name, organization: organization.name, timeZone, isManager, sessions }
    const moment = { currentId: sessionId, now: services.clock.now(), hasEnded: c.req.query('ended') === '1' }
    return renderPage(c, <SessionsPage {...shown} {...moment} />)
  })

  pages.post('/sessions/end-all', sameOrigin, ...own, async (c) => {
    const { organizationId } = sessionOf(c)
    await endOwnSessions(ownContext(services, c))
    tellApplications(c, services, organizationId)
    forgetSession(c)
    return c.redirect('/signed-out', 303)
  })

  pages.post('/sessions/:id/end', sameOrigin, ...own, async (c) => {
    const { organizationId } = sessionOf(c)
    const ctx = ownContext(services, c)
    await endOwnSession(ctx, c.req.param('id'), 'revoked')
    tellApplications(c, services, organizationId)
    return c.redirect('/account/sessions?ended=1', 303)
  })
  return pages
}

/** What people can put right by themselves, or by waiting. */
const correctable = new Set(['invalid', 'conflict', 'too_many'])

async function showAccess(
  c: Context<AppEnv>,
  ctx: CallContext,
  asked: { words?: string; error?: string },
): Promise<Response> {
  const [access, changes, teams, { openSince }, reviews] = await Promise.all([
    getOwnAccess(ctx),
    listOwnChanges(ctx),
    listOwnTeams(ctx),
    getOwnRequest(ctx),
    listOwnReviews(ctx),
  ])
  const request = { ...asked, openSince }
  const page = <AccessPage {...{ access, changes, teams, request, reviews }} />
  return renderPage(c, page, { status: asked.error === undefined ? 200 : 400 })
}
