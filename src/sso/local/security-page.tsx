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
import { Say, useWords } from '#http/ui/reader.tsx'
import { Time } from '#http/ui/time.tsx'
import type { TextKey } from '#words/texts/texts.ts'
import { NewPasswordFields } from '../login/new-password.tsx'
import { PasskeyForm, passkeyScripts } from '../login/passkey-form.tsx'
import { AuthenticatorFields, RecoveryCodes } from '../login/step-pages.tsx'

const notices = {
  password: 'security.passwordDone',
  totp: 'security.totpDone',
  'totp-removed': 'security.totpRemoved',
  passkey: 'security.passkeyDone',
  'passkey-renamed': 'security.passkeyRenamed',
  'passkey-removed': 'security.passkeyRemoved',
  linked: 'security.linked',
  unlinked: 'security.unlinked',
} as const

export type Notice = keyof typeof notices

export type Fault = { at: 'password' | 'totp' | 'passkeys'; message: Child }

type FactorsProps = { factors: OwnFactors; fault?: Fault | undefined }

export type SecurityPageProps = FactorsProps & { identities: readonly OwnIdentity[]; notice?: string | undefined }

const noticeOf = (name: string | undefined): TextKey | undefined =>
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
      lead={<Say of="security.lead" />}
      scripts={isOpen ? passkeyScripts : []}
    >
      {said === undefined ? null : <Alert kind="success" title={<Say of={said} />} />}
      {isOpen ? <Parts factors={factors} fault={fault} /> : <Elsewhere isEmergency={account.isEmergencyAccount} />}
      {account.isEmergencyAccount ? null : (
        <Identities identities={isOpen ? identities : identities.filter(({ linkedAt }) => linkedAt !== null)} />
      )}
    </AccountPage>
  )
}

