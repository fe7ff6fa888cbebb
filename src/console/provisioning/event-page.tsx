// One request of a directory beside its answer, with what was tolerated, and what to do where it was refused.
import type { DirectoryRecord } from '#connections/directories/directories.ts'
import type { ProvisioningEventDetail } from '#connections/provisioning/events.ts'
import { Alert, Facts } from '#http/ui/content.tsx'
import { Time } from '#http/ui/time.tsx'
import type { Frame } from '../ui/env.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { Panel } from '../ui/parts.tsx'
import { decoded, logHref, StatusOf, Target } from './log-page.tsx'

export type EventPageProps = {
  frame: Frame
  event: ProvisioningEventDetail
  directory: DirectoryRecord | undefined
}

export const EventPage = ({ frame, event, directory }: EventPageProps) => {
  const { method, path, status, error, advice, explanations } = event
  return (
    <ConsolePage
      frame={frame}
      section="provisioning"
      title={`${method} ${path.split('?', 1).join()}`}
      trail={sectionTrail('provisioning')}
    >
      {advice === null ? null : (
        <Alert kind={status >= 500 ? 'danger' : 'warning'} title={error?.detail ?? `It was answered with ${status}`}>
          <strong>What to do:</strong> {advice}
        </Alert>
      )}
      <Panel title="How it went">
        <Facts facts={factsOf(event, directory)} />
      </Panel>
      <div class="columns">
        <Panel title="What was asked">
          <Body body={event.request} empty="The request had no body." label="Body of the request" />
        </Panel>
        <Panel title="What was answered">
          <Body body={event.response} empty="The answer had no body." label="Body of the answer" />
        </Panel>
      </div>
      {explanations.length === 0 ? null : (
        <Panel
          title="What was tolerated"
          lead="The provider does it differently from the standard. It was carried out."
        >
          <ul class="steps">
            {explanations.map(({ explanation, change }) => (
              <li class="is-note">
                {explanation}
                {change === null ? (
                  <div class="under">There is nothing to change.</div>
                ) : (
                  <div class="under">
                    <strong>At the provider:</strong> {change}
                  </div>
                )}
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </ConsolePage>
  )
}

function factsOf(event: ProvisioningEventDetail, directory: DirectoryRecord | undefined) {
  const { directoryId, occurredAt, path, status, durationMillis, targetId, userAgent, requestId } = event
  const query = path.includes('?') ? path.slice(path.indexOf('?') + 1) : ''
  return [
    { term: 'Answer', value: <StatusOf status={status} /> },
    { term: 'When', value: <Time at={occurredAt} /> },
    { term: 'Directory', value: <a href={`/console/directories/${directoryId}`}>{directory?.name ?? directoryId}</a> },
    {
      term: 'About',
      value:
        targetId === null ? (
          '—'
        ) : (
          <>
            <Target targetId={targetId} />, <a href={logHref({ target: targetId })}>everything about it</a>
          </>
        ),
    },
    ...(query === '' ? [] : [{ term: 'Query', value: <code class="long-code">{decoded(query)}</code> }]),
    { term: 'Took', value: `${durationMillis} ms` },
    { term: 'Sent by', value: userAgent ?? '—' },
    { term: 'Request id', value: <code>{requestId}</code> },
  ]
}

const Body = ({ body, empty, label }: { body: unknown; empty: string; label: string }) =>
  body === null || body === undefined ? (
    <p>{empty}</p>
  ) : (
    <section class="code-scroll" aria-label={label} tabindex={0}>
      <pre class="code-block">{JSON.stringify(body, null, 2)}</pre>
    </section>
  )
