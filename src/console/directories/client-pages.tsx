// The clients of a directory on its page, the form for another one, what it is told once, and what is asked before one goes.
import { entraAudience, type NewDirectoryClient } from '#connections/directories/change-directory-clients.ts'
import type { DirectoryRecord } from '#connections/directories/directories.ts'
import type { ClientKind, DirectoryClient } from '#connections/directories/directory-clients.ts'
import { Buttons, LinkButton, PrimaryLink, SmallLink } from '#http/ui/buttons.tsx'
import { Alert, Table } from '#http/ui/content.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Field } from '#http/ui/forms.tsx'
import { Time } from '#http/ui/time.tsx'
import { counted } from '#words/counts.ts'
import { Confirm } from '../ui/confirm.tsx'
import type { Frame } from '../ui/env.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { CopyField, Panel, Tabs, TextArea } from '../ui/parts.tsx'
import { StateBadge } from './state-badge.tsx'

export const clientKinds: Readonly<Record<ClientKind, { label: string; lead: string }>> = {
  secret: {
    label: 'By a secret',
    lead: 'OAuth 2.0 client credentials: the client shows an id and a secret, and gets an access token for an hour.',
  },
  private_key_jwt: {
    label: 'By a key of its own',
    lead: 'OAuth 2.0 client credentials without a secret: the client signs what it shows (private_key_jwt), and only its public keys are here.',
  },
  entra: {
    label: 'Entra ID’s own tokens',
    lead: 'Where provisioning in Entra ID is left without a secret token, Microsoft sends tokens that it signs itself. Those of one tenant are taken, for one audience.',
  },
}

type Common = { frame: Frame; directory: DirectoryRecord }

const addressOf = ({ id }: DirectoryRecord): string => `/console/directories/${id}`

const trailOf = (directory: DirectoryRecord) => [
  ...sectionTrail('directories'),
  { label: directory.name, href: addressOf(directory) },
]

export type ClientsProps = Common & { clients: readonly DirectoryClient[]; mayWrite: boolean }

/** On the page of the directory. */
export const Clients = ({ frame, directory, clients, mayWrite }: ClientsProps) => (
  <Panel
    title="Clients"
    id="clients"
    lead="For providers that get access tokens by OAuth 2.0, or bring their own, in place of a token that is good until somebody revokes it."
  >
    {clients.length === 0 ? null : (
      <Table
        caption="Clients of the directory"
        columns={['Name', 'Proves itself', 'Status', 'Last used', 'Until', { label: 'Actions', isSilent: true }]}
        rows={clients.map((client) => [
          <>
            {client.name}
            <div class="under">
              <code>{client.id}</code>
            </div>
          </>,
          <Proof client={client} />,
          <StateBadge {...client} now={frame.ctx.clock.now()} />,
          <Time at={client.lastUsedAt} empty="Never" />,
          <Time at={client.expiresAt} empty="No end" />,
          mayWrite && client.revokedAt === null ? <Actions {...{ directory, client }} /> : null,
        ])}
      />
    )}
    {mayWrite ? <LinkButton href={`${addressOf(directory)}/clients/new`}>Make a client</LinkButton> : null}
  </Panel>
)

const Actions = ({ directory, client }: { directory: DirectoryRecord; client: DirectoryClient }) => {
  const address = `${addressOf(directory)}/clients/${client.id}`
  return (
    <div class="actions">
      {client.kind === 'entra' ? null : (
        <SmallLink href={`${address}/rotate`}>
          {client.kind === 'secret' ? 'New secret…' : 'Replace the keys…'}
          <span class="visually-hidden"> of {client.name}</span>
        </SmallLink>
      )}
      <SmallLink href={`${address}/revoke`}>
        Revoke…<span class="visually-hidden"> the client {client.name}</span>
      </SmallLink>
    </div>
  )
}

const Proof = ({ client: { kind, settings } }: { client: DirectoryClient }) => {
  const keys = Array.isArray(settings['keys']) ? settings['keys'].length : 0
  return (
    <>
      {clientKinds[kind].label}
      {kind === 'private_key_jwt' ? <div class="under">{counted(keys, 'public key')}</div> : null}
      {kind === 'entra' ? (
        <>
          <div class="under">Tenant {String(settings['tenantId'])}</div>
          <div class="under">For {String(settings['audience'])}</div>
          {settings['applicationId'] === undefined ? null : (
            <div class="under">Of the application {String(settings['applicationId'])} alone</div>
          )}
        </>
      ) : null}
    </>
  )
}

export type NewClientProps = Common & { kind: ClientKind; state: FormState }

export const NewClientPage = ({ frame, directory, kind, state }: NewClientProps) => {
  const address = `${addressOf(directory)}/clients/new`
  const links = Object.entries(clientKinds).map(([key, { label }]) => ({
    ...{ label, href: `${address}?kind=${key}`, isCurrent: key === kind },
  }))
  return (
    <ConsolePage frame={frame} section="directories" title="A client of the directory" trail={trailOf(directory)}>
      <Tabs label="How it proves itself" links={links} />
      <Panel title={clientKinds[kind].label} id="new-client" lead={clientKinds[kind].lead}>
        <PostForm action={`${address}?kind=${kind}`} state={state} autocomplete="off" class="narrow-form">
          <Field {...field(state, 'name')} label="What it is" hint="For example: Entra, production." maxlength={200} />
          {kind === 'private_key_jwt' ? <KeysField state={state} /> : null}
          {kind === 'entra' ? <EntraFields state={state} /> : null}
          <Field {...field(state, 'expiresAt')} label="Good until" type="date" isOptional />
          <Buttons submit="Make the client" back={addressOf(directory)} />
        </PostForm>
      </Panel>
    </ConsolePage>
  )
}

