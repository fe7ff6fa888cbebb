// The rules of separation, and a new one.
import type { CatalogueEntry } from '#access/decisions/catalogue.ts'
import type { RoleRecord } from '#access/grants/roles/roles.ts'
import type { SeparationRecord, SideRecord } from '#access/grants/separation/rules.ts'
import { Buttons } from '#http/ui/buttons.tsx'
import { EmptyState, Table } from '#http/ui/content.tsx'
import { type FormState, field, PostForm, Refusal } from '#http/ui/form.tsx'
import { Check, Choice, Field } from '#http/ui/forms.tsx'
import type { Frame } from '../ui/env.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { Badge, Panel, Select, TextArea } from '../ui/parts.tsx'

/** A role by its name, a permission as it is written. */
export const SideName = ({ side }: { side: SideRecord }) =>
  side.role === null ? <code>{side.permission}</code> : <span>{side.role.name}</span>

export const ModeBadge = ({ mode }: { mode: SeparationRecord['mode'] }) =>
  mode === 'enforce' ? <Badge tone="good">Enforced</Badge> : <Badge tone="quiet">Watched</Badge>

type Props = {
  frame: Frame
  state: FormState
  rules: readonly SeparationRecord[]
  roles: readonly RoleRecord[]
  catalogue: readonly CatalogueEntry[]
  mayWrite: boolean
}

export const RulesPage = ({ frame, state, rules, roles, catalogue, mayWrite }: Props) => (
  <ConsolePage
    frame={frame}
    section="policies"
    title="Separation of duties"
    lead="Pairs of roles or permissions that nobody may hold at once in one place."
    trail={sectionTrail('policies')}
  >
    {rules.length === 0 ? (
      <EmptyState
        title="Nothing is kept apart"
        text="A rule keeps two roles or permissions apart, for example: whoever creates campaigns does not start them."
      />
    ) : (
      <Table
        caption="Rules of separation"
        columns={['Rule', 'Whoever holds', 'does not have', 'Mode', 'Exceptions']}
        rows={rules.map(({ id, name, purpose, first, second, mode, exceptions }) => [
          <>
            <a href={`/console/separation/${id}`}>{name}</a>
            <div class="under">{purpose}</div>
          </>,
          <SideName side={first} />,
          <SideName side={second} />,
          <ModeBadge mode={mode} />,
          exceptions.length === 0 ? 'None' : String(exceptions.length),
        ])}
      />
    )}
    {mayWrite ? <NewRule {...{ state, roles, catalogue }} /> : null}
  </ConsolePage>
)

const NewRule = ({ state, roles, catalogue }: Pick<Props, 'state' | 'roles' | 'catalogue'>) => {
  const { values } = state
  const sides = [
    ...roles.map(({ id, name }) => ({ value: `role:${id}`, label: `Role: ${name}` })),
    ...catalogue.map(({ name, description }) => ({ value: `permission:${name}`, label: `${description} (${name})` })),
  ]
  return (
    <Panel title="New rule" id="new">
      <Refusal state={state} />
      <PostForm action="/console/separation">
        <Field {...field(state, 'name')} label="Name" maxlength={200} />
        <div class="form-grid">
          <Select {...field(state, 'first')} label="Whoever holds" empty="Choose…" options={sides} />
          <Select
            {...field(state, 'second')}
            label="does not have"
            empty="Choose…"
            options={sides}
            hint="It is withheld where somebody holds both, whatever gives it to them."
          />
        </div>
        <TextArea
          {...field(state, 'purpose')}
          label="Why they are kept apart"
          hint="Whoever asks for an exception reads this."
          maxlength={1_000}
          rows={2}
        />
        <Choice
          name="mode"
          legend="Where somebody holds both"
          value={values['mode'] ?? 'enforce'}
          options={[
            { value: 'enforce', label: 'withhold the second from them' },
            { value: 'watch', label: 'only list them' },
          ]}
        />
        <fieldset>
          <legend>But holders of these may hold both</legend>
          {roles.map(({ id, name }) => (
            <Check
              name={`except.${id}`}
              id={`except-${id}`}
              label={name}
              isChecked={values[`except.${id}`] !== undefined}
            />
          ))}
        </fieldset>
        <Buttons submit="See what changes" />
      </PostForm>
    </Panel>
  )
}
