// /access-reviews: campaigns in which people look at what others hold.
import { z } from '@hono/zod-openapi'
import { cancelReview, resumeReview, suspendReview, takeOverReview } from '#access/reviews/change-review.ts'
import { closeReview, previewClosing } from '#access/reviews/close-review.ts'
import { exportEvidence } from '#access/reviews/evidence.ts'
import { countLines } from '#access/reviews/lines/lines.ts'
import { restoreReview } from '#access/reviews/restore-review.ts'
import { previewReview, scheduleReview } from '#access/reviews/schedule-review.ts'
import { getReview, listReviews } from '#access/reviews/scope/reviews.ts'
import { download } from '#http/download.ts'
import { staleFailure } from '../contract/confirming.ts'
import { afterId, page, pageOf, pageParams } from '../contract/paging.ts'
import { idParam, jsonAnswer, jsonBody, newRoutes, operationsOf } from '../contract/routes.ts'
import { time } from '../contract/schemas.ts'
import { NewReview, Review } from './access-review-shape.ts'

const operation = operationsOf('Access reviews')
const count = z.number().int()

const listRoute = operation('get', '/access-reviews', 'listAccessReviews', {
  summary: 'List the access reviews, the newest first',
  request: {
    query: z.strictObject({
      ...pageParams,
      status: z.enum(['scheduled', 'open', 'closing', 'closed', 'cancelled']).optional(),
    }),
  },
  responses: { 200: jsonAnswer(pageOf(Review), 'A page of reviews') },
})

const scheduleRoute = operation('post', '/access-reviews', 'scheduleAccessReview', {
  summary: 'Schedule an access review; without a start, or with a past one, it opens at once',
  request: { body: jsonBody(NewReview) },
  responses: { 201: jsonAnswer(Review, 'The review') },
})

const Preview = z
  .object({
    ...{ lines: count, people: count, privileged: count },
    byMappings: count.openapi({ description: 'What only a provider can take away' }),
    fallback: count.openapi({ description: 'For which the rule finds nobody' }),
    unreviewable: count.openapi({ description: 'For which there is nobody at all' }),
    reviewers: z.array(z.object({ id: z.string(), name: z.string(), lines: count })),
  })
  .openapi('AccessReviewPreview')

const previewRoute = operation('post', '/access-reviews/preview', 'previewAccessReview', {
  summary: 'Show what an access review would be about if it opened now, and who would answer',
  request: { body: jsonBody(NewReview) },
  responses: { 200: jsonAnswer(Preview, 'In numbers') },
})

const Figures = Review.extend({
  figures: z.object({
    ...{ keep: count, remove: count, end: count, unanswered: count, pending: count, taken: count, refused: count },
    ...{ gone: count, openTasks: count, restored: count },
    byNobody: count.openapi({ description: 'Of the answers: by what no answer means, once it has closed' }),
  }),
}).openapi('AccessReviewProgress')

const getRoute = operation('get', '/access-reviews/{id}', 'getAccessReview', {
  summary: 'Show an access review and how far it is',
  request: { params: idParam },
  responses: { 200: jsonAnswer(Figures, 'The review') },
})

const Closing = z
  .object({
    hash: z.string().openapi({ description: 'What closing needs' }),
    ...{ unanswered: count, keptByDefault: count, removedByDefault: count, endedByDefault: count },
    ...{ assignmentsRemoved: count, assignmentsEnded: count, tasks: count, accountsDeactivated: count },
    ...{
      teamsLeft: count.openapi({ description: 'So many are taken out of a team' }),
      privileged: count,
      effectiveAt: time,
    },
  })
  .openapi('AccessReviewClosing')

const closingRoute = operation('get', '/access-reviews/{id}/closing', 'previewAccessReviewClosing', {
  summary: 'Show what closing it now would do',
  request: { params: idParam },
  responses: { 200: jsonAnswer(Closing, 'In lines') },
})

const closeRoute = operation('post', '/access-reviews/{id}/close', 'closeAccessReview', {
  summary: 'Close it, as it was previewed: what nobody answered is answered by what no answer means',
  request: { params: idParam, body: jsonBody(z.strictObject({ hash: z.string().max(100) })) },
  responses: { 200: jsonAnswer(Review, 'The review'), ...staleFailure },
})

