// The routes of `/account/security`. All of it wants a recent proof of who one is.
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import type { Child } from 'hono/jsx'
import { nameOf } from '#access/accounts/account/account.ts'
import { getOwnFactors } from '#access/accounts/factors/own-factors.ts'
import {
  addOwnPasskey,
  ownPasskeyQuestion,
  removeOwnPasskey,
  renameOwnPasskey,
} from '#access/accounts/factors/own-passkeys.ts'
import {
  beginOwnTotp,
  confirmOwnTotp,
  removeOwnTotp,
  renewOwnRecoveryCodes,
} from '#access/accounts/factors/own-totp.ts'
import { listOwnIdentities } from '#access/accounts/identities/own-identities.ts'
import { isLastWayIn, removeOwnIdentity } from '#access/accounts/identities/remove-identity.ts'
import { changeOwnPassword } from '#access/accounts/passwords/change-password.ts'
import { requireSameOrigin } from '#http/origin-check.ts'
import { renderPage } from '#http/pages.ts'
import { type Form, readForm } from '#http/read-form.ts'
import { requireSession } from '#http/require-session.tsx'
import { ownContext, readSession, sessionOf } from '#http/session.ts'
import { forgetSession, tellApplications } from '#http/session-ends.ts'
import { notFound } from '#platform/errors.ts'
import type { CallContext } from '#src/context.ts'
import { faultOf, newPasswordOf } from '../login/new-password.tsx'
import type { LocalEnv, LocalServices } from '../login/shared.tsx'
import { CodesPage, type Fault, type Notice, RemoveIdentityPage, SecurityPage, TotpPage } from './security-page.tsx'
import { stepUpFirst } from './step-up.tsx'

const home = '/account/security'

type Act = (ctx: CallContext, form: Form, sessionId: string, c: Context<LocalEnv>) => Promise<void>

/** Mounted at `/account/security`. */
export function createSecurity(services: LocalServices): Hono<LocalEnv> {
  const routes = new Hono<LocalEnv>()
  const sameOrigin = requireSameOrigin({ origin: services.urls.origin })
  const recent: MiddlewareHandler<LocalEnv> = async (c, next) => (await stepUpFirst(c, services, home)) ?? next()
  const own = [readSession(services), requireSession(services), recent] as const
  const ctxOf = (c: Context<LocalEnv>): CallContext => ownContext(services, c)

  async function show(c: Context<LocalEnv>, fault?: Fault): Promise<Response> {
    const [factors, identities] = await Promise.all([getOwnFactors(ctxOf(c)), listOwnIdentities(ctxOf(c))])
    const page = <SecurityPage {...{ factors, identities, fault }} notice={c.req.query('done')} />
    return renderPage(c, page, { status: fault === undefined ? 200 : 422 })
  }

  /** A change with a form of its own: done and back, or the page again with what was wrong. */
  function change(path: string, { at, done, act }: { at: Fault['at']; done: Notice; act: Act }): void {
    routes.post(path, sameOrigin, ...own, async (c) => {
      const form = await readForm(c)
      const { sessionId, organizationId } = sessionOf(c)
      try {
        await act(ctxOf(c), form, sessionId, c)
      } catch (error) {
        return show(c, { at, message: faultOf(error) })
      }
      tellApplications(c, services, organizationId)
      return c.redirect(`${home}?done=${done}`, 303)
    })
  }

  routes.get('/', ...own, (c) => show(c))

  change('/password', {
    ...{ at: 'password', done: 'password' },
    act: (ctx, form, sessionId) =>
      changeOwnPassword(ctx, { oldPassword: form['oldPassword'] ?? '', newPassword: newPasswordOf(form), sessionId }),
  })
  change('/totp/remove', {
    ...{ at: 'totp', done: 'totp-removed' },
    act: (ctx, _, sessionId) => removeOwnTotp(ctx, { sessionId }),
  })
  change('/passkeys', {
    ...{ at: 'passkeys', done: 'passkey' },
    act: (ctx, form, sessionId) =>
      addOwnPasskey(ctx, { credential: form['credential'], name: (form['passkeyName'] ?? '').trim(), sessionId }),
  })
  change('/passkeys/:id/rename', {
    ...{ at: 'passkeys', done: 'passkey-renamed' },
    act: (ctx, form, _, c) => renameOwnPasskey(ctx, { passkeyId: c.req.param('id') ?? '', name: form['name'] ?? '' }),
  })
  change('/passkeys/:id/remove', {
    ...{ at: 'passkeys', done: 'passkey-removed' },
    act: (ctx, _, sessionId, c) => removeOwnPasskey(ctx, { passkeyId: c.req.param('id') ?? '', sessionId }),
  })
  routes.post('/passkeys/question', sameOrigin, ...own, async (c) =>
    c.json(await ownPasskeyQuestion(ctxOf(c), sessionOf(c))),
  )
  addIdentities(routes, { services, ctxOf, own, sameOrigin, show })
  addTotp(routes, { services, ctxOf, own, sameOrigin, show })
  return routes
}

