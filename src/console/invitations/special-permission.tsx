// One permission on top of the roles of an invitation: its fields, and what they say as the verbs take it.
import type { CatalogueEntry } from '#access/decisions/catalogue.ts'
import type { Form } from '#http/read-form.ts'
import { type FormState, field } from '#http/ui/form.tsx'
import { Field } from '#http/ui/forms.tsx'
import { textOf } from '../ui/forms.ts'
import { Select } from '../ui/parts.tsx'
import { brandOfScope, type RoleChoices, scopeOptions } from '../ui/role-choices.ts'

type Props = {
  state: FormState
  choices: RoleChoices
  catalogue: readonly CatalogueEntry[]
  organization: string
}

export const SpecialPermission = ({ state, choices, catalogue, organization }: Props) => {
  const { values, errors } = state
  const faults = ['permission', 'brandId', 'reason', 'expiresAt'].flatMap(
    (name) => errors[`overrides.0.${name}`] ?? (name === 'permission' ? (errors['permission'] ?? []) : []),
  )
  const isOpen = (values['special'] ?? '') !== ''
  return (
    <details class="more-filters" open={isOpen}>
      <summary>One permission on top of these roles</summary>
      <div class="form-grid after-table">
        <Select
          name="special"
          label="They also may"
          empty="Nothing else"
          value={values['special']}
          error={faults[0]}
          options={catalogue.map(({ name, description }) => ({ value: name, label: `${description} (${name})` }))}
          hint="An override for this person alone, until the date above."
        />
        <Select
          name="specialScope"
          label="Where"
          value={values['specialScope']}
          options={scopeOptions(choices, organization)}
          hint="Where they get a role."
        />
      </div>
      <Field
        {...field(state, 'specialReason')}
        label="Reason for it"
        hint="Whoever reviews it later reads this."
        isOptional
      />
    </details>
  )
}

export const specialPermissionOf = (form: Form) => {
  const permission = textOf(form, 'special')
  if (permission === undefined) return []
  const brandId = brandOfScope(textOf(form, 'specialScope'))
  return [{ permission, brandId, reason: textOf(form, 'specialReason') ?? '' }]
}
