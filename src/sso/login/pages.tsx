// The first pages of signing in: who are you, by which way, and the password.

import type { HomeRealm } from '#access/accounts/sign-in/home-realm.ts'
import { SubmitButton } from '#http/ui/buttons.tsx'
import { Alert } from '#http/ui/content.tsx'
import { Field } from '#http/ui/forms.tsx'
import { CardPage } from '#http/ui/page.tsx'
import { PasswordField } from './new-password.tsx'
import { Or, PasskeyForm, passkeyScripts } from './passkey-form.tsx'
import { type Carried, CarriedFields, hinted, providerPath, withCarried } from './shared.tsx'

type Ways = { carried: Carried; realm: HomeRealm }

const NameField = ({ name, hasFocus = false }: { name?: string | undefined; hasFocus?: boolean }) => (
  <Field
    name="email"
    label="E-mail or user name"
    value={name}
    inputmode="email"
    autocomplete="username"
    maxlength={320}
    hasFocus={hasFocus}
  />
)

const PasskeySignIn = ({ carried }: { carried: Carried }) => (
  <PasskeyForm action="/login/passkey" question="/login/passkey/question" kind="use" label="Sign in with a passkey">
    <CarriedFields {...carried} />
  </PasskeyForm>
)

/** The buttons of the organization's providers: links, since they lead out of our pages. */
const Providers = ({ realm, carried }: Ways) => (
  <div class="ways">
    {realm.connections.map(({ id, name }, index) => (
      <a class={`btn${index === 0 ? ' btn-primary' : ''} w-100`} href={providerPath(id, carried)}>
        Continue with {name}
      </a>
    ))}
  </div>
)

type NamePageProps = Ways & {
  error?: string | undefined
  /** A form was sent after its session had ended. */
  isUnsaved?: boolean
}

/** `/login`. Where an application has named the organization, its ways are offered straight away. */
export const NamePage = ({ carried, realm, error, isUnsaved = false }: NamePageProps) => {
  const { organization, connections, allowsPassword } = realm
  const hasProviders = connections.length > 0
  return (
    <CardPage
      title="Sign in"
      organization={organization?.name}
      lead={hasProviders ? undefined : 'We take you to your organization’s own sign-in, or ask for your password.'}
      scripts={passkeyScripts}
    >
      {error === undefined ? null : <Alert kind="danger" title={error} />}
      {isUnsaved ? (
        <Alert kind="warning" title="What you sent was not saved">
          Your session had ended before. Sign in, and you come back to the page of the form to enter it again.
        </Alert>
      ) : null}
      {hasProviders ? <Providers realm={realm} carried={carried} /> : null}
      {hasProviders && allowsPassword ? <Or /> : null}
      {hasProviders && !allowsPassword ? null : (
        <form method="post" action="/login">
          <CarriedFields {...carried} />
          {hasProviders ? <input type="hidden" name="with" value="password" /> : null}
          <NameField name={carried.loginHint} hasFocus={!hasProviders} />
          <SubmitButton label="Continue" kind={hasProviders ? 'secondary' : 'primary'} wide />
        </form>
      )}
      {allowsPassword ? <PasskeySignIn carried={carried} /> : null}
    </CardPage>
  )
}

/** Several ways fit: the person chooses. */
export const ChooserPage = ({ carried, realm, name }: Ways & { name: string }) => (
  <CardPage title="How do you want to sign in?" organization={realm.organization?.name} lead={`As ${name}`}>
    <Providers realm={realm} carried={hinted(carried, name)} />
    {realm.allowsPassword ? (
      <form method="post" action="/login" class="ways">
        <CarriedFields {...carried} />
        <input type="hidden" name="email" value={name} />
        <SubmitButton label="Use a password or passkey" kind="secondary" name="with" value="password" wide />
      </form>
    ) : null}
    <p class="aside">
      <a href={withCarried('/login', carried)}>Not you? Start again</a>
    </p>
  </CardPage>
)

export type PasswordPageProps = {
  carried: Carried
  organization: string | undefined
  name: string | undefined
  isWrong: boolean
}

/** The same page for everybody whose address leads nowhere else, whether there is such a person or not. */
export const PasswordPage = ({ carried, organization, name, isWrong }: PasswordPageProps) => (
  <CardPage title="Enter your password" organization={organization} scripts={passkeyScripts}>
    {isWrong ? (
      <Alert kind="danger" title="That did not work">
        <p>
          Check e-mail and password. If your organization has a sign-in of its own, <a href="/login">start there</a>.
        </p>
      </Alert>
    ) : null}
    <form method="post" action="/login/password">
      <CarriedFields {...carried} />
      <NameField name={name ?? carried.loginHint} hasFocus={name === undefined} />
      <PasswordField hasFocus={name !== undefined} />
      <SubmitButton label="Sign in" wide />
    </form>
    <PasskeySignIn carried={carried} />
    <p class="aside">
      <a href="/login/forgot">Forgot your password?</a>
    </p>
  </CardPage>
)

export type SeveralPageProps = { carried: Carried; organizations: readonly { slug: string; name: string }[] }

/** The password was right for more than one organization. */
export const SeveralPage = ({ carried, organizations }: SeveralPageProps) => (
  <CardPage title="Where do you want to sign in?" lead="You have an account in more than one organization.">
    <div class="ways">
      {organizations.map(({ slug, name }) => (
        <a class="btn w-100" href={withCarried('/login/password', { ...carried, organization: slug })}>
          {name}
        </a>
      ))}
    </div>
  </CardPage>
)
