// Somebody cannot sign in: what stands in the way, and what to do about it.
import type { SignInExplanation } from '#access/people/sign-in/explain-sign-in.ts'
import { SmallLink, SubmitButton } from '#http/ui/buttons.tsx'
import { Table } from '#http/ui/content.tsx'
import { Field } from '#http/ui/forms.tsx'
import { Time } from '#http/ui/time.tsx'
import type { Frame } from '../ui/env.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { Badge, Panel, type Tone } from '../ui/parts.tsx'

export type SignInHelpProps = {
  frame: Frame
  name: string
  found: SignInExplanation | undefined
}

export const SignInHelpPage = ({ frame, name, found }: SignInHelpProps) => (
  <ConsolePage
    frame={frame}
    section="users"
    title="Somebody cannot sign in"
    lead="Type what they type: their e-mail address or user name."
    trail={sectionTrail('users')}
  >
    <form class="filters" method="get" action="/console/users/sign-in-help">
      <div class="is-search field">
        <Field name="name" label="E-mail address or user name" type="search" value={name} hasFocus={name === ''} />
      </div>
      <SubmitButton label="Find out why" />
    </form>
    {found === undefined ? null : <Findings found={found} />}
  </ConsolePage>
)

const Findings = ({ found }: { found: SignInExplanation }) => (
  <>
    <Panel
      title="What we found"
      actions={
        found.person === null ? null : (
          <SmallLink href={`/console/users/${found.person.id}`}>
            {found.person.displayName ?? found.person.userName}
          </SmallLink>
        )
      }
    >
      <ul class="attention">
        {found.findings.map(({ code, blocks, message, advice }) => (
          <li>
            <Badge tone={toneOf(code, blocks)}>{blocks ? 'Blocking' : code === 'works' ? 'Works' : 'Note'}</Badge>
            <div>
              {message}
              <div class="under">{advice}</div>
            </div>
          </li>
        ))}
      </ul>
    </Panel>
    <h2>Latest attempts</h2>
    {found.attempts.length === 0 ? (
      <p class="text-secondary">No attempt with this name has reached us.</p>
    ) : (
      <Table
        caption="Latest attempts"
        columns={['When', 'How', 'Outcome', 'Reference']}
        rows={found.attempts.map(({ id, occurredAt, method, outcome, reason, reference }) => [
          <a href={`/console/sign-ins/${id}`}>
            <Time at={occurredAt} />
          </a>,
          method,
          <AttemptOutcome outcome={outcome} reason={reason} />,
          <code>{reference}</code>,
        ])}
      />
    )}
  </>
)

const toneOf = (code: string, blocks: boolean): Tone => (blocks ? 'bad' : code === 'works' ? 'good' : 'info')

export const AttemptOutcome = ({ outcome, reason }: { outcome: string; reason: string | null }) => {
  const tones: Record<string, Tone> = { signed_in: 'good', refused: 'bad', tested: 'info', pending: 'warning' }
  return (
    <>
      <Badge tone={tones[outcome] ?? 'quiet'}>{outcome.replaceAll('_', ' ')}</Badge>
      {reason === null ? null : <div class="under">{reason.replaceAll('_', ' ')}</div>}
    </>
  )
}
