// /access-digest: how often people are told what has changed of their access, and what they would be told now.
import { z } from '@hono/zod-openapi'
import { getAccessDigest, setAccessDigest } from '#access/people/digest/access-digest.ts'
import { previewAccessDigest } from '#access/people/digest/send-digests.ts'
import { jsonAnswer, jsonBody, newRoutes, operationsOf } from '../contract/routes.ts'
import { time } from '../contract/schemas.ts'

const operation = operationsOf('Settings')

const pace = z.enum(['off', 'hourly', 'daily']).openapi({
  description: 'At most that often. What is given or taken by hand is always told immediately',
})

const Digest = z
  .object({ pace, toldUntil: time.openapi({ description: 'Up to when people have been told, or are being told' }) })
  .openapi('AccessDigest')

const getRoute = operation('get', '/access-digest', 'getAccessDigest', {
  summary:
    'Read how often people are told what has changed of their access through groups, mappings, teams, roles and filters',
  responses: { 200: jsonAnswer(Digest, 'The digest') },
})

const putRoute = operation('put', '/access-digest', 'setAccessDigest', {
  summary: 'Set how often; switched on, it tells what happens from then on',
  request: { body: jsonBody(z.strictObject({ pace })) },
  responses: { 200: jsonAnswer(Digest, 'The digest') },
})

const line = z.object({
  kind: z.enum(['gained', 'lost', 'withheld', 'override', 'role']).openapi({
    description: '`withheld`: by a rule of separation; `override`: an exception that has begun or stopped to count',
  }),
  role: z.string().optional(),
  brand: z.string().nullable().optional(),
  through: z.array(z.string()).optional(),
  rule: z.string().optional().openapi({ description: 'Of what is withheld: the rule that does it' }),
  permission: z.string().optional().openapi({ description: 'Of an override' }),
  effect: z.enum(['allow', 'deny']).optional(),
  counts: z.boolean().optional(),
  allows: z.array(z.string()).optional(),
  refuses: z.array(z.string()).optional(),
  by: z.string().nullable().openapi({ description: 'Who has changed it, where that is known' }),
})

const Preview = z
  .object({
    from: time,
    until: time,
    candidates: z
      .number()
      .int()
      .openapi({ description: 'Whom something may concern; for some of them nothing has changed' }),
    people: z
      .array(z.object({ userId: z.string(), name: z.string(), sentences: z.array(z.string()), lines: z.array(line) }))
      .openapi({ description: 'Of the first hundred candidates' }),
  })
  .openapi('AccessDigestPreview')

const previewRoute = operation('get', '/access-digest/preview', 'previewAccessDigest', {
  summary: 'What people would be told if it were time now; nothing is sent',
  responses: { 200: jsonAnswer(Preview, 'The preview') },
})

export const accessDigestRoutes = newRoutes()
  .openapi(getRoute, async (c) => c.json(await getAccessDigest(c.get('ctx')), 200))
  .openapi(putRoute, async (c) => c.json(await setAccessDigest(c.get('ctx'), c.req.valid('json')), 200))
  .openapi(previewRoute, async (c) => c.json(await previewAccessDigest(c.get('ctx')), 200))
