// Forms keep what was typed when something is wrong: the page is shown again with the values and with what to change.
import { AppError } from '#platform/errors.ts'
import type { FormState } from './form.tsx'

export const emptyForm: FormState = { values: {}, errors: {}, message: undefined }

/** A form that starts with these values. */
export const filledForm = (values: Record<string, string | undefined>): FormState => ({ ...emptyForm, values })

/** What people can put right by themselves; everything else is an error page. */
const correctable = new Set(['invalid', 'conflict', 'forbidden', 'precondition_failed', 'against_policy', 'too_many'])

/**
 * The form after a refusal.
 * @param names where a field of the verb has another name in the form
 * @throws what was thrown, where the person cannot do anything about it
 */
export function refusedForm(
  values: FormState['values'],
  thrown: unknown,
  names: Record<string, string> = {},
): FormState {
  if (!(thrown instanceof AppError) || !correctable.has(thrown.code)) throw thrown
  const errors = Object.fromEntries((thrown.fields ?? []).map(({ path, message }) => [names[path] ?? path, message]))
  return { values, errors, message: Object.keys(errors).length === 0 ? `${thrown.message}.` : undefined }
}

/** Whether the form comes back because something is wrong with it. */
export const isRefused = ({ message, errors }: FormState): boolean =>
  message !== undefined || Object.keys(errors).length > 0
