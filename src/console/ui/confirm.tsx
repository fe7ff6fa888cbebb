// Before something goes for good: what will happen, and the word for it typed, so that nobody does it by mistake.

import type { Child } from 'hono/jsx'
import type { Form } from '#http/read-form.ts'
import { Buttons } from '#http/ui/buttons.tsx'
import { Alert } from '#http/ui/content.tsx'
import { Field } from '#http/ui/forms.tsx'
import { emptyForm, type FormState } from './forms.ts'
import { Panel } from './parts.tsx'

/**
 * The form with what is wrong about the typed word, if anything is; letter case and blanks around it do not count.
 * @param word what was to be typed; undefined where nothing was
 */
export function typedState(form: Form, word: string | undefined): FormState {
  const typed = (form['proof'] ?? '').trim().toLowerCase()
  const state = { ...emptyForm, values: form }
  if (word === undefined || typed === word.trim().toLowerCase()) return state
  return { ...state, errors: { proof: `Type ${word} to go on` } }
}

export const TypedWord = ({ word, state }: { word: string; state: FormState }) => (
  <>
    <input type="hidden" name="word" value={word} />
    <Field
      name="proof"
      label={`Type ${word} to confirm`}
      value={state.values['proof']}
      error={state.errors['proof']}
      autocomplete="off"
    />
  </>
)

export type ConfirmProps = {
  /** Where the form goes. */
  action: string
  effects: readonly Child[]
  /** What is to be typed; undefined for what can be undone. */
  word: string | undefined
  submit: string
  back: string
  state: FormState
  fields?: Readonly<Record<string, string>>
}

/** The part of a page that asks. */
export const Confirm = ({ action, effects, word, submit, back, state, fields = {} }: ConfirmProps) => (
  <Panel title="What will happen">
    {state.message === undefined ? null : <Alert kind="danger" title={state.message} />}
    <ul>
      {effects.map((effect) => (
        <li>{effect}</li>
      ))}
    </ul>
    <form method="post" action={action}>
      {Object.entries(fields).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      {word === undefined ? null : <TypedWord {...{ word, state }} />}
      <Buttons submit={submit} kind={word === undefined ? 'primary' : 'danger'} back={back} leave="Leave it as it is" />
    </form>
  </Panel>
)
