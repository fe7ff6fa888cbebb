// The pages between password and session: second factor, its first set-up, recovery codes, a new password.

import type { Child } from 'hono/jsx'
import type { TotpSetup } from '#access/accounts/factors/totp.ts'
import { SubmitButton, WideLink } from '#http/ui/buttons.tsx'
import { Alert } from '#http/ui/content.tsx'
import { PostForm } from '#http/ui/form.tsx'
import { Field } from '#http/ui/forms.tsx'
import { CardPage } from '#http/ui/page.tsx'
import { qrCode } from '#http/ui/qr-code.ts'
import { Say, useWords } from '#http/ui/reader.tsx'
import { NewPasswordFields } from './new-password.tsx'
import { Or, PasskeyForm, passkeyScripts } from './passkey-form.tsx'

type StepProps = { state: string; organization: string; error?: Child }

const State = ({ state }: { state: string }) => <input type="hidden" name="state" value={state} />

const path = '/login/continue'

type FactorFormsProps = {
  action: string
  hasTotp: boolean
  hasPasskeys: boolean
  /** Of the code. */
  error?: Child
  /** What goes along, as hidden fields of each form. */
  children: Child
}

/** A second factor: the code, or a passkey where the browser can. */
export const FactorForms = ({ action, hasTotp, hasPasskeys, error, children }: FactorFormsProps) => (
  <>
    {hasTotp ? (
      <PostForm action={action}>
        {children}
        <Field
          name="code"
          label={<Say of="factor.code" />}
          autocomplete="one-time-code"
          maxlength={40}
          hint={<Say of="factor.codeHint" />}
          error={error}
          hasFocus
        />
        <SubmitButton label={<Say of="frame.continue" />} wide />
      </PostForm>
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
        label={<Say of="passkey.use" />}
        isPrimary={!hasTotp}
      >
        {children}
      </PasskeyForm>
    ) : null}
  </>
)

export type VerifyPageProps = StepProps & { hasTotp: boolean; hasPasskeys: boolean }

export const VerifyPage = ({ state, organization, error, hasTotp, hasPasskeys }: VerifyPageProps) => (
  <CardPage title={useWords()('factor.title')} organization={organization} scripts={hasPasskeys ? passkeyScripts : []}>
    {error !== undefined && !hasTotp ? <Alert kind="danger" title={error} /> : null}
    <FactorForms action={path} {...{ hasTotp, hasPasskeys, error }}>
      <State state={state} />
    </FactorForms>
    <p class="aside">
      <a href="/login">
        <Say of="factor.startAgain" />
      </a>
    </p>
  </CardPage>
)

/** The picture of the secret, the secret itself, and the field for the first code. */
export const AuthenticatorFields = ({ setup, error }: { setup: TotpSetup; error?: Child }) => (
  <>
    <ol class="set-up">
      <li>
        <Say of="factor.open" />
      </li>
      <li>
        <Say of="factor.scan" />
        <img class="qr-code" src={qrCode(setup.uri)} width="200" height="200" alt={useWords()('factor.picture')} />
        <details>
          <summary>
            <Say of="factor.cannotScan" />
          </summary>
          <p>
            <Say of="factor.typeKey" /> <code class="secret-key">{setup.secret.match(/.{1,4}/g)?.join(' ')}</code>
          </p>
        </details>
      </li>
      <li>
        <Say of="factor.typeDigits" />
      </li>
    </ol>
    <Field
      name="code"
      label={<Say of="factor.code" />}
      autocomplete="one-time-code"
      inputmode="numeric"
      maxlength={8}
      error={error}
    />
  </>
)

export const EnrolPage = ({ state, organization, error, setup }: StepProps & { setup: TotpSetup }) => (
  <CardPage
    title={useWords()('factor.setUp')}
    organization={organization}
    lead={<Say of="factor.setUpLead" values={{ organization }} />}
  >
    <PostForm action={path}>
      <State state={state} />
      <AuthenticatorFields setup={setup} error={error} />
      <SubmitButton label={<Say of="frame.continue" />} wide />
    </PostForm>
  </CardPage>
)

export const RecoveryCodes = ({ codes }: { codes: readonly string[] }) => (
  <>
    <Alert kind="warning" title={<Say of="recovery.once" />}>
      <p>
        <Say of="recovery.print" />
      </p>
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
  <CardPage title={useWords()('recovery.title')} organization={organization} lead={<Say of="recovery.lead" />}>
    <RecoveryCodes codes={codes} />
    <p>
      <WideLink href={next}>
        <Say of="recovery.kept" />
      </WideLink>
    </p>
  </CardPage>
)

export type ChangePageProps = StepProps & { minLength: number }

export const ChangePage = ({ state, organization, error, minLength }: ChangePageProps) => (
  <CardPage title={useWords()('change.title')} organization={organization} lead={<Say of="change.lead" />}>
    <PostForm action={path}>
      <State state={state} />
      <NewPasswordFields minLength={minLength} error={error} />
      <SubmitButton label={<Say of="change.save" />} wide />
    </PostForm>
  </CardPage>
)
