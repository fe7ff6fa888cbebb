// `/emergency`: the door that needs neither provider nor mail server. All at once, so that it works from a sealed envelope.

import { type Context, Hono } from 'hono'
import { signInForEmergency } from '#access/accounts/emergency/emergency-sign-in.ts'
import { redirectOnward } from '#http/onward.tsx'
import { requireSameOrigin } from '#http/origin-check.ts'
import { renderPage } from '#http/pages.ts'
import { type Form, readForm } from '#http/read-form.ts'
import { SubmitButton } from '#http/ui/buttons.tsx'
import { Alert } from '#http/ui/content.tsx'
import { PostForm } from '#http/ui/form.tsx'
import { Check, Field } from '#http/ui/forms.tsx'
import { CardPage } from '#http/ui/page.tsx'
import { PasswordField } from '../login/new-password.tsx'
import {
  browserOf,
  type LocalEnv,
  type LocalServices,
  putSession,
  renderRateLimited,
  withMinimumDuration,
} from '../login/shared.tsx'

type EmergencyPageProps = { userName?: string; reason?: string; isDrill?: boolean; error?: string }

const EmergencyPage = ({ userName, reason, isDrill = false, error }: EmergencyPageProps) => (
  <CardPage
    title="Emergency access"
    lead="For when your organization’s sign-in does not work. All administrators are told, and everything is recorded."
  >
    {error === undefined ? null : <Alert kind="danger" title={error} />}
    <PostForm action="/emergency">
      <Field name="userName" label="User name" value={userName} autocomplete="username" maxlength={320} hasFocus />
      <PasswordField />
      <Field
        name="code"
        label="Code"
        autocomplete="one-time-code"
        maxlength={40}
        hint="Of the authenticator, or a recovery code."
      />
      <Field
        name="reason"
        label="Reason"
        value={reason}
        autocomplete="off"
        maxlength={500}
        hint="What happened, or why you try it."
      />
      <Check
        name="isDrill"
        label="Only a drill"
        hint="Shows that the account works, and opens nothing."
        isChecked={isDrill}
      />
      <SubmitButton label="Sign in" kind="danger" wide />
    </PostForm>
    <p class="aside">
      <a href="/login">Back to the usual sign-in</a>
    </p>
  </CardPage>
)

const ProvenPage = () => (
  <CardPage
    title="It works"
    lead="User name, password and code are right. Nothing was opened, and nobody is signed in."
  >
    <p>All administrators are told about the drill. Put everything back into an envelope and seal it.</p>
    <p class="aside">
      <a href="/login">To the usual sign-in</a>
    </p>
  </CardPage>
)

/** Mounted at `/emergency`. */
export function createEmergency(services: LocalServices): Hono<LocalEnv> {
  const routes = new Hono<LocalEnv>()
  routes.get('/', (c) => renderPage(c, <EmergencyPage />))
  routes.post('/', requireSameOrigin({ origin: services.urls.origin }), async (c) =>
    signIn(c, services, await readForm(c)),
  )
  return routes
}

async function signIn(c: Context<LocalEnv>, services: LocalServices, form: Form): Promise<Response> {
  const { userName = '', password = '', code = '' } = form
  const reason = (form['reason'] ?? '').trim().slice(0, 500)
  const isDrill = form['isDrill'] === 'on'
  const again = (error: string, status: 403 | 422): Promise<Response> =>
    renderPage(c, <EmergencyPage {...{ userName, reason, isDrill, error }} />, { status })
  if (reason === '') return again('Say why; a few words are enough', 422)
  const browser = browserOf(c, services, '/account')
  const attempt = { userName, password, code, reason, isDrill, browser, requestId: c.get('requestId') }
  const outcome = await withMinimumDuration(
    () => signInForEmergency(services, attempt),
    ({ kind }) => kind === 'refused',
  )
  if (outcome.kind === 'rate_limited') return renderRateLimited(c, outcome.seconds)
  if (outcome.kind === 'refused') return again('That did not work; check all three and try again', 403)
  if (outcome.kind === 'proven') return renderPage(c, <ProvenPage />)
  await putSession(c, services, outcome)
  return redirectOnward(c, outcome.returnTo)
}
