// The rule on inactivity with its runs; what it is going to do; whom it leaves alone.
import type { InactivityException } from '#access/people/inactivity/exceptions.ts'
import type { InactivityAct, InactivityOutlook } from '#access/people/inactivity/outlook.ts'
import { erasedAfterDays, type InactivityRule } from '#access/people/inactivity/rule.ts'
import type { InactivityRun } from '#access/people/inactivity/runs.ts'
import type { Form } from '#http/read-form.ts'
import { Buttons, LinkButton } from '#http/ui/buttons.tsx'
import { Alert, EmptyState, Table } from '#http/ui/content.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Choice, Field } from '#http/ui/forms.tsx'
import { Time } from '#http/ui/time.tsx'
import { isPermitted } from '#src/context.ts'
import { counted } from '#words/counts.ts'
import type { Frame } from '../ui/env.ts'
import { ConsolePage } from '../ui/frame.tsx'
import { Badge, ButtonForm, Pager, Panel } from '../ui/parts.tsx'
import { SettingsFrame } from './settings-frame.tsx'

const home = '/console/settings/inactivity'

const trail = [
  { label: 'Settings', href: '/console/settings' },
  { label: 'Inactivity', href: home },
]

type RuleProps = {
  frame: Frame
  state: FormState
  rule: InactivityRule
  runs: readonly InactivityRun[]
  isMailSent: boolean
}

export const RulePage = ({ frame, state, rule, runs, isMailSent }: RuleProps) => {
  const [isOn, mayChange] = [rule.status === 'on', isPermitted(frame.ctx, 'organization.write')]
  return (
    <SettingsFrame
      frame={frame}
      tab="inactivity"
      lead="What becomes of people who are not here for long. Signing in, working in a session and using an application count as being here."
      actions={
        <>
          <LinkButton href={`${home}/outlook`}>What is coming</LinkButton>
          <LinkButton href={`${home}/exceptions`}>Exceptions</LinkButton>
          {isOn && mayChange ? <ButtonForm action={`${home}/off`} label="Switch the rule off" /> : null}
        </>
      }
    >
      <PostForm action={`${home}/preview`} state={state}>
        <Panel
          title="The rule"
          lead={
            <>
              <Badge tone={isOn ? 'good' : 'quiet'}>{isOn ? 'On' : 'Off'}</Badge>
              {rule.ranAt === null ? null : (
                <>
                  {' '}
                  It ran last: <Time at={rule.ranAt} />
                </>
              )}
            </>
          }
        >
          <Choice
            name="concerns"
            legend="It concerns"
            value={state.values['concerns']}
            options={[
              { value: 'local', label: 'people whom no directory manages' },
              { value: 'everybody', label: 'everybody', hint: 'What it switches off, a directory does not lift.' },
            ]}
          />
          <Field
            {...field(state, 'warnDays')}
            label="Warn after so many days"
            type="number"
            hint="By mail, with the day of the deactivation."
          />
          <Field
            {...field(state, 'deactivateDays')}
            label="Deactivate after so many days"
            type="number"
            hint="And never sooner after the warning than the two differ by, also where the rule is new."
          />
          <Field
            {...field(state, 'eraseDays')}
            label="Erase so many days after that"
            type="number"
            hint="Empty: they stay inactive. No sooner than Settings say, and nobody whom a directory still has."
            isOptional
          />
          {isMailSent ? null : (
            <Alert kind="warning" title="There is no mail server">
              Warnings wait in the outbox, where nobody reads them.
            </Alert>
          )}
          {mayChange ? <Buttons submit="Preview the rule" /> : null}
        </Panel>
      </PostForm>
      <Runs runs={runs} mayUndo={isPermitted(frame.ctx, 'users.write')} />
    </SettingsFrame>
  )
}