type Parts = {
  services: LocalServices
  ctxOf(c: Context<LocalEnv>): CallContext
  own: readonly [MiddlewareHandler<LocalEnv>, MiddlewareHandler<LocalEnv>, MiddlewareHandler<LocalEnv>]
  sameOrigin: MiddlewareHandler<LocalEnv>
  show(c: Context<LocalEnv>, fault?: Fault): Promise<Response>
}

/** Removing what a provider is linked to the person by; asked first, since it may be their only way in. */
function addIdentities(routes: Hono<LocalEnv>, { services, ctxOf, own, sameOrigin }: Parts): void {
  const showRemove = async (c: Context<LocalEnv>, error?: Child): Promise<Response> => {
    const [ctx, connectionId] = [ctxOf(c), c.req.param('connectionId') ?? '']
    const [{ account }, identities] = await Promise.all([getOwnFactors(ctx), listOwnIdentities(ctx)])
    const identity = identities.find((each) => each.connectionId === connectionId && each.linkedAt !== null)
    if (identity === undefined) throw notFound('Identity')
    const shown = { name: nameOf(account), organization: account.organization.name, identity, error }
    const page = <RemoveIdentityPage {...shown} isLast={await isLastWayIn(ctx, connectionId)} />
    return renderPage(c, page, { status: error === undefined ? 200 : 422 })
  }

  routes.get('/identities/:connectionId/remove', ...own, (c) => showRemove(c))
  routes.post('/identities/:connectionId/remove', sameOrigin, ...own, async (c) => {
    const connectionId = c.req.param('connectionId')
    const isLastAccepted = (await readForm(c))['isLastAccepted'] === 'on'
    const session = sessionOf(c)
    try {
      await removeOwnIdentity(ctxOf(c), { connectionId, isLastAccepted })
    } catch (error) {
      return showRemove(c, faultOf(error))
    }
    tellApplications(c, services, session.organizationId)
    if (session.connectionId !== connectionId) return c.redirect(`${home}?done=unlinked`, 303)
    forgetSession(c)
    return c.redirect('/signed-out', 303)
  })
}

/** Setting up an authenticator, and recovery codes: pages that show something once. */
function addTotp(routes: Hono<LocalEnv>, { services, ctxOf, own, sameOrigin, show }: Parts): void {
  const showTotp = async (c: Context<LocalEnv>, error?: Child): Promise<Response> => {
    const ctx = ctxOf(c)
    const [setup, { account }] = [await beginOwnTotp(ctx), await getOwnFactors(ctx)]
    const shared = { name: nameOf(account), organization: account.organization.name }
    return renderPage(c, <TotpPage {...shared} setup={setup} error={error} />, {
      status: error === undefined ? 200 : 422,
    })
  }
  const showCodes = async (c: Context<LocalEnv>, codes: readonly string[]): Promise<Response> => {
    const { account } = await getOwnFactors(ctxOf(c))
    return renderPage(c, <CodesPage name={nameOf(account)} organization={account.organization.name} codes={codes} />)
  }

  routes.get('/totp', ...own, async (c) => {
    try {
      return await showTotp(c)
    } catch (error) {
      return show(c, { at: 'totp', message: faultOf(error) })
    }
  })
  routes.post('/totp', sameOrigin, ...own, async (c) => {
    const form = await readForm(c)
    const { sessionId, organizationId } = sessionOf(c)
    try {
      const codes = await confirmOwnTotp(ctxOf(c), { code: form['code'] ?? '', sessionId })
      tellApplications(c, services, organizationId)
      return await showCodes(c, codes)
    } catch (error) {
      return showTotp(c, faultOf(error))
    }
  })
  routes.post('/recovery-codes', sameOrigin, ...own, async (c) => {
    try {
      return await showCodes(c, await renewOwnRecoveryCodes(ctxOf(c)))
    } catch (error) {
      return show(c, { at: 'totp', message: faultOf(error) })
    }
  })
}