const KeysField = ({ state }: { state: FormState }) => (
  <TextArea
    {...field(state, 'keys')}
    label="Public keys"
    hint="As JSON: a key set (JWKS), a list, or a single key (JWK). Ten at most."
    rows={8}
    maxlength={100_000}
  />
)

const EntraFields = ({ state }: { state: FormState }) => (
  <>
    <Field
      {...field(state, 'tenantId')}
      label="Directory (tenant) ID"
      hint="Tokens of every other tenant are refused."
      maxlength={36}
    />
    <Field
      {...field(state, 'applicationId')}
      label="Application (client) ID"
      hint="Then tokens of other applications of the tenant are refused, too."
      maxlength={36}
      isOptional
    />
    <Field
      {...field(state, 'audience')}
      label="Audience"
      hint={`Left empty: ${entraAudience}, that of applications outside of Entra’s gallery.`}
      maxlength={256}
      isOptional
    />
  </>
)

/** The only page that shows a secret; it is an answer, not an address, so that it cannot be gone back to. */
export const MadeClientPage = ({ frame, directory, client }: Common & { client: NewDirectoryClient }) => {
  const base = frame.ctx.urls.scimBase(directory.id)
  return (
    <ConsolePage frame={frame} section="directories" title={`The client ${client.name}`} trail={trailOf(directory)}>
      <Panel title={`For ${directory.name}`} id="made-client">
        {client.clientSecret === null ? null : (
          <Alert kind="warning" title="This secret is shown once">
            Copy it into the provider now. Whoever has it can deliver people and groups here.
          </Alert>
        )}
        <CopyField id="base-url" label={client.kind === 'entra' ? 'Tenant URL' : 'SCIM base URL'} value={base} />
        {client.kind === 'entra' ? (
          <p>Leave the field Secret Token empty there.</p>
        ) : (
          <>
            <CopyField id="token-url" label="Token endpoint" value={`${base}/oauth2/token`} />
            <CopyField id="client-id" label="Client ID" value={client.id} />
          </>
        )}
        {client.clientSecret === null ? null : (
          <CopyField id="client-secret" label="Client secret" value={client.clientSecret} />
        )}
        <PrimaryLink href={`${addressOf(directory)}#clients`}>
          {client.clientSecret === null ? 'It is entered there' : 'I have copied it'}
        </PrimaryLink>
      </Panel>
    </ConsolePage>
  )
}

export type ChangeClientProps = Common & { client: DirectoryClient; state: FormState }

const endsAtOnce = 'are refused from the next request on. It cannot be undone.'

export const RotateClientPage = ({ frame, directory, client, state }: ChangeClientProps) => {
  const address = `${addressOf(directory)}/clients/${client.id}/rotate`
  const isSecret = client.kind === 'secret'
  return (
    <ConsolePage
      frame={frame}
      section="directories"
      title={isSecret ? `A new secret for ${client.name}` : `Other keys for ${client.name}`}
      trail={trailOf(directory)}
    >
      {isSecret ? (
        <Confirm
          action={address}
          effects={[
            `The old secret, and the access tokens that it got, ${endsAtOnce}`,
            'The id stays. Until the provider has the new secret it delivers nothing; nobody is deactivated by that.',
            'To replace it without an interruption, make another client and revoke this one afterwards.',
          ]}
          word={client.name}
          submit="Make a new secret"
          back={addressOf(directory)}
          state={state}
        />
      ) : (
        <Panel title="All keys that it has from now on">
          <ul>
            <li>Keys that are not among them, and the access tokens that they got, {endsAtOnce}</li>
            <li>To replace one without an interruption, enter both, and take the old one away afterwards.</li>
          </ul>
          <PostForm action={address} state={state} autocomplete="off">
            <KeysField state={state} />
            <Buttons submit="Replace the keys" back={addressOf(directory)} leave="Leave them as they are" />
          </PostForm>
        </Panel>
      )}
    </ConsolePage>
  )
}

export const RevokeClientPage = ({ frame, directory, client, state }: ChangeClientProps) => (
  <ConsolePage
    frame={frame}
    section="directories"
    title={`Revoke the client ${client.name}`}
    trail={trailOf(directory)}
  >
    <Confirm
      action={`${addressOf(directory)}/clients/${client.id}/revoke`}
      effects={[
        `The client gets no new access tokens, and those that it has ${endsAtOnce}`,
        <>
          One of them was last used: <Time at={client.lastUsedAt} empty="never" />.
        </>,
        'Tokens and other clients of the directory go on working. Nobody is deactivated by it.',
      ]}
      word={client.name}
      submit="Revoke the client"
      back={addressOf(directory)}
      state={state}
    />
  </ConsolePage>
)
