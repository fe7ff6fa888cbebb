// /sign-in-attempts
import { z } from '@hono/zod-openapi'
import { getAttempt, listAttempts } from '#access/sign-in/attempts.ts'
import { relaxed } from '#src/context.ts'
import { afterId, page, pageOf, pageParams } from '../contract/paging.ts'
import { idParam, jsonAnswer, newRoutes, operationsOf } from '../contract/routes.ts'
import { time } from '../contract/schemas.ts'

const Attempt = z
  .object({
    id: z.string(),
    reference: z.string().openapi({ description: 'What the person was shown', example: '7K2QF-9XM4T' }),
    method: z.enum(['saml', 'oidc', 'password', 'passkey', 'invitation', 'emergency']),
    connectionId: z.string().nullable(),
    userId: z.string().nullable(),
    outcome: z.enum(['signed_in', 'refused', 'tested', 'pending', 'cancelled']),
    reason: z.string().nullable().openapi({ description: 'The check that refused' }),
    trace: z
      .object({
        steps: z.array(
          z.object({ check: z.string(), result: z.enum(['ok', 'failed', 'note']), detail: z.string().optional() }),
        ),
        received: z.record(z.string(), z.unknown()),
        mapped: z.record(z.string(), z.unknown()),
        isTest: z.literal(true).optional().openapi({ description: 'Of a refusal: it was a test' }),
      })
      .openapi({
        description: 'What was received, decoded and mapped, and each check with its result; secrets are left out',
      }),
    ip: z.string().nullable(),
    userAgent: z.string().nullable(),
    occurredAt: time,
    count: z.number().int().openapi({
      description:
        'How many it stands for: refusals of callers who had begun nothing are counted by connection, reason and hour',
    }),
    lastAt: time.nullable().openapi({ description: 'When the latest of several was' }),
  })
  .openapi('SignInAttempt')

const query = z.strictObject({
  ...pageParams,
  userId: z.string().max(100).optional(),
  connectionId: z.string().max(100).optional(),
  reference: z.string().max(100).optional(),
})

const operation = operationsOf('Sign-in')

const listRoute = operation('get', '/sign-in-attempts', 'listSignInAttempts', {
  summary: 'List attempts to sign in, newest first',
  request: { query },
  responses: { 200: jsonAnswer(pageOf(Attempt), 'A page of attempts') },
})

const getRoute = operation('get', '/sign-in-attempts/{id}', 'getSignInAttempt', {
  summary: 'Read an attempt with its trace',
  request: { params: idParam },
  responses: { 200: jsonAnswer(Attempt, 'The attempt') },
})

export const signInAttemptRoutes = newRoutes()
  .openapi(listRoute, async (c) => {
    const { limit, cursor, ...filter } = c.req.valid('query')
    const rows = await listAttempts(relaxed(c.get('ctx')), {
      ...filter,
      after: afterId(cursor, 'att'),
      limit: limit + 1,
    })
    return c.json(page(rows, limit), 200)
  })
  .openapi(getRoute, async (c) => c.json(await getAttempt(c.get('ctx'), c.req.valid('param').id), 200))