const Runs = ({ runs, mayUndo }: { runs: readonly InactivityRun[]; mayUndo: boolean }) => (
  <Panel title="Runs" lead="Once a day. Those that did something, the newest first.">
    {runs.length === 0 ? (
      <p>None yet.</p>
    ) : (
      <Table
        caption="Runs"
        columns={[
          'When',
          { label: 'Warned', isNumeric: true },
          { label: 'Deactivated', isNumeric: true },
          { label: 'Erased', isNumeric: true },
          { label: 'Refused', isNumeric: true },
          { label: 'Actions', isSilent: true },
        ]}
        rows={runs.map(({ id, ranAt, warned, deactivated, erased, refused, stillOff }) => [
          <Time at={ranAt} />,
          ...[warned, deactivated, erased, refused].map(String),
          mayUndo && stillOff > 0 ? (
            <ButtonForm action={`${home}/runs/${id}/undo`} label={`Reactivate ${stillOff}`} kind="btn-sm" />
          ) : null,
        ])}
      />
    )}
  </Panel>
)

const actWords: Record<InactivityAct, string> = { warn: 'Warned', deactivate: 'Deactivated', erase: 'Erased' }
const acts = ['warn', 'deactivate', 'erase'] as const

const Outlook = ({ outlook }: { outlook: InactivityOutlook }) => (
  <>
    <Table
      caption="How many"
      columns={['What happens', { label: 'Today', isNumeric: true }, { label: 'Within 30 days', isNumeric: true }]}
      rows={acts.map((act) => [actWords[act], String(outlook.today[act]), String(outlook.within30Days[act])])}
    />
    {outlook.people.length === 0 ? (
      <EmptyState title="Nobody" text="Nobody is concerned within the next 30 days." />
    ) : (
      <Table
        caption="Who, by date"
        columns={['Person', 'What happens', 'When', 'Last here']}
        rows={outlook.people.map(({ userId, userName, displayName, act, at, since }) => [
          <a href={`/console/users/${userId}`}>{displayName ?? userName}</a>,
          actWords[act],
          <Time at={at} />,
          <Time at={since} />,
        ])}
      />
    )}
  </>
)

export const OutlookPage = ({ frame, outlook }: { frame: Frame; outlook: InactivityOutlook }) => (
  <ConsolePage
    frame={frame}
    section="settings"
    title="What is coming"
    lead="By the rule as it is saved, for people who stay away; where it is off, what it would do."
    trail={trail}
  >
    <Outlook outlook={outlook} />
  </ConsolePage>
)

type PreviewProps = { frame: Frame; outlook: InactivityOutlook; form: Form }

export const PreviewPage = ({ frame, outlook, form }: PreviewProps) => {
  const { warnDays, deactivateDays, concerns } = outlook.rule
  const days = erasedAfterDays(outlook.rule)
  const { word: _, ...fields } = form
  const erased = days === null ? '' : `, and erased ${counted(days, 'day')} after that`
  return (
    <ConsolePage
      frame={frame}
      section="settings"
      title="What the rule would do"
      lead={`${concerns === 'everybody' ? 'Everybody' : 'Whoever no directory manages'} is warned after ${counted(warnDays, 'day')}, deactivated after ${counted(deactivateDays, 'day')}${erased}.`}
      trail={trail}
    >
      <Outlook outlook={outlook} />
      <PostForm action={home} hidden={fields}>
        <Buttons submit="Save the rule" back={home} />
      </PostForm>
    </ConsolePage>
  )
}

type ExceptionsProps = { frame: Frame; exceptions: readonly InactivityException[]; next: string | undefined }

export const ExceptionsPage = ({ frame, exceptions, next }: ExceptionsProps) => (
  <ConsolePage
    frame={frame}
    section="settings"
    title="Exceptions"
    lead="People whom the rule on inactivity leaves alone. They are made and ended on a person’s page."
    trail={trail}
  >
    {exceptions.length === 0 ? (
      <EmptyState title="Nobody" text="The rule leaves nobody alone." />
    ) : (
      <Table
        caption="Exceptions"
        columns={['Person', 'Why', 'Until', 'Since']}
        rows={exceptions.map(({ id, userName, displayName, reason, until, counts, createdAt }) => [
          <a href={`/console/users/${id}/inactivity`}>{displayName ?? userName}</a>,
          reason,
          <>
            <Time at={until} empty="Without an end" /> {counts ? null : <Badge tone="quiet">Ended</Badge>}
          </>,
          <Time at={createdAt} />,
        ])}
      />
    )}
    <Pager shown={exceptions.length} next={next} />
  </ConsolePage>
)
