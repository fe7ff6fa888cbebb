// The page of one directory: where it is, how it does, its tokens, its last requests.
import type { MassChange } from '#access/people/brake/mass-changes.ts'
import type { DirectoryRecord } from '#connections/directories/directories.ts'
import type { DirectoryClient } from '#connections/directories/directory-clients.ts'
import type { DirectoryTokenRecord, IssuedDirectoryToken } from '#connections/directories/directory-tokens.ts'
import type { DirectoryActivity } from '#connections/provisioning/activity.ts'
import type { ProvisioningEvent } from '#connections/provisioning/events.ts'
import type { DirectoryRhythm } from '#connections/provisioning/rhythm.ts'
import type { DirectoryContent } from '#connections/setup-links/directory-content.ts'
import type { ExtensionAttribute } from '#directory/extension-attributes.ts'
import { LinkButton, PrimaryLink, SmallLink, SubmitButton } from '#http/ui/buttons.tsx'
import { Alert, EmptyState, Facts, Table } from '#http/ui/content.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Choice, Field } from '#http/ui/forms.tsx'
import { Ago, Time } from '#http/ui/time.tsx'
import { isPermitted } from '#src/context.ts'
import { counted } from '#words/counts.ts'
import { agoInShort } from '#words/times.ts'
import { EventTable } from '../provisioning/log-page.tsx'
import type { Frame } from '../ui/env.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { Badge, ButtonForm, CopyField, Panel } from '../ui/parts.tsx'
import { Brake, WaitingChanges } from './brake.tsx'
import { Clients } from './client-pages.tsx'
import { inactivityNotice } from './list-page.tsx'
import { StateBadge } from './state-badge.tsx'

export type DirectoryPageProps = {
  frame: Frame
  directory: DirectoryRecord
  tokens: readonly DirectoryTokenRecord[]
  clients: readonly DirectoryClient[]
  /** Beside the standard ones; undefined for whoever may not see people. */
  attributes: readonly ExtensionAttribute[] | undefined
  activity: DirectoryActivity | null
  rhythm: DirectoryRhythm | null
  events: readonly ProvisioningEvent[]
  content: DirectoryContent
  /** How many people it asked for, whom the organization has from elsewhere; 100 stands for more. */
  waiting: number
  /** What waits for somebody's word. */
  massChanges: readonly MassChange[]
  state: FormState
}

export const DirectoryPage = (props: DirectoryPageProps) => {
  const { frame, directory, activity, events } = props
  const mayWrite = isPermitted(frame.ctx, 'directories.write')
  const silence = inactivityNotice(activity, frame.ctx.clock.now())
  return (
    <ConsolePage frame={frame} section="directories" title={directory.name} trail={sectionTrail('directories')}>
      <WaitingChanges {...props} />
      {silence === null ? null : (
        <Alert kind="warning" title={silence}>
          Providers usually ask at least once a day. See at the provider whether provisioning is paused or in
          quarantine.
        </Alert>
      )}
      <Panel title="Health">
        <Facts facts={factsOf(props)} />
        <CopyField id="base-url" label="SCIM base URL" value={frame.ctx.urls.scimBase(directory.id)} />
      </Panel>
      <Arrivals {...props} />
      <Adoption {...props} mayWrite={mayWrite} />
      <Brake {...props} mayWrite={mayWrite} />
      <Tokens {...props} mayWrite={mayWrite} />
      <Clients {...props} mayWrite={mayWrite} />
      <Attributes {...props} />
      <Panel
        title="Its last requests"
        actions={<SmallLink href={`/console/provisioning?directory=${directory.id}`}>The whole log</SmallLink>}
      >
        {events.length === 0 ? (
          <EmptyState
            title="Nothing yet"
            text="Enter the base URL and a token at the provider, and press “Test” there."
          />
        ) : (
          <EventTable events={events} />
        )}
      </Panel>
      {mayWrite ? <Changes {...props} /> : null}
    </ConsolePage>
  )
}

