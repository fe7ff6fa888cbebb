// The page of the overview: pictures where people would rather look than read, words where something is to be done.
import type { ConnectionHealth, OverviewCounts, SignInDay } from '#access/organizations/overview.ts'
import { PrimaryLink } from '#http/ui/buttons.tsx'
import { EmptyState, Table } from '#http/ui/content.tsx'
import { Time } from '#http/ui/time.tsx'
import { dayOfMonth } from '#words/times.ts'
import { statusWords } from '../ui/connection-status.ts'
import type { Frame } from '../ui/env.ts'
import { BarChart, Figure, Share } from '../ui/figures.tsx'
import { ConsolePage } from '../ui/frame.tsx'
import { Badge, ButtonForm, Panel, type Tone } from '../ui/parts.tsx'
import type { Attention, DirectoryHealth } from './attention.ts'

export type OverviewPageProps = {
  frame: Frame
  counts: OverviewCounts | undefined
  signIns: readonly SignInDay[]
  connections: readonly ConnectionHealth[]
  directories: readonly DirectoryHealth[]
  attention: readonly Attention[]
  now: Date
}

export const OverviewPage = (props: OverviewPageProps) => {
  const { frame, counts, signIns, connections, directories, attention } = props
  return (
    <ConsolePage frame={frame} section="overview" title="Overview">
      <AttentionPanel attention={attention} />
      {counts === undefined ? null : <People counts={counts} />}
      <div class="columns">
        {signIns.length === 0 ? null : <SignIns days={signIns} />}
        <Connections connections={connections} />
      </div>
      <Directories directories={directories} />
    </ConsolePage>
  )
}

const levels: Record<Attention['level'], { tone: Tone; word: string }> = {
  bad: { tone: 'bad', word: 'Act now' },
  warning: { tone: 'warning', word: 'Look at it' },
  info: { tone: 'info', word: 'Note' },
}

const AttentionPanel = ({ attention }: { attention: readonly Attention[] }) => (
  <Panel title="Needs attention">
    {attention.length === 0 ? (
      <p class="all-well">
        <Badge tone="good">All is well</Badge> Nothing waits for you.
      </p>
    ) : (
      <ul class="attention">
        {attention.map(({ level, title, text, since, href, alarmId }) => (
          <li>
            <Badge tone={levels[level].tone}>{levels[level].word}</Badge>
            <div>
              <a href={href}>{title}</a>
              <div class="under">
                {text}
                {since === undefined ? null : (
                  <>
                    {' '}
                    Since <Time at={since} />
                  </>
                )}
              </div>
            </div>
            {alarmId === undefined ? null : (
              <ButtonForm
                action={`/console/alarms/${alarmId}/settle`}
                label={
                  <>
                    Settle<span class="visually-hidden"> {title}</span>
                  </>
                }
                kind="btn-sm"
              />
            )}
          </li>
        ))}
      </ul>
    )}
  </Panel>
)

const People = ({ counts }: { counts: OverviewCounts }) => {
  const { people, administrators } = counts
  return (
    <>
      <div class="figures">
        <Figure label="Active people" value={people.active.toLocaleString('en')} href="/console/users?status=active" />
        <Figure label="Pending" value={people.invited.toLocaleString('en')} href="/console/users?status=invited" />
        <Figure label="Inactive" value={people.inactive.toLocaleString('en')} href="/console/users?status=inactive" />
        <Figure
          label="Administrators"
          value={administrators.toLocaleString('en')}
          detail={`${counts.independentAdministrators} can get in without the identity provider`}
        />
      </div>
      <Share
        caption="People by status"
        parts={[
          { label: 'Active', value: people.active, tone: 'good' },
          { label: 'Pending', value: people.invited, tone: 'info' },
          { label: 'Inactive', value: people.inactive, tone: 'quiet' },
        ]}
      />
    </>
  )
}

const SignIns = ({ days }: { days: readonly SignInDay[] }) => {
  const all = days.reduce((sum, { signedIn, refused }) => sum + signedIn + refused, 0)
  const refused = days.reduce((sum, day) => sum + day.refused, 0)
  const [first, last] = [days[0]?.day, days.at(-1)?.day].map((day) => dayOfMonth(`${day}T00:00:00Z`))
  return (
    <Panel title="Sign-ins" actions={<a href="/console/sign-ins">All sign-ins</a>}>
      {all === 0 ? (
        <p class="text-secondary">Nobody has signed in during the last {days.length} days.</p>
      ) : (
        <BarChart
          caption={`${all.toLocaleString('en')} from ${first} to ${last}, of them ${refused.toLocaleString('en')} refused`}
          bars={days.map(({ day, signedIn, refused: part }) => ({
            label: dayOfMonth(day),
            value: signedIn + part,
            part,
          }))}
        />
      )}
    </Panel>
  )
}

const Connections = ({ connections }: { connections: readonly ConnectionHealth[] }) => (
  <Panel title="Connections" actions={<a href="/console/connections">All connections</a>}>
    {connections.length === 0 ? (
      <EmptyState
        title="No identity provider is connected"
        text="Connect Okta, Entra ID, Google or any other in a few minutes."
      >
        <PrimaryLink href="/console/connect">Connect an identity provider</PrimaryLink>
      </EmptyState>
    ) : (
      <Table
        caption="Connections"
        columns={['Connection', 'Status', 'Last day']}
        rows={connections.map(({ id, name, status, signedIn, refused, lastSignInAt }) => [
          <>
            <a href={`/console/connections/${id}`}>{name}</a>
            <div class="under">
              Last sign-in <Time at={lastSignInAt} empty="never" />
            </div>
          </>,
          <Badge tone={statusWords[status].tone}>{statusWords[status].word}</Badge>,
          `${signedIn} in, ${refused} refused`,
        ])}
      />
    )}
  </Panel>
)

const Directories = ({ directories }: { directories: readonly DirectoryHealth[] }) =>
  directories.length === 0 ? null : (
    <Panel title="Directories" actions={<a href="/console/provisioning">Provisioning log</a>}>
      <Table
        caption="Directories"
        columns={['Directory', 'Last request', 'Last change', 'Last refusal']}
        rows={directories.map(({ directoryId, name, activity }) => [
          <a href={`/console/directories/${directoryId}`}>{name}</a>,
          <Time at={activity?.lastRequestAt ?? null} empty="Never asked yet" />,
          <Time at={activity?.lastChangeAt ?? null} />,
          <Time at={activity?.lastErrorAt ?? null} empty="None" />,
        ])}
      />
    </Panel>
  )
