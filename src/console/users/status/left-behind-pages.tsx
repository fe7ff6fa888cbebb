// People who have gone and left work behind, and what each of them left, to be handed over or taken back.
import { type Context, Hono } from 'hono'
import { handOver } from '#access/people/hand-over/hand-over.ts'
import { getLeftBehind, type LeftByPerson, listLeftBehind } from '#access/people/hand-over/left-behind.ts'
import { takeBack } from '#access/people/hand-over/take-back.ts'
import { renderPage } from '#http/pages.ts'
import { Buttons } from '#http/ui/buttons.tsx'
import { EmptyState, Table } from '#http/ui/content.tsx'
import { type FormState, PostForm } from '#http/ui/form.tsx'
import { Time } from '#http/ui/time.tsx'
import { isId } from '#platform/ids.ts'
import { isPermitted } from '#src/context.ts'
import { type ConsoleEnv, type Frame, frameOf } from '../../ui/env.ts'
import { emptyForm } from '../../ui/forms.ts'
import { ConsolePage, sectionTrail } from '../../ui/frame.tsx'
import { Badge, ButtonForm, Pager, Panel } from '../../ui/parts.tsx'
import { renderForm, submit } from '../../ui/submit.ts'
import { handOverByChoice, Made, WorkByChoice, WorkList, workWords } from '../../ui/work.tsx'
import { nameOf } from '../parts/user-frame.tsx'

const home = '/console/left-behind'
const pageSize = 50

/** @returns an app to be mounted at `/console/left-behind` */
export function createLeftBehindPages(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()

  pages.get('/', async (c) => {
    const [frame, from] = [frameOf(c), c.req.query('after')]
    const after = from !== undefined && isId('usr', from) ? from : undefined
    const found = await listLeftBehind(frame.ctx, { after, limit: pageSize + 1 })
    const people = found.slice(0, pageSize)
    const next = found.length > pageSize ? `${home}?after=${people.at(-1)?.user.id}` : undefined
    return renderPage(c, <LeaversPage {...{ frame, people, next }} />)
  })

  pages.get('/:id', (c) => showLeftBehind(c, emptyForm))

  pages.post('/:id', async (c) => {
    const [ctx, userId] = [c.get('ctx'), c.req.param('id')]
    const names = { to: 'handOver.to', items: 'handOver.to' }
    return submit(c, { again: (state) => showLeftBehind(c, state), names }, async (form) => {
      const { work } = await getLeftBehind(ctx, userId)
      await handOver(ctx, { userId, ...handOverByChoice(form, work) })
      return `${home}/${userId}?done=handedOver`
    })
  })

  pages.post('/:id/take-back', async (c) => {
    const userId = c.req.param('id')
    await takeBack(c.get('ctx'), userId)
    return c.redirect(`${home}/${userId}?done=takenBack`, 303)
  })
  return pages
}

type LeaversProps = { frame: Frame; people: readonly LeftByPerson[]; next: string | undefined }

const LeaversPage = ({ frame, people, next }: LeaversProps) => (
  <ConsolePage
    frame={frame}
    section="leftBehind"
    title="Left behind"
    lead="Work of people who have gone, which nobody has taken over yet."
  >
    {people.length === 0 ? (
      <EmptyState title="Nothing is left behind" text="Whoever has gone has left nothing that waits for somebody." />
    ) : (
      <Table
        caption="People who have left work behind"
        columns={['Person', 'Gone', 'What they left']}
        rows={people.map(({ user, since, counts }) => [
          <>
            <a href={`${home}/${user.id}`}>{nameOf(user)}</a>
            {user.isDeleted ? (
              <>
                {' '}
                <Badge tone="quiet">Deleted</Badge>
              </>
            ) : null}
          </>,
          <Time at={since} />,
          workWords(counts),
        ])}
      />
    )}
    <Pager shown={people.length} next={next} />
  </ConsolePage>
)

async function showLeftBehind(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const [frame, id] = [frameOf(c), c.req.param('id') ?? '']
  const { user, work, made, returnable } = await getLeftBehind(frame.ctx, id)
  const mayTakeBack = isPermitted(frame.ctx, 'users.write') && user.status === 'active' && returnable.length > 0
  const page = (
    <ConsolePage
      frame={frame}
      section="leftBehind"
      title={`What hangs on ${nameOf(user)}`}
      lead="What is chosen goes to somebody else at once; applications hear of what is theirs."
      trail={sectionTrail('leftBehind')}
      actions={mayTakeBack ? <ButtonForm action={`${home}/${id}/take-back`} label="Undo" /> : null}
    >
      {work.length === 0 ? (
        <EmptyState title="Nothing hangs on them" text="All of it belongs to somebody else now." />
      ) : (
        <PostForm action={`${home}/${id}`} state={state} class="panel">
          <WorkByChoice {...{ work, state }} />
          <Buttons submit="Hand it over" back={home} />
        </PostForm>
      )}
      <Made made={made} />
      {returnable.length === 0 ? null : (
        <Panel title="Went to others" lead="It still belongs to them, and can be undone once they are active.">
          <WorkList
            work={returnable.map(({ holder, ...each }) => ({
              ...each,
              about: `now ${nameOf(holder)}’s`,
            }))}
          />
        </Panel>
      )}
    </ConsolePage>
  )
  return renderForm(c, state, page)
}
