// The first pages of signing in: who are you, by which way, and the password.

import type { Child } from 'hono/jsx'
import type { HomeRealm } from '#access/accounts/sign-in/home-realm.ts'
import { SubmitButton } from '#http/ui/buttons.tsx'
import { Alert } from '#http/ui/content.tsx'
import { PostForm } from '#http/ui/form.tsx'
import { Field } from '#http/ui/forms.tsx'
import { CardPage } from '#http/ui/page.tsx'
import { Say, useWords } from '#http/ui/reader.tsx'
import { PasswordField } from './new-password.tsx'
import { Or, PasskeyForm, passkeyScripts } from './passkey-form.tsx'
import { type Carried, CarriedFields, hinted, providerPath, withCarried } from './shared.tsx'

type Ways = { carried: Carried; realm: HomeRealm }

const NameField = ({ name, hasFocus = false }: { name?: string | undefined; hasFocus?: boolean }) => (
  <Field
    name="email"
    label={<Say of="login.name" />}
    value={name}
    inputmode="email"
    autocomplete="username"
    maxlength={320}
    hasFocus={hasFocus}
  />
)

const PasskeySignIn = ({ carried }: { carried: Carried }) => (
  <PasskeyForm
    action="/login/passkey"
    question="/login/passkey/question"
    kind="use"
    label={<Say of="passkey.signIn" />}
  >
    <CarriedFields {...carried} />
  </PasskeyForm>
)

/** The buttons of the organization's providers: links, since they lead out of our pages. */
const Providers = ({ realm, carried }: Ways) => (
  <div class="ways">
    {realm.connections.map(({ id, name }, index) => (
      <a class={`btn${index === 0 ? ' btn-primary' : ''} w-100`} href={providerPath(id, carried)}>
        <Say of="login.through" values={{ provider: name }} />
      </a>
    ))}
  </div>
)

type NamePageProps = Ways & {
  error?: Child
  /** A form was sent after its session had ended. */
  isUnsaved?: boolean
}

/** `/login`. Where an application has named the organization, its ways are offered straight away. */
export const NamePage = ({ carried, realm, error, isUnsaved = false }: NamePageProps) => {
  const { organization, connections, allowsPassword } = realm
  const hasProviders = connections.length > 0
  const t = useWords()
  return (
    <CardPage
      title={t('frame.signIn')}
      organization={organization?.name}
      lead={hasProviders ? undefined : t('login.lead')}
      scripts={passkeyScripts}
    >
      {error === undefined ? null : <Alert kind="danger" title={error} />}
      {isUnsaved ? (
        <Alert kind="warning" title={t('login.unsaved')}>
          {t('login.unsavedText')}
        </Alert>
      ) : null}
      {hasProviders ? <Providers realm={realm} carried={carried} /> : null}
      {hasProviders && allowsPassword ? <Or /> : null}
      {hasProviders && !allowsPassword ? null : (
        <PostForm action="/login">
          <CarriedFields {...carried} />
          {hasProviders ? <input type="hidden" name="with" value="password" /> : null}
          <NameField name={carried.loginHint} hasFocus={!hasProviders} />
          <SubmitButton label={t('frame.continue')} kind={hasProviders ? 'secondary' : 'primary'} wide />
        </PostForm>
      )}
      {allowsPassword ? <PasskeySignIn carried={carried} /> : null}
    </CardPage>
  )
}

/** Several ways fit: the person chooses. */
export const ChooserPage = ({ carried, realm, name }: Ways & { name: string }) => (
  <CardPage
    title={useWords()('login.how')}
    organization={realm.organization?.name}
    lead={<Say of="login.as" values={{ name }} />}
  >
    <Providers realm={realm} carried={hinted(carried, name)} />
    {realm.allowsPassword ? (
      <PostForm action="/login" class="ways">
        <CarriedFields {...carried} />
        <input type="hidden" name="email" value={name} />
        <SubmitButton label={<Say of="login.usePassword" />} kind="secondary" name="with" value="password" wide />
      </PostForm>
    ) : null}
    <p class="aside">
      <a href={withCarried('/login', carried)}>
        <Say of="login.notYou" />
      </a>
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
  <CardPage title={useWords()('password.title')} organization={organization} scripts={passkeyScripts}>
    {isWrong ? (
      <Alert kind="danger" title={<Say of="fault.invalid.title" />}>
        <p>
          <Say of="password.wrong" values={{ link: (words) => <a href="/login">{words}</a> }} />
        </p>
      </Alert>
    ) : null}
    <PostForm action="/login/password">
      <CarriedFields {...carried} />
      <NameField name={name ?? carried.loginHint} hasFocus={name === undefined} />
      <PasswordField hasFocus={name !== undefined} />
      <SubmitButton label={<Say of="frame.signIn" />} wide />
    </PostForm>
    <PasskeySignIn carried={carried} />
    <p class="aside">
      <a href="/login/forgot">
        <Say of="password.forgot" />
      </a>
    </p>
  </CardPage>
)

export type SeveralPageProps = { carried: Carried; organizations: readonly { slug: string; name: string }[] }

/** The password was right for more than one organization. */
export const SeveralPage = ({ carried, organizations }: SeveralPageProps) => (
  <CardPage title={useWords()('login.where')} lead={<Say of="login.several" />}>
    <div class="ways">
      {organizations.map(({ slug, name }) => (
        <a class="btn w-100" href={withCarried('/login/password', { ...carried, organization: slug })}>
          {name}
        </a>
      ))}
    </div>
  </CardPage>
)
