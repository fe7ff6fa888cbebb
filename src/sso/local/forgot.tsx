// `/login/forgot` and `/login/reset/{token}`: a new password by mail. The answer is the same for everybody.

import { type Context, Hono } from 'hono'
import { findPasswordReset, requestPasswordReset, resetPassword } from '#access/accounts/passwords/password-reset.ts'
import { visitorOf } from '#http/client-address.ts'
import { requireSameOrigin } from '#http/origin-check.ts'
import { renderPage } from '#http/pages.ts'
import { readForm } from '#http/read-form.ts'
import { tellApplications } from '#http/session-ends.ts'
import { SubmitButton, WideLink } from '#http/ui/buttons.tsx'
import { ErrorPage } from '#http/ui/error-page.tsx'
import { Field } from '#http/ui/forms.tsx'
import { CardPage } from '#http/ui/page.tsx'
import { faultOf, NewPasswordFields, newPasswordOf } from '../login/new-password.tsx'
import { type LocalEnv, type LocalServices, renderRateLimited, withMinimumDuration } from '../login/shared.tsx'

const BackToSignIn = () => (
  <p class="aside">
    <a href="/login">Back to sign-in</a>
  </p>
)

const ForgotPage = () => (
  <CardPage title="Forgot your password?" lead="We send a link to choose a new one.">
    <form method="post" action="/login/forgot">
      <Field
        name="email"
        label="E-mail or user name"
        inputmode="email"
        autocomplete="username"
        maxlength={320}
        hasFocus
      />
      <SubmitButton label="Send the link" wide />
    </form>
    <BackToSignIn />
  </CardPage>
)

const SentPage = () => (
  <CardPage
    title="Look at your mail"
    lead="If there is an account with a password for what you entered, a link is on its way to its address."
  >
    <p>
      It is good for 30 minutes. Nothing there? Look among the unwanted mail. People who sign in through their
      organization’s own provider have no password here; their administrator helps.
    </p>
    <BackToSignIn />
  </CardPage>
)

type ResetPageProps = { token: string; organization: string; userName: string; minLength: number; error?: string }

const ResetPage = ({ token, organization, userName, minLength, error }: ResetPageProps) => (
  <CardPage title="Choose a new password" organization={organization} lead={`For ${userName}`}>
    <form method="post" action={`/login/reset/${token}`}>
      <input type="text" name="username" value={userName} autocomplete="username" readonly hidden />
      <NewPasswordFields minLength={minLength} error={error} />
      <SubmitButton label="Save password" wide />
    </form>
  </CardPage>
)

const DonePage = ({ organization }: { organization: string }) => (
  <CardPage title="Your password is changed" organization={organization} lead="You were signed out everywhere else.">
    <p>
      <WideLink href="/login">Sign in</WideLink>
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

async function showReset(c: Context<LocalEnv>, services: LocalServices, error?: string): Promise<Response> {
  const token = c.req.param('token') ?? ''
  const found = await findPasswordReset(services, { token, requestId: c.get('requestId') })
  if (found === undefined) return renderOver(c)
  const { userName, organization } = found.account
  c.set('shownFor', organization.id)
  const shown = { token, userName, organization: organization.name, minLength: organization.passwordMinLength }
  const page = <ResetPage {...shown} {...(error === undefined ? {} : { error })} />
  return renderPage(c, page, { status: error === undefined ? 200 : 422 })
}

const renderOver = (c: Context<LocalEnv>): Promise<Response> =>
  renderPage(
    c,
    <ErrorPage
      title="This link does not work any more"
      advice="It was used, replaced by a newer one, or is older than 30 minutes. Ask for a new one."
      reference={c.get('requestId')}
      action={{ label: 'Send a new link', href: '/login/forgot' }}
    />,
    { status: 410 },
  )
