// /events: what changes, in its order, as a list, by waiting for it, or as a stream.
import { z } from '@hono/zod-openapi'
import { readPlatformEvents } from '#access/platform/organizations/read-platform-events.ts'
import { publishedTypes } from '#audit/events/events.ts'
import { type EventQuery, readEvents } from '#audit/events/read-events.ts'
import { eventDays } from '#audit/events/rows.ts'
import { platformId } from '#src/context.ts'
import type { ReadAfter } from '../contract/event-stream.ts'
import { jsonAnswer, newRoutes, operationsOf, problem } from '../contract/routes.ts'
import { time } from '../contract/schemas.ts'

const Event = z
  .object({
    id: z.string().openapi({ description: 'The same in every answer and delivery' }),
    type: z.enum(publishedTypes as [string, ...string[]]),
    version: z.literal(1),
    timestamp: time,
    organizationId: z.string(),
    actor: z.object({ type: z.string(), id: z.string() }),
    data: z.record(z.string(), z.unknown()).openapi({ description: 'By the type: schemas/events.json' }),
  })
  .openapi('Event')

const EventPage = z
  .object({
    items: z.array(
      Event.extend({
        cursor: z.string().openapi({ description: 'What to send as `after` to go on behind this one' }),
      }),
    ),
    next: z.string().nullable().openapi({ description: 'What to send as `after` next, also where there was nothing' }),
    hasMore: z.boolean().openapi({ description: 'True where more is there already' }),
  })
  .openapi('EventPage')

const query = z.strictObject({
  after: z
    .string()
    .max(200)
    .optional()
    .openapi({
      description: `The id of an event, or \`next\` of an answer: what comes after it. \`latest\`: what comes from now on. Without it, what there is of the last ${eventDays} days; a stream without it begins now`,
    }),
  types: z
    .string()
    .max(4_000)
    .optional()
    .openapi({ description: 'Only these, with commas', example: 'user.deactivated,access.changed' }),
  limit: z.coerce.number().int().min(1).max(500).default(100).openapi({ type: 'integer' }),
  wait: z.coerce
    .number()
    .int()
    .min(0)
    .max(30)
    .default(0)
    .openapi({ type: 'integer', description: 'How many seconds to wait where there is nothing yet' }),
})

const listRoute = operationsOf('Events')('get', '/events', 'listEvents', {
  summary: 'Read what has changed, oldest first, each event once and in its order',
  description:
    'Needs the permission `events.read`; a platform key with the scope `events.read` reads those of every organization. With `Accept: text/event-stream` the answer is a stream of server-sent events, which goes on after `Last-Event-ID`.',
  request: { query },
  responses: {
    200: jsonAnswer(EventPage, 'A page of events'),
    410: problem(`Events after this one are older than ${eventDays} days and no longer kept`),
  },
})

const wantsStream = (accept: string | undefined): boolean => /\btext\/event-stream\b/i.test(accept ?? '')

export const eventRoutes = newRoutes().openapi(listRoute, async (c) => {
  const { after, types, limit, wait } = c.req.valid('query')
  const ctx = c.get('ctx')
  const wanted = types?.split(',').map((type) => type.trim())
  const query: Omit<EventQuery, 'after'> = { types: wanted, limit }
  const read: ReadAfter = (from) =>
    (ctx.organizationId === platformId ? readPlatformEvents : readEvents)(ctx, { ...query, after: from })
  const waiting = c.get('waiting')
  if (wantsStream(c.req.header('accept')))
    return (await waiting.stream({ c, ctx }, read, c.req.header('last-event-id') ?? after ?? 'latest')) as never
  const { items, cursors, next, hasMore } =
    wait === 0 ? await read(after) : await waiting.wait({ c, ctx }, read, { after, seconds: wait })
  const told = items.map((event, index) => ({ ...event, cursor: cursors[index] ?? event.id }))
  return c.json({ items: told, next, hasMore }, 200)
})
