// `/login/second-factor`: where whoever manages something shows a second factor, or sets one up, when the session has none.

import { type Context, Hono } from 'hono'
import type { Child } from 'hono/jsx'
import {
  beginOwnFactor,
  enrolOwnFactor,
  type FactorOutcome,
  nextFactorStep,
  ownFactorQuestion,
  showOwnFactor,
} from '#access/accounts/sign-in/manager-factor.ts'
import { redirectOnward } from '#http/onward.tsx'
import { requireSameOrigin } from '#http/origin-check.ts'
import { renderPage } from '#http/pages.ts'
import { type Form, readForm } from '#http/read-form.ts'
import { wordsFor } from '#http/reader.ts'
import { requireSession } from '#http/require-session.tsx'
import { ownContext, readSession, sessionOf, setSessionCookie } from '#http/session.ts'
import { tellApplications } from '#http/session-ends.ts'
import { SubmitButton } from '#http/ui/buttons.tsx'
import { Alert } from '#http/ui/content.tsx'
import { PostForm } from '#http/ui/form.tsx'
import { CardPage } from '#http/ui/page.tsx'
import { Say, useWords } from '#http/ui/reader.tsx'
import type { CallContext } from '#src/context.ts'
import { passkeyScripts } from '../login/passkey-form.tsx'
import {
  type Carried,
  CarriedFields,
  carriedOf,
  type LocalEnv,
  type LocalServices,
  renderRateLimited,
  withCarried,
} from '../login/shared.tsx'
import { AuthenticatorFields, FactorForms, RecoveryCodesPage } from '../login/step-pages.tsx'
import { stepUpFirst } from './step-up.tsx'

const path = '/login/second-factor'
const wrongCode = <Say of="factor.wrong" />

type ShowProps = { organization: string; carried: Carried; hasTotp: boolean; hasPasskeys: boolean; error?: Child }

const ShowPage = ({ organization, carried, hasTotp, hasPasskeys, error }: ShowProps) => (
  <CardPage
    title={useWords()('factor.title')}
    organization={organization}
    lead={<Say of="factor.manager" />}
    scripts={hasPasskeys ? passkeyScripts : []}
  >
    {error === undefined ? null : <Alert kind="danger" title={error} />}
    <FactorForms action={path} {...{ hasTotp, hasPasskeys }}>
      <CarriedFields {...carried} />
    </FactorForms>
    <p class="aside">
      <a href="/account">
        <Say of="factor.notNow" />
      </a>
    </p>
  </CardPage>
)

/** Mounted at `/login/second-factor`. */
export function createSecondFactor(services: LocalServices): Hono<LocalEnv> {
  const routes = new Hono<LocalEnv>()
  const sameOrigin = requireSameOrigin({ origin: services.urls.origin })
  const own = [readSession(services), requireSession(services)] as const
  const ctxOf = (c: Context<LocalEnv>): CallContext => ownContext(services, c)

  async function show(c: Context<LocalEnv>, carried: Carried, error?: Child): Promise<Response> {
    const [ctx, session] = [ctxOf(c), sessionOf(c)]
    const step = await nextFactorStep(ctx, session)
    if (step.kind === 'none') return redirectOnward(c, carried.returnTo)
    const status = error === undefined ? 200 : 422
    const organization = step.account.organization.name
    const wrong = error === undefined ? {} : { error }
    if (step.kind === 'verify') {
      const { hasTotp, passkeys } = step.account
      const page = <ShowPage {...{ organization, carried, hasTotp, ...wrong }} hasPasskeys={passkeys > 0} />
      return renderPage(c, page, { status })
    }
    const first = await stepUpFirst(c, services, withCarried(path, carried))
    if (first !== undefined) return first
    const setup = await beginOwnFactor(ctx, session)
    const page = (
      <CardPage
        title={(await wordsFor(c))('factor.setUp')}
        organization={organization}
        lead={<Say of="factor.setUpManager" values={{ organization }} />}
      >
        <PostForm action={path}>
          <CarriedFields {...carried} />
          <AuthenticatorFields setup={setup} error={error} />
          <SubmitButton label={<Say of="frame.continue" />} wide />
        </PostForm>
        <p class="aside">
          <a href="/account">
            <Say of="factor.notNow" />
          </a>
        </p>
      </CardPage>
    )
    return renderPage(c, page, { status })
  }

  routes.get('/', ...own, (c) => show(c, carriedOf(services, c.req.query())))

  routes.post('/question', sameOrigin, ...own, async (c) => c.json(await ownFactorQuestion(ctxOf(c), sessionOf(c))))

  routes.post('/', sameOrigin, ...own, async (c) => {
    const form = await readForm(c)
    const carried = carriedOf(services, form)
    const [ctx, session] = [ctxOf(c), sessionOf(c)]
    const { kind, account } = { account: undefined, ...(await nextFactorStep(ctx, session)) }
    if (kind === 'none') return redirectOnward(c, carried.returnTo)
    const first = kind === 'enrol' ? await stepUpFirst(c, services, withCarried(path, carried)) : undefined
    if (first !== undefined) return first
    const outcome = await carryOut(services, ctx, { kind, session, form })
    if (outcome.kind === 'rate_limited') return renderRateLimited(c, outcome.seconds)
    if (outcome.kind === 'wrong') return show(c, carried, wrongCode)
    setSessionCookie(c, outcome.token, outcome.expiresAt, services.clock)
    const { recoveryCodes: codes } = outcome
    if (codes === undefined) return redirectOnward(c, carried.returnTo)
    tellApplications(c, services, session.organizationId)
    const organization = account?.organization.name ?? ''
    return renderPage(c, <RecoveryCodesPage {...{ organization, codes }} next={carried.returnTo} />)
  })
  return routes
}

type Asked = { kind: 'verify' | 'enrol'; session: ReturnType<typeof sessionOf>; form: Form }

const carryOut = (services: LocalServices, ctx: CallContext, { kind, session, form }: Asked): Promise<FactorOutcome> =>
  kind === 'enrol'
    ? enrolOwnFactor(ctx, { session, code: form['code'] ?? '' })
    : showOwnFactor(services, ctx, { session, code: form['code'], credential: form['credential'] })