const Elsewhere = ({ isEmergency }: { isEmergency: boolean }) =>
  isEmergency ? (
    <Alert kind="info" title={<Say of="security.emergency" />}>
      <p>
        <Say of="security.emergencyText" />
      </p>
    </Alert>
  ) : (
    <Alert kind="info" title={<Say of="security.elsewhere" />}>
      <p>
        <Say of="security.elsewhereText" />
      </p>
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

const Identities = ({ identities }: Pick<SecurityPageProps, 'identities'>) => {
  const words = useWords()
  const columns = ['security.nameColumn', 'security.linkedColumn', 'security.lastUsed'] as const
  return identities.length === 0 ? null : (
    <section aria-labelledby="identities-title">
      <h2 id="identities-title">{words('security.organization')}</h2>
      <p>{words('security.organizationText')}</p>
      <Table
        caption={words('security.waysThere')}
        columns={[...columns.map((key) => words(key)), { label: words('security.action'), isSilent: true }]}
        rows={identities.map(({ connectionId, name, linkedAt, lastSignInAt }) => [
          name,
          <Time at={linkedAt} empty={words('security.notYet')} />,
          <Time at={lastSignInAt} empty={words('security.never')} />,
          linkedAt === null ? (
            <SmallLink href={linkHref(connectionId)}>{words('security.linkWith', { name })}</SmallLink>
          ) : (
            <a
              class="btn btn-sm"
              href={`${path}/identities/${connectionId}/remove`}
              aria-label={words('security.removeNamed', { name })}
            >
              {words('security.remove')}
            </a>
          ),
        ])}
      />
    </section>
  )
}

const Wrong = ({ fault, at }: { fault: Fault | undefined; at: Fault['at'] }) =>
  fault?.at === at ? <Alert kind="danger" title={fault.message} /> : null

const Password = ({ factors, fault }: FactorsProps) => {
  const words = useWords()
  return (
    <section aria-labelledby="password-title">
      <h2 id="password-title">{words('password.label')}</h2>
      <Wrong fault={fault} at="password" />
      <PostForm action={`${path}/password`}>
        <input type="text" name="username" value={factors.account.userName} autocomplete="username" readonly hidden />
        <Field
          name="oldPassword"
          label={words('security.present')}
          type="password"
          autocomplete="current-password"
          maxlength={200}
        />
        <NewPasswordFields minLength={factors.account.organization.passwordMinLength} />
        <SubmitButton label={words('security.changePassword')} kind="secondary" />
      </PostForm>
    </section>
  )
}

const Passkeys = ({ factors: { passkeys }, fault }: FactorsProps) => {
  const words = useWords()
  return (
    <section aria-labelledby="passkeys-title">
      <h2 id="passkeys-title">{words('security.passkeys')}</h2>
      <p>{words('security.passkeysText')}</p>
      <Wrong fault={fault} at="passkeys" />
      {passkeys.length === 0 ? null : <PasskeyTable passkeys={passkeys} />}
      <PasskeyForm
        action={`${path}/passkeys`}
        question={`${path}/passkeys/question`}
        kind="new"
        label={words('security.addPasskey')}
        wide={false}
      >
        <Field
          name="passkeyName"
          label={words('security.deviceName')}
          isOptional
          placeholder={words('security.deviceExample')}
          maxlength={200}
        />
      </PasskeyForm>
      <noscript>
        <p>{words('security.noScript')}</p>
      </noscript>
    </section>
  )
}

const PasskeyTable = ({ passkeys }: Pick<OwnFactors, 'passkeys'>) => {
  const words = useWords()
  const columns = ['security.nameColumn', 'security.addedColumn', 'security.lastUsed', 'security.action'] as const
  return (
    <Table
      caption={words('security.yourPasskeys')}
      columns={columns.map((key) => words(key))}
      rows={passkeys.map(({ id, name, createdAt, lastUsedAt }) => [
        <PostForm action={`${path}/passkeys/${id}/rename`} class="inline-form">
          <input
            class="form-control"
            name="name"
            value={name}
            maxlength={200}
            aria-label={words('security.nameOf', { name })}
            required
          />
          <button type="submit" class="btn btn-sm" aria-label={words('security.renameNamed', { name })}>
            {words('security.rename')}
          </button>
        </PostForm>,
        <Time at={createdAt} />,
        <Time at={lastUsedAt} empty={words('security.never')} />,
        <PostForm action={`${path}/passkeys/${id}/remove`}>
          <button type="submit" class="btn btn-sm" aria-label={words('security.removeNamed', { name })}>
            {words('security.remove')}
          </button>
        </PostForm>,
      ])}
    />
  )
}

const Authenticator = ({ factors, fault }: FactorsProps) => {
  const words = useWords()
  return (
    <section aria-labelledby="totp-title">
      <h2 id="totp-title">{words('security.authenticator')}</h2>
      <Wrong fault={fault} at="totp" />
      {factors.account.hasTotp ? (
        <>
          <p>{words('security.authenticatorOn', { count: factors.recoveryCodesLeft })}</p>
          <div class="actions">
            <PostForm action={`${path}/recovery-codes`}>
              <SubmitButton label={words('security.newCodes')} kind="secondary" />
            </PostForm>
            <PostForm action={`${path}/totp/remove`}>
              <SubmitButton label={words('security.removeTotp')} kind="danger" />
            </PostForm>
          </div>
        </>
      ) : (
        <>
          <p>{words('security.authenticatorOff')}</p>
          <LinkButton href={`${path}/totp`}>{words('security.setUpTotp')}</LinkButton>
        </>
      )}
    </section>
  )
}

type RemoveIdentityPageProps = {
  name: string
  organization: string
  identity: OwnIdentity
  isLast: boolean
  error?: Child
}

export const RemoveIdentityPage = ({ name, organization, identity, isLast, error }: RemoveIdentityPageProps) => {
  const words = useWords()
  const of = { name: identity.name }
  return (
    <AccountPage section="security" {...{ name, organization }} lead={words('security.removeLead', of)}>
      {error === undefined ? null : <Alert kind="danger" title={error} />}
      {isLast ? (
        <Alert kind="warning" title={words('security.onlyWay')}>
          <p>{words('security.onlyWayText')}</p>
        </Alert>
      ) : null}
      <p>{words('security.removeText', of)}</p>
      <PostForm action={`${path}/identities/${identity.connectionId}/remove`}>
        {isLast ? <input type="hidden" name="isLastAccepted" value="on" /> : null}
        <Buttons
          submit={words(isLast ? 'security.removeAnyway' : 'security.removeIt')}
          kind="danger"
          back={path}
          leave={words('security.keep')}
        />
      </PostForm>
    </AccountPage>
  )
}

type TotpPageProps = { name: string; organization: string; setup: TotpSetup; error?: Child }

export const TotpPage = ({ name, organization, setup, error }: TotpPageProps) => {
  const words = useWords()
  return (
    <AccountPage section="security" {...{ name, organization }} lead={words('security.setUpTotpLead')}>
      <PostForm action={`${path}/totp`}>
        <AuthenticatorFields setup={setup} error={error} />
        <Buttons submit={words('security.finish')} back={path} leave={words('factor.notNow')} />
      </PostForm>
    </AccountPage>
  )
}

type CodesPageProps = { name: string; organization: string; codes: readonly string[] }

export const CodesPage = ({ name, organization, codes }: CodesPageProps) => {
  const words = useWords()
  return (
    <AccountPage section="security" {...{ name, organization }} lead={words('security.codesLead')}>
      <RecoveryCodes codes={codes} />
      <PrimaryLink href={path}>{words('recovery.kept')}</PrimaryLink>
    </AccountPage>
  )
}
