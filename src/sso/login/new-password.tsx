// Passwords in forms: the field of the one that somebody has, the two of a new one, and how those are read.
import type { Form } from '#http/read-form.ts'
import { Field } from '#http/ui/forms.tsx'
import { AppError } from '#platform/errors.ts'

export type NewPasswordFieldsProps = { minLength: number; error?: string | undefined }

export const NewPasswordFields = ({ minLength, error }: NewPasswordFieldsProps) => (
  <>
    <Field
      name="password"
      label="New password"
      type="password"
      autocomplete="new-password"
      maxlength={200}
      hint={`At least ${minLength} characters. A few words that do not belong together are easy to remember.`}
      error={error}
    />
    <Field name="repeat" label="New password, again" type="password" autocomplete="new-password" maxlength={200} />
  </>
)

/** The password that somebody has. */
export const PasswordField = ({ hasFocus = false }: { hasFocus?: boolean }) => (
  <Field
    name="password"
    label="Password"
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
export function faultOf(error: unknown): string {
  if (error instanceof AppError && (error.code === 'invalid' || error.code === 'conflict')) return error.message
  throw error
}
