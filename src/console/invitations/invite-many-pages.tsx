// Inviting a whole list: the list with what everybody gets, and an outcome for each line, before and after.

import type { GuestTerms } from '#access/grants/assignments/guests.ts'
import type { InvitationRecord } from '#access/invitations/invitations.ts'
import type { InviteManyResult, InviteOutcome } from '#access/invitations/invite-many.ts'
import type { Form } from '#http/read-form.ts'
import { Buttons, LinkButton, PrimaryLink } from '#http/ui/buttons.tsx'
import { Table } from '#http/ui/content.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { isPermitted } from '#src/context.ts'
import { counted } from '#words/counts.ts'
import type { Frame } from '../ui/env.ts'
import { Figure } from '../ui/figures.tsx'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { Badge, ButtonForm, CopyField, Panel, TextArea, type Tone } from '../ui/parts.tsx'
import type { RoleChoices } from '../ui/role-choices.ts'
import { RolePurposes } from '../ui/role-purposes.tsx'
import { carried, SharedFields, StepButtons } from './invite-pages.tsx'

export const InviteManyPage = ({
  frame,
  state,
  choices,
  terms,
}: {
  frame: Frame
  state: FormState
  choices: RoleChoices
  terms: GuestTerms
}) => (
  <ConsolePage
    frame={frame}
    section="invitations"
    title="Invite many"
    lead="Everybody gets the same, unless their line says otherwise. You see what becomes of each line before anything is sent."
    trail={sectionTrail('invitations')}
  >
    <PostForm action="/console/invitations/bulk" state={state}>
      <Panel title="Whom">
        <TextArea
          {...field(state, 'text')}
          label="Addresses"
          hint={
            <>
              Parted by commas, blanks or lines, such as <code>Mei Lin &lt;mei@example.com&gt;</code>. Or paste a table,
              with the headings <code>email</code>, <code>name</code>, <code>role</code>, <code>brand</code> and{' '}
              <code>until</code>. At most 1,000 people.
            </>
          }
          rows={8}
        />
      </Panel>
      <Panel title="To what">
        <SharedFields {...{ state, choices, terms }} organization={frame.manager.organization.name} />
        <RolePurposes choices={choices} />
      </Panel>
      <Buttons submit="Review" back="/console/invitations" />
    </PostForm>
  </ConsolePage>
)

const outcomes: Record<InviteOutcome['outcome'], { label: string; tone: Tone }> = {
  ready: { label: 'Will be invited', tone: 'good' },
  invited: { label: 'Invited', tone: 'good' },
  already_invited: { label: 'Invited already', tone: 'info' },
  exists: { label: 'Is here already', tone: 'quiet' },
  repeated: { label: 'Twice in the list', tone: 'quiet' },
  invalid: { label: 'Not understood', tone: 'bad' },
  failed: { label: 'Not possible', tone: 'bad' },
}

type OutcomesProps = {
  frame: Frame
  form: Form
  result: InviteManyResult
  isSent: boolean
  /** There is no mail server. */
  isKept: boolean
}

export const InviteOutcomesPage = ({ frame, form, result, isSent, isKept }: OutcomesProps) => {
  const done = result.counts[isSent ? 'invited' : 'ready'] ?? 0
  return (
    <ConsolePage
      frame={frame}
      section="invitations"
      title={isSent ? 'Invited' : 'Invite many'}
      lead={isSent ? 'This is what came of each line.' : 'Nothing is sent yet. This is what would come of each line.'}
      trail={sectionTrail('invitations')}
    >
      <div class="figures">
        <Figure label="Lines" value={result.total.toLocaleString('en')} />
        <Figure label={isSent ? 'Invited' : 'Will be invited'} value={done.toLocaleString('en')} />
        <Figure
          label={isSent ? 'Left as they were' : 'Will be left as they are'}
          value={(result.total - done).toLocaleString('en')}
        />
      </div>
      <Table
        caption="Outcomes"
        columns={['Address', { label: 'Line', isNumeric: true }, 'Outcome', 'Why, and what to think of']}
        rows={result.outcomes.map(({ line, email, displayName, outcome, message, warnings, invitationId }) => [
          <>
            {invitationId === null ? email : <a href={`/console/invitations/${invitationId}`}>{email}</a>}
            {displayName === null ? null : <div class="under">{displayName}</div>}
          </>,
          line,
          <Badge tone={outcomes[outcome].tone}>{outcomes[outcome].label}</Badge>,
          [...(message === null ? [] : [message]), ...warnings].join(' '),
        ])}
      />
      {isSent && isKept && done > 0 ? <HandOnAll {...{ frame, result }} /> : null}
      <div class="after-table">
        {isSent ? (
          <PrimaryLink href="/console/invitations">All invitations</PrimaryLink>
        ) : (
          <PostForm action="/console/invitations/bulk" hidden={carried(form)}>
            <StepButtons send={`Invite ${counted(done, 'person', 'people')}`} isReady={done > 0} />
          </PostForm>
        )}
      </div>
    </ConsolePage>
  )
}

/** Without a mail server somebody has to bring the links. */
const HandOnAll = ({ frame, result }: Pick<OutcomesProps, 'frame' | 'result'>) => {
  const ids = result.outcomes.flatMap(({ outcome, invitationId }) =>
    outcome === 'invited' && invitationId !== null ? [invitationId] : [],
  )
  return (
    <Panel title="Hand the links on yourself" lead="There is no mail server, so nothing was sent.">
      {isPermitted(frame.ctx, 'mails.read') ? (
        <ShowLinks ids={ids} label={ids.length === 1 ? 'Show the link' : 'Show the links'} />
      ) : (
        <p>An administrator can show them, each on the page of its invitation.</p>
      )}
    </Panel>
  )
}

const ShowLinks = ({ ids, label }: { ids: readonly string[]; label: string }) => (
  <ButtonForm
    action="/console/invitations/bulk/links"
    label={label}
    kind="btn-primary"
    fields={{ ids: ids.join(' ') }}
  />
)

export type HandedOn = {
  invitation: Pick<InvitationRecord, 'id' | 'email' | 'displayName' | 'status'>
  /** Null where it is not for the reader. */
  link: string | null
}

type LinksProps = {
  frame: Frame
  links: readonly HandedOn[]
  /** Ids of invitations whose links come on a page of their own. */
  later: readonly string[]
}

export const LinksPage = ({ frame, links, later }: LinksProps) => (
  <ConsolePage
    frame={frame}
    section="invitations"
    title="Links to hand on"
    lead="Each is for one person alone and good once. Whoever has it can use it."
    trail={sectionTrail('invitations')}
  >
    <Panel title={counted(links.length, 'invitation')}>
      {links.map(({ invitation: { id, email, displayName, status }, link }) =>
        link === null ? (
          <p>
            <a href={`/console/invitations/${id}`}>{email}</a>:{' '}
            {status === 'pending'
              ? 'the link is shown to whoever may do at least as much as they will.'
              : 'the invitation is no longer pending.'}
          </p>
        ) : (
          <CopyField id={id} label={displayName === null ? email : `${displayName} (${email})`} value={link} />
        ),
      )}
    </Panel>
    {later.length === 0 ? null : (
      <ShowLinks ids={later} label={`Show the other ${later.length.toLocaleString('en')}`} />
    )}
    <div class="after-table">
      <LinkButton href="/console/invitations">All invitations</LinkButton>
    </div>
  </ConsolePage>
)