function factsOf({ frame, directory, activity, rhythm, content }: DirectoryPageProps) {
  const now = frame.ctx.clock.now()
  return [
    {
      term: 'Status',
      value: directory.status === 'active' ? <Badge tone="good">On</Badge> : <Badge tone="bad">Off</Badge>,
    },
    {
      term: 'What it has delivered',
      value: `${counted(content.users, 'person', 'people')}, ${content.activeUsers.toLocaleString('en')} of them active; ${counted(content.groups, 'group')}`,
    },
    { term: 'Last request', value: <Ago at={activity?.lastRequestAt ?? null} now={now} /> },
    ...(rhythm === null ? [] : [{ term: 'Delivers', value: <Rhythm {...rhythm} now={now} /> }]),
    { term: 'Last change', value: <Ago at={activity?.lastChangeAt ?? null} now={now} /> },
    {
      term: 'Last refusal',
      value:
        activity?.lastErrorAt == null
          ? 'None'
          : `${agoInShort(activity.lastErrorAt, now)}: ${activity.lastError ?? 'without a reason'}`,
    },
    { term: 'Since', value: <Time at={directory.createdAt} /> },
    { term: 'Sent by', value: activity?.userAgent ?? '—' },
  ]
}

/** When the next cycle comes, for those who wait for somebody to arrive or to leave. */
const Rhythm = ({ everyMinutes, nextExpectedAt, now }: DirectoryRhythm & { now: Date }) => {
  if (everyMinutes === null || nextExpectedAt === null) return <>Whenever something changes at the provider</>
  const late = Math.floor((now.getTime() - Date.parse(nextExpectedAt)) / 60_000)
  return (
    <>
      In cycles, about every {everyMinutes} minutes. The next cycle is{' '}
      {late > everyMinutes / 2 ? (
        `${late} min late`
      ) : (
        <>
          expected at about <Time at={nextExpectedAt} />
        </>
      )}
      ; who has to go at once is deactivated here
    </>
  )
}

const Arrivals = ({ frame, directory, content: { waitingUsers } }: DirectoryPageProps) => {
  const address = `/console/directories/${directory.id}`
  const isStaged = directory.arrivals === 'staged'
  const mayAdmit = isPermitted(frame.ctx, 'users.write') && isPermitted(frame.ctx, 'directories.write')
  return (
    <Panel
      title="Arrivals"
      id="arrivals"
      lead={
        isStaged
          ? 'People whom it brings wait: they have their groups and roles, and can do nothing with them before they are let in.'
          : 'People whom it brings are let in as they come.'
      }
    >
      {isStaged || waitingUsers > 0 ? (
        <p>
          {waitingUsers === 0
            ? 'Nobody waits at the moment.'
            : `${counted(waitingUsers, 'person waits', 'people wait')} to be let in.`}
        </p>
      ) : null}
      {mayAdmit ? (
        <div class="actions">
          {waitingUsers === 0 ? null : (
            <ButtonForm action={`${address}/admit`} label="See what they get, and let them in" kind="btn-primary" />
          )}
          <ButtonForm
            action={`${address}/arrivals`}
            label={isStaged ? 'Let people in as they come' : 'Have people wait'}
            fields={{ arrivals: isStaged ? 'active' : 'staged' }}
          />
        </div>
      ) : null}
    </Panel>
  )
}

const policies = [
  { value: 'verified_domain', label: 'it gets those whose address is in a domain that you have verified' },
  { value: 'always', label: 'it gets all of them' },
  { value: 'confirm', label: 'each waits until you confirm that it is the same person' },
  { value: 'never', label: 'it gets none of them' },
]

const Adoption = ({ frame, directory, waiting, state, mayWrite }: DirectoryPageProps & { mayWrite: boolean }) => {
  const address = `/console/directories/${directory.id}`
  return (
    <Panel
      title="People whom you have already"
      id="adoption"
      lead="It may bring somebody who came another way: by sign-in, by invitation, from another directory. Taken over, they stay the same person with their roles, groups and password, and the directory decides from then on. Whoever manages something always waits for your word."
    >
      {waiting === 0 ? null : (
        <p>
          <a href={`${address}/adoptions`}>
            {waiting === 100 ? '100 people or more wait' : counted(waiting, 'person waits', 'people wait')} for your
            word
          </a>
        </p>
      )}
      <p>
        <a href={`${address}/adoptions`}>People it asked for</a>
        {frame.ctx.permissions === 'all' || mayWrite ? (
          <>
            {' · '}
            <a href={`${address}/move`}>Move its people to another directory</a>
          </>
        ) : null}
      </p>
      {mayWrite ? (
        <PostForm action={`${address}/adoption`} state={state}>
          <Choice name="adoption" legend="Of the others" value={directory.adoption} options={policies} />
          <SubmitButton label="Save the choice" />
        </PostForm>
      ) : (
        <p>Of the others, {policies.find(({ value }) => value === directory.adoption)?.label}.</p>
      )}
    </Panel>
  )
}

