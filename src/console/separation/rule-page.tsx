// One rule of separation: whoever holds both sides, who is excepted until when, and what can be done about it.
import type { SeparationRecord } from '#access/grants/separation/rules.ts'
import type { Conflict } from '#access/people/separation-conflicts.ts'
import { Buttons } from '#http/ui/buttons.tsx'
import { EmptyState, Facts, Table } from '#http/ui/content.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Field } from '#http/ui/forms.tsx'
import { Time } from '#http/ui/time.tsx'
import { counted } from '#words/counts.ts'
import type { Frame } from '../ui/env.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { ButtonForm, Panel, Select, TextArea } from '../ui/parts.tsx'
import { organizationScope } from '../ui/role-choices.ts'
import { ModeBadge, SideName } from './rules-page.tsx'

type Props = {
  frame: Frame
  state: FormState
  rule: SeparationRecord
  conflicts: readonly Conflict[]
  total: number
  brands: readonly { id: string; name: string }[]
  mayWrite: boolean
}

const shownConflicts = 50

export const RulePage = (props: Props) => {
  const { frame, rule, conflicts, total, mayWrite } = props
  const { id, name, purpose, mode, first, second, exceptRoles } = rule
  const organization = frame.manager.organization.name
  return (
    <ConsolePage
      frame={frame}
      section="policies"
      title={name}
      lead={purpose}
      trail={[...sectionTrail('policies'), { label: 'Separation of duties', href: '/console/separation' }]}
      actions={
        mayWrite ? (
          <ButtonForm
            action={`/console/separation/${id}/mode`}
            label={mode === 'watch' ? 'Enforce it…' : 'Only watch…'}
            kind={mode === 'watch' ? 'btn-primary' : 'btn-sm'}
          />
        ) : null
      }
    >
      <div class="panel">
        <Facts
          facts={[
            { term: 'Mode', value: <ModeBadge mode={mode} /> },
            { term: 'Whoever holds', value: <SideName side={first} /> },
            { term: 'does not have', value: <SideName side={second} /> },
            {
              term: 'But holders of',
              value: exceptRoles.length === 0 ? 'No role' : exceptRoles.map((role) => role.name).join(', '),
            },
          ]}
        />
      </div>
      <Panel
        title="People who hold both"
        lead={
          mode === 'enforce'
            ? 'The second is withheld from them until they give one of the two back, or have an exception.'
            : 'They are listed here and in the report; nothing is withheld.'
        }
      >
        {conflicts.length === 0 ? (
          <EmptyState title="Nobody holds both" text="Whoever comes to, appears here." />
        ) : (
          <Table
            caption="People who hold both sides"
            columns={['Person', 'Where', 'The first through', 'The second through']}
            rows={conflicts
              .slice(0, shownConflicts)
              .map(({ user, brand, first: by, second: also }) => [
                <a href={`/console/users/${user.id}`}>{user.name}</a>,
                brand?.name ?? organization,
                by.join(', '),
                also.join(', '),
              ])}
          />
        )}
        {total > shownConflicts ? (
          <p class="field-hint">
            The first {shownConflicts} of {counted(total, 'person', 'people')}; the{' '}
            <a href="/console/reports/separation">report</a> has the rest.
          </p>
        ) : null}
      </Panel>
      <Exceptions {...props} />
      {mayWrite ? (
        <Panel title="Delete the rule" lead="With its exceptions. You see first who gets what by it.">
          <ButtonForm action={`/console/separation/${id}/delete`} label="Delete the rule…" kind="btn-danger" />
        </Panel>
      ) : null}
    </ConsolePage>
  )
}

const Exceptions = ({ frame, state, rule, brands, mayWrite }: Props) => {
  const organization = frame.manager.organization.name
  return (
    <Panel title="Exceptions" lead="People who may hold both in one place, for a reason and until a date.">
      {rule.exceptions.length === 0 ? null : (
        <Table
          caption="Exceptions"
          columns={['Person', 'Where', 'Reason', 'Until']}
          rows={rule.exceptions.map(({ assignmentId, user, brand, reason, expiresAt }) => [
            <a href={`/console/users/${user.id}/assignments/${assignmentId}`}>{user.displayName ?? user.userName}</a>,
            brand?.name ?? organization,
            reason,
            <Time at={expiresAt} empty="No end" />,
          ])}
        />
      )}
      {mayWrite ? (
        <PostForm action={`/console/separation/${rule.id}/exceptions`} state={state}>
          <div class="form-grid">
            <Field {...field(state, 'person')} label="Person" hint="An e-mail address or a user name." />
            <Select
              name="scope"
              label="Where"
              value={state.values['scope']}
              options={[
                { value: organizationScope, label: `${organization} (the organization)` },
                ...brands.map(({ id, name }) => ({ value: id, label: name })),
              ]}
            />
            <Field {...field(state, 'expiresAt')} label="Until" type="date" hint="To the end of that day, UTC." />
          </div>
          <TextArea {...field(state, 'reason')} label="Reason" maxlength={1_000} rows={2} />
          <Buttons submit="See what changes" kind="secondary" />
        </PostForm>
      ) : null}
    </Panel>
  )
}
