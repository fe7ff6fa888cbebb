// Emergency access: the sealed accounts, whether they are proven, and what they were used for.
import { type Context, Hono } from 'hono'
import {
  createEmergencyAccount,
  type EmergencyAccount,
  listEmergencyAccounts,
  type NewEmergencyAccount,
} from '#access/accounts/emergency/emergency.ts'
import { listAttempts, type SignInAttempt } from '#access/sign-in/attempts.ts'
import { renderPage } from '#http/pages.ts'
import { readForm } from '#http/read-form.ts'
import { Alert, EmptyState, Table } from '#http/ui/content.tsx'
import { Actions, Field, SubmitButton } from '#http/ui/forms.tsx'
import { type CallContext, isPermitted } from '#src/context.ts'
import type { ConsoleEnv } from '../env.ts'
import { emptyForm, type FormState, isRefused, refusedForm } from '../ui/forms.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { noticeOf } from '../ui/notices.ts'
import { Badge, CopyField, Panel, Time } from '../ui/parts.tsx'

/** @returns an app to be mounted at `/console/emergency` */
export function createEmergencyPages(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()
  pages.get('/', (c) => showAccounts(c, emptyForm))
  pages.post('/', async (c) => {
    const form = await readForm(c)
    try {
      const account = await createEmergencyAccount(c.get('ctx'), { name: form['name'] ?? '' })
      return renderPage(c, <EnvelopePage {...{ ctx: c.get('ctx'), manager: c.get('manager'), account }} />)
    } catch (error) {
      return showAccounts(c, refusedForm(form, error))
    }
  })
  return pages
}

/** Two, so that one that fails is not the end; each proven by a sign-in within 90 days. */
const wantedAccounts = 2

const stateOf = ({ isProven, status, lastUsedAt }: EmergencyAccount) => {
  if (status !== 'active') return <Badge tone="bad">Does not work: {status}</Badge>
  if (isProven) return <Badge tone="good">Proven</Badge>
  return <Badge tone="warning">{lastUsedAt === null ? 'Never tried' : 'Not tried for 90 days'}</Badge>
}

async function showAccounts(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const [ctx, manager] = [c.get('ctx'), c.get('manager')]
  const accounts = await listEmergencyAccounts(ctx)
  const uses = isPermitted(ctx, 'sign_ins.read') ? await listUses(ctx, accounts) : []
  const proven = accounts.filter(({ isProven, status }) => isProven && status === 'active').length
  const page = (
    <ConsolePage
      {...{ ctx, manager }}
      section="emergency"
      title="Emergency access"
      lead="Accounts for the day on which the identity provider fails or is set up wrongly. They work at /emergency, without provider and mail."
      notice={noticeOf(c.req.query('done'))}
    >
      {proven >= wantedAccounts ? null : (
        <Alert kind="warning" title={`${proven} of ${wantedAccounts} proven`}>
          Have two accounts in two sealed envelopes, and sign in with each of them every now and then. A connection can
          only be enforced once one of them is proven.
        </Alert>
      )}
      {accounts.length === 0 ? (
        <EmptyState title="No emergency account" text="Make two, print them, seal the envelopes and lock them away." />
      ) : (
        <Table
          caption="Emergency accounts"
          columns={[
            { label: 'Account' },
            { label: 'State' },
            { label: 'Last used' },
            { label: 'Recovery codes left', isNumeric: true },
          ]}
          rows={accounts.map((account) => [
            <>
              {account.displayName ?? account.userName}
              <div class="under">
                <code>{account.userName}</code>
              </div>
            </>,
            stateOf(account),
            <Time at={account.lastUsedAt} empty="Never" />,
            account.recoveryCodesLeft,
          ])}
        />
      )}
      <Panel
        title="Make an account"
        id="new"
        lead="User name, password, authenticator secret and recovery codes are shown once."
      >
        <form method="post" action="/console/emergency">
          {state.message === undefined ? null : <Alert kind="danger" title={state.message} />}
          <Field
            name="name"
            label="Name"
            value={state.values['name']}
            error={state.errors['name']}
            hint="For example where the envelope lies: Safe, head office."
            maxlength={200}
          />
          <Actions>
            <SubmitButton label="Make it" />
          </Actions>
        </form>
      </Panel>
      <h2>Uses</h2>
      {uses.length === 0 ? (
        <EmptyState title="Never used" text="Each use and each drill shows up here, and all administrators are told." />
      ) : (
        <Table
          caption="Uses of emergency accounts"
          columns={[{ label: 'When' }, { label: 'Outcome' }, { label: 'From' }]}
          rows={uses.map(({ id, occurredAt, outcome, ip }) => [
            <a href={`/console/sign-ins/${id}`}>
              <Time at={occurredAt} />
            </a>,
            outcome === 'signed_in' ? <Badge tone="warning">Signed in</Badge> : <Badge tone="bad">{outcome}</Badge>,
            ip ?? '—',
          ])}
        />
      )}
    </ConsolePage>
  )
  return renderPage(c, page, { status: isRefused(state) ? 400 : 200 })
}

/** The newest first. */
async function listUses(ctx: CallContext, accounts: readonly EmergencyAccount[]): Promise<SignInAttempt[]> {
  const each = await Promise.all(accounts.map(({ userId }) => listAttempts(ctx, { userId, limit: 10 })))
  return each.flat().toSorted((a, b) => (a.id < b.id ? 1 : -1))
}

type EnvelopeProps = {
  ctx: ConsoleEnv['Variables']['ctx']
  manager: ConsoleEnv['Variables']['manager']
  account: NewEmergencyAccount
}

const EnvelopePage = ({ ctx, manager, account }: EnvelopeProps) => (
  <ConsolePage
    {...{ ctx, manager }}
    section="emergency"
    title="Print this page and seal it"
    lead="None of it is shown again."
    trail={sectionTrail('emergency')}
  >
    <Panel title="Emergency account" id="envelope">
      <CopyField id="address" label="Where" value={ctx.urls.page('/emergency')} />
      <CopyField id="user-name" label="User name" value={account.userName} />
      <CopyField id="password" label="Password" value={account.password} />
      <CopyField
        id="totp"
        label="Secret for an authenticator"
        value={account.totpSecret}
        hint="Or use a recovery code below."
      />
      <p class="form-label">Recovery codes, each good once</p>
      <ul class="recovery-codes">
        {account.recoveryCodes.map((code) => (
          <li>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <a class="btn btn-primary" href="/console/emergency">
        It is printed and sealed
      </a>
    </Panel>
  </ConsolePage>
)
