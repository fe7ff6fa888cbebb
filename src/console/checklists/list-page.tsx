// The templates, and the lists of people who join or leave, the newest first.
import type { Checklist } from '#access/checklists/checklists.ts'
import type { ChecklistTemplate } from '#access/checklists/templates.ts'
import { PrimaryLink } from '#http/ui/buttons.tsx'
import { EmptyState, Table } from '#http/ui/content.tsx'
import { Time } from '#http/ui/time.tsx'
import { isPermitted } from '#src/context.ts'
import { counted } from '#words/counts.ts'
import type { Frame } from '../ui/env.ts'
import { ConsolePage } from '../ui/frame.tsx'
import { Badge, Pager, Panel, SwitchActions, type Tone } from '../ui/parts.tsx'

export const statusWords: Record<Checklist['status'], { word: string; tone: Tone }> = {
  open: { word: 'Open', tone: 'warning' },
  done: { word: 'Done', tone: 'good' },
  cancelled: { word: 'Cancelled', tone: 'quiet' },
}

type ListProps = {
  frame: Frame
  templates: readonly ChecklistTemplate[]
  checklists: readonly Checklist[]
  next: string | undefined
}

export const ChecklistsPage = ({ frame, templates, checklists, next }: ListProps) => {
  const mayChange = isPermitted(frame.ctx, 'users.write')
  return (
    <ConsolePage
      frame={frame}
      section="checklists"
      title="Checklists"
      lead="What is to be done when somebody joins or leaves, by whom, and how far it is."
      actions={mayChange ? <PrimaryLink href="/console/checklists/templates/new">Create a template</PrimaryLink> : null}
    >
      {templates.length === 0 ? (
        <EmptyState
          title="No template yet"
          text="A template says what is to be done. A list of it is begun for everybody who joins or leaves from then on."
        />
      ) : (
        <Table
          caption="Templates"
          columns={['Template', 'When', 'Where', 'Tasks', 'Open lists', { label: 'Actions', isSilent: true }]}
          rows={templates.map((template) => [
            template.name,
            template.kind === 'joining' ? 'Somebody joins' : 'Somebody leaves',
            template.brand?.name ?? frame.manager.organization.name,
            String(template.tasks.length),
            template.status === 'off' ? (
              <Badge tone="quiet">Off</Badge>
            ) : (
              `${template.open}${template.waiting === 0 ? '' : `, ${template.waiting} about to begin`}`
            ),
            mayChange ? (
              <SwitchActions
                action={`/console/checklists/templates/${template.id}`}
                name={template.name}
                isOn={template.status === 'on'}
              />
            ) : null,
          ])}
        />
      )}
      <Panel title="Lists">
        {checklists.length === 0 ? (
          <p>None yet.</p>
        ) : (
          <Table
            caption="Lists, the newest first"
            columns={['Person', 'List', 'Begun', 'How far']}
            rows={checklists.map(({ id, name, user, status, tasks, createdAt }) => [
              <a href={`/console/checklists/${id}`}>{user.displayName ?? user.userName}</a>,
              name,
              <Time at={createdAt} />,
              <>
                <Badge tone={statusWords[status].tone}>{statusWords[status].word}</Badge>{' '}
                {tasks.filter(({ outcome }) => outcome !== null).length} of {counted(tasks.length, 'task')}
              </>,
            ])}
          />
        )}
        <Pager shown={checklists.length} next={next} />
      </Panel>
    </ConsolePage>
  )
}
