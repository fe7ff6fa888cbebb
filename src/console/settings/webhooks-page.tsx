// The list of webhooks, and the form for another one.
import type { Webhook } from '#access/events/webhooks/webhooks.ts'
import { Buttons } from '#http/ui/buttons.tsx'
import { EmptyState, Table } from '#http/ui/content.tsx'
import { type FormState, PostForm } from '#http/ui/form.tsx'
import { Time } from '#http/ui/time.tsx'
import { isPermitted } from '#src/context.ts'
import type { Frame } from '../ui/env.ts'
import { Badge, Panel } from '../ui/parts.tsx'
import { SettingsFrame } from './settings-frame.tsx'
import { WebhookFields } from './webhook-form.tsx'

export const webhooksHome = '/console/settings/webhooks'

export const StatusOf = ({ webhook: { status, attempts, pauseReason } }: { webhook: Webhook }) => {
  if (status === 'paused') return <Badge tone={pauseReason === 'manual' ? 'quiet' : 'bad'}>paused</Badge>
  return attempts > 0 ? <Badge tone="warning">failing</Badge> : <Badge tone="good">active</Badge>
}

type Props = { frame: Frame; webhooks: readonly Webhook[]; state: FormState }

export const WebhooksPage = ({ frame, webhooks, state }: Props) => (
  <SettingsFrame
    frame={frame}
    tab="webhooks"
    lead="Applications of yours are told of changes as they happen, by signed messages."
  >
    {webhooks.length === 0 ? (
      <EmptyState title="No webhook" text="Nobody is told. Applications can ask for events by the API, too." />
    ) : (
      <Table
        caption="Webhooks"
        columns={['Address', 'What it is for', 'Events', 'Status', 'Last taken']}
        rows={webhooks.map((webhook) => [
          <a href={`${webhooksHome}/${webhook.id}`}>{new URL(webhook.url).host}</a>,
          webhook.description,
          webhook.types === null
            ? 'All'
            : webhook.types.length === 1
              ? webhook.types[0]
              : `${webhook.types.length} kinds`,
          <StatusOf webhook={webhook} />,
          <Time at={webhook.deliveredAt} empty="Nothing yet" />,
        ])}
      />
    )}
    {isPermitted(frame.ctx, 'webhooks.write') ? (
      <Panel title="Add a webhook" lead="It is told of what happens from then on." id="add">
        <PostForm action={webhooksHome} state={state}>
          <WebhookFields state={state} />
          <Buttons submit="Add the webhook" />
        </PostForm>
      </Panel>
    ) : null}
  </SettingsFrame>
)
