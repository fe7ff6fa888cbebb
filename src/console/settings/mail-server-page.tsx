// The page of the organization's own mail server.
import type { MailServer } from '#access/notices/mail/mail-server.ts'
import type { MailTrial } from '#access/notices/mail/try-mail-server.ts'
import { Actions, LinkButton, SubmitButton } from '#http/ui/buttons.tsx'
import { Alert } from '#http/ui/content.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Choice, Field } from '#http/ui/forms.tsx'
import { isPermitted } from '#src/context.ts'
import type { Frame } from '../ui/env.ts'
import { ConsolePage } from '../ui/frame.tsx'
import { Panel } from '../ui/parts.tsx'

export const mailServerHome = '/console/settings/mail/server'

export const mailTrail = [
  { label: 'Settings', href: '/console/settings' },
  { label: 'Mail', href: '/console/settings/mail' },
]

type PageProps = {
  frame: Frame
  state: FormState
  server: MailServer | null
  trial: (MailTrial & { to: string }) | undefined
}

export const MailServerPage = ({ frame, state, server, trial }: PageProps) => (
  <ConsolePage
    frame={frame}
    section="settings"
    title="Mail server"
    lead="The organization’s own. Without one, the mail server of the installation sends, where it has one."
    trail={mailTrail}
  >
    {trial === undefined ? null : <Outcome trial={trial} />}
    <PostForm action={mailServerHome} state={state}>
      <Panel
        title="Server"
        lead="Whoever controls it can read the links by which people get in, so setting it takes all rights."
      >
        <Field {...field(state, 'host')} label="Host" placeholder="mail.example.com" hint="A public one." />
        <Field {...field(state, 'port')} label="Port" type="number" hint="Usually 465 for TLS, 587 for STARTTLS." />
        <Choice
          name="security"
          legend="Encryption"
          value={state.values['security']}
          error={state.errors['security']}
          options={[
            { value: 'tls', label: 'TLS from the beginning' },
            { value: 'starttls', label: 'STARTTLS, and nothing is sent without it' },
            // Refused but for loopback, in development.
            ...(state.values['security'] === 'none' ? [{ value: 'none', label: 'none' }] : []),
          ]}
        />
        <Field {...field(state, 'username')} label="User name" autocomplete="off" isOptional />
        <Field
          {...field(state, 'password')}
          label="Password"
          type="password"
          autocomplete="new-password"
          hint={
            server?.hasPassword === true
              ? 'One is kept, and never shown. Type one to replace it, or where host, port or user name change.'
              : 'It is kept sealed, and never shown again.'
          }
          isOptional
        />
      </Panel>
      <Panel title="Sender">
        <Field {...field(state, 'senderAddress')} label="Address" type="email" />
        <Field {...field(state, 'senderName')} label="Name" maxlength={200} />
      </Panel>
      <Panel title="Test" lead="By what is typed above, before anything is saved.">
        <Field {...field(state, 'to')} label="Send a test mail to" type="email" isOptional />
        {isPermitted(frame.ctx, 'organization.write') ? (
          <SubmitButton label="Send a test mail" kind="secondary" name="act" value="try" />
        ) : null}
      </Panel>
      <Panel title="Use">
        <Choice
          name="status"
          legend="Mail of this organization is sent"
          value={state.values['status']}
          options={[
            { value: 'on', label: 'by this server' },
            { value: 'off', label: 'by the mail server of the installation; these settings are kept' },
          ]}
        />
        {isPermitted(frame.ctx, 'organization.write') ? (
          <Actions>
            <SubmitButton label="Save" name="act" value="save" />
            {server === null ? null : <LinkButton href={`${mailServerHome}/remove`}>Remove the mail server</LinkButton>}
          </Actions>
        ) : null}
      </Panel>
    </PostForm>
  </ConsolePage>
)

const Outcome = ({ trial: { isAccepted, message, to } }: { trial: MailTrial & { to: string } }) =>
  isAccepted ? (
    <Alert kind="success" title={`The server took the mail to ${to}`}>
      Look whether it arrives. Nothing is saved yet; a new password has to be typed again.
    </Alert>
  ) : (
    <Alert kind="danger" title="The mail could not be sent">
      {message}
    </Alert>
  )
