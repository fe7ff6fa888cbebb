// What many people lost by a directory at once: who it is, who has really left, and the word on it.
import { type Context, Hono } from 'hono'
import { confirmMassChange } from '#access/people/brake/confirm-mass-change.ts'
import { lookBack } from '#access/people/brake/look-back.ts'
import {
  getMassChange,
  listMassChangePeople,
  listMassChanges,
  type MassChange,
  type MassChangePerson,
} from '#access/people/brake/mass-changes.ts'
import { noteLeavers } from '#access/people/brake/note-leavers.ts'
import { restoreMassChange } from '#access/people/brake/restore-mass-change.ts'
import { getDirectory } from '#connections/directories/directories.ts'
import { renderPage } from '#http/pages.ts'
import { readForm } from '#http/read-form.ts'
import { SubmitButton } from '#http/ui/buttons.tsx'
import { EmptyState, Facts, Table } from '#http/ui/content.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Field } from '#http/ui/forms.tsx'
import { Time } from '#http/ui/time.tsx'
import { isId } from '#platform/ids.ts'
import { isPermitted } from '#src/context.ts'
import { counted } from '#words/counts.ts'
import { type ConsoleEnv, type Frame, frameOf } from '../ui/env.ts'
import { emptyForm } from '../ui/forms.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { Badge, ButtonForm, Pager, Panel, type Tone } from '../ui/parts.tsx'
import { renderForm, submit } from '../ui/submit.ts'
import { changeAddress } from './brake.tsx'

const pageSize = 50

const statusWords: Record<MassChange['status'], { word: string; tone: Tone }> = {
  open: { word: 'Waits for your word', tone: 'bad' },
  confirmed: { word: 'Confirmed', tone: 'good' },
  restoring: { word: 'Being put back', tone: 'warning' },
  restored: { word: 'Put back', tone: 'good' },
}

const lossWords: Record<MassChangePerson['kinds'][number], string> = {
  deactivated: 'Switched off',
  deleted: 'Deleted',
  left_group: 'Taken out of groups',
  group_deleted: 'Their group was deleted',
  left_nesting: 'Their group was taken out of another',
}

const outcomeWords: Record<NonNullable<MassChangePerson['outcome']>, { word: string; tone: Tone }> = {
  restored: { word: 'Put back', tone: 'good' },
  there_already: { word: 'Has everything back', tone: 'good' },
  erased: { word: 'Erased meanwhile', tone: 'quiet' },
  said_again: { word: 'Switched off again since', tone: 'warning' },
  held_by_administrator: { word: 'Switched off by an administrator', tone: 'warning' },
  brought_again: { word: 'Brought again as a new person', tone: 'warning' },
}

/** @returns an app to be mounted at `/console/directories/:id/mass-changes` */
export function createMassChangePages(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()
  pages.get('/', (c) => showList(c, emptyForm))
  pages.post('/', async (c) => {
    const directoryId = c.req.param('id') ?? ''
    return submit(c, { again: (state) => showList(c, state) }, async (form) => {
      const found = await lookBack(c.get('ctx'), { directoryId, since: instantOf(form['since']) })
      return changeAddress(found)
    })
  })
  pages.get('/:changeId', showOne)
  pages.post('/:changeId/leavers', async (c) => {
    const [form, massChangeId] = [await readForm(c), c.req.param('changeId')]
    await noteLeavers(c.get('ctx'), {
      massChangeId,
      userIds: [form['user'] ?? ''],
      hasLeft: form['hasLeft'] === 'true',
    })
    return c.redirect(`${backOf(c)}?done=saved${form['after'] === undefined ? '' : `&after=${form['after']}`}`, 303)
  })
  pages.post('/:changeId/confirm', async (c) => {
    await confirmMassChange(c.get('ctx'), c.req.param('changeId'))
    return c.redirect(`${backOf(c)}?done=saved`, 303)
  })
  pages.post('/:changeId/restore', async (c) => {
    await restoreMassChange(c.get('ctx'), c.req.param('changeId'))
    return c.redirect(`${backOf(c)}?done=saved`, 303)
  })
  return pages
}

