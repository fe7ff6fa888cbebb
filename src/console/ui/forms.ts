// What forms of the console hold.
import type { Form } from '#http/read-form.ts'
import { AppError } from '#platform/errors.ts'

export { emptyForm, filledForm, isRefused, refusedForm } from '#http/ui/form-state.ts'

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
