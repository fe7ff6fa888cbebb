// A form as a page has it: what was typed, what is wrong with it, and the fields that nobody sees.
import type { Child } from 'hono/jsx'
import { Alert } from './content.tsx'
import { MadeForField, useMadeForPath } from './made-for.tsx'

type Values = Readonly<Record<string, string | undefined>>

/** What was typed and what is wrong with it. */
export type FormState = {
  values: Values
  /** By the name of the field. */
  errors: Readonly<Record<string, string>>
  /** What concerns no single field. */
  message: string | undefined
}

/** A field with what was typed into it and what is wrong with that: `<Field {...field(state, 'email')} label="…" />`. */
export const field = (state: FormState | undefined, name: string) => ({
  name,
  value: state?.values[name],
  error: state?.errors[name],
})

export type FormProps = {
  action: string
  /** Undefined where nothing can have been refused yet. */
  state?: FormState | undefined
  class?: string
  autocomplete?: 'off'
  /** A form with one file, and nothing beside it. */
  enctype?: 'multipart/form-data'
  /** For what leads away from us: a tab of its own. */
  target?: '_blank'
  rel?: 'opener' | 'noopener'
  /** Fields that nobody sees; those without a value are left out. */
  hidden?: Values
  children?: Child
}

export const PostForm = ({ action, state, hidden = {}, children, ...rest }: FormProps) => {
  const fileAction = useMadeForPath(action)
  const isFile = rest.enctype !== undefined
  return (
    <form method="post" action={isFile ? fileAction : action} {...rest}>
      {isFile ? null : <MadeForField />}
      <Refusal state={state} />
      <HiddenFields values={hidden} />
      {children}
    </form>
  )
}

/** What is wrong with a form as a whole. */
export const Refusal = ({ state }: { state: FormState | undefined }) =>
  state?.message === undefined ? null : <Alert kind="danger" title={state.message} />

/** What goes along from step to step. */
export const HiddenFields = ({ values }: { values: Values }) => (
  <>
    {Object.entries(values).map(([name, value]) =>
      value === undefined ? null : <input type="hidden" name={name} value={value} />,
    )}
  </>
)
