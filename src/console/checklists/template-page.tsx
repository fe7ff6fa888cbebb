// A new template: when a list of it is begun, and what is to be done.
import { Buttons } from '#http/ui/buttons.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Choice, Field } from '#http/ui/forms.tsx'
import type { Frame } from '../ui/env.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { namedOptions, Panel, Select } from '../ui/parts.tsx'

/** So many lines for tasks does the form have; those without a title are none. */
export const taskFields = 12

type Named = { id: string; name: string }

type TemplateProps = { frame: Frame; state: FormState; brands: readonly Named[]; people: readonly Named[] }

export const TemplatePage = ({ frame, state, brands, people }: TemplateProps) => {
  const fault = Object.entries(state.errors).find(([name]) => name.startsWith('tasks'))?.[1]
  return (
    <ConsolePage
      frame={frame}
      section="checklists"
      title="Create a template"
      lead="A list of it is begun by itself for everybody who joins or leaves from now on; their owners are told by mail."
      trail={sectionTrail('checklists')}
    >
      <PostForm action="/console/checklists/templates/new" state={state}>
        <Panel title="When">
          <Field {...field(state, 'name')} label="Name" maxlength={200} />
          <Choice
            name="kind"
            legend="A list is begun when somebody"
            value={state.values['kind'] ?? 'leaving'}
            options={[
              { value: 'joining', label: 'joins' },
              { value: 'leaving', label: 'leaves' },
            ]}
          />
          <Select
            name="brand"
            label="Where"
            value={state.values['brand']}
            empty={frame.manager.organization.name}
            options={namedOptions(brands)}
          />
        </Panel>
        <Panel title="What is to be done" lead="Lines without a title are left out.">
          {fault === undefined ? null : <p class="invalid-feedback d-block">{fault}</p>}
          {Array.from({ length: taskFields }, (_, index) => (
            <div class="filters">
              <Field
                name={`title.${index}`}
                label={`Task ${index + 1}`}
                value={state.values[`title.${index}`]}
                maxlength={200}
                isOptional
              />
              <Select
                name={`owner.${index}`}
                label={`Whose is task ${index + 1}`}
                value={state.values[`owner.${index}`]}
                empty="Administrators"
                options={namedOptions(people)}
              />
              <Field
                name={`days.${index}`}
                label={`Days for task ${index + 1}`}
                value={state.values[`days.${index}`] ?? '7'}
                inputmode="numeric"
              />
            </div>
          ))}
        </Panel>
        <Buttons submit="Create the template" back="/console/checklists" />
      </PostForm>
    </ConsolePage>
  )
}