const Tokens = ({ frame, directory, tokens, state, mayWrite }: DirectoryPageProps & { mayWrite: boolean }) => (
  <Panel
    title="Tokens"
    lead="To replace one without an interruption: make a new token, enter it at the provider, and revoke the old one once the new one is in use."
  >
    {tokens.length === 0 ? null : (
      <Table
        caption="Tokens of the directory"
        columns={['Ends in', 'Status', 'Last used', 'Until', { label: 'Actions', isSilent: true }]}
        rows={tokens.map((token) => [
          <code>…{token.lastFour}</code>,
          <StateBadge {...token} now={frame.ctx.clock.now()} />,
          <Time at={token.lastUsedAt} empty="Never" />,
          <Time at={token.expiresAt} empty="No end" />,
          mayWrite && token.revokedAt === null ? (
            <SmallLink href={`/console/directories/${directory.id}/tokens/${token.id}/revoke`}>
              Revoke…<span class="visually-hidden"> the token that ends in {token.lastFour}</span>
            </SmallLink>
          ) : null,
        ])}
      />
    )}
    {mayWrite ? (
      <PostForm action={`/console/directories/${directory.id}/tokens`} state={state} class="narrow-form">
        <Field {...field(state, 'expiresAt')} label="Good until" type="date" isOptional />
        <SubmitButton label="Make a token" kind="secondary" />
      </PostForm>
    ) : null}
  </Panel>
)

const Attributes = ({ directory, attributes }: DirectoryPageProps) =>
  attributes === undefined ? null : (
    <Panel
      title="Attributes of its own"
      id="attributes"
      lead="What it sends beside the standard schemas, and what was registered beforehand."
      actions={
        <SmallLink href={`/console/directories/${directory.id}/attributes`}>See and register attributes</SmallLink>
      }
    >
      <p>
        {attributes.length === 0
          ? 'None yet.'
          : `${counted(attributes.length, 'attribute')}, ${attributes.filter(({ isGiven }) => isGiven).length} of them registered.`}
      </p>
    </Panel>
  )

const Changes = ({ directory, state }: DirectoryPageProps) => {
  const address = `/console/directories/${directory.id}`
  return (
    <Panel title="Change">
      <PostForm action={`${address}/name`} class="narrow-form">
        <Field
          name="name"
          label="Name"
          value={state.values['name'] ?? directory.name}
          error={state.errors['name']}
          maxlength={200}
        />
        <SubmitButton label="Rename" kind="secondary" />
      </PostForm>
      <div class="actions">
        <LinkButton href={`${address}/${directory.status === 'active' ? 'disable' : 'enable'}`}>
          {directory.status === 'active' ? 'Switch it off…' : 'Switch it on…'}
        </LinkButton>
        <LinkButton href={`${address}/delete`}>Delete it…</LinkButton>
      </div>
    </Panel>
  )
}

export type NewTokenProps = {
  frame: Frame
  directory: DirectoryRecord
  token: IssuedDirectoryToken
}

/** The only page that shows a token; it is an answer, not an address, so that it cannot be gone back to. */
export const NewTokenPage = ({ frame, directory, token }: NewTokenProps) => (
  <ConsolePage
    frame={frame}
    section="directories"
    title="A new token"
    trail={[...sectionTrail('directories'), { label: directory.name, href: `/console/directories/${directory.id}` }]}
  >
    <Panel title={`For ${directory.name}`} id="new-token">
      <Alert kind="warning" title="This token is shown once">
        Copy it into the provider now. Older tokens go on working until you revoke them.
      </Alert>
      <CopyField id="base-url" label="SCIM base URL" value={frame.ctx.urls.scimBase(directory.id)} />
      <CopyField id="token" label="Bearer token" value={token.token} />
      <PrimaryLink href={`/console/directories/${directory.id}`}>I have copied it</PrimaryLink>
    </Panel>
  </ConsolePage>
)
