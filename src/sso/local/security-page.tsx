// `/account/security`: how a person signs in, and what they can change about it.

import type { Child } from 'hono/jsx'
import { isLocal, nameOf } from '#access/accounts/account/account.ts'
import type { OwnFactors } from '#access/accounts/factors/own-factors.ts'
import type { TotpSetup } from '#access/accounts/factors/totp.ts'
import type { OwnIdentity } from '#access/accounts/identities/own-identities.ts'
import { AccountPage } from '#http/ui/account-page.tsx'
import { Buttons, LinkButton, PrimaryLink, SmallLink, SubmitButton } from '#http/ui/buttons.tsx'
import { Alert, Table } from '#http/ui/content.tsx'
import { PostForm } from '#http/ui/form.tsx'
import { Field } from '#http/ui/forms.tsx'
import { Time } from '#http/ui/time.tsx'
import { counted } from '#words/counts.ts'
import { NewPasswordFields } from '../login/new-password.tsx'
import { PasskeyForm, passkeyScripts } from '../login/passkey-form.tsx'
import { AuthenticatorFields, RecoveryCodes } from '../login/step-pages.tsx'

const notices = {
  password: 'Your password is changed, and you are signed out elsewhere',
  totp: 'The authenticator is set up',
  'totp-removed': 'The authenticator is removed',
  passkey: 'The passkey is added',
  'passkey-renamed': 'The passkey has its new name',
  'passkey-removed': 'The passkey is removed',
  linked: 'You can sign in through your organization from now on',
  unlinked: 'That sign-in is taken away, and its sessions have ended',
} as const

export type Notice = keyof typeof notices

export type Fault = { at: 'password' | 'totp' | 'passkeys'; message: Child }

type FactorsProps = { factors: OwnFactors; fault?: Fault | undefined }

export type SecurityPageProps = FactorsProps & { identities: readonly OwnIdentity[]; notice?: string | undefined }

const noticeOf = (name: string | undefined): string | undefined =>
  name !== undefined && Object.hasOwn(notices, name) ? notices[name as Notice] : undefined

const path = '/account/security'

export const SecurityPage = ({ factors, identities, fault, notice }: SecurityPageProps) => {
  const { account } = factors
  const said = noticeOf(notice)
  const isOpen = isLocal(account) && !account.isEmergencyAccount && !account.organization.isEnforced
  return (
    <AccountPage
      section="security"
      name={nameOf(account)}
      organization={account.organization.name}
      timeZone={account.timeZone}
      lead="How you sign in."
      scripts={isOpen ? passkeyScripts : []}
    >
      {said === undefined ? null : <Alert kind="success" title={said} />}
      {isOpen ? <Parts factors={factors} fault={fault} /> : <Elsewhere isEmergency={account.isEmergencyAccount} />}
      {account.isEmergencyAccount ? null : (
        <Identities identities={isOpen ? identities : identities.filter(({ linkedAt }) => linkedAt !== null)} />
      )}
    </AccountPage>
  )
}

const Elsewhere = ({ isEmergency }: { isEmergency: boolean }) =>
  isEmergency ? (
    <Alert kind="info" title="This is an emergency account">
      <p>It is not changed here: an administrator seals it anew afterwards.</p>
    </Alert>
  ) : (
    <Alert kind="info" title="You sign in through your organization">
      <p>Password, second factor and passkeys are set there, not here.</p>
    </Alert>
  )

const Parts = ({ factors, fault }: FactorsProps) => (
  <>
    {factors.account.passwordHash === null ? null : <Password factors={factors} fault={fault} />}
    <Passkeys factors={factors} fault={fault} />
    <Authenticator factors={factors} fault={fault} />
  </>
)

/** Asked for by a link, so that the provider can be gone to; it asks for the password there. */
const linkHref = (connectionId: string): string =>
  `/sign-in/${connectionId}?link=1&return_to=${encodeURIComponent(`${path}?done=linked`)}`

const Identities = ({ identities }: Pick<SecurityPageProps, 'identities'>) =>
  identities.length === 0 ? null : (
    <section aria-labelledby="identities-title">
      <h2 id="identities-title">Your organization’s sign-in</h2>
      <p>Linked, you can come in that way as well, and find the same roles.</p>
      <Table
        caption="Sign-in through your organization"
        columns={['Name', 'Linked', 'Last used', { label: 'Action', isSilent: true }]}
        rows={identities.map(({ connectionId, name, linkedAt, lastSignInAt }) => [
          name,
          <Time at={linkedAt} empty="not yet" />,
          <Time at={lastSignInAt} empty="never" />,
          linkedAt === null ? (
            <SmallLink href={linkHref(connectionId)}>Link with {name}</SmallLink>
          ) : (
            <a class="btn btn-sm" href={`${path}/identities/${connectionId}/remove`} aria-label={`Remove ${name}`}>
              Remove
            </a>
          ),
        ])}
      />
    </section>
  )

const Wrong = ({ fault, at }: { fault: Fault | undefined; at: Fault['at'] }) =>
  fault?.at === at ? <Alert kind="danger" title={fault.message} /> : null

