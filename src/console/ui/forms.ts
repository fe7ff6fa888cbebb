// Forms keep what was typed when something is wrong: the page is shown again with the values and with what to change.
import type { Form } from '#http/read-form.ts'
import type { FormState } from '#http/ui/form.tsx'
import { AppError } from '#platform/errors.ts'

export const emptyForm: FormState = { values: {}, errors: {}, message: undefined }

/** A form that starts with these values. */
export const filledForm = (values: Record<string, string | undefined>): FormState => ({ ...emptyForm, values })

/** What people can put right by themselves; everything else is an error page. */
const correctable = new Set(['invalid', 'conflict', 'forbidden', 'precondition_failed', 'against_policy'])

/**
 * The form after a refusal.
 * @param names where a field of the verb has another name in the form
 * @throws what was thrown, where the person cannot do anything about it
 */
export function refusedForm(values: Form, thrown: unknown, names: Record<string, string> = {}): FormState {
  if (!(thrown instanceof AppError) || !correctable.has(thrown.code)) throw thrown
  const errors = Object.fromEntries((thrown.fields ?? []).map(({ path, message }) => [names[path] ?? path, message]))
  return { values, errors, message: Object.keys(errors).length === 0 ? `${thrown.message}.` : undefined }
}

/** Whether the form comes back because something is wrong with it. */
export const isRefused = ({ message, errors }: FormState): boolean =>
  message !== undefined || Object.keys(errors).length > 0

/** The values of a checkbox list: fields `name.value`, which a form may hold only once each. */
export const chosen = (form: Form, name: string): string[] =>
  Object.keys(form)
    .filter((key) => key.startsWith(`${name}.`))
    .map((key) => key.slice(name.length + 1))

/** A text field without spaces around it; undefined where it is empty or missing. */
export const textOf = (form: Form, name: string): string | undefined => {
  const text = form[name]?.trim()
  return text === undefined || text === '' ? undefined : text
}

/** A date field (`2030-01-31`) as the end of that day, UTC. */
export const endOfDay = (form: Form, name: string): string | undefined => {
  const date = textOf(form, name)
  return date === undefined ? undefined : `${date}T23:59:59.000Z`
}

/** What is wrong with one field, for whatever shows the form again. */
export const faultAt = (path: string, message: string): AppError =>
  new AppError('invalid', message, { reason: 'invalidValue', fields: [{ path, message }] })
