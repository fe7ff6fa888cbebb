// Tasks for whoever has the identity provider: whom to take out of which group. Each is done by itself once the change arrives.
import { Hono } from 'hono'
import { listReviewTasks, type ReviewTask } from '#access/reviews/lines/tasks.ts'
import { giveBackTask } from '#access/reviews/restore-review.ts'
import { renderPage } from '#http/pages.ts'
import { EmptyState, Table } from '#http/ui/content.tsx'
import { Time } from '#http/ui/time.tsx'
import { isId } from '#platform/ids.ts'
import { isPermitted } from '#src/context.ts'
import { taskInWords } from '#words/reviews.ts'
import { type ConsoleEnv, type Frame, frameOf } from '../ui/env.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { Badge, ButtonForm, Pager, Select, type Tone } from '../ui/parts.tsx'
import { withParams } from '../ui/with-params.ts'

const pageSize = 50
const path = '/console/reviews/tasks'

const statusWords: Record<ReviewTask['status'], { label: string; tone: Tone }> = {
  waiting: { label: 'Waits for its date', tone: 'info' },
  open: { label: 'To be done', tone: 'warning' },
  done: { label: 'Done', tone: 'good' },
  cancelled: { label: 'Given back', tone: 'quiet' },
  refused: { label: 'Refused', tone: 'bad' },
}

/** @returns an app to be mounted at `/console/reviews/tasks` */
export function createTaskPages(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()

  pages.get('/', async (c) => {
    const [frame, { status = '', review = '', after = '' }] = [frameOf(c), c.req.query()]
    const from = isId('rtk', after) ? after : undefined
    const found = await listReviewTasks(frame.ctx, {
      isOpen: status === 'all' ? undefined : status !== 'settled',
      reviewId: review === '' ? undefined : review,
      ...{ after: from, limit: pageSize + 1 },
    })
    const tasks = found.slice(0, pageSize)
    const query = { status, review }
    const page = (
      <TasksPage
        {...{ frame, tasks, status, review }}
        next={found.length > pageSize ? withParams(path, { ...query, after: tasks.at(-1)?.id }) : undefined}
        first={from === undefined ? undefined : withParams(path, query)}
      />
    )
    return renderPage(c, page)
  })

  pages.post('/:id/cancel', async (c) => {
    await giveBackTask(c.get('ctx'), c.req.param('id'))
    return c.redirect(`${path}?done=saved`, 303)
  })
  return pages
}

type PageProps = {
  frame: Frame
  tasks: readonly ReviewTask[]
  status: string
  review: string
  next: string | undefined
  first: string | undefined
}

const nameOf = ({ user }: ReviewTask): string => user.displayName ?? user.userName

const TasksPage = ({ frame, tasks, status, review, next, first }: PageProps) => (
  <ConsolePage
    frame={frame}
    section="reviews"
    title="Tasks for the identity provider"
    lead="Access that a review took and the provider gives, by a group or by attributes. It is held back here until that has changed there; then the task is done by itself."
    trail={sectionTrail('reviews')}
  >
    <form class="filters" method="get" action={path}>
      {review === '' ? null : <input type="hidden" name="review" value={review} />}
      <Select
        name="status"
        label="Tasks"
        value={status}
        empty="To be done"
        options={[
          { value: 'settled', label: 'Settled' },
          { value: 'all', label: 'All' },
        ]}
      />
      <button type="submit" class="btn">
        Show
      </button>
    </form>
    {tasks.length === 0 ? (
      <EmptyState
        title="There is nothing to do"
        text="When a review takes away what the identity provider gives, by a group or by attributes, it is listed here."
      />
    ) : (
      <Table
        caption="Tasks, the newest first"
        columns={['Task', 'Gives', 'Review', 'Since', 'Status', { label: 'Actions', isSilent: true }]}
        rows={tasks.map((task) => [
          taskInWords({ person: `${nameOf(task)} (${task.user.userName})`, groups: task.groups, filter: task.filter }),
          `${task.role.name}${task.brand === null ? '' : ` in ${task.brand.name}`}`,
          task.review.name,
          <Time at={task.status === 'waiting' ? task.startsAt : task.createdAt} />,
          <>
            <Badge tone={statusWords[task.status].tone}>{statusWords[task.status].label}</Badge>
            {task.message === null ? null : <div class="under">{task.message}</div>}
          </>,
          <GiveBack {...{ frame, task }} />,
        ])}
      />
    )}
    <Pager shown={tasks.length} next={next} first={first} />
  </ConsolePage>
)

const GiveBack = ({ frame, task }: { frame: Frame; task: ReviewTask }) =>
  (task.status === 'open' || task.status === 'waiting') &&
  isPermitted(frame.ctx, 'assignments.write', task.brand?.id ?? null) ? (
    <ButtonForm
      action={`${path}/${task.id}/cancel`}
      label={
        <>
          Give it back<span class="visually-hidden"> to {nameOf(task)}</span>
        </>
      }
      kind="btn-sm"
    />
  ) : null
