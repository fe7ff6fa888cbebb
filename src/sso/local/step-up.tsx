// `/login/step-up`: proving again who one is, before what matters. Somebody may have found the browser open.

import { type Context, Hono } from 'hono'
import { findAccount, type LocalAccount } from '#access/accounts/account/account.ts'
import {
  isRecent,
  mayProveByPasskey,
  mayProveByPassword,
  stepUp,
  stepUpQuestion,
} from '#access/accounts/sign-in/step-up.ts'
import { redirectOnward } from '#http/onward.tsx'
import { requireSameOrigin } from '#http/origin-check.ts'
import { renderPage } from '#http/pages.ts'
import { readForm } from '#http/read-form.ts'
import { requireSession } from '#http/require-session.tsx'
import { ownContext, readSession, sessionOf, setSessionCookie, userContext } from '#http/session.ts'
import { SubmitButton } from '#http/ui/buttons.tsx'
import { Alert } from '#http/ui/content.tsx'
import { PostForm } from '#http/ui/form.tsx'
import { Field } from '#http/ui/forms.tsx'
import { CardPage } from '#http/ui/page.tsx'
import { Say, useWords } from '#http/ui/reader.tsx'
import { notFound } from '#platform/errors.ts'
import { PasswordField } from '../login/new-password.tsx'
import { Or, PasskeyForm, passkeyScripts } from '../login/passkey-form.tsx'
import {
  type Carried,
  CarriedFields,
  carriedOf,
  type LocalEnv,
  type LocalServices,
  providerPath,
  renderRateLimited,
} from '../login/shared.tsx'

type StepUpPageProps = { account: LocalAccount; connectionId: string | null; carried: Carried; isWrong: boolean }

const StepUpPage = ({ account, connectionId, carried, isWrong }: StepUpPageProps) => {
  const { hasTotp, userName, organization } = account
  const [hasPassword, hasPasskey] = [mayProveByPassword(account), mayProveByPasskey(account)]
  return (
    <CardPage
      title={useWords()('factor.title')}
      organization={organization.name}
      lead={<Say of="stepUp.lead" values={{ name: userName }} />}
      scripts={hasPasskey ? passkeyScripts : []}
    >
      {isWrong ? <Alert kind="danger" title={<Say of="stepUp.wrong" />} /> : null}
      {hasPassword ? (
        <PostForm action="/login/step-up">
          <CarriedFields {...carried} />
          <input type="text" name="username" value={userName} autocomplete="username" readonly hidden />
          <PasswordField hasFocus />
          {hasTotp ? (
            <Field
              name="code"
              label={<Say of="factor.code" />}
              autocomplete="one-time-code"
              maxlength={40}
              hint={<Say of="stepUp.codeHint" />}
            />
          ) : null}
          <SubmitButton label={<Say of="frame.continue" />} wide />
        </PostForm>
      ) : null}
      {hasPassword && hasPasskey ? (
        <div data-with-passkey hidden>
          <Or />
        </div>
      ) : null}
      {hasPasskey ? (
        <PasskeyForm
          action="/login/step-up"
          question="/login/step-up/question"
          kind="use"
          label={<Say of="passkey.use" />}
        >
          <CarriedFields {...carried} />
        </PasskeyForm>
      ) : null}
      {connectionId === null ? null : (
        <p>
          <a class="btn w-100" href={providerPath(connectionId, { ...carried, prompt: 'login' })}>
            <Say of="stepUp.provider" />
          </a>
        </p>
      )}
    </CardPage>
  )
}

/** Mounted at `/login/step-up`. */
export function createStepUp(services: LocalServices): Hono<LocalEnv> {
  const routes = new Hono<LocalEnv>()
  const sameOrigin = requireSameOrigin({ origin: services.urls.origin })
  const own = [readSession(services), requireSession(services)] as const

  routes.get('/', ...own, (c) => show(c, services, { carried: carriedOf(services, c.req.query()), isWrong: false }))

  routes.post('/question', sameOrigin, ...own, async (c) => {
    const ctx = ownContext(services, c)
    return c.json(await stepUpQuestion(ctx, sessionOf(c)))
  })

  routes.post('/', sameOrigin, ...own, async (c) => {
    const form = await readForm(c)
    const carried = carriedOf(services, form)
    const ctx = ownContext(services, c)
    const proof = { password: form['password'] ?? '', code: form['code'], credential: form['credential'] }
    const outcome = await stepUp(services, ctx, { ...proof, sessionId: sessionOf(c).sessionId })
    if (outcome.kind === 'rate_limited') return renderRateLimited(c, outcome.seconds)
    if (outcome.kind === 'wrong') return show(c, services, { carried, isWrong: true })
    setSessionCookie(c, outcome.token, outcome.expiresAt, services.clock)
    return redirectOnward(c, carried.returnTo)
  })
  return routes
}

async function show(
  c: Context<LocalEnv>,
  services: LocalServices,
  { carried, isWrong }: { carried: Carried; isWrong: boolean },
): Promise<Response> {
  const session = sessionOf(c)
  const ctx = userContext(services, session, c.get('requestId'))
  const account = await findAccount(ctx, session.userId)
  if (account === undefined) throw notFound('User')
  // Whoever has nothing of their own to prove with signs in again.
  const canProve = mayProveByPassword(account) || mayProveByPasskey(account)
  if (!canProve && session.connectionId === null) return c.redirect('/login', 303)
  const { connectionId } = session
  const page = <StepUpPage account={account} connectionId={connectionId} carried={carried} isWrong={isWrong} />
  return renderPage(c, page, { status: isWrong ? 403 : 200 })
}

/** Sends whoever has not proven lately who they are to do so, and back to `path`. */
export async function stepUpFirst(
  c: Context<LocalEnv>,
  services: LocalServices,
  path: string,
): Promise<Response | undefined> {
  const session = sessionOf(c)
  if (await isRecent(userContext(services, session, c.get('requestId')), session)) return undefined
  return c.redirect(`/login/step-up?return_to=${encodeURIComponent(path)}`, 303)
}
