// The pages of an invitation: what it is, accepting it, and why it cannot be accepted.

import type { Child } from 'hono/jsx'
import type { OpenInvitation } from '#access/invitations/accept-invitation.ts'
import { SubmitButton } from '#http/ui/buttons.tsx'
import { Alert } from '#http/ui/content.tsx'
import { ErrorPage } from '#http/ui/error-page.tsx'
import { PostForm } from '#http/ui/form.tsx'
import { Check, Field } from '#http/ui/forms.tsx'
import { CardPage } from '#http/ui/page.tsx'
import { Say, useWords } from '#http/ui/reader.tsx'
import type { TextKey } from '#words/texts/texts.ts'
import { NewPasswordFields } from '../login/new-password.tsx'
import { Or, PasskeyForm, passkeyScripts } from '../login/passkey-form.tsx'

export type InvitationPageProps = {
  found: OpenInvitation
  token: string
  name?: string | undefined
  error?: Child
  /** Another organization that the browser is signed in at. */
  elsewhere?: string | undefined
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

export const InvitationPage = ({ found, token, name, error, elsewhere }: InvitationPageProps) => {
  const { invitation, account, connections, allows } = found
  const organization = account.organization.name
  const isLocal = allows.password || allows.passkey
  const words = useWords()
  const inviter = found.inviter ?? words('mail.administrator', { organization })
  return (
    <CardPage
      title={words('welcome.title', { organization })}
      organization={organization}
      lead={words('welcome.lead', { inviter, email: invitation.email })}
      scripts={allows.passkey ? passkeyScripts : []}
    >
      <Note note={invitation.note} inviter={found.inviter} />
      {connections.length === 0 ? null : (
        <div class="ways">
          {connections.map((connection) => (
            <a
              class={`btn${isLocal ? '' : ' btn-primary'} w-100`}
              href={`/sign-in/${connection.id}?invitation=${encodeURIComponent(token)}`}
            >
              {words('login.through', { provider: connection.name })}
            </a>
          ))}
        </div>
      )}
      {connections.length > 0 && isLocal ? <Or /> : null}
      {isLocal ? <OwnWays {...{ found, token, name, error, elsewhere }} /> : null}
    </CardPage>
  )
}

const OwnWays = ({ found, token, name, error, elsewhere }: InvitationPageProps) => {
  const { invitation, account, allows } = found
  const action = `/invitation/${token}`
  const shownName = name ?? account.displayName ?? undefined
  const words = useWords()
  const nameField = (
    <Field name="name" label={words('welcome.name')} value={shownName} autocomplete="name" maxlength={200} />
  )
  return (
    <>
      {allows.password ? (
        <PostForm action={action}>
          {nameField}
          <input type="text" name="username" value={invitation.email} autocomplete="username" readonly hidden />
          <NewPasswordFields minLength={account.organization.passwordMinLength} error={error} />
          <LinkField id="link-by-password" elsewhere={elsewhere} />
          <SubmitButton label={words('invitation.action')} wide />
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
            label={words('welcome.passkey')}
            isPrimary={!allows.password}
          >
            {allows.password ? <input type="hidden" name="name" value={shownName ?? ''} /> : nameField}
            <LinkField id="link-by-passkey" elsewhere={elsewhere} />
          </PasskeyForm>
          {allows.password ? null : (
            <noscript>
              <p>{words('welcome.noScript')}</p>
            </noscript>
          )}
        </>
      ) : null}
    </>
  )
}

/** Somebody who is signed in elsewhere may say that both accounts are theirs. */
const LinkField = ({ id, elsewhere }: { id: string; elsewhere: string | undefined }) => {
  const words = useWords()
  if (elsewhere === undefined) return null
  const label = words('welcome.link', { organization: elsewhere })
  return <Check {...{ id, label }} name="link" hint={words('welcome.linkHint')} />
}

/** Somebody else is signed in with this browser. */
export const OtherPersonPage = ({
  found,
  token,
  userName: name,
}: {
  found: OpenInvitation
  token: string
  userName: string
}) => {
  const words = useWords()
  return (
    <CardPage
      title={words('welcome.other')}
      organization={found.account.organization.name}
      lead={words('welcome.otherLead', { email: found.invitation.email, name })}
    >
      <p>{words('welcome.otherText')}</p>
      <PostForm action={`/invitation/${token}/sign-out`}>
        <SubmitButton label={words('welcome.signOut')} wide />
      </PostForm>
      <p class="aside">
        <a href="/account">
          <Say of="welcome.stay" values={{ name }} />
        </a>
      </p>
    </CardPage>
  )
}

export const OverPage = ({ found, reference }: { found: OpenInvitation; reference: string }) => {
  const { invitation, account, inviter } = found
  const organization = account.organization.name
  const words = useWords()
  const asking = (named: TextKey, unnamed: TextKey): string =>
    inviter === null ? words(unnamed, { organization }) : words(named, { inviter })
  const withdrawn = () => [words('welcome.withdrawn'), asking('welcome.withdrawnAsk', 'welcome.withdrawnAskAnybody')]
  const said = {
    pending: () => ['', ''],
    expired: () => [words('welcome.expired'), asking('welcome.expiredAsk', 'welcome.expiredAskAnybody')],
    accepted: () => [words('welcome.accepted'), words('welcome.acceptedAdvice')],
    cancelled: withdrawn,
    withdrawn,
  }
  const [title = '', advice = ''] = said[invitation.status]()
  const signIn = { label: words('frame.signIn'), href: '/login' }
  return (
    <ErrorPage
      {...{ title, advice, reference, organization }}
      action={invitation.status === 'accepted' ? signIn : undefined}
    />
  )
}

export const UnknownPage = ({ reference }: { reference: string }) => {
  const words = useWords()
  return <ErrorPage title={words('welcome.unknown')} advice={words('welcome.unknownAdvice')} reference={reference} />
}
