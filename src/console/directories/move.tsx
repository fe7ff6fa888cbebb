// Moving to another directory: which one, which of its groups take over whose roles, and then the preview.
import { type Context, Hono } from 'hono'
import { type MoveOutlook, outlookOfMove } from '#access/people/adoption/outlook-of-move.ts'
import { type DirectoryRecord, getDirectory, listDirectories } from '#connections/directories/directories.ts'
import { renderPage } from '#http/pages.ts'
import { readForm } from '#http/read-form.ts'
import { Buttons } from '#http/ui/buttons.tsx'
import { EmptyState, Facts, Table } from '#http/ui/content.tsx'
import { PostForm } from '#http/ui/form.tsx'
import { counted } from '#words/counts.ts'
import { toldApart } from '#words/told-apart.ts'
import { showPreview } from '../changes/changes.tsx'
import { type ConsoleEnv, frameOf } from '../ui/env.ts'
import { emptyForm } from '../ui/forms.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { Panel, Select } from '../ui/parts.tsx'

/** @returns an app to be mounted at `/console/directories/:id/move` */
export function createMovePages(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()
  pages.get('/', showMove)
  pages.post('/', async (c) => {
    const [form, fromDirectoryId] = [await readForm(c), c.req.param('id') ?? '']
    const { to: toDirectoryId = '', ...chosen } = form
    const from = await getDirectory(c.get('ctx'), fromDirectoryId)
    const groups = Object.entries(chosen)
      .filter(([name, value]) => name.startsWith('grp_') && value !== '')
      .map(([name, value]) => ({ from: name, to: value ?? '' }))
    const back = `/console/directories/${fromDirectoryId}/move?to=${toDirectoryId}`
    return showPreview(c, {
      section: 'directories',
      title: `Move from ${from.name}`,
      change: { kind: 'move_directory', fromDirectoryId, toDirectoryId, groups },
      ...{ next: `/console/directories/${toDirectoryId}`, back, word: from.name },
    })
  })
  return pages
}

async function showMove(c: Context<ConsoleEnv>): Promise<Response> {
  const [frame, fromDirectoryId, toDirectoryId] = [frameOf(c), c.req.param('id') ?? '', c.req.query('to')]
  const directory = await getDirectory(frame.ctx, fromDirectoryId)
  const others = toldApart(await listDirectories(frame.ctx)).filter(({ id }) => id !== fromDirectoryId)
  const chosen = others.find(({ id }) => id === toDirectoryId)
  const trail = [
    ...sectionTrail('directories'),
    { label: directory.name, href: `/console/directories/${directory.id}` },
  ]
  const outlook =
    chosen === undefined ? undefined : await outlookOfMove(frame.ctx, { fromDirectoryId, toDirectoryId: chosen.id })
  const page = (
    <ConsolePage
      frame={frame}
      section="directories"
      title={`Move from ${directory.name}`}
      lead="Create the new directory first, and let the new provider deliver its people and groups. Then hand over here: all of it happens at once, so that nobody is without access for a moment."
      trail={trail}
    >
      {others.length === 0 ? (
        <EmptyState title="There is no other directory" text="Create one, and let its provider deliver people." />
      ) : (
        <Panel title="Where to">
          <form method="get">
            <Select
              name="to"
              label="To the directory"
              value={chosen?.id}
              options={others.map(({ id, name }) => ({ value: id, label: name }))}
            />
            <Buttons submit="Look at what would move" />
          </form>
        </Panel>
      )}
      {chosen === undefined || outlook === undefined ? null : <Handover {...{ directory, chosen, outlook }} />}
    </ConsolePage>
  )
  return renderPage(c, page)
}

type HandoverProps = { directory: DirectoryRecord; chosen: DirectoryRecord; outlook: MoveOutlook }

const Handover = ({ directory, chosen, outlook: { people, groups, targets } }: HandoverProps) => {
  const options = [
    { value: '', label: 'Nobody: its roles stay with the old group' },
    ...targets.map(({ id, displayName, members }) => ({
      value: id,
      label: `${displayName} (${counted(members, 'member')})`,
    })),
  ]
  return (
    <PostForm action={`/console/directories/${directory.id}/move`} state={emptyForm}>
      <input type="hidden" name="to" value={chosen.id} />
      <Panel title="People">
        <Facts
          facts={[
            { term: `Of ${chosen.name} already`, value: String(people.moved) },
            { term: 'Taken over by the move', value: String(people.waiting) },
            {
              term: `Only of ${directory.name}`,
              value: `${people.left}${people.left === 0 ? '' : ': they keep what they have, and no directory manages them now'}`,
            },
          ]}
        />
      </Panel>
      <Panel
        title="Who gets whose roles"
        lead="Suggested by the same name at the provider, or the same name for people."
      >
        {groups.length === 0 ? (
          <p>No group of {directory.name} is mapped to a role.</p>
        ) : (
          <Table
            caption="Groups with roles"
            columns={['Group', 'Members', 'Mappings', `Group of ${chosen.name}`]}
            rows={groups.map(({ id, displayName, members, mappings, suggested }) => [
              displayName,
              String(members),
              String(mappings),
              <Select name={id} label={`For ${displayName}`} value={suggested ?? ''} options={options} />,
            ])}
          />
        )}
      </Panel>
      <Buttons submit="See who gains and loses" back={`/console/directories/${directory.id}`} />
    </PostForm>
  )
}
