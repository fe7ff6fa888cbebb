// `/first/{token}`: the link that the first start prints. It creates the organization and its first administrator, once.
import { type Context, Hono } from 'hono'
import {
  createFirstAdministrator,
  isFirstAdministratorOffer,
  isNewInstallation,
} from '#access/organizations/first-administrator.ts'
import { requireSameOrigin } from '#http/origin-check.ts'
import { renderPage } from '#http/pages.ts'
import { type Form, readForm } from '#http/read-form.ts'
import { SubmitButton } from '#http/ui/buttons.tsx'
import { ErrorPage } from '#http/ui/error-page.tsx'
import { type FormState, field, PostForm, Refusal } from '#http/ui/form.tsx'
import { Field } from '#http/ui/forms.tsx'
import { CardPage } from '#http/ui/page.tsx'
import { AppError } from '#platform/errors.ts'
import { NewPasswordFields, newPasswordOf } from '../login/new-password.tsx'
import { browserOf, type LocalEnv, type LocalServices, putSession, refuseToken } from '../login/shared.tsx'

type FirstPageProps = { token: string; state: FormState }

const shortestPassword = 12

const FirstPage = ({ token, state }: FirstPageProps) => (
  <CardPage title="Welcome to Rolecall" lead="Name your organization, and become its first administrator.">
    <Refusal state={state} />
    <PostForm action={`/first/${token}`}>
      <Field
        {...field(state, 'organization')}
        label="Organization"
        autocomplete="organization"
        maxlength={200}
        hasFocus
      />
      <Field {...field(state, 'name')} label="Your name" autocomplete="name" maxlength={200} />
      <Field
        {...field(state, 'email')}
        label="Your e-mail address"
        type="email"
        autocomplete="username"
        maxlength={320}
      />
      <NewPasswordFields minLength={shortestPassword} error={state.errors['password']} />
      <SubmitButton label="Begin" wide />
    </PostForm>
  </CardPage>
)

/** Where the server's own address leads while there is nobody who could sign in. */
const BeforeFirstPage = ({ reference }: { reference: string }) => (
  <ErrorPage
    title="Nobody is here yet"
    advice="Open the link that the server printed when it started: it creates your organization and you as its administrator. If it is lost, start the server again, and it prints a new one."
    reference={reference}
  />
)

/** Mounted at `/first`. */
export function createFirst(services: LocalServices): Hono<LocalEnv> {
  const routes = new Hono<LocalEnv>()

  routes.get('/', async (c) => {
    if (!(await isNewInstallation(services))) return c.redirect('/account', 303)
    return renderPage(c, <BeforeFirstPage reference={c.get('requestId')} />)
  })

  routes.get('/:token', (c) =>
    withFirstAdministratorOffer(c, services, async (token) =>
      renderPage(c, <FirstPage token={token} state={{ values: {}, errors: {}, message: undefined }} />),
    ),
  )

  routes.post('/:token', requireSameOrigin({ origin: services.urls.origin }), async (c) => {
    const form = await readForm(c)
    return withFirstAdministratorOffer(c, services, (token) => begin(c, services, token, form))
  })
  return routes
}

async function begin(c: Context<LocalEnv>, services: LocalServices, token: string, form: Form): Promise<Response> {
  try {
    const { organization = '', name = '', email = '' } = form
    const signedIn = await createFirstAdministrator(services, {
      ...{ token, organization, name, email, password: newPasswordOf(form) },
      ...{ browser: browserOf(c, services, '/console'), requestId: c.get('requestId') },
    })
    await putSession(c, services, signedIn)
    return c.redirect('/console', 303)
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'invalid') throw error
    const errors = Object.fromEntries((error.fields ?? []).map(({ path, message }) => [path, message]))
    const state = { values: form, errors, message: error.fields === undefined ? error.message : undefined }
    return renderPage(c, <FirstPage {...{ token, state }} />, { status: 422 })
  }
}

async function withFirstAdministratorOffer(
  c: Context<LocalEnv>,
  services: LocalServices,
  work: (token: string) => Promise<Response>,
): Promise<Response> {
  const token = c.req.param('token') ?? ''
  if (await isFirstAdministratorOffer(services, token)) return work(token)
  const advice =
    'The link was used, or a day has passed. As long as there is no organization, each start of the server prints a new one; afterwards administrators invite each other.'
  const page = <ErrorPage title="This link is over" advice={advice} reference={c.get('requestId')} />
  return refuseToken(c, services, () => renderPage(c, page, { status: 410 }))
}
