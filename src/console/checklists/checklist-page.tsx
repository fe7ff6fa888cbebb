// One list: its tasks, whose they are, and what came of them.
import type { Checklist, ChecklistTask } from '#access/checklists/checklists.ts'
import { Facts, Table } from '#http/ui/content.tsx'
import { PostForm } from '#http/ui/form.tsx'
import { Field } from '#http/ui/forms.tsx'
import { Time } from '#http/ui/time.tsx'
import { isPermitted } from '#src/context.ts'
import type { Frame } from '../ui/env.ts'
import { emptyForm } from '../ui/forms.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { Badge, ButtonForm, Panel } from '../ui/parts.tsx'
import { statusWords } from './list-page.tsx'

type ChecklistProps = { frame: Frame; checklist: Checklist }

export const ChecklistPage = ({ frame, checklist }: ChecklistProps) => {
  const { id, name, kind, user, status, createdAt, endedAt, tasks } = checklist
  const who = user.displayName ?? user.userName
  const mayChange = isPermitted(frame.ctx, 'users.write') && status !== 'cancelled'
  return (
    <ConsolePage
      frame={frame}
      section="checklists"
      title={`${who}: ${name}`}
      lead={kind === 'joining' ? 'What is to be done as they join.' : 'What is to be done as they leave.'}
      trail={sectionTrail('checklists')}
      actions={
        mayChange && status === 'open' ? (
          <ButtonForm action={`/console/checklists/${id}/cancel`} label="Cancel the list" />
        ) : null
      }
    >
      <Panel title="How far it is" actions={<Badge tone={statusWords[status].tone}>{statusWords[status].word}</Badge>}>
        <Facts
          facts={[
            { term: 'Person', value: <a href={`/console/users/${user.id}`}>{who}</a> },
            { term: 'Begun', value: <Time at={createdAt} /> },
            { term: 'Ended', value: <Time at={endedAt} empty="Not yet" /> },
          ]}
        />
      </Panel>
      <Table
        caption="Tasks"
        columns={['Task', 'Whose', 'Due', 'What came of it']}
        rows={tasks.map((task) => [
          <>
            {task.title}
            {task.note === null ? null : <div class="under">{task.note}</div>}
          </>,
          task.owner?.name ?? 'Administrators',
          <Time at={task.dueAt} />,
          <Outcome {...{ task, mayChange }} action={`/console/checklists/${id}/tasks/${task.position}`} />,
        ])}
      />
    </ConsolePage>
  )
}

export const outcomeWords = { done: 'Done', not_needed: 'Not needed' } as const

/** What came of a task, or the buttons to say so. */
export const Outcome = ({ task, action, mayChange }: { task: ChecklistTask; action: string; mayChange: boolean }) => {
  const hidden = <span class="visually-hidden">: {task.title}</span>
  if (task.outcome !== null)
    return (
      <>
        <Badge tone={task.outcome === 'done' ? 'good' : 'quiet'}>{outcomeWords[task.outcome]}</Badge>
        {task.comment === null ? null : <div class="under">{task.comment}</div>}
        {mayChange ? (
          <ButtonForm action={action} label={<>Open it again{hidden}</>} kind="btn-sm" fields={{ outcome: 'open' }} />
        ) : null}
      </>
    )
  if (!mayChange) return <Badge tone="warning">Open</Badge>
  return (
    <PostForm action={action} state={emptyForm}>
      <Field name="comment" label="Comment" isOptional maxlength={2_000} />
      <div class="actions">
        <button class="btn btn-sm btn-primary" type="submit" name="outcome" value="done">
          Note as done{hidden}
        </button>
        <button class="btn btn-sm" type="submit" name="outcome" value="not_needed">
          Not needed{hidden}
        </button>
      </div>
    </PostForm>
  )
}
