// `/account/organizations`: the organizations that a browser is signed in at, the accounts that the person has linked, and the way from
// one to another. Works without a current session too: an application may ask somebody to choose (prompt=select_account) who has just signed out of one of them.

import { type Context, Hono } from 'hono'
import { linkAccounts, linkedAccounts, switchToLinked, unlinkAccounts } from '#access/accounts/links/links.ts'
import { createSessionReader, type SessionDescription } from '#access/sign-in/sessions/describe-session.ts'
import { visitorOf } from '#http/client-address.ts'
import type { AppEnv } from '#http/env.ts'
import { madeForOf, readMadeFor } from '#http/made-for.ts'
import { redirectOnward } from '#http/onward.tsx'
import { requireSameOrigin } from '#http/origin-check.ts'
import { renderPage } from '#http/pages.ts'
import { readForm } from '#http/read-form.ts'
import { askWhichSession, requireMadeHere } from '#http/require-session.tsx'
import { safeReturnTo } from '#http/return-to.ts'
import { readSession, setSessionCookie } from '#http/session.ts'
import { signOutHere } from '#http/session-ends.ts'
import { endBeside, makeRoom, sessionsBeside, switchSession } from '#http/sessions-beside.ts'
import { AppError, invalid } from '#platform/errors.ts'
import { parseJson } from '#platform/json.ts'
import type { AccountServices } from './env.ts'
import {
  loginPath,
  type NoticeKey,
  notices,
  OrganizationsPage,
  organizationsPath,
  SendAgainPage,
} from './organizations-page.tsx'

const path = organizationsPath

/** @returns an app to be mounted at `/account/organizations` */
export function createOrganizationPages(services: AccountServices): Hono<AppEnv> {
  const pages = new Hono<AppEnv>()
  const reader = createSessionReader(services.database)
  const { origin } = services.urls
  pages.use(requireSameOrigin({ origin }), readSession(services))

  const describe = async (tokenHash: string): Promise<SessionDescription | undefined> =>
    reader.describe(tokenHash).catch((error: unknown) => {
      // It has ended between the two looks.
      if (error instanceof AppError && error.code === 'unauthenticated') return undefined
      throw error
    })

  async function show(c: Context<AppEnv>, returnTo: string | undefined, notice?: NoticeKey): Promise<Response> {
    const session = c.get('session')
    const beside = await sessionsBeside(c, services)
    if (session === undefined && beside.length === 0 && notice === undefined)
      return c.redirect(loginPath(returnTo), 303)
    const here = session === undefined ? undefined : await describe(session.tokenHash)
    const others = (await Promise.all(beside.map(({ tokenHash }) => describe(tokenHash)))).filter(
      (one) => one !== undefined,
    )
    const linked = session === undefined ? [] : await linkedAccounts(services.database, session.tokenHash)
    return renderPage(c, <OrganizationsPage {...{ here, others, linked, returnTo, notice }} />)
  }

  pages.get('/', (c) => {
    const asked = c.req.query('return_to')
    const done = c.req.query('done') ?? ''
    const notice = Object.hasOwn(notices, done) ? (done as NoticeKey) : undefined
    return show(c, asked === undefined ? undefined : safeReturnTo(asked, origin), notice)
  })

  pages.post('/switch', async (c) => {
    const { organization = '', return_to: asked } = await readForm(c)
    const returnTo = asked === undefined || asked === '' ? undefined : safeReturnTo(asked, origin)
    if (organization === c.get('session')?.organizationId) return redirectOnward(c, returnTo ?? '/account')
    const switched = (await switchSession(c, services, organization)) ?? (await comeInByLink(c, organization))
    return switched === undefined ? show(c, returnTo, 'ended') : redirectOnward(c, returnTo ?? '/')
  })

  /** A session at a linked account, where its organization takes the one here for it. */
  async function comeInByLink(c: Context<AppEnv>, organizationId: string): Promise<true | undefined> {
    const session = c.get('session')
    if (session === undefined) return undefined
    const browser = { state: '', returnTo: '/', visitor: visitorOf(c, services.trustedProxies) }
    const requestId = c.get('requestId')
    const opened = await switchToLinked(services, { session, organizationId, browser, requestId })
    if (opened === undefined) return undefined
    await makeRoom(c, services, organizationId)
    setSessionCookie(c, opened.token, opened.expiresAt, services.clock)
    return true
  }

  const isMadeHere = requireMadeHere(services)

  pages.post('/link', isMadeHere, async (c) => {
    const { organization = '' } = await readForm(c)
    const session = c.get('session')
    const other = (await sessionsBeside(c, services)).find((one) => one.organizationId === organization)
    if (session === undefined || other === undefined) return show(c, undefined, 'ended')
    const outcome = await linkAccounts(services, { session, other, requestId: c.get('requestId') })
    if (outcome === 'stale') return c.redirect(`/login/step-up?return_to=${encodeURIComponent(path)}`, 303)
    return c.redirect(`${path}?done=${outcome === 'linked' ? 'linked' : 'proveThere'}`, 303)
  })

  pages.post('/unlink', isMadeHere, async (c) => {
    const { user = '' } = await readForm(c)
    const session = c.get('session')
    if (session === undefined) return show(c, undefined, 'ended')
    await unlinkAccounts(services, { session, userId: user, requestId: c.get('requestId') })
    return c.redirect(`${path}?done=unlinked`, 303)
  })

  // A form of ours that was made for another session than the current one, on its way back to that.
  pages.post('/back', async (c) => {
    const { path: to, page, fields, meant } = await readForm(c, { maxBytes: mostKeptBytes })
    const form = readKept(fields)
    const wanted = readMadeFor(meant)
    const switched =
      wanted === undefined ? undefined : await switchSession(c, services, wanted.organizationId, wanted.userId)
    if (switched !== undefined) c.set('session', switched)
    const isThere = meant === undefined || meant === '' || madeForOf(c) === meant
    if (!isThere || c.get('session') === undefined)
      return askWhichSession(c, services, { path: to ?? '', page: page ?? '', form, madeFor: meant })
    const target = safeReturnTo(form === undefined ? page : to, origin)
    if (form === undefined) return redirectOnward(c, target)
    return renderPage(c, <SendAgainPage kept={{ path: target, fields: form }} />)
  })

  pages.post('/sign-out-all', async (c) => {
    await endBeside(c, services, await sessionsBeside(c, services))
    await signOutHere(c, services)
    return c.redirect('/signed-out', 303)
  })
  return pages
}

/** JSON of a form as large as any of ours. */
const mostKeptBytes = 12_582_912

function readKept(text: string | undefined): Record<string, string> | undefined {
  if (text === undefined || text === '') return undefined
  const kept: unknown = parseJson(text)
  if (typeof kept !== 'object' || kept === null) throw invalid('The form is not one of ours')
  return Object.fromEntries(Object.entries(kept).map(([name, value]) => [name, String(value)]))
}
