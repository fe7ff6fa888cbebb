// Before something goes for good: what will happen, and the word for it typed, so that nobody does it by mistake.
import type { Child } from 'hono/jsx'
import type { Form } from '#http/read-form.ts'
import { Buttons } from '#http/ui/buttons.tsx'
import { type FormState, field, HiddenFields, PostForm, Refusal } from '#http/ui/form.tsx'
import { Field } from '#http/ui/forms.tsx'
import { emptyForm } from './forms.ts'
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
    <HiddenFields values={{ word }} />
    <Field {...field(state, 'proof')} label={`Type ${word} to confirm`} autocomplete="off" />
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
    <Refusal state={state} />
    <ul>
      {effects.map((effect) => (
        <li>{effect}</li>
      ))}
    </ul>
    <PostForm action={action} hidden={fields}>
      {word === undefined ? null : <TypedWord {...{ word, state }} />}
      <Buttons submit={submit} kind={word === undefined ? 'primary' : 'danger'} back={back} leave="Leave it as it is" />
    </PostForm>
  </Panel>
)
