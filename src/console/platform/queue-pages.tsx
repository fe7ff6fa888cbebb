// What waits to be sent, with trying it again; and whether mail of the installation arrives.
import { type Context, Hono } from 'hono'
import { listQueue, type Queued, queueKinds, retryQueue } from '#access/platform/installation/queue.ts'
import { listTestMails, sendInstallationTestMail } from '#access/platform/installation/test-mail.ts'
import { renderPage } from '#http/pages.ts'
import { Buttons } from '#http/ui/buttons.tsx'
import { Alert, EmptyState, Table } from '#http/ui/content.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Field } from '#http/ui/forms.tsx'
import { Time } from '#http/ui/time.tsx'
import { notFound } from '#platform/errors.ts'
import type { ConsoleServices } from '../ui/env.ts'
import { emptyForm } from '../ui/forms.ts'
import { Badge, ButtonForm, Panel } from '../ui/parts.tsx'
import { renderForm, submit } from '../ui/submit.ts'
import { frameOf, type PlatformEnv, PlatformPage } from './frame.tsx'

export function createQueuePages(services: ConsoleServices): Hono<PlatformEnv> {
  const pages = new Hono<PlatformEnv>()
  pages.get('/queue', showQueue)
  pages.post('/queue/:organization/:kind/retry', async (c) => {
    const { organization, kind: asked } = c.req.param()
    const kind = queueKinds.find((each) => each === asked)
    if (kind === undefined) throw notFound('Queue')
    await retryQueue(c.get('ctx'), { kind, organization })
    return c.redirect('/platform/queue?done=retried', 303)
  })
  pages.get('/mail', (c) => showMail(c, services, emptyForm))
  pages.post('/mail/test', (c) =>
    submit(c, { again: (state) => showMail(c, services, state) }, async (form) => {
      await sendInstallationTestMail(c.get('ctx'), form['to'] ?? '')
      return '/platform/mail?done=mailQueued'
    }),
  )
  return pages
}

const kindWords = { mail: 'Mails', sign_out: 'Sign-outs told to applications' } as const

async function showQueue(c: Context<PlatformEnv>): Promise<Response> {
  const frame = frameOf(c)
  const queue = await listQueue(frame.ctx)
  const page = (
    <PlatformPage
      frame={frame}
      section="queue"
      title="Queue"
      lead="What waits to be sent, by organization. It is tried again by itself, less and less often, for a day."
    >
      {queue.length === 0 ? (
        <EmptyState title="Nothing waits" text="Everything that was to be sent has been sent or given up." />
      ) : (
        <Table
          caption="What waits"
          columns={[
            'Organization',
            'What',
            'Waiting',
            'Failing',
            'Oldest',
            'Next attempt',
            { label: 'Actions', isSilent: true },
          ]}
          rows={queue.map((queued) => [
            <a href={`/platform/organizations/${queued.organizationId}`}>{queued.name}</a>,
            kindWords[queued.kind],
            queued.waiting.toLocaleString('en'),
            <Failing queued={queued} />,
            <Time at={queued.oldest} />,
            <Time at={queued.nextAttemptAt} />,
            frame.mayChange ? <Retry queued={queued} /> : null,
          ])}
        />
      )}
    </PlatformPage>
  )
  return renderPage(c, page)
}

const Failing = ({ queued: { failing, lastError } }: { queued: Queued }) =>
  failing === 0 ? (
    <span>None</span>
  ) : (
    <>
      <Badge tone="bad">{failing.toLocaleString('en')}</Badge> {lastError}
    </>
  )

const Retry = ({ queued: { organizationId, kind, name } }: { queued: Queued }) => (
  <ButtonForm
    action={`/platform/queue/${organizationId}/${kind}/retry`}
    label={
      <>
        Try again now
        <span class="visually-hidden">
          : {kindWords[kind]} of {name}
        </span>
      </>
    }
    kind="btn-sm"
  />
)

const statusTones = { queued: 'info', sent: 'good', failed: 'bad', kept: 'warning' } as const

async function showMail(c: Context<PlatformEnv>, services: ConsoleServices, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  const { mails, ownHost } = frame.mayChange ? await listTestMails(frame.ctx) : { mails: [], ownHost: null }
  const page = (
    <PlatformPage
      frame={frame}
      section="mail"
      title="Mail"
      lead="The mail server of the installation is set by SMTP_URL and MAIL_FROM; organizations may have one of their own."
    >
      {services.hasMailServer ? (
        <Alert kind="success" title="The installation has a mail server" />
      ) : (
        <Alert kind="warning" title="The installation has no mail server">
          Mails of organizations without one of their own are kept and not sent. Set SMTP_URL, and start the server
          again.
        </Alert>
      )}
      {ownHost === null ? null : (
        <p>
          Your own organization sends by <code>{ownHost}</code>, and so does the test.
        </p>
      )}
      {mails.length === 0 ? null : (
        <Table
          caption="The last test mails"
          columns={['To', 'Sent', 'Status', 'What the server said']}
          rows={mails.map(({ recipient, createdAt, status, lastError }) => [
            recipient,
            <Time at={createdAt} />,
            <Badge tone={statusTones[status]}>{status}</Badge>,
            lastError ?? '—',
          ])}
        />
      )}
      {frame.mayChange ? (
        <Panel title="Send a test mail" id="test">
          <PostForm action="/platform/mail/test" state={state}>
            <Field {...field(state, 'to')} label="To" type="email" maxlength={320} />
            <Buttons submit="Send the test mail" />
          </PostForm>
        </Panel>
      ) : null}
    </PlatformPage>
  )
  return renderForm(c, state, page)
}