const change = <const Verb extends string>(verb: Verb, operationId: string, summary: string) =>
  operation('post', `/access-reviews/{id}/${verb}`, operationId, {
    summary,
    request: { params: idParam },
    responses: { 200: jsonAnswer(Review, 'The review') },
  })

const suspendRoute = change('suspend', 'suspendAccessReview', 'Suspend it: nothing of it happens until it is resumed')
const resumeRoute = change('resume', 'resumeAccessReview', 'Go on with it; its dates move by the time it was suspended')
const cancelRoute = change('cancel', 'cancelAccessReview', 'Cancel it: what has not taken effect never will')
const takeOverRoute = change('take-over', 'takeOverAccessReview', 'Have answers take effect in the caller’s name')

const restoreRoute = operation('post', '/access-reviews/{id}/restore', 'restoreAccessReview', {
  summary: 'Give back what it took: all of it, or some lines',
  request: {
    params: idParam,
    body: jsonBody(z.strictObject({ lines: z.array(z.number().int()).min(1).max(500).optional() })),
  },
  responses: {
    200: jsonAnswer(
      z.object({
        restored: count,
        failed: count.openapi({ description: 'The lines say why' }),
        left: count.openapi({ description: 'What is gone on with in the background' }),
      }),
      'How far it is',
    ),
  },
})

const evidenceRoute = operation('get', '/access-reviews/{id}/evidence', 'exportAccessReviewEvidence', {
  summary: 'Download who held what, and who decided about it, when and why',
  request: { params: idParam, query: z.strictObject({ format: z.enum(['csv', 'json']).default('csv') }) },
  responses: {
    200: {
      description:
        'Of a closed review, byte for byte as its SHA-256 in the audit trail says, until somebody in it is erased',
      content: { 'text/csv': { schema: z.string() }, 'application/json': { schema: z.string() } },
    },
  },
})

export const accessReviewRoutes = newRoutes()
  .openapi(listRoute, async (c) => {
    const { limit, cursor, status = null } = c.req.valid('query')
    const after = afterId(cursor, 'rev') ?? null
    return c.json(page(await listReviews(c.get('ctx'), { status, after, limit: limit + 1 }), limit), 200)
  })
  .openapi(scheduleRoute, async (c) => {
    const review = await scheduleReview(c.get('ctx'), c.req.valid('json'))
    return c.json(review, 201)
  })
  .openapi(previewRoute, async (c) => c.json(await previewReview(c.get('ctx'), c.req.valid('json')), 200))
  .openapi(getRoute, async (c) => {
    const review = await getReview(c.get('ctx'), c.req.valid('param').id)
    return c.json({ ...review, figures: await countLines(c.get('ctx'), review.id) }, 200)
  })
  .openapi(closingRoute, async (c) => c.json(await previewClosing(c.get('ctx'), c.req.valid('param').id), 200))
  .openapi(closeRoute, async (c) => {
    const input = { reviewId: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json(await closeReview(c.get('ctx'), input), 200)
  })
  .openapi(suspendRoute, async (c) => c.json(await suspendReview(c.get('ctx'), c.req.valid('param').id), 200))
  .openapi(resumeRoute, async (c) => c.json(await resumeReview(c.get('ctx'), c.req.valid('param').id), 200))
  .openapi(cancelRoute, async (c) => c.json(await cancelReview(c.get('ctx'), c.req.valid('param').id), 200))
  .openapi(takeOverRoute, async (c) => c.json(await takeOverReview(c.get('ctx'), c.req.valid('param').id), 200))
  .openapi(restoreRoute, async (c) => {
    const input = { reviewId: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json(await restoreReview(c.get('ctx'), input), 200)
  })
  .openapi(evidenceRoute, async (c) => {
    const { format } = c.req.valid('query')
    const parts = await exportEvidence(c.get('ctx'), { reviewId: c.req.valid('param').id, format })
    const type = format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json'
    return download(parts, { type, name: `access-review.${format}` })
  })
