// /checklist-templates and /checklists: what is to be done when somebody joins or leaves.
import { z } from '@hono/zod-openapi'
import { beginChecklist } from '#access/checklists/begin-checklists.ts'
import { getChecklist, listChecklists } from '#access/checklists/checklists.ts'
import { cancelChecklist, settleTask } from '#access/checklists/settle-task.ts'
import {
  changeChecklistTemplate,
  createChecklistTemplate,
  getChecklistTemplate,
  listChecklistTemplates,
} from '#access/checklists/templates.ts'
import { afterId, page, pageOf, pageParams } from '../contract/paging.ts'
import { idParam, jsonAnswer, jsonBody, newRoutes, noContent, operationsOf } from '../contract/routes.ts'
import { brandReference, time } from '../contract/schemas.ts'

const operation = operationsOf('Checklists')

const kind = z.enum(['joining', 'leaving'])
const count = z.number().int()

const templateTask = z.object({
  title: z.string(),
  note: z.string().nullable(),
  ownerId: z.string().nullable().openapi({ description: 'A person; null: whoever administers the organization' }),
  dueDays: count.openapi({ description: 'Days after somebody joined or left' }),
})

const Template = z
  .object({
    id: z.string(),
    name: z.string(),
    kind,
    brand: brandReference,
    tasks: z.array(templateTask),
    status: z.enum(['on', 'off']),
    countsFrom: time.openapi({ description: 'Whoever joined or left before is not caught up with' }),
    createdAt: time,
    createdBy: z.string(),
    open: count.openapi({ description: 'How many lists of it are open' }),
    waiting: count.openapi({ description: 'For how many people the next run would begin one' }),
  })
  .openapi('ChecklistTemplate')

const Checklist = z
  .object({
    id: z.string(),
    name: z.string(),
    kind,
    user: z.object({ id: z.string(), userName: z.string(), displayName: z.string().nullable() }),
    status: z.enum(['open', 'done', 'cancelled']),
    createdAt: time,
    createdBy: z.string(),
    endedAt: time.nullable(),
    tasks: z.array(
      z.object({
        position: count,
        title: z.string(),
        note: z.string().nullable(),
        owner: z.object({ id: z.string(), name: z.string() }).nullable(),
        dueAt: time,
        outcome: z.enum(['done', 'not_needed']).nullable(),
        comment: z.string().nullable(),
        settledAt: time.nullable(),
        settledBy: z.string().nullable(),
      }),
    ),
  })
  .openapi('Checklist')

const templatesRoute = operation('get', '/checklist-templates', 'listChecklistTemplates', {
  summary: 'List what is to be done when somebody joins or leaves',
  responses: { 200: jsonAnswer(z.object({ items: z.array(Template) }), 'The templates, at most 200') },
})

const createRoute = operation('post', '/checklist-templates', 'createChecklistTemplate', {
  summary: 'Have a list begun for whoever joins or leaves from now on, in the organization or in one brand',
  request: {
    body: jsonBody(
      z.strictObject({
        name: z.string(),
        kind,
        brandId: z.string().nullable().optional(),
        tasks: z
          .array(templateTask.partial().required({ title: true }))
          .min(1)
          .max(100),
      }),
    ),
  },
  responses: { 201: jsonAnswer(Template, 'The template') },
})

const templateRoute = operation('get', '/checklist-templates/{id}', 'getChecklistTemplate', {
  summary: 'Read a template',
  request: { params: idParam },
  responses: { 200: jsonAnswer(Template, 'The template') },
})

const switchRoute = operation('patch', '/checklist-templates/{id}', 'switchChecklistTemplate', {
  summary: 'Switch a template off and on; on again, it counts from then on',
  request: { params: idParam, body: jsonBody(z.strictObject({ status: z.enum(['on', 'off']) })) },
  responses: { 204: noContent('It is switched') },
})

const deleteRoute = operation('delete', '/checklist-templates/{id}', 'deleteChecklistTemplate', {
  summary: 'Delete a template with its lists',
  request: { params: idParam },
  responses: { 204: noContent('It is gone') },
})

const listRoute = operation('get', '/checklists', 'listChecklists', {
  summary: 'List the lists, the newest first',
  request: {
    query: z.strictObject({
      ...pageParams,
      userId: z.string().max(100).optional(),
      status: z.enum(['open', 'done', 'cancelled']).optional(),
    }),
  },
  responses: { 200: jsonAnswer(pageOf(Checklist), 'A page of lists') },
})

const beginRoute = operation('post', '/checklists', 'beginChecklist', {
  summary: 'Begin a list for somebody by hand',
  request: { body: jsonBody(z.strictObject({ userId: z.string(), templateId: z.string() })) },
  responses: { 201: jsonAnswer(Checklist, 'The list') },
})

const getRoute = operation('get', '/checklists/{id}', 'getChecklist', {
  summary: 'Read a list with its tasks',
  request: { params: idParam },
  responses: { 200: jsonAnswer(Checklist, 'The list') },
})

const cancelRoute = operation('post', '/checklists/{id}/cancel', 'cancelChecklist', {
  summary: 'Cancel a list',
  request: { params: idParam },
  responses: { 204: noContent('It is cancelled') },
})

const settleRoute = operation('put', '/checklists/{id}/tasks/{position}', 'settleChecklistTask', {
  summary: 'Note that a task is done or not needed, or undo that',
  request: {
    params: idParam.extend({ position: z.coerce.number().int().min(0).openapi({ type: 'integer' }) }),
    body: jsonBody(
      z.strictObject({ outcome: z.enum(['done', 'not_needed', 'open']), comment: z.string().nullable().optional() }),
    ),
  },
  responses: { 200: jsonAnswer(Checklist, 'The list as it is now') },
})

export const checklistRoutes = newRoutes()
  .openapi(templatesRoute, async (c) => c.json({ items: await listChecklistTemplates(c.get('ctx')) }, 200))
  .openapi(createRoute, async (c) => c.json(await createChecklistTemplate(c.get('ctx'), c.req.valid('json')), 201))
  .openapi(templateRoute, async (c) => c.json(await getChecklistTemplate(c.get('ctx'), c.req.valid('param').id), 200))
  .openapi(switchRoute, async (c) => {
    const change = { templateId: c.req.valid('param').id, change: c.req.valid('json').status }
    await changeChecklistTemplate(c.get('ctx'), change)
    return c.body(null, 204)
  })
  .openapi(deleteRoute, async (c) => {
    await changeChecklistTemplate(c.get('ctx'), { templateId: c.req.valid('param').id, change: 'delete' })
    return c.body(null, 204)
  })
  .openapi(listRoute, async (c) => {
    const { limit, cursor, ...wanted } = c.req.valid('query')
    const rows = await listChecklists(c.get('ctx'), { ...wanted, after: afterId(cursor, 'clk'), limit: limit + 1 })
    return c.json(page(rows, limit), 200)
  })
  .openapi(beginRoute, async (c) => c.json(await beginChecklist(c.get('ctx'), c.req.valid('json')), 201))
  .openapi(getRoute, async (c) => c.json(await getChecklist(c.get('ctx'), c.req.valid('param').id), 200))
  .openapi(cancelRoute, async (c) => {
    await cancelChecklist(c.get('ctx'), c.req.valid('param').id)
    return c.body(null, 204)
  })
  .openapi(settleRoute, async (c) => {
    const [{ id, position }, ctx] = [c.req.valid('param'), c.get('ctx')]
    await settleTask(ctx, { checklistId: id, position, ...c.req.valid('json') })
    return c.json(await getChecklist(ctx, id), 200)
  })
