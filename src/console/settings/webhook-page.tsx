// One webhook: how it does, what was sent, and what can be done about it.
import type { AttemptInShort } from '#access/events/webhooks/attempts.ts'
import type { Webhook } from '#access/events/webhooks/webhooks.ts'
import { Actions, Buttons, LinkButton, SmallLink, SubmitButton } from '#http/ui/buttons.tsx'
import { Alert, EmptyState, Facts, Table } from '#http/ui/content.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Field } from '#http/ui/forms.tsx'
import { Time } from '#http/ui/time.tsx'
import { isPermitted } from '#src/context.ts'
import { Confirm } from '../ui/confirm.tsx'
import type { Frame } from '../ui/env.ts'
import { ConsolePage } from '../ui/frame.tsx'
import { Badge, ButtonForm, CopyField, Panel } from '../ui/parts.tsx'
import { WebhookFields } from './webhook-form.tsx'
import { StatusOf, webhooksHome } from './webhooks-page.tsx'

export const webhookTrail = [
  { label: 'Settings', href: '/console/settings' },
  { label: 'Webhooks', href: webhooksHome },
]

type Shown = { attempts: readonly AttemptInShort[]; hasMore: boolean; onlyFailed: boolean }

type Props = { frame: Frame; webhook: Webhook; shown: Shown; state: FormState; secret: string | undefined }

export const WebhookPage = ({ frame, webhook, shown, state, secret }: Props) => {
  const mayChange = isPermitted(frame.ctx, 'webhooks.write')
  return (
    <ConsolePage
      frame={frame}
      section="settings"
      title={new URL(webhook.url).host}
      trail={webhookTrail}
      lead={webhook.description}
    >
      {secret === undefined ? null : (
        <Panel title="The secret" id="new-secret">
          <Alert kind="warning" title="This secret is shown once">
            The receiver verifies messages with it, or with the public key below. Keep it where secrets are kept.
          </Alert>
          <CopyField id="webhook-secret" label="Secret" value={secret} />
        </Panel>
      )}
      <Trouble webhook={webhook} mayChange={mayChange} />
      <Panel title="Health">
        <Facts
          facts={[
            { term: 'Status', value: <StatusOf webhook={webhook} /> },
            { term: 'Last message taken', value: <Time at={webhook.deliveredAt} empty="Nothing yet" /> },
            { term: 'Public key (v1a)', value: <code>{webhook.publicKey}</code> },
            ...(webhook.previousUntil === null
              ? []
              : [{ term: 'The former secret signs, too, until', value: <Time at={webhook.previousUntil} /> }]),
          ]}
        />
        {mayChange ? (
          <Actions>
            <Act {...{ webhook, act: 'test' }}>Send a test</Act>
            {webhook.status === 'active' ? <Act {...{ webhook, act: 'pause' }}>Pause</Act> : null}
            <Act {...{ webhook, act: 'rotate' }}>Replace the secret</Act>
            <LinkButton href={`${webhooksHome}/${webhook.id}/delete`}>Delete</LinkButton>
          </Actions>
        ) : null}
      </Panel>
      <Attempts {...{ webhook, shown }} />
      {mayChange ? (
        <>
          <Panel title="Send again" lead="In their order, with the ids that they have, before what is new." id="replay">
            <PostForm action={`${webhooksHome}/${webhook.id}/act`} state={state} hidden={{ act: 'replay' }}>
              <Field
                {...field(state, 'eventId')}
                label="Id of an event"
                hint="Or leave it out and choose a time."
                isOptional
              />
              <Field {...field(state, 'since')} label="From (UTC)" type="datetime-local" isOptional />
              <Field
                {...field(state, 'until')}
                label="To (UTC)"
                type="datetime-local"
                hint="Now, where it is left out."
                isOptional
              />
              <Actions>
                <SubmitButton label="Send again" kind="secondary" />
              </Actions>
            </PostForm>
          </Panel>
          <Panel title="Change" id="change">
            <PostForm action={`${webhooksHome}/${webhook.id}`} state={state}>
              <WebhookFields state={state} />
              <Buttons submit="Save" />
            </PostForm>
          </Panel>
        </>
      ) : null}
    </ConsolePage>
  )
}