const Password = ({ factors, fault }: FactorsProps) => (
  <section aria-labelledby="password-title">
    <h2 id="password-title">Password</h2>
    <Wrong fault={fault} at="password" />
    <PostForm action={`${path}/password`}>
      <input type="text" name="username" value={factors.account.userName} autocomplete="username" readonly hidden />
      <Field
        name="oldPassword"
        label="Present password"
        type="password"
        autocomplete="current-password"
        maxlength={200}
      />
      <NewPasswordFields minLength={factors.account.organization.passwordMinLength} />
      <SubmitButton label="Change password" kind="secondary" />
    </PostForm>
  </section>
)

const Passkeys = ({ factors: { passkeys }, fault }: FactorsProps) => (
  <section aria-labelledby="passkeys-title">
    <h2 id="passkeys-title">Passkeys</h2>
    <p>Signing in with the fingerprint, face or code of your device; it is password and second factor in one.</p>
    <Wrong fault={fault} at="passkeys" />
    {passkeys.length === 0 ? null : (
      <Table
        caption="Your passkeys"
        columns={['Name', 'Added', 'Last used', 'Action']}
        rows={passkeys.map(({ id, name, createdAt, lastUsedAt }) => [
          <PostForm action={`${path}/passkeys/${id}/rename`} class="inline-form">
            <input
              class="form-control"
              name="name"
              value={name}
              maxlength={200}
              aria-label={`Name of ${name}`}
              required
            />
            <button type="submit" class="btn btn-sm" aria-label={`Rename ${name}`}>
              Rename
            </button>
          </PostForm>,
          <Time at={createdAt} />,
          <Time at={lastUsedAt} empty="never" />,
          <PostForm action={`${path}/passkeys/${id}/remove`}>
            <button type="submit" class="btn btn-sm" aria-label={`Remove ${name}`}>
              Remove
            </button>
          </PostForm>,
        ])}
      />
    )}
    <PasskeyForm
      action={`${path}/passkeys`}
      question={`${path}/passkeys/question`}
      kind="new"
      label="Add a passkey"
      wide={false}
    >
      <Field name="passkeyName" label="Name of this device" isOptional placeholder="Work laptop" maxlength={200} />
    </PasskeyForm>
    <noscript>
      <p>Adding a passkey needs scripts, which are switched off in this browser.</p>
    </noscript>
  </section>
)

const Authenticator = ({ factors, fault }: FactorsProps) => (
  <section aria-labelledby="totp-title">
    <h2 id="totp-title">Authenticator app</h2>
    <Wrong fault={fault} at="totp" />
    {factors.account.hasTotp ? (
      <>
        <p>
          It is set up: after the password you are asked for its code. You have{' '}
          {counted(factors.recoveryCodesLeft, 'recovery code')} left.
        </p>
        <div class="actions">
          <PostForm action={`${path}/recovery-codes`}>
            <SubmitButton label="New recovery codes" kind="secondary" />
          </PostForm>
          <PostForm action={`${path}/totp/remove`}>
            <SubmitButton label="Remove the authenticator" kind="danger" />
          </PostForm>
        </div>
      </>
    ) : (
      <>
        <p>A code from your phone or computer beside the password, so that the password alone opens nothing.</p>
        <LinkButton href={`${path}/totp`}>Set up an authenticator</LinkButton>
      </>
    )}
  </section>
)

type RemoveIdentityPageProps = {
  name: string
  organization: string
  identity: OwnIdentity
  isLast: boolean
  error?: Child
}

export const RemoveIdentityPage = ({ name, organization, identity, isLast, error }: RemoveIdentityPageProps) => (
  <AccountPage section="security" name={name} organization={organization} lead={`Remove the sign-in ${identity.name}.`}>
    {error === undefined ? null : <Alert kind="danger" title={error} />}
    {isLast ? (
      <Alert kind="warning" title="This is your only way to sign in">
        <p>Without it, you cannot come in any more until an administrator lets you in again.</p>
      </Alert>
    ) : null}
    <p>
      Sessions that came through {identity.name} end at once, this one too if it did. It is linked to you again only if
      you ask for it here, or an administrator approves it.
    </p>
    <PostForm action={`${path}/identities/${identity.connectionId}/remove`}>
      {isLast ? <input type="hidden" name="isLastAccepted" value="on" /> : null}
      <Buttons submit={isLast ? 'Remove it all the same' : 'Remove it'} kind="danger" back={path} leave="Keep it" />
    </PostForm>
  </AccountPage>
)

type TotpPageProps = { name: string; organization: string; setup: TotpSetup; error?: Child }

export const TotpPage = ({ name, organization, setup, error }: TotpPageProps) => (
  <AccountPage section="security" name={name} organization={organization} lead="Set up an authenticator app.">
    <PostForm action={`${path}/totp`}>
      <AuthenticatorFields setup={setup} error={error} />
      <Buttons submit="Finish" back={path} leave="Not now" />
    </PostForm>
  </AccountPage>
)

type CodesPageProps = { name: string; organization: string; codes: readonly string[] }

export const CodesPage = ({ name, organization, codes }: CodesPageProps) => (
  <AccountPage
    section="security"
    name={name}
    organization={organization}
    lead="Recovery codes, for when your phone is lost."
  >
    <RecoveryCodes codes={codes} />
    <PrimaryLink href={path}>I have kept them</PrimaryLink>
  </AccountPage>
)
