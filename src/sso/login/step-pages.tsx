// The pages between password and session: second factor, its first set-up, recovery codes, a new password.
import type { Child } from 'hono/jsx'
import type { TotpSetup } from '#access/accounts/factors/totp.ts'
import { SubmitButton, WideLink } from '#http/ui/buttons.tsx'
import { Alert } from '#http/ui/content.tsx'
import { Field } from '#http/ui/forms.tsx'
import { CardPage } from '#http/ui/page.tsx'
import { qrCode } from '#http/ui/qr-code.ts'
import { NewPasswordFields } from './new-password.tsx'
import { Or, PasskeyForm, passkeyScripts } from './passkey-form.tsx'

type StepProps = { state: string; organization: string; error?: string | undefined }

const State = ({ state }: { state: string }) => <input type="hidden" name="state" value={state} />

const path = '/login/continue'

type FactorFormsProps = {
  action: string
  hasTotp: boolean
  hasPasskeys: boolean
  /** Of the code. */
  error?: string | undefined
  /** What goes along, as hidden fields of each form. */
  children: Child
}

/** A second factor: the code, or a passkey where the browser can. */
export const FactorForms = ({ action, hasTotp, hasPasskeys, error, children }: FactorFormsProps) => (
  <>
    {hasTotp ? (
      <form method="post" action={action}>
        {children}
        <Field
          name="code"
          label="Code"
          autocomplete="one-time-code"
          maxlength={40}
          hint="Six digits from your authenticator app, or one of your recovery codes."
          error={error}
          hasFocus
        />
        <SubmitButton label="Continue" wide />
      </form>
    ) : null}
    {hasTotp && hasPasskeys ? (
      <div data-with-passkey hidden>
        <Or />
      </div>
    ) : null}
    {hasPasskeys ? (
      <PasskeyForm
        action={action}
        question={`${action}/question`}
        kind="use"
        label="Use a passkey"
        isPrimary={!hasTotp}
      >
        {children}
      </PasskeyForm>
    ) : null}
  </>
)

export type VerifyPageProps = StepProps & { hasTotp: boolean; hasPasskeys: boolean }

export const VerifyPage = ({ state, organization, error, hasTotp, hasPasskeys }: VerifyPageProps) => (
  <CardPage title="Confirm that it is you" organization={organization} scripts={hasPasskeys ? passkeyScripts : []}>
    {error !== undefined && !hasTotp ? <Alert kind="danger" title={error} /> : null}
    <FactorForms action={path} {...{ hasTotp, hasPasskeys, error }}>
      <State state={state} />
    </FactorForms>
    <p class="aside">
      <a href="/login">Start again</a>
    </p>
  </CardPage>
)

/** The picture of the secret, the secret itself, and the field for the first code. */
export const AuthenticatorFields = ({ setup, error }: { setup: TotpSetup; error?: string | undefined }) => (
  <>
    <ol class="set-up">
      <li>Open an authenticator app, such as the one in your password manager.</li>
      <li>
        Scan this picture with it.
        <img
          class="qr-code"
          src={qrCode(setup.uri)}
          width="200"
          height="200"
          alt="QR code for your authenticator app"
        />
        <details>
          <summary>Cannot scan it?</summary>
          <p>
            Type this key instead: <code class="secret-key">{setup.secret.match(/.{1,4}/g)?.join(' ')}</code>
          </p>
        </details>
      </li>
      <li>Type the six digits that it shows.</li>
    </ol>
    <Field name="code" label="Code" autocomplete="one-time-code" inputmode="numeric" maxlength={8} error={error} />
  </>
)

export const EnrolPage = ({ state, organization, error, setup }: StepProps & { setup: TotpSetup }) => (
  <CardPage
    title="Set up a second factor"
    organization={organization}
    lead={`${organization} asks for a code from your phone or computer beside the password.`}
  >
    <form method="post" action={path}>
      <State state={state} />
      <AuthenticatorFields setup={setup} error={error} />
      <SubmitButton label="Continue" wide />
    </form>
  </CardPage>
)

export const RecoveryCodes = ({ codes }: { codes: readonly string[] }) => (
  <>
    <Alert kind="warning" title="They are shown this once">
      <p>Print them, or keep them in a password manager. Each one opens your account once, in place of the app.</p>
    </Alert>
    <ul class="recovery-codes">
      {codes.map((code) => (
        <li>
          <code>{code}</code>
        </li>
      ))}
    </ul>
  </>
)

export type RecoveryCodesPageProps = { organization: string; codes: readonly string[]; next: string }

export const RecoveryCodesPage = ({ organization, codes, next }: RecoveryCodesPageProps) => (
  <CardPage title="Your recovery codes" organization={organization} lead="For when your phone is lost.">
    <RecoveryCodes codes={codes} />
    <p>
      <WideLink href={next}>I have kept them</WideLink>
    </p>
  </CardPage>
)

export type ChangePageProps = StepProps & { minLength: number }

export const ChangePage = ({ state, organization, error, minLength }: ChangePageProps) => (
  <CardPage
    title="Choose a password of your own"
    organization={organization}
    lead="The one that you were given was for the first time only."
  >
    <form method="post" action={path}>
      <State state={state} />
      <NewPasswordFields minLength={minLength} error={error} />
      <SubmitButton label="Save and sign in" wide />
    </form>
  </CardPage>
)