type ActProps = { webhook: Webhook; act: string; hidden?: Record<string, string>; children: string }

const Act = ({ webhook, act, hidden = {}, children }: ActProps) => (
  <ButtonForm action={`${webhooksHome}/${webhook.id}/act`} fields={{ act, ...hidden }} label={children} />
)

const whys = {
  manual: 'Somebody paused it.',
  failing: 'It took nothing for three days.',
  gone: 'It answered that it is permanently gone (410).',
}

const Trouble = ({ webhook, mayChange }: { webhook: Webhook; mayChange: boolean }) => {
  const { status, pauseReason, attempts, failingSince, failingEventId, nextAttemptAt } = webhook
  if (status === 'paused')
    return (
      <Alert kind={pauseReason === 'manual' ? 'info' : 'danger'} title="It is paused, and nothing is sent">
        {whys[pauseReason ?? 'manual']} What happens meanwhile is kept for 30 days.
        {mayChange ? (
          <Actions>
            <Act {...{ webhook, act: 'resume' }}>Resume with what it missed</Act>
            <Act {...{ webhook, act: 'resume', hidden: { from: 'now' } }}>Resume from now on</Act>
          </Actions>
        ) : null}
      </Alert>
    )
  if (attempts === 0 || failingEventId === null) return null
  return (
    <Alert kind="warning" title={`The same event was not taken; attempts so far: ${attempts}`}>
      Since <Time at={failingSince} />; the next attempt is at <Time at={nextAttemptAt} empty="once" />. Events after it
      wait, so that the order stays. It is <code>{failingEventId}</code>.
      {mayChange ? (
        <Actions>
          <Act {...{ webhook, act: 'resume' }}>Try again now</Act>
          <Act {...{ webhook, act: 'skip', hidden: { eventId: failingEventId } }}>Leave this event out</Act>
        </Actions>
      ) : null}
    </Alert>
  )
}

const Attempts = ({ webhook, shown: { attempts, hasMore, onlyFailed } }: { webhook: Webhook; shown: Shown }) => {
  const home = `${webhooksHome}/${webhook.id}`
  return (
    <Panel
      title="Messages"
      lead="Of the last 30 days, newest first."
      actions={
        onlyFailed ? (
          <SmallLink href={home}>Show all</SmallLink>
        ) : (
          <SmallLink href={`${home}?status=failed`}>Only what was not taken</SmallLink>
        )
      }
    >
      {attempts.length === 0 ? (
        <EmptyState
          title={onlyFailed ? 'Everything was taken' : 'Nothing was sent yet'}
          text="Send a test, or wait for something to happen."
        />
      ) : (
        <Table
          caption="Messages of the last 30 days"
          columns={['Sent', 'Event', 'Attempt', 'Answer', { label: 'Milliseconds', isNumeric: true }]}
          rows={attempts.map((attempt) => [
            <a href={`${home}/attempts/${attempt.id}`}>
              <Time at={attempt.sentAt} />
            </a>,
            attempt.eventType,
            attempt.kind === 'event' ? String(attempt.attempt) : attempt.kind,
            <Badge tone={attempt.isDelivered ? 'good' : 'bad'}>{String(attempt.status ?? 'no answer')}</Badge>,
            String(attempt.durationMillis),
          ])}
        />
      )}
      {hasMore ? (
        <LinkButton href={`${home}?cursor=${attempts.at(-1)?.id}${onlyFailed ? '&status=failed' : ''}`}>
          Older ones
        </LinkButton>
      ) : null}
    </Panel>
  )
}

export const DeletePage = ({ frame, webhook, state }: { frame: Frame; webhook: Webhook; state: FormState }) => (
  <ConsolePage frame={frame} section="settings" title={`Delete ${new URL(webhook.url).host}`} trail={webhookTrail}>
    <Confirm
      action={`${webhooksHome}/${webhook.id}/delete`}
      effects={['It no longer receives events.', 'What is known of its messages is gone.']}
      word={new URL(webhook.url).host}
      submit="Delete the webhook"
      back={`${webhooksHome}/${webhook.id}`}
      state={state}
    />
  </ConsolePage>
)
