// The accounts with their state, what they were used for, and the way to another one.
import type { EmergencyAccount } from '#access/accounts/emergency/emergency.ts'
import type { EmergencyUse } from '#access/accounts/emergency/emergency-uses.ts'
import type { SignInAttempt } from '#access/sign-in/attempts.ts'
import { Buttons, LinkButton } from '#http/ui/buttons.tsx'
import { Alert, EmptyState, Table } from '#http/ui/content.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Field } from '#http/ui/forms.tsx'
import { Time } from '#http/ui/time.tsx'
import type { Frame } from '../ui/env.ts'
import { ConsolePage } from '../ui/frame.tsx'
import { Badge, Panel } from '../ui/parts.tsx'
import { LeftToOperators } from './left-to-operators.tsx'

/** Two, so that one that fails is not the end; each proven by a sign-in within 90 days. */
const wantedAccounts = 2

type Props = {
  frame: Frame
  accounts: readonly EmergencyAccount[]
  uses: readonly EmergencyUse[]
  attempts: readonly SignInAttempt[]
  /** Four eyes: nobody makes one alone in the console. */
  isForOperators: boolean
  state: FormState
}

export const AccountsPage = ({ frame, accounts, uses, attempts, isForOperators, state }: Props) => {
  const proven = accounts.filter(({ isProven, status }) => isProven && status === 'active').length
  return (
    <ConsolePage
      frame={frame}
      section="emergency"
      title="Emergency access"
      lead="Accounts for the day on which the identity provider fails or is set up wrongly. They work at /emergency, without provider and mail."
    >
      {proven >= wantedAccounts ? null : (
        <Alert kind="warning" title={`${proven} of ${wantedAccounts} proven`}>
          Have two accounts in two sealed envelopes, and try each of them every now and then. A connection can only be
          enforced once one of them is proven.
        </Alert>
      )}
      {accounts.length === 0 ? (
        <EmptyState title="No emergency account" text="Make two, print them, seal the envelopes and lock them away." />
      ) : (
        <Accounts accounts={accounts} />
      )}
      <Panel
        title="Make an account"
        id="new"
        lead="User name, password, authenticator secret and recovery codes are shown once."
      >
        {isForOperators ? (
          <LeftToOperators verb="create" />
        ) : (
          <PostForm action="/console/emergency" state={state}>
            <Field
              {...field(state, 'name')}
              label="Name"
              hint="For example where the envelope lies: Safe, head office."
              maxlength={200}
            />
            <Buttons submit="Make it" />
          </PostForm>
        )}
      </Panel>
      <h2>Uses</h2>
      {uses.length === 0 ? (
        <EmptyState title="Never used" text="Each use shows up here with a report to sign. Drills do not count." />
      ) : (
        <Uses uses={uses} />
      )}
      {attempts.length === 0 ? null : <Attempts attempts={attempts} />}
    </ConsolePage>
  )
}

const stateOf = ({ isProven, isOpened, status, lastUsedAt }: EmergencyAccount) => {
  if (status !== 'active') return <Badge tone="bad">Does not work: {status}</Badge>
  if (isOpened) return <Badge tone="bad">Opened: seal it anew</Badge>
  if (isProven) return <Badge tone="good">Proven</Badge>
  return <Badge tone="warning">{lastUsedAt === null ? 'Never tried' : 'Not tried for 90 days'}</Badge>
}

const Accounts = ({ accounts }: Pick<Props, 'accounts'>) => (
  <Table
    caption="Emergency accounts"
    columns={[
      'Account',
      'State',
      'Sealed',
      'Last tried',
      { label: 'Recovery codes left', isNumeric: true },
      { label: 'Seal anew', isSilent: true },
    ]}
    rows={accounts.map((account) => [
      <>
        <a href={`/console/users/${account.userId}`}>{account.displayName ?? account.userName}</a>
        <div class="under">
          <code>{account.userName}</code>
        </div>
      </>,
      stateOf(account),
      <Time at={account.sealedAt} />,
      <Time at={account.lastUsedAt} empty="Never" />,
      account.recoveryCodesLeft,
      account.status !== 'active' ? null : (
        <LinkButton href={`/console/emergency/accounts/${account.userId}/reseal`}>
          Seal anew<span class="visually-hidden"> {account.displayName ?? account.userName}</span>
        </LinkButton>
      ),
    ])}
  />
)

const Uses = ({ uses }: Pick<Props, 'uses'>) => (
  <Table
    caption="Uses of emergency accounts"
    columns={['When', 'Account', 'Reason', 'Report']}
    rows={uses.map(({ id, startedAt, account, reason, report }) => [
      <a href={`/console/emergency/uses/${id}`}>
        <Time at={startedAt} />
      </a>,
      account.displayName ?? account.userName,
      reason,
      report === null ? <Badge tone="warning">To be signed</Badge> : <Badge tone="good">Signed</Badge>,
    ])}
  />
)

const outcomes: Partial<Record<SignInAttempt['outcome'], string>> = { signed_in: 'Used', tested: 'Drill' }

const Attempts = ({ attempts }: Pick<Props, 'attempts'>) => (
  <>
    <h2>At the door</h2>
    <Table
      caption="Attempts to use an emergency account"
      columns={['When', 'Outcome', 'From']}
      rows={attempts.map(({ id, occurredAt, outcome, ip }) => [
        <a href={`/console/sign-ins/${id}`}>
          <Time at={occurredAt} />
        </a>,
        <Badge tone={outcome === 'tested' ? 'good' : outcome === 'signed_in' ? 'warning' : 'bad'}>
          {outcomes[outcome] ?? 'Refused'}
        </Badge>,
        ip ?? '—',
      ])}
    />
  </>
)
