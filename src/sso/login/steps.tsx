// `/login/continue`: the steps between the password and the session, one page each, bound to the browser that began.

import { type Context, Hono } from 'hono'
import type { Child } from 'hono/jsx'
import {
  changeAtSignIn,
  enrolAtSignIn,
  findPending,
  type Pending,
  passSecondFactor,
  pendingTotp,
  type StepOutcome,
  secondFactorQuestion,
} from '#access/accounts/sign-in/second-factor.ts'
import { redirectOnward } from '#http/onward.tsx'
import { requireSameOrigin } from '#http/origin-check.ts'
import { type PageElement, renderPage } from '#http/pages.ts'
import { type Form, readForm } from '#http/read-form.ts'
import { wordsFor } from '#http/reader.ts'
import { ErrorPage } from '#http/ui/error-page.tsx'
import { Say } from '#http/ui/reader.tsx'
import { faultOf, newPasswordOf } from './new-password.tsx'
import { knownBrowserOf, type LocalEnv, type LocalServices, putSession, renderRateLimited } from './shared.tsx'
import { ChangePage, EnrolPage, RecoveryCodesPage, VerifyPage } from './step-pages.tsx'

/** Mounted at `/login/continue`. */
export function createSteps(services: LocalServices): Hono<LocalEnv> {
  const routes = new Hono<LocalEnv>()
  const sameOrigin = requireSameOrigin({ origin: services.urls.origin })
  const whereOf = (c: Context<LocalEnv>, state: string | undefined) => ({
    state: state ?? '',
    browser: knownBrowserOf(c, services),
    requestId: c.get('requestId'),
  })

  routes.get('/', async (c) => {
    const state = c.req.query('state') ?? ''
    const pending = await findPending(services, whereOf(c, state))
    return pending === undefined ? renderGone(c) : renderStep(c, { pending, state })
  })

  routes.post('/question', sameOrigin, async (c) => {
    const question = await secondFactorQuestion(services, whereOf(c, (await readForm(c))['state']))
    return question === undefined ? renderGone(c) : c.json(question)
  })

  routes.post('/', sameOrigin, async (c) => {
    const form = await readForm(c)
    const where = whereOf(c, form['state'])
    const pending = await findPending(services, where)
    if (pending === undefined) return renderGone(c)
    try {
      const outcome = await carryOut(services, pending, where, form)
      if (outcome.kind !== 'wrong') return await answer(c, services, pending, outcome)
      return await renderStep(c, { pending, state: where.state, error: <Say of="factor.wrong" /> })
    } catch (error) {
      return renderStep(c, { pending, state: where.state, error: faultOf(error) })
    }
  })
  return routes
}

type Where = Parameters<typeof findPending>[1]

function carryOut(
  services: LocalServices,
  { step }: Pending,
  where: Where,
  form: Form,
): Promise<StepOutcome & { recoveryCodes?: string[] }> {
  if (step === 'enrol') return enrolAtSignIn(services, where, form['code'] ?? '')
  if (step === 'change') return changeAtSignIn(services, where, newPasswordOf(form))
  return passSecondFactor(services, where, { code: form['code'], credential: form['credential'] })
}

async function answer(
  c: Context<LocalEnv>,
  services: LocalServices,
  pending: Pending,
  outcome: Exclude<StepOutcome, { kind: 'wrong' }> & { recoveryCodes?: string[] },
): Promise<Response> {
  if (outcome.kind === 'rate_limited') return renderRateLimited(c, outcome.seconds)
  if (outcome.kind === 'gone' || outcome.kind === 'refused') return renderGone(c)
  if (outcome.kind === 'signed_in') await putSession(c, services, outcome)
  const next = outcome.kind === 'signed_in' ? outcome.returnTo : `/login/continue?state=${outcome.state}`
  const codes = outcome.recoveryCodes
  if (codes === undefined) return redirectOnward(c, next)
  const { id, name } = pending.account.organization
  c.set('shownFor', id)
  return renderPage(c, <RecoveryCodesPage organization={name} codes={codes} next={next} />)
}

type Shown = { pending: Pending; state: string; error?: Child }

async function renderStep(c: Context<LocalEnv>, shown: Shown): Promise<Response> {
  c.set('shownFor', shown.pending.account.organization.id)
  const page = await stepPage(shown)
  if (page === undefined) return renderGone(c)
  return renderPage(c, page, { status: shown.error === undefined ? 200 : 422 })
}

async function stepPage({ pending, state, error }: Shown): Promise<PageElement | undefined> {
  const { account, step } = pending
  const shared = { state, error, organization: account.organization.name }
  if (step === 'change') return <ChangePage {...shared} minLength={account.organization.passwordMinLength} />
  if (step === 'verify') return <VerifyPage {...shared} hasTotp={account.hasTotp} hasPasskeys={account.passkeys > 0} />
  const setup = await pendingTotp(pending)
  return setup === undefined ? undefined : <EnrolPage {...shared} setup={setup} />
}

/** The sign-in has run out, is finished, or belongs to another browser. */
async function renderGone(c: Context<LocalEnv>): Promise<Response> {
  const t = await wordsFor(c)
  const action = { label: t('frame.backToSignIn'), href: '/login' }
  const page = (
    <ErrorPage title={t('gone.title')} advice={t('gone.advice')} reference={c.get('requestId')} action={action} />
  )
  return renderPage(c, page, { status: 410 })
}
