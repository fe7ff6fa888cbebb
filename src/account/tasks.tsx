// My tasks: what a person has to do as others join or leave.
import { type Context, Hono } from 'hono'
import { type Checklist, listOwnTasks } from '#access/checklists/checklists.ts'
import { settleTask } from '#access/checklists/settle-task.ts'
import { getOwnAccess, type OwnAccess } from '#access/people/own/own-access.ts'
import type { AppEnv } from '#http/env.ts'
import { requireSameOrigin } from '#http/origin-check.ts'
import { renderPage } from '#http/pages.ts'
import { readForm } from '#http/read-form.ts'
import { requireSession } from '#http/require-session.tsx'
import { ownContext, readSession } from '#http/session.ts'
import { AccountPage } from '#http/ui/account-page.tsx'
import { EmptyState, Table } from '#http/ui/content.tsx'
import { PostForm } from '#http/ui/form.tsx'
import { emptyForm } from '#http/ui/form-state.ts'
import { Field } from '#http/ui/forms.tsx'
import { Time } from '#http/ui/time.tsx'
import type { CallContext } from '#src/context.ts'
import type { AccountServices } from './env.ts'

/** @returns an app to be mounted at `/account/tasks` */
export function createTaskPages(services: AccountServices): Hono<AppEnv> {
  const pages = new Hono<AppEnv>()
  pages.use(requireSameOrigin({ origin: services.urls.origin }), readSession(services), requireSession(services))
  const contextOf = (c: Context<AppEnv>): CallContext => ownContext(services, c)
  pages.get('/', async (c) => {
    const ctx = contextOf(c)
    const [person, lists] = await Promise.all([getOwnAccess(ctx), listOwnTasks(ctx)])
    return renderPage(c, <TasksPage {...{ person, lists }} />)
  })
  pages.post('/:id/:position', async (c) => {
    const [form, { id, position }] = [await readForm(c), c.req.param()]
    const outcome = form['outcome'] === 'not_needed' ? 'not_needed' : 'done'
    const comment = form['comment'] ?? null
    await settleTask(contextOf(c), { checklistId: id, position: Number(position), outcome, comment })
    return c.redirect('/account/tasks', 303)
  })
  return pages
}

const TasksPage = ({ person, lists }: { person: OwnAccess; lists: readonly Checklist[] }) => (
  <AccountPage
    section="tasks"
    name={person.name}
    organization={person.organization.name}
    timeZone={person.timeZone}
    isManager={person.isManager}
    lead="What is to be done by you as others join or leave."
  >
    {lists.length === 0 ? (
      <EmptyState title="Nothing is to be done" text="When something is, it is listed here and you get a mail." />
    ) : (
      <Table
        caption="Tasks"
        columns={['Person', 'Task', 'Due', 'What came of it']}
        rows={lists.flatMap(({ id, kind, user, tasks }) =>
          tasks.map(({ position, title, note, dueAt }) => [
            `${user.displayName ?? user.userName} ${kind === 'joining' ? 'joins' : 'leaves'}`,
            <>
              {title}
              {note === null ? null : <div class="under">{note}</div>}
            </>,
            <Time at={dueAt} />,
            <PostForm action={`/account/tasks/${id}/${position}`} state={emptyForm}>
              <Field name="comment" label="Comment" isOptional maxlength={2_000} />
              <div class="actions">
                <button class="btn btn-sm btn-primary" type="submit" name="outcome" value="done">
                  Note as done<span class="visually-hidden">: {title}</span>
                </button>
                <button class="btn btn-sm" type="submit" name="outcome" value="not_needed">
                  Not needed<span class="visually-hidden">: {title}</span>
                </button>
              </div>
            </PostForm>,
          ]),
        )}
      />
    )}
  </AccountPage>
)
