// One attempt to sign in: the checks in their order, what was received, what was made of it, and what to change.
import type { SignInAttempt } from '#access/sign-in/attempts.ts'
import type { TraceStep } from '#access/sign-in/trace.ts'
import type { Connection } from '#connections/sign-in/connections.ts'
import { Alert, Facts } from '#http/ui/content.tsx'
import { Time } from '#http/ui/time.tsx'
import { checkWords, ReceivedValues, TakenValues } from '#http/ui/trace-values.tsx'
import type { Frame } from '../ui/env.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { Badge, Panel } from '../ui/parts.tsx'
import { adviceOf, methods, outcomeOf } from './attempt-words.ts'

export type AttemptPageProps = {
  frame: Frame
  attempt: SignInAttempt
  connection: Connection | undefined
}

const stepClass = { ok: 'is-done', failed: 'is-failed', note: 'is-note' } as const
const stepWord = { ok: 'Passed', failed: 'Refused', note: 'Note' } as const

export const AttemptPage = ({ frame, attempt, connection }: AttemptPageProps) => {
  const { reference, outcome, trace } = attempt
  const failed = trace.steps.find(({ result }) => result === 'failed')
  const advice = adviceOf(attempt)
  const { access } = trace.mapped
  return (
    <ConsolePage frame={frame} section="signIns" title={`Sign-in ${reference}`} trail={sectionTrail('signIns')}>
      {advice === undefined ? null : (
        <Alert
          kind={outcome === 'refused' ? 'danger' : 'warning'}
          title={failed?.detail ?? (outcome === 'refused' ? 'It was refused' : 'It waits for approval')}
        >
          <strong>What to change:</strong> {advice}
        </Alert>
      )}
      <Panel title="How it went">
        <Facts facts={factsOf(attempt, connection)} />
      </Panel>
      <Panel title="What was checked" lead="In the order in which it was.">
        {trace.steps.length === 0 ? <p>Nothing was checked: it ended before.</p> : <Steps steps={trace.steps} />}
      </Panel>
      <div class="columns">
        <Panel title="What was received" lead="Decoded; without secrets and signatures.">
          <ReceivedValues received={trace.received} />
        </Panel>
        <Panel title="What was taken from it">
          <TakenValues mapped={trace.mapped} />
          {Array.isArray(access) && access.length > 0 ? (
            <>
              <h3>What they would become</h3>
              <ul>
                {access.map((line) => (
                  <li>{String(line)}</li>
                ))}
              </ul>
            </>
          ) : null}
        </Panel>
      </div>
    </ConsolePage>
  )
}

function factsOf(attempt: SignInAttempt, connection: Connection | undefined) {
  const { reason, occurredAt, method, userId, connectionId, ip, userAgent } = attempt
  const { tone, word } = outcomeOf(attempt)
  return [
    {
      term: 'Outcome',
      value: (
        <>
          <Badge tone={tone}>{word}</Badge>
          {reason === null ? null : <div class="under">{checkWords(reason)}</div>}
        </>
      ),
    },
    { term: 'When', value: <Time at={occurredAt} /> },
    { term: 'How', value: methods[method] },
    ...(connectionId === null
      ? []
      : [
          {
            term: 'Connection',
            value: <a href={`/console/connections/${connectionId}`}>{connection?.name ?? connectionId}</a>,
          },
        ]),
    {
      term: 'Person',
      value: userId === null ? 'Nobody known' : <a href={`/console/users/${userId}`}>To the person’s page</a>,
    },
    { term: 'From', value: ip ?? '—' },
    { term: 'Browser', value: userAgent ?? '—' },
  ]
}

const Steps = ({ steps }: { steps: readonly TraceStep[] }) => (
  <ol class="steps">
    {steps.map(({ check, result, detail }) => (
      <li class={stepClass[result]}>
        <span class="visually-hidden">{stepWord[result]}: </span>
        <strong>{checkWords(check)}</strong>
        {detail === undefined ? null : <div class="under">{detail}</div>}
      </li>
    ))}
  </ol>
)
