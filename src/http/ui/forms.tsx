// Parts of forms. Labels, hints and messages are tied to their field, so that every reader hears what the eye sees.
import type { Child } from 'hono/jsx'
import { Say } from './reader.tsx'

export type FieldProps = {
  /** The field's name, and its id: once a page. */
  name: string
  label: Child
  type?: 'text' | 'email' | 'password' | 'url' | 'search' | 'tel' | 'number' | 'date' | 'datetime-local'
  /** What was typed; a password never comes back. */
  value?: string | undefined
  hint?: Child
  /** What is wrong with the value: marks the field and is read out with it. */
  error?: Child
  /** WCAG 1.3.5, and what password managers go by: `username webauthn`, `current-password`, `one-time-code`, `off`. */
  autocomplete?: string
  inputmode?: 'text' | 'numeric' | 'email' | 'url'
  placeholder?: string
  maxlength?: number
  isOptional?: boolean
  isReadOnly?: boolean
  hasFocus?: boolean
}

export const Field = (props: FieldProps) => {
  const { name, label, type = 'text', value, hint, error, isOptional = false, isReadOnly = false } = props
  return (
    <Labelled id={name} {...{ label, isOptional, hint, error }}>
      <input
        class={error === undefined ? 'form-control' : 'form-control is-invalid'}
        id={name}
        name={name}
        type={type}
        value={type === 'password' ? undefined : value}
        autocomplete={props.autocomplete}
        inputmode={props.inputmode}
        placeholder={props.placeholder}
        maxlength={props.maxlength}
        required={!isOptional}
        readonly={isReadOnly}
        autofocus={props.hasFocus === true}
        autocapitalize={type === 'email' ? 'none' : undefined}
        {...saidWith(name, { hint, error })}
      />
    </Labelled>
  )
}

type Said = { hint?: Child; error?: Child }

export type LabelledProps = Said & { id: string; label: Child; isOptional?: boolean; children: Child }

/** The frame of a field: its label above it, and below what is wrong with it and what helps. */
export const Labelled = ({ id, label, isOptional = false, hint, error, children }: LabelledProps) => (
  <div class="field">
    <label class="form-label" for={id}>
      {label}
      {isOptional ? <OptionalMark /> : null}
    </label>
    {children}
    {error === undefined ? null : (
      <p class="field-error" id={`${id}-error`}>
        {error}
      </p>
    )}
    {hint === undefined ? null : (
      <p class="field-hint" id={`${id}-hint`}>
        {hint}
      </p>
    )}
  </div>
)

const OptionalMark = () => (
  <span class="field-optional">
    {' '}
    <Say of="frame.optional" />
  </span>
)

/** What ties the field itself to the words of its frame. */
export function saidWith(id: string, { hint, error }: Said) {
  const ids = [error === undefined ? [] : [`${id}-error`], hint === undefined ? [] : [`${id}-hint`]].flat()
  return {
    'aria-invalid': error === undefined ? undefined : ('true' as const),
    'aria-describedby': ids.length === 0 ? undefined : ids.join(' '),
  }
}

type CheckProps = {
  name: string
  value?: string
  label: Child
  isChecked?: boolean
  hint?: Child
  id?: string
  type?: 'checkbox' | 'radio'
  isDisabled?: boolean
}

export const Check = ({ name, value = 'on', label, hint, type = 'checkbox', ...props }: CheckProps) => {
  const id = props.id ?? `${name}-${value}`
  return (
    <div class="form-check">
      <input
        class="form-check-input"
        type={type}
        id={id}
        name={name}
        value={value}
        checked={props.isChecked === true}
        disabled={props.isDisabled === true}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
      />
      <label class="form-check-label" for={id}>
        {label}
      </label>
      {hint === undefined ? null : (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  )
}

export type ChoiceProps = {
  name: string
  legend: string
  /** The first one is chosen where this is none of them. */
  options: readonly { value: string; label: string; hint?: Child }[]
  value: string | undefined
  error?: string | undefined
  /** The question stands out, as the steps of the wizard do. */
  isQuestion?: boolean
}

/** One of a few that exclude each other. */
export const Choice = ({ name, legend, options, value, error, isQuestion = false }: ChoiceProps) => {
  const chosen = options.find((option) => option.value === value) ?? options[0]
  return (
    <fieldset class={isQuestion ? 'wizard-choice' : undefined}>
      <legend class={isQuestion ? 'wizard-question' : undefined}>{legend}</legend>
      {error === undefined ? null : <p class="field-error">{error}</p>}
      {options.map((option) => (
        <Check type="radio" name={name} {...option} isChecked={option === chosen} />
      ))}
    </fieldset>
  )
}
