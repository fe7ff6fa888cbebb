// The form of a custom role: what it is for, who answers for it, and what it allows and denies.
import type { CatalogueEntry } from '#access/decisions/catalogue.ts'
import type { RoleRecord } from '#access/grants/roles/roles.ts'
import type { Form } from '#http/read-form.ts'
import { Buttons } from '#http/ui/buttons.tsx'
import { Alert } from '#http/ui/content.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Field } from '#http/ui/forms.tsx'
import { filledForm, textOf } from '../ui/forms.ts'
import { TextArea } from '../ui/parts.tsx'
import { areaOf } from './permission-matrix.tsx'

export type RoleFormProps = {
  action: string
  submit: string
  catalogue: readonly CatalogueEntry[]
  state: FormState
}

const states = [
  { value: '', label: 'Not allowed' },
  { value: 'allow', label: 'Allowed' },
  { value: 'deny', label: 'Denied' },
] as const

export const RoleForm = ({ action, submit, catalogue, state }: RoleFormProps) => {
  const { values, errors } = state
  const areas = [...new Set(catalogue.map(({ name }) => areaOf(name)))]
  const permissionError = errors['allows'] ?? errors['denies']
  return (
    <PostForm action={action} state={state}>
      {permissionError === undefined ? null : <Alert kind="danger" title={permissionError} />}
      <Field {...field(state, 'name')} label="Name" maxlength={200} />
      <Field
        {...field(state, 'key')}
        label="Key"
        hint="What applications see: lower-case letters, digits and hyphens."
        maxlength={63}
      />
      <TextArea
        {...field(state, 'purpose')}
        label="Purpose"
        hint="Shown wherever the role is chosen, so that people choose the right one."
        maxlength={1_000}
      />
      <Field {...field(state, 'owner')} label="Owner" hint="Who answers for it." isOptional />
      <Field {...field(state, 'reviewAt')} label="Review on" type="date" isOptional />
      <Field
        name="rank"
        label="Rank"
        type="number"
        value={values['rank'] ?? '20'}
        error={errors['rank']}
        hint="Higher is more. It decides where your organization counts only the highest role of a person."
      />
      <h2>Permissions</h2>
      <p class="lead-sentence">Denied wins over whatever another role allows.</p>
      {areas.map((area) => (
        <fieldset class="panel">
          <legend>{area}</legend>
          {catalogue
            .filter(({ name }) => areaOf(name) === area)
            .map((entry) => (
              <PermissionRow entry={entry} value={values[`permission.${entry.name}`] ?? ''} />
            ))}
        </fieldset>
      ))}
      <TextArea
        name="special"
        label="With a parameter, or a whole area"
        value={values['special']}
        hint={
          <>
            One a line, such as <code>workflow.approve:legal</code> or <code>content.*</code>; a line that begins with{' '}
            <code>-</code> denies.
          </>
        }
        isOptional
      />
      <Buttons submit={submit} back="/console/roles" />
    </PostForm>
  )
}

const PermissionRow = ({ entry, value }: { entry: CatalogueEntry; value: string }) => (
  <div class="choice-row" role="radiogroup" aria-label={entry.description}>
    <div class="choice-name">
      {entry.description}
      <div class="under">
        <code>{entry.name}</code>
      </div>
    </div>
    <div class="choices">
      {states.map((state) => (
        <label class="form-check form-check-inline">
          <input
            class="form-check-input"
            type="radio"
            name={`permission.${entry.name}`}
            value={state.value}
            checked={value === state.value}
          />
          <span class="form-check-label">{state.label}</span>
        </label>
      ))}
    </div>
  </div>
)

/** A role as the values of its form: names of the catalogue as choices, everything else as lines. */
export function formOfRole(role: RoleRecord, catalogue: readonly CatalogueEntry[]): FormState {
  const { name, key, purpose, owner, reviewAt, rank, allows, denies } = role
  const isListed = (held: string): boolean => catalogue.some((entry) => entry.name === held)
  const choices = [
    ...allows.filter(isListed).map((held) => [`permission.${held}`, 'allow']),
    ...denies.filter(isListed).map((held) => [`permission.${held}`, 'deny']),
  ]
  const lines = [
    ...allows.filter((held) => !isListed(held)),
    ...denies.filter((held) => !isListed(held)).map((held) => `-${held}`),
  ]
  return filledForm({
    ...{ name, key, purpose, rank: String(rank), owner: owner ?? '', special: lines.join('\n') },
    reviewAt: reviewAt?.slice(0, 10) ?? '',
    ...Object.fromEntries(choices),
  })
}

/** What the form says, as the verbs take it. */
export function roleOfForm(form: Form) {
  const chosen = (effect: string): string[] =>
    Object.entries(form).flatMap(([name, value]) =>
      name.startsWith('permission.') && value === effect ? [name.slice('permission.'.length)] : [],
    )
  const special = (form['special'] ?? '').split(/\s+/).filter((line) => line !== '')
  const reviewAt = textOf(form, 'reviewAt')
  return {
    ...{ name: form['name'] ?? '', key: form['key'] ?? '', purpose: form['purpose'] ?? '' },
    rank: Number(form['rank'] ?? '20'),
    owner: textOf(form, 'owner') ?? null,
    reviewAt: reviewAt === undefined ? null : `${reviewAt}T00:00:00.000Z`,
    allows: [...chosen('allow'), ...special.filter((line) => !line.startsWith('-'))],
    denies: [...chosen('deny'), ...special.filter((line) => line.startsWith('-')).map((line) => line.slice(1))],
  }
}
