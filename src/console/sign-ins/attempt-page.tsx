// One attempt to sign in: the checks in their order, what was received, what was made of it, and what to change.
import type { SignInAttempt } from '#access/sign-in/attempts.ts'
import type { TraceStep } from '#access/sign-in/trace.ts'
import type { Connection } from '#connections/sign-in/connections.ts'
import { Alert, Facts } from '#http/ui/content.tsx'
import type { Frame } from '../ui/env.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { Badge, Panel, Time } from '../ui/parts.tsx'
import { adviceOf, methods, outcomes } from './attempt-words.ts'

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
  const { access, ...mapped } = trace.mapped
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
          <Values values={trace.received} empty="The trace tells nothing." />
        </Panel>
        <Panel title="What it was taken for">
          <Values values={mapped} empty="It was refused before anything was made of it." />
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
  const { outcome, reason, occurredAt, method, userId, connectionId, ip, userAgent } = attempt
  return [
    {
      term: 'Outcome',
      value: (
        <>
          <Badge tone={outcomes[outcome].tone}>{outcomes[outcome].word}</Badge>
          {reason === null ? null : ` ${reason.replaceAll('_', ' ')}`}
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
        <strong>{check.replaceAll('_', ' ')}</strong>
        {detail === undefined ? null : <div class="under">{detail}</div>}
      </li>
    ))}
  </ol>
)

const Values = ({ values, empty }: { values: Record<string, unknown>; empty: string }) => {
  const facts = flattened(values)
  return facts.length === 0 ? <p>{empty}</p> : <Facts facts={facts} />
}

type Fact = { term: string; value: string }

/** Names with their values, those of objects below a path. */
function flattened(values: Record<string, unknown>, prefix = ''): Fact[] {
  return Object.entries(values).flatMap(([name, value]): Fact[] => {
    const term = `${prefix}${name}`
    if (Array.isArray(value)) return listed(term, value)
    if (value !== null && typeof value === 'object') return flattened(value as Record<string, unknown>, `${term} › `)
    const text = String(value ?? '')
    return [{ term, value: text === '' ? '—' : text }]
  })
}

/** SAML attributes come as a list of names with their values. */
function listed(term: string, list: unknown[]): Fact[] {
  if (list.length === 0) return [{ term, value: '—' }]
  return list.every((each) => each !== null && typeof each === 'object')
    ? list.flatMap((each) => {
        const { name, values, ...rest } = each as Record<string, unknown>
        if (typeof name === 'string' && Array.isArray(values)) return listed(`${term} › ${name}`, values)
        return [{ term, value: JSON.stringify({ ...(name === undefined ? {} : { name }), ...rest }) }]
      })
    : [{ term, value: list.map(String).join(', ') }]
}
