// /access-reviews/{id}/lines: what was held when a review opened, and the answers.
import { z } from '@hono/zod-openapi'
import { answerLines } from '#access/reviews/lines/answer-lines.ts'
import { listReviewLines } from '#access/reviews/lines/lines.ts'
import { passOnLines } from '#access/reviews/lines/pass-on-lines.ts'
import { readCursor, refuseCursor, writeCursor } from '#platform/cursor.ts'
import { pageOf, pageParams } from '../contract/paging.ts'
import { idParam, jsonAnswer, jsonBody, newRoutes, operationsOf } from '../contract/routes.ts'
import { timeInput } from '../contract/schemas.ts'
import { ReviewLine, reviewAnswer } from './access-review-shape.ts'

const operation = operationsOf('Access reviews')

const filter = {
  state: z.enum(['unanswered', 'answered', 'pending', 'taken', 'refused']).optional().openapi({
    description: '`pending`: the answer takes something away, and has not yet; `taken`: it has',
  }),
  q: z.string().max(200).optional().openapi({ description: 'Part of the person’s name' }),
  userId: z.string().max(100).optional(),
  roleId: z.string().max(100).optional(),
  brandId: z.string().max(100).optional().openapi({ description: 'A brand, or `organization`' }),
  advice: reviewAnswer.optional(),
  isPrivileged: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional(),
  reviewerId: z.string().max(100).optional(),
}

const listRoute = operation('get', '/access-reviews/{id}/lines', 'listAccessReviewLines', {
  summary: 'List the lines of an access review, by brand and name',
  request: { params: idParam, query: z.strictObject({ ...pageParams, ...filter }) },
  responses: { 200: jsonAnswer(pageOf(ReviewLine), 'A page of lines') },
})

const lines = z.array(z.number().int()).min(1).max(500).openapi({ description: 'Their positions' })

const answerRoute = operation('post', '/access-reviews/{id}/answers', 'answerAccessReviewLines', {
  summary: 'Answer lines, all of them or none; privileged access one line at a time, and nobody their own',
  request: {
    params: idParam,
    body: jsonBody(
      z.strictObject({
        lines,
        answer: z.enum(['keep', 'remove', 'end', 'withdraw']).openapi({
          description: '`withdraw` takes an answer back that has not taken effect',
        }),
        endAt: timeInput.nullish().openapi({ description: 'Of the answer `end`' }),
        comment: z.string().nullish(),
      }),
    ),
  },
  responses: { 200: jsonAnswer(z.object({ answered: z.number().int() }), 'How many') },
})

const passOnRoute = operation('post', '/access-reviews/{id}/pass-on', 'passOnAccessReviewLines', {
  summary: 'Have somebody else answer lines; they are told',
  request: {
    params: idParam,
    body: jsonBody(
      z.strictObject({
        lines,
        to: z.string().openapi({ description: 'An id, a user name or an address' }),
        reason: z.string(),
      }),
    ),
  },
  responses: { 200: jsonAnswer(z.object({ passedOn: z.number().int() }), 'How many') },
})

/** @throws AppError invalid (reason `invalidCursor`) */
function positionOf(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined
  const [position, ...more] = readCursor(cursor)
  const isPosition = typeof position === 'number' && Number.isInteger(position) && Math.abs(position) < 2 ** 31
  return isPosition && more.length === 0 ? position : refuseCursor()
}

export const accessReviewLineRoutes = newRoutes()
  .openapi(listRoute, async (c) => {
    const { limit, cursor, ...wanted } = c.req.valid('query')
    const reviewId = c.req.valid('param').id
    const found = await listReviewLines(c.get('ctx'), {
      ...{ reviewId, filter: wanted, after: positionOf(cursor), limit: limit + 1 },
    })
    const items = found.slice(0, limit)
    const last = items.at(-1)
    const nextCursor = found.length > limit && last !== undefined ? writeCursor(last.position) : null
    return c.json({ items, nextCursor }, 200)
  })
  .openapi(answerRoute, async (c) => {
    const input = { reviewId: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json(await answerLines(c.get('ctx'), input), 200)
  })
  .openapi(passOnRoute, async (c) => {
    const input = { reviewId: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json(await passOnLines(c.get('ctx'), input), 200)
  })
