// The list of directories with how they do.
import type { DirectoryRecord } from '#connections/directories/directories.ts'
import type { DirectoryActivity } from '#connections/provisioning/activity.ts'
import { PrimaryLink, SubmitButton } from '#http/ui/buttons.tsx'
import { EmptyState, Table } from '#http/ui/content.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Field } from '#http/ui/forms.tsx'
import { Ago } from '#http/ui/time.tsx'
import { isPermitted } from '#src/context.ts'
import type { Frame } from '../ui/env.ts'
import { ConsolePage } from '../ui/frame.tsx'
import { Badge, Panel } from '../ui/parts.tsx'

export type DirectoryListProps = {
  frame: Frame
  directories: readonly DirectoryRecord[]
  activities: readonly DirectoryActivity[]
  state: FormState
}

const silentDays = 3

/** Null where there is nothing to say. */
export function inactivityNotice(activity: DirectoryActivity | null, now: Date): string | null {
  if (activity === null) return null
  const millis = now.getTime() - new Date(activity.lastRequestAt).getTime()
  return millis < silentDays * 86_400_000 ? null : `Silent for ${Math.floor(millis / 86_400_000)} days`
}

export const DirectoryListPage = (props: DirectoryListProps) => {
  const { frame, directories, activities, state } = props
  const mayWrite = isPermitted(frame.ctx, 'directories.write')
  return (
    <ConsolePage
      frame={frame}
      section="directories"
      title="Directories"
      lead="What delivers people and groups by SCIM."
    >
      {directories.length === 0 ? (
        <EmptyState
          title="No directory yet"
          text="A directory comes with the set-up of a provider: people then appear, change and go here as they do there."
        >
          {mayWrite && isPermitted(frame.ctx, 'connections.write') ? (
            <PrimaryLink href="/console/connect">Connect a provider</PrimaryLink>
          ) : null}
        </EmptyState>
      ) : (
        <Table
          caption="Directories"
          columns={['Directory', 'Status', 'Last request', 'Last change']}
          rows={directories.map((directory) =>
            rowOf(
              directory,
              activities.find(({ directoryId }) => directoryId === directory.id) ?? null,
              frame.ctx.clock.now(),
            ),
          )}
        />
      )}
      <div class="after-table" />
      {mayWrite ? (
        <Panel
          title="A directory on its own"
          id="create"
          lead="For people and groups without a sign-in by the same provider. With one, connect the provider instead."
        >
          <PostForm action="/console/directories" state={state} class="narrow-form">
            <Field {...field(state, 'name')} label="Name" maxlength={200} />
            <SubmitButton label="Create the directory" kind="secondary" />
          </PostForm>
        </Panel>
      ) : null}
    </ConsolePage>
  )
}

function rowOf(directory: DirectoryRecord, activity: DirectoryActivity | null, now: Date) {
  return [
    <a href={`/console/directories/${directory.id}`}>{directory.name}</a>,
    <Health {...{ directory, activity, now }} />,
    <Ago at={activity?.lastRequestAt ?? null} now={now} />,
    <Ago at={activity?.lastChangeAt ?? null} now={now} />,
  ]
}

type HealthProps = { directory: DirectoryRecord; activity: DirectoryActivity | null; now: Date }

const Health = ({ directory, activity, now }: HealthProps) => {
  if (directory.status === 'disabled') return <Badge tone="bad">Off</Badge>
  if (activity === null) return <Badge tone="quiet">Waits for the provider</Badge>
  if (activity.lastErrorAt === activity.lastRequestAt) return <Badge tone="warning">Last request refused</Badge>
  const silence = inactivityNotice(activity, now)
  return silence === null ? <Badge tone="good">Working</Badge> : <Badge tone="warning">{silence}</Badge>
}
