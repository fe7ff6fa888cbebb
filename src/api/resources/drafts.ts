// /drafts
import { z } from '@hono/zod-openapi'
import { applyDraft, draftUndo, scheduleDraft, undoDraft, unscheduleDraft } from '#access/drafts/apply-draft.ts'
import { approveDraft, rejectDraft, submitDraft } from '#access/drafts/decide-draft.ts'
import { getDraft, listDrafts, previewDraft, previewUndo } from '#access/drafts/drafts.ts'
import { changeDraft, createDraft, discardDraft } from '#access/drafts/write-draft.ts'
import { AccessPreview, staleFailure } from '../contract/confirming.ts'
import { afterId, page, pageOf, pageParams } from '../contract/paging.ts'
import { idParam, jsonAnswer, jsonBody, newRoutes, operationsOf } from '../contract/routes.ts'
import { time, timeInput } from '../contract/schemas.ts'
import { Change } from './access-changes.ts'

const actor = z.object({ id: z.string(), name: z.string().nullable() })

const status = z.enum(['open', 'waiting', 'approved', 'applied', 'undone', 'discarded'])

const Draft = z
  .object({
    id: z.string(),
    name: z.string(),
    changes: z.array(Change).openapi({ description: 'In the order in which they are made' }),
    status: status.openapi({ description: '`waiting`: for the word of a second person' }),
    applyAt: time.nullable().openapi({ description: 'When it is made by itself' }),
    createdBy: actor,
    createdAt: time,
    changedBy: actor.openapi({ description: 'Who changed it last; neither they nor its maker approve it' }),
    changedAt: time,
    hands: z.array(z.string()).openapi({ description: 'Ids of whoever made or changed it; none of them approves it' }),
    decidedBy: actor.nullable(),
    decidedAt: time.nullable(),
    note: z.string().nullable().openapi({ description: 'Why it was sent back' }),
    appliedBy: actor.nullable(),
    appliedAt: time.nullable(),
    undoneBy: actor.nullable(),
    undoneAt: time.nullable(),
    fault: z.string().nullable().openapi({ description: 'Why it was not made at its time' }),
  })
  .openapi('Draft')

const operation = operationsOf('Drafts')

const listRoute = operation('get', '/drafts', 'listDrafts', {
  summary: 'List the drafts of changes, the newest first',
  request: { query: z.strictObject({ ...pageParams, status: status.optional() }) },
  responses: { 200: jsonAnswer(pageOf(Draft), 'A page of drafts') },
})

const createDraftRoute = operation('post', '/drafts', 'createDraft', {
  summary: 'Put several changes of access into a draft; nothing of it is made yet',
  request: { body: jsonBody(z.strictObject({ name: z.string(), changes: z.array(Change) })) },
  responses: { 201: jsonAnswer(Draft, 'The draft') },
})

const getRoute = operation('get', '/drafts/{id}', 'getDraft', {
  summary: 'Read a draft',
  request: { params: idParam },
  responses: { 200: jsonAnswer(Draft, 'The draft') },
})

const updateRoute = operation('patch', '/drafts/{id}', 'updateDraft', {
  summary: 'Change a draft; it is open again afterwards',
  request: {
    params: idParam,
    body: jsonBody(z.strictObject({ name: z.string().optional(), changes: z.array(Change).optional() })),
  },
  responses: { 200: jsonAnswer(Draft, 'The draft as it is now') },
})

const discardRoute = operation('post', '/drafts/{id}/discard', 'discardDraft', {
  summary: 'Throw a draft away; it stays on record',
  request: { params: idParam },
  responses: { 200: jsonAnswer(Draft, 'The draft as it is now') },
})

const previewRoute = operation('post', '/drafts/{id}/preview', 'previewDraft', {
  summary: 'What all of it would do together, as of now',
  request: { params: idParam },
  responses: { 200: jsonAnswer(AccessPreview, 'What it would do') },
})

const submitRoute = operation('post', '/drafts/{id}/submit', 'submitDraft', {
  summary: 'Ask for the word of a second person',
  request: { params: idParam },
  responses: { 200: jsonAnswer(Draft, 'The draft as it is now') },
})

const hashed = z.strictObject({ hash: z.string().max(100) })

const approveRoute = operation('post', '/drafts/{id}/approve', 'approveDraft', {
  summary: 'Approve a draft, as a person who has neither made nor changed it',
  request: { params: idParam, body: jsonBody(hashed) },
  responses: { 200: jsonAnswer(Draft, 'The draft as it is now'), ...staleFailure },
})

