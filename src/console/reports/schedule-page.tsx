// Having a report made on a schedule: which, how often, and who is told.
import type { ReportKind } from '#access/reports/kinds/report.ts'
import { reportPaces } from '#access/reports/schedules.ts'
import { Buttons, SubmitButton } from '#http/ui/buttons.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Check, Choice, Field } from '#http/ui/forms.tsx'
import type { Frame } from '../ui/env.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { Panel, Select } from '../ui/parts.tsx'
import { paceWords } from './reports-page.tsx'

type ScheduleProps = {
  frame: Frame
  state: FormState
  q: string
  people: readonly { id: string; name: string }[]
  reports: readonly { kind: ReportKind; title: string }[]
}

export const SchedulePage = ({ frame, state, q, people, reports }: ScheduleProps) => (
  <ConsolePage
    frame={frame}
    section="reports"
    title="Schedule a report"
    lead="The first one is made at once."
    trail={sectionTrail('reports')}
  >
    <form class="filters" method="get" action="/console/reports/schedules/new">
      <div class="is-search field">
        <Field name="q" label="Find people to be told" type="search" value={q} isOptional />
      </div>
      <SubmitButton label="Find people" kind="secondary" />
    </form>
    <PostForm action="/console/reports/schedules/new" state={state}>
      <Panel title="Which, and how often">
        <Select
          name="kind"
          label="Report"
          value={state.values['kind']}
          error={state.errors['kind']}
          options={reports.map(({ kind, title }) => ({ value: kind, label: title }))}
        />
        <Select
          name="every"
          label="How often"
          value={state.values['every'] ?? 'month'}
          error={state.errors['every']}
          options={reportPaces.map((pace) => ({ value: pace, label: paceWords[pace] }))}
        />
        <Choice
          name="sent"
          legend="When people are told"
          value={state.values['sent'] ?? 'always'}
          options={[
            { value: 'always', label: 'each time' },
            { value: 'findings', label: 'where there is something to look at' },
          ]}
        />
      </Panel>
      <Panel title="Who is told">
        {people.length === 0 ? <p>No users match.</p> : null}
        {people.map(({ id, name }) => (
          <Check
            name={`recipient.${id}`}
            label={name}
            {...(state.values[`recipient.${id}`] === undefined ? {} : { isChecked: true })}
          />
        ))}
        {field(state, 'recipients').error === undefined ? null : (
          <p class="invalid-feedback d-block">{field(state, 'recipients').error}</p>
        )}
      </Panel>
      <Buttons submit="Schedule the report" back="/console/reports" />
    </PostForm>
  </ConsolePage>
)