const backOf = (c: Context<ConsoleEnv>): string =>
  `/console/directories/${c.req.param('id')}/mass-changes/${c.req.param('changeId')}`

/** A date means its beginning; what is none is left for the verb to refuse. */
const instantOf = (text = ''): string => (/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text)

async function showList(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const [frame, directoryId, from] = [frameOf(c), c.req.param('id') ?? '', c.req.query('after')]
  const directory = await getDirectory(frame.ctx, directoryId)
  const after = from !== undefined && isId('mch', from) ? from : undefined
  const found = await listMassChanges(frame.ctx, { directoryId, after, limit: pageSize + 1 })
  const shown = found.slice(0, pageSize)
  const home = `/console/directories/${directoryId}/mass-changes`
  const page = (
    <ConsolePage
      frame={frame}
      section="directories"
      title="Many people at once"
      lead={`What ${directory.name} has taken from many people in a short time.`}
      trail={trailOf(directory)}
    >
      {shown.length === 0 ? (
        <EmptyState title="Nothing so far" text="It has never taken more people out than is usual for it." />
      ) : (
        <Table
          caption="The newest first"
          columns={['Began', 'People', 'Switched off', 'Waits', 'Status']}
          rows={shown.map((change) => [
            <a href={changeAddress(change)}>
              <Time at={change.beganAt} />
            </a>,
            String(change.people),
            String(change.deactivated + change.deleted),
            String(change.kept),
            <Badge tone={statusWords[change.status].tone}>{statusWords[change.status].word}</Badge>,
          ])}
        />
      )}
      <Pager shown={shown.length} next={found.length > pageSize ? `${home}?after=${shown.at(-1)?.id}` : undefined} />
      {mayDecide(frame) ? (
        <Panel
          title="Look back"
          lead="Put back what it has taken since a day, also where nobody was called. You see who it is before anything happens."
        >
          <PostForm action={home} state={state} class="narrow-form">
            <Field {...field(state, 'since')} label="Since the beginning of (UTC)" type="date" />
            <SubmitButton label="See what it took since" kind="secondary" />
          </PostForm>
        </Panel>
      ) : null}
    </ConsolePage>
  )
  return renderForm(c, state, page)
}

const trailOf = ({ id, name }: { id: string; name: string }) => [
  ...sectionTrail('directories'),
  { label: name, href: `/console/directories/${id}` },
]

const mayDecide = ({ ctx }: Frame): boolean => isPermitted(ctx, 'directories.write') && isPermitted(ctx, 'users.write')