const rejectRoute = operation('post', '/drafts/{id}/reject', 'rejectDraft', {
  summary: 'Send a draft back, with a word why',
  request: { params: idParam, body: jsonBody(z.strictObject({ note: z.string() })) },
  responses: { 200: jsonAnswer(Draft, 'The draft as it is now') },
})

const applyRoute = operation('post', '/drafts/{id}/apply', 'applyDraft', {
  summary: 'Make all of it, if it does what its preview showed',
  request: { params: idParam, body: jsonBody(hashed) },
  responses: { 200: jsonAnswer(Draft, 'The draft as it is now'), ...staleFailure },
})

const scheduleRoute = operation('post', '/drafts/{id}/schedule', 'scheduleDraft', {
  summary: 'Have it made at a time, if it does then what its preview showed',
  request: { params: idParam, body: jsonBody(hashed.extend({ applyAt: timeInput })) },
  responses: { 200: jsonAnswer(Draft, 'The draft as it is now'), ...staleFailure },
})

const unscheduleRoute = operation('post', '/drafts/{id}/unschedule', 'unscheduleDraft', {
  summary: 'Take it off its time',
  request: { params: idParam },
  responses: { 200: jsonAnswer(Draft, 'The draft as it is now') },
})

const previewUndoRoute = operation('post', '/drafts/{id}/preview-undo', 'previewUndoOfDraft', {
  summary: 'What taking all of it back would do, as of now',
  request: { params: idParam },
  responses: { 200: jsonAnswer(AccessPreview, 'What it would do') },
})

const undoRoute = operation('post', '/drafts/{id}/undo', 'undoDraft', {
  summary: 'Take all of it back, or nothing',
  request: { params: idParam, body: jsonBody(hashed) },
  responses: { 200: jsonAnswer(Draft, 'The draft as it is now'), ...staleFailure },
})

const draftUndoRoute = operation('post', '/drafts/{id}/draft-undo', 'draftUndoOfDraft', {
  summary: 'Make a draft that takes this one back, for where that wants a second person',
  request: { params: idParam },
  responses: { 201: jsonAnswer(Draft, 'The new draft') },
})

export const draftRoutes = newRoutes()
  .openapi(listRoute, async (c) => {
    const { limit, cursor, status: wanted } = c.req.valid('query')
    const asked = { status: wanted, after: afterId(cursor, 'dft'), limit: limit + 1 }
    return c.json(page(await listDrafts(c.get('ctx'), asked), limit), 200)
  })
  .openapi(createDraftRoute, async (c) => c.json(await createDraft(c.get('ctx'), c.req.valid('json')), 201))
  .openapi(getRoute, async (c) => c.json(await getDraft(c.get('ctx'), c.req.valid('param').id), 200))
  .openapi(updateRoute, async (c) => {
    const change = { draftId: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json(await changeDraft(c.get('ctx'), change), 200)
  })
  .openapi(discardRoute, async (c) => c.json(await discardDraft(c.get('ctx'), c.req.valid('param').id), 200))
  .openapi(previewRoute, async (c) => c.json(await previewDraft(c.get('ctx'), c.req.valid('param').id), 200))
  .openapi(submitRoute, async (c) => c.json(await submitDraft(c.get('ctx'), c.req.valid('param').id), 200))
  .openapi(approveRoute, async (c) => {
    const word = { draftId: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json(await approveDraft(c.get('ctx'), word), 200)
  })
  .openapi(rejectRoute, async (c) => {
    const word = { draftId: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json(await rejectDraft(c.get('ctx'), word), 200)
  })
  .openapi(applyRoute, async (c) => {
    const asked = { draftId: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json(await applyDraft(c.get('ctx'), asked), 200)
  })
  .openapi(scheduleRoute, async (c) => {
    const asked = { draftId: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json(await scheduleDraft(c.get('ctx'), asked), 200)
  })
  .openapi(unscheduleRoute, async (c) => c.json(await unscheduleDraft(c.get('ctx'), c.req.valid('param').id), 200))
  .openapi(previewUndoRoute, async (c) => c.json(await previewUndo(c.get('ctx'), c.req.valid('param').id), 200))
  .openapi(undoRoute, async (c) => {
    const asked = { draftId: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json(await undoDraft(c.get('ctx'), asked), 200)
  })
  .openapi(draftUndoRoute, async (c) => c.json(await draftUndo(c.get('ctx'), c.req.valid('param').id), 201))
