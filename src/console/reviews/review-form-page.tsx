// The form of a new review: of what, by whom, until when, and what no answer means.
import { Buttons } from '#http/ui/buttons.tsx'
import { type FormState, field, PostForm, Refusal } from '#http/ui/form.tsx'
import { Check, Choice, Field } from '#http/ui/forms.tsx'
import { recurrenceInWords, ruleInWords } from '#words/reviews.ts'
import type { Frame } from '../ui/env.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { namedOptions, Panel, Select } from '../ui/parts.tsx'

type Named = { id: string; name: string }

export type ScopeOptions = {
  roles: readonly Named[]
  brands: readonly Named[]
  directories: readonly Named[]
  /** Whether they may review more than single brands. */
  hasOrganization: boolean
}

type PageProps = { frame: Frame; state: FormState; options: ScopeOptions }

const rules = ['brand_managers', 'sponsor', 'role_owner', 'person'] as const
const recurrences = ['monthly', 'quarterly', 'half_yearly', 'yearly'] as const

export const ReviewFormPage = ({ frame, state, options }: PageProps) => (
  <ConsolePage
    frame={frame}
    section="reviews"
    title="New access review"
    lead="Nothing happens yet: first you see what it is about and who would answer."
    trail={sectionTrail('reviews')}
  >
    <Refusal state={state} />
    <PostForm action="/console/reviews/preview">
      <Panel title="What is reviewed" lead="What satisfies all of it; nothing chosen means everything.">
        <Field {...field(state, 'name')} label="Name" maxlength={200} hint="Such as: Autumn review" />
        <Select {...field(state, 'role')} label="Role" empty="All roles" options={namedOptions(options.roles)} />
        <Select
          {...field(state, 'brand')}
          label="Brand"
          {...(options.hasOrganization ? { empty: 'The organization and all brands' } : {})}
          options={namedOptions(options.brands)}
        />
        {options.directories.length === 0 ? null : (
          <Select
            {...field(state, 'directory')}
            label="People of the directory"
            empty="All people"
            options={namedOptions(options.directories)}
          />
        )}
        <Check
          name="isPrivileged"
          label="Only privileged access"
          hint="Roles that let people manage others or settings"
          isChecked={state.values['isPrivileged'] !== undefined}
        />
        <Check
          name="isOutside"
          label="Only people from outside"
          hint="Of no directory, and with no address in a verified domain"
          isChecked={state.values['isOutside'] !== undefined}
        />
        <Field
          {...field(state, 'inactiveDays')}
          label="Only people without activity for so many days"
          type="number"
          hint="With no role, brand or privilege chosen, their accounts are reviewed: removed means switched off"
          isOptional
        />
      </Panel>
      <Panel title="Who answers" lead="Nobody answers for themselves.">
        <Choice
          {...field(state, 'reviewerRule')}
          legend="Reviewers"
          options={rules.map((value) => ({ value, label: ruleInWords(value) }))}
        />
        <Field {...field(state, 'reviewerId')} label="The one person" hint="Address or user name" isOptional />
        <Field
          {...field(state, 'fallbackId')}
          label="If there is no reviewer, or the reviewer has left"
          hint="Address or user name; you, unless somebody else is named"
          isOptional
        />
      </Panel>
      <Panel title="Until when, and what then">
        <Numbers state={state} />
        <Choice
          {...field(state, 'noAnswer')}
          legend="What no answer means"
          options={[
            { value: 'keep', label: 'It is kept' },
            { value: 'remove', label: 'It is removed' },
            { value: 'end', label: 'It gets an end date' },
          ]}
        />
        <Field {...field(state, 'endDays')} label="So many days after the closing" type="number" isOptional />
        <Select
          {...field(state, 'recurrence')}
          label="Repeat"
          empty={recurrenceInWords(null)}
          options={recurrences.map((value) => ({ value, label: recurrenceInWords(value) }))}
        />
        <Field
          {...field(state, 'start')}
          label="Opens on"
          type="date"
          hint="At once, unless a day is named"
          isOptional
        />
      </Panel>
      <Buttons submit="See what it is about" back="/console/reviews" />
    </PostForm>
  </ConsolePage>
)

const Numbers = ({ state }: { state: FormState }) => {
  const numbers = [
    { name: 'dueDays', label: 'Days to answer', usual: '21', hint: 'Reviewers get mails a week and a day before' },
    { name: 'graceDays', label: 'Days of grace', usual: '3', hint: 'Then it closes by itself' },
    { name: 'undoHours', label: 'Hours to undo', usual: '24', hint: 'Before what is removed takes effect' },
  ]
  return (
    <>
      {numbers.map(({ name, label, usual, hint }) => (
        <Field {...field(state, name)} value={state.values[name] ?? usual} {...{ label, hint }} type="number" />
      ))}
    </>
  )
}