async function showOne(c: Context<ConsoleEnv>): Promise<Response> {
  const [frame, massChangeId, from] = [frameOf(c), c.req.param('changeId') ?? '', c.req.query('after')]
  const change = await getMassChange(frame.ctx, massChangeId)
  const after = from !== undefined && isId('usr', from) ? from : undefined
  const found = await listMassChangePeople(frame.ctx, { massChangeId, after, limit: pageSize + 1 })
  const people = found.slice(0, pageSize)
  const home = changeAddress(change)
  const { directory, status } = change
  const { word, tone } = statusWords[status]
  const page = (
    <ConsolePage
      frame={frame}
      section="directories"
      title={`${directory.name} took ${counted(change.people, 'person', 'people')} out`}
      lead="Whoever was switched off is out already, and stays out until you decide. What would only take roles from people who are still there waits."
      trail={[
        ...trailOf(directory),
        { label: 'Many people at once', href: `/console/directories/${directory.id}/mass-changes` },
      ]}
    >
      <Panel title="What happened" actions={<Badge tone={tone}>{word}</Badge>}>
        <Facts facts={factsOf(change)} />
        {mayDecide(frame) ? <Decisions {...{ change, home }} /> : null}
      </Panel>
      {change.groups.length === 0 ? null : (
        <Table
          caption="Groups that people left"
          columns={['Group', 'People', 'Now']}
          rows={change.groups.map(({ id, displayName, people: count, isKept }) => [
            displayName === null ? 'Deleted' : <a href={`/console/groups/${id}`}>{displayName}</a>,
            String(count),
            isKept ? 'Deleted by the directory, kept here' : '',
          ])}
        />
      )}
      <Table
        caption="People"
        columns={['Person', 'Lost', 'Groups', 'Has left?']}
        rows={people.map((person) => [
          <Person person={person} />,
          person.kinds.map((kind) => lossWords[kind]).join(', '),
          person.groups.join(', '),
          <Leaver {...{ person, home, after, mayNote: mayDecide(frame) }} />,
        ])}
      />
      <Pager
        shown={people.length}
        total={change.people}
        next={found.length > pageSize ? `${home}?after=${people.at(-1)?.id}` : undefined}
        first={after === undefined ? undefined : home}
      />
    </ConsolePage>
  )
  return renderPage(c, page)
}

function factsOf(change: MassChange) {
  const { limit, beganAt, endedAt, deactivated, deleted, kept, haveLeft, status } = change
  return [
    { term: 'Began', value: <Time at={beganAt} /> },
    { term: 'Ended', value: <Time at={endedAt} empty="It goes on" /> },
    ...(limit === null ? [] : [{ term: 'It may take out', value: counted(limit, 'person', 'people') }]),
    { term: 'Switched off', value: String(deactivated) },
    { term: 'Deleted', value: String(deleted) },
    { term: 'Memberships and groups that wait', value: String(kept) },
    { term: 'Noted as really left', value: String(haveLeft) },
    ...(status === 'restored' || status === 'restoring'
      ? [{ term: 'Put back', value: `${change.restored}, and ${change.notRestored} could not be` }]
      : []),
  ]
}

const Decisions = ({ change, home }: { change: MassChange; home: string }) => {
  const { status, people, haveLeft } = change
  if (status === 'restored') return null
  const back = counted(people - haveLeft, 'person', 'people')
  return (
    <div class="actions">
      <ButtonForm
        action={`${home}/restore`}
        label={status === 'restoring' ? 'Go on putting them back' : `Put ${back} back`}
        kind="btn-primary"
      />
      {status === 'open' ? <ButtonForm action={`${home}/confirm`} label="Confirm that it was meant" /> : null}
    </div>
  )
}

const Person = ({ person: { id, userName, displayName, isDeleted } }: { person: MassChangePerson }) => (
  <>
    {isDeleted ? (displayName ?? userName) : <a href={`/console/users/${id}`}>{displayName ?? userName}</a>}
    {displayName === null ? null : <div class="under">{userName}</div>}
  </>
)

type LeaverProps = { person: MassChangePerson; home: string; after: string | undefined; mayNote: boolean }

const Leaver = ({ person, home, after, mayNote }: LeaverProps) => {
  const { id, userName, displayName, hasLeft, outcome } = person
  if (outcome !== null) return <Badge tone={outcomeWords[outcome].tone}>{outcomeWords[outcome].word}</Badge>
  const badge = hasLeft ? <Badge tone="quiet">Has left</Badge> : null
  if (!mayNote) return badge
  const label = (
    <>
      {hasLeft ? 'Has not left' : 'Has really left'}
      <span class="visually-hidden">: {displayName ?? userName}</span>
    </>
  )
  const fields = { user: id, hasLeft: String(!hasLeft), ...(after === undefined ? {} : { after }) }
  return (
    <div class="actions">
      {badge}
      <ButtonForm action={`${home}/leavers`} label={label} kind="btn-sm" fields={fields} />
    </div>
  )
}
