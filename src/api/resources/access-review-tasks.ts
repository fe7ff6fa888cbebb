// /access-review-tasks: what only whoever has the identity provider can take away, and is held back until they have.
import { z } from '@hono/zod-openapi'
import { listReviewTasks } from '#access/reviews/lines/tasks.ts'
import { giveBackTask } from '#access/reviews/restore-review.ts'
import { afterId, page, pageOf, pageParams } from '../contract/paging.ts'
import { idParam, jsonAnswer, newRoutes, noContent, operationsOf } from '../contract/routes.ts'
import { ReviewTask } from './access-review-shape.ts'

const operation = operationsOf('Access reviews')

const listRoute = operation('get', '/access-review-tasks', 'listAccessReviewTasks', {
  summary: 'List the tasks for whoever has the identity provider, the newest first',
  request: {
    query: z.strictObject({
      ...pageParams,
      status: z.enum(['open', 'settled']).optional().openapi({ description: '`open`: also what waits for its date' }),
      reviewId: z.string().max(100).optional(),
      userId: z.string().max(100).optional(),
    }),
  },
  responses: { 200: jsonAnswer(pageOf(ReviewTask), 'A page of tasks') },
})

const cancelRoute = operation('post', '/access-review-tasks/{id}/cancel', 'cancelAccessReviewTask', {
  summary: 'Give the role back that the task holds back',
  request: { params: idParam },
  responses: { 204: noContent('The role is held again') },
})

export const accessReviewTaskRoutes = newRoutes()
  .openapi(listRoute, async (c) => {
    const { limit, cursor, status, ...wanted } = c.req.valid('query')
    const isOpen = status === undefined ? undefined : status === 'open'
    const after = afterId(cursor, 'rtk')
    const rows = await listReviewTasks(c.get('ctx'), { isOpen, ...wanted, after, limit: limit + 1 })
    return c.json(page(rows, limit), 200)
  })
  .openapi(cancelRoute, async (c) => {
    await giveBackTask(c.get('ctx'), c.req.valid('param').id)
    return c.body(null, 204)
  })
