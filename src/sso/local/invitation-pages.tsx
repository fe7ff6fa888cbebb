// The pages of an invitation: what it is, accepting it, and why it cannot be accepted.

import type { Child } from 'hono/jsx'
import type { OpenInvitation } from '#access/invitations/accept-invitation.ts'
import { SubmitButton } from '#http/ui/buttons.tsx'
import { Alert } from '#http/ui/content.tsx'
import { ErrorPage } from '#http/ui/error-page.tsx'
import { PostForm } from '#http/ui/form.tsx'
import { Field } from '#http/ui/forms.tsx'
import { CardPage } from '#http/ui/page.tsx'
import { NewPasswordFields } from '../login/new-password.tsx'
import { Or, PasskeyForm, passkeyScripts } from '../login/passkey-form.tsx'

export type InvitationPageProps = {
  found: OpenInvitation
  token: string
  name?: string | undefined
  error?: Child
}

const Note = ({ note, inviter }: { note: string | null; inviter: string | null }) =>
  note === null || note === '' ? null : (
    <figure class="quote">
      <blockquote>
        {note.split('\n').map((line) => (
          <p>{line}</p>
        ))}
      </blockquote>
      {inviter === null ? null : <figcaption>{inviter}</figcaption>}
    </figure>
  )

export const InvitationPage = ({ found, token, name, error }: InvitationPageProps) => {
  const { invitation, inviter, account, connections, allows } = found
  const { organization } = account
  const isLocal = allows.password || allows.passkey
  return (
    <CardPage
      title={`Welcome to ${organization.name}`}
      organization={organization.name}
      lead={`${inviter ?? 'An administrator'} invites you, as ${invitation.email}.`}
      scripts={allows.passkey ? passkeyScripts : []}
    >
      <Note note={invitation.note} inviter={inviter} />
      {connections.length === 0 ? null : (
        <div class="ways">
          {connections.map((connection) => (
            <a
              class={`btn${isLocal ? '' : ' btn-primary'} w-100`}
              href={`/sign-in/${connection.id}?invitation=${encodeURIComponent(token)}`}
            >
              Continue with {connection.name}
            </a>
          ))}
        </div>
      )}
      {connections.length > 0 && isLocal ? <Or /> : null}
      {isLocal ? <OwnWays {...{ found, token, name, error }} /> : null}
    </CardPage>
  )
}

const OwnWays = ({ found, token, name, error }: InvitationPageProps) => {
  const { invitation, account, allows } = found
  const action = `/invitation/${token}`
  const shownName = name ?? account.displayName ?? undefined
  return (
    <>
      {allows.password ? (
        <PostForm action={action}>
          <Field name="name" label="Your name" value={shownName} autocomplete="name" maxlength={200} />
          <input type="text" name="username" value={invitation.email} autocomplete="username" readonly hidden />
          <NewPasswordFields minLength={account.organization.passwordMinLength} error={error} />
          <SubmitButton label="Accept" wide />
        </PostForm>
      ) : null}
      {!allows.password && error !== undefined ? <Alert kind="danger" title={error} /> : null}
      {allows.passkey ? (
        <>
          {allows.password ? (
            <div data-with-passkey hidden>
              <Or />
            </div>
          ) : null}
          <PasskeyForm
            action={action}
            question={`${action}/question`}
            kind="new"
            label="Accept with a passkey"
            isPrimary={!allows.password}
          >
            {allows.password ? (
              <input type="hidden" name="name" value={shownName ?? ''} />
            ) : (
              <Field name="name" label="Your name" value={shownName} autocomplete="name" maxlength={200} />
            )}
          </PasskeyForm>
          {allows.password ? null : (
            <noscript>
              <p>Accepting with a passkey needs scripts, which are switched off in this browser.</p>
            </noscript>
          )}
        </>
      ) : null}
    </>
  )
}

/** Somebody else is signed in with this browser. */
export const OtherPersonPage = ({
  found,
  token,
  userName,
}: {
  found: OpenInvitation
  token: string
  userName: string
}) => (
  <CardPage
    title="This invitation is for somebody else"
    organization={found.account.organization.name}
    lead={`It is for ${found.invitation.email}, and you are signed in as ${userName}.`}
  >
    <p>If both are you, sign out here first. Otherwise leave it to the person whom it is for.</p>
    <PostForm action={`/invitation/${token}/sign-out`}>
      <SubmitButton label="Sign out and go on" wide />
    </PostForm>
    <p class="aside">
      <a href="/account">Stay signed in as {userName}</a>
    </p>
  </CardPage>
)

export const OverPage = ({ found, reference }: { found: OpenInvitation; reference: string }) => {
  const { invitation, account, inviter } = found
  const who = inviter ?? `an administrator of ${account.organization.name}`
  const [title, advice] = {
    pending: ['', ''],
    expired: ['This invitation has run out', `Ask ${who} for a new one; it takes them one click.`],
    accepted: ['This invitation was accepted', 'It works once. If that was you, sign in.'],
    cancelled: ['This invitation was taken back', `If you think that is a mistake, ask ${who}.`],
    withdrawn: ['This invitation was taken back', `If you think that is a mistake, ask ${who}.`],
  }[invitation.status] as [string, string]
  const isUsed = invitation.status === 'accepted'
  return (
    <ErrorPage
      title={title}
      advice={advice}
      reference={reference}
      organization={account.organization.name}
      action={isUsed ? { label: 'Sign in', href: '/login' } : undefined}
    />
  )
}
