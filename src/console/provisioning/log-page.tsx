// The list of the provisioning log with its filters, all of which are in the address.
import type { DirectoryRecord } from '#connections/directories/directories.ts'
import type { ProvisioningEvent } from '#connections/provisioning/events.ts'
import { LinkButton, PrimaryLink } from '#http/ui/buttons.tsx'
import { EmptyState, Table } from '#http/ui/content.tsx'
import { HiddenFields } from '#http/ui/form.tsx'
import { Time } from '#http/ui/time.tsx'
import { type CallContext, isPermitted } from '#src/context.ts'
import type { Frame } from '../ui/env.ts'
import { ConsolePage } from '../ui/frame.tsx'
import { Found, Search } from '../ui/list.tsx'
import { Badge, namedOptions, Select } from '../ui/parts.tsx'
import { withParams } from '../ui/with-params.ts'

export type LogQuery = {
  directory: string | undefined
  status: 'failed' | 'changed' | undefined
  /** A user or a group. */
  target: string | undefined
  q: string | undefined
  before: string | undefined
}

export type LogPageProps = {
  frame: Frame
  query: LogQuery
  directories: readonly DirectoryRecord[]
  events: readonly ProvisioningEvent[]
  /** The id before which the next page begins. */
  next: string | undefined
}

/** The log, narrowed. */
export const logHref = (query: Partial<LogQuery>): string => withParams('/console/provisioning', query)

export const LogPage = ({ frame, query, directories, events, next }: LogPageProps) => {
  const { before, ...filter } = query
  const isNarrowed = Object.values(filter).some((value) => value !== undefined)
  return (
    <ConsolePage
      frame={frame}
      section="provisioning"
      title="Provisioning log"
      lead="Every request of a directory with its answer, without secrets."
    >
      <Filters {...{ query, directories, isNarrowed }} />
      <Found
        path="/console/provisioning"
        query={filter}
        param="before"
        isFirst={before === undefined}
        found={{ items: events, nextCursor: next }}
        empty={<NothingYet {...{ ctx: frame.ctx, isNarrowed }} hasDirectory={directories.length > 0} />}
      >
        <EventTable events={events} directories={directories} />
      </Found>
    </ConsolePage>
  )
}

const Filters = ({
  query,
  directories,
  isNarrowed,
}: Pick<LogPageProps, 'query' | 'directories'> & { isNarrowed: boolean }) => (
  <Search
    action="/console/provisioning"
    q={query.q}
    placeholder="Anything in it"
    isPrimary
    last={
      <>
        {isNarrowed ? <LinkButton href="/console/provisioning">Show all</LinkButton> : null}
        {query.target === undefined ? null : (
          <p class="field-hint">
            Only what is about one {query.target.startsWith('usr') ? 'person' : 'group'}: <code>{query.target}</code>
          </p>
        )}
      </>
    }
  >
    <Select
      name="directory"
      label="Directory"
      value={query.directory}
      empty="Any"
      options={namedOptions(directories)}
    />
    <Select
      name="status"
      label="What"
      value={query.status}
      empty="Everything"
      options={[
        { value: 'failed', label: 'What was refused' },
        { value: 'changed', label: 'What changed something' },
      ]}
    />
    <HiddenFields values={{ target: query.target }} />
  </Search>
)

const NothingYet = ({
  ctx,
  isNarrowed,
  hasDirectory,
}: {
  ctx: CallContext
  isNarrowed: boolean
  hasDirectory: boolean
}) => {
  if (isNarrowed)
    return <EmptyState title="Nothing fits that" text="The log is kept for some weeks only. Try fewer filters." />
  return (
    <EmptyState
      title="Nothing has been delivered yet"
      text={
        hasDirectory
          ? 'As soon as the provider sends its first request, it is here with its answer.'
          : 'Connect an identity provider, and have it deliver people and groups.'
      }
    >
      {!hasDirectory && isPermitted(ctx, 'directories.write') ? (
        <PrimaryLink href="/console/connect">Connect a provider</PrimaryLink>
      ) : null}
    </EmptyState>
  )
}

const shortened = (text: string): string => (text.length > 100 ? `${text.slice(0, 100)}…` : text)

/** As people read it: `filter=userName eq "ada"`. */
export function decoded(query: string): string {
  try {
    return decodeURIComponent(query.replaceAll('+', ' '))
  } catch {
    return query
  }
}

export const StatusOf = ({ status }: { status: number }) => (
  <Badge tone={status >= 500 ? 'bad' : status >= 400 ? 'warning' : 'good'}>{status}</Badge>
)

export const EventTable = ({
  events,
  directories = [],
}: {
  events: readonly ProvisioningEvent[]
  directories?: readonly DirectoryRecord[]
}) => (
  <Table
    caption="Requests, the newest first"
    columns={['Request', 'When', 'Answer', 'About', ...(directories.length > 1 ? ['Directory'] : [])]}
    rows={events.map(({ id, method, path, occurredAt, status, error, quirks, targetId, directoryId }) => [
      <a href={`/console/provisioning/${id}`} class="long-code">
        {method} {shortened(decoded(path))}
      </a>,
      <Time at={occurredAt} />,
      <>
        <StatusOf status={status} />
        {error === null ? null : <div class="under">{error.detail ?? error.scimType ?? ''}</div>}
        {quirks.length === 0 ? null : <div class="under">{quirks.length} tolerated</div>}
      </>,
      <Target targetId={targetId} />,
      ...(directories.length > 1 ? [directories.find((each) => each.id === directoryId)?.name ?? '—'] : []),
    ])}
  />
)

export const Target = ({ targetId }: { targetId: string | null }) => {
  if (targetId?.startsWith('usr')) return <a href={`/console/users/${targetId}`}>Person</a>
  if (targetId?.startsWith('grp')) return <a href={`/console/groups/${targetId}`}>Group</a>
  return <span>—</span>
}
