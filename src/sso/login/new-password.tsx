// Passwords in forms: the field of the one that somebody has, the two of a new one, and how those are read.
import type { Child } from 'hono/jsx'
import type { Form } from '#http/read-form.ts'
import { Field } from '#http/ui/forms.tsx'
import { Say } from '#http/ui/reader.tsx'
import { AppError } from '#platform/errors.ts'
import type { TextKey } from '#words/texts/texts.ts'

export type NewPasswordFieldsProps = { minLength: number; error?: Child }

export const NewPasswordFields = ({ minLength, error }: NewPasswordFieldsProps) => (
  <>
    <Field
      name="password"
      label={<Say of="password.new" />}
      type="password"
      autocomplete="new-password"
      maxlength={200}
      hint={<Say of="password.hint" values={{ count: minLength }} />}
      error={error}
    />
    <Field
      name="repeat"
      label={<Say of="password.again" />}
      type="password"
      autocomplete="new-password"
      maxlength={200}
    />
  </>
)

/** The password that somebody has. */
export const PasswordField = ({ hasFocus = false }: { hasFocus?: boolean }) => (
  <Field
    name="password"
    label={<Say of="password.label" />}
    type="password"
    autocomplete="current-password"
    maxlength={200}
    hasFocus={hasFocus}
  />
)

/** @throws AppError invalid where the two differ */
export function newPasswordOf(form: Form): string {
  const password = form['password'] ?? ''
  if (password === (form['repeat'] ?? '')) return password
  const message = 'The two are not the same; type them again'
  throw new AppError('invalid', message, { reason: 'password_repeat', fields: [{ path: 'password', message }] })
}

/** What a form is shown again with, where its content was refused; everything else is thrown on. */
export function faultOf(error: unknown): Child {
  if (!(error instanceof AppError) || (error.code !== 'invalid' && error.code !== 'conflict')) throw error
  const key = faults[error.reason ?? '']
  return key === undefined ? error.message : <Say of={key} />
}

/** By the reasons of `newPasswordOf` and of the policy. */
const faults: Record<string, TextKey> = {
  password_repeat: 'password.repeat',
  password_short: 'password.short',
  password_long: 'password.long',
  password_common: 'password.common',
  password_own_name: 'password.ownName',
}
