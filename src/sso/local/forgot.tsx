// `/login/forgot` and `/login/reset/{token}`: a new password by mail. The answer is the same for everybody.

import { type Context, Hono } from 'hono'
import type { Child } from 'hono/jsx'
import { findPasswordReset, requestPasswordReset, resetPassword } from '#access/accounts/passwords/password-reset.ts'
import { visitorOf } from '#http/client-address.ts'
import { requireSameOrigin } from '#http/origin-check.ts'
import { renderPage } from '#http/pages.ts'
import { readForm } from '#http/read-form.ts'
import { wordsFor } from '#http/reader.ts'
import { tellApplications } from '#http/session-ends.ts'
import { SubmitButton, WideLink } from '#http/ui/buttons.tsx'
import { ErrorPage } from '#http/ui/error-page.tsx'
import { PostForm } from '#http/ui/form.tsx'
import { Field } from '#http/ui/forms.tsx'
import { CardPage } from '#http/ui/page.tsx'
import { Say, useWords } from '#http/ui/reader.tsx'
import { faultOf, NewPasswordFields, newPasswordOf } from '../login/new-password.tsx'
import { type LocalEnv, type LocalServices, renderRateLimited, withMinimumDuration } from '../login/shared.tsx'

const BackToSignIn = () => (
  <p class="aside">
    <a href="/login">
      <Say of="frame.backToSignIn" />
    </a>
  </p>
)

const ForgotPage = () => (
  <CardPage title={useWords()('password.forgot')} lead={<Say of="forgot.lead" />}>
    <PostForm action="/login/forgot">
      <Field
        name="email"
        label={<Say of="login.name" />}
        inputmode="email"
        autocomplete="username"
        maxlength={320}
        hasFocus
      />
      <SubmitButton label={<Say of="forgot.send" />} wide />
    </PostForm>
    <BackToSignIn />
  </CardPage>
)

const SentPage = () => (
  <CardPage title={useWords()('sent.title')} lead={<Say of="sent.lead" />}>
    <p>
      <Say of="sent.text" />
    </p>
    <BackToSignIn />
  </CardPage>
)

type ResetPageProps = { token: string; organization: string; userName: string; minLength: number; error?: Child }

const ResetPage = ({ token, organization, userName, minLength, error }: ResetPageProps) => (
  <CardPage
    title={useWords()('reset.title')}
    organization={organization}
    lead={<Say of="reset.for" values={{ name: userName }} />}
  >
    <PostForm action={`/login/reset/${token}`}>
      <input type="text" name="username" value={userName} autocomplete="username" readonly hidden />
      <NewPasswordFields minLength={minLength} error={error} />
      <SubmitButton label={<Say of="reset.save" />} wide />
    </PostForm>
  </CardPage>
)

const DonePage = ({ organization }: { organization: string }) => (
  <CardPage title={useWords()('reset.done')} organization={organization} lead={<Say of="reset.doneLead" />}>
    <p>
      <WideLink href="/login">
        <Say of="frame.signIn" />
      </WideLink>
    </p>
  </CardPage>
)

/** Mounted at `/login`. */
export function createForgot(services: LocalServices): Hono<LocalEnv> {
  const routes = new Hono<LocalEnv>()
  const sameOrigin = requireSameOrigin({ origin: services.urls.origin })

  routes.get('/forgot', (c) => renderPage(c, <ForgotPage />))
  routes.post('/forgot', sameOrigin, async (c) => {
    const name = ((await readForm(c))['email'] ?? '').slice(0, 320)
    const request = { name, visitor: visitorOf(c, services.trustedProxies), requestId: c.get('requestId') }
    const seconds = await withMinimumDuration(
      () => requestPasswordReset(services, request),
      (wait) => wait === 0,
    )
    return seconds > 0 ? renderRateLimited(c, seconds) : renderPage(c, <SentPage />)
  })

  routes.get('/reset/:token', (c) => showReset(c, services))
  routes.post('/reset/:token', sameOrigin, async (c) => {
    const where = { token: c.req.param('token'), requestId: c.get('requestId') }
    const form = await readForm(c)
    const found = await findPasswordReset(services, where)
    if (found === undefined) return renderOver(c)
    try {
      if (
        !(await resetPassword(services, {
          ...where,
          password: newPasswordOf(form),
          visitor: visitorOf(c, services.trustedProxies),
        }))
      )
        return renderOver(c)
    } catch (error) {
      return showReset(c, services, faultOf(error))
    }
    c.set('shownFor', found.account.organization.id)
    tellApplications(c, services, found.account.organization.id)
    return renderPage(c, <DonePage organization={found.account.organization.name} />)
  })
  return routes
}

async function showReset(c: Context<LocalEnv>, services: LocalServices, error?: Child): Promise<Response> {
  const token = c.req.param('token') ?? ''
  const found = await findPasswordReset(services, { token, requestId: c.get('requestId') })
  if (found === undefined) return renderOver(c)
  const { userName, organization } = found.account
  c.set('shownFor', organization.id)
  const shown = { token, userName, organization: organization.name, minLength: organization.passwordMinLength }
  const page = <ResetPage {...shown} {...(error === undefined ? {} : { error })} />
  return renderPage(c, page, { status: error === undefined ? 200 : 422 })
}

async function renderOver(c: Context<LocalEnv>): Promise<Response> {
  const t = await wordsFor(c)
  const action = { label: t('reset.again'), href: '/login/forgot' }
  const [title, advice] = [t('reset.over'), t('reset.overAdvice')]
  return renderPage(c, <ErrorPage {...{ title, advice, action }} reference={c.get('requestId')} />, { status: 410 })
}
