// How far a change of many people is, and what came of each.

import type { UserChange, UserChangeOutcome } from '#access/people/bulk/user-changes.ts'
import { PrimaryLink } from '#http/ui/buttons.tsx'
import { Table } from '#http/ui/content.tsx'
import { Figure } from '../../ui/figures.tsx'
import { ConsolePage, sectionTrail } from '../../ui/frame.tsx'
import { Badge, Panel } from '../../ui/parts.tsx'
import { type Common, kinds } from './bulk-kinds.ts'

const outcomeWords = {
  done: { tone: 'good', label: 'Done' },
  skipped: { tone: 'quiet', label: 'Kept back' },
  failed: { tone: 'bad', label: 'Failed' },
} as const

/** More rows than that are not read; they are counted, and those that failed come first. */
export const shownOutcomes = 1_000

type Props = Omit<Common, 'kind'> & { change: UserChange; outcomes: readonly UserChangeOutcome[] }

export const ChangePage = ({ frame, change, outcomes }: Props) => (
  <ConsolePage
    frame={frame}
    section="users"
    title={kinds[change.action.kind].title}
    lead="Person by person; it goes on when you leave this page."
    trail={sectionTrail('users')}
    actions={<PrimaryLink href="/console/users">Back to the users</PrimaryLink>}
  >
    {change.finishedAt === null ? <UnderWay change={change} /> : <Over {...{ change, outcomes }} />}
  </ConsolePage>
)

/** Asks for itself again until it is over; without script, by a link. */
const UnderWay = ({ change: { id, total, done, skipped, failed } }: { change: UserChange }) => {
  const path = `/console/users/bulk/changes/${id}`
  const reached = done + skipped + failed
  return (
    <div id="change" hx-get={path} hx-trigger="every 1500ms" hx-select="#change" hx-swap="outerHTML">
      <Panel title={`${reached.toLocaleString('en')} of ${total.toLocaleString('en')} people`}>
        <progress class="progress" value={reached} max={total} aria-label="How far it is" />
        <noscript>
          <p>
            <a href={path}>How far is it now?</a>
          </p>
        </noscript>
      </Panel>
    </div>
  )
}

const Over = ({ change, outcomes }: Pick<Props, 'change' | 'outcomes'>) => (
  <div id="change">
    <div class="figures" role="status">
      <Figure label="Done" value={change.done.toLocaleString('en')} />
      <Figure label="Kept back" value={change.skipped.toLocaleString('en')} />
      <Figure label="Failed" value={change.failed.toLocaleString('en')} />
    </div>
    <Outcomes {...{ change, outcomes }} />
  </div>
)

const Outcomes = ({ change, outcomes }: Pick<Props, 'change' | 'outcomes'>) => {
  const all = change.done + change.skipped + change.failed
  return (
    <>
      <Table
        caption="Outcomes"
        columns={['Name', 'Outcome', 'Why']}
        rows={outcomes.map(({ userId, userName, displayName, outcome, message }) => [
          <a href={`/console/users/${userId}`}>{displayName ?? userName ?? userId}</a>,
          <Badge tone={outcomeWords[outcome].tone}>{outcomeWords[outcome].label}</Badge>,
          message ?? '',
        ])}
      />
      {all > outcomes.length ? (
        <p class="lead-sentence">
          {outcomes.length.toLocaleString('en')} of {all.toLocaleString('en')} are shown; the audit trail has all of
          them.
        </p>
      ) : null}
    </>
  )
}
