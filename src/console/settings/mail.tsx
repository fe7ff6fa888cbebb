// Settings: mail. What went out, what did not, and a test.
import { type Context, Hono } from 'hono'
import { getMailServer, type MailServer } from '#access/notices/mail/mail-server.ts'
import { getMail, listMails, type MailRecord } from '#access/notices/mail/mails.ts'
import { sendTestMail } from '#access/notices/mail/send-test-mail.ts'
import { getAccessDigest } from '#access/people/digest/access-digest.ts'
import { Buttons, SmallLink } from '#http/ui/buttons.tsx'
import { Alert, EmptyState, Table } from '#http/ui/content.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Field } from '#http/ui/forms.tsx'
import { Time } from '#http/ui/time.tsx'
import { isPermitted } from '#src/context.ts'
import { type ConsoleEnv, frameOf } from '../ui/env.ts'
import { emptyForm } from '../ui/forms.ts'
import { Badge, Panel, type Tone } from '../ui/parts.tsx'
import { renderForm, submit } from '../ui/submit.ts'
import { paceWords } from './digest.tsx'
import { mailServerHome } from './mail-server-page.tsx'
import { SettingsFrame } from './settings-frame.tsx'

const shownMails = 100

const tones: Record<MailRecord['status'], { tone: Tone; word: string }> = {
  queued: { tone: 'info', word: 'On its way' },
  sent: { tone: 'good', word: 'Sent' },
  failed: { tone: 'bad', word: 'Not delivered' },
  kept: { tone: 'warning', word: 'Kept here' },
}

/** @returns an app to be mounted at `/console/settings/mail` */
export function createMailPages(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()
  pages.get('/', (c) => showMail(c, emptyForm))
  pages.post('/test', (c) =>
    submit(c, { again: (state) => showMail(c, state) }, async (form) => {
      const ctx = c.get('ctx')
      const { status } = await getMail(ctx, await sendTestMail(ctx, { to: form['to'] ?? '' }))
      return `/console/settings/mail?done=${status === 'kept' ? 'mailKept' : 'mailQueued'}`
    }),
  )
  return pages
}

async function showMail(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  const mails = await listMails(frame.ctx, { limit: shownMails })
  const maySee = isPermitted(frame.ctx, 'organization.read')
  const [digest, server] = maySee ? [await getAccessDigest(frame.ctx), await getMailServer(frame.ctx)] : []
  const isSent = frame.ctx.hasMailServer || server?.status === 'on'
  const page = (
    <SettingsFrame frame={frame} tab="mail">
      {isSent || !maySee ? null : (
        <Alert kind="warning" title="There is no mail server">
          Mails are kept here and reach nobody. Set one for the organization here, or have the operator set SMTP_URL and
          MAIL_FROM for the installation; the command <code>rolecall mail show</code> shows the links of invitations
          until then. Links for a new password are shown to nobody; set passwords on the page of the person.
        </Alert>
      )}
      {server === undefined ? null : <ServerPanel {...{ server, hasOther: frame.ctx.hasMailServer }} />}
      {isPermitted(frame.ctx, 'organization.write') ? (
        <Panel title="Does mail arrive?" id="test">
          <PostForm action="/console/settings/mail/test" state={state}>
            <Field {...field(state, 'to')} label="Send a test to" type="email" autocomplete="email" />
            <Buttons submit="Send" kind="secondary" />
          </PostForm>
        </Panel>
      ) : null}
      {digest === undefined ? null : (
        <Panel
          title="Changes of access"
          actions={<SmallLink href="/console/settings/mail/digest">What people are told</SmallLink>}
        >
          <p>
            People are told {paceWords[digest.pace]} what groups, mappings, teams, roles and filters have changed for
            them.
          </p>
        </Panel>
      )}
      <h2>The last mails</h2>
      {mails.length === 0 ? (
        <EmptyState
          title="No mail yet"
          text="Invitations, password links and reminders show up here with what became of them."
        />
      ) : (
        <Table
          caption="The last mails"
          columns={['To', 'Subject', 'State', 'When']}
          rows={mails.map(({ recipient, subject, status, lastError, createdAt, sentAt }) => [
            recipient,
            subject,
            <>
              <Badge tone={tones[status].tone}>{tones[status].word}</Badge>
              {lastError === null ? null : <div class="under">{lastError}</div>}
            </>,
            <Time at={sentAt ?? createdAt} />,
          ])}
        />
      )}
    </SettingsFrame>
  )
  return renderForm(c, state, page)
}

const ServerPanel = ({ server, hasOther }: { server: MailServer | null; hasOther: boolean }) => (
  <Panel
    title="Mail server"
    id="server"
    actions={
      <SmallLink href={mailServerHome}>{server === null ? 'Set a mail server' : 'Change the mail server'}</SmallLink>
    }
  >
    <p>
      {server?.status === 'on'
        ? `${server.host} sends, from ${server.senderName} <${server.senderAddress}>.`
        : hasOther
          ? 'That of the installation sends.'
          : 'None.'}
      {server?.status === 'off' ? ` The organization’s own, ${server.host}, is off.` : ''}
    </p>
  </Panel>
)
