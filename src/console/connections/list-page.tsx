// The list of connections with how they do, and the setup links.
import type { ConnectionHealth } from '#access/organizations/overview.ts'
import type { SetupLinkRecord } from '#connections/setup-links/setup-links.ts'
import type { ConnectionStatus } from '#connections/sign-in/connections.ts'
import { PrimaryLink, SmallLink, SubmitButton } from '#http/ui/buttons.tsx'
import { Alert, EmptyState, Table } from '#http/ui/content.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Field } from '#http/ui/forms.tsx'
import { Time } from '#http/ui/time.tsx'
import { type CallContext, isPermitted } from '#src/context.ts'
import { ArrivalsChoice } from '../connect/choose.tsx'
import { endingOf } from '../connect/endings.ts'
import { Confirm } from '../ui/confirm.tsx'
import { statusWords } from '../ui/connection-status.ts'
import type { Frame } from '../ui/env.ts'
import { emptyForm } from '../ui/forms.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { Badge, CopyField, Panel, type Tone } from '../ui/parts.tsx'

export type ConnectionListProps = {
  frame: Frame
  connections: readonly ConnectionHealth[]
  links: readonly SetupLinkRecord[]
  state: FormState
}

const mayConnect = (ctx: CallContext): boolean =>
  isPermitted(ctx, 'connections.write') && isPermitted(ctx, 'directories.write')

const ConnectButton = () => <PrimaryLink href="/console/connect">Connect a provider</PrimaryLink>

export const ConnectionListPage = ({ frame, connections, links, state }: ConnectionListProps) => (
  <ConsolePage
    frame={frame}
    section="connections"
    title="Connections"
    lead="The identity providers that people sign in with."
    actions={mayConnect(frame.ctx) && connections.length > 0 ? <ConnectButton /> : null}
  >
    {connections.length === 0 ? (
      <EmptyState
        title="No identity provider is connected yet"
        text="Once one is, people sign in with the account that they have at work. It takes about five minutes."
      >
        {mayConnect(frame.ctx) ? <ConnectButton /> : null}
      </EmptyState>
    ) : (
      <Table
        caption="Connections and how they do"
        columns={['Connection', 'Status', 'Last sign-in', { label: 'Last day', isNumeric: true }, 'Certificate']}
        rows={connections.map((connection) => healthRow(connection, frame.ctx.clock.now()))}
      />
    )}
    <div class="after-table" />
    <SetupLinks {...{ frame, links, state }} />
  </ConsolePage>
)

function healthRow(connection: ConnectionHealth, now: Date) {
  const { id, name, type, status, lastSignInAt, signedIn, refused, certificateEndsAt } = connection
  const { word, tone } = statusWords[status as ConnectionStatus]
  const ending = certificateEndsAt === null ? undefined : endingOf(certificateEndsAt, now)
  return [
    <>
      <a href={`/console/connections/${id}`}>{name}</a>
      <div class="under">{type === 'saml' ? 'SAML' : 'OpenID Connect'}</div>
    </>,
    <Badge tone={tone}>{word}</Badge>,
    <Time at={lastSignInAt} empty="Never" />,
    <>
      {signedIn.toLocaleString('en')} in
      <div class={refused > 0 ? 'under loss' : 'under'}>{refused.toLocaleString('en')} refused</div>
    </>,
    ending === undefined ? '—' : ending.isNear ? <Badge tone="warning">{ending.words}</Badge> : ending.words,
  ]
}

const linkTones: Record<SetupLinkRecord['status'], { tone: Tone; word: string }> = {
  open: { tone: 'good', word: 'Open' },
  expired: { tone: 'quiet', word: 'Expired' },
  revoked: { tone: 'bad', word: 'Revoked' },
}

const SetupLinks = ({ frame, links, state }: Pick<ConnectionListProps, 'frame' | 'links' | 'state'>) => (
  <Panel
    title="Setup links"
    id="setup-links"
    lead="Whoever has such a link connects one provider without an account here, and reaches nothing else."
  >
    {links.length === 0 ? null : (
      <SetupLinkTable links={links} mayRevoke={isPermitted(frame.ctx, 'connections.write')} />
    )}
    {mayConnect(frame.ctx) ? (
      <PostForm action="/console/connections/setup-links" state={state}>
        <div class="form-grid">
          <Field {...field(state, 'label')} label="For whom" placeholder="IT of Northwind" maxlength={200} />
          <Field
            name="days"
            label="Good for how many days (1 to 30)"
            type="number"
            value={state.values['days'] ?? '7'}
            error={state.errors['days']}
          />
        </div>
        <Field
          {...field(state, 'domains')}
          label="E-mail domains that they may prove"
          hint="Separated by commas. They see these and no others of your organization."
          placeholder="northwind.example.com"
          maxlength={2000}
          isOptional
        />
        <ArrivalsChoice value={state.values['arrivals']} />
        <SubmitButton label="Make a setup link" kind="secondary" />
      </PostForm>
    ) : null}
  </Panel>
)

export const SetupLinkTable = ({ links, mayRevoke }: { links: readonly SetupLinkRecord[]; mayRevoke: boolean }) => (
  <Table
    caption="Setup links that were made"
    columns={['For whom', 'Status', 'Until', 'Last used', 'Connects', { label: 'Actions', isSilent: true }]}
    rows={links.map(({ id, label, status, expiresAt, lastUsedAt, connectionId }) => [
      label,
      <Badge tone={linkTones[status].tone}>{linkTones[status].word}</Badge>,
      <Time at={expiresAt} />,
      <Time at={lastUsedAt} empty="Never" />,
      connectionId === null ? 'Nothing yet' : <a href={`/console/connections/${connectionId}`}>What it made</a>,
      status === 'open' && mayRevoke ? (
        <SmallLink href={`/console/connections/setup-links/${id}/revoke`}>
          Revoke<span class="visually-hidden"> {label}</span>
        </SmallLink>
      ) : null,
    ])}
  />
)

export type NewLinkProps = { frame: Frame; link: SetupLinkRecord; url: string }

/** The only page that shows a link; it is an answer, not an address, so that it cannot be gone back to. */
export const NewLinkPage = ({ frame, link, url }: NewLinkProps) => (
  <ConsolePage frame={frame} section="connections" title="The setup link is made" trail={sectionTrail('connections')}>
    <Panel
      title={`For ${link.label}`}
      lead={
        <>
          It works until <Time at={link.expiresAt} />, or until you revoke it.
        </>
      }
    >
      <Alert kind="warning" title="This link is shown once">
        Send it to the person who administers the identity provider. Whoever has it can connect a provider here.
      </Alert>
      <CopyField id="setup-link" label="Setup link" value={url} />
      <PrimaryLink href="/console/connections#setup-links">I have copied it</PrimaryLink>
    </Panel>
  </ConsolePage>
)

export type RevokeLinkProps = { frame: Frame; link: SetupLinkRecord }

export const RevokeLinkPage = ({ frame, link }: RevokeLinkProps) => (
  <ConsolePage
    frame={frame}
    section="connections"
    title={`Revoke the setup link for ${link.label}`}
    trail={sectionTrail('connections')}
  >
    <Confirm
      action={`/console/connections/setup-links/${link.id}/revoke`}
      effects={[
        'The link stops working immediately. This cannot be undone, but you can create a new link.',
        link.connectionId === null
          ? 'Nothing was made with it yet.'
          : 'The connection and the directory that were made with it stay as they are.',
      ]}
      word={undefined}
      submit="Revoke the link"
      back="/console/connections#setup-links"
      state={emptyForm}
    />
  </ConsolePage>
)
