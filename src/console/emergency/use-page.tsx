// One use of an emergency account: why, what was done in it, and the report that somebody else signs.
import type { EmergencyUse } from '#access/accounts/emergency/emergency-uses.ts'
import type { AuditEvent } from '#audit/list-events.ts'
import { Buttons } from '#http/ui/buttons.tsx'
import { Alert, EmptyState } from '#http/ui/content.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Time } from '#http/ui/time.tsx'
import { EventTable } from '../audit/event-table.tsx'
import type { Frame } from '../ui/env.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { Badge, Panel, TextArea } from '../ui/parts.tsx'

type Props = {
  frame: Frame
  use: EmergencyUse
  /** What the account did, in order. */
  events: readonly AuditEvent[]
  state: FormState
}

export const UsePage = ({ frame, use, events, state }: Props) => (
  <ConsolePage
    frame={frame}
    section="emergency"
    title={`Emergency use of ${use.account.displayName ?? use.account.userName}`}
    lead="Why the envelope was opened and what was done; signed by somebody else once it is sealed again."
    trail={sectionTrail('emergency')}
  >
    <Panel title="The use">
      <dl class="facts">
        <div>
          <dt>Reason given</dt>
          <dd>{use.reason}</dd>
        </div>
        <div>
          <dt>Signed in</dt>
          <dd>
            <Time at={use.startedAt} /> from {use.ip ?? 'an unknown address'}
          </dd>
        </div>
        <div>
          <dt>Envelope</dt>
          <dd>
            {use.isSealedAnew ? (
              <Badge tone="good">What was in it is void</Badge>
            ) : (
              <>
                <Badge tone="bad">Open</Badge>{' '}
                <a href={`/console/emergency/accounts/${use.account.userId}/reseal`}>Seal the account anew</a>
              </>
            )}
          </dd>
        </div>
      </dl>
    </Panel>
    <h2>What was done</h2>
    {events.length === 0 ? (
      <EmptyState title="Nothing" text="Nothing was changed in the session." />
    ) : (
      <EventTable caption="What was done in the session" events={events} />
    )}
    {use.report === null ? <SignForm {...{ use, state }} /> : <Report report={use.report} />}
  </ConsolePage>
)

const SignForm = ({ use, state }: Pick<Props, 'use' | 'state'>) => (
  <Panel title="Sign the report" lead="It stays with the trail and cannot be changed afterwards.">
    <PostForm action={`/console/emergency/uses/${use.id}`} state={state}>
      {use.isSealedAnew ? null : (
        <Alert kind="warning" title="Seal the account anew first">
          As long as the envelope is open, anyone who has seen it can sign in again.
        </Alert>
      )}
      <TextArea
        {...field(state, 'statement')}
        label="What happened, and what was done about it"
        maxlength={5_000}
        rows={5}
      />
      <Buttons submit="Sign" />
    </PostForm>
  </Panel>
)

const Report = ({ report }: { report: NonNullable<EmergencyUse['report']> }) => (
  <Panel title="The report">
    <figure class="quote">
      <blockquote>
        <p>{report.statement}</p>
      </blockquote>
      <figcaption>
        Signed by {report.signedBy.name ?? report.signedBy.id}, <Time at={report.signedAt} />
      </figcaption>
    </figure>
  </Panel>
)
