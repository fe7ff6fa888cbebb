// The question before many people are changed: what, and why.
import type { Form } from '#http/read-form.ts'
import { Buttons } from '#http/ui/buttons.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Choice, Field } from '#http/ui/forms.tsx'
import { ConsolePage, sectionTrail } from '../../ui/frame.tsx'
import { Select, TextArea } from '../../ui/parts.tsx'
import { type RoleChoices, scopeOptions } from '../../ui/role-choices.ts'
import { RolePurposes } from '../../ui/role-purposes.tsx'
import { type Common, kinds, listHref } from './bulk-kinds.ts'

export const BulkFormPage = ({
  frame,
  kind,
  state,
  choices,
}: Common & { state: FormState; choices: RoleChoices | undefined }) => {
  const { values } = state
  return (
    <ConsolePage
      frame={frame}
      section="users"
      title={kinds[kind].title}
      lead={kinds[kind].lead}
      trail={sectionTrail('users')}
    >
      <PostForm
        action={`/console/users/bulk/${kind}`}
        state={state}
        class="panel"
        hidden={{ query: values['query'] ?? '' }}
      >
        {kind === 'deactivate' ? <DeactivateFields state={state} /> : null}
        {kind === 'reactivate' ? <ReactivateFields values={values} /> : null}
        {choices === undefined ? null : (
          <RoleFields
            {...{ state, choices }}
            organization={frame.manager.organization.name}
            isGiven={kind === 'assign'}
          />
        )}
        <Buttons submit="See what it does" back={listHref(values['query'])} leave="Back to the list" />
      </PostForm>
    </ConsolePage>
  )
}

const DeactivateFields = ({ state }: { state: FormState }) => (
  <div class="form-grid">
    <TextArea
      name="note"
      label="Note"
      value={state.values['note']}
      error={state.errors['action.note']}
      hint="Why, for the audit trail."
      rows={2}
      isOptional
    />
    <Field
      name="returnsAt"
      label="Expected back on"
      type="date"
      value={state.values['returnsAt']}
      error={state.errors['action.returnsAt'] ?? state.errors['returnsAt']}
      isOptional
    />
  </div>
)

const ReactivateFields = ({ values }: { values: Form }) => (
  <Choice
    name="restore"
    legend="What was given to them directly"
    value={values['restore']}
    options={[
      { value: 'all', label: 'Comes back, as far as it has not ended' },
      { value: 'none', label: 'Is revoked permanently' },
    ]}
  />
)

type RoleFieldsProps = { state: FormState; choices: RoleChoices; organization: string; isGiven: boolean }

const RoleFields = ({ state, choices, organization, isGiven }: RoleFieldsProps) => (
  <>
    <div class="form-grid">
      <Select name="roleId" label="Role" value={state.values['roleId']} options={choices.roles} />
      <Select {...field(state, 'scope')} label="Where" options={scopeOptions(choices, organization)} />
    </div>
    {isGiven ? (
      <>
        <TextArea {...field(state, 'reason')} label="Reason" rows={2} />
        <div class="form-grid">
          <Field
            name="expiresAt"
            label="Until"
            type="date"
            value={state.values['expiresAt']}
            error={state.errors['action.expiresAt'] ?? state.errors['expiresAt']}
            isOptional
          />
          <Field
            name="sponsor"
            label="Sponsor"
            value={state.values['sponsor']}
            error={state.errors['action.sponsor']}
            isOptional
          />
        </div>
      </>
    ) : null}
    <RolePurposes choices={choices} />
  </>
)
