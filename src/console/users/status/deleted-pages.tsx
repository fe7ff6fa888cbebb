// Deleted people: until when they can be restored, and the button that does.
import { Hono } from 'hono'
import { type DeletedPerson, listDeletedPeople } from '#access/people/status/deleted-people.ts'
import { restoreDeleted } from '#access/people/status/restore-deleted.ts'
import { renderPage } from '#http/pages.ts'
import { SmallLink } from '#http/ui/buttons.tsx'
import { EmptyState, Table } from '#http/ui/content.tsx'
import { Time } from '#http/ui/time.tsx'
import { isId } from '#platform/ids.ts'
import { isPermitted } from '#src/context.ts'
import { type ConsoleEnv, type Frame, frameOf } from '../../ui/env.ts'
import { ConsolePage, sectionTrail } from '../../ui/frame.tsx'
import { Badge, ButtonForm, Pager } from '../../ui/parts.tsx'
import { nameOf } from '../parts/user-frame.tsx'

const home = '/console/deleted-people'
const pageSize = 50

/** @returns an app to be mounted at `/console/deleted-people` */
export function createDeletedPages(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()

  pages.get('/', async (c) => {
    const [frame, from] = [frameOf(c), c.req.query('after')]
    const after = from !== undefined && isId('usr', from) ? from : undefined
    const found = await listDeletedPeople(frame.ctx, { after, limit: pageSize + 1 })
    const people = found.slice(0, pageSize)
    const next = found.length > pageSize ? `${home}?after=${people.at(-1)?.id}` : undefined
    return renderPage(c, <DeletedPage {...{ frame, people, next }} />)
  })

  pages.post('/:id/restore', async (c) => {
    const { id } = await restoreDeleted(c.get('ctx'), c.req.param('id'))
    return c.redirect(`/console/users/${id}?done=restored`, 303)
  })
  return pages
}

type DeletedProps = { frame: Frame; people: readonly DeletedPerson[]; next: string | undefined }

const DeletedPage = ({ frame, people, next }: DeletedProps) => (
  <ConsolePage
    frame={frame}
    section="users"
    title="Deleted people"
    lead="Hidden everywhere else. Restored, they are as they were, but for sessions and keys."
    trail={sectionTrail('users')}
  >
    {people.length === 0 ? (
      <EmptyState
        title="Nobody is deleted"
        text="Whoever is deleted here, or by a directory, is listed until they are erased."
      />
    ) : (
      <Table
        caption="Deleted people"
        columns={['Person', 'Deleted', 'By', 'Can be restored', { label: 'Actions', isSilent: true }]}
        rows={people.map((person) => [
          <>
            {nameOf(person)}
            <div class="under">{person.note ?? person.userName}</div>
          </>,
          <Time at={person.deletedAt} />,
          byOf(person),
          <Until person={person} />,
          isPermitted(frame.ctx, 'users.write') ? <Actions person={person} /> : null,
        ])}
      />
    )}
    <Pager shown={people.length} next={next} />
  </ConsolePage>
)

const Actions = ({ person }: { person: DeletedPerson }) => {
  const who = <span class="visually-hidden"> {nameOf(person)}</span>
  if (person.isDue) return <SmallLink href={`/console/users/${person.id}/erase`}>Erase{who}</SmallLink>
  return <ButtonForm action={`${home}/${person.id}/restore`} label={<>Restore{who}</>} kind="btn-sm" />
}

const byOf = ({ deletedBy }: DeletedPerson): string =>
  deletedBy === null ? 'Their directory' : (deletedBy.name ?? deletedBy.type.replaceAll('_', ' '))

const Until = ({ person: { isDue, isErasedThen, restorableUntil } }: { person: DeletedPerson }) =>
  isDue ? (
    <Badge tone="warning">{isErasedThen ? 'About to be erased' : 'Due for erasing'}</Badge>
  ) : (
    <>
      Until <Time at={restorableUntil} />
      {isErasedThen ? <div class="under">Then they are erased</div> : null}
    </>
  )
