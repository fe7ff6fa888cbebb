// Checklists: templates for joining and leaving, the lists that are open, and one of them.
import { type Context, Hono } from 'hono'
import { beginChecklist } from '#access/checklists/begin-checklists.ts'
import { getChecklist, listChecklists } from '#access/checklists/checklists.ts'
import { cancelChecklist, settleTask } from '#access/checklists/settle-task.ts'
import {
  type ChecklistTemplateInput,
  changeChecklistTemplate,
  createChecklistTemplate,
  listChecklistTemplates,
} from '#access/checklists/templates.ts'
import { listBrands } from '#access/grants/brands/brands.ts'
import { searchUsers } from '#access/people/list-users.ts'
import { renderPage } from '#http/pages.ts'
import { type Form, readForm } from '#http/read-form.ts'
import type { FormState } from '#http/ui/form.tsx'
import { isId } from '#platform/ids.ts'
import { type ConsoleEnv, frameOf } from '../ui/env.ts'
import { emptyForm, textOf } from '../ui/forms.ts'
import { renderForm, submit } from '../ui/submit.ts'
import { ChecklistPage } from './checklist-page.tsx'
import { ChecklistsPage } from './list-page.tsx'
import { TemplatePage, taskFields } from './template-page.tsx'

const home = '/console/checklists'
const pageSize = 50

/** @returns an app to be mounted at `/console/checklists` */
export function createChecklists(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()
  pages.get('/', async (c) => {
    const [frame, from] = [frameOf(c), c.req.query('after')]
    const after = from !== undefined && isId('clk', from) ? from : undefined
    const [templates, found] = await Promise.all([
      listChecklistTemplates(frame.ctx),
      listChecklists(frame.ctx, { after, limit: pageSize + 1 }),
    ])
    const checklists = found.slice(0, pageSize)
    const next = found.length > pageSize ? `${home}?after=${checklists.at(-1)?.id}` : undefined
    return renderPage(c, <ChecklistsPage {...{ frame, templates, checklists, next }} />)
  })

  pages.get('/templates/new', (c) => showTemplate(c, emptyForm))
  pages.post('/templates/new', (c) =>
    submit(c, { again: (state) => showTemplate(c, state) }, async (form) => {
      await createChecklistTemplate(c.get('ctx'), templateOf(form))
      return `${home}?done=saved`
    }),
  )
  pages.post('/templates/:id', async (c) => {
    const { change } = await readForm(c)
    const wanted = change === 'on' || change === 'delete' ? change : 'off'
    await changeChecklistTemplate(c.get('ctx'), { templateId: c.req.param('id'), change: wanted })
    return c.redirect(`${home}?done=${wanted === 'delete' ? 'deleted' : 'saved'}`, 303)
  })
  pages.post('/begin', async (c) => {
    const form = await readForm(c)
    const wanted = { userId: form['user'] ?? '', templateId: form['template'] ?? '' }
    const { id } = await beginChecklist(c.get('ctx'), wanted)
    return c.redirect(`${home}/${id}?done=saved`, 303)
  })

  pages.get('/:id', async (c) => {
    const frame = frameOf(c)
    return renderPage(c, <ChecklistPage {...{ frame, checklist: await getChecklist(frame.ctx, c.req.param('id')) }} />)
  })
  pages.post('/:id/cancel', async (c) => {
    await cancelChecklist(c.get('ctx'), c.req.param('id'))
    return c.redirect(`${home}/${c.req.param('id')}?done=saved`, 303)
  })
  pages.post('/:id/tasks/:position', async (c) => {
    const [form, { id, position }] = [await readForm(c), c.req.param()]
    await settleTask(c.get('ctx'), { checklistId: id, position: Number(position), ...settlingOf(form) })
    return c.redirect(`${home}/${id}?done=saved`, 303)
  })
  return pages
}

const settlingOf = (form: Form) => {
  const outcomes = ['done', 'not_needed'] as const
  return {
    outcome: outcomes.find((each) => each === form['outcome']) ?? ('open' as const),
    comment: textOf(form, 'comment') ?? null,
  }
}

function templateOf(form: Form): ChecklistTemplateInput {
  const tasks = Array.from({ length: taskFields }, (_, index) => ({
    title: textOf(form, `title.${index}`) ?? '',
    ownerId: textOf(form, `owner.${index}`) ?? null,
    dueDays: Number(textOf(form, `days.${index}`) ?? 7),
  })).filter(({ title }) => title !== '')
  return {
    name: form['name'] ?? '',
    kind: form['kind'] as ChecklistTemplateInput['kind'],
    brandId: textOf(form, 'brand') ?? null,
    tasks,
  }
}

async function showTemplate(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  const order = { sort: 'name', direction: 'asc' } as const
  const [brands, { items }] = await Promise.all([
    listBrands(frame.ctx, { limit: 500 }),
    searchUsers(frame.ctx, { filter: { status: 'active' }, order, limit: 200 }),
  ])
  const people = items.map(({ id, userName, displayName }) => ({ id, name: displayName ?? userName }))
  return renderForm(c, state, <TemplatePage {...{ frame, state, brands, people }} />)
}
