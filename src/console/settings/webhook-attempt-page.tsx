// One message to a webhook: what was sent beside what was answered.
import type { Attempt } from '#access/events/webhooks/attempts.ts'
import type { Webhook } from '#access/events/webhooks/webhooks.ts'
import { Alert, Facts } from '#http/ui/content.tsx'
import { Time } from '#http/ui/time.tsx'
import { isPermitted } from '#src/context.ts'
import type { Frame } from '../ui/env.ts'
import { ConsolePage } from '../ui/frame.tsx'
import { ButtonForm, Panel } from '../ui/parts.tsx'
import { webhookTrail } from './webhook-page.tsx'
import { webhooksHome } from './webhooks-page.tsx'

type Props = { frame: Frame; webhook: Webhook; attempt: Attempt }

export const AttemptPage = ({ frame, webhook, attempt }: Props) => {
  const home = `${webhooksHome}/${webhook.id}`
  const host = new URL(webhook.url).host
  const mayRepeat = attempt.kind !== 'test' && isPermitted(frame.ctx, 'webhooks.write')
  return (
    <ConsolePage
      frame={frame}
      section="settings"
      title={attempt.eventType}
      trail={[...webhookTrail, { label: host, href: home }]}
    >
      {attempt.isDelivered ? (
        <Alert kind="success" title={`It was taken: ${attempt.status} after ${attempt.durationMillis} ms`} />
      ) : (
        <Alert kind="danger" title={attempt.error ?? 'It was not taken'}>
          {attempt.nextAttemptAt === null ? null : (
            <>
              It is tried again at <Time at={attempt.nextAttemptAt} />.
            </>
          )}
        </Alert>
      )}
      <Panel title="The message">
        <Facts
          facts={[
            { term: 'Sent', value: <Time at={attempt.sentAt} /> },
            { term: 'Event', value: <code>{attempt.eventId}</code> },
            { term: 'Attempt', value: attempt.kind === 'event' ? String(attempt.attempt) : attempt.kind },
          ]}
        />
        {mayRepeat ? (
          <ButtonForm
            action={`${home}/act`}
            fields={{ act: 'replay', eventId: attempt.eventId }}
            label="Send it again"
          />
        ) : null}
      </Panel>
      <div class="columns">
        <Panel title="What was sent">
          <section class="code-scroll" aria-label="Headers and body that were sent" tabindex={0}>
            <pre class="code-block">
              {Object.entries(attempt.request.headers)
                .map(([name, value]) => `${name}: ${value}`)
                .join('\n')}
              {'\n\n'}
              {indented(attempt.request.body)}
            </pre>
          </section>
        </Panel>
        <Panel title="What was answered">
          {attempt.answer === null || attempt.answer === '' ? (
            <p>{attempt.status === null ? 'There was no answer.' : 'The answer had no body.'}</p>
          ) : (
            <section class="code-scroll" aria-label="Body of the answer" tabindex={0}>
              <pre class="code-block">{attempt.answer}</pre>
            </section>
          )}
        </Panel>
      </div>
    </ConsolePage>
  )
}

const indented = (json: string): string => JSON.stringify(JSON.parse(json), null, 2)
